"""A living school: what changes between two pulls shows in the answers, and the truth follows."""

import asyncio

import pytest

from connector.sandbox.app import App
from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker, config


def planted(asker, rule):
    return {row["lesson"] for row in asker.control("truth")["planted"][rule]}


def lesson_with_marks(asker):
    return asker.sample("lesson")[0]


def test_a_changed_mark_keeps_its_id(living):
    mark = living.sample("mark")[0]
    living.ask(f"/marks/{mark}")
    living.edit("mark.change", mark=mark, value="2")
    assert living.ask(f"/marks/{mark}")["value"] == "2"


def test_an_answer_given_before_an_edit_is_not_repeated_after_it(living):
    lesson = lesson_with_marks(living)
    mark = living.ask(f"/lessons/{lesson}/marks")[0]
    living.edit("mark.change", mark=mark["id_str"], value="1")
    assert living.ask(f"/lessons/{lesson}/marks")[0]["value"] == "1"


def test_a_deleted_mark_is_gone_from_its_window(living):
    lesson = lesson_with_marks(living)
    before = living.ask(f"/lessons/{lesson}/marks")
    living.edit("mark.delete", mark=before[0]["id_str"])
    assert living.ask(f"/lessons/{lesson}/marks") == before[1:]
    assert living.refused(f"/marks/{before[0]['id']}") == (404, "parameterInvalid")


def test_a_lesson_without_marks_is_no_longer_found_once_it_has_one(living):
    lesson = min(planted(living, "MARK0"))
    pupil = living.ask(f"/edu-groups/{living.ask(f'/lessons/{lesson}')['group']}/persons")[0]["id"]
    made = living.edit("mark.add", lesson=lesson, person=str(pupil), value="5")
    assert living.ask(f"/marks/{made['mark']}")["person"] == pupil
    assert lesson not in planted(living, "MARK0")


def test_a_topic_can_be_filled_and_cleared(living):
    lesson = min(planted(living, "TOPIC"))
    living.edit("topic.fill", lesson=lesson, title="Дроби")
    assert living.ask(f"/lessons/{lesson}")["title"] == "Дроби"
    assert lesson not in planted(living, "TOPIC")
    living.edit("topic.clear", lesson=lesson)
    assert lesson in planted(living, "TOPIC")


@pytest.mark.parametrize("reading", ["given", "due"])
def test_homework_can_be_given_and_taken_back(reading):
    with RunningSandbox(config(homework_lesson=reading)) as running:
        asker = Asker(running)
        lesson = min(planted(asker, "HW"))
        work = asker.edit("homework.add", lesson=lesson)["work"]
        assert asker.ask(f"/works/{work}")["type"] == "Homework"
        assert lesson not in planted(asker, "HW")
        asker.edit("homework.delete", work=work)
        assert lesson in planted(asker, "HW")


def test_attendance_can_be_set_and_deleted(living):
    lesson = lesson_with_marks(living)
    pupil = living.ask(f"/lessons/{lesson}/marks")[0]["person"]
    living.edit("attendance.set", lesson=lesson, person=str(pupil), status="Ill")
    assert living.ask(f"/lesson-log-entries/lesson/{lesson}/person/{pupil}")["status"] == "Ill"
    living.edit("attendance.delete", lesson=lesson, person=str(pupil))
    assert living.ask(f"/lesson-log-entries/lesson/{lesson}/person/{pupil}") is None


def test_a_deleted_lesson_is_gone_with_all_that_hung_on_it(living):
    lesson = lesson_with_marks(living)
    mark = living.ask(f"/lessons/{lesson}/marks")[0]["id"]
    living.edit("lesson.delete", lesson=lesson)
    assert living.refused(f"/lessons/{lesson}")[0] == 404
    assert living.refused(f"/marks/{mark}")[0] == 404
    assert living.ask("/lessons/many", [int(lesson)]) == []


def test_a_cancelled_lesson_is_nobody_s_omission(living):
    lesson = min(planted(living, "TOPIC"))
    living.edit("lesson.cancel", lesson=lesson)
    assert living.ask(f"/lessons/{lesson}")["status"] == "Cancelled"
    assert lesson not in planted(living, "TOPIC")


def test_a_moved_pupil_is_archived_here_and_active_there(living):
    old, new = living.group("1А"), living.group("5А")
    pupil = living.ask(f"/edu-groups/{old}/persons")[0]["id"]
    living.edit("pupil.move", person=str(pupil), **{"from": str(old), "to": str(new)})
    both = living.ask("/edu-groups/students", [old, new])
    found = [
        [s["membershipstatus"] for s in group["students"] if s["person"]["id"] == pupil]
        for group in both
    ]
    assert found == [["Archive"], ["Active"]]


