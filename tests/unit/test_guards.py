"""Limits of a plan, the safe part of it, and the gate that files pass."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.planned import Guard, HaveLesson, Operation
from connector.source import Slot
from connector.sync.gate import Fingerprint, fingerprint, gate_text, lost_classes, source_gate
from connector.sync.guards import Limits, Shares, guard, safe_part
from tests.unit.rosters import TODAY, group, person, pupil, school, source

FIVE_A, FIVE_B = 51, 52


def full_school(size=40, lessons=0):
    """Two classes of so many pupils each."""
    people = [person(n) for n in range(2 * size)]
    places = {(n, FIVE_A if n < size else FIVE_B) for n in range(2 * size)}
    have = school([group(FIVE_A, "5А"), group(FIVE_B, "5Б")], people, places)
    for n in range(lessons):
        have.lessons[n] = HaveLesson(n, FIVE_A, 1, TODAY, n, (), None, "")
    return have


def operation(op, number=1, edu_group=str(FIVE_A), **more):
    fields = {"before": None, "after": None, "reason": "", "evidence": "", "number": number}
    return Operation(op, str(number), edu_group, **(fields | more))


def measured(operations, have, limits=None, today=TODAY):
    found, covered = guard(operations, have, limits or Limits(), today)
    return {g.name: (g.limit, g.actual) for g in found}, covered


def ends(count, edu_group=str(FIVE_A)):
    return [operation("membership.end", n + 1, edu_group) for n in range(count)]


@pytest.mark.parametrize(
    ("op", "name", "limit"),
    [
        ("person.create", "persons.create", 12),
        ("person.restore", "persons.create", 12),
        ("membership.add", "memberships.create", 12),
        ("person.update", "persons.update", 12),
        ("membership.end", "memberships.archive", 4),
        ("person.archive", "persons.archive", 4),
        ("lesson.update", "lessons.update", 12),
        ("lesson.cancel", "lessons.archive", 4),
    ],
)
def test_shares_hold_for_the_class_and_for_the_school(op, name, limit):
    found, _covered = measured([operation(op)], full_school(lessons=40))
    assert found[f"class.51.{name}"] == (limit, 1)
    assert f"school.{name}" in found


def test_extending_a_schedule_is_no_matter_of_guards():
    assert measured([operation("lesson.create")], full_school(lessons=40)) == (
        {},
        [operation("lesson.create")],
    )


def test_no_more_than_so_many_rows_may_go_however_large_the_school():
    found, _covered = measured(ends(1), full_school(size=2000))
    assert found["school.memberships.archive"] == (25, 1)


def test_a_transfer_counts_for_both_classes():
    values = {"from_group_id": str(FIVE_B), "edu_group_id": str(FIVE_A)}
    found, _covered = measured([operation("membership.move", after=values)], full_school())
    assert found == {
        "class.51.memberships.move": (8, 1),
        "class.52.memberships.move": (8, 1),
        "school.memberships.move": (16, 1),
    }


def test_few_rows_are_not_guarded():
    found, covered = measured(ends(4), full_school(size=4))
    assert found == {}
    assert not any(o.guards for o in covered)


def test_a_new_class_counts_for_the_school_alone():
    new = operation("membership.add", edu_group="@edu_groups:2026:5В")
    assert list(measured([new], full_school())[0]) == ["school.memberships.create"]


def test_only_operations_of_the_tripped_class_are_covered():
    plan = [*ends(5), *ends(1, str(FIVE_B))]
    found, covered = measured(plan, full_school())
    assert found["class.51.memberships.archive"] == (4, 5)
    assert found["class.52.memberships.archive"] == (4, 1)
    assert found["school.memberships.archive"] == (8, 6)
    assert [o.guards for o in covered] == [("class.51.memberships.archive",)] * 5 + [()]


def test_the_limit_itself_may_be_used_up():
    assert not any(o.guards for o in measured(ends(4), full_school())[1])


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2026, 8, 24), 4),
        (date(2026, 8, 25), 12),
        (date(2026, 9, 10), 12),
        (date(2026, 9, 11), 4),
    ],
)
def test_more_is_normal_when_the_year_turns(day, limit):
    found, _covered = measured(ends(1), full_school(), today=day)
    assert found["class.51.memberships.archive"] == (limit, 1)


@pytest.mark.parametrize(("day", "open_"), [(date(2026, 1, 3), True), (date(2026, 6, 1), False)])
def test_a_window_may_span_the_new_year(day, open_):
    limits = Limits(window=((12, 20), (1, 10)))
    assert (limits.shares(day) is limits.rollover) is open_


def test_a_school_may_have_no_window_and_limits_of_its_own():
    limits = Limits(usual=Shares(archive=50, archive_rows=100), window=None, ignored_under=0)
    found, _covered = measured(ends(1), full_school(), limits, date(2026, 9, 1))
    assert found["class.51.memberships.archive"] == (20, 1)


# --- the safe part


def test_the_safe_part_leaves_out_what_is_covered_and_what_needs_it():
    plan = [
        operation("person.create", 1, guards=("school.persons.create",)),
        operation("membership.add", 2, needs=(1,)),
        operation("membership.add", 3, needs=(2,)),
        operation("person.update", 4),
        operation("membership.end", 5, needs=(4,)),
    ]
    assert safe_part(plan) == {4, 5}


def test_what_needs_something_outside_the_plan_is_not_safe():
    assert safe_part([operation("membership.add", 2, needs=(1,))]) == set()


graphs = st.integers(1, 12).flatmap(
    lambda size: st.lists(
        st.tuples(st.booleans(), st.frozensets(st.integers(1, size), max_size=3)),
        min_size=size,
        max_size=size,
    )
)


@given(graphs)
def test_everything_a_safe_operation_needs_is_safe_too(nodes):
    plan = [
        operation("person.update", n, needs=tuple(needs), guards=("x",) if covered else ())
        for n, (covered, needs) in enumerate(nodes, 1)
    ]
    safe = safe_part(plan)
    for o in plan:
        wanted = not o.guards and safe.issuperset(o.needs)
        assert (o.number in safe) is wanted


# --- the gate


def many(size=50, classes=("5А", "5Б")):
    rows = [
        pupil(f"Лосев Ян{n} Ильич", classes[n % len(classes)], date(2015, 1, 1), row=n)
        for n in range(size)
    ]
    listed = source(*rows)
    listed.headers = dict.fromkeys(classes, ("Фамилия", "Имя"))
    return listed


def tripped(new, last):
    """As the mirror gives the last fingerprint back."""
    known = Fingerprint.of_values(fingerprint([last]).to_values())
    fresh = fingerprint([new])
    names = [g.name for g in source_gate(fresh, known) if g.tripped]
    for g in source_gate(fresh, known):
        assert gate_text(g, fresh, known)
    return names


def test_the_first_files_pass():
    assert source_gate(fingerprint([many()]), None) == []


def test_the_same_files_pass_again_whatever_the_order_of_rows():
    other = many()
    other.pupils.reverse()
    assert tripped(other, many()) == []


def test_a_pupil_more_or_less_is_normal():
    assert tripped(many(49), many(50)) == []
    assert tripped(many(51), many(50)) == []


def test_a_shrunken_file_is_refused():
    assert "source.rows" in tripped(many(39), many(50))


def test_a_lost_class_is_refused_and_named():
    new, last = many(50, ("5А", "5В")), many(50)
    assert "source.classes" in tripped(new, last)
    assert lost_classes(fingerprint([new]), fingerprint([last])) == ["5Б"]


def test_other_headings_and_another_encoding_are_refused():
    new = many()
    new.headers = {"5А": ("ФИО",)}
    assert tripped(new, many()) == ["source.headers"]
    new = many()
    new.encoding = "windows-1251"
    assert tripped(new, many()) == ["source.encoding"]


def test_a_file_of_the_same_size_about_other_people_is_refused():
    new = many()
    new.pupils = [replace(p, last_name="Чужой") for p in new.pupils]
    assert tripped(new, many()) == ["source.canaries"]


def test_a_timetable_is_known_by_the_hours_of_its_classes():
    timetable = source()
    slot = Slot("к", 1, 1, "1", ("5А", "5Б"), (), "Алгебра", (), ())
    timetable.slots = [slot, slot]
    assert fingerprint([timetable]).classes == {"5А": 2, "5Б": 2}


def test_a_leaver_makes_no_class():
    assert fingerprint([source(pupil(left=True))]).classes == {}


def test_a_kept_fingerprint_holds_no_name():
    kept = str(fingerprint([many()]).to_values())
    assert "Лосев" not in kept
    assert "лосев" not in kept


def test_a_guard_of_the_gate_trips_above_its_limit():
    assert Guard("source.rows", 10, 11).tripped
    assert not Guard("source.rows", 10, 10).tripped
