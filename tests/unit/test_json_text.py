"""JSON written in parts is what the standard library writes at once."""

import json

from hypothesis import given
from hypothesis import strategies as st

from connector.reports.render.json_text import json_parts, settled

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
LONG = st.recursive(
    st.lists(PLAIN, max_size=4).map(tuple),  # a tuple stands for an iterator
    lambda inner: (
        st.dictionaries(st.text(max_size=3), inner | PLAIN, min_size=1, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


def with_iterators(value):
    if isinstance(value, tuple):
        return map(with_iterators, value)
    if isinstance(value, dict):
        return {key: with_iterators(item) for key, item in value.items()}
    return value


@given(LONG)
def test_parts_are_the_text_of_the_whole(value):
    made = "".join(json_parts(with_iterators(value)))
    assert made == json.dumps(value, ensure_ascii=False, indent=2)


@given(LONG)
def test_a_settled_document_can_be_read_twice(value):
    made = settled(with_iterators(value))
    assert json.dumps(made) == json.dumps(value) == json.dumps(made)


def test_nothing_is_taken_before_it_is_written():
    taken = []
    parts = json_parts({"rows": (taken.append(number) or number for number in range(9))})
    while not taken:
        next(parts)
    assert taken == [0]
