"""The writes that the vendor's notes name: attendance, works, one mark, a step in a homework."""

from pathlib import Path

import pytest
import yaml

from connector.sandbox.routing import route
from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker, config

DOCUMENT = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text(encoding="utf-8")
)


class Journal:
    """A lesson with marks, and a pupil of its class who has no mark and no entry there."""

    def __init__(self, asker):
        self.asker = asker
        self.lesson, self.work, self.marked = self._lesson()
        group = asker.ask(f"/lessons/{self.lesson}")["group"]
        busy = {mark["person"] for mark in asker.ask(f"/lessons/{self.lesson}/marks")}
        busy |= {one["person"] for one in self.entries()}
        self.pupil = next(
            one["id"] for one in asker.ask(f"/edu-groups/{group}/students") if one["id"] not in busy
        )
        self.entry = f"/lessons/{self.lesson}/log-entries"

    def _lesson(self):
        for lesson in self.asker.sample("lesson"):
            marks = self.asker.ask(f"/lessons/{lesson}/marks")
            if marks:
                return lesson, marks[0]["work"], marks[0]
        raise AssertionError

    def entries(self):
        return self.asker.ask(f"/lessons/{self.lesson}/log-entries")

    def entry_of(self, person):
        return next((one for one in self.entries() if one["person"] == person), None)

    def works(self):
        return self.asker.ask(f"/lessons/{self.lesson}/works")

    def mark(self, person, value="4", **more):
        path = f"/persons/{person}/works/{self.work}/mark"
        return self.asker.write("POST", path, {"value": value, **more})

    def marks_of(self, person):
        return [
            (mark["id"], mark["value"])
            for mark in self.asker.ask(f"/works/{self.work}/marks")
            if mark["person"] == person
        ]


@pytest.fixture
def journal(living):
    return Journal(living)


def test_an_entry_is_made_changed_and_taken_away(living, journal):
    body = {"person": journal.pupil, "status": "Ill", "comment": "справка"}
    made = living.write("POST", journal.entry, body)
    assert (made["status"], made["comment"]) == ("Ill", "справка")
    living.write("PUT", f"{journal.entry}?person={journal.pupil}", {"status": "Late"})
    assert journal.entry_of(journal.pupil)["status"] == "Late"
    assert living.write("DELETE", f"{journal.entry}?person={journal.pupil}") is None
    assert journal.entry_of(journal.pupil) is None


def test_an_entry_that_is_there_is_not_made_twice(living, journal):
    body = {"person_str": str(journal.pupil), "status": "Ill"}
    living.write("POST", journal.entry, body)
    assert living.refused(journal.entry, "POST", body=body) == (409, "conflict")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_entry_that_is_missing_is_not_known(living, journal, method):
    body = {"status": "Ill"} if method == "PUT" else None
    path = f"{journal.entry}?person={journal.pupil}"
    assert living.refused(path, method, body=body) == (404, "parameterInvalid")
    assert living.refused(journal.entry, method, body=body) == (404, "parameterInvalid")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"status": "Ill"},
        {"person": 5, "status": "Asleep"},
        {"person": "x", "status": "Ill"},
        {"person": 1, "status": "Ill", "mood": 1},
    ],
)
def test_an_entry_is_read_strictly(living, journal, body):
    status, kind = living.refused(journal.entry, "POST", body=body)
    assert (status, kind) in {(400, "invalidRequest"), (404, "parameterInvalid")}


def test_a_stranger_gets_no_entry(living, journal):
    teacher = living.ask(f"/lessons/{journal.lesson}")["teachers"][0]
    body = {"person": teacher, "status": "Ill"}
    assert living.refused(journal.entry, "POST", body=body) == (404, "parameterInvalid")


def test_a_work_is_made_changed_and_taken_away_with_its_marks(living, journal):
    before = journal.works()
    made = living.write(
        "POST",
        "/works",
        {
            "type": "Homework",
            "lesson": journal.lesson,
            "text": "§ 1",
            "targetDate": "2025-11-21T00:00:00",
            "tasks": [{"person": journal.pupil}],
        },
    )
    assert [task["person"] for task in made["tasks"]] == [journal.pupil]
    assert made["id"] not in {work["id"] for work in before}
    changed = living.write(
        "PUT", f"/works/{made['id']}", {"id": made["id"], "type": "LessonTestWork", "text": "§ 2"}
    )
    assert (changed["type"], changed["text"], changed["targetDate"]) == (
        "LessonTestWork",
        "§ 2",
        None,
    )
    living.write("POST", f"/persons/{journal.pupil}/works/{made['id']}/mark", {"value": "5"})
    assert living.write("DELETE", f"/works/{made['id']}") is None
    assert journal.works() == before
    assert journal.pupil not in {
        mark["person"] for mark in living.ask(f"/lessons/{journal.lesson}/marks")
    }


