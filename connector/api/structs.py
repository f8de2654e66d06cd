"""msgspec structs and row makers, both made from the field table: the tools of bulk.py."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from connector.api.decode import Int64
from connector.api.fields import Field, Kind, shape_of
from connector.api.models import VendorModel
from connector.api.rows import column_fields
from connector.api.times import moment_text, read_local, read_moment
from connector.records import TABLES, Row

# Pairs of a resource and an unknown member seen in it.
Learned = frozenset[tuple[str, str]]

Names = list[tuple[str, str]]
RowMaker = Callable[..., list[Row]]


class Surprise(Exception):
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
def struct_of(model: type[VendorModel], learned: Learned) -> type[msgspec.Struct]:
    """Make the strict twin of a model; learned members are no surprise any more.

    A member `x` with a string twin becomes two attributes, see `twin_name`; all are None by default.
    """
    shape = shape_of(model)
    members: list[tuple[str, Any, Any]] = []
    for each in shape.fields:
        bare = _nested(each, learned) if each.model else _TYPES[each.kind]
        members.append((each.name, bare | None, msgspec.field(name=each.wire, default=None)))
        if each.twin:
            members.append(
                (twin_name(each), bare | None, msgspec.field(name=each.twin, default=None))
            )
    for attribute, wire in unknown_members(shape.resource, learned):
        members.append((attribute, Any, msgspec.field(name=wire, default=msgspec.UNSET)))
    return msgspec.defstruct(model.__name__, members, forbid_unknown_fields=True, gc=False)


def _nested(each: Field, learned: Learned) -> Any:  # noqa: ANN401 - a type made at run time
    struct: Any = struct_of(each.model, learned)
    return list[struct] if each.kind is Kind.OBJECTS else struct


def twin_name(each: Field) -> str:
    """Attribute of a struct that holds a member's string twin."""
    return f"{each.name}_twin"


def unknown_members(resource: str, learned: Learned) -> Names:
    """List attribute and wire name of the unknown members of a resource."""
    return [
        (f"unknown_{index}", wire)
        for index, (owner, wire) in enumerate(sorted(learned))
        if owner == resource
    ]


# --- rows


@lru_cache(maxsize=64)
def row_maker(model: type[VendorModel], spare: tuple[str, ...]) -> RowMaker:
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
    maker: RowMaker = eval(source, {"BIT": _BIT, "day": _day})  # noqa: S307 - all names come from the field table
    return maker


def _cell(column: str, each: Field | None, *, spared: bool) -> str:
    if each is None:
        return f"spare_{column}" if spared else "None"
    name = each.name
    value = {
        Kind.ID: f"(m.{name} if m.{twin_name(each)} is None else m.{twin_name(each)})",
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
        raise Surprise
    return moment.date().isoformat()


_DIGITS_TO_0 = bytes(ord("0") if chr(byte) in "123456789" else byte for byte in range(256))
_USUAL = frozenset({b"0000-00-00T00:00:00.000000", b"0000-00-00T00:00:00"})


def moments_text(texts: list[str | None]) -> list[str | None]:
    """Write moments the mirror's way; all at once where they look as usual."""
    given = [text for text in texts if text is not None]
    joined = "\n".join(given)
    if (
        not _USUAL.issuperset(joined.encode().translate(_DIGITS_TO_0).split(b"\n"))
        or ".000000" in joined
    ):
        return [None if text is None else _moment(text) for text in texts]
    try:
        # The shape is right: only a month 13 or the like is left to find.
        for _ in map(datetime.fromisoformat, given):
            pass
    except ValueError:
        raise Surprise from None
    return [None if text is None else text + "Z" for text in texts]


def _moment(text: str) -> str:
    moment = read_moment(text)
    if moment is None:
        raise Surprise
    return moment_text(moment)
