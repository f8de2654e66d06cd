"""Named SELECTs for the rules about pupils: marks, works and final marks. Live rows only."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from connector.reports.calendar import Period
from connector.reports.facts import Query
from connector.reports.grades import FinalMark, Grades, Mark, Work
from connector.vocab import HOMEWORK

# From the lessons of the span: the marks of ten years must not be walked for one.
MARKS = """
SELECT m.person_id, l.id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), t.weight
  FROM lessons l CROSS JOIN marks m ON m.lesson_id = l.id
  LEFT JOIN works w ON w.id = m.work_id
  LEFT JOIN work_types t ON t.id = ifnull(m.work_type_id, w.work_type_id)
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
"""
# The vendor may hide a mark's lesson; then its work tells.
MARKS_BY_WORK = """
SELECT m.person_id, l.id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), t.weight
  FROM marks m JOIN works w ON w.id = m.work_id JOIN lessons l ON l.id = w.lesson_id
  LEFT JOIN work_types t ON t.id = ifnull(m.work_type_id, w.work_type_id)
 WHERE m.lesson_id IS NULL AND m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
   AND l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
"""
WORKS = """
SELECT w.id, l.id, ifnull(w.type, '') FROM lessons l CROSS JOIN works w ON w.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND w.withdrawn_run IS NULL AND ifnull(w.type, '') <> ?
 ORDER BY 1
"""
FINALS = """
SELECT f.person_id, f.subject_id, p.start, p.finish, p.type, f.kind, ifnull(f.value, ''), f.edu_group_id, f.given_at
  FROM final_marks f LEFT JOIN reporting_periods p ON p.id = f.reporting_period_id
 WHERE f.withdrawn_run IS NULL ORDER BY f.id
"""
COMMENTS = """
SELECT e.lesson_id, e.person_id, e.comment FROM lessons l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND e.withdrawn_run IS NULL AND trim(ifnull(e.comment, '')) <> ''
"""


def read_grades(query: Query, *, since: date, until: date) -> Grades:
    """Read marks, works and final marks.

    Args:
        query: the mirror's SELECT.
        since: first day of lessons.
        until: last day of lessons; final marks of periods that begin before `since` or after `until` are left out.

    """
    span = (since.isoformat(), until.isoformat())
    marks = [Mark._make(row) for sql in (MARKS, MARKS_BY_WORK) for row in query(sql, span)]
    marks.sort(key=lambda mark: (mark.lesson_id, mark.person_id))
    return Grades(
        marks=tuple(marks),
        works=tuple(Work(*row) for row in query(WORKS, (*span, HOMEWORK))),
        finals=tuple(_finals(query(FINALS, ()), since, until)),
        comments={(lesson, person): comment for lesson, person, comment in query(COMMENTS, span)},
    )


def _finals(rows: Iterable[tuple[Any, ...]], since: date, until: date) -> Iterable[FinalMark]:
    for person, subject, start, finish, kind_of_period, kind, value, group, given_at in rows:
        period = (
            Period(date.fromisoformat(start[:10]), date.fromisoformat(finish[:10]))
            if start and finish
            else None
        )
        if period is None or since <= period.start <= until:
            yield FinalMark(person, subject, period, kind_of_period, kind, value, group, given_at)
