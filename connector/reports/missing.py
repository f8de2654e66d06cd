"""The report of missing entries: what held lessons lack past their deadlines."""

from connector.reports.catalogue import MISSING
from connector.reports.facts import Query
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.reports.rules import RULES
from connector.rulebook import Rulebook


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(MISSING)
    findings = draft.judge(rules, lambda case: RULES[case.settings.id](case))
    return finish(draft, MISSING, findings, rules=rules)
