from datetime import timedelta

from connector.sync.usual import hour_of, usual_teachers
from tests.unit.weeks import (
    INNA,
    MONDAY,
    OLEG,
    VERA,
    diary,
    did,
    lesson,
    options,
    plan,
    rules,
    slot,
)

WEEKS = 6


def ask(**changes):
    return options(end=MONDAY + timedelta(days=7 * WEEKS - 1), **changes)


def taught(*teachers, **members):
    """One lesson a week by each of the teachers in turn."""
    return [lesson(week, teachers=(teacher,), **members) for week, teacher in enumerate(teachers)]


def usual(*lessons, today=MONDAY, wished=None):
    return usual_teachers(lessons, today, wished or {}).get(hour_of(lessons[0]))


def test_a_substitution_is_left_alone_and_noted():
    have = diary(*taught(VERA, VERA, OLEG, VERA, VERA, VERA))
    ops, notes, same = plan([slot()], have, ask=ask())
    assert ops == []
    assert [(note.rule, note.day) for note in notes] == [("substitution_kept", "2026-11-16")]
    assert same == WEEKS


def test_a_new_usual_teacher_takes_the_ordinary_lessons_and_not_the_substituted_one():
    have = diary(*taught(VERA, VERA, OLEG, VERA, VERA, VERA))
    ops, notes, _same = plan([slot(teachers=("Опытова И.",))], have, ask=ask())
    assert len(ops) == WEEKS - 1
    assert {op.reason for op in ops} == {"teacher"}
    assert "2026-11-16" not in {op.label[4:14] for op in ops}
    assert rules(notes) == ["substitution_kept"]


def test_a_substitution_by_the_new_teacher_is_as_it_should_be():
    have = diary(*taught(VERA, VERA, OLEG, VERA, VERA, VERA))
    ops, notes, _same = plan([slot(teachers=("Пробин О.",))], have, ask=ask())
    assert len(ops) == WEEKS - 1
    assert notes == []


def test_a_substituted_lesson_that_moves_keeps_its_teacher():
    have = diary(*taught(VERA, VERA, OLEG, VERA, VERA, VERA))
    ops, notes, _same = plan([slot(number=5)], have, ask=ask())
    assert [op.after for op in ops] == [{"number": 5}] * WEEKS
    assert rules(notes) == ["substitution_kept"]


def test_a_substituted_lesson_that_swaps_hours_takes_its_teacher_along():
    have = diary(
        *taught(VERA, VERA, OLEG, VERA, VERA, VERA, number=1),
        *taught(*[INNA] * WEEKS, number=2, subject=2),
    )
    swap = [slot(number=2), slot(number=1, subject="Русский язык", teachers=("Опытова И.",))]
    ops, _notes, _same = plan(swap, have, ask=ask())
    algebra = [op for op in ops if op.after["subject_id"] == "1"]
    assert [op.after["teacher_ids"] for op in algebra] == [
        [str(OLEG if week == 2 else VERA)] for week in range(WEEKS)
    ]


def test_a_changed_subject_is_no_substitution():
    have = diary(*taught(VERA, VERA, OLEG, VERA, VERA, VERA))
    ops, notes, _same = plan(
        [slot(subject="Русский язык", teachers=("Опытова И.",))], have, ask=ask()
    )
    assert {reason for _verb, reason, _label in did(ops)} == {"subject"}
    assert len(ops) == WEEKS
    assert notes == []


def test_most_lessons_to_come_say_who_is_usual_even_if_another_was_so_before():
    lessons = taught(VERA, VERA, VERA, VERA, OLEG, OLEG, OLEG)
    assert usual(*lessons, today=MONDAY + timedelta(days=28)) == {OLEG}
    assert usual(*lessons) == {VERA}


def test_where_few_lessons_are_left_those_of_the_whole_horizon_decide():
    lessons = taught(VERA, VERA, VERA, VERA, OLEG)
    assert usual(*lessons, today=MONDAY + timedelta(days=28)) == {VERA}


def test_where_an_hour_has_few_lessons_the_groups_other_hours_of_the_subject_decide():
    lessons = taught(OLEG, VERA) + taught(VERA, VERA, day=2)
    assert usual(*lessons) == {VERA}


def test_a_majority_of_few_is_better_than_nothing():
    assert usual(*taught(VERA)) == {VERA}


def test_between_equals_the_timetable_decides_if_one_of_them_agrees_with_it():
    lessons = taught(OLEG, VERA)
    hour = hour_of(lessons[0])
    assert usual(*lessons, wished={hour: frozenset({VERA})}) == {VERA}
    assert usual(*lessons, wished={hour: frozenset({INNA})}) is None
    assert usual(*lessons) is None


def test_lessons_without_teachers_say_nothing():
    assert usual(lesson(teachers=()), lesson(1, teachers=())) is None


def test_without_a_custom_there_is_no_substitution():
    have = diary(*taught(OLEG, VERA))
    ops, notes, _same = plan(
        [slot(teachers=("Опытова И.",))], have, ask=options(end=MONDAY + timedelta(days=13))
    )
    assert len(ops) == 2
    assert notes == []
