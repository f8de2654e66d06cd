"""A whole backup back in the place of the mirror: all of it or nothing, and what was there is kept."""

import random
import sqlite3
import stat
from contextlib import closing
from datetime import date

import pytest

from connector.errors import (
    BackupCut,
    BackupDamaged,
    BackupOfAnotherSchool,
    BackupTooNew,
    ClockSetBack,
    KeyMissing,
    KeyWrong,
    ManifestForeign,
    ManifestMissing,
    MirrorForeign,
    MirrorInUse,
    RunLocked,
    UsageProblem,
)
from connector.flows.restore_mirror import restore, restore_beside
from connector.mirror import chain, file, schema
from connector.mirror.history import as_of
from connector.mirror.manifest import manifest_path
from connector.mirror.store import Mirror
from tests.flows.restoring import (
    DAY,
    START,
    asked,
    backup,
    everything,
    hashes,
    killed_at,
    lines_of,
    live,
    merge,
    school_rows,
    with_value,
)

LATER = START + 2 * DAY
NOW = START + 4 * DAY
# Tables of ours that a restore writes to.
OURS = {"runs", "bodies", "plans", "outcomes"}
POINTS = [random.Random(2026).random() for _ in range(50)]


@pytest.fixture
def path(tmp_path):
    """A mirror that was filled on the 20th, backed up on the 21st, and lost a mark and a class's topic on the 22nd."""
    path = tmp_path / "school.db"
    merge(path, START, school_rows())
    return path


@pytest.fixture
def archive(tmp_path, path):
    made = backup(tmp_path, START + DAY)
    damage(path)
    return made


def damage(path):
    rows = school_rows()
    merge(
        path,
        LATER,
        {"lessons": [with_value("lessons", rows["lessons"][0][:1], title=None)]},
        {"marks": [row[:1] for row in rows["marks"][:9]]},
    )


def test_every_table_is_again_what_it_was(tmp_path, path, archive):
    with Mirror.open(path) as mirror:
        assert len(mirror.query("SELECT 1 FROM marks WHERE withdrawn_run IS NOT NULL")) == 9
    restore(asked(tmp_path, archive), NOW)
    beside = tmp_path / "beside.db"
    restore_beside(asked(tmp_path, archive), beside, NOW)
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT count(*) FROM marks WHERE withdrawn_run IS NOT NULL") == [(0,)]
        assert mirror.query("PRAGMA integrity_check") == [("ok",)]
        assert chain.verify(mirror.query).ok
    assert everything(path) == everything(beside)


def test_the_tables_carry_the_hashes_of_the_manifest(tmp_path, path, archive):
    made = restore(asked(tmp_path, archive), NOW)
    found = hashes(path)
    differing = {name for name, sha in made.manifest.tables.items() if found[name] != sha}
    assert differing <= OURS


def test_the_mirror_as_it_was_is_backed_up_first(tmp_path, path, archive):
    before = everything(path)
    made = restore(asked(tmp_path, archive), NOW)
    assert made.safety is not None
    restore(asked(tmp_path, made.safety), NOW + DAY)
    assert everything(path) == before


def test_the_restore_is_a_run_of_its_own_with_a_number_nobody_had(tmp_path, path, archive):
    with Mirror.open(path) as mirror:
        last = mirror.query("SELECT max(id) FROM runs")[0][0]
    made = restore(asked(tmp_path, archive), NOW)
    assert made.run > last
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT command, status FROM runs WHERE id = ?", (made.run,)) == [
            ("restore", "done")
        ]


def test_answers_that_were_taken_in_are_read_again(tmp_path, path, archive):
    restore(asked(tmp_path, archive), NOW)
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT count(*) FROM bodies") == [(0,)]


def test_what_was_written_to_the_diary_since_stays_written_down(tmp_path, path, archive):
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("apply", {"digest": "d1"}, LATER)
        with mirror.transaction():
            mirror.keep_plan("d1", {"digest": "d1"}, LATER)
            mirror.write_down(run, "d1", 1, "sending", LATER)
            mirror.write_down(run, "d1", 1, "unknown", LATER)
    restore(asked(tmp_path, archive), NOW)
    with Mirror.open(path) as mirror:
        assert mirror.journal("d1") == {1: ("unknown", None, None)}
        assert mirror.plan_of_run(run) == {"digest": "d1"}


