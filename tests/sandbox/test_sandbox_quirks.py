"""The vendor's ways that a client trips over, as the notes describe them."""

import json
import re

import pytest

from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker, config

AUTUMN = "2025-09-01/2025-11-20"


@pytest.fixture
def playing():
    running = []

    def start(**changes):
        running.append(RunningSandbox(config(**changes)).__enter__())
        return Asker(running[-1])

    yield start
    for sandbox in running:
        sandbox.__exit__(None, None, None)


def lessons(asker, name="5А", window=AUTUMN):
    return asker.ask(f"/edu-groups/{asker.group(name)}/lessons/{window}")


def test_both_bases_are_the_same_thing(admin):
    assert (
        admin.raw("GET", "/schools/person-schools", base="/v2")[2]
        == admin.raw("GET", "/schools/person-schools", base="/v2.0")[2]
    )


def test_the_token_may_come_in_the_query(admin):
    status, _headers, _body = admin.raw("GET", f"/users/me?access_token={admin.token}", headers={})
    assert status == 200


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "tokenRequired"),
        ({"Access-Token": "0" * 32}, "invalidToken"),
        ({"Authorization": "Bearer x"}, "tokenRequired"),
    ],
)
def test_without_a_good_token_the_answer_is_401(admin, headers, kind):
    assert admin.refused("/users/me", headers=headers) == (401, kind)


@pytest.mark.parametrize(
    "day",
    [
        "2025-09-01",
        "2025-9-1",
        "2025-09-01T00:00:00",
        "2025-09-01T00:00:00Z",
        "2025-09-01T00:00:00.0000000",
    ],
)
def test_days_are_understood_in_every_form_seen(admin, day):
    assert admin.ask(f"/edu-groups/{admin.group('5А')}/lessons/{day}/2025-09-05")


def test_a_day_that_does_not_exist_is_an_invalid_parameter(admin):
    assert admin.refused(f"/edu-groups/{admin.group('5А')}/lessons/2025-02-30/2025-09-05") == (
        404,
        "parameterInvalid",
    )


def test_an_empty_topic_is_null_or_empty_or_left_out(admin):
    held = [
        lesson
        for name in ("5А", "1А")
        for lesson in lessons(admin, name, "2025-09-01/2026-05-30")
        if not lesson.get("title")
    ]
    assert {repr(lesson.get("title", "left out")) for lesson in held} == {
        "None",
        "''",
        "'left out'",
    }


def test_a_user_id_is_null_for_some_without_an_account_and_left_out_for_others():
    with RunningSandbox(config(pupils=300, classes=3)) as running:
        asker = Asker(running)
        people = [
            p for group in asker.groups() for p in asker.ask(f"/edu-groups/{group['id']}/persons")
        ]
    without = [p for p in people if p.get("userId") is None]
    assert {"userId" in p for p in without} == {True, False}


def test_moments_of_entry_have_no_zone_and_days_are_midnights(admin):
    lesson = lessons(admin)[0]
    mark = admin.ask(f"/edu-groups/{admin.group('5А')}/marks/{AUTUMN}")[0]
    assert lesson["date"].endswith("T00:00:00")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}", mark["date"])


def test_marks_are_filtered_by_the_lesson_s_day_by_default(admin):
    day = lessons(admin)[40]["date"][:10]
    of_day = {lesson["id"] for lesson in lessons(admin, window=f"{day}/{day}")}
    found = admin.ask(f"/edu-groups/{admin.group('5А')}/marks/{day}/{day}")
    assert found
    assert {mark["lesson"] for mark in found} <= of_day


def test_marks_can_be_filtered_by_the_day_of_entry(playing):
    asker = playing(marks_by="entry")
    found = asker.ask(f"/edu-groups/{asker.group('5А')}/marks/2025-09-29/2025-10-24")
    assert found
    assert all("2025-09-29" <= mark["date"][:10] <= "2025-10-24" for mark in found)


def test_by_the_day_of_entry_marks_without_a_lesson_appear_too(playing):
    asker = playing(marks_by="entry")
    found = asker.ask(f"/edu-groups/{asker.group('5А')}/marks/2025-10-20/2025-10-31")
    assert any(mark["lesson"] is None for mark in found)


def test_subgroups_may_be_left_out_of_the_school_s_groups(playing):
    assert {group["type"] for group in playing(subgroups_listed=False).groups()} == {"Group"}


def test_unlisted_subgroups_are_found_through_their_teachers(playing):
    asker = playing(subgroups_listed=False)
    staff = [teacher["Id"] for teacher in asker.ask(f"/schools/{asker.school}/teachers")]
    found = {
        g["type"]
        for t in staff
        for g in asker.ask(f"/persons/{t}/schools/{asker.school}/edu-groups/teacher")
    }
    assert found == {"Group", "Subgroup"}


