"""What the mirror knows about itself: runs, what was read when, bodies taken in, holds, surprises, facts."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from connector.mirror import file
from connector.records import Drift, Row, RunId, Window
from connector.sync.windows import Seen


def moment(at: datetime) -> str:
    """A moment as the mirror writes it: UTC, `Z`, whole seconds unless there are fractions."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


class Books:
    """The tables of our own, over one open connection."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._db = Database(connection)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT."""
        with file.translated(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit for all that happens inside; an exception undoes it."""
        with file.translated(self.path), self._db.atomic():
            yield

    # --- runs

    def start_run(self, command: str, scope: Mapping[str, object], at: datetime) -> RunId:
        """Record that a run has begun."""
        with self.transaction():
            cursor = self._connection.execute(
                "INSERT INTO runs (command, scope, started_at, status) VALUES (?, ?, ?, 'running')",
                (command, as_json(dict(scope)), moment(at)),
            )
        return RunId(int(cursor.lastrowid or 0))

    def finish_run(
        self, run: RunId, at: datetime, status: str, summary: Mapping[str, object]
    ) -> None:
        """Record how a run ended: done, partial, failed or interrupted."""
        with self.transaction():
            self._connection.execute(
                "UPDATE runs SET finished_at = ?, status = ?, summary = ? WHERE id = ?",
                (moment(at), status, as_json(dict(summary)), run),
            )

    def unfinished_runs(
        self, command: str, scope: Mapping[str, object], since: datetime
    ) -> set[int]:
        """Runs of the same command and scope, the latest ones in a row, that did not end with `done`."""
        runs: set[int] = set()
        for run, status in self.query(
            "SELECT id, status FROM runs WHERE command = ? AND scope = ? AND started_at >= ? ORDER BY id DESC",
            (command, as_json(dict(scope)), moment(since)),
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
                (as_json(sorted(runs)),),
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

    def forget_other_bodies(self, resource: str, requests: Iterable[str]) -> None:
        """Void the hashes of a resource but those of these requests, which together asked for all of it.

        Batches are cut anew where a member comes or goes. When he is back, the old question would bring its old answer,
        and what was read in between would stay.
        """
        self._connection.execute(
            "DELETE FROM bodies WHERE resource = ? AND request NOT IN (SELECT value FROM json_each(?))",
            (resource, as_json(sorted(requests))),
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
            [(resource, group, as_json(key), run, moment(at), run, moment(at)) for key in keys],
        )

    def release(self, resource: str, keys: Iterable[Row]) -> None:
        """Forget holds: the rows were seen again, or are withdrawn now."""
        self._connection.executemany(
            "DELETE FROM holds WHERE resource = ? AND key = ?",
            [(resource, as_json(key)) for key in keys],
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
            (name, as_json(value), run),
        )


def _place(window: Window) -> tuple[str, int, str, str]:
    whole = window.start == date.min
    return (
        window.resource,
        window.edu_group_id,
        "" if whole else window.start.isoformat(),
        "" if whole else window.end.isoformat(),
    )


def as_json(value: object) -> str:
    """Compact JSON, Cyrillic as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
