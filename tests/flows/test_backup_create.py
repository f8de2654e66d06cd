"""Making backups: several targets, full and vanished ones, clocks, keys, runs killed on the way."""

import json
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from datetime import timedelta

import pyrage
import pytest

from connector.errors import (
    ClockSetBack,
    KeyUnusable,
    MirrorDamaged,
    MirrorMissing,
    NothingToBackUp,
    RunLocked,
    TargetFull,
    TargetGone,
)
from connector.flows.backup_create import lock_of_backups, make_backup
from connector.flows.backup_shelf import Record, backups_in
from connector.mirror.backup import Keys
from connector.mirror.file import Lock
from connector.mirror.manifest import manifest_path, read_manifest
from connector.mirror.store import Mirror
from tests.flows.backing import AT, SCHOOL, backed_up, checked, days, leftovers, make_mirror, making

KEY = pyrage.x25519.Identity.generate()
OPEN = Keys(recipients=(str(KEY.to_public()),), identities=(str(KEY),))


@pytest.fixture
def mirror(tmp_path):
    return make_mirror(tmp_path / "school.db")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "backups"


def test_a_backup_is_two_files_that_only_their_owner_reads(mirror, shelf):
    archive = backed_up(mirror, shelf)
    assert archive.name == "dnevnik-7-20261124T004000Z.db.zst"
    assert sorted(path.name for path in shelf.iterdir()) == [
        archive.name,
        manifest_path(archive).name,
    ]
    assert {path.stat().st_mode & 0o777 for path in shelf.iterdir()} == {0o600}
    assert shelf.stat().st_mode & 0o777 == 0o700


def test_a_new_backup_passes_its_check(mirror, shelf):
    assert checked(backed_up(mirror, shelf), mirror).ok


def test_nothing_is_left_beside_the_mirror(mirror, shelf):
    backed_up(mirror, shelf)
    assert leftovers(mirror.parent) == []


def test_the_manifest_counts_the_rows(mirror, shelf):
    assert read_manifest(backed_up(mirror, shelf)).rows["persons"] == 30


def test_a_run_that_writes_does_not_stand_in_the_way(mirror, shelf):
    with Mirror.open(mirror, write=True) as writing, writing.transaction():
        writing.merge(1, AT, "persons", [(99, *[None] * 8)], {})
        archive = backed_up(mirror, shelf)
    assert read_manifest(archive).rows["persons"] == 30


def test_several_targets_get_the_same_bytes(mirror, tmp_path):
    made = make_backup(mirror, making(tmp_path / "a", tmp_path / "b"), AT)
    first, second = (copy.path.read_bytes() for copy in made.copies)
    assert first == second


def test_the_zstd_tool_unpacks_a_backup(mirror, shelf, tmp_path):
    archive = backed_up(mirror, shelf)
    if shutil.which("zstd") is None:
        pytest.skip("no zstd here")
    subprocess.run(["zstd", "-q", "-d", archive, "-o", tmp_path / "plain.db"], check=True)
    with closing(sqlite3.connect(tmp_path / "plain.db")) as db:
        assert db.execute("SELECT count(*) FROM persons").fetchone() == (30,)


@pytest.mark.parametrize(
    "keys", [OPEN, Keys(passphrase="тихий школьный двор")], ids=["key", "words"]
)
def test_an_encrypted_backup_opens_with_its_key(mirror, shelf, keys):
    archive = backed_up(mirror, shelf, keys=keys)
    assert archive.name.endswith(".db.zst.age")
    assert archive.read_bytes().startswith(b"age-encryption.org/v1")
    assert checked(archive, mirror, keys).ok


def test_no_name_stands_in_an_encrypted_backups_folder(mirror, shelf):
    archive = backed_up(mirror, shelf, keys=OPEN)
    both = archive.read_bytes() + manifest_path(archive).read_bytes()
    assert "Берёзкин".encode() not in both


def test_what_is_no_key_is_refused_before_anything_is_written(mirror, shelf):
    with pytest.raises(KeyUnusable):
        backed_up(mirror, shelf, keys=Keys(recipients=("age1nonsense",)))
    assert list(shelf.iterdir()) == []


def test_two_backups_in_one_second_have_two_names(mirror, shelf):
    names = {backed_up(mirror, shelf).name for _ in range(3)}
    assert len(names) == 3


def test_a_clock_that_was_set_back_is_not_believed(mirror, shelf):
    backed_up(mirror, shelf)
    with pytest.raises(ClockSetBack) as refusal:
        backed_up(mirror, shelf, at=AT - days(1))
    assert refusal.value.facts["last_good"].endswith("dnevnik-7-20261124T004000Z.db.zst")
    assert len(backups_in([shelf])) == 1


def test_a_clock_that_was_put_right_by_a_minute_is_believed(mirror, shelf):
    backed_up(mirror, shelf)
    backed_up(mirror, shelf, at=AT - timedelta(minutes=1))
    assert len(backups_in([shelf])) == 2


def test_a_mirror_without_a_school_has_nothing_to_back_up(tmp_path, shelf):
    with Mirror.open(tmp_path / "new.db", write=True):
        pass
    with pytest.raises(NothingToBackUp):
        backed_up(tmp_path / "new.db", shelf)


def test_a_mirror_that_is_not_there_is_said_so(tmp_path, shelf):
    with pytest.raises(MirrorMissing):
        backed_up(tmp_path / "none.db", shelf)


