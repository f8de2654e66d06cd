"""Cases about when marks were entered and works were checked: LATE, WORK."""

from datetime import date, timedelta

from connector.sandbox.journal import HOMEWORK_SLOT
from connector.sandbox.model import Lesson, Work
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.field import Field, class_work
from connector.sandbox.planting.outside import (
    CANCELLED_LESSON,
    FIRST,
    HOLIDAY,
    TODAY,
    outside,
)
from connector.sandbox.verdicts.norms import WORK_DAYS

# The school's day ends three hours before that of UTC.
LAST_SECOND, FIRST_SECOND = "20:59:58", "21:00:01"
EXAM, ESSAY, TEST = "LessonExamination", "LessonComposition", "LessonTestWork"
PRACTICE = "LaboratoryWork"


def late(field: Field) -> None:
    """LATE: marks entered at the edge of their last day, beyond it, and by a teacher who was free to be late."""
    waiting = field.take(2, lambda c: len(c.places) >= 4 and _waits(field, c))
    for column in waiting + field.take(5, lambda column: len(column.places) >= 4):
        due = [lesson for lesson in field.due(column) if _can_be_grave(field, lesson)]
        for n, lesson in enumerate(due[-8:]):
            _entered(field, lesson, column.places, n)
        for lesson in field.held(column):
            if not field.is_due(lesson):
                _fill(field, lesson, column.places[:3], field.moment(lesson.day))
                field.tell("LATE", "due today", lesson)
    for exempt, lesson in outside(field, CANCELLED_LESSON, HOLIDAY, TODAY, FIRST):
        places = [place for place, _person in lesson.group.active(lesson.day)]
        day = lesson.day if exempt == TODAY else lesson.day + timedelta(days=10)
        _fill(field, lesson, places[:3], field.moment(day))
        field.tell("LATE", exempt, lesson)


def _waits(field: Field, column: Column) -> bool:
    """Whether marks of its last lesson are due today."""
    return bool(held := field.held(column)) and not field.is_due(held[-1])


def _entered(field: Field, lesson: Lesson, places: tuple[int, ...], n: int) -> None:
    """One lesson of each kind in turn; the last place is the one that matters."""
    due, grave, beyond = (_working_day(field, lesson, days) for days in (1, 3, 4))
    moments = (
        field.moment(due, LAST_SECOND),
        field.moment(due, FIRST_SECOND),
        field.moment(grave, LAST_SECOND),
        field.moment(grave, FIRST_SECOND),
        field.moment(beyond),
    )
    _fill(field, lesson, places[:4], field.moment(lesson.day))
    field.wipe(lesson, places[3])
    if n < len(moments):
        field.mark(class_work(lesson), places[3], "4", moments[n])
        if n:
            field.tell("LATE", None, lesson, grave=n > 2)
        else:
            field.tell("LATE", "last second", lesson)
    elif n == len(moments):
        field.write(lesson, places[3], "б", "Сдал позже")
        field.mark(class_work(lesson), places[3], "4", field.moment(beyond))
        field.tell("LATE", "was away", lesson)
    else:
        work = extra_work(lesson, (EXAM, ESSAY)[n % 2])
        field.mark(work, places[3], "4", field.moment(beyond))
        field.tell("LATE", "checked at home", lesson)


def _fill(field: Field, lesson: Lesson, places: tuple[int, ...] | list[int], at: str) -> None:
    field.clear(lesson)
    for place in places:
        lesson.entries.pop(place, None)
        field.mark(class_work(lesson), place, "4", at)


def _working_day(field: Field, lesson: Lesson, count: int) -> date:
    day: date | None = lesson.day
    for _ in range(count):
        day = day and lesson.group.calendar.next_working_day(day, week=field.journal.config.week)
    return day or lesson.day


def _can_be_grave(field: Field, lesson: Lesson) -> bool:
    """Whether four working days after it are known and past."""
    return lesson.day < _working_day(field, lesson, 4) < field.today


def work(field: Field) -> None:
    """WORK: works nobody has a mark for, one day before and after their last day."""
    for n, kind in enumerate((EXAM, TEST, ESSAY) * 4):
        for column in field.take(1, lambda column: len(column.places) >= 4):
            _announced(field, column, kind, n)
    for exempt, lesson in outside(field):
        class_work(lesson)
        extra_work(lesson, EXAM)
        field.tell("WORK", exempt, lesson)


def _announced(field: Field, column: Column, kind: str, n: int) -> None:
    """A work is due on a calendar day: the lessons nearest to that edge are taken on both sides of it."""
    last = field.today - WORK_DAYS[kind]
    held = field.held(column)
    early = [lesson for lesson in held if lesson.day < last]
    recent = [lesson for lesson in held if lesson.day >= last]
    for lesson in early[-2:]:
        _empty(field, lesson, column, kind)
        field.tell("WORK", None, lesson)
    for lesson in recent[:1]:
        _empty(field, lesson, column, kind)
        field.tell("WORK", "may still be checked", lesson)
    for lesson in early[-3:-2]:
        _empty(field, lesson, column, kind)
        if n % 2:
            field.mark(lesson.works[-1], column.places[0], "4")
            field.tell("WORK", "has a mark", lesson)
        else:
            lesson.works.pop()
            extra_work(lesson, PRACTICE)
            field.tell("WORK", "no control work", lesson)
    # The last day of a test is over and that of the control work beside it is not.
    both = [
        x for x in held if field.today - WORK_DAYS[EXAM] <= x.day < field.today - WORK_DAYS[TEST]
    ]
    for lesson in both if kind == EXAM else ():
        if lesson not in recent[:1]:
            _empty(field, lesson, column, EXAM)
            extra_work(lesson, TEST)
            field.tell("WORK", None, lesson)


def _empty(field: Field, lesson: Lesson, column: Column, kind: str) -> None:
    """A lesson with marks, and a work that has none."""
    _fill(field, lesson, column.places[:4], field.moment(lesson.day))
    extra_work(lesson, kind)


def extra_work(lesson: Lesson, kind: str) -> Work:
    """One more work of a lesson."""
    number = max((one.number for one in lesson.works if one.number < HOMEWORK_SLOT), default=0) + 1
    found = Work(lesson, number, kind, lesson)
    lesson.works.append(found)
    return found
