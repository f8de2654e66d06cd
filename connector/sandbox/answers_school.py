"""Answers about the school: groups, rolls, staff, subjects, periods, bells."""

from connector.sandbox import wire
from connector.sandbox.access import Viewer, forbidden, not_found
from connector.sandbox.desk import Desk
from connector.sandbox.fragments import subject
from connector.sandbox.model import Group
from connector.sandbox.routing import Answer, Call, route
from connector.sandbox.wire import Json


def check_school(call: Call) -> None:
    """Insist on the one school there is."""
    if call.id("school") != wire.SCHOOL_ID:
        raise not_found("school")


@route("GET", "/schools")
def schools(_desk: Desk, call: Call) -> Answer:
    """Full profiles by ids; without ids the caller's own schools in brief."""
    wanted = call.asked_ids("schools")
    return [wire.school()] if wire.SCHOOL_ID in wanted else [] if wanted else [wire.school_brief()]


@route("GET", "/schools/person-schools")
def person_schools(_desk: Desk, _call: Call) -> Answer:
    """The caller's schools."""
    return [wire.school_brief()]


@route("GET", "/schools/{school}")
def one_school(_desk: Desk, call: Call) -> Answer:
    """The school's profile."""
    check_school(call)
    return wire.school()


@route("GET", "/schools/{school}/edu-groups")
def school_groups(desk: Desk, call: Call) -> Answer:
    """All groups of the school: for administrators, and not for all of them (one client of 2026 has to walk teachers instead)."""
    check_school(call)
    if call.viewer.role != "admin" or desk.config.edu_groups_refused:
        raise forbidden("outOfScope")
    listed = (g for g in desk.groups if g.is_class or desk.config.subgroups_listed)
    return [wire.group(g) for g in listed if desk.shows(g, call.viewer)]


@route("GET", "/edu-groups/{eduGroup}")
def one_group(desk: Desk, call: Call) -> Answer:
    """A group with its subjects."""
    return wire.group(desk.group(call.id("eduGroup"), call.viewer), subjects=True)


@route("GET", "/edu-groups")
def listed_groups(desk: Desk, call: Call) -> Answer:
    """Groups by repeated ids in the query."""
    return [wire.group(desk.group(g, call.viewer)) for g in call.asked_ids("eduGroups")]


@route("POST", "/edu-groups")
def many_groups(desk: Desk, call: Call) -> Answer:
    """Groups by ids in the body."""
    return [wire.group(desk.group(g, call.viewer)) for g in call.body_ids()]


@route("POST", "/edu-groups/students")
def groups_with_students(desk: Desk, call: Call) -> Answer:
    """Groups with their pupils, those who left included as `Archive`."""
    found = []
    for group in (desk.group(g, call.viewer) for g in call.body_ids()):
        students = [
            {
                "person": wire.person(m.person),
                "membershipstatus": "Active" if group.has_now(m, desk.today) else "Archive",
            }
            for _place, m in group.seen(desk.today)
            if call.viewer.only is None or m.person.number in call.viewer.only
        ]
        found.append({"group": wire.group(group), "students": students})
    return found


@route("GET", "/edu-groups/{groupId}/parallel")
def parallel(desk: Desk, call: Call) -> Answer:
    """Classes of the same parallel, the given group included."""
    given = desk.group(call.id("groupId"), call.viewer)
    same = [
        g
        for g in desk.groups
        if g is given or (g.is_class and (g.parallel, g.year) == (given.parallel, given.year))
    ]
    return [wire.group(g, parents="null") for g in same if g.number not in desk.hidden]


@route("GET", "/edu-groups/{group}/persons")
def group_persons(desk: Desk, call: Call) -> Answer:
    """Pupils of a group; with `includeArchive=true` those who left too."""
    group = desk.group(call.id("group"), call.viewer)
    archive = (call.asked("includeArchive") or "").lower() == "true"
    return _pupils(desk, group, call.viewer, archive=archive)


