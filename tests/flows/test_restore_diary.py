"""A diary that lost a part of its journal, and the plan that brings back what can be written."""

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from connector.api.calls.writes import give_mark
from connector.flows.documented import OPERATIONS
from connector.flows.look import ARCHIVED
from connector.planned import Channel
from connector.sync.guards import Limits, Shares
from connector.sync.plan import arrange
from tests.flows.losing import (
    ENTRIES,
    MARKS,
    START,
    WORKS,
    carry_out,
    diary,
    edit,
    journal,
    lose,
    planned,
    rows,
)
from tests.flows.stories import school
from tests.flows.writing import TODAY, Vendor, vendor


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
    assert diary(made, path) == journal(path) == before
    again = planned(made, backup, path)
    assert (again.plan.operations, again.by_hand) == ([], ())


def test_a_plan_of_thousands_is_unfolded_once_and_not_for_each_of_its_outcomes(backup):
    """The other order of reading made the second plan of a school take minutes."""
    steps = [row[3] for row in rows(backup, f"EXPLAIN QUERY PLAN {ARCHIVED}")]
    assert [step.split()[:2] for step in steps[:3]] == [
        ["SCAN", "p"],
        ["SCAN", "o"],
        ["SEARCH", "f"],
    ]


# --- a vendor who loses answers, or plays what the notes leave open in another way


def lost(path, *, when="every = 1", after_commit=True, method="POST"):
    more = "after_commit = true\n" if after_commit else ""
    return (
        f'[[rule]]\nmatch = {{ method = "{method}", path = "{path}" }}\nwhen = {{ {when} }}\n'
        f'action = "drop"\n{more}'
    )


def writes(made):
    return [
        (call["method"], call["path"])
        for call in made.control("GET", "calls")
        if call["method"] != "GET"
        and not call["path"].endswith(("/many", "/many/marks", "students"))
    ]


def lose_one_of_each(made, backup):
    """A work with its marks, an entry, a lone mark."""
    work, marks = next(
        (row[0], found)
        for row in rows(backup, WORKS)
        if row[2] == "LessonTestWork"
        and (found := rows(backup, f"SELECT id FROM marks WHERE work_id = {row[0]}"))
    )
    edit(made, "homework.delete", work=work)
    lesson, person, *_rest = rows(backup, ENTRIES)[0]
    edit(made, "attendance.delete", lesson=lesson, person=person)
    lone = next(r for r in rows(backup, MARKS) if (r[0],) not in marks)
    edit(made, "mark.delete", mark=lone[0])
    return 3 + len(marks)


@pytest.mark.parametrize("after_commit", [True, False], ids=["landed", "never arrived"])
def test_a_lost_answer_is_probed_by_reading_and_nothing_is_written_twice(
    made, backup, path, after_commit
):
    before = journal(backup)
    count = lose_one_of_each(made, backup)
    found = planned(made, backup, path)
    assert len(found.plan.operations) == count
    made.control("DELETE", "calls")
    rules = [
        lost(where, when="nth = 1", after_commit=after_commit)
        for where in ("/works", "/lessons/*/log-entries", "/persons/*/works/*/mark")
    ]
    made.control("POST", "faults", "".join(rules))
    result = carry_out(made, path, found.plan)
    assert result.converged is True
    assert journal(path) == before
    assert len(writes(made)) == count + (0 if after_commit else 3)


def test_a_mark_given_since_the_plan_was_made_is_left_alone(made, backup, path):
    number, person, lesson, _kind, value = rows(backup, MARKS)[0]
    edit(made, "mark.delete", mark=number)
    found = planned(made, backup, path)
    newer = "2" if value != "2" else "3"
    ((work,),) = rows(backup, f"SELECT work_id FROM marks WHERE id = {number}")
    with made.client() as client:
        client(give_mark(person, work, {"value": newer}))
    result = carry_out(made, path, found.plan)
    assert [(f.state, f.detail) for f in result.fates.values()] == [("skipped", "stale")]
    assert next(m for m in journal(path)["marks"] if m[:2] == (person, lesson))[3] == newer


