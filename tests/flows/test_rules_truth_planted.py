"""Every report over a school in which cases of every rule were planted, and what only looks like one."""

from datetime import date

import pytest

from tests.flows.grading import evening, found, near, reports_of, truth, unsaid
from tests.flows.stories import school

AUTUMN, WINTER, SUMMER = date(2026, 11, 24), date(2027, 1, 20), date(2027, 6, 20)
LARGE = {"pupils": 143, "classes": 11, "plant": "rules"}
PLANTED = (
    "TOPIC",
    "HW",
    "MARK0",
    "ATT",
    "MARK3",
    "ACC",
    "GAP",
    "NMARK",
    "TWOAFTERN",
    "TWOEDGE",
    "TWOFIX",
    "FINAL",
    "FINALFEW",
    "FINALAVG",
    "ABS",
    "WORK",
    "LATE",
)


def pulled(path, day, **settings):
    """The reports and the truth of a planted school."""
    with school(today=day, **LARGE | settings) as made:
        assert made.pull(path, at=evening(day)).error is None
        return reports_of(path, day), made.sandbox.truth()


def assert_graded_alike(reports, told):
    """Nothing missed, nothing invented, nothing left unsaid."""
    cases, expected = found(reports), truth(told["planted"])
    assert {rule: cases[rule] for rule in expected} == expected
    assert unsaid(reports, expected) == []


def few_or_wrong(reports, told, rule):
    """What is wrong with a rule's cases in a school: fewer than twenty to find, or one found that was to be spared."""
    cases, rows = found(reports)[rule], told["near"][rule]
    few = [] if len(told["planted"][rule]) >= 20 else ["fewer than twenty"]
    return few + [row for row in rows if near(cases, row)] + ([] if rows else ["nothing to spare"])


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return pulled(tmp_path_factory.mktemp("planted") / "mirror.db", AUTUMN)


def test_each_rule_finds_exactly_its_cases(graded):
    assert_graded_alike(*graded)


@pytest.mark.parametrize("rule", PLANTED)
def test_a_rule_has_twenty_cases_to_find_and_spares_what_only_looks_like_one(graded, rule):
    assert few_or_wrong(*graded, rule) == []


def test_a_year_mark_is_not_judged_before_the_end_of_the_year(graded):
    assert {row["exempt"] for row in graded[1]["near"]["YEAR"]} > {"year not over"}
    assert not found(graded[0])["YEAR"]


def test_a_late_mark_is_an_error_from_the_fourth_working_day_on(graded):
    reports, told = graded
    expected = {row["lesson"]: row["severity"] for row in told["planted"]["LATE"]}
    severities = {
        str(one.lesson_id): one.severity
        for report in reports
        for one in report.findings
        if one.rule == "LATE"
    }
    assert severities == expected
    assert set(expected.values()) == {"warning", "error"}


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("day", [AUTUMN, WINTER, SUMMER])
def test_other_schools_and_days_are_graded_as_rightly(path, day, seed):
    assert_graded_alike(*pulled(path, day, seed=seed))


@pytest.mark.long
@pytest.mark.parametrize(
    "settings",
    [
        {"attendance": "roll", "marks_by": "entry", "statuses": "words"},
        {"week": 6, "homework_lesson": "due"},
        {"subgroups_listed": False, "edu_groups_refused": True},
    ],
    ids=str,
)
def test_a_vendor_of_other_ways_is_graded_as_rightly(path, settings):
    assert_graded_alike(*pulled(path, AUTUMN, **settings))


@pytest.mark.long
def test_year_marks_are_judged_when_the_year_is_over(path):
    reports, told = pulled(path, SUMMER)
    assert_graded_alike(reports, told)
    assert few_or_wrong(reports, told, "YEAR") == []


@pytest.mark.long
def test_a_period_mark_is_missed_from_the_second_working_day_on(path, tmp_path):
    """The quarter ends on a Friday before the holidays: Monday after them is the last day in time."""
    on_monday = found(pulled(path, date(2026, 11, 2))[0])
    on_tuesday = found(pulled(tmp_path / "next.db", date(2026, 11, 3))[0])
    assert not on_monday["FINAL"]
    assert on_tuesday["FINAL"]