@route("GET", "/edu-groups/{eduGroup}/students")
def group_students(desk: Desk, call: Call) -> Answer:
    """Pupils of a group today."""
    return _pupils(desk, desk.group(call.id("eduGroup"), call.viewer), call.viewer)


@route("GET", "/persons")
def persons(desk: Desk, call: Call) -> Answer:
    """Pupils of the group named in the query."""
    return _pupils(desk, desk.group(call.asked_id("eduGroup") or 0, call.viewer), call.viewer)


def _pupils(desk: Desk, group: Group, viewer: Viewer, *, archive: bool = False) -> list[Json]:
    members = (m for _place, m in group.seen(desk.today) if archive or group.has_now(m, desk.today))
    return [
        wire.person(m.person)
        for m in members
        if viewer.only is None or m.person.number in viewer.only
    ]


@route("GET", "/schools/{school}/membership")
def membership(desk: Desk, call: Call) -> Answer:
    """Staff, or administrators only."""
    check_school(call)
    if call.viewer.role == "parent":
        raise forbidden()
    admins = call.asked("schoolMembershipType") == "Admins"
    return [wire.person(who) for who in desk.school.staff if not admins or who is desk.school.admin]


@route("GET", "/schools/{school}/teachers")
def teachers(desk: Desk, call: Call) -> Answer:
    """Staff in PascalCase."""
    check_school(call)
    if call.viewer.role == "parent":
        raise forbidden()
    return [wire.teacher(who, desk.school) for who in desk.school.staff]


@route("GET", "/edu-groups/{group}/teachers")
def teachers_of_group(desk: Desk, call: Call) -> Answer:
    """Teachers of a group."""
    return [wire.person(who) for who in desk.group(call.id("group"), call.viewer).teachers]


@route("GET", "/edu-groups/{group}/classteacher")
def class_teacher(desk: Desk, call: Call) -> Answer:
    """Class teacher; null for subgroups."""
    who = desk.group(call.id("group"), call.viewer).class_teacher
    return wire.person(who) if who else None


@route("GET", "/schools/{school}/subjects")
def school_subjects(desk: Desk, call: Call) -> Answer:
    """Subjects taught in the school."""
    check_school(call)
    taught = {name for g in desk.groups for name in g.taught}
    return [subject(name) for name in sorted(taught)]


@route("GET", "/edu-groups/{eduGroup}/subjects")
def group_subjects(desk: Desk, call: Call) -> Answer:
    """Subjects of a group."""
    return [subject(name) for name in desk.group(call.id("eduGroup"), call.viewer).taught]


@route("GET", "/edu-groups/{eduGroup}/reporting-periods")
def periods(desk: Desk, call: Call) -> Answer:
    """Reporting periods of a group."""
    return wire.periods(desk.group(call.id("eduGroup"), call.viewer).calendar)


@route(
    "GET",
    "/edu-groups/{eduGroup}/reporting-period-group",
    "/edu-groups/{eduGroup}/reporting-periods-group",
)
def period_group(desk: Desk, call: Call) -> Answer:
    """Reporting periods and holidays; both spellings are in use."""
    return wire.period_group(desk.group(call.id("eduGroup"), call.viewer).calendar)


@route("GET", "/schools/{school}/timetables")
def school_timetables(desk: Desk, call: Call) -> Answer:
    """Bell schedules: array in two clients, one object in a third."""
    check_school(call)
    found = wire.timetables(desk.bells, desk.school.year)
    return found if desk.config.timetables_as == "array" else found[0]


@route("GET", "/edu-groups/{eduGroup}/timetables")
def group_timetable(desk: Desk, call: Call) -> Answer:
    """A group's bell schedule: object in one client, array in another."""
    desk.group(call.id("eduGroup"), call.viewer)
    found = wire.timetables(desk.bells, desk.school.year)[0]
    return found if desk.config.timetables_as == "array" else [found]


@route("GET", "/work-types/{school}")
def work_types(_desk: Desk, call: Call) -> Answer:
    """Kinds of work with their weights."""
    check_school(call)
    return wire.work_types()
