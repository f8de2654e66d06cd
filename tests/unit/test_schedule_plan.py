from datetime import timedelta

import pytest

from connector.planned import Channel
from connector.sync.schedule import plan_schedule
from tests.unit.weeks import (
    A1,
    ALGEBRA,
    ENGLISH,
    MONDAY,
    OLEG,
    RUSSIAN,
    VERA,
    A,
    B,
    diary,
    did,
    every_week,
    lesson,
    names,
    options,
    plan,
    rules,
    slot,
    wishes,
)

RUS = {"subject": "Русский язык", "teachers": ("Пробин О.",)}


def russian(**members):
    return lesson(subject=RUSSIAN, teachers=(OLEG,), **members)


def test_a_missing_lesson_is_created_with_all_its_values():
    ask = options(end=MONDAY, channel=Channel.GATEWAY)
    (op,), notes, unchanged = plan([slot(rooms=("12",))], diary(), ask=ask)
    assert (op.op, op.target) == ("lesson.create", f"@lessons:{A}|2026-11-02|3|{ALGEBRA}")
    assert op.before is None
    assert op.after == {
        "edu_group_id": str(A),
        "subject_id": str(ALGEBRA),
        "date": "2026-11-02",
        "number": 3,
        "hours": 1,
        "teacher_ids": [str(VERA)],
    }
    assert (op.reason, op.evidence, op.source) == ("new", "natural key", "week.xml")
    assert op.label == "5А, 2026-11-02, 3: Алгебра (12)"
    assert (op.edu_group, op.channel) == (str(A), Channel.GATEWAY)
    assert (notes, unchanged) == ([], 0)


def test_a_known_room_goes_with_a_new_lesson():
    ops, _notes, _same = plan([slot(rooms=("12",))], diary(), known=names(places={"12": 900}))
    assert {op.after["place_id"] for op in ops} == {"900"}


def test_lessons_as_they_should_be_are_counted_and_left_alone():
    assert plan([slot()], diary(*every_week())) == ([], [], 3)


def test_the_order_of_teachers_is_no_difference():
    have = diary(*every_week(teachers=(OLEG, VERA)))
    assert plan([slot(teachers=("Тестова В.", "Пробин О."))], have)[0] == []


def test_a_timetable_without_teachers_says_nothing_about_them():
    have = diary(lesson(), lesson(1))
    ops, _notes, same = plan([slot(teachers=())], have)
    assert [(op.op, op.after["teacher_ids"]) for op in ops] == [("lesson.create", [])]
    assert same == 2


def test_a_new_teacher_changes_only_the_teachers():
    ops, notes, _same = plan([slot(teachers=("Пробин О.",))], diary(*every_week()))
    assert [(op.op, op.before, op.after, op.reason) for op in ops] == [
        ("lesson.update", {"teacher_ids": [str(VERA)]}, {"teacher_ids": [str(OLEG)]}, "teacher")
    ] * 3
    assert notes == []


def test_a_lesson_without_a_teacher_gets_one():
    have = diary(*every_week(teachers=()))
    assert [op.reason for op in plan([slot()], have)[0]] == ["teacher"] * 3


def test_a_lesson_at_another_number_of_the_day_is_moved():
    ops, _notes, _same = plan([slot(number=5)], diary(*every_week()))
    assert [(op.op, op.before, op.after, op.reason) for op in ops] == [
        ("lesson.update", {"number": 3}, {"number": 5}, "time")
    ] * 3
    assert ops[0].label == "5А, 2026-11-02, 3: Алгебра"


def test_two_lessons_of_a_subject_are_not_guessed_to_have_moved():
    have = diary(lesson(number=1), lesson(number=2))
    ops, _notes, _same = plan([slot(number=5)], have, ask=options(end=MONDAY))
    assert did(ops) == [
        ("cancel", "unlisted", "5А, 2026-11-02, 1: Алгебра"),
        ("cancel", "unlisted", "5А, 2026-11-02, 2: Алгебра"),
        ("create", "new", "5А, 2026-11-02, 5: Алгебра"),
    ]


