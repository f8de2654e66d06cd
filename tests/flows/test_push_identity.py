"""Who is who when class lists meet the diary: nobody is merged with a namesake, nobody is made twice."""

from collections import Counter
from dataclasses import replace

import pytest

from connector.mirror.store import Mirror
from tests.flows.pushing import Child, Office, children


@pytest.fixture(scope="module")
def known(one_school, tmp_path_factory):
    """A mirror in which everybody of the diary is known."""
    office = Office(one_school, tmp_path_factory.mktemp("known"))
    office.settle(with_numbers(children(one_school.sandbox.desk)))
    return office.path


@pytest.fixture
def stranger(one_school, tmp_path):
    """An office that knows nobody yet."""
    one_school.control("POST", "reset", {})
    return Office(one_school, tmp_path)


@pytest.fixture
def rows(one_school, office):
    return with_numbers(children(one_school.sandbox.desk))


def with_numbers(rows):
    """Every second pupil's СНИЛС is in the files."""
    return [
        replace(row, snils=snils(number)) if number % 2 else row for number, row in enumerate(rows)
    ]


def snils(number):
    digits = f"{140_000_000 + number:09d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{total % 101 % 100:02d}"


def put(rows, old, new):
    return [new if row is old else row for row in rows]


def without(rows, *gone):
    return [row for row in rows if row not in gone]


def ops(plan):
    return Counter(o.op for o in plan.operations)


def full(row):
    return row.last, row.first, row.middle


def namesakes(rows):
    """Two pupils of the diary with one full name."""
    counts = Counter(map(full, rows))
    name = next(name for name, count in counts.items() if count == 2 and name[2])
    return [row for row in rows if full(row) == name]


def ordinary(rows, *, with_snils=False):
    """A pupil of whose name there is only one."""
    counts = Counter((row.last, row.first) for row in rows)
    return next(
        row
        for row in rows
        if counts[row.last, row.first] == 1 and row.middle and bool(row.snils) is with_snils
    )


def alike(row, **other):
    return replace(row, id="", snils="", **other)


# --- namesakes


def test_two_full_namesakes_of_the_diary_are_each_themselves(office, rows):
    assert namesakes(rows)
    plan = office.planned(rows)
    assert (plan.operations, plan.unresolved) == ([], [])


def test_a_new_full_namesake_becomes_a_person_of_his_own(office, rows):
    row = ordinary(rows)
    plan = office.planned([*rows, alike(row, born="03.03.2015")])
    assert ops(plan) == {"person.create": 1, "membership.add": 1}
    assert office.apply(plan).converged
    names = [
        (p["last_name"], p["first_name"]) for p in office.school.control("GET", "state")["persons"]
    ]
    assert names.count((row.last, row.first)) == 2
    assert office.planned([*rows, alike(row, born="03.03.2015")]).operations == []


def test_a_namesake_whose_birthday_nobody_wrote_down_is_asked_about(office, rows):
    row = ordinary(rows)
    other = next(one.edu_group for one in rows if one.edu_group != row.edu_group)
    plan = office.planned([*rows, alike(row, born="", edu_group=other)])
    assert plan.operations == []
    assert {q.reason for q in plan.unresolved} == {"namesakes"}


def test_without_birthdays_namesakes_are_a_question_and_never_an_answer(stranger, one_school):
    rows = children(one_school.sandbox.desk)
    pair = namesakes(rows)
    bare = put(without(rows, pair[1]), pair[0], replace(pair[0], born=""))
    stranger.planned(bare)
    stranger.accept()
    plan = stranger.planned(bare)
    (question,) = [q for q in plan.unresolved if q.label.startswith(pair[0].last)]
    assert {c.vendor_id for c in question.candidates} == {int(row.id) for row in pair}
    assert not {o.target for o in plan.operations} & {row.id for row in pair}


def test_a_new_namesake_is_not_merged_with_a_classmate_whose_birthday_the_diary_hides(
    office, one_school, rows
):
    accounts = {str(p.id) for p in one_school.sandbox.desk.school.people if p.has_account}
    row = next(row for row in rows if row.id not in accounts)
    new = [*rows, alike(row, born="03.03.2015")]
    plan = office.planned(new)
    assert ops(plan) == {"person.create": 1, "membership.add": 1}
    result = office.apply(plan)
    assert (result.converged, result.count("applied")) == (True, 2)
    assert row.id not in {str(fate.vendor_id) for fate in result.fates.values()}
    assert office.planned(new).operations == []