def test_the_school_s_groups_may_be_refused_to_everybody(playing):
    asker = playing(edu_groups_refused=True)
    assert asker.refused(f"/schools/{asker.school}/edu-groups") == (403, "outOfScope")


def test_bell_schedules_come_as_array_and_object_or_the_other_way_round(playing):
    for way, kinds in (("array", (list, dict)), ("object", (dict, list))):
        asker = playing(timetables_as=way)
        school = asker.ask(f"/schools/{asker.school}/timetables")
        group = asker.ask(f"/edu-groups/{asker.group('5А')}/timetables")
        assert (type(school), type(group)) == kinds


@pytest.mark.parametrize("reading", ["given", "due"])
def test_homework_is_shown_on_the_lesson_given_or_due(playing, reading):
    found = lessons(playing(homework_lesson=reading))
    pairs = [
        (work["targetDate"], lesson["date"])
        for lesson in found
        for work in lesson["works"]
        if work["type"] == "Homework"
    ]
    assert pairs
    assert all((target == day) == (reading == "due") for target, day in pairs)


def test_a_homework_has_one_task_for_each_pupil(admin):
    work = next(
        work for lesson in lessons(admin) for work in lesson["works"] if work["type"] == "Homework"
    )
    pupils = {
        person["id"]
        for person in admin.ask(f"/edu-groups/{admin.group('5А')}/persons?includeArchive=true")
    }
    assert {task["person"] for task in work["tasks"]} <= pupils
    assert len(work["tasks"]) >= len(pupils) - 3


def test_a_roll_has_entries_for_the_present_too(playing):
    entries = playing(attendance="roll")
    found = entries.ask(
        f"/lesson-log-entries/group/{entries.group('5А')}?from=2025-09-01&to=2025-09-30"
    )
    assert {"Attend", "Late"} <= {entry["status"] for entry in found}


def test_attendance_of_a_person_is_limited_to_thirty_days(admin):
    pupil = admin.sample("pupil")[0]
    assert admin.refused(
        f"/persons/{pupil}/lesson-log-entries?startDate=2025-09-01&endDate=2025-10-05"
    ) == (404, "parameterInvalid")


def test_the_old_log_path_has_no_query_mark(admin):
    lesson = admin.ask(f"/lessons/{admin.sample('lesson')[0]}")
    entry = admin.ask(f"/lessons/{lesson['id']}/log-entries")[0]
    day = lesson["date"][:10]
    found = admin.ask(
        f"/lesson-log-entries/person={entry['person']}&subject={lesson['subject']['id']}&from={day}&to={day}"
    )
    assert entry in found


def test_a_long_address_is_refused(admin):
    query = "&".join(f"lessons={lesson}" for lesson in [admin.sample("lesson")[0]] * 80)
    assert admin.raw("GET", f"/lesson-log-entries?{query}")[0] == 414


def test_an_address_just_short_enough_is_answered(admin):
    lesson = admin.sample("lesson")[0]
    query = "&".join([f"lessons={lesson}"] * 70)
    assert admin.raw("GET", f"/lesson-log-entries?{query}")[0] == 200


def test_an_unknown_operation_is_501_and_recorded(living):
    assert living.refused("/wall/posts") == (501, "apiMethodNotSupported")
    assert [(call["path"], call["status"]) for call in living.control("calls")] == [
        ("/wall/posts", 501)
    ]


def test_the_call_log_never_holds_the_token(living):
    living.raw("GET", f"/users/me?access_token={living.token}", headers={})
    assert living.token not in json.dumps(living.control("calls"))


def test_finished_periods_have_final_marks_without_a_lesson(admin):
    found = admin.ask(f"/edu-groups/{admin.group('5А')}/final-marks")
    mark = found[0]["per-subject-final-marks"][0]["final-mark"]
    assert mark["lesson"] is None
    assert admin.ask(f"/works/{mark['work']}")["type"] == "PeriodMark"


def test_all_ways_to_a_mark_lead_to_the_same_mark(admin):
    lesson = admin.sample("lesson")[0]
    mark = admin.ask(f"/lessons/{lesson}/marks")[0]
    day = admin.ask(f"/lessons/{lesson}")["date"][:10]
    assert admin.ask(f"/marks/{mark['id']}") == mark
    assert mark in admin.ask(f"/works/{mark['work']}/marks")
    assert mark in admin.ask("/lessons/many/marks", [int(lesson)])
    assert mark in admin.ask(f"/persons/{mark['person']}/schools/{admin.school}/marks/{day}/{day}")
    assert mark in admin.ask(f"/persons/{mark['person']}/marks/{mark['date'][:10]}")
