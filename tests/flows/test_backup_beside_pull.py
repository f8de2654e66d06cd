"""Killed anywhere, a backup made beside a running pull harms neither the mirror nor older backups; nor does the pull's death."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from connector.flows.backup_shelf import backups_in
from connector.mirror import chain
from connector.mirror.store import Mirror
from tests.flows.backing import backed_up, checked, leftovers
from tests.flows.stories import content, school
from tests.flows.test_kill import kill_after, run

ROOT = Path(__file__).parents[2]
# The pull reads and commits on while the backup is made, and then has so much left that it outlasts it.
SLOW = """
[[rule]]
when = { to_call = 60 }
action = "slow_body"
seconds = 0.05
[[rule]]
when = { from_call = 61 }
action = "slow_body"
seconds = 1.0
"""
DICE = random.Random(2026)
# The share of its lines that a backup has run when somebody is killed, and who.
POINTS = [(DICE.random(), ("create", "both")[number % 2]) for number in range(50)]
POINTS += [(DICE.random(), "pull") for _ in range(10)]
HANDFUL = [POINTS[0], POINTS[1], POINTS[50]]
SEEDED = [
    point if point in HANDFUL else pytest.param(*point, marks=pytest.mark.long) for point in POINTS
]


@pytest.fixture(scope="module")
def busy_school():
    with school(latency_ms=3) as made:
        yield made


@pytest.fixture(scope="module")
def whole(busy_school, tmp_path_factory):
    """What an undisturbed pull brings."""
    path = tmp_path_factory.mktemp("whole") / "mirror.db"
    assert run(busy_school, path).wait() == 0
    return content(path)


@pytest.fixture(scope="module")
def begun(busy_school, tmp_path_factory):
    """A folder with a mirror whose pull was killed half-way, and a backup of it; how many lines the next backup runs."""
    folder = tmp_path_factory.mktemp("begun")
    kill_after(busy_school, folder / "mirror.db", 60)
    backed_up(folder / "mirror.db", folder / "shelf")
    counting = tmp_path_factory.mktemp("counting")
    shutil.copytree(folder, counting, dirs_exist_ok=True)
    ended = create(counting, 0).communicate()
    return folder, int(ended[1].splitlines()[-1])


def create(folder, line, *victims):
    """`dnevnik backup create`, at whose line the victims are killed."""
    env = os.environ | {
        "DNEVNIK_MIRROR_PATH": str(folder / "mirror.db"),
        "DNEVNIK_BACKUP_TARGETS": str(folder / "shelf"),
        "DNEVNIK_LANG": "en",
    }
    module = [sys.executable, "-m", "tests.flows.backup_killing", str(line)]
    return subprocess.Popen(
        [*module, ",".join(map(str, victims)), "backup", "create", "--json"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_sound(path):
    with closing(Mirror.open(path)) as mirror:
        return mirror.query("PRAGMA integrity_check") == [("ok",)] and chain.verify(mirror.query).ok


def counted_backups(folder):
    """Those that the shelf shows with a manifest: what anybody would take for a backup."""
    return [backup.path for backup in backups_in([folder / "shelf"]) if backup.manifest]


@pytest.mark.parametrize(("share", "whom"), SEEDED)
def test_a_kill_beside_a_pull_leaves_all_whole_and_the_next_runs_finish(
    busy_school, whole, begun, tmp_path, share, whom
):
    before, lines = begun
    shutil.copytree(before, tmp_path, dirs_exist_ok=True)
    mirror = tmp_path / "mirror.db"
    (old,) = counted_backups(tmp_path)

    with busy_school.faults(SLOW):
        busy_school.forget_calls()
        pull = run(busy_school, mirror)
        while len(busy_school.calls()) < 8:
            assert pull.poll() is None
            time.sleep(0.01)
        victims = {"create": ("self",), "pull": (pull.pid,), "both": (pull.pid, "self")}[whom]
        making = create(tmp_path, max(1, int(lines * share)), *victims)
        wrong = making.communicate(timeout=120)[1]
        outlasted = pull.poll() is None
    ends = pull.wait(timeout=120), making.returncode
    assert (
        ends
        == {
            "create": (0, -signal.SIGKILL),
            "pull": (-signal.SIGKILL, 0),
            "both": (-signal.SIGKILL, -signal.SIGKILL),
        }[whom]
    ), wrong
    assert outlasted or whom != "create"

    assert is_sound(mirror)
    assert old in counted_backups(tmp_path)
    assert all(checked(path, mirror, school=None).ok for path in counted_backups(tmp_path))

    assert run(busy_school, mirror).wait() == 0
    assert content(mirror) == whole
    again = create(tmp_path, 0)
    wrong = again.communicate(timeout=120)[1]
    assert again.returncode == 0, wrong
    assert leftovers(tmp_path / "shelf") == []
    assert [name for name in leftovers(tmp_path) if "backup" in name] == []
    found = backups_in([tmp_path / "shelf"])
    assert len(found) >= 2
    assert all(checked(backup.path, mirror, school=None).ok for backup in found)
