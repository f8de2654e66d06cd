"""The report of accumulation: has each pupil the marks of the norm?"""

from connector.reports.catalogue import ACCUMULATION
from connector.reports.facts import Query
from connector.reports.gathered import CHARTS, gathered, tables_of
from connector.reports.gradebook import ground_of, judge_marks
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.rulebook import Rulebook


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(ACCUMULATION)
    ground = ground_of(draft, averages=False)
    findings = judge_marks(draft, rules, ground)
    tables = tables_of(draft, gathered(draft, ground))
    return finish(draft, ACCUMULATION, findings, rules=rules, tables=tables, charts=CHARTS)
