"""What is planted on purpose is what the emulator's own grading finds, and what is spared on purpose is not."""

from collections import Counter
from datetime import date

import pytest

from connector.sandbox.config import SandboxConfig
from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.truth import truth_of
from tests.flows.grading import near

AUTUMN = date(2026, 11, 24)


def planted(**settings):
    return Desk(
        SandboxConfig(
            **{"today": AUTUMN, "pupils": 143, "classes": 11, "plant": "rules", **settings}
        )
    )


def case_of(row):
    return row["lesson"], row["person"], row["subject"], row["date"]


def as_row(case):
    """A planted case as the truth's `near` shows one."""
    return {
        "lesson": str(case.lesson.id) if case.lesson else None,
        "person": str(case.person.id) if case.person else None,
        "subject": str(subject_id(case.subject)),
        "since": case.since.isoformat(),
        "until": case.until.isoformat(),
    }


@pytest.fixture(scope="module", params=[1, 2, 3])
def sown(request):
    desk = planted(seed=request.param)
    return desk, truth_of(desk)


def test_what_was_planted_to_be_found_is_in_the_truth(sown):
    desk, told = sown
    missing = [
        (case.rule, as_row(case))
        for case in desk.cases
        if not case.exempt and not near(map(case_of, told["planted"][case.rule]), as_row(case))
    ]
    assert missing == []


def test_what_was_planted_to_be_spared_is_not(sown):
    _desk, told = sown
    wrong = [
        (rule, row["exempt"], row)
        for rule, rows in told["near"].items()
        for row in rows
        if near(map(case_of, told["planted"][rule]), row)
    ]
    assert wrong == []


def test_twenty_cases_of_each_rule_are_meant_and_each_has_look_alikes(sown):
    """Year marks wait for the end of the year; then there are as many."""
    desk, told = sown
    meant = Counter(case.rule for case in desk.cases if not case.exempt)
    assert meant.keys() | {"YEAR"} == told["near"].keys()
    assert min(meant.values()) >= 20


def test_cases_of_a_rule_stand_in_several_classes(sown):
    desk, _told = sown
    classes = Counter()
    for rule, name in {(case.rule, case.group.name) for case in desk.cases}:
        classes[rule] += bool(name)
    assert min(classes.values()) >= 4


def test_the_usual_school_has_no_cases_planted():
    desk = planted(plant="usual")
    assert desk.cases == []
    assert truth_of(desk)["near"] == {}


def test_the_same_seed_plants_the_same_cases():
    assert truth_of(planted()) == truth_of(planted())


def test_a_school_too_small_for_every_case_is_refused():
    with pytest.raises(ValueError, match="plant: cases of every rule need at least 11 classes"):
        planted(classes=3)
