"""Lessons that hardly any rule judges, whatever stands on them."""

from collections.abc import Iterator
from datetime import timedelta

from connector.sandbox import subjects as s
from connector.sandbox.calendar import SATURDAY
from connector.sandbox.model import CANCELLED, Group, Lesson
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.field import Field

CANCELLED_LESSON, HOLIDAY, TODAY = "cancelled", "holiday", "today"
FIRST, HOME, UNGRADED = "first parallel", "home schooling", "ungraded subject"
ALL = (CANCELLED_LESSON, HOLIDAY, TODAY, FIRST, HOME, UNGRADED)
# Longer ago than any deadline.
LONG_AGO = timedelta(days=16)


def outside(field: Field, *exempt: str, each: int = 2) -> list[tuple[str, Lesson]]:
    """Lessons nobody used yet, some of each kind, without marks; fewer where the school has none on its day."""
    found = []
    for word in exempt or ALL:
        fresh = (lesson for lesson in _OF[word](field) if lesson not in field.used)
        for lesson, _n in zip(fresh, range(each), strict=False):
            field.used.add(lesson)
            field.clear(lesson)
            found.append((word, lesson))
    return found


def odd_columns(field: Field, each: int = 3) -> list[tuple[str, Column]]:
    """Columns that rules about pupils leave out as a whole, of each kind some."""
    found: list[tuple[str, Column]] = []
    for word, groups, graded in (
        (FIRST, [group for group in field.groups if group.parallel == 1], True),
        (HOME, [group for group in field.groups if group.kind == "home"], True),
        (UNGRADED, [group for group in _usual(field) if group.kind == "class"], False),
    ):
        columns = [one for group in groups for one in field.columns_of(group, graded=graded)]
        found += [(word, one) for one in columns if one.places and field.held(one)][:each]
    return found


def _old(field: Field, groups: list[Group]) -> Iterator[Lesson]:
    """Lessons of long ago, of each group in turn."""
    olden = [
        [
            lesson
            for lesson in group.lessons
            if lesson.day < field.today - LONG_AGO
            and lesson.status != CANCELLED
            and not group.calendar.is_holiday(lesson.day)
        ]
        for group in groups
    ]
    for n in range(max(map(len, olden), default=0)):
        # From a third on: the edges of periods are cases of their own.
        yield from (
            lessons[(n + len(lessons) // 3) % len(lessons)] for lessons in olden if n < len(lessons)
        )


def _cancelled(field: Field) -> Iterator[Lesson]:
    return (
        lesson
        for lesson in field.cancelled
        if lesson.day < field.today - LONG_AGO
        and lesson.group.parallel > 1
        and lesson.group.kind != "home"
        and lesson.subject not in s.UNGRADED
    )


def _today(field: Field) -> Iterator[Lesson]:
    return (
        lesson
        for group in _usual(field)
        for lesson in group.lessons
        if lesson.day == field.today
        and lesson.status != CANCELLED
        and lesson.subject not in s.UNGRADED
    )


def _holiday(field: Field) -> Iterator[Lesson]:
    """New lessons, one a group: somebody opened the journal in the holidays."""
    for group in _usual(field):
        days = (
            day
            for day in sorted(group.calendar.free_days)
            if day.weekday() < SATURDAY and day < field.today - LONG_AGO
        )
        day = next(days, None)
        subject = next((one for one in group.taught if one not in s.UNGRADED), None)
        if day is None or subject is None or not any(x.subject == subject for x in group.slots):
            continue
        number = 1 + sum(lesson.day == day for lesson in group.lessons)
        yield field.extra_lesson(group, subject, day, number)


def _usual(field: Field) -> list[Group]:
    """Groups that rules judge, in an order of their own."""
    found = [group for group in field.groups if group.parallel > 1 and group.kind != "home"]
    field.random.shuffle(found)
    return found


def _first(field: Field) -> Iterator[Lesson]:
    return _old(field, [group for group in field.groups if group.parallel == 1])


def _home(field: Field) -> Iterator[Lesson]:
    return _old(field, [group for group in field.groups if group.kind == "home"])


def _ungraded(field: Field) -> Iterator[Lesson]:
    groups = [group for group in field.groups if group.parallel > 1 and group.kind == "class"]
    return (lesson for lesson in _old(field, groups) if lesson.subject in s.UNGRADED)


_OF = {
    CANCELLED_LESSON: _cancelled,
    HOLIDAY: _holiday,
    TODAY: _today,
    FIRST: _first,
    HOME: _home,
    UNGRADED: _ungraded,
}
