"""A weekly plan: contiguous days, one lesson of a subject a day, teachers in one place at a time where it can be had."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random

from connector.sandbox.model import Group, Slot
from connector.sandbox.people import Person
from connector.sandbox.subjects import TALKS

# Weekday and number of a lesson.
Place = tuple[int, int]
REPAIRS = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """Hours of one subject that some classes have at the same time, each lane with its own group and teacher."""

    subject: str
    hours: int
    lanes: tuple[tuple[Group, Person], ...]
    classes: tuple[Group, ...]


class Planner:
    """Places units into the weeks of classes and remembers where each teacher is."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed}/timetable")
        self._busy: Counter[tuple[int, Place]] = Counter()
        self._free: dict[int, set[Place]] = {}
        self._weeks: dict[int, dict[Place, Unit]] = defaultdict(dict)

    def plan(self, units: list[Unit], days: dict[int, int]) -> None:
        """Fill the groups' slots. `days` tells the length of the week by class number."""
        hours: dict[int, int] = defaultdict(int)
        for unit in units:
            for group in unit.classes:
                hours[group.number] += unit.hours
        for number, total in hours.items():
            self._free[number] = {
                (weekday, n + 1)
                for weekday in range(days[number])
                for n in range(total // days[number] + (weekday < total % days[number]))
            }
        # What several classes share has the least choice, a subject of five hours the next least.
        for unit in sorted(
            units,
            key=lambda u: (-len(u.classes), u.subject != TALKS, -u.hours, u.classes[0].number),
        ):
            for _ in range(unit.hours):
                self._place(unit)
        for _ in range(REPAIRS):
            self._repair()
        for number, week in sorted(self._weeks.items()):
            for place, unit in sorted(week.items(), key=lambda item: item[0]):
                if unit.classes[0].number == number:
                    self._write(unit, place)

    def append(self, unit: Unit) -> None:
        """Put an elective after the last lesson of its classes and of its teacher."""
        ends = [number for group in unit.classes for _weekday, number in self._weeks[group.number]]
        teachers = {teacher.number for _group, teacher in unit.lanes}
        ends += [
            place[1]
            for (teacher, place), count in self._busy.items()
            if count and teacher in teachers
        ]
        for hour in range(unit.hours):
            self._write(unit, (1 + 2 * hour, max(ends, default=0) + 1))

    def _place(self, unit: Unit) -> None:
        common = set.intersection(*(self._free[group.number] for group in unit.classes))
        choice = sorted(p for p in common if not self._has(unit, p[0])) or sorted(common)
        if not choice:
            return
        if unit.subject == TALKS and (0, 1) in choice:
            self._take(unit, (0, 1))
            return
        room = Counter(weekday for weekday, _number in common)
        fitting = [place for place in choice if not self._clashes(unit, place)]
        # A day with much room left first: the last subjects must still find different days.
        most = max(room[place[0]] for place in fitting or choice)
        self._take(
            unit,
            self._random.choice([p for p in fitting or choice if room[p[0]] == most]),
        )

    def _repair(self) -> None:
        """Swap lessons inside a class where that takes a teacher out of two places at once."""
        for number, week in sorted(self._weeks.items()):
            for place in sorted(week):
                unit = week[place]
                if len(unit.classes) > 1 or unit.subject == TALKS or not self._doubled(unit, place):
                    continue
                other = next((q for q in sorted(week) if self._may_swap(number, place, q)), None)
                if other is not None:
                    self._swap(number, place, other)

    def _may_swap(self, number: int, here: Place, there: Place) -> bool:
        week = self._weeks[number]
        mine, theirs = week[here], week[there]
        if len(theirs.classes) > 1 or theirs.subject in {TALKS, mine.subject}:
            return False
        if here[0] != there[0] and (self._has(mine, there[0]) or self._has(theirs, here[0])):
            return False
        shared = {t.number for _g, t in mine.lanes} & {t.number for _g, t in theirs.lanes}
        return not shared and not self._clashes(mine, there) and not self._clashes(theirs, here)

    def _swap(self, number: int, here: Place, there: Place) -> None:
        week = self._weeks[number]
        for unit, old, new in ((week[here], here, there), (week[there], there, here)):
            for _group, teacher in unit.lanes:
                self._busy[teacher.number, old] -= 1
                self._busy[teacher.number, new] += 1
        week[here], week[there] = week[there], week[here]

    def _has(self, unit: Unit, weekday: int) -> bool:
        """Whether one of the unit's classes has the subject on that day already."""
        return any(
            planned.subject == unit.subject
            for group in unit.classes
            for place, planned in self._weeks[group.number].items()
            if place[0] == weekday
        )

    def _clashes(self, unit: Unit, place: Place) -> bool:
        return any(self._busy[teacher.number, place] for _group, teacher in unit.lanes)

    def _doubled(self, unit: Unit, place: Place) -> bool:
        return any(self._busy[teacher.number, place] > 1 for _group, teacher in unit.lanes)

    def _take(self, unit: Unit, place: Place) -> None:
        for group in unit.classes:
            self._free[group.number].discard(place)
            self._weeks[group.number][place] = unit
        for _group, teacher in unit.lanes:
            self._busy[teacher.number, place] += 1

    def _write(self, unit: Unit, place: Place) -> None:
        for group, teacher in unit.lanes:
            group.slots.append(Slot(place[0], place[1], unit.subject, teacher))
