"""What a class list changes in the diary, one kind of difference at a time."""

from dataclasses import replace
from datetime import date

import pytest

from connector.planned import Channel
from connector.source import Kind, SourceGroup
from tests.unit.rosters import (
    ANNA,
    BORIS,
    BORN,
    OTHER_DAY,
    YEAR,
    Diary,
    group,
    linked,
    person,
    plan,
    pupil,
    school,
    shapes,
    source,
)

FIVE_A, FIVE_B, FOUR_A = 51, 52, 41
HERE = (group(FIVE_A, "5А"), group(FIVE_B, "5Б"))
PETROVA = ANNA.replace("Орлова", "Петрова")
# Somebody who is as he should be, so that his class counts as covered.
BYSTANDER = person(9, BORIS, OTHER_DAY)
STAYS = pupil(BORIS, born=OTHER_DAY)


def diary(persons=(), members=(), groups=HERE, **more):
    return school(groups, [BYSTANDER, *persons], {(9, FIVE_A), *members}, **more)


def only(draft):
    (operation,) = draft.operations
    return operation


def rules(draft):
    return [(note.rule, note.edu_group) for note in draft.notes]


def test_a_diary_that_agrees_needs_nothing():
    draft = plan(diary(groups=HERE[:1]), source(STAYS))
    assert draft.operations == []
    assert draft.notes == []
    assert draft.unchanged == 3


# --- new pupils and classes


def test_a_new_pupil_is_created_and_enrolled():
    one = pupil(born=BORN, sex="Female", snils="11223344595", row=7)
    create, join = plan(diary(), source(STAYS, one), channel=Channel.GATEWAY).operations
    reference = "@persons:snils:11223344595"
    assert (create.op, create.target, create.edu_group) == ("person.create", reference, "51")
    assert create.after == {
        "last_name": "Орлова",
        "first_name": "Анна",
        "middle_name": "Ильинична",
        "sex": "Female",
        "birthday": "2015-03-01",
        "snils": "11223344595",
    }
    assert (create.source, create.label) == ("списки.xlsx, 5А, 7", "Орлова Анна Ильинична, 5А")
    assert create.channel is Channel.GATEWAY
    assert (join.op, join.target, join.before) == ("membership.add", reference, None)
    assert join.after == {"person_id": reference, "edu_group_id": "51", "from": "2026-11-24"}


def test_what_the_file_does_not_say_is_not_sent():
    one = pupil(middle_name=None, sex_hint="Female")
    create = plan(diary(), source(STAYS, one)).operations[0]
    assert create.after == {"last_name": "Орлова", "first_name": "Анна"}


def test_a_new_class_is_created_and_its_pupils_wait_for_it():
    new_class, create, join = plan(
        diary(), source(STAYS, pupil(edu_group="5В", born=BORN))
    ).operations
    assert new_class.after == {
        "name": "5В",
        "parallel": 5,
        "study_year": YEAR,
        "type": "Group",
        "parent_ids": [],
    }
    assert new_class.target == new_class.edu_group == create.edu_group == "@edu_groups:2026:5В"
    assert join.after["edu_group_id"] == "@edu_groups:2026:5В"


def test_pupils_of_a_class_in_question_wait_for_the_answer():
    have = diary([person(1, born=BORN)], [(1, 53)], (*HERE, group(53, "11А физмат")))
    new, known = pupil("Лось Ян", "11А", born=BORN), pupil(edu_group="11А", born=BORN)
    assert plan(have, source(STAYS, new, known)).operations == []


def test_a_linked_class_is_renamed():
    have = diary(groups=(group(FIVE_A, "5Я"),), links=linked(("edu_groups", "2026:5А", FIVE_A)))
    rename = only(plan(have, source(STAYS)))
    assert (rename.op, rename.reason, rename.evidence) == ("edu_group.update", "renamed", "link")
    assert (rename.before, rename.after) == ({"name": "5Я"}, {"name": "5А"})


# --- corrections


def test_a_changed_surname_behind_a_link_is_an_update():
    one = pupil(PETROVA, local_key="id:1")
    have = diary([person(1)], [(1, FIVE_A)], links=linked(("persons", "id:1", 1)))
    change = only(plan(have, source(STAYS, one)))
    assert (change.op, change.target, change.reason) == ("person.update", "1", "surname_changed")
    assert (change.before, change.after) == ({"last_name": "Орлова"}, {"last_name": "Петрова"})
    assert change.edu_group == "51"


