"""What resolving gives, whatever is resolved: matches, new ones, questions. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from connector.names import fold
from connector.planned import Have, Link, Note, Question

T = TypeVar("T")

# How sure a piece of evidence makes us, from 0 to 100; below 100 a person decides.
SURE = 100
SAME_CLASS = 90
MOVED_UP = 85
OTHER_LETTER = 75
ELSEWHERE = 70
GONE = 60


@dataclass(frozen=True, slots=True)
class Match:
    """The vendor object a local key means.

    Attributes:
        vendor_id: of the object.
        evidence: a word, as in `Operation.evidence`.
        score: how sure, from 0 to 100.
        stored: the mirror's links hold it already under this very key.
        decided_by: as in `Link`.

    """

    vendor_id: int
    evidence: str
    score: int = SURE
    stored: bool = False
    decided_by: str = "automatic"


@dataclass(slots=True)
class Resolution(Generic[T]):
    """What became of the local objects of one resource; each is matched, new, or asked about.

    Attributes:
        resource: as in `Question.resource`.
        matched: by local key.
        new: have no twin at the vendor. Of teachers and subjects: decided to have none.
        questions: what a person must decide first; nothing is planned for them.
        notes: what to tell.
        in_doubt: vendor objects that may turn out to be somebody, more than the questions show.

    """

    resource: str
    matched: dict[str, Match] = field(default_factory=dict)
    new: list[T] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    in_doubt: set[int] = field(default_factory=set)

    @property
    def ids(self) -> dict[str, int]:
        """Vendor ids by local key."""
        return {key: match.vendor_id for key, match in self.matched.items()}

    @property
    def candidates(self) -> set[int]:
        """Vendor objects that may turn out to be somebody: never to be ended or archived."""
        shown = {c.vendor_id for question in self.questions for c in question.candidates}
        return shown | self.in_doubt

    def links(self, study_year: int) -> list[Link]:
        """Identities that were found and are not kept yet, by local key."""
        return [
            Link(self.resource, key, m.vendor_id, m.evidence, m.score, m.decided_by, study_year)
            for key, m in sorted(self.matched.items())
            if not m.stored
        ]


def stored_links(have: Have, resource: str) -> dict[str, Link]:
    """Links of a resource by folded local key: case, ё and spaces make no other key."""
    return {fold(key): link for (kind, key), link in have.links.items() if kind == resource}


def pick_unique(fits: Mapping[str, Collection[int]]) -> dict[str, int]:
    """Pairs that fit on both sides alone: a key with one fitting object that fits no other key."""
    wanted: dict[int, int] = {}
    for ids in fits.values():
        for one in set(ids):
            wanted[one] = wanted.get(one, 0) + 1
    found = {}
    for key, ids in fits.items():
        alone = set(ids)
        if len(alone) == 1 and wanted[(one := alone.pop())] == 1:
            found[key] = one
    return found
