"""What a fresh mirror says of an operation: is it done, does what it was planned on still stand."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.planned import Have, HaveGroup, HaveLesson, HavePerson, Operation
from connector.sync.outcome import (
    Resolver,
    done_id,
    is_done,
    is_stale,
    now_of,
    same,
)

CLASS = HaveGroup(51, "5А", 5, "Group", 2026)
OTHER = HaveGroup(52, "5Б", 5, "Group", 2026)
PART = HaveGroup(511, "5А труд", 5, "Subgroup", 2026, (51,))
ANNA = HavePerson(7, "Пробная", "Анна", "Ильинична", "Female", date(2014, 3, 5))
# Without an account: the vendor shows no birthday of him; nobody entered his sex.
BORIS = HavePerson(8, "Образцов", "Борис", "", None, None)
GONE = HavePerson(9, "Ушедший", "Глеб", "Юрьевич", "Male", None, live=False)
LESSON = HaveLesson(101, 51, 201, date(2026, 11, 30), 3, (901, 902), None, "")


def have(
    *,
    groups=(CLASS, OTHER, PART),
    persons=(ANNA, BORIS, GONE),
    members=((7, 51), (8, 52)),
    lessons=(LESSON,),
):
    return Have(
        groups={g.id: g for g in groups},
        persons={p.id: p for p in persons},
        members=set(members),
        lessons={one.id: one for one in lessons},
    )


def op(name, target, before=None, after=None, edu_group="51"):
    return Operation(name, str(target), str(edu_group), before, after, "new", "link", number=1)


def known(mirror=None, made=None, freed=()):
    return Resolver(mirror or have(), made or {}, freed)


def pair(person, group, **more):
    return {"person_id": str(person), "edu_group_id": str(group), **more}


def move(person, old, new):
    return op(
        "membership.move",
        person,
        pair(person, old),
        pair(person, new, from_group_id=str(old), date="2026-11-24"),
        edu_group=new,
    )


# --- references


def test_an_id_is_an_id_and_a_reference_is_what_the_plan_made_of_it():
    resolver = known(made={"@persons:a": 77})
    assert [resolver.id_of(x) for x in ("12", 12, "@persons:a", "@persons:b", "word", None)] == [
        12,
        12,
        77,
        None,
        None,
        None,
    ]


def test_values_get_ids_for_references_in_lists_too():
    resolver = known(made={"@edu_groups:a": 5})
    values = {
        "name": "@ 5А",
        "edu_group_id": "@edu_groups:a",
        "parent_ids": ["1", "@edu_groups:a"],
        "n": 3,
        "x": None,
    }
    made = resolver.resolved(values | {"name": "5А"})
    assert made == {"name": "5А", "edu_group_id": "5", "parent_ids": ["1", "5"], "n": 3, "x": None}


@pytest.mark.parametrize("value", ["@edu_groups:b", ["1", "@edu_groups:b"]])
def test_values_with_an_unknown_reference_are_not_sent_half(value):
    assert known().resolved({"name": "5А", "group": value}) is None


@pytest.mark.parametrize("values", [None, {}])
def test_no_values_are_no_values(values):
    assert known().resolved(values) == {}


# --- what a creation made


def create_class(name="5Ж", parents=(), year=2026):
    after = {"name": name, "parallel": 5, "study_year": year, "parent_ids": list(parents)}
    return op("edu_group.create", f"@edu_groups:{name}", None, after, f"@edu_groups:{name}")


@pytest.mark.parametrize(
    ("wish", "groups", "found"),
    [
        (create_class("5ж"), [HaveGroup(60, "5Ж", 5, "Group", 2026)], 60),
        (create_class(), [HaveGroup(60, "5Ж", 5, "Group", None)], 60),
        (create_class(), [HaveGroup(60, "5Ж", 5, "Group", 2025)], None),
        (create_class(), [CLASS], None),
        # A subgroup that bears the name of a class is not that class.
        (create_class(), [HaveGroup(60, "5Ж", 5, "Subgroup", 2026, (51,))], None),
        (create_class(parents=["51"]), [HaveGroup(60, "5Ж", 5, "Subgroup", 2026, (51, 52))], 60),
        (create_class(parents=["51"]), [HaveGroup(60, "5Ж", 5, "Subgroup", 2026, (52,))], None),
        (
            create_class(parents=["@edu_groups:x"]),
            [HaveGroup(60, "5Ж", 5, "Subgroup", 2026, (52,))],
            None,
        ),
        # Two of one name: nobody may choose.
        (create_class(), [HaveGroup(n, "5Ж", 5, "Group", 2026) for n in (60, 61)], None),
    ],
)
def test_a_founded_class_is_found_by_year_name_and_parents(wish, groups, found):
    mirror = have(groups=groups)
    assert done_id(wish, known(mirror)) == found
    assert is_done(wish, known(mirror)) is (found is not None)


def test_a_class_that_the_answer_named_is_that_one_whatever_it_is_called_now():
    mirror = have(groups=[HaveGroup(60, "5Ы", 5, "Group", 2026)])
    assert done_id(create_class(), known(mirror, {"@edu_groups:5Ж": 60})) == 60
    assert done_id(create_class(), known(mirror, {"@edu_groups:5Ж": 61})) is None


def create_person(last="Пробная", middle="Ильинична", group="51"):
    after = {"last_name": last, "first_name": "Анна", "middle_name": middle, "sex": "Female"}
    return op("person.create", "@persons:a", None, after, group)


def test_a_new_pupil_is_found_by_full_name_in_the_class():
    assert done_id(create_person("ПРОБНАЯ"), known()) == 7
    assert done_id(create_person(middle="Львовна"), known()) is None
    assert done_id(create_person(group="52"), known()) is None
    assert done_id(create_person(group="@edu_groups:x"), known()) is None


def test_of_two_namesakes_in_a_class_neither_is_the_new_pupil():
    twin = replace(ANNA, id=70)
    mirror = have(persons=[ANNA, twin], members=[(7, 51), (70, 51)])
    assert done_id(create_person(), known(mirror)) is None


def test_a_member_whom_the_mirror_does_not_know_has_no_name():
    assert done_id(create_person("", ""), known(have(members=[(99, 51)]))) is None


def test_a_pupil_whom_the_answer_named_is_taken_at_its_word():
    """Without a class no list shows him."""
    assert done_id(create_person(), known(made={"@persons:a": 77})) == 77


def create_lesson(number=3, subject="201", day="2026-11-30", group="51"):
    after = {"edu_group_id": group, "subject_id": subject, "date": day, "number": number}
    return op("lesson.create", "@lessons:a", None, after)


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (create_lesson(), 101),
        (create_lesson(subject="202"), None),
        (create_lesson(number=4), None),
        (create_lesson(day="2026-12-01"), None),
        (create_lesson(group="52"), None),
        (create_lesson(group="@edu_groups:x"), None),
    ],
)
def test_a_new_lesson_is_found_by_group_day_number_and_subject(wish, found):
    assert done_id(wish, known()) == found


# --- done


@pytest.mark.parametrize(
    ("operation", "done"),
    [
        (op("edu_group.archive", 51), False),
        (op("edu_group.archive", 60), True),
        (op("edu_group.restore", 51), True),
        (op("edu_group.restore", 60), False),
        (op("edu_group.update", 51, {"name": "5Б"}, {"name": "5 А"}), False),
        (op("edu_group.update", 51, {"name": "5Б"}, {"name": "5а"}), True),
        (op("edu_group.update", 60, {"name": "5Б"}, {"name": "5Б"}), False),
        (op("edu_group.update", "@edu_groups:x", {"name": "5Б"}, {"name": "5Б"}), False),
        (op("edu_group.update", 511, {}, {"parent_ids": ["51"]}), True),
        (op("edu_group.update", 511, {}, {"parent_ids": ["51", "52"]}), False),
        (op("person.update", 7, {"last_name": "Иная"}, {"last_name": "пробная"}), True),
        (op("person.update", 7, {"last_name": "Иная"}, {"last_name": "Иная"}), False),
        (op("person.update", 7, {"birthday": None}, {"birthday": "2014-03-05"}), True),
        (op("person.update", 9, {"last_name": "Иной"}, {"last_name": "Ушедший"}), False),
        # Hidden: what was seen of it before cannot have changed visibly.
        (op("person.update", 8, {"birthday": "2013-01-01"}, {"birthday": "2014-01-01"}), True),
        # Empty, and to be filled.
        (op("person.update", 8, {"sex": None}, {"sex": "Male"}), False),
        (op("person.update", 8, {"middle_name": ""}, {"middle_name": None}), True),
        (op("person.update", 7, {"snils": None}, {"snils": "12345678901"}), True),
        (op("person.update", 7, None, None), True),
        (op("person.archive", 7), False),
        (op("person.archive", 9), True),
        (op("person.restore", 9), False),
        (op("person.restore", 7), True),
        (op("lesson.cancel", 101), False),
        (op("lesson.cancel", 999), True),
        (op("lesson.restore", 101), True),
        (op("lesson.update", 101, {}, {"teacher_ids": ["902", "901"]}), True),
        (op("lesson.update", 101, {}, {"teacher_ids": ["901"]}), False),
        (op("lesson.update", 101, {"number": 2}, {"number": 3}), True),
        (op("lesson.update", 999, {"number": 2}, {"number": 3}), False),
        (op("membership.add", 7, None, pair(7, 51)), True),
        (op("membership.add", 7, None, pair(7, 52)), False),
        (op("membership.add", "@persons:x", None, pair("@persons:x", 51)), False),
        (op("membership.add", 7, None, pair(7, "@edu_groups:x")), False),
        (op("membership.end", 7, pair(7, 51), pair(7, 51)), False),
        (op("membership.end", 7, pair(7, 52), pair(7, 52)), True),
        (op("membership.end", 7), False),
        (move(7, 51, 52), False),
        (move(8, 51, 52), True),
        (create_lesson(), True),
    ],
)
def test_done_is_what_the_vendor_shows(operation, done):
    assert is_done(operation, known()) is done


def test_a_transfer_is_not_done_while_the_pupil_stands_in_both_classes():
    assert not is_done(move(7, 51, 52), known(have(members=[(7, 51), (7, 52)])))


# --- stale


@pytest.mark.parametrize(
    ("operation", "stale"),
    [
        (create_class(), False),
        (create_person(), False),
        (create_lesson(number=4), False),
        # The hour is taken by something else.
        (create_lesson(subject="202"), True),
        (create_lesson(subject="202", group="@edu_groups:x"), False),
        (op("edu_group.update", 51, {"name": "5А"}, {"name": "5Ж"}), False),
        (op("edu_group.update", 51, {"name": "5Б"}, {"name": "5Ж"}), True),
        (op("edu_group.update", 60, {"name": "5А"}, {"name": "5Ж"}), True),
        (op("edu_group.archive", 51, None), False),
        (op("edu_group.archive", 51, {"name": "5А", "parent_ids": []}), False),
        (op("edu_group.archive", 51, {"name": "5Ы"}), True),
        (op("edu_group.restore", 60), False),
        (op("person.update", "@persons:x", {}, {}), True),
        (op("person.update", 7, {"last_name": "Пробная"}, {"last_name": "Иная"}), False),
        (op("person.update", 7, {"last_name": "Прежняя"}, {"last_name": "Иная"}), True),
        (op("person.update", 8, {"birthday": "2013-01-01"}, {"birthday": "2014-01-01"}), False),
        (op("person.archive", 7, {"last_name": "Пробная", "first_name": "Анна"}), False),
        (op("person.archive", 9, {"last_name": "Ушедший"}), True),
        (op("person.restore", 9), False),
        (op("lesson.cancel", 101, {"date": "2026-11-30", "number": 3}), False),
        (op("lesson.cancel", 101, {"date": "2026-11-30", "number": 4}), True),
        (op("lesson.cancel", 999, {}), True),
        (op("membership.add", 7, None, pair(7, 52)), False),
        (op("membership.add", 9, None, pair(9, 52)), False),
        (op("membership.add", 999, None, pair(999, 52)), True),
        (op("membership.add", "@persons:a", None, pair("@persons:a", 52)), False),
        (op("membership.end", 7, pair(7, 51), pair(7, 51)), False),
        (op("membership.end", 7, pair(7, 52), pair(7, 52)), True),
        (move(7, 51, 52), False),
        (move(7, 52, 51), True),
        # The inverse of a transfer tells only where from and where to.
        (op("membership.move", 7, None, pair(7, 52, from_group_id="51")), False),
        (op("membership.move", 7, None, pair(7, 51, from_group_id="52")), True),
    ],
)
def test_stale_is_what_stands_no_more_as_it_was_seen(operation, stale):
    assert is_stale(operation, known(made={"@persons:a": 77})) is stale


def test_an_hour_that_the_plan_itself_has_freed_is_free():
    """Read before the cancellation, the mirror still shows the lesson there."""
    wish = create_lesson(subject="202")
    assert is_stale(wish, known(freed={101})) is False
    other = replace(LESSON, id=102, subject_id=203)
    assert is_stale(wish, known(have(lessons=[LESSON, other]), freed={101})) is True


# --- values


def test_managed_values_are_written_as_plans_write_them():
    mirror = have()
    assert now_of("edu_groups", 511, mirror)["parent_ids"] == ["51"]
    assert now_of("persons", 7, mirror)["birthday"] == "2014-03-05"
    assert now_of("persons", 8, mirror)["birthday"] is None
    assert now_of("lessons", 101, mirror) == {
        "edu_group_id": "51",
        "subject_id": "201",
        "date": "2026-11-30",
        "number": 3,
        "teacher_ids": ["901", "902"],
        "place_id": None,
    }
    bare = have(lessons=[HaveLesson(102, 51, None, date(2026, 11, 30), None, (), 66, "")])
    assert now_of("lessons", 102, bare)["subject_id"] is None
    assert now_of("lessons", 102, bare)["place_id"] == "66"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Семён", "СЕМЕН", True),
        ("Анна-Мария", "Анна - Мария", True),
        ("Анна", "Анна Мария", False),
        (["1", "2"], (2, 1), True),
        (["1"], ["1", "1"], False),
        ([], None, True),
        (None, "", True),
        (None, 0, True),
        (3, 3, True),
        (3, 4, False),
        ("3", 3, False),
    ],
)
def test_values_agree_as_people_write_them(one, other, alike):
    assert same(one, other) is alike
    assert same(other, one) is alike


FIELDS = st.fixed_dictionaries(
    {
        "last_name": st.sampled_from(["Пробная", "Иная", "ПРОБНАЯ"]),
        "sex": st.sampled_from([None, "Male", "Female"]),
        "birthday": st.sampled_from([None, "2014-03-05", "2014-03-06"]),
    }
)


@given(FIELDS, FIELDS)
def test_a_change_that_was_carried_out_is_done_and_one_that_was_not_is_not_stale(before, after):
    def person(values):
        born = values["birthday"] and date.fromisoformat(values["birthday"])
        return HavePerson(7, values["last_name"], "Анна", "", values["sex"], born)

    change = op("person.update", 7, before, after)
    assert is_done(change, known(have(persons=[person(after)])))
    assert not is_stale(change, known(have(persons=[person(before)])))


# --- people of one name


def test_a_namesake_who_was_there_when_it_was_planned_is_never_the_new_one():
    resolver = Resolver(have(), {}, (), {"@persons:a": ["7"]})
    assert done_id(create_person(), resolver) is None
    twin = replace(ANNA, id=70)
    both = have(persons=[ANNA, twin], members=[(7, 51), (70, 51)])
    assert done_id(create_person(), Resolver(both, {}, (), {"@persons:a": ["7"]})) == 70


def test_somebodys_own_words_are_no_references():
    """A homework may begin with an @."""
    assert known().resolved({"text": "@дом: § 5"}) == {"text": "@дом: § 5"}
