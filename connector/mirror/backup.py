"""The mirror's side of a backup: a consistent copy while a pull runs, what is in a copy, a copy opened for reading."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from connector.errors import (
    BackupDamaged,
    BackupMissing,
    BackupTooNew,
    MirrorUnusable,
)
from connector.i18n import N_
from connector.mirror.file import open_to_read, translated
from connector.mirror.manifest import ChainHead, Manifest, manifest_path, read_manifest
from connector.mirror.packing import Keys, check_archive, unpack
from connector.mirror.schema import APPLICATION_ID, SCHEMA_VERSION

__all__ = [
    "Content",
    "Keys",
    "Manifest",
    "content_hashes",
    "examine",
    "manifest_path",
    "open_backup",
    "pinned",
    "read_manifest",
    "snapshot",
]

# Rows held at a time while a table is hashed.
BATCH = 4_000
SOUND = "ok"


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a copy.

    Attributes:
        verdict: of SQLite's own integrity check: `ok`, or the first thing that is wrong.
        schema_version: of the mirror's schema.
        page_size: of the database.
        rows: rows by table.
        tables: sha256 of the content by table.
        orphans: rows whose parent is missing, by table; only tables that have some.
        chain: where the chain of changes ends; None where it does not hold, or there is none.

    """

    verdict: str
    schema_version: int
    page_size: int
    rows: dict[str, int]
    tables: dict[str, str]
    orphans: dict[str, int]
    chain: ChainHead | None = None


class Pinned:
    """The mirror as it was when it was pinned, whatever a pull commits meanwhile."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT."""
        with translated(self.path):
            return self.connection.execute(sql, parameters).fetchall()

    def size(self) -> int:
        """Bytes of a copy."""
        pages, page = (
            int(self.query(f"PRAGMA {name}")[0][0]) for name in ("page_count", "page_size")
        )
        return pages * page


@contextmanager
def pinned(path: Path) -> Iterator[Pinned]:
    """Hold on to the mirror as it is now; the log grows until this ends.

    Raises:
        MirrorUnusable: no mirror, or one that cannot be read.

    """
    with closing(open_to_read(path)) as connection:
        with translated(path):
            connection.execute("BEGIN")
            # A transaction that only began sees nothing yet: the first reading fixes what it sees.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield Pinned(path, connection)


def snapshot(mirror: Path | Pinned, target: Path) -> None:
    """Copy a mirror into the new file `target` (0600): one moment of it, even while a pull runs.

    Raises:
        MirrorUnusable: the mirror cannot be read, or no space is left (`DiskFull`).

    """
    if isinstance(mirror, Path):
        with pinned(mirror) as moment:
            snapshot(moment, target)
        return
    with translated(target):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            # Nobody needs the half of a scratch file after a power cut.
            copy.execute("PRAGMA synchronous = OFF")
            mirror.connection.backup(copy)
            # A log beside the file would not travel with it.
            copy.execute("PRAGMA journal_mode = DELETE")


def examine(path: Path) -> Content:
    """Read a copy whole: SQLite's integrity check and missing parents beside the hashes of the tables.

    Raises:
        MirrorUnusable: the file cannot be read as a database of ours.

    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        checked = beside.submit(_check, path)
        with _unchanging(path) as connection, translated(path):
            version, page_size = (
                int(connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("user_version", "page_size")
            )
            hashes = content_hashes(connection)
        verdict, orphans = checked.result()
    return Content(
        verdict,
        version,
        page_size,
        {name: rows for name, (rows, _sha) in hashes.items()},
        {name: sha for name, (_rows, sha) in hashes.items()},
        orphans,
    )


def content_hashes(connection: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Rows and sha256 of each table.

    The content of a table is JSON lines in UTF-8: first the array of its column names, then one array a row in the
    order of the primary key (of the row id where there is none); blobs in base64.
    """
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    return {name: _table_hash(connection, name) for (name,) in tables}


def open_backup(archive: Path, folder: Path, keys: Keys) -> Path:
    """Unpack a backup into the private folder `folder` after checking all that its manifest says of its bytes.

    The database has the backup's own schema version, which may be older than this program's: migrate a copy of it.

    Args:
        archive: the archive; its manifest lies beside it.
        folder: must exist; the file in it is readable by its owner only and the caller's to remove.
        keys: private keys or a passphrase.

    Raises:
        BackupUnusable: see its subclasses; nothing is left in `folder`.
        MirrorUnusable: the disk refuses (`DiskFull`).

    """
    if not archive.is_file():
        raise BackupMissing(path=str(archive))
    manifest = read_manifest(archive)
    if manifest.schema_version > SCHEMA_VERSION:
        raise BackupTooNew(path=str(archive), found=manifest.schema_version, known=SCHEMA_VERSION)
    target = folder / f"{archive.name.partition('.')[0]}.db"
    try:
        with translated(archive):
            check_archive(archive, manifest)
        with translated(target):
            unpack(archive, manifest, target, keys)
        _check_header(target, manifest, archive)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target


def _check_header(path: Path, manifest: Manifest, archive: Path) -> None:
    """A manifest that is right about the bytes may still be wrong about what they are."""
    try:
        with _unchanging(path) as connection, translated(path):
            found = tuple(
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version")
            )
    except MirrorUnusable as problem:
        raise BackupDamaged(N_("it holds no mirror"), path=str(archive)) from problem
    if found != (APPLICATION_ID, manifest.schema_version):
        raise BackupDamaged(N_("it holds another mirror than its manifest says"), path=str(archive))


@contextmanager
def _unchanging(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy that nobody writes: SQLite needs no lock and no file beside it."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with translated(path), closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as made:
        yield made


def _check(path: Path) -> tuple[str, dict[str, int]]:
    with _unchanging(path) as connection:
        verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        orphans: dict[str, int] = {}
        for table, *_rest in connection.execute("PRAGMA foreign_key_check"):
            orphans[table] = orphans.get(table, 0) + 1
    return verdict, orphans


def _table_hash(connection: sqlite3.Connection, table: str) -> tuple[int, str]:
    columns = connection.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
    key = [name for name, place in sorted(columns, key=lambda column: column[1]) if place]
    names = [name for name, _place in columns]
    encode = msgspec.json.Encoder().encode_lines
    digest, count = hashlib.sha256(encode([names])), 0
    listed, order = (", ".join(f'"{name}"' for name in part) for part in (names, key))
    cursor = connection.execute(f'SELECT {listed} FROM "{table}" ORDER BY {order or "rowid"}')
    while rows := cursor.fetchmany(BATCH):
        digest.update(encode(rows))
        count += len(rows)
    return count, digest.hexdigest()
