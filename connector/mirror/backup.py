"""The mirror's side of a backup: a consistent copy while a pull runs, what is in a copy, a copy opened for reading."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import (
    BackupDamaged,
    BackupMissing,
    BackupTooNew,
    MirrorDamaged,
    MirrorUnusable,
)
from connector.i18n import N_
from connector.mirror.chain import verify as verify_chain
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

# Rows, and characters, held at a time while a table is hashed.
BATCH = 4_000
CHUNK = 1_000_000
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
        chain: where the chain of changes ends, or holds no longer; None in a schema without a chain.
        broken_at: id of the first change that does not hold, or None.

    """

    verdict: str
    schema_version: int
    page_size: int
    rows: dict[str, int]
    tables: dict[str, str]
    orphans: dict[str, int]
    chain: ChainHead | None = None
    broken_at: int | None = None


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

    SQLite works outside the interpreter's lock, so two threads make use of two processors.

    Raises:
        MirrorUnusable: the file cannot be read as a database of ours.

    """
    with ThreadPoolExecutor(max_workers=2) as workers:
        checked = workers.submit(_check, path)
        with unchanging(path) as connection, translated(path):
            version, page_size = (
                int(connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("user_version", "page_size")
            )
            names = tables_of(connection)
        # The greatest table of a school beside all others: reading the schema for each would cost as much as they do.
        parts = [[name for name in names if (name == "marks") == alone] for alone in (True, False)]
        hashed = [workers.submit(_hash_apart, path, part) for part in parts]
        parents = workers.submit(_orphans, path)
        chain, broken_at = workers.submit(_chain, path).result()
        hashes = {name: found for part in hashed for name, found in part.result().items()}
    return Content(
        checked.result(),
        version,
        page_size,
        {name: rows for name, (rows, _sha) in hashes.items()},
        {name: sha for name, (_rows, sha) in hashes.items()},
        parents.result(),
        chain,
        broken_at,
    )


def content_hashes(connection: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Rows and sha256 of each table.

    The content of a table is compact JSON lines in UTF-8: first the array of its column names, then one array a row in
    the order of the primary key (of the row id where there is none); blobs in upper-case hexadecimal.
    """
    return {name: table_hash(connection, name) for name in tables_of(connection)}


def table_hash(connection: sqlite3.Connection, table: str) -> tuple[int, str]:
    """Rows and sha256 of one table, see `content_hashes`."""
    columns = connection.execute(
        "SELECT name, type, pk FROM pragma_table_info(?)", (table,)
    ).fetchall()
    names = [name for name, _kind, _pk in columns]
    key = sorted((pk, name, kind) for name, kind, pk in columns if pk)
    # SQLite writes the lines itself: half the time of making each value an object first.
    array = ", ".join(
        f'hex("{name}")' if kind == "BLOB" else f'"{name}"' for name, kind, _pk in columns
    )
    head = json.dumps(names, ensure_ascii=False, separators=(",", ":")) + "\n"
    digest = hashlib.sha256(head.encode())
    if [kind for _pk, _name, kind in key] == ["INTEGER"]:
        pieces = _by_number(connection, table, key[0][1], array)
    else:
        order = ", ".join(f'"{name}"' for _pk, name, _kind in key) or "rowid"
        pieces = _by_key(connection, f'SELECT json_array({array}) FROM "{table}" ORDER BY {order}')
    count = 0
    for rows, lines in pieces:
        digest.update(lines.encode() + b"\n")
        count += rows
    return count, digest.hexdigest()


def _by_number(
    connection: sqlite3.Connection, table: str, key: str, array: str
) -> Iterator[tuple[int, str]]:
    sql = (
        f'SELECT count(*), max(n), group_concat(line, char(10)) FROM (SELECT "{key}" AS n, json_array({array}) AS line'
        f' FROM "{table}" WHERE "{key}" > ? ORDER BY "{key}" LIMIT {BATCH})'
    )
    # The smallest of all row ids would be left out; the vendor's are positive.
    last = -(2**63)
    while (found := connection.execute(sql, (last,)).fetchone())[0]:
        yield found[0], found[2]
        if found[1] <= last:
            # Keys run backwards in a damaged file only; going on would never end.
            return
        last = found[1]


def _by_key(connection: sqlite3.Connection, sql: str) -> Iterator[tuple[int, str]]:
    lines: list[str] = []
    size = 0
    for (line,) in connection.execute(sql):
        lines.append(line)
        size += len(line)
        # One row may be a whole plan.
        if size > CHUNK:
            yield len(lines), "\n".join(lines)
            lines, size = [], 0
    if lines:
        yield len(lines), "\n".join(lines)


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables that are not SQLite's own."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in found]


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
        with unchanging(path) as connection, translated(path):
            found = tuple(
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version")
            )
    except MirrorUnusable as problem:
        raise BackupDamaged(N_("it holds no mirror"), path=str(archive)) from problem
    if found != (APPLICATION_ID, manifest.schema_version):
        raise BackupDamaged(N_("it holds another mirror than its manifest says"), path=str(archive))


@contextmanager
def unchanging(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy that nobody writes: SQLite needs no lock and no file beside it."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with (
            translated(path),
            closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as made,
        ):
            yield made
    except sqlite3.DatabaseError as problem:
        # Nobody is at it and our statements are right: whatever SQLite cannot make out is damage.
        raise MirrorDamaged(N_("a page is malformed"), path=str(path)) from problem


def _check(path: Path) -> str:
    with unchanging(path) as connection:
        return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])


def _orphans(path: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    with unchanging(path) as connection:
        for table, *_rest in connection.execute("PRAGMA foreign_key_check"):
            found[table] = found.get(table, 0) + 1
    return found


def _hash_apart(path: Path, tables: list[str]) -> dict[str, tuple[int, str]]:
    with unchanging(path) as connection:
        return {name: table_hash(connection, name) for name in tables}


def _chain(path: Path) -> tuple[ChainHead | None, int | None]:
    with unchanging(path) as connection:
        columns = connection.execute("SELECT name FROM pragma_table_info('changes')").fetchall()
        if ("head",) not in columns:
            return None, None
        found = verify_chain(lambda sql, values: connection.execute(sql, values).fetchall())
    return ChainHead(found.rows, found.head), found.broken_at
