"""Every rule beside a second, naive reading of the same documents, over the same mirror: the same cases, or nothing.

The emulator's truth judges what the emulator knows; here both sides see what the vendor showed, and no more.
"""

from collections import Counter
from datetime import date

import pytest

from connector.reports.report import Filters
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
QUICK = ("the plain school", "cases of every rule")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name in QUICK else [pytest.mark.long]) for name in SCHOOLS
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
    assert told[rule] == comparing.read(diary, rule)


def only(cases, fits):
    return Counter({case: count for case, count in cases.items() if fits(case)})


def day_of(case):
    return case[3][0] if isinstance(case[3], tuple) else case[3]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A school with cases of every rule, its file and what a naive reading tells."""
    path = tmp_path_factory.mktemp("oracle") / "mirror.db"
    with school(today=AUTUMN, **PLANTED) as made:
        assert made.pull(path, at=evening(AUTUMN)).error is None
    diary = Diary(path, AUTUMN)
    return path, diary, {rule: comparing.read(diary, rule) for rule in RULES}


def test_a_span_shows_the_cases_of_its_days_and_judges_them_no_otherwise(planted):
    path, diary, cases = planted
    start, end = date(2026, 10, 5), date(2026, 11, 6)
    told = comparing.told(path, AUTUMN, diary, start=start, end=end)
    assert {rule: told[rule] for rule in RULES} == {
        rule: only(found, lambda case: start <= day_of(case) <= end)
        for rule, found in cases.items()
    }


def test_a_class_shows_its_own_cases_and_those_of_its_subgroups(planted):
    path, diary, cases = planted
    home = next(key for key, group in diary.groups.items() if group.name == "9А")
    told = comparing.told(path, AUTUMN, diary, filters=Filters(classes=("9А",)))

    def is_there(case):
        lesson = diary.lessons.get(case[0])
        if lesson:
            return home in diary.classes_of(lesson.group)
        return home in {group for group in diary.groups_ever(case[1]) if diary.is_class(group)}

    assert {rule: told[rule] for rule in RULES} == {
        rule: only(found, is_there) for rule, found in cases.items()
    }


def test_a_past_day_judges_by_the_deadlines_that_were_past_then(planted):
    path, _diary, _cases = planted
    day = date(2026, 11, 6)
    diary = Diary(path, day)
    told = comparing.told(path, day, diary)
    # The mirror read the lessons once, on a later day: what stands there is all that can be judged.
    assert {rule: told[rule] for rule in RULES} == {
        rule: comparing.read(diary, rule) for rule in RULES
    }
