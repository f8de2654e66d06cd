"""One mirror in the place of another, by a single rename: whoever looks sees the old one or the new one, both whole.

A write-ahead log belongs to the file it lies beside by its name alone: SQLite would replay the old mirror's log over the
new file. So the log is folded in, or put aside with a damaged mirror, before the rename.
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from connector.errors import MirrorInUse, RunLocked
from connector.mirror.file import Lock, translated

_LOGS = ("-wal", "-shm", "-journal")


def fold_log(path: Path) -> None:
    """Bring all that a mirror's log holds into its file and remove the log; the caller holds the lock.

    The mirror stays as whole as it was: the next writer makes a new log.

    Raises:
        MirrorInUse: somebody has the mirror open and might still need the log.
        MirrorUnusable: the disk refuses.

    """
    try:
        with (
            translated(path),
            closing(sqlite3.connect(path, isolation_level=None, timeout=2)) as connection,
        ):
            # The one mode that SQLite enters only when nobody else has the file open.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except RunLocked as problem:
        raise MirrorInUse(path=str(path)) from problem
    if any(_log(path, ending).exists() for ending in _LOGS):
        raise MirrorInUse(path=str(path))


def put_aside(path: Path, at: datetime) -> Path:
    """Give a damaged mirror and its log a second name, so that nothing of it is lost by a swap.

    The mirror itself keeps its name until the swap; its log loses it, which no damaged file misses.

    Returns:
        `<path>.damaged-<UTC moment>`.

    """
    aside = path.with_name(f"{path.name}.damaged-{_stamp(at)}")
    with translated(path):
        try:
            os.link(path, aside)
        except OSError:
            # Some network folders know one name a file.
            shutil.copy2(path, aside)
    _move_logs(path, aside)
    return aside


def put_logs_aside(path: Path, at: datetime) -> None:
    """Give the log of a mirror that is lost another name, `<path>.lost-<UTC moment>-wal`: it belongs to no new file."""
    _move_logs(path, path.with_name(f"{path.name}.lost-{_stamp(at)}"))


def swap(new: Path, path: Path, lock: Lock, *, mode: int) -> None:
    """Put the closed mirror `new` in the place of `path`, on the same file system; the caller holds the lock of `path`.

    Raises:
        MirrorUnusable: the disk refuses; `path` is what it was.

    """
    with translated(path):
        new.chmod(mode)
        _settle(new)
        new.replace(path)
        if os.name != "nt":  # pragma: no branch - a folder cannot be opened there
            _settle(path.parent)
        lock.leave_stamp(path)


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move_logs(path: Path, aside: Path) -> None:
    with translated(path):
        for ending in _LOGS:
            with suppress(FileNotFoundError):
                _log(path, ending).replace(_log(aside, ending))


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def _log(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
