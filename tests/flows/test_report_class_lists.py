"""The report of the class teacher with the office's class lists: movement from before the first pull."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.class_facts import moved
from connector.reports.class_report import build
from connector.reports.tables import NO_DATA
from mappings.rulebooks import read_rulebook
from tests.flows.figuring import table
from tests.flows.papers import ListedPupil, listed, report, write_class_list
from tests.flows.stories import school

# The first quarter of the emulated school begins on 1 September and is over on 24 November.
LONG_AGO, BEFORE, FIRST_DAY = date(2025, 9, 1), date(2026, 8, 20), date(2026, 9, 1)
INSIDE, AFTER = date(2026, 10, 5), date(2026, 11, 10)
MOVEMENT = ("at_start", "arrived", "left", "at_end")


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "mirror.db"
    with school(pupils=72, classes=3) as made:
        assert made.pull(path).error is None
        yield made.sandbox.desk, path


@pytest.fixture
def office(pulled, tmp_path):
    """The office's list, every pupil with a day of enrolment, and the report's movement by class."""
    desk, mirror = pulled

    def movement(*lists):
        files = [
            write_class_list(tmp_path / f"list{number}.xlsx", pupils)
            for number, pupils in enumerate(lists)
        ]
        rows, _none = table(report(build, mirror, read_rulebook(), *files), "movement")
        names = {group.id: group.name for group in desk.school.groups}
        return {names[row["class"]]: tuple(row[key] for key in MOVEMENT) for row in rows}

    return [replace(one, enrolled=LONG_AGO) for one in listed(desk)], movement


def gone(name, group, day, enrolled=LONG_AGO):
    """Somebody whom the diary does not know any more."""
    return ListedPupil(
        None, name, "Иван", "Петрович", date(2014, 5, 1), group, enrolled=enrolled, left=day
    )


def numbers(pupils):
    counts = {}
    for one in pupils:
        counts[one.edu_group] = counts.get(one.edu_group, 0) + 1
    return counts


def test_who_came_and_left_by_the_lists_is_counted(office):
    pupils, movement = office
    size = numbers(pupils)
    first, second, *rest = sorted(size)
    came = [one for one in pupils if one.edu_group == first][:3]
    days = dict(zip((one.id for one in came), (FIRST_DAY, INSIDE, AFTER), strict=True))
    changed = [replace(one, enrolled=days.get(one.id, one.enrolled)) for one in pupils]
    left = [
        gone("Давнишний", first, BEFORE),
        gone("Осенний", first, INSIDE),
        gone("Ноябрьский", first, AFTER),
        gone("Мимолётный", second, INSIDE, enrolled=date(2026, 9, 15)),
    ]
    found = movement([*changed, *left])
    # Of today's pupils one came inside the quarter and one after it; two leavers were there on its first day.
    n = size[first]
    assert found[first] == (n - 2 + 2, 1, 1, n - 1 + 1)
    n = size[second]
    assert found[second] == (n, 1, 1, n)
    assert [found[name] for name in rest] == [(size[name], 0, 0, size[name]) for name in rest]


def test_who_has_no_day_of_enrolment_in_a_list_of_such_days_was_there(office):
    pupils, movement = office
    newcomer, *others = pupils
    bare = [replace(one, enrolled=None) for one in others]
    found = movement(
        [replace(newcomer, enrolled=INSIDE), *bare, gone("Осенний", newcomer.edu_group, AFTER)]
    )
    n = numbers(pupils)[newcomer.edu_group]
    assert found[newcomer.edu_group] == (n, 1, 0, n + 1)


def unknown(found):
    return {name for name, row in found.items() if set(row) == {NO_DATA}}


def test_a_list_without_leavers_or_without_days_tells_nothing(office):
    pupils, movement = office
    leaver = gone("Осенний", pupils[0].edu_group, INSIDE)
    bare = [replace(one, enrolled=None) for one in pupils]
    for lines in (pupils, [*bare, replace(leaver, enrolled=None)]):
        found = movement(lines)
        assert unknown(found) == found.keys()


def test_a_file_without_days_of_enrolment_tells_nothing_of_its_classes(office):
    pupils, movement = office
    own = pupils[0].edu_group
    dated = [one for one in pupils if one.edu_group == own]
    bare = [replace(one, enrolled=None) for one in pupils if one.edu_group != own]
    found = movement([*dated, gone("Осенний", own, INSIDE)], bare)
    assert unknown(found) == found.keys() - {own}


def test_a_leaver_without_a_day_leaves_the_own_class_open(office):
    pupils, movement = office
    own = pupils[0].edu_group
    assert unknown(movement([*pupils, gone("Безвестный", own, "да")])) == {own}


def test_days_that_contradict_each_other_leave_the_class_open(office):
    pupils, movement = office
    own = pupils[0].edu_group
    wrong = gone("Обратный", own, FIRST_DAY, enrolled=INSIDE)
    assert unknown(movement([*pupils, wrong])) == {own}


@pytest.mark.parametrize(("day", "is_open"), [(INSIDE, True), (BEFORE, False)])
def test_a_leaver_without_a_class_may_be_anybodys_until_the_day_of_leaving(
    pulled, office, tmp_path, day, is_open
):
    pupils, movement = office
    found = movement([*pupils, gone("Ничейный", None, day)])
    assert unknown(found) == (found.keys() if is_open else set())


def test_a_refused_row_leaves_all_open(office):
    pupils, movement = office
    broken = replace(pupils[1], birthday=None, edu_group="5D")
    lines = [broken, *pupils[2:], gone("Осенний", pupils[0].edu_group, INSIDE)]
    found = movement(lines)
    assert unknown(found) == found.keys()


def test_leavers_alone_are_no_list_of_their_class(office):
    pupils, movement = office
    own = pupils[0].edu_group
    others = [one for one in pupils if one.edu_group != own]
    assert unknown(movement([*others, gone("Осенний", own, INSIDE)])) == {own}


def test_the_class_teacher_stands_beside_each_class(pulled):
    desk, path = pulled
    rows, _none = table(report(build, path, read_rulebook()), "movement")
    led = {one.id: one.class_teacher.id for one in desk.school.groups if one.class_teacher}
    assert rows
    assert all(row["class_teacher"] == led[row["class"]] for row in rows)


DAYS = st.dates(date(2026, 8, 1), date(2027, 1, 1))
SPELLS = st.lists(
    st.tuples(DAYS, st.none() | DAYS).filter(lambda one: one[1] is None or one[0] <= one[1])
)


@given(SPELLS, DAYS, DAYS)
def test_who_was_there_and_came_and_did_not_leave_is_there_at_the_end(spells, one, other):
    found = moved(spells, min(one, other), max(one, other))
    assert found.at_start + found.arrived - found.left == found.at_end


def test_a_leaver_whom_the_diary_knows_is_counted_in_the_class_that_he_left(office):
    pupils, movement = office
    alone = [one for one in pupils if one.birthday and one.account]
    who = next(one for one in alone if one.edu_group == pupils[-1].edu_group)
    own, size = who.edu_group, numbers(pupils)
    left = replace(who, edu_group=None, left=INSIDE)
    found = movement([left if one is who else one for one in pupils])
    assert found[own] == (size[own], 0, 1, size[own] - 1)
    assert unknown(found) == set()
