"""ROSTER, ROSTERLEFT, ROSTERLACK: deadlines, exemptions, and what was read too early."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.homework import Reading
from connector.reports.rules.case import Scene
from connector.reports.rules.roll import ROLL_RULES, Difference, disagreements
from connector.rulebook import Rulebook, RuleSettings
from tests.unit.journals import (
    CLASS,
    FRIDAY,
    LONG_AFTER,
    MONDAY,
    OTHER_CLASS,
    TUESDAY,
    ZONE,
    group,
    journal,
    lesson,
)

PUPIL = 7
SCHOOL = journal([], groups=[group(), group(OTHER_CLASS, "7НО", 7)])


def found(*differences, rule="ROSTER", as_of=FRIDAY, school=SCHOOL, **changes):
    settings = RuleSettings(rule, "п. 6.3", "error", **changes)
    book = Rulebook("Проверка", rules={rule: settings}, home_schooling_groups=("*НО",))
    scene = Scene(school, book, as_of, ZONE, (), Reading("given", "data"))
    return list(disagreements(scene.case(settings), differences))


def difference(since=None, rule="ROSTER", **changes):
    fields = {"group_id": CLASS, "person_id": PUPIL, "read_at": LONG_AFTER} | changes
    return Difference(rule, since=since, **fields)


@pytest.mark.parametrize("rule", ROLL_RULES)
def test_each_rule_takes_its_own_differences(rule):
    made = found(*(difference(rule=one) for one in ROLL_RULES), rule=rule)
    assert [one.rule for one in made] == [rule]


def test_the_finding_names_pupil_class_and_day():
    (one,) = found(difference(MONDAY))
    assert (one.person_ids, one.edu_group_id, one.date, one.due_on) == (
        (PUPIL,),
        CLASS,
        MONDAY,
        MONDAY,
    )
    assert one.days_late == (FRIDAY - MONDAY).days


def test_a_difference_without_a_day_is_as_old_as_the_check():
    (one,) = found(difference(), due_working_days=5)
    assert (one.date, one.days_late) == (date(2026, 9, 10), 1)


@pytest.mark.parametrize(("days", "is_late"), [(2, True), (3, True), (4, False)])
def test_working_days_are_given_from_the_first_day(days, is_late):
    assert bool(found(difference(MONDAY), due_working_days=days)) == is_late


def test_a_difference_of_today_is_not_late():
    assert found(difference(FRIDAY)) == []


def test_pupils_read_before_the_deadline_had_passed_prove_nothing():
    early = datetime(2026, 9, 8, 12, tzinfo=UTC)
    assert found(difference(TUESDAY, read_at=early)) == []
    assert found(difference(MONDAY, read_at=early)) != []
    assert found(difference(read_at=early)) != []


def test_home_schooling_is_exempt_where_the_rulebook_says_so():
    one = difference(MONDAY, group_id=OTHER_CLASS)
    assert found(one) != []
    assert found(one, exempt_home_schooling=True) == []


def test_a_leavers_finding_cites_the_lesson_and_its_teacher():
    (one,) = found(
        difference(TUESDAY, rule="ROSTERLEFT", lesson=lesson(3, TUESDAY)), rule="ROSTERLEFT"
    )
    assert (one.lesson_number, one.teacher_ids, one.date) == (3, (900,), TUESDAY)


@given(
    st.lists(
        st.tuples(st.sampled_from((CLASS, OTHER_CLASS)), st.none() | st.dates(MONDAY, FRIDAY))
    ),
    st.integers(0, 5),
)
def test_an_exemption_never_adds_a_finding(rows, days):
    differences = [
        difference(since, group_id=group_id, person_id=n)
        for n, (group_id, since) in enumerate(rows)
    ]
    usual = {one.person_ids for one in found(*differences)}
    for changes in (
        {"due_working_days": days},
        {"exempt_home_schooling": True},
        {"exempt_parallels": frozenset({5})},
    ):
        assert {one.person_ids for one in found(*differences, **changes)} <= usual