def test_a_lesson_is_not_guessed_to_have_moved_where_an_undecided_one_may_be_it():
    slots = [slot(number=5), slot(number=6, teachers=("Неведомая Н.",))]
    ops, _notes, _same = plan(slots, diary(lesson()), ask=options(end=MONDAY))
    assert did(ops) == [("create", "new", "5А, 2026-11-02, 5: Алгебра")]


def test_another_subject_at_the_same_number_is_a_change_of_subject():
    ops, _notes, _same = plan([slot(**RUS)], diary(*every_week()))
    assert [(op.op, op.reason) for op in ops] == [("lesson.update", "subject")] * 3
    assert ops[0].before == {"subject_id": str(ALGEBRA), "teacher_ids": [str(VERA)]}
    assert ops[0].after == {"subject_id": str(RUSSIAN), "teacher_ids": [str(OLEG)]}


def test_a_new_subject_of_which_the_file_names_no_teacher_does_not_keep_the_old_one():
    ops, _notes, _same = plan([slot(subject="Русский язык", teachers=())], diary(lesson()))
    assert ops[0].after == {"subject_id": str(RUSSIAN), "teacher_ids": []}


def test_a_lesson_nobody_wants_is_cancelled_with_all_that_is_known_of_it():
    have = diary(*every_week(), russian(number=6, place=9))
    (op,), _notes, _same = plan([slot()], have)
    assert (op.op, op.after, op.reason) == ("lesson.cancel", None, "unlisted")
    assert op.before == {
        "edu_group_id": str(A),
        "subject_id": str(RUSSIAN),
        "date": "2026-11-02",
        "number": 6,
        "teacher_ids": [str(OLEG)],
        "place_id": "9",
    }


def test_a_lesson_on_a_holiday_is_cancelled():
    have = diary(*every_week(), holidays={A: frozenset({MONDAY})})
    assert did(plan([slot()], have)[0]) == [("cancel", "unlisted", "5А, 2026-11-02, 3: Алгебра")]


def test_of_two_equal_lessons_the_empty_one_goes():
    have = diary(lesson(id=1), lesson(id=2, holds=["marks"]), lesson(1), lesson(2))
    assert [(op.op, op.target) for op in plan([slot()], have)[0]] == [("lesson.cancel", "1")]


def test_groups_the_timetable_does_not_name_are_untouched():
    have = diary(*every_week(), lesson(group=B), lesson(group=A1, subject=ENGLISH))
    assert plan([slot()], have)[0] == []


def test_lessons_outside_the_horizon_are_untouched():
    have = diary(*every_week(), lesson(3, number=7), lesson(-1, number=7))
    assert plan([slot()], have)[0] == []


def test_rooms_are_compared_only_where_they_can_be_read():
    known, have = names(places={"12": 900}), diary(*every_week(place=800))
    slots = [slot(rooms=("12",))]
    assert plan(slots, have, known=known)[0] == []
    ops, _notes, _same = plan(slots, have, known=known, ask=options(rooms_readable=True))
    assert [(op.before, op.after, op.reason) for op in ops] == [
        ({"place_id": "800"}, {"place_id": "900"}, "room")
    ] * 3
    silent = plan([slot()], have, known=known, ask=options(rooms_readable=True))
    assert silent[0] == []


@pytest.mark.parametrize("hold", ["topic", "homework", "works", "marks", "attendance"])
def test_a_lesson_that_holds_something_is_neither_changed_nor_cancelled(hold):
    for slots in ([slot(teachers=("Пробин О.",))], [slot(number=5)], [slot(**RUS)], [slot(day=2)]):
        have = diary(lesson(holds=[hold]), lesson(1), lesson(2))
        ops, notes, _same = plan(slots, have)
        assert str(lesson().id) not in {op.target for op in ops}
        protected = [note for note in notes if note.rule == "protected"]
        assert [(note.edu_group, note.day) for note in protected] == [(str(A), "2026-11-02")]
        assert hold in protected[0].text


