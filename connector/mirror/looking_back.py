"""The mirror as it was at a moment, under the same names: whoever reads it with SELECTs need not know that he looks back.

Names of TEMP tables and views come before those of the file. Rows that did not change since the moment are read where
they stand; only those that did are copied, into memory, as they were. What a run counts as and which moment it stands
for is told in `connector.mirror.history`.
"""

import json
from datetime import UTC, datetime, tzinfo

from connector.mirror.history import CHANGES_SINCE, Query, events, run_at
from connector.mirror.store import Mirror
from connector.records import TABLES, Row, Table
from connector.vocab import ARCHIVED

# Schema that first kept a log of readings.
_WITH_READINGS = 4

_COVERAGE = """
CREATE TEMP TABLE coverage AS
SELECT resource, edu_group_id, covered_from, covered_to, read_at AS pulled_at, state, detail
  FROM (SELECT *, max(run_id) FROM main.readings WHERE run_id <= {run} GROUP BY resource, edu_group_id, covered_from, covered_to)
 WHERE state <> 'superseded'
"""
_FACTS = """
CREATE TEMP TABLE facts AS
SELECT name, value, max(run_id) AS run_id FROM main.facts_learnt WHERE run_id <= {run} GROUP BY name
"""


def history_begins(query: Query) -> datetime | None:
    """When the first run began of which the mirror knows what it read; None before the first pull.

    A mirror that an older version filled knows its last readings only.
    """
    found = query("SELECT started_at FROM runs WHERE id = ?", (_first_run(query),))
    return datetime.fromisoformat(found[0][0]) if found else None


def reaches(query: Query, when: datetime) -> bool:
    """Whether the mirror can tell what it held at a moment."""
    return reaches_run(query, run_at(query, when))


def _is_logged(query: Query) -> bool:
    """Whether readings are logged; a mirror opened for reading is not brought up to date."""
    return bool(query("PRAGMA user_version", ())[0][0] >= _WITH_READINGS)


def _first_run(query: Query) -> int | None:
    sql = "SELECT min(run_id) FROM readings" if _is_logged(query) else "SELECT max(id) FROM runs"
    first: int | None = query(sql, ())[0][0]
    return first


def as_of_query(mirror: Mirror, when: datetime) -> Query:
    """Turn the mirror back to a moment, see `turn_back`.

    The mirror is read in one transaction until it is closed, so that a pull beside it changes nothing.

    Args:
        mirror: opened for reading by nobody else.
        when: a moment that the history `reaches`, in the school's zone.

    Returns:
        The mirror's SELECT.

    """
    mirror.query("BEGIN")
    turn_back(mirror.query, run_at(mirror.query, when), when.tzinfo or UTC)
    return mirror.query


def reaches_run(query: Query, run: int) -> bool:
    """Whether the mirror can tell what it held when a run had ended."""
    return _is_logged(query) and 0 < (_first_run(query) or 0) <= run


def turn_back(query: Query, run: int, zone: tzinfo) -> None:
    """From now on SELECTs of mirrored tables, `coverage`, `facts`, `changes` and `runs` answer as they did when a run had ended.

    `first_seen_run` and `changed_run` are left out: such a SELECT fails rather than answers with today's.

    Args:
        query: statements of a connection of its own, in a transaction.
        run: one that the history `reaches_run`.
        zone: the school's, in which the days of memberships are told.

    """
    # Rows of persons must not lie in a temporary file.
    query("PRAGMA temp_store = MEMORY", ())
    for table in TABLES.values():
        _turn_back(query, table, run, zone)
    for name, column in (("changes", "run_id"), ("runs", "id")):
        query(f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {column} <= {run}", ())
    query(_COVERAGE.format(run=run), ())
    query(_FACTS.format(run=run), ())


def _turn_back(query: Query, table: Table, run: int, zone: tzinfo) -> None:
    columns = (*table.columns, "extra", "withdrawn_run")
    then = _as_they_were(query, table, columns, run)
    if table.name == "memberships":
        columns = (*columns, "seen_from", "seen_to")
        then = [(*row, *_days_of_membership(query, row[:3], run, zone)) for row in then]
    names = ", ".join(columns)
    differing = f'"{table.name} then"'
    query(f"CREATE TEMP TABLE {differing} ({names})", ())
    for name in columns:
        if name in table.key or name.endswith("_id"):
            query(f'CREATE INDEX temp."{table.name} by {name}" ON {differing}({name})', ())
    places = ", ".join("?" * len(columns))
    for row in then:
        query(f"INSERT INTO temp.{differing} VALUES ({places})", row)
    query(
        f"CREATE TEMP VIEW {table.name} AS SELECT {names} FROM main.{table.name} WHERE changed_run <= {run}"
        f" UNION ALL SELECT {names} FROM temp.{differing}",
        (),
    )


def _as_they_were(query: Query, table: Table, columns: tuple[str, ...], run: int) -> list[Row]:
    """Rows known by then that were written since, as they were."""
    width = len(table.key)
    found = query(
        f"SELECT {', '.join(columns)} FROM main.{table.name} WHERE changed_run > ? AND first_seen_run <= ?",
        (run, run),
    )
    then = {row[:width]: list(row) for row in found}
    if not then:
        return []
    position = {name: index for index, name in enumerate(columns)}
    gone_before = "SELECT max(run_id) FROM main.changes WHERE resource = ? AND key = ? AND op = 'withdraw' AND run_id <= ?"
    for key, op, before in query(CHANGES_SINCE.format(keys=""), (table.name, run)):
        row = then.get(tuple(json.loads(key)))
        if row is None:
            continue
        for name, value in json.loads(before or "{}").items():
            row[position[name]] = value
        if op == "return":
            row[-1] = query(gone_before, (table.name, key, run))[0][0] or run
        elif op == "withdraw":
            row[-1] = None
    return [tuple(row) for row in then.values()]


def _days_of_membership(query: Query, key: Row, run: int, zone: tzinfo) -> Row:
    """First sight, and the day on which it was found ended and stayed so, as `Mirror.note_memberships` writes them."""
    ended_on: dict[int, str | None] = {}
    status, gone = None, False
    for event in events(query, "memberships", key):
        status, gone = event.after.get("status", status), event.op == "withdraw"
        day = datetime.fromisoformat(event.seen_at).astimezone(zone).date().isoformat()
        ended_on[event.run_id] = day if gone or status == ARCHIVED else None
    until: str | None = None
    for number in sorted(number for number in ended_on if number <= run):
        until = ended_on[number] and (until or ended_on[number])
    where = " AND ".join(f"{name} = ?" for name in TABLES["memberships"].key)
    (since,) = query(f"SELECT seen_from FROM main.memberships WHERE {where}", key)[0]
    return (since, until)
