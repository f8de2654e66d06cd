import datetime as dt

import pytest

from mappings.grid_words import (
    class_of,
    day_like,
    day_of,
    is_nothing,
    is_room,
    is_teacher,
    number_of,
    read_cell,
    role_of,
    rooms_of,
    span_of,
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Понедельник", 1),
        ("ПОНЕДЕЛЬНИК", 1),
        ("П о н е д е л ь н и к", 1),
        ("п\nо\nн\nе\nд\nе\nл\nь\nн\nи\nк", 1),
        ("пн.", 1),
        ("понед.", 1),
        ("Втoрник", 2),
        ("вт", 2),
        ("Среда (02.09.2026)", 3),
        ("среда, 02.09", 3),
        ("Чт:", 4),
        ("пятница ", 5),
        ("Субб.", 6),
        ("сб", 6),
        ("Воскресенье", 7),
    ],
)
def test_a_day_is_known_in_all_its_spellings(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize("text", ["Пение", "Вторнк", "среднее", "Вторая смена", "", "1", "птица"])
def test_no_other_word_is_a_day(text):
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [("Понедельнк", 1), ("Вторнк", 2), ("Пятниица", 5), ("Смена", None), ("Зал", None)],
)
def test_a_mistyped_day_is_near_one_day_or_none(text, day):
    assert day_like(text) == day


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('5 "А" класс', "5А"),
        ("5A", "5А"),
        ("10", "10"),
        ("10 класс", "10"),
        ('11 "И" класс (физ-мат)', "11И физ-мат"),
        ("V А", "5А"),
    ],
)
def test_a_heading_of_a_class_is_known(text, name):
    assert class_of(text).name == name


@pytest.mark.parametrize(
    "text",
    ["12 каб", "2 иностранный язык", "Русский 5", "Х", "V", "13", "5D", "Химия", "1 смена", "325"],
)
def test_other_texts_with_numbers_are_no_headings_of_classes(text):
    assert class_of(text) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), (0, 0), ("3", 3), ("3.", 3), ("3 урок", 3), ("4-й урок", 4), ("2 ур.", 2), ("5)", 5)],
)
def test_a_lesson_number_is_read(value, number):
    assert number_of(value) == number


@pytest.mark.parametrize("value", [True, 15, -1, 1.5, "25", "первый", "1 группа", None])
def test_nothing_else_is_a_lesson_number(value):
    assert number_of(value) is None


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("8.30-9.15", ("08:30", "09:15")),
        ("8:30 – 9:15", ("08:30", "09:15")),
        ("25:00-26:00", None),
        ("8.30", None),
        (8.3, None),
    ],
)
def test_times_are_read(value, span):
    assert span_of(value) == span


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("№", "number"),
        ("№ урока", "number"),
        ("Урок", "number"),
        ("Предмет", "subject"),
        ("Название предмета", "subject"),
        ("каб.", "room"),
        ("Кабинет", "room"),
        ("№ каб", "room"),
        ("Учитель", "teacher"),
        ("ФИО учителя", "teacher"),
        ("Время", "time"),
        ("Звонки", "time"),
        ("День недели", "day"),
        ("Дни", "day"),
        ("Алгебра", ""),
        ("", ""),
        ("." * 50, ""),
    ],
)
def test_a_heading_says_what_its_column_holds(text, role):
    assert role_of(text) == role


@pytest.mark.parametrize("text", ["-", "—", "", " . ", "нет", "окно", "Обед", "перемена", "х", "X"])
def test_nothing_stands_where_a_dash_or_a_meal_does(text):
    assert is_nothing(text)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (325, True),
        ("325", True),
        ("12а", True),
        ("325/331", True),
        ("325, 331", True),
        ("Сп.зал 2", True),
        ("Сп. зал", True),
        ("спортзал", True),
        ("каб. 12", True),
        ("каб. химии", True),
        ("акт. зал", True),
        ("с/з", True),
        ("Русский язык", False),
        ("Зал славы", False),
        (True, False),
        (None, False),
        (0, False),
        (dt.date(2026, 4, 3), False),
    ],
)
def test_a_room_is_told_from_a_subject(value, is_one):
    assert is_room(value) is is_one


def test_spellings_of_one_room_are_one():
    assert rooms_of("Сп.зал 2") == rooms_of("Сп.  зал 2") == ("Сп. зал 2",)


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("325/331", ("325", "331")),
        ("325/325", ("325",)),
        ("12; 13", ("12", "13")),
        ("с/з", ("с/з",)),
    ],
)
def test_several_rooms_are_taken_apart(text, rooms):
    assert rooms_of(text) == rooms


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("Тестова В.Ю.", True), ("Тестова-Примерова В. Ю.", True), ("Тестова Вера", False)],
)
def test_a_teacher_is_a_surname_with_initials(text, is_one):
    assert is_teacher(text) is is_one


def subjects(text):
    return [subject for subject, _weeks in read_cell(text).subjects]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Русский язык ", ["Русский язык"]),
        ("Информатика/Химия", ["Информатика", "Химия"]),
        ("Французский / Испанский язык", ["Французский", "Испанский язык"]),
        ("Труд/технология", ["Труд/технология"]),
        ("ф/к", ["ф/к"]),
        ("Р/язык", ["Р/язык"]),
        ("Aлгебра", ["Алгебра"]),
        ("Россия - мои горизонты", ["Россия - мои горизонты"]),
        ("История,", ["История"]),
        ("Английский язык 1", ["Английский язык 1"]),
        ("Физика (профиль)", ["Физика (профиль)"]),
        ("Химия/Химия", ["Химия"]),
    ],
)
def test_subjects_of_a_cell_are_told_apart(text, found):
    assert subjects(text) == found


@pytest.mark.parametrize(
    ("text", "subject", "rooms"),
    [
        ("Алгебра (325)", "Алгебра", ("325",)),
        ("Алгебра 325", "Алгебра", ("325",)),
        ("Алгебра каб. 12а", "Алгебра", ("12а",)),
        ("Физика (к. 5)", "Физика", ("5",)),
        ("Английский язык 325/331", "Английский язык", ("325", "331")),
        ("История, каб 7", "История", ("7",)),
    ],
)
def test_a_room_in_the_cell_of_the_subject_is_taken_out(text, subject, rooms):
    assert (subjects(text), read_cell(text).rooms) == ([subject], rooms)


def test_a_teacher_in_the_cell_of_the_subject_is_taken_out():
    found = read_cell("Математика\nТестова В.Ю.\n325")
    assert (found.subjects, found.teachers, found.rooms) == (
        (("Математика", "1"),),
        ("Тестова В.Ю.",),
        ("325",),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Химия (нечет.)", [("Химия", "10")]),
        ("Химия, нечётная неделя", [("Химия", "10")]),
        ("Химия 1 нед.", [("Химия", "10")]),
        ("Химия (чёт)", [("Химия", "01")]),
        ("Химия 2 неделя", [("Химия", "01")]),
        ("Химия (1 нед)/Физика (2 нед)", [("Химия", "10"), ("Физика", "01")]),
        ("Черчение", [("Черчение", "1")]),
        ("Бухгалтерский учёт", [("Бухгалтерский учёт", "1")]),
    ],
)
def test_odd_and_even_weeks_are_read(text, found):
    assert list(read_cell(text).subjects) == found
