"""Checking, drilling and thinning out: each damage has its word, and nothing that failed is called good."""

import random
import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.commands.backup_proof import Missing
from connector.errors import (
    BackupCut,
    BackupDamaged,
    BackupMissing,
    BackupOfAnotherSchool,
    BackupTooNew,
    ClockSetBack,
    KeyMissing,
    KeyWrong,
    ManifestForeign,
    ManifestMissing,
    ManifestUnreadable,
)
from connector.flows.backup_create import make_backup
from connector.flows.backup_drill import drill
from connector.flows.backup_prune import Keep, fates, kept, prune
from connector.flows.backup_shelf import Backup, Record, backups_in, stamp
from connector.flows.backup_verify import share_of
from connector.mirror.backup import Keys, open_backup
from connector.mirror.manifest import manifest_bytes, manifest_path, read_manifest
from connector.mirror.schema import SCHEMA_VERSION
from connector.mirror.store import Mirror
from connector.settings import Settings
from tests.flows.backing import (
    AT,
    backed_up,
    checked,
    days,
    leftovers,
    make_mirror,
    making,
    note,
)
from tests.flows.restoring import killed_at, lines_of

WORDS = Keys(passphrase="тихий школьный двор")
ALL = Keep(100, 100, 100, 100)


@pytest.fixture
def mirror(tmp_path):
    return make_mirror(tmp_path / "school.db")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "backups"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A backup that tests copy before they spoil it."""
    folder = tmp_path_factory.mktemp("sample")
    mirror = make_mirror(folder / "school.db")
    return mirror, backed_up(mirror, folder / "backups")


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secret")
    mirror = make_mirror(folder / "school.db")
    return backed_up(mirror, folder / "backups", keys=WORDS)


def copied(archive, folder):
    folder.mkdir(exist_ok=True)
    for path in (archive, manifest_path(archive)):
        shutil.copy(path, folder)
    return folder / archive.name


def rewritten(archive, **changes):
    """The manifest with other members and a right digest, as somebody who can write would make it."""
    from dataclasses import replace

    place = manifest_path(archive)
    place.write_bytes(manifest_bytes(replace(read_manifest(place), **changes)))
    return archive


def problem(archive, mirror, **how):
    verdict = checked(archive, mirror, **how)
    assert not verdict.ok
    assert leftovers(mirror.parent) == []
    return type(verdict.problem)


def test_a_file_that_is_not_there(mirror, shelf):
    assert problem(shelf / "dnevnik-7-20261124T004000Z.db.zst", mirror) is ManifestMissing


def test_an_archive_without_its_manifest(sample, mirror, shelf):
    archive = copied(sample[1], shelf)
    manifest_path(archive).unlink()
    assert problem(archive, mirror) is ManifestMissing


def test_a_manifest_without_its_archive(sample, mirror, shelf):
    archive = copied(sample[1], shelf)
    archive.unlink()
    assert problem(archive, mirror) is BackupMissing


def test_a_manifest_of_another_file(sample, mirror, shelf):
    archive = copied(sample[1], shelf)
    other = archive.with_name("dnevnik-7-20261125T004000Z.db.zst")
    archive.rename(other)
    manifest_path(archive).rename(manifest_path(other))
    assert problem(other, mirror) is ManifestForeign


def test_a_manifest_that_was_edited(sample, mirror, shelf):
    archive = copied(sample[1], shelf)
    place = manifest_path(archive)
    place.write_text(place.read_text().replace('"persons": 30', '"persons": 29'))
    assert problem(archive, mirror) is ManifestUnreadable


@pytest.mark.parametrize("left", [0, 1, 100, -1])
def test_a_cut_file(sample, mirror, shelf, left):
    archive = copied(sample[1], shelf)
    archive.write_bytes(archive.read_bytes()[:left])
    assert problem(archive, mirror) is BackupCut


def test_a_longer_file(sample, mirror, shelf):
    archive = copied(sample[1], shelf)
    archive.write_bytes(archive.read_bytes() + b"\0")
    assert problem(archive, mirror) is BackupCut


def test_another_school(sample, mirror):
    assert problem(sample[1], mirror, school=8) is BackupOfAnotherSchool


def test_a_newer_schema(sample, mirror, shelf):
    archive = rewritten(copied(sample[1], shelf), schema_version=SCHEMA_VERSION + 1)
    assert problem(archive, mirror) is BackupTooNew


def test_a_wrong_passphrase(secret, mirror):
    assert problem(secret, mirror, keys=Keys(passphrase="другой")) is KeyWrong


def test_no_passphrase_at_all(secret, mirror):
    assert problem(secret, mirror) is KeyMissing


@pytest.mark.parametrize(
    "lie",
    [
        {"unpacked_sha256": "0" * 64},
        {"unpacked_bytes": 5},
        {"schema_version": SCHEMA_VERSION - 1},
        {"orphans": {"staff": 1}},
        {"rows": {}},
        {"tables": {}},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_manifest_that_says_something_else_of_what_is_in_it(sample, mirror, shelf, lie):
    archive = rewritten(copied(sample[1], shelf), **lie)
    assert problem(archive, mirror) is BackupDamaged


def test_bytes_that_are_no_archive_and_a_manifest_that_fits_them(sample, mirror, shelf):
    import hashlib

    archive = copied(sample[1], shelf)
    archive.write_bytes(b"nothing of ours" * 9)
    sha = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert problem(rewritten(archive, bytes=135, sha256=sha), mirror) is BackupDamaged


def flips(count):
    return random.Random(2026).choices(range(10**9), k=count)


@pytest.mark.parametrize("kind", ["plain", "encrypted"])
def test_a_flipped_bit_is_found_at_each_of_two_hundred_places(sample, secret, tmp_path, kind):
    source = sample[1] if kind == "plain" else secret
    archive = copied(source, tmp_path / "flipped")
    whole = archive.read_bytes()
    for number in flips(200):
        place = number % (len(whole) * 8)
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        archive.write_bytes(changed)
        verdict = checked(archive, tmp_path / "school.db", keys=WORDS)
        assert isinstance(verdict.problem, BackupDamaged), place


@given(st.binary(max_size=300))
def test_any_bytes_in_an_archives_place_are_refused(sample, tmp_path_factory, content):
    archive = copied(sample[1], tmp_path_factory.mktemp("any"))
    archive.write_bytes(content)
    assert not checked(archive, sample[0]).ok


def test_an_opened_backup_is_a_mirror_that_only_its_owner_reads(sample, tmp_path):
    database = open_backup(sample[1], tmp_path, Keys())
    assert database.stat().st_mode & 0o777 == 0o600
    with Mirror.open(database) as mirror:
        assert mirror.query("SELECT count(*) FROM persons") == [(30,)]


def test_a_backup_that_fails_names_the_last_good_one(mirror, shelf):
    old = backed_up(mirror, shelf)
    new = backed_up(mirror, shelf, at=AT + days(1))
    new.write_bytes(new.read_bytes()[:-1])
    verdict = checked(new, mirror)
    record = note(mirror, verdict)
    assert verdict.problem.facts["last_good"] == str(old)
    assert not record.about(new).ok


def test_a_backup_that_failed_and_is_whole_again_is_green_again(mirror, shelf):
    archive = backed_up(mirror, shelf)
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-1])
    note(mirror, checked(archive, mirror))
    archive.write_bytes(whole)
    assert note(mirror, checked(archive, mirror)).about(archive).ok


# --- shares


@pytest.mark.parametrize(("count", "parts"), [(1, 7), (5, 7), (7, 7), (8, 7), (20, 3)])
def test_in_as_many_runs_as_there_are_shares_every_backup_is_read(mirror, tmp_path, count, parts):
    backups = [
        Backup(tmp_path / f"dnevnik-7-2026110{n % 9 + 1}T0000{n:02d}Z.db.zst", None)
        for n in range(count)
    ]
    record, seen = Record(mirror), set()
    for run in range(parts):
        at = AT + days(run)
        chosen = share_of(backups, record, parts, at)
        seen |= {backup.path for backup in chosen}
        for backup in chosen:
            record.note(backup.path, at, ok=False)
    assert len(seen) == count


def test_a_check_from_the_future_counts_as_none(mirror, tmp_path):
    early, late = (Backup(tmp_path / f"dnevnik-7-2026112{n}T000000Z.db.zst", None) for n in (1, 2))
    record = Record(mirror)
    record.note(early.path, AT, ok=True)
    record.note(late.path, AT + days(900), ok=True)
    assert share_of([early, late], record, 2, AT + days(1)) == [late]


# --- drills


def drilled(archive, mirror, keys=None):
    return drill(archive, mirror, keys or Keys(), 7, Missing(Settings()), lambda: AT)


def test_a_drill_makes_the_report_again_from_mirror_and_restored_copy(mirror, shelf):
    verdict = drilled(backed_up(mirror, shelf), mirror).verdict
    assert (verdict.checks[-1].name, verdict.ok) == ("report", True)
    assert "mirror" in verdict.checks[-1].detail
    assert leftovers(mirror.parent) == []


def with_proof(mirror, shelf):
    prove = Missing(Settings()).report
    return (
        make_backup(mirror, making(shelf), AT, lambda query: prove(query, None, AT)).copies[0].path
    )


def go_on(mirror):
    with Mirror.open(mirror, write=True) as writing:
        writing.start_run("pull", {}, AT)


def test_a_kept_report_is_compared_after_later_runs(mirror, shelf):
    archive = with_proof(mirror, shelf)
    go_on(mirror)
    check = drilled(archive, mirror).verdict.checks[-1]
    assert (check.ok, check.detail.rpartition(": ")[2]) == (True, "manifest")


def test_a_report_that_differs_fails_the_drill(mirror, shelf):
    from dataclasses import replace

    archive = with_proof(mirror, shelf)
    proof = read_manifest(archive).report
    rewritten(archive, report=replace(proof, sha256="0" * 64))
    verdict = drilled(archive, mirror).verdict
    assert (verdict.ok, verdict.checks[-1].ok) == (False, False)


def test_a_report_of_another_version_is_not_compared_and_said_so(mirror, shelf):
    from dataclasses import replace

    archive = with_proof(mirror, shelf)
    proof = read_manifest(archive).report
    rewritten(archive, report=replace(proof, sha256="0" * 64, program="0.0.1"))
    go_on(mirror)
    check = drilled(archive, mirror).verdict.checks[-1]
    assert check.ok
    assert "nothing" in check.detail


def test_a_drill_needs_no_mirror(mirror, shelf):
    archive = backed_up(mirror, shelf)
    mirror.unlink()
    assert drilled(archive, mirror).verdict.ok


def test_a_damaged_mirror_is_no_fault_of_the_backup(mirror, shelf):
    archive = backed_up(mirror, shelf)
    mirror.write_bytes(mirror.read_bytes()[:5000])
    assert drilled(archive, mirror).verdict.ok


def test_a_damaged_backup_fails_its_drill(mirror, shelf):
    archive = backed_up(mirror, shelf)
    archive.write_bytes(archive.read_bytes()[:-1])
    assert not drilled(archive, mirror).verdict.ok


# --- retention

MOMENTS = st.sets(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)), max_size=40
)
KEEPS = st.builds(Keep, *[st.integers(0, 12)] * 4)


@given(MOMENTS, KEEPS)
def test_the_newest_always_stays(moments, keep):
    assert not moments or max(moments) in kept(moments, keep)


@given(MOMENTS, KEEPS)
def test_thinning_out_twice_removes_nothing_more(moments, keep):
    once = kept(moments, keep)
    assert kept(once, keep).keys() == once.keys()


@given(MOMENTS, KEEPS)
def test_no_more_stay_than_were_asked_for(moments, keep):
    assert len(kept(moments, keep)) <= 1 + keep.daily + keep.weekly + keep.monthly + keep.yearly


@given(MOMENTS, st.integers(1, 12))
def test_of_a_day_its_last_backup_stays(moments, count):
    found = kept(moments, Keep(count, 0, 0, 0))
    by_day = {}
    for at in sorted(moments):
        by_day[at.date()] = at
    assert set(found) == set(sorted(by_day.values())[-count:])


def row_of(mirror, shelf, count):
    return [backed_up(mirror, shelf, at=AT + days(n)) for n in range(count)]


def pruned(mirror, shelf, keep, now):
    record = Record(mirror)
    decided = fates(backups_in([shelf]), record, keep, UTC, now)
    prune(decided, record)
    return decided


def test_pruning_leaves_whole_pairs(mirror, shelf):
    made = row_of(mirror, shelf, 4)
    pruned(mirror, shelf, Keep(2, 0, 0, 0), AT + days(9))
    assert [backup.path for backup in backups_in([shelf])] == made[:1:-1]
    assert len(list(shelf.iterdir())) == 4
    assert set(Record(mirror).known) == {str(path) for path in made[2:]}


def test_a_backup_that_failed_takes_no_good_ones_place_and_is_not_removed(mirror, shelf):
    old, new = row_of(mirror, shelf, 2)
    new.write_bytes(new.read_bytes()[:-1])
    note(mirror, checked(new, mirror))
    pruned(mirror, shelf, Keep(0, 0, 0, 0), AT + days(9))
    assert {backup.path for backup in backups_in([shelf])} == {old, new}


def test_a_sealed_archive_is_never_removed(mirror, shelf):
    sealed = make_backup(mirror, making(shelf, sealed=True), AT).sealed[0].path
    row_of(mirror, shelf, 2)
    pruned(mirror, shelf, Keep(0, 0, 0, 0), AT + days(9))
    assert sealed.exists()


def test_by_a_clock_that_was_set_back_nothing_is_removed(mirror, shelf):
    row_of(mirror, shelf, 2)
    with pytest.raises(ClockSetBack):
        pruned(mirror, shelf, Keep(0, 0, 0, 0), AT - days(9))
    assert len(backups_in([shelf])) == 2


# --- killed anywhere

DICE = random.Random(2026)
# The share of its lines that a run has done when it dies.
POINTS = [DICE.random() for _ in range(50)]
SEEDED = [*POINTS[:4], *(pytest.param(point, marks=pytest.mark.long) for point in POINTS[4:])]
KILLED = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture(scope="module")
def lines_to_make(tmp_path_factory):
    """How many lines the second backup of a shelf runs."""
    folder = tmp_path_factory.mktemp("making")
    mirror = make_mirror(folder / "school.db")
    backed_up(mirror, folder / "backups")
    return lines_of(lambda: backed_up(mirror, folder / "backups", at=AT + days(1)))


@pytest.fixture(scope="module")
def lines_to_prune(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pruning")
    mirror = make_mirror(folder / "school.db")
    row_of(mirror, folder / "backups", 4)
    return lines_of(lambda: thinned_out(mirror, folder / "backups"))


def thinned_out(mirror, shelf, nights=9):
    return pruned(mirror, shelf, Keep(1, 0, 0, 0), AT + days(nights))


@KILLED
@pytest.mark.parametrize("point", SEEDED)
def test_killed_while_it_is_made_a_backup_leaves_the_others_whole_and_the_next_run_tidies_up(
    mirror, shelf, point, lines_to_make
):
    old = backed_up(mirror, shelf)
    at_line = 1 + int(lines_to_make * point)
    assert killed_at(at_line, lambda: backed_up(mirror, shelf, at=AT + days(1)))
    assert checked(old, mirror).ok
    assert all(checked(b.path, mirror).ok for b in backups_in([shelf]) if b.manifest)
    new = backed_up(mirror, shelf, at=AT + days(2))
    assert leftovers(shelf) == leftovers(mirror.parent) == []
    assert all(checked(backup.path, mirror).ok for backup in backups_in([shelf]))
    assert checked(new, mirror).ok


@KILLED
@pytest.mark.parametrize("point", SEEDED)
def test_killed_while_it_thins_out_the_next_run_finishes(mirror, shelf, point, lines_to_prune):
    made = row_of(mirror, shelf, 4)
    assert killed_at(1 + int(lines_to_prune * point), lambda: thinned_out(mirror, shelf))
    assert checked(made[-1], mirror).ok
    assert all(checked(b.path, mirror).ok for b in backups_in([shelf]) if b.manifest)
    backed_up(mirror, shelf, at=AT + days(10))
    thinned_out(mirror, shelf, nights=18)
    assert leftovers(shelf) == []
    (left,) = backups_in([shelf])
    assert stamp(left.path.name) == AT + days(10)
    assert checked(left.path, mirror).ok
