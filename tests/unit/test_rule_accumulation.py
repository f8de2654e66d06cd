"""ACC and GAP: how many marks a pupil has gathered."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from tests.unit.journals import CLASS, ETHICS, MONDAY, OTHER_CLASS, SUBGROUP, group, lesson, read
from tests.unit.marked import (
    FIRST,
    OTHER,
    PUPIL,
    absence,
    accused,
    all_read,
    lessons,
    mark,
    reasons,
)

FOUR_WEEKS = Period(date(2026, 9, 7), date(2026, 10, 4))
AFTER = date(2026, 10, 10)
DAY = timedelta(days=1)


def weekly(hours):
    """Lessons of four weeks, so many a week."""
    return [
        lesson(day=MONDAY + timedelta(days=7 * week + hour), marks=1)
        for week in range(4)
        for hour in range(hours)
    ]


def gathered(hours, had, **how):
    taught = weekly(hours)
    usual = {"periods": (FOUR_WEEKS,), "as_of": AFTER}
    return accused("ACC", taught, [mark(one) for one in taught[:had]], **(usual | how))


@pytest.mark.parametrize(("hours", "norm"), [(1, 3), (2, 4), (3, 5), (4, 6), (5, 7)])
def test_a_full_period_asks_for_the_norm_of_its_hours(hours, norm):
    assert len(gathered(hours, norm - 1)) == 1
    assert gathered(hours, norm) == []


def test_a_pupil_below_the_norm_is_named_at_the_last_lesson():
    assert gathered(1, 2) == [(MONDAY + timedelta(days=21), (PUPIL,))]


def test_the_norm_is_scaled_to_the_lessons_held_so_far():
    """Half of twenty lessons: seven marks become four."""
    middle = {"as_of": MONDAY + timedelta(days=14)}
    assert len(gathered(5, 3, **middle)) == 1
    assert gathered(5, 4, **middle) == []


def test_lessons_somebody_planned_in_the_holidays_are_none_of_the_period():
    """They would make half of twenty lessons less than half of twenty-two."""
    saturdays = [date(2026, 9, 26), date(2026, 10, 3)]
    taught = weekly(5) + [lesson(day=day) for day in saturdays]
    found = accused(
        "ACC",
        taught,
        [mark(one) for one in taught[:3]],
        periods=(FOUR_WEEKS,),
        holidays=tuple(Period(day, day) for day in saturdays),
        as_of=MONDAY + timedelta(days=14),
    )
    assert len(found) == 1


def test_a_soft_limit_asks_for_less():
    """Seven tenths of seven marks are five."""
    soft = {"params": {"share": 0.7}}
    assert len(gathered(5, 4, **soft)) == 1
    assert gathered(5, 5, **soft) == []


def test_the_school_sets_the_norm():
    assert gathered(1, 1, params={"hours_1": 1}) == []


def test_lessons_missed_are_not_counted():
    """Ten of twenty lessons missed: four marks are asked, not seven."""
    taught = weekly(5)
    away = [absence(one) for one in taught[10:]]
    assert len(gathered(5, 3, absences=away)) == 1
    assert gathered(5, 4, absences=away) == []


def test_a_pupil_is_asked_for_no_more_marks_than_lessons():
    taught = [lesson(day=MONDAY, marks=1)]
    how = {"periods": (FOUR_WEEKS,), "as_of": AFTER}
    assert accused("ACC", taught, [mark(taught[0])], **how) == []


def test_a_pupil_is_judged_from_the_first_trace_on():
    """Came in the fourth week with one mark in each of the last lessons."""
    taught = weekly(2)
    marks = [mark(one) for one in taught[-2:]]
    assert accused("ACC", taught, marks, periods=(FOUR_WEEKS,), as_of=AFTER) == []


def test_a_pupil_without_any_trace_is_not_judged():
    assert gathered(5, 0) == []


def test_a_pupil_who_came_from_another_class_is_not_judged():
    moved = [group(), group(OTHER_CLASS, "5Б", members=(), ever=(PUPIL,))]
    assert gathered(1, 1, groups=moved) == []


def test_lessons_in_class_and_subgroup_are_counted_together():
    split = [group(), group(SUBGROUP, "5А/1", members=(PUPIL,), classes=(CLASS,))]
    taught = weekly(1)
    inside = [one._replace(id=one.id + 1, group_id=SUBGROUP, number=2) for one in taught]
    marks = [mark(taught[0]), *map(mark, inside)]
    how = {"groups": split, "periods": (FOUR_WEEKS,), "as_of": AFTER}
    assert len(accused("ACC", [*taught, *inside], marks[:3], **how)) == 1
    assert accused("ACC", [*taught, *inside], marks[:4], **how) == []


def test_a_pupil_freed_from_the_subject_owes_no_marks():
    taught = weekly(1)
    marks = [mark(taught[0]), mark(taught[1], value="осв.")]
    assert accused("ACC", taught, marks, periods=(FOUR_WEEKS,), as_of=AFTER) == []


def test_the_norm_waits_until_marks_of_the_last_lesson_are_due():
    """Seven of eight lessons ask for four marks, six for three; the seventh is on a Monday."""
    due = {"due_working_days": 1}
    assert gathered(2, 3, as_of=date(2026, 9, 29), **due) == []
    assert len(gathered(2, 3, as_of=date(2026, 9, 30), **due)) == 1


@pytest.mark.parametrize(("from_share", "found"), [(0.5, 1), (0.51, 0), (0.0, 1)])
def test_the_first_lessons_of_a_period_prove_nothing(from_share, found):
    """Ten of twenty lessons were held."""
    how = {"params": {"from_share": from_share}, "as_of": date(2026, 9, 19)}
    assert len(gathered(5, 3, **how)) == found


def test_the_norm_is_silent_where_the_period_is_not_known_to_its_end():
    windows = [read(LESSONS, end=date(2026, 10, 3)), read(MARKS), read(LOG)]
    assert gathered(1, 1, windows=windows) == []


@pytest.mark.parametrize("missing", [MARKS, LOG])
def test_the_norm_is_silent_where_marks_or_the_roll_were_not_read(missing):
    taught = weekly(1)
    windows = all_read(*({LESSONS, MARKS, LOG} - {missing}))
    how = {"periods": (FOUR_WEEKS,), "as_of": AFTER, "windows": windows}
    assert set(reasons("ACC", taught, [mark(taught[0])], **how)) == {"not_read"}


def in_a_row(count, *marked, **how):
    taught = lessons(count)
    return accused("GAP", taught, [mark(taught[place]) for place in marked], **how)


NOW = {"as_of": date(2026, 10, 20)}


@pytest.mark.parametrize(("count", "found"), [(4, 0), (5, 1), (9, 1)])
def test_four_lessons_in_a_row_without_a_mark_are_many(count, found):
    assert len(in_a_row(count, 0, **NOW)) == found


def test_the_finding_stands_at_the_lesson_that_made_it_many():
    taught = lessons(9)
    assert in_a_row(9, 0, **NOW) == [(taught[4].day, (PUPIL,))]


@pytest.mark.parametrize("place", range(2, 6))
def test_a_mark_inside_the_row_breaks_it(place):
    assert in_a_row(6, 0, place, **NOW) == []


def test_a_row_that_a_mark_has_ended_is_over():
    assert in_a_row(9, 0, 8, **NOW) == []


def test_the_school_sets_how_many_are_many():
    assert in_a_row(5, 0, params={"lessons": 5}, **NOW) == []
    assert len(in_a_row(6, 0, params={"lessons": 5}, **NOW)) == 1


def test_absences_neither_count_nor_break():
    taught = lessons(7)
    how = {"absences": [absence(taught[2]), absence(taught[4])], **NOW}
    assert len(accused("GAP", taught, [mark(taught[0])], **how)) == 1
    assert accused("GAP", taught[:6], [mark(taught[0])], **how) == []


def test_a_row_does_not_reach_over_the_end_of_a_period():
    old = lessons(6, date(2026, 10, 12))
    new = lessons(3, date(2026, 11, 2))
    assert accused("GAP", [*old, *new], [mark(old[0])]) == []


def test_lessons_whose_marks_are_not_due_do_not_count():
    taught = lessons(5)
    how = {"due_working_days": 1}
    friday = taught[-1].day
    marks = [mark(taught[0])]
    assert accused("GAP", taught, marks, as_of=friday + timedelta(days=3), **how) == []
    assert len(accused("GAP", taught, marks, as_of=friday + timedelta(days=4), **how)) == 1


def test_rows_of_ungraded_subjects_the_first_year_and_home_schooling_are_nobodys():
    taught = [one._replace(subject_id=ETHICS) for one in lessons(6)]
    assert accused("GAP", taught, [mark(taught[0])], **NOW) == []
    first = {"groups": [group(parallel=1)], "exempt_parallels": frozenset({1})}
    home = {"groups": [group(name="5НО")], "exempt_home_schooling": True}
    assert in_a_row(6, 0, **first, **NOW) == in_a_row(6, 0, **home, **NOW) == []


def test_a_row_is_not_told_where_year_group_or_subject_are_not_known():
    taught = lessons(6)
    nameless = {"groups": [group(parallel=None)], "exempt_parallels": frozenset({1})}
    assert set(reasons("GAP", taught, [mark(taught[0])], **nameless, **NOW)) == {"parallel_unknown"}
    strange = [one._replace(subject_id=77) for one in taught]
    assert reasons("GAP", strange, [mark(strange[0])], **NOW) == ["subject_unknown"]


def test_cancelled_lessons_do_not_count():
    taught = [*lessons(4), *lessons(1, date(2026, 9, 14), status="Cancelled")]
    assert accused("GAP", taught, [mark(taught[0])], **NOW) == []


def test_lessons_in_holidays_and_quarantine_do_not_count():
    taught = lessons(5)
    closed = Period(taught[-1].day, taught[-1].day)
    assert accused("GAP", taught, [mark(taught[0])], holidays=(closed,), **NOW) == []
    assert len(accused("GAP", taught, [mark(taught[0])], **NOW)) == 1


def test_lessons_of_today_and_still_to_come_do_not_count():
    taught = lessons(5)
    assert accused("GAP", taught, [mark(taught[0])], as_of=taught[-1].day) == []
    assert len(accused("GAP", taught, [mark(taught[0])], as_of=taught[-1].day + DAY)) == 1


def test_an_enrolled_pupil_is_judged_also_without_any_trace():
    assert accused("GAP", lessons(4), enrolled={PUPIL: MONDAY}, **NOW) != []
    assert accused("GAP", lessons(4), **NOW) == []


@pytest.mark.parametrize(("first", "found"), [(0, 1), (1, 0)])
def test_only_lessons_since_enrolment_count(first, found):
    """Four lessons are many, three are not."""
    taught = lessons(4)
    assert len(accused("GAP", taught, enrolled={PUPIL: taught[first].day}, **NOW)) == found


def test_a_long_illness_asks_for_no_marks():
    taught = weekly(5)
    away = [absence(one) for one in taught]
    assert gathered(5, 0, absences=away) == []


def test_pupils_of_a_subgroup_alone_are_judged_by_its_lessons():
    split = [
        group(members=(PUPIL, OTHER)),
        group(SUBGROUP, "5А/1", members=(PUPIL,), classes=(CLASS,)),
    ]
    taught = [one._replace(group_id=SUBGROUP) for one in lessons(6)]
    marks = [mark(taught[0]), mark(taught[0], OTHER)]
    assert [who for _, who in accused("GAP", taught, marks, groups=split, **NOW)] == [(PUPIL,)]


@given(
    marked=st.sets(st.integers(0, 11)),
    missed=st.sets(st.integers(0, 11)),
    place=st.integers(0, 11),
)
def test_a_row_is_gone_when_and_only_when_a_mark_breaks_it(marked, missed, place):
    taught = lessons(12)
    how = {"absences": [absence(taught[one]) for one in missed], **NOW}

    def found(places):
        marks = [mark(taught[one]) for one in sorted({0, *places})]
        return bool(accused("GAP", taught, marks, **how))

    def expected(places):
        run = [one for one in range(max({0, *places}) + 1, 12) if one not in missed]
        return len(run) >= 4

    assert found(marked) == expected(marked)
    assert found(marked | {place}) == expected(marked | {place})
    assert found(marked) or not found(marked | {place})


@given(had=st.integers(1, 20), missed=st.sets(st.integers(0, 19)), more=st.integers(0, 19))
def test_another_absence_or_mark_never_puts_a_pupil_below_the_norm(had, missed, more):
    taught = weekly(5)

    def below(count, away):
        how = {"absences": [absence(taught[one]) for one in sorted(away)]}
        return bool(gathered(5, count, **how))

    assert below(had, missed) or not below(had, missed | {more})
    assert below(had, missed) or not below(min(had + 1, 20), missed)


def test_each_pupil_is_judged_alone():
    taught = lessons(6)
    marks = [mark(taught[0]), mark(taught[0], OTHER), mark(taught[5], OTHER)]
    assert [who for _, who in accused("GAP", taught, marks, **NOW)] == [(PUPIL,)]
    assert FIRST.holds(taught[5].day)
