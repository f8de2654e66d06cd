"""MARK3, NMARK, WORK and LATE: marks of one lesson."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.coverage import LESSONS, LOG, MARKS
from tests.unit.journals import ETHICS, MATHS, MONDAY, TUESDAY, WEDNESDAY, group, lesson
from tests.unit.marked import (
    OTHER,
    PUPIL,
    absence,
    accused,
    all_read,
    lessons,
    mark,
    outcomes,
    reasons,
    work,
)

TEN = [group(members=tuple(range(1, 11)))]
AT = lesson(marks=2)


@pytest.mark.parametrize(("marks", "found"), [(0, 0), (1, 1), (2, 1), (3, 0), (20, 0)])
def test_one_or_two_marks_at_a_lesson_are_few_and_none_is_another_rule(marks, found):
    assert len(accused("MARK3", [lesson(marks=marks)], groups=TEN)) == found


@pytest.mark.parametrize(("size", "found"), [(9, 0), (10, 1), (0, 0)])
def test_small_groups_may_have_few_marks(size, found):
    groups = [group(members=tuple(range(1, size + 1)))]
    assert len(accused("MARK3", [AT], groups=groups)) == found


@pytest.mark.parametrize(
    ("freed", "subject", "found"), [(1, MATHS, 0), (0, MATHS, 1), (10, ETHICS, 1)]
)
def test_pupils_freed_from_the_subject_make_a_group_small(freed, subject, found):
    released = [(person, subject) for person in range(1, freed + 1)]
    assert len(accused("MARK3", [AT], groups=TEN, released=released)) == found


def test_the_school_sets_what_is_few_and_what_is_small():
    how = {"params": {"marks": 6, "pupils": 3}}
    assert len(accused("MARK3", [lesson(marks=5)], **how)) == 1
    assert accused("MARK3", [lesson(marks=6)], **how) == []


@pytest.mark.parametrize(("as_of", "found"), [(MONDAY, 0), (TUESDAY, 0), (WEDNESDAY, 1)])
def test_few_marks_are_told_after_the_deadline(as_of, found):
    assert len(accused("MARK3", [AT], groups=TEN, as_of=as_of, due_working_days=1)) == found


def test_few_marks_are_right_in_an_ungraded_subject():
    assert accused("MARK3", [AT._replace(subject_id=ETHICS)], groups=TEN) == []


def test_few_marks_are_right_in_the_first_year_and_at_home():
    first = [group(parallel=1, members=tuple(range(10)))]
    home = [group(name="5НО", members=tuple(range(10)))]
    assert accused("MARK3", [AT], groups=first, exempt_parallels=frozenset({1})) == []
    assert accused("MARK3", [AT], groups=home, exempt_home_schooling=True) == []


def test_few_marks_are_not_told_where_marks_were_not_read_or_the_subject_is_not_known():
    assert reasons("MARK3", [AT], groups=TEN, windows=all_read(LESSONS)) == ["not_read"]
    assert reasons("MARK3", [AT._replace(subject_id=77)], groups=TEN) == ["subject_unknown"]


@pytest.mark.parametrize("status", ["Absent", "Ill", "Pass"])
def test_an_absent_pupil_with_a_mark_is_a_contradiction(status):
    found = accused("NMARK", [AT], [mark(AT)], absences=[absence(AT, status=status)])
    assert found == [(MONDAY, (PUPIL,))]


@pytest.mark.parametrize("status", ["Late", "Attend", "что-то новое", ""])
def test_a_pupil_who_was_there_may_have_a_mark(status):
    assert accused("NMARK", [AT], [mark(AT)], absences=[absence(AT, status=status)]) == []


@pytest.mark.parametrize("value", ["", " ", "осв."])
def test_an_empty_cell_and_a_release_contradict_no_absence(value):
    assert accused("NMARK", [AT], [mark(AT, value=value)], absences=[absence(AT)]) == []


def test_an_absence_and_a_mark_of_two_pupils_do_not_contradict():
    assert accused("NMARK", [AT], [mark(AT, OTHER)], absences=[absence(AT)]) == []


def test_all_pupils_of_a_lesson_stand_in_one_finding():
    both = [mark(AT), mark(AT, OTHER)]
    absent = [absence(AT), absence(AT, OTHER)]
    assert accused("NMARK", [AT], both, absences=absent) == [(MONDAY, (PUPIL, OTHER))]


@pytest.mark.parametrize(
    ("comment", "found"),
    [("Сдал позже", 0), ("отработано", 0), ("Заявление родителей", 1), ("", 1)],
)
def test_a_comment_that_says_made_up_later_explains_the_mark(comment, found):
    how = {"absences": [absence(AT)], "comments": {(AT.id, PUPIL): comment}}
    assert len(accused("NMARK", [AT], [mark(AT)], **how)) == found


@pytest.mark.parametrize(
    ("given_at", "wish", "found"),
    [
        ("2026-09-08T06:00:00Z", False, 1),
        ("2026-09-08T06:00:00Z", True, 0),
        ("2026-09-07T18:59:59Z", True, 1),  # still Monday in Yekaterinburg
        ("2026-09-07T19:00:00Z", True, 0),
        (None, True, 1),
    ],
)
def test_a_mark_of_a_later_day_explains_itself_where_the_school_wishes(given_at, wish, found):
    how = {"absences": [absence(AT)], "params": {"made_up_later": wish}}
    assert len(accused("NMARK", [AT], [mark(AT, given_at=given_at)], **how)) == found


def test_a_contradiction_is_not_told_where_the_roll_was_not_read():
    how = {"absences": [absence(AT)], "windows": all_read(LESSONS, MARKS)}
    assert reasons("NMARK", [AT], [mark(AT)], **how) == ["not_read"]


def of_work(number):
    return mark(AT, work_id=number)


@pytest.mark.parametrize(
    ("kind", "day", "found"),
    [
        ("LessonExamination", 7, 0),
        ("LessonExamination", 8, 1),
        ("LessonComposition", 10, 0),
        ("LessonComposition", 11, 1),
        ("LessonTestWork", 5, 0),
        ("LessonTestWork", 6, 1),
        ("CommonWork", 60, 0),
        ("DefaultNewLessonWork", 60, 0),
    ],
)
def test_an_empty_work_is_told_after_the_days_of_its_kind(kind, day, found):
    how = {"works": [work(AT, kind)], "as_of": MONDAY + timedelta(days=day)}
    assert len(accused("WORK", [AT], **how)) == found


def test_a_work_with_one_mark_is_not_empty():
    assert accused("WORK", [AT], [of_work(1)], works=[work(AT)]) == []


def test_a_release_fills_no_control_work():
    filled = [mark(AT, value="осв.", work_id=1)]
    assert accused("WORK", [AT], filled, works=[work(AT)])


def test_a_mark_of_another_work_does_not_fill_the_column():
    assert accused("WORK", [AT], [of_work(2)], works=[work(AT)]) == [(MONDAY, ())]


def test_a_mark_that_names_no_work_may_fill_it():
    assert accused("WORK", [AT], [of_work(None)], works=[work(AT)]) == []


def test_the_earliest_of_two_empty_works_counts():
    works = [work(AT, "LessonComposition", 1), work(AT, "LessonTestWork", 2)]
    assert len(accused("WORK", [AT], works=works, as_of=MONDAY + timedelta(days=6))) == 1


def test_an_empty_work_in_an_ungraded_or_unknown_subject_is_nobodys_fault():
    assert accused("WORK", [AT._replace(subject_id=ETHICS)], works=[work(AT)]) == []
    assert reasons("WORK", [AT._replace(subject_id=77)], works=[work(AT)]) == ["subject_unknown"]


def test_an_empty_work_is_not_told_where_marks_were_not_read():
    assert reasons("WORK", [AT], works=[work(AT)], windows=all_read(LESSONS)) == ["not_read"]


def entered(day, **changes):
    return mark(AT, given_at=f"{day.isoformat()}T06:00:00Z", **changes)


IN_A_DAY = {"due_working_days": 1}


@pytest.mark.parametrize(("day", "found"), [(MONDAY, 0), (TUESDAY, 0), (WEDNESDAY, 1)])
def test_a_mark_entered_after_the_next_working_day_is_late(day, found):
    assert len(accused("LATE", [AT], [entered(day)], **IN_A_DAY)) == found


def test_a_release_is_never_late():
    late = {"given_at": "2026-10-20T06:00:00Z"}
    assert accused("LATE", [AT], [mark(AT, value="осв.", **late)]) == []
    assert accused("LATE", [AT], [mark(AT, **late)])


def test_lateness_ends_with_the_entry_and_grows_grave_with_the_days():
    late = outcomes("LATE", [AT], [entered(WEDNESDAY)], **IN_A_DAY)
    grave = outcomes("LATE", [AT], [entered(MONDAY + timedelta(days=4))], **IN_A_DAY)
    assert [(one.days_late, one.severity) for one in late] == [(1, "info")]
    assert [(one.days_late, one.severity) for one in grave] == [(3, "error")]


def test_a_mark_on_the_last_day_before_it_grows_grave_is_not_grave():
    (found,) = outcomes("LATE", [AT], [entered(MONDAY + timedelta(days=3))], **IN_A_DAY)
    assert found.severity == "info"


def test_an_absent_pupil_earns_the_mark_later():
    assert accused("LATE", [AT], [entered(WEDNESDAY)], absences=[absence(AT)], **IN_A_DAY) == []


@pytest.mark.parametrize(("apart", "found"), [(True, 0), (False, 1)])
def test_works_checked_at_home_have_days_of_their_own(apart, found):
    how = {"works": [work(AT)], "params": {"works_apart": apart}}
    assert len(accused("LATE", [AT], [entered(WEDNESDAY, work_id=1)], **how, **IN_A_DAY)) == found


@pytest.mark.parametrize("given_at", [None, "", "вчера", "2026-09-09T06:00:00"])
def test_a_mark_without_a_moment_is_not_late(given_at):
    assert accused("LATE", [AT], [mark(AT, given_at=given_at)], **IN_A_DAY) == []


def test_a_mark_entered_after_the_day_of_judging_is_not_known_yet():
    assert accused("LATE", [AT], [entered(WEDNESDAY)], as_of=TUESDAY, **IN_A_DAY) == []


def test_late_marks_of_a_group_the_rule_does_not_concern_are_left_alone():
    how = {"groups": [group(parallel=1)], "exempt_parallels": frozenset({1})}
    assert accused("LATE", [AT], [entered(WEDNESDAY)], **how, **IN_A_DAY) == []


@given(
    cells=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1, 2, 3])), max_size=12),
    absent=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1, 2, 3])), max_size=12),
)
def test_exactly_the_cells_with_both_are_contradictions(cells, absent):
    taught = lessons(5)
    found = accused(
        "NMARK",
        taught,
        [mark(taught[place], person) for place, person in cells],
        absences=[absence(taught[place], person) for place, person in absent],
    )
    both = {(taught[place].day, person) for place, person in set(cells) & set(absent)}
    assert {(day, person) for day, persons in found for person in persons} == both


@given(
    counts=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    less=st.integers(2, 6),
    more=st.integers(0, 12),
)
def test_a_larger_floor_of_pupils_never_adds_lessons_with_few_marks(counts, less, more):
    taught = [one._replace(marks=count) for one, count in zip(lessons(8), counts, strict=False)]
    strict = accused("MARK3", taught, groups=TEN, params={"marks": less, "pupils": 0})
    loose = accused("MARK3", taught, groups=TEN, params={"marks": less, "pupils": more})
    assert set(loose) <= set(strict)


def test_rows_of_marks_rest_on_lessons_read_after_their_day():
    windows = [*all_read(MARKS, LOG)]
    how = {"absences": [absence(AT)], "windows": windows}
    assert reasons("NMARK", [AT], [mark(AT)], **how) == ["not_read"]
