"""The report of marks against what the emulator planted; its own grading shares no code with the rules."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.mirror.store import Mirror
from connector.reports.marks import build
from connector.reports.report import Request
from mappings.rulebooks import read_rulebook
from tests.flows.stories import school

SUMMER = date(2027, 5, 31)
EVENING = datetime(2027, 5, 31, 17, tzinfo=UTC)


def report_of(path, at=EVENING):
    """As the emulator counts: every mark by the deadline of the lesson, whatever its work."""
    book = read_rulebook()
    entry = replace(book.rules["ENTRY"], params={"works_apart": False})
    with Mirror.open(path) as mirror:
        request = Request(as_of=at.date(), now=at, zone=ZoneInfo("Europe/Moscow"))
        return build(mirror.query, replace(book, rules={**book.rules, "ENTRY": entry}), request)


def averages(report):
    return sorted(
        (str(one.person_ids[0]), str(one.subject_id), one.date.isoformat())
        for one in report.findings
        if one.rule == "FINALAVG"
    )


def entered_late(report):
    return sorted(str(one.lesson_id) for one in report.findings if one.rule == "ENTRY")


@pytest.mark.parametrize("settings", [{}, {"seed": 2}, {"marks_by": "entry", "week": 6}])
def test_wrong_period_marks_and_late_entries_are_found_and_nothing_else(path, settings):
    with school(today=SUMMER, **settings) as made:
        assert made.pull(path, at=EVENING).error is None
        truth = made.sandbox.truth()["planted"]
        report = report_of(path)
    assert truth["FINALAVG"]
    assert truth["LATE"]
    wrong = sorted((row["person"], row["subject"], row["date"]) for row in truth["FINALAVG"])
    assert averages(report) == wrong
    assert entered_late(report) == sorted(row["lesson"] for row in truth["LATE"])
    assert not [one for one in report.findings if one.rule in ("NMARK", "YEAR")]
    assert report.notes.silences == ()
