"""Figures of reports beside the same figures counted row by row from the mirror, by the formulas of docs/reports.md."""

from datetime import date

import pytest

from connector.reports.tables import NO_DATA
from tests.flows.figuring import report, table
from tests.flows.grading import evening
from tests.flows.oracle import figuring
from tests.flows.oracle.diary import Diary
from tests.flows.stories import school

PLANTED = {"pupils": 143, "classes": 11, "plant": "rules"}
SCHOOLS = {
    "in autumn": (date(2026, 11, 24), PLANTED),
    "in winter": (date(2027, 1, 20), PLANTED | {"seed": 3, "attendance": "roll"}),
    "after the year": (date(2027, 6, 20), PLANTED | {"seed": 1, "week": 6}),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name == "in autumn" else [pytest.mark.long])
        for name in SCHOOLS
    ],
)
def pulled(request, tmp_path_factory):
    """The mirror's rows, its file and the day."""
    day, settings = SCHOOLS[request.param]
    path = tmp_path_factory.mktemp("oracle") / "mirror.db"
    with school(today=day, **settings) as made:
        assert made.pull(path, at=evening(day)).error is None
    return Diary(path, day), path, day


def by(rows, *keys):
    return {tuple(row[key] for key in keys): row for row in rows}


def alike(rows, counted):
    """The figures of a table, cut to those that were counted: what stands in it must be all there is."""
    assert counted
    names = next(iter(counted.values()))
    return {key: {name: row[name] for name in names} for key, row in rows.items()}


@pytest.mark.parametrize(
    ("key", "name"), [("class", "classes"), ("subject", "subjects"), ("teacher", "teachers")]
)
def test_quality_is_what_the_formulas_give(pulled, key, name):
    diary, path, day = pulled
    rows, _whole = table(report(path, "quality", as_of=day), name)
    shown = {row[key]: row for row in rows if row["n"] is not NO_DATA}
    counted = figuring.quality(diary, key)
    assert alike(shown, counted) == counted


def test_pupils_miss_the_lessons_that_the_roll_says(pulled):
    diary, path, day = pulled
    rows, _none = table(report(path, "attendance", as_of=day), "pupils")
    shown = by(rows, "class", "pupil")
    shown = {key: row for key, row in shown.items() if not diary.has_changed(key[1])}
    counted = figuring.attendance(diary)
    assert alike(shown, counted) == counted


def test_classes_and_months_add_up_what_pupils_missed(pulled):
    _diary, path, day = pulled
    made = report(path, "attendance", as_of=day)
    pupils, _none = table(made, "pupils")
    classes, whole = table(made, "classes")
    months, _none = table(made, "months")
    for name in ("lessons", "missed", "unexcused", "ill", "excused", "late", "full_days"):
        by_class = {row["class"]: row[name] for row in classes}
        assert by_class == {
            group: sum(row[name] for row in pupils if row["class"] == group) for group in by_class
        }
        assert sum(by_class.values()) == whole[name] == sum(row[name] for row in months)


def test_marks_are_late_by_the_working_days_on_the_calendar(pulled):
    diary, path, day = pulled
    rows, whole = table(report(path, "timeliness", as_of=day), "marks")
    shown = {row["teacher"]: row for row in rows} | {"all": whole}
    counted = figuring.timeliness(diary)
    assert alike(shown, counted) == counted


def test_pupils_have_gathered_the_marks_that_stand_in_their_cells(pulled):
    diary, path, day = pulled
    rows, _none = table(report(path, "accumulation", as_of=day), "courses")
    shown = by(rows, "pupil", "subject")
    shown = {key: row for key, row in shown.items() if not diary.has_changed(key[0])}
    counted = figuring.gathered(diary)
    for row in counted.values():
        row["norm"] = NO_DATA if row["norm"] is None else row["norm"]
    assert alike(shown, counted) == counted