def test_the_journal_of_writes_is_taken_over_once(tmp_path, path, archive):
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("apply", {"digest": "d1"}, LATER)
        with mirror.transaction():
            mirror.keep_plan("d1", {"digest": "d1"}, LATER)
            mirror.write_down(run, "d1", 1, "applied", LATER, vendor_id=7)
    newer = backup(tmp_path, LATER + DAY)
    restore(asked(tmp_path, newer), NOW)
    restore(asked(tmp_path, archive), NOW + DAY)
    restore(asked(tmp_path, newer), NOW + 2 * DAY)
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT number, state FROM outcomes") == [(1, "applied")]


def test_a_lost_mirror_is_restored_without_one_to_back_up(tmp_path, path, archive):
    before = {p.name for p in (tmp_path / "backups").iterdir()}
    path.unlink()
    made = restore(asked(tmp_path, archive, school=None), NOW)
    assert made.safety is None
    assert live(path, "marks") != {}
    assert {p.name for p in (tmp_path / "backups").iterdir()} == before


def test_an_empty_file_counts_as_a_lost_mirror(tmp_path, path, archive):
    path.write_bytes(b"")
    assert restore(asked(tmp_path, archive), NOW).safety is None
    assert live(path, "marks") != {}


def test_a_mirror_that_holds_no_school_yet_needs_no_backup(tmp_path, path, archive):
    path.unlink()
    with Mirror.open(path, write=True) as mirror:
        mirror.start_run("pull", {}, LATER)
    made = restore(asked(tmp_path, archive), NOW)
    assert (made.safety, made.aside) == (None, None)
    assert live(path, "marks") != {}


def test_a_mirror_of_an_older_version_is_backed_up_and_replaced(
    tmp_path, path, archive, monkeypatch
):
    path.unlink()
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Mirror.open(path, write=True) as mirror:
            run = mirror.start_run("pull", {}, LATER)
            with mirror.transaction():
                mirror.insert_new(run, {"schools": [(*school_rows()["schools"][0], None)]})
    made = restore(asked(tmp_path, archive), NOW)
    assert made.safety is not None
    assert made.run > run
    assert live(path, "marks") != {}


def test_a_damaged_mirror_is_put_aside_with_all_its_bytes(tmp_path, path, archive):
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 16384):
        content[page * 16384 : page * 16384 + 200] = b"\xff" * 200
    path.write_bytes(content)
    made = restore(asked(tmp_path, archive), NOW)
    assert made.safety is None
    assert made.aside.read_bytes() == bytes(content)
    assert live(path, "marks") != {}


def test_what_only_the_log_holds_is_in_the_backup_made_first(tmp_path, path, archive):
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE subjects SET name = 'Геометрия' WHERE id = 11")
        other.commit()
        log = path.with_name(path.name + "-wal").read_bytes()
        frozen = path.read_bytes()
    path.write_bytes(frozen)
    path.with_name(path.name + "-wal").write_bytes(log)
    made = restore(asked(tmp_path, archive), NOW)
    assert live(path, "subjects")[11,][1] == "Алгебра"
    restore_beside(asked(tmp_path, made.safety), tmp_path / "was.db", NOW)
    assert live(tmp_path / "was.db", "subjects")[11,][1] == "Геометрия"


def test_no_log_of_the_old_mirror_is_left_for_the_new_one(tmp_path, path, archive):
    restore(asked(tmp_path, archive), NOW)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith((".", "school.db"))) == [
        "school.db",
        "school.db.backups.json",
        "school.db.backups.lock",
        "school.db.lock",
    ]


