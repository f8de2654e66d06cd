"""Days, СНИЛС, phones, full names: the cells of class lists one at a time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dates import Day, read_day
from mappings.persons import (
    FullName,
    join_dashes,
    mend_letters,
    name_trouble,
    settle_capitals,
    sex_of_patronymic,
    split_full,
)
from mappings.phones import read_phones
from mappings.snils import read_snils

TODAY = date(2026, 11, 24)
BORN = date(2012, 9, 1)


def day(value, **options):
    return read_day(value, today=TODAY, **options)


# --- 10: days


@pytest.mark.parametrize(
    "value",
    [
        "01.09.2012",
        "1.9.2012",
        "01/09/2012",
        "01-09-2012",
        "01 09 2012",
        "1 . 9 . 2012",
        "01,09,2012",
        "01092012",
        "2012-09-01",
        "2012.09.01",
        "2012-09-01T00:00:00",
        "01.09.2012 0:00:00",
        "01.09.2012 г.",
        "01.09.2012г.р.",
        "1 сентября 2012",
        "1 сентября 2012 года",
        "1 сен. 2012 г.",
        "1 СЕНТЯБРЯ 2012",
        " 01.09.2012\u00a0",
        BORN,
        datetime(2012, 9, 1, 0, 0),
    ],
)
def test_a_day_is_read_in_every_usual_form(value):
    assert day(value) == Day(BORN)


@pytest.mark.parametrize("value", [41153, 41153.0, "41153", 41153.5])
def test_a_serial_number_is_a_day_and_told(value):
    assert day(value).day == BORN or value == 41153.5
    assert day(41153) == Day(BORN, "serial_date")


def test_serial_numbers_may_count_from_1904():
    assert day(41153 - 1462, epoch_1904=True) == Day(BORN, "serial_date")


@pytest.mark.parametrize(
    ("text", "year"),
    [("1.9.12", 2012), ("1.9.26", 2026), ("1.9.27", 1927), ("1 сентября 09", 2009)],
)
def test_a_year_of_two_digits_is_the_latest_that_has_come(text, year):
    assert day(text) == Day(date(year, 9, 1), "short_year")


@pytest.mark.parametrize("value", [2012, "2012", "2012 г.", "2012 г.р.", "2012 год", 2012.0])
def test_a_year_alone_is_no_day(value):
    assert day(value) == Day(None, "year_only")


@pytest.mark.parametrize(
    "value",
    [
        "31.02.2012",
        "29.02.2013",
        "13.13.2012",
        "00.09.2012",
        "1.9.201",
        "сентябрь",
        "1 мартобря 2012",
        "завтра",
        "5А",
        True,
        0,
        -5,
        123456789,
        float("nan"),
        float("inf"),
        10**400,
    ],
)
def test_what_is_no_day_is_told(value):
    assert day(value) == Day(None, "bad_date")


@pytest.mark.parametrize("value", [None, "-", "—", " . "])
def test_an_empty_cell_is_no_wrong_day(value):
    assert day(value) == Day(None)


MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_form_of_a_day_gives_that_day(born):
    forms = (
        f"{born:%d.%m.%Y}",
        f"{born.day}.{born.month}.{born.year}",
        born.isoformat(),
        f"{born.day} {MONTHS[born.month - 1]} {born.year}",
        (born - date(1899, 12, 30)).days,
        datetime.combine(born, datetime.min.time()) + timedelta(hours=3),
    )
    assert {day(form).day for form in forms} == {born}


@given(st.text(max_size=20))
def test_no_text_is_too_odd_to_be_asked_for_a_day(text):
    found = day(text)
    assert found.day is None or not found.rule or found.rule in {"serial_date", "short_year"}


# --- 11: СНИЛС


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ("112-233-445 95", "11223344595"),
        ("11223344595", "11223344595"),
        (11223344595, "11223344595"),
        ("11223344595.0", "11223344595"),
        ("112 233 445 95", "11223344595"),
        ("112–233–445\u00a095", "11223344595"),
        # 087-654-303 00: a sum of 100 and a zero lost in front.
        ("8765430300", "08765430300"),
        # Up to 001-001-998 nothing is checked.
        ("001-001-998 17", "00100199817"),
        (None, ""),
        ("", ""),
        (" - ", ""),
    ],
)
def test_a_snils_is_read_in_its_usual_forms(value, digits):
    assert read_snils(value) == digits


@pytest.mark.parametrize(
    "value",
    [
        "112-233-445 96",
        "1122334459",
        "12345",
        "1,12233E+10",
        11223344595.5,
        "нет",
        "000-000-000 00",
        "1" * 12,
    ],
)
def test_a_wrong_snils_is_none(value):
    assert read_snils(value) is None


@given(st.integers(1_001_999, 999_999_999), st.integers(0, 10))
def test_a_snils_with_one_digit_changed_is_refused(number, place):
    digits = f"{number:09}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    right = f"{digits}{total % 101 % 100:02}"
    assert read_snils(right) == right
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    if int(wrong[:9]) >= 1_001_999:
        assert read_snils(wrong) is None


# --- 12: phones


@pytest.mark.parametrize(
    ("value", "phones"),
    [
        ("8 (900) 123-45-67", ("+79001234567",)),
        ("+7 900 123 45 67", ("+79001234567",)),
        ("9001234567", ("+79001234567",)),
        (89001234567, ("+79001234567",)),
        ("89001234567, 89007654321", ("+79001234567", "+79007654321")),
        ("89001234567 89007654321", ("+79001234567", "+79007654321")),
        ("мама 89001234567; папа 89007654321", ("+79001234567", "+79007654321")),
        ("89001234567/+79001234567", ("+79001234567",)),
        ("+375 29 123-45-67", ("+375291234567",)),
        (None, ()),
        ("нет", ()),
    ],
)
def test_phones_are_read_in_their_usual_forms(value, phones):
    assert read_phones(value) == (phones, (), ())


def test_a_mail_address_among_phones_is_told_apart():
    assert read_phones("mama@school.example 89001234567") == (
        ("+79001234567",),
        ("mama@school.example",),
        (),
    )


def test_a_piece_that_is_no_phone_is_given_back():
    assert read_phones("12-34-56; 89001234567") == (("+79001234567",), (), ("12-34-56",))


# --- 3, 5, 8: names


@pytest.mark.parametrize(
    ("patronymic", "sex"),
    [
        ("Сергеевич", "Male"),
        ("Ильич", "Male"),
        ("Кузьмич", "Male"),
        ("Сергеевна", "Female"),
        ("Ильинична", "Female"),
        ("Никитична", "Female"),
        ("Вагиф оглы", "Male"),
        ("Вагиф-Оглы", "Male"),
        ("Вагиф Кызы", "Female"),
        ("Асан уулу", "Male"),
        ("Ань", None),
        ("", None),
    ],
)
def test_a_patronymic_tells_the_sex(patronymic, sex):
    assert sex_of_patronymic(patronymic) == sex


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ИВАНОВ", "Иванов"),
        ("АННА-МАРИЯ", "Анна-Мария"),
        ("Д'АРК", "Д'арк"),
        ("ВАГИФ КЫЗЫ", "Вагиф кызы"),
        ("Иванов", "Иванов"),
        ("иванов", "иванов"),
        ("ЛИ", "ЛИ"),
        ("МакДак", "МакДак"),
    ],
)
def test_only_capitals_are_settled(before, after):
    assert settle_capitals(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [("Ceргей", "Сергей"), ("Smith", "Smith"), ("Анна-Marie", "Анна-Marie"), ("Иваnов", "Иваnов")],
)
def test_latin_letters_are_mended_inside_cyrillic_words_only(before, after):
    assert mend_letters(before) == after


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("", ""),
        ("Анна-Мария", ""),
        ("Д'Арк", ""),
        ("Вагиф оглы", ""),
        ("А.", "initials"),
        ("А.О.", "initials"),
        ("А", "initials"),
        ("Анна.", "name_characters"),
        ("Анна2", "name_characters"),
        ("=Анна", "name_characters"),
        ("-", "name_characters"),
        ("Иваnов", "mixed_letters"),
    ],
)
def test_what_makes_a_text_no_name_is_told(name, trouble):
    assert name_trouble(name) == trouble


@pytest.mark.parametrize("text", ["", "  ", ","])
def test_an_empty_full_name_has_no_parts(text):
    assert split_full(text) == FullName("", "", "")


@given(
    st.sampled_from(["Иванов", "Римская-Корсакова", "Д'Арк"]),
    st.sampled_from(["Пётр", "Анна-Мария"]),
    st.sampled_from(["Ильич", "Сергеевна", "Вагиф оглы", "Вагиф Кызы", ""]),
    st.sampled_from([" ", "  ", "\u00a0", "\t"]),
)
def test_a_joined_full_name_is_split_into_its_parts(last, first, middle, space):
    whole = space.join(part.replace(" ", space) for part in (last, first, middle) if part)
    assert split_full(whole) == FullName(last, first, middle)


def test_dashes_are_joined():
    assert join_dashes("Салтыков – Щедрин") == "Салтыков-Щедрин"
