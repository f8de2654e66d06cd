"""Schools the emulator never makes: rows of a mirror are changed, and both readings of the documents must still agree."""

from datetime import date

import pytest

from tests.flows.grading import evening
from tests.flows.oracle import comparing
from tests.flows.oracle.bending import CASES, YEAR_CASES, bent
from tests.flows.oracle.diary import Diary
from tests.flows.oracle.judging import RULES
from tests.flows.stories import school

TODAY, SUMMER = date(2026, 11, 24), date(2027, 6, 20)
QUICK = ("two lessons of a subject on a day", "signs, ones, words and two marks in a cell")


def pulled_on(day, folder):
    path = folder / "mirror.db"
    with school(today=day, pupils=143, classes=11, plant="rules") as made:
        assert made.pull(path, at=evening(day)).error is None
    return path


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    return pulled_on(TODAY, tmp_path_factory.mktemp("oracle"))


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    return pulled_on(SUMMER, tmp_path_factory.mktemp("oracle"))


def assert_agreed(path, day):
    diary = Diary(path, day)
    told = comparing.told(path, day, diary)
    assert {rule: told[rule] for rule in RULES} == {
        rule: comparing.read(diary, rule) for rule in RULES
    }


@pytest.mark.parametrize(
    "case", [pytest.param(one, marks=[] if one in QUICK else [pytest.mark.long]) for one in CASES]
)
def test_both_readings_of_the_documents_agree_about(pulled, tmp_path, case):
    assert_agreed(bent(pulled, tmp_path / "bent.db", CASES[case]), TODAY)


@pytest.mark.long
@pytest.mark.parametrize("case", YEAR_CASES)
def test_at_the_end_of_the_year_both_readings_agree_about(year, tmp_path, case):
    assert_agreed(bent(year, tmp_path / "bent.db", YEAR_CASES[case]), SUMMER)
