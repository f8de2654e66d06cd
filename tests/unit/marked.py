"""Tiny builders for the rules about marks: lessons on working days, marks, absences, and one rule before them."""

from dataclasses import replace
from datetime import date, timedelta

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.grades import FinalMark, Mark, Work
from connector.reports.homework import Reading
from connector.reports.rules.case import Gap, Scene, held_lessons
from connector.reports.rules.finals import FINALS
from connector.reports.rules.marks import CELL_RULES, PERIOD_RULES
from connector.rulebook import RuleSettings
from tests.unit.journals import (
    CLASS,
    MATHS,
    MONDAY,
    OTHER_CLASS,
    SUBGROUP,
    ZONE,
    group,
    journal,
    lesson,
    read,
    rulebook,
)
from tests.unit.whole_marks import whole_ground, whole_sheet

PUPIL, OTHER = 1, 2
FIRST = Period(date(2026, 9, 1), date(2026, 10, 25))
SECOND = Period(date(2026, 11, 2), date(2026, 12, 30))
QUARTERS = (FIRST, SECOND)
IN_NOVEMBER = date(2026, 11, 20)


def days(count, start=MONDAY):
    """Working days from a Monday on."""
    return [start + timedelta(days=place // 5 * 7 + place % 5) for place in range(count)]


def lessons(count, start=MONDAY, **changes):
    return [lesson(day=day, marks=1, **changes) for day in days(count, start)]


def mark(at, person=PUPIL, value="4", **changes):
    fields = {
        "person_id": person,
        "lesson_id": at.id,
        "work_id": None,
        "type": "Mark5",
        "value": value,
        "given_at": f"{at.day.isoformat()}T06:00:00Z",
        "counts": True,
        "weight": 1,
    }
    return Mark(**(fields | changes))


def absence(at, person=PUPIL, status="Absent"):
    return (at.id, person, status)


def final(value="4", person=PUPIL, period=FIRST, **changes):
    fields = {
        "subject_id": MATHS,
        "period_type": "Quarter" if period else None,
        "kind": "period" if period else "year",
        "given_at": "2026-10-23T10:00:00Z",
    }
    return FinalMark(person_id=person, period=period, value=value, **(fields | changes))


def work(at, work_type="LessonExamination", number=1):
    return Work(number, at.id, work_type)


def all_read(*resources):
    return [
        read(resource, group_id=one)
        for one in (CLASS, SUBGROUP, OTHER_CLASS)
        for resource in resources or (LESSONS, MARKS, LOG, FINALS)
    ]


def outcomes(
    rule,
    taught,
    marks=(),
    *,
    absences=(),
    finals=(),
    works=(),
    comments=None,
    enrolled=None,
    groups=None,
    periods=QUARTERS,
    holidays=(),
    windows=None,
    as_of=IN_NOVEMBER,
    clock_differs=False,
    released=(),
    **settings,
):
    school = journal(
        taught,
        groups=groups or [group()],
        periods=periods,
        holidays=holidays,
        windows=all_read() if windows is None else windows,
        entries=absences,
        clock_differs=clock_differs,
    )
    school = replace(school, released=frozenset(released))
    book = rulebook()
    held, gaps = held_lessons(school, book, as_of)
    assert gaps == []
    scene = Scene(school, book, as_of, ZONE, held, Reading())
    case = scene.case(RuleSettings(rule, **({"severity": "info"} | settings)))
    if rule in PERIOD_RULES:
        return list(PERIOD_RULES[rule](case, whole_ground(scene, marks, finals, enrolled)))
    return list(CELL_RULES[rule](case, whole_sheet(scene, marks, works, finals, comments)))


def accused(rule, *args, **how):
    """Days and pupils of the findings; nothing may be left unsaid beside them."""
    found = outcomes(rule, *args, **how)
    assert not any(isinstance(one, Gap) for one in found)
    return [(one.date, one.person_ids) for one in found]


def reasons(rule, *args, **how):
    """Why nothing was said; nobody may be accused beside it."""
    found = outcomes(rule, *args, **how)
    assert all(isinstance(one, Gap) for one in found)
    return [one.reason for one in found]
