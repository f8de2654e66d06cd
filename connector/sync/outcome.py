"""Whether an operation is done, and whether what it was planned on still stands: read from a fresh mirror. Pure.

The mirror, freshly pulled, is the one way to know the vendor's state; the answer to a write is only a hint.
"""

from collections.abc import Collection, Mapping
from typing import Any

from connector.names import fold, full_key
from connector.planned import (
    FREE_TEXT,
    Have,
    HaveGroup,
    HaveLesson,
    HavePerson,
    Operation,
    Values,
)
from connector.sync import book


class Resolver:
    """Turns references into ids, as far as their objects exist; made once for a plan and a mirror.

    Attributes:
        have: the mirror.
        made: ids of what the plan created, by reference.
        freed: lessons that were taken from their hour since the mirror was read.
        namesakes: ids of persons who were there when the plan was made, by the reference of a new one of their name.

    """

    def __init__(
        self,
        have: Have,
        made: Mapping[str, int],
        freed: Collection[int] = (),
        namesakes: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.have = have
        self.made = made
        self.freed = freed
        self.namesakes = namesakes or {}

    def id_of(self, text: object) -> int | None:
        """The id that a text names, None where its object does not exist yet."""
        value = str(text)
        return (
            self.made.get(value)
            if value.startswith("@")
            else int(value)
            if value.isdecimal()
            else None
        )

    def resolved(self, values: Values | None) -> dict[str, Any] | None:
        """Values with ids for references, in lists too; None where one cannot be known yet."""
        result: dict[str, Any] = {}
        for name, value in (values or {}).items():
            if name in FREE_TEXT:
                result[name] = value
                continue
            listed = value if isinstance(value, list | tuple) else (value,)
            settled = [self._settled(item) for item in listed]
            if any(
                item is None for item, was in zip(settled, listed, strict=True) if was is not None
            ):
                return None
            result[name] = settled if listed is value else settled[0]
        return result

    def _settled(self, value: Any) -> Any:  # noqa: ANN401 - a value of an operation
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        found = self.id_of(value)
        return None if found is None else str(found)


def done_id(o: Operation, known: Resolver) -> int | None:
    """Id of the object a creation made, found by its link or natural key; None where there is none."""
    have, after = known.have, o.after or {}
    if o.op == "work.create":
        return book.created(o, known)
    made = known.made.get(o.target)
    if o.op == "edu_group.create":
        if made in have.groups:
            return made
        parents = {known.id_of(p) for p in after.get("parent_ids") or ()}
        return _only(
            g.id
            for g in have.groups.values()
            if fold(g.name) == fold(str(after.get("name", "")))
            and g.study_year in (None, after.get("study_year"))
            and (parents & set(g.parents) if parents else not g.parents)
        )
    if o.op == "person.create":
        if made is not None:
            return made
        group = known.id_of(o.edu_group)
        wanted = full_key(
            after.get("last_name") or "", after.get("first_name") or "", after.get("middle_name")
        )
        return _only(
            person
            for person, member_of in have.members
            if member_of == group
            and _name(have.persons.get(person)) == wanted
            and str(person) not in known.namesakes.get(o.target, ())
        )
    group = known.id_of(after.get("edu_group_id", o.edu_group))
    return _only(
        lesson.id
        for lesson in have.lessons_at.get(
            (group or 0, str(after.get("date")), after.get("number")), ()
        )
        if str(lesson.subject_id) == str(after.get("subject_id"))
    )


def _only(ids: Any) -> int | None:  # noqa: ANN401 - an iterator of ids
    found = set(ids)
    return found.pop() if len(found) == 1 else None


def _name(person: HavePerson | None) -> str:
    return (
        "" if person is None else full_key(person.last_name, person.first_name, person.middle_name)
    )


def is_done(o: Operation, known: Resolver) -> bool:
    """Whether the vendor shows what the operation wants."""
    have = known.have
    verb = o.op.split(".")[1]
    if verb == "create":
        return done_id(o, known) is not None
    if o.resource in _APART:
        return _APART[o.resource](o, known)
    target = known.id_of(o.target)
    there = target is not None and _live(o.resource, target, have)
    if verb in ("archive", "cancel"):
        return not there
    if verb == "restore":
        return there
    if not there or target is None:
        return False
    now = now_of(o.resource, target, have)
    return _agrees(o.after or {}, now, seen=o.before or {})


def _membership_done(o: Operation, known: Resolver) -> bool:
    values = o.after or o.before or {}
    person = known.id_of(values.get("person_id", o.target))
    group = known.id_of(values.get("edu_group_id", o.edu_group))
    if person is None or group is None:
        return False
    member = (person, group) in known.have.members
    if o.op == "membership.end":
        return not member
    if o.op == "membership.move":
        old = known.id_of(values.get("from_group_id"))
        return member and (person, old) not in known.have.members
    return member


# Resources that are judged in their own way.
_APART = {"memberships": _membership_done, **dict.fromkeys(book.RESOURCES, book.is_done)}


def is_stale(o: Operation, known: Resolver) -> bool:
    """Whether what the operation was planned on has changed since; what is already done is not stale."""
    have = known.have
    if o.resource in book.RESOURCES:
        return book.is_stale(o, known)
    if o.resource == "memberships":
        return _membership_stale(o, known)
    if o.op.endswith(".create"):
        return o.resource == "lessons" and _taken(o, known)
    target = known.id_of(o.target)
    if target is None:
        return True
    live = _live(o.resource, target, have)
    if o.op.endswith(".restore"):
        return False
    return not live or not _agrees(o.before or {}, now_of(o.resource, target, have))


def _membership_stale(o: Operation, known: Resolver) -> bool:
    values, have = o.before or o.after or {}, known.have
    person = known.id_of(values.get("person_id", o.target))
    if o.op == "membership.add":
        return person is not None and not o.target.startswith("@") and person not in have.persons
    group = known.id_of(values.get("from_group_id") or values.get("edu_group_id", o.edu_group))
    return (person, group) not in have.members


def _taken(o: Operation, known: Resolver) -> bool:
    after = o.after or {}
    group = known.id_of(after.get("edu_group_id", o.edu_group))
    there = known.have.lessons_at.get((group or 0, str(after.get("date")), after.get("number")), ())
    return any(lesson.id not in known.freed for lesson in there)


def _live(resource: str, target: int, have: Have) -> bool:
    if resource == "edu_groups":
        return target in have.groups
    if resource == "persons":
        return target in have.persons and have.persons[target].live
    return target in have.lessons


def now_of(resource: str, target: int, have: Have) -> dict[str, Any]:
    """Managed values of a live object, as a plan writes them."""
    if resource == "edu_groups":
        return group_values(have.groups[target])
    if resource == "persons":
        return person_values(have.persons[target])
    return lesson_values(have.lessons[target])


def group_values(group: HaveGroup) -> dict[str, Any]:
    """Managed values of a class or subgroup."""
    return {
        "name": group.name,
        "parallel": group.parallel,
        "study_year": group.study_year,
        "type": group.type,
        "parent_ids": [str(p) for p in group.parents],
    }


def person_values(person: HavePerson) -> dict[str, Any]:
    """Managed values of a person."""
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "sex": person.sex,
        "birthday": None if person.birthday is None else person.birthday.isoformat(),
    }


def lesson_values(lesson: HaveLesson) -> dict[str, Any]:
    """Managed values of a lesson."""
    return {
        "edu_group_id": str(lesson.edu_group_id),
        "subject_id": None if lesson.subject_id is None else str(lesson.subject_id),
        "date": lesson.date.isoformat(),
        "number": lesson.number,
        "teacher_ids": sorted(str(t) for t in lesson.teacher_ids),
        "place_id": None if lesson.place_id is None else str(lesson.place_id),
    }


def _agrees(
    wanted: Mapping[str, Any], now: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None
) -> bool:
    """Whether nothing that the vendor shows differs from what is wanted.

    A value that is not shown differs from nothing, but one that was `seen` to be empty and is to be filled does.
    """
    return all(
        same(value, now[name])
        for name, value in wanted.items()
        if name in now and (now[name] is not None or (seen or {}).get(name, value) is None)
    )


def same(one: object, other: object) -> bool:
    """Whether two managed values agree: names fold, lists are sets."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return sorted(map(str, one)) == sorted(map(str, other))
    if isinstance(one, str) and isinstance(other, str):
        return fold(one) == fold(other)
    return (one or None) == (other or None)
