"""Tiny builders for the rules: a journal in which nothing is wrong until a test says so."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from connector.reports.calendar import GroupCalendar, Period, SchoolCalendar
from connector.reports.coverage import LESSONS, LOG, MARKS, Coverage, Window
from connector.reports.homework import Reading
from connector.reports.journal import Absence, Group, Journal, Lesson, Names
from connector.reports.rules import RULES
from connector.reports.rules.case import Gap, Scene, held_lessons
from connector.rulebook import Rulebook, RuleSettings

ZONE = ZoneInfo("Asia/Yekaterinburg")  # five hours before UTC: an error of zone shows
CLASS, SUBGROUP, OTHER_CLASS = 50, 51, 60
MATHS, ETHICS, FORM_TIME = 1, 2, 3
TEACHER = 900
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (
    date(2026, 9, day) for day in range(7, 13)
)
NEXT_MONDAY = date(2026, 9, 14)
YEAR = Period(date(2026, 9, 1), date(2027, 5, 26))
LONG_AFTER = datetime(2027, 8, 1, tzinfo=UTC)


def lesson(number=1, day=MONDAY, **changes):
    """A held lesson with everything entered; ids follow day and number."""
    fields = {
        "id": 10**18 + day.toordinal() * 100 + (changes.get("group_id") or CLASS) * 10**8 + number,
        "group_id": CLASS,
        "subject_id": MATHS,
        "day": day,
        "number": number,
        "has_topic": True,
        "teacher_ids": (TEACHER,),
        "marks": 5,
        "homework_targets": (date(2026, 12, 31),),
        "entries": 1,
    }
    return Lesson(**(fields | changes))


def group(group_id=CLASS, name="5А", parallel=5, members=(1, 2, 3), classes=(), **changes):
    return Group(
        id=group_id,
        name=name,
        parallels=frozenset((parallel,)) if parallel else frozenset(),
        class_ids=frozenset(classes or (group_id,)),
        members=frozenset(changes.get("ever", members)),
        active_members=frozenset(members),
    )


def read(
    resource,
    at=LONG_AFTER,
    start=date(2026, 9, 1),
    end=date(2027, 8, 31),
    group_id=CLASS,
    **changes,
):
    fields = {"state": "done", "detail": None} | changes
    return Window(resource, group_id, start, end, at, **fields)


def everything_read(*group_ids):
    return [
        read(resource, group_id=group_id)
        for group_id in group_ids or (CLASS, SUBGROUP, OTHER_CLASS)
        for resource in (LESSONS, MARKS, LOG)
    ]


def journal(
    lessons: Iterable[Lesson],
    *,
    groups=None,
    windows=None,
    periods=(YEAR,),
    holidays=(),
    saturdays=False,
    entries=(),
    clock_differs=False,
):
    known = groups or [group()]
    calendar = GroupCalendar(tuple(periods), tuple(holidays), saturdays)
    return Journal(
        lessons=tuple(lessons),
        groups={one.id: one for one in known},
        calendar=SchoolCalendar({one.id: calendar for one in known}),
        coverage=Coverage.of(everything_read() if windows is None else windows),
        entries=tuple(Absence(*entry) for entry in entries),
        names=Names(
            groups={one.id: one.name for one in known},
            subjects={MATHS: "Алгебра", ETHICS: "ОРКСЭ. Светская этика", FORM_TIME: "Классный час"},
            teachers={TEACHER: "Лужина Вера Ильинична"},
        ),
        clock_differs=clock_differs,
    )


def settings(rule, **changes):
    usual = {
        "TOPIC": {},
        "HW": {"exempt_parallels": frozenset({1}), "exempt_home_schooling": True},
        "MARK0": {
            "due_working_days": 1,
            "exempt_parallels": frozenset({1}),
            "exempt_home_schooling": True,
        },
        "ATT": {"exempt_home_schooling": True},
    }[rule]
    fields = {"clause": "п. 1", "severity": "error"} | usual | changes
    return RuleSettings(rule, **fields)


def rulebook(**changes):
    fields = {
        "rules": {rule: settings(rule) for rule in RULES},
        "ungraded_subjects": ("Классный час*", "ОРКСЭ*"),
        "no_homework_subjects": ("Классный час*",),
        "home_schooling_groups": ("*надомн*", "*НО"),
    }
    return Rulebook("Проверка", **(fields | changes))


def judge(rule, school, *, as_of=NEXT_MONDAY, reading="given", book=None, **changes):
    """Findings and gaps of one rule; `changes` go to its settings."""
    book = book or rulebook()
    held, gaps = held_lessons(school, book, as_of)
    scene = Scene(school, book, as_of, ZONE, held, Reading(reading, "data"))
    outcomes = list(RULES[rule](scene.case(settings(rule, **changes))))
    return (
        [found for found in outcomes if not isinstance(found, Gap)],
        [*gaps, *(found for found in outcomes if isinstance(found, Gap))],
    )


def accused(rule, school, **how):
    """Days and numbers of the lessons found."""
    return [(found.date, found.lesson_number) for found in judge(rule, school, **how)[0]]


def reasons(rule, school, **how):
    """Why nothing was said, lesson by lesson; nobody may be accused beside it."""
    findings, gaps = judge(rule, school, **how)
    assert findings == []
    return [gap.reason for gap in gaps]
