"""Attendance over real files: when pupils came, and lessons nobody read."""

from datetime import timedelta

from connector.reports.coverage import LESSONS
from connector.reports.rules.case import NOT_READ
from connector.reports.tables import NO_DATA
from tests.store.figure_school import Made, table
from tests.store.test_facts import CLASS, MONDAY


def test_lessons_whose_attendance_was_not_read_are_not_counted_and_said():
    school = Made()
    school.lesson()
    school.add("edu_groups", id=7, name="6А", parallel=6, type="Group")
    school.add("memberships", person_id=300, edu_group_id=7, role="EduStudent", status="Active")
    school.read(LESSONS, 7)
    school.lesson(2, group=7)
    made = school.made("attendance")
    rows = {row["class"]: row for row in table(made, "classes")}
    assert (rows[CLASS]["lessons"], rows[7]["lessons"], rows[7]["share"]) == (5, NO_DATA, NO_DATA)
    assert [(one.group_id, one.reason) for one in made.notes.silences] == [(7, NOT_READ)]


def test_an_arrival_that_a_pull_saw_counts_from_that_day_or_an_earlier_mark():
    school = Made()
    for n in range(4):
        school.lesson(day=MONDAY + timedelta(days=7 * n))
    school.join(200, seen_from="2026-09-21")
    rows = {row["pupil"]: row["lessons"] for row in school.table("attendance", "pupils")}
    assert (rows[101], rows[200]) == (4, 2)
    school.mark(school.query("SELECT id FROM lessons ORDER BY date")[1][0], person=200)
    rows = {row["pupil"]: row["lessons"] for row in school.table("attendance", "pupils")}
    assert rows[200] == 3


def test_a_pupil_without_any_trace_where_few_lessons_have_marks_was_there_all_the_time():
    school = Made()
    for n in range(8):
        school.mark(school.lesson(day=MONDAY + timedelta(days=n)))
    rows = {row["pupil"]: row["lessons"] for row in school.table("attendance", "pupils")}
    assert set(rows.values()) == {8}


def test_a_pupil_whose_first_mark_is_late_in_a_class_full_of_marks_came_then():
    school = Made()
    lessons = [school.lesson(day=MONDAY + timedelta(days=n)) for n in range(40)]
    for key in lessons:
        school.mark(key)
    school.mark(lessons[30], person=102)
    rows = {row["pupil"]: row["lessons"] for row in school.table("attendance", "pupils")}
    assert (rows[101], rows[102], rows[103]) == (40, 10, 40)


def test_pupils_who_have_left_are_not_counted():
    school = Made()
    key = school.lesson()
    school.join(200, status="Archive", seen_to="2026-09-01")
    school.add("lesson_log_entries", lesson_id=key, person_id=200, status="Ill")
    whole = school.table("attendance", "classes")[-1]
    assert (whole["pupils"], whole["missed"]) == (5, 0)


def test_a_pupil_of_two_classes_stands_in_both_and_once_in_the_total():
    school = Made()
    school.lesson()
    school.add("edu_groups", id=7, name="5 НО", parallel=5, type="Group")
    school.add("memberships", person_id=101, edu_group_id=7, role="EduStudent", status="Active")
    rows = {row["class"]: row for row in school.table("attendance", "classes")}
    assert (rows[CLASS]["pupils"], rows[7]["pupils"]) == (5, 1)
    assert (rows["Whole school"]["pupils"], rows["Whole school"]["lessons"]) == (5, 5)
