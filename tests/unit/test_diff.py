import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.diff import changed_columns, diff

ROWS = st.dictionaries(
    st.integers(0, 20), st.tuples(st.integers(0, 3), st.none() | st.text(max_size=2))
)


def keyed(rows):
    return {(key,): (key, *values) for key, values in rows.items()}


@given(ROWS)
def test_nothing_differs_from_itself(rows):
    found = diff(keyed(rows), keyed(rows).values(), width=1)
    assert (found.created, found.updated, found.deleted) == ([], [], [])
    assert found.unchanged == len(rows)


@given(ROWS, ROWS)
def test_applying_a_difference_gives_the_desired_rows(before, after):
    existing, desired = keyed(before), keyed(after)
    found = diff(existing, desired.values(), width=1)
    for row in found.deleted:
        del existing[row[:1]]
    for row in found.created:
        assert row[:1] not in existing
        existing[row[:1]] = row
    for old, new in found.updated:
        assert existing[new[:1]] == old
        existing[new[:1]] = new
    assert existing == desired


@given(ROWS, ROWS)
def test_every_desired_row_is_created_updated_or_unchanged(before, after):
    found = diff(keyed(before), keyed(after).values(), width=1)
    assert len(found.created) + len(found.updated) + found.unchanged == len(after)


def test_a_column_the_vendor_owns_is_left_alone():
    """The room is typed in the diary by hand; a sheet without it must not erase it."""
    found = diff({(1,): (1, "Алгебра", "12")}, [(1, "Алгебра", "")], width=1, managed=(1,))
    assert found.updated == []
    assert found.unchanged == 1


def test_a_managed_column_that_differs_is_an_update():
    found = diff({(1,): (1, "Алгебра", "12")}, [(1, "Физика", "12")], width=1, managed=(1,))
    assert found.updated == [((1, "Алгебра", "12"), (1, "Физика", "12"))]


def test_a_key_may_span_columns():
    found = diff({(1, 2): (1, 2, "a")}, [(1, 3, "a")], width=2)
    assert found.created == [(1, 3, "a")]
    assert found.deleted == [(1, 2, "a")]


def test_a_key_named_twice_is_refused():
    with pytest.raises(ValueError, match="share a key"):
        diff({}, [(1, "a"), (1, "b")], width=1)


def test_only_columns_that_differ_are_remembered():
    before, after = changed_columns(("id", "value", "mood"), (1, "4", "Good"), (1, "5", "Good"))
    assert (before, after) == ({"value": "4"}, {"value": "5"})
