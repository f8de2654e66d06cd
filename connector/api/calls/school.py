"""Calls about a school as a whole."""

from connector.api.calls.base import Call, reading
from connector.api.decode import array_of, object_of
from connector.api.models import School, SchoolBrief, Subject, Timetable, WorkType


def schools() -> Call[list[SchoolBrief]]:
    """Schools of the token's owner."""
    return reading("schools", "schools", array_of(SchoolBrief), "Schools_GetSchools high", scope=())


def school(school: int) -> Call[School]:
    """A school's profile."""
    return reading(
        "school",
        "schools/{school}",
        object_of(School),
        "Schools_Get high",
        ids={"school": school},
        scope=(),
    )


def subjects(school: int) -> Call[list[Subject]]:
    """Subjects taught in a school this study year."""
    return reading(
        "subjects",
        "schools/{school}/subjects",
        array_of(Subject),
        "Subjects_GetSchoolSubjects high",
        ids={"school": school},
    )


def timetables(school: int) -> Call[list[Timetable]]:
    """Bell schedules of a school; two sources saw an array, a third a lone object, which comes as a list of one."""
    return reading(
        "timetables",
        "schools/{school}/timetables",
        array_of(Timetable, single=True),
        "Timetables_GetBySchool medium",
        ids={"school": school},
    )


def work_types(school: int) -> Call[list[WorkType]]:
    """Kinds of work that a school marks, with their weights."""
    return reading(
        "work_types",
        "work-types/{school}",
        array_of(WorkType),
        "WorkTypes_Get high",
        ids={"school": school},
    )
