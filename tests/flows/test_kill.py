"""Killed anywhere, a pull leaves a sound mirror, and the next one ends with the same rows."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connector.mirror.store import Mirror
from tests.flows.stories import content, school

ROOT = Path(__file__).parents[2]
POINTS = random.Random(2026).sample(range(5, 95), 25)
# The seeded handful of every run; the others take minutes.
HANDFUL = POINTS[:3]


@pytest.fixture(scope="module")
def slow_school():
    with school(latency_ms=3) as made:
        yield made


@pytest.fixture(scope="module")
def straight(slow_school, tmp_path_factory):
    """What an undisturbed pull brings, and with how many calls."""
    path = tmp_path_factory.mktemp("straight") / "mirror.db"
    slow_school.forget_calls()
    assert run(slow_school, path).wait() == 0
    return content(path), len(slow_school.calls())


def run(made, path):
    env = os.environ | {
        "DNEVNIK_API_BASE_URL": made.info["base_url"],
        "DNEVNIK_API_TOKEN": made.token,
        "DNEVNIK_API_RATE": "1000",
        "DNEVNIK_API_BURST": "1000",
        "DNEVNIK_MIRROR_PATH": str(path),
        "DNEVNIK_SCHOOL_TIMEZONE": "Europe/Moscow",
    }
    code = "import sys; from tools.bench_clock import main; main('2026-11-24')"
    return subprocess.Popen(
        [sys.executable, "-c", code, "pull", "--json", "--no-progress"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
    )


def kill_after(made, path, calls, number=signal.SIGKILL):
    """Kill a pull as soon as the vendor has seen so many of its calls."""
    made.forget_calls()
    process = run(made, path)
    while process.poll() is None and len(made.calls()) < calls:
        time.sleep(0.005)
    process.send_signal(number)
    return process.wait()


@pytest.mark.parametrize(
    "percent", [*HANDFUL, *(pytest.param(p, marks=pytest.mark.long) for p in POINTS[3:])]
)
def test_a_killed_pull_is_taken_up_again_and_ends_with_the_same_rows(
    slow_school, straight, tmp_path, percent
):
    expected, calls = straight
    path = tmp_path / "mirror.db"
    status = kill_after(slow_school, path, calls * percent // 100)
    assert status in (-signal.SIGKILL, 0)
    if path.exists():
        with Mirror.open(path, write=True) as mirror:
            assert mirror.query("PRAGMA integrity_check") == [("ok",)]
    assert run(slow_school, path).wait() == 0
    assert content(path) == expected


def test_a_pull_that_is_asked_to_stop_leaves_with_130_and_is_resumed(
    slow_school, straight, tmp_path
):
    expected, calls = straight
    path = tmp_path / "mirror.db"
    assert kill_after(slow_school, path, calls // 2, signal.SIGTERM) == 130
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT status FROM runs") == [("interrupted",)]
    assert run(slow_school, path).wait() == 0
    assert content(path) == expected
