"""The write profile `reference`: classes, persons and class lists, and what reads show of them."""

import pytest

from tests.sandbox.asking import Asker

PUPIL = {
    "lastName": "Выдумкина",
    "firstName": "Аглая",
    "middleName": "Львовна",
    "sex": "Female",
    "birthday": "2014-03-05",
}
CLASS = {"name": "5Б", "parallel": 5, "studyyear": 2025, "type": "Group"}


def found_class(asker, **changes):
    return asker.write("POST", f"/schools/{asker.school}/edu-groups", CLASS | changes)["id"]


def entered(asker, **changes):
    return asker.write("POST", f"/schools/{asker.school}/persons", PUPIL | changes)["id"]


def enrolled(asker, group, person, day="2025-11-20"):
    return asker.write("POST", f"/edu-groups/{group}/students", {"person": person, "from": day})


def roll(asker, group):
    """Status of everyone a group shows, by person."""
    shown = asker.ask("/edu-groups/students", [group])[0]["students"]
    return {student["person"]["id"]: student["membershipstatus"] for student in shown}


def refused(asker, method, path, body=None):
    status, _headers, data = asker.raw(method, path, body)
    return status, data.decode()


# Classes


def test_a_new_class_is_listed_at_once(living):
    made = living.write("POST", f"/schools/{living.school}/edu-groups", CLASS)
    assert made["id_str"] == str(made["id"])
    assert made in living.groups()
    assert living.ask(f"/edu-groups/{made['id']}/persons") == []


def test_a_class_of_the_next_year_may_have_the_name_of_one_of_this_year(living):
    made = found_class(living, name="5А", studyyear=2026)
    assert sorted(
        (group["studyyear"], group["id"] == made)
        for group in living.groups()
        if group["name"] == "5А"
    ) == [(2025, False), (2026, True)]


@pytest.mark.parametrize("name", ["5А", "5а"])
def test_a_class_name_is_taken_in_whichever_case(living, name):
    assert living.refused(
        f"/schools/{living.school}/edu-groups", "POST", body=CLASS | {"name": name}
    ) == (409, "conflict")


def test_a_subgroup_stands_under_its_parents(living):
    parent = living.group("5А")
    made = living.write(
        "POST",
        f"/schools/{living.school}/edu-groups",
        CLASS | {"name": "5А (труд 1)", "type": "Subgroup", "parentIds": [str(parent)]},
    )
    assert (made["type"], made["parentIds"]) == ("Subgroup", [parent])


def test_a_subgroup_of_the_same_parents_and_name_is_a_conflict_but_another_case_is_not(living):
    body = CLASS | {
        "name": "5А (труд 1)",
        "type": "Subgroup",
        "parentIds": [living.group("5А")],
    }
    path = f"/schools/{living.school}/edu-groups"
    living.write("POST", path, body)
    assert living.refused(path, "POST", body=body) == (409, "conflict")
    living.write("POST", path, body | {"name": "5А (ТРУД 1)"})


def test_a_renamed_class_keeps_its_roll(living):
    group = living.group("5А")
    before = roll(living, group)
    living.write("PUT", f"/edu-groups/{group}", {"name": "5В"})
    assert living.group("5В") == group
    assert roll(living, group) == before


def test_a_class_is_not_renamed_to_another_one(living):
    assert living.refused(
        f"/edu-groups/{living.group('5А')}", "PUT", body={"name": "1А", "parallel": 1}
    ) == (409, "conflict")


def test_a_class_with_lessons_keeps_its_study_year(living):
    assert living.refused(f"/edu-groups/{living.group('5А')}", "PUT", body={"studyyear": 2026}) == (
        409,
        "conflict",
    )


def test_an_empty_class_can_change_parallel_and_study_year(living):
    group = found_class(living)
    living.write("PUT", f"/edu-groups/{group}", {"parallel": 10, "name": "10Б", "studyyear": 2026})
    periods = living.ask(f"/edu-groups/{group}/reporting-periods")
    assert [(period["type"], period["year"]) for period in periods] == [("HalfYear", 2026)] * 2


def test_an_archived_class_leaves_the_list_and_says_so_itself(living):
    group = living.group("5А")
    pupils = living.ask(f"/edu-groups/{group}/persons")
    assert living.write("DELETE", f"/edu-groups/{group}") is None
    assert group not in [shown["id"] for shown in living.groups()]
    assert living.ask(f"/edu-groups/{group}")["status"] == "Archive"
    assert set(roll(living, group).values()) == {"Archive"}
    assert living.ask(f"/edu-groups/{group}/persons") == []
    assert group not in [g["id"] for g in living.ask(f"/persons/{pupils[0]['id']}/edu-groups")]


