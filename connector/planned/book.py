"""A journal, as it is compared and restored: what teachers entered on lessons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from connector.planned.operations import Values


@dataclass(frozen=True, slots=True)
class BookLesson:
    """A lesson with its topic."""

    id: int
    edu_group_id: int
    subject_id: int | None
    date: str
    number: int | None
    title: str = ""
    teacher_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BookWork:
    """A work of a lesson.

    Attributes:
        values: by the mirror's column, those of `WORK_VALUES`; ids as text.
        tasks: status by pupil; empty unless it is a homework.

    """

    id: int
    lesson_id: int
    values: Values
    tasks: Mapping[int, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookMark:
    """A mark on a work of a lesson; `value` is None where the vendor shows only a text."""

    id: int
    person_id: int
    work_id: int
    lesson_id: int
    type: str | None
    value: str | None
    text_value: str | None = None


@dataclass(frozen=True, slots=True)
class BookEntry:
    """Attendance of one pupil at one lesson."""

    status: str | None
    comment: str | None = None


# What a pupil, subject and period have but once; the period is None for the mark of a year or an exam.
FinalKey = tuple[int, int, int | None, str]
# What a work is sent with, by the mirror's column.
WORK_VALUES = (
    *("type", "work_type_id", "target_date", "text", "is_important", "mark_type", "mark_count"),
    *("display_in_journal", "period_number", "period_type", "edu_group_id", "subject_id"),
)


@dataclass
class Book:
    """What teachers entered, of some lessons.

    Attributes:
        lessons: those that stand, by id.
        works: of these lessons, by id.
        marks: of these works, by id.
        entries: by (lesson, pupil).
        finals: value and class by pupil, subject, period and kind.

    """

    lessons: dict[int, BookLesson] = field(default_factory=dict)
    works: dict[int, BookWork] = field(default_factory=dict)
    marks: dict[int, BookMark] = field(default_factory=dict)
    entries: dict[tuple[int, int], BookEntry] = field(default_factory=dict)
    finals: dict[FinalKey, tuple[str | None, int | None]] = field(default_factory=dict)

    @cached_property
    def marks_of(self) -> dict[tuple[int, int], list[BookMark]]:
        """Marks by (pupil, work); made when first asked for."""
        found: dict[tuple[int, int], list[BookMark]] = {}
        for mark in self.marks.values():
            found.setdefault((mark.person_id, mark.work_id), []).append(mark)
        return found

    @cached_property
    def works_of(self) -> dict[int, list[BookWork]]:
        """Works by lesson; made when first asked for."""
        found: dict[int, list[BookWork]] = {}
        for work in self.works.values():
            found.setdefault(work.lesson_id, []).append(work)
        return found


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a backup holds and a plan does not bring back: a line of the teachers' work sheet.

    Attributes:
        what: a word: `mark`, `attendance`, `work`, `task`, `topic`, `final` or `lesson`.
        why: a word: `no_call`, `lesson_gone`, `pupil_gone`, `several`, `not_taken` (a call was sent in vain), or `newer` where the
            diary says otherwise now.
        value: as the backup has it.
        now: as the diary has it, "" where it has nothing.
        edu_group_id, subject_id, teacher_ids, date, number: of the lesson; of a final mark the first two.
        person_id: the pupil, None where it is nobody's.
        period_id: of a final mark; None of a year's mark and of everything else.

    """

    what: str
    why: str
    value: str
    now: str
    edu_group_id: int | None
    subject_id: int | None
    teacher_ids: tuple[int, ...] = ()
    date: str = ""
    number: int | None = None
    person_id: int | None = None
    period_id: int | None = None
