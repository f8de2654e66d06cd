"""Names: what two spellings have in common, and which class a spelling means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.names import ClassName, find_class, fold, full_key, parse_class, tidy

LETTERS = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Семён", "Семен"),
        ("ИВАНОВ", "Иванов"),
        ("Анна  Мария", " Анна\u00a0Мария "),
        ("Анна-Мария", "Анна – Мария"),
        ("Д'Артаньян", "Д’Артаньян"),
        ("Дʼартаньян", "Дартаньян"),
        ("«Б»", "Б"),
        ("Кри\u00adстина", "Кристина"),
        ("Сергеи\u0306", "Сергей"),
    ],
)
def test_two_spellings_of_one_name_fold_to_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Семен", "Симон"), ("Анна Мария", "Анна-Мария")])
def test_two_names_stay_two(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_tidying_twice_changes_nothing(text):
    assert tidy(tidy(text)) == tidy(text)


def test_the_key_of_a_full_name_leaves_empty_parts_out():
    assert full_key("Ким", "Артём", None) == full_key("КИМ", "Артем", "") == "ким артем"


# --- classes: items 7 and 8 of the mess catalogue


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("5А", "5А"),
        ("5 А", "5А"),
        ("5-А", "5А"),
        ('5 "А"', "5А"),
        ("5«А»", "5А"),
        ("5 „А“", "5А"),
        ("5 А класс", "5А"),
        ("5А кл.", "5А"),
        ("5Акласс", "5А"),
        ("класс 5А", "5А"),
        ("5 класс А", "5А"),
        ("5-й А", "5А"),
        ("05А", "5А"),
        (" 1-А", "1А"),
        ("5 – А", "5А"),
        ("5\u00a0А", "5А"),
        ("7ё", "7Е"),
        ("10", "10"),
        ("5 класс", "5"),
        ("10-1", "10-1"),
        ("5А1", "5А-1"),
        ("11А физмат", "11А физмат"),
        ("11 «И» класс (физ-мат)", "11И физ-мат"),
        ('10 "М" класс (медицинское)', "10М медицинское"),
        ("10 физмат", "10 физмат"),
        ("11физмат", "11 физмат"),
        ("10А ФМ", "10А фм"),
        ("V А", "5А"),
        ("XI-Б", "11Б"),
        ("IX", "9"),
        ("12Б", "12Б"),
    ],
)
def test_a_spelling_of_a_class_is_read(text, name):
    found = parse_class(text)
    assert found is not None
    assert (found.name, found.changed) == (name, False)


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    list(zip("ABEKMHOPCTXYaeopcxy", "АВЕКМНОРСТХУАЕОРСХУ", strict=True)),
)
def test_a_latin_letter_that_looks_like_a_class_letter_is_mapped_and_told(latin, cyrillic):
    assert parse_class(f"5{latin}") == ClassName(f"5{cyrillic}", 5, cyrillic, "", changed=True)


@pytest.mark.parametrize("letter", "DFGZJLNQRSUWdfgzbhtmkn")
def test_a_latin_letter_without_a_twin_is_refused(letter):
    assert parse_class(f"5{letter}") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ЗА", "3А"),
        ("З А", "3А"),
        ("1ОА", "10А"),
        ("lА", "1А"),
        ("l0А", "10А"),
        ("1lА", "11А"),
        ("1IА", "11А"),
        ("О5А", "5А"),
        ("ХI А", "11А"),
    ],
)
def test_a_letter_that_stands_for_a_digit_is_mapped_and_told(text, name):
    found = parse_class(text)
    assert found is not None
    assert (found.name, found.changed) == (name, True)


def test_a_letter_after_a_number_is_a_letter_where_that_gives_a_class():
    """`1О` may be a slip for 10, but it is a class name as it stands."""
    assert parse_class("1О") == ClassName("1О", 1, "О")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Иванов",
        "А",
        "А5",
        "0А",
        "13А",
        "53",
        "50",
        "100",
        "2012",
        "5 1",
        "10.1",
        "5АБ",
        "5А, 5Б",
        "5А/5Б",
        "5Ь",
        "ХА",
        "Химия",
        "1 четверть",
        "I полугодие",
        "2 смена",
        "1 сентября",
        "Лист1",
        "5|",
    ],
)
def test_what_is_no_class_is_refused(text):
    assert parse_class(text) is None


@pytest.mark.parametrize("text", ["Надомное обучение", "Семейное  обучение", "Экстернат", "НДО"])
def test_home_schooling_and_its_like_is_a_pseudo_class(text):
    assert parse_class(text) == ClassName(tidy(text), None, "")


@given(
    st.integers(1, 12),
    st.sampled_from(LETTERS),
    st.sampled_from(
        ["{}{}", "{} {}", "{}-{}", '{} "{}"', "{}«{}»", "{} {} класс", "0{}{}", " {} – {} "]
    ),
)
def test_every_spelling_of_a_class_gives_its_one_name(number, letter, form):
    found = parse_class(form.format(number, letter))
    assert found == ClassName(f"{number}{letter}", number, letter)


@given(st.text(max_size=30))
def test_a_canonical_name_is_read_as_itself(text):
    found = parse_class(text)
    if found is not None and found.parallel is not None:
        again = parse_class(found.name)
        assert again is not None
        assert (again.name, again.changed) == (found.name, False)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Список учащихся 5 «А» класса", "5А"),
        ("Список 5А", "5А"),
        ("Класс: 5-А", "5А"),
        ("Кл. рук. 5Б: Иванова А. А.", "5Б"),
        ("5А класс, 2025/2026 учебный год", "5А"),
        ("Список 11 класса", "11"),
        ("V «Б» класс", "5Б"),
    ],
)
def test_a_title_names_its_class(title, name):
    found = find_class(title)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "title",
    ["МБОУ СОШ №5 г. Иваново", "5А и 5Б классы", "Списки на 1 сентября 2025", "Ученики школы", ""],
)
def test_a_title_without_one_class_names_none(title):
    assert find_class(title) is None