def test_a_restored_class_has_its_roll_again(living):
    group = living.group("5А")
    before = (living.groups(), roll(living, group))
    living.write("DELETE", f"/edu-groups/{group}")
    living.write("POST", f"/edu-groups/{group}/restore")
    assert (living.groups(), roll(living, group)) == before


def test_a_class_is_not_restored_beside_another_of_its_name(living):
    group = found_class(living)
    living.write("DELETE", f"/edu-groups/{group}")
    found_class(living)
    assert living.refused(f"/edu-groups/{group}/restore", "POST") == (409, "conflict")


@pytest.mark.parametrize("parent", ["archived", "of next year", "a subgroup"])
def test_a_subgroup_stands_under_live_classes_of_its_year_only(living, parent):
    groups = living.groups()
    if parent == "a subgroup":
        vendor_id = next(group["id"] for group in groups if group["type"] == "Subgroup")
    else:
        vendor_id = found_class(living, studyyear=2026 if parent == "of next year" else 2025)
    if parent == "archived":
        living.write("DELETE", f"/edu-groups/{vendor_id}")
    body = CLASS | {"name": "5 (труд)", "type": "Subgroup", "parentIds": [vendor_id]}
    assert living.refused(f"/schools/{living.school}/edu-groups", "POST", body=body) == (
        404,
        "parameterInvalid",
    )


def test_a_class_has_no_parents(living):
    body = CLASS | {"parentIds": [living.group("5А")]}
    assert living.refused(f"/schools/{living.school}/edu-groups", "POST", body=body) == (
        400,
        "invalidRequest",
    )


def test_a_subgroup_can_change_its_parents_and_say_its_type(living):
    group = next(group for group in living.groups() if group["type"] == "Subgroup")
    other = found_class(living)
    body = {"type": "Subgroup", "parentIds_str": [str(other)]}
    assert living.write("PUT", f"/edu-groups/{group['id']}", body)["parentIds"] == [other]


def test_restoring_a_class_that_stands_changes_nothing(living):
    before = living.groups()
    living.write("POST", f"/edu-groups/{living.group('5А')}/restore")
    assert living.groups() == before


# Persons


def test_a_new_pupil_has_no_account_hence_no_birthday_to_be_seen(living):
    made = living.write("POST", f"/schools/{living.school}/persons", PUPIL)
    assert made.get("userId") is None
    assert living.ask(f"/persons/{made['id']}") == made
    assert "2014-03-05" not in str(made)


def test_a_new_pupil_with_an_account_shows_the_birthday_there(living):
    person = entered(living, account=True)
    user = living.ask(f"/persons/{person}")["userId"]
    assert living.ask(f"/users/{user}")["birthday"] == "2014-03-05T00:00:00"


def test_sex_birthday_and_middle_name_may_be_unknown(living):
    made = living.write(
        "POST", f"/schools/{living.school}/persons", {"lastName": "Нгуен", "firstName": "Ань"}
    )
    assert (made["sex"], made.get("middleName")) == (None, None)


@pytest.mark.parametrize(
    "again",
    [
        {"snils": None},
        {"snils": None, "lastName": "ВЫДУМКИНА"},
        {"lastName": "Другая", "birthday": "2013-01-01", "snils": "112-233-445 95"},
    ],
)
def test_the_same_human_is_not_entered_twice(living, again):
    entered(living, snils="11223344595")
    assert living.refused(f"/schools/{living.school}/persons", "POST", body=PUPIL | again) == (
        409,
        "conflict",
    )


def test_an_archived_pupil_still_takes_his_place(living):
    person = entered(living)
    living.write("DELETE", f"/persons/{person}")
    assert living.refused(f"/schools/{living.school}/persons", "POST", body=PUPIL) == (
        409,
        "conflict",
    )


@pytest.mark.parametrize("back", ["restore", "membership"])
def test_an_archived_pupil_does_not_come_back_beside_his_double(living, back):
    group, person = living.group("5А"), entered(living)
    living.write("DELETE", f"/persons/{person}")
    double = entered(living, birthday="2014-03-06")
    living.write("PUT", f"/persons/{double}", {"birthday": PUPIL["birthday"]})
    way = {
        "restore": (f"/persons/{person}/restore", None),
        "membership": (f"/edu-groups/{group}/students", {"person": person, "from": "2025-11-20"}),
    }
    path, body = way[back]
    assert living.refused(path, "POST", body=body) == (409, "conflict")


def test_a_pupil_does_not_become_another_one(living):
    entered(living)
    other = entered(living, birthday="2014-03-06")
    assert living.refused(f"/persons/{other}", "PUT", body={"birthday": PUPIL["birthday"]}) == (
        409,
        "conflict",
    )


def test_a_namesake_with_another_birthday_is_somebody_else(living):
    assert entered(living) != entered(living, birthday="2014-03-06")


