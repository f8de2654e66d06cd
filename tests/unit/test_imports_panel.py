"""The workbooks meet the emulated panel: what the plan wants is what then stands in the diary."""

from dataclasses import replace

import pytest

from connector.sandbox.server import RunningSandbox
from mappings.handover import PersonValues, write_handover
from mappings.templates import read_template
from tests.sandbox.asking import Asker, config
from tests.unit import plans

DAY = "2025-11-20"


@pytest.fixture
def diary():
    with RunningSandbox(config()) as running:
        yield Asker(running)


def persons(diary):
    return {person["id"]: person for person in diary.control("state")["persons"]}


def members(diary, group):
    state = diary.control("state")
    return {row["person_id"] for row in state["memberships"] if row["edu_group_id"] == str(group)}


def known(person, group):
    """As the mirror would have it: the vendor shows no СНИЛС and not every birthday."""
    names = (person["last_name"], person["first_name"], person["middle_name"] or "")
    return PersonValues(*names, person["sex"], edu_group=str(group))


@pytest.mark.parametrize("rows_a_file", [500, 1])
def test_what_is_uploaded_is_what_was_planned(diary, tmp_path, rows_a_file):
    here, there = str(diary.group("5А")), str(diary.group("1А"))
    changed, moved, ended = sorted(members(diary, here))[:3]
    before = persons(diary)
    new = "@persons:new"
    pair = {"person_id": new, "edu_group_id": there, "from": DAY}
    plan = plans.plan(
        plans.operation(
            "person.create",
            new,
            edu_group=there,
            after={
                "last_name": "=Выдумкина",
                "first_name": "Аглая",
                "middle_name": "Львовна",
                "sex": "Female",
                "birthday": "2014-03-05",
                "snils": "00123456784",
            },
        ),
        plans.operation("person.update", changed, edu_group=here, after={"last_name": "Иная"}),
        plans.operation(
            "membership.move",
            moved,
            edu_group=there,
            after={"person_id": moved, "from_group_id": here, "edu_group_id": there, "date": DAY},
        ),
        plans.operation("membership.add", new, edu_group=there, after=pair),
        plans.operation(
            "membership.end",
            ended,
            edu_group=here,
            after={"person_id": ended, "edu_group_id": here, "date": DAY},
        ),
        plans.operation("person.archive", ended, edu_group=""),
        study_year=2025,
    )
    names = {group["id_str"]: group["name"] for group in diary.groups()}
    classes = {group: names[group] for group in (here, there)}
    people = {person: known(before[person], here) for person in (changed, moved, ended)}
    template = replace(read_template(), row_limit=rows_a_file)
    written = write_handover(plan, people, classes, names, template, tmp_path)
    assert written.handover.by_hand == ()

    for path in written.imports:
        answer = diary.control("import", path.read_bytes())
        assert (answer["refused"], answer["done"]) == ([], answer["rows"])

    after = persons(diary)
    (born,) = after.keys() - before.keys()
    assert (after[born]["last_name"], after[born]["birthday"], after[born]["snils"]) == (
        "=Выдумкина",
        "2014-03-05",
        "00123456784",
    )
    assert after[changed] == before[changed] | {"last_name": "Иная"}
    assert ended not in after
    assert {moved, born} <= members(diary, there)
    assert not {moved, ended} & members(diary, here)
