"""The mirror as a file: is it ours, is it sound, who may write it, who is writing it now."""

import contextlib
import errno
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from connector.errors import (
    DiskFull,
    MirrorDamaged,
    MirrorForeign,
    MirrorMissing,
    MirrorReadOnly,
    MirrorTooNew,
    MirrorUnreadable,
    MirrorUnusable,
    RunLocked,
)
from connector.i18n import N_
from connector.mirror import chain
from connector.mirror.schema import APPLICATION_ID, CHAINED, MIGRATIONS, SCHEMA_VERSION

_MAGIC = b"SQLite format 3\x00"
# The disk, a user's quota, a limit on the size of files.
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _NumberedMigrations(Migrations):
    migrations_table = "schema_migrations"


def _statements(script: str) -> Iterator[str]:
    """Single statements of a script; `executescript` would commit the migration's own transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _migrations() -> _NumberedMigrations:
    migrations = _NumberedMigrations("mirror")
    for number, title, script in MIGRATIONS:

        @migrations(name=f"{number:04d} {title}")
        def step(db: Database, script: str = script, number: int = number) -> None:
            for statement in _statements(script):
                db.conn.execute(statement)
            if number == CHAINED:
                chain.seal(db.conn)
            db.conn.execute(f"PRAGMA user_version = {number}")

    return migrations


@contextlib.contextmanager
def translated(
    path: Path, denied: Callable[..., MirrorUnusable] = MirrorReadOnly
) -> Iterator[None]:
    """Turn what SQLite and the disk say into the mirror's errors; `denied` is that of a missing right."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translate(error, path, denied) from error
    except UnicodeDecodeError as error:
        # SQLite quotes the damaged schema in its complaint, and the bytes are no text.
        raise MirrorDamaged(N_("a page is malformed"), path=str(path)) from error
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull(path=str(path)) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise denied(path=str(path)) from error
        raise MirrorUnusable(error.strerror or "", path=str(path)) from error


