"""The planted truth must be what an ideal report finds in the answers, in every reading, whatever the day."""

from datetime import date

import pytest

from connector.sandbox import rules
from connector.sandbox.config import SandboxConfig
from connector.sandbox.desk import Desk
from connector.sandbox.server import RunningSandbox, truth
from tests.sandbox.asking import Asker
from tests.sandbox.ideal import Journal, judge

# Eleven classes have a home-schooled group, 22 a stream over two classes.
SCHOOLS = [
    {"today": date(2025, 11, 20), "pupils": 264, "classes": 22},
    {
        "today": date(2025, 11, 20),
        "pupils": 130,
        "classes": 11,
        "homework_lesson": "due",
        "attendance": "roll",
    },
    {
        "today": date(2025, 11, 5),
        "pupils": 96,
        "classes": 8,
        "homework_lesson": "due",
    },  # just after the autumn holidays
    {
        "today": date(2026, 1, 17),
        "pupils": 60,
        "classes": 5,
        "week": 6,
        "statuses": "words",
    },  # a Saturday with lessons
    {"today": date(2026, 6, 15), "pupils": 36, "classes": 3, "attendance": "roll"},
    {"today": date(2025, 9, 3), "pupils": 130, "classes": 11},
]


@pytest.mark.parametrize("settings", SCHOOLS, ids=str)
def test_brute_force_over_the_answers_finds_exactly_the_planted_lessons(settings):
    played = SandboxConfig(rate=1e6, burst=10**6, **settings)
    with RunningSandbox(played) as running:
        found = judge(Journal(Asker(running), played.day), played.homework_lesson)
        planted = running.truth()["planted"]
    assert {rule: {str(lesson) for lesson in lessons} for rule, lessons in found.items()} == {
        rule: {row["lesson"] for row in rows} for rule, rows in planted.items() if rule in found
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("attendance", ["exceptions", "roll"])
def test_nothing_is_missing_by_accident(seed, attendance):
    """Each finding was left out on purpose: the rest of the data is clean."""
    desk = Desk(
        SandboxConfig(
            seed=seed, pupils=140, classes=11, today=date(2026, 3, 3), attendance=attendance
        )
    )
    found = {
        rule: {lesson.id for lesson in lessons}
        for rule, lessons in rules.findings(desk.journal).items()
    }
    assert found == {
        rule: {lesson.id for lesson in lessons}
        for rule, lessons in desk.journal.planted.lessons.items()
    }


def test_the_default_school_has_findings_of_every_rule_that_asks_for_entries():
    planted = truth(SandboxConfig(today=date(2025, 11, 20)))["planted"]
    assert (
        min(len(planted[rule]) for rule in ("TOPIC", "HW", "MARK0", "ATT", "LATE", "FINALAVG"))
        >= 20
    )


def test_the_truth_does_not_depend_on_where_homework_is_shown():
    given, due = (
        truth(
            SandboxConfig(pupils=110, classes=4, today=date(2025, 11, 20), homework_lesson=reading)
        )["planted"]
        for reading in ("given", "due")
    )
    assert given == due


def test_cancelled_lessons_and_first_graders_are_never_accused():
    played = SandboxConfig(pupils=140, classes=11, today=date(2026, 3, 3))
    desk = Desk(played)
    found = rules.findings(desk.journal)
    assert not any(lesson.status == "Cancelled" for lessons in found.values() for lesson in lessons)
    assert not any(lesson.group.parallel == 1 for rule in ("HW", "MARK0") for lesson in found[rule])


def test_there_are_lessons_that_only_an_early_report_would_accuse():
    """Not due yet, not there yet: without them a report that ignores deadlines would look right."""
    desk = Desk(SandboxConfig(pupils=140, classes=11, today=date(2025, 11, 20)))
    accused = {lesson.id for lesson in rules.findings(desk.journal)["MARK0"]}
    bare = [
        lesson
        for g in desk.school.groups
        for lesson in g.lessons
        if rules.wants_marks(lesson) and lesson.works and not any(lesson.marks())
    ]
    assert [lesson for lesson in bare if lesson.id not in accused]


def test_tables_count_what_the_answers_hold():
    played = SandboxConfig(pupils=110, classes=4, today=date(2025, 11, 20), rate=1e6, burst=10**6)
    with RunningSandbox(played) as running:
        asker, rows = Asker(running), running.truth()["tables"]
        groups = [group["id"] for group in asker.groups()]
        lessons = [
            lesson
            for group in groups
            for lesson in asker.ask(f"/edu-groups/{group}/lessons/2025-09-01/2025-11-20")
        ]
        marks = [
            mark
            for group in groups
            for mark in asker.ask(f"/edu-groups/{group}/marks/2025-09-01/2025-11-20")
        ]
        persons = {
            p["id"]
            for group in groups
            for p in asker.ask(f"/edu-groups/{group}/persons?includeArchive=true")
        }
        staff = {p["id"] for p in asker.ask(f"/schools/{asker.school}/membership")}
    works = [work for lesson in lessons for work in lesson["works"]]
    assert (len(groups), len(lessons), len(marks), len(works)) == (
        rows["edu_groups"],
        rows["lessons"],
        rows["marks"],
        rows["works"],
    )
    assert sum(len(work["tasks"]) for work in works) == rows["tasks"]
    assert (len(persons | staff), len(staff)) == (rows["persons"], rows["staff"])