@pytest.mark.parametrize("into", ["the mirror's place", "a file beside"])
def test_the_log_of_a_lost_mirror_is_not_replayed_over_the_restored_one(
    tmp_path, path, archive, into
):
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE subjects SET name = 'Геометрия'")
        other.commit()
        log = path.with_name(path.name + "-wal").read_bytes()
    path.unlink()
    target = path if into == "the mirror's place" else tmp_path / "beside.db"
    target.with_name(target.name + "-wal").write_bytes(log)
    if target == path:
        restore(asked(tmp_path, archive), NOW)
    else:
        restore_beside(asked(tmp_path, archive), target, NOW)
    assert live(target, "subjects")[11,][1] == "Алгебра"
    (kept,) = tmp_path.glob(f"{target.name}.lost-*-wal")
    assert kept.read_bytes() == log


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_restored_mirror_has_the_mode_of_the_settings(tmp_path, path, archive, mode):
    restore(asked(tmp_path, archive, mode=mode), NOW)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_an_encrypted_backup_is_restored_with_its_passphrase(tmp_path, path):
    made = backup(tmp_path, START + DAY, passphrase="верная лошадь")
    restore(asked(tmp_path, made, keys={"passphrase": "верная лошадь"}), NOW)
    assert live(path, "marks") != {}


def test_an_older_schema_is_brought_up_to_date(tmp_path, monkeypatch):
    path = tmp_path / "school.db"
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Mirror.open(path, write=True) as mirror:
            run = mirror.start_run("pull", {}, START)
            with mirror.transaction():
                mirror.insert_new(
                    run, {t: [(*r, None) for r in rows] for t, rows in school_rows().items()}
                )
        made = backup(tmp_path, START + DAY)
    path.unlink()
    restore(asked(tmp_path, made), NOW)
    with Mirror.open(path) as mirror:
        assert mirror.query("PRAGMA user_version") == [(schema.SCHEMA_VERSION,)]
    assert len(live(path, "marks")) == len(school_rows()["marks"])


# --- refusals


def flip(archive):
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)


def cut(archive):
    archive.write_bytes(archive.read_bytes()[:-1])


def forget_manifest(archive):
    manifest_path(archive).unlink()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (flip, BackupDamaged),
        (cut, BackupCut),
        (forget_manifest, ManifestMissing),
    ],
)
def test_a_backup_that_is_not_what_was_written_is_refused(tmp_path, path, archive, spoil, error):
    good = backup(tmp_path, LATER + DAY)
    spoil(archive)
    refused(tmp_path, path, asked(tmp_path, archive), error, good=good)


def test_a_manifest_of_another_file_is_refused(tmp_path, path, archive):
    other = backup(tmp_path, LATER + DAY)
    manifest_path(archive).write_bytes(manifest_path(other).read_bytes())
    refused(tmp_path, path, asked(tmp_path, archive), ManifestForeign, good=other)


def test_a_backup_of_another_school_is_refused(tmp_path, path, archive):
    refused(tmp_path, path, asked(tmp_path, archive, school=7), BackupOfAnotherSchool)


