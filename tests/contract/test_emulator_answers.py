"""Every read the emulator serves, asked over a socket and held against docs/openapi.yaml.

An unknown member is a failure too: the emulator must not teach the client what the notes do not say.
"""

import copy
import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from connector.sandbox.config import SandboxConfig
from connector.sandbox.routing import route
from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker

DOCUMENT = yaml.safe_load(
    (Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text(encoding="utf-8")
)
# A second spelling that one client uses; the document mentions it in prose only.
OTHER_SPELLINGS = {
    "/edu-groups/{eduGroup}/reporting-periods-group": "/edu-groups/{eduGroup}/reporting-period-group"
}
# Operations that answer to ids in the body.
BODIES = {
    "/users/many": "user",
    "/users": "user",
    "/edu-groups": "group",
    "/edu-groups/students": "group",
    "/works/many": "work",
}
QUERIES = {
    "/persons": "eduGroup={group}",
    "/works": "lesson={lesson}",
    "/tasks": "lessons={lesson}&lessons={lesson2}",
    "/users": "users={user}",
    "/edu-groups": "eduGroups={group}",
    "/lesson-log-entries": "lessons={lesson}&lessons={lesson2}",
    "/lesson-log-entries/group/{eduGroup}": "from=2025-10-01&to=2025-10-20",
    "/lesson-log-entries/person/{personID}/subject/{subjectID}": "from=2025-10-01&to=2025-10-20",
    "/persons/{person}/lesson-log-entries": "startDate=2025-10-01&endDate=2025-10-20",
    "/edu-groups/{group}/persons": "includeArchive=true",
    "/schools/{school}/membership": "schoolMembershipType=Staff",
}
NAMES = {
    "eduGroup": "group", "groupId": "group", "personID": "person", "userId": "user", "subjectID": "subject",
    "from": "from", "to": "to", "date": "date", "type": "type", "teacher": "teacher",
}  # fmt: skip


def strict(schema):
    """The same schema that also refuses members it does not name."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        merged = {"type": "object", "properties": {}}
        for part in schema["allOf"]:
            named = DOCUMENT["components"]["schemas"].get(part.get("$ref", "").split("/")[-1], part)
            merged["properties"] |= named["properties"]
        return strict(merged)
    found = {name: strict(value) for name, value in schema.items()}
    if "properties" in found and "additionalProperties" not in found:
        found["additionalProperties"] = False
    return found


COMPONENTS = {"components": {"schemas": strict(copy.deepcopy(DOCUMENT["components"]["schemas"]))}}


def operation(method, template):
    return DOCUMENT["paths"][OTHER_SPELLINGS.get(template, template)][method.lower()]


def schema_of(method, template):
    return operation(method, template)["responses"]["200"]["content"]["application/json"]["schema"]


def problems(value, schema):
    validator = jsonschema.Draft202012Validator(strict(schema) | COMPONENTS)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(value)
    ]


@pytest.fixture(scope="module", params=["lesson, exceptions, given", "entry, roll, due"])
def vendor(request):
    marks_by, attendance, reading = request.param.split(", ")
    played = SandboxConfig(
        pupils=60,
        classes=4,
        today=date(2026, 5, 29),
        marks_by=marks_by,
        attendance=attendance,
        homework_lesson=reading,
        rate=1e6,
        burst=10**6,
    )
    with RunningSandbox(played) as running:
        yield Asker(running)


@pytest.fixture(scope="module")
def values(vendor):
    lesson, other, *_rest = vendor.sample("lesson")
    shown = vendor.ask(f"/lessons/{lesson}")
    mark = vendor.ask(f"/lessons/{lesson}/marks")[0]
    pupils = vendor.ask(f"/edu-groups/{shown['group']}/persons")
    return {
        "school": vendor.school, "group": shown["group"], "lesson": lesson, "lesson2": other, "work": mark["work"], "mark": mark["id"],
        "person": mark["person"], "subject": shown["subject"]["id"], "teacher": shown["teachers"][0],
        "user": next(pupil["userId"] for pupil in pupils if pupil.get("userId")),
        "from": "2025-10-13", "to": "2025-10-31", "date": shown["date"][:10], "type": "mark5",
    }  # fmt: skip


def answer(vendor, values, method, template):
    path = re.sub(r"\{(\w+)\}", lambda found: str(values[NAMES.get(found[1], found[1])]), template)
    if method == "POST":
        kind = BODIES.get(template, "lesson")
        return vendor.ask(path, [int(values[kind])])
    query = QUERIES.get(template)
    return vendor.ask(f"{path}?{query.format(**values)}" if query else path)


@pytest.mark.parametrize(("method", "template"), route.all(), ids=lambda part: part)
def test_an_answer_fits_its_schema_and_says_no_more(vendor, values, method, template):
    found = answer(vendor, values, method, template)
    assert problems(found, schema_of(method, template)) == []


def test_schools_named_by_id_are_full_profiles(vendor):
    """The document says so in prose: its schema is that of the answer without ids."""
    found = vendor.ask(f"/schools?schools={vendor.school}")
    assert (
        problems(
            found,
            {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/School"}},
        )
        == []
    )


@pytest.mark.parametrize(
    "template",
    [
        "/edu-groups/{group}/lessons/{from}/{to}",
        "/edu-groups/{group}/marks/{from}/{to}",
        "/edu-groups/{group}/final-marks",
        "/lesson-log-entries/group/{eduGroup}",
        "/works/{work}/marks",
    ],
)
def test_what_matters_most_is_not_judged_on_an_empty_answer(vendor, values, template):
    assert answer(vendor, values, "GET", template)


@pytest.mark.parametrize(
    "path",
    [
        "/lessons/5",
        "/edu-groups/17",
        "/persons/1",
        "/nowhere/at/all",
        "/edu-groups/x/lessons/2025-09-01/2025-09-02",
    ],
)
def test_an_error_has_the_vendor_s_form(vendor, path):
    status, _headers, body = vendor.raw("GET", path)
    assert status in {404, 501}
    assert problems(json.loads(body), {"$ref": "#/components/schemas/Error"}) == []


def test_every_operation_of_the_emulator_is_in_the_document():
    unknown = [
        (method, template)
        for method, template in route.all()
        if method.lower() not in DOCUMENT["paths"].get(OTHER_SPELLINGS.get(template, template), {})
    ]
    assert unknown == []


def test_twins_repeat_their_numbers(vendor, values):
    """A double cannot hold them: the text is what clients read."""
    lesson = vendor.ask(f"/lessons/{values['lesson']}")
    mark = vendor.ask(f"/lessons/{values['lesson']}/marks")[0]
    assert lesson["id_str"] == str(lesson["id"])
    assert lesson["teachers_str"] == [str(teacher) for teacher in lesson["teachers"]]
    assert mark["work_str"] == str(mark["work"])
    assert mark["id"] > 2**53
