"""The report of marks: marks pupil by pupil, judged by the rules about pupils."""

from connector.reports.catalogue import MARKS
from connector.reports.facts import Query
from connector.reports.grade_facts import read_grades
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.reports.rules.ground import survey
from connector.reports.rules.marks import MARK_RULES
from connector.rulebook import Rulebook


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(MARKS)
    if not rules:
        return finish(draft, MARKS)
    ground = survey(draft.scene, read_grades(query, since=draft.since, until=draft.request.as_of))
    findings = draft.judge(rules, lambda case: MARK_RULES[case.settings.id](case, ground))
    return finish(draft, MARKS, findings, rules=rules)