def test_a_lesson_holds_a_few_new_works_and_no_more(living, journal):
    body = {"type": "CommonWork", "lesson": journal.lesson}
    made = [living.write("POST", "/works", body)["id"] for _ in range(6)]
    assert len(set(made)) == 6
    assert living.refused("/works", "POST", body=body) == (409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Homework"},
        {"type": "Party", "lesson": "{lesson}"},
        {"type": "Homework", "lesson": "{lesson}", "targetDate": "soon"},
        {"type": "Homework", "lesson": "{lesson}", "tasks": [{}]},
        {"type": "Homework", "lesson": "{lesson}", "tasks": ["{pupil}"]},
        {"type": "Homework", "lesson": "{lesson}", "tasks": [{"person": "{pupil}"}] * 2},
        {"type": "Homework", "lesson": "5"},
    ],
)
def test_a_work_is_read_strictly_and_refused_whole(living, journal, body):
    before = journal.works()
    here = {"{lesson}": str(journal.lesson), "{pupil}": str(journal.pupil)}

    def put(value):
        if isinstance(value, dict):
            return {name: put(item) for name, item in value.items()}
        if isinstance(value, list):
            return [put(item) for item in value]
        return here.get(value, value)

    status, _kind = living.refused("/works", "POST", body=put(body))
    assert status in {400, 404}
    assert journal.works() == before


def test_a_mark_is_given_and_a_second_one_takes_its_place(journal):
    first = journal.mark(journal.pupil)
    second = journal.mark(journal.pupil, "5", type="Mark5", textValue="5")
    assert first["id"] == second["id"]
    assert journal.marks_of(journal.pupil) == [(first["id"], "5")]


def test_a_second_mark_is_added_where_the_school_is_played_so():
    with RunningSandbox(config(second_mark="add")) as running:
        journal = Journal(Asker(running))
        for value in "345":
            journal.mark(journal.pupil, value)
        assert [value for _id, value in journal.marks_of(journal.pupil)] == ["3", "4", "5"]
        path = f"/persons/{journal.pupil}/works/{journal.work}/mark"
        assert journal.asker.refused(path, "POST", body={"value": "5"}) == (409, "conflict")


def test_a_mark_that_is_given_anew_has_an_id_of_its_own(living, journal):
    living.edit("mark.delete", mark=str(journal.marked["id"]))
    assert journal.mark(journal.marked["person"])["id"] != journal.marked["id"]


@pytest.mark.parametrize(
    "body", [{}, {"value": "6"}, {"value": 5}, {"value": "5", "type": "mark100"}]
)
def test_a_mark_is_read_strictly(living, journal, body):
    path = f"/persons/{journal.pupil}/works/{journal.work}/mark"
    assert living.refused(path, "POST", body=body) == (400, "invalidRequest")


def test_a_step_in_a_homework_answers_the_pupils_task(living, journal):
    body = {
        "type": "Homework",
        "lesson": journal.lesson,
        "tasks": [{"person": journal.pupil}],
    }
    work = living.write("POST", "/works", body)["id"]
    path = f"/works/{work}/persons/{{}}/status"
    begun = living.write("POST", path.format(journal.pupil), {"action": "StartWorking"})
    assert begun["person"] == journal.pupil
    other = journal.marked["person"]
    assert living.refused(path.format(other), "POST", body={"action": "StartWorking"})[0] == 404
    assert living.refused(path.format(journal.pupil), "POST", body={"action": "Sleep"})[0] == 400


@pytest.mark.parametrize("role", ["teacher", "parent"])
def test_only_the_administrator_writes(living, journal, role):
    other = Asker(living.running, role)
    status, _kind = other.refused(journal.entry, "POST", body={"person": 1, "status": "Ill"})
    assert status == 403


def test_every_documented_write_is_one_of_the_document():
    for method, template in route.documented_writes():
        assert DOCUMENT["paths"][template][method.lower()]["x-writes"] is True


def test_every_write_of_a_journal_that_the_document_names_is_served():
    named = {
        (method.upper(), path)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if method in ("post", "put", "delete")
        if operation["x-writes"] and set(operation["tags"]) & {"LessonLog", "Works", "Marks"}
        if operation["x-confidence"] != "low" or path.endswith("/mark")
    }
    assert named == set(route.documented_writes())
