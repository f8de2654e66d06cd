"""Timeliness over real files: ends of days, absent pupils, hidden lessons."""

from datetime import timedelta

import pytest

from tests.store.figure_school import Made, table
from tests.store.test_facts import MONDAY, TEACHER


def marks_row(school, **asked):
    return school.table("timeliness", "marks", **asked)[-1]


@pytest.mark.parametrize(
    ("given_at", "late"),
    [
        ("2026-09-08T20:59:59Z", 0),  # the last second of Tuesday in Moscow
        ("2026-09-08T21:00:00Z", 1),
        ("2026-09-09T20:59:59.999999Z", 1),
        ("2026-09-09T21:00:00Z", 2),
        ("2026-09-07T06:00:00Z", 0),
        ("2026-09-01T06:00:00Z", 0),
    ],
)
def test_a_day_ends_at_midnight_of_the_school(given_at, late):
    school = Made()
    school.mark(school.lesson(), given_at=given_at)
    row = marks_row(school)
    assert (row["records"], row["worst"]) == (1, late or None)


def test_marks_of_absent_pupils_and_works_checked_at_home_are_no_delay():
    school = Made()
    key = school.lesson()
    school.add("works", id=1, lesson_id=key, type="LessonExamination")
    school.add(
        "lesson_log_entries",
        lesson_id=key,
        person_id=102,
        status="Ill",
        created_at="2026-09-07T06:00:00Z",
    )
    school.mark(key, person=101, work_id=1, given_at="2026-09-20T06:00:00Z")
    school.mark(key, person=102, given_at="2026-09-20T06:00:00Z")
    school.mark(key, person=103, given_at="2026-09-10T06:00:00Z")
    row = marks_row(school)
    assert (row["records"], row["own_deadline"], row["worst"]) == (3, 2, 2)


def test_a_mark_whose_lesson_is_hidden_counts_by_its_work():
    school = Made()
    school.add("works", id=1, lesson_id=school.lesson(), type="CommonWork")
    school.mark(None, work_id=1, given_at="2026-09-09T06:00:00Z")
    row = marks_row(school)
    assert (row["records"], row["one"]) == (1, 1)


def test_a_mark_without_a_moment_is_neither_late_nor_in_time():
    school = Made()
    school.mark(school.lesson(), given_at=None)
    row = marks_row(school)
    assert (row["records"], row["unknown"], row["share"]) == (1, 1, None)


def test_a_lesson_whose_deadline_is_not_past_does_not_count():
    school = Made()
    school.mark(school.lesson())
    assert marks_row(school, as_of=MONDAY + timedelta(days=1))["records"] == 0
    assert marks_row(school, as_of=MONDAY + timedelta(days=2))["records"] == 1


def test_a_lesson_of_two_teachers_counts_for_each_and_once_for_the_school():
    school = Made()
    key = school.lesson()
    school.add("lesson_teachers", lesson_id=key, person_id=7)
    school.mark(key)
    rows = school.table("timeliness", "marks")
    assert [(row["teacher"], row["records"]) for row in rows][:-1] == [(TEACHER, 1), (7, 1)]
    assert rows[-1]["records"] == 1


def test_marks_read_before_their_deadline_say_nothing():
    school = Made()
    school.db.execute(
        "UPDATE coverage SET pulled_at = '2026-09-07T12:00:00Z' WHERE resource = 'marks'"
    )
    school.mark(school.lesson())
    made = school.made("timeliness")
    assert table(made, "marks")[-1]["records"] == 0
    assert [(one.rule, one.reason) for one in made.notes.silences] == [("LATE", "read_too_early")]


def test_attendance_entered_the_next_day_is_late():
    school = Made()
    key = school.lesson()
    for person, at in ((101, "2026-09-07T08:00:00Z"), (102, "2026-09-08T08:00:00Z")):
        school.add(
            "lesson_log_entries", lesson_id=key, person_id=person, status="Absent", created_at=at
        )
    row = school.table("timeliness", "attendance")[-1]
    assert (row["records"], row["on_time"], row["one"]) == (2, 1, 1)
