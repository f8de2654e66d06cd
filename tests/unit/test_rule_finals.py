"""FINAL, FINALFEW, FINALAVG, ABS and YEAR: period and year marks."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.rules.finals import FINALS
from tests.unit.journals import ETHICS, OTHER_CLASS, group, read
from tests.unit.marked import (
    FIRST,
    OTHER,
    PUPIL,
    QUARTERS,
    SECOND,
    absence,
    accused,
    all_read,
    final,
    lessons,
    mark,
    outcomes,
    reasons,
)

TAUGHT = lessons(14)
END = FIRST.finish
HALF_YEAR = Period(date(2026, 9, 1), date(2026, 12, 30))


def marks_of(*values, person=PUPIL, weights=None):
    return [
        mark(at, person, value, weight=weight)
        for at, value, weight in zip(TAUGHT, values, weights or (1,) * len(values), strict=False)
    ]


THREE = marks_of("4", "4", "4")


def missing(finals=(), marks=THREE, **how):
    return accused("FINAL", TAUGHT, marks, finals=finals, **how)


def test_a_period_without_a_mark_is_told_after_it_is_over():
    assert missing(as_of=END) == []
    assert missing(as_of=date(2026, 10, 26)) == [(END, (PUPIL,))]


def test_the_deadline_counts_working_days_after_the_period():
    """Holidays last to the first of November: the second is the first working day."""
    how = {"due_working_days": 1}
    assert missing(as_of=date(2026, 11, 2), **how) == []
    assert len(missing(as_of=date(2026, 11, 3), **how)) == 1


def test_after_the_last_period_that_is_known_no_day_is_the_last_one():
    """A school that has entered its first quarter only must not be told in the holidays."""
    how = {"due_working_days": 1, "periods": (FIRST,), "as_of": date(2026, 11, 20)}
    assert reasons("FINAL", TAUGHT, THREE, **how) == ["periods_unknown"]


@pytest.mark.parametrize("value", ["5", "2", "н/а", "осв.", "зач", ""])
def test_every_word_in_the_column_is_a_period_mark(value):
    assert missing([final(value)]) == []


@pytest.mark.parametrize(
    "other",
    [final(person=OTHER), final(period=SECOND), final(period=None), final(subject_id=ETHICS)],
)
def test_a_mark_of_another_pupil_period_or_subject_is_none(other):
    assert missing([other]) == [(END, (PUPIL,))]


def test_a_finding_about_a_period_names_no_lesson_but_its_teacher():
    (found,) = outcomes("FINAL", TAUGHT, THREE)
    assert (found.lesson_id, found.lesson_number, found.date) == (None, None, END)
    assert found.teacher_ids == TAUGHT[-1].teacher_ids


RARE = TAUGHT[:8]


def test_a_column_nobody_filled_may_be_meant_so_in_a_subject_of_few_hours():
    """Eight lessons in the 55 days of the quarter are about one a week."""
    assert accused("FINAL", RARE, THREE) == []
    assert len(accused("FINAL", RARE, THREE, params={"empty_from_hours": 1.0})) == 1


def test_hours_are_those_of_the_class_and_not_of_who_came_late():
    twice_a_week = [one for place, one in enumerate(lessons(35)) if place % 5 in {0, 3}]
    marks = [
        *(mark(one, OTHER) for one in twice_a_week[:3]),
        *(mark(one) for one in twice_a_week[6:9]),
    ]
    assert len(accused("FINAL", twice_a_week, marks)) == 2


def test_in_a_column_somebody_filled_everybody_needs_a_mark():
    both = [*THREE, *marks_of("4", person=OTHER)]
    assert accused("FINAL", RARE, both, finals=[final(person=OTHER)]) == [(END, (PUPIL,))]


def test_a_half_year_around_quarters_may_be_empty():
    how = {"periods": (*QUARTERS, HALF_YEAR), "as_of": date(2027, 1, 20)}
    assert missing([final()], **how) == []


def test_a_pupil_who_left_no_trace_before_the_end_is_not_expected_to_have_one():
    november = lessons(3, date(2026, 11, 2))
    assert accused("FINAL", [*TAUGHT, *november], [mark(november[0])]) == []


def test_newcomers_from_another_class_are_not_judged():
    moved = [group(), group(OTHER_CLASS, "5Б", members=(), ever=(PUPIL,))]
    assert missing(groups=moved) == []


def test_ungraded_subjects_the_first_year_and_home_schooling_have_no_period_marks():
    ethics = [one._replace(subject_id=ETHICS) for one in TAUGHT]
    assert accused("FINAL", ethics, THREE) == []
    assert missing(groups=[group(parallel=1)], exempt_parallels=frozenset({1})) == []
    assert missing(groups=[group(name="5НО")], exempt_home_schooling=True) == []


def test_a_missing_mark_is_not_told_where_period_marks_were_not_read_since():
    assert reasons("FINAL", TAUGHT, THREE, windows=all_read(LESSONS, MARKS, LOG)) == ["not_read"]
    early = read(FINALS, at=datetime(2026, 10, 25, 12, tzinfo=UTC))
    windows = [*all_read(LESSONS, MARKS, LOG), early]
    assert reasons("FINAL", TAUGHT, THREE, windows=windows) == ["read_too_early"]


def test_a_subject_that_is_not_known_is_a_gap():
    strange = [one._replace(subject_id=77) for one in TAUGHT]
    for rule in ("FINAL", "FINALFEW", "FINALAVG", "ABS", "YEAR"):
        assert reasons(rule, strange, THREE) == ["subject_unknown"]


def rests_on(count, *, kind="Quarter", value="4", **how):
    marks = marks_of(*("4",) * count)
    return accused("FINALFEW", TAUGHT, marks, finals=[final(value, period_type=kind)], **how)


@pytest.mark.parametrize(
    ("kind", "norm"),
    [("Quarter", 3), ("Trimester", 3), (None, 3), ("Semester", 5), ("HalfYear", 5)],
)
def test_a_period_mark_needs_the_marks_of_its_kind_of_period(kind, norm):
    assert rests_on(norm - 1, kind=kind) == [(END, (PUPIL,))]
    assert rests_on(norm, kind=kind) == []


@pytest.mark.parametrize("value", ["н/а", "осв.", "зач"])
def test_a_word_needs_no_marks(value):
    assert rests_on(1, value=value) == []


def test_the_school_sets_how_many_marks_a_period_mark_needs():
    assert len(rests_on(3, params={"quarter": 4})) == 1
    assert rests_on(1, params={"quarter": 1}) == []


@pytest.mark.parametrize(("place", "found"), [(6, 1), (7, 0)])
def test_who_came_well_into_the_period_brought_marks_along(place, found):
    """The first trace on the fifteenth of September is in time, the sixteenth is not."""
    marks = [mark(TAUGHT[place])]
    assert len(accused("FINALFEW", TAUGHT, marks, finals=[final()])) == found


def test_few_marks_are_not_told_while_the_period_lasts_or_marks_were_not_read():
    assert rests_on(1, as_of=END) == []
    how = {"finals": [final()], "windows": all_read(LESSONS, LOG, FINALS)}
    assert reasons("FINALFEW", TAUGHT, marks_of("4"), **how) == ["not_read"]


def average(given_value, *values, weights=None, **how):
    marks = marks_of(*values, weights=weights)
    return bool(accused("FINALAVG", TAUGHT, marks, finals=[final(given_value)], **how))


@pytest.mark.parametrize(
    ("values", "right"),
    [
        (("4", "4", "4"), "4"),
        (("3", "4"), "4"),  # 3.5: half up
        (("2", "3"), "3"),  # 2.5: never to the even neighbour
        (("4", "5"), "5"),  # 4.5
        (("3", "3", "4"), "3"),  # 3.33
        (("3", "4", "4"), "4"),  # 3.67
        (("4/3", "4/4"), "4"),  # 3.75: two marks in a cell
    ],
)
def test_the_average_is_rounded_half_up(values, right):
    for value in "2345":
        assert average(value, *values) is (value != right)


def test_weights_count_like_repeated_marks():
    """Five with weight three and two twos: 19 / 5 = 3.8."""
    assert not average("4", "5", "2", "2", weights=(3, 1, 1))
    assert average("3", "5", "2", "2", weights=(3, 1, 1))


@pytest.mark.parametrize(("up_from", "right"), [(0.5, "4"), (0.6, "4"), (0.65, "3")])
def test_the_school_sets_from_where_an_average_is_rounded_up(up_from, right):
    """18 / 5 = 3.6, exactly."""
    values = ("3", "3", "4", "4", "4")
    for value in "34":
        assert average(value, *values, params={"up_from": up_from}) is (value != right)


@pytest.mark.parametrize(("clause", "right"), [(False, "5"), (True, "4")])
def test_some_schools_give_no_five_with_a_two(clause, right):
    values = ("2", *("5",) * 9)
    for value in "45":
        how = {"params": {"no_five_with_two": clause}}
        assert average(value, *values, **how) is (value != right)


@pytest.mark.parametrize("word", ["4+", "5-", "зач", "н", ""])
def test_an_average_with_a_mark_that_is_no_number_is_not_told(word):
    assert not average("2", "5", word)


def test_an_average_with_an_unknown_weight_is_not_told():
    assert not average("2", "5", "5", weights=(1, None))
    assert not average("2", "5", "5", weights=(1, 0))


def test_marks_left_out_of_averages_are_left_out():
    marks = [*marks_of("4"), mark(TAUGHT[1], value="2", counts=False)]
    assert accused("FINALAVG", TAUGHT, marks, finals=[final("4")]) == []


def test_no_average_is_told_of_a_pupil_without_marks():
    assert accused("FINALAVG", TAUGHT, finals=[final("4")], absences=[absence(TAUGHT[0])]) == []


def test_marks_outside_the_period_are_not_in_its_average():
    november = lessons(1, date(2026, 11, 2))
    marks = [*marks_of("4"), mark(november[0], value="2")]
    assert accused("FINALAVG", [*TAUGHT, *november], marks, finals=[final("4")]) == []


def test_the_mark_of_a_pupil_who_has_left_the_school_is_judged_too():
    left = [group(members=(OTHER,), ever=(PUPIL, OTHER))]
    assert average("2", "5", "5", "5", groups=left)
    assert not average("5", "5", "5", "5", groups=left)
    assert missing(groups=left) == []


def test_the_mark_of_a_pupil_who_came_from_another_class_is_not():
    moved = [group(), group(OTHER_CLASS, "5Б", members=(), ever=(PUPIL,))]
    assert not average("2", "5", "5", "5", groups=moved)


@given(
    cells=st.lists(st.tuples(st.sampled_from("2345"), st.integers(1, 5)), min_size=1, max_size=14),
    up_from=st.sampled_from([0.4, 0.5, 0.6, 0.65]),
)
def test_exactly_one_mark_fits_an_average_and_weight_is_repetition(cells, up_from):
    values, weights = zip(*cells, strict=True)
    how = {"params": {"up_from": up_from}}
    fitting = [v for v in "2345" if not average(v, *values, weights=weights, **how)]
    mean = Fraction(sum(int(v) * w for v, w in cells), sum(weights))
    whole = mean.numerator // mean.denominator
    assert fitting == [str(whole + (mean - whole >= Fraction(str(up_from))))]


def absent_from(count, *, of=12, value="4", **how):
    taught = TAUGHT[:of]
    away = [absence(one) for one in taught[of - count :]]
    usual = {"finals": [final(value)], "absences": away}
    return bool(accused("ABS", taught, marks_of("4"), **(usual | how)))


def test_more_than_two_thirds_missed_and_still_marked_is_told():
    assert not absent_from(8)
    assert absent_from(9)


@pytest.mark.parametrize("value", ["н/а", "осв."])
def test_who_missed_most_and_has_a_word_is_rightly_marked(value):
    assert not absent_from(11, value=value)


def test_the_school_sets_the_share_of_lessons_missed():
    assert not absent_from(6, params={"share": 0.5})
    assert absent_from(7, params={"share": 0.5})


def test_absence_is_not_told_where_the_roll_was_not_read():
    away = [absence(one) for one in TAUGHT[1:]]
    how = {"finals": [final()], "absences": away, "windows": all_read(LESSONS, MARKS, FINALS)}
    assert reasons("ABS", TAUGHT, marks_of("4"), **how) == ["not_read"]


YEAR_TAUGHT = [*TAUGHT, *lessons(10, date(2026, 11, 2))]
SUMMER = date(2027, 1, 20)
THIRD = Period(date(2027, 1, 11), date(2027, 2, 12))
THREE_PERIODS = (*QUARTERS, THIRD)
THIRD_TAUGHT = lessons(20, THIRD.start)


def yearly(given_value, first="4", second="5", *, at="2026-12-29T10:00:00Z", **how):
    finals = [
        final(given_value, period=None, given_at=at),
        *([final(first)] if first else []),
        *([final(second, period=SECOND)] if second else []),
    ]
    usual = {"finals": finals, "as_of": SUMMER}
    return bool(accused("YEAR", YEAR_TAUGHT, THREE, **(usual | how)))


@pytest.mark.parametrize(
    ("first", "second", "right"),
    [("4", "5", "5"), ("3", "4", "4"), ("3", "3", "3"), ("2", "5", "4")],
)
def test_the_year_mark_is_the_rounded_mean_of_the_periods(first, second, right):
    for value in "2345":
        assert yearly(value, first, second) is (value != right)


def test_the_school_sets_from_where_a_year_mark_is_rounded_up():
    assert yearly("5", params={"up_from": 0.6})
    assert not yearly("4", params={"up_from": 0.6})


@pytest.mark.parametrize(
    ("first", "second"), [("н/а", "5"), ("4", "осв."), ("4", None), (None, "5")]
)
def test_a_year_without_all_its_period_marks_in_numbers_is_not_told(first, second):
    assert not yearly("2", first, second)


@pytest.mark.parametrize("word", ["н/а", "осв.", "зач"])
def test_a_year_mark_in_words_is_not_told(word):
    assert not yearly(word)


def test_a_year_mark_is_not_told_before_the_year_is_over():
    assert not yearly("2", as_of=SECOND.finish)


@pytest.mark.parametrize("at", ["2026-05-25T10:00:00Z", None, "в мае"])
def test_a_year_mark_of_last_year_is_not_this_years(at):
    assert not yearly("2", at=at)


def test_a_period_the_pupil_lacks_but_the_class_has_keeps_the_year_silent():
    mine = [final("2", period=None), final("4"), final("4", period=SECOND)]
    how = {"as_of": SUMMER}
    marks = [*THREE, *marks_of("4", person=OTHER)]
    theirs = [final("4", OTHER, period) for period in QUARTERS]
    assert len(accused("YEAR", YEAR_TAUGHT, marks, finals=[*mine, *theirs], **how)) == 1
    assert accused("YEAR", YEAR_TAUGHT, marks, finals=[*mine[:2], *theirs], **how) == []


def test_the_mark_of_a_period_before_the_pupil_came_counts_or_keeps_the_year_silent():
    came_late = [mark(one) for one in lessons(3, date(2026, 11, 2))]
    theirs = [final("4", OTHER, period) for period in QUARTERS]
    marks = [*came_late, *marks_of("4", person=OTHER)]

    def told(year, *periods):
        mine = [final(year, period=None, given_at="2026-12-29T10:00:00Z"), *periods]
        how = {"finals": [*mine, *theirs], "as_of": date(2027, 2, 20), "periods": THREE_PERIODS}
        return accused("YEAR", [*YEAR_TAUGHT, *THIRD_TAUGHT], marks, **how)

    theirs.append(final("4", OTHER, THIRD))
    later = [final("3", period=SECOND), final("3", period=THIRD)]
    assert told("4", *later) == []
    assert told("3", final("3"), *later) == []
    assert [who for _, who in told("4", final("3"), *later)] == [(PUPIL,)]


def test_an_empty_column_that_final_would_tell_keeps_the_year_silent():
    """Ten lessons in November and December are more than one a week."""
    how = {"as_of": date(2027, 2, 20), "periods": THREE_PERIODS}
    mine = [final("2", period=None), final("4"), final("4", period=THIRD)]
    taught = [*TAUGHT, *lessons(25, date(2026, 11, 2)), *THIRD_TAUGHT]
    assert accused("YEAR", taught, THREE, finals=mine, **how) == []
    rare = [*TAUGHT, *lessons(3, date(2026, 11, 2)), *THIRD_TAUGHT]
    assert len(accused("YEAR", rare, THREE, finals=mine, **how)) == 1


def test_of_quarters_and_half_years_no_mean_is_told():
    how = {"periods": (*QUARTERS, HALF_YEAR)}
    finals = [final("2", period=None), *(final("4", period=one) for one in (*QUARTERS, HALF_YEAR))]
    assert accused("YEAR", YEAR_TAUGHT, THREE, finals=finals, as_of=SUMMER, **how) == []


@given(entered=st.sets(st.sampled_from([1, 2, 3])), more=st.sampled_from([1, 2, 3]))
def test_a_missing_period_mark_is_gone_when_and_only_when_it_is_entered(entered, more):
    marks = [one for person in (1, 2, 3) for one in marks_of("4", person=person)]

    def told(persons):
        finals = [final(person=person) for person in sorted(persons)]
        return {who for _, (who,) in accused("FINAL", TAUGHT, marks, finals=finals)}

    assert told(entered) == {1, 2, 3} - entered
    assert told(entered | {more}) == told(entered) - {more}