def test_a_wish_where_a_protected_lesson_stands_is_noted_and_not_created():
    have = diary(lesson(holds=["marks"]))
    ops, notes, _same = plan([slot(**RUS)], have, ask=options(end=MONDAY))
    assert ops == []
    assert [note.text for note in notes] == [
        "5А, 2026-11-02, 3: Алгебра differs from the timetable and stays as it is, for it holds: marks.",
        "5А, 2026-11-02, 3: Русский язык is not planned, for another lesson is left there. Dates: 1.",
    ]


def test_a_lesson_does_not_move_to_where_a_protected_one_stays_nor_do_those_behind_it():
    have = diary(
        lesson(number=1, subject=ENGLISH, holds=["topic"]),
        russian(number=2),
        lesson(number=3),
    )
    slots = [slot(number=1, **RUS), slot(number=2), slot(number=3, subject="Английский язык")]
    ops, notes, _same = plan(slots, have, ask=options(end=MONDAY))
    assert ops == []
    assert rules(notes) == ["occupied", "occupied", "protected"]


def test_past_lessons_stay_and_are_counted_by_class():
    have = diary(lesson(), russian(number=6), lesson(1), lesson(2))
    ask = options(today=MONDAY + timedelta(days=7))
    ops, notes, same = plan([slot(number=5)], have, ask=ask)
    assert {op.before["number"] for op in ops} == {3}
    assert len(ops) == 2
    assert [(note.rule, note.edu_group, note.text[-3:]) for note in notes] == [
        ("protected", str(A), " 2.")
    ]
    assert same == 0


def test_past_lessons_that_agree_are_nothing_to_tell():
    have = diary(*every_week())
    assert plan([slot()], have, ask=options(today=MONDAY + timedelta(days=60))) == ([], [], 3)


def test_an_undecided_hour_leaves_its_day_alone():
    have = diary(*(lesson(week, number=n) for week in range(3) for n in (1, 2)))
    slots = [slot(subject="Астрология", number=7), slot(number=4), slot(day=2, **RUS)]
    ops, _notes, _same = plan(slots, have)
    assert did(ops)[0] == ("create", "new", "5А, 2026-11-02, 4: Алгебра")
    assert {op.op for op in ops} == {"lesson.create"}


def test_an_undecided_lesson_keeps_what_the_diary_has_in_its_place():
    have = diary(*every_week(), *(russian(week=week, number=4) for week in range(3)))
    unknown = slot(teachers=("Неведомая Н.",))
    assert plan([unknown, slot(number=4, **RUS)], have) == ([], [], 3)


def test_a_wish_on_an_undecided_day_gives_way_to_what_stands_there():
    have = diary(*every_week())
    ops, notes, _same = plan([slot(subject="Астрология", number=7), slot(**RUS)], have)
    assert ops == []
    assert [(note.rule, note.text[-2:]) for note in notes] == [("occupied", "3.")]


def test_a_past_undecided_day_is_not_called_different():
    ask = options(today=MONDAY + timedelta(days=60))
    slots = [slot(subject="Астрология", number=7), slot(day=2)]
    have = diary(*every_week(), *every_week(day=2))
    assert plan(slots, have, ask=ask) == ([], [], 3)


def test_a_class_of_which_nothing_is_decided_is_untouched():
    have = diary(*every_week(), lesson(day=4))
    assert plan([slot(teachers=("Неведомая Н.",))], have) == ([], [], 0)


def test_an_undecided_lesson_without_one_in_the_diary_makes_nothing():
    rows = [slot(teachers=("Неведомая Н.",)), slot(day=2)]
    assert plan(rows, diary(), ask=options(end=MONDAY)) == ([], [], 0)


def test_two_subjects_at_once_are_not_chosen_between():
    have = diary(*every_week())
    ops, notes, _same = plan([slot(), slot(**RUS)], have)
    assert ops == []
    assert [note.text for note in notes] == [
        "5А, 2026-11-02, 3: two lessons at once in the timetable; none is planned. Dates: 3."
    ]


