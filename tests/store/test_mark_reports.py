"""The reports accumulation and final-marks: their tables against counts by hand, and what stands on top."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from connector.commands.delivery import rendered
from connector.reports import accumulation, final_marks
from connector.reports.report import Filters, Request
from connector.reports.tables import NO_DATA
from mappings.rulebooks import read_rulebook
from tests.flows.grading import every_rule
from tests.store.little_school import ALGEBRA, CLASS, LEFT, MOVED, SPLIT, STAYS, Mirror
from tests.unit.rosters import ANNA, BORN, pupil, source

MONDAY = date(2026, 9, 7)
AFTER_HOLIDAYS = date(2026, 11, 10)
READ_AT = datetime(2026, 12, 1, tzinfo=UTC)
BOOK = every_rule()


def request(day=AFTER_HOLIDAYS, **changes):
    return Request(day, READ_AT, ZoneInfo("Asia/Yekaterinburg"), **changes)


@pytest.fixture
def school():
    """Algebra of 5А: two lessons a week from the seventh of September to the sixteenth of October."""
    mirror = Mirror()
    for number in range(12):
        day = MONDAY + timedelta(days=number // 2 * 7 + number % 2)
        mirror.add(
            "lessons", id=1000 + number, date=str(day), number=1, title="Тема", edu_group_id=CLASS,
            subject_id=ALGEBRA,
        )  # fmt: skip
    mirror.read(())
    return mirror


def mark(mirror, at, person=STAYS, value="4", **changes):
    row = {"type": "Mark5", "work_type_id": 1, "given_at": "2026-09-07T06:00:00Z"} | changes
    key = 5000 + at * 10_000 + person
    mirror.add("marks", id=key, person_id=person, lesson_id=1000 + at, value=value, **row)


def table(report, key):
    (found,) = [one for one in report.tables if one.key == key]
    return [
        dict(zip((column.key for column in found.columns), row, strict=True)) for row in found.rows
    ]


def row_of(report, person, key="courses"):
    (found,) = [row for row in table(report, key) if row["pupil"] == person]
    return found


def test_marks_stand_beside_the_norm_scaled_to_the_lessons_the_pupil_was_at(school):
    """Twelve lessons in eight weeks ask for 4 marks; with three missed ceil(4 · 9 / 12) = 3."""
    mark(school, 0)
    mark(school, 1, value="4/3")
    for at in (2, 3, 4):
        school.add("lesson_log_entries", lesson_id=1000 + at, person_id=STAYS, status="Ill")
    row = row_of(accumulation.build(school.query, BOOK, request(end=date(2026, 10, 20))), STAYS)
    assert (row["marks"], row["norm"], row["lessons"], row["missed"]) == (3, 3, 12, 3)


def test_counts_by_class_end_with_a_sum(school):
    for person in (STAYS, SPLIT):
        mark(school, 0, person)
    for at in range(1, 6):
        mark(school, at, STAYS)
    report = accumulation.build(school.query, BOOK, request(end=date(2026, 10, 20)))
    whole = table(report, "classes")[-1]
    assert whole["class"] is None
    assert whole["share"] == Fraction(100 * whole["below"], whole["judged"])
    assert sum(one["below"] for one in table(report, "classes")[:-1]) == whole["below"]
    assert whole["below"] == report.found("ACC")


def test_of_a_pupil_who_changed_classes_no_norm_is_told(school):
    mark(school, 0, MOVED)
    report = accumulation.build(school.query, BOOK, request(end=date(2026, 10, 20)))
    assert row_of(report, MOVED)["norm"] is NO_DATA


@pytest.mark.parametrize("unread", ["marks", "lesson_log_entries"])
def test_what_was_not_read_is_no_data_and_no_finding(unread):
    mirror = Mirror()
    for number in range(12):
        day = MONDAY + timedelta(days=number // 2 * 7 + number % 2)
        mirror.add("lessons", id=1000 + number, date=str(day), number=1, edu_group_id=CLASS, subject_id=ALGEBRA)  # fmt: skip
    mirror.read({(CLASS, unread)})
    mark(mirror, 0)
    report = accumulation.build(mirror.query, BOOK, request(end=date(2026, 10, 20)))
    assert row_of(report, STAYS)["norm"] is NO_DATA
    assert report.found("ACC") == 0


def test_a_class_list_says_since_when_a_pupil_is_judged(school):
    """Enrolled on the day of the seventh of twelve lessons; no mark or absence is needed to begin from."""
    school.add(
        "persons", id=STAYS, last_name="Орлова", first_name="Анна", middle_name="Ильинична", birthday=str(BORN)
    )  # fmt: skip
    asked = request(end=date(2026, 10, 20))
    before = accumulation.build(school.query, BOOK, asked)
    assert STAYS not in {row["pupil"] for row in table(before, "courses")}
    listed = source(pupil(ANNA, born=BORN, enrolled=date(2026, 9, 28)))
    after = accumulation.build(school.query, BOOK, replace(asked, sources=(listed,)))
    assert row_of(after, STAYS)["lessons"] == 6


def test_a_period_mark_stands_beside_the_average_it_differs_from(school):
    for at, value in enumerate(("3", "4", "3", "4")):
        mark(school, at, value=value, work_type_id=2 if at == 0 else 1)
    school.add(
        "final_marks", id=1, person_id=STAYS, subject_id=ALGEBRA, reporting_period_id=1, kind="period",
        edu_group_id=CLASS, value="4", given_at="2026-10-24T10:00:00Z",
    )  # fmt: skip
    report = final_marks.build(school.query, BOOK, request())
    (row,) = [one for one in table(report, "terms") if one["rule"] == "FINALAVG"]
    assert (row["mark"], row["marks"], row["average"]) == ("4", 4, Fraction(17, 5))
    assert (row["expected"], row["direction"]) == (3, final_marks.ABOVE)


def test_a_leaver_is_in_the_table_of_period_marks_but_owes_none(school):
    mark(school, 0, LEFT)
    report = final_marks.build(school.query, BOOK, request())
    assert LEFT not in {one.person_ids[0] for one in report.findings if one.rule == "FINAL"}


def test_names_of_pupils_stay_out_of_an_anonymous_table(school):
    mark(school, 0)
    asked = request(end=date(2026, 10, 20), anonymous=True)
    report = accumulation.build(school.query, BOOK, asked)
    assert {STAYS, SPLIT}.isdisjoint(row["pupil"] for row in table(report, "courses"))


def test_only_what_was_asked_for_is_shown(school):
    mark(school, 0)
    mark(school, 0, SPLIT)
    asked = request(end=date(2026, 10, 20), filters=Filters(classes=("5Б",)))
    assert table(accumulation.build(school.query, BOOK, asked), "courses") == []


def test_a_report_whose_rules_are_all_switched_off_says_so_on_top(school):
    """An empty page would look like a clean one."""
    shipped = read_rulebook()
    report = accumulation.build(school.query, shipped, request())
    assert report.rules == ()
    text = rendered(report, "table", "en").decode()
    assert "Nothing was checked: the rulebook has switched off MARK3, ACC, GAP." in text
    assert (
        "switched off"
        not in rendered(final_marks.build(school.query, shipped, request()), "table", "en").decode()
    )
