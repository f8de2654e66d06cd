"""Calls about lessons, works, marks and attendance: as models, and as rows for a pull (`…_rows`)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from connector.api import bulk
from connector.api.calls.base import Call, Decoded, reading
from connector.api.decode import array_of
from connector.api.models import Lesson, LessonLogEntry, Mark, PersonFinalMarks
from connector.records import Rows

T = TypeVar("T")
Reader = Callable[[bytes], Decoded[T]]


def _days(group: int, start: date, end: date) -> dict[str, object]:
    return {"group": group, "from": start.isoformat(), "to": end.isoformat()}


def _lessons(name: str, decode: Reader[T], group: int, start: date, end: date) -> Call[T]:
    template = "edu-groups/{group}/lessons/{from}/{to}"
    return reading(
        name, template, decode, "Lessons_GetByGroupAndPeriod high", ids=_days(group, start, end)
    )


def lessons(group: int, start: date, end: date) -> Call[list[Lesson]]:
    """Lessons of a group between two days, both included, with works and tasks."""
    return _lessons("lessons", array_of(Lesson), group, start, end)


def lessons_rows(group: int, start: date, end: date) -> Call[Rows]:
    """As `lessons`: rows of lessons, lesson_teachers, works, tasks and subjects."""
    return _lessons("lessons_rows", bulk.lesson_rows, group, start, end)


def _lessons_many(name: str, decode: Reader[T], lessons: Sequence[int]) -> Call[T]:
    return reading(name, "lessons/many", decode, "Lessons_PostLessonsMany high", post=list(lessons))


def lessons_many(lessons: Sequence[int]) -> Call[list[Lesson]]:
    """Lessons by id."""
    return _lessons_many("lessons_many", array_of(Lesson), lessons)


def lessons_many_rows(lessons: Sequence[int]) -> Call[Rows]:
    """As `lessons_many`: rows of the tables of `lessons_rows`."""
    return _lessons_many("lessons_many_rows", bulk.lesson_rows, lessons)


def _marks(name: str, decode: Reader[T], group: int, start: date, end: date) -> Call[T]:
    template = "edu-groups/{group}/marks/{from}/{to}"
    return reading(name, template, decode, "Marks_GetByGroup high", ids=_days(group, start, end))


def marks(group: int, start: date, end: date) -> Call[list[Mark]]:
    """Marks of a group between two days; whether days of lessons or of entry is not known."""
    return _marks("marks", array_of(Mark), group, start, end)


def marks_rows(group: int, start: date, end: date) -> Call[Rows]:
    """As `marks`: rows of marks."""
    return _marks("marks_rows", bulk.mark_rows, group, start, end)


def _lessons_many_marks(name: str, decode: Reader[T], lessons: Sequence[int]) -> Call[T]:
    return reading(
        name, "lessons/many/marks", decode, "Marks_PostLessonsManyMarks high", post=list(lessons)
    )


def lessons_many_marks(lessons: Sequence[int]) -> Call[list[Mark]]:
    """Marks on lessons, by the lessons' ids."""
    return _lessons_many_marks("lessons_many_marks", array_of(Mark), lessons)


def lessons_many_marks_rows(lessons: Sequence[int]) -> Call[Rows]:
    """As `lessons_many_marks`: rows of marks."""
    return _lessons_many_marks("lessons_many_marks_rows", bulk.mark_rows, lessons)


def _log_entries(name: str, decode: Reader[T], lessons: Sequence[int]) -> Call[T]:
    query = tuple(("lessons", str(lesson)) for lesson in lessons)
    return reading(
        name, "lesson-log-entries", decode, "LessonLog_GetLessonLogEntries medium", query=query
    )


def log_entries(lessons: Sequence[int]) -> Call[list[LessonLogEntry]]:
    """Attendance at lessons; each id adds about 28 characters to the address."""
    return _log_entries("log_entries", array_of(LessonLogEntry), lessons)


def log_entries_rows(lessons: Sequence[int]) -> Call[Rows]:
    """As `log_entries`: rows of lesson_log_entries."""
    return _log_entries("log_entries_rows", bulk.log_entry_rows, lessons)


def _final_marks(name: str, decode: Reader[T], group: int) -> Call[T]:
    return reading(
        name,
        "edu-groups/{group}/final-marks",
        decode,
        "FinalMarks_GetEduGroupsGroupFinalMarks medium",
        ids={"group": group},
    )


def final_marks(group: int) -> Call[list[PersonFinalMarks]]:
    """Final marks of a group's pupils."""
    return _final_marks("final_marks", array_of(PersonFinalMarks), group)


def final_marks_rows(group: int) -> Call[Rows]:
    """As `final_marks`: rows of final marks."""
    return _final_marks("final_marks_rows", bulk.final_mark_rows, group)