def test_a_lesson_at_once_with_an_undecided_one_is_undecided_too():
    ops, notes, _same = plan([slot(), slot(subject="Астрология"), slot(day=2)], diary())
    assert {op.label[4:14] for op in ops} == {"2026-11-03", "2026-11-10", "2026-11-17"}
    assert notes == []


def test_two_rows_for_one_lesson_are_one_lesson_with_all_teachers():
    rows = [slot(rooms=("12",)), slot(teachers=("Пробин О.",), rooms=("13",))]
    ops, _notes, _same = plan(rows, diary(), ask=options(end=MONDAY))
    assert [(op.after["teacher_ids"], op.label[-8:]) for op in ops] == [
        ([str(VERA), str(OLEG)], " (12/13)")
    ]


def test_an_undecided_row_for_the_same_lesson_leaves_it_undecided():
    rows = [slot(), slot(teachers=("Неведомая Н.",)), slot(day=2)]
    assert plan(rows, diary(), ask=options(end=MONDAY))[0] == []
    assert plan(rows[::-1], diary(), ask=options(end=MONDAY))[0] == []


def test_a_lesson_of_an_unknown_part_is_no_reason_to_leave_out_one_of_the_class():
    rows = [slot(), slot(parts=("3 группа",), subject="Русский язык")]
    ops, _notes, _same = plan(rows, diary(), ask=options(end=MONDAY))
    assert did(ops) == [("create", "new", "5А, 2026-11-02, 3: Алгебра")]


def test_a_lesson_without_number_or_subject_is_left_alone_and_noted():
    have = diary(*every_week(), lesson(number=None, id=1), lesson(number=4, subject=None, id=2))
    ops, notes, _same = plan([slot(), slot(number=4, **RUS)], have, ask=options(end=MONDAY))
    assert ops == []
    assert rules(notes) == ["occupied", "unclear_lesson", "unclear_lesson"]
    assert (
        notes[0].text == "5А, 2026-11-02, ?: Алгебра has no number or no subject and is left alone."
    )


def test_an_unnamed_subject_or_group_is_shown_by_its_id():
    have = diary(groups={}, subjects={})
    ops, _notes, _same = plan([slot()], have, ask=options(end=MONDAY))
    assert ops[0].label == "500, 2026-11-02, 3: 1"


def test_a_subject_that_is_taught_twice_a_day_keeps_both_lessons():
    have = diary(lesson(number=1), lesson(number=2))
    slots = [slot(number=1), slot(number=2)]
    assert plan(slots, have, ask=options(end=MONDAY)) == ([], [], 2)


def test_a_swap_of_two_lessons_changes_what_is_taught_in_each_hour():
    """A vendor refuses a lesson in a taken hour, so neither of them could move first."""
    have = diary(lesson(number=1), russian(number=2))
    slots = [slot(number=2), slot(number=1, **RUS)]
    ops, _notes, _same = plan(slots, have, ask=options(end=MONDAY))
    assert [(op.op, op.after["subject_id"], op.after["teacher_ids"]) for op in ops] == [
        ("lesson.update", str(RUSSIAN), [str(OLEG)]),
        ("lesson.update", str(ALGEBRA), [str(VERA)]),
    ]
    assert not any("number" in op.after for op in ops)


def test_lessons_that_swap_hours_leave_unreadable_rooms_where_they_are():
    have = diary(lesson(number=1, place=800), russian(number=2, place=900))
    slots = [slot(number=2), slot(number=1, **RUS)]
    for readable in (False, True):
        ask = options(end=MONDAY, rooms_readable=readable)
        assert ["place_id" in op.after for op in plan(slots, have, ask=ask)[0]] == [readable] * 2


def test_the_order_of_wishes_does_not_matter():
    have = diary(*every_week(), russian(number=6), lesson(day=2, number=1))
    found = wishes(slot(number=5), slot(day=2, **RUS), slot(day=3), slot(number=1, **RUS))
    assert plan_schedule(found, have, options()) == plan_schedule(found[::-1], have, options())
