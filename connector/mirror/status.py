"""What the mirror holds and how fresh it is, as one JSON-ready document: `dnevnik status`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from connector.mirror.dictionary import tables_of
from connector.records import TABLES
from connector.sync.months import Reading, months
from connector.sync.windows import study_year_of, study_year_span

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
Document = dict[str, Any]

LAST_RUNS = 5

# A group is named where it is known; 0 in coverage stands for the whole school.
_COVERAGE = """
SELECT c.resource, nullif(c.edu_group_id, 0), g.name, c.covered_from, c.covered_to, c.pulled_at, c.state, c.detail
  FROM coverage c LEFT JOIN edu_groups g ON g.id = c.edu_group_id
 ORDER BY c.resource, g.parallel, g.name, c.edu_group_id, c.covered_from
"""
_WINDOWS = """
SELECT resource, edu_group_id, covered_from, covered_to, state, detail FROM coverage
 WHERE resource IN ('lessons', 'marks', 'lesson_log_entries') AND covered_from <> ''
"""
_GROUPS = """
SELECT id, name FROM edu_groups WHERE withdrawn_run IS NULL AND ifnull(status, '') <> 'Archive'
   AND (study_year = ? OR study_year IS NULL) ORDER BY type, parallel, name, id
"""


def status_document(query: Query, *, path: str, now: datetime) -> Document:
    """Gather the document; ids are strings, moments UTC with `Z`.

    Args:
        query: the mirror's SELECT.
        path: where the mirror lies, as shown.
        now: an aware moment; ages are counted from it.

    """
    facts = {
        name: json.loads(value)
        for name, value in query("SELECT name, value FROM facts ORDER BY name", ())
    }
    coverage = [_Span(*row) for row in query(_COVERAGE, ())]
    newest = max((span.pulled_at for span in coverage if span.state == "done"), default=None)
    return {
        "schema": "dnevnik/status/1",
        "mirror": path,
        "schema_version": query("PRAGMA user_version", ())[0][0],
        "data_age_s": None
        if newest is None
        else max(0, int((now - datetime.fromisoformat(newest)).total_seconds())),
        "tables": live_rows(query),
        "freshness": [
            span.document() for span in joined([span for span in coverage if span.state == "done"])
        ],
        "unread": [
            {**span.document(), "state": span.state, "detail": span.detail}
            for span in coverage
            if span.state != "done" or span.detail
        ],
        "months": months_document(query, now.date()),
        "last_runs": last_runs(query),
        "last_backup": None,
        "last_drill": None,
        "holds": holds(query),
        "drift": [
            {"resource": resource, "member": member, "kind": kind}
            for resource, member, kind in query(
                "SELECT resource, member, kind FROM drift ORDER BY 1, 2, 3", ()
            )
        ],
        "groups_found_by": facts.get("groups_found_by"),
        "homework_reading": facts.get("homework_reading"),
        "facts": facts,
    }


def months_document(query: Query, today: date) -> list[Document]:
    """How much of each month was read, by resource and class: full, partial, never, and why."""
    readings: dict[tuple[str, int], list[Reading]] = {}
    for resource, group, start, end, state, detail in query(_WINDOWS, ()):
        done = state in ("done", "suspect", "unjudged")
        readings.setdefault((resource, group), []).append(
            Reading(
                date.fromisoformat(start),
                date.fromisoformat(end),
                done,
                "" if done else str(detail or state),
            )
        )
    year = study_year_of(today)
    start = study_year_span(year)[0]
    groups = query(_GROUPS, (year,)) if start <= today else []
    return [
        {
            "resource": resource,
            "edu_group": _group(group, name),
            "month": month.first.isoformat()[:7],
            "state": month.state,
            "days": month.days,
            "read": month.read,
            "why": list(month.why),
        }
        for resource in ("lessons", "marks", "lesson_log_entries")
        for group, name in groups
        for month in months(readings.get((resource, group), ()), start, today)
    ]


def live_rows(query: Query) -> dict[str, int]:
    """Count the rows of each mirrored table that the vendor still shows; what an older mirror has no table for, none."""
    there = set(tables_of(query))
    counts = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {name} WHERE withdrawn_run IS NULL"
        for name in TABLES
        if name in there
    )
    return dict.fromkeys(TABLES, 0) | {name: int(count) for name, count in query(counts, ())}


def last_runs(query: Query) -> list[Document]:
    """List the latest runs, the newest first."""
    rows = query(
        "SELECT id, command, started_at, finished_at, status FROM runs ORDER BY id DESC LIMIT ?",
        (LAST_RUNS,),
    )
    return [
        {
            "run_id": str(run),
            "command": command,
            "started_at": started,
            "finished_at": finished,
            "status": status,
        }
        for run, command, started, finished, status in rows
    ]


def holds(query: Query) -> list[Document]:
    """Count the rows that vanished but were not believed gone, by resource and group."""
    rows = query(
        "SELECT h.resource, nullif(h.edu_group_id, 0), g.name, count(*), min(h.first_missing_at), min(h.runs) FROM holds h"
        " LEFT JOIN edu_groups g ON g.id = h.edu_group_id GROUP BY 1, 2, 3 ORDER BY 1, 3, 2",
        (),
    )
    return [
        {
            "resource": resource,
            "edu_group": _group(group, name),
            "rows": count,
            "first_missing_at": since,
            "runs": runs,
        }
        for resource, group, name, count, since, runs in rows
    ]


def joined(spans: "list[_Span]") -> "list[_Span]":
    """Join neighbouring windows of a resource and group that were read on the same day.

    A joined span is as old as its oldest part.
    """
    result: list[_Span] = []
    for span in spans:
        last = result[-1] if result else None
        if last is not None and last.continues(span):
            until = max(last.covered_to, span.covered_to)
            result[-1] = _Span(
                last.resource,
                last.edu_group_id,
                last.name,
                last.covered_from,
                until,
                min(last.pulled_at, span.pulled_at),
                last.state,
                None,
            )
        else:
            result.append(span)
    return result


@dataclass(frozen=True, slots=True)
class _Span:
    resource: str
    edu_group_id: int | None
    name: str | None
    covered_from: str
    covered_to: str
    pulled_at: str
    state: str
    detail: str | None

    def continues(self, later: "_Span") -> bool:
        """Whether `later` (not starting before this one) carries on without a gap, read on the same day."""
        if (self.resource, self.edu_group_id) != (
            later.resource,
            later.edu_group_id,
        ) or not self.covered_to:
            return False
        next_day = (date.fromisoformat(self.covered_to) + timedelta(days=1)).isoformat()
        return later.covered_from <= next_day and self.pulled_at[:10] == later.pulled_at[:10]

    def document(self) -> Document:
        return {
            "resource": self.resource,
            "edu_group": _group(self.edu_group_id, self.name),
            "covered_from": self.covered_from or None,
            "covered_to": self.covered_to or None,
            "pulled_at": self.pulled_at,
        }


def _group(edu_group_id: int | None, name: str | None) -> Document | None:
    return None if edu_group_id is None else {"id": str(edu_group_id), "name": name}
