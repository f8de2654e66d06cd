"""The school year as everybody counts it."""

from datetime import date

import pytest

from connector.sandbox.calendar import calendars, study_year

QUARTERS = calendars(2025)["quarter"]


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2025, 9, 1), 2025),
        (date(2026, 1, 15), 2025),
        (date(2026, 7, 30), 2025),
        (date(2026, 8, 31), 2025),
    ],
)
def test_summer_belongs_to_the_year_that_just_ended(day, year):
    assert study_year(day) == year


def test_a_year_has_four_quarters_or_two_half_years():
    assert [p.type for p in QUARTERS.periods] == ["Quarter"] * 4
    assert [p.type for p in calendars(2025)["half"].periods] == ["HalfYear"] * 2


def test_quarters_do_not_touch_but_half_years_enclose_autumn():
    autumn = QUARTERS.holidays[0]
    assert QUARTERS.period_of(autumn.start) is None
    assert calendars(2025)["half"].period_of(autumn.start) is not None


@pytest.mark.parametrize("kind", ["first", "quarter", "half"])
@pytest.mark.parametrize("year", range(2020, 2032))
def test_no_school_day_is_a_sunday_or_a_holiday(kind, year):
    calendar = calendars(year)[kind]
    assert all(day.weekday() != 6 and not calendar.is_holiday(day) for day in calendar.school_days)
    assert 160 <= len([day for day in calendar.school_days if day.weekday() != 5]) <= 175


def test_first_graders_rest_a_week_more():
    assert len(calendars(2025)["first"].school_days) < len(QUARTERS.school_days)


def test_a_holiday_on_sunday_moves_to_monday():
    assert QUARTERS.is_holiday(date(2026, 3, 9))


def test_the_working_day_after_friday_depends_on_the_school_week():
    friday = date(2025, 9, 12)
    assert QUARTERS.next_working_day(friday, week=5) == date(2025, 9, 15)
    assert QUARTERS.next_working_day(friday, week=6) == date(2025, 9, 13)


def test_the_working_day_before_holidays_is_followed_by_the_next_period():
    autumn = QUARTERS.holidays[0]
    after = QUARTERS.next_working_day(autumn.start, week=5)
    assert after is not None
    assert after > autumn.finish


def test_teachers_stay_on_after_the_last_lesson_until_the_study_year_ends():
    last = QUARTERS.school_days[-1]
    june = QUARTERS.next_working_day(last, week=5)
    assert june is not None
    assert (june - last).days <= 3
    assert QUARTERS.next_working_day(date(last.year, 8, 31), week=5) is None
