"""The write profile `reference`: the schedule and the bells."""

from datetime import date, timedelta

import pytest

from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker, config

# A Friday far enough ahead to hold nothing yet.
DAY = "2025-12-05"
WINDOW = "/edu-groups/{}/lessons/2025-12-05/2025-12-05"


class Schedule:
    """Class 5А of a school of its own."""

    def __init__(self, asker):
        self.asker = asker
        self.group = asker.group("5А")
        self.lessons = self.of_day()
        taken = {lesson["number"] for lesson in self.lessons}
        self.free = max(taken) + 1
        self.last = self.lessons[-1]

    def of_day(self, group=None):
        return self.asker.ask(WINDOW.format(group or self.group))

    def body(self, **changes):
        return {
            "subject": self.last["subject"]["id"],
            "date": DAY,
            "number": self.free,
            "hours": 1,
            "teachers": self.last["teachers_str"],
        } | changes

    def create(self, **changes):
        return self.asker.write("POST", f"/edu-groups/{self.group}/lessons", self.body(**changes))

    def refused(self, **changes):
        return self.asker.refused(
            f"/edu-groups/{self.group}/lessons", "POST", body=self.body(**changes)
        )

    def stranger(self):
        """A teacher who has nothing to do with the class."""
        own = {who["id"] for who in self.asker.ask(f"/edu-groups/{self.group}/teachers")}
        staff = self.asker.ask(f"/schools/{self.asker.school}/teachers")
        return next(who["Id"] for who in staff if who["Id"] not in own)


@pytest.fixture
def plan(living):
    return Schedule(living)


def test_a_new_lesson_stands_in_its_window_and_under_its_id(living, plan):
    made = plan.create(title="Дроби", place=str(plan.lessons[0]["resultPlaceId"] or 1700000410003))
    assert made["id_str"] == str(made["id"])
    assert living.ask(f"/lessons/{made['id']}") == made
    assert plan.of_day() == [*plan.lessons, made]
    assert (made["title"], made["number"], made["date"]) == (
        "Дроби",
        plan.free,
        "2025-12-05T00:00:00",
    )


def test_a_lesson_needs_no_room(plan):
    assert plan.create()["resultPlaceId"] is None


def test_ids_of_new_lessons_differ_and_follow_from_their_order():
    made = []
    for _ in range(2):
        with RunningSandbox(config()) as running:
            plan = Schedule(Asker(running))
            made.append([plan.create()["id"], plan.create(number=plan.free + 1)["id"]])
    assert made[0] == made[1]
    assert len(set(made[0])) == 2


def test_an_occupied_place_is_a_conflict(plan):
    assert plan.refused(number=plan.last["number"], teachers=[plan.stranger()]) == (409, "conflict")


def test_a_busy_teacher_is_a_conflict(living, plan):
    other = living.group("1А")
    number = max(lesson["number"] for lesson in [*plan.of_day(other), *plan.lessons]) + 1
    plan.create(number=number)
    body = plan.body(number=number)
    assert living.refused(f"/edu-groups/{other}/lessons", "POST", body=body) == (409, "conflict")


def test_a_new_teacher_sees_the_class_while_the_lesson_stands(living, plan):
    teacher = plan.stranger()
    taught = f"/persons/{teacher}/schools/{living.school}/edu-groups/teacher"
    made = plan.create(teachers=[teacher])
    assert plan.group in [group["id"] for group in living.ask(taught)]
    living.write("DELETE", f"/lessons/{made['id']}")
    assert plan.group not in [group["id"] for group in living.ask(taught)]


def test_a_new_subject_is_a_subject_of_the_class_while_the_lesson_stands(living, plan):
    path = f"/edu-groups/{plan.group}/subjects"
    before = living.ask(path)
    known = {subject["id"] for subject in before}
    later = living.ask(f"/schools/{living.school}/subjects")
    other = next(subject["id"] for subject in later if subject["id"] not in known)
    made = plan.create(subject=other)
    assert [subject["id"] for subject in living.ask(path)] == [
        *(subject["id"] for subject in before),
        other,
    ]
    living.write("DELETE", f"/lessons/{made['id']}")
    assert living.ask(path) == before


def test_a_lesson_can_change_teacher_subject_room_and_number(living, plan):
    teacher, first = plan.stranger(), plan.lessons[0]
    changed = living.write(
        "PUT",
        f"/lessons/{plan.last['id']}",
        {
            "teachers": [teacher],
            "subject": first["subject"]["id"],
            "place": None,
            "number": plan.free,
            "title": "Замена",
        },
    )
    assert (
        changed["teachers"],
        changed["subject"],
        changed["resultPlaceId"],
        changed["number"],
        changed["title"],
    ) == ([teacher], first["subject"], None, plan.free, "Замена")
    assert plan.of_day() == [*plan.lessons[:-1], changed]