def test_a_changed_surname_shows_wherever_the_pupil_does(living):
    group = living.group("5А")
    pupil = next(p for p in living.ask(f"/edu-groups/{group}/persons") if p.get("userId"))
    living.write("PUT", f"/persons/{pupil['id']}", {"lastName": "Иная", "birthday": "2014-02-03"})
    named = [
        p["lastName"] for p in living.ask(f"/edu-groups/{group}/persons") if p["id"] == pupil["id"]
    ]
    assert named == ["Иная"]
    user = living.ask(f"/users/{pupil['userId']}")
    assert (user["lastName"], user["birthday"]) == ("Иная", "2014-02-03T00:00:00")


def test_a_refused_change_changes_nothing(living):
    person = entered(living)
    before = living.ask(f"/persons/{person}")
    assert living.refused(
        f"/persons/{person}", "PUT", body={"lastName": "Иная", "sex": "Unknown"}
    ) == (400, "invalidRequest")
    assert living.ask(f"/persons/{person}") == before


def test_an_archived_pupil_is_shown_as_leavers_are(living):
    group = living.group("5А")
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    living.write("DELETE", f"/persons/{pupil}?date=2025-11-20")
    assert pupil not in [p["id"] for p in living.ask(f"/edu-groups/{group}/persons")]
    assert roll(living, group)[pupil] == "Archive"
    assert living.ask(f"/persons/{pupil}/edu-groups") == []


def test_a_restored_pupil_has_his_memberships_again(living):
    group = living.group("5А")
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    before = living.ask(f"/persons/{pupil}/edu-groups")
    living.write("DELETE", f"/persons/{pupil}")
    living.write("POST", f"/persons/{pupil}/restore")
    assert living.ask(f"/persons/{pupil}/edu-groups") == before


# Class lists


def test_a_membership_shows_at_once_though_it_begins_later(living):
    group, person = living.group("5А"), entered(living)
    made = enrolled(living, group, person, "2026-01-12")
    assert (made["person"], made["group_str"], made["membershipstatus"]) == (
        person,
        str(group),
        "Active",
    )
    assert roll(living, group)[person] == "Active"
    assert [g["id"] for g in living.ask(f"/persons/{person}/edu-groups")] == [group]


def test_a_membership_that_exists_is_a_conflict(living):
    group, person = living.group("5А"), entered(living)
    enrolled(living, group, person)
    assert living.refused(
        f"/edu-groups/{group}/students", "POST", body={"person": person, "from": "2025-11-20"}
    ) == (409, "conflict")


def test_an_ended_membership_can_be_taken_up_again(living):
    group = living.group("5А")
    before = roll(living, group)
    pupil = next(person for person, status in before.items() if status == "Active")
    living.write("DELETE", f"/edu-groups/{group}/students/{pupil}?date=2025-11-19")
    assert roll(living, group)[pupil] == "Archive"
    enrolled(living, group, pupil)
    assert roll(living, group) == before


def test_a_membership_that_ended_cannot_end_again(living):
    group, person = living.group("5А"), entered(living)
    enrolled(living, group, person)
    living.write("DELETE", f"/edu-groups/{group}/students/{person}")
    assert living.refused(f"/edu-groups/{group}/students/{person}", "DELETE") == (
        404,
        "parameterInvalid",
    )


def test_a_transferred_pupil_is_archived_here_and_active_there_and_can_come_back(living):
    old, new = living.group("5А"), found_class(living)
    before = roll(living, old)
    pupil = next(person for person, status in before.items() if status == "Active")
    way = {"from_group": old, "to_group": new, "date": "2025-11-20", "order": "№ 7-у"}
    living.write("POST", f"/persons/{pupil}/transfers", way)
    assert (roll(living, old)[pupil], roll(living, new)) == ("Archive", {pupil: "Active"})
    living.write("POST", f"/persons/{pupil}/transfers", way | {"from_group": new, "to_group": old})
    assert (roll(living, old), roll(living, new)) == (before, {pupil: "Archive"})


def test_classes_of_two_years_are_kept_apart(living):
    group = living.group("5А")
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    before = living.ask(f"/persons/{pupil}/edu-groups")
    later = found_class(living, name="6А", parallel=6, studyyear=2026)
    enrolled(living, later, pupil, "2026-09-01")
    assert roll(living, later) == {pupil: "Active"}
    assert roll(living, group)[pupil] == "Active"
    assert living.ask(f"/persons/{pupil}/edu-groups") == before
    assert later in [g["id"] for g in living.ask(f"/persons/{pupil}/edu-groups/all")]


def test_a_pupil_who_was_archived_comes_back_with_the_new_membership_alone(living):
    group, other = living.group("5А"), found_class(living)
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    living.write("DELETE", f"/persons/{pupil}")
    enrolled(living, other, pupil)
    assert [g["id"] for g in living.ask(f"/persons/{pupil}/edu-groups")] == [other]


