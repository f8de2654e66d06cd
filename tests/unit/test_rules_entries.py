"""TOPIC and MARK0, and what every rule about a lesson shares."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.rulebook import StatusWords
from tests.unit.journals import (
    CLASS,
    ETHICS,
    FRIDAY,
    MATHS,
    MONDAY,
    NEXT_MONDAY,
    SATURDAY,
    SUBGROUP,
    TEACHER,
    THURSDAY,
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


def without_topic(**changes):
    return lesson(has_topic=False, **changes)


def without_marks(**changes):
    return lesson(marks=0, **changes)


def test_a_held_lesson_without_a_topic_is_found():
    assert accused("TOPIC", journal([without_topic()])) == [(MONDAY, 1)]


def test_a_lesson_with_a_topic_is_not_found():
    assert accused("TOPIC", journal([lesson()])) == []


def test_a_finding_carries_what_the_report_needs():
    (found,), _ = judge("TOPIC", journal([without_topic()]), as_of=THURSDAY)
    assert (found.rule, found.clause, found.severity) == ("TOPIC", "п. 1", "error")
    assert (found.edu_group_id, found.teacher_ids) == (CLASS, (TEACHER,))
    assert (found.due_on, found.days_late) == (MONDAY, 3)
    # The last second of Monday in Yekaterinburg.
    assert found.due_at == "2026-09-07T18:59:59Z"
    assert found.read_at == "2027-08-01T00:00:00Z"


def test_a_lesson_of_today_is_not_late_yet():
    assert accused("TOPIC", journal([without_topic()]), as_of=MONDAY) == []


def test_a_lesson_of_yesterday_is_late():
    assert accused("TOPIC", journal([without_topic()]), as_of=TUESDAY) == [(MONDAY, 1)]


@pytest.mark.parametrize("status", ["Cancelled", "isCANCELED", "Отменён", "урок отменен"])
def test_a_cancelled_looking_status_means_not_held(status):
    assert accused("TOPIC", journal([without_topic(status=status)])) == []


@pytest.mark.parametrize("status", [None, "", "Planned", "Completed", "что-то новое"])
def test_any_other_status_means_held(status):
    assert accused("TOPIC", journal([without_topic(status=status)])) == [(MONDAY, 1)]


def test_a_school_can_correct_how_a_status_is_read():
    words = StatusWords(not_held=("cancel", "перенес"), held=("CancelledAndHeld",))
    lessons = [
        without_topic(status="Перенесён"),
        without_topic(number=2, status="cancelledandheld"),
    ]
    assert accused("TOPIC", journal(lessons), book=rulebook(statuses=words)) == [(MONDAY, 2)]


def test_a_lesson_in_the_holidays_was_not_held():
    assert accused("TOPIC", journal([without_topic()], holidays=[Period(MONDAY, TUESDAY)])) == []


def test_a_first_class_needs_topics_but_no_marks():
    school = journal([lesson(has_topic=False, marks=0)], groups=[group(name="1А", parallel=1)])
    assert accused("TOPIC", school) == [(MONDAY, 1)]
    assert accused("MARK0", school) == []


def test_a_group_that_the_mirror_lacks_is_a_gap():
    assert reasons("TOPIC", journal([without_topic(group_id=77)])) == ["group_unknown"]


def test_a_lesson_whose_group_the_vendor_hid_is_a_gap():
    assert reasons("TOPIC", journal([without_topic(group_id=None, id=1)])) == ["group_unknown"]


def test_a_lesson_without_any_mark_is_found_after_the_next_working_day():
    school = journal([without_marks()])
    assert accused("MARK0", school, as_of=TUESDAY) == []
    assert accused("MARK0", school, as_of=WEDNESDAY) == [(MONDAY, 1)]


def test_one_mark_is_enough():
    assert accused("MARK0", journal([lesson(marks=1)])) == []


def test_attendance_is_no_mark():
    assert accused("MARK0", journal([without_marks(entries=20)])) == [(MONDAY, 1)]


def test_marks_of_friday_are_due_on_monday():
    (found,), _ = judge(
        "MARK0", journal([without_marks(day=FRIDAY)]), as_of=NEXT_MONDAY + timedelta(days=1)
    )
    assert found.due_on == NEXT_MONDAY


def test_marks_of_friday_are_due_on_saturday_where_the_school_teaches_then():
    (found,), _ = judge("MARK0", journal([without_marks(day=FRIDAY)], saturdays=True))
    assert found.due_on == SATURDAY


def test_holidays_are_no_working_days():
    holidays = [Period(TUESDAY, THURSDAY)]
    (found,), _ = judge("MARK0", journal([without_marks()], holidays=holidays))
    assert found.due_on == FRIDAY


def test_days_between_periods_are_no_working_days():
    periods = [Period(date(2026, 9, 1), MONDAY), Period(THURSDAY, date(2027, 5, 26))]
    (found,), _ = judge("MARK0", journal([without_marks()], periods=periods))
    assert found.due_on == THURSDAY


def test_a_year_without_a_further_working_day_has_no_deadline():
    school = journal([without_marks()], periods=[Period(date(2026, 9, 1), MONDAY)])
    assert accused("MARK0", school) == []


def test_an_ungraded_subject_needs_no_marks():
    assert accused("MARK0", journal([without_marks(subject_id=ETHICS)])) == []


@pytest.mark.parametrize(("freed", "found"), [((1, 2, 3), []), ((1, 2), [(MONDAY, 1)])])
def test_nobody_is_asked_for_marks_where_all_pupils_are_freed(freed, found):
    released = frozenset((person, MATHS) for person in freed)
    school = replace(journal([without_marks()]), released=released)
    assert accused("MARK0", school) == found


def test_to_be_freed_from_another_subject_changes_nothing():
    released = frozenset((person, ETHICS) for person in (1, 2, 3))
    assert accused("MARK0", replace(journal([without_marks()]), released=released))


def test_a_subject_without_a_name_is_a_gap():
    """It may be an ungraded one."""
    assert reasons("MARK0", journal([without_marks(subject_id=99)])) == ["subject_unknown"]


@pytest.mark.parametrize("name", ["7 надомное обучение", "5-НО"])
def test_home_schooling_has_its_own_journal(name):
    assert accused("MARK0", journal([without_marks()], groups=[group(name=name)])) == []


def test_a_group_of_unknown_year_is_a_gap_where_years_are_exempt():
    assert reasons("MARK0", journal([without_marks()], groups=[group(parallel=None)])) == [
        "parallel_unknown"
    ]


def test_subgroups_are_judged_each_by_itself():
    subgroup = group(SUBGROUP, "5А (англ. 1)", classes=(CLASS,))
    lessons = [lesson(), without_marks(group_id=SUBGROUP)]
    (found,), _ = judge("MARK0", journal(lessons, groups=[group(), subgroup]))
    assert found.edu_group_id == SUBGROUP


def test_lessons_never_read_accuse_nobody():
    assert reasons("TOPIC", journal([without_topic()], windows=[])) == ["not_read"]


def test_a_window_read_before_the_deadline_accuses_nobody():
    on_the_day = datetime(2026, 9, 7, 18, 0, tzinfo=UTC)  # 23:00 in the school
    windows = [read(LESSONS, at=on_the_day)]
    assert reasons("TOPIC", journal([without_topic()], windows=windows)) == ["read_too_early"]


def test_a_window_read_right_after_the_deadline_may_accuse():
    midnight = datetime(2026, 9, 7, 19, 0, tzinfo=UTC)  # 00:00 of Tuesday in the school
    school = journal([without_topic()], windows=[read(LESSONS, at=midnight)])
    assert accused("TOPIC", school) == [(MONDAY, 1)]


def test_the_latest_reading_of_a_day_counts():
    early = datetime(2026, 9, 7, 6, 0, tzinfo=UTC)
    windows = [read(LESSONS), read(LESSONS, at=early, start=MONDAY, end=MONDAY)]
    assert accused("TOPIC", journal([without_topic()], windows=windows)) == [(MONDAY, 1)]


def test_a_failed_window_is_no_reading():
    windows = [read(LESSONS, state="failed")]
    assert reasons("TOPIC", journal([without_topic()], windows=windows)) == ["not_read"]


def test_a_window_whose_losses_are_held_was_read():
    school = journal([without_topic()], windows=[read(LESSONS, state="suspect")])
    assert accused("TOPIC", school) == [(MONDAY, 1)]


def test_another_groups_reading_says_nothing():
    windows = [read(LESSONS, group_id=SUBGROUP)]
    assert reasons("TOPIC", journal([without_topic()], windows=windows)) == ["not_read"]


def test_a_window_of_the_whole_school_speaks_for_each_group():
    school = journal([without_topic()], windows=[read(LESSONS, group_id=0)])
    assert accused("TOPIC", school) == [(MONDAY, 1)]


def test_marks_read_before_their_own_deadline_accuse_nobody():
    tuesday_evening = datetime(2026, 9, 8, 15, tzinfo=UTC)
    windows = [read(LESSONS), read(MARKS, at=tuesday_evening)]
    assert reasons("MARK0", journal([without_marks()], windows=windows)) == ["read_too_early"]


def test_a_mark_may_stand_under_its_day_of_entry_in_a_window_that_was_not_read():
    """Unknown at the vendor: whether a window of marks filters by lesson or by entry."""
    windows = [read(LESSONS), read(MARKS, end=TUESDAY)]
    assert reasons("MARK0", journal([without_marks()], windows=windows)) == ["not_read"]


def test_marks_known_up_to_their_reading_may_accuse():
    friday = datetime(2026, 9, 11, 8, tzinfo=UTC)
    windows = [read(LESSONS), read(MARKS, at=friday, end=FRIDAY)]
    school = journal([without_marks()], windows=windows)
    assert accused("MARK0", school, as_of=date(2026, 10, 1)) == [(MONDAY, 1)]


def test_marks_known_up_to_the_day_before_judging_may_accuse():
    windows = [read(LESSONS), read(MARKS, end=NEXT_MONDAY - timedelta(days=1))]
    assert accused("MARK0", journal([without_marks()], windows=windows)) == [(MONDAY, 1)]


def test_neighbouring_windows_make_one_known_stretch():
    windows = [
        read(LESSONS),
        read(MARKS, end=TUESDAY),
        read(MARKS, start=WEDNESDAY, end=date(2026, 9, 20)),
    ]
    assert accused("MARK0", journal([without_marks()], windows=windows)) == [(MONDAY, 1)]


def test_where_the_vendors_clock_is_ahead_only_unread_days_are_gaps():
    """Rehearsing on an emulated school of next spring must not turn all of it into gaps."""
    long_before = datetime(2026, 1, 1, tzinfo=UTC)
    windows = [read(part, at=long_before) for part in (LESSONS, MARKS, LOG)]
    school = journal([lesson(has_topic=False, marks=0)], windows=windows, clock_differs=True)
    assert accused("TOPIC", school) == [(MONDAY, 1)]
    assert accused("MARK0", school) == [(MONDAY, 1)]


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 8, 20), date(2026, 10, 20)), st.booleans(), st.booleans()),
        max_size=20,
    ),
    st.dates(date(2026, 8, 25), date(2026, 10, 25)),
    st.sampled_from(["TOPIC", "MARK0", "HW", "ATT"]),
)
def test_findings_only_grow_with_time_and_never_touch_a_complete_lesson(rows, as_of, rule):
    lessons = [
        lesson(
            number=place,
            day=day,
            has_topic=full,
            marks=int(full),
            homework_targets=(day,) if full else (),
            entries=int(full),
            presences=int(present),
        )
        for place, (day, full, present) in enumerate(rows, start=1)
    ]
    school = journal(lessons)
    complete = {one.id for one in lessons if one.has_topic}
    roll = {"params": {"roll": "always"}} if rule == "ATT" else {}
    now = {found.lesson_id for found in judge(rule, school, as_of=as_of, **roll)[0]}
    later = {
        found.lesson_id for found in judge(rule, school, as_of=as_of + timedelta(days=9), **roll)[0]
    }
    assert now <= later
    assert not now & complete
    assert all(found.days_late > 0 for found in judge(rule, school, as_of=as_of, **roll)[0])
