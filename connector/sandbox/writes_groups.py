"""Writing classes and subgroups: the part `edu_group.*` of the write profile `reference`, which is ours, not the vendor's."""

from connector.sandbox import wire
from connector.sandbox.access import Viewer, conflict, not_found
from connector.sandbox.answers_school import check_school
from connector.sandbox.calendar import Calendar, calendars
from connector.sandbox.desk import Desk
from connector.sandbox.members import Members, wrong
from connector.sandbox.model import Group
from connector.sandbox.routing import Answer, Call, Done, route

MEMBERS = ("name", "parallel", "studyyear", "parentIds")
KINDS = {"Group": "class", "Subgroup": "subgroup"}


@route("POST", "/schools/{school}/edu-groups", writes=True)
def create_group(desk: Desk, call: Call) -> Answer:
    """Found a class or a subgroup in this study year or the next."""
    check_school(call)
    body = Members(call.body, MEMBERS, required=("name", "parallel", "studyyear", "type"))
    kind = KINDS[body.choice("type", KINDS)]
    year = _year(desk, body)
    parallel = body.number("parallel", 1, 12)
    parents = _parents(desk, body, call.viewer, year, is_class=kind == "class")
    name = body.text("name")
    group = Group(
        len(desk.school.groups) + 1,
        name,
        kind,
        parallel,
        calendar_of(desk, parallel, year),
        parents,
    )
    _check_name(desk, group)
    desk.enrol(group)
    return wire.group(group)


@route("PUT", "/edu-groups/{group}", writes=True)
def update_group(desk: Desk, call: Call) -> Answer:
    """Change a group; what has lessons keeps its study year."""
    group = desk.group(call.id("group"), call.viewer)
    body = Members(call.body, (*MEMBERS, "type"))
    if "type" in body and (body.choice("type", KINDS) == "Group") != group.is_class:
        raise wrong("type", "cannot change")
    year = _year(desk, body) if "studyyear" in body else group.year
    if year != group.year and group.lessons:
        raise conflict("The group has lessons in its study year")
    parallel = body.number("parallel", 1, 12) if "parallel" in body else group.parallel
    is_bound = "parentIds" in body or year != group.year
    parents = (
        _parents(desk, body, call.viewer, year, is_class=group.is_class)
        if is_bound
        else group.parents
    )
    # The bells and quarters of what was taught already stay as they were.
    calendar = group.calendar if group.lessons else calendar_of(desk, parallel, year)
    wanted = Group(
        group.number,
        body.text("name") if "name" in body else group.name,
        group.kind,
        parallel,
        calendar,
        parents,
    )
    if not group.archived:
        _check_name(desk, wanted)
    group.name, group.parallel, group.parents = wanted.name, parallel, parents
    group.calendar = calendar
    desk.regrouped()
    return wire.group(group)


@route("DELETE", "/edu-groups/{group}", writes=True)
def archive_group(desk: Desk, call: Call) -> Answer:
    """Archive a group: lists lose it, its id still shows it with status `Archive`. Its roll comes back with it."""
    desk.group(call.id("group"), call.viewer).archived = True
    desk.regrouped()
    return Done()


@route("POST", "/edu-groups/{group}/restore", writes=True)
def restore_group(desk: Desk, call: Call) -> Answer:
    """Take a group back from the archive."""
    group = desk.group(call.id("group"), call.viewer)
    if group.archived:
        _check_name(desk, group)
    group.archived = False
    desk.regrouped()
    return wire.group(group)


def calendar_of(desk: Desk, parallel: int, year: int) -> Calendar:
    """The calendar of classes of a parallel in a study year."""
    kind = "first" if parallel == 1 else "half" if parallel >= 10 else "quarter"
    return next(
        (
            group.calendar
            for group in desk.school.groups
            if (group.calendar.kind, group.year) == (kind, year)
        ),
        calendars(year)[kind],
    )


def _year(desk: Desk, body: Members) -> int:
    year = desk.school.year
    return body.number("studyyear", year, year + 1)


def _parents(
    desk: Desk, body: Members, viewer: Viewer, year: int, *, is_class: bool
) -> list[Group]:
    parents = [desk.group(vendor_id, viewer) for vendor_id in body.ids("parentIds")]
    if is_class and parents:
        raise wrong("parentIds", "belongs to subgroups")
    if not is_class and not parents:
        raise wrong("parentIds", "is missing")
    if any(not parent.is_class or parent.archived or parent.year != year for parent in parents):
        raise not_found("parentIds")
    return parents


def _check_name(desk: Desk, wanted: Group) -> None:
    """A class has its name, in whichever case, for itself in a study year; a subgroup within its parents."""
    for group in desk.groups:
        if group.number == wanted.number or (group.is_class, group.year) != (
            wanted.is_class,
            wanted.year,
        ):
            continue
        if (
            group.name.casefold() == wanted.name.casefold()
            if wanted.is_class
            else (group.name, group.parents) == (wanted.name, wanted.parents)
        ):
            raise conflict("A group of this name exists in this study year")
