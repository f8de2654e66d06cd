"""The chain over the history: whoever edits, drops or inserts a change breaks it, and one person's payload can still go.

    payload = sha256(salt + JSON array of run_id, seen_at, resource, key, op, before, after)
    head    = sha256(head of the change before + payload); before the first change stand 32 zero bytes

The array is compact JSON in UTF-8 with every value as the row holds it: a program of ten lines can check it without us
(docs/schema.md#changes). An erased change has lost its salt, key and values and keeps the payload's digest, so that the
heads after it still hold; without the salt nobody can find the values by trying them out.

Who can write the file can also chain it anew. Only a head kept elsewhere shows that, and that rows were cut off the end:
each backup's manifest keeps one.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

GENESIS = bytes(32)
SALT_BYTES = 16
# Rows in memory at once.
BATCH = 5000
# What is left of the key when a change was erased.
NO_KEY = "[]"

INSERT = (
    "INSERT INTO changes (run_id, seen_at, resource, key, op, before, after, salt, payload, head)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# Texts as bytes: a flipped bit may have left what is no text any more, and is to be found, not to raise.
_READ = (
    "SELECT id, run_id, CAST(seen_at AS BLOB), CAST(resource AS BLOB), CAST(key AS BLOB), CAST(op AS BLOB),"
    " CAST(before AS BLOB), CAST(after AS BLOB), salt, payload, head FROM changes WHERE id > ? ORDER BY id LIMIT ?"
)
# Where each table of a change names the person it is about: in the key, or in the row.
_BY_KEY = {
    "persons": 0,
    "memberships": 0,
    "staff": 0,
    "class_teachers": 1,
    "lesson_teachers": 1,
    "lesson_log_entries": 1,
}
_BY_ROW = ("tasks", "marks", "final_marks")


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the chain ends: `head` is hexadecimal; 64 zeros when there is no change yet."""

    rows: int
    head: str


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What checking the whole chain found.

    Attributes:
        ok: whether every change is what was written, in the order in which it was written.
        rows: changes that hold, from the first on.
        head: hexadecimal head after the last change that holds.
        broken_at: id of the first change that does not hold; None when all do.
        erased: changes among those that hold whose payload was taken out.

    """

    ok: bool
    rows: int
    head: str
    broken_at: int | None = None
    erased: int = 0


def digest(salt: bytes, values: Sequence[object]) -> bytes:
    """Payload's digest of (run_id, seen_at, resource, key, op, before, after) as the row holds them."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(salt + text.encode("utf-8", "surrogateescape")).digest()


def link(head: bytes, payload: bytes) -> bytes:
    """The head after a change whose payload has this digest."""
    return hashlib.sha256(head + payload).digest()


def append(connection: sqlite3.Connection, changes: Iterable[Sequence[object]]) -> None:
    """Add changes to the history, chained; the caller holds the transaction.

    Args:
        connection: the mirror, open for writing.
        changes: (run_id, seen_at, resource, key, op, before, after), in order.

    """
    connection.executemany(INSERT, _linked(_last_head(connection), changes))


def seal(connection: sqlite3.Connection) -> None:
    """Chain the changes that an older version left without a chain. Part of a migration: never called later."""
    head, last = GENESIS, 0
    while rows := connection.execute(
        "SELECT id, run_id, seen_at, resource, key, op, before, after FROM changes WHERE id > ? ORDER BY id LIMIT ?",
        (last, BATCH),
    ).fetchall():
        chained = [row[7:] for row in _linked(head, [row[1:] for row in rows])]
        connection.executemany(
            "UPDATE changes SET salt = ?, payload = ?, head = ? WHERE id = ?",
            [(*link_, row[0]) for link_, row in zip(chained, rows, strict=True)],
        )
        head, last = chained[-1][2], rows[-1][0]


def tip(query: Query) -> Tip:
    """The chain's end, without checking it."""
    rows = query(
        "SELECT count(*), (SELECT head FROM changes ORDER BY id DESC LIMIT 1) FROM changes", ()
    )
    return Tip(int(rows[0][0]), (rows[0][1] or GENESIS).hex())


def holds_head(query: Query, rows: int, head: str) -> bool:
    """Whether the chain once ended there: what an older backup's manifest says must still stand in it."""
    if rows == 0:
        return head == GENESIS.hex()
    found = query("SELECT head FROM changes ORDER BY id LIMIT 1 OFFSET ?", (rows - 1,))
    return bool(found) and found[0][0] is not None and found[0][0].hex() == head


def verify(query: Query) -> ChainVerdict:
    """Check every change, in constant memory.

    Args:
        query: the mirror's SELECT.

    """
    head, rows, erased = GENESIS, 0, 0
    for row in _read(query):
        blotted = row[8] is None
        expected = (
            _erased_payload(row) if blotted else digest(row[8], [row[1], *map(_text, row[2:8])])
        )
        following = link(head, expected) if expected is not None else None
        if following is None or row[9] != expected or row[10] != following:
            return ChainVerdict(
                ok=False, rows=rows, head=head.hex(), broken_at=row[0], erased=erased
            )
        head, rows, erased = following, rows + 1, erased + blotted
    return ChainVerdict(ok=True, rows=rows, head=head.hex(), broken_at=None, erased=erased)


def erase(connection: sqlite3.Connection, person_id: int) -> int:
    """Take one person's payloads out of the history; the chain holds as before.

    To be called while the person's own rows still stand: they tell which marks and tasks were theirs. Run, moment, table
    and operation of a change stay, its key, values and salt go.

    Args:
        connection: the mirror, open for writing; the caller holds the transaction.
        person_id: whose.

    Returns:
        How many changes lost their payload.

    """
    blot = "UPDATE changes SET salt = NULL, key = ?, before = NULL, after = NULL WHERE resource = ? AND "
    erased = 0
    for table, place in _BY_KEY.items():
        erased += connection.execute(
            f"{blot} json_extract(key, '$[{place}]') = ?", (NO_KEY, table, person_id)
        ).rowcount
    for table in _BY_ROW:
        # A row that once was another's keeps both names in its history.
        theirs = (
            f"(json_extract(before, '$.person_id') = ? OR json_extract(after, '$.person_id') = ?"
            f" OR key IN (SELECT '[' || id || ']' FROM {table} WHERE person_id = ?))"
        )
        erased += connection.execute(
            blot + theirs, (NO_KEY, table, person_id, person_id, person_id)
        ).rowcount
    return erased


def _linked(head: bytes, changes: Iterable[Sequence[object]]) -> Iterator[tuple[Any, ...]]:
    for change in changes:
        salt = os.urandom(SALT_BYTES)
        payload = digest(salt, change)
        head = link(head, payload)
        yield (*change, salt, payload, head)


def _last_head(connection: sqlite3.Connection) -> bytes:
    found = connection.execute("SELECT head FROM changes ORDER BY id DESC LIMIT 1").fetchone()
    return found[0] or GENESIS if found else GENESIS


def _read(query: Query) -> Iterator[tuple[Any, ...]]:
    last = -1
    while rows := query(_READ, (last, BATCH)):
        yield from rows
        last = rows[-1][0]


def _erased_payload(row: tuple[Any, ...]) -> bytes | None:
    """The digest of an erased change; None where something is left that no erasing leaves."""
    payload: bytes | None = row[9]
    is_blank = row[4] == NO_KEY.encode() and row[6] is None and row[7] is None
    return payload if is_blank else None


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "surrogateescape")
