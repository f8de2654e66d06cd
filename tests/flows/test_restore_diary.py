"""A diary that lost a part of its journal, and the plan that brings back what can be written."""

import random
import shutil
from datetime import UTC, date

import pytest

from connector.flows.apply import ApplyOptions, Desk, apply
from connector.flows.look import school_of
from connector.flows.push import PlanOptions
from connector.flows.restore_diary import RestoreOptions, make_restore_plan
from connector.mirror.store import Mirror
from connector.planned import Channel
from connector.sync.guards import Limits
from connector.sync.plan import to_document
from tests.flows.writing import EVENING, TODAY, clock, vendor

START = date(2026, 9, 1)
MARKS = (
    "SELECT m.id, m.person_id, m.lesson_id, w.type, m.value FROM marks m JOIN works w ON w.id = m.work_id"
    " WHERE m.withdrawn_run IS NULL ORDER BY m.id"
)
ENTRIES = (
    "SELECT lesson_id, person_id, status, comment FROM lesson_log_entries"
    " WHERE withdrawn_run IS NULL ORDER BY 1, 2"
)
WORKS = (
    "SELECT w.id, lesson_id, type, work_type_id, target_date, text, is_important,"
    " (SELECT group_concat(person_id) FROM (SELECT person_id FROM tasks t WHERE t.work_id = w.id"
    " AND t.withdrawn_run IS NULL ORDER BY person_id))"
    " FROM works w WHERE w.withdrawn_run IS NULL AND lesson_id IS NOT NULL ORDER BY w.id"
)


@pytest.fixture(scope="module")
def one_vendor():
    with vendor(pupils=48) as made:
        yield made


@pytest.fixture(scope="module")
def backup(one_vendor, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "backup.db"
    one_vendor.pull(path, start=START, end=TODAY)
    return path


@pytest.fixture
def made(one_vendor):
    one_vendor.control("DELETE", "faults")
    one_vendor.reset()
    return one_vendor


@pytest.fixture
def path(backup, tmp_path):
    target = tmp_path / "mirror.db"
    shutil.copyfile(backup, target)
    return target


def rows(path, sql):
    with Mirror.open(path) as mirror:
        return mirror.query(sql)


def edit(made, op, **what):
    made.control("POST", "edit", {"op": op, **{k: str(v) for k, v in what.items()}})


def journal(path):
    """What the diary says, without the ids that a restoration cannot give back."""
    return {
        "marks": sorted(row[1:] for row in rows(path, MARKS)),
        "entries": rows(path, ENTRIES),
        "works": sorted(row[1:] for row in rows(path, WORKS)),
    }


def lose(made, path, share, seed=5):
    """Delete a share of marks, entries and works, as a bad day in the office would."""
    draw = random.Random(seed)
    marks, entries, works = rows(path, MARKS), rows(path, ENTRIES), rows(path, WORKS)
    for row in draw.sample(marks, round(len(marks) * share)):
        edit(made, "mark.delete", mark=row[0])
    for row in draw.sample(entries, round(len(entries) * share)):
        edit(made, "attendance.delete", lesson=row[0], person=row[1])
    for row in draw.sample(works, round(len(works) * share)):
        edit(made, "homework.delete", work=row[0])


def planned(made, backup, path, **how):
    made.pull(path, start=START, end=TODAY)
    with Mirror.open(backup) as past, Mirror.open(path, write=True) as mirror:
        options = PlanOptions(
            school_of(mirror), TODAY, EVENING, Channel.API, how.pop("limits", Limits())
        )
        return make_restore_plan(past, mirror, options, RestoreOptions(START, TODAY, **how))


def carry_out(made, path, plan, **options):
    with Mirror.open(path, write=True) as mirror:
        desk = Desk(made.client(), mirror, plan, to_document(plan), clock, UTC)
        try:
            return apply(desk, None, ApplyOptions(zone=UTC, **options))
        finally:
            desk.client.close()


def test_a_diary_without_a_twentieth_of_its_journal_becomes_what_the_backup_holds(
    made, backup, path
):
    before = journal(backup)
    lose(made, backup, 0.05)
    found = planned(made, backup, path)
    assert {o.op for o in found.plan.operations} == {"mark.put", "log_entry.put", "work.create"}
    assert found.by_hand == ()
    result = carry_out(made, path, found.plan)
    assert (result.converged, result.remaining) == (True, [])
    assert journal(path) == before
    again = planned(made, backup, path)
    assert (again.plan.operations, again.by_hand) == ([], ())
