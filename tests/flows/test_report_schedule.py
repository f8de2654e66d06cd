"""Timetable and topic plans against the emulator's school: what was planted is found, and nothing else."""

import pytest

from connector.reports.report import Filters
from connector.reports.schedule import build
from connector.reports.tables import NO_DATA
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox
from mappings.rulebooks import read_rulebook
from tests.flows.papers import report, write_plans, write_timetable
from tests.flows.schedule_planting import past, plant
from tests.flows.stories import SMALL, School

PLAN_RULES = ("KTP", "KTPORDER", "KTPTWICE")


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schedule")
    config = SandboxConfig(**{**SMALL, "pupils": 216, "classes": 9})
    with RunningSandbox(config) as sandbox:
        made = School(sandbox)
        planted = plant(sandbox.desk)
        assert made.pull(folder / "mirror.db").error is None
        timetable = write_timetable(folder / "timetable.xml", sandbox.desk)
        plans = write_plans(folder / "plans.xlsx", planted.plans)
        yield sandbox.desk, folder / "mirror.db", planted, timetable, plans


@pytest.fixture(scope="module")
def judged(pulled):
    _desk, path, planted, timetable, plans = pulled
    return planted, report(build, path, read_rulebook(), timetable, plans)


def table(made, key):
    return [
        dict(zip((column.key for column in chosen.columns), row, strict=True))
        for chosen in made.tables
        if chosen.key == key
        for row in chosen.rows
    ]


def test_lessons_of_substitutes_without_a_topic_are_found(judged):
    planted, made = judged
    found = {(one.lesson_id, *one.teacher_ids) for one in made.findings if one.rule == "SUBST"}
    assert len(planted.lessons["SUBST"]) >= 20
    assert planted.near["SUBST"] >= 10
    assert found == planted.lessons["SUBST"]


@pytest.mark.parametrize("rule", ["KTPORDER", "KTPTWICE"])
def test_topics_against_the_plan_are_found(judged, rule):
    planted, made = judged
    assert len(planted.lessons[rule]) >= 20
    assert {one.lesson_id for one in made.findings if one.rule == rule} == planted.lessons[rule]


def test_courses_behind_their_plan_are_found(judged):
    planted, made = judged
    findings = [one for one in made.findings if one.rule == "KTP"]
    assert {one.lesson_id for one in findings if one.lesson_id} == planted.lessons["KTP"]
    assert {
        (one.edu_group_id, made.names.subjects[one.subject_id])
        for one in findings
        if not one.lesson_id
    } == planted.courses
    assert len(findings) >= 20
    assert min(planted.near["KTP"], planted.near["KTP by topics"], planted.near["KTPTWICE"]) >= 5


def test_hours_and_lessons_of_periods_are_those_of_the_days(pulled, judged):
    desk, *_rest = pulled
    planted, made = judged
    rows = {
        (
            made.names.groups[row["edu_group"]],
            made.names.subjects[row["subject"]],
            row["period"],
        ): row
        for row in table(made, "topic_plans_by_period")
    }
    seen = 0
    for edu_group, part, subject, _teacher, topics in planted.plans:
        days = [day for _text, _hours, day in topics]
        if part or not all(days) or any(hours != 1 for _text, hours, _day in topics):
            continue
        (group,) = [one for one in desk.school.groups if one.name == edu_group]
        held = [one.day for one in past(desk, group.lessons) if one.subject == subject]
        for period in (one for one in group.calendar.periods if one.start < desk.today):
            row = rows.pop((edu_group, subject, period.name))
            planned = sum(period.start <= day <= period.finish and day < desk.today for day in days)
            inside = sum(period.start <= day <= period.finish for day in held)
            assert (row["planned"], row["held"]) == (planned, inside)
            assert row["difference"] == inside - planned
            seen += 1
    assert seen >= 20


def test_periods_of_a_course_add_up_to_its_line(judged):
    _planted, made = judged
    sums = {}
    for row in table(made, "topic_plans_by_period"):
        planned, held = sums.get((row["edu_group"], row["subject"]), (0, 0))
        sums[row["edu_group"], row["subject"]] = planned + row["planned"], held + row["held"]
    dated = [row for row in table(made, "topic_plans") if row["asked"] is not NO_DATA]
    assert {
        (row["edu_group"], row["subject"]): (row["asked"], row["held"]) for row in dated
    } == sums


def test_periods_of_the_number_that_is_asked_for_are_shown_alone(pulled):
    _desk, path, _planted, _timetable, plans = pulled
    made = report(build, path, read_rulebook(), plans, filters=Filters(periods=("1",)))
    shown = {row["period"] for row in table(made, "topic_plans_by_period")}
    assert shown == {"1 четверть", "1 полугодие"}


