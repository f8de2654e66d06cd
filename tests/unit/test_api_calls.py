"""The catalogue: every call is known from the vendor's description, and says so truly."""

import inspect
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from connector.api import calls
from connector.api.calls.base import Retry
from connector.errors import UsageProblem

OPENAPI = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text(encoding="utf-8")
)
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
    if method in ("get", "post", "put", "delete")
}
SAMPLES = {
    "school": 1000000000001, "group": 2000000000000000002, "person": 1000000000003, "groups": [21, 22], "ids": [31, 32],
    "lessons": [41, 42], "start": date(2024, 9, 2), "end": date(2024, 9, 30),
}  # fmt: skip


def sample(function):
    required = [
        name
        for name, each in inspect.signature(function).parameters.items()
        if each.default is each.empty
    ]
    return function(**{name: SAMPLES[name] for name in required})


each_call = pytest.mark.parametrize(
    "function", calls.CATALOGUE, ids=lambda function: function.__name__
)


@each_call
def test_a_call_is_the_operation_that_it_names(function):
    call = sample(function)
    method, path, operation = OPERATIONS[call.evidence.source]
    assert (call.method, "/" + call.template) == (method, path)
    assert call.evidence.confidence == operation["x-confidence"]
    assert set(call.scope) == set(operation["x-scope"])


@each_call
def test_a_call_asks_only_what_the_operation_takes(function):
    call = sample(function)
    _, _, operation = OPERATIONS[call.evidence.source]
    known = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
    assert {name for name, _ in call.query} <= known
    assert (call.body is not None) == ("requestBody" in operation)


@each_call
def test_the_path_is_the_template_with_ids(function):
    call = sample(function)
    pattern = re.sub(r"\\\{\w+\\\}", "[0-9-]+", re.escape(call.template))
    assert re.fullmatch(pattern, call.path)


@each_call
def test_every_call_of_the_catalogue_only_reads(function):
    call = sample(function)
    assert (call.writes, call.retry, call.name) == (False, Retry.ALWAYS, function.__name__)
    assert not OPERATIONS[call.evidence.source][2].get("x-writes", False)


@each_call
def test_every_call_says_what_it_brings(function):
    assert inspect.getdoc(function)


OBJECTS = {"context", "edu_group", "reporting_period_group", "school"}


@pytest.mark.parametrize(
    "function",
    [function for function in calls.CATALOGUE if function.__name__ not in OBJECTS],
    ids=lambda function: function.__name__,
)
def test_an_empty_list_is_an_answer_to_every_call_that_promises_one(function):
    value = sample(function).decode(b"[]").value
    assert value == [] or set(map(len, value.values())) == {0}


def test_names_of_calls_are_unique():
    names = [function.__name__ for function in calls.CATALOGUE]
    assert len(names) == len(set(names))


def test_every_public_call_is_in_the_catalogue():
    public = {name for name in calls.__all__ if name[0].islower()} - {"raw"}
    assert public == {function.__name__ for function in calls.CATALOGUE}


def test_equal_requests_have_equal_fingerprints():
    first, second = (calls.users([1, 2]) for _ in range(2))
    assert first.fingerprint() == second.fingerprint()
    assert re.fullmatch("[0-9a-f]{64}", first.fingerprint())


def test_other_requests_have_other_fingerprints():
    different = [
        calls.users([1]),
        calls.users([2]),
        calls.staff(1),
        calls.staff(1, "Admins"),
        calls.staff(2),
        calls.raw("DELETE", "schools/1/membership", [("schoolMembershipType", "Staff")]),
        calls.log_entries([12, 3]),
        calls.log_entries([1, 23]),
    ]
    assert len({call.fingerprint() for call in different}) == len(different)


def test_pupils_who_left_are_asked_for_on_request():
    assert calls.group_persons(1).query == ()
    assert calls.group_persons(1, include_archive=True).query == (("includeArchive", "true"),)


# --- raw


@pytest.mark.parametrize(
    ("method", "path", "writes"),
    [
        ("get", "/users/me/context", False),
        ("HEAD", "schools/1", False),
        ("POST", "users/many", False),
        ("POST", "lessons/many/marks/", False),
        ("POST", "works", True),
        ("POST", "lessons/5/log-entries", True),
        ("PUT", "users/many", True),
        ("DELETE", "works/7", True),
    ],
)
def test_a_typed_call_writes_unless_it_is_known_to_read(method, path, writes):
    call = calls.raw(method, path)
    assert call.writes is writes
    assert call.retry is (Retry.IF_UNPROCESSED if writes else Retry.ALWAYS)
    assert call.path == path.strip("/")


def test_reads_by_post_are_those_of_the_vendors_description():
    from connector.api.calls.raw import READS_AS_POST

    known = {
        path.strip("/")
        for method, path, operation in OPERATIONS.values()
        if method == "POST" and not operation["x-writes"] and not path.startswith("/authorizations")
    }
    assert known == READS_AS_POST


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/v2/users", "//evil.example/x", "users?x=1", "users#x", "a/../b", "a\\b"],
)
def test_a_typed_path_stays_below_the_base_address(path):
    with pytest.raises(UsageProblem):
        calls.raw("GET", path)


def test_a_typed_call_shows_no_ids():
    assert (
        calls.raw("GET", "persons/123/school-memberships/Иванов").template
        == "persons/{…}/school-memberships/{…}"
    )


def test_a_typed_call_brings_json_as_it_is():
    assert calls.raw("GET", "x").decode(b'{"a": null}').value == {"a": None}
