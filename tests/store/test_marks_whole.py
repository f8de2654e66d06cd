"""The reports of marks read little and add up in SQL: they must find and leave unsaid what a look at everything does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.reports.report import Request
from connector.reports.rules.marks import CELL_RULES, PERIOD_RULES
from tests.flows.grading import every_rule
from tests.store.little_school import (
    ALGEBRA,
    CLASS,
    ETHICS,
    HOME,
    LEFT,
    MOVED,
    NAMELESS,
    OTHER,
    RESOURCES,
    SPLIT,
    STAYS,
    SUBGROUP,
    Mirror,
)
from tests.store.whole_judging import judged, judged_whole

PUPILS = (STAYS, MOVED, LEFT, SPLIT)
IN_PERIOD, AFTER_PERIOD = date(2026, 11, 20), date(2026, 11, 24)
FIRST = date(2026, 10, 5)
READ_AT = datetime(2026, 12, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Yekaterinburg")
RULES = {*CELL_RULES, *PERIOD_RULES}
VALUES = ["5", "4", "3", "2", "1", "2-", "4/3", "2/4", "2/2", "н/а", "осв.", "Осв", "зач", "", " 2 ", "12", None]  # fmt: skip
EVERY = every_rule()
# Few are absent for most of a period, and the groups are small.
LOOSE = {"ABS": {"share": 0.2}, "MARK3": {"pupils": 1}}
LOOSENED = {name: replace(EVERY.rules[name], params=params) for name, params in LOOSE.items()}
BOOK = replace(EVERY, rules={**EVERY.rules, **LOOSENED})
# The end of a local day is the evening before in UTC.
TIMES = ("06:00:00Z", "18:59:59.900000Z", "19:00:00Z", "19:00:00.100000Z")


def pick(draw, usual, *rare, share=0.8):
    """Mostly the usual, sometimes one of the rare."""
    return usual if draw.random() < share else draw.choice(rare)


def school(draw):
    """A dense little school: most things are as usual, each rare thing happens somewhere."""
    mirror = Mirror()
    pupils_of = {CLASS: (STAYS, MOVED, SPLIT), SUBGROUP: (STAYS,), HOME: (SPLIT,)}
    groups = {}

    def somebody(lesson):
        """Of a mixed school anybody; else a pupil of the lesson's group, where one is known."""
        return draw.choice(PUPILS if is_mixed else pupils_of.get(groups[lesson], PUPILS))

    is_mixed = draw.random() < 0.5
    days = [FIRST + timedelta(days=day) for day in range(39) if draw.random() < 0.7]
    taught = [day for day in days for _ in range(draw.randint(1, 2))]
    for number, day in enumerate(taught):
        groups[number] = pick(draw, CLASS, SUBGROUP, OTHER, HOME, None)
        mirror.add(
            "lessons", id=1000 + number, date=str(day), number=number % 7 + 1, title="Тема",
            edu_group_id=groups[number],
            subject_id=pick(draw, ALGEBRA, ETHICS, NAMELESS, None, share=0.9),
            status=pick(draw, None, "Cancelled", share=0.9),
        )  # fmt: skip
    count = len(taught)
    for number in range(1, 6):
        kind = draw.choice(["LessonExamination", "LessonTestWork", "CommonWork", "Homework"])
        lesson = 1000 + draw.randrange(count)
        mirror.add("works", id=number, lesson_id=lesson, type=kind, work_type_id=draw.randint(1, 4))
    busy = draw.choice([0.15, 0.4, 0.8])
    values = draw.choice([["5", "4", "3"], ["2", "3"], VALUES])
    for number in range(int(count * 4 * busy)):
        at = draw.randrange(count)
        work = pick(draw, None, 1, 2, 3, 4, 5)
        given = taught[at] + timedelta(days=pick(draw, 0, 1, 2, 5))
        mirror.add(
            "marks", id=5000 + number, person_id=somebody(at), work_id=work,
            type=pick(draw, "Mark5", "Mark100", None, share=0.95), value=draw.choice(values),
            lesson_id=None if work and draw.random() < 0.3 else 1000 + at,
            given_at=f"{given}T{draw.choice(TIMES)}", use_avg_calc=pick(draw, None, 1, 0),
            withdrawn_run=pick(draw, None, 1, share=0.95), work_type_id=pick(draw, 1, 2, 3, None, share=0.9),
        )  # fmt: skip
    for _ in range(draw.choice([count // 4, count * 2])):
        at = draw.randrange(count)
        mirror.add(
            "lesson_log_entries", lesson_id=1000 + at, person_id=somebody(at),
            status=pick(draw, "Absent", "Ill", "Late", "Attend"), comment=pick(draw, None, "сдал позже"),
        )  # fmt: skip
    for number in range(draw.choice([0, 12])):
        period = draw.choice([1, 1, 2, None])
        mirror.add(
            "final_marks", id=1 + number, person_id=draw.choice(PUPILS), subject_id=pick(draw, ALGEBRA, ETHICS),
            reporting_period_id=period, kind="period" if period else "year", edu_group_id=CLASS,
            value=pick(draw, draw.choice("2345"), "н/а", "осв.", None), given_at="2026-10-24T10:00:00Z",
        )  # fmt: skip
    # Somebody with the marks of both periods and the year.
    for number, period in enumerate((1, 2, None)):
        mirror.add(
            "final_marks", id=101 + number, person_id=STAYS, subject_id=ALGEBRA, reporting_period_id=period,
            kind="period" if period else "year", edu_group_id=CLASS, value=draw.choice("345"),
            given_at="2026-11-23T10:00:00Z",
        )  # fmt: skip
    mirror.read(
        {(draw.choice([CLASS, SUBGROUP]), draw.choice(RESOURCES))} if draw.random() < 0.2 else ()
    )
    return mirror


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_little_tells_the_same_as_everything(seed):
    mirror = school(Random(seed))
    for day in (IN_PERIOD, AFTER_PERIOD):
        request = Request(day, READ_AT, ZONE)
        expected = judged_whole(mirror.query, BOOK, request)
        assert judged(mirror.query, BOOK, request) == expected


def test_the_little_schools_know_every_rule():
    """A comparison of two silences proves nothing."""
    told = set()
    for seed in range(60):
        mirror = school(Random(seed))
        for day in (IN_PERIOD, AFTER_PERIOD):
            findings, _gaps = judged(mirror.query, BOOK, Request(day, READ_AT, ZONE))
            told |= {name for name in RULES if any(f"rule='{name}'" in one for one in findings)}
    assert told == RULES
