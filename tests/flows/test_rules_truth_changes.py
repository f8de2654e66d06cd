"""Changes of marks at the edges of their days, judged by the emulator's own calendar: found are these and no others."""

from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest

from connector.sandbox import ids
from tests.flows.grading import found, reports_of
from tests.flows.stories import TODAY, a_night_later, school

SEEN = TODAY + timedelta(days=1)
RULES = ("LATECHANGE", "CLOSED", "BULK", "DOWN", "UP")
# What becomes of a four: lower, higher, neither, gone.
FATES = (("3", -1), ("5", 1), ("4-", -1), ("4+", 1), ("зач.", 0), (None, 0))


def working_days_after(lesson, count):
    day = lesson.day
    for _ in range(count):
        day = day and lesson.group.calendar.next_working_day(day, week=5)
    return day


def fours(desk):
    """Marks that are fours, the latest lessons first."""
    return [
        (lesson, work, mark)
        for group in desk.school.groups
        for lesson in sorted(group.lessons, key=lambda one: one.day, reverse=True)
        if lesson.day <= TODAY and group.is_class
        for work, mark in lesson.marks()
        if mark.value == "4"
    ]


def chosen(marks):
    """Twenty of one teacher, nineteen of another, and of the rest some of each of the last thirty days and of September."""
    by_teacher = Counter(lesson.teachers[0] for lesson, _work, _mark in marks)
    (many, _), (fewer, _) = by_teacher.most_common(2)
    room = Counter(dict.fromkeys(by_teacher, 19)) + Counter({many: 1})
    per_day = Counter()
    picked = []
    for lesson, work, mark in marks:
        teacher = lesson.teachers[0]
        busy = teacher in (many, fewer)
        if room[teacher] and (busy or per_day[lesson.group.number, lesson.day] < 2):
            room[teacher] -= 1
            per_day[lesson.group.number, lesson.day] += 1
            picked.append((lesson, work, mark))
    return picked


def verdicts(lesson, step, changes_of_teacher):
    """Rules that tell of a change, with the numbers of the shipped rulebook."""
    is_old = working_days_after(lesson, 1) < SEEN
    period = lesson.group.calendar.period_of(lesson.day)
    return {
        "LATECHANGE": working_days_after(lesson, 10) < SEEN,
        "CLOSED": period.finish < SEEN,
        "BULK": changes_of_teacher >= 20 and is_old,
        "DOWN": step < 0 and is_old,
        "UP": step > 0 and is_old,
    }


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Findings, expected ones, and look-alikes by rule."""
    path = tmp_path_factory.mktemp("changes") / "mirror.db"
    with school() as made:
        made.pull(path)
        marks = chosen(fours(made.sandbox.desk))
        counts = Counter(lesson.teachers[0] for lesson, _work, _mark in marks)
        expected = {rule: Counter() for rule in RULES}
        spared = Counter()
        for (lesson, work, mark), (value, step) in zip(marks, cycle(FATES), strict=False):
            vendor_id = str(ids.MARK.encode(ids.mark_key(work.key, mark.place, mark.nth)))
            person = str(lesson.group.roll[mark.place].person.id)
            case = (str(lesson.id), person, lesson.day.isoformat())
            for rule, tells in verdicts(lesson, step, counts[lesson.teachers[0]]).items():
                expected[rule][case] += tells
                spared[rule] += not tells
            if value is None:
                made.edit("mark.delete", mark=vendor_id)
            else:
                made.edit("mark.change", mark=vendor_id, value=value)
        made.pull(path, at=a_night_later(), full=True)
    cases = found(reports_of(path, SEEN))
    seen = {
        rule: Counter({(one[0], one[1], one[3]): count for one, count in cases[rule].items()})
        for rule in RULES
    }
    return seen, {rule: +found for rule, found in expected.items()}, spared


@pytest.mark.parametrize("rule", RULES)
def test_changes_are_told_from_their_day_on_and_not_before(judged, rule):
    seen, expected, _spared = judged
    assert seen[rule] == expected[rule]


@pytest.mark.parametrize(
    ("rule", "least"), [*((rule, 20) for rule in RULES if rule != "BULK"), ("BULK", 15)]
)
def test_there_are_enough_changes_on_both_sides_of_each_edge(judged, rule, least):
    _seen, expected, spared = judged
    assert expected[rule].total() >= least
    assert spared[rule] >= 20