def test_an_archived_pupil_is_listed_only_with_the_archive(living):
    group = living.group("5А")
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    living.edit("pupil.archive", person=str(pupil))
    assert pupil not in [p["id"] for p in living.ask(f"/edu-groups/{group}/persons")]
    assert pupil in [
        p["id"] for p in living.ask(f"/edu-groups/{group}/persons?includeArchive=true")
    ]
    assert living.ask(f"/persons/{pupil}/edu-groups") == []


def test_narrowed_rights_hide_a_group_until_they_are_restored(living):
    group = living.group("5А")
    living.edit("rights.narrow", group=str(group))
    assert group not in [g["id"] for g in living.groups()]
    assert living.refused(f"/edu-groups/{group}/lessons/2025-09-01/2025-09-05") == (
        403,
        "outOfScope",
    )
    living.edit("rights.restore")
    assert group in [g["id"] for g in living.groups()]


@pytest.mark.parametrize("order", [{"op": "school.burn"}, {"op": "mark.change"}, []])
def test_an_order_that_makes_no_sense_is_refused(living, order):
    status, _headers, body = living.raw("POST", "/__sandbox/edit", order, base="")
    assert status == 400
    assert b"invalidRequest" in body


def test_calls_are_logged_in_order_and_can_be_forgotten(living):
    living.ask("/users/me")
    living.ask("/lessons/many", [])
    logged = living.control("calls")
    assert [(call["n"], call["method"], call["path"], call["status"]) for call in logged] == [
        (1, "GET", "/users/me", 200),
        (2, "POST", "/lessons/many", 200),
    ]
    living.control("calls", method="DELETE")
    assert living.control("calls") == []


def test_samples_name_ids_that_can_be_asked_for(living):
    paths = {
        "lesson": "/lessons/{}",
        "work": "/works/{}",
        "homework": "/works/{}/tasks",
        "mark": "/marks/{}",
        "group": "/edu-groups/{}",
        "pupil": "/persons/{}",
    }
    for kind, path in paths.items():
        assert living.ask(path.format(living.sample(kind)[0]))


@pytest.mark.parametrize(
    ("op", "members", "status"),
    [
        ("mark.change", {"mark": "17", "value": "5"}, 404),
        ("homework.delete", {"work": "17"}, 404),
        ("pupil.move", {"person": "17", "from": "1", "to": "2"}, 404),
        ("rights.narrow", {"group": "17"}, 404),
        ("attendance.delete", {"lesson": "17", "person": "17"}, 404),
    ],
)
def test_an_edit_of_something_unknown_is_not_found(living, op, members, status):
    assert living.raw("POST", "/__sandbox/edit", {"op": op} | members, base="")[0] == status


def test_a_lesson_with_no_later_one_in_the_period_takes_no_homework(living):
    lesson = living.ask(f"/edu-groups/{living.group('5А')}/lessons/2026-05-20/2026-05-30")[-1]
    assert living.refused(
        "/__sandbox/edit", "POST", body={"op": "homework.add", "lesson": lesson["id_str"]}, base=""
    ) == (400, "invalidRequest")


def test_a_pupil_gets_at_most_four_marks_for_one_work(living):
    lesson = lesson_with_marks(living)
    pupil = living.ask(f"/lessons/{lesson}/marks")[0]["person_str"]
    order = {"op": "mark.add", "lesson": lesson, "person": pupil, "value": "4"}
    statuses = [living.raw("POST", "/__sandbox/edit", order, base="")[0] for _ in range(4)]
    assert statuses == [200, 200, 200, 400]


def test_a_lesson_of_today_without_works_can_get_its_first_mark(living):
    lesson = living.ask(f"/edu-groups/{living.group('5А')}/lessons/2025-11-20/2025-11-20")[-1]
    pupil = living.ask(f"/edu-groups/{living.group('5А')}/persons")[0]["id_str"]
    living.edit("mark.add", lesson=lesson["id_str"], person=pupil, value="5")
    assert [mark["person_str"] for mark in living.ask(f"/lessons/{lesson['id']}/marks")] == [pupil]


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("sample?kind=dragon", "GET", None),
        ("edit", "POST", b"not json"),
        ("faults", "POST", b"not toml"),
        ("edit", "POST", b"[]"),
    ],
)
def test_the_control_door_says_what_it_cannot_read(living, path, method, body):
    assert living.refused(f"/__sandbox/{path}", method, body=body, base="") == (
        400,
        "invalidRequest",
    )


def test_an_unknown_control_call_is_not_found(living):
    assert living.refused("/__sandbox/dragons", base="")[0] == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.7", 403)],
)
def test_the_control_door_opens_only_from_this_machine(school, host, status):
    assert control_status(App(school.desk), (host, 5000)) == status


def control_status(app, client):
    """Status of one control call from a client address, asked in this process."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/__sandbox/calls",
        "query_string": b"",
        "client": client,
        "headers": [],
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"]
