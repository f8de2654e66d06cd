"""Every report against what the emulator's own grading finds in the same school; the two share no code."""

from datetime import date

import pytest

from tests.flows.grading import evening, found, reports_of, truth, unsaid
from tests.flows.stories import school

AUTUMN, SUMMER = date(2026, 11, 24), date(2027, 6, 20)


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
        reports = reports_of(path, day)
        graded = truth(made.sandbox.truth()["planted"])
    cases = found(reports)
    assert {rule: cases[rule] for rule in graded} == graded
    assert graded["FINALAVG"]
    assert graded["LATE"]
    assert not graded["NMARK"]
    assert not graded["YEAR"]
    assert unsaid(reports, graded) == []
