"""Hours of a topic plan and lessons held, period by period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import GroupCalendar, Period
from connector.reports.plan_periods import begun_periods, planned, shares
from connector.reports.rules.plans import Course, hours_asked
from connector.source import Place, PlanTopic, TopicPlan

PLACE = Place("plan.xlsx", "5А", 1)
FIRST = Period(date(2026, 9, 1), date(2026, 10, 25), 1, "1 четверть")
SECOND = Period(date(2026, 11, 2), date(2026, 12, 30), 2, "2 четверть")
YEAR = Period(date(2026, 9, 1), date(2027, 5, 26), 1, "Год")
PERIODS = [FIRST, SECOND]


def course(*topics):
    plan = TopicPlan(
        "5А", "Алгебра", tuple(PlanTopic(f"Тема {n}", *one) for n, one in enumerate(topics)), PLACE
    )
    return Course(1, 2, plan, (), {})


def test_a_quarter_is_shown_rather_than_the_year():
    calendar = GroupCalendar((YEAR, SECOND, FIRST))
    assert begun_periods(calendar, SECOND.start) == [FIRST, SECOND]


def test_a_period_that_has_not_begun_is_not_shown():
    calendar = GroupCalendar((FIRST, SECOND))
    assert begun_periods(calendar, SECOND.start - timedelta(days=1)) == [FIRST]


def test_hours_count_where_their_dates_are():
    made = course((1, FIRST.start), (1, FIRST.finish), (1, SECOND.start), (1, SECOND.finish))
    assert planned(made, PERIODS, SECOND.finish) == [2, 2]
    assert planned(made, PERIODS, SECOND.finish - timedelta(days=1)) == [2, 1]


def test_a_topic_across_the_end_of_a_period_leaves_its_other_hours_to_the_next():
    made = course((3, FIRST.finish), (1, SECOND.start + timedelta(days=9)))
    assert planned(made, PERIODS, SECOND.finish) == [1, 3]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (FIRST.finish, [1, 0]),
        (FIRST.finish + timedelta(days=1), [0, 1]),
        (SECOND.finish, [0, 1]),
        (SECOND.finish + timedelta(days=1), [0, 0]),
    ],
)
def test_a_day_between_two_periods_belongs_to_the_later(day, found):
    assert shares([day], PERIODS) == found


@given(
    st.lists(st.tuples(st.integers(1, 5), st.none() | st.dates(FIRST.start, SECOND.finish))),
    st.dates(SECOND.start, SECOND.finish),
)
def test_hours_of_periods_add_up_to_those_asked_by_now(topics, through):
    topics.sort(key=lambda topic: topic[1] or FIRST.start)
    made = course(*topics)
    assert sum(planned(made, PERIODS, through)) == hours_asked(made.plan.topics, through)


@given(st.lists(st.dates(FIRST.start, SECOND.finish)))
def test_every_lesson_up_to_the_last_period_is_counted_once(days):
    assert sum(shares(days, PERIODS)) == len(days)
