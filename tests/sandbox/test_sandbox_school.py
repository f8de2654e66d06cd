"""The invented school: the same from the same seed, and as mixed as real ones."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from connector.sandbox.config import SandboxConfig
from connector.sandbox.desk import Desk
from connector.sandbox.server import truth
from tests.sandbox.asking import TODAY, config


@pytest.fixture(scope="module")
def desk():
    return Desk(SandboxConfig(today=TODAY))


@pytest.fixture(scope="module")
def classes(desk):
    return [group for group in desk.school.groups if group.kind == "class"]


def dump(desk):
    return [
        desk.fragments.lesson(x) + desk.fragments.marks(x) + desk.fragments.entries(x)
        for g in desk.school.groups
        for x in g.lessons
    ]


def test_the_same_seed_gives_the_same_bytes():
    assert dump(Desk(config())) == dump(Desk(config()))


def test_another_seed_gives_another_school():
    assert dump(Desk(config())) != dump(Desk(config(seed=8)))


def test_the_default_school_has_22_classes_and_about_40_staff(desk, classes):
    assert len(classes) == 22
    assert {group.parallel for group in classes} == set(range(1, 12))
    assert 36 <= len(desk.school.staff) <= 46
    assert sum(len(group.roll) for group in classes) - len(desk.school.movers) == 550


def test_there_are_subgroups_a_stream_an_elective_and_home_schooling(desk):
    kinds = Counter(group.kind for group in desk.school.groups)
    assert kinds["subgroup"] > 40
    assert (kinds["stream"], kinds["elective"], kinds["home"]) == (1, 1, 1)
    assert [len(group.parents) for group in desk.school.groups if group.kind == "stream"] == [2]


def test_pupils_come_and_leave_in_the_year(classes):
    memberships = [m for group in classes for m in group.roll]
    assert any(m.since for m in memberships)
    assert any(m.until for m in memberships)


def test_names_are_as_awkward_as_real_ones(desk):
    people = desk.school.people
    full = Counter((p.last_name, p.first_name, p.middle_name) for p in people)
    assert any(count > 1 for count in full.values())
    assert any(p.middle_name and p.middle_name.lower().endswith(("оглы", "кызы")) for p in people)
    assert any(p.middle_name is None for p in people)
    assert any("ё" in p.first_name for p in people)
    assert any(p.user_id is None for p in people)


def test_ids_have_the_vendor_s_lengths(desk):
    group = desk.school.groups[0]
    assert all(len(str(p.id)) == 13 for p in desk.school.people)
    assert (
        len(str(group.id))
        == len(str(group.lessons[0].id))
        == len(str(group.lessons[0].works[0].id))
        == 19
    )


def test_a_class_never_has_two_lessons_at_once(desk, classes):
    for group in classes:
        mine = Counter((lesson.day, lesson.number) for lesson in group.lessons)
        assert max(mine.values()) == 1


def test_lessons_exist_for_the_whole_year_but_entries_only_until_today(desk):
    later = [
        lesson for group in desk.school.groups for lesson in group.lessons if lesson.day > TODAY
    ]
    assert later[-1].day > date(2026, 5, 1)
    assert not any(lesson.title or lesson.works or lesson.entries for lesson in later)


def test_no_mark_is_entered_in_the_future(desk):
    assert (
        max(
            mark.at
            for group in desk.school.groups
            for lesson in group.lessons
            for _work, mark in lesson.marks()
        )
        < "2025-11-21"
    )


@pytest.mark.long
def test_a_thousand_pupils_collect_about_half_a_million_marks_a_year():
    rows = truth(SandboxConfig(pupils=1000, classes=40, today=date(2026, 5, 25)))["tables"]
    assert 420_000 < rows["marks"] < 560_000


@pytest.mark.parametrize("pupils", [1, 2, 3, 11, 40])
def test_even_a_tiny_school_can_be_made(pupils):
    assert truth(SandboxConfig(pupils=pupils, today=TODAY))["tables"]["lessons"] > 0


@pytest.mark.parametrize(
    "change",
    [
        {"marks_by": "day"},
        {"week": 7},
        {"pupils": 0},
        {"pupils": 3001},
        {"rate": 0.0},
        {"classes": 0},
    ],
)
def test_a_wrong_setting_names_itself(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        SandboxConfig(**change)


def test_an_emulator_without_a_day_is_refused():
    with pytest.raises(ValueError, match="today"):
        truth(SandboxConfig())


DIGEST = """
import hashlib, json
from connector.sandbox.desk import Desk
from connector.sandbox.truth import truth_of
from connector.sandbox import wire
from tests.sandbox.asking import config
desk = Desk(config(pupils=140, classes=11))
parts = [desk.fragments.lesson(x) + desk.fragments.marks(x) + desk.fragments.entries(x) for g in desk.school.groups for x in g.lessons]
parts += [json.dumps([wire.group(g, subjects=True) for g in desk.school.groups] + [wire.person(p) for p in desk.school.people]), json.dumps(truth_of(desk))]
print(hashlib.sha256("".join(parts).encode()).hexdigest())
"""


def test_another_process_gives_the_same_bytes():
    """Python orders sets of words anew in each process; nothing may hang on that order."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
