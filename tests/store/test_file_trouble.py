"""What SQLite and the disk say about a mirror, in the words that its owner can use."""

import errno
import os
import sqlite3

import pytest

from connector.errors import (
    DiskFull,
    MirrorDamaged,
    MirrorReadOnly,
    MirrorUnreadable,
    MirrorUnusable,
    RunLocked,
)
from connector.mirror import file
from connector.mirror.store import Mirror


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirror.db"


def said_by_sqlite(code):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


def meaning(error, path, *more):
    with pytest.raises(Exception) as caught, file.translated(path, *more):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_READONLY, MirrorReadOnly),
        (sqlite3.SQLITE_CANTOPEN, MirrorReadOnly),
        (sqlite3.SQLITE_PERM, MirrorReadOnly),
        (sqlite3.SQLITE_CORRUPT, MirrorDamaged),
        (sqlite3.SQLITE_NOTADB, MirrorDamaged),
        (sqlite3.SQLITE_BUSY, RunLocked),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, RunLocked),
        (sqlite3.SQLITE_LOCKED, RunLocked),
        (sqlite3.SQLITE_IOERR_READ, MirrorUnusable),
        (sqlite3.SQLITE_IOERR_WRITE, MirrorUnusable),
    ],
)
def test_what_sqlite_says_becomes_an_error_of_the_mirror(path, code, kind):
    found = meaning(said_by_sqlite(code), path)
    assert type(found) is kind
    assert found.facts["path"] == str(path)


def test_a_failed_write_hints_at_quotas_and_another_failure_does_not(path):
    reasons = {
        code: meaning(said_by_sqlite(code), path).reason
        for code in (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_READ)
    }
    assert "quota" in reasons[sqlite3.SQLITE_IOERR_WRITE]
    assert "quota" not in reasons[sqlite3.SQLITE_IOERR_READ]


def test_a_failed_write_on_a_disk_without_room_is_a_full_disk(path, monkeypatch):
    room = os.statvfs(path.parent)
    full = os.statvfs_result((*room[:4], 0, *room[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _folder: full)
    assert type(meaning(said_by_sqlite(sqlite3.SQLITE_IOERR_WRITE), path)) is DiskFull


def test_an_error_in_our_own_sql_stays_what_it_is(path):
    ours = said_by_sqlite(sqlite3.SQLITE_ERROR)
    assert meaning(ours, path) is ours


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EFBIG, DiskFull),
        (errno.EACCES, MirrorReadOnly),
        (errno.EROFS, MirrorReadOnly),
        (errno.EPERM, MirrorReadOnly),
        (errno.EIO, MirrorUnusable),
    ],
)
def test_what_the_disk_says_becomes_an_error_of_the_mirror(path, number, kind):
    found = meaning(OSError(number, os.strerror(number)), path)
    assert type(found) is kind


def test_a_reader_without_the_right_is_told_that_and_not_of_writing(path):
    assert type(meaning(PermissionError(errno.EACCES, "no"), path, MirrorUnreadable)) is (
        MirrorUnreadable
    )


def test_a_mirror_whose_first_page_makes_no_sense_is_damaged_to_its_reader(path):
    """The header may be ours and what it promises nonsense."""
    with Mirror.open(path, write=True):
        pass
    whole = bytearray(path.read_bytes())
    whole[100:104] = b"\xff\xff\xff\xff"
    path.write_bytes(whole)
    with pytest.raises(MirrorDamaged):
        file.open_to_read(path)
