"""The whole mirror as files that any program reads: each table as CSV and as JSON lines, with a data dictionary.

A folder appears whole or not at all. All tables are of one moment, even while a pull runs.
"""

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from connector.errors import DiskFull, OutputFull
from connector.mirror.backup import Pinned, pinned
from connector.mirror.books import moment
from connector.mirror.dictionary import data_dictionary, tables_of
from connector.mirror.file import translated

SCHEMA = "dnevnik/export/1"
DICTIONARY = "dictionary"
MANIFEST = "manifest.json"
README = "README.txt"
# Bytes of text before they are written.
PIECE = 1_000_000
# Rows that become JSON together.
BATCH = 1_000
# A cell that starts like this would be run as a formula by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Advance = Callable[[int, int, str], None]
Line = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        folder: where.
        created_at: UTC moment of the data, with `Z`.
        rows: rows by table.
        files: size and sha256 of each file.

    """

    folder: Path
    created_at: str
    rows: dict[str, int]
    files: dict[str, dict[str, Any]]


def export_all(
    path: Path, folder: Path, read_me: str, tool_version: str, now: datetime, advance: Advance
) -> Exported:
    """Write every table into the folder; it must not exist, or be empty.

    Args:
        path: of the mirror.
        folder: gets mode 0700, its files 0600.
        read_me: text of README.txt.
        tool_version: of this program.
        now: aware moment.
        advance: told of tables done, of all, and the next one's name.

    Raises:
        FileExistsError: the folder holds something.
        OutputFull: no space left; nothing is there.
        MirrorUnusable: the mirror cannot be read, or the place not be written.

    """
    place = folder.absolute()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FileExistsError(place)
    aside = place.with_name(f".{place.name}.part")
    try:
        with translated(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            # What a killed run left.
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(mode=0o700)
            made = _Writer(aside)
            with pinned(path) as mirror:
                made.everything(mirror, read_me, tool_version, now, advance)
            with suppress(FileNotFoundError):
                place.rmdir()
            aside.replace(place)
    except DiskFull as problem:
        raise OutputFull(path=str(place)) from problem
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Exported(folder, moment(now), made.rows, made.files)


class _Writer:
    """One export being written into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, int] = {}

    def everything(
        self, mirror: Pinned, read_me: str, tool_version: str, now: datetime, advance: Advance
    ) -> None:
        tables = tables_of(mirror.query)
        school = mirror.query("SELECT id FROM schools WHERE withdrawn_run IS NULL ORDER BY id")
        for number, table in enumerate(tables):
            advance(number, len(tables), table)
            names = [
                name
                for (name,) in mirror.query(
                    "SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,)
                )
            ]
            self.rows[table] = self._table(table, names, partial(_rows, mirror, table))
        columns = data_dictionary(mirror.query)
        names = ["table", "column", "type", "key", "refers_to", "meaning"]
        self._table(
            DICTIONARY, names, lambda: iter([tuple(getattr(c, n) for n in names) for c in columns])
        )
        self._file(README, [read_me.encode("utf-8-sig")])
        document = {
            "schema": SCHEMA,
            "created_at": moment(now),
            "school_id": str(school[0][0]) if school else None,
            "schema_version": mirror.query("PRAGMA user_version")[0][0],
            "tool_version": tool_version,
            "rows": self.rows,
            "files": dict(self.files),
        }
        self._file(MANIFEST, [json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"])
        advance(len(tables), len(tables), "")

    def _table(self, name: str, columns: list[str], rows: Callable[[], Iterator[Line]]) -> int:
        """Write a table twice, reading it twice: no table need fit into memory."""
        count = 0

        def counted() -> Iterator[Line]:
            nonlocal count
            for row in rows():
                count += 1
                yield row

        self._file(f"{name}.csv", csv_pieces(columns, counted()))
        self._file(f"{name}.jsonl", _json_lines(columns, rows()))
        return count

    def _file(self, name: str, pieces: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
        self.files[name] = {"bytes": size, "sha256": digest.hexdigest()}


def _rows(mirror: Pinned, table: str) -> Iterator[Line]:
    kinds = mirror.query("SELECT type FROM pragma_table_info(?)", (table,))
    with translated(mirror.path):
        rows = mirror.connection.execute(f'SELECT * FROM "{table}"')
        if ("BLOB",) not in kinds:
            yield from rows
            return
        for row in rows:
            yield tuple(value.hex() if isinstance(value, bytes) else value for value in row)


def csv_pieces(columns: Sequence[str], rows: Iterable[Line]) -> Iterator[bytes]:
    """A table as CSV in UTF-8, piece by piece; no cell is a formula to a spreadsheet."""
    page = io.StringIO(newline="")
    lines = csv.writer(page)
    lines.writerow(columns)
    # Excel takes a file for UTF-8 by this mark only.
    yield b"\xef\xbb\xbf"
    for row in rows:
        lines.writerow([_safe(value) for value in row])
        if page.tell() > PIECE:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _json_lines(columns: list[str], rows: Iterable[Line]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode_lines
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield encode([dict(zip(columns, row, strict=True)) for row in batch])
