"""A school's year as a pull leaves it in a mirror: the rows of each table in the numbers that the emulated school has.

A thousand pupils, forty classes, half a million marks, seven hundred thousand shares of homework; one lesson in six has
no homework, one in fifty no topic, and the second run changes one mark in a hundred.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

AT = datetime(2026, 5, 31, 17, tzinfo=UTC)
FIRST = date(2025, 9, 1)
PUPILS, CLASSES, SUBJECTS, TEACHERS = 1000, 40, 20, 60
A_CLASS = PUPILS // CLASSES
LESSONS = 1025  # of a class
MARKS, TASKS, CHANGED = 12, 22, 100  # at a lesson or one more, of a homework, one in so many
BASE = 1_000_000_000_000
PERIODS = (
    (date(2025, 9, 1), date(2025, 10, 26)),
    (date(2025, 11, 4), date(2025, 12, 28)),
    (date(2026, 1, 12), date(2026, 3, 27)),
    (date(2026, 4, 6), date(2026, 5, 31)),
)
NAMES = ("Берёзкин", "Осинкина", "Кленов", "Рябинина", "Дубов")
Rows = list[tuple[Any, ...]]


def make_year(path: Path) -> None:
    """Write the mirror; the same one each time."""
    from connector.mirror.store import Mirror

    chance = random.Random(2026)  # noqa: S311 - the same school each time is the point
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("pull", {}, AT)
        with mirror.transaction():
            mirror.insert_new(run, people(chance))
        changed: Rows = []
        for number in range(CLASSES):
            rows = journal(number, chance)
            with mirror.transaction():
                mirror.insert_new(run, rows)
                cover(mirror, run, number)
            changed += rows["marks"][::CHANGED]
        mirror.finish_run(run, AT, "done", {})
        second = mirror.start_run("pull", {}, AT)
        with mirror.transaction():
            existing = {row[:1]: (*row, None) for row in changed}
            wanted = [(*row[:5], "2", *row[6:]) for row in changed]
            mirror.merge(second, AT, "marks", wanted, existing)
        mirror.finish_run(second, AT, "done", {})


def cover(mirror: Any, run: Any, number: int) -> None:
    """Note that a class was read, month by month."""
    from connector.records import EduGroupId, Window

    for resource in ("lessons", "marks", "lesson_log_entries"):
        for month in range(9):
            start = FIRST + timedelta(days=month * 30)
            end = start + timedelta(days=30 if month < 8 else 120)
            window = Window(resource, EduGroupId(BASE + number), start, end)
            mirror.cover(run, AT, window, state="done", rows=1000)


def people(chance: random.Random) -> dict[str, Rows]:
    """The school, its classes, periods and people."""
    everyone = range(PUPILS + TEACHERS)
    periods = [
        (BASE + n, f"{n + 1} четверть", "Quarter", n + 1, f"{start}", f"{end}", 2025, None)
        for n, (start, end) in enumerate(PERIODS)
    ]
    return {
        "schools": [(BASE, "Школа", "Школа", "Город", "Europe/Moscow", *[None] * 5)],
        "subjects": [(BASE + n, f"Предмет {n}", None, None, None) for n in range(SUBJECTS)],
        "edu_groups": [
            (BASE + n, BASE, *name_of(n), "Group", 2025, *[None] * 5) for n in range(CLASSES)
        ],
        "persons": [
            (BASE + n, None, chance.choice(NAMES), "Имя", None, None, None, None, None)
            for n in everyone
        ],
        "memberships": [
            (BASE + n, BASE + n // A_CLASS, "EduStudent", "Active", None) for n in range(PUPILS)
        ],
        "reporting_periods": periods,
        "edu_group_reporting_periods": [
            (BASE + n, period[0], None) for n in range(CLASSES) for period in periods
        ],
        "final_marks": [
            (
                len(periods) * (n * SUBJECTS + subject) + place + 1,
                BASE + n,
                BASE + subject,
                period[0],
                "period",
                BASE + n // A_CLASS,
                chance.choice("345"),
                None,
                None,
                "Mark5",
                None,
                None,
            )
            for n in range(PUPILS)
            for subject in range(12)
            for place, period in enumerate(periods)
        ],
    }


def name_of(number: int) -> tuple[str, None, int]:
    """Name and parallel of a class."""
    return f"{number // 4 + 1}{'АБВГ'[number % 4]}", None, number // 4 + 1


def days() -> list[date]:
    """Days of lessons: a week of five days, outside of holidays."""
    listed = [FIRST + timedelta(n) for n in range(273)]
    return [
        day
        for day in listed
        if day.weekday() < 5 and any(start <= day <= end for start, end in PERIODS)
    ]


def journal(number: int, chance: random.Random) -> dict[str, Rows]:
    """A class's lessons with all that stands at them."""
    found: dict[str, Rows] = {
        name: []
        for name in ("lessons", "lesson_teachers", "works", "tasks", "marks", "lesson_log_entries")
    }
    school_days = days()
    for place in range(LESSONS):
        lesson = BASE + number * LESSONS + place
        at = place * len(school_days) // LESSONS
        for table, rows in at_lesson(lesson, number, place, school_days[at:], chance):
            found[table] += rows
    return found


def at_lesson(
    lesson: int, number: int, place: int, ahead: list[date], chance: random.Random
) -> Iterator[tuple[str, Rows]]:
    """One lesson: its work with marks, its homework with each pupil's share, the absent."""
    day, group, subject = ahead[0].isoformat(), BASE + number, BASE + place % SUBJECTS
    topic = f"Тема урока {chance.randrange(5000)}" if chance.random() < 0.98 else None
    yield "lessons", [(lesson, group, subject, day, place % 7 + 1, topic, "Finished", None, None)]
    yield "lesson_teachers", [(lesson, BASE + PUPILS + lesson % TEACHERS, None)]
    pupils = chance.sample(range(A_CLASS), A_CLASS)
    persons = [BASE + number * A_CLASS + pupil for pupil in pupils]
    work = (lesson, group, subject)
    yield "works", [(2 * lesson, *work, "LessonMark", None, "Closed", day, *_work(None))]
    yield (
        "marks",
        [
            (
                A_CLASS * lesson + pupil,
                person,
                2 * lesson,
                lesson,
                "Mark5",
                chance.choice("2345"),
                None,
                "Good",
                f"{day}T{10 + pupil % 8}:{pupil:02d}:00Z",
                1,
                0,
                None,
                None,
            )
            for pupil, person in zip(pupils[: MARKS + (lesson % 5 == 0)], persons, strict=False)
        ],
    )
    if chance.random() < 0.83:
        due = ahead[min(3, len(ahead) - 1)].isoformat()
        text = f"Параграф {chance.randrange(60)}, упражнения {chance.randrange(400)}"
        homework = 2 * lesson + 1
        yield "works", [(homework, *work, "Homework", None, "Sent", due, *_work(text))]
        yield (
            "tasks",
            [
                (A_CLASS * lesson + pupil, homework, person, "New", due, None)
                for pupil, person in zip(pupils[:TASKS], persons, strict=False)
            ],
        )
    absent = persons[: chance.choice((0, 1, 1, 2, 3))]
    yield "lesson_log_entries", [(lesson, person, "Absent", None, None, None) for person in absent]


def _work(text: str | None) -> tuple[Any, ...]:
    """The columns of a work from `sent_at` on."""
    return (None, text, 0, "Mark5", 1, 1, None, None, None, None)
