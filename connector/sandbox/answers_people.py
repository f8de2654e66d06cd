"""Answers about people: who the caller is, profiles, a person's groups, a teacher's pupils."""

from connector.sandbox import ids, wire
from connector.sandbox.access import ROLES, Viewer
from connector.sandbox.answers_school import check_school
from connector.sandbox.desk import Desk
from connector.sandbox.fragments import subject
from connector.sandbox.people import Person
from connector.sandbox.routing import Answer, Call, route
from connector.sandbox.wire import Json


def _roles(desk: Desk, who: Person) -> list[str]:
    if who is desk.school.admin:
        return ROLES["admin"]
    if who in desk.school.staff:
        return ROLES["teacher"]
    return ROLES["parent"] if who is desk.school.parent else ["EduStudent"]


def _context(desk: Desk, who: Person, viewer: Viewer) -> Json:
    classes = [g for g in desk.groups_of(who) if g.is_class and desk.shows(g, viewer)]
    child = desk.school.child if who is desk.school.parent else None
    of_child = [g for g in desk.groups_of(child) if g.is_class] if child else []
    shown = [g.id for g in classes or of_child]
    children = (
        [
            {
                "personId": child.id,
                "firstName": child.first_name,
                "lastName": child.last_name,
                "middleName": child.middle_name,
                "shortName": child.short_name,
                "schoolIds": [wire.SCHOOL_ID],
                "groupIds": [g.id for g in of_child],
            }
        ]
        if child
        else []
    )
    return {
        "userId": who.user_id,
        "avatarUrl": None,
        "roles": _roles(desk, who),
        "children": children,
        "schools": [
            {"id": wire.SCHOOL_ID, "name": "СОШ № 7", "type": "Regular", "groupIds": shown}
        ],
        "eduGroups": [wire.group(g, parents="null") for g in classes or of_child],
        "splitId": None,
        "personId": who.id,
        "firstName": who.first_name,
        "lastName": who.last_name,
        "middleName": who.middle_name,
        "shortName": who.short_name,
        "schoolIds": [wire.SCHOOL_ID],
        "groupIds": shown,
    }


@route("GET", "/users/me/context")
def my_context(desk: Desk, call: Call) -> Answer:
    """The caller's own surroundings."""
    return _context(desk, call.viewer.person, call.viewer)


@route("GET", "/users/{userId}/context")
def user_context(desk: Desk, call: Call) -> Answer:
    """Somebody's surroundings."""
    return _context(desk, desk.user(call.id("userId"), call.viewer), call.viewer)


@route("GET", "/users/me")
def me(desk: Desk, call: Call) -> Answer:
    """The caller's profile."""
    return wire.user(call.viewer.person, _roles(desk, call.viewer.person))


@route("GET", "/users/{user}")
def one_user(desk: Desk, call: Call) -> Answer:
    """A user's profile."""
    who = desk.user(call.id("user"), call.viewer)
    return wire.user(who, _roles(desk, who))


@route("POST", "/users/many", "/users")
def many_users(desk: Desk, call: Call) -> Answer:
    """Profiles by ids; unknown and forbidden ones are left out."""
    return _users(desk, call, call.body_ids())


@route("GET", "/users")
def listed_users(desk: Desk, call: Call) -> Answer:
    """Profiles by repeated ids in the query."""
    return _users(desk, call, call.asked_ids("users"))


def _users(desk: Desk, call: Call, wanted: list[int]) -> list[Json]:
    numbers = [
        number
        for number in map(ids.USER.decode, wanted)
        if number is not None and number < len(desk.school.people)
    ]
    allowed = call.viewer.persons
    people = [
        desk.school.people[number] for number in numbers if allowed is None or number in allowed
    ]
    return [wire.user(who, _roles(desk, who)) for who in people if who.user_id is not None]


@route("GET", "/users/me/roles")
def my_roles(desk: Desk, call: Call) -> Answer:
    """The caller's roles."""
    return _roles(desk, call.viewer.person)


