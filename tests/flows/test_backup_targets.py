"""A medium that goes away or runs full in the middle of a copy: refused in words of its own, and nothing else is harmed."""

import random
import resource
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from connector.errors import TargetFull, TargetGone
from connector.flows.backup_create import make_backup
from connector.flows.backup_shelf import Record, backups_in
from connector.mirror.store import Mirror
from tests.flows.backing import AT, backed_up, checked, days, leftovers, make_mirror, making

# A part of this size lies at the target when the medium is hit: the first piece of a copy, not the last.
PIECE = 1_048_576


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A mirror whose backup is written in several pieces: it hardly packs."""
    mirror = make_mirror(tmp_path_factory.mktemp("large") / "school.db")
    text = "".join(chr(0x400 + byte) for byte in random.Random(1).randbytes(3 * PIECE))
    with Mirror.open(mirror, write=True) as writing, writing.transaction():
        writing.merge(1, AT, "subjects", [(1, text, None, None, None)], {})
    return mirror


@pytest.fixture
def mirror(tmp_path, large):
    shutil.copy(large, tmp_path / "school.db")
    return tmp_path / "school.db"


@pytest.fixture
def medium(tmp_path):
    return tmp_path / "medium"


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "kept"


@contextmanager
def in_mid_copy(folder, strike):
    """Strike, once, when a piece of a copy lies in the folder and more is to come."""
    struck = []

    def is_time():
        try:
            return any(path.stat().st_size >= PIECE for path in folder.glob(".*.part"))
        except OSError:
            return False

    def trace(frame, _event, _argument):
        # Only what copies files is slowed down by looking at the folder line after line.
        if not frame.f_code.co_filename.endswith(("shutil.py", "backup_targets.py")):
            return None
        if not struck and is_time():
            struck.append(True)
            strike()
        return trace

    before = sys.gettrace()
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(before)
    assert struck, "the copy was over before it could be hit"


def renamed_away(medium):
    medium.rename(medium.with_name("pulled out"))


def replaced_by_a_file(medium):
    renamed_away(medium)
    medium.write_bytes(b"")


def an_empty_mount_point(medium):
    renamed_away(medium)
    medium.mkdir()


def deleted(medium):
    shutil.rmtree(medium)


GONE = [renamed_away, replaced_by_a_file, an_empty_mount_point, deleted]


@pytest.mark.parametrize("goes", GONE, ids=lambda goes: goes.__name__)
def test_a_medium_that_goes_away_in_mid_copy_is_refused_and_the_last_good_one_named(
    mirror, medium, kept, goes
):
    old = backed_up(mirror, kept)
    before, record = mirror.read_bytes(), Record(mirror).path.read_bytes()
    with in_mid_copy(medium, lambda: goes(medium)), pytest.raises(TargetGone) as refusal:
        make_backup(mirror, making(medium), AT + days(1))
    assert refusal.value.exit_code == 7
    assert f"could not be written to {medium}" in refusal.value.sentence()
    assert f"The last good backup: {old}" in refusal.value.sentence()
    assert (mirror.read_bytes(), Record(mirror).path.read_bytes()) == (before, record)
    assert leftovers(mirror.parent) == []
    assert checked(old, mirror).ok


@pytest.mark.parametrize("goes", GONE, ids=lambda goes: goes.__name__)
@pytest.mark.parametrize("first", ["medium", "kept"])
def test_a_medium_that_goes_away_does_not_keep_the_others_from_their_copy(
    mirror, medium, kept, goes, first
):
    targets = (medium, kept) if first == "medium" else (kept, medium)
    with in_mid_copy(medium, lambda: goes(medium)):
        made = make_backup(mirror, making(*targets), AT)
    (lost,) = [copy for copy in made.copies if copy.problem is not None]
    (good,) = [copy.path for copy in made.copies if copy.problem is None]
    assert (lost.path.parent, type(lost.problem)) == (medium, TargetGone)
    assert lost.problem.facts["last_good"] == str(good)
    assert checked(good, mirror).ok
    assert set(Record(mirror).known) == {str(good)}


def test_a_medium_that_comes_back_with_a_half_copy_is_tidied_by_the_next_run(mirror, medium):
    old = backed_up(mirror, medium)
    with in_mid_copy(medium, lambda: renamed_away(medium)), pytest.raises(TargetGone):
        backed_up(mirror, medium, at=AT + days(1))
    medium.with_name("pulled out").rename(medium)
    assert leftovers(medium) != []
    assert [backup.path for backup in backups_in([medium])] == [old]
    new = backed_up(mirror, medium, at=AT + days(2))
    assert leftovers(medium) == []
    assert [backup.path for backup in backups_in([medium])] == [new, old]
    assert checked(old, mirror).ok
    assert checked(new, mirror).ok


# --- full


@contextmanager
def no_larger_files(_folder):
    """Once struck, no file of this process may grow beyond what the copy has by then: a limit of a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (PIECE + 1, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def filled_by_others(folder):
    """A file system of its own that has room at first, and is filled while the copy is made."""
    folder.mkdir(exist_ok=True)
    size = ["-t", "tmpfs", "-o", "size=16m", "tmpfs"]
    if subprocess.run(["mount", *size, folder], check=False, capture_output=True).returncode:
        pytest.skip("no right to mount here")

    def fill():
        with (folder / "film").open("wb", buffering=0) as film, suppress(OSError):
            while True:
                film.write(bytes(4096))

    try:
        yield fill
    finally:
        subprocess.run(["umount", folder], check=True)


FULL = [no_larger_files, filled_by_others]


@pytest.mark.parametrize("disk", FULL, ids=lambda disk: disk.__name__)
def test_a_medium_that_runs_full_in_mid_copy_keeps_its_older_backups_and_gets_no_half(
    mirror, medium, disk
):
    with disk(medium) as fills:
        old = backed_up(mirror, medium)
        before, record = mirror.read_bytes(), Record(mirror).path.read_bytes()
        with in_mid_copy(medium, fills), pytest.raises(TargetFull) as refusal:
            make_backup(mirror, making(medium), AT + days(1))
        assert refusal.value.exit_code == 7
        assert f"No space left for a backup in {medium}" in refusal.value.sentence()
        assert f"The last good backup: {old}" in refusal.value.sentence()
        assert (mirror.read_bytes(), Record(mirror).path.read_bytes()) == (before, record)
        assert leftovers(medium) == leftovers(mirror.parent) == []
        assert [backup.path for backup in backups_in([medium])] == [old]


@pytest.mark.parametrize("disk", FULL, ids=lambda disk: disk.__name__)
def test_a_medium_that_runs_full_in_mid_copy_does_not_undo_the_others_copy(
    mirror, medium, kept, disk
):
    with disk(medium) as fills:
        with in_mid_copy(medium, fills):
            made = make_backup(mirror, making(kept, medium), AT)
        good, lost = made.copies
        assert (good.problem, type(lost.problem)) == (None, TargetFull)
        assert lost.problem.facts["last_good"] == str(good.path)
    assert checked(good.path, mirror).ok


def test_a_medium_that_goes_away_between_archive_and_manifest_shows_no_half_as_a_backup(
    mirror, medium
):
    """What came onto the medium there is brought to its end by the next run, or removed."""

    def goes(event, arguments):
        if armed and event == "os.rename" and str(arguments[1]).endswith(".manifest.json"):
            armed.clear()
            renamed_away(medium)

    armed = [True]
    sys.addaudithook(goes)
    try:
        with pytest.raises(TargetGone):
            backed_up(mirror, medium)
    finally:
        armed.clear()
    medium.with_name("pulled out").rename(medium)
    (half,) = backups_in([medium])
    assert half.manifest is None
    new = backed_up(mirror, medium, at=AT + days(1))
    assert leftovers(medium) == []
    assert all(checked(backup.path, mirror).ok for backup in backups_in([medium]))
    assert new in [backup.path for backup in backups_in([medium])]


def test_a_refusal_between_archive_and_manifest_takes_the_archive_away_again(mirror, medium):
    def refuses(event, arguments):
        if armed and event == "os.rename" and str(arguments[1]).endswith(".manifest.json"):
            armed.clear()
            Path(arguments[0]).unlink()

    armed = [True]
    sys.addaudithook(refuses)
    try:
        with pytest.raises(TargetGone):
            backed_up(mirror, medium)
    finally:
        armed.clear()
    assert list(medium.iterdir()) == []
