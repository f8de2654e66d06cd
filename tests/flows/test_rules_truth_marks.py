"""The report of marks against what the emulator's own grading finds in the same school; the two share no code."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.mirror.store import Mirror
from connector.reports.marks import build
from connector.reports.report import Request
from mappings.rulebooks import read_rulebook
from tests.flows.stories import school

AUTUMN, SUMMER = date(2026, 11, 24), date(2027, 6, 20)
# Names of rules that the domain paper calls otherwise.
NAMES = {"ENTRY": "LATE"}
# Rules about a whole lesson: whoever is concerned there stands beside them.
OF_LESSONS = frozenset({"MARK3", "WORK", "LATE"})


def evening(day):
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def report_of(path, day):
    """The report under the shipped rulebook with every rule switched on."""
    book = read_rulebook()
    rules = {name: replace(rule, enabled=True) for name, rule in book.rules.items()}
    with Mirror.open(path) as mirror:
        request = Request(as_of=day, now=evening(day), zone=ZoneInfo("Europe/Moscow"))
        return build(mirror.query, replace(book, rules=rules), request)


def found(report):
    """Findings by rule as the truth names them: lesson, person, subject, date."""
    cases = {NAMES.get(rule, rule): Counter() for rule in report.rules}
    for one in report.findings:
        rule = NAMES.get(one.rule, one.rule)
        lesson = None if one.lesson_id is None else str(one.lesson_id)
        for person in (None,) if rule in OF_LESSONS else map(str, one.person_ids):
            cases[rule][lesson, person, str(one.subject_id), one.date.isoformat()] += 1
    return cases


def truth(made, rules):
    planted = made.sandbox.truth()["planted"]
    return {
        rule: Counter(
            (row["lesson"], row["person"], row["subject"], row["date"]) for row in planted[rule]
        )
        for rule in rules
    }


@pytest.mark.parametrize(
    ("day", "settings"),
    [
        (AUTUMN, {"pupils": 143, "classes": 11}),
        (SUMMER, {}),
        (SUMMER, {"seed": 2, "marks_by": "entry", "week": 6, "attendance": "roll"}),
    ],
)
def test_what_teachers_did_not_do_by_themselves_is_found_and_nothing_else(path, day, settings):
    with school(today=day, **settings) as made:
        assert made.pull(path, at=evening(day)).error is None
        report = report_of(path, day)
        cases = found(report)
        assert cases == truth(made, cases)
    assert cases["FINALAVG"]
    assert cases["LATE"]
    assert not cases["NMARK"]
    assert not cases["YEAR"]
    assert report.notes.silences == ()