def _translate(
    error: sqlite3.DatabaseError, path: Path, denied: Callable[..., MirrorUnusable]
) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_disk_full(path)):
        return DiskFull(path=str(path))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return denied(path=str(path))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return MirrorDamaged(N_("a page is malformed"), path=str(path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RunLocked(path=str(path))
    if code == sqlite3.SQLITE_IOERR:
        return MirrorUnusable(_disk_reason(error), path=str(path))
    return error


def _disk_reason(error: sqlite3.DatabaseError) -> str:
    # SQLite knows ENOSPC alone; a quota and a limit on file sizes look like a broken disk to it.
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_WRITE:
        return N_("a write failed, so the disk is broken, or a quota or a limit is reached")
    return N_("the disk does not answer as it should")


def _is_disk_full(path: Path) -> bool:
    usage = os.statvfs(path.parent) if hasattr(os, "statvfs") else None
    return usage is not None and usage.f_bavail * usage.f_frsize < 1_048_576


def check_header(path: Path) -> None:
    """Refuse a file that is not a mirror this version can use, without opening it as a database.

    Raises:
        MirrorForeign: no SQLite file, or not one of ours.
        MirrorTooNew: written by a newer schema.
        MirrorDamaged: shorter than its own header says.

    """
    with translated(path, MirrorUnreadable), path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise MirrorForeign(path=str(path))
    page_size, pages = (
        struct.unpack(">H", header[16:18])[0] or 65536,
        struct.unpack(">I", header[28:32])[0],
    )
    version, application = (
        struct.unpack(">i", header[60:64])[0],
        struct.unpack(">I", header[68:72])[0],
    )
    if application != APPLICATION_ID:
        raise MirrorForeign(path=str(path))
    if version > SCHEMA_VERSION:
        raise MirrorTooNew(path=str(path), found=version, known=SCHEMA_VERSION)
    # A write-ahead log beside the file may hold what the file lacks.
    if not _has_log(path) and pages * page_size > path.stat().st_size:
        raise MirrorDamaged(N_("the file is cut"), path=str(path))


def _has_log(path: Path) -> bool:
    """Whether a write-ahead log holds anything; a reader may leave an empty one behind."""
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a mirror for reading only; needs no right to write the file or its folder.

    Raises:
        MirrorMissing: there is no such file, or it is empty.
        MirrorUnusable: see `check_header`.

    """
    with translated(path, MirrorUnreadable):
        if not path.exists() or path.stat().st_size == 0:
            raise MirrorMissing(path=str(path))
    check_header(path)
    # A WAL database wants to create files beside itself even to read. Without a log nothing is pending, so a reader
    # who may not write the folder takes the file as it is.
    immutable = not _has_log(path) and not os.access(path.parent, os.W_OK)
    uri = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    with translated(path, MirrorUnreadable):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
    return connection


def open_to_write(path: Path, *, mode: int, lock: "Lock") -> sqlite3.Connection:
    """Open a mirror for writing, creating and migrating it; the caller holds the lock.

    Args:
        path: the mirror; its folder is created when missing.
        mode: permission bits of a new file.
        lock: the lock, which knows how the file was left.

    Raises:
        MirrorUnusable: the file is foreign, newer, damaged or not writable; it is left untouched.

    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.stat().st_size == 0:
            _create(path, mode=mode)
        check_header(path)
        if not os.access(path, os.W_OK):
            raise MirrorReadOnly(path=str(path))
        if not lock.knows(path):
            _check_pages(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # In WAL mode NORMAL loses no consistency on power failure, only the last commits; a pull repeats those.
            connection.execute("PRAGMA synchronous = NORMAL")
            # A first load writes the same index pages over and over: copying the log back rarely, it copies them once.
            connection.execute("PRAGMA wal_autocheckpoint = 6250")
            connection.execute("PRAGMA cache_size = -24000")
            connection.execute("PRAGMA temp_store = MEMORY")
            _migrations().apply(Database(connection))
        except BaseException:
            connection.close()
            raise
    return connection


def _create(path: Path, *, mode: int) -> None:
    """Build the empty mirror aside and rename it: a killed process leaves no half-made file at `path`."""
    aside = path.with_name(f".{path.name}.new-{os.getpid()}")
    for left_by_a_killed_run in path.parent.glob(f".{path.name}.new-*"):
        left_by_a_killed_run.unlink(missing_ok=True)
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode))
        aside.chmod(mode)
        connection = sqlite3.connect(aside, isolation_level=None)
        try:
            # A first load is a tenth faster than with pages of 4 KiB: fewer of them are touched for a row.
            connection.execute("PRAGMA page_size = 16384")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            _migrations().apply(Database(connection))
        finally:
            connection.close()
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _check_pages(path: Path) -> None:
    """Refuse a damaged file before anything is written to it."""
    log = _has_log(path)
    uri = f"{path.resolve().as_uri()}?mode=ro{'' if log else '&immutable=1'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        connection.close()
    if verdict != "ok":
        raise MirrorDamaged(N_("a page is malformed"), path=str(path))


class Lock:
    """Only one run at a time writes a mirror. The system drops the lock when its process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """Take the lock of the mirror at `path`.

        Raises:
            RunLocked: a living process holds it.

        """
        self._file = path.with_name(path.name + ".lock")
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock_exclusively(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise RunLocked(path=str(path)) from error

    def leave_stamp(self, path: Path) -> None:
        """Note how the file was left, so that the next writer need not read all of it to know that it is sound."""
        # Who may write the mirror may lock it: that of a group has a lock for the group.
        with contextlib.suppress(OSError):
            self._file.chmod(path.stat().st_mode & 0o666)
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, _stamp(path))

    def knows(self, path: Path) -> bool:
        """Whether the file is, by size and time, the one that the last writer closed in good order."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return not _has_log(path) and os.read(self._descriptor, 100) == _stamp(path)

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would race with the next run."""
        os.close(self._descriptor)


def _stamp(path: Path) -> bytes:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}\n".encode()


def _lock_exclusively(descriptor: int) -> None:
    if os.name == "nt":  # pragma: no cover - not run on Linux
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl  # noqa: PLC0415 - does not exist on Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
