"""Bulk resources straight to rows, past the models: a year of marks is half a million objects.

The fast path decodes into msgspec structs and builds tuples with one comprehension per table; both are made from the
field table. It is strict: any surprise (a wrong type, a time of day where a day is expected) sends the whole answer
through decode.py and rows.py, which know what to keep and what to report. Unknown members are learned from there, so
that a vendor who adds one does not slow down every answer after it. Both ways give the same rows and the same drift;
tests/unit/test_api_bulk.py holds them together.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from typing import Any, Generic

import msgspec

from connector.api.decode import Decoded, M, decoded_list, sorted_drift
from connector.api.fields import Field, Kind, shape_of
from connector.api.models import (
    Lesson,
    LessonLogEntry,
    Mark,
    PersonFinalMarks,
    Subject,
    SubjectFinalMark,
    Task,
    VendorModel,
    Work,
)
from connector.api.rows import (
    column_fields,
    extra_text,
    final_marks_to_rows,
    final_row,
    lessons_to_rows,
    log_entries_to_rows,
    loose_fields,
    marks_to_rows,
)
from connector.api.structs import (
    Learned,
    Names,
    Surprise,
    moments_text,
    row_maker,
    struct_of,
    twin_name,
    unknown_members,
)
from connector.records import TABLES, Drift, Row, Rows

# A vendor who makes up members without end is not followed.
_MOST_LEARNED = 40
_LEARNABLE = re.compile(r"[\w.-]{1,64}")

_Items = Sequence[Any]


class _Reading:
    """One answer on the fast path."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self.drift: set[Drift] = set()

    def rows(self, model: type[VendorModel], items: _Items, **spare: list[Any]) -> list[Row]:
        """Rows of the model's table, as `rows.to_row` makes them; `spare` fills what the items leave out."""
        moments = [
            moments_text([getattr(item, each.name) for item in items])
            for each in column_fields(model)
            if each and each.kind is Kind.MOMENT
        ]
        extras = self._extras(model, items)
        rows = row_maker(model, tuple(spare))(items, *spare.values(), *moments, extras)
        for index, _ in enumerate(TABLES[model.table].key):
            if any(row[index] is None for row in rows):
                raise Surprise
        return rows

    def knows_more_of(self, *models: type[VendorModel]) -> bool:
        """Whether the vendor added members to objects of these kinds."""
        return any(unknown_members(shape_of(model).resource, self._learned) for model in models)

    def _extras(self, model: type[VendorModel], items: _Items) -> Iterable[str | None]:
        known = [(each.name, each.wire) for each in loose_fields(model) if _is_used(each, items)]
        unknown = unknown_members(model.table, self._learned)
        if not (unknown or known):
            return repeat(None, len(items))
        return [extra_text(self._members(model.table, item, known, unknown)) for item in items]

    def _members(self, resource: str, item: object, known: Names, unknown: Names) -> dict[str, Any]:
        members = {
            wire: value for name, wire in known if (value := getattr(item, name)) not in _NOTHING
        }
        for name, wire in unknown:
            value = getattr(item, name)
            if value is not msgspec.UNSET:
                members[wire] = value
                self.drift.add(Drift(resource, wire, "unknown_member"))
        return members


def _is_used(each: Field, items: _Items) -> bool:
    """Whether a member without a column holds anything."""
    values = [getattr(item, each.name) for item in items]
    if each.twin and any(getattr(item, twin_name(each)) for item in items):
        raise Surprise
    if each.kind is not Kind.TEXT and any(isinstance(value, str) for value in values):
        raise Surprise
    return any(value not in _NOTHING for value in values)


_NOTHING: tuple[None, list[object]] = (None, [])


def _lesson_rows(reading: _Reading, lessons: _Items) -> Rows:
    taught = [lesson.subject for lesson in lessons if lesson.subject]
    subjects = reading.rows(Subject, taught)
    numbers = iter([row[0] for row in subjects])
    subject_ids = [next(numbers) if lesson.subject else None for lesson in lessons]
    rows = reading.rows(Lesson, lessons, subject_id=subject_ids)
    works, parents = _flat(rows, [lesson.works for lesson in lessons])
    work_rows = reading.rows(
        Work,
        works,
        lesson_id=[row[0] for row in parents],
        edu_group_id=[row[1] for row in parents],
        subject_id=[row[2] for row in parents],
    )
    tasks, owners = _flat(work_rows, [work.tasks for work in works])
    return {
        "subjects": list({row[0]: row for row in subjects}.values()),
        "lessons": rows,
        "lesson_teachers": [
            (row[0], person, None)
            for row, lesson in zip(rows, lessons, strict=True)
            for person in (
                lesson.teachers if lesson.teachers_twin is None else lesson.teachers_twin
            )
            or ()
        ],
        "works": work_rows,
        "tasks": reading.rows(Task, tasks, work_id=[row[0] for row in owners]),
    }


