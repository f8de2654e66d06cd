"""The rules about marks that did not stay as they were."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import Period
from connector.reports.homework import Reading
from connector.reports.rules.case import Scene
from connector.reports.rules.changes import CHANGE_RULES, MarkChange
from connector.rulebook import Rulebook, RuleSettings
from tests.unit.journals import TEACHER, ZONE, group, journal, lesson

MONDAY = date(2026, 9, 7)
QUARTER = Period(date(2026, 9, 1), date(2026, 10, 25))
AS_OF = date(2026, 12, 1)


def change(before="5", after="3", *, on=date(2026, 9, 8), at=None, mark=1, run=1, **changes):
    seen_at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
    return MarkChange(mark, 7, at or lesson(1, MONDAY, **changes), before, after, seen_at, run)


def found(rule, *changes, **how):
    return [(one.due_on, one.days_late) for one in outcomes(rule, *changes, **how)]


def outcomes(rule, *changes, as_of=AS_OF, groups=None, periods=(QUARTER,), **settings):
    school = journal([one.lesson for one in changes], groups=groups, periods=periods)
    book = Rulebook("Проверка")
    scene = Scene(school, book, as_of, ZONE, school.lessons, Reading())
    case = scene.case(RuleSettings(rule, **settings))
    return list(CHANGE_RULES[rule](case, changes))


def test_a_change_on_the_last_day_of_grace_is_in_time():
    assert found("LATECHANGE", change(on=date(2026, 9, 8)), due_working_days=1) == []


def test_a_change_on_the_day_after_the_grace_is_late_by_one_day():
    assert found("LATECHANGE", change(on=date(2026, 9, 9)), due_working_days=1) == [
        (date(2026, 9, 8), 1)
    ]


def test_days_of_grace_are_working_days():
    friday = lesson(1, date(2026, 9, 11))
    assert found("LATECHANGE", change(at=friday, on=date(2026, 9, 14)), due_working_days=1) == []
    assert (
        len(found("LATECHANGE", change(at=friday, on=date(2026, 9, 15)), due_working_days=1)) == 1
    )


def test_a_withdrawn_mark_counts_like_a_changed_one():
    assert len(found("LATECHANGE", change(after=None, on=date(2026, 9, 9)))) == 1


def test_a_change_seen_after_the_day_of_judging_is_not_known_yet():
    assert found("LATECHANGE", change(on=date(2026, 9, 20)), as_of=date(2026, 9, 19)) == []


def test_a_moment_belongs_to_the_schools_day():
    """22:30 in London is the next day in Moscow."""
    late = MarkChange(
        1, 7, lesson(1, MONDAY), "5", "4", datetime(2026, 9, 7, 22, 30, tzinfo=UTC), 1
    )
    assert found("LATECHANGE", late) == [(MONDAY, 1)]


def test_a_group_that_the_rule_does_not_concern_is_left_alone():
    first_year = [group(parallel=1)]
    changes = change(on=date(2026, 9, 20))
    assert found("LATECHANGE", changes, groups=first_year, exempt_parallels=frozenset({1})) == []


def test_a_period_is_closed_on_the_day_after_its_last():
    assert found("CLOSED", change(on=date(2026, 10, 25))) == []
    assert found("CLOSED", change(on=date(2026, 10, 26))) == [(date(2026, 10, 25), 1)]


def test_a_lesson_outside_every_known_period_has_no_closed_one():
    outside = lesson(1, date(2026, 11, 20))
    assert found("CLOSED", change(at=outside, on=date(2026, 11, 30))) == []


def test_without_any_period_it_is_said_that_nothing_can_be_said():
    (gap,) = outcomes("CLOSED", change(on=date(2026, 11, 30)), periods=())
    assert gap.reason == "periods_unknown"


def test_many_changes_of_one_teacher_in_one_run_are_bulk():
    many = [change(on=date(2026, 9, 9), mark=number) for number in range(3)]
    assert len(found("BULK", *many, params={"marks": 3})) == 3
    assert found("BULK", *many, params={"marks": 4}) == []


def test_many_changes_over_many_runs_are_not_bulk():
    many = [change(on=date(2026, 9, 9), mark=number, run=number) for number in range(3)]
    assert found("BULK", *many, params={"marks": 3}) == []


def test_changes_of_two_teachers_are_not_added_up():
    many = [
        change(on=date(2026, 9, 9), mark=number, teacher_ids=(TEACHER + number,))
        for number in range(3)
    ]
    assert found("BULK", *many, params={"marks": 3}) == []


def test_changes_at_lessons_without_a_teacher_are_nobodys_bulk():
    many = [change(on=date(2026, 9, 9), mark=number, teacher_ids=()) for number in range(3)]
    assert found("BULK", *many, params={"marks": 2}) == []


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("5", "3", ["DOWN"]),
        ("3", "5", ["UP"]),
        ("4", "4-", ["DOWN"]),
        ("4", "4+", ["UP"]),
        ("10", "9", ["DOWN"]),
        ("5", "зач", []),
        (None, "5", []),
        ("5", None, []),
        (" 5 ", "5", []),
    ],
)
def test_down_and_up_are_told_apart_where_values_compare(before, after, rules):
    one = change(before, after, on=date(2026, 9, 20))
    assert [rule for rule in ("DOWN", "UP") if found(rule, one)] == rules


@given(before=st.none() | st.text(max_size=4), after=st.none() | st.text(max_size=4))
def test_a_change_is_never_both_up_and_down_and_the_way_back_is_the_other(before, after):
    def ways(old, new):
        return [
            bool(found(rule, change(old, new, on=date(2026, 9, 20)))) for rule in ("DOWN", "UP")
        ]

    there, back = ways(before, after), ways(after, before)
    assert there == back[::-1]
    assert there != [True, True]
