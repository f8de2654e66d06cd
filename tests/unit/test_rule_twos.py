"""TWOAFTERN, TWOEDGE and TWOFIX: twos where a school spares its pupils."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.coverage import LESSONS, LOG, MARKS
from tests.unit.journals import (
    CLASS,
    ETHICS,
    OTHER_CLASS,
    group,
    read,
)
from tests.unit.marked import OTHER, PUPIL, absence, accused, all_read, lessons, mark, reasons

TAUGHT = lessons(8)
DAYS = [one.day for one in TAUGHT]
MORE = {"as_of": date(2026, 10, 20)}
# A mark in the middle, so that the pupil is known from the first lesson on and no edge is touched.
FIRST_TRACE = mark(TAUGHT[0])


def two(place, person=PUPIL, **changes):
    return mark(TAUGHT[place], person, **({"value": "2"} | changes))


def after_absence(*marks, missed=(1,), **how):
    away = [absence(TAUGHT[place]) for place in missed]
    return accused("TWOAFTERN", TAUGHT, [FIRST_TRACE, *marks], **({"absences": away} | how))


def test_a_two_right_after_an_absence_is_told():
    assert after_absence(two(2)) == [(DAYS[2], (PUPIL,))]


@pytest.mark.parametrize("value", ["2-", "2+", "1", "2/3", " 2 "])
def test_whatever_is_a_two_or_less_is_a_two(value):
    assert len(after_absence(two(2, value=value))) == 1


@pytest.mark.parametrize("value", ["3", "3-", "5", "зач", "н/а", "", "12", "22", "+"])
def test_nothing_else_is_a_two(value):
    assert after_absence(two(2, value=value)) == []


def test_a_two_on_another_scale_is_not_a_two():
    assert after_absence(two(2, type="Mark100")) == []


@pytest.mark.parametrize("place", [0, 1, 3, 7])
def test_a_two_at_any_other_lesson_is_not_told(place):
    assert after_absence(two(place)) == []


@pytest.mark.parametrize("status", ["Late", "Attend", "что-то новое"])
def test_what_is_no_absence_spares_nobody(status):
    away = [absence(TAUGHT[1], status=status)]
    assert after_absence(two(2), absences=away) == []


def test_another_pupils_absence_spares_nobody():
    assert after_absence(two(2), absences=[absence(TAUGHT[1], OTHER)]) == []


@pytest.mark.parametrize(("least", "found"), [(1, 1), (2, 1), (3, 0)])
def test_the_school_sets_how_long_an_absence_spares(least, found):
    assert len(after_absence(two(3), missed=(1, 2), params={"missed": least})) == found


def test_two_absences_with_a_lesson_between_are_not_one_of_two():
    assert after_absence(two(4), missed=(1, 3), params={"missed": 2}) == []


def test_nothing_is_told_where_the_roll_was_not_read():
    how = {"absences": [absence(TAUGHT[1])], "windows": all_read(LESSONS, MARKS)}
    assert reasons("TWOAFTERN", TAUGHT, [FIRST_TRACE, two(2)], **how) == ["not_read"]


def test_a_two_of_today_is_told_tomorrow():
    assert after_absence(two(2), as_of=DAYS[2]) == []
    assert len(after_absence(two(2), as_of=DAYS[3])) == 1


def test_exempt_groups_and_ungraded_subjects_are_left_alone():
    assert after_absence(two(2), groups=[group(name="5НО")], exempt_home_schooling=True) == []
    ethics = [one._replace(subject_id=ETHICS) for one in TAUGHT]
    how = {"absences": [absence(TAUGHT[1])]}
    assert accused("TWOAFTERN", ethics, [FIRST_TRACE, two(2)], **how) == []


def at_edge(*marks, **how):
    return accused("TWOEDGE", TAUGHT, marks, **how)


def test_twos_at_the_first_and_the_last_lesson_of_a_period_are_told():
    assert at_edge(two(0), two(7)) == [(DAYS[0], (PUPIL,)), (DAYS[7], (PUPIL,))]


@pytest.mark.parametrize("place", range(1, 7))
def test_twos_between_are_not_told(place):
    assert at_edge(FIRST_TRACE, two(place)) == []


def test_the_last_lesson_is_known_only_when_the_period_is_over():
    how = {"as_of": date(2026, 10, 25)}
    assert at_edge(FIRST_TRACE, two(7), **how) == []
    assert len(at_edge(FIRST_TRACE, two(7), as_of=date(2026, 10, 26))) == 1


def test_the_only_lesson_of_a_period_is_told_once():
    assert accused("TWOEDGE", TAUGHT[:1], [two(0)]) == [(DAYS[0], (PUPIL,))]


def test_the_first_lesson_of_a_newcomer_is_not_the_periods():
    assert at_edge(two(1), mark(TAUGHT[7])) == []


def test_a_pupil_who_came_from_another_class_has_no_edges_here():
    moved = [group(), group(OTHER_CLASS, "5Б", members=(), ever=(PUPIL,))]
    assert at_edge(two(0), groups=moved) == []


def test_edges_are_not_known_where_lessons_were_not_read():
    late = [read(LESSONS, start=date(2026, 9, 3)), read(MARKS), read(LOG)]
    assert at_edge(two(0), two(7), windows=late) == []
    short = [read(LESSONS, end=date(2026, 10, 24)), read(MARKS), read(LOG)]
    assert at_edge(two(0), two(7), windows=short) == [(DAYS[0], (PUPIL,))]


def not_mended(*marks, **how):
    return accused("TWOFIX", TAUGHT, [FIRST_TRACE, *marks], **({"as_of": MORE["as_of"]} | how))


def test_a_two_that_no_mark_follows_is_told():
    assert not_mended(two(2)) == [(DAYS[2], (PUPIL,))]


@pytest.mark.parametrize(("place", "found"), [(3, 0), (4, 0), (5, 0), (6, 1)])
def test_a_mark_within_three_lessons_mends_it(place, found):
    assert len(not_mended(two(2), mark(TAUGHT[place]))) == found


def test_another_mark_at_the_same_lesson_mends_it():
    assert not_mended(two(2), two(2, value="4")) == []


def test_another_pupils_mark_mends_nothing():
    assert len(not_mended(two(2), mark(TAUGHT[3], OTHER))) == 1


def test_lessons_missed_are_not_counted_among_the_three():
    away = {"absences": [absence(TAUGHT[3])]}
    assert not_mended(two(2), mark(TAUGHT[6]), **away) == []
    assert len(not_mended(two(2), mark(TAUGHT[7]), **away)) == 1


def test_a_mark_at_a_lesson_of_absence_mends_too():
    assert not_mended(two(2), mark(TAUGHT[3]), absences=[absence(TAUGHT[3])]) == []


def test_there_must_have_been_three_lessons():
    assert not_mended(two(5)) == []
    assert len(not_mended(two(4))) == 1


def test_marks_of_the_third_lesson_must_have_been_due():
    friday_of_the_third = {"due_working_days": 1}
    at, third = two(1), DAYS[4]
    assert third.weekday() == 4
    assert not_mended(at, as_of=third + timedelta(days=3), **friday_of_the_third) == []
    assert len(not_mended(at, as_of=third + timedelta(days=4), **friday_of_the_third)) == 1


def test_a_two_at_the_end_of_a_period_needs_no_mending():
    old, new = lessons(2, date(2026, 10, 19)), lessons(3, date(2026, 11, 2))
    marks = [mark(old[0]), mark(old[1], value="2")]
    assert accused("TWOFIX", [*old, *new], marks) == []


def test_nothing_is_told_where_later_marks_were_not_read():
    windows = [read(LESSONS), read(LOG), read(MARKS, end=DAYS[4])]
    how = {"windows": windows, **MORE}
    assert reasons("TWOFIX", TAUGHT, [FIRST_TRACE, two(2)], **how) == ["not_read"]


@given(
    twos=st.sets(st.integers(0, 7)),
    others=st.sets(st.integers(0, 7)),
    missed=st.sets(st.integers(0, 7)),
    more=st.integers(0, 7),
)
def test_a_mark_entered_later_never_adds_twos_and_mends_those_before_it(twos, others, missed, more):
    def told(marked):
        marks = [FIRST_TRACE, *map(two, sorted(twos)), *(mark(TAUGHT[one]) for one in marked)]
        away = [absence(TAUGHT[one]) for one in sorted(missed)]
        return {day for day, _ in accused("TWOFIX", TAUGHT, marks, absences=away, **MORE)}

    before, after = told(sorted(others)), told(sorted(others | {more}))
    assert after <= before
    for day in before - after:
        assert day <= DAYS[more]


@given(places=st.sets(st.integers(0, 7)), missed=st.sets(st.integers(0, 7)))
def test_exactly_the_twos_behind_an_absence_are_told(places, missed):
    marks = [FIRST_TRACE, *map(two, sorted(places))]
    away = [absence(TAUGHT[one]) for one in sorted(missed)]
    expected = [DAYS[one] for one in sorted(places) if one - 1 in missed and one not in missed]
    found = accused("TWOAFTERN", TAUGHT, marks, absences=away)
    assert [day for day, _ in found] == expected
    assert (
        accused(
            "TWOAFTERN",
            TAUGHT,
            marks,
            absences=away,
            groups=[group(CLASS, "5НО")],
            exempt_home_schooling=True,
        )
        == []
    )
