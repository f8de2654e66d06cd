"""A roster plan while it is written: operations with their labels and values, notes, what is as it should be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.planned import Channel, Have, HavePerson, Note, Operation, ref
from connector.source import Place, SourcePupil
from connector.sync.classes import GROUPS, GroupResolution, group_key
from connector.sync.roll import label_of

LEAVERS = "leavers' list"


@dataclass(slots=True)
class Draft:
    """What becomes a roster plan.

    Attributes:
        groups: the files' classes and subgroups at the vendor.
        year: study year that the files describe.
        day: `YYYY-MM-DD` from which changes hold.
        unchanged: objects that are as they should be.
        new_groups: local keys of the groups that the plan creates.
        settled: (person, group) pairs that a row has spoken about: kept, moved from or ended.

    """

    have: Have
    groups: GroupResolution
    year: int
    day: str
    channel: Channel
    operations: list[Operation] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unchanged: int = 0
    new_groups: set[str] = field(default_factory=set)
    settled: set[tuple[int, int]] = field(default_factory=set)

    def place(self, name: str, part: str = "") -> str | None:
        """Id or reference of a class or of its subgroup; None while it is not decided."""
        found = self.groups.pairs.get((name, part))
        if found is not None:
            return str(found)
        key = group_key(self.year, name, part)
        return ref(GROUPS, key) if key in self.new_groups else None

    def add(
        self,
        op: str,
        target: str,
        edu_group: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        *,
        reason: str,
        evidence: str = "",
        label: str = "",
        place: Place | None = None,
    ) -> None:
        """Write an operation down."""
        self.operations.append(
            Operation(
                op,
                target,
                edu_group,
                before,
                after,
                reason,
                evidence,
                source=spelled(place),
                label=label,
                channel=self.channel,
            )
        )

    def join(
        self,
        person: str,
        group: str,
        pupil: SourcePupil,
        *,
        reason: str,
        evidence: str = "",
        part: str = "",
    ) -> None:
        """Put a person, by id or reference, into a class or subgroup."""
        where = f"{pupil.edu_group} ({part})" if part else pupil.edu_group
        self.add(
            "membership.add",
            person,
            group,
            None,
            {"person_id": person, "edu_group_id": group, "from": self.day},
            reason=reason,
            evidence=evidence,
            label=f"{label_of(pupil)}, {where}",
            place=pupil.place,
        )

    def move(
        self, person: HavePerson, old: int, new: str, pupil: SourcePupil, *, evidence: str
    ) -> None:
        """Take a person from one class to another in one step."""
        self.settled.add((person.id, old))
        pair = {"person_id": str(person.id), "edu_group_id": str(old)}
        self.add(
            "membership.move",
            str(person.id),
            new,
            pair,
            {
                "person_id": str(person.id),
                "from_group_id": str(old),
                "edu_group_id": new,
                "date": self.day,
            },
            reason="transferred",
            evidence=evidence,
            label=f"{label_of(pupil)}, {self.have.groups[old].name} → {pupil.edu_group}",
            place=pupil.place,
        )

    def end(
        self, person: int, group: int, *, reason: str, evidence: str, place: Place | None = None
    ) -> None:
        """Take a person out of a class or subgroup."""
        self.settled.add((person, group))
        pair = {"person_id": str(person), "edu_group_id": str(group)}
        who = self.have.persons.get(person)
        name = label_of(who) if who is not None else str(person)
        self.add(
            "membership.end",
            str(person),
            str(group),
            pair,
            pair | {"date": self.day},
            reason=reason,
            evidence=evidence,
            label=f"{name}, {self.have.groups[group].name}",
            place=place,
        )

    def tell(self, rule: str, text: str, edu_group: int | None = None) -> None:
        """Write a note down."""
        self.notes.append(Note(rule, text, "" if edu_group is None else str(edu_group)))


def spelled(place: Place | None) -> str:
    """A place as operations name it: `file, sheet, row`."""
    if place is None:
        return ""
    return ", ".join(part for part in (place.file, place.sheet, str(place.row or "")) if part)
