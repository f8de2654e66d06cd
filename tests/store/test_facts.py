"""The facts a report rests on, read from real SQLite files made of the mirror's own schema."""

import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.mirror import schema
from connector.records import TABLES
from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.facts import read_journal
from connector.reports.missing import build
from connector.reports.report import Filters, Request
from connector.reports.rules.case import GROUP_UNKNOWN, NOT_READ
from mappings.rulebooks import read_rulebook

ZONE = ZoneInfo("Europe/Moscow")
SEPTEMBER, AUGUST = date(2026, 9, 1), date(2027, 8, 31)
MONDAY = date(2026, 9, 7)
BIG = 9_000_000_000_000_000_000  # beyond what a double can hold
CLASS, SUBGROUP, MATHS, TEACHER, PUPIL = BIG + 1, BIG + 2, 1, 1_000_000_000_001, 1_000_000_000_002
READ_AT = "2026-12-01T00:00:00Z"


class School:
    """A mirror under construction: names its columns, fills the rest."""

    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        for _number, _name, script in schema.MIGRATIONS:
            self.db.executescript(script)
        self.db.execute(
            "INSERT INTO runs (id, command, scope, started_at, status) VALUES (1, 'pull', '{}', ?, 'done')",
            (READ_AT,),
        )

    def add(self, table, withdrawn=None, **values):
        row = (
            {"first_seen_run": 1, "changed_run": 1, "withdrawn_run": withdrawn}
            if table in TABLES
            else {}
        )
        row |= values
        self.db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )

    def read(
        self,
        resource,
        group,
        start=str(SEPTEMBER),
        end=str(AUGUST),
        at=READ_AT,
        state="done",
        detail=None,
    ):
        self.add(
            "coverage", resource=resource, edu_group_id=group, covered_from=start, covered_to=end, run_id=1,
            pulled_at=at, state=state, rows=1, detail=detail,
        )  # fmt: skip

    def lesson(self, number=1, day=MONDAY, group=CLASS, **values):
        key = BIG + 1000 + day.toordinal() * 10 + number
        row = {"subject_id": MATHS, "title": "Дроби", "status": None} | values
        self.add("lessons", id=key, edu_group_id=group, date=str(day), number=number, **row)
        self.add("lesson_teachers", lesson_id=key, person_id=TEACHER)
        return key

    def query(self, sql, parameters=()):
        return self.db.execute(sql, parameters).fetchall()

    def journal(self, until=date(2026, 11, 24)):
        return read_journal(self.query, since=SEPTEMBER, until=until)

    def report(self, as_of=date(2026, 9, 20), **request):
        now = datetime(2026, 12, 1, 6, tzinfo=UTC)
        return build(self.query, read_rulebook(), Request(as_of, now, ZONE, **request))


@pytest.fixture
def school():
    school = School()
    school.add("subjects", id=MATHS, name="Алгебра")
    school.add("edu_groups", id=CLASS, name="5А", parallel=5, type="Group")
    school.add(
        "persons", id=TEACHER, last_name="Лужина", first_name="Вера", middle_name="Ильинична"
    )
    school.add(
        "memberships", person_id=PUPIL, edu_group_id=CLASS, role="EduStudent", status="Active"
    )
    school.add("reporting_periods", id=1, start="2026-09-01", finish="2026-10-24")
    school.add("edu_group_reporting_periods", edu_group_id=CLASS, reporting_period_id=1)
    for resource in (LESSONS, MARKS, LOG):
        school.read(resource, CLASS)
    return school


def only(journal):
    (lesson,) = journal.lessons
    return lesson


def test_a_lesson_comes_with_what_stands_on_it(school):
    key = school.lesson()
    school.add("works", id=1, lesson_id=key, type="Homework", target_date="2026-09-09")
    for number in (1, 2):
        school.add("marks", id=number, lesson_id=key)
    school.add("lesson_log_entries", lesson_id=key, person_id=PUPIL, status="Attend")
    school.add("lesson_log_entries", lesson_id=key, person_id=3, status="Ill")
    lesson = only(school.journal())
    assert (lesson.id, lesson.group_id, lesson.subject_id) == (key, CLASS, MATHS)
    assert (lesson.day, lesson.number, lesson.has_topic) == (MONDAY, 1, True)
    assert (lesson.marks, lesson.entries, lesson.presences) == (2, 2, 1)
    assert lesson.homework_targets == (date(2026, 9, 9),)
    assert lesson.teacher_ids == (TEACHER,)


@pytest.mark.parametrize(
    ("value", "count"), [("4/3", 2), ("4-/3", 2), ("н/а", 1), ("10", 1), ("4", 1)]
)
def test_two_marks_in_one_cell_count_as_two(school, value, count):
    key = school.lesson()
    school.add("marks", id=1, lesson_id=key, value=value)
    assert only(school.journal()).marks == count