@pytest.mark.parametrize(
    ("shown", "listed", "before", "after"),
    [
        ({"sex": None}, {"sex": "Female"}, {"sex": None}, {"sex": "Female"}),
        ({"middle_name": ""}, {}, {"middle_name": ""}, {"middle_name": "Ильинична"}),
        ({"first_name": "Инна"}, {}, {"first_name": "Инна"}, {"first_name": "Анна"}),
        (
            {"birthday": OTHER_DAY},
            {"birthday": BORN},
            {"birthday": "2015-04-07"},
            {"birthday": "2015-03-01"},
        ),
    ],
)
def test_a_managed_field_that_differs_is_corrected(shown, listed, before, after):
    have = diary([replace(person(1), **shown)], [(1, FIVE_A)], links=linked(("persons", "id:1", 1)))
    change = only(plan(have, source(STAYS, pupil(local_key="id:1", **listed))))
    assert (change.reason, change.before, change.after) == ("corrected", before, after)


@pytest.mark.parametrize(
    ("shown", "listed"),
    [
        ({"last_name": "ОРЛОВА"}, {}),
        ({"last_name": "Орлёва"}, {"last_name": "Орлева"}),
        ({}, {"middle_name": None}),
        ({}, {"middle_name": ""}),
        ({"sex": "Female"}, {"sex": None}),
        ({"birthday": None}, {"birthday": BORN}),
        ({"birthday": BORN}, {"birthday": None}),
    ],
)
def test_no_difference_is_made_of_spelling_or_of_silence(shown, listed):
    have = diary([replace(person(1), **shown)], [(1, FIVE_A)], links=linked(("persons", "id:1", 1)))
    assert plan(have, source(STAYS, pupil(local_key="id:1", **listed))).operations == []


# --- places


def test_a_transfer_is_one_move():
    have = diary([person(1, born=BORN)], [(1, FIVE_B)])
    move = only(plan(have, source(STAYS, pupil(born=BORN))))
    assert (move.op, move.target, move.reason) == ("membership.move", "1", "transferred")
    assert move.before == {"person_id": "1", "edu_group_id": "52"}
    assert move.after == {
        "person_id": "1",
        "from_group_id": "52",
        "edu_group_id": "51",
        "date": "2026-11-24",
    }
    assert (move.edu_group, move.evidence) == ("51", "name+birthday")
    assert move.label == "Орлова Анна Ильинична, 5Б → 5А"


def test_a_second_class_that_the_files_cover_is_ended():
    have = diary([person(1, born=BORN), person(2, "Лось Ян", BORN)], [(1, FIVE_A), (1, FIVE_B)])
    have.members.add((2, FIVE_B))
    files = source(STAYS, pupil(born=BORN), pupil("Лось Ян", "5Б", born=BORN))
    end = only(plan(have, files))
    assert (end.op, end.target, end.edu_group) == ("membership.end", "1", "52")


def test_the_year_turns_by_adding_and_leaves_last_year_alone():
    have = school([group(FOUR_A, "4А", YEAR - 1), HERE[0]], [person(1, born=BORN)], [(1, FOUR_A)])
    join = only(plan(have, source(pupil(born=BORN)), today=date(YEAR, 8, 26)))
    assert (join.op, join.reason) == ("membership.add", "moved_up")
    assert join.after["from"] == "2026-09-01"


def test_pupils_of_last_year_who_stand_nowhere_are_told_of():
    have = school(
        [group(FOUR_A, "4А", YEAR - 1), group(110, "11А", YEAR - 1), HERE[0]],
        [person(1, born=BORN), BYSTANDER, person(3, "Лось Ян")],
        [(1, FOUR_A), (9, FOUR_A), (9, FIVE_A), (3, 110)],
    )
    draft = plan(have, source(STAYS))
    assert draft.operations == []
    assert rules(draft) == [("not_moved_up", str(FOUR_A))]


@pytest.mark.parametrize(
    ("former", "live", "expected"),
    [
        ({(1, FIVE_B)}, True, [("membership.add", "1", "came_back")]),
        (
            set(),
            False,
            [("membership.add", "1", "came_back"), ("person.restore", "1", "came_back")],
        ),
        (set(), True, [("membership.add", "1", "new")]),
    ],
)
def test_who_comes_back_is_the_person_he_was(former, live, expected):
    have = diary([person(1, born=BORN, live=live)], former=former)
    assert shapes(plan(have, source(STAYS, pupil(born=BORN)))) == expected


# --- who goes


def test_a_leaver_is_taken_out_and_archived():
    have = diary([person(1, born=BORN)], [(1, FIVE_A)])
    end, archive = plan(have, source(STAYS, pupil(born=BORN, left=True))).operations
    assert (end.op, end.reason, end.evidence) == ("membership.end", "left", "leavers' list")
    assert end.before == {"person_id": "1", "edu_group_id": "51"}
    assert end.after == {"person_id": "1", "edu_group_id": "51", "date": "2026-11-24"}
    assert (archive.op, archive.after) == ("person.archive", {"date": "2026-11-24"})
    assert archive.before["last_name"] == "Орлова"
    assert archive.before["birthday"] == "2015-03-01"


