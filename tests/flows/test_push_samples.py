"""The shipped samples from files to diary and back: exactly what was planted is planned, carried out, and taken back."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from connector.commands.apply import people_of
from connector.commands.operator import Operator
from connector.flows.apply import hand_over, verify
from connector.mirror.store import Mirror
from connector.planned import Channel
from connector.sync.outcome import Resolver
from mappings.handover import write_handover
from mappings.sheets import read_workbook
from mappings.templates import SHIPPED, read_template
from tests.flows.pushing import (
    PROFILE,
    SAMPLES,
    Office,
    asked_of,
    live,
    planted,
    wanted_of,
)
from tests.flows.stories import school

LIST, TIMETABLE = SAMPLES / "classes.xlsx", SAMPLES / "timetable.xml"
SPAN = "state?from=2026-11-25&to=2026-12-22"
ROLL, WEEK = 0, 1


class Story:
    """What was seen on the way, in order."""

    def __init__(self, demo_school, folder, *, channel=Channel.GATEWAY, mirror=None):
        self.school = demo_school
        self.office = Office(demo_school, folder, channel=channel)
        self.truth = planted()
        if mirror is not None:
            shutil.copyfile(mirror, self.office.path)

    def plans(self):
        horizon = {
            name: date.fromisoformat(self.truth["horizon"][edge])
            for name, edge in (("start", "from"), ("end", "to"))
        }
        return self.office.roster(LIST), self.office.schedule(TIMETABLE, **horizon)

    def state(self):
        return self.school.control("GET", SPAN)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    with school(pupils=550, classes=None) as demo_school:
        told = Story(demo_school, tmp_path_factory.mktemp("gateway"))
        told.asked = [plan.unresolved for plan in told.plans()]
        told.accepted = told.office.accept()
        told.answered = told.office.answer(told.truth["answers"])
        told.planned = told.plans()
        told.answers = told.office.folder / "answered.db"
        shutil.copyfile(told.office.path, told.answers)
        told.before = told.state()
        told.results = [told.office.apply(plan) for plan in told.planned]
        told.after = told.state()
        told.again = told.plans()
        told.undos = [told.office.undo(result.run_id) for result in reversed(told.results)]
        told.undone = [told.office.apply(plan) for plan in told.undos]
        told.restored = told.state()
        yield told


@pytest.fixture(scope="module")
def by_files(story, tmp_path_factory):
    with school(pupils=550, classes=None) as demo_school:
        folder = tmp_path_factory.mktemp("files")
        told = Story(demo_school, folder, channel=Channel.FILE, mirror=story.answers)
        told.planned = told.plans()
        told.panel, told.unsure, told.results = [], [], []
        for number, plan in enumerate(told.planned):
            with Mirror.open(told.office.path, write=True) as mirror:
                desk = told.office.desk(mirror, plan)
                told.results.append(hand_over(desk, {o.number for o in plan.operations}))
                told.unsure.append(verify(desk))
                told.panel += operate(told, desk, folder / str(number))
        told.verified = [told.office.verify(plan) for plan in told.planned]
        told.after = told.state()
        told.again = told.plans()
        yield told


def operate(told, desk, folder):
    """Write the files of a plan and do with them what the checklist says."""
    have = desk.look()
    classes = {str(g.id): g.name for g in have.groups.values() if not g.parents}
    written = write_handover(
        desk.plan,
        people_of(have, desk.plan.study_year),
        classes,
        {},
        read_template(SHIPPED),
        folder,
    )
    operator = Operator(told.school.info["base_url"], told.school.info["school_id"], PROFILE)
    by_hand, known = written.handover.by_hand, Resolver(have, {})
    return [
        operator.work_through([one for one in by_hand if one.first], known),
        *map(operator.upload, written.imports),
        operator.work_through([one for one in by_hand if not one.first], known),
    ]


# --- what was planted


def test_sixty_differences_of_twelve_kinds_are_planted():
    truth = planted()
    kinds = Counter(
        one["kind"] for part in ("class_list", "timetable") for one in truth[part]["differences"]
    )
    assert (kinds.total(), len(kinds)) == (60, 12)


# --- over the gateway


def test_the_class_list_is_planned_with_exactly_the_planted_operations(story):
    assert asked_of(story.planned[ROLL]) == wanted_of(story.truth["class_list"])


def test_the_timetable_is_planned_with_exactly_the_planted_operations(story):
    assert asked_of(story.planned[WEEK]) == wanted_of(story.truth["timetable"])


def test_each_question_has_an_answer_and_then_none_is_left(story):
    assert story.accepted + story.answered == sum(map(len, story.asked))
    assert [plan.unresolved for plan in story.planned] == [[], []]


def test_no_guard_trips_on_what_a_school_changes_in_a_week(story):
    assert [g.name for plan in story.planned for g in plan.guards if g.tripped] == []


def test_everything_lands_and_the_school_shows_it(story):
    for plan, result in zip(story.planned, story.results, strict=True):
        assert (result.converged, result.error) == (True, None)
        assert result.count("applied") == len(plan.operations)


def test_the_second_plans_are_empty(story):
    assert [asked_of(plan) for plan in story.again] == [[], []]
    assert [plan.unresolved for plan in story.again] == [[], []]


def test_undo_takes_everything_back(story):
    assert [result.converged for result in story.undone] == [True, True]
    assert [result.count("applied") for result in story.undone] == [
        len(plan.operations) for plan in story.undos
    ]


@pytest.mark.parametrize("table", ["edu_groups", "persons", "memberships", "lessons"])
def test_undo_brings_the_live_rows_back(story, table):
    def key(row):
        return sorted((name, str(value)) for name, value in row.items())

    assert sorted(story.restored[table], key=key) == sorted(story.before[table], key=key)
    assert sorted(story.after[table], key=key) != sorted(story.before[table], key=key)


# --- by import files and a checklist


def test_the_plans_by_files_are_those_of_the_gateway(story, by_files):
    assert [asked_of(plan) for plan in by_files.planned] == list(map(asked_of, story.planned))


def test_a_handed_over_plan_says_nothing_of_having_converged(by_files):
    assert [result.converged for result in by_files.results] == [None, None]


def test_before_the_operator_worked_verify_lists_what_is_missing(by_files):
    numbers = [[o.number for o in plan.operations] for plan in by_files.planned]
    assert [found.remaining for found in by_files.unsure] == numbers


def test_the_panel_takes_every_row_and_the_checklist_every_step(by_files):
    assert [one["refused"] for one in by_files.panel] == [[]] * len(by_files.panel)


def test_after_the_operator_worked_verify_converges(by_files):
    assert [found.converged for found in by_files.verified] == [True, True]
    assert [asked_of(plan) for plan in by_files.again] == [[], []]


@pytest.mark.parametrize("table", ["edu_groups", "pupils", "lessons"])
def test_both_ways_lead_to_the_same_school(story, by_files, table):
    assert live(by_files.after)[table] == live(story.after)[table]


# --- the samples themselves


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The samples as the tool makes them now."""
    folder = tmp_path_factory.mktemp("fresh")
    tool = SAMPLES.parents[1] / "tools" / "make_samples.py"
    environ = {**os.environ, "PYTHONPATH": str(SAMPLES.parents[1])}
    subprocess.run([sys.executable, tool, "--out", folder], check=True, env=environ)
    return folder


@pytest.mark.parametrize("name", ["timetable.xml", "differences.json"])
def test_the_shipped_samples_are_what_the_tool_makes(fresh, name):
    assert (fresh / name).read_bytes() == (SAMPLES / name).read_bytes()


def test_the_shipped_class_list_is_what_the_tool_makes(fresh):
    """Cell by cell: another packer makes other bytes of them."""
    made, shipped = ((one / "classes.xlsx").read_bytes() for one in (fresh, SAMPLES))
    assert read_workbook(made) == read_workbook(shipped)
