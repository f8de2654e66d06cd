"""Judges the rules about marks for the reports that show them."""

from collections.abc import Iterable

from connector.records import Finding
from connector.reports.grade_facts import read_grades
from connector.reports.making import Draft
from connector.reports.rules.ground import survey
from connector.reports.rules.marks import MARK_RULES
from connector.rulebook import RuleSettings


def judge_marks(draft: Draft, rules: Iterable[RuleSettings]) -> list[Finding]:
    """Findings of rules about marks; what they cannot say joins the draft's gaps."""
    settings = tuple(rules)
    if not settings:
        return []
    grades = read_grades(draft.query, since=draft.since, until=draft.request.as_of)
    ground = survey(draft.scene, grades)
    return draft.judge(settings, lambda case: MARK_RULES[case.settings.id](case, ground))
