"""Each report as JSON beside a file that was read and found right: scripts of schools read it.

A report that is meant to change is written anew, to be looked at as a diff, by

    RENEW_GOLDEN=1 pytest -n0 tests/flows/test_report_golden.py
"""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connector.mirror.store import Mirror
from connector.reports import render
from connector.reports.catalogue import REPORTS
from mappings.rulebooks import read_rulebook
from tests.flows.papers import listed, report, write_class_list, write_plans, write_timetable
from tests.flows.stories import school

FOLDER = Path(__file__).parents[1] / "samples" / "reports" / "golden"
RENEWED = bool(os.environ.get("RENEW_GOLDEN"))
FIRST, TODAY = date(2026, 10, 26), date(2026, 11, 6)
SCHOOL = {"seed": 7, "pupils": 3, "classes": 1, "today": TODAY}


def evening(day):
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def every_rule():
    """Names and clauses of the shipped rulebook may become better without a change of the format."""
    book = read_rulebook()
    rules = {
        name: replace(rule, enabled=True, clause=f"п. {number}")
        for number, (name, rule) in enumerate(sorted(book.rules.items()), start=1)
    }
    return replace(book, rules=rules, name="Правила", act="Положение", date="2026-09-01")


def pulled(path, made):
    """A mirror that saw one mark become worse; one period mark is wrong, and one is missing."""
    made.pull(path, at=evening(FIRST), full=True)
    with Mirror.open(path) as mirror:
        ((mark,),) = mirror.query("SELECT min(id) FROM marks WHERE value = '5'")
    made.edit("mark.change", mark=str(mark), value="3")
    made.pull(path, at=evening(TODAY), full=True)
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        low, high = mirror.query("SELECT min(id), max(id) FROM final_marks")[0]
        mirror._connection.execute("UPDATE final_marks SET value = '2' WHERE id = ?", (low,))
        mirror._connection.execute("DELETE FROM final_marks WHERE id = ?", (high,))


def papers(folder, desk):
    """The school's files: one pupil is on no list, one topic was planned."""
    group = next(one for one in desk.school.groups if one.kind == "class")
    topics = [("Введение", 1, date(2026, 9, 1)), ("Повторение", 40, None)]
    plan = (group.name, "", group.subjects[0], "", topics)
    return {
        "class_lists": write_class_list(folder / "list.xlsx", listed(desk)[1:]),
        "timetables": write_timetable(folder / "week.xml", desk),
        "topic_plans": write_plans(folder / "plans.xlsx", [plan]),
    }


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Every report of one small school as bytes, compared with a check before it."""
    folder = tmp_path_factory.mktemp("golden")
    path, book, made = folder / "mirror.db", every_rule(), {}
    with school(**SCHOOL) as emulated:
        pulled(path, emulated)
        files = papers(folder, emulated.sandbox.desk)
    for name, spec in REPORTS.items():
        own = [files[kind] for kind in spec.sources]

        def on(day, spec=spec, own=own, **options):
            return report(
                spec.builder(), path, book, *own, as_of=day, now=evening(TODAY), **options
            )

        before = on(FIRST).check
        told = on(TODAY, previous=before, trend=(before,) if before else ())
        made[name] = render.json_bytes(told, str)
    return made


@pytest.mark.parametrize("name", REPORTS)
def test_the_json_of_a_report_is_as_it_was_agreed(name, documents):
    file = FOLDER / f"{name}.json"
    if RENEWED:
        file.write_bytes(documents[name])
    assert documents[name].decode() == file.read_text(encoding="utf-8")


def test_no_golden_file_is_of_a_report_that_is_gone():
    assert {file.stem for file in FOLDER.iterdir()} == {*REPORTS}
