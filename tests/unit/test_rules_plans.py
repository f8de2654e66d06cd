"""KTP, KTPORDER, KTPTWICE, SUBST: both sides of every edge, and laws that hold for any course."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.records import Finding
from connector.reports.homework import Reading
from connector.reports.rules.case import Scene, held_lessons
from connector.reports.rules.plans import PLAN_RULES, Course, hours_asked, topic_key
from connector.reports.rules.substitution import substituted
from connector.rulebook import Rulebook, RuleSettings
from connector.source import Place, PlanTopic, TopicPlan
from tests.unit.journals import (
    CLASS,
    MATHS,
    MONDAY,
    NEXT_MONDAY,
    TUESDAY,
    ZONE,
    group,
    journal,
    lesson,
    read,
)

PLACE = Place("plan.xlsx", "5А", 1)
START = date(2026, 9, 1)
LATER = date(2026, 12, 1)


def topics(*texts, hours=1, days=False):
    return tuple(
        PlanTopic(text, hours, START + timedelta(days=n) if days else None, row=n + 2)
        for n, text in enumerate(texts)
    )


def held(*titles, start=START):
    """One lesson a day, with these topics; None for a lesson without one."""
    lessons = [
        lesson(1, start + timedelta(days=n), id=n + 1, has_topic=bool(title))
        for n, title in enumerate(titles)
    ]
    return lessons, {one.id: title for one, title in zip(lessons, titles, strict=True) if title}


def outcomes(
    rule, plan_topics, lessons, titles, *, as_of=LATER, school=None, whole=True, **changes
):
    known = school or journal(lessons)
    settings = RuleSettings(rule, "п. 6.1", "warning", **changes)
    book = Rulebook("Проверка", rules={rule: settings}, home_schooling_groups=("*НО",))
    judged, _gaps = held_lessons(known, book, as_of)
    scene = Scene(known, book, as_of, ZONE, judged, Reading("given", "data"))
    plan = TopicPlan("5А", "Алгебра", tuple(plan_topics), PLACE, whole=whole)
    course = Course(CLASS, MATHS, plan, judged, titles)
    return list(PLAN_RULES[rule](scene.case(settings), [course]))


def found(*args, **how):
    return [one for one in outcomes(*args, **how) if isinstance(one, Finding)]


def reasons(*args, **how):
    made = outcomes(*args, **how)
    assert not [one for one in made if isinstance(one, Finding)]
    return [one.reason for one in made]


# --- behind the plan


@pytest.mark.parametrize(("lessons", "is_behind"), [(7, True), (8, False), (10, False)])
def test_a_course_is_behind_with_more_than_two_lessons_lacking(lessons, is_behind):
    given_, titles = held(*"АБВГДЕЖЗИК"[:lessons])
    made = found("KTP", topics(*"АБВГДЕЖЗИК", days=True), given_, titles)
    assert len(made) == is_behind


@pytest.mark.parametrize(("lag", "is_behind"), [(2, True), (3, False)])
def test_the_rulebook_says_how_far_behind_is_too_far(lag, is_behind):
    given_, titles = held(*"АБВГДЕЖ")
    made = found("KTP", topics(*"АБВГДЕЖЗИК", days=True), given_, titles, params={"lag": lag})
    assert len(made) == is_behind


def test_the_finding_tells_the_day_of_the_hour_that_is_too_many():
    given_, titles = held(*"АБВГДЕЖ")
    (one,) = found("KTP", topics(*"АБВГДЕЖЗИК", days=True), given_, titles)
    assert (one.date, one.due_on, one.lesson_id) == (date(2026, 9, 10), date(2026, 9, 10), None)
    assert (one.edu_group_id, one.subject_id, one.teacher_ids) == (CLASS, MATHS, (900,))


def test_hours_whose_day_is_still_to_come_are_not_asked_for():
    plan = topics(*"АБВГДЕЖЗИК", days=True)
    given_, titles = held(*"АБВГДЕЖ")
    assert found("KTP", plan, given_, titles, as_of=date(2026, 9, 10)) == []
    assert found("KTP", plan, given_, titles, as_of=date(2026, 9, 11)) != []


def test_later_hours_of_a_topic_are_asked_for_with_the_next_topic():
    plan = (PlanTopic("А", 5, START), PlanTopic("Б", 1, date(2026, 9, 20)))
    assert [hours_asked(plan, day) for day in (date(2026, 8, 31), START, date(2026, 9, 19))] == [
        0,
        1,
        1,
    ]
    assert hours_asked(plan, date(2026, 9, 20)) == 6


@pytest.mark.parametrize(("last", "is_behind"), [("Д", True), ("Е", False)])
def test_without_dates_the_latest_topic_tells(last, is_behind):
    given_, titles = held(*"АБВ", None, None, None, None, last)
    made = found("KTP", topics(*"АБВГДЕЖЗИК"), given_, titles)
    assert [one.lesson_id for one in made] == ([8] if is_behind else [])


def test_a_topic_in_words_of_the_teachers_own_tells_no_place():
    given_, titles = held(*"АБВ", None, None, None, None, "Г", "Разное")
    assert found("KTP", topics(*"АБВГДЕЖЗИК"), given_, titles) == []


def test_a_topic_that_the_plan_has_twice_tells_no_place():
    given_, titles = held("А", "Б", None, None, None, None, "А")
    assert found("KTP", topics("А", "Б", "В", "А"), given_, titles) == []


# --- order


def test_topics_in_the_plans_order_are_no_finding():
    given_, titles = held("А", "Б", "Г", "Д")
    assert found("KTPORDER", topics(*"АБВГД"), given_, titles) == []


def test_a_topic_that_came_early_is_found_alone():
    given_, titles = held("А", "Д", "Б", "В", "Г")
    assert [one.lesson_id for one in found("KTPORDER", topics(*"АБВГД"), given_, titles)] == [2]


def test_case_yo_spaces_and_punctuation_make_no_other_topic():
    assert topic_key("  Ёжик: «Дроби», ч. 1 ") == topic_key("ежик дроби ч 1")
    assert topic_key("Дроби") != topic_key("Дроби 2")


def test_an_unknown_topic_between_is_no_disorder():
    given_, titles = held("А", "Контрольная", "Б", None, "В")
    assert found("KTPORDER", topics(*"АБВ"), given_, titles) == []


# --- twice


@pytest.mark.parametrize(("hours", "ids"), [(1, [2, 4]), (2, [4]), (3, [])])
def test_a_topic_is_written_as_often_as_the_plan_gives_it_hours(hours, ids):
    given_, titles = held("А", "А", "Б", "а.")
    plan = (PlanTopic("А", hours), PlanTopic("Б", 1))
    assert [one.lesson_id for one in found("KTPTWICE", plan, given_, titles)] == ids


def test_hours_of_a_topic_that_stands_in_the_plan_twice_add_up():
    given_, titles = held("А", "Б", "А")
    assert found("KTPTWICE", topics("А", "Б", "А"), given_, titles) == []


def test_a_lesson_of_today_is_not_judged():
    given_, titles = held("А", "А")
    assert found("KTPTWICE", topics("А"), given_, titles, as_of=date(2026, 9, 2)) == []
    assert found("KTPTWICE", topics("А"), given_, titles, as_of=date(2026, 9, 3)) != []


# --- what proves nothing


@pytest.mark.parametrize("rule", list(PLAN_RULES))
def test_a_plan_with_refused_rows_proves_nothing(rule):
    given_, titles = held("Б", "А", "А")
    assert reasons(rule, topics("А", "Б"), given_, titles, whole=False) == ["plan_incomplete"]


def test_a_plan_of_another_year_proves_nothing():
    plan = [PlanTopic("А", 9, date(2025, 9, 1)), PlanTopic("Б", 9, date(2026, 9, 1))]
    given_, titles = held("А")
    assert reasons("KTP", plan, given_, titles) == ["plan_other_year"]


def test_dates_out_of_order_prove_nothing():
    plan = [PlanTopic("А", 9, date(2026, 9, 9)), PlanTopic("Б", 9, date(2026, 9, 8))]
    given_, titles = held("А")
    assert reasons("KTP", plan, given_, titles) == ["plan_days"]


def test_days_that_were_not_read_may_hold_the_lacking_lessons():
    given_, titles = held("А")
    plan = topics(*"АБВГДЕ", days=True)
    unread = journal(given_, windows=[read("lessons", end=date(2026, 9, 3))])
    assert reasons("KTP", plan, given_, titles, school=unread) == ["not_read"]


@pytest.mark.parametrize("rule", list(PLAN_RULES))
def test_home_schooling_is_exempt_where_the_rulebook_says_so(rule):
    given_, titles = held("Б", "А", "А", "А")
    school = journal(given_, groups=[group(name="5НО")])
    plan = topics(*"АБВГДЕЖЗ", days=rule == "KTP")
    assert found(rule, plan, given_, titles, school=school)
    assert outcomes(rule, plan, given_, titles, school=school, exempt_home_schooling=True) == []


@pytest.mark.parametrize("rule", list(PLAN_RULES))
def test_a_year_group_is_exempt_where_the_rulebook_says_so(rule):
    given_, titles = held("Б", "А", "А", "А")
    plan = topics(*"АБВГДЕЖЗ", days=rule == "KTP")
    exempt = frozenset({5})
    assert found(rule, plan, given_, titles)
    assert outcomes(rule, plan, given_, titles, exempt_parallels=exempt) == []


# --- substitution


def substitutes(ids, *, has_topic, as_of=NEXT_MONDAY, **changes):
    lessons = [
        lesson(1, MONDAY, id=1, has_topic=has_topic),
        lesson(1, TUESDAY, id=2, has_topic=False),
    ]
    settings = RuleSettings("SUBST", "п. 6.2", "error", **changes)
    book = Rulebook("Проверка", rules={"SUBST": settings})
    known = journal(lessons)
    judged, _gaps = held_lessons(known, book, as_of)
    scene = Scene(known, book, as_of, ZONE, judged, Reading("given", "data"))
    return [one.lesson_id for one in substituted(scene.case(settings), ids)]


def test_a_substitutes_lesson_without_a_topic_is_found_until_it_is_written():
    assert substitutes({1}, has_topic=False) == [1]
    assert substitutes({1}, has_topic=True) == []


def test_a_lesson_of_the_planned_teacher_is_left_to_the_other_rules():
    assert substitutes(set(), has_topic=False) == []


def test_the_substitute_has_until_the_end_of_the_day():
    assert substitutes({1}, has_topic=False, as_of=MONDAY) == []
    assert substitutes({1}, has_topic=False, as_of=TUESDAY) == [1]


# --- laws

LETTERS = st.sampled_from("АБВГДЕ")
TITLES = st.lists(st.one_of(st.none(), LETTERS), min_size=1, max_size=12)
PLANS = st.lists(st.tuples(LETTERS, st.integers(1, 3)), min_size=1, max_size=8)


def planned(rows, *, dated):
    return [
        PlanTopic(text, hours, START + timedelta(days=n) if dated else None)
        for n, (text, hours) in enumerate(rows)
    ]


@given(TITLES, PLANS, st.booleans(), st.sampled_from(list(PLAN_RULES)))
def test_an_exemption_never_adds_a_finding(titles, rows, dated, rule):
    lessons, written = held(*titles)
    plan = planned(rows, dated=dated)
    usual = found(rule, plan, lessons, written)
    for changes in (
        {"exempt_parallels": frozenset({5})},
        {"exempt_home_schooling": True},
        {"due_working_days": 3},
    ):
        assert {one.lesson_id for one in found(rule, plan, lessons, written, **changes)} <= {
            one.lesson_id for one in usual
        }


@given(st.integers(1, 10), st.integers(0, 12), st.integers(0, 5))
def test_a_lag_disappears_when_and_only_when_the_lessons_are_held(asked, given_count, lag):
    lessons, written = held(*("А",) * max(1, given_count))
    plan = topics(*map(str, range(asked)), days=True)
    made = found("KTP", plan, lessons, written, params={"lag": lag})
    assert bool(made) == (asked - max(1, given_count) > lag)


@given(TITLES, PLANS)
@example(["Б", "Б", "А"], [("А", 1), ("Б", 1)])
def test_taking_the_found_lessons_out_leaves_order(titles, rows):
    lessons, written = held(*titles)
    plan = planned(rows, dated=False)
    # A topic written too often is another rule's: the first of its lessons stands for it.
    rules = ("KTPORDER", "KTPTWICE")
    wrong = {one.lesson_id for rule in rules for one in found(rule, plan, lessons, written)}
    rest = {number: text for number, text in written.items() if number not in wrong}
    assert found("KTPORDER", plan, lessons, rest) == []


@given(TITLES, PLANS)
def test_a_topic_is_twice_exactly_as_often_as_it_has_too_few_hours(titles, rows):
    lessons, written = held(*titles)
    room = {text: sum(hours for other, hours in rows if other == text) for text, _hours in rows}
    excess = sum(max(0, list(written.values()).count(text) - hours) for text, hours in room.items())
    assert len(found("KTPTWICE", planned(rows, dated=False), lessons, written)) == excess
