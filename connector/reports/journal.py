"""The journal as the rules see it: plain rows, no SQL, no clock.

`connector.reports.facts` fills it from the mirror; a test fills it by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from connector.reports.calendar import SchoolCalendar
from connector.reports.coverage import Coverage


class Lesson(NamedTuple):
    """One lesson with what stands on it. A tuple, for a school has tens of thousands.

    Attributes:
        id: the vendor's.
        group_id: class or subgroup; None when the vendor hid it.
        subject_id: None when the vendor hid it.
        day: local day.
        number: place in the day, from one; None when unknown.
        has_topic: whether its title holds more than spaces.
        status: the vendor's unpublished word, or None.
        teacher_ids: in order of id; empty when nobody is named.
        marks: live marks of any kind but «осв.»; `4/3` in one cell is two.
        homework_targets: one entry a homework, its target day or None.
        entries: live attendance entries of any kind.
        presences: those of them that say present.

    """

    id: int
    group_id: int | None
    subject_id: int | None
    day: date
    number: int | None = None
    has_topic: bool = False
    status: str | None = None
    teacher_ids: tuple[int, ...] = ()
    marks: int = 0
    homework_targets: tuple[date | None, ...] = ()
    entries: int = 0
    presences: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A class or subgroup.

    Attributes:
        id: the vendor's.
        name: as the school wrote it.
        parallels: year groups of the group, its parents or its pupils' classes; empty when unknown.
        class_ids: the classes it belongs to, itself for a class.
        members: persons who are or were its pupils.
        active_members: those who are.

    """

    id: int
    name: str
    parallels: frozenset[int] = frozenset()
    class_ids: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    active_members: frozenset[int] = frozenset()


class Absence(NamedTuple):
    """An attendance entry that is not plain presence. A tuple, for a school has tens of thousands."""

    lesson_id: int
    person_id: int
    status: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id, joined only when a report is shown."""

    groups: Mapping[int, str] = field(default_factory=dict)
    subjects: Mapping[int, str] = field(default_factory=dict)
    teachers: Mapping[int, str] = field(default_factory=dict)
    pupils: Mapping[int, str] = field(default_factory=dict)
    school: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """Everything the rules may ask.

    Attributes:
        lessons: all known lessons of the study year, future ones too.
        groups: by id.
        calendar: periods, holidays, working week.
        coverage: when which days were read.
        entries: attendance entries other than presence.
        names: for subjects that are exempt by name, and for showing.
        clock_differs: whether the vendor's own moments lie well after the moments of our readings; then our clock
            cannot judge how fresh the data are.
        pulled: facts the pull found out about the school, by name.
        released: pupils and the subjects they are freed from (осв.).

    """

    lessons: tuple[Lesson, ...] = ()
    groups: Mapping[int, Group] = field(default_factory=dict)
    calendar: SchoolCalendar = field(default_factory=SchoolCalendar)
    coverage: Coverage = field(default_factory=lambda: Coverage.of(()))
    entries: tuple[Absence, ...] = ()
    names: Names = field(default_factory=Names)
    clock_differs: bool = False
    pulled: Mapping[str, Any] = field(default_factory=dict)
    released: frozenset[tuple[int, int]] = frozenset()


def chains(lessons: Iterable[Lesson]) -> dict[tuple[int, int], list[Lesson]]:
    """Lessons of each group and subject in order of days and numbers; those without either are left out."""
    chained: dict[tuple[int, int], list[Lesson]] = {}
    for lesson in lessons:
        if lesson.group_id is not None and lesson.subject_id is not None:
            chained.setdefault((lesson.group_id, lesson.subject_id), []).append(lesson)
    for chain in chained.values():
        chain.sort(key=in_time)
    return chained


def in_time(lesson: Lesson) -> tuple[date, int, int]:
    """Sort key: the order in which lessons are held."""
    return lesson.day, lesson.number or 0, lesson.id
