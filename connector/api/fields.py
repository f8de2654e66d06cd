"""The field table: one description of each vendor object, derived from the models' annotations.

The lenient reader (decode.py), the row builder (rows.py) and the bulk decoders (bulk.py) all work from it, so a member
is described once: in models.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Union, cast, get_args, get_origin

from pydantic import BaseModel

from connector.records import TABLES


class Kind(Enum):
    """How a member is written on the wire."""

    ID = "id"  # int64, with a string twin that wins: docs/vendor-api.md#identifiers
    IDS = "ids"  # list of int64, with a twin list of strings
    INTEGER = "integer"
    TEXT = "text"
    TEXTS = "texts"
    FLAG = "flag"
    DAY = "day"  # local midnight, `2024-09-02T00:00:00`
    MOMENT = "moment"  # UTC without a Z, up to seven fractional digits
    LOCAL = "local"  # local time without a zone
    OBJECT = "object"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class Column:
    """The mirror's column of a member, where it is not called like the attribute."""

    name: str


class Place(Enum):
    """Where a member without a column goes."""

    OWN_TABLE = "own table"  # rows of another table carry it, so it is no extra


Id = Annotated[int, Kind.ID]
Ids = Annotated[list[int], Kind.IDS]
Day = Annotated[date, Kind.DAY]
Moment = Annotated[datetime, Kind.MOMENT]
LocalDateTime = Annotated[datetime, Kind.LOCAL]


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a vendor object.

    Attributes:
        name: attribute of the model.
        wire: the vendor's name.
        twin: wire name of the string twin, None for kinds that have none.
        kind: how the value is written.
        column: column of the model's table, None when it has none.
        model: model of a nested object.
        required: without it the object cannot be used: it has no identity.
        own_table: its value becomes rows of another table.

    """

    name: str
    wire: str
    twin: str | None
    kind: Kind
    column: str | None
    model: type[BaseModel] | None
    required: bool
    own_table: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """All members of one model.

    Attributes:
        model: the pydantic model.
        resource: its table, else its name; what drift is reported under.
        fields: in the order of the model.
        known: every wire name that is no surprise, twins included.

    """

    model: type[BaseModel]
    resource: str
    fields: tuple[Field, ...]
    known: frozenset[str]


_BY_TYPE: dict[object, Kind] = {int: Kind.INTEGER, str: Kind.TEXT, bool: Kind.FLAG}


def _unwrapped(annotation: object, metadata: Iterable[object]) -> tuple[object, list[object]]:
    """Strip `| None` and `Annotated`, collecting what the latter says."""
    said = list(metadata)
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            said += more
        elif origin in (Union, UnionType):
            (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
        else:
            return annotation, said


def _kind(bare: object, said: list[object]) -> tuple[Kind, type[BaseModel] | None]:
    for word in said:
        if isinstance(word, Kind):
            return word, None
    if get_origin(bare) is list:
        inner, _ = _unwrapped(get_args(bare)[0], ())
        return (
            (Kind.TEXTS, None) if inner is str else (Kind.OBJECTS, cast("type[BaseModel]", inner))
        )
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return Kind.OBJECT, bare
    return _BY_TYPE[bare], None


def _twin(wire: str) -> str:
    return wire + ("Str" if wire[0].isupper() else "_str")


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """Describe a model; `table` of the model, when set, gives the columns."""
    table = getattr(model, "table", "")
    columns = TABLES[table].columns if table else ()
    fields = []
    for name, info in model.model_fields.items():
        bare, said = _unwrapped(info.annotation, info.metadata)
        kind, nested = _kind(bare, said)
        wire = info.alias or name
        column = next((word.name for word in said if isinstance(word, Column)), name)
        fields.append(
            Field(
                name=name,
                wire=wire,
                twin=_twin(wire) if kind in (Kind.ID, Kind.IDS) else None,
                kind=kind,
                column=column if column in columns else None,
                model=nested,
                required=info.is_required(),
                own_table=Place.OWN_TABLE in said,
            )
        )
    known = {field.wire for field in fields} | {field.twin for field in fields if field.twin}
    return Shape(model, table or model.__name__, tuple(fields), frozenset(known))
