from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.planned import HaveGroup
from connector.sync.pattern import group_name, on_dates
from tests.unit.weeks import A1, MONDAY, A, diary, options, pattern, slot, wishes

DAYS = st.integers(0, 120).map(lambda days: date(2026, 9, 1) + timedelta(days=days))


def dates(*slots, **given):
    return [wish.date for wish in wishes(*slots, **given)]


def test_a_weekly_lesson_stands_on_each_of_its_weekdays():
    assert dates(slot(day=2)) == [MONDAY + timedelta(days=d) for d in (1, 8, 15)]


def test_holidays_and_days_outside_the_periods_have_no_lessons():
    have = diary(
        holidays={A: frozenset({MONDAY})},
        periods={A: ((MONDAY - timedelta(days=40), MONDAY + timedelta(days=8)),)},
    )
    assert dates(slot(), have=have) == [MONDAY + timedelta(days=7)]


def test_days_between_two_periods_have_no_lessons():
    have = diary(
        periods={A: ((MONDAY, MONDAY), (MONDAY + timedelta(days=14), MONDAY + timedelta(days=60)))}
    )
    assert dates(slot(), have=have) == [MONDAY, MONDAY + timedelta(days=14)]


def test_weeks_are_counted_from_the_week_of_the_anchor():
    """The anchor may be any day of its week, before or after the horizon."""
    for anchor in (MONDAY + timedelta(days=3), MONDAY - timedelta(days=28), date(2027, 1, 25)):
        ask = options(anchor=anchor)
        assert dates(slot(weeks="10"), ask=ask) == [MONDAY, MONDAY + timedelta(days=14)]
        assert dates(slot(weeks="01"), ask=ask) == [MONDAY + timedelta(days=7)]


def test_a_cycle_may_have_three_weeks():
    for turn, mask in enumerate(("100", "010", "001")):
        assert dates(slot(weeks=mask)) == [MONDAY + timedelta(days=7 * turn)]


def test_a_subgroup_takes_periods_and_holidays_of_its_class():
    have = diary(holidays={A: frozenset({MONDAY})}, periods={A: ((MONDAY, date(2026, 12, 1)),)})
    days = dates(slot(parts=("1 группа",)), have=have)
    assert days == [MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]


def test_without_known_periods_the_horizon_counts_and_a_note_says_so():
    have = diary(periods={})
    lessons = pattern(slot(parts=("1 группа",))).lessons
    found, notes = on_dates(lessons, have, options())
    assert len(found) == 3
    assert [(note.rule, note.edu_group) for note in notes] == [("no_periods", str(A1))]
    assert "5А 1 группа" in notes[0].text


def test_an_undecided_alternating_lesson_may_stand_in_any_week():
    assert len(dates(slot(weeks="10"), ask=options(anchor=None))) == 3


def test_a_part_is_called_with_its_class_unless_its_name_says_it():
    have = diary()
    have.groups[7] = HaveGroup(7, "5А девочки", 5, "Subgroup", 2026, (A,))
    shown = [group_name(have, group) for group in (A, A1, 7, 8)]
    assert shown == ["5А", "5А 1 группа", "5А девочки", "8"]


@given(DAYS, DAYS, DAYS, st.integers(1, 6), st.integers(5, 6))
def test_the_two_halves_of_a_cycle_are_together_every_week(start, end, anchor, day, week):
    ask = options(start=start, end=end, anchor=anchor, week=week)
    halves = dates(slot(day=day, weeks="10"), ask=ask) + dates(slot(day=day, weeks="01"), ask=ask)
    assert sorted(halves) == dates(slot(day=day), ask=ask)


@given(DAYS, DAYS, st.frozensets(DAYS), st.integers(1, 6))
def test_wishes_stand_only_on_school_days_of_the_horizon(start, end, holidays, day):
    have = diary(holidays={A: holidays})
    for found in dates(slot(day=day), have=have, ask=options(start=start, end=end)):
        assert start <= found <= end
        assert found.isoweekday() == day
        assert found not in holidays
