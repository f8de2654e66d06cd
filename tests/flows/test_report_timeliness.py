"""Lateness against the emulator's own school, counted one by one without SQL."""

from collections import Counter, defaultdict
from datetime import date

import pytest

from connector.sandbox.model import CANCELLED
from tests.flows.figuring import report, table
from tests.flows.stories import school


@pytest.fixture(
    scope="module",
    params=[
        {},
        pytest.param(
            {"seed": 3, "marks_by": "entry", "attendance": "roll", "week": 6},
            marks=pytest.mark.long,
        ),
    ],
    ids=["as notes have it", "another school, every other way"],
)
def pulled(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("timeliness") / "mirror.db"
    with school(pupils=144, classes=6, **request.param) as made:
        assert made.pull(path).error is None
        yield made.sandbox.desk, path


def rounds(calendar, week, due, entered):
    """Lateness as people count it: how many working days after the deadline hold the day of entry."""
    days, day = 0, due
    while day < entered:
        day = calendar.next_working_day(day, week=week)
        days += 1
    return days


def test_the_lateness_of_marks_is_what_the_school_has(pulled):
    desk, path = pulled
    week, late, records = desk.config.week, defaultdict(Counter), Counter()
    for group in desk.school.groups:
        for lesson in group.lessons:
            due = desk.journal.mark_due(lesson)
            if lesson.day >= desk.today or lesson.status == CANCELLED or due >= desk.today:
                continue
            teacher = lesson.teachers[0].id
            for work, mark in lesson.marks():
                records[teacher] += 1
                entry = lesson.entries.get(mark.place)
                at_home = work.type in {"LessonExamination", "LessonComposition", "LessonTestWork"}
                away = entry and entry.status in {"Absent", "Ill", "Pass"}
                entered = date.fromisoformat(mark.at[:10])
                if entered > due:
                    days = rounds(group.calendar, week, due, entered)
                    late[teacher]["reason" if at_home or away else days] += 1
    rows, whole = table(report(path, "timeliness"), "marks")
    assert any(days and len(days) > 1 for days in late.values())
    assert {row["teacher"]: row["records"] for row in rows} == dict(records)
    for row in rows:
        counts = late[row["teacher"]]
        days = {key: count for key, count in counts.items() if key != "reason"}
        assert row["own_deadline"] == counts["reason"]
        assert row["on_time"] == row["records"] - sum(counts.values())
        assert row["worst"] == max(days, default=None)
        assert row["one"] == days.get(1, 0)
        assert row["few"] == days.get(2, 0) + days.get(3, 0)
        assert row["week"] + row["more"] == sum(n for key, n in days.items() if key > 3)
    assert whole["records"] == records.total()


def test_late_marks_are_found_as_the_rule_finds_them(pulled):
    _desk, path = pulled
    made = report(path, "timeliness")
    late = {one.lesson_id for one in report(path, "marks").findings if one.rule == "LATE"}
    assert {one.lesson_id for one in made.findings} == late != set()