def test_a_leaver_whom_next_year_holds_is_not_archived():
    have = diary([person(1, born=BORN)], [(1, FIVE_A), (1, 60)], (*HERE, group(60, "6А", YEAR + 1)))
    assert only(plan(have, source(STAYS, pupil(born=BORN, left=True)))).op == "membership.end"


def test_a_leaver_who_only_stood_in_a_class_of_last_year_has_left_already():
    have = diary([person(1, born=BORN)], [(1, FOUR_A)], (*HERE, group(FOUR_A, "4А", YEAR - 1)))
    files = source(STAYS, pupil(born=BORN, left=True, edu_group=""))
    assert plan(have, files).operations == []


def test_a_leaver_who_stands_nowhere_has_left_already():
    have = diary([person(1, born=BORN)], former={(1, FIVE_A)})
    assert plan(have, source(STAYS, pupil(born=BORN, left=True))).operations == []


def test_a_pupil_missing_in_a_covered_class_is_taken_out():
    have = diary([person(1)], [(1, FIVE_A)])
    end = only(plan(have, source(STAYS)))
    assert (end.op, end.target, end.reason) == ("membership.end", "1", "unlisted")
    assert end.label == "Орлова Анна Ильинична, 5А"


def test_a_class_that_the_files_do_not_name_is_left_alone_and_told_of():
    have = diary([person(1)], [(1, FIVE_B)])
    draft = plan(have, source(STAYS))
    assert draft.operations == []
    assert rules(draft) == [("class_not_in_files", "52")]


def test_a_class_named_without_a_single_pupil_is_left_alone_even_of_a_whole_school():
    have = diary([person(1)], [(1, FIVE_B)])
    draft = plan(have, source(STAYS, groups=["5Б"]), whole=True)
    assert draft.operations == []
    assert rules(draft) == [("class_not_in_files", "52")]


def test_a_class_that_a_whole_school_does_not_name_is_archived_with_its_subgroups():
    part = group(521, "5Б (англ. 1)", parents=(FIVE_B,))
    have = diary([person(1)], [(1, FIVE_B), (1, 521)], (*HERE, part))
    draft = plan(have, source(STAYS), whole=True)
    assert [(o.op, o.target, o.edu_group) for o in draft.operations] == [
        ("membership.end", "1", "52"),
        ("membership.end", "1", "521"),
        ("edu_group.archive", "52", "52"),
        ("edu_group.archive", "521", "521"),
    ]
    assert draft.operations[2].before["name"] == "5Б"


def test_a_whole_school_without_pupils_archives_nothing():
    have = diary()
    assert plan(have, source(), whole=True).operations == []


def test_pupils_of_an_archived_class_who_went_to_another_are_moved():
    have = diary([person(1, born=BORN)], [(1, FIVE_B)])
    draft = plan(have, source(STAYS, pupil(born=BORN)), whole=True)
    assert [o.op for o in draft.operations] == ["membership.move", "edu_group.archive"]


# --- doubt


def test_candidates_of_an_open_question_are_not_taken_out():
    have = diary([person(1)], [(1, FIVE_A)])
    draft = plan(have, source(STAYS, pupil(PETROVA)))
    assert draft.operations == []


def test_a_class_of_a_candidate_is_not_archived():
    have = diary([person(1)], [(1, FIVE_B)])
    draft = plan(have, source(STAYS, pupil()), whole=True)
    assert draft.operations == []
    assert rules(draft) == [("class_kept", "52")]


def test_a_class_that_may_be_one_of_the_files_is_not_archived():
    have = diary([person(1, "Лось Ян")], [(1, 53)], (*HERE, group(53, "11А физмат")))
    files = source(STAYS, pupil(edu_group="11А", born=BORN))
    draft = plan(have, files, whole=True)
    assert {o.target for o in draft.operations} == {"52"}


def test_protected_persons_are_left_alone():
    have = diary([person(1), person(2, "Лось Ян", BORN)], [(1, FIVE_A), (2, FIVE_A)])
    leaver = pupil("Лось Ян", born=BORN, left=True)
    assert plan(have, source(STAYS, leaver), protected={1, 2}).operations == []


def test_nobody_is_taken_out_for_silence_while_a_row_was_refused():
    """The refused row may be the missing pupil's; who is on a leavers' list still goes."""
    have = diary([person(1), person(2, "Лось Ян", BORN)], [(1, FIVE_A), (2, FIVE_A)])
    leaver = pupil("Лось Ян", born=BORN, left=True)
    draft = plan(have, source(STAYS, leaver, refused=1))
    assert shapes(draft) == [("membership.end", "2", "left"), ("person.archive", "2", "left")]
    assert ("ends_withheld", "51") in rules(draft)


