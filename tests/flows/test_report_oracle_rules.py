"""Every rule beside a second, naive reading of the same documents, over the same mirror: the same cases, or nothing.

The emulator's truth judges what the emulator knows; here both sides see what the vendor showed, and no more.
"""

from datetime import date

import pytest

from tests.flows.grading import evening
from tests.flows.oracle import comparing
from tests.flows.oracle.diary import Diary
from tests.flows.oracle.judging import RULES
from tests.flows.stories import school

AUTUMN, WINTER, SUMMER = date(2026, 11, 24), date(2027, 1, 20), date(2027, 6, 20)
PLANTED = {"pupils": 143, "classes": 11, "plant": "rules"}
SCHOOLS = {
    "the plain school": (AUTUMN, {}),
    "cases of every rule": (AUTUMN, PLANTED),
    "another school, in winter": (WINTER, PLANTED | {"seed": 3}),
    "a year that is over": (SUMMER, PLANTED | {"seed": 1}),
    "every other way of the vendor": (
        WINTER,
        PLANTED | {"seed": 5, "week": 6, "attendance": "roll", "statuses": "words"},
    ),
    "the first days of the year": (date(2026, 9, 9), PLANTED | {"seed": 2}),
    "holidays": (date(2026, 10, 28), PLANTED),
}
LONG = ("another school, in winter", "a year that is over", "every other way of the vendor")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.long] if name in LONG else []) for name in SCHOOLS
    ],
)
def judged(request, tmp_path_factory):
    """Cases of the reports and of the second reading."""
    day, settings = SCHOOLS[request.param]
    path = tmp_path_factory.mktemp("oracle") / "mirror.db"
    with school(today=day, **settings) as made:
        assert made.pull(path, at=evening(day)).error is None
    diary = Diary(path, day)
    return diary, comparing.told(path, day, diary)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_tells_what_a_naive_reading_of_the_documents_tells(judged, rule):
    diary, told = judged
    assert comparing.settled(diary, rule, told[rule]) == comparing.settled(
        diary, rule, comparing.read(diary, rule)
    )
