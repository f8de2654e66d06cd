"""Which class or subgroup of the vendor a class or subgroup of the files is. Pure.

A class is its canonical name within a study year; a subgroup its name within a class. A renamed one is found by its
link only. A pseudo-class (home schooling, clubs) is never made by itself: it is found by name or asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz.fuzz import token_sort_ratio

from connector.names import fold, parse_class
from connector.planned import Candidate, Have, HaveGroup, Link, Question
from connector.source import SourceGroup
from connector.sync.identity import SURE, Match, Resolution, stored_links
from connector.sync.roll import is_class

GROUPS = "edu_groups"
Pair = tuple[str, str]


def group_key(study_year: int, name: str, subgroup: str = "") -> str:
    """Local key of a class or of its subgroup: `2026:5А`, `2026:5А|англ. 1`."""
    return f"{study_year}:{name}|{subgroup}" if subgroup else f"{study_year}:{name}"


@dataclass(slots=True)
class GroupResolution(Resolution[SourceGroup]):
    """Also by names, as files speak of groups.

    Attributes:
        pairs: vendor ids by (class, subgroup); subgroup "" is the class itself.

    """

    resource: str = GROUPS
    pairs: dict[Pair, int] = field(default_factory=dict)

    @property
    def classes(self) -> dict[str, int]:
        """Vendor ids of classes by canonical name."""
        return {name: identity for (name, part), identity in self.pairs.items() if not part}

    def links(self, study_year: int) -> list[Link]:
        """None: a name is no identity to keep, or a class renamed in the diary would be named back."""
        del study_year
        return []


def canonical(name: str) -> str:
    """A class name as files spell it, folded: `5 "а" класс` is `5а`."""
    parsed = parse_class(name)
    return fold(parsed.name if parsed else name)


def subgroup_name(name: str, of: str) -> str:
    """A subgroup's own name, folded, without the class before it: `5А (англ. 1)` is `англ. 1`."""
    plain = fold(name)
    parsed = fold(of)
    if plain.startswith(parsed) and not plain[len(parsed) :][:1].isalnum():
        plain = plain[len(parsed) :].strip(" -,:/")
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    return plain or fold(name)


def resolve_groups(
    groups: Iterable[SourceGroup], have: Have, *, study_year: int
) -> GroupResolution:
    """Find the files' classes and subgroups among the vendor's of one study year."""
    found = GroupResolution()
    wanted = {(g.parent or g.name, g.name if g.parent else ""): g for g in groups}
    wanted = dict(sorted(wanted.items()))
    links = stored_links(have, GROUPS)
    live = [g for g in have.groups.values() if g.study_year in (study_year, None)]
    rest: list[Pair] = []
    for pair, group in wanted.items():
        key = group_key(study_year, *pair)
        link = links.get(fold(key))
        if link is None:
            rest.append(pair)
        else:
            _follow(found, link, pair, group, have, study_year)
    claimed = set(found.pairs.values())
    free = [group for group in live if group.id not in claimed]
    _classes(found, {p: wanted[p] for p in rest if not p[1]}, free, have, study_year)
    _subgroups(found, {p: wanted[p] for p in rest if p[1]}, free, have, study_year)
    return found


def _follow(
    found: GroupResolution,
    link: Link,
    pair: Pair,
    group: SourceGroup,
    have: Have,
    study_year: int,
) -> None:
    key = group_key(study_year, *pair)
    there = have.groups.get(link.vendor_id) if link.vendor_id is not None else None
    if link.vendor_id is None:
        # Once made, it is found by its name.
        same = [
            g for g in have.groups.values() if g.study_year == study_year and _is_it(g, pair, found)
        ]
        if len(same) == 1:
            _take(found, pair, same[0].id, Match(same[0].id, "name", SURE), study_year)
        else:
            found.new.append(group)
    elif there is None or there.study_year not in (study_year, None):
        found.questions.append(Question(GROUPS, key, _label(pair), "link_lost"))
    elif there.id in found.pairs.values():
        candidate = Candidate(there.id, there.name, link.score, link.evidence)
        found.questions.append(Question(GROUPS, key, _label(pair), "claimed_twice", (candidate,)))
    else:
        _take(found, pair, there.id, Match(there.id, "link", link.score, stored=True), study_year)


