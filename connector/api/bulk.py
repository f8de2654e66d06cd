"""Bulk resources straight to rows, past the models: a year of marks is half a million objects.

The fast path decodes into msgspec structs and builds tuples with one comprehension per table; both are made from the
field table. It is strict: any surprise (a wrong type, a time of day where a day is expected) sends the whole answer
through decode.py and rows.py, which know what to keep and what to report. Unknown members are learned from there, so
that a vendor who adds one does not slow down every answer after it. Both ways give the same rows and the same drift;
tests/unit/test_api_bulk.py holds them together.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, Generic

import msgspec

from connector.api.decode import Decoded, Int64, M, decoded_list, sorted_drift
from connector.api.fields import Field, Kind, shape_of
from connector.api.models import Lesson, LessonLogEntry, Mark, Subject, Task, VendorModel, Work
from connector.api.rows import (
    column_fields,
    extra_text,
    lessons_to_rows,
    log_entries_to_rows,
    loose_fields,
    marks_to_rows,
)
from connector.api.times import moment_text, read_local, read_moment
from connector.records import TABLES, Drift, Row, Rows

# Pairs of a resource and an unknown member seen in it.
Learned = frozenset[tuple[str, str]]
# A vendor who makes up members without end is not followed.
_MOST_LEARNED = 40
_LEARNABLE = re.compile(r"[\w.-]{1,64}")

_Items = Sequence[Any]
_Names = list[tuple[str, str]]
_RowMaker = Callable[..., list[Row]]


class _Surprise(Exception):
    """The fast path is not sure."""


# --- structs

# Decoding is lax, so that the string twins become ids in C. Where lax would turn a string into a number or a flag that
# it should not be, `str` is allowed and the row maker stumbles over it.
_TYPES: dict[Kind, Any] = {
    Kind.ID: Int64,
    Kind.IDS: list[Int64],
    Kind.INTEGER: Int64 | str,
    Kind.TEXT: str,
    Kind.FLAG: bool | str,
    Kind.DAY: str,
    Kind.MOMENT: str,
}


@lru_cache(maxsize=64)
def _struct(model: type[VendorModel], learned: Learned) -> type[msgspec.Struct]:
    shape = shape_of(model)
    members: list[tuple[str, Any, Any]] = []
    for each in shape.fields:
        bare = _nested(each, learned) if each.model else _TYPES[each.kind]
        members.append((each.name, bare | None, msgspec.field(name=each.wire, default=None)))
        if each.twin:
            members.append(
                (_twin(each.name), bare | None, msgspec.field(name=each.twin, default=None))
            )
    for attribute, wire in _unknown(shape.resource, learned):
        members.append((attribute, Any, msgspec.field(name=wire, default=msgspec.UNSET)))
    return msgspec.defstruct(model.__name__, members, forbid_unknown_fields=True, gc=False)


def _nested(each: Field, learned: Learned) -> Any:  # noqa: ANN401 - a type made at run time
    struct: Any = _struct(each.model, learned)
    return list[struct] if each.kind is Kind.OBJECTS else struct


def _twin(name: str) -> str:
    return f"{name}_twin"


def _unknown(resource: str, learned: Learned) -> _Names:
    """List attribute and wire name of the unknown members of a resource."""
    return [
        (f"unknown_{index}", wire)
        for index, (owner, wire) in enumerate(sorted(learned))
        if owner == resource
    ]


# --- rows


@lru_cache(maxsize=64)
def _row_maker(model: type[VendorModel], spare: tuple[str, ...]) -> _RowMaker:
    """Make the function that turns structs into rows of the model's table.

    It takes the structs, one list per column of `spare` (values for what the structs leave out), one list of texts per
    moment, and the extras.
    """
    fields = dict(zip(TABLES[model.table].columns, column_fields(model), strict=True))
    moments = [name for name, each in fields.items() if each and each.kind is Kind.MOMENT]
    cells = [_cell(name, each, spared=name in spare) for name, each in fields.items()]
    walked = [
        *(f"spare_{name}" for name in spare),
        *(f"moment_{name}" for name in moments),
        "extra",
    ]
    lists = [f"{name}_" for name in walked]
    # Written out, the comprehension reads struct slots directly: twice as fast as getters from a table.
    source = (
        f"lambda items, {', '.join(lists)}: "
        f"[({', '.join(cells)}, extra) for m, {', '.join(walked)} in zip(items, {', '.join(lists)})]"
    )
    maker: _RowMaker = eval(source, {"BIT": _BIT, "day": _day})  # noqa: S307 - all names come from the field table
    return maker


def _cell(column: str, each: Field | None, *, spared: bool) -> str:
    if each is None:
        return f"spare_{column}" if spared else "None"
    name = each.name
    value = {
        Kind.ID: f"(m.{name} if m.{_twin(name)} is None else m.{_twin(name)})",
        Kind.INTEGER: f"(None if m.{name} is None else +m.{name})",  # + refuses the strings
        Kind.FLAG: f"BIT[m.{name}]",  # so does the table
        Kind.DAY: f"day(m.{name})",
        Kind.MOMENT: f"moment_{column}",
    }.get(each.kind, f"m.{name}")
    return f"(spare_{column} if (found := {value}) is None else found)" if spared else value


_BIT = {None: None, False: 0, True: 1}


@lru_cache(maxsize=4096)
def _day(text: str | None) -> str | None:
    if text is None:
        return None
    moment = read_local(text)
    if moment is None or moment.time() != moment.min.time():
        raise _Surprise
    return moment.date().isoformat()


_DIGITS_TO_0 = bytes(ord("0") if chr(byte) in "123456789" else byte for byte in range(256))
_USUAL = frozenset({b"0000-00-00T00:00:00.000000", b"0000-00-00T00:00:00"})


def _moments(texts: list[str | None]) -> list[str | None]:
    """Write moments the mirror's way; all at once where they look as usual."""
    given = [text for text in texts if text is not None]
    joined = "\n".join(given)
    if (
        not _USUAL.issuperset(joined.encode().translate(_DIGITS_TO_0).split(b"\n"))
        or ".000000" in joined
    ):
        return [None if text is None else _moment(text) for text in texts]
    try:
        all(
            map(datetime.fromisoformat, given)
        )  # the shape is right: only a month 13 or the like is left to find
    except ValueError:
        raise _Surprise from None
    return [None if text is None else text + "Z" for text in texts]


