"""What the diary said at a moment: the rows as they are now, with the changes since then undone.

The mirror learns only when it pulls: a moment stands for the last run that had begun by then, whole. A row is as old as
the run that saw it first, and a change as old as the run that saw it; nobody is told when a teacher typed it. Runs count
in the order in which they wrote, so that a clock set back does not shuffle the history.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connector.mirror.books import as_json
from connector.records import TABLES, Row

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
Scope = Mapping[str, Collection[int]]

# Columns that say where a row stands. What left its place is found by the index `changes_of_place`, whose condition this
# is word for word: SQLite takes a partial index for no other, and this one only when told.
MOVED = (
    "(json_extract(before, '$.lesson_id') IS NOT NULL OR json_extract(before, '$.edu_group_id') IS NOT NULL"
    " OR json_extract(before, '$.person_id') IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a row.

    Attributes:
        seen_at: UTC moment with `Z` of the run that saw it.
        run_id: that run.
        resource: table.
        key: the row's key.
        op: `seen` (first sight), `update`, `withdraw`, `return`, or `erased`.
        before: the columns that differ, as they were.
        after: the same as they became; of a first sight all columns.

    """

    seen_at: str
    run_id: int
    resource: str
    key: Row
    op: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def run_at(query: Query, when: datetime) -> int:
    """The last run that had begun at a moment; 0 when none had."""
    begun = query("SELECT id, started_at FROM runs ORDER BY id DESC", ())
    return next((run for run, at in begun if datetime.fromisoformat(at) <= when), 0)


def as_of(
    query: Query, table_name: str, when: datetime, scope: Scope | None = None
) -> dict[Row, Row]:
    """Rows of a table that the diary showed at a moment, by key, in `Table.columns` order plus extra.

    Args:
        query: the mirror's SELECT.
        table_name: any mirrored table; `seen_from` and `seen_to` of memberships are ours and are left out.
        when: an aware moment.
        scope: ids by column; a row belongs when it stood at each of these columns at one of its ids. None means all.

    """
    table = TABLES[table_name]
    columns = (*table.columns, "extra")
    width = len(table.key)
    run = run_at(query, when)
    now = _candidates(query, table_name, columns, run, scope)
    if scope is None:
        later = query(CHANGES_SINCE.format(keys=""), (table_name, run))
    else:
        keys = json.dumps([as_json(key) for key in now], ensure_ascii=False)
        later = query(
            CHANGES_SINCE.format(keys=" AND key IN (SELECT value FROM json_each(?))"),
            (table_name, run, keys),
        )
    position = {name: index for index, name in enumerate(columns)}
    then = {key: list(row) for key, row in now.items()}
    for text, op, before in later:
        row = then.get(tuple(json.loads(text)))
        if row is None:
            continue
        for name, value in json.loads(before or "{}").items():
            row[position[name]] = value
        row[-1] = op == "return"
    return {
        tuple(row[:width]): tuple(row[:-1])
        for row in then.values()
        if not row[-1] and _belongs(row, position, scope)
    }


# The newest first: each is undone on top of those after it.
CHANGES_SINCE = (
    "SELECT key, op, before FROM changes WHERE resource = ? AND run_id > ?{keys} ORDER BY id DESC"
)


def _candidates(
    query: Query, table_name: str, columns: tuple[str, ...], run: int, scope: Scope | None
) -> dict[Row, Row]:
    """Rows known by then that stand in the scope now or have left it since; the last value says whether withdrawn."""
    table = TABLES[table_name]
    width = len(table.key)
    select = (
        f"SELECT {', '.join(columns)}, withdrawn_run IS NOT NULL FROM {table_name}"
        " WHERE first_seen_run <= ?"
    )
    if scope is None:
        return {row[:width]: row for row in query(select, (run,))}
    inside = "".join(f" AND {name} IN (SELECT value FROM json_each(?))" for name in scope)
    found = {
        row[:width]: row
        for row in query(select + inside, (run, *(as_json(list(ids)) for ids in scope.values())))
    }
    where = " AND ".join(f"{name} = ?" for name in table.key)
    for (text,) in query(
        f"SELECT DISTINCT key FROM changes INDEXED BY changes_of_place WHERE resource = ? AND run_id > ? AND {MOVED}",
        (table_name, run),
    ):
        key = tuple(json.loads(text))
        if key and key not in found:
            found |= {row[:width]: row for row in query(f"{select} AND {where}", (run, *key))}
    return found


def _belongs(row: list[Any], position: Mapping[str, int], scope: Scope | None) -> bool:
    return scope is None or all(row[position[name]] in ids for name, ids in scope.items())


@dataclass(frozen=True, slots=True)
class ClassAsOf:
    """A class's journal as it was, each table by key (see `as_of`)."""

    lessons: dict[Row, Row]
    works: dict[Row, Row]
    marks: dict[Row, Row]
    lesson_log_entries: dict[Row, Row]
    final_marks: dict[Row, Row]
    memberships: dict[Row, Row]


def class_as_of(
    query: Query,
    edu_group_ids: Collection[int],
    when: datetime,
    *,
    start: date = date.min,
    end: date = date.max,
) -> ClassAsOf:
    """The journal of a class, given with its subgroups, as of a moment.

    Args:
        query: the mirror's SELECT.
        edu_group_ids: the class and its subgroups.
        when: an aware moment.
        start: first day of lessons.
        end: last day of lessons.

    """
    groups = frozenset(edu_group_ids)
    day = TABLES["lessons"].columns.index("date")
    lessons = {
        key: row
        for key, row in as_of(query, "lessons", when, {"edu_group_id": groups}).items()
        if row[day] is None or start.isoformat() <= row[day][:10] <= end.isoformat()
    }
    at_lessons = {"lesson_id": frozenset(key[0] for key in lessons)}
    return ClassAsOf(
        lessons=lessons,
        works=as_of(query, "works", when, at_lessons),
        marks=as_of(query, "marks", when, at_lessons),
        lesson_log_entries=as_of(query, "lesson_log_entries", when, at_lessons),
        final_marks=as_of(query, "final_marks", when, {"edu_group_id": groups}),
        memberships=as_of(query, "memberships", when, {"edu_group_id": groups}),
    )


def events(query: Query, table_name: str, key: Row) -> list[Event]:
    """What happened to one row, the oldest first; empty when the mirror never saw it."""
    table = TABLES[table_name]
    columns = (*table.columns, "extra")
    where = " AND ".join(f"t.{name} = ?" for name in table.key)
    names = ", ".join(f"t.{name}" for name in columns)
    found = query(
        f"SELECT {names}, r.id, r.started_at FROM {table_name} t JOIN runs r ON r.id = t.first_seen_run WHERE {where}",
        key,
    )
    if not found:
        return []
    *values, run, seen_at = found[0]
    changes = list(_changes_of(query, table_name, key))
    first = dict(zip(columns, values, strict=True))
    for event in reversed(changes):
        first |= event.before
    return [Event(seen_at, run, table_name, key, "seen", {}, first), *changes]


def _changes_of(query: Query, table_name: str, key: Row) -> Iterator[Event]:
    for run, seen_at, op, before, after in query(
        "SELECT run_id, seen_at, op, before, after FROM changes WHERE resource = ? AND key = ? ORDER BY id",
        (table_name, as_json(key)),
    ):
        yield Event(
            seen_at, run, table_name, key, op, json.loads(before or "{}"), json.loads(after or "{}")
        )
