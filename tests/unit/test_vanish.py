from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.vanish import (
    Hold,
    entry_days,
    is_believable,
    is_confirmed,
    is_inside,
    settled_marks,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def test_a_deleted_column_of_marks_is_believed():
    assert is_believable(missing=28, live=400, answered=372)


def test_an_empty_answer_where_rows_were_is_not_believed():
    assert not is_believable(missing=3, live=3, answered=0)


def test_the_last_two_rows_of_a_scope_may_go():
    assert is_believable(missing=2, live=2, answered=0)


def test_half_of_a_window_is_too_much_at_once():
    assert not is_believable(missing=200, live=400, answered=200)


@given(st.integers(0, 10), st.integers(0, 1000))
def test_ten_rows_may_always_go_while_others_stay(missing, others):
    assert is_believable(missing=missing, live=missing + others, answered=others + 1)


@pytest.mark.parametrize(
    ("runs", "hours", "visible", "confirmed"),
    [
        (3, 48, True, True),
        (2, 48, True, False),
        (3, 47, True, False),
        (3, 48, False, False),
        (9, 480, True, True),
    ],
)
def test_a_held_loss_is_confirmed_by_three_runs_over_two_days_of_a_visible_class(
    runs, hours, visible, confirmed
):
    hold = Hold(NOON - timedelta(hours=hours), runs)
    assert is_confirmed(hold, now=NOON, group_visible=visible) is confirmed


def test_a_mark_near_midnight_may_count_for_two_days():
    zone = timezone(timedelta(hours=5))
    assert entry_days("2026-09-30T21:30:00Z", zone) == (date(2026, 9, 30), date(2026, 10, 1))


def test_a_mark_without_a_moment_has_no_day_of_entry():
    assert entry_days(None, UTC) == ()


def test_no_day_is_not_inside():
    assert not is_inside((), [SEPTEMBER])


def test_days_may_lie_in_different_spans():
    assert is_inside((date(2026, 9, 30), date(2026, 10, 1)), [SEPTEMBER, OCTOBER])


def test_a_mark_is_settled_only_where_both_readings_say_it_should_have_shown():
    lesson, late = date(2026, 9, 29), date(2026, 10, 2)
    missing = {1: (lesson, (lesson,)), 2: (lesson, (late,)), 3: (lesson, ())}
    assert settled_marks(missing, [SEPTEMBER]) == {1}
    assert settled_marks(missing, [SEPTEMBER, OCTOBER]) == {1, 2}
    assert settled_marks(missing, [OCTOBER]) == set()