def _is_it(group: HaveGroup, pair: Pair, found: GroupResolution) -> bool:
    name, part = pair
    if not part:
        return is_class(group) and canonical(group.name) == canonical(name)
    return found.pairs.get((name, "")) in group.parents and subgroup_name(
        group.name, name
    ) == subgroup_name(part, name)


def _take(found: GroupResolution, pair: Pair, identity: int, match: Match, study_year: int) -> None:
    found.pairs[pair] = identity
    found.matched[group_key(study_year, *pair)] = match


def _classes(
    found: GroupResolution,
    wanted: Mapping[Pair, SourceGroup],
    free: Iterable[HaveGroup],
    have: Have,
    study_year: int,
) -> None:
    by_name: dict[str, list[HaveGroup]] = defaultdict(list)
    by_parallel: dict[int, list[HaveGroup]] = defaultdict(list)
    for group in filter(is_class, free):
        by_name[canonical(group.name)].append(group)
        parsed = parse_class(group.name)
        if parsed is not None and parsed.parallel:
            by_parallel[parsed.parallel].append(group)
    exact = set()
    for pair in wanted:
        same = _unrefused(by_name.get(canonical(pair[0]), ()), pair, have, study_year)
        if len(same) == 1 and same[0].study_year == study_year:
            exact.add(same[0].id)
            _take(found, pair, same[0].id, Match(same[0].id, "name", SURE), study_year)
        elif same:
            _ask(found, pair, "two_fit" if len(same) > 1 else "unknown_year", same, study_year)
    for pair, source in wanted.items():
        if pair in found.pairs or canonical(pair[0]) in by_name:
            continue
        near = [
            group
            for group in _unrefused(
                by_parallel.get(source.parallel or 0, ()), pair, have, study_year
            )
            if group.id not in exact and _may_be(source, group)
        ]
        if near or source.parallel is None:
            _ask(found, pair, "similar_name" if near else "pseudo_class", near, study_year)
        else:
            found.new.append(source)


def _may_be(source: SourceGroup, group: HaveGroup) -> bool:
    """Whether two classes of one parallel differ only by a profile or by a letter that is not said."""
    parsed = parse_class(group.name)
    letter = parsed.letter if parsed else ""
    return letter == source.letter or not letter or not source.letter


def _subgroups(
    found: GroupResolution,
    wanted: Mapping[Pair, SourceGroup],
    free: Iterable[HaveGroup],
    have: Have,
    study_year: int,
) -> None:
    of_class: dict[int, list[HaveGroup]] = defaultdict(list)
    for group in free:
        for parent in group.parents if not is_class(group) else ():
            of_class[parent].append(group)
    open_classes = {question.label for question in found.questions}
    for pair in wanted:
        inside = of_class.get(found.pairs.get((pair[0], ""), 0), ())
        same = [g for g in _unrefused(inside, pair, have, study_year) if _is_it(g, pair, found)]
        if len(same) == 1:
            _take(found, pair, same[0].id, Match(same[0].id, "name", SURE), study_year)
        elif same:
            _ask(found, pair, "two_fit", same, study_year)
    taken = set(found.pairs.values())
    for pair, source in wanted.items():
        if pair in found.pairs or pair[0] in open_classes:
            continue
        inside = of_class.get(found.pairs.get((pair[0], ""), 0), ())
        left = [g for g in _unrefused(inside, pair, have, study_year) if g.id not in taken]
        asked = {question.local_key for question in found.questions}
        if group_key(study_year, *pair) in asked:
            continue
        if left:
            _ask(found, pair, "similar_name", left, study_year)
        else:
            found.new.append(source)


def _unrefused(
    groups: Iterable[HaveGroup], pair: Pair, have: Have, study_year: int
) -> list[HaveGroup]:
    key = group_key(study_year, *pair)
    return [group for group in groups if (GROUPS, key, group.id) not in have.refused]


def _ask(
    found: GroupResolution, pair: Pair, reason: str, near: Iterable[HaveGroup], study_year: int
) -> None:
    label = _label(pair)
    candidates = sorted(
        (
            Candidate(
                g.id, g.name, min(99, int(token_sort_ratio(fold(label), fold(g.name)))), "name"
            )
            for g in near
        ),
        key=lambda c: (-c.score, c.vendor_id),
    )
    found.questions.append(
        Question(GROUPS, group_key(study_year, *pair), label, reason, tuple(candidates))
    )


def _label(pair: Pair) -> str:
    return f"{pair[0]} ({pair[1]})" if pair[1] else pair[0]
