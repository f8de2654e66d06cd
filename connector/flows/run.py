"""One run of a pull: what it was asked for, what it holds in its hands, what it has done so far."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from connector.api.client import Client
from connector.errors import DnevnikError
from connector.mirror.books import moment
from connector.mirror.store import PLAIN, Merging, Mirror, Tally
from connector.records import TABLES, Drift, Row, Rows, RunId, distinct
from connector.sync.audit import DriftRate
from connector.sync.vanish import Hold, is_believable, is_confirmed
from connector.sync.windows import Beats, study_year_of

SCHOOL_RESOURCES = ("people", "lessons", "marks", "lesson_log_entries", "final_marks")


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What a pull is asked for.

    Attributes:
        school_id: needed when the token sees several schools.
        start: first day of an explicit span, or None.
        end: last day of an explicit span, or None.
        classes: names of classes to restrict windows to; their subgroups come along. Empty means all.
        only: resources to read; empty means all of SCHOOL_RESOURCES.
        full: read every window again.
        accept_withdrawals: believe held disappearances.
        audit: read a random slice again at the end.
        expected_gone: keys by table whose disappearance we caused ourselves and therefore believe.
        zone: the school's zone when the settings name it.
        beats: how often to read again.

    """

    school_id: int | None = None
    start: date | None = None
    end: date | None = None
    classes: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    full: bool = False
    accept_withdrawals: bool = False
    audit: bool = False
    expected_gone: Mapping[str, frozenset[Row]] = field(default_factory=dict)
    zone: tzinfo | None = None
    beats: Beats = field(default_factory=Beats)

    def scope(self) -> dict[str, object]:
        """What was asked for, as the mirror records it; equal scopes resume each other."""
        return {
            "school": self.school_id,
            "from": self.start and self.start.isoformat(),
            "to": self.end and self.end.isoformat(),
            "classes": sorted(self.classes),
            "only": sorted(self.only),
            "full": self.full,
        }

    def reads(self, resource: str) -> bool:
        """Whether this resource is asked for."""
        return not self.only or resource in self.only


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull is: windows planned so far and ended, and what is being read."""

    resource: str
    planned: int
    ended: int


@dataclass(slots=True)
class WindowCount:
    """Windows of a run: `done` were read and taken in, `skipped` brought a body known before or were done by an interrupted run."""

    planned: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    refused: int = 0


@dataclass(slots=True)
class Run:
    """State of one pull; the flows around it read and write it in turn, never at the same time."""

    client: Client
    mirror: Mirror
    options: PullOptions
    clock: Callable[[], datetime]
    progress: Callable[[Progress], None]
    started_at: datetime
    id: RunId = field(default_factory=lambda: RunId(0))
    school_id: int = 0
    zone: tzinfo = UTC
    resumed: frozenset[int] = frozenset()
    windows: WindowCount = field(default_factory=WindowCount)
    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in TABLES})
    suspect: dict[tuple[str, int], set[Row]] = field(default_factory=dict)
    drift: set[Drift] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    failures: list[DnevnikError] = field(default_factory=list)
    visible_groups: set[int] = field(default_factory=set)
    held: dict[str, set[Row]] = field(default_factory=dict)
    side_lane: asyncio.Semaphore | None = None
    marks_filter: str | None = None
    marks_filter_seen: bool = False
    audit: DriftRate | None = None

    @property
    def today(self) -> date:
        """The day of this run in the school's zone."""
        return self.started_at.astimezone(self.zone).date()

    @property
    def study_years(self) -> tuple[int, int]:
        """First and last study year that the days asked for lie in."""
        start, end = self.options.start, self.options.end
        last = study_year_of(end or max(self.today, start or self.today))
        return min(study_year_of(start), last) if start else last, last

    def report(self, resource: str) -> None:
        """Tell the watcher how far we are."""
        ended = (
            self.windows.done + self.windows.skipped + self.windows.failed + self.windows.refused
        )
        self.progress(Progress(resource, self.windows.planned, ended))

    def merge(
        self, table: str, rows: Iterable[Row], existing: Mapping[Row, Row], how: Merging = PLAIN
    ) -> Tally:
        """Merge rows into the mirror and count them; rows seen again are no longer held."""
        tally = self.mirror.merge(self.id, self.started_at, table, rows, existing, how)
        self.tallies[table].add(tally)
        return tally

    def insert_new(self, rows: Rows) -> bool:
        """Insert rows of several tables that should all be new; False when they are not: then merge them."""
        all_new, inserted = self.mirror.insert_new(self.id, rows)
        for table, count in inserted.items():
            self.tallies[table].add(Tally(seen=count if all_new else 0, added=count))
        return all_new

    def note(self, drift: Iterable[Drift]) -> None:
        """Keep surprises of the contract until the run ends."""
        self.drift.update(drift)

    def lose(self, table: str, group: int, missing: set[Row], *, believed: bool) -> set[Row]:
        """Withdraw rows that are believed gone and hold the others. Call it inside a transaction.

        Returns:
            The rows that stay held.

        """
        ours = missing & self.options.expected_gone.get(table, frozenset())
        if ours:
            self._withdraw(table, ours)
            missing = missing - ours
        if not missing:
            return set()
        if believed or self.options.accept_withdrawals:
            self._withdraw(table, missing)
            return set()
        self.mirror.hold(self.id, self.started_at, table, group, missing)
        holds = self.mirror.held(table)
        confirmed = {
            key
            for key in missing
            if is_confirmed(
                Hold(holds[key][0], holds[key][1]),
                now=self.started_at,
                group_visible=group == 0 or group in self.visible_groups,
            )
        }
        if confirmed:
            self._withdraw(table, confirmed)
        kept = missing - confirmed
        if kept:
            self.suspect.setdefault((table, group), set()).update(kept)
        return kept

    def _withdraw(self, table: str, keys: set[Row]) -> None:
        self.tallies[table].withdrawn += self.mirror.withdraw(self.id, self.started_at, table, keys)
        self.mirror.release(table, keys)

    def list_rows(
        self,
        table: str,
        rows: Iterable[Row],
        *,
        scope: str | None,
        parameters: tuple[object, ...] = (),
        group: int = 0,
        how: Merging = PLAIN,
        complete: bool = True,
    ) -> Tally:
        """Take in a whole list: merge its rows, and judge the rows of its scope that it lacks.

        Args:
            table: where the rows belong.
            rows: the list, as rows.
            scope: WHERE clause of the rows this list speaks about; None when absence means nothing.
            parameters: values for `scope`.
            group: the group whose list it is, 0 for the school.
            how: see `Merging`.
            complete: False when some rows could not be read; then nothing is judged.

        """
        described = TABLES[table]
        width = len(described.key)
        listed = distinct(rows, described)
        keys = [row[:width] for row in listed]
        existing = self.mirror.rows(table, scope, parameters) if scope is not None else {}
        unknown = [key for key in keys if key not in existing]
        live = {key for key, row in existing.items() if row[-1] is None} if scope else set()
        if unknown:
            existing |= self.rows_by_key(table, unknown)
        tally = self.merge(table, listed, existing, how)
        if scope is not None and complete:
            missing = live.difference(keys)
            believed = is_believable(missing=len(missing), live=len(live), answered=len(listed))
            self.lose(table, group, missing, believed=believed)
        return tally

    def rows_by_key(self, table: str, keys: list[Row]) -> dict[Row, Row]:
        """Rows of these keys, whatever their scope."""
        names = TABLES[table].key
        if len(names) == 1:
            return self.mirror.rows(
                table, f"{names[0]} IN (SELECT value FROM json_each(?))", (_ids(keys),)
            )
        where = " AND ".join(f"{name} = ?" for name in names)
        found: dict[Row, Row] = {}
        for key in keys:
            found |= self.mirror.rows(table, where, key)
        return found

    def read_before(self, resource: str, group: int) -> bool:
        """Whether an earlier run read windows of this resource and group."""
        return bool(
            self.mirror.query(
                "SELECT 1 FROM coverage WHERE resource = ? AND edu_group_id = ? AND run_id <> ? LIMIT 1",
                (resource, group, self.id),
            )
        )

    def is_due(self, resource: str, beat: timedelta, group: int = 0) -> bool:
        """Whether a resource without dates was last read longer ago than `beat`, or never; always when all is asked for."""
        if self.options.full:
            found = self.mirror.query(
                "SELECT 1 FROM coverage WHERE resource = ? AND edu_group_id = ? AND covered_from = '' AND state = 'done'"
                " AND run_id IN (SELECT value FROM json_each(?))",
                (resource, group, str(sorted(self.resumed))),
            )
            return not found
        found = self.mirror.query(
            "SELECT pulled_at FROM coverage WHERE resource = ? AND edu_group_id = ? AND covered_from = '' AND state IN ('done', 'refused')",
            (resource, group),
        )
        return not found or self.started_at - datetime.fromisoformat(found[0][0]) > beat


