"""The report of changed marks: gather what the history says of marks, judge it, keep what the reader asked to see."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from connector.mirror.books import moment
from connector.reports.catalogue import CHANGES
from connector.reports.facts import Query
from connector.reports.journal import Lesson
from connector.reports.making import begin, finish
from connector.reports.report import Report, Request
from connector.reports.rules.case import end_of_day
from connector.reports.rules.changes import CHANGE_RULES, MarkChange
from connector.rulebook import Rulebook, RuleSettings

# A change of a mark's mood or comment is none of its value.
CHANGED_MARKS = """
SELECT m.id, m.person_id, ifnull(m.lesson_id, w.lesson_id), c.op, json_extract(c.before, '$.value'),
       json_extract(c.after, '$.value'), m.value, c.seen_at, c.run_id
  FROM changes c JOIN marks m ON m.id = json_extract(c.key, '$[0]') LEFT JOIN works w ON w.id = m.work_id
 WHERE c.resource = 'marks' AND (c.op = 'withdraw' OR json_type(c.before, '$.value') IS NOT NULL) AND c.seen_at < ?
 ORDER BY c.id
"""
# For a school whose rulebook is older than these rules: days of grace, and what counts as many. Our proposal.
USUAL = {
    "LATECHANGE": RuleSettings("LATECHANGE", due_working_days=10),
    "CLOSED": RuleSettings("CLOSED", severity="error"),
    "BULK": RuleSettings("BULK", due_working_days=1),
    "DOWN": RuleSettings("DOWN", severity="info", due_working_days=1),
    "UP": RuleSettings("UP", severity="info", due_working_days=1),
}


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report. Rules always see the whole school; the request decides what of it is shown.

    Args:
        query: the mirror's SELECT.
        rulebook: what the school decided; rules it does not know have their usual settings.
        request: day, span of lessons and filters.

    Raises:
        SettingsError: a filter names a class, teacher or subject that is not in the mirror.

    """
    rulebook = replace(rulebook, rules={**USUAL, **rulebook.rules})
    draft = begin(query, rulebook, request)
    journal = draft.journal
    lessons = {lesson.id: lesson for lesson in journal.lessons if lesson.group_id in journal.groups}
    changes = list(_changes(query, lessons, end_of_day(request.as_of, request.zone)))
    rules = draft.rules_of(CHANGES)
    findings = draft.judge(rules, lambda case: CHANGE_RULES[case.settings.id](case, changes))
    return finish(draft, CHANGES, findings, rules=rules)


def _changes(query: Query, lessons: dict[int, Lesson], until: datetime) -> Iterator[MarkChange]:
    """Changes at lessons of known groups, the oldest first."""
    for mark, person, lesson, op, before, after, value, seen_at, run in query(
        CHANGED_MARKS, (moment(until),)
    ):
        if lesson in lessons:
            gone = op == "withdraw"
            yield MarkChange(
                mark_id=mark,
                person_id=person,
                lesson=lessons[lesson],
                before=value if gone else before,
                after=None if gone else after,
                seen_at=datetime.fromisoformat(seen_at),
                run_id=run,
            )
