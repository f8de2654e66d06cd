"""The report of accumulation: has each pupil the marks of the norm?"""

from connector.reports.catalogue import ACCUMULATION
from connector.reports.facts import Query
from connector.reports.gradebook import ground_of, judge_marks
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.rulebook import Rulebook


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(ACCUMULATION)
    ground = ground_of(draft, averages=False)
    return finish(draft, ACCUMULATION, judge_marks(draft, rules, ground), rules=rules)