def test_a_change_and_its_inverse_leave_no_trace(living, plan):
    lesson = plan.last
    before = (plan.of_day(), living.ask(f"/edu-groups/{plan.group}/teachers"))
    living.write(
        "PUT", f"/lessons/{lesson['id']}", {"teachers": [plan.stranger()], "date": "2025-12-06"}
    )
    living.write("PUT", f"/lessons/{lesson['id']}", {"teachers": lesson["teachers"], "date": DAY})
    assert (plan.of_day(), living.ask(f"/edu-groups/{plan.group}/teachers")) == before


def test_a_lesson_does_not_move_to_an_occupied_place(living, plan):
    first, last = plan.lessons[0], plan.last
    assert living.refused(f"/lessons/{last['id']}", "PUT", body={"number": first["number"]}) == (
        409,
        "conflict",
    )
    assert plan.of_day() == plan.lessons


def test_a_lesson_is_not_given_to_a_busy_teacher(living, plan):
    other = living.group("1А")
    theirs = next(
        lesson
        for lesson in plan.of_day(other)
        if any(
            own["number"] == lesson["number"] and own["teachers"] != lesson["teachers"]
            for own in plan.lessons
        )
    )
    own = next(lesson for lesson in plan.lessons if lesson["number"] == theirs["number"])
    assert living.refused(
        f"/lessons/{own['id']}", "PUT", body={"teachers": theirs["teachers"]}
    ) == (409, "conflict")


def test_an_empty_lesson_can_be_cancelled_and_restored(living, plan):
    assert living.write("DELETE", f"/lessons/{plan.last['id']}") is None
    assert plan.of_day() == plan.lessons[:-1]
    assert living.refused(f"/lessons/{plan.last['id']}", "DELETE")[0] == 404
    assert living.write("POST", f"/lessons/{plan.last['id']}/restore") == plan.last
    assert plan.of_day() == plan.lessons


def test_restoring_what_stands_changes_nothing(living, plan):
    assert living.write("POST", f"/lessons/{plan.last['id']}/restore") == plan.last
    assert plan.of_day() == plan.lessons


def test_a_lesson_whose_place_was_taken_meanwhile_is_not_restored(living, plan):
    living.write("DELETE", f"/lessons/{plan.last['id']}")
    plan.create(number=plan.last["number"], teachers=[plan.stranger()])
    assert living.refused(f"/lessons/{plan.last['id']}/restore", "POST") == (409, "conflict")


@pytest.mark.parametrize(
    "fill",
    [
        {"op": "topic.fill", "title": "Дроби"},
        {"op": "mark.add", "value": "5"},
        {"op": "attendance.set"},
        {"op": "homework.add"},
    ],
)
@pytest.mark.parametrize("reading", ["given", "due"])
def test_a_lesson_that_holds_something_is_not_cancelled(reading, fill):
    with RunningSandbox(config(homework_lesson=reading)) as running:
        living = Asker(running)
        plan = Schedule(living)
        lesson = next(
            lesson
            for lesson in living.ask(f"/edu-groups/{plan.group}/lessons/2025-12-01/2025-12-12")
            if lesson["subject"]["name"] == "Русский язык"
        )
        pupil = living.ask(f"/edu-groups/{plan.group}/persons")[0]["id_str"]
        living.edit(**(fill | {"lesson": lesson["id_str"], "person": pupil}))
        assert living.refused(f"/lessons/{lesson['id']}", "DELETE") == (409, "conflict")


def test_a_new_lesson_takes_homework_marks_and_attendance(living, plan):
    russian = next(
        lesson
        for lesson in living.ask(f"/edu-groups/{plan.group}/lessons/2025-12-01/2025-12-12")
        if lesson["subject"]["name"] == "Русский язык"
    )
    made = plan.create(subject=russian["subject"]["id"])
    pupil = living.ask(f"/edu-groups/{plan.group}/persons")[0]["id_str"]
    living.edit("mark.add", lesson=made["id_str"], person=pupil, value="5")
    work = living.edit("homework.add", lesson=made["id_str"])["work"]
    living.edit("attendance.set", lesson=made["id_str"], person=pupil, status="Ill")
    assert [m["value"] for m in living.ask(f"/lessons/{made['id']}/marks")] == ["5"]
    due = date.fromisoformat(living.ask(f"/works/{work}")["targetDate"][:10])
    assert timedelta(0) < due - date.fromisoformat(DAY) <= timedelta(days=7)
    assert living.ask(f"/lessons/{made['id']}/log-entries")[0]["status"] == "Ill"


