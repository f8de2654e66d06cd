"""A medium that is not mounted leaves an empty folder: it must not take a backup that nobody will look for there."""

import shutil
from dataclasses import replace

import pytest

from connector.errors import TargetEmptied, TargetGone
from connector.flows.backup_create import make_backup
from connector.flows.backup_prune import Fate, prune
from connector.flows.backup_shelf import Record
from tests.flows.backing import AT, backed_up, checked, days, leftovers, make_mirror, making


@pytest.fixture
def mirror(tmp_path):
    return make_mirror(tmp_path / "school.db")


@pytest.fixture
def medium(tmp_path):
    return tmp_path / "medium"


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "kept"


def unmounted(medium):
    """The folder that lay under the medium."""
    medium.rename(medium.with_name("pulled out"))
    medium.mkdir()


def taken_away(medium):
    """Who mounts by himself removes the folder as well."""
    medium.rename(medium.with_name("pulled out"))


ways = pytest.mark.parametrize("goes", [unmounted, taken_away], ids=lambda goes: goes.__name__)


@ways
def test_a_folder_that_held_backups_and_holds_none_is_refused(mirror, medium, goes):
    backed_up(mirror, medium)
    goes(medium)
    before = mirror.read_bytes(), Record(mirror).path.read_bytes()
    with pytest.raises(TargetEmptied) as refusal:
        backed_up(mirror, medium, at=AT + days(1))
    assert refusal.value.exit_code == 7
    assert f"{medium} held backups and holds none now" in refusal.value.sentence()
    assert (mirror.read_bytes(), Record(mirror).path.read_bytes()) == before
    assert not medium.exists() or list(medium.iterdir()) == []
    assert leftovers(mirror.parent) == []


@ways
@pytest.mark.parametrize("sealed", [False, True])
def test_the_other_targets_get_their_copy(mirror, medium, kept, goes, sealed):
    backed_up(mirror, medium)
    goes(medium)
    made = make_backup(mirror, making(medium, kept, sealed=sealed), AT + days(1))
    lost, good = made.copies
    assert (type(lost.problem), good.problem) == (TargetEmptied, None)
    assert lost.problem.facts["last_good"] == str(good.path)
    assert checked(good.path, mirror).ok
    assert [one.path.parent for one in made.sealed] == [kept] * sealed
    assert not medium.exists() or list(medium.iterdir()) == []


def test_a_medium_that_is_back_is_written_to_again(mirror, medium):
    backed_up(mirror, medium)
    unmounted(medium)
    with pytest.raises(TargetEmptied):
        backed_up(mirror, medium, at=AT + days(1))
    medium.rmdir()
    medium.with_name("pulled out").rename(medium)
    assert checked(backed_up(mirror, medium, at=AT + days(2)), mirror).ok


@ways
def test_a_new_medium_is_accepted_once_and_known_from_then_on(mirror, medium, goes):
    backed_up(mirror, medium)
    goes(medium)
    accepting = replace(making(medium), new_medium=True)
    first = make_backup(mirror, accepting, AT + days(1)).copies[0].path
    assert checked(first, mirror).ok
    assert checked(backed_up(mirror, medium, at=AT + days(2)), mirror).ok


def test_two_media_that_take_turns_are_both_known(mirror, medium):
    """Of one of them no backup is left to be seen while the other is there."""
    backed_up(mirror, medium)
    unmounted(medium)
    make_backup(mirror, replace(making(medium), new_medium=True), AT + days(1))
    shutil.move(medium, medium.with_name("the other"))
    medium.with_name("pulled out").rename(medium)
    backed_up(mirror, medium, at=AT + days(2))
    shutil.move(medium, medium.with_name("pulled out"))
    medium.with_name("the other").rename(medium)
    assert checked(backed_up(mirror, medium, at=AT + days(3)), mirror).ok


def test_a_medium_that_goes_while_the_copy_is_made_is_refused(mirror, medium):
    backed_up(mirror, medium)

    def goes(_query):
        # The targets were looked at already; the copy is not made yet.
        unmounted(medium)

    with pytest.raises(TargetEmptied):
        make_backup(mirror, making(medium), AT + days(1), goes)
    assert list(medium.iterdir()) == []


def test_a_backup_that_was_spoilt_there_shows_that_the_medium_is_there(mirror, medium):
    backed_up(mirror, medium).write_bytes(b"")
    assert checked(backed_up(mirror, medium, at=AT + days(1)), mirror).ok


def test_a_medium_that_keeps_only_its_yearly_archive_is_there(mirror, medium):
    made = make_backup(mirror, making(medium, sealed=True), AT).copies[0].path
    made.unlink()
    assert checked(backed_up(mirror, medium, at=AT + days(1)), mirror).ok


def test_a_folder_whose_backups_were_pruned_by_us_is_not_taken_for_a_lost_one(mirror, medium):
    made = backed_up(mirror, medium)
    prune([Fate(made, kept=False, why=())], Record(mirror))
    assert checked(backed_up(mirror, medium, at=AT + days(1)), mirror).ok


def test_what_stands_in_the_folders_place_is_no_empty_medium(mirror, medium):
    backed_up(mirror, medium)
    taken_away(medium)
    medium.write_bytes(b"")
    with pytest.raises(TargetGone):
        backed_up(mirror, medium, at=AT + days(1))
