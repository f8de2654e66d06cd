"""Calls about the caller, persons, accounts and staff."""

from collections.abc import Sequence
from typing import Literal

from connector.api.calls.base import Call, reading
from connector.api.decode import array_of, object_of
from connector.api.models import Context, EduGroup, Person, SchoolTeacher, User


def context() -> Call[Context]:
    """Who the token's owner is; his `group_ids` lists classes only, never subgroups."""
    return reading(
        "context",
        "users/me/context",
        object_of(Context),
        "Context_GetUsersMeContext high",
        scope=("CommonInfo", "FriendsAndRelatives", "EducationalInfo"),
    )


def users(ids: Sequence[int]) -> Call[list[User]]:
    """Accounts by user id, birthdays included; the size of a request is the caller's business."""
    return reading(
        "users",
        "users/many",
        array_of(User),
        "Users_PostUsersMany high",
        post=list(ids),
        scope=("CommonInfo", "ContactInfo"),
    )


def person_groups(person: int) -> Call[list[EduGroup]]:
    """Current groups of a person, subgroups included."""
    return reading(
        "person_groups",
        "persons/{person}/edu-groups",
        array_of(EduGroup),
        "EduGroups_GetByPerson high",
        ids={"person": person},
    )


def teacher_groups(person: int, school: int) -> Call[list[EduGroup]]:
    """Groups that a person teaches in a school, subgroups included."""
    return reading(
        "teacher_groups",
        "persons/{person}/schools/{school}/edu-groups/teacher",
        array_of(EduGroup),
        "EduGroups_GetPersonsPersonSchoolsSchoolEduGroupsTeacher medium",
        ids={"person": person, "school": school},
    )


def staff(school: int, kind: Literal["Staff", "Admins"] = "Staff") -> Call[list[Person]]:
    """Staff or administrators of a school."""
    return reading(
        "staff",
        "schools/{school}/membership",
        array_of(Person),
        "Schools_GetSchoolMembership high",
        ids={"school": school},
        query=(("schoolMembershipType", kind),),
    )


def teachers(school: int) -> Call[list[SchoolTeacher]]:
    """Teachers of a school with their positions."""
    return reading(
        "teachers",
        "schools/{school}/teachers",
        array_of(SchoolTeacher),
        "Teacher_GetSchoolTeachers high",
        ids={"school": school},
    )
