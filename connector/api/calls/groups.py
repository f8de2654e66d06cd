"""Calls about classes and subgroups: who is in them, what they learn, when their periods are."""

from collections.abc import Sequence

from connector.api.calls.base import Call, reading
from connector.api.decode import array_of, object_of, perhaps_object_of
from connector.api.models import (
    EduGroup,
    EduGroupWithStudents,
    Person,
    ReportingPeriod,
    ReportingPeriodGroup,
    Subject,
)


def edu_groups(school: int) -> Call[list[EduGroup]]:
    """Groups of a school; ordinary staff tokens seem to be refused."""
    return reading(
        "edu_groups",
        "schools/{school}/edu-groups",
        array_of(EduGroup),
        "EduGroups_GetBySchool medium",
        ids={"school": school},
    )


def edu_group(group: int) -> Call[EduGroup]:
    """One class or subgroup."""
    return reading(
        "edu_group",
        "edu-groups/{eduGroup}",
        object_of(EduGroup),
        "EduGroups_Get high",
        ids={"eduGroup": group},
    )


def parallel_groups(group: int) -> Call[list[EduGroup]]:
    """Groups of the same parallel, the given one included."""
    return reading(
        "parallel_groups",
        "edu-groups/{groupId}/parallel",
        array_of(EduGroup),
        "EduGroups_ListParallelGroups high",
        ids={"groupId": group},
    )


def group_persons(group: int, *, include_archive: bool = False) -> Call[list[Person]]:
    """Pupils of a group; with `include_archive` also those who left."""
    return reading(
        "group_persons",
        "edu-groups/{group}/persons",
        array_of(Person),
        "EduGroups_GetGroupPersons high",
        ids={"group": group},
        query=(("includeArchive", "true"),) if include_archive else (),
    )


def group_students(groups: Sequence[int]) -> Call[list[EduGroupWithStudents]]:
    """Groups with their pupils and the state of each membership."""
    return reading(
        "group_students",
        "edu-groups/students",
        array_of(EduGroupWithStudents),
        "EduGroups_PostEduGroupsStudents medium",
        post=list(groups),
    )


def group_subjects(group: int) -> Call[list[Subject]]:
    """Subjects taught to a group in the current period."""
    return reading(
        "group_subjects",
        "edu-groups/{eduGroup}/subjects",
        array_of(Subject),
        "Subjects_GetByEduGroup high",
        ids={"eduGroup": group},
    )


def class_teacher(group: int) -> Call[list[Person]]:
    """Who leads a class; nobody for a subgroup, and where the school named nobody."""
    return reading(
        "class_teacher",
        "edu-groups/{group}/classteacher",
        perhaps_object_of(Person),
        "Teacher_GetEduGroupsGroupClassteacher medium",
        ids={"group": group},
    )


def reporting_periods(group: int) -> Call[list[ReportingPeriod]]:
    """Reporting periods of a group."""
    return reading(
        "reporting_periods",
        "edu-groups/{eduGroup}/reporting-periods",
        array_of(ReportingPeriod),
        "ReportingPeriods_GetByEduGroup high",
        ids={"eduGroup": group},
    )


def reporting_period_group(group: int) -> Call[ReportingPeriodGroup]:
    """Reporting periods and holidays of a group."""
    return reading(
        "reporting_period_group",
        "edu-groups/{eduGroup}/reporting-period-group",
        object_of(ReportingPeriodGroup),
        "ReportingPeriods_GetGroupReportingPeriodsGroup medium",
        ids={"eduGroup": group},
    )
