"""Models to rows of the mirror: columns as in `records.TABLES`, then the JSON of what has no column.

Days `YYYY-MM-DD`, moments UTC with a Z, flags 0 and 1, ids whole numbers.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec

from connector.api.fields import Field, Kind, shape_of
from connector.api.models import Lesson, LessonLogEntry, Mark, PersonFinalMarks, VendorModel
from connector.api.times import moment_text
from connector.records import TABLES, Row, Rows, distinct, stable_id

_extra_json = msgspec.json.Encoder(order="sorted")


def _flag(value: bool) -> int:  # noqa: FBT001 - the cell of a flag is made from a flag
    return int(value)


def _iso(value: date | datetime) -> str:
    return value.isoformat()


def _time_of_day(value: datetime) -> str:
    # Only bells carry local times, and of theirs the day means nothing: docs/vendor-api.md#dates.
    return value.strftime("%H:%M")


# Values of other kinds are cells as they are.
CELL: dict[Kind, Callable[[Any], object]] = {
    Kind.FLAG: _flag,
    Kind.DAY: _iso,
    Kind.LOCAL: _time_of_day,
    Kind.TEXTS: ",".join,
    Kind.MOMENT: moment_text,
}


def extra_text(members: dict[str, Any]) -> str | None:
    """JSON of members without a column, keys sorted; None when there are none."""
    return _extra_json.encode(members).decode() if members else None


# How a member without a column is written in `extra`: as the vendor would.
_KEPT: dict[Kind, Callable[[Any], object]] = {
    Kind.DAY: _iso,
    Kind.LOCAL: _iso,
    Kind.MOMENT: moment_text,
}


@cache
def loose_fields(model: type[VendorModel]) -> tuple[Field, ...]:
    """List the known members that have neither a column nor a table of their own."""
    return tuple(
        field for field in shape_of(model).fields if field.column is None and not field.own_table
    )


@cache
def column_fields(model: type[VendorModel]) -> tuple[Field | None, ...]:
    """List the field of each column of the model's table, None where the caller must give the value."""
    by_column = {field.column: field for field in shape_of(model).fields if field.column}
    return tuple(by_column.get(column) for column in TABLES[model.table].columns)


def to_row(model: VendorModel, **given: object) -> Row:
    """Make the row of a model's own table.

    Args:
        model: an object whose class names a table.
        given: columns that the object does not carry, or that it leaves empty; what it says itself wins.

    """
    cells = []
    for column, name, cell in _cells(type(model)):
        value = getattr(model, name) if name else None
        if value is None:
            value = given.get(column)
        elif cell:
            value = cell(value)
        cells.append(value)
    return (*cells, extra_text(extras(model)))


@cache
def _cells(model: type[VendorModel]) -> tuple[tuple[str, str, Callable[[Any], object] | None], ...]:
    """Say of each column which attribute fills it ("" for none) and how the value is written."""
    pairs = zip(TABLES[model.table].columns, column_fields(model), strict=True)
    return tuple(
        (column, field.name, CELL.get(field.kind)) if field else (column, "", None)
        for column, field in pairs
    )


def extras(model: VendorModel) -> dict[str, Any]:
    """Collect a model's members that have no column, by wire name; empty ones are nothing to keep."""
    kept = dict(model.model_extra or {})
    for field in loose_fields(type(model)):
        value = getattr(model, field.name)
        if value not in (None, []):
            kept.setdefault(field.wire, _KEPT[field.kind](value) if field.kind in _KEPT else value)
    return kept


def lessons_to_rows(lessons: Iterable[Lesson]) -> Rows:
    """Rows of `lessons`, `lesson_teachers`, `works`, `tasks` and `subjects`.

    A work or task that leaves out whose it is belongs to the lesson or work it came with.
    """
    rows: dict[str, list[Row]] = {
        name: [] for name in ("subjects", "lessons", "lesson_teachers", "works", "tasks")
    }
    for lesson in lessons:
        subject = lesson.subject.id if lesson.subject else None
        if lesson.subject:
            rows["subjects"].append(to_row(lesson.subject))
        rows["lessons"].append(to_row(lesson, subject_id=subject))
        rows["lesson_teachers"] += ((lesson.id, person, None) for person in lesson.teachers or ())
        for work in lesson.works or ():
            rows["works"].append(
                to_row(work, lesson_id=lesson.id, edu_group_id=lesson.group, subject_id=subject)
            )
            rows["tasks"] += (to_row(task, work_id=work.id) for task in work.tasks or ())
    rows["subjects"] = distinct(rows["subjects"], TABLES["subjects"])
    return rows


def marks_to_rows(marks: Iterable[Mark]) -> Rows:
    """Rows of `marks`."""
    return {"marks": [to_row(mark) for mark in marks]}


def log_entries_to_rows(entries: Iterable[LessonLogEntry]) -> Rows:
    """Rows of `lesson_log_entries`."""
    return {"lesson_log_entries": [to_row(entry) for entry in entries]}


# Members of a final mark that `final_marks` has no column for, by their wire names; the others have one.
_MARK = TABLES["marks"].columns
_LEFT = [
    (wire, _MARK.index(column))
    for wire, column in (
        ("textValue", "text_value"),
        ("mood", "mood"),
        ("number", "number"),
        ("workType", "work_type_id"),
        ("use_avg_calc", "use_avg_calc"),
    )
]
_ID, _WORK, _TYPE, _VALUE, _GIVEN = (
    _MARK.index(column) for column in ("id", "work_id", "type", "value", "given_at")
)


def final_row(person: int, subject: int, period: int | None, group: int | None, mark: Row) -> Row:
    """Make a row of `final_marks` from a row of `marks`; what has no column there is kept as extra."""
    kind = "year" if period is None else "period"
    left: dict[str, Any] = {wire: mark[at] for wire, at in _LEFT if mark[at] is not None}
    if mark[-1] is not None:
        left |= msgspec.json.decode(mark[-1])
    own_id = stable_id(person, subject, period, kind)
    named = (own_id, person, subject, period, kind, group)
    return (
        *named,
        mark[_VALUE],
        mark[_WORK],
        mark[_ID],
        mark[_TYPE],
        mark[_GIVEN],
        extra_text(left),
    )


def final_marks_to_rows(persons: Iterable[PersonFinalMarks]) -> Rows:
    """Rows of `final_marks`; `edu_group_id` is None where the vendor leaves the group out."""
    return {
        "final_marks": [
            final_row(
                one.person, said.subject, one.reporting_period, one.group, to_row(said.final_mark)
            )
            for one in persons
            for said in one.per_subject_final_marks or ()
            if said.final_mark is not None
        ]
    }
