"""A weekly plan: contiguous days, one lesson of a subject a day, teachers in one place at a time where it can be had."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from connector.sandbox.model import Group, Slot
from connector.sandbox.people import Person
from connector.sandbox.subjects import TALKS

Place = tuple[int, int]
ATTEMPTS = 12


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
        self._busy: dict[int, set[Place]] = defaultdict(set)
        self._free: dict[int, set[Place]] = {}
        self._taken: dict[int, dict[str, set[int]]] = {}

    def plan(self, units: list[Unit], days: dict[int, int]) -> None:
        """Fill the groups' slots. `days` tells the length of the week by class number."""
        hours: dict[int, int] = defaultdict(int)
        for unit in units:
            for group in unit.classes:
                hours[group.number] += unit.hours
        for number, total in hours.items():
            self._free[number] = {
                (d, n + 1)
                for d in range(days[number])
                for n in range(total // days[number] + (d < total % days[number]))
            }
            self._taken[number] = defaultdict(set)
        # What several classes share has the least choice, a subject of five hours the next least.
        for unit in sorted(
            units,
            key=lambda u: (-len(u.classes), u.subject != TALKS, -u.hours, u.classes[0].number),
        ):
            for _ in range(unit.hours):
                self._place(unit)

    def append(self, unit: Unit) -> None:
        """Put an elective after the last lesson of its classes."""
        ends = [
            max((s.number for s in group.slots if s.weekday == weekday), default=0)
            for weekday in range(5)
            for group in unit.classes
        ]
        last = max(ends, default=0) + 1
        for hour in range(unit.hours):
            self._take(unit, (1 + 2 * hour, last))

    def _place(self, unit: Unit) -> None:
        common = set.intersection(*(self._free[group.number] for group in unit.classes))
        used = set().union(*(self._taken[group.number][unit.subject] for group in unit.classes))
        choice = sorted(place for place in common if place[0] not in used) or sorted(common)
        if not choice:
            return
        if unit.subject == TALKS and (0, 1) in choice:
            self._take(unit, (0, 1))
            return
        room: dict[int, int] = defaultdict(int)
        for weekday, _number in common:
            room[weekday] += 1
        fitting = [
            place
            for place in choice
            if not any(place in self._busy[teacher.number] for _group, teacher in unit.lanes)
        ]
        # A day with much room left first: the last subjects must still find different days.
        most = max(room[place[0]] for place in fitting or choice)
        self._take(
            unit,
            self._random.choice([place for place in fitting or choice if room[place[0]] == most]),
        )

    def _take(self, unit: Unit, place: Place) -> None:
        for group in unit.classes:
            self._free.get(group.number, set()).discard(place)
            self._taken.get(group.number, defaultdict(set))[unit.subject].add(place[0])
        for group, teacher in unit.lanes:
            self._busy[teacher.number].add(place)
            group.slots.append(Slot(place[0], place[1], unit.subject, teacher))
