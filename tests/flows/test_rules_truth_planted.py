"""Every report over a school in which cases of every rule were planted, and what only looks like one."""

from datetime import date

import pytest

from tests.flows.grading import evening, found, near, reports_of, truth
from tests.flows.stories import school

AUTUMN = date(2026, 11, 24)
PLANTED = ("MARK3", "NMARK", "WORK", "LATE", "TWOAFTERN", "TWOEDGE", "GAP")
LARGE = {"pupils": 143, "classes": 11, "plant": "rules"}


@pytest.fixture(scope="module", params=[7])
def graded(request, tmp_path_factory):
    """The reports and the truth of one planted school."""
    path = tmp_path_factory.mktemp("planted") / "mirror.db"
    with school(today=AUTUMN, seed=request.param, **LARGE) as made:
        assert made.pull(path, at=evening(AUTUMN)).error is None
        return reports_of(path, AUTUMN), made.sandbox.truth()


def test_each_rule_finds_exactly_its_cases(graded):
    reports, told = graded
    cases = found(reports)
    expected = truth(told["planted"])
    assert {rule: cases[rule] for rule in PLANTED} == {rule: expected[rule] for rule in PLANTED}


@pytest.mark.parametrize("rule", PLANTED)
def test_a_rule_has_twenty_cases_to_find(graded, rule):
    assert len(graded[1]["planted"][rule]) >= 20


@pytest.mark.parametrize("rule", PLANTED)
def test_a_rule_spares_what_only_looks_like_a_case(graded, rule):
    reports, told = graded
    rows = told["near"][rule]
    cases = found(reports)[rule]
    assert rows
    assert [row for row in rows if near(cases, row)] == []


def test_no_rule_is_silent_where_it_should_judge(graded):
    """A gap would hide findings and still leave precision and recall as they are."""
    assert not any(report.notes.silences for report in graded[0])


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
