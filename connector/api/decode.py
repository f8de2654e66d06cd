"""Lenient reading of the vendor's JSON: a surprise costs a member or a row, never the answer, and is reported.

What is kept and what is said, by surprise:

    unknown member                the value, in the object's extras          drift unknown_member
    wrong type of a member        None, and the raw value in the extras      drift wrong_type
    the same, of nested objects   as above; the answer counts as incomplete  drift wrong_type, rejected + 1
    no usable identity            nothing                                    drift unreadable_row, rejected + 1
    not JSON, not the promised array or object                               `Unreadable`
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, cast

import msgspec
from pydantic import BaseModel

from connector.api.fields import Field, Kind, Shape, shape_of
from connector.api.models import VendorModel
from connector.api.times import read_day, read_local, read_moment
from connector.i18n import N_
from connector.records import Drift

T = TypeVar("T")
M = TypeVar("M", bound=VendorModel)

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
Int64 = Annotated[int, msgspec.Meta(ge=INT64_MIN, le=INT64_MAX)]
_USUAL_ID = re.compile(
    r"[1-9][0-9]{0,17}|[1-8][0-9]{18}"
)  # only a shortcut: all others go to the slower `_lax`
_OneId = Int64 | None
_ManyIds = list[Int64] | None


class Unreadable(ValueError):
    """The body is not what the call promised; the argument is a translatable reason without any value."""


@dataclass(frozen=True, slots=True)
class Decoded(Generic[T]):
    """A value read from an answer.

    Attributes:
        value: what the call promised.
        drift: surprises met, each once, sorted.
        rejected: rows that could not be read; when there are any, the value is incomplete and proves no absence.

    """

    value: T
    drift: tuple[Drift, ...] = ()
    rejected: int = 0


@dataclass(slots=True)
class Notes:
    """What a reading noticed."""

    drift: set[Drift] = field(default_factory=set)
    rejected: int = 0

    def say(self, shape: Shape, member: str, kind: str) -> None:
        """Note a surprise."""
        self.drift.add(Drift(shape.resource, member, kind))

    def reject(self, shape: Shape) -> None:
        """Note a row that cannot be used."""
        self.say(shape, "", "unreadable_row")
        self.rejected += 1

    def decoded(self, value: T) -> Decoded[T]:
        """Close the reading."""
        return Decoded(value, sorted_drift(self.drift), self.rejected)


def sorted_drift(drift: set[Drift]) -> tuple[Drift, ...]:
    """Put surprises in an order that two readings share."""
    return tuple(sorted(drift, key=lambda said: (said.resource, said.member, said.kind)))


class _Wrong:
    """The value is there and cannot be read."""


WRONG = _Wrong()
Reader = Callable[[Any, Notes], object]


def parse(body: bytes) -> object:
    """Parse JSON; a byte order mark and half surrogate pairs (then `?`) are forgiven.

    Raises:
        Unreadable: cut or not JSON at all.

    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        # The strict parser and the mirror both refuse half a surrogate pair, which a careless editor can leave in a comment.
        text = json.dumps(json.loads(body.decode("utf-8-sig")), ensure_ascii=False, allow_nan=False)
        return msgspec.json.decode(text.encode(errors="replace"))
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise Unreadable(N_("the body is cut or is not JSON")) from None


def read_objects(model: type[M], items: list[object], notes: Notes) -> list[M]:
    """Read an array of objects; those without identity are left out and noted."""
    shape = shape_of(model)
    found = (read_object(shape, item, notes) for item in items)
    return cast("list[M]", [each for each in found if each is not None])


def read_object(shape: Shape, raw: object, notes: Notes) -> VendorModel | None:
    """Read one object through the field table; None when it has no usable identity."""
    if not isinstance(raw, dict):
        notes.reject(shape)
        return None
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for member in raw.keys() - shape.known:
        extra[member] = raw[member]
        notes.say(shape, member, "unknown_member")
    for each, read in _readers(shape.model):
        given = raw.get(each.wire)
        value = None if given is None else read(given, notes)
        if value is WRONG or (each.kind is Kind.DAY and value is not None and _has_time(given)):
            extra[each.wire] = given
        if value is WRONG:
            _wrong(each, each.wire, shape, notes)
            value = None
        if each.twin and (twin := raw.get(each.twin)) is not None:
            better = read(twin, notes)
            if better is WRONG:
                extra[each.twin] = twin
                _wrong(each, each.twin, shape, notes)
            elif better is not None:
                value = better
        if value is None and each.required:
            notes.reject(shape)
            return None
        values[each.name] = value
    return cast("type[VendorModel]", shape.model).assembled(values, extra)


