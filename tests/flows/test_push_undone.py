"""What was founded and taken back is planned as if it had never been: a creation's link goes with its object."""

from collections import Counter
from dataclasses import replace

import pytest

from connector.api import calls
from connector.flows.apply import hand_over
from connector.mirror.store import Mirror
from tests.flows.pushing import Child, asked_of, children

FOUNDED = "9Ш"
NEWCOMER = Child("Новая", "Вымышлена", "Пробовна", "Ж", "01.03.2015", edu_group=FOUNDED)


@pytest.fixture
def rows(one_school, office):
    """The diary's list with a new class: a newcomer, and a pupil who moves there."""
    first, *others = children(one_school.sandbox.desk)
    return [replace(first, edu_group=FOUNDED), *others, NEWCOMER]


@pytest.fixture
def applied(office, rows):
    """The run that founded the class."""
    result = office.apply(office.planned(rows))
    assert result.converged
    return result


def ops(plan):
    return Counter(o.op for o in plan.operations)


def links(office):
    """Classes that are known by a decision or a creation."""
    with Mirror.open(office.path) as mirror:
        return [key for resource, key in mirror.links() if resource == "edu_groups"]


def founded_id(office):
    with Mirror.open(office.path) as mirror:
        return mirror.links()["edu_groups", f"2026:{FOUNDED}"].vendor_id


def test_a_class_that_was_taken_back_is_planned_anew_with_its_pupils(office, rows, applied):
    assert office.apply(office.undo(applied.run_id)).converged
    again = office.planned(rows)
    assert again.unresolved == []
    # The newcomer is the person whom the first apply made: she is brought back, not made twice.
    assert ops(again) == {
        "edu_group.create": 1,
        "person.restore": 1,
        "membership.add": 1,
        "membership.move": 1,
    }


def test_what_is_planned_anew_lands_and_is_not_planned_again(office, rows, applied):
    office.apply(office.undo(applied.run_id))
    assert office.apply(office.planned(rows)).converged
    again = office.planned(rows)
    assert (asked_of(again), again.unresolved) == ([], [])


def test_a_class_that_was_brought_back_again_is_found_by_its_name(office, rows, applied):
    back = office.apply(office.undo(applied.run_id))
    assert office.apply(office.undo(back.run_id)).converged
    again = office.planned(rows)
    assert (asked_of(again), again.unresolved) == ([], [])


def test_a_class_that_a_person_took_back_by_hand_is_planned_anew(office, rows, applied):
    """Over the files of a plan nothing but `verify` sees that the class is gone."""
    undo = office.undo(applied.run_id)
    archive = next(o for o in undo.operations if o.op == "edu_group.archive")
    with Mirror.open(office.path, write=True) as mirror:
        desk = office.desk(mirror, undo)
        hand_over(desk, {archive.number})
        desk.client(calls.raw("DELETE", f"edu-groups/{archive.target}"))
        desk.client.close()
    office.verify(undo)
    assert links(office) == []
    assert ops(office.planned(rows))["edu_group.create"] == 1


def test_a_class_that_somebody_else_archived_is_asked_about(office, rows, applied):
    with office.client() as client:
        client(calls.raw("DELETE", f"edu-groups/{founded_id(office)}"))
    again = office.planned(rows)
    assert [(q.local_key, q.reason) for q in again.unresolved] == [(f"2026:{FOUNDED}", "link_lost")]
    assert "edu_group.create" not in ops(again)


def test_what_a_person_decided_about_a_class_outlives_its_archive(office, rows, applied):
    """The word of a person is his to take back: `map forget` does it."""
    with Mirror.open(office.path, write=True) as mirror, mirror.transaction():
        link = mirror.links()["edu_groups", f"2026:{FOUNDED}"]
        mirror.link([replace(link, evidence="decision", decided_by="test")], office.now())
    office.apply(office.undo(applied.run_id))
    assert links(office) == [f"2026:{FOUNDED}"]
