"""Quality over real files: what counts, what is left out, and where nothing can be said."""

from datetime import date
from fractions import Fraction

import pytest

from connector.reports.report import Filters
from connector.reports.rules.case import NOT_READ
from connector.reports.tables import NO_DATA
from tests.store.figure_school import AFTER, PUPILS, Made, table
from tests.store.test_facts import CLASS, MATHS, TEACHER


def test_quality_over_a_real_file_is_as_by_hand():
    school = Made()
    for person, value in zip(PUPILS, ("5", "4", "2", "н/а", "осв."), strict=True):
        school.final(person, value)
    row = school.table("quality", "classes")[0]
    assert (row["n"], row["not_assessed"], row["released"]) == (4, 1, 1)
    assert (row["success"], row["quality"]) == (50, 50)
    assert row["sou"] == Fraction(100 + 64 + 16 + 7, 4)
    assert row["mean"] == Fraction(11, 3)
    people = school.table("quality", "class_pupils")[0]
    assert (people["pupils"], people["pupils_passing"], people["pupils_good"]) == (4, 50, 50)


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
        *("classes", "class_pupils", "subjects", "teachers", "periods"),
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


@pytest.fixture
def with_first_class():
    school = Made()
    school.final(101, "5")
    school.final(102, "4", period=None, kind="year", given_at="2026-10-24T10:00:00Z")
    school.add("edu_groups", id=7, name="1Б", parallel=1, type="Group")
    school.add("memberships", person_id=300, edu_group_id=7, role="EduStudent", status="Active")
    school.add("edu_group_reporting_periods", edu_group_id=7, reporting_period_id=1)
    school.read("final_marks", 7, start="", end="", at=AFTER)
    about = {"person_id": 300, "subject_id": MATHS, "value": "2", "edu_group_id": 7}
    for key, kind, period in ((901, "period", 1), (902, "year", None)):
        given = {"reporting_period_id": period, "given_at": "2026-10-24T10:00:00Z"}
        school.add("final_marks", id=key, kind=kind, **about, **given)
    return school


@pytest.mark.parametrize(
    "key", ["classes", "subjects", "teachers", "periods", "year_classes", "year_subjects"]
)
def test_marks_of_a_first_class_are_in_no_table_of_quality(with_first_class, key):
    rows = with_first_class.table("quality", key)
    assert {row["n"] for row in rows} == {1}
    assert 7 not in {row.get("class") for row in rows}


def test_a_first_class_has_movement_and_absence_but_no_row_of_marks(with_first_class):
    made = with_first_class.made("class")
    shown = {one.key: {row["class"] for row in table(made, one.key)} for one in made.tables}
    assert shown["classes"] == {CLASS}
    assert shown["movement"] == shown["class_missed"] == {CLASS, 7}
    assert 7 not in shown["pupils"]


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


def test_every_table_with_n_prints_the_rule_for_those_not_assessed():
    school = Made()
    school.final(101, "5")
    school.final(101, "5", period=None, kind="year", given_at="2027-05-25T10:00:00Z")
    tables = [one for one in school.made("quality").tables if one.key != "class_pupils"]
    assert len(tables) == 6
    assert all("(н/а) stays in N" in one.note for one in tables)