def test_a_diary_that_lost_nearly_all_is_not_filled_unasked(made, backup, path):
    """An empty answer of the vendor looks the same: a person must say that it is a loss."""
    for row in rows(backup, MARKS)[:400]:
        edit(made, "mark.delete", mark=row[0])
    kept = len(rows(backup, MARKS)) - 400
    found = planned(made, backup, path, limits=Limits(usual=Shares(create=5)))
    assert kept > 0
    assert {g.name for g in found.plan.guards if g.tripped} >= {"school.marks.create"}
    result = carry_out(made, path, found.plan, safe_part=True)
    assert result.count("applied") == 0


@pytest.mark.parametrize(
    "played",
    [
        {"marks_by": "entry"},
        {"homework_lesson": "due"},
        {"attendance": "roll"},
        {"second_mark": "add"},
    ],
    ids=lambda played: next(iter(played)),
)
def test_every_reading_of_the_notes_is_restored(tmp_path, played):
    with school(pupils=24, classes=1, **played) as made:
        backup, path = tmp_path / "backup.db", tmp_path / "mirror.db"
        assert made.pull(backup, start=START, end=TODAY).error is None
        shutil.copyfile(backup, path)
        before = journal(backup)
        lose(made, backup, 0.03)
        writing = Writing(made)
        found = planned(writing, backup, path)
        assert found.plan.operations
        assert carry_out(writing, path, found.plan).converged is True
        assert diary(writing, path) == before


class Writing:
    """A school of the stories whose client may write."""

    def __init__(self, made):
        self.info = made.info
        self.token = made.token
        self.client = Vendor.client.__get__(self)
        self.pull = Vendor.pull.__get__(self)


# --- what cannot be written


def test_the_sheet_lists_exactly_what_no_call_writes(made, backup, path):
    """Topics, a lesson with all on it: nothing more, nothing less."""
    lose_one_of_each(made, backup)
    topics = rows(backup, "SELECT id, title FROM lessons WHERE title <> '' ORDER BY id LIMIT 3")
    for number, _title in topics[:2]:
        edit(made, "topic.clear", lesson=number)
    gone = topics[2][0]
    marks, entries, works = (
        rows(backup, f"SELECT count(*) FROM {table} WHERE lesson_id = {gone}")[0][0]
        for table in ("marks", "lesson_log_entries", "works")
    )
    edit(made, "lesson.delete", lesson=gone)
    found = planned(made, backup, path)
    expected = Counter(topic=2, lesson=1, mark=marks, attendance=entries, work=works)
    assert Counter(one.what for one in found.by_hand) == +expected
    assert {one.why for one in found.by_hand} <= {"no_call", "lesson_gone"}
    assert [note.text for note in found.plan.notes if note.rule == "by_hand"] == [
        str(expected.total())
    ]


def test_one_class_is_restored_with_its_subgroups_and_no_other(made, backup, path):
    for row in rows(backup, MARKS)[::40]:
        edit(made, "mark.delete", mark=row[0])
    (name,) = rows(backup, "SELECT name FROM edu_groups WHERE type = 'Group' ORDER BY name")[0]
    whole = planned(made, backup, path).plan.operations
    part = planned(made, backup, path, classes=(name,)).plan.operations
    own = {
        str(row[0])
        for row in rows(
            backup,
            "SELECT id FROM edu_groups WHERE name = '{0}' UNION SELECT p.edu_group_id"  # noqa: UP032
            " FROM edu_group_parents p JOIN edu_groups g ON g.id = p.parent_id"
            " WHERE g.name = '{0}'".format(name),
        )
    }
    assert [o.after for o in part] == [o.after for o in whole if o.edu_group in own]


def test_a_restoration_is_taken_back_but_for_its_marks(made, backup, path):
    lose_one_of_each(made, backup)
    found = planned(made, backup, path)
    result = carry_out(made, path, found.plan)
    marks = [o.number for o in found.plan.operations if o.op == "mark.put"]
    assert sorted(result.stuck) == marks
    assert [o.op for o in result.undo.operations] == ["log_entry.delete", "work.delete"]
    ordered = arrange(result.undo.operations, channel=Channel.API, can=OPERATIONS)
    back = carry_out(made, path, replace(result.undo, operations=ordered))
    # The work holds marks now: it is left.
    assert {o.op: back.fates[o.number].detail for o in ordered} == {
        "log_entry.delete": "",
        "work.delete": "stale",
    }