def test_a_word_that_frees_a_pupil_is_no_mark(school):
    key = school.lesson()
    school.add("marks", id=1, lesson_id=key, person_id=PUPIL, value="осв.")
    journal = school.journal()
    assert only(journal).marks == 0
    assert journal.released == {(PUPIL, MATHS)}


@pytest.mark.parametrize(("start", "is_released"), [("2026-09-01", True), ("2025-09-01", False)])
def test_a_period_mark_of_this_year_may_free_a_pupil(school, start, is_released):
    school.lesson()
    school.add("reporting_periods", id=7, start=start, finish=start)
    school.add(
        "final_marks", id=1, person_id=PUPIL, subject_id=MATHS, reporting_period_id=7,
        kind="period", value="Осв",
    )  # fmt: skip
    assert bool(school.journal().released) == is_released


@pytest.mark.parametrize("title", [None, "", "   ", "\u00a0", "\t\n"])
def test_a_title_of_spaces_is_no_topic(school, title):
    school.lesson(title=title)
    assert not only(school.journal()).has_topic


def test_what_the_vendor_withdrew_does_not_count(school):
    key = school.lesson()
    school.add("works", withdrawn=1, id=1, lesson_id=key, type="Homework")
    school.add("marks", withdrawn=1, id=1, lesson_id=key)
    school.add("lesson_log_entries", withdrawn=1, lesson_id=key, person_id=PUPIL, status="Ill")
    school.add("lesson_log_entries", withdrawn=1, lesson_id=key, person_id=3, status="Attend")
    school.add("lesson_teachers", withdrawn=1, lesson_id=key, person_id=7)
    school.lesson(2, withdrawn=1)
    lesson = only(school.journal())
    assert lesson.presences == 0
    assert (lesson.homework_targets, lesson.marks, lesson.entries, lesson.teacher_ids) == (
        (),
        0,
        0,
        (TEACHER,),
    )
    assert school.journal().entries == ()


def test_work_at_the_lesson_is_no_homework(school):
    school.add(
        "works", id=1, lesson_id=school.lesson(), type="LessonTestWork", target_date="2026-09-09"
    )
    assert only(school.journal()).homework_targets == ()


def test_a_mark_whose_lesson_is_hidden_counts_by_its_work(school):
    key = school.lesson()
    school.add("works", id=1, lesson_id=key, type="CommonWork")
    school.add("marks", id=1, work_id=1)
    assert only(school.journal()).marks == 1


def test_a_period_mark_belongs_to_no_lesson(school):
    school.lesson()
    school.add("works", id=1, type="PeriodMark")
    school.add("marks", id=1, work_id=1)
    assert only(school.journal()).marks == 0


def test_lessons_of_another_year_are_not_read(school):
    school.lesson(day=date(2026, 5, 5))
    assert school.journal().lessons == ()


def test_presence_is_no_exception(school):
    key = school.lesson()
    for person, status in ((1, "Attend"), (2, "Late"), (3, None)):
        school.add("lesson_log_entries", lesson_id=key, person_id=person, status=status)
    assert [(entry.person_id, entry.status) for entry in school.journal().entries] == [
        (2, "Late"),
        (3, ""),
    ]


def test_a_subgroup_lives_by_the_calendar_of_its_class(school):
    school.add("edu_groups", id=SUBGROUP, name="5А (англ. 1)", type="Subgroup")
    school.add("edu_group_parents", edu_group_id=SUBGROUP, parent_id=CLASS)
    school.add("holidays", id=1, start="2026-10-25", finish="2026-11-02T00:00:00")
    school.add("edu_group_holidays", edu_group_id=CLASS, holiday_id=1)
    calendar = school.journal().calendar.of(SUBGROUP)
    assert calendar.periods == (Period(date(2026, 9, 1), date(2026, 10, 24)),)
    assert calendar.holidays == (Period(date(2026, 10, 25), date(2026, 11, 2)),)


def test_archived_pupils_and_teachers_are_told_apart_from_pupils(school):
    school.add("memberships", person_id=8, edu_group_id=CLASS, role="EduStudent", status="Archive")
    school.add(
        "memberships", person_id=TEACHER, edu_group_id=CLASS, role="EduStaff", status="Active"
    )
    group = school.journal().groups[CLASS]
    assert (group.members, group.active_members) == ({PUPIL, 8}, {PUPIL})


def test_namesakes_among_teachers_are_told_apart(school):
    key = school.lesson()
    school.add(
        "persons", id=TEACHER + 7, last_name="Лужина", first_name="Вера", middle_name="Ильинична"
    )
    school.add("lesson_teachers", lesson_id=key, person_id=TEACHER + 7)
    assert sorted(school.journal().names.teachers.values()) == [
        "Лужина Вера Ильинична (…0001)",
        "Лужина Вера Ильинична (…0008)",
    ]