def test_an_archived_class_gets_no_lessons_and_occupies_no_teacher(living, plan):
    other = living.group("1А")
    number = max(lesson["number"] for lesson in [*plan.of_day(other), *plan.lessons]) + 1
    plan.create(number=number)
    living.write("DELETE", f"/edu-groups/{plan.group}")
    assert plan.refused(number=number + 1) == (409, "conflict")
    assert living.refused(f"/lessons/{plan.last['id']}", "DELETE") == (409, "conflict")
    living.write("POST", f"/edu-groups/{other}/lessons", plan.body(number=number))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"subject": None}, 400),
        ({"subject": 5}, 404),
        ({"date": "5 декабря"}, 400),
        ({"date": "2024-12-05"}, 400),
        ({"number": 16}, 400),
        ({"number": "3"}, 400),
        ({"hours": 0}, 400),
        ({"hours": "утром"}, 400),
        ({"teachers": []}, 400),
        ({"teachers": [5]}, 404),
        ({"place": 5}, 404),
        ({"room": "12"}, 400),
    ],
)
def test_a_wrong_lesson_is_refused_and_named(living, plan, changes, status):
    path = f"/edu-groups/{plan.group}/lessons"
    found, _headers, data = living.raw("POST", path, plan.body(**changes))
    assert found == status
    assert next(iter(changes)).encode() in data
    assert plan.of_day() == plan.lessons


def test_hours_may_come_as_the_vendor_shows_them(plan):
    assert plan.create(hours="15:15 - 16:00")["number"] == plan.free


def test_a_lesson_written_by_a_teacher_is_refused(living, plan):
    teacher = Asker(living.running, "teacher")
    assert teacher.refused(f"/edu-groups/{plan.group}/lessons", "POST", body=plan.body()) == (
        403,
        "outOfScope",
    )


def test_a_new_lesson_is_planned_where_lessons_say_their_status():
    with RunningSandbox(config(statuses="words")) as running:
        assert Schedule(Asker(running)).create()["status"] == "Planned"


# Bells


def bells(*rows):
    return [{"number": n, "start": start, "finish": finish} for n, start, finish in rows]


def test_bells_are_written_by_name(living):
    path = f"/schools/{living.school}/timetables"
    before = living.ask(path)
    body = {"name": "Суббота", "items": bells((2, "09:50", "10:30"), (1, "09:00", "09:40"))}
    made = living.write("PUT", path, body)
    assert [(row["LessonNumber"], row["Start"][11:16]) for row in made["Items"]] == [
        (1, "09:00"),
        (2, "09:50"),
    ]
    assert living.ask(path) == [*before, made]
    again = living.write("PUT", path, body | {"items": bells((1, "10:00", "10:40"))})
    assert living.ask(path) == [*before, again]


def test_the_school_s_own_bells_can_be_replaced(living):
    path = f"/schools/{living.school}/timetables"
    before = living.ask(path)
    made = living.write(
        "PUT", path, {"name": before[0]["Name"], "items": bells((1, "09:00", "09:40"))}
    )
    assert living.ask(path) == [made, *before[1:]]
    assert [row["LessonNumber"] for row in made["Items"]] == [0, 1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"items": bells((1, "09:00", "09:40"))}, b"name"),
        ({"name": "Суббота", "items": []}, b"items"),
        ({"name": "Суббота", "items": [5]}, b"body"),
        ({"name": "Суббота", "items": bells((1, "9:00", "09:40"))}, b"start"),
        ({"name": "Суббота", "items": bells((1, "09:40", "09:00"))}, b"finish"),
        ({"name": "Суббота", "items": bells(*[(1, "09:00", "09:40")] * 2)}, b"number"),
    ],
)
def test_wrong_bells_are_refused(living, body, said):
    status, _headers, data = living.raw("PUT", f"/schools/{living.school}/timetables", body)
    assert (status, said in data) == (400, True)


def test_there_is_an_end_to_bells(living):
    path = f"/schools/{living.school}/timetables"
    body = {"name": "", "items": bells((1, "09:00", "09:40"))}
    for number in range(38):
        living.write("PUT", path, body | {"name": f"День {number}"})
    assert living.refused(path, "PUT", body=body | {"name": "Ещё день"}) == (409, "conflict")