def _ids(keys: Iterable[Row]) -> str:
    return "[" + ",".join(str(key[0]) for key in keys) + "]"


@dataclass(slots=True)
class PullResult:
    """What a pull did. `error` is None when everything asked for was read."""

    run_id: int
    started_at: datetime
    finished_at: datetime
    windows: WindowCount
    requests: dict[str, int]
    rows: dict[str, Tally]
    suspect: list[dict[str, object]]
    drift: list[Drift]
    warnings: list[str]
    error: DnevnikError | None = None
    audit: DriftRate | None = None

    def document(self) -> dict[str, Any]:
        """The JSON document of `dnevnik pull --json`: docs/json/pull.json."""
        return {
            "schema": "dnevnik/pull/1",
            "run_id": str(self.run_id),
            "started_at": moment(self.started_at),
            "finished_at": moment(self.finished_at),
            "windows": {
                name: getattr(self.windows, name)
                for name in ("planned", "done", "skipped", "failed", "refused")
            },
            "requests": self.requests,
            "rows": {
                table: {
                    name: getattr(tally, name)
                    for name in ("seen", "added", "changed", "withdrawn", "returned")
                }
                for table, tally in self.rows.items()
                if tally.seen or tally.written()
            },
            "suspect": self.suspect,
            "drift": [
                {"resource": d.resource, "member": d.member, "kind": d.kind} for d in self.drift
            ],
            "warnings": self.warnings,
            "audit": None
            if self.audit is None
            else {
                "windows": self.audit.windows,
                "differing": self.audit.differing,
                "share": round(self.audit.share, 4),
                "low": round(self.audit.low, 4),
                "high": round(self.audit.high, 4),
            },
        }