def test_a_backup_of_a_newer_version_is_refused(tmp_path, path, monkeypatch):
    newest = (schema.SCHEMA_VERSION + 1, "of tomorrow", "CREATE TABLE tomorrow (a TEXT) STRICT;")
    other = tmp_path / "other"
    other.mkdir()
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", (*schema.MIGRATIONS, newest))
        then.setattr(file, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
        merge(other / "school.db", START, school_rows())
        made = backup(other, START + DAY)
    refused(tmp_path, path, asked(tmp_path, made), BackupTooNew)


@pytest.mark.parametrize(
    ("keys", "error"), [({"passphrase": "неверная"}, KeyWrong), ({}, KeyMissing)]
)
def test_a_wrong_or_missing_passphrase_is_refused(tmp_path, path, keys, error):
    made = backup(tmp_path, START + DAY, passphrase="верная лошадь")
    refused(tmp_path, path, asked(tmp_path, made, keys=keys), error)


def test_a_clock_set_back_is_refused(tmp_path, path, archive):
    refused(tmp_path, path, asked(tmp_path, archive), ClockSetBack, now=START)


def test_a_file_that_is_no_mirror_is_never_replaced(tmp_path, path, archive):
    path.write_bytes(b"somebody's own database, perhaps" * 10)
    refused(tmp_path, path, asked(tmp_path, archive), MirrorForeign)


def test_a_mirror_that_is_being_written_is_not_replaced(tmp_path, path, archive):
    with Mirror.open(path, write=True):
        before = path.read_bytes()
        with pytest.raises(RunLocked):
            restore(asked(tmp_path, archive), NOW)
        assert path.read_bytes() == before


def test_a_mirror_that_somebody_reads_is_not_replaced(tmp_path, path, archive):
    before = everything(path)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM marks").fetchone()
        with pytest.raises(MirrorInUse):
            restore(asked(tmp_path, archive), NOW)
    assert everything(path) == before


def refused(tmp_path, path, wanted, error, *, now=NOW, good=None):
    before = path.read_bytes()
    with pytest.raises(error) as problem:
        restore(wanted, now)
    assert problem.value.exit_code == 7
    assert path.read_bytes() == before
    assert not list(tmp_path.glob(".school.db.restore-*"))
    if good is not None:
        assert problem.value.facts["last_good"] == str(good)


def test_a_file_beside_is_never_overwritten(tmp_path, path, archive):
    taken = tmp_path / "taken.db"
    taken.write_bytes(b"mine")
    with pytest.raises(UsageProblem):
        restore_beside(asked(tmp_path, archive), taken, NOW)
    assert taken.read_bytes() == b"mine"


def test_restoring_beside_leaves_the_mirror_alone(tmp_path, path, archive):
    before = path.read_bytes()
    restore_beside(asked(tmp_path, archive), tmp_path / "beside.db", NOW)
    assert path.read_bytes() == before
    assert stat.S_IMODE((tmp_path / "beside.db").stat().st_mode) == 0o600


# --- killed


@pytest.mark.parametrize(
    "point", [*POINTS[:4], *(pytest.param(p, marks=pytest.mark.long) for p in POINTS[4:])]
)
def test_a_killed_restore_leaves_a_whole_mirror_and_the_next_one_finishes(
    tmp_path, path, archive, point
):
    restore_beside(asked(tmp_path, archive), tmp_path / "wanted.db", NOW)
    wanted, before, original = (
        everything(tmp_path / "wanted.db"),
        everything(path),
        path.read_bytes(),
    )

    def work():
        restore(asked(tmp_path, archive), NOW)

    lines = lines_of(work)
    path.write_bytes(original)
    assert killed_at(int(lines * point), work)
    assert everything(path) in (before, wanted)
    restore(asked(tmp_path, archive), NOW + DAY)
    assert everything(path) == wanted
    assert not list(tmp_path.glob(".school.db.*"))


# --- as of a day


def test_as_of_a_day_gives_what_the_diary_said_at_its_end(tmp_path, path, archive):
    wanted = everything(path)
    merge(
        path, LATER + DAY, {"subjects": [(11, "Геометрия", None, None), (13, "Химия", None, None)]}
    )
    later = backup(tmp_path, LATER + DAY)
    restore(asked(tmp_path, later, as_of=date(2026, 11, 22)), NOW)
    found = everything(path)
    assert found == wanted


def test_going_back_to_a_day_keeps_the_history_before_it(tmp_path, path, archive):
    merge(path, LATER + DAY, {"subjects": [(11, "Геометрия", None, None)]})
    later = backup(tmp_path, LATER + DAY)
    restore(asked(tmp_path, later, as_of=date(2026, 11, 20)), NOW)
    with Mirror.open(path) as mirror:
        assert chain.verify(mirror.query).ok
        assert as_of(mirror.query, "subjects", LATER + DAY)[11,][1] == "Геометрия"
        assert as_of(mirror.query, "subjects", NOW)[11,][1] == "Алгебра"


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 19)])
def test_a_day_that_the_backup_says_nothing_of_is_refused(tmp_path, path, archive, day):
    before = path.read_bytes()
    with pytest.raises(UsageProblem):
        restore(asked(tmp_path, archive, as_of=day), NOW)
    assert everything(path)
    assert path.read_bytes() == before
