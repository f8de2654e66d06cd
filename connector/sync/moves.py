"""In which order lessons may change, so that none takes an hour before the other has left it.

A vendor may refuse a lesson where the group or the teacher is busy. Cancellations come first and creations last, so
only changes can stand in each other's way.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from connector.planned import HaveLesson
from connector.sync.pattern import WeekLesson

# What only one lesson of a date can have: a group's or a teacher's hour.
Seat = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """A lesson and what it becomes; `wish` tells where that comes from."""

    lesson: HaveLesson
    number: int
    subject_id: int
    teacher_ids: tuple[int, ...]
    place_id: int | None
    wish: WeekLesson

    @property
    def moves(self) -> bool:
        """Whether it gets another number."""
        return self.number != self.lesson.number

    @property
    def differs(self) -> bool:
        """Whether there is anything to change."""
        lesson = self.lesson
        return (
            (self.number, self.subject_id, self.place_id)
            != (lesson.number, lesson.subject_id, lesson.place_id)
        ) or (
            self.teacher_ids != lesson.teacher_ids
            and set(self.teacher_ids) != set(lesson.teacher_ids)
        )

    @property
    def held(self) -> frozenset[Seat]:
        """Seats it has before."""
        return _seats(self.lesson.edu_group_id, self.lesson.number or 0, self.lesson.teacher_ids)

    @property
    def wanted(self) -> frozenset[Seat]:
        """Seats it has afterwards."""
        return _seats(self.lesson.edu_group_id, self.number, self.teacher_ids)


def _seats(group: int, number: int, teachers: Iterable[int]) -> frozenset[Seat]:
    return frozenset({("group", group, number), *(("teacher", one, number) for one in teachers)})


def exchanged(changes: Sequence[Change]) -> list[Change]:
    """Let lessons of one day that swap numbers in a ring swap subjects and teachers instead: each keeps its hour."""
    by_number = {one.lesson.number: one for one in changes if one.moves}
    done, found = set(), []
    for change in changes:
        ring = _ring(change, by_number)
        if not ring:
            found.append(change)
        for one, after in zip(ring, ring[1:] + ring[:1], strict=True):
            # What moves to the hour of `after` is written over the lesson that stands there.
            if after.lesson.id not in done:
                done.add(after.lesson.id)
                found.append(replace(one, lesson=after.lesson))
    return found


def _ring(start: Change, by_number: Mapping[int | None, Change]) -> list[Change]:
    ring = [start]
    following = by_number.get(start.number)
    while following is not None and following is not start and len(ring) <= len(by_number):
        ring.append(following)
        following = by_number.get(following.number)
    return ring if following is start and start.moves else []


def in_order(changes: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """Order changes so that each finds its seats free.

    Returns:
        Changes in order; and those that close a ring (teachers who swap classes), which must be made anew: cancelled
        before all changes and created after them.

    """
    days: dict[date, list[Change]] = defaultdict(list)
    for change in changes:
        days[change.lesson.date].append(change)
    ordered: list[Change] = []
    anew: list[Change] = []
    for _day, ones in sorted(days.items()):
        _order_day(sorted(ones, key=lambda one: one.lesson.id), ordered, anew)
    return ordered, anew


def _order_day(changes: Sequence[Change], ordered: list[Change], anew: list[Change]) -> None:
    leaving: dict[Seat, list[int]] = defaultdict(list)
    for index, change in enumerate(changes):
        for seat in change.held - change.wanted:
            leaving[seat].append(index)
    waits = {
        index: {other for seat in change.wanted - change.held for other in leaving.get(seat, ())}
        for index, change in enumerate(changes)
    }
    frees: dict[int, list[int]] = defaultdict(list)
    for index, others in waits.items():
        for other in others:
            frees[other].append(index)
    ready = [index for index, others in waits.items() if not others]
    while waits:
        if ready:
            index = ready.pop(0)
            ordered.append(changes[index])
        else:
            index = _on_a_ring(waits)
            anew.append(changes[index])
        del waits[index]
        for other in frees[index]:
            if other in waits:
                waits[other].discard(index)
                if not waits[other]:
                    ready.append(other)


def _on_a_ring(waits: Mapping[int, set[int]]) -> int:
    """A change that waits, over others, for itself; there is one where all wait."""
    index, seen = min(waits), set()
    while index not in seen:
        seen.add(index)
        index = min(waits[index])
    return index