def test_facts_of_the_pull_are_read(school):
    school.add("facts", name="groups_found_by", value=json.dumps({"classes": "walk"}), run_id=1)
    assert school.journal().pulled == {"groups_found_by": {"classes": "walk"}}
    assert school.report().notes.groups_found_by == "classes: walk"


def test_marks_long_after_the_last_reading_show_a_wrong_clock(school):
    key = school.lesson(day=date(2026, 11, 30))
    for number in range(20):
        assert not school.journal().clock_differs
        school.add("marks", id=number, lesson_id=key, given_at="2026-12-05T10:00:00Z")
    assert school.journal().clock_differs


def test_a_mirror_that_was_never_read_has_no_clock_to_doubt(school):
    school.db.execute("DELETE FROM coverage")
    assert not school.journal().clock_differs


def test_the_report_finds_what_is_missing(school):
    key = school.lesson(title=None)
    school.lesson(day=MONDAY + timedelta(1))
    report = school.report()
    assert report.lessons_held == 2
    assert [
        (found.rule, found.lesson_id) for found in report.findings if found.rule == "TOPIC"
    ] == [("TOPIC", key)]
    assert report.found("MARK0") == 2
    assert report.names.teachers[TEACHER] == "Лужина Вера Ильинична"


def test_lessons_of_the_day_of_judging_are_neither_held_nor_counted(school):
    school.lesson()
    report = school.report(as_of=MONDAY)
    assert report.lessons_held == 0
    assert report.notes.statuses == ()


def test_the_span_shows_less_but_judges_the_same(school):
    for number in range(5):
        school.lesson(day=MONDAY + timedelta(number), title=None)
    whole = {found.lesson_id for found in school.report().findings}
    narrow = school.report(start=MONDAY, end=MONDAY)
    assert {found.date for found in narrow.findings} == {MONDAY}
    assert {found.lesson_id for found in narrow.findings} < whole
    assert narrow.lessons_held == 1


def test_the_default_span_is_the_study_year_so_far(school):
    report = school.report()
    assert (report.start, report.end) == (SEPTEMBER, date(2026, 9, 20))


def test_a_filter_shows_less_but_judges_the_same(school):
    school.lesson(title=None)
    school.add("edu_groups", id=SUBGROUP, name="5Б", parallel=5, type="Group")
    assert school.report(filters=Filters(classes=("5а",))).found("TOPIC") == 1
    assert school.report(filters=Filters(classes=("5б",))).found("TOPIC") == 0


def test_the_age_is_that_of_the_class_read_longest_ago(school):
    school.lesson()
    school.lesson(2, group=SUBGROUP)
    school.add("edu_groups", id=SUBGROUP, name="5Б", parallel=5, type="Group")
    school.read(LESSONS, SUBGROUP, at="2026-11-30T00:00:00Z")
    report = school.report()
    assert report.data_read_at == datetime(2026, 11, 30, tzinfo=UTC)
    assert report.data_age_s == 30 * 3600


def test_a_class_without_lessons_lately_does_not_make_the_data_old(school):
    """A course that ended in October is no longer read every night."""
    school.lesson(day=date(2026, 9, 2), group=SUBGROUP)
    school.lesson(day=date(2026, 11, 20))
    school.add("edu_groups", id=SUBGROUP, name="Кружок", parallel=5, type="Subgroup")
    school.read(LESSONS, SUBGROUP, at="2026-09-15T00:00:00Z")
    assert school.report(as_of=date(2026, 11, 24)).data_age_s == 6 * 3600


def test_an_age_is_never_negative_and_absent_where_nothing_was_read(school):
    school.lesson()
    now = datetime(2026, 11, 1, tzinfo=UTC)
    report = build(school.query, read_rulebook(), Request(date(2026, 9, 20), now, ZONE))
    assert report.data_age_s == 0
    school.db.execute("DELETE FROM coverage")
    assert school.report().data_age_s is None


def test_statuses_are_counted_with_how_they_were_read(school):
    for number, status in enumerate(("Cancelled", None, None, "Проведён"), start=1):
        school.lesson(number, status=status)
    assert [(met.status, met.lessons, met.held) for met in school.report().notes.statuses] == [
        (None, 2, True),
        ("Cancelled", 1, False),
        ("Проведён", 1, True),
    ]


