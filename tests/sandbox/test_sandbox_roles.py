"""What each role's token may see."""

import pytest

from tests.sandbox.asking import Asker


@pytest.fixture
def teacher(school):
    return Asker(school, "teacher")


@pytest.fixture
def parent(school):
    return Asker(school, "parent")


def own(asker):
    return asker.ask("/users/me/edu-groups")


def test_an_administrator_sees_every_group(admin):
    assert {group["name"] for group in admin.groups()} >= {"1А", "5А"}


def test_a_teacher_is_refused_the_school_s_groups(teacher):
    assert teacher.refused(f"/schools/{teacher.school}/edu-groups") == (403, "outOfScope")


def test_a_teacher_sees_only_own_groups(teacher, admin):
    mine = set(own(teacher))
    strange = next(group["id"] for group in admin.groups() if group["id"] not in mine)
    assert all(
        teacher.ask(f"/edu-groups/{group}/lessons/2025-09-01/2025-09-05") is not None
        for group in mine
    )
    assert teacher.refused(f"/edu-groups/{strange}")[0] == 403


def test_a_teacher_may_list_the_staff(teacher):
    assert teacher.ask(f"/schools/{teacher.school}/teachers")


def test_a_parent_sees_the_child_and_no_other_pupil(parent, admin):
    child = parent.ask("/users/me/children")[0]
    other = next(pupil for pupil in admin.sample("pupil") if int(pupil) != child)
    assert parent.ask(f"/persons/{child}")["id"] == child
    assert parent.refused(f"/persons/{other}")[0] == 403


def test_in_the_child_s_class_a_parent_sees_only_the_child_s_entries(parent):
    child = parent.ask("/users/me/context")["children"][0]
    group = child["groupIds"][0]
    marks = parent.ask(f"/edu-groups/{group}/marks/2025-09-01/2025-11-20")
    tasks = [
        task
        for lesson in parent.ask(f"/edu-groups/{group}/lessons/2025-09-01/2025-09-20")
        for work in lesson["works"]
        for task in work["tasks"]
    ]
    assert {mark["person"] for mark in marks} == {child["personId"]}
    assert {task["person"] for task in tasks} == {child["personId"]}
    assert [person["id"] for person in parent.ask(f"/edu-groups/{group}/persons")] == [
        child["personId"]
    ]


def test_a_parent_is_refused_the_staff(parent):
    assert parent.refused(f"/schools/{parent.school}/membership")[0] == 403


def test_roles_are_told_in_the_vendor_s_words(admin, teacher, parent):
    assert "EduSchoolAdministrator" in admin.ask("/users/me/roles")
    assert teacher.ask("/users/me/roles") == ["EduStaff"]
    assert parent.ask("/users/me/roles") == ["EduParent"]


def test_a_class_of_parallels_is_told_even_to_a_teacher(teacher):
    """Walking on from one group to its parallel is how clients find classes without the school's list."""
    group = own(teacher)[0]
    assert group in [found["id"] for found in teacher.ask(f"/edu-groups/{group}/parallel")]


@pytest.mark.parametrize(
    "path",
    [
        "/schools/5",
        "/work-types/5",
        "/persons/{pupil}/schools/5/marks/2025-09-01/2025-09-30",
        "/marks/values/type/dragon",
        "/lessons/{pupil}",
        "/users/{pupil}",
    ],
)
def test_what_does_not_exist_is_an_invalid_parameter(admin, path):
    assert admin.refused(path.format(pupil=admin.sample("pupil")[0])) == (404, "parameterInvalid")


def test_lists_by_ids_leave_out_what_is_unknown(admin):
    lesson, work = int(admin.sample("lesson")[0]), int(admin.sample("work")[0])
    assert [found["id"] for found in admin.ask("/lessons/many", [5, lesson])] == [lesson]
    assert [found["id"] for found in admin.ask("/works/many", [5, work])] == [work]


def test_a_body_that_is_no_list_of_ids_is_refused(admin):
    assert admin.refused("/lessons/many", "POST", body=b"{}")[0] == 404
    assert admin.refused("/lessons/many", "POST", body=b"not json")[0] == 400
