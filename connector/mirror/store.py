"""The mirror as tables: read rows of a scope, merge an answer with history."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from connector.mirror import chain, file
from connector.mirror.books import as_json, moment
from connector.mirror.checks import CheckLog
from connector.mirror.erasing import Erasing
from connector.records import TABLES, Row, Rows, RunId, Table
from connector.sync.diff import changed_columns, diff


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


class Mirror(CheckLog, Erasing):
    """One school's mirror. Open it with `Mirror.open`; a writing one holds the lock until it is closed."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: file.Lock | None) -> None:
        super().__init__(path, connection)
        self._lock = lock

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
                (
                    run,
                    moment(at),
                    table.name,
                    as_json(old[:width]),
                    op,
                    as_json(before),
                    as_json(after),
                )
            )
        chain.append(self._connection, records)

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
        chain.append(
            self._connection,
            [(run, moment(at), table_name, as_json(key), "withdraw", None, None) for key in live],
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
