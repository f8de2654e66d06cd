"""A yearly archive that outlives this program: every table as CSV and as JSON lines in one zip, with its own manifest.

Nothing but an unzipper and a text editor is needed to read it: the regulation asks for marks after 25 years.
"""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from connector.mirror.backup import tables_of, unchanging
from connector.mirror.export import csv_pieces
from connector.mirror.manifest import Manifest

SCHEMA = "dnevnik/sealed/1"

READ_ME = """Архив электронного журнала: содержимое всех таблиц на день, указанный в manifest.json.
csv/ — таблицы для Excel и других программ; jsonl/ — те же строки в виде JSON, по одной в строке файла.
schema.sql — описание таблиц; marks — отметки, persons — люди, lessons — уроки, lesson_log_entries — посещаемость.
manifest.json содержит число строк и SHA-256 каждого файла.

An archive of a school's electronic journal: every table as it was on the day named in manifest.json.
csv/ is for spreadsheets; jsonl/ has the same rows as JSON, one a line; schema.sql describes the tables.
manifest.json has the number of rows and the SHA-256 of every file.
"""


def write_sealed(copy: Path, manifest: Manifest, target: BinaryIO) -> None:
    """Write the archive of a copy.

    Args:
        copy: a database that nobody writes.
        manifest: of the backup made of the same copy.
        target: gets the zip.

    """
    files: dict[str, dict[str, Any]] = {}
    with (
        unchanging(copy) as connection,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
    ):
        _write(archive, files, "README.txt", [READ_ME.encode("utf-8-sig")])
        _write(archive, files, "schema.sql", [_schema(connection)])
        for table in tables_of(connection):
            _write(archive, files, f"csv/{table}.csv", _csv(connection, table))
            _write(archive, files, f"jsonl/{table}.jsonl", _json_lines(connection, table))
        document = {
            "schema": SCHEMA,
            "school_id": str(manifest.school_id),
            "created_at": manifest.created_at,
            "schema_version": manifest.schema_version,
            "tool_version": manifest.tool_version,
            "rows": manifest.rows,
            "files": files,
        }
        archive.writestr("manifest.json", json.dumps(document, ensure_ascii=False, indent=1))


def _write(
    archive: zipfile.ZipFile, files: dict[str, dict[str, Any]], name: str, pieces: Iterable[bytes]
) -> None:
    digest, size = hashlib.sha256(), 0
    with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            member.write(piece)
    files[name] = {"bytes": size, "sha256": digest.hexdigest()}


def _schema(connection: sqlite3.Connection) -> bytes:
    found = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name"
    )
    return "".join(f"{sql};\n\n" for (sql,) in found).encode()


def _csv(connection: sqlite3.Connection, table: str) -> Iterator[bytes]:
    cursor = connection.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    return csv_pieces(names, (tuple(map(_plain, row)) for row in cursor))


def _json_lines(connection: sqlite3.Connection, table: str) -> Iterator[bytes]:
    cursor = connection.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    for row in cursor:
        whole = dict(zip(names, map(_plain, row), strict=True))
        yield json.dumps(whole, ensure_ascii=False).encode() + b"\n"


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
