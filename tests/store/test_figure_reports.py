"""Reports of figures over real SQLite files: what counts, what is left out, and where nothing can be said."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from connector.reports.catalogue import REPORTS
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.report import Filters, Request
from connector.reports.rules.case import NOT_READ
from connector.reports.tables import NO_DATA
from mappings.rulebooks import read_rulebook
from tests.store.test_facts import CLASS, MATHS, MONDAY, TEACHER, ZONE, School

FINISH = date(2026, 10, 24)
NOVEMBER = date(2026, 11, 24)
PUPILS = tuple(range(101, 106))
AFTER = "2026-11-20T00:00:00Z"


class Made(School):
    """A mirror of one class of five."""

    def __init__(self, *, finals_read=AFTER):
        super().__init__()
        self.keys = 0
        self.add("subjects", id=MATHS, name="Алгебра")
        self.add("edu_groups", id=CLASS, name="5А", parallel=5, type="Group")
        self.add("persons", id=TEACHER, last_name="Лужина", first_name="Вера")
        self.add(
            "reporting_periods",
            id=1,
            start="2026-09-01",
            finish="2026-10-24",
            number=0,
            name="1 четверть",
        )
        self.add(
            "reporting_periods",
            id=2,
            start="2026-11-02",
            finish="2026-12-30",
            number=1,
            name="2 четверть",
        )
        for period in (1, 2):
            self.add("edu_group_reporting_periods", edu_group_id=CLASS, reporting_period_id=period)
        for resource in (LESSONS, MARKS, LOG):
            self.read(resource, CLASS)
        if finals_read:
            self.read("final_marks", CLASS, start="", end="", at=finals_read)
        for person in PUPILS:
            self.join(person)

    def join(self, person, seen_from="2026-09-01", seen_to=None, status="Active", **values):
        self.add(
            "memberships",
            person_id=person,
            edu_group_id=CLASS,
            role="EduStudent",
            status=status,
            seen_from=seen_from,
            seen_to=seen_to,
            **values,
        )

    def final(
        self, person, value, period=1, kind="period", given_at="2026-10-23T10:00:00Z", **values
    ):
        self.keys += 1
        self.add(
            "final_marks",
            id=self.keys,
            person_id=person,
            subject_id=MATHS,
            value=value,
            reporting_period_id=period,
            kind=kind,
            edu_group_id=CLASS,
            given_at=given_at,
            **values,
        )

    def mark(self, lesson, person=101, given_at="2026-09-07T06:00:00Z", **values):
        self.keys += 1
        self.add(
            "marks",
            id=self.keys,
            lesson_id=lesson,
            person_id=person,
            value="4",
            type="Mark5",
            given_at=given_at,
            **values,
        )

    def table(self, name, key, as_of=NOVEMBER, **request):
        return table(self.made(name, as_of, **request), key)

    def made(self, name, as_of=NOVEMBER, **request):
        asked = Request(as_of, datetime(2026, 12, 1, tzinfo=UTC), ZONE, **request)
        return REPORTS[name].builder()(self.query, read_rulebook(), asked)


def table(made, key):
    found = next(one for one in made.tables if one.key == key)
    return [dict(zip((c.key for c in found.columns), row, strict=True)) for row in found.rows]


def test_quality_over_a_real_file_is_as_by_hand():
    school = Made()
    for person, value in zip(PUPILS, ("5", "4", "2", "н/а", "осв."), strict=True):
        school.final(person, value)
    row = school.table("quality", "classes")[0]
    assert (row["n"], row["not_assessed"], row["released"]) == (4, 1, 1)
    assert (row["success"], row["quality"]) == (50, 50)
    assert row["sou"] == Fraction(100 + 64 + 16 + 7, 4)
    assert row["mean"] == Fraction(11, 3)
    assert (row["pupils"], row["pupils_passing"], row["pupils_good"]) == (4, 50, 50)


def test_withdrawn_marks_and_those_of_a_running_period_do_not_count():
    school = Made()
    school.final(101, "5")
    school.final(102, "2", withdrawn=1)
    school.final(103, "2", period=2)
    assert school.table("quality", "classes")[0]["n"] == 1
    assert [row["n"] for row in school.table("quality", "periods")] == [1]


@pytest.mark.parametrize(
    ("seen_to", "counted"),
    [("2026-10-10", 1), ("2026-10-24", 1), ("2026-10-25", 2), ("2026-09-01", 2)],
)
def test_a_pupil_who_left_by_the_end_of_the_period_leaves_n_where_a_pull_saw_it(seen_to, counted):
    """Somebody found gone by the very first pull left at some time nobody knows."""
    school = Made()
    school.join(200, seen_to=seen_to, status="Archive")
    school.final(101, "5")
    school.final(200, "2")
    assert school.table("quality", "classes")[0]["n"] == counted


def test_a_year_mark_of_the_year_before_is_none_of_this_year():
    school = Made()
    school.final(101, "5", period=None, kind="year", given_at="2026-05-25T10:00:00Z")
    assert [one.key for one in school.made("quality").tables] == [
        *("classes", "subjects", "teachers", "periods"),
    ]
    school.final(102, "4", period=None, kind="year", given_at="2027-05-25T10:00:00Z")
    assert school.table("quality", "year_classes")[0]["fours"] == 1


@pytest.mark.parametrize("finals_read", [None, "2026-10-20T00:00:00Z"])
@pytest.mark.parametrize("name", ["quality", "class"])
def test_marks_that_were_not_read_after_the_period_are_no_data(name, finals_read):
    school = Made(finals_read=finals_read)
    school.lesson()
    school.final(101, "2")
    made = school.made(name)
    row = table(made, "classes")[0]
    assert {row["success"], row["quality"]} == {NO_DATA}
    assert [(one.group_id, one.reason) for one in made.notes.silences] == [(CLASS, NOT_READ)]


def test_a_running_period_that_is_asked_for_has_no_data_and_accuses_no_pull():
    school = Made()
    school.lesson(day=date(2026, 11, 9))
    made = school.made("quality", filters=Filters(periods=("2 четверть",)))
    row = table(made, "classes")[0]
    assert (row["period"], row["n"]) == ("2 четверть", NO_DATA)
    assert made.notes.silences == ()


def test_a_first_class_gets_no_row_and_no_reproach():
    school = Made(finals_read=None)
    school.add("edu_groups", id=7, name="1Б", parallel=1, type="Group")
    school.add("memberships", person_id=300, edu_group_id=7, role="EduStudent", status="Active")
    assert [row["class"] for row in school.table("quality", "classes")][:-1] == [CLASS]


def test_a_teacher_is_whoever_held_most_lessons_of_the_period():
    school = Made()
    for number, teacher in enumerate((TEACHER, 7, 7), start=1):
        key = school.lesson(number)
        school.db.execute(
            "UPDATE lesson_teachers SET person_id = ? WHERE lesson_id = ?", (teacher, key)
        )
    school.final(101, "5")
    assert [row["teacher"] for row in school.table("quality", "teachers")][:-1] == [7]
    school.lesson(4)
    assert [row["teacher"] for row in school.table("quality", "teachers")][:-1] == [TEACHER, 7]


def test_marks_without_any_known_teacher_stand_under_nobody():
    school = Made()
    school.final(101, "5")
    assert [row["teacher"] for row in school.table("quality", "teachers")][:-1] == [None]


# --- attendance


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


# --- timeliness


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
