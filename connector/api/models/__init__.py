"""The vendor's objects: names and shapes as in docs/openapi.yaml, attributes in snake case.

Only what identifies an object is required: the vendor leaves out whatever the caller may not see
(docs/vendor-api.md#behaviour). Members this file does not know stay in `model_extra`. Values arrive through decode.py,
not through pydantic's validation, because a member of a wrong type must cost that member and not the answer.
"""

from connector.api.models.base import PascalModel, VendorModel
from connector.api.models.context import Context, ContextChild, ContextSchool
from connector.api.models.groups import (
    EduGroup,
    EduGroupWithStudents,
    GroupStudent,
    Holiday,
    ReportingPeriod,
    ReportingPeriodGroup,
)
from connector.api.models.journal import (
    Lesson,
    LessonLogEntry,
    Mark,
    PersonFinalMarks,
    SubjectFinalMark,
    Task,
    Work,
)
from connector.api.models.people import Person, SchoolTeacher, User
from connector.api.models.school import (
    School,
    SchoolBrief,
    Subject,
    Timetable,
    TimetableItem,
    WorkType,
)

__all__ = [
    "Context",
    "ContextChild",
    "ContextSchool",
    "EduGroup",
    "EduGroupWithStudents",
    "GroupStudent",
    "Holiday",
    "Lesson",
    "LessonLogEntry",
    "Mark",
    "PascalModel",
    "Person",
    "PersonFinalMarks",
    "ReportingPeriod",
    "ReportingPeriodGroup",
    "School",
    "SchoolBrief",
    "SchoolTeacher",
    "Subject",
    "SubjectFinalMark",
    "Task",
    "Timetable",
    "TimetableItem",
    "User",
    "VendorModel",
    "Work",
    "WorkType",
]