def test_every_plan_and_every_name_is_matched(judged):
    planted, made = judged
    assert table(made, "not_matched") == []
    assert len(table(made, "topic_plans")) == len(planted.plans)


def test_hours_of_classes_agree_with_the_weekly_plan(pulled, judged):
    desk, *_rest = pulled
    _planted, made = judged
    rows = {made.names.groups[row["edu_group"]]: row for row in table(made, "hours_by_class")}
    for group in desk.school.groups:
        if group.kind not in {"class", "subgroup"}:
            continue
        days = [day for day in group.calendar.school_days if day < desk.today]
        planned = sum(slot.weekday == day.weekday() for day in days for slot in group.slots)
        row = rows[group.name]
        assert row["planned"] == planned
        assert row["held"] + row["extra"] == len(past(desk, group.lessons))
        assert row["planned"] == row["held"] + row["cancelled"] + row["missing"]


def test_hours_of_teachers_add_up_to_those_of_classes(judged):
    _planted, made = judged
    classes, teachers = table(made, "hours_by_class"), table(made, "hours_by_teacher")
    planned = [row for row in classes if row["planned"] is not NO_DATA]
    assert sum(row["planned"] for row in teachers) == sum(row["planned"] for row in planned)
    assert sum(row["stood_in"] for row in teachers) == sum(row["substituted"] for row in planned)
    assert sum(row["held"] + row["substituted"] for row in teachers) == sum(
        row["held"] for row in planned
    )


def test_without_files_the_rules_say_no_data(pulled):
    _desk, path, *_rest = pulled
    made = report(build, path, read_rulebook())
    assert made.findings == ()
    assert {(one.rule, one.reason) for one in made.notes.silences} == {
        ("SUBST", "no_timetable"),
        *((rule, "no_topic_plan") for rule in PLAN_RULES),
    }
    assert all(row["planned"] is NO_DATA for row in table(made, "hours_by_class"))


def test_a_timetable_alone_says_nothing_of_topics(pulled):
    _desk, path, planted, timetable, _plans = pulled
    made = report(build, path, read_rulebook(), timetable)
    assert {one.rule for one in made.findings} == {"SUBST"}
    assert len(made.findings) == len(planted.lessons["SUBST"])


def test_a_plan_of_one_course_leaves_the_others_alone(pulled, tmp_path):
    _desk, path, planted, *_rest = pulled
    one = write_plans(tmp_path / "one.xlsx", planted.plans[:1])
    made = report(build, path, read_rulebook(), one)
    assert len({(one.edu_group_id, one.subject_id) for one in made.findings}) <= 1
    assert any(one.reason == "no_topic_plan" and one.lessons for one in made.notes.silences)


def test_two_plans_for_one_course_are_neither_believed(pulled, tmp_path):
    _desk, path, planted, *_rest = pulled
    edu_group, part, subject, _teacher, topics = planted.plans[0]
    files = [
        write_plans(tmp_path / f"{n}.xlsx", [(edu_group, part, subject, "", topics)]) for n in "ab"
    ]
    made = report(build, path, read_rulebook(), *files)
    assert [row["reason"] for row in table(made, "not_matched")] == [
        "several plans are for one course"
    ] * len(table(made, "not_matched"))
    assert made.findings == ()


def test_a_plan_of_last_year_accuses_nobody(pulled, tmp_path):
    _desk, path, planted, *_rest = pulled
    edu_group, part, subject, _teacher, topics = planted.plans[0]
    old = [(text, hours, day.replace(year=day.year - 1)) for text, hours, day in topics]
    made = report(
        build,
        path,
        read_rulebook(),
        write_plans(tmp_path / "old.xlsx", [(edu_group, part, subject, "", old)]),
    )
    assert made.findings == ()
    assert any(one.reason == "plan_other_year" for one in made.notes.silences)


def test_a_filter_shows_the_findings_of_a_class_only(pulled):
    desk, path, _planted, timetable, plans = pulled
    name = next(one.name for one in desk.school.groups if one.kind == "class")
    made = report(build, path, read_rulebook(), timetable, plans, filters=Filters(classes=(name,)))
    assert {
        made.names.groups[row["edu_group"]].startswith(name)
        for row in table(made, "hours_by_class")
    } == {True}
    shown = {one.edu_group_id for one in made.findings}
    assert all(made.names.groups[group].startswith(name) for group in shown)


def test_hidden_teachers_stay_hidden(pulled):
    _desk, path, _planted, timetable, plans = pulled
    made = report(
        build, path, read_rulebook(), timetable, plans, anonymous=True, hide_teachers=True
    )
    assert made.names.teachers == {}
    assert all(row["teacher"] < 1000 for row in table(made, "hours_by_teacher"))
