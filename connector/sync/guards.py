"""Limits that a plan must not exceed unasked. Pure.

The disaster to prevent is a program that dutifully takes out what a broken file no longer names.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from connector.planned import Guard, Have, Operation

WHOLE_SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of what exists may change at once, in per cent; archives also in rows, whichever is less."""

    create: int = 30
    update: int = 30
    move: int = 20
    archive: int = 10
    archive_rows: int = 25

    def limit(self, kind: str, existing: int) -> int:
        """Rows of a kind (`Operation.kind`) that may change where `existing` rows are."""
        share: int = getattr(self, kind)
        allowed = existing * share // 100
        return min(allowed, self.archive_rows) if kind == "archive" else allowed


# At the turn of the year whole classes come, move up and go.
ROLLOVER = Shares(create=100, update=60, move=60, archive=30, archive_rows=200)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is normal for a school.

    Attributes:
        usual: shares on an ordinary day.
        rollover: shares inside the window.
        window: first and last (month, day) of the rollover window, inclusive; None: there is none.
        ignored_under: with fewer existing rows nothing is limited.

    """

    usual: Shares = Shares()
    rollover: Shares = ROLLOVER
    window: tuple[tuple[int, int], tuple[int, int]] | None = ((8, 25), (9, 10))
    ignored_under: int = 10

    def shares(self, day: date) -> Shares:
        """Shares that hold on a day; a window may span the new year."""
        if self.window is None:
            return self.usual
        first, last = self.window
        now = (day.month, day.day)
        inside = first <= now <= last if first <= last else now >= first or now <= last
        return self.rollover if inside else self.usual


def guard(
    operations: Sequence[Operation], have: Have, limits: Limits, today: date
) -> tuple[list[Guard], list[Operation]]:
    """Measure a plan against the limits.

    Args:
        operations: of the whole plan.
        have: the mirror, whose live rows are the measure.
        limits: of the school.
        today: decides whether the rollover window is open.

    Returns:
        Every limit that the plan comes near, tripped or not, by name: `school.persons.create`,
        `class.<id>.memberships.archive`. The operations with the names of the tripped ones that cover them.

    """
    shares = limits.shares(today)
    existing = _existing(have)
    asked: dict[str, list[int]] = defaultdict(list)
    measures: dict[str, tuple[str, int]] = {}
    for index, operation in enumerate(operations):
        if operation.resource == "lessons" and operation.kind == "create":
            continue
        for scope in _scopes(operation, have):
            rows = existing[scope][operation.resource]
            if rows < limits.ignored_under:
                continue
            name = f"{scope}.{operation.resource}.{operation.kind}"
            asked[name].append(index)
            measures[name] = operation.kind, rows
    found = [
        Guard(name, shares.limit(*measures[name]), len(indexes))
        for name, indexes in sorted(asked.items())
    ]
    covered: dict[int, list[str]] = defaultdict(list)
    for one in found:
        for index in asked[one.name] if one.tripped else ():
            covered[index].append(one.name)
    marked = [replace(o, guards=tuple(covered.get(n, ()))) for n, o in enumerate(operations)]
    return found, marked


def _existing(have: Have) -> Mapping[str, Counter[str]]:
    """Live rows by scope and resource; of a class with the subgroups it has."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    school = counts[WHOLE_SCHOOL]
    school["edu_groups"] = len(have.groups)
    school["persons"] = sum(person.live for person in have.persons.values())
    school["memberships"] = len(have.members)
    school["lessons"] = len(have.lessons)
    for (group, resource), rows in have.stock.items():
        counts[_class(group) if group else WHOLE_SCHOOL][resource] = rows
    for _person, group in have.members:
        counts[_class(group)]["memberships"] += 1
        counts[_class(group)]["persons"] += 1
    for lesson in have.lessons.values():
        counts[_class(lesson.edu_group_id)]["lessons"] += 1
    return counts


def _class(group: object) -> str:
    return f"class.{group}"


def _scopes(operation: Operation, have: Have) -> list[str]:
    """What an operation counts for: the school, its group, and the group it takes somebody from."""
    groups = {operation.edu_group}
    if operation.op == "membership.move":
        groups.add(str((operation.after or {}).get("from_group_id", "")))
    known = [g for g in sorted(groups) if g.isdecimal() and int(g) in have.groups]
    return [WHOLE_SCHOOL, *map(_class, known)]


def safe_part(operations: Iterable[Operation]) -> set[int]:
    """Numbers of the operations that no tripped guard covers and that depend on none of those."""
    listed = list(operations)
    safe = {operation.number for operation in listed if not operation.guards}
    while True:
        # What is not in the plan cannot be relied on either.
        lost = {o.number for o in listed if o.number in safe and not safe.issuperset(o.needs)}
        if not lost:
            return safe
        safe -= lost
