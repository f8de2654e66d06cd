"""Period and year marks: the rounded weighted average, and a few wrong ones."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random

from connector.sandbox import subjects as s
from connector.sandbox.journal import Journal, wants_marks
from connector.sandbox.model import CANCELLED, FinalMark, Group
from connector.sandbox.people import Person

YEAR = 7
Sums = dict[tuple[int, str, int], list[int]]


def make(journal: Journal) -> list[FinalMark]:
    """All final marks of finished periods; a few of them are wrong on purpose."""
    sums = _sums(journal)
    marks: list[FinalMark] = []
    for group in journal.school.groups:
        if not group.is_class or group.parallel == 1:
            continue
        random = Random(f"{journal.config.seed}/finals/{group.number}")
        done = [p for p in group.calendar.periods if p.finish < journal.today]
        for subject in group.subjects:
            if subject in s.UNGRADED:
                continue
            yearly: dict[int, list[int]] = defaultdict(list)
            for period in done:
                for mark in _period(group, subject, period.number, period.finish, sums):
                    slip = group.kind != "home" and random.random() < 0.01
                    shown = _shifted(mark) if slip else mark
                    yearly[mark.place].append(int(shown.value))
                    marks.append(shown)
            if len(done) == len(group.calendar.periods):
                marks += _year(group, subject, yearly, group.calendar.periods[-1].finish)
    return marks


def decreed(
    journal: Journal, marks: list[FinalMark], decrees: Mapping[tuple[Person, str, int], str | None]
) -> list[FinalMark]:
    """Marks with the given values for some pupils, subjects and periods instead of their own; None takes one away."""
    if not decrees:
        return marks
    found = []
    left = dict(decrees)
    for mark in marks:
        person = mark.group.roll[mark.place].person
        value = left.pop((person, mark.subject, mark.period), mark.value)
        if value is not None:
            found.append(replace(mark, value=value))
    seats = {
        m.person: (group, place)
        for group in journal.school.groups
        if group.is_class
        for place, m in enumerate(group.roll)
    }
    for (person, subject, number), value in left.items():
        group, place = seats[person]
        day = group.calendar.periods[-1 if number == YEAR else number].finish
        if value is not None:
            at = _moment(min(day, journal.today), place)
            found.append(FinalMark(group, place, subject, number, value, "0/0", at))
    return found


def _sums(journal: Journal) -> Sums:
    """Weighted value, weight and number of marks by pupil, subject and period, over all groups of the pupil."""
    found: Sums = defaultdict(lambda: [0, 0])
    for group in journal.school.groups:
        for lesson in group.lessons:
            if lesson.day > journal.today:
                break
            period = group.calendar.period_of(lesson.day)
            held = lesson.status != CANCELLED and not group.calendar.is_holiday(lesson.day)
            if period is None or not held or not wants_marks(lesson):
                continue
            for work, mark in lesson.marks():
                weight = s.WORK_TYPES[s.TYPE_OF_KIND[work.type]].weight
                entry = found[group.roll[mark.place].person.number, lesson.subject, period.number]
                for value in numbers(mark.value):
                    entry[0] += weight * value
                    entry[1] += weight
    return found


def numbers(value: str) -> list[int]:
    """The numbers a teacher reads in a mark: `4/3` is two, a sign counts for nothing, a word is none."""
    parts = (part.strip().rstrip("+-") for part in value.split("/"))
    return [int(part) for part in parts if part in {"1", "2", "3", "4", "5"}]


def _period(group: Group, subject: str, number: int, finish: date, sums: Sums) -> list[FinalMark]:
    found = []
    for place, person in group.active(finish):
        total, weight = sums.get((person.number, subject, number), (0, 0))
        if weight:
            # Half up, in integers: a mark must not depend on binary fractions.
            found.append(
                FinalMark(
                    group,
                    place,
                    subject,
                    number,
                    str((2 * total + weight) // (2 * weight)),
                    f"{total}/{weight}",
                    _moment(finish, place),
                )
            )
    return found


def _shifted(mark: FinalMark) -> FinalMark:
    value = int(mark.value)
    return FinalMark(
        mark.group,
        mark.place,
        mark.subject,
        mark.period,
        str(value - 1 if value > 3 else value + 1),
        mark.average,
        mark.at,
    )


def _year(
    group: Group, subject: str, yearly: dict[int, list[int]], finish: date
) -> list[FinalMark]:
    found = []
    for place, values in sorted(yearly.items()):
        total, count = sum(values), len(values)
        found.append(
            FinalMark(
                group,
                place,
                subject,
                YEAR,
                str((2 * total + count) // (2 * count)),
                f"{total}/{count}",
                _moment(finish, place),
            )
        )
    return found


def _moment(day: date, place: int) -> str:
    return f"{day.isoformat()}T10:{place % 60:02}:07.{place + 13:06}"
