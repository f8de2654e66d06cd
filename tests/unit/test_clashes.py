import random

from connector.planned import HaveGroup, HavePerson
from connector.source import Requirement
from connector.sync.clashes import clashes, load, unplaced
from tests.unit.weeks import (
    A1,
    A2,
    GROUPS,
    STREAM,
    VERA,
    A,
    B,
    diary,
    every_week,
    lesson,
    names,
    options,
    pattern,
    slot,
    timetable,
    wishes,
)

DIVISION = {("5А", "мальчики"): 503, ("5А", "девочки"): 504}
KNOWN = names(groups={**GROUPS, **DIVISION})
ENGLISH = {"subject": "Английский язык", "teachers": ("Опытова И.",)}


def school(**changes):
    have = diary(**changes)
    for number, name in ((503, "мальчики"), (504, "девочки")):
        have.groups[number] = HaveGroup(number, name, 5, "Subgroup", 2026, (A,))
    have.teachers[VERA] = HavePerson(VERA, "Тестова", "Вера", "Юрьевна", None, None)
    return have


def found(*slots, have=None, known=KNOWN):
    have = have or school()
    return [
        (note.rule, note.text)
        for note in clashes(pattern(*slots, have=have, known=known).lessons, have)
    ]


def test_a_teacher_in_two_classes_at_once_is_told_by_name_day_and_lesson():
    assert found(slot(), slot(classes=("5Б",))) == [
        (
            "teacher_clash",
            "Тестова Вера Юрьевна has several lessons at once: Monday, lesson 3: 5А, 5Б.",
        )
    ]


def test_a_teacher_nobody_has_a_name_for_is_shown_by_id():
    other = {"teachers": ("Пробин О.",)}
    assert found(slot(**other), slot(classes=("5Б",), **other))[0][1].startswith("72 has")


def test_different_days_numbers_or_weeks_do_not_clash():
    assert found(slot(), slot(day=2, classes=("5Б",))) == []
    assert found(slot(), slot(number=4, classes=("5Б",))) == []
    assert found(slot(weeks="10"), slot(weeks="01", classes=("5Б",))) == []


def test_a_cycle_meets_a_longer_one():
    assert len(found(slot(weeks="10"), slot(weeks="0010", classes=("5Б",)))) == 1
    assert found(slot(weeks="10"), slot(weeks="0100", classes=("5Б",))) == []
    assert len(found(slot(weeks="10"), slot(weeks="010", classes=("5Б",)))) == 1


def test_parts_under_one_teacher_and_streams_belong_together():
    assert found(slot(parts=("1 группа", "2 группа"))) == []
    known = names(groups={**GROUPS, ("5А + 5Б", ""): STREAM})
    assert found(slot(classes=("5А", "5Б")), known=known) == []


def test_lessons_without_a_requirement_may_clash():
    assert len(found(slot(requirement=""), slot(requirement="", classes=("5Б",)))) == 1


def test_a_room_taken_twice_is_told_however_it_is_spelt():
    rooms = [
        slot(rooms=("Зал  2",)),
        slot(rooms=("зал 2",), classes=("5Б",), teachers=("Пробин О.",)),
    ]
    assert found(*rooms) == [
        ("room_clash", "Room зал 2 is taken several times: Monday, lesson 3: 5А, 5Б.")
    ]


def test_several_rooms_of_a_lesson_do_not_say_which_is_taken():
    rooms = [
        slot(rooms=("1", "2")),
        slot(rooms=("1",), classes=("5Б",), teachers=("Пробин О.",)),
    ]
    assert found(*rooms) == []


def test_two_lessons_of_one_class_at_once_clash():
    assert found(slot(), slot(**ENGLISH)) == [
        ("class_clash", "5А has several lessons at once: Monday, lesson 3: 5А.")
    ]


def test_a_class_and_its_part_at_once_clash():
    assert found(slot(), slot(parts=("1 группа",), **ENGLISH)) == [
        ("class_clash", "5А has several lessons at once: Monday, lesson 3: 5А, 5А 1 группа.")
    ]


def test_a_stream_and_one_of_its_classes_at_once_clash():
    have = school()
    have.groups[STREAM] = HaveGroup(STREAM, "5А + 5Б", 5, "Subgroup", 2026, (A, B))
    known = names(groups={**GROUPS, ("5А + 5Б", ""): STREAM})
    pair = [slot(classes=("5А", "5Б")), slot(**ENGLISH)]
    assert [rule for rule, _text in found(*pair, have=have, known=known)] == ["class_clash"]


def both_divisions(boys_day=2):
    """The files show that 1 and 2 are parts of one division, boys and girls of another."""
    return [
        slot(day=4, number=1, parts=("1 группа", "2 группа")),
        slot(day=4, number=2, parts=("мальчики", "девочки"), **ENGLISH),
        slot(parts=("1 группа",), requirement="один"),
        slot(day=boys_day, parts=("мальчики",), requirement="мальчики", **ENGLISH),
    ]


