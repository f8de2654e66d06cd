"""The report of the class teacher against the emulator's own school, counted one by one without SQL."""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

import pytest

from connector.reports.tables import NO_DATA
from connector.sandbox.desk import subject_id
from tests.flows.figuring import attended, finals_of, last_period, pupil, report, table
from tests.flows.stories import EVENING, school

LATER = date(2026, 12, 29)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    path = tmp_path_factory.mktemp("classes") / "mirror.db"
    with school(pupils=144, classes=6) as made:
        assert made.pull(path).error is None
        yield made.sandbox.desk, path


def by_pupil(desk):
    """Last period's marks of each pupil: class and pupil → subject → value."""
    found = defaultdict(dict)
    for mark in finals_of(desk):
        key = (mark.group.id, pupil(mark.group, mark.place).id)
        found[key][subject_id(mark.subject)] = mark.value
    return found


def test_pupils_stand_where_their_worst_mark_is(pulled):
    desk, path = pulled
    rows, _none = table(report(path, "class"), "classes")
    marks = by_pupil(desk)
    for row in rows:
        counts = [Counter(v.values()) for (group, _), v in marks.items() if group == row["class"]]
        if not counts:
            continue
        assert row["marked"] == len(counts)
        assert row["fives"] == sum(set(one) == {"5"} for one in counts)
        assert row["fours"] == sum(set(one) <= {"4", "5"} and one["4"] > 0 for one in counts)
        assert row["one_four"] == sum(set(one) <= {"4", "5"} and one["4"] == 1 for one in counts)
        assert row["one_three"] == sum(
            set(one) <= {"3", "4", "5"} and one["3"] == 1 for one in counts
        )
        assert row["failing"] == sum(one["2"] > 0 for one in counts)
        good = sum(set(one) <= {"4", "5"} for one in counts)
        assert row["quality"] == Fraction(100 * good, len(counts))
    assert sum(row["failing"] for row in rows if row["failing"] is not NO_DATA) > 0


def test_failing_pupils_are_named_with_their_subjects(pulled):
    desk, path = pulled
    rows, _none = table(report(path, "class"), "pupils")
    found = {
        (r["class"], r["pupil"], r["subject"], r["mark"])
        for r in rows
        if r["standing"] == "Failing"
    }
    assert found == {
        (group, person, subject, value)
        for (group, person), marks in by_pupil(desk).items()
        for subject, value in marks.items()
        if value == "2"
    }


def test_one_three_is_named_with_its_subject(pulled):
    desk, path = pulled
    rows, _none = table(report(path, "class"), "pupils")
    found = {(r["pupil"], r["subject"]) for r in rows if r["standing"] == "With one three"}
    assert found == {
        (person, subject)
        for (_group, person), marks in by_pupil(desk).items()
        for subject, value in marks.items()
        if value == "3" and Counter(marks.values())["3"] == 1 and "2" not in marks.values()
    }


def test_missed_lessons_are_those_of_the_period(pulled):
    desk, path = pulled

    def inside(lesson):
        period = last_period(lesson.group, desk.today)
        # A class whose half-year runs shows the half-year so far.
        return lesson.day <= period.finish if period else lesson.day < desk.today

    truth = attended(desk, inside)
    rows, _none = table(report(path, "class"), "missed")
    names = ("lessons", "unexcused", "ill", "excused", "late", "full_days")
    found = {(row["class"], row["pupil"]): tuple(row[name] for name in names) for row in rows}
    assert found.keys() == truth.keys()
    assert {key: row[1:] for key, row in found.items()} == {
        key: row[1:] for key, (_steady, row) in truth.items()
    }
    steady = {key for key, (is_steady, _row) in truth.items() if is_steady}
    assert {key: found[key] for key in steady} == {key: truth[key][1] for key in steady}


def test_nothing_is_said_of_movement_before_the_first_pull(pulled):
    _desk, path = pulled
    rows, _none = table(report(path, "class"), "movement")
    assert {row["arrived"] for row in rows} == {NO_DATA}
    assert all(row["today"] > 0 for row in rows)


def rolls(desk, day):
    return {
        group.id: {person.id for _place, person in group.now(day)}
        for group in desk.school.groups
        if group.is_class
    }


def test_movement_that_pulls_saw_is_counted(path):
    start = date(2026, 9, 1)
    with school(today=start, pupils=200) as made:
        made.pull(path, at=EVENING.replace(month=9, day=1))
        first = rolls(made.sandbox.desk, start)
    with school(today=LATER, pupils=200) as made:
        made.pull(path, at=EVENING.replace(month=12, day=29), full=True)
        now = rolls(made.sandbox.desk, LATER)
    asked = {"as_of": LATER, "filters": {"periods": ("2 четверть",)}}
    rows, _none = table(report(path, "class", **asked), "movement")
    assert {row["class"] for row in rows} == now.keys()
    for row in rows:
        before, after = first[row["class"]], now[row["class"]]
        assert row["at_start"] == len(before)
        assert row["arrived"] == len(after - before)
        assert row["left"] == len(before - after)
        assert row["at_end"] == row["today"] == len(after)
    assert sum(row["arrived"] for row in rows) > 0
    assert sum(row["left"] for row in rows) > 0
