"""The few types of ours that cross a part boundary: ids, tables of the mirror, windows, drift, findings.

`TABLES` is the contract between the vendor's side (which makes rows) and the mirror (which keeps them): a row is a
plain tuple of `columns` in this order, then one more value, the JSON text of members without a column (or None).
Column names are the user's interface: docs/schema.md.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NewType

SchoolId = NewType("SchoolId", int)
EduGroupId = NewType("EduGroupId", int)
PersonId = NewType("PersonId", int)
UserId = NewType("UserId", int)
SubjectId = NewType("SubjectId", int)
LessonId = NewType("LessonId", int)
WorkId = NewType("WorkId", int)
MarkId = NewType("MarkId", int)
RunId = NewType("RunId", int)

Row = tuple[Any, ...]
Rows = Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Table:
    """One mirrored table.

    Attributes:
        name: as in the mirror.
        key: columns that identify a row; they come first in `columns`.
        columns: all typed columns the vendor fills, in the order of a row.

    """

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


def _table(name: str, key: str, rest: str = "") -> Table:
    keys = tuple(key.split())
    return Table(name, keys, keys + tuple(rest.split()))


# In the order of a pull: parents before children.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table(
            "schools",
            "id",
            "name full_name city timezone mark_type region_id uses_avg uses_weighted_avg",
        ),
        _table("subjects", "id", "name knowledge_area fgos_subject_id"),
        _table("work_types", "id", "school_id name abbr weight kind_id kind"),
        _table("timetables", "id", "school_id name first_lesson_number start"),
        _table("bells", "timetable_id number", "start finish name type days_of_week"),
        _table(
            "edu_groups",
            "id",
            "school_id name full_name parallel type study_year status education_type journal_type timetable_id",
        ),
        _table("edu_group_parents", "edu_group_id parent_id"),
        _table("edu_group_subjects", "edu_group_id subject_id"),
        _table("persons", "id", "user_id last_name first_name middle_name short_name sex birthday"),
        _table("memberships", "person_id edu_group_id role", "status"),
        _table("staff", "person_id", "school_id position is_admin is_class_teacher subjects"),
        _table("class_teachers", "edu_group_id person_id"),
        _table("reporting_periods", "id", "name type number start finish study_year"),
        _table("edu_group_reporting_periods", "edu_group_id reporting_period_id"),
        _table("holidays", "id", "reporting_period_group_id start finish name description"),
        _table("edu_group_holidays", "edu_group_id holiday_id"),
        _table("lessons", "id", "edu_group_id subject_id date number title status place_id"),
        _table("lesson_teachers", "lesson_id person_id"),
        _table(
            "works",
            "id",
            "lesson_id edu_group_id subject_id type work_type_id status target_date sent_at text is_important "
            "mark_type mark_count display_in_journal period_number period_type created_by",
        ),
        _table("tasks", "id", "work_id person_id status target_date"),
        _table(
            "marks",
            "id",
            "person_id work_id lesson_id type value text_value mood given_at use_avg_calc number work_type_id",
        ),
        _table("lesson_log_entries", "lesson_id person_id", "status comment created_at"),
        _table(
            "final_marks",
            "id",
            "person_id subject_id reporting_period_id kind edu_group_id value work_id mark_id type given_at",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Drift:
    """A surprise in the vendor's answers: never a value, only where and what.

    Attributes:
        resource: table or model the member belongs to.
        member: the wire name.
        kind: `unknown_member`, `wrong_type`, `missing_id` or `unreadable_row`.

    """

    resource: str
    member: str
    kind: str


@dataclass(frozen=True, slots=True)
class Window:
    """What one request of a pull covers: a resource of one group between two days, both included."""

    resource: str
    edu_group_id: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of a report: what is expected, where, since when. Ids only; names are joined when it is shown.

    Attributes:
        rule: id of the rule.
        clause: clause of the school's local act.
        severity: the rulebook's word.
        edu_group_id: class or subgroup.
        subject_id: None where no subject is concerned.
        teacher_ids: who is expected to act; empty when nobody is named.
        lesson_id: None where no lesson is concerned.
        lesson_number: place in the day, or None.
        due_on: last day on which it would have been in time.
        date: the day it is about.
        due_at: last second of that day in the school's zone, as a UTC moment with `Z`.
        days_late: days since `due_on`, one or more.
        read_at: UTC moment at which the data behind it were read.
        person_ids: pupils who prove it or whom it is about.

    """

    rule: str
    clause: str
    severity: str
    edu_group_id: int
    subject_id: int | None
    teacher_ids: tuple[int, ...]
    lesson_id: int | None
    lesson_number: int | None
    due_on: date
    date: date
    due_at: str
    days_late: int
    read_at: str
    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A stored run of a report, so that the next one can say what was fixed since.

    Attributes:
        report: its name.
        scope: what was asked to be shown, in one form; only checks of equal scopes are compared.
        as_of: the day of judging.
        made_at: aware moment.
        start: first day looked at.
        end: last day looked at.
        lessons_held: lessons looked at.
        by_rule: findings by rule that was asked, zeros included.
        findings: what was found, as it was told then; empty for an old check, of which only the counts are kept.

    """

    report: str
    scope: str
    as_of: date
    made_at: datetime
    start: date
    end: date
    lessons_held: int
    by_rule: Mapping[str, int]
    findings: tuple[Finding, ...] = ()


def stable_id(*parts: object) -> int:
    """Id of ours for an object the vendor sends without one; the same parts give the same id.

    Below 2^53, so that every consumer can hold it.
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def distinct(rows: Iterable[Row], table: Table) -> list[Row]:
    """Last row of each key, in order of first sight: one answer may name a row twice."""
    width = len(table.key)
    return list({row[:width]: row for row in rows}.values())
