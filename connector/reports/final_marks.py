"""The report of period and year marks."""

from connector.reports.catalogue import FINAL_MARKS
from connector.reports.facts import Query
from connector.reports.gradebook import ground_of, judge_marks
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.rulebook import Rulebook


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(FINAL_MARKS)
    ground = ground_of(draft, averages=True)
    return finish(draft, FINAL_MARKS, judge_marks(draft, rules, ground), rules=rules)
