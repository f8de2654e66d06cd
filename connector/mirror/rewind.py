"""A mirror that was taken out of a backup: brought to a moment, told what happened since, cleared of what no longer holds."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice

from connector.mirror.books import as_json, moment
from connector.mirror.history import as_of
from connector.mirror.store import Mirror, Tally
from connector.records import TABLES, Row, RunId

# Rows that are looked at together.
BATCH = 500
# Schema that first had plans and their journal.
_WITH_JOURNAL = 2
# What only people know; each of these tables is taken over whole.
_DECISIONS = ("links", "refused_links", "questions", "accepted_sources")


class Restored(Mirror):
    """A mirror opened for writing, with what only a restore does to one."""

    def rows_of(self, table: str, keys: Collection[Row]) -> dict[Row, Row]:
        """Rows of these keys, live and withdrawn, as `rows()` gives them."""
        return self.rows(table, _is_one_of(table), (_listed(keys),))

    def last_runs(self, table: str, keys: Collection[Row]) -> dict[Row, int]:
        """The run that last wrote each of these rows."""
        names = ", ".join(TABLES[table].key)
        found = self.query(
            f"SELECT {names}, changed_run FROM {table} WHERE {_is_one_of(table)}", (_listed(keys),)
        )
        return {row[:-1]: row[-1] for row in found}

    def membership_days(self, keys: Collection[Row]) -> list[Row]:
        """First and last sight of these memberships, then their keys."""
        return self.query(
            "SELECT seen_from, seen_to, person_id, edu_group_id, role FROM memberships"
            f" WHERE {_is_one_of('memberships')}",
            (_listed(keys),),
        )

    def keep_membership_days(self, run: RunId, days: Iterable[Row]) -> None:
        """Take over first and last sight, as `membership_days` gives them, of memberships that this run wrote."""
        self._connection.executemany(
            "UPDATE memberships SET seen_from = ?, seen_to = ?"
            " WHERE person_id = ? AND edu_group_id = ? AND role = ? AND changed_run = ?",
            [(*row, run) for row in days],
        )

    def begin_restore(self, scope: dict[str, object], at: datetime, after: int) -> RunId:
        """Record the run of a restore, numbered above `after`: a number never means two runs."""
        with self.transaction():
            (last,) = self.query("SELECT ifnull(max(id), 0) FROM runs")[0]
            run = max(int(last), after) + 1
            self._connection.execute(
                "INSERT INTO runs (id, command, scope, started_at, status) VALUES (?, 'restore', ?, ?, 'running')",
                (run, as_json(scope), moment(at)),
            )
        return RunId(run)

    def adopt_journal(self, live: Mirror) -> int:
        """Take over what today's mirror knows of writes to the diary: what was sent stays sent, whatever is restored.

        Returns:
            The highest run number in use there.

        """
        (last,) = live.query("SELECT ifnull(max(id), 0) FROM runs")[0]
        if live.query("PRAGMA user_version")[0][0] < _WITH_JOURNAL:
            return int(last)
        with self.transaction():
            runs = self._adopt_runs(live)
            self._connection.executemany(
                "INSERT OR IGNORE INTO plans VALUES (?, ?, ?)",
                live.query("SELECT digest, document, kept_at FROM plans"),
            )
            columns = "digest, number, state, at, run_id, vendor_id, detail"
            known = {row[:4] for row in self.query(f"SELECT {columns} FROM outcomes")}
            self._connection.executemany(
                f"INSERT INTO outcomes ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (*row[:4], runs[row[4]], *row[5:])
                    for row in live.query(f"SELECT {columns} FROM outcomes ORDER BY id")
                    if row[:4] not in known
                ],
            )
        return int(last)

    def _adopt_runs(self, live: Mirror) -> dict[int, int]:
        """Runs that wrote to the diary; returns their numbers here by those there."""
        columns = "id, command, started_at, scope, finished_at, status, summary"
        known = {row[:3] for row in self.query(f"SELECT {columns} FROM runs")}
        taken = {row[0] for row in known}
        numbers: dict[int, int] = {}
        for row in live.query(
            f"SELECT {columns} FROM runs WHERE command = 'apply' OR id IN (SELECT run_id FROM outcomes) ORDER BY id"
        ):
            numbers[row[0]] = row[0] if row[0] not in taken else max(taken) + 1
            if row[:3] in known:
                numbers[row[0]] = row[0]
                continue
            taken.add(numbers[row[0]])
            self._connection.execute(
                f"INSERT INTO runs ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (numbers[row[0]], *row[1:]),
            )
        return numbers

    def adopt_decisions(self, live: Mirror) -> int | None:
        """Take over what people decided about who is who, the open questions, the accepted files and the audit log.

        They say what the diary cannot say again. An older identity would have a plan create once more what was created
        since, so the backup's own go; of the audit log nothing goes.

        Returns:
            How many identities stand now; None where today's mirror is too old to have any, and the backup's stand.

        """
        if live.query("PRAGMA user_version")[0][0] < _WITH_JOURNAL:
            return None
        with self.transaction():
            runs = self._same_runs(live)
            for table in _DECISIONS:
                columns = self._shared_columns(live, table)
                self._connection.execute(f"DELETE FROM {table}")
                self._insert(
                    table,
                    columns,
                    [
                        tuple(
                            runs.get(value) if name == "run_id" else value
                            for name, value in zip(columns, row, strict=True)
                        )
                        for row in live.query(f"SELECT {', '.join(columns)} FROM {table}")
                    ],
                )
            # The ids of the log are numbers of lines: what was written to both stands once.
            columns = [name for name in self._shared_columns(live, "audit") if name != "id"]
            written = f"SELECT {', '.join(columns)} FROM audit ORDER BY id"
            known = set(self.query(written))
            self._insert("audit", columns, [row for row in live.query(written) if row not in known])
        return int(self.query("SELECT count(*) FROM links")[0][0])

    def _same_runs(self, live: Mirror) -> dict[int, int]:
        """Runs that both mirrors know: numbers here by those there. A pull that only today's knows did not fill this one."""
        query = "SELECT command, started_at, id FROM runs"
        here = {row[:2]: row[2] for row in self.query(query)}
        return {row[2]: here[row[:2]] for row in live.query(query) if row[:2] in here}

    def _shared_columns(self, live: Mirror, table: str) -> list[str]:
        mine, theirs = (
            [name for (name,) in side.query("SELECT name FROM pragma_table_info(?)", (table,))]
            for side in (self, live)
        )
        return [name for name in mine if name in theirs]

    def _insert(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows
        )

    def forget_all_bodies(self) -> None:
        """Void the hashes of answers: the tables may no longer be what those answers made of them."""
        self._connection.execute("DELETE FROM bodies")

    def rewind(self, run: RunId, at: datetime, when: datetime) -> dict[str, Tally]:
        """Make the rows those that the diary showed at `when`, as changes of this run; the history stays whole.

        The caller holds the transaction. Only rows that changed since are looked at.
        """
        tallies: dict[str, Tally] = {}
        for name, table in TABLES.items():
            tally = Tally()
            for keys in batches(self._touched_since(name, when)):
                then = as_of(self.query, name, when, {table.key[0]: [key[0] for key in keys]})
                wanted = [then[key] for key in keys if key in then]
                tally.add(self.merge(run, at, name, wanted, self.rows_of(name, keys)))
                gone = [key for key in keys if key not in then]
                tally.withdrawn += self.withdraw(run, at, name, gone)
            if tally.written():
                tallies[name] = tally
        self.note_memberships(run, when.date())
        return tallies

    def _touched_since(self, name: str, when: datetime) -> list[Row]:
        after = moment(when)
        changed = self.query(
            "SELECT DISTINCT key FROM changes WHERE resource = ? AND seen_at > ? AND key <> '[]'",
            (name, after),
        )
        born = self.query(
            f"SELECT {', '.join(TABLES[name].key)} FROM {name}"
            " WHERE first_seen_run IN (SELECT id FROM runs WHERE started_at > ?)",
            (after,),
        )
        return list(dict.fromkeys([*(tuple(json.loads(text)) for (text,) in changed), *born]))


def _is_one_of(table: str) -> str:
    names = TABLES[table].key
    parts = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(names)))
    return f"({', '.join(names)}) IN (SELECT {parts} FROM json_each(?))"


def _listed(keys: Iterable[Row]) -> str:
    return as_json([list(key) for key in keys])


def batches(keys: Iterable[Row]) -> Iterator[list[Row]]:
    """The keys, some at a time."""
    remaining = iter(keys)
    while batch := list(islice(remaining, BATCH)):
        yield batch