def _moment(text: str) -> str:
    moment = read_moment(text)
    if moment is None:
        raise _Surprise
    return moment_text(moment)


class _Reading:
    """One answer on the fast path."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self.drift: set[Drift] = set()

    def rows(self, model: type[VendorModel], items: _Items, **spare: list[Any]) -> list[Row]:
        """Rows of the model's table, as `rows.to_row` makes them; `spare` fills what the items leave out."""
        moments = [
            _moments([getattr(item, each.name) for item in items])
            for each in column_fields(model)
            if each and each.kind is Kind.MOMENT
        ]
        extras = self._extras(model, items)
        rows = _row_maker(model, tuple(spare))(items, *spare.values(), *moments, extras)
        for index, _ in enumerate(TABLES[model.table].key):
            if any(row[index] is None for row in rows):
                raise _Surprise
        return rows

    def _extras(self, model: type[VendorModel], items: _Items) -> Iterable[str | None]:
        known = [(each.name, each.wire) for each in loose_fields(model) if _is_used(each, items)]
        unknown = _unknown(model.table, self._learned)
        if not (unknown or known):
            return repeat(None, len(items))
        return [extra_text(self._members(model.table, item, known, unknown)) for item in items]

    def _members(
        self, resource: str, item: object, known: _Names, unknown: _Names
    ) -> dict[str, Any]:
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
    if each.twin and any(getattr(item, _twin(each.name)) for item in items):
        raise _Surprise
    if each.kind is not Kind.TEXT and any(isinstance(value, str) for value in values):
        raise _Surprise
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
        struct: Any = _struct(self._model, learned)
        return learned, msgspec.json.Decoder(list[struct], strict=False)

    def __call__(self, body: bytes) -> Decoded[Rows]:
        """Read a body; raises `Unreadable`."""
        learned, decoder = self._way
        reading = _Reading(learned)
        try:
            rows = self._fast(reading, decoder.decode(body))
        except (msgspec.MsgspecError, _Surprise, KeyError, TypeError, RecursionError):
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