def _flat(rows: list[Row], nested: list[list[Any] | None]) -> tuple[list[Any], list[Row]]:
    """Lay nested objects out in one list; the other says whose each is."""
    owners = (repeat(row, len(own or ())) for row, own in zip(rows, nested, strict=True))
    return list(chain.from_iterable(own or () for own in nested)), list(chain.from_iterable(owners))


def _mark_rows(reading: _Reading, marks: _Items) -> Rows:
    return {"marks": reading.rows(Mark, marks)}


def _log_entry_rows(reading: _Reading, entries: _Items) -> Rows:
    return {"lesson_log_entries": reading.rows(LessonLogEntry, entries)}


def _final_rows(reading: _Reading, persons: _Items) -> Rows:
    said: list[tuple[_Named, object]] = []
    for one in persons:
        person = _named(one, "person")
        period, group = _twin(one, "reporting_period"), _twin(one, "group")
        for each in one.per_subject_final_marks or ():
            named = (person, _named(each, "subject"), period, group)
            if each.final_mark is not None:
                said.append((named, each.final_mark))
    # There is no column to keep what else they say.
    if reading.knows_more_of(PersonFinalMarks, SubjectFinalMark):
        raise Surprise
    marks = reading.rows(Mark, [mark for _, mark in said])
    return {
        "final_marks": [
            final_row(*named, mark) for (named, _), mark in zip(said, marks, strict=True)
        ]
    }


_Named = tuple[int, int, int | None, int | None]


def _named(item: object, name: str) -> int:
    found = _twin(item, name)
    if found is None:
        raise Surprise
    return found


def _twin(item: object, name: str) -> int | None:
    said: int | None = getattr(item, f"{name}_twin")
    number: int | None = getattr(item, name)
    return number if said is None else said


# --- readers


class _Reader(Generic[M]):
    """Reads answers of one kind: the fast way, and the sure way where that gives up. Shared by threads."""

    def __init__(
        self,
        model: type[M],
        fast: Callable[[_Reading, _Items], Rows],
        sure: Callable[[Iterable[M]], Rows],
    ) -> None:
        self._model = model
        self._fast = fast
        self._sure = sure
        self._way = self._prepared(frozenset())

    def _prepared(self, learned: Learned) -> tuple[Learned, msgspec.json.Decoder[Any]]:
        struct: Any = struct_of(self._model, learned)
        return learned, msgspec.json.Decoder(list[struct], strict=False)

    def __call__(self, body: bytes) -> Decoded[Rows]:
        """Read a body; raises `Unreadable`."""
        learned, decoder = self._way
        reading = _Reading(learned)
        try:
            rows = self._fast(reading, decoder.decode(body))
        except (msgspec.MsgspecError, Surprise, KeyError, TypeError, RecursionError):
            return self._read_surely(body, learned)
        return Decoded(rows, sorted_drift(reading.drift))

    def _read_surely(self, body: bytes, learned: Learned) -> Decoded[Rows]:
        found = decoded_list(self._model, body)
        more = learned | {
            (said.resource, said.member)
            for said in found.drift
            if said.kind == "unknown_member" and _LEARNABLE.fullmatch(said.member)
        }
        if more != learned and len(more) <= _MOST_LEARNED:
            self._way = self._prepared(more)
        return Decoded(self._sure(found.value), found.drift, found.rejected)


lesson_rows = _Reader(Lesson, _lesson_rows, lessons_to_rows)
mark_rows = _Reader(Mark, _mark_rows, marks_to_rows)
log_entry_rows = _Reader(LessonLogEntry, _log_entry_rows, log_entries_to_rows)
final_mark_rows = _Reader(PersonFinalMarks, _final_rows, final_marks_to_rows)