def test_a_damaged_mirror_makes_no_backup(mirror, shelf):
    with closing(sqlite3.connect(mirror)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'persons'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(mirror.read_bytes())
    content[(page - 1) * size + 8 : (page - 1) * size + 200] = b"\xaa" * 192
    mirror.write_bytes(content)
    with pytest.raises(MirrorDamaged):
        backed_up(mirror, shelf)
    assert backups_in([shelf]) == []


def test_one_backup_at_a_time(mirror, shelf):
    with lock_of_backups(mirror), pytest.raises(RunLocked):
        backed_up(mirror, shelf)


def test_a_pull_holds_no_lock_of_backups(mirror, shelf):
    lock = Lock(mirror)
    try:
        assert backed_up(mirror, shelf).exists()
    finally:
        lock.release()


# --- targets


def test_a_target_that_is_not_there_does_not_keep_the_others_from_their_copy(
    mirror, shelf, tmp_path
):
    made = make_backup(mirror, making(tmp_path / "no" / "medium", shelf), AT)
    lost, good = made.copies
    assert isinstance(lost.problem, TargetGone)
    assert good.problem is None
    assert checked(good.path, mirror).ok


def test_where_no_target_can_be_written_nothing_was_made(mirror, tmp_path):
    with pytest.raises(TargetGone):
        backed_up(mirror, tmp_path / "no" / "medium")
    assert Record(mirror).known == {}


def test_a_file_in_a_targets_place_is_refused(mirror, tmp_path):
    (tmp_path / "medium").write_text("")
    with pytest.raises(TargetGone):
        backed_up(mirror, tmp_path / "medium")


@pytest.fixture
def little_disk(tmp_path):
    """A file system of its own with a few hundred KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    size = ["-t", "tmpfs", "-o", "size=256k", "tmpfs"]
    if subprocess.run(["mount", *size, place], check=False, capture_output=True).returncode:
        pytest.skip("no right to mount here")
    yield place
    subprocess.run(["umount", place], check=True)


def noise(mirror, size=600_000):
    """Something in the mirror that does not pack."""
    text = "".join(chr(0x400 + byte) for byte in __import__("random").Random(1).randbytes(size))
    with Mirror.open(mirror, write=True) as writing, writing.transaction():
        writing.merge(1, AT, "subjects", [(1, text, None, None, None)], {})


def test_a_full_target_keeps_its_older_backups_and_gets_no_half(mirror, little_disk):
    old = backed_up(mirror, little_disk)
    noise(mirror)
    with pytest.raises(TargetFull) as refusal:
        backed_up(mirror, little_disk, at=AT + days(1))
    assert refusal.value.facts["last_good"] == str(old)
    assert sorted(path.name for path in little_disk.iterdir()) == [
        old.name,
        manifest_path(old).name,
    ]
    assert checked(old, mirror).ok


def test_a_full_target_does_not_keep_the_others_from_their_copy(mirror, little_disk, shelf):
    noise(mirror)
    made = make_backup(mirror, making(little_disk, shelf), AT)
    assert [type(copy.problem) for copy in made.copies] == [TargetFull, type(None)]


# --- the history


def test_a_backup_of_a_history_that_somebody_changed_is_made_and_is_not_green(mirror, shelf):
    with closing(sqlite3.connect(mirror)) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE changes SET op = 'return'")
        db.commit()
    made = make_backup(mirror, making(shelf), AT)
    assert made.broken_at == 1
    assert not Record(mirror).about(made.copies[0].path).ok
    verdict = checked(made.copies[0].path, mirror)
    assert [check.name for check in verdict.checks if not check.ok] == ["chain"]


# --- the yearly archive


def test_a_sealed_archive_holds_every_table_twice_and_its_own_hashes(mirror, shelf):
    made = make_backup(mirror, making(shelf, sealed=True), AT)
    with zipfile.ZipFile(made.sealed[0].path) as archive:
        told = json.loads(archive.read("manifest.json"))
        names = set(archive.namelist()) - {"manifest.json"}
        persons = archive.read("csv/persons.csv").decode("utf-8-sig").splitlines()
        lines = archive.read("jsonl/persons.jsonl").decode().splitlines()
    assert names == set(told["files"])
    assert {f"csv/{table}.csv" for table in made.manifest.tables} <= names
    assert len(persons) == 31
    assert json.loads(lines[0])["last_name"] == "Берёзкин1"


def test_the_hash_beside_a_sealed_archive_is_as_sha256sum_writes_it(mirror, shelf):
    place = make_backup(mirror, making(shelf, sealed=True), AT).sealed[0].path
    assert (
        subprocess.run(
            ["sha256sum", "-c", f"{place.name}.sha256"], cwd=shelf, check=False, capture_output=True
        ).returncode
        == 0
    )


def test_a_sealed_archive_is_encrypted_as_the_backup_is(mirror, shelf):
    place = make_backup(mirror, making(shelf, sealed=True, keys=OPEN), AT).sealed[0].path
    plain = pyrage.decrypt(place.read_bytes(), [KEY])
    assert plain.startswith(b"PK")


# --- the shelf


def test_backups_of_another_school_are_not_ours(mirror, shelf, tmp_path):
    backed_up(make_mirror(tmp_path / "other.db", school=8), shelf)
    ours = backed_up(mirror, shelf)
    assert [backup.path for backup in backups_in([shelf], SCHOOL)] == [ours]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"backups": {"a": 1}}',
        b'{"backups": {"a": {"created_at": "x", "checked_at": "y", "ok": true}}}',
    ],
)
def test_a_record_that_makes_no_sense_counts_as_empty(mirror, shelf, content):
    Record(mirror).path.write_bytes(content)
    assert Record(mirror).known == {}
    backed_up(mirror, shelf)
    assert len(Record(mirror).known) == 1
