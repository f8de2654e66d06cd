"""Pupils that are nearly the same: another surname, a typo, a missing patronymic. Only ever a reason to ask. Pure.

Two of the three parts of a name must agree, and the birthday or the class; all by looking up, never by comparing
everyone with everyone. A twin shares surname, patronymic and birthday, so another first name is a typo only where it
is all but the same word.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from connector.names import parse_class
from connector.planned import HavePerson
from connector.source import SourcePupil
from connector.sync.roll import Name, Roll, contradict

_TWICE = re.compile(r"(.)\1+")
_SOFT = re.compile(r"[иь](?=[аеюя])")
# A surname at least so alike is a typo rather than a new one.
_ALIKE = 90
_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A person who is nearly the pupil.

    Attributes:
        person: vendor id.
        reason: a word of `Question.reason`.
        score: from 0 to 99.
        by_birthday: the birthday agrees; else only the class.

    """

    person: int
    reason: str
    score: int
    by_birthday: bool


def sound(word: str) -> str:
    """What spellings of one first name share: Наталья and Наталия, Кирилл and Кирил, Даниил and Данил."""
    return _SOFT.sub("ь", _TWICE.sub(r"\1", word))


def is_typo(one: str, other: str) -> bool:
    """Whether two folded words are all but the same: one spelling of the other, or one slip of the hand."""
    return sound(one) == sound(other) or OSA.distance(one, other) <= 1


class Neighbours:
    """Persons nobody has claimed, by what a near name would share with them."""

    def __init__(self, roll: Roll, unclaimed: Iterable[int]) -> None:
        """Index `unclaimed` persons of the roll."""
        self._roll = roll
        self._index: dict[_Key, list[int]] = defaultdict(list)
        for person in unclaimed:
            who = roll.have.persons[person]
            anchors = _anchors(roll, person)
            if who.birthday is not None:
                anchors.append(("born", who.birthday))
            for anchor in anchors:
                for part in _parts(roll.names[person], anchor):
                    self._index[*anchor, *part].append(person)

    def of(self, pupil: SourcePupil) -> list[Near]:
        """Persons who are nearly the pupil, best first."""
        parsed = parse_class(pupil.edu_group)
        anchors: list[_Key] = [("below", parsed.parallel)] if parsed else []
        here = self._roll.groups.get(pupil.edu_group)
        if here is not None:
            anchors.append(("class", here))
        if pupil.birthday is not None:
            anchors.append(("born", pupil.birthday))
        name = Name.of(pupil)
        met = {
            person
            for anchor in anchors
            for part in _parts(name, anchor)
            for person in self._index.get((*anchor, *part), ())
        }
        found = []
        for person in met:
            near = _judge(pupil, name, self._roll.have.persons[person], self._roll.names[person])
            if near is not None:
                found.append(near)
        return sorted(found, key=lambda n: (-n.score, n.person))


def _anchors(roll: Roll, person: int) -> list[_Key]:
    """Classes a person stands in, or parallels into which those of last year move up."""
    now = roll.classes.get(person)
    if now:
        return [("class", group) for group in now]
    last = [roll.have.groups[group].parallel for group in roll.last.get(person, ())]
    return [("below", parallel + 1) for parallel in last if parallel is not None]


def _parts(name: Name, anchor: _Key) -> Iterator[_Key]:
    """What of a name must agree; with the birthday the first name is enough, for patronymics are often left out."""
    last, first, middle = name.last, sound(name.first), name.middle or ""
    yield "last+first", last, first
    yield "first+middle", first, middle
    if middle:
        yield "last+middle", last, middle
    if anchor[0] == "born":
        yield "first", first


def _judge(pupil: SourcePupil, name: Name, who: HavePerson, known: Name) -> Near | None:
    """Decide what a pair that shares two parts of a name is; None where it is nothing."""
    if contradict(pupil.birthday, who.birthday):
        return None
    same_day = pupil.birthday is not None and pupil.birthday == who.birthday
    alike = int(ratio(_whole(name), _whole(known)))
    score = min(99, alike) if same_day else min(80, alike)
    middles = {name.middle or "", known.middle or ""}
    if sound(name.first) != sound(known.first):
        # With the same birthday it may be a twin: then only two letters that changed places are a slip.
        slip = is_typo(name.first, known.first)
        if slip and same_day:
            slip = sorted(name.first) == sorted(known.first)
        return Near(who.id, "similar_name", score, same_day) if slip else None
    if name.last != known.last:
        if len(middles) > 1 and not ("" in middles and same_day):
            return None
        slip = is_typo(name.last, known.last) or ratio(name.last, known.last) >= _ALIKE
        return Near(who.id, "similar_name" if slip else "surname_changed", score, same_day)
    if "" in middles or same_day or is_typo(name.middle or "", known.middle or ""):
        return Near(who.id, "similar_name", score, same_day)
    return None


def _whole(name: Name) -> str:
    return f"{name.last} {name.first} {name.middle or ''}"