def test_no_class_is_archived_while_a_row_was_refused():
    have = diary([person(1)], [(1, FIVE_B)])
    assert plan(have, source(STAYS, refused=1), whole=True).operations == []


def test_a_timetable_plans_no_class_list():
    have = diary([person(1)], [(1, FIVE_A)])
    assert plan(have, source(pupil(), kind=Kind.ASC)).operations == []


# --- subgroups

ENGLISH = tuple(group(510 + n, f"5А (англ. {n})", parents=(FIVE_A,)) for n in (1, 2))


def test_subgroups_follow_a_file_that_knows_them():
    have = diary([person(1, born=BORN)], [(1, FIVE_A), (1, 511), (9, 511)], (*HERE, *ENGLISH))
    files = source(replace(STAYS, subgroups=("англ. 1",)), pupil(born=BORN, subgroups=("англ. 2",)))
    draft = plan(have, files)
    assert [(o.op, o.target, o.edu_group) for o in draft.operations] == [
        ("membership.add", "1", "512"),
        ("membership.end", "1", "511"),
    ]
    assert draft.operations[0].label == "Орлова Анна Ильинична, 5А (англ. 2)"


def test_subgroups_stay_where_a_file_does_not_know_them():
    have = diary([person(1, born=BORN)], [(1, FIVE_A), (1, 511)], (*HERE, *ENGLISH))
    assert plan(have, source(STAYS, pupil(born=BORN))).operations == []


def test_a_group_across_classes_is_ended_only_where_every_class_is_known():
    stream = group(550, "5А (хор)", parents=(FIVE_A, FIVE_B))
    have = diary([person(1)], [(1, FIVE_B), (1, 550)], (*HERE, stream))
    assert [o.op for o in plan(have, source(replace(STAYS, subgroups=("хор",)))).operations] == [
        "membership.add"
    ]


def test_a_new_subgroup_is_created_inside_its_class():
    draft = plan(diary(), source(replace(STAYS, subgroups=("англ. 1",))))
    create, join = draft.operations
    assert create.after == {
        "name": "5А (англ. 1)",
        "parallel": 5,
        "study_year": YEAR,
        "type": "Subgroup",
        "parent_ids": ["51"],
    }
    assert join.after["edu_group_id"] == create.target == "@edu_groups:2026:5А|англ. 1"


def test_a_subgroup_in_question_is_left_alone():
    files = source(replace(STAYS, subgroups=("1 группа",)))
    assert plan(diary(groups=(*HERE, *ENGLISH)), files).operations == []


def test_a_subgroup_of_a_new_class_waits_for_it():
    files = source(STAYS, pupil(edu_group="5В", born=BORN, subgroups=("5В хор",)))
    create = [o for o in plan(diary(), files).operations if o.op == "edu_group.create"]
    assert [(o.after["name"], o.after["parent_ids"]) for o in create] == [
        ("5В", []),
        ("5В хор", ["@edu_groups:2026:5В"]),
    ]


def test_a_new_subgroup_without_a_decided_class_is_not_created():
    files = source(STAYS)
    files.edu_groups.append(SourceGroup("хор", None, "", "6А"))
    assert plan(diary(), files).operations == []


def test_a_linked_subgroup_gets_its_name_and_its_class():
    part = group(511, "хор мальчиков", parents=(FIVE_B,))
    have = diary(
        groups=(*HERE, part),
        links=linked(("edu_groups", "2026:5А|хор", 511)),
    )
    change = plan(have, source(replace(STAYS, subgroups=("хор",)))).operations[0]
    assert change.before == {"name": "хор мальчиков", "parent_ids": ["52"]}
    assert change.after == {"name": "5А (хор)", "parent_ids": ["51", "52"]}


def test_leaving_a_class_but_not_its_subgroups_is_told_of():
    have = diary([person(1, born=BORN)], [(1, FIVE_A), (1, 511)], (*HERE, *ENGLISH))
    draft = plan(have, source(STAYS, pupil(born=BORN, edu_group="5Б")))
    assert [o.op for o in draft.operations] == ["membership.move"]
    assert ("subgroups_left", "") in rules(draft)


# --- the diary in memory itself


def test_the_diary_in_memory_keeps_its_books():
    have = diary([person(1, born=BORN)], [(1, FIVE_B)])
    Diary(have).apply(plan(have, source(STAYS, pupil(born=BORN))).operations)
    assert have.members == {(9, FIVE_A), (1, FIVE_A)}
    assert have.former == {(1, FIVE_B)}
