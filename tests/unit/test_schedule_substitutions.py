from datetime import timedelta

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


def kept(slots, *lessons, today=MONDAY, days=None):
    """Dates of the lessons that keep a teacher of their own."""
    horizon = ask(today=today) if days is None else options(end=MONDAY + timedelta(days=days - 1))
    _ops, notes, _same = plan(slots, diary(*lessons), ask=horizon)
    return [note.day for note in notes if note.rule == "substitution_kept"]


def test_lessons_to_come_say_who_is_usual_even_if_another_was_so_before():
    """The teacher changed in autumn and changes again: nobody is a substitute."""
    inna = [slot(teachers=("Опытова И.",))]
    lessons = taught(VERA, VERA, VERA, OLEG, OLEG, OLEG)
    assert kept(inna, *lessons, today=MONDAY + timedelta(days=21)) == []


def test_where_few_lessons_are_left_those_of_the_whole_horizon_decide():
    lessons = taught(VERA, VERA, VERA, VERA, VERA, OLEG)
    assert kept([slot()], *lessons, today=MONDAY + timedelta(days=35)) == ["2026-12-07"]


def test_where_an_hour_has_few_dates_the_groups_other_hours_of_the_subject_decide():
    week = [lesson(day=day, teachers=(OLEG if day == 3 else VERA,)) for day in (1, 2, 3, 4)]
    slots = [slot(day=day, teachers=("Опытова И.",)) for day in (1, 2, 3, 4)]
    assert kept(slots, *week, days=7) == ["2026-11-04"]


def test_two_dates_of_an_hour_are_few():
    two = taught(OLEG, VERA) + taught(VERA, VERA, day=2) + taught(VERA, VERA, day=4)
    slots = [slot(day=day, teachers=("Опытова И.",)) for day in (1, 2, 4)]
    assert kept(slots, *two, days=14) == ["2026-11-02"]


def test_a_teacher_whom_the_timetable_gives_another_hour_is_no_substitute_there():
    """Vera and Oleg change places for good; in a horizon of one week nothing else shows it."""
    week = [lesson(day=day, teachers=(OLEG if day == 4 else VERA,)) for day in (1, 2, 3, 4)]
    slots = [slot(day=day, teachers=("Пробин О.",)) for day in (1, 2, 3)] + [slot(day=4)]
    assert kept(slots, *week, days=7) == []


def test_a_single_lesson_is_no_custom_to_differ_from():
    assert kept([slot()], lesson(teachers=(OLEG,)), days=7) == []


def test_between_equals_those_who_differ_from_the_timetable_are_substitutes_if_any_follows_it():
    assert kept([slot()], *taught(OLEG, VERA), days=14) == ["2026-11-02"]
    assert kept([slot(teachers=("Опытова И.",))], *taught(OLEG, VERA), days=14) == []


def test_past_dates_without_a_lesson_say_nothing():
    lessons = [lesson(4, teachers=(OLEG,)), lesson(5, teachers=(OLEG,))]
    assert kept([slot()], *lessons, today=MONDAY + timedelta(days=28)) == []


def test_alternating_teachers_of_one_hour_are_no_substitutes():
    slots = [slot(weeks="10"), slot(weeks="01", teachers=("Пробин О.",))]
    assert kept(slots, *taught(OLEG, VERA, OLEG, VERA, OLEG, VERA)) == []
