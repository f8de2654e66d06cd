"""The mirror as tables: read rows of a scope, merge an answer with history, keep runs, coverage and holds."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from connector.mirror import file
from connector.records import TABLES, Drift, Row, Rows, RunId, Table, Window
from connector.sync.diff import changed_columns, diff
from connector.sync.windows import Seen


def moment(at: datetime) -> str:
    """A moment as the mirror writes it: UTC, `Z`, whole seconds unless there are fractions."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@dataclass(slots=True)
class Tally:
    """What merging did to one table."""

    seen: int = 0
    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    returned: int = 0

    def written(self) -> int:
        """Data rows written."""
        return self.added + self.changed + self.withdrawn + self.returned

    def add(self, other: "Tally") -> None:
        """Count `other` in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Merging:
    """How the rows of one answer enter a table.

    Attributes:
        columns: the columns this answer speaks about; None means all. Others are left alone.
        keeps_known: a NULL never replaces a known value (the vendor leaves out members it hides).
        only_new: rows that exist are left alone (a nested object that is only a reference).
        only_existing: rows that do not exist are left out (a supplement to rows from elsewhere).

    """

    columns: tuple[str, ...] | None = None
    keeps_known: bool = False
    only_new: bool = False
    only_existing: bool = False


PLAIN = Merging()


@dataclass(slots=True)
class _Statements:
    """SQL of one table, made once."""

    table: Table
    select: str = field(init=False)
    insert: str = field(init=False)
    insert_by: str = field(init=False)
    update: str = field(init=False)
    where: str = field(init=False)

    def __post_init__(self) -> None:
        table = self.table
        columns = (*table.columns, "extra")
        self.where = " AND ".join(f"{name} = ?" for name in table.key)
        self.select = f"SELECT {', '.join(columns)}, withdrawn_run FROM {table.name}"
        marks = ", ".join("?" * len(columns))
        names = f"{table.name} ({', '.join(columns)}, first_seen_run, changed_run)"
        self.insert = f"INSERT INTO {names} VALUES ({marks}, ?, ?)"
        # The run is written into the statement, so that rows go in as they come.
        self.insert_by = f"INSERT INTO {names} VALUES ({marks}, {{run}}, {{run}})"
        sets = ", ".join(f"{name} = ?" for name in columns)
        self.update = f"UPDATE {table.name} SET {sets}, changed_run = ?, withdrawn_run = NULL WHERE {self.where}"


_SQL = {name: _Statements(table) for name, table in TABLES.items()}


class Mirror:
    """One school's mirror. Open it with `Mirror.open`; a writing one holds the lock until it is closed."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: file.Lock | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._db = Database(connection)

    @classmethod
    def open(cls, path: Path, *, write: bool = False, mode: int = 0o600) -> Self:
        """Open the mirror at `path`.

        Raises:
            MirrorUnusable: see its subclasses; the file is untouched.
            RunLocked: `write` and another run is at it.

        """
        if not write:
            return cls(path, file.open_to_read(path), None)
        lock = file.Lock(path)
        try:
            return cls(path, file.open_to_write(path, mode=mode, lock=lock), lock)
        except BaseException:
            lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a writer first folds the log into it, so that the file alone is the whole mirror."""
        if self._lock is not None:
            # With a full disk or a reader in the way the log stays; the next opening takes it in.
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
        if self._lock is not None:
            with suppress(OSError):
                self._lock.leave_stamp(self.path)
            self._lock.release()

    # --- reading

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT."""
        with file.translated(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def rows(self, table: str, where: str, parameters: Sequence[object] = ()) -> dict[Row, Row]:
        """Rows by key that meet `where`, live and withdrawn, in `Table.columns` order plus extra plus withdrawn_run."""
        width = len(TABLES[table].key)
        return {
            row[:width]: row
            for row in self.query(f"{_SQL[table].select} WHERE {where}", parameters)
        }

    def counts(self) -> dict[str, int]:
        """Live rows of each mirrored table."""
        return {
            name: int(self.query(f"SELECT count(*) FROM {name} WHERE withdrawn_run IS NULL")[0][0])
            for name in TABLES
        }

    # --- writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit for all that happens inside; an exception undoes it."""
        with file.translated(self.path), self._db.atomic():
            yield

    def merge(
        self,
        run: RunId,
        at: datetime,
        table_name: str,
        rows: Iterable[Row],
        existing: Mapping[Row, Row],
        how: Merging = PLAIN,
    ) -> Tally:
        """Take an answer's rows in: insert the new, update the changed, bring the withdrawn back.

        Args:
            run: the run that saw them.
            at: when it saw them.
            table_name: where they belong.
            rows: rows in `Table.columns` order plus extra (or `how.columns`, without extra); no key twice.
            existing: rows of these keys as `rows()` gives them.
            how: see `Merging`.

        """
        sql = _SQL[table_name]
        table = sql.table
        width = len(table.key)
        tally = Tally()
        current = {key: row[:-1] for key, row in existing.items()}
        wanted = self._whole(table, current, rows, how) if how != PLAIN else list(rows)
        tally.seen = len(wanted)
        found = diff(current, wanted, width=width)
        if found.created:
            self._connection.executemany(sql.insert, [(*row, run, run) for row in found.created])
            tally.added = len(found.created)
        back = {key for key, row in existing.items() if row[-1] is not None}
        returned = [row for row in wanted if row[:width] in back] if back else []
        updated = [(old, new) for old, new in found.updated if new[:width] not in back]
        if updated or returned:
            rewritten = [*(new for _, new in updated), *returned]
            self._connection.executemany(
                sql.update, [(*row, run, *row[:width]) for row in rewritten]
            )
            # What one run learns about a row in two calls is its first sight, not a change.
            updated = [(old, new) for old, new in updated if not self._is_born(sql, run, new)]
            history = [("update", old, new) for old, new in updated]
            history += [("return", current[row[:width]], row) for row in returned]
            self._remember(run, at, table, history)
            tally.changed, tally.returned = len(updated), len(returned)
        return tally

    def insert_new(self, run: RunId, rows: Rows) -> tuple[bool, dict[str, int]]:
        """Insert rows that should all be new, without looking for them first.

        A first load looks up nothing that cannot be there: this is what makes it as fast as plain inserts.

        Returns:
            Whether all were new, and how many went in by table. Where one was not, those before it stay: whoever then
            merges the same rows finds them equal.

        """
        inserted: dict[str, int] = {}
        for table, listed in rows.items():
            before = self._connection.total_changes
            try:
                self._connection.executemany(_SQL[table].insert_by.format(run=int(run)), listed)
            except sqlite3.IntegrityError:
                return False, inserted | {table: self._connection.total_changes - before}
            inserted[table] = len(listed)
        return True, inserted

    def _is_born(self, sql: _Statements, run: RunId, row: Row) -> bool:
        table = sql.table
        found = self._connection.execute(
            f"SELECT first_seen_run FROM {table.name} WHERE {sql.where}", row[: len(table.key)]
        ).fetchone()
        return bool(found[0] == run)

    @staticmethod
    def _whole(
        table: Table, current: Mapping[Row, Row], rows: Iterable[Row], how: Merging
    ) -> list[Row]:
        """Rows of all columns, from rows of some and what the mirror holds."""
        columns = (*table.columns, "extra")
        positions = [columns.index(name) for name in how.columns or columns]
        whole = []
        for row in rows:
            old = current.get(row[: len(table.key)])
            if (old is not None and how.only_new) or (old is None and how.only_existing):
                continue
            values: list[Any] = list(old) if old is not None else [None] * len(columns)
            for position, value in zip(positions, row, strict=True):
                if value is not None or not how.keeps_known:
                    values[position] = value
            whole.append(tuple(values))
        return whole

    def _remember(
        self, run: RunId, at: datetime, table: Table, history: Iterable[tuple[str, Row, Row | None]]
    ) -> None:
        columns = (*table.columns, "extra")
        width = len(table.key)
        records = []
        for op, old, new in history:
            before, after = changed_columns(columns, old, new) if new is not None else ({}, {})
            records.append(
                (run, moment(at), table.name, _json(old[:width]), op, _json(before), _json(after))
            )
        self._connection.executemany(
            "INSERT INTO changes (run_id, seen_at, resource, key, op, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
            records,
        )

    def withdraw(self, run: RunId, at: datetime, table_name: str, keys: Collection[Row]) -> int:
        """Mark live rows as no longer shown by the vendor; returns how many were live."""
        sql = _SQL[table_name]
        live = [
            key
            for key in keys
            if self.query(
                f"SELECT 1 FROM {table_name} WHERE {sql.where} AND withdrawn_run IS NULL", key
            )
        ]
        self._connection.executemany(
            f"UPDATE {table_name} SET withdrawn_run = ?, changed_run = ? WHERE {sql.where}",
            [(run, run, *key) for key in live],
        )
        self._connection.executemany(
            "INSERT INTO changes (run_id, seen_at, resource, key, op) VALUES (?, ?, ?, ?, 'withdraw')",
            [(run, moment(at), table_name, _json(key)) for key in live],
        )
        return len(live)

    def note_memberships(self, run: RunId, day: date) -> None:
        """Fill seen_from of memberships that are new and seen_to of those that ended in `run`."""
        self._connection.execute(
            "UPDATE memberships SET seen_from = ? WHERE seen_from IS NULL", (day.isoformat(),)
        )
        self._connection.execute(
            "UPDATE memberships SET seen_to = CASE WHEN withdrawn_run IS NULL AND ifnull(status, '') <> 'Archive' THEN NULL ELSE ? END"
            " WHERE changed_run = ? AND (seen_to IS NULL) = (withdrawn_run IS NOT NULL OR ifnull(status, '') = 'Archive')",
            (day.isoformat(), run),
        )

    # --- runs

    def start_run(self, command: str, scope: Mapping[str, object], at: datetime) -> RunId:
        """Record that a run has begun."""
        with self.transaction():
            cursor = self._connection.execute(
                "INSERT INTO runs (command, scope, started_at, status) VALUES (?, ?, ?, 'running')",
                (command, _json(dict(scope)), moment(at)),
            )
        return RunId(int(cursor.lastrowid or 0))

    def finish_run(
        self, run: RunId, at: datetime, status: str, summary: Mapping[str, object]
    ) -> None:
        """Record how a run ended: done, partial, failed or interrupted."""
        with self.transaction():
            self._connection.execute(
                "UPDATE runs SET finished_at = ?, status = ?, summary = ? WHERE id = ?",
                (moment(at), status, _json(dict(summary)), run),
            )

    def unfinished_runs(
        self, command: str, scope: Mapping[str, object], since: datetime
    ) -> set[int]:
        """Runs of the same command and scope, the latest ones in a row, that did not end with `done`."""
        runs: set[int] = set()
        for run, status in self.query(
            "SELECT id, status FROM runs WHERE command = ? AND scope = ? AND started_at >= ? ORDER BY id DESC",
            (command, _json(dict(scope)), moment(since)),
        ):
            if status == "done":
                break
            runs.add(run)
        return runs

    # --- coverage and bodies

    def cover(
        self,
        run: RunId,
        at: datetime,
        window: Window,
        *,
        state: str,
        rows: int,
        detail: str | None = None,
    ) -> None:
        """Record what became of a window: done, unjudged, suspect, refused or failed."""
        resource, group, start, end = _place(window)
        if state == "done":
            # A longer reading from the same day makes the shorter ones history.
            self._connection.execute(
                "DELETE FROM coverage WHERE resource = ? AND edu_group_id = ? AND covered_from = ? AND covered_to < ?",
                (resource, group, start, end),
            )
        self._connection.execute(
            "INSERT INTO coverage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " run_id = excluded.run_id, pulled_at = excluded.pulled_at, state = excluded.state, rows = excluded.rows,"
            " detail = excluded.detail",
            (*_place(window), run, moment(at), state, rows, detail),
        )

    def fail_window(
        self, run: RunId, at: datetime, window: Window, *, state: str, detail: str
    ) -> None:
        """Record a failure without forgetting that the window was read before: only a never-read window gets the state."""
        self._connection.execute(
            "INSERT INTO coverage VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO UPDATE SET detail = excluded.detail",
            (*_place(window), run, moment(at), state, detail),
        )

    def seen_windows(self, resource: str) -> dict[int, dict[tuple[date, date], Seen]]:
        """Completed windows of a resource, by group."""
        seen: dict[int, dict[tuple[date, date], Seen]] = {}
        for group, start, end, at, rows in self.query(
            "SELECT edu_group_id, covered_from, covered_to, pulled_at, rows FROM coverage"
            " WHERE resource = ? AND covered_from <> '' AND state IN ('done', 'refused')",
            (resource,),
        ):
            span = (date.fromisoformat(start), date.fromisoformat(end))
            seen.setdefault(group, {})[span] = Seen(datetime.fromisoformat(at), rows)
        return seen

    def windows_of_runs(self, runs: Collection[int]) -> set[tuple[str, int, str, str]]:
        """Windows that these runs completed and judged: (resource, group, from, to)."""
        return set(
            self.query(
                "SELECT resource, edu_group_id, covered_from, covered_to FROM coverage WHERE state IN ('done', 'refused')"
                " AND run_id IN (SELECT value FROM json_each(?))",
                (_json(sorted(runs)),),
            )
        )

    def known_bodies(self, resource: str) -> dict[str, tuple[bytes, int]]:
        """sha256 and row count of bodies taken in, by request fingerprint."""
        return {
            request: (sha, rows)
            for request, sha, rows in self.query(
                "SELECT request, sha256, rows FROM bodies WHERE resource = ?", (resource,)
            )
        }

    def known_body(self, request: str) -> bytes | None:
        """sha256 of the body taken in for one request, or None."""
        found = self.query("SELECT sha256 FROM bodies WHERE request = ?", (request,))
        return found[0][0] if found else None

    def know_body(self, window: Window, request: str, sha256: bytes, rows: int) -> None:
        """Remember that this body is taken in whole, instead of shorter ones from the same day."""
        resource, group, start, end = _place(window)
        self._connection.execute(
            "DELETE FROM bodies WHERE resource = ? AND edu_group_id = ? AND covered_from = ? AND covered_to < ?",
            (resource, group, start, end),
        )
        self._connection.execute(
            "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?, ?)",
            (request, *_place(window), sha256, rows),
        )

    def forget_bodies(self, window: Window, *, but: str | None = None) -> None:
        """Void the hashes of windows that share days with one that was just written."""
        resource, group, start, end = _place(window)
        self._connection.execute(
            "DELETE FROM bodies WHERE resource = ? AND edu_group_id = ? AND covered_from <= ? AND covered_to >= ? AND request <> ?",
            (resource, group, end, start, but or ""),
        )

    # --- holds, drift, facts

    def held(self, resource: str) -> dict[Row, tuple[datetime, int, int]]:
        """Held rows of a table: key → (first missing at, complete runs that agreed, last run that missed it)."""
        return {
            tuple(json.loads(key)): (datetime.fromisoformat(at), runs, last)
            for key, at, runs, last in self.query(
                "SELECT key, first_missing_at, runs, last_missing_run FROM holds WHERE resource = ?",
                (resource,),
            )
        }

    def hold(
        self, run: RunId, at: datetime, resource: str, group: int, keys: Iterable[Row]
    ) -> None:
        """Remember rows whose disappearance is not believed; a run counts once."""
        self._connection.executemany(
            "INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
            " runs = runs + (last_missing_run <> excluded.last_missing_run),"
            " last_missing_run = excluded.last_missing_run, last_missing_at = excluded.last_missing_at",
            [(resource, group, _json(key), run, moment(at), run, moment(at)) for key in keys],
        )

    def release(self, resource: str, keys: Iterable[Row]) -> None:
        """Forget holds: the rows were seen again, or are withdrawn now."""
        self._connection.executemany(
            "DELETE FROM holds WHERE resource = ? AND key = ?",
            [(resource, _json(key)) for key in keys],
        )

    def note_drift(self, run: RunId, drift: Iterable[Drift]) -> None:
        """Record surprises of the contract; one row each, however often they occur."""
        self._connection.executemany(
            "INSERT INTO drift VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_run = excluded.last_run",
            [(item.resource, item.member, item.kind, run, run) for item in drift],
        )

    def fact(self, name: str) -> Any:  # noqa: ANN401 - JSON of whoever wrote it
        """A fact about the school, or None."""
        found = self.query("SELECT value FROM facts WHERE name = ?", (name,))
        return json.loads(found[0][0]) if found else None

    def learn(self, run: RunId, name: str, value: object) -> None:
        """Keep a fact about the school; unchanged facts are not rewritten."""
        self._connection.execute(
            "INSERT INTO facts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, run_id = excluded.run_id"
            " WHERE value <> excluded.value",
            (name, _json(value), run),
        )


def _place(window: Window) -> tuple[str, int, str, str]:
    whole = window.start == date.min
    return (
        window.resource,
        window.edu_group_id,
        "" if whole else window.start.isoformat(),
        "" if whole else window.end.isoformat(),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
