"""Pupils' identities that were decided before: which of them can be gone by today. Pure.

A key of СНИЛС, of name and birthday, or of a file's own ids means one child for ever. A key that is only a name and a
class means whoever bears the name in that class: next September, or after a transfer, that may be another child.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from connector.planned import Link
from connector.source import SourcePupil
from connector.sync.identity import Match
from connector.sync.roll import Roll, keys_of

PERSONS = "persons"
# Evidence that is used up once the person has left the class.
_OF_THE_CLASS = frozenset({"name+class", "name_and_class", "class", "link", "created"})
_CLASS_KEY = "class:"


@dataclass(slots=True)
class Followed:
    """Where the links lead.

    Attributes:
        matched: to one person each.
        decided_new: to nobody: a new pupil was decided.
        twice: two keys to one person, by key.
        unsure: by name and class, while somebody else in the files bears the name.
        lost: to a person whom the mirror does not know.

    """

    matched: dict[str, Match] = field(default_factory=dict)
    decided_new: set[str] = field(default_factory=set)
    twice: dict[str, int] = field(default_factory=dict)
    unsure: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)


def follow(
    pupils: Mapping[str, SourcePupil],
    roll: Roll,
    study_year: int,
    rivals: Callable[[str], Collection[str]],
) -> Followed:
    """Follow the links of pupils, given by key.

    Args:
        pupils: of the files.
        roll: the vendor's side.
        study_year: of the files.
        rivals: keys of other pupils of the files who bear a pupil's name and whom nothing tells apart.

    """
    found = Followed()
    spellings = {key: keys_of(pupil) for key, pupil in pupils.items()}
    bearers = Counter(chain.from_iterable(spellings.values()))
    links = {}
    for key, pupil in pupils.items():
        # A key that is not his own is only his where nobody else could have it.
        own = [spelling for spelling in spellings[key] if spelling == key or bearers[spelling] == 1]
        link = _link(pupil, own, roll, study_year)
        if link is not None:
            links[key] = link
    wanted: dict[int, list[str]] = defaultdict(list)
    for key, link in links.items():
        if link.vendor_id is None:
            found.decided_new.add(key)
        elif link.vendor_id not in roll.have.persons:
            found.lost.add(key)
        elif link.local_key.startswith(_CLASS_KEY) and any(r not in links for r in rivals(key)):
            found.unsure[key] = link.vendor_id
        else:
            wanted[link.vendor_id].append(key)
    for person, keys in wanted.items():
        if len(keys) > 1:
            found.twice |= dict.fromkeys(keys, person)
        else:
            found.matched[keys[0]] = _match(pupils[keys[0]], person, links[keys[0]], roll)
    return found


def _link(pupil: SourcePupil, keys: Iterable[str], roll: Roll, study_year: int) -> Link | None:
    """Find the first link that holds under one of a pupil's keys."""
    for key in keys:
        link = roll.have.links.get((PERSONS, key))
        if link is not None and (
            not key.startswith(_CLASS_KEY) or _still_holds(link, pupil, roll, study_year)
        ):
            return link
    return None


def _still_holds(link: Link, pupil: SourcePupil, roll: Roll, study_year: int) -> bool:
    """Whether a link whose key is only a name and a class can be gone by.

    It can while the person stands in that class. A decision of this year also counts before he first stands there, or
    where it was made knowing that he stood there once and does not now.
    """
    if link.vendor_id is None:
        return link.study_year in (None, study_year)
    if roll.stands(link.vendor_id, pupil):
        return True
    stood = (link.vendor_id, roll.groups.get(pupil.edu_group)) in roll.have.former
    return link.study_year == study_year and not (stood and link.evidence in _OF_THE_CLASS)


def _match(pupil: SourcePupil, person: int, link: Link, roll: Roll) -> Match:
    """Say how a link was followed; one that named a stranger to the class is kept as one of the class by now."""
    evidence = "snils" if link.local_key.startswith("snils:") else "link"
    stored = link.local_key == pupil.local_key
    if pupil.local_key.startswith(_CLASS_KEY) and roll.stands(person, pupil):
        stored = stored and link.evidence in _OF_THE_CLASS
        evidence = "link" if stored else "name+class"
    return Match(person, evidence, link.score, stored, link.decided_by)
