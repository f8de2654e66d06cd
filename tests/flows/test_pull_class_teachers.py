"""Who leads each class, as a pull finds it: little hangs on it, so nothing the vendor answers ends the pull."""

import re

import pytest

from tests.flows.stories import a_night_later, content, rows, school

QUESTION = re.compile(r"/edu-groups/(\d+)/classteacher")


@pytest.fixture(scope="module")
def calm_school():
    with school(pupils=50, classes=2) as made:
        yield made


def answering(status, document):
    """A vendor that answers this to every question about a class teacher."""

    def bend(path, code, answer):
        return (status, document) if QUESTION.fullmatch(path) else (code, answer)

    return bend


def leads(path):
    return rows(path, "SELECT * FROM class_teachers WHERE withdrawn_run IS NULL")


def pull_people(made, path, **options):
    result = made.pull(path, only=("people",), **options)
    assert result.error is None
    return result


def test_each_class_has_its_teacher_and_no_subgroup_has_one(calm_school, path):
    pull_people(calm_school, path)
    led = rows(
        path,
        "SELECT g.type, count(*), count(c.person_id), count(s.person_id) FROM edu_groups g"
        " LEFT JOIN class_teachers c ON c.edu_group_id = g.id LEFT JOIN staff s ON s.person_id = c.person_id"
        " GROUP BY 1 ORDER BY 1",
    )
    (kind, classes, *named), (_subgroup, _count, *none) = led
    assert (kind, named, none) == ("Group", [classes, classes], [0, 0])


def test_each_class_is_asked_once_a_week_and_subgroups_never(calm_school, path):
    pull_people(calm_school, path)
    classes = [str(one) for (one,) in rows(path, "SELECT id FROM edu_groups WHERE type = 'Group'")]
    asked = []
    for nights in (1, 8):
        calm_school.forget_calls()
        pull_people(calm_school, path, at=a_night_later(nights))
        found = (re.search(QUESTION, call["path"]) for call in calm_school.calls())
        asked.append(sorted(one[1] for one in found if one))
    assert asked == [[], sorted(classes)]


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (403, {"type": "ownerForbidden", "description": "no"}),
        (404, {"type": "notFound", "description": "no"}),
        (400, {"type": "parameterInvalid", "description": "no"}),
        (200, {}),
        (200, "Иванова"),
        (200, [{"name": "x"}]),
    ],
)
def test_an_answer_that_names_nobody_proves_nothing_and_leaves_what_was_known(
    calm_school, path, status, document
):
    pull_people(calm_school, path, bend=answering(status, document))
    assert leads(path) == []
    pull_people(calm_school, path, at=a_night_later(8))
    known = content(path)["class_teachers"]
    assert known
    pull_people(calm_school, path, at=a_night_later(16), bend=answering(status, document))
    assert content(path)["class_teachers"] == known


def test_another_class_teacher_takes_the_place_of_the_former(calm_school, path):
    pull_people(calm_school, path)
    before = leads(path)
    successor = {"id_str": "1000000000999", "lastName": "Новикова", "firstName": "Вера"}
    pull_people(calm_school, path, at=a_night_later(8), bend=answering(200, successor))
    after = leads(path)
    assert {row[0] for row in after} == {row[0] for row in before}
    assert {row[1] for row in after} == {1000000000999}
    assert rows(path, "SELECT last_name FROM persons WHERE id = 1000000000999") == [("Новикова",)]


def test_a_class_whose_teacher_the_diary_names_no_more_has_none(calm_school, path):
    pull_people(calm_school, path)
    pull_people(calm_school, path, at=a_night_later(8), bend=answering(200, []))
    assert leads(path) == []
