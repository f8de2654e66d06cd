"""What the planner sees of the mirror."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from connector.planned.book import Book
from connector.planned.plan import Link


@dataclass(frozen=True, slots=True)
class HaveGroup:
    """A live class or subgroup of the mirror; `parents` are ids."""

    id: int
    name: str
    parallel: int | None
    type: str
    study_year: int | None
    parents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HavePerson:
    """A person of the mirror; not `live`: the vendor no longer shows him. None: the vendor does not show that value."""

    id: int
    last_name: str
    first_name: str
    middle_name: str
    sex: str | None
    birthday: date | None
    live: bool = True


@dataclass(frozen=True, slots=True)
class HaveLesson:
    """A live lesson; `holds` names what hangs on it: `topic`, `homework`, `works`, `marks`, `attendance`."""

    id: int
    edu_group_id: int
    subject_id: int | None
    date: date
    number: int | None
    teacher_ids: tuple[int, ...]
    place_id: int | None
    title: str
    holds: frozenset[str] = frozenset()


@dataclass
class Have:
    """The mirror as the planner sees it.

    Attributes:
        groups: live groups of all study years, by id.
        persons: pupils, gone ones too, by id.
        members: live (person, group) pairs of pupils.
        former: pairs that were live once.
        teachers: staff by id.
        subjects: names by id.
        lessons: live lessons of the horizon, by id; empty for a roster.
        called_off: lessons that the diary shows as cancelled: group, day (`YYYY-MM-DD`), number, subject.
        holidays: days without lessons, by group id.
        periods: (first, last) day of each reporting period, by group id.
        links: decided identities by (resource, local key); a `vendor_id` None means "decided: a new one".
        refused: pairs that a person said are not the same, as (resource, local key, vendor id).
        book: what was entered on the lessons that a plan of the journal is about; empty for others.
        stock: rows that a restoration is measured by, by (group, resource); group 0 is the school.

    """

    groups: dict[int, HaveGroup] = field(default_factory=dict)
    persons: dict[int, HavePerson] = field(default_factory=dict)
    members: set[tuple[int, int]] = field(default_factory=set)
    former: set[tuple[int, int]] = field(default_factory=set)
    teachers: dict[int, HavePerson] = field(default_factory=dict)
    subjects: dict[int, str] = field(default_factory=dict)
    lessons: dict[int, HaveLesson] = field(default_factory=dict)
    called_off: set[tuple[int, str, int | None, int | None]] = field(default_factory=set)
    holidays: dict[int, frozenset[date]] = field(default_factory=dict)
    periods: dict[int, tuple[tuple[date, date], ...]] = field(default_factory=dict)
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    refused: set[tuple[str, str, int]] = field(default_factory=set)
    book: Book = field(default_factory=Book)
    stock: dict[tuple[int, str], int] = field(default_factory=dict)

    @cached_property
    def lessons_at(self) -> dict[tuple[int, str, int | None], list[HaveLesson]]:
        """Live lessons by group, day (`YYYY-MM-DD`) and number; made when first asked for."""
        found: dict[tuple[int, str, int | None], list[HaveLesson]] = {}
        for lesson in self.lessons.values():
            key = lesson.edu_group_id, lesson.date.isoformat(), lesson.number
            found.setdefault(key, []).append(lesson)
        return found
