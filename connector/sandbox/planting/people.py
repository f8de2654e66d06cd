"""Pupils who came, left or changed their subgroup within the year, some of each kind in every class."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from connector.sandbox.calendar import SATURDAY
from connector.sandbox.journal import Journal
from connector.sandbox.model import CANCELLED, Entry, Group, Lesson, Mark, Membership
from connector.sandbox.people import Person
from connector.sandbox.verdicts.norms import ARRIVAL

# The last day on which a first trace still counts as having been there; the day after it; a few days ago.
EARLY, TARDY, RECENT = "came in time", "came later", "came lately"
LEFT, MOVED = "left", "moved"
# Pupils of a class to whom nothing of this happens.
STAYING = 8

Change = Callable[[Journal, Person, date], bool]


def change_people(journal: Journal) -> dict[str, set[Person]]:
    """Let pupils of each class come, leave and move; only what lies before the emulator's day happens."""
    random = Random(f"{journal.config.seed}/plant/people")
    changed: dict[str, set[Person]] = {word: set() for word in (EARLY, TARDY, RECENT, LEFT, MOVED)}
    for group in journal.school.groups:
        if group.kind != "class" or group.parallel == 1:
            continue
        lasting = [m.person for m in group.roll if m.since is None and m.until is None]
        free = [person for person in lasting if person is not journal.school.child]
        random.shuffle(free)
        for (word, day, change), person in zip(_plan(journal, group), free[STAYING:], strict=False):
            if day < journal.today and change(journal, person, day):
                changed[word].add(person)
    return changed


def _plan(journal: Journal, group: Group) -> Iterator[tuple[str, date, Change]]:
    days = [day for day in group.calendar.school_days if day.weekday() < SATURDAY]
    limit = days[0] + ARRIVAL
    over = [p for p in group.calendar.periods if p.finish < journal.today - timedelta(days=12)]
    yield EARLY, max(day for day in days if day <= limit), _come
    yield TARDY, min(day for day in days if day > limit), _come
    yield MOVED, days[30], _move
    yield LEFT, over[-1].finish + timedelta(days=11) if over else date.max, _leave
    yield (
        RECENT,
        max((d for d in days if d < journal.today - timedelta(days=6)), default=date.max),
        _come,
    )


def _come(journal: Journal, person: Person, day: date) -> bool:
    """The first trace is a late arrival at a lesson of the first day."""
    lessons = list(_lessons(journal, person))
    first = next((one for one, _place in lessons if one.day == day and one.entries), None)
    first = first or next((one for one, _place in lessons if one.day == day), None)
    if first is None:
        return False
    for group, place in _seats(journal, person):
        group.roll[place].since = day
    for lesson, place in lessons:
        if lesson.day < day:
            _empty(lesson, place)
        elif lesson is first:
            lesson.entries[place] = Entry("Late", f"{day.isoformat()}T08:01:02.{place + 17:06}")
    return True


def _leave(journal: Journal, person: Person, day: date) -> bool:
    for group, place in _seats(journal, person):
        group.roll[place].until = day
    for lesson, place in _lessons(journal, person):
        if lesson.day >= day:
            _empty(lesson, place)
    return True


def _move(journal: Journal, person: Person, day: date) -> bool:
    """From one half of the class to the other in one subject; absences would tell of two groups at once: there are none."""
    halves = [
        (group, place) for group, place in _seats(journal, person) if group.kind == "subgroup"
    ]
    if not halves:
        return False
    old, place = halves[0]
    new = next(
        g
        for g in journal.school.groups
        if g.kind == "subgroup" and g.parents == old.parents and g.subjects == old.subjects
        if g is not old
    )
    for lesson, seat in _lessons(journal, person):
        present = lesson.entries.get(seat)
        if present and present.status != "Attend":
            del lesson.entries[seat]
            if journal.config.attendance == "roll":
                lesson.entries[seat] = Entry("Attend", present.at)
        if lesson.group is old and lesson.day >= day:
            _empty(lesson, seat)
    old.roll[place].until = day
    new.roll.append(Membership(person, day))
    for lesson in new.lessons:
        if day <= lesson.day < journal.today and lesson.status != CANCELLED and lesson.works:
            at = f"{lesson.day.isoformat()}T09:00:00.{lesson.no + 1:06}"
            lesson.works[0].marks.append(Mark(len(new.roll) - 1, 0, "4", at))
    return True


def _seats(journal: Journal, person: Person) -> list[tuple[Group, int]]:
    return [
        (group, place)
        for group in journal.school.groups
        for place, m in enumerate(group.roll)
        if m.person is person
    ]


def _lessons(journal: Journal, person: Person) -> Iterator[tuple[Lesson, int]]:
    """Lessons of all groups of a pupil, with the pupil's place there."""
    return ((lesson, place) for group, place in _seats(journal, person) for lesson in group.lessons)


def _empty(lesson: Lesson, place: int) -> None:
    """Leave no trace of a pupil at a lesson."""
    lesson.entries.pop(place, None)
    for work in lesson.works:
        work.marks = [mark for mark in work.marks if mark.place != place]
        work.places = tuple(seat for seat in work.places if seat != place)