def test_lessons_that_cannot_be_judged_are_counted_by_class_rule_and_reason(school):
    school.lesson(title=None, group=77)
    school.db.execute("DELETE FROM coverage WHERE resource = 'marks'")
    school.lesson(2)
    silences = {
        (cell.group_id, cell.rule, cell.reason): cell for cell in school.report().notes.silences
    }
    assert silences[77, "", GROUP_UNKNOWN].lessons == 1
    cell = silences[CLASS, "MARK0", NOT_READ]
    assert (cell.lessons, cell.first, cell.last) == (1, MONDAY, MONDAY)


def test_a_class_with_pupils_that_was_never_read_is_named(school):
    school.add("edu_groups", id=SUBGROUP, name="5Б", parallel=5, type="Group")
    school.add(
        "memberships", person_id=9, edu_group_id=SUBGROUP, role="EduStudent", status="Active"
    )
    (cell,) = school.report().notes.silences
    assert (cell.group_id, cell.reason, cell.lessons) == (SUBGROUP, NOT_READ, 0)
    assert school.report().notes.has_gaps


def test_failed_windows_inside_the_span_are_named(school):
    school.read(LESSONS, CLASS, "2026-09-01", "2026-09-30", state="failed", detail="Maintenance")
    school.read(MARKS, CLASS, "2026-12-01", "2026-12-31", state="failed")
    school.read("final_marks", CLASS, "", "", state="failed")
    (window,) = school.report().notes.failed
    assert (window.resource, window.reason) == (LESSONS, "Maintenance")


def test_how_homework_is_read_is_found_in_the_data(school):
    for number in range(20):
        key = school.lesson(day=MONDAY + timedelta(number))
        school.add(
            "works",
            id=number,
            lesson_id=key,
            type="Homework",
            target_date=str(MONDAY + timedelta(number + 2)),
        )
    homework = school.report().notes.homework
    assert (homework.reading, homework.basis, homework.later) == ("given", "data", 20)


def test_how_homework_is_read_is_taken_from_the_pull_where_the_data_are_few(school):
    school.add("facts", name="homework_reading", value='"due"', run_id=1)
    assert school.report().notes.homework.reading == "due"


def test_an_anonymous_report_names_no_person(school):
    first, _, third = school.lesson(1), school.lesson(2, title=None), school.lesson(3)
    for key in (first, third):
        school.add("lesson_log_entries", lesson_id=key, person_id=PUPIL, status="Ill")
    assert any(found.person_ids for found in school.report().findings)
    report = school.report(hide_teachers=True)
    assert {found.teacher_ids for found in report.findings} == {(1,)}
    assert not any(found.person_ids for found in report.findings)
    assert report.names.teachers == {}
    assert len(report.findings) == len(school.report().findings)


def test_an_anonymous_report_names_teachers_and_no_pupil(school):
    first, _, third = school.lesson(1), school.lesson(2, title=None), school.lesson(3)
    for key in (first, third):
        school.add("lesson_log_entries", lesson_id=key, person_id=PUPIL, status="Ill")
    report = school.report(anonymous=True)
    assert not any(found.person_ids for found in report.findings)
    assert report.names.pupils == {}
    assert report.names.teachers != {}


def test_a_rulebook_without_rules_makes_a_report_without_findings(school):
    school.lesson(title=None)
    from connector.rulebook import Rulebook

    report = build(
        school.query,
        Rulebook("Пусто"),
        Request(date(2026, 9, 20), datetime(2026, 12, 1, tzinfo=UTC), ZONE),
    )
    assert (report.rules, report.findings, report.lessons_held) == ((), (), 1)


def act(name, start, end, *rules):
    from connector.rulebook import Rulebook, RuleSettings

    return Rulebook(
        name,
        rules={rule: RuleSettings(rule, clause=name) for rule in rules},
        in_force_from=start,
        in_force_to=end,
    )


def test_each_rulebook_judges_the_lessons_of_its_own_days(school):
    """An act that is new in October says nothing of September, nor the old one of October."""
    days = date(2026, 9, 21), date(2026, 9, 28), date(2026, 10, 5)
    for day in days:
        school.lesson(day=day, title=None)
    old = act("старый", date(2026, 9, 22), date(2026, 9, 30), "TOPIC")
    new = act("новый", date(2026, 10, 1), None, "TOPIC", "MARK0")
    from dataclasses import replace

    report = build(
        school.query,
        replace(new, others=(old,)),
        Request(date(2026, 10, 12), datetime(2026, 12, 1, tzinfo=UTC), ZONE),
    )
    assert [(found.date, found.rule, found.clause) for found in report.findings] == [
        (days[1], "TOPIC", "старый"),
        (days[2], "TOPIC", "новый"),
        (days[2], "MARK0", "новый"),
    ]
    (silence,) = report.notes.silences
    assert (silence.reason, silence.first, silence.rule) == ("no_rulebook", days[0], "")
