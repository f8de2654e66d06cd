"""The mirror as it was at a moment, under the same names: whoever reads it with SELECTs need not know that he looks back.

Names of TEMP tables and views come before those of the file. Rows that did not change since the moment are read where
they stand; only those that did are copied, into memory, as they were. What a run counts as and which moment it stands
for is told in `connector.mirror.history`.
"""

import json
from datetime import datetime
from typing import Any

from connector.mirror.history import CHANGES_SINCE, Query, run_at
from connector.mirror.store import Mirror
from connector.records import TABLES, Table

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
    return _is_logged(query) and 0 < (_first_run(query) or 0) <= run_at(query, when)


def _is_logged(query: Query) -> bool:
    """Whether readings are logged; a mirror opened for reading is not brought up to date."""
    return bool(query("PRAGMA user_version", ())[0][0] >= _WITH_READINGS)


def _first_run(query: Query) -> int | None:
    sql = "SELECT min(run_id) FROM readings" if _is_logged(query) else "SELECT max(id) FROM runs"
    first: int | None = query(sql, ())[0][0]
    return first


def as_of_query(mirror: Mirror, when: datetime) -> Query:
    """Turn the mirror back: from now on its SELECTs of mirrored tables, `coverage`, `facts`, `changes` and `runs` answer as of a moment.

    First and last sight of rows and memberships are left out: such a SELECT fails rather than answers with today's. The
    mirror is read in one transaction until it is closed, so that a pull beside it changes nothing.

    Args:
        mirror: opened for reading by nobody else.
        when: an aware moment that the history `reaches`.

    Returns:
        The mirror's SELECT.

    """
    query = mirror.query
    # Rows of persons must not lie in a temporary file.
    query("PRAGMA temp_store = MEMORY")
    query("BEGIN")
    run = run_at(query, when)
    for table in TABLES.values():
        _turn_back(query, table, run)
    for name, column in (("changes", "run_id"), ("runs", "id")):
        query(f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {column} <= {run}", ())
    query(_COVERAGE.format(run=run), ())
    query(_FACTS.format(run=run), ())
    return query


def _turn_back(query: Query, table: Table, run: int) -> None:
    columns = (*table.columns, "extra", "withdrawn_run")
    names = ", ".join(columns)
    differing = f'"{table.name} then"'
    query(f"CREATE TEMP TABLE {differing} ({names})", ())
    for name in columns:
        if name in table.key or name.endswith("_id"):
            query(f'CREATE INDEX temp."{table.name} by {name}" ON {differing}({name})', ())
    places = ", ".join("?" * len(columns))
    for row in _as_they_were(query, table, names, run):
        query(f"INSERT INTO temp.{differing} VALUES ({places})", row)
    query(
        f"CREATE TEMP VIEW {table.name} AS SELECT {names} FROM main.{table.name} WHERE changed_run <= {run}"
        f" UNION ALL SELECT {names} FROM temp.{differing}",
        (),
    )


def _as_they_were(query: Query, table: Table, names: str, run: int) -> list[list[Any]]:
    """Rows known by then that were written since, as they were."""
    width = len(table.key)
    found = query(
        f"SELECT {names} FROM main.{table.name} WHERE changed_run > ? AND first_seen_run <= ?",
        (run, run),
    )
    then = {row[:width]: list(row) for row in found}
    if not then:
        return []
    position = {name: index for index, name in enumerate((*table.columns, "extra"))}
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
    return list(then.values())
