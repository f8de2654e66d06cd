"""HW, in each reading of where homework stands."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS
from connector.reports.homework import Reading, infer_reading
from connector.rulebook import HomeworkReading
from tests.unit.journals import (
    FORM_TIME,
    FRIDAY,
    MATHS,
    MONDAY,
    NEXT_MONDAY,
    SUBGROUP,
    TUESDAY,
    WEDNESDAY,
    accused,
    group,
    journal,
    judge,
    lesson,
    read,
    reasons,
    rulebook,
)

LATER = date(2026, 11, 2)


def silent(**changes):
    return lesson(homework_targets=(), **changes)


def followed(*lessons, **how):
    """The lessons, and one far later so that none of them is the last of its period."""
    return journal([*lessons, silent(day=LATER)], **how)


def test_a_held_lesson_without_homework_is_found():
    assert accused("HW", followed(silent())) == [(MONDAY, 1)]


def test_homework_on_the_lesson_itself_is_enough():
    assert accused("HW", followed(lesson())) == []


def test_homework_is_due_by_the_end_of_the_lessons_day():
    assert accused("HW", followed(silent()), as_of=MONDAY) == []
    (found,), _ = judge("HW", followed(silent()), as_of=TUESDAY)
    assert (found.due_on, found.days_late) == (MONDAY, 1)


def test_a_first_class_has_no_homework():
    assert accused("HW", followed(silent(), groups=[group(name="1А", parallel=1)])) == []


def test_a_subject_without_homework_is_left_out():
    assert accused("HW", followed(silent(subject_id=FORM_TIME))) == []


def test_a_group_freed_from_homework_is_left_out():
    book = rulebook(no_homework_groups=("5*",))
    assert accused("HW", followed(silent()), book=book) == []


def test_home_schooling_is_left_out():
    assert accused("HW", followed(silent(), groups=[group(name="5 надомное")])) == []


def test_an_unknown_subject_is_a_gap():
    assert reasons("HW", followed(silent(subject_id=99))) == ["subject_unknown"]


def test_the_last_lesson_of_a_period_needs_no_homework():
    periods = [Period(date(2026, 9, 1), FRIDAY), Period(NEXT_MONDAY, date(2026, 12, 30))]
    assert accused("HW", followed(silent(), silent(day=FRIDAY), periods=periods)) == [(MONDAY, 1)]


def test_a_school_may_want_homework_over_the_holidays():
    periods = [Period(date(2026, 9, 1), FRIDAY), Period(NEXT_MONDAY, date(2026, 12, 30))]
    wish = {"params": {"exempt_last_of_period": False}}
    assert accused("HW", followed(silent(day=FRIDAY), periods=periods), **wish) == [(FRIDAY, 1)]


def test_another_subject_or_group_later_does_not_make_a_lesson_less_than_the_last():
    others = [silent(day=LATER, subject_id=FORM_TIME), silent(day=LATER, group_id=SUBGROUP)]
    school = journal([silent(), *others], groups=[group(), group(SUBGROUP, "5А (1)")])
    assert (MONDAY, 1) not in accused("HW", school)


def test_a_cancelled_lesson_later_in_the_period_was_still_to_come():
    school = journal([silent(), silent(day=TUESDAY, status="Cancelled")])
    assert accused("HW", school) == [(MONDAY, 1)]


def test_a_lesson_on_a_holiday_later_in_the_period_was_not_to_come():
    school = journal([silent(), silent(day=TUESDAY)], holidays=[Period(TUESDAY, TUESDAY)])
    assert accused("HW", school) == []


def test_whether_a_lesson_is_the_last_is_unknown_while_the_period_is_not_read_to_its_end():
    windows = [read(LESSONS, end=date(2026, 10, 1))]
    assert reasons("HW", journal([silent()], windows=windows)) == ["next_lesson_unknown"]


def test_a_later_lesson_without_subject_or_group_is_no_next_lesson():
    nameless = [silent(day=TUESDAY, subject_id=None), silent(day=WEDNESDAY, group_id=None, id=1)]
    assert (MONDAY, 1) not in accused("HW", journal([silent(), *nameless]))


def test_whether_a_lesson_is_the_last_is_unknown_without_periods():
    assert reasons("HW", journal([silent()], periods=[])) == ["next_lesson_unknown"]


def test_where_homework_is_read_as_given_the_next_lesson_does_not_matter():
    assert accused("HW", followed(silent(), lesson(day=TUESDAY)), reading="given") == [(MONDAY, 1)]


def test_where_homework_stands_on_the_day_it_is_due_the_next_lesson_acquits():
    school = followed(silent(), lesson(day=TUESDAY), silent(day=WEDNESDAY))
    assert accused("HW", school, reading="due") == [(TUESDAY, 1), (WEDNESDAY, 1)]


def test_where_homework_stands_on_the_day_it_is_due_the_lesson_itself_does_not_acquit():
    assert accused("HW", followed(lesson()), reading="due") == [(MONDAY, 1)]


def test_homework_that_stands_on_a_cancelled_next_lesson_was_given():
    cancelled = lesson(day=TUESDAY, status="Cancelled")
    assert accused("HW", followed(silent(), cancelled, silent(day=WEDNESDAY)), reading="due") == [
        (WEDNESDAY, 1)
    ]


def test_homework_due_after_a_cancelled_lesson_was_given_too():
    cancelled = silent(day=TUESDAY, status="Cancelled")
    school = followed(silent(), cancelled, lesson(day=WEDNESDAY))
    assert accused("HW", school, reading="due") == [(WEDNESDAY, 1)]


def test_the_second_lesson_of_a_day_follows_the_first():
    school = followed(silent(), lesson(number=2))
    assert accused("HW", school, reading="due") == [(MONDAY, 2)]


def test_an_unknown_next_lesson_accuses_nobody():
    school = journal([silent()], windows=[read(LESSONS, end=date(2026, 9, 30))])
    assert reasons("HW", school, reading="due") == ["next_lesson_unknown"]


def test_days_not_read_before_the_next_known_lesson_accuse_nobody():
    windows = [read(LESSONS, end=TUESDAY), read(LESSONS, start=FRIDAY)]
    school = journal([silent(), silent(day=NEXT_MONDAY), silent(day=LATER)], windows=windows)
    assert reasons("HW", school, reading="due") == ["next_lesson_unknown"]


def test_a_next_lesson_read_before_the_deadline_accuses_nobody():
    early = datetime(2026, 9, 1, tzinfo=UTC)
    windows = [read(LESSONS, end=MONDAY), read(LESSONS, start=TUESDAY, at=early)]
    school = journal([silent(), silent(day=FRIDAY), silent(day=LATER)], windows=windows)
    assert reasons("HW", school, reading="due", as_of=FRIDAY) == ["read_too_early"]


@pytest.mark.parametrize(
    "lessons",
    [
        pytest.param([lesson(), silent(day=TUESDAY)], id="on the lesson"),
        pytest.param([silent(), lesson(day=TUESDAY)], id="on the next one"),
    ],
)
def test_where_the_reading_is_unknown_homework_counts_either_way(lessons):
    assert (MONDAY, 1) not in accused("HW", followed(*lessons), reading="unknown")


def test_where_the_reading_is_unknown_homework_nowhere_is_still_found():
    assert accused("HW", followed(silent()), reading="unknown") == [(MONDAY, 1)]


def pairs(later=0, same=0, other=0):
    return (
        [(MONDAY, TUESDAY)] * later
        + [(MONDAY, MONDAY)] * same
        + [(MONDAY, None), (TUESDAY, MONDAY)] * other
    )


def test_target_days_after_the_lesson_mean_that_homework_stands_where_it_was_given():
    assert infer_reading(pairs(later=18, same=2), HomeworkReading()) == Reading(
        "given", "data", 18, 2, 0
    )


def test_target_days_on_the_lesson_mean_that_homework_stands_where_it_is_due():
    assert infer_reading(pairs(same=30, later=3, other=1), HomeworkReading()) == Reading(
        "due", "data", 3, 30, 2
    )


def test_too_few_homeworks_tell_nothing():
    assert infer_reading(pairs(later=19), HomeworkReading()).reading == "unknown"


def test_divided_homeworks_tell_nothing_whatever_the_pull_found():
    assert infer_reading(pairs(later=15, same=10), HomeworkReading(), "given").reading == "unknown"


def test_the_rulebook_has_the_last_word():
    found = infer_reading(pairs(later=100), HomeworkReading(reading="due"))
    assert (found.reading, found.basis) == ("due", "rulebook")


@pytest.mark.parametrize("word", ["due", {"reading": "due"}])
def test_the_pull_is_asked_where_the_data_are_too_few(word):
    found = infer_reading(pairs(), HomeworkReading(), word)
    assert (found.reading, found.basis) == ("due", "pull")


@pytest.mark.parametrize("word", [None, "unknown", {}, 7])
def test_a_pull_that_found_nothing_settles_nothing(word):
    assert infer_reading(pairs(), HomeworkReading(), word).reading == "unknown"


@given(st.lists(st.booleans(), min_size=3, max_size=12), st.integers(0, 2**12))
def test_both_readings_tell_the_same_story(given_at, skips):
    """One and the same homeworks, written down both ways, accuse the same lessons."""
    days = [MONDAY + timedelta(days=7 * week) for week in range(len(given_at))]
    as_given = [
        lesson(day=day) if has else silent(day=day) for day, has in zip(days, given_at, strict=True)
    ]
    as_due = [
        lesson(day=day, subject_id=MATHS) if before else silent(day=day)
        for day, before in zip(days, [False, *given_at[:-1]], strict=True)
    ]
    as_of = days[-1] - timedelta(days=skips % 7)
    assert accused("HW", journal(as_given), as_of=as_of) == accused(
        "HW", journal(as_due), as_of=as_of, reading="due"
    )
