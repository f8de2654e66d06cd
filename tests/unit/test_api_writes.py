"""Documented writes: each is the operation it names, and says truly how well it is known."""

import inspect
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from connector.api.calls import CATALOGUE, writes
from connector.api.calls.base import Retry
from connector.api.decode import Unreadable
from connector.flows.documented import OPERATIONS, documented_call

OPENAPI = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text(encoding="utf-8")
)
DOCUMENTED = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
    if method in ("get", "post", "put", "delete")
}
SAMPLES = {
    "lesson": 1105000000000000009,
    "person": 1000003500011,
    "work": 1306000000000000003,
    "entry": {"status": "Ill"},
    "values": {"type": "Homework"},
    "mark": {"value": "4"},
}
WORK = {
    "type": "Homework",
    "work_type_id": "1900000310021",
    "target_date": "2026-09-08",
    "text": "§ 1",
    "is_important": 0,
    "mark_type": "mark5",
    "mark_count": 1,
    "display_in_journal": 1,
    "period_number": 0,
    "period_type": "Quarter",
    "edu_group_id": "2101000000000000019",
    "subject_id": "170560000003",
    "lesson_id": "1105000000000000009",
    "person_ids": ["1000003500011"],
}
ENTRY = {"lesson_id": "1105000000000000009", "status": "Ill", "comment": None}
MARK = {"work_id": "1306000000000000003", "type": "Mark5", "value": "4", "text_value": "4"}
VALUES = {
    "work.create": WORK | {"target": None, "beside": []},
    "work.update": WORK | {"target": 1306000000000000003},
    "work.delete": {"target": 1306000000000000003},
    "log_entry.put": ENTRY | {"target": 1000003500011},
    "log_entry.delete": ENTRY | {"target": 1000003500011},
    "mark.put": MARK | {"target": 1000003500011},
}
MODELS = {"work": "Work", "log_entry": "LessonLogEntry", "mark": "Mark"}

each_write = pytest.mark.parametrize(
    "function", writes.WRITES, ids=lambda function: function.__name__
)


def sample(function):
    given = dict(SAMPLES)
    if function is writes.create_work:
        given["work"] = {"type": "Homework"}
    return function(**{name: given[name] for name in inspect.signature(function).parameters})


@each_write
def test_a_write_is_the_operation_that_it_names(function):
    call = sample(function)
    method, path, operation = DOCUMENTED[call.evidence.source]
    assert (call.method, "/" + call.template, call.name) == (method, path, function.__name__)
    assert call.evidence.confidence == operation["x-confidence"]
    assert set(call.scope) == set(operation["x-scope"])
    assert operation["x-writes"] is True


@each_write
def test_a_write_asks_only_what_the_operation_takes(function):
    call = sample(function)
    operation = DOCUMENTED[call.evidence.source][2]
    known = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
    assert {name for name, _ in call.query} == known
    assert (call.body is not None) == ("requestBody" in operation)


@each_write
def test_a_write_is_never_repeated_unasked(function):
    call = sample(function)
    assert (call.writes, call.retry) == (True, Retry.IF_UNPROCESSED)
    assert function not in CATALOGUE
    assert re.fullmatch(re.sub(r"\\\{\w+\\\}", "[0-9]+", re.escape(call.template)), call.path)


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'{"id":null}', b"<html>", b"[]", b"17"])
def test_a_work_whose_answer_tells_no_id_is_found_by_reading_again(body):
    assert writes.create_work({}).decode(body).value is None


def test_a_new_work_is_known_by_the_twin_of_its_id():
    body = b'{"id":1306000000000000000,"id_str":"1306000000000000003"}'
    assert writes.create_work({}).decode(body).value == 1306000000000000003


@pytest.mark.parametrize("found", ["true", "-5", "0", '"x"', "9223372036854775808", "1.5", '"¹"'])
def test_an_id_that_is_none_is_told(found):
    with pytest.raises(Unreadable):
        writes.create_work({}).decode(f'{{"id":{found}}}'.encode())


def test_the_answers_of_the_others_are_of_no_use():
    assert writes.give_mark(1, 2, {}).decode(b"anything at all").value is None


# --- operations as calls


@pytest.mark.parametrize("op", sorted(OPERATIONS))
def test_a_body_has_the_shape_that_reads_show(op):
    call = documented_call(op, VALUES[op], there=False)
    if call.body is None:
        assert op.endswith(".delete")
        return
    schema = OPENAPI["components"]["schemas"][MODELS[op.split(".")[0]]]
    jsonschema.Draft202012Validator(
        {
            "$ref": f"#/components/schemas/{MODELS[op.split('.')[0]]}",
            "components": OPENAPI["components"],
        }
    ).validate(call.body)
    assert call.body.keys() <= schema["properties"].keys() | {"work_str", "lesson_str"}


def test_an_entry_that_is_there_is_changed_and_a_missing_one_is_made():
    made, changed = (
        documented_call("log_entry.put", VALUES["log_entry.put"], there=there)
        for there in (False, True)
    )
    assert (made.method, made.query) == ("POST", ())
    assert (changed.method, changed.query) == ("PUT", (("person", "1000003500011"),))


def test_a_work_is_sent_whole():
    body = documented_call("work.update", VALUES["work.update"], there=True).body
    assert body["id_str"] == "1306000000000000003"
    assert (body["targetDate"], body["isImportant"]) == ("2026-09-08T00:00:00", False)
    assert body["tasks"] == [{"person": 1000003500011, "person_str": "1000003500011"}]
    assert json.dumps(body)


def test_what_the_mirror_does_not_know_of_a_work_is_left_out():
    bare = dict.fromkeys(WORK) | {"lesson_id": "101", "type": "CommonWork", "person_ids": []}
    body = documented_call("work.create", bare | {"target": None}, there=False).body
    assert body == {
        "type": "CommonWork",
        "lesson": 101,
        "lesson_str": "101",
        "tasks": [],
    }
