"""Rows of a backup back into the live mirror, as changes of one run: what was lost comes back, what is newer stays."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from connector.mirror.books import moment
from connector.mirror.rewind import Restored, batches
from connector.mirror.scope import PARENTS, SHARED, Condition
from connector.mirror.store import Tally
from connector.records import TABLES, Row, RunId


def given_back(old: Row, now: Row | None, *, is_newer: bool) -> Row:
    """The row that the mirror is to have: the backup's, except for what the mirror knows newer.

    Args:
        old: the backup's row.
        now: the mirror's, or None where it has none.
        is_newer: whether the mirror's is from later than the backup; then only what it leaves empty is filled.

    """
    if now is None or not is_newer:
        return old
    return tuple(was if value is None else value for was, value in zip(old, now, strict=True))


@dataclass(slots=True)
class Giving:
    """One restore of a part; the caller holds the transaction of `live`.

    Attributes:
        copy: the backup, at the moment wanted.
        live: today's mirror.
        run: of the restore, in `live`.
        at: its moment.
        since: what `live` learnt after this moment is newer than the backup.
        overwrite: whether newer values give way, and rows that the backup does not know.
        tallies: what was done, by table.
        kept: rows that differ and stayed, by table.

    """

    copy: Restored
    live: Restored
    run: RunId
    at: datetime
    since: datetime
    overwrite: bool
    tallies: dict[str, Tally] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)

    def give(self, parts: dict[str, Condition]) -> None:
        """Bring back the rows that meet these conditions, parents first."""
        for name in TABLES:
            if name in parts:
                for keys in batches(self._keys(self.copy, name, parts[name])):
                    self._rows(name, keys)
        if self.overwrite:
            for name in TABLES:
                if name in parts and name not in SHARED:
                    self._take_away(name, parts[name])
        self.live.note_memberships(self.run, self.at.date())

    def _rows(self, name: str, keys: Collection[Row]) -> None:
        rows = {key: row[:-1] for key, row in self.copy.rows_of(name, keys).items()}
        existing = self.live.rows_of(name, keys)
        newer = set() if self.overwrite else self._newer(name, keys)
        wanted = []
        for key, row in rows.items():
            found = existing.get(key)
            made = given_back(row, found[:-1] if found else None, is_newer=key in newer)
            wanted.append(made)
            if made != row:
                self.kept[name] = self.kept.get(name, 0) + 1
        self._bring_parents(name, wanted)
        self._note(name, self.live.merge(self.run, self.at, name, wanted, existing))
        if name == "memberships":
            self._keep_days(keys)

    def _newer(self, name: str, keys: Collection[Row]) -> set[Row]:
        """Rows that were changed by a run which ended later than the backup was made, or never ended."""
        later = {
            run
            for (run,) in self.live.query(
                "SELECT id FROM runs WHERE ifnull(finished_at, '9') > ?", (moment(self.since),)
            )
        }
        return {key for key, run in self.live.last_runs(name, keys).items() if run in later}

    def _bring_parents(self, name: str, rows: Iterable[Row]) -> None:
        """Bring back, of what these rows point at, only what the mirror lacks."""
        listed = list(rows)
        for place, column in enumerate(TABLES[name].columns):
            parent = PARENTS.get(column)
            if parent is None or parent == name:
                continue
            wanted = {(row[place],) for row in listed if row[place] is not None}
            there = self.live.rows_of(parent, wanted)
            missing = [
                key for key in sorted(wanted) if key not in there or there[key][-1] is not None
            ]
            found = self.copy.rows_of(parent, missing) if missing else {}
            alive = [row[:-1] for row in found.values() if row[-1] is None]
            if alive:
                self._bring_parents(parent, alive)
                self._note(parent, self.live.merge(self.run, self.at, parent, alive, there))

    def _take_away(self, name: str, condition: Condition) -> None:
        """Withdraw rows that the backup does not show."""
        shown = set(self._keys(self.copy, name, condition))
        gone = [key for key in self._keys(self.live, name, condition) if key not in shown]
        tally = Tally()
        for keys in batches(gone):
            tally.withdrawn += self.live.withdraw(self.run, self.at, name, keys)
        self._note(name, tally)

    @staticmethod
    def _keys(mirror: Restored, name: str, condition: Condition) -> list[Row]:
        sql, values = condition
        key = ", ".join(TABLES[name].key)
        return mirror.query(
            f"SELECT {key} FROM {name} WHERE withdrawn_run IS NULL AND ({sql})", values
        )

    def _keep_days(self, keys: Collection[Row]) -> None:
        """First and last sight of a membership are ours: no row brings them."""
        self.live.keep_membership_days(self.run, self.copy.membership_days(keys))

    def _note(self, name: str, tally: Tally) -> None:
        if tally.written():
            self.tallies.setdefault(name, Tally()).add(tally)