def _wrong(each: Field, wire: str, shape: Shape, notes: Notes) -> None:
    notes.say(shape, wire, "wrong_type")
    # Without the nested objects the answer says nothing about their absence.
    notes.rejected += each.model is not None


@cache
def _readers(model: type[BaseModel]) -> tuple[tuple[Field, Reader], ...]:
    """Pair each member with the function that reads it."""
    return tuple(
        (each, _nested(each.model, each.kind) if each.model else _READ[each.kind])
        for each in shape_of(model).fields
    )


def _nested(model: type[BaseModel], kind: Kind) -> Reader:
    nested = cast("type[VendorModel]", model)

    def read_array(given: object, notes: Notes) -> object:
        return read_objects(nested, given, notes) if isinstance(given, list) else WRONG

    def read_one(given: object, notes: Notes) -> object:
        return read_object(shape_of(nested), given, notes) if isinstance(given, dict) else WRONG

    return read_array if kind is Kind.OBJECTS else read_one


def _id(given: object, _: Notes) -> object:
    if type(given) is str and _USUAL_ID.fullmatch(given):
        return int(given)
    if type(given) is int and INT64_MIN <= given <= INT64_MAX:
        return given
    return _lax(given, _OneId)


def _ids(given: object, _: Notes) -> object:
    return _lax(given, _ManyIds)


def _lax(given: object, kind: object) -> object:
    """Read ids in either writing, by the very rules of the bulk decoders."""
    try:
        return msgspec.convert(given, cast("type", kind), strict=False)
    except msgspec.ValidationError:
        return WRONG


def _integer(given: object, _: Notes) -> object:
    if isinstance(given, float) and given.is_integer():
        given = int(given)  # `3.0` is how some serialisers write 3
    if isinstance(given, int) and not isinstance(given, bool) and INT64_MIN <= given <= INT64_MAX:
        return given
    return WRONG


def _text(given: object, _: Notes) -> object:
    return given if isinstance(given, str) else WRONG


def _texts(given: object, _: Notes) -> object:
    return (
        given if isinstance(given, list) and all(isinstance(item, str) for item in given) else WRONG
    )


def _flag(given: object, _: Notes) -> object:
    return bool(given) if type(given) in (bool, int) and given in (0, 1) else WRONG


def _time(read: Callable[[str], date | datetime | None]) -> Reader:
    def read_time(given: object, _: Notes) -> object:
        value = read(given) if isinstance(given, str) else None
        return WRONG if value is None else value

    return read_time


def _has_time(given: Any) -> bool:  # noqa: ANN401 - read as a day before, so it is a string
    moment = read_local(given)
    return moment is not None and moment.time() != time.min


_READ: dict[Kind, Reader] = {
    Kind.ID: _id,
    Kind.IDS: _ids,
    Kind.INTEGER: _integer,
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.FLAG: _flag,
    Kind.DAY: _time(read_day),
    Kind.MOMENT: _time(read_moment),
    Kind.LOCAL: _time(read_local),
}


def array_of(model: type[M], *, single: bool = False) -> Callable[[bytes], Decoded[list[M]]]:
    """Make a reader of a JSON array.

    Args:
        model: of the items.
        single: a lone object counts as an array of one; no content at all as an empty one.

    """

    def read(body: bytes) -> Decoded[list[M]]:
        return decoded_list(model, body, single=single)

    return read


def decoded_list(model: type[M], body: bytes, *, single: bool = False) -> Decoded[list[M]]:
    """Read an array; nothing at all (204) is an empty one.

    Raises:
        Unreadable: the body is cut, or holds no array.

    """
    raw = parse(body) if body else []
    if single and isinstance(raw, dict):
        raw = [raw]
    if not isinstance(raw, list):
        raise Unreadable(N_("an array was promised"))
    notes = Notes()
    return notes.decoded(read_objects(model, raw, notes))


def object_of(model: type[M]) -> Callable[[bytes], Decoded[M]]:
    """Make a reader of one JSON object, which must have its identity."""

    def read(body: bytes) -> Decoded[M]:
        notes = Notes()
        found = read_object(shape_of(model), parse(body), notes)
        if found is None:
            raise Unreadable(N_("the promised object is missing"))
        return notes.decoded(cast("M", found))

    return read


def perhaps_object_of(model: type[M]) -> Callable[[bytes], Decoded[list[M]]]:
    """Make a reader of one JSON object or null: a list of one, or of none. An array is read as it is."""

    def read(body: bytes) -> Decoded[list[M]]:
        raw = parse(body) if body else None
        notes = Notes()
        listed = raw if isinstance(raw, list) else [] if raw is None else [raw]
        return notes.decoded(read_objects(model, listed, notes))

    return read


def json_value(body: bytes) -> Decoded[Any]:
    """Read JSON of any shape; no content is None."""
    return Decoded(parse(body) if body else None)
