"""Which groups share pupils, and what groups and teachers are called. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from connector.planned import Have
from connector.sync.pattern import WeekLesson, group_name


class Kin:
    """What the diary and a timetable tell of groups that cannot have lessons at once."""

    def __init__(self, have: Have, lessons: Iterable[WeekLesson]) -> None:
        self._have = have
        self._divisions = _divisions(lessons)
        self._members: dict[int, set[int]] = defaultdict(set)
        for person, group in have.members:
            self._members[group].add(person)

    def roots(self, group: int) -> tuple[int, ...]:
        """The classes a part or stream is of; of a class itself."""
        known = self._have.groups.get(group)
        return known.parents if known is not None and known.parents else (group,)

    def share_pupils(self, first: int, second: int) -> bool:
        """Whether two groups of one class share pupils.

        The diary's lists say so; where one is missing, a class shares with its parts, and parts with those of another
        division. Only parts of one requirement are known to be of one division.
        """
        if first == second:
            return True
        pupils = self._members.get(first), self._members.get(second)
        if pupils[0] and pupils[1]:
            return bool(pupils[0] & pupils[1])
        if first in self.roots(second) or second in self.roots(first):
            return True
        divisions = self._divisions.get(first), self._divisions.get(second)
        return None not in divisions and divisions[0] != divisions[1]

    def group(self, group: int) -> str:
        """As `group_name`."""
        return group_name(self._have, group)

    def teacher(self, teacher: int) -> str:
        """A teacher's full name, the id where the diary shows none."""
        known = self._have.teachers.get(teacher)
        if known is None:
            return str(teacher)
        parts = (known.last_name, known.first_name, known.middle_name)
        return " ".join(part for part in parts if part)


def _divisions(lessons: Iterable[WeekLesson]) -> dict[int, int]:
    """Groups that are parts of one division, each under one of them: those that have a requirement in common."""
    parts: dict[str, set[int]] = defaultdict(set)
    for lesson in lessons:
        if lesson.requirement:
            parts[lesson.requirement].add(lesson.edu_group_id)
    leader: dict[int, int] = {}
    for groups in parts.values():
        if len(groups) > 1:
            chief = min(_chief(leader, group) for group in groups)
            leader.update({_chief(leader, group): chief for group in groups})
    return {group: _chief(leader, group) for group in leader}


def _chief(leader: Mapping[int, int], group: int) -> int:
    while leader.get(group, group) != group:
        group = leader[group]
    return group
