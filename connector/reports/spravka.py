"""The memo of a check (справка): what was checked, found, mended since the last time, and is to be done by when."""

from collections.abc import Iterable
from dataclasses import replace

from connector.i18n import N_
from connector.reports.catalogue import SPRAVKA
from connector.reports.facts import Query
from connector.reports.journal import Lesson
from connector.reports.making import begin, finish
from connector.reports.remarks import LATE_NOTE, remarks_table
from connector.reports.report import Report, Request
from connector.reports.tables import Column, Content, Table
from connector.reports.whole import (
    LATE,
    by_class,
    by_rule,
    by_teacher,
    judge_whole,
    trend_table,
)
from connector.rulebook import RULE_SPECS, Rulebook, RuleSettings

WORK = "WORK"
NO_DEADLINE = N_(
    "Without a number: the rule has no deadline in days; its norms stand in the rulebook."
)


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`. It names no pupil."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(SPRAVKA)
    lessons, hidden = draft.shown, request.hide_teachers

    def written(report: Report) -> Report:
        return replace(
            report,
            memo=request.memo,
            lists_findings=False,
            tables=(
                criteria_table(rules),
                by_rule(report),
                by_class(report, lessons, draft.journal.groups, by_name=True),
                _teachers(report, lessons, hidden=hidden),
                remarks_table(report, hidden=hidden),
                trend_table(report),
            ),
        )

    # A memo is read to the whole staff: pupils stay out of it whatever was asked for.
    return finish(
        replace(draft, request=replace(request, anonymous=True)),
        SPRAVKA,
        judge_whole(draft, rules),
        rules=rules,
        last=written,
    )


def _teachers(report: Report, lessons: Iterable[Lesson], *, hidden: bool) -> Table:
    """What records are complete is said below the table by class already."""
    table = by_teacher(report, lessons, by_name=True, hidden=hidden)
    return replace(table, note=LATE_NOTE if LATE in report.rules else "")


def criteria_table(rules: tuple[RuleSettings, ...]) -> Table:
    """What is checked, with clause and deadline."""
    return Table(
        "criteria",
        N_("What was checked"),
        (
            Column("rule", N_("Rule"), Content.RULE, 44),
            Column("clause", N_("Clause"), Content.TEXT, 24),
            Column("due", N_("Working days to enter"), Content.NUMBER, 12),
            Column("calendar_days", N_("Calendar days: control work, composition, test"), width=16),
        ),
        tuple((one.id, one.clause, _due(one), _calendar_days(one)) for one in rules),
        note=NO_DEADLINE if None in map(_due, rules) else "",
    )


def _calendar_days(rule: RuleSettings) -> str | None:
    """Days of the calendar that a rule counts instead of working days, one for each kind of work."""
    if rule.id != WORK:
        return None
    return ", ".join(f"{rule.number(kind):g}" for kind in ("days", "essay_days", "test_days"))


def _due(rule: RuleSettings) -> int | None:
    """Working days to enter, where the rule counts them: a test has its days in the calendar."""
    return rule.due_working_days if RULE_SPECS[rule.id].has_deadline else None