# What is refused


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/schools/{school}/persons", {"firstName": "Аглая"}, "lastName"),
        ("POST", "/schools/{school}/persons", PUPIL | {"lastName": 7}, "lastName"),
        ("POST", "/schools/{school}/persons", PUPIL | {"lastName": " "}, "lastName"),
        ("POST", "/schools/{school}/persons", PUPIL | {"sex": "М"}, "sex"),
        ("POST", "/schools/{school}/persons", PUPIL | {"birthday": "05.03.2014"}, "birthday"),
        ("POST", "/schools/{school}/persons", PUPIL | {"birthday": "2114-03-05"}, "birthday"),
        ("POST", "/schools/{school}/persons", PUPIL | {"snils": "123"}, "snils"),
        ("POST", "/schools/{school}/persons", PUPIL | {"account": "yes"}, "account"),
        ("POST", "/schools/{school}/persons", PUPIL | {"nickname": "Агаша"}, "nickname"),
        ("POST", "/schools/{school}/persons", [], "body"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"parallel": 13}, "parallel"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"parallel": True}, "parallel"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"studyyear": 2027}, "studyyear"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"type": "Stream"}, "type"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"type": "Subgroup"}, "parentIds"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"parentIds": [1]}, "group"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"parentIds": 1}, "parentIds"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"parentIds": [1, 1]}, "parentIds"),
        ("POST", "/schools/{school}/edu-groups", CLASS | {"parentIds": ["x"]}, "parentIds"),
        ("PUT", "/edu-groups/{group}", {"type": "Subgroup"}, "type"),
        ("POST", "/edu-groups/{group}/students", {"from": "2025-11-20"}, "person"),
        ("POST", "/edu-groups/{group}/students", {"person": 5, "from": "soon"}, "person"),
        ("POST", "/persons/{pupil}/transfers", {"from_group": 1, "to_group": 2}, "date"),
    ],
)
def test_a_refusal_names_what_is_wrong(living, method, path, body, said):
    group = living.group("5А")
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    status, text = refused(
        living, method, path.format(school=living.school, group=group, pupil=pupil), body
    )
    assert status in {400, 404}
    assert said in text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/edu-groups/5", {}),
        ("DELETE", "/edu-groups/5", None),
        ("POST", "/edu-groups/5/restore", None),
        ("PUT", "/persons/5", {}),
        ("DELETE", "/persons/5", None),
        ("POST", "/persons/5/restore", None),
        ("DELETE", "/persons/{teacher}", None),
        ("POST", "/schools/5/persons", PUPIL),
        ("POST", "/edu-groups/{group}/students", {"person": 5, "from": "2025-11-20"}),
        ("DELETE", "/edu-groups/{group}/students/{teacher}", None),
        (
            "POST",
            "/persons/{pupil}/transfers",
            {"from_group": "{other}", "to_group": "{group}", "date": "2025-11-20"},
        ),
    ],
)
def test_what_is_unknown_is_an_invalid_parameter(living, method, path, body):
    names = {
        "group": living.group("5А"),
        "other": living.group("1А"),
        "pupil": living.ask(f"/edu-groups/{living.group('5А')}/persons")[0]["id"],
        "teacher": living.ask(f"/schools/{living.school}/teachers")[0]["Id"],
    }
    filled = body and {
        name: value.format(**names) if isinstance(value, str) else value
        for name, value in body.items()
    }
    assert living.refused(path.format(**names), method, body=filled) == (404, "parameterInvalid")


def test_a_transfer_to_another_study_year_is_refused(living):
    group = living.group("5А")
    later = found_class(living, studyyear=2026)
    pupil = living.ask(f"/edu-groups/{group}/persons")[0]["id"]
    way = {"from_group": group, "to_group": later, "date": "2025-11-20"}
    assert living.refused(f"/persons/{pupil}/transfers", "POST", body=way) == (
        400,
        "invalidRequest",
    )


def test_nobody_joins_an_archived_class(living):
    group, person = found_class(living), entered(living)
    living.write("DELETE", f"/edu-groups/{group}")
    assert living.refused(
        f"/edu-groups/{group}/students", "POST", body={"person": person, "from": "2025-11-20"}
    ) == (409, "conflict")


@pytest.mark.parametrize("role", ["teacher", "parent"])
def test_only_an_administrator_writes(living, role):
    other = Asker(living.running, role)
    assert other.refused(f"/schools/{living.school}/persons", "POST", body=PUPIL) == (
        403,
        "outOfScope",
    )


def test_a_body_nested_without_end_is_refused(living):
    assert living.refused(f"/schools/{living.school}/persons", "POST", body=b"[" * 200_000) == (
        400,
        "invalidRequest",
    )
