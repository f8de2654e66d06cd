"""Formulas of reports against tables computed by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.figures import (
    FAILING,
    FIVES,
    FOURS,
    THREES,
    UNMARKED,
    Spread,
    is_not_assessed,
    median,
    percent,
    spread,
    standing,
    total,
)

WORDS = ["5", "4", "3", "2", "1", "н/а", "осв.", "зач.", "4+", "4/3", "", "АЗ", "н/а "]


def test_a_class_of_twenty_five_is_computed_as_by_hand():
    # 4 fives, 10 fours, 7 threes, 2 twos, 1 н/а: N = 24; one pupil is freed.
    one = spread({"5": 4, "4": 10, "3": 7, "2": 2, "н/а": 1, "осв.": 1})
    assert one.counted == 24
    assert one.success == Fraction(2100, 24)  # 87.5 %
    assert one.quality == Fraction(1400, 24)  # 58.33… %
    # (400 + 640 + 252 + 32 + 7) / 24
    assert one.trained == Fraction(1331, 24)  # 55.458… %
    # (20 + 40 + 21 + 4) / 23
    assert one.mean == Fraction(85, 23)  # 3.6956…


def test_a_class_of_fives_has_a_hundred_percent_of_everything():
    one = spread({"5": 12})
    assert (one.success, one.quality, one.trained, one.mean) == (100, 100, 100, 5)


def test_not_assessed_stays_in_n_and_out_of_the_mean():
    one = spread({"4": 1, "н/а": 1})
    assert (one.counted, one.success, one.trained, one.mean) == (2, 50, Fraction(71, 2), 4)


def test_freed_pupils_and_other_words_leave_n():
    one = spread({"3": 1, "осв.": 5, "зач.": 2, "4+": 1})
    assert (one.counted, one.released, one.others) == (1, 5, 3)


def test_nothing_has_no_percent_and_no_mean():
    one = spread({"осв.": 3})
    assert (one.success, one.quality, one.trained, one.mean) == (None, None, None, None)


def test_a_one_counts_as_a_two():
    assert spread({"1": 1, "2": 1}) == Spread(twos=2)


@pytest.mark.parametrize(
    "value", ["н/а", "Н/А", "на", "н.а.", "н/а.", "H/A", "неатт.", "не аттестован", "АЗ", "аз"]
)
def test_not_assessed_is_known_in_every_spelling(value):
    assert is_not_assessed(value)


@pytest.mark.parametrize("value", ["5", "осв.", "зач.", "нет", "", "а", "н"])
def test_nothing_else_is_not_assessed(value):
    assert not is_not_assessed(value)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"5": 10}, FIVES),
        ({"5": 9, "4": 1}, FOURS),
        ({"5": 9, "3": 1}, THREES),
        ({"5": 9, "2": 1}, FAILING),
        ({"5": 9, "н/а": 1}, FAILING),
        ({"5": 9, "осв.": 1}, FIVES),
        ({"осв.": 1, "зач.": 1}, UNMARKED),
        ({}, UNMARKED),
    ],
)
def test_a_pupil_stands_where_the_worst_mark_is(values, word):
    assert standing(spread(values)).word == word


def test_one_four_among_fives_is_told_apart():
    assert standing(spread({"5": 9, "4": 1})).one_four
    assert not standing(spread({"5": 8, "4": 2})).one_four


def test_one_three_among_better_marks_is_told_apart():
    assert standing(spread({"5": 3, "4": 6, "3": 1})).one_three
    assert not standing(spread({"4": 6, "3": 2})).one_three


@pytest.mark.parametrize(
    ("counts", "middle"),
    [
        ({}, None),
        ({3: 1}, 3),
        ({0: 3, 5: 2}, 0),
        ({0: 2, 5: 2}, Fraction(5, 2)),
        ({1: 1, 2: 1, 9: 1}, 2),
    ],
)
def test_a_median_is_the_middle_of_all_values(counts, middle):
    assert median(counts) == middle


def test_a_share_of_nothing_is_none():
    assert percent(0, 0) is None


spreads = st.dictionaries(st.sampled_from(WORDS), st.integers(0, 40)).map(spread)


@given(spreads)
def test_quality_is_at_most_success_and_both_are_shares(one):
    if one.counted:
        assert 0 <= one.quality <= one.success <= 100
        assert one.trained <= 100


@given(st.dictionaries(st.sampled_from(WORDS), st.integers(0, 40)))
def test_no_mark_is_dropped(values):
    assert sum(spread(values).cells) == sum(values.values())


@given(st.lists(spreads, max_size=5))
def test_a_total_is_the_spread_of_all_marks(parts):
    everything = total(parts)
    assert everything.counted == sum(one.counted for one in parts)
    assert (
        everything.cells
        == tuple(sum(cells) for cells in zip(*(p.cells for p in parts), strict=True))
        or not parts
    )


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 5)))
def test_half_of_the_values_lie_on_each_side_of_the_median(counts):
    middle = median(counts)
    values = sorted(value for value, count in counts.items() for _ in range(count))
    if values:
        assert 2 * sum(value < middle for value in values) <= len(values)
        assert 2 * sum(value > middle for value in values) <= len(values)
