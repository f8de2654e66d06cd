"""The vendor's pupils laid out for looking up: by name, by birthday, by class. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from connector.names import fold, full_key, parse_class
from connector.planned import Have, HaveGroup, HavePerson
from connector.source import SourcePupil

CLASS = "Group"
# Nobody moves up from here.
LAST_PARALLEL = 11


def is_class(group: HaveGroup) -> bool:
    """Whether it is a class rather than a subgroup."""
    return group.type == CLASS


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, folded; `middle` None where nobody said whether there is one."""

    last: str
    first: str
    middle: str | None

    @classmethod
    def of(cls, who: HavePerson | SourcePupil) -> "Name":
        """Fold the name of either side."""
        middle = None if who.middle_name is None else fold(who.middle_name)
        return cls(fold(who.last_name), fold(who.first_name), middle)

    def fits(self, other: "Name") -> bool:
        """Whether nothing in the two full names differs."""
        return (self.last, self.first) == (other.last, other.first) and (
            self.middle is None or other.middle is None or self.middle == other.middle
        )


def contradict(one: date | None, other: date | None) -> bool:
    """Whether both birthdays are known and differ."""
    return one is not None and other is not None and one != other


def told_apart(one: SourcePupil, other: SourcePupil) -> bool:
    """Whether a file proves that two pupils of one name are two people."""
    return contradict(one.birthday, other.birthday) or bool(
        one.snils and other.snils and one.snils != other.snils
    )


def keys_of(pupil: SourcePupil) -> tuple[str, ...]:
    """Every key a file could know this pupil by, the own one first, then from the strongest to the weakest."""
    name = full_key(pupil.last_name, pupil.first_name, pupil.middle_name)
    found = [pupil.local_key]
    if pupil.snils:
        found.append(f"snils:{pupil.snils}")
    if pupil.birthday:
        found.append(f"born:{name}:{pupil.birthday.isoformat()}")
    if pupil.edu_group:
        found.append(f"class:{name}:{pupil.edu_group}")
    return tuple(dict.fromkeys(found))


class Roll:
    """Pupils of the vendor and where they stand, indexed.

    Attributes:
        classes: classes of the study year by person; `last` those of the year before.
        by_name: persons by folded (last, first) name; `by_birthday` by that and the birthday.

    """

    def __init__(self, have: Have, groups: Mapping[str, int], study_year: int) -> None:
        """Index `have`; `groups` are the ids of the study year's classes by canonical name."""
        self.have = have
        self.groups = groups
        self.classes: dict[int, list[int]] = defaultdict(list)
        self.last: dict[int, list[int]] = defaultdict(list)
        self.by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._later: set[int] = set()
        self._placed = {person for person, _group in have.former | have.members}
        self.names = {person.id: Name.of(person) for person in have.persons.values()}
        self.by_birthday: dict[tuple[str, str, date], list[int]] = defaultdict(list)
        for identity, name in self.names.items():
            self.by_name[name.last, name.first].append(identity)
            born = have.persons[identity].birthday
            if born is not None:
                self.by_birthday[name.last, name.first, born].append(identity)
        for person, group_id in have.members:
            group = have.groups.get(group_id)
            if group is None or not is_class(group):
                continue
            if group.study_year == study_year:
                self.classes[person].append(group_id)
            elif group.study_year == study_year - 1:
                self.last[person].append(group_id)
            elif group.study_year is not None and group.study_year > study_year:
                self._later.add(person)
        self._below: dict[int, list[HaveGroup]] = defaultdict(list)
        self._came_from: dict[str, dict[int, bool]] = {}
        for group in have.groups.values():
            if is_class(group) and group.study_year == study_year - 1 and group.parallel:
                self._below[group.parallel + 1].append(group)

    def places(self, person: int) -> list[int]:
        """Classes a person stands in: of the study year, else of the year before."""
        return self.classes.get(person) or self.last.get(person) or []

    def stands(self, person: int, pupil: SourcePupil) -> bool:
        """Whether a person stands in the very class of a pupil."""
        here = self.groups.get(pupil.edu_group)
        return here is not None and here in self.classes.get(person, ())

    def had_a_place(self, person: int) -> bool:
        """Whether a person stands or ever stood in a class."""
        return person in self._placed

    def is_enrolled_later(self, person: int) -> bool:
        """Whether a class of a later study year holds a person."""
        return person in self._later

    def came_from(self, name: str) -> dict[int, bool]:
        """Last year's classes from which a class may have moved up; True where the letter agrees too."""
        found = self._came_from.get(name)
        if found is None:
            parsed = parse_class(name)
            parallel, letter = (parsed.parallel, parsed.letter) if parsed else (None, "")
            # The tenth classes are made anew of the ninth ones.
            found = self._came_from[name] = {
                group.id: parallel == 10 or _letter(group) == letter
                for group in self._below.get(parallel or 0, ())
            }
        return found

    def label(self, person: int) -> str:
        """A person for people to read: name, class, birthday."""
        who = self.have.persons[person]
        parts = [label_of(who)]
        parts += [self.have.groups[group].name for group in sorted(self.places(person))]
        return ", ".join(parts + ([f"{who.birthday:%d.%m.%Y}"] if who.birthday else []))


def _letter(group: HaveGroup) -> str:
    parsed = parse_class(group.name)
    return parsed.letter if parsed else ""


def label_of(who: HavePerson | SourcePupil) -> str:
    """A full name in the usual order."""
    return " ".join(part for part in (who.last_name, who.first_name, who.middle_name) if part)


def pupil_label(pupil: SourcePupil) -> str:
    """A pupil of a file for people to read: name, class, birthday."""
    parts = [label_of(pupil), pupil.edu_group]
    parts.append(f"{pupil.birthday:%d.%m.%Y}" if pupil.birthday else "")
    return ", ".join(part for part in parts if part)


def merged(pupils: Iterable[SourcePupil]) -> tuple[dict[str, SourcePupil], set[str]]:
    """Rows of several files as one pupil a key, and the keys whose rows contradict each other.

    What one file leaves open another may say. Rows of one key in two classes, or in a class and among the leavers,
    contradict: nothing is planned for them.
    """
    found: dict[str, SourcePupil] = {}
    torn: set[str] = set()
    for pupil in sorted(pupils, key=lambda p: (p.local_key, p.place)):
        known = found.get(pupil.local_key)
        if known is None:
            found[pupil.local_key] = pupil
            continue
        classes = {fold(known.edu_group), fold(pupil.edu_group)} - {""}
        if known.left != pupil.left or len(classes) > 1:
            torn.add(pupil.local_key)
        found[pupil.local_key] = _completed(known, pupil)
    return found, torn


def _completed(known: SourcePupil, other: SourcePupil) -> SourcePupil:
    return SourcePupil(
        known.local_key,
        known.last_name,
        known.first_name,
        known.middle_name or other.middle_name,
        known.sex or other.sex,
        known.birthday or other.birthday,
        known.snils or other.snils,
        known.edu_group or other.edu_group,
        known.place,
        known.sex_hint or other.sex_hint,
        known.left,
        tuple(dict.fromkeys((*known.subgroups, *other.subgroups))),
        known.enrolled or other.enrolled,
        known.left_on or other.left_on,
    )
