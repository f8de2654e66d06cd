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


# The mirror's tables; the same words name what is read into them.
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "schools": N_("schools"),
        "subjects": N_("subjects"),
        "work_types": N_("types of works"),
        "timetables": N_("bell schedules"),
        "bells": N_("bells"),
        "edu_groups": N_("classes and subgroups"),
        "edu_group_parents": N_("subgroups of classes"),
        "edu_group_subjects": N_("subjects of classes"),
        "persons": N_("people"),
        "memberships": N_("members of classes"),
        "staff": N_("staff"),
        "class_teachers": N_("class teachers"),
        "reporting_periods": N_("reporting periods"),
        "edu_group_reporting_periods": N_("periods of classes"),
        "holidays": N_("holidays"),
        "edu_group_holidays": N_("holidays of classes"),
        "lessons": N_("lessons"),
        "lesson_teachers": N_("teachers of lessons"),
        "works": N_("works at lessons"),
        "tasks": N_("tasks of pupils"),
        "marks": N_("marks"),
        "lesson_log_entries": N_("attendance"),
        "final_marks": N_("final marks"),
    }
)

# What a pull reads: whole tables, and questions that serve several of them.
RESOURCES: Mapping[str, str] = MappingProxyType(
    {
        **TABLES,
        "people": N_("people"),
        "members": N_("pupils of classes"),
        "users": N_("birthdays"),
        "teacher_groups": N_("classes of teachers"),
        "edu_groups_walk": N_("classes by way of the staff"),
        "edu_groups_gaps": N_("search for hidden groups"),
    }
)

# How a pull found the school's groups.
GROUPS_FOUND_BY: Mapping[str, str] = MappingProxyType(
    {
        "school": N_("by the school's list; nothing is known to be missing"),
        "school_staff": N_(
            "by the school's list, subgroups by walking the staff; subgroups without a teacher may be missing"
        ),
        "staff": N_(
            "by walking the staff (the token may not list the school's classes); classes without a teacher may be missing"
        ),
    }
)

# Why a window could not be read: an error's name, or the state the mirror records.
FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "TransportFailed": N_("no answer"),
        "RateLimited": N_("throttled"),
        "VendorBroken": N_("the vendor's server failed"),
        "Maintenance": N_("maintenance"),
        "BodyUnreadable": N_("the answer could not be read"),
        "RequestRejected": N_("the vendor refused"),
        "NotFound": N_("not known to the vendor"),
        "AccessDenied": N_("no right"),
        "SignInNeeded": N_("the token was not accepted"),
        "log entries": N_("a part of the attendance was not read"),
        "failed": N_("not read"),
        "refused": N_("no right"),
        "unjudged": N_("read, but the pull ended before it was compared"),
        "suspect": N_("too much vanished at once"),
    }
)

DRIFT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "unknown_member": N_("a new member"),
        "wrong_type": N_("of another type"),
        "missing_id": N_("without an id"),
        "unreadable_row": N_("unreadable"),
    }
)


def label(words: Mapping[str, str], code: str | None) -> str:
    """English source string for a code, ready to be translated; an unknown code stands for itself."""
    return words.get(code, code) if code else ""


# What an operation of a plan does, as plans and checklists name it.
OPERATIONS = {
    "edu_group.create": N_("Create the class or subgroup"),
    "edu_group.update": N_("Change the class or subgroup"),
    "edu_group.archive": N_("Archive the class or subgroup"),
    "edu_group.restore": N_("Bring the class or subgroup back from the archive"),
    "person.create": N_("Add the person"),
    "person.update": N_("Change the person's data"),
    "person.archive": N_("Archive the person"),
    "person.restore": N_("Bring the person back from the archive"),
    "membership.add": N_("Enrol"),
    "membership.move": N_("Transfer"),
    "membership.end": N_("Take out"),
    "lesson.create": N_("Add the lesson"),
    "lesson.update": N_("Change the lesson"),
    "lesson.cancel": N_("Cancel the lesson"),
    "lesson.restore": N_("Bring the cancelled lesson back"),
    "work.create": N_("Add the work"),
    "work.update": N_("Change the work"),
    "work.delete": N_("Take the work away"),
    "log_entry.put": N_("Enter the attendance"),
    "log_entry.delete": N_("Take the attendance entry away"),
    "mark.put": N_("Give the mark"),
}
