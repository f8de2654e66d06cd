"""The rules about marks before everything the mirror holds, one mark at a time, beside what the reports read of it."""

from dataclasses import replace

from connector.reports.gradebook import judge_marks
from connector.reports.grades import Mark, Work
from connector.reports.making import begin
from connector.reports.rules.marks import CELL_RULES, PERIOD_RULES
from connector.reports.tally_facts import read_finals
from tests.unit.whole_marks import whole_ground, whole_sheet

MARKS = """
SELECT m.person_id, ifnull(m.lesson_id, w.lesson_id), m.work_id, m.type, ifnull(m.value, ''), m.given_at,
       ifnull(m.use_avg_calc, 1), t.weight
  FROM marks m LEFT JOIN works w ON w.id = m.work_id
  LEFT JOIN work_types t ON t.id = ifnull(m.work_type_id, w.work_type_id)
 WHERE m.withdrawn_run IS NULL AND m.person_id IS NOT NULL AND ifnull(m.lesson_id, w.lesson_id) IS NOT NULL
"""
WORKS = "SELECT id, lesson_id, ifnull(type, '') FROM works WHERE withdrawn_run IS NULL AND lesson_id IS NOT NULL"
COMMENTS = """
SELECT lesson_id, person_id, comment FROM lesson_log_entries WHERE withdrawn_run IS NULL AND comment IS NOT NULL
"""


def _told(draft, findings):
    """Findings, and what could not be said, in one order."""
    gaps = {(gap.rule, gap.reason, gap.lesson.id) for gap in draft.gaps}
    return sorted(map(repr, findings)), sorted(gaps)


def judged(query, book, request):
    """As the reports judge."""
    draft = begin(query, book, request)
    return _told(draft, judge_marks(draft, book.enabled_rules()))


def judged_whole(query, book, request):
    """With every mark in sight."""
    draft = begin(query, book, request)
    marks = [Mark(*row) for row in query(MARKS, ())]
    finals = tuple(read_finals(query, draft.since, request.as_of))
    comments = {(lesson, person): word for lesson, person, word in query(COMMENTS, ())}
    ground = whole_ground(draft.scene, marks, finals)
    held = {lesson.id for lesson in draft.scene.held}
    works = [Work(*row) for row in query(WORKS, ()) if row[1] in held]
    sheet = whole_sheet(
        draft.scene, [one for one in marks if one.lesson_id in held], works, finals, comments
    )
    sheet = replace(sheet, taught=replace(sheet.taught, movers=ground.movers))
    rules = [one for one in book.enabled_rules() if one.id in {**CELL_RULES, **PERIOD_RULES}]

    def verdicts(case):
        rule = case.settings.id
        return (
            CELL_RULES[rule](case, sheet)
            if rule in CELL_RULES
            else PERIOD_RULES[rule](case, ground)
        )

    return _told(draft, draft.judge(rules, verdicts))