@route("GET", "/users/{user}/roles")
def user_roles(desk: Desk, call: Call) -> Answer:
    """A user's roles."""
    return _roles(desk, desk.user(call.id("user"), call.viewer))


@route("GET", "/users/me/schools")
def my_schools(_desk: Desk, _call: Call) -> Answer:
    """Ids of the caller's schools."""
    return [wire.SCHOOL_ID]


@route("GET", "/users/me/organizations")
def my_organizations(_desk: Desk, _call: Call) -> Answer:
    """Ids of the caller's organizations."""
    return [wire.ORGANIZATION_ID]


@route("GET", "/users/me/edu-groups")
def my_groups(desk: Desk, call: Call) -> Answer:
    """Ids of the caller's groups."""
    return [g.id for g in desk.groups_of(call.viewer.person) if desk.shows(g, call.viewer)]


@route("GET", "/users/me/children")
def my_children(_desk: Desk, call: Call) -> Answer:
    """Person ids of the caller's children."""
    return [call.viewer.child.id] if call.viewer.child else []


@route("GET", "/users/me/school-memberships")
def my_memberships(desk: Desk, call: Call) -> Answer:
    """Schools, roles and groups of the caller."""
    return _memberships(desk, call.viewer.person, call.viewer)


@route("GET", "/persons/{person}/school-memberships")
def person_memberships(desk: Desk, call: Call) -> Answer:
    """Schools, roles and groups of a person."""
    return _memberships(desk, desk.person(call.id("person"), call.viewer), call.viewer)


def _memberships(desk: Desk, who: Person, viewer: Viewer) -> Json:
    groups = [g for g in desk.groups_of(who) if desk.shows(g, viewer)]
    school = {
        "school": wire.school(),
        "roles": _roles(desk, who),
        "editorRoles": [],
        "eduGroupMemberships": [{"eduGroup": wire.group(g, parents="null")} for g in groups],
        "subjects": [subject(name) for name in desk.school.specialties.get(who.number, ())],
    }
    return {"person": who.id, "person_str": str(who.id), "schools": [school]}


@route("GET", "/persons/{person}")
def one_person(desk: Desk, call: Call) -> Answer:
    """A person."""
    return wire.person(desk.person(call.id("person"), call.viewer))


@route("GET", "/persons/{person}/edu-groups")
def groups_of_person(desk: Desk, call: Call) -> Answer:
    """Current groups of a person, subgroups included; no `educationType` here."""
    who = desk.person(call.id("person"), call.viewer)
    return [
        wire.group(g, parents="null", education=False)
        for g in desk.groups_of(who)
        if desk.shows(g, call.viewer)
    ]


@route("GET", "/persons/{person}/edu-groups/all")
def all_groups_of_person(desk: Desk, call: Call) -> Answer:
    """Groups a person was ever in."""
    who = desk.person(call.id("person"), call.viewer)
    return [wire.group(g) for g in desk.groups_of(who, ever=True) if desk.shows(g, call.viewer)]


@route("GET", "/persons/{person}/schools/{school}/edu-groups")
def school_groups_of_person(desk: Desk, call: Call) -> Answer:
    """Current groups of a person in a school."""
    check_school(call)
    return groups_of_person(desk, call)


@route("GET", "/persons/{person}/schools/{school}/edu-groups/teacher")
def taught_groups(desk: Desk, call: Call) -> Answer:
    """Groups a teacher teaches, subgroups included."""
    check_school(call)
    who = desk.person(call.id("person"), call.viewer)
    taught = (g for g in desk.groups if who in g.teachers)
    return [wire.group(g) for g in taught if desk.shows(g, call.viewer)]


@route("GET", "/teacher/{teacher}/students")
def students_of_teacher(desk: Desk, call: Call) -> Answer:
    """A teacher's pupils by group."""
    who = desk.person(call.id("teacher"), call.viewer)
    taught = [g for g in desk.groups if who in g.teachers and desk.shows(g, call.viewer)]
    return [
        {
            "id": g.id,
            "id_str": str(g.id),
            "students": [wire.person_brief(p) for _place, p in g.now(desk.today)],
        }
        for g in taught
    ]
