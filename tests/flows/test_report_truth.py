"""The report against what the emulator planted: nothing missed and nothing invented, whichever way the vendor may be.

Pulled over a real socket into a real file, then judged; the emulator's own grading shares no code with the rules.
"""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from connector.mirror.store import Mirror
from connector.reports.homework import DUE, GIVEN
from connector.reports.missing import build
from connector.reports.report import Request
from connector.reports.rules.attendance import ROLL
from mappings.rulebooks import read_rulebook
from tests.flows.stories import EVENING, TODAY, a_night_later, school

RULES = ("TOPIC", "HW", "MARK0", "ATT")
READINGS = {
    "as notes have it": {},
    "homework at the lesson it is due on": {"homework_lesson": "due"},
    "attendance as a roll": {"attendance": "roll"},
    "marks selected by the day of entry": {"marks_by": "entry"},
    "statuses in words": {"statuses": "words"},
    "subgroups left out of the list": {"subgroups_listed": False},
    "the list of classes refused": {"edu_groups_refused": True},
    "bell times as an object": {"timetables_as": "object"},
    "a week of six days": {"week": 6},
    "every other way at once": {
        "homework_lesson": "due",
        "attendance": "roll",
        "marks_by": "entry",
        "statuses": "words",
        "subgroups_listed": False,
        "edu_groups_refused": True,
        "timetables_as": "object",
        "week": 6,
    },
}


def report_of(path, *, as_of=TODAY, now=EVENING):
    with Mirror.open(path) as mirror:
        request = Request(as_of=as_of, now=now, zone=ZoneInfo("Europe/Moscow"))
        return build(mirror.query, read_rulebook(), request)


def found(report):
    return {
        rule: sorted(str(finding.lesson_id) for finding in report.findings if finding.rule == rule)
        for rule in RULES
    }


def planted(made):
    truth = made.sandbox.truth()["planted"]
    return {rule: sorted(item["lesson"] for item in truth[rule]) for rule in RULES}


@pytest.fixture(scope="module", params=list(READINGS))
def graded(request, tmp_path_factory):
    """A school in one reading, pulled, with the report and the truth."""
    path = tmp_path_factory.mktemp("truth") / "mirror.db"
    settings = READINGS[request.param]
    with school(**settings) as made:
        assert made.pull(path).error is None
        return settings, report_of(path), planted(made)


def test_the_report_finds_what_was_planted_and_nothing_else(graded):
    _settings, report, truth = graded
    assert all(truth.values()), "a school without omissions proves nothing"
    assert found(report) == truth


def test_the_report_says_which_reading_of_homework_it_inferred(graded):
    settings, report, _truth = graded
    expected = DUE if settings.get("homework_lesson") == "due" else GIVEN
    assert (report.notes.homework.reading, report.notes.homework.basis) == (expected, "data")


def test_the_report_says_how_attendance_is_entered(graded):
    settings, report, _truth = graded
    modes = {mode.mode == ROLL for _group, mode in report.notes.attendance}
    assert modes == {settings.get("attendance") == "roll"}


def test_the_report_stays_silent_about_no_lesson(graded):
    """A gap would hide findings and still leave precision and recall as they are."""
    assert graded[1].notes.silences == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_school_is_graded_as_rightly(path, seed):
    with school(seed=seed) as made:
        made.pull(path)
        assert found(report_of(path)) == planted(made)


@pytest.mark.parametrize("day", [date(2026, 9, 14), date(2027, 1, 12), date(2027, 5, 25)])
def test_the_report_is_right_at_the_start_after_holidays_and_at_the_end_of_a_year(path, day):
    with school(today=day) as made:
        now = EVENING.replace(year=day.year, month=day.month, day=day.day)
        made.pull(path, at=now)
        assert found(report_of(path, as_of=day, now=now)) == planted(made)


def test_a_topic_filled_between_two_nights_is_no_finding_any_more(own_school, path):
    own_school.pull(path)
    lesson = found(report_of(path))["TOPIC"][-1]
    own_school.edit("topic.fill", lesson=lesson, title="Повторение")
    own_school.pull(path, at=a_night_later(), full=True)
    after = report_of(path, now=a_night_later())
    assert lesson not in found(after)["TOPIC"]
    assert found(after) == planted(own_school)
