import random

from connector.planned import HaveGroup
from connector.sync.pattern import WeekLesson, group_key
from tests.unit.weeks import (
    A1,
    A2,
    ALGEBRA,
    ENGLISH,
    GROUPS,
    INNA,
    OLEG,
    PAVEL,
    STREAM,
    SUBJECTS,
    TEACHERS,
    VERA,
    A,
    B,
    diary,
    names,
    options,
    pattern,
    rules,
    slot,
)

PARTS = ("1 группа", "2 группа")
BOTH = ("Опытова И.", "Примеров П.")


def split(**changes):
    members = {"subject": "Английский язык", "teachers": BOTH, "parts": PARTS}
    return slot(**{**members, **changes})


def by_group(found):
    return {one.edu_group_id: one.teacher_ids for one in found.lessons}


def test_a_slot_becomes_a_lesson_of_the_diarys_group_subject_and_teacher():
    found = pattern(slot(day=2, number=4, rooms=("12",)), known=names(places={"12": 900}))
    key = "5А|Алгебра|Тестова В."
    assert found.lessons == [
        WeekLesson(A, 2, 4, "1", ALGEBRA, (VERA,), ("12",), 900, key, "week.xml")
    ]
    assert found.questions == []
    assert found.notes == []


def test_a_whole_class_with_several_teachers_has_all_of_them():
    assert by_group(pattern(slot(teachers=("Пробин О.", "Тестова В.")))) == {A: (VERA, OLEG)}


def test_a_single_part_with_several_teachers_has_all_of_them():
    assert by_group(pattern(split(parts=("1 группа",)))) == {A1: (INNA, PAVEL)}


def test_parts_under_one_teacher_each_get_a_lesson():
    assert by_group(pattern(split(teachers=("Опытова И.",)))) == {A1: (INNA,), A2: (INNA,)}


def test_parts_under_one_teacher_are_one_group_where_the_diary_has_it():
    known = names(groups={**GROUPS, ("5А", "1 группа + 2 группа"): 530})
    assert by_group(pattern(split(teachers=("Опытова И.",)), known=known)) == {530: (INNA,)}


def test_several_teachers_of_several_parts_are_asked_about():
    found = pattern(split())
    key = split().requirement
    assert [(q.resource, q.local_key, q.label, q.reason) for q in found.questions] == [
        ("pairings", f"{key}|1 группа", "5А, 1 группа: Английский язык", "unpaired"),
        ("pairings", f"{key}|2 группа", "5А, 2 группа: Английский язык", "unpaired"),
    ]
    assert [c.vendor_id for c in found.questions[0].candidates] == [INNA, PAVEL]
    assert not any(q.unique for q in found.questions)
    assert not any(one.decided for one in found.lessons)


def test_a_pairing_answers_the_question():
    key = split().requirement
    known = names(pairings={(key, "1 группа"): (PAVEL,), (key, "2 группа"): (INNA,)})
    found = pattern(split(), known=known)
    assert found.questions == []
    assert by_group(found) == {A1: (PAVEL,), A2: (INNA,)}


def test_the_teacher_that_is_left_is_the_only_candidate():
    found = pattern(split(), known=names(pairings={(split().requirement, "1 группа"): (PAVEL,)}))
    (question,) = found.questions
    assert [(c.vendor_id, c.score) for c in question.candidates] == [(INNA, 100)]
    assert question.unique
    assert by_group(found) == {A: None, A1: (PAVEL,), A2: None}


def test_a_teacher_nobody_knows_is_no_reason_to_answer_in_bulk():
    known = names(teachers={"Опытова И.": INNA})
    (question, _other) = pattern(split(), known=known).questions
    assert [c.vendor_id for c in question.candidates] == [INNA]
    assert not question.unique


def test_no_known_teacher_leaves_the_question_without_candidates():
    assert pattern(split(), known=names(teachers={})).questions[0].candidates == ()


def stream(**changes):
    return slot(classes=("5Б", "5А"), **changes)


def with_stream():
    have = diary()
    have.groups[STREAM] = HaveGroup(STREAM, "поток", 5, "Subgroup", 2026, (A, B))
    have.groups[STREAM + 1] = HaveGroup(STREAM + 1, "все пятые", 5, "Subgroup", 2026, (A, B, 9))
    return have


def test_several_classes_in_one_lesson_are_one_group_of_the_diary():
    known = names(groups={**GROUPS, group_key(("5Б", "5А")): STREAM})
    assert by_group(pattern(stream(), known=known)) == {STREAM: (VERA,)}


def test_a_stream_without_a_group_is_asked_about_once():
    found = pattern(stream(), stream(day=2), have=with_stream())
    (question,) = found.questions
    assert (question.resource, question.local_key) == ("edu_groups", "5А + 5Б")
    assert question.reason == "stream"
    assert [(c.vendor_id, c.score) for c in question.candidates] == [(STREAM, 100), (521, 50)]
    assert question.unique
    assert not any(one.decided for one in found.lessons)


