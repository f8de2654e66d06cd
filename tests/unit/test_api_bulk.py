"""The bulk decoders against the models: the same rows, the same drift, for whatever the vendor sends."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.api.bulk import final_mark_rows, lesson_rows, log_entry_rows, mark_rows
from connector.api.decode import Decoded, Unreadable, decoded_list
from connector.api.fields import Field, Kind, shape_of
from connector.api.models import Lesson, LessonLogEntry, Mark, PersonFinalMarks, VendorModel
from connector.api.rows import (
    final_marks_to_rows,
    lessons_to_rows,
    log_entries_to_rows,
    marks_to_rows,
)
from connector.records import Rows

IDS = st.integers(min_value=1, max_value=2**63 - 1)
ODD_TEXTS = st.sampled_from(
    [
        "",
        "null",
        "NULL",
        "true",
        "0",
        "-0",
        "007",
        "1.0",
        "1e3",
        " 5",
        "5 ",
        "+5",
        "1_0",
        "٣",
        "9223372036854775808",
        "-7",
        "2024-09-02",
    ]
)
DAYS = st.sampled_from(
    [
        "2024-09-02T00:00:00",
        "2024-09-02",
        "2024-9-2",
        "2024-09-02T00:00:00.0000000",
        "2024-09-02T08:30:00",
        "0001-01-01T00:00:00",
    ]
)
MOMENTS = st.sampled_from(
    [
        "2024-09-02T10:11:12.123456",
        "2024-09-02T10:11:12",
        "2024-09-02T10:11:12.1234567",
        "2024-09-02T10:11:12.000000",
        "2024-09-02T10:11:12.5Z",
        "2024-9-2T10:11:12",
        "2024-09-02",
    ]
)
BAD_TIMES = st.sampled_from(
    [
        "2024-13-02T10:11:12",
        "2024-09-02T10:11:12+03:00",
        "2024-W36-1T10:11:12",
        "2024-02-30T00:00:00",
        "٢٠٢٤-09-02T10:11:12",
    ]
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | ODD_TEXTS
    | BAD_TIMES,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=3,
)
USUAL: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.ID: IDS,
    Kind.IDS: st.lists(IDS, max_size=3),
    Kind.INTEGER: st.integers(-5, 50),
    Kind.TEXT: st.text(max_size=8),
    Kind.FLAG: st.booleans(),
    Kind.DAY: DAYS,
    Kind.MOMENT: MOMENTS,
}


@st.composite
def vendor_objects(draw: Any, model: type[VendorModel], *, odd: bool) -> dict[str, Any]:
    """An object as the vendor may write it; with `odd`, some members are not what they should be."""
    made: dict[str, Any] = {}
    for field in shape_of(model).fields:
        if draw(st.integers(0, 9)) == 0 and not (field.required and not odd):
            continue
        value = draw(
            member(field, odd=odd) if field.required else st.none() | member(field, odd=odd)
        )
        made[field.wire] = value
        if field.twin and draw(st.booleans()):
            made[field.twin] = twin_of(value)
            if draw(st.integers(0, 9)) == 0 and value is not None:
                made[field.wire] = rounded(value)
    if odd:
        strange = draw(
            st.dictionaries(
                st.sampled_from([*shape_of(model).known, "surprise", "class", "a b"]),
                ANYTHING,
                max_size=2,
            )
        )
        made |= strange
    return made


def member(field: Field, *, odd: bool) -> st.SearchStrategy[Any]:
    if field.kind is Kind.OBJECTS:
        return st.lists(vendor_objects(field.model, odd=odd), max_size=2)
    return vendor_objects(field.model, odd=odd) if field.model else USUAL[field.kind]


def twin_of(value: Any) -> Any:
    return (
        [str(item) for item in value]
        if isinstance(value, list)
        else value
        if value is None
        else str(value)
    )


def rounded(value: Any) -> Any:
    """The number as it looks after a program that keeps numbers as doubles."""
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return min(int(float(value)), 2**63 - 1)


def sure(model: type[VendorModel], to_rows: Any, body: bytes) -> Decoded[Rows]:
    found = decoded_list(model, body)
    return Decoded(to_rows(found.value), found.drift, found.rejected)


PAIRS = [
    (Lesson, lesson_rows, lessons_to_rows),
    (Mark, mark_rows, marks_to_rows),
    (LessonLogEntry, log_entry_rows, log_entries_to_rows),
    (PersonFinalMarks, final_mark_rows, final_marks_to_rows),
]
each_kind = pytest.mark.parametrize(
    ("model", "read", "to_rows"), PAIRS, ids=lambda value: getattr(value, "__name__", "")
)


def exact(found: Decoded[Rows]) -> str:
    """All of it with types shown: True is not 1 here."""
    return repr(found)


def fresh(read: Any) -> Any:
    """A reader that has learned nothing yet, so that an example stands for itself."""
    return type(read)(read._model, read._fast, read._sure)


def agree(model: type[VendorModel], read: Any, to_rows: Any, body: bytes) -> None:
    """Hold the two ways together, also for the second answer of a kind, when unknown members have been learned."""
    reader = fresh(read)
    try:
        expected = exact(sure(model, to_rows, body))
    except Unreadable:
        with pytest.raises(Unreadable):
            reader(body)
    else:
        assert [exact(reader(body)), exact(reader(body))] == [expected, expected]


@each_kind
@given(data=st.data())
def test_usual_answers_give_the_rows_of_the_models(model, read, to_rows, data):
    objects = data.draw(st.lists(vendor_objects(model, odd=False), max_size=2))
    agree(model, read, to_rows, json.dumps(objects).encode())


@each_kind
@given(data=st.data())
def test_odd_answers_give_the_rows_and_the_drift_of_the_models(model, read, to_rows, data):
    objects = data.draw(st.lists(vendor_objects(model, odd=True) | ANYTHING, max_size=2))
    agree(model, read, to_rows, json.dumps(objects).encode())
