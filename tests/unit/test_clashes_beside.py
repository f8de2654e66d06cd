from datetime import timedelta

from connector.sync.beside import clashes_beside
from tests.unit.weeks import (
    A1,
    ENGLISH,
    INNA,
    MONDAY,
    OLEG,
    VERA,
    A,
    B,
    diary,
    every_week,
    lesson,
    slot,
    wishes,
)


def found(slots, *lessons, today=MONDAY, **changes):
    have = diary(*lessons, **changes)
    notes = clashes_beside(wishes(*slots, have=have), have, today)
    return [(note.rule, note.day, note.text) for note in notes]


def test_a_teacher_who_has_lessons_of_a_class_the_timetable_does_not_name():
    rest = [lesson(1, group=B), lesson(2, group=B), lesson(group=B, teachers=(OLEG,))]
    assert found([slot()], *rest) == [
        (
            "teacher_clash",
            "2026-11-09",
            "71: Monday, lesson 3: the diary also has lessons of groups that the timetable does not name: 5Б. Dates: 2.",
        )
    ]


def test_a_part_that_the_timetable_takes_for_the_whole_class():
    rest = every_week(group=A1, subject=ENGLISH, teachers=(INNA,))
    assert [(rule, text[:4], text[-9:]) for rule, _day, text in found([slot()], *rest)] == [
        ("class_clash", "5А: ", "Dates: 3.")
    ]


def test_parts_without_a_pupil_in_common_do_not_meet():
    rest = lesson(group=A1, teachers=(INNA,))
    assert found([slot()], rest, members={(1, A), (2, A1)}) == []
    assert len(found([slot()], rest, members={(1, A), (1, A1)})) == 1


def test_lessons_of_the_timetables_own_groups_other_hours_and_past_days_do_not_count():
    own = every_week(teachers=(INNA,))
    other = [lesson(number=4, group=B), lesson(day=2, group=B), lesson(number=None, group=B)]
    assert found([slot()], *own, *other) == []
    past = MONDAY + timedelta(days=7)
    assert found([slot()], lesson(group=B), today=past) == []


def test_what_is_undecided_meets_nothing():
    rest = lesson(group=B, teachers=(VERA,))
    assert found([slot(subject="Астрология")], rest) == []
