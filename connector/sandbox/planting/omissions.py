"""Cases about what teachers left out: TOPIC, HW, MARK0, ATT. They touch no marks that other cases rest on."""

from collections.abc import Iterator
from datetime import date

from connector.sandbox import subjects as s
from connector.sandbox.journal import wants_homework
from connector.sandbox.model import CANCELLED, Lesson
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.entries import EXAM, extra_work
from connector.sandbox.planting.field import Field
from connector.sandbox.planting.outside import (
    CANCELLED_LESSON,
    FIRST,
    HOLIDAY,
    HOME,
    TODAY,
    outside,
)
from connector.sandbox.rollcall import contradicts, day_absences, lessons_by_day

MANY = 24
ALL_FREED = "all are freed"
# Topics that are none: nothing at all, an empty line, spaces.
NO_TOPICS = (None, "", "   ")
# What a pupil's cells before and after a lesson without entries say, and why that proves nothing.
AROUND = (
    (None, "б", "б"),
    ("only before", "н", ""),
    (None, "н", "у"),
    ("only after", "", "н"),
    (None, "у", "б"),
    ("late around", "оп", "оп"),
)


def topic(field: Field) -> None:
    """TOPIC: lessons without a topic, in classes of all kinds."""
    lessons = [one for one in _ordinary(field) if one.title]
    for n, lesson in enumerate(_spread(field, lessons, MANY)):
        lesson.title = NO_TOPICS[n % len(NO_TOPICS)]
        field.tell("TOPIC", None, lesson)
    for exempt, lesson in outside(field, CANCELLED_LESSON, HOLIDAY, TODAY):
        lesson.title = None
        field.tell("TOPIC", exempt, lesson)


def homework(field: Field) -> None:
    """HW: lessons at which none was given though another lesson follows in the period."""
    lessons = [one for one in _ordinary(field) if wants_homework(one) and _goes_on(one)]
    for lesson in _spread(field, [x for x in lessons if x.group.kind != "home"], MANY):
        _take_homework(lesson)
        field.tell("HW", None, lesson)
    for exempt, lesson in outside(field, CANCELLED_LESSON, HOLIDAY, TODAY, FIRST, HOME):
        _take_homework(lesson)
        field.tell("HW", exempt, lesson)
    ordinary = [one for one in _ordinary(field) if one.group.parallel > 1]
    ends = [one for one in ordinary if wants_homework(one) and one.after is None]
    free = [one for one in ordinary if one.subject in s.NO_HOMEWORK]
    for exempt, found in (("last of the period", ends), ("subject without homework", free)):
        for lesson in _spread(field, found, 3):
            _take_homework(lesson)
            field.tell("HW", exempt, lesson)


def no_marks(field: Field) -> None:
    """MARK0: what other cases left without marks is enough to be found; here stands what must not be."""
    for exempt, lesson in outside(field):
        field.tell("MARK0", exempt, lesson)
    for column in field.free[:3]:
        for lesson in field.held(column):
            if field.is_due(lesson):
                continue
            field.clear(lesson)
            field.tell("MARK0", "due today", lesson)
    for n, column in enumerate(field.take(2, lambda column: bool(field.over(column.group)))):
        _free_all(field, column, by_period_marks=bool(n))
    for column in field.take(3, lambda column: len(field.due(column)) > 8):
        for lesson in field.due(column)[2:9]:
            field.clear(lesson)
            field.tell("MARK0", None, lesson)


def _free_all(field: Field, column: Column, *, by_period_marks: bool) -> None:
    """Everybody in the group is freed from the subject: nobody is left to be marked."""
    lessons = field.due(column)[3:]
    for place, _person in column.group.now(field.today):
        if by_period_marks:
            field.decree(column, place, field.over(column.group)[0].number, "осв.")
        else:
            field.write(lessons[0], place, "осв.")
    for lesson in lessons[1:6]:
        field.clear(lesson)
        field.tell("MARK0", ALL_FREED, lesson)
    extra_work(lessons[1], EXAM)
    field.tell("WORK", ALL_FREED, lessons[1])


def attendance(field: Field) -> None:
    """ATT: lessons without an entry between two at which a pupil was away, or was not quite."""
    roll = field.journal.config.attendance == "roll"
    planted = []
    for n, (before, lesson, after, place) in enumerate(_gaps(field)):
        exempt, first, last = AROUND[n % len(AROUND)]
        lesson.entries.clear()
        field.write(before, place, first)
        field.write(after, place, last)
        planted.append((None if roll else exempt, lesson))
        if n >= 2 * MANY:
            break
    by_day = lessons_by_day(field.groups, field.today)
    for exempt, lesson in planted:
        # Somebody else may have been away around a lesson that was to be spared.
        same_day = by_day[lesson.day]
        if not exempt or not contradicts(lesson, day_absences(same_day), same_day):
            field.tell("ATT", exempt, lesson)
    for exempt, lesson in outside(field, HOME, TODAY, each=3):
        lesson.entries.clear()
        field.tell("ATT", exempt, lesson)


def _gaps(field: Field) -> Iterator[tuple[Lesson, Lesson, Lesson, int]]:
    """Three lessons in a row of a class, one such a day, none of them a case, and a pupil who is no case there."""
    lessons = {case.lesson for case in field.cases}
    pupils = {(case.person, case.subject) for case in field.cases}
    for group in field.groups:
        if group.kind != "class" or group.parallel == 1:
            continue
        places = field.columns_of(group)[0].places
        by_day: dict[date, list[Lesson]] = {}
        for one in group.lessons:
            if one.day < field.today and one.status != CANCELLED and one not in lessons:
                by_day.setdefault(one.day, []).append(one)
        for same in list(by_day.values())[3:]:
            for before, lesson, after in zip(same, same[1:], same[2:], strict=False):
                around = {before.subject, after.subject}
                free = [
                    place
                    for place in places
                    if not any((group.roll[place].person, one) in pupils for one in around)
                ]
                follow = (before.number + 1, lesson.number + 1) == (lesson.number, after.number)
                away = {(group.roll[place].person, lesson.subject) for place in lesson.entries}
                if free and follow and away.isdisjoint(pupils):
                    yield before, lesson, after, free[0]
                    break


def _ordinary(field: Field) -> list[Lesson]:
    """Held lessons of yesterday and before that nothing was done to as a whole."""
    return [
        lesson
        for group in field.groups
        for lesson in group.lessons
        if lesson.day < field.today
        and lesson.status != CANCELLED
        and not group.calendar.is_holiday(lesson.day)
        and lesson not in field.used
    ]


def _goes_on(lesson: Lesson) -> bool:
    """Whether its neighbours in the subject take place, so that homework has one reading."""
    around = (lesson.before, lesson.after)
    return all(one is not None and one.status != CANCELLED for one in around)


def _take_homework(lesson: Lesson) -> None:
    for holder in (lesson, lesson.after):
        if holder:
            holder.works = [
                one for one in holder.works if one.given is not lesson or one.type != "Homework"
            ]


def _spread(field: Field, lessons: list[Lesson], count: int) -> list[Lesson]:
    """Some of many, at most one a class and day."""
    field.random.shuffle(lessons)
    found = {(lesson.group.number, lesson.day): lesson for lesson in lessons}
    return list(found.values())[:count]
