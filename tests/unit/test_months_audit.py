"""Which months were read, and what an audit's sample says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sync.audit import drift_rate, sample
from connector.sync.months import Reading, months

START, TODAY = date(2026, 9, 1), date(2026, 11, 24)


def states(*readings):
    return [(m.first.month, m.state, m.why) for m in months(readings, START, TODAY)]


def test_a_month_that_nobody_asked_for_was_never_read():
    assert states() == [(9, "never", ()), (10, "never", ()), (11, "never", ())]


def test_a_month_is_full_when_each_of_its_days_lies_in_a_window_that_was_read():
    assert states(Reading(date(2026, 9, 1), date(2026, 10, 31), done=True)) == [
        (9, "full", ()), (10, "full", ()), (11, "never", ()),
    ]  # fmt: skip


def test_the_running_month_is_full_when_it_is_read_up_to_today():
    assert states(Reading(START, TODAY, done=True))[-1] == (11, "full", ())


def test_a_window_that_failed_says_why_its_months_are_not_full():
    done = Reading(date(2026, 9, 1), date(2026, 10, 10), done=True)
    failed = Reading(date(2026, 10, 11), date(2026, 11, 30), done=False, why="Maintenance")
    assert states(done, failed) == [
        (9, "full", ()), (10, "partial", ("Maintenance",)), (11, "never", ("Maintenance",)),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.dates(START, TODAY), st.dates(START, TODAY))))
def test_days_are_counted_once_whatever_windows_overlap(spans):
    readings = [Reading(min(pair), max(pair), done=True) for pair in spans]
    found = list(months(readings, START, TODAY))
    assert sum(m.days for m in found) == (TODAY - START).days + 1
    covered = {d for r in readings for d in range(r.start.toordinal(), r.end.toordinal() + 1)}
    assert sum(m.read for m in found) == len(covered)


def test_no_difference_in_sixty_windows_bounds_the_drift_at_six_per_cent():
    # Wilson's upper bound for 0 of n is z^2 / (n + z^2).
    assert drift_rate(60, 0).high == pytest.approx(3.8415 / (60 + 3.8415), abs=1e-4)
    assert drift_rate(60, 0).low == 0


def test_a_known_interval_is_met():
    # 10 of 100: the textbook's 0.0552 to 0.1744.
    rate = drift_rate(100, 10)
    assert (round(rate.low, 4), round(rate.high, 4), rate.share) == (0.0552, 0.1744, 0.1)


def test_nothing_read_says_nothing():
    rate = drift_rate(0, 0)
    assert (rate.low, rate.high, rate.share) == (0, 1, 0)


@given(st.integers(1, 500), st.data())
def test_the_share_lies_between_its_bounds(windows, data):
    rate = drift_rate(windows, data.draw(st.integers(0, windows)))
    assert 0 <= rate.low <= rate.share <= rate.high <= 1


def test_the_same_day_chooses_the_same_windows_and_another_day_others():
    windows = list(range(1000))
    assert sample(windows, 20, "2026-11-24") == sample(windows, 20, "2026-11-24")
    assert sample(windows, 20, "2026-11-24") != sample(windows, 20, "2026-11-25")


def test_a_sample_of_more_than_there_is_is_all():
    assert sample(["a", "b"], 20, "x") == ["a", "b"]