def test_parts_of_different_divisions_at_once_clash():
    assert found(*both_divisions()) == []
    assert [rule for rule, _text in found(*both_divisions(boys_day=1))] == ["class_clash"]


def test_a_division_may_show_itself_in_pieces():
    pieces = [
        slot(number=1, parts=("1 группа", "2 группа")),
        slot(number=2, parts=("мальчики", "девочки"), **ENGLISH),
        slot(number=5, parts=("2 группа", "мальчики"), requirement="мост"),
        slot(parts=("1 группа",)),
        slot(parts=("девочки",), **ENGLISH),
    ]
    assert found(*pieces) == []


def test_parts_of_which_no_division_is_known_may_stand_side_by_side():
    assert found(slot(parts=("1 группа",)), slot(parts=("2 группа",), **ENGLISH)) == []


def test_where_the_diary_lists_pupils_these_decide():
    sides = [slot(parts=("1 группа",)), slot(parts=("2 группа",), **ENGLISH)]
    assert found(*sides, have=school(members={(1, A1), (2, A2)})) == []
    assert len(found(*sides, have=school(members={(1, A1), (2, A1), (2, A2)}))) == 1
    apart = school(members={(1, A1), (2, 503)})
    assert found(*both_divisions(boys_day=1), have=apart) == []


def test_groups_the_diary_does_not_show_clash_only_with_themselves():
    have = school(groups={})
    assert found(slot(), slot(parts=("1 группа",), **ENGLISH), have=have) == []
    assert len(found(slot(), slot(**ENGLISH), have=have)) == 1


def test_where_a_lesson_only_may_stand_nothing_clashes():
    known = names(groups={("5А", ""): A, ("5А", "1 группа"): A1})
    unknown = slot(parts=("1 группа", "2 группа"))
    beside = slot(parts=("1 группа",), **ENGLISH)
    assert [rule for rule, _text in found(unknown, beside, known=known)] == ["class_clash"]
    assert found(slot(parts=("3 группа",)), slot(**ENGLISH), known=known) == []


def test_the_order_of_slots_does_not_matter():
    slots = [slot(), slot(classes=("5Б",), rooms=("1",)), slot(**ENGLISH, rooms=("1",))]
    first = found(*slots)
    assert len(first) == 3
    for seed in range(6):
        random.Random(seed).shuffle(slots)
        assert found(*slots) == first


def requirement(declared, placed, parts=()):
    return Requirement("k", ("5А", "5Б"), parts, "Алгебра", ("Т.",), declared, placed)


def test_hours_without_a_place_are_told():
    source = timetable(
        requirements=[
            requirement(5.0, 5.0),
            requirement(2.5, 1.0, ("1 группа",)),
            requirement(1.0, 1.5),
            requirement(0.3, 0.1 + 0.2),
        ]
    )
    assert [(note.rule, note.text) for note in unplaced([source])] == [
        ("unplaced", "5А + 5Б, 1 группа: Алгебра. Hours a week without a place: 1.5.")
    ]


def loads(slots, have, **given):
    return [(note.rule, note.text) for note in load(wishes(*slots, have=have, **given), have)]


def test_a_load_like_the_diarys_is_nothing_to_tell():
    assert loads([slot()], diary(*every_week())) == []


def test_a_load_unlike_the_diarys_is_told_by_subject():
    have = diary(*every_week(), *every_week(number=5, subject=2), *every_week(day=4))
    assert loads([slot(), slot(day=2, **ENGLISH)], have) == [
        ("load", "5А, Алгебра: hours a week in the timetable: 1, in the diary: 2."),
        ("load", "5А, Русский язык: hours a week in the timetable: 0, in the diary: 1."),
        ("load", "5А, Английский язык: hours a week in the timetable: 1, in the diary: 0."),
    ]


def test_a_class_without_lessons_in_the_diary_is_one_note():
    have = diary(lesson(group=B), lesson(9))
    assert loads([slot(), slot(day=2, **ENGLISH), slot(weeks="10", number=1)], have) == [
        ("load", "5А: hours a week in the timetable: 2.67; the diary has none yet.")
    ]


def test_a_lesson_without_a_subject_counts_as_an_unknown_one():
    have = diary(*every_week(), *every_week(number=4, subject=None))
    assert loads([slot()], have) == [
        ("load", "5А, ?: hours a week in the timetable: 0, in the diary: 1.")
    ]


def test_what_is_undecided_has_no_load():
    assert loads([slot(subject="Астрология"), slot(parts=("3 группа",))], diary()) == []


def test_one_lesson_less_in_a_long_horizon_is_no_other_load():
    lessons = [lesson(week) for week in range(8)]
    ask = options(end=lessons[-1].date)
    assert loads([slot()], diary(*lessons[1:]), ask=ask) == []
