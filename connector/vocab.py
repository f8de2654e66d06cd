"""The vendor's codes and the words a person reads for them: docs/vendor-api.md#enumerations.

All sets are open: the vendor publishes no list, so a code that is not here is shown as it came.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connector.i18n import N_

PRESENT = "Attend"
# Late is presence: a pupil who came late was at the lesson.
ABSENCES = ("Absent", "Ill", "Pass")
HOMEWORK = "Homework"
STUDENT = "EduStudent"
ARCHIVED = "Archive"

ATTENDANCE: Mapping[str, str] = MappingProxyType(
    {
        PRESENT: N_("present"),
        "Absent": N_("absent"),
        "Ill": N_("ill"),
        "Late": N_("late"),
        "Pass": N_("absent with a valid reason"),
    }
)

WORK_TYPES: Mapping[str, str] = MappingProxyType(
    {
        HOMEWORK: N_("homework"),
        "CommonWork": N_("work at the lesson"),
        "DefaultNewLessonWork": N_("answer at the lesson"),
        "LessonTestWork": N_("test"),
        "LessonExamination": N_("control work"),
        "LessonComposition": N_("composition"),
        "LessonByHeart": N_("by heart"),
        "LaboratoryWork": N_("laboratory work"),
        "CreativeWork": N_("creative work"),
        "PeriodMark": N_("period mark"),
        "PeriodFinalMark": N_("final mark"),
        "Exam": N_("examination"),
    }
)

MOODS: Mapping[str, str] = MappingProxyType(
    {"Good": N_("good"), "Average": N_("average"), "Bad": N_("poor"), "NotSet": N_("not rated")}
)

PERIOD_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "Quarter": N_("quarter"),
        "Trimester": N_("trimester"),
        "Semester": N_("semester"),
        "HalfYear": N_("half-year"),
        "Module": N_("module"),
        "Year": N_("year"),
    }
)

ROLES: Mapping[str, str] = MappingProxyType(
    {
        STUDENT: N_("pupil"),
        "EduStaff": N_("teacher"),
        "EduParent": N_("parent"),
        "EduSchoolAdministrator": N_("school administrator"),
        "OrganizationStaff": N_("staff of the organisation"),
    }
)

GROUP_TYPES: Mapping[str, str] = MappingProxyType(
    {"Group": N_("class"), "Subgroup": N_("subgroup")}
)


def label(words: Mapping[str, str], code: str | None) -> str:
    """English source string for a code, ready to be translated; an unknown code stands for itself."""
    return words.get(code, code) if code else ""
