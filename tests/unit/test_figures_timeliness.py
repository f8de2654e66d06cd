"""Lateness in working days against counts made by hand and by walking through the calendar."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import GroupCalendar, Period
from connector.reports.timeliness_figures import Timeliness, Workdays

FIRST, LAST = date(2026, 9, 1), date(2027, 5, 26)
AUTUMN = Period(date(2026, 10, 24), date(2026, 11, 1))
QUARTERS = (Period(FIRST, date(2026, 10, 23)), Period(date(2026, 11, 2), LAST))
FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY = (date(2026, 9, day) for day in (11, 12, 13, 14, 15))


def late_by(due_on, entered_on, *, saturdays=False):
    calendar = GroupCalendar(QUARTERS, (AUTUMN,), saturdays)
    days = Workdays.of(calendar, first=FIRST, last=LAST)
    return days.late_by(due_on, entered_on)


@pytest.mark.parametrize(
    ("due_on", "entered_on", "days"),
    [
        (FRIDAY, FRIDAY, 0),
        (FRIDAY, FRIDAY - timedelta(days=3), 0),
        (FRIDAY, SATURDAY, 1),
        (FRIDAY, SUNDAY, 1),
        (FRIDAY, MONDAY, 1),
        (FRIDAY, TUESDAY, 2),
        (MONDAY, TUESDAY, 1),
    ],
)
def test_a_day_of_rest_counts_as_the_next_working_day(due_on, entered_on, days):
    assert late_by(due_on, entered_on) == days


def test_saturday_counts_where_the_school_works_on_it():
    assert late_by(FRIDAY, MONDAY, saturdays=True) == 2


def test_holidays_make_nobody_later():
    last, first = date(2026, 10, 23), date(2026, 11, 2)
    assert late_by(last, date(2026, 10, 28)) == late_by(last, first) == 1
    assert late_by(last, first + timedelta(days=1)) == 2


@given(st.dates(FIRST, date(2027, 4, 1)), st.integers(0, 40), st.booleans(), st.booleans())
def test_lateness_is_the_number_of_working_days_that_would_have_been_needed(
    due_on, after, saturdays, with_holidays
):
    calendar = GroupCalendar(
        QUARTERS if with_holidays else (), (AUTUMN,) if with_holidays else (), saturdays
    )
    days = Workdays.of(calendar, first=FIRST, last=LAST)
    entered_on = due_on + timedelta(days=after)
    found = days.late_by(due_on, entered_on)
    reached = calendar.working_day_after(due_on, found)
    assert reached >= entered_on
    if found:
        assert calendar.working_day_after(due_on, found - 1) < entered_on


def test_a_distribution_is_counted_as_by_hand():
    one = Timeliness(
        on_time=10, own_deadline=2, unknown=1, late=Counter({1: 4, 2: 1, 3: 2, 7: 1, 8: 1, 30: 1})
    )
    assert one.records == 23
    assert one.columns == (4, 3, 1, 2)
    assert one.share == 50  # of ten in time and ten late ones
    assert one.median == Fraction(5, 2)  # 1 1 1 1 2 | 3 3 7 8 30
    assert one.worst == 30


def test_nothing_late_has_no_median_and_no_worst():
    one = Timeliness(on_time=3)
    assert (one.share, one.median, one.worst) == (100, None, None)


def test_nothing_has_no_share():
    assert Timeliness(own_deadline=1, unknown=4).share is None


@given(st.dictionaries(st.integers(1, 60), st.integers(1, 9)), st.integers(0, 50))
def test_columns_hold_every_late_record_once(late, on_time):
    one = Timeliness(on_time=on_time, late=Counter(late))
    assert sum(one.columns) + one.on_time == one.records
