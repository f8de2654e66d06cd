"""Which groups belong together: classes, their subgroups, streams of several classes, and what they inherit."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from connector.reports.journal import Group

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Families:
    """Groups by id, and what they pass on to each other."""

    groups: dict[int, Group]

    def inherit(self, own: Mapping[int, tuple[T, ...]]) -> dict[int, tuple[T, ...]]:
        """Give each group its own values, else its classes', else its year group's, else the school's usual ones.

        A subgroup often has no reporting periods or holidays of its own, though it lives by its class's.
        """
        by_parallel: dict[int, list[int]] = defaultdict(list)
        for group in self.groups.values():
            for parallel in group.parallels:
                by_parallel[parallel].append(group.id)
        usual = _usual(own, own)
        found: dict[int, tuple[T, ...]] = {}
        for group in self.groups.values():
            peers = [peer for parallel in sorted(group.parallels) for peer in by_parallel[parallel]]
            found[group.id] = (
                own.get(group.id)
                or _usual(own, sorted(group.class_ids))
                or _usual(own, peers)
                or usual
            )
        return found


def _usual(own: Mapping[int, tuple[T, ...]], groups: Iterable[int]) -> tuple[T, ...]:
    """The values most of these groups have; the first of them where several are as frequent."""
    counted = Counter(own[group] for group in groups if own.get(group))
    return counted.most_common(1)[0][0] if counted else ()


def families(
    groups: Iterable[tuple[Any, ...]],
    parents: Iterable[tuple[Any, ...]],
    pupils: Iterable[tuple[Any, ...]],
) -> Families:
    """Join groups, parents and pupils.

    Args:
        groups: id, name, parallel; 0 and None say that it has none.
        parents: id and parent's id.
        pupils: group's id, person's id, whether the membership is active.

    """
    rows = list(groups)
    own_parallel = {group: parallel for group, _, parallel in rows if parallel}
    parents_of: dict[int, list[int]] = defaultdict(list)
    for group, parent in parents:
        parents_of[group].append(parent)
    members: dict[int, set[int]] = defaultdict(set)
    active: dict[int, set[int]] = defaultdict(set)
    for group, person, is_active in pupils:
        members[group].add(person)
        if is_active:
            active[group].add(person)
    groups_of: dict[int, set[int]] = defaultdict(set)
    for group, persons in active.items():
        for person in persons:
            groups_of[person].add(group)

    def parallels_of(group: int) -> frozenset[int]:
        if group in own_parallel:
            return frozenset((own_parallel[group],))
        known = frozenset(
            own_parallel[parent] for parent in parents_of[group] if parent in own_parallel
        )
        if known:
            return known
        others = {other for person in active[group] for other in groups_of[person]}
        return frozenset(own_parallel[other] for other in others if other in own_parallel)

    return Families(
        groups={
            group: Group(
                id=group,
                name=name,
                parallels=parallels_of(group),
                class_ids=frozenset(parents_of[group]) or frozenset((group,)),
                members=frozenset(members[group]),
                active_members=frozenset(active[group]),
            )
            for group, name, _ in rows
        },
    )
