"""The summary for the director: all rules on one page, beside the last check, with the trend."""

from dataclasses import replace

from connector.i18n import N_
from connector.reports.catalogue import SUMMARY
from connector.reports.facts import Query
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.reports.standing import standing_table
from connector.reports.tables import Chart, Table
from connector.reports.whole import by_class, by_rule, by_teacher, judge_whole, trend_table
from connector.rulebook import Rulebook

# What fits on a page; the workbook of `missing` holds the rest.
TOP = 8


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(SUMMARY)
    lessons = draft.shown

    def summed_up(report: Report) -> Report:
        has_trend = len(report.trend) > 1
        return replace(
            report,
            lists_findings=False,
            tables=(
                standing_table(draft),
                by_rule(report),
                *((trend_table(report),) if has_trend else ()),
                # They stand side by side: one note is enough.
                replace(
                    _top(
                        by_class(report, lessons, draft.journal.groups),
                        N_("Classes with the most findings"),
                    ),
                    note="",
                ),
                _top(by_teacher(report, lessons), N_("Teachers with the most findings")),
            ),
            charts=(Chart(N_("Findings per 100 lessons"), "line", "trend", "as_of", ("rate",)),)
            if has_trend
            else (),
        )

    return finish(draft, SUMMARY, judge_whole(draft, rules), rules=rules, last=summed_up)


def _top(table: Table, title: str) -> Table:
    found = [column.key for column in table.columns].index("findings")
    rows = tuple(row for row in table.rows if row[found])[:TOP]
    return replace(table, title=title, rows=rows)
