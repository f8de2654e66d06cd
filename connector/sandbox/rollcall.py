"""Attendance that teachers forgot, planted where an ideal check can prove it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random

from connector.sandbox.journal import Journal
from connector.sandbox.model import CANCELLED, Group, Lesson

AWAY = frozenset({"Absent", "Ill", "Pass"})
# Person number → lesson numbers with an absence that day.
DayAbsences = dict[int, set[int]]


def lessons_by_day(groups: list[Group], before: date) -> dict[date, list[Lesson]]:
    """Held lessons of all groups before a day."""
    found: dict[date, list[Lesson]] = defaultdict(list)
    for group in groups:
        for lesson in group.lessons:
            if lesson.day >= before:
                break
            free = lesson.status == CANCELLED or group.calendar.is_holiday(lesson.day)
            if not lesson.deleted and not free:
                found[lesson.day].append(lesson)
    return found


def day_absences(lessons: list[Lesson]) -> DayAbsences:
    """Who is away in which lessons of one day, in whichever group."""
    found: DayAbsences = defaultdict(set)
    for lesson in lessons:
        for place, entry in lesson.entries.items():
            if entry.status in AWAY:
                found[lesson.group.roll[place].person.number].add(lesson.number)
    return found


def contradicts(lesson: Lesson, away: DayAbsences, same_day: list[Lesson]) -> bool:
    """Whether a member is away both before and after the lesson on that day.

    Who is on the roll of another group with a lesson at that hour proves nothing: the vendor shows no days of membership.
    """
    elsewhere = {
        m.person.number
        for other in same_day
        if other.number == lesson.number and other.group is not lesson.group
        for m in other.group.roll
    }
    return any(
        person.number not in elsewhere and _enclosed(away.get(person.number), lesson.number)
        for _place, person in lesson.group.active(lesson.day)
    )


def plant(journal: Journal) -> None:
    """Clear the attendance of some lessons, so that the rest of the data proves the gap."""
    random = Random(f"{journal.config.seed}/rollcall")
    pick = _forgotten if journal.config.attendance == "roll" else _contradicted
    for lesson in list(pick(journal, random)):
        lesson.entries.clear()
        journal.planted.add("ATT", lesson)


def _forgotten(journal: Journal, random: Random) -> Iterator[Lesson]:
    for lessons in lessons_by_day(journal.school.groups, journal.today).values():
        yield from (
            lesson for lesson in lessons if random.random() < 0.012 and lesson.group.kind != "home"
        )


def _contradicted(journal: Journal, random: Random) -> Iterator[Lesson]:
    for lessons in lessons_by_day(journal.school.groups, journal.today).values():
        away = day_absences(lessons)
        touched: set[int] = set()
        for lesson in lessons:
            clusters = {lesson.group.number, *(parent.number for parent in lesson.group.parents)}
            # One a day and class: a second one could take away what proves the first.
            if clusters & touched or not lesson.entries or random.random() >= 0.02:
                continue
            lasting = (
                m.person.number for m in lesson.group.roll if m.since is None and m.until is None
            )
            if any(_enclosed(away.get(number), lesson.number) for number in lasting):
                touched |= clusters
                yield lesson


def _enclosed(numbers: set[int] | None, number: int) -> bool:
    return min(numbers) < number < max(numbers) if numbers else False
