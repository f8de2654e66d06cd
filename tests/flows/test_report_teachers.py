"""Personal sheets of teachers against what the emulator planted, counted one by one without SQL."""

from collections import Counter, defaultdict
from fractions import Fraction

import pytest

from connector.sandbox.model import CANCELLED
from tests.flows.figuring import report, table
from tests.flows.stories import school

RULES = ("TOPIC", "HW", "MARK0", "ATT")


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    path = tmp_path_factory.mktemp("teachers") / "mirror.db"
    with school(pupils=144, classes=6) as made:
        assert made.pull(path).error is None
        yield made.sandbox, path


@pytest.fixture(scope="module")
def sheets(pulled):
    return report(pulled[1], "teacher")


def lessons_of(desk):
    """Held lessons by teacher."""
    found = defaultdict(list)
    for group in desk.school.groups:
        for lesson in group.lessons:
            if lesson.day < desk.today and lesson.status != CANCELLED:
                for teacher in lesson.teachers:
                    found[teacher.id].append(lesson)
    return found


def test_each_teacher_has_the_lessons_and_marks_of_the_school(pulled, sheets):
    sandbox, _path = pulled
    rows, _none = table(sheets, "teachers")
    found = {row["teacher"]: row for row in rows}
    truth = lessons_of(sandbox.desk)
    assert found.keys() == truth.keys()
    for teacher, lessons in truth.items():
        marks = sum(len(list(lesson.marks())) for lesson in lessons)
        assert (found[teacher]["lessons"], found[teacher]["marks"]) == (len(lessons), marks)
        assert found[teacher]["marks_per_lesson"] == Fraction(marks, len(lessons))


def test_records_missing_are_those_that_were_planted(pulled, sheets):
    sandbox, _path = pulled
    planted = sandbox.truth()["planted"]
    missing = Counter(int(row["teacher"]) for rule in RULES for row in planted[rule])
    lessons = lessons_of(sandbox.desk)
    lacking = defaultdict(set)
    for rule in RULES:
        for row in planted[rule]:
            lacking[int(row["teacher"])].add(row["lesson"])
    rows, _none = table(sheets, "teachers")
    assert {row["teacher"]: row["missing"] for row in rows if row["missing"]} == missing
    assert {row["teacher"]: row["complete"] for row in rows} == {
        teacher: Fraction(100 * (len(held) - len(lacking[teacher])), len(held))
        for teacher, held in lessons.items()
    }


def test_remarks_count_what_was_planted_by_rule(pulled, sheets):
    sandbox, _path = pulled
    planted = sandbox.truth()["planted"]
    rows, _none = table(sheets, "remarks")
    found = Counter()
    for row in rows:
        found[row["teacher"], row["rule"]] += row["count"]
    truth = Counter((int(row["teacher"]), rule) for rule in RULES for row in planted[rule])
    assert {key: n for key, n in found.items() if key[1] in RULES} == truth
    late = {one.lesson_id for one in sheets.findings if one.rule == "LATE"}
    assert sum(n for (_who, rule), n in found.items() if rule == "LATE") == len(late) > 0


def test_lateness_is_the_same_as_in_the_report_of_timeliness(pulled, sheets):
    _sandbox, path = pulled
    rows, _none = table(sheets, "teachers")
    late, _whole = table(report(path, "timeliness"), "marks")
    assert {
        row["teacher"]: (row["in_time"], row["median"], row["worst"]) for row in rows if row["late"]
    } == {
        row["teacher"]: (row["share"], row["median"], row["worst"]) for row in late if row["worst"]
    }


def test_one_teacher_s_sheet_names_nobody_else(pulled, sheets):
    _sandbox, path = pulled
    one = table(sheets, "teachers")[0][3]["teacher"]
    made = report(path, "teacher", filters={"teachers": (str(one),)})
    for key in ("teachers", "courses", "remarks"):
        assert {row["teacher"] for row in table(made, key)[0]} <= {one}
    assert table(made, "teachers")[0] == [
        row for row in table(sheets, "teachers")[0] if row["teacher"] == one
    ]


def test_hidden_teachers_are_numbers_in_no_order_of_names(pulled, sheets):
    _sandbox, path = pulled
    made = report(path, "teacher", hide_teachers=True)
    rows, _none = table(made, "teachers")
    named, _none = table(sheets, "teachers")
    assert sorted(row["teacher"] for row in rows) == list(range(1, len(named) + 1))
    assert [row["lessons"] for row in rows] != [row["lessons"] for row in named]
    assert made.names.teachers == {}
