"""Which class or subgroup of the vendor a class or subgroup of the files is. Pure.

A class is its canonical name within a study year; a subgroup its name within a class. A renamed one is found by its
link only. A pseudo-class (home schooling, clubs) is never made by itself: it is found by name or asked about.
"""

from collections import defaultdict
from collections.abc import Iterable
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
    return _Search(groups, have, study_year).run()


class _Search:
    def __init__(self, groups: Iterable[SourceGroup], have: Have, study_year: int) -> None:
        self.have = have
        self.year = study_year
        self.found = GroupResolution()
        self.links = stored_links(have, GROUPS)
        self.wanted: dict[Pair, SourceGroup] = {}
        # Other spellings of a pair by the pair; one of them speaks for all.
        self.spellings: dict[Pair, set[Pair]] = defaultdict(set)
        first: dict[Pair, Pair] = {}
        for group in sorted(groups, key=_pair):
            pair = _pair(group)
            known = first.setdefault(
                (canonical(pair[0]), subgroup_name(pair[1], pair[0]) if pair[1] else ""), pair
            )
            self.spellings[known].add(pair)
            self.wanted.setdefault(known, group)
        self.asked: set[Pair] = set()
        self.taken: set[int] = set()
        self.by_name: dict[str, list[HaveGroup]] = defaultdict(list)
        self.by_parallel: dict[int, list[HaveGroup]] = defaultdict(list)
        self.of_class: dict[int, list[HaveGroup]] = defaultdict(list)
        for shown in have.groups.values():
            if shown.study_year in (study_year, None):
                self._index(shown)

    def _index(self, group: HaveGroup) -> None:
        if is_class(group):
            self.by_name[canonical(group.name)].append(group)
            parsed = parse_class(group.name)
            if parsed is not None and parsed.parallel is not None:
                self.by_parallel[parsed.parallel].append(group)
        else:
            for parent in group.parents:
                self.of_class[parent].append(group)

    def run(self) -> GroupResolution:
        # Classes before their subgroups; of each, what is decided before what is only called so.
        for is_part in (False, True):
            pairs = sorted(pair for pair in self.wanted if bool(pair[1]) is is_part)
            for step in (self._follow, self._match, self._conclude):
                for pair in pairs:
                    if pair not in self.found.pairs and pair not in self.asked:
                        step(pair)
        return self.found

    def _link(self, pair: Pair) -> Link | None:
        return self.links.get(fold(group_key(self.year, *pair)))

    def _follow(self, pair: Pair) -> None:
        """Go by what was decided."""
        link = self._link(pair)
        if link is None or link.vendor_id is None:
            return
        there = self.have.groups.get(link.vendor_id)
        if there is None or there.study_year not in (self.year, None):
            self._ask(pair, "link_lost", ())
        elif there.id in self.taken:
            self._ask(pair, "claimed_twice", [there])
        else:
            self._take(pair, Match(there.id, "link", link.score, stored=True))

    def _match(self, pair: Pair) -> None:
        """Go by the name."""
        same = self._same(pair)
        if len(same) == 1 and same[0].study_year == self.year:
            self._take(pair, Match(same[0].id, "name", SURE))
        elif same:
            self._ask(pair, "two_fit" if len(same) > 1 else "unknown_year", same)

    def _conclude(self, pair: Pair) -> None:
        """Say of what has no twin whether it is new."""
        group = self.wanted[pair]
        if pair[1] and (pair[0], "") in self.asked:
            return
        near = self._near(pair, group)
        if self._link(pair) is not None:
            self.found.new.append(group)
        elif near:
            self._ask(pair, "similar_name", near)
        elif group.parallel is None and not group.parent:
            self._ask(pair, "pseudo_class", ())
        else:
            self.found.new.append(group)

    def _same(self, pair: Pair) -> list[HaveGroup]:
        name, part = pair
        if not part:
            return self._free(pair, self.by_name.get(canonical(name), ()))
        own = subgroup_name(part, name)
        return [g for g in self._inside(pair) if subgroup_name(g.name, name) == own]

    def _near(self, pair: Pair, group: SourceGroup) -> list[HaveGroup]:
        if pair[1]:
            return self._inside(pair)
        alike = self.by_parallel.get(group.parallel or 0, ())
        return [g for g in self._free(pair, alike) if _may_be(group, g)]

    def _inside(self, pair: Pair) -> list[HaveGroup]:
        """Free subgroups of the pair's class."""
        return self._free(pair, self.of_class.get(self.found.pairs.get((pair[0], ""), 0), ()))

    def _free(self, pair: Pair, groups: Iterable[HaveGroup]) -> list[HaveGroup]:
        key = group_key(self.year, *pair)
        return [
            g
            for g in groups
            if g.id not in self.taken and (GROUPS, key, g.id) not in self.have.refused
        ]

    def _take(self, pair: Pair, match: Match) -> None:
        self.taken.add(match.vendor_id)
        for spelling in self.spellings[pair]:
            self.found.pairs[spelling] = match.vendor_id
        self.found.matched[group_key(self.year, *pair)] = match

    def _ask(self, pair: Pair, reason: str, near: Iterable[HaveGroup]) -> None:
        self.asked.add(pair)
        label = f"{pair[0]} ({pair[1]})" if pair[1] else pair[0]
        candidates = [
            Candidate(
                g.id, g.name, min(99, int(token_sort_ratio(fold(label), fold(g.name)))), "name"
            )
            for g in near
        ]
        candidates.sort(key=lambda c: (-c.score, c.vendor_id))
        key = group_key(self.year, *pair)
        self.found.questions.append(Question(GROUPS, key, label, reason, tuple(candidates)))


def _pair(group: SourceGroup) -> Pair:
    return (group.parent, group.name) if group.parent else (group.name, "")


def _may_be(source: SourceGroup, group: HaveGroup) -> bool:
    """Whether two classes of one parallel differ only by a profile or by a letter that is not said."""
    parsed = parse_class(group.name)
    letter = parsed.letter if parsed else ""
    return letter == source.letter or not letter or not source.letter