def test_a_stream_of_an_unknown_class_has_no_candidates():
    found = pattern(slot(classes=("5А", "5В")), have=with_stream())
    assert found.questions[0].candidates == ()


def test_parts_of_two_classes_under_one_teacher_are_one_stream():
    found = pattern(stream(parts=("мальчики", "спортсмены")))
    assert [q.local_key for q in found.questions] == ["5А + 5Б|мальчики + спортсмены"]


def test_a_part_that_only_one_of_the_classes_has_is_that_part():
    known = names(
        groups={**GROUPS, ("5Б", "гуманитарии"): 512},
        pairings={("физика", "1 группа"): (OLEG,), ("физика", "гуманитарии"): (VERA,)},
    )
    parts = ("1 группа", "гуманитарии")
    found = pattern(stream(parts=parts, teachers=BOTH, requirement="физика"), known=known)
    assert by_group(found) == {A1: (OLEG,), 512: (VERA,)}


def test_a_part_that_both_classes_have_needs_a_group_across_them():
    known = names(groups={**GROUPS, ("5Б", "1 группа"): 511})
    found = pattern(stream(parts=("1 группа",)), known=known)
    assert [q.local_key for q in found.questions] == ["5А + 5Б|1 группа"]


def test_an_unknown_subject_is_noted_once_and_kept_open():
    found = pattern(slot(subject="Астрология"), slot(day=2, subject="Астрология"))
    assert [(note.rule, note.text) for note in found.notes] == [
        ("undecided", "“Астрология” is not bound to the diary yet. Hours a week left alone: 2.")
    ]
    assert {one.subject_id for one in found.lessons} == {None}


def test_an_unknown_teacher_leaves_the_lesson_open():
    found = pattern(slot(teachers=("Тестова В.", "Неведомая Н.")))
    assert rules(found.notes) == ["undecided"]
    assert by_group(found) == {A: None}


def test_an_unknown_class_touches_no_group():
    found = pattern(slot(classes=("9Щ",)))
    assert found.lessons == []
    assert [note.text[:6] for note in found.notes] == ["“9Щ” i"]


def test_an_unknown_part_keeps_the_whole_class_open():
    found = pattern(slot(parts=("3 группа",)))
    assert [(one.edu_group_id, one.teacher_ids, one.possible) for one in found.lessons] == [
        (A, None, True)
    ]


def test_what_was_decided_to_be_nothing_is_left_out_and_noted():
    known = names(
        subjects={**SUBJECTS, "Обед": None},
        groups={**GROUPS, ("Надомники", ""): None},
        teachers={**TEACHERS, "Вакансия": None},
    )
    found = pattern(
        slot(subject="Обед"),
        slot(day=2, classes=("Надомники",)),
        slot(day=3, teachers=("Вакансия",)),
        known=known,
    )
    assert rules(found.notes) == ["left_out", "left_out"]
    assert [(one.day, one.teacher_ids) for one in found.lessons] == [(3, ())]


def test_periods_become_lesson_numbers_by_the_settings():
    found = pattern(slot(number=4), slot(number=5), ask=options(numbers={5: 4}))
    assert [one.number for one in found.lessons] == [4]
    assert [note.text for note in found.notes] == [
        "Period 4 of the timetable has no lesson number. Hours left out: 1."
    ]


def test_a_day_beyond_the_school_week_is_noted():
    found = pattern(slot(day=6), slot(day=0), ask=options(week=5))
    assert found.lessons == []
    assert rules(found.notes) == ["no_school_day", "no_school_day"]


def test_a_lesson_of_no_class_is_left_out_and_noted():
    found = pattern(slot(classes=(), subject="Совещание"), slot(classes=(), subject="Совещание"))
    assert found.lessons == []
    assert [note.text for note in found.notes] == [
        "“Совещание” is for no class and is left out. Hours a week: 2."
    ]


def test_without_an_anchor_alternating_lessons_stay_open():
    found = pattern(slot(weeks="10"), ask=options(anchor=None))
    assert rules(found.notes) == ["no_anchor"]
    assert not found.lessons[0].decided


def test_of_several_rooms_none_is_taken_for_the_lessons():
    found = pattern(slot(rooms=("12", "13")), known=names(places={"12": 1, "13": 2}))
    assert found.lessons[0].place_id is None


def test_the_order_of_slots_does_not_matter():
    slots = [
        split(),
        stream(),
        slot(),
        slot(subject="Астрология"),
        slot(day=9),
        slot(weeks="01", number=5),
        split(day=4, teachers=("Опытова И.",)),
    ]
    first = pattern(*slots)
    for seed in range(10):
        random.Random(seed).shuffle(slots)
        assert pattern(*slots) == first
    assert {one.subject_id for one in first.lessons} == {ALGEBRA, ENGLISH, None}
