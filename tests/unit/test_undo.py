"""The way back: the inverse of every operation, of what was created too, and the inverse of that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.planned import INVERSES, Channel, Operation
from connector.sync.plan import arrange
from connector.sync.undo import undo

MADE = {"@edu_groups:2026:5Ж": 60, "@persons:a": 77, "@lessons:a": 500}
PUPIL = {"last_name": "Тестов", "first_name": "Пробник", "birthday": "2014-03-05"}
ROOM = {"edu_group_id": "51", "subject_id": "201", "date": "2026-11-30", "number": 3}


def op(name, target, before=None, after=None, edu_group="51", number=1, **changes):
    return Operation(
        name, target, edu_group, before, after, "new", "link", number=number, **changes
    )


def back(*operations, made=MADE):
    """What takes them back: (operation, target, group, before, after), and the numbers nothing takes back."""
    inverses, stuck = undo(operations, made)
    return (
        [(o.op, o.target, o.edu_group, o.before, o.after) for o in inverses],
        [o.number for o in stuck],
    )


def pair(person="7", group="51", **more):
    return {"person_id": person, "edu_group_id": group, **more}


# Each operation with its inverse, as (op, target, group, before, after).
INVERSE = {
    "edu_group.create": (
        op(
            "edu_group.create",
            "@edu_groups:2026:5Ж",
            None,
            {"name": "5Ж", "parent_ids": []},
            "@edu_groups:2026:5Ж",
        ),
        ("edu_group.archive", "60", "60", {"name": "5Ж", "parent_ids": []}, None),
    ),
    "edu_group.update": (
        op("edu_group.update", "51", {"name": "5А"}, {"name": "5Б"}),
        ("edu_group.update", "51", "51", {"name": "5Б"}, {"name": "5А"}),
    ),
    "edu_group.archive": (
        op("edu_group.archive", "51", {"name": "5А"}),
        ("edu_group.restore", "51", "51", None, {"name": "5А"}),
    ),
    "edu_group.restore": (
        op("edu_group.restore", "51", None, {"name": "5А"}),
        ("edu_group.archive", "51", "51", {"name": "5А"}, None),
    ),
    "person.create": (
        op("person.create", "@persons:a", None, PUPIL),
        ("person.archive", "77", "51", PUPIL, None),
    ),
    "person.update": (
        op(
            "person.update",
            "7",
            {"last_name": "Был", "sex": None},
            {"last_name": "Стал", "sex": "Male"},
        ),
        (
            "person.update",
            "7",
            "51",
            {"last_name": "Стал", "sex": "Male"},
            {"last_name": "Был", "sex": None},
        ),
    ),
    "person.archive": (
        op("person.archive", "7", PUPIL, {"date": "2026-11-24"}, ""),
        ("person.restore", "7", "", None, PUPIL),
    ),
    "person.restore": (
        op("person.restore", "7", None, PUPIL, ""),
        ("person.archive", "7", "", PUPIL, None),
    ),
    "membership.add": (
        op("membership.add", "@persons:a", None, pair("@persons:a") | {"from": "2026-09-01"}),
        ("membership.end", "77", "51", pair("77"), pair("77", date="2026-09-01")),
    ),
    "membership.move": (
        op(
            "membership.move",
            "7",
            pair(),
            pair("7", "52", from_group_id="51", date="2026-11-24"),
            "52",
        ),
        (
            "membership.move",
            "7",
            "51",
            pair("7", "52"),
            pair("7", "51", from_group_id="52", date="2026-11-24"),
        ),
    ),
    "membership.end": (
        op("membership.end", "7", pair(), pair(date="2026-11-24")),
        ("membership.add", "7", "51", None, {**pair(), "from": "2026-11-24"}),
    ),
    "lesson.create": (
        op("lesson.create", "@lessons:a", None, ROOM | {"teacher_ids": ["9"], "hours": 1}),
        ("lesson.cancel", "500", "51", ROOM | {"teacher_ids": ["9"], "hours": 1}, None),
    ),
    "lesson.update": (
        op("lesson.update", "11", {"teacher_ids": ["1"]}, {"teacher_ids": ["2", "3"]}),
        ("lesson.update", "11", "51", {"teacher_ids": ["2", "3"]}, {"teacher_ids": ["1"]}),
    ),
    "lesson.cancel": (
        op("lesson.cancel", "11", ROOM),
        ("lesson.restore", "11", "51", None, ROOM),
    ),
    "lesson.restore": (
        op("lesson.restore", "11", None, ROOM),
        ("lesson.cancel", "11", "51", ROOM, None),
    ),
    "work.create": (
        op("work.create", "@lessons:a", None, {"lesson_id": "11", "type": "Homework"}),
        ("work.delete", "500", "51", {"lesson_id": "11", "type": "Homework"}, None),
    ),
    "work.update": (
        op("work.update", "31", {"text": "§ 1"}, {"text": "§ 2"}),
        ("work.update", "31", "51", {"text": "§ 2"}, {"text": "§ 1"}),
    ),
    "log_entry.put": (
        op("log_entry.put", "7", None, {"lesson_id": "11", "status": "Ill"}),
        ("log_entry.delete", "7", "51", {"lesson_id": "11", "status": "Ill"}, None),
    ),
    "log_entry.delete": (
        op("log_entry.delete", "7", {"lesson_id": "11", "status": "Ill"}),
        ("log_entry.put", "7", "51", None, {"lesson_id": "11", "status": "Ill"}),
    ),
}
# What no published call takes back.
FOR_GOOD = {"mark.put", "work.delete"}


def test_every_operation_has_its_inverse_here_or_none():
    assert set(INVERSE) | FOR_GOOD == set(INVERSES)
    assert {name for name, inverse in INVERSES.items() if not inverse} == FOR_GOOD


@pytest.mark.parametrize("name", sorted(FOR_GOOD))
def test_what_no_call_takes_back_is_told(name):
    assert back(op(name, "7", {"value": "4"}, {"value": "5"})) == ([], [1])


def test_an_attendance_entry_that_was_changed_is_changed_back():
    ill, late = ({"lesson_id": "11", "status": word} for word in ("Ill", "Late"))
    taken_back = ("log_entry.put", "7", "51", late, ill)
    assert back(op("log_entry.put", "7", ill, late)) == ([taken_back], [])


@pytest.mark.parametrize("name", INVERSE)
def test_an_operation_is_taken_back_by_its_inverse(name):
    done, expected = INVERSE[name]
    assert back(done) == ([expected], [])


@pytest.mark.parametrize("name", INVERSE)
def test_what_takes_it_back_begins_anew(name):
    (inverse,), _stuck = undo([INVERSE[name][0]], MADE)
    assert (inverse.number, inverse.needs, inverse.guards, inverse.seen) == (0, (), (), "")
    assert (inverse.reason, inverse.evidence, inverse.irreversible) == ("undo", "journal", False)


@pytest.mark.parametrize("name", sorted(n for n in INVERSE if not n.endswith("create")))
def test_the_inverse_of_the_inverse_is_the_operation(name):
    """Of what is archived only the day is not kept."""
    done, _inverse = INVERSE[name]
    there, _stuck = undo([done], MADE)
    (again,), stuck = back(*there)
    settled = {k: "77" if v == "@persons:a" else v for k, v in (done.after or {}).items()}
    after = None if name.endswith("archive") else settled or None
    target = "77" if done.target == "@persons:a" else done.target
    assert (again, stuck) == ((name, target, done.edu_group, done.before, after), [])


@pytest.mark.parametrize("name", ["edu_group", "person", "lesson"])
def test_what_was_created_comes_back_from_the_archive_instead_of_a_second_time(name):
    there, _stuck = undo([INVERSE[f"{name}.create"][0]], MADE)
    ((op_again, target, *_rest),), _stuck = back(*there)
    assert (op_again, target) == (f"{name}.restore", str(MADE[INVERSE[f"{name}.create"][0].target]))


def test_references_in_lists_become_ids():
    after = {"name": "5Ж труд", "parent_ids": ["@edu_groups:2026:5Ж", "51"]}
    made = MADE | {"@edu_groups:part": 61}
    ((_op, target, group, before, _after),), _stuck = back(
        op("edu_group.create", "@edu_groups:part", None, after, "@edu_groups:part"), made=made
    )
    assert (target, group, before["parent_ids"]) == ("61", "61", ["60", "51"])


def test_a_transfer_into_a_new_class_is_taken_back_from_its_id():
    after = pair("7", "@edu_groups:2026:5Ж", from_group_id="51", date="2026-11-24")
    (found,), _stuck = back(op("membership.move", "7", pair(), after, "@edu_groups:2026:5Ж"))
    assert found[2:] == (
        "51",
        pair("7", "60"),
        pair("7", "51", from_group_id="60", date="2026-11-24"),
    )


def test_the_latest_is_taken_back_first():
    found, _stuck = back(
        op("person.update", "7", {"last_name": "А"}, {"last_name": "Б"}, number=1),
        op("person.update", "8", {"last_name": "А"}, {"last_name": "Б"}, number=2),
    )
    assert [target for _op, target, *_rest in found] == ["8", "7"]


@pytest.mark.parametrize(
    "done",
    [
        op("person.create", "@persons:a", None, PUPIL, irreversible=True),
        # Nobody knows which object it made.
        op("person.create", "@persons:unknown", None, PUPIL),
        op("membership.add", "@persons:unknown", None, pair("@persons:unknown")),
        # Nobody knows how it was.
        op("person.update", "7", None, {"last_name": "Стал"}),
        op("person.update", "7", {}, {"last_name": "Стал"}),
    ],
)
def test_what_nothing_takes_back_is_told(done):
    assert back(done) == ([], [1])


def test_an_end_that_carries_no_values_is_taken_back_in_its_group():
    assert back(op("membership.end", "7")) == (
        [("membership.add", "7", "51", None, {**pair(), "from": None})],
        [],
    )


def test_a_change_that_wrote_less_than_it_saw_is_taken_back_whole():
    done = op("person.update", "7", {"last_name": "Был", "sex": "Male"}, {"last_name": "Стал"})
    assert back(done)[0] == [
        (
            "person.update",
            "7",
            "51",
            {"last_name": "Стал", "sex": "Male"},
            {"last_name": "Был", "sex": "Male"},
        )
    ]


def test_classes_go_when_everybody_is_out_again():
    operations = [INVERSE[n][0] for n in ("edu_group.create", "person.create", "membership.add")]
    numbered = [
        op(o.op, o.target, o.before, o.after, o.edu_group, n) for n, o in enumerate(operations, 1)
    ]
    ordered = arrange(undo(numbered, MADE)[0], channel=Channel.GATEWAY)
    assert [o.op for o in ordered] == ["membership.end", "person.archive", "edu_group.archive"]
    assert ordered[1].needs == (1,)


@given(st.lists(st.sampled_from(sorted(INVERSE)), max_size=8), st.sets(st.integers(1, 8)))
def test_every_operation_is_either_taken_back_or_told(names, irreversible):
    operations = [
        op(o.op, o.target, o.before, o.after, o.edu_group, n, irreversible=n in irreversible)
        for n, name in enumerate(names, 1)
        for o in [INVERSE[name][0]]
    ]
    inverses, stuck = undo(operations, MADE)
    assert len(inverses) + len(stuck) == len(operations)
    assert {o.number for o in stuck} == irreversible & {o.number for o in operations}
    assert not any(o.target.startswith("@") for o in inverses)
