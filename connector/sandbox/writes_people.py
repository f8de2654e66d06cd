"""Writing persons and class lists: `person.*` and `membership.*` of the write profile `reference`, ours, not the vendor's.

What is written shows at once: a membership that begins or ends on a later day is in force from today, one in a class of
the next study year from that year's first day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from connector.sandbox import wire
from connector.sandbox.access import conflict, forbidden, not_found
from connector.sandbox.answers_school import check_school
from connector.sandbox.desk import Desk
from connector.sandbox.members import Members, wrong
from connector.sandbox.model import Group, Membership
from connector.sandbox.people import Person
from connector.sandbox.routing import Answer, Call, Done, route
from connector.sandbox.wire import Json

MEMBERS = ("lastName", "firstName", "middleName", "sex", "birthday", "snils", "account")
WRITTEN = ("last_name", "first_name", "middle_name", "sex", "birthday", "snils", "has_account")
SEXES = ("Male", "Female")
OLDEST = date(1900, 1, 1)


@route("POST", "/schools/{school}/persons", writes=True)
def create_person(desk: Desk, call: Call) -> Answer:
    """Enter a pupil. Without `account: true` there is no account, hence no birthday to be seen."""
    check_school(call)
    body = Members(call.body, MEMBERS, required=("lastName", "firstName"))
    person = Person(len(desk.school.people), None, "", "", None, None, has_account=False)
    _read(desk, person, body)
    _check_known(person, desk.school.people)
    desk.school.people.append(person)
    return wire.person(person)


@route("POST", "/schools/{school}/persons/find", ours=True)
def find_persons(desk: Desk, call: Call) -> Answer:
    """Persons who are not archived by СНИЛС, else by full name and birthday; how a lost `person.create` is looked for."""
    check_school(call)
    if call.viewer.role != "admin":
        raise forbidden("outOfScope")
    body = Members(call.body, MEMBERS, required=("lastName", "firstName"))
    wanted = Person(len(desk.school.people), None, "", "", None, None)
    _read(desk, wanted, body)
    return [
        wire.person(person)
        for person in desk.school.people
        if person.left is None
        and (
            person.snils == wanted.snils
            if wanted.snils
            else (_name(person), person.birthday) == (_name(wanted), wanted.birthday)
        )
    ]


@route("PUT", "/persons/{person}", writes=True)
def update_person(desk: Desk, call: Call) -> Answer:
    """Change a person."""
    person = desk.person(call.id("person"), call.viewer)
    wanted = replace(person)
    _read(desk, wanted, Members(call.body, MEMBERS))
    _check_known(wanted, _live(desk))
    for name in WRITTEN:
        setattr(person, name, getattr(wanted, name))
    return wire.person(person)


@route("DELETE", "/persons/{person}", writes=True)
def archive_person(desk: Desk, call: Call) -> Answer:
    """Archive a pupil: shown as `Archive` in the groups he was in, until he is restored."""
    person = _pupil(desk, call, call.id("person"))
    person.left = person.left or min(call.day_or("date", desk.today), desk.today)
    desk.regrouped()
    return Done()


@route("POST", "/persons/{person}/restore", writes=True)
def restore_person(desk: Desk, call: Call) -> Answer:
    """Take a pupil back from the archive, with the memberships he had."""
    person = _pupil(desk, call, call.id("person"))
    if person.left is not None:
        _check_known(person, _live(desk))
    person.left = None
    desk.regrouped()
    return wire.person(person)


@route("POST", "/edu-groups/{group}/students", writes=True)
def add_membership(desk: Desk, call: Call) -> Answer:
    """Put a pupil on a roll; one who was archived is back with this membership alone."""
    group = desk.group(call.id("group"), call.viewer)
    body = Members(call.body, ("order",), required=("person", "from"))
    person = _pupil(desk, call, body.id("person"))
    order, start = body.text_or_none("order"), body.day("from")
    _check_room(desk, group, person)
    if person.left is not None:
        _check_known(person, _live(desk))
        for other, held in _held(desk, person):
            held.until = held.until or min(person.left, other.shown_on(desk.today))
        person.left = None
    membership = join(desk, group, person, start=start)
    desk.regrouped()
    return _shown(group, membership, order)


@route("POST", "/persons/{person}/transfers", writes=True)
def move_membership(desk: Desk, call: Call) -> Answer:
    """Take a pupil from one group to another of the same study year."""
    person = _pupil(desk, call, call.id("person"))
    body = Members(call.body, ("order",), required=("from_group", "to_group", "date"))
    old = desk.group(body.id("from_group"), call.viewer)
    new = desk.group(body.id("to_group"), call.viewer)
    day, order = body.day("date"), body.text_or_none("order")
    held = standing(desk, old, person)
    if held is None:
        raise not_found("from_group")
    if new.year != old.year:
        raise wrong("to_group", "is of another study year")
    _check_room(desk, new, person)
    held.until = min(day, old.shown_on(desk.today))
    membership = join(desk, new, person, start=day)
    desk.regrouped()
    return _shown(new, membership, order)


@route("DELETE", "/edu-groups/{group}/students/{person}", writes=True)
def end_membership(desk: Desk, call: Call) -> Answer:
    """Take a pupil off a roll; the group shows him as `Archive` from now on."""
    group = desk.group(call.id("group"), call.viewer)
    held = standing(desk, group, _pupil(desk, call, call.id("person")))
    if held is None:
        raise not_found("person")
    held.until = min(call.day_or("date", desk.today), group.shown_on(desk.today))
    desk.regrouped()
    return Done()


def standing(desk: Desk, group: Group, person: Person) -> Membership | None:
    """The membership of a pupil in a group as it stands today."""
    return next(
        (m for m in group.roll if m.person is person and group.has_now(m, desk.today)), None
    )


def join(desk: Desk, group: Group, person: Person, *, start: date) -> Membership:
    """Put a pupil on a roll; one who was there before has his old place again."""
    start = min(start, group.shown_on(desk.today))
    held = next((m for m in reversed(group.roll) if m.person is person), None)
    if held is None:
        held = Membership(person, start)
        group.roll.append(held)
    held.since = held.since and min(held.since, start)
    held.until = None
    return held


def full_name(last: str, first: str, middle: str | None) -> str:
    """A full name in which neither case nor ё count."""
    return " ".join((last, first, middle or "")).casefold().replace("ё", "е")


def _held(desk: Desk, person: Person) -> Iterator[tuple[Group, Membership]]:
    return ((g, m) for g in desk.school.groups for m in g.roll if m.person is person)


def _check_room(desk: Desk, group: Group, person: Person) -> None:
    if group.archived:
        raise conflict("The group is archived")
    if standing(desk, group, person):
        raise conflict("The membership exists")


def _pupil(desk: Desk, call: Call, vendor_id: int) -> Person:
    person = desk.person(vendor_id, call.viewer)
    if person in desk.school.staff or person is desk.school.parent:
        raise not_found("person")
    return person


def _read(desk: Desk, wanted: Person, body: Members) -> None:
    """Set on `wanted`, whom nobody sees yet, what the body names."""
    if "lastName" in body:
        wanted.last_name = body.text("lastName")
    if "firstName" in body:
        wanted.first_name = body.text("firstName")
    if "middleName" in body:
        wanted.middle_name = body.text_or_none("middleName")
    if "sex" in body:
        wanted.sex = body.choice("sex", SEXES) if body.has("sex") else None
    if "birthday" in body:
        wanted.birthday = body.day("birthday") if body.has("birthday") else None
        if wanted.birthday and not OLDEST <= wanted.birthday <= desk.today:
            raise wrong("birthday", "is no birthday")
    if "snils" in body:
        wanted.snils = _snils(body)
    if "account" in body:
        wanted.has_account = body.flag("account")


def _snils(body: Members) -> str | None:
    text = body.text_or_none("snils")
    digits = re.sub(r"[ -]", "", text or "")
    if text is not None and not re.fullmatch(r"[0-9]{11}", digits):
        raise wrong("snils", "has not eleven digits")
    return digits or None


def _live(desk: Desk) -> list[Person]:
    return [person for person in desk.school.people if person.left is None]


def _check_known(wanted: Person, people: Iterable[Person]) -> None:
    """The same human must not be there twice; who is entered anew not even beside one who is archived."""
    for person in people:
        if person.number == wanted.number:
            continue
        if wanted.snils is not None and wanted.snils == person.snils:
            raise conflict("A person with this snils exists")
        if (
            wanted.birthday is not None
            and wanted.birthday == person.birthday
            and _name(wanted) == _name(person)
        ):
            raise conflict("A person of this name and birthday exists")


def _name(person: Person) -> str:
    return full_name(person.last_name, person.first_name, person.middle_name)


def _shown(group: Group, membership: Membership, order: str | None) -> Json:
    person = membership.person
    return {
        "person": person.id,
        "person_str": str(person.id),
        "group": group.id,
        "group_str": str(group.id),
        "membershipstatus": "Active",
        "from": f"{membership.since.isoformat()}T00:00:00" if membership.since else None,
        "order": order,
    }
