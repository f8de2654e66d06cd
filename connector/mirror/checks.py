"""Stored checks: runs of reports with their counts, the latest ones with their findings."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from connector.mirror.books import as_json, moment
from connector.mirror.ledger import Ledger
from connector.records import Check, Finding

_DAYS = ("due_on", "date")
_LISTS = ("teacher_ids", "person_ids")


class CheckLog(Ledger):
    """The tables `checks` and `check_findings`."""

    def keep_check(self, check: Check, *, kept_days: int) -> None:
        """Store a check; of one report, scope and day the latest stays.

        Args:
            check: what to store.
            kept_days: how many days of that report and scope keep their findings.

        """
        same = (check.report, check.scope)
        with self.transaction():
            self._connection.execute(
                "DELETE FROM check_findings WHERE check_id IN"
                " (SELECT id FROM checks WHERE report = ? AND scope = ? AND as_of = ?)",
                (*same, check.as_of.isoformat()),
            )
            self._connection.execute(
                "DELETE FROM checks WHERE report = ? AND scope = ? AND as_of = ?",
                (*same, check.as_of.isoformat()),
            )
            summary = {
                "from": check.start.isoformat(),
                "to": check.end.isoformat(),
                "lessons_held": check.lessons_held,
                "by_rule": dict(check.by_rule),
            }
            number = self._connection.execute(
                "INSERT INTO checks (report, scope, as_of, made_at, summary) VALUES (?, ?, ?, ?, ?)",
                (*same, check.as_of.isoformat(), moment(check.made_at), as_json(summary)),
            ).lastrowid
            self._connection.executemany(
                "INSERT INTO check_findings VALUES (?, ?, ?, ?, ?)",
                (
                    (number, place, found.rule, found.edu_group_id, _told(found))
                    for place, found in enumerate(check.findings)
                ),
            )
            self._connection.execute(
                "DELETE FROM check_findings WHERE check_id IN (SELECT id FROM checks"
                " WHERE report = ? AND scope = ? ORDER BY as_of DESC LIMIT -1 OFFSET ?)",
                (*same, kept_days),
            )

    def checks(self, report: str, scope: str) -> list[Check]:
        """Stored checks of a report and scope without their findings, the oldest first."""
        rows = self.query(
            "SELECT as_of, made_at, summary FROM checks WHERE report = ? AND scope = ? ORDER BY as_of",
            (report, scope),
        )
        return [_check(report, scope, row) for row in rows]

    def last_check(self, report: str, scope: str, *, before: date) -> Check | None:
        """The latest check before a day whose findings are kept, with them; None when there is none."""
        rows = self.query(
            "SELECT id, as_of, made_at, summary FROM checks WHERE report = ? AND scope = ? AND as_of < ?"
            " ORDER BY as_of DESC LIMIT 1",
            (report, scope, before.isoformat()),
        )
        for number, *row in rows:
            told = self.query(
                "SELECT finding FROM check_findings WHERE check_id = ? ORDER BY place", (number,)
            )
            check = _check(report, scope, row, tuple(_finding(text) for (text,) in told))
            # Of an old check only the counts are left: nothing can be compared with it.
            if len(check.findings) == sum(check.by_rule.values()):
                return check
        return None


def _told(finding: Finding) -> str:
    fields: dict[str, Any] = asdict(finding)
    for name in _DAYS:
        fields[name] = fields[name].isoformat()
    return as_json(fields)


def _finding(text: str) -> Finding:
    fields = json.loads(text)
    for name in _DAYS:
        fields[name] = date.fromisoformat(fields[name])
    for name in _LISTS:
        fields[name] = tuple(fields[name])
    return Finding(**fields)


def _check(
    report: str, scope: str, row: Sequence[str], findings: tuple[Finding, ...] = ()
) -> Check:
    as_of, made_at, summary = row
    told = json.loads(summary)
    return Check(
        report=report,
        scope=scope,
        as_of=date.fromisoformat(as_of),
        made_at=datetime.fromisoformat(made_at),
        start=date.fromisoformat(told["from"]),
        end=date.fromisoformat(told["to"]),
        lessons_held=told["lessons_held"],
        by_rule=told["by_rule"],
        findings=findings,
    )