def test_a_namesake_who_came_by_another_hand_meanwhile_is_not_taken_for_the_planned_one(
    office, rows
):
    """Between plan and apply somebody else enters a pupil of that name into that class."""
    row = ordinary(rows)
    plan = office.planned([*rows, alike(row, last="Новенькая", born="03.03.2015")])
    (create, add) = plan.operations
    school = office.school
    values = {"lastName": "Новенькая", "firstName": row.first, "middleName": row.middle}
    school.control("POST", "checklist", [{"op": "person.create", **values}])
    stranger = next(
        p["id"] for p in school.control("GET", "state")["persons"] if p["last_name"] == "Новенькая"
    )
    enter = {"op": "membership.add", "group": add.edu_group, "person": int(stranger)}
    school.control("POST", "checklist", [{**enter, "from": "2026-11-24T00:00:00"}])
    result = office.apply(plan)
    assert (result.fates[create.number].state, result.converged) == ("skipped", False)
    with Mirror.open(office.path) as mirror:
        assert int(stranger) not in {link.vendor_id for link in mirror.links().values()}


def test_a_twin_is_not_the_sibling(office, rows):
    row = ordinary(rows)
    first = "Еремей" if row.sex == "М" else "Евдокия"
    plan = office.planned([*rows, alike(row, first=first)])
    assert ops(plan) == {"person.create": 1, "membership.add": 1}


# --- changes of one person


def test_a_pupil_who_left_and_came_back_is_the_same_person(office, rows):
    row = ordinary(rows)
    gone = replace(row, left="20.11.2026")
    plan = office.planned(put(rows, row, gone))
    assert ops(plan) == {"membership.end": 1, "person.archive": 1}
    assert office.apply(plan).converged
    back = office.planned(rows)
    assert ops(back) == {"person.restore": 1, "membership.add": 1}
    assert {(o.target, o.reason) for o in back.operations} == {(row.id, "came_back")}
    assert office.apply(back).converged
    assert office.planned(rows).operations == []
    assert office.school.control("GET", "state")["persons"]


def test_who_stays_on_the_leavers_list_is_not_taken_out_again(office, rows):
    row = ordinary(rows)
    gone = put(rows, row, replace(row, left="20.11.2026"))
    assert office.apply(office.planned(gone)).converged
    assert office.planned(gone).operations == []


def test_a_new_surname_and_another_class_at_once_are_seen_by_the_number(office, rows):
    row = ordinary(rows, with_snils=True)
    other = next(
        one.edu_group for one in rows if one.edu_group != row.edu_group and len(one.edu_group) < 4
    )
    moved = replace(row, last="Переменов", edu_group=other)
    plan = office.planned(put(rows, row, moved))
    assert ops(plan) == {"person.update": 1, "membership.move": 1}
    assert {(o.target, o.evidence) for o in plan.operations} == {(row.id, "snils")}
    assert office.apply(plan).converged
    assert office.planned(put(rows, row, moved)).operations == []


def test_a_corrected_birthday_is_an_update_where_the_number_says_who_it_is(
    office, one_school, rows
):
    accounts = {str(p.id) for p in one_school.sandbox.desk.school.people if p.has_account}
    row = next(row for row in rows if row.snils and row.id in accounts)
    plan = office.planned(put(rows, row, replace(row, born="05.05.2015")))
    (operation,) = plan.operations
    assert (operation.op, operation.after) == ("person.update", {"birthday": "2015-05-05"})


def test_a_new_surname_without_a_number_is_a_question_that_moves_nobody(office, rows):
    row = ordinary(rows)
    plan = office.planned(put(rows, row, replace(row, last="Переменов")))
    assert plan.operations == []
    ((question),) = plan.unresolved
    assert (question.reason, [c.vendor_id for c in question.candidates]) == (
        "surname_changed",
        [int(row.id)],
    )


def test_capitals_and_yo_are_no_difference(office, rows):
    spelt = [
        replace(
            row,
            last=row.last.replace("ё", "е").upper(),
            first=row.first.replace("ё", "е"),
        )
        for row in rows
    ]
    assert office.planned(spelt).operations == []


def test_the_order_of_the_rows_is_no_difference(office, rows):
    row = ordinary(rows)
    new = [*rows, Child("Новенькова", "Проба", "Тестовна", "Ж", "01.02.2015", "", row.edu_group)]
    one = [(o.op, o.target, o.after) for o in office.planned(new).operations]
    assert [(o.op, o.target, o.after) for o in office.planned(new[::-1]).operations] == one
