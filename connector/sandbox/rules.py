"""The four rules, judged on the emulator's own state: what an ideal report finds on its day.

Written apart from the reports that are tested against it; the wording is the agreed one of docs/vendor-api.md and the
rulebook. `journal.Planted` says what was left out on purpose; the tests hold both against each other.
"""

from collections.abc import Collection, Iterable
from datetime import date

from connector.sandbox.journal import Journal, wants_homework, wants_marks
from connector.sandbox.model import CANCELLED, Group, Lesson
from connector.sandbox.people import Person
from connector.sandbox.rollcall import contradicts, day_absences, lessons_by_day

ROLL_SHARE = 80


def findings(
    journal: Journal, freed: Collection[tuple[Person, str]] = ()
) -> dict[str, list[Lesson]]:
    """Lessons that each rule finds, in order of group and time.

    Args:
        journal: of the school.
        freed: pupils and the subjects they are freed from; where that is all of a group, no marks are expected.

    """
    groups = journal.school.groups
    held = {group.number: _held(group, journal.today) for group in groups}
    by_day = lessons_by_day(groups, journal.today)
    away = {day: day_absences(lessons) for day, lessons in by_day.items()}
    found: dict[str, list[Lesson]] = {"TOPIC": [], "HW": [], "MARK0": [], "ATT": []}
    for group in groups:
        lessons = held[group.number]
        given = _given(group)
        found["TOPIC"] += [lesson for lesson in lessons if not (lesson.title or "").strip()]
        if group.kind == "home":
            continue
        found["HW"] += [
            lesson
            for lesson in lessons
            if wants_homework(lesson) and id(lesson) not in given and _goes_on(lesson)
        ]
        found["MARK0"] += [
            lesson
            for lesson in lessons
            if wants_marks(lesson)
            and _mark_overdue(journal, lesson)
            and not _all_freed(journal, lesson, freed)
        ]
        if keeps_roll(lessons):
            found["ATT"] += [lesson for lesson in lessons if not lesson.entries]
        else:
            found["ATT"] += [
                lesson
                for lesson in lessons
                if not lesson.entries and contradicts(lesson, away[lesson.day], by_day[lesson.day])
            ]
    return found


def keeps_roll(held: list[Lesson]) -> bool:
    """Whether at least 80 % of a group's held lessons hold `Attend` entries."""
    with_attend = sum(
        any(entry.status == "Attend" for entry in lesson.entries.values()) for lesson in held
    )
    return bool(held) and 100 * with_attend >= ROLL_SHARE * len(held)


def _held(group: Group, today: date) -> list[Lesson]:
    return [
        lesson
        for lesson in group.lessons
        if lesson.day < today
        and not lesson.deleted
        and lesson.status != CANCELLED
        and not group.calendar.is_holiday(lesson.day)
    ]


def _given(group: Group) -> set[int]:
    shown = (
        work
        for lesson in group.lessons
        if not lesson.deleted
        for work in lesson.works
        if work.type == "Homework"
    )
    return {id(work.given) for work in shown}


def _goes_on(lesson: Lesson) -> bool:
    return any(not later.deleted for later in _later(lesson))


def _later(lesson: Lesson) -> Iterable[Lesson]:
    while lesson.after:
        lesson = lesson.after
        yield lesson


def _mark_overdue(journal: Journal, lesson: Lesson) -> bool:
    due = journal.mark_due(lesson)
    given = any(not mark.value.startswith("осв") for _work, mark in lesson.marks())
    return due is not None and due < journal.today and not given


def _all_freed(journal: Journal, lesson: Lesson, freed: Collection[tuple[Person, str]]) -> bool:
    now = [person for _place, person in lesson.group.now(journal.today)]
    return bool(now) and all((person, lesson.subject) in freed for person in now)
