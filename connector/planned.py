"""A plan: what turns the vendor's state into the desired one, as data that can be read, saved, refused and undone.

Made by `connector.sync`, carried out by `connector.flows`, shown by `connector.commands`. Values of operations use the
mirror's column names. A reference to an object that the same plan creates is `@<resource>:<local key>`; everything else
that names a vendor object is its id as text, since ids exceed 2^53.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

Values = Mapping[str, Any]


class Channel(StrEnum):
    """How an operation reaches the vendor: docs/adr and docs/cli.md tell the differences."""

    FILE = "file"
    API = "api"
    GATEWAY = "gateway"
    NONE = "none"


# Operation → its inverse, "" where there is none. A channel that lacks the inverse makes the operation irreversible.
INVERSES = {
    "edu_group.create": "edu_group.archive",
    "edu_group.update": "edu_group.update",
    "edu_group.archive": "edu_group.restore",
    "edu_group.restore": "edu_group.archive",
    "person.create": "person.archive",
    "person.update": "person.update",
    "person.archive": "person.restore",
    "person.restore": "person.archive",
    "membership.add": "membership.end",
    "membership.move": "membership.move",
    "membership.end": "membership.add",
    "lesson.create": "lesson.cancel",
    "lesson.update": "lesson.update",
    "lesson.cancel": "lesson.restore",
    "lesson.restore": "lesson.cancel",
    "work.create": "work.delete",
    "work.update": "work.update",
    "work.delete": "",
    "log_entry.put": "log_entry.delete",
    "log_entry.delete": "log_entry.put",
    # No published call changes a mark or takes one away.
    "mark.put": "",
}
# Parents before children, and what frees a place before what takes it.
ORDER = (
    "edu_group.restore",
    "edu_group.create",
    "edu_group.update",
    "person.restore",
    "person.create",
    "person.update",
    "membership.move",
    "membership.add",
    "membership.end",
    "person.archive",
    "edu_group.archive",
    "lesson.cancel",
    "lesson.restore",
    "lesson.update",
    "lesson.create",
    "work.create",
    "work.update",
    "log_entry.put",
    "mark.put",
    "log_entry.delete",
    "work.delete",
)
RESOURCES = {
    "edu_group": "edu_groups",
    "person": "persons",
    "membership": "memberships",
    "lesson": "lessons",
    "work": "works",
    "log_entry": "lesson_log_entries",
    "mark": "marks",
}
# Members whose text is somebody's own words: an `@` in it is no reference.
FREE_TEXT = frozenset({"text", "comment", "value", "text_value"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One change.

    Attributes:
        number: 1, 2, … in the order of carrying out; 0 before the plan is put in order.
        op: a key of `INVERSES`.
        target: id of the object as text, or the reference of the one to be created. Of a membership: the person's.
        edu_group: id or reference of the group it happens in, "" where none: guards count per group.
        before: managed values as they were seen, None for a creation. `lesson.cancel` and the archives hold all managed
            values, so that the inverse is known.
        after: values to send, None where only the target matters. Days are `YYYY-MM-DD`, ids text or references.
        reason: a word: `new`, `renamed`, `transferred`, `left`, `came_back`, `moved_up`, `unlisted`, `teacher`, `time`, …
        evidence: how the object was recognised: `link`, `snils`, `name+birthday`, `name+class`, `natural key`, `leavers' list`.
        source: where the wish comes from: `file, sheet, row`; "" where from a missing row.
        label: names for a person to read (children's names: never logged).
        channel: how it travels.
        irreversible: no inverse on this channel.
        seen: digest of what was seen; a plan is stale where it no longer agrees.
        needs: numbers of the operations that must have been applied before.
        guards: names of the tripped guards that cover it.

    """

    op: str
    target: str
    edu_group: str
    before: Values | None
    after: Values | None
    reason: str
    evidence: str
    source: str = ""
    label: str = ""
    channel: Channel = Channel.FILE
    irreversible: bool = False
    seen: str = ""
    number: int = 0
    needs: tuple[int, ...] = ()
    guards: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """Table of the mirror it changes."""
        return RESOURCES[self.op.split(".")[0]]

    @property
    def kind(self) -> str:
        """`create`, `update`, `move` or `archive`, as counted in summaries and guards."""
        verb = self.op.split(".")[1]
        if verb == "put":
            return "update" if self.before else "create"
        return {
            "create": "create",
            "restore": "create",
            "add": "create",
            "update": "update",
            "move": "move",
        }.get(verb, "archive")


@dataclass(frozen=True, slots=True)
class Guard:
    """A limit and what the plan asks for."""

    name: str
    limit: int
    actual: int

    @property
    def tripped(self) -> bool:
        """Whether the plan asks for more than the limit."""
        return self.actual > self.limit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vendor object that may be the one; `score` from 0 to 100."""

    vendor_id: int
    label: str
    score: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must decide before it is planned.

    Attributes:
        resource: `persons`, `teachers`, `subjects`, `edu_groups` (subgroups too) or `pairings` (which teacher takes which part).
        local_key: as in the source.
        label: how the source names it.
        reason: a word: `name_and_class`, `namesakes`, `surname_changed`, `two_fit`, `unknown_name`, `unpaired`, …
        candidates: best first; none may fit.
        unique: exactly one fits and nobody else fits it: may be answered in bulk.
        study_year: of the plan that asks: the answer holds for it where the key is made of a class.

    """

    resource: str
    local_key: str
    label: str
    reason: str
    candidates: tuple[Candidate, ...] = ()
    unique: bool = False
    study_year: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A decided identity: which vendor object a local key means; `vendor_id` None: decided that there is none yet.

    Attributes:
        study_year: in which it was decided, None where unknown. A key made of a class (`class:…:5А`) means nobody in
            another year: next September's 5А has other pupils.

    """

    resource: str
    local_key: str
    vendor_id: int | None
    evidence: str
    score: int = 100
    decided_by: str = "automatic"
    study_year: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the plan tells without doing it: an advice, a clash, unplaced hours, a protected lesson."""

    rule: str
    text: str
    edu_group: str = ""
    day: str = ""


@dataclass(slots=True)
class Plan:
    """The whole.

    Attributes:
        plan: random name of 12 hexadecimal digits.
        kind: `roster`, `schedule`, `restore` or `undo`.
        school_id: as text.
        study_year: year it starts in.
        channel: of all its operations.
        created_at: UTC moment.
        scope: group ids (text) and days that must be pulled to judge it: `{"edu_groups": […], "start": …, "end": …}`.
        sources: `{"path", "sha256"}` of the files behind it.
        unchanged: objects that are as they should be.
        links: identities found on the way; kept in the mirror when the plan is saved.
        unresolved: open questions; what they concern is left alone.

    """

    plan: str
    kind: str
    school_id: str
    study_year: int
    channel: Channel
    created_at: str
    scope: dict[str, Any] = field(default_factory=dict)
    sources: list[dict[str, str]] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    unresolved: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    unchanged: int = 0


# --- what the planner sees of the mirror


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


# --- a journal, as it is compared and restored


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


def ref(resource: str, local_key: str) -> str:
    """The reference of an object that the plan itself creates."""
    return f"@{resource}:{local_key}"
