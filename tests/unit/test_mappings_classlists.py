"""Class lists as schools really keep them: one test for each line of the catalogue of mess, and a few laws."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.source import SourceGroup
from mappings.classlists import holds_class_list, read_class_list
from mappings.sheets import Sheet, Unusable

TODAY = date(2026, 11, 24)
HEAD = ("Фамилия", "Имя", "Отчество", "Класс")
BORN = ("Фамилия", "Имя", "Отчество", "Класс", "Дата рождения")


def sheet(*rows, name="Лист1", hidden=False, merges=()):
    width = max(len(row) for row in rows)
    padded = tuple((*row, *(None,) * (width - len(row))) for row in rows)
    return Sheet(name, hidden, padded, merges)


def read(*sheets, path="list.xlsx", **options):
    return read_class_list(sheets, path, "0", today=TODAY, **options)


def names(source):
    return [(pupil.last_name, pupil.first_name, pupil.middle_name) for pupil in source.pupils]


def groups(source):
    return [pupil.edu_group for pupil in source.pupils]


def rules(source):
    return [problem.rule for problem in source.problems]


def fixes(source):
    return [(fix.rule, fix.before, fix.after) for fix in source.fixes]


def one(*cells, head=HEAD):
    """A list of one pupil."""
    return read(sheet(head, cells))


# --- shapes


def test_a_sheet_for_each_class_is_read_by_the_names_of_the_sheets():
    source = read(
        sheet(HEAD[:3], ("Иванов", "Пётр", "Ильич"), name="5 А"),
        sheet(HEAD[:3], ("Ким", "Анна", "Олеговна"), name="11 Б"),
    )
    assert groups(source) == ["5А", "11Б"]
    assert source.edu_groups == [SourceGroup("5А", 5, "А"), SourceGroup("11Б", 11, "Б")]


def test_one_long_sheet_is_read_by_its_class_column():
    source = read(sheet(HEAD, ("Иванов", "Пётр", "Ильич", "5А"), ("Ким", "Анна", "Олеговна", "5Б")))
    assert groups(source) == ["5А", "5Б"]
    assert (source.rows, source.accepted, source.problems) == (2, 2, [])


def test_the_full_name_may_stand_in_one_cell():
    source = one(1, "Иванов Пётр Ильич", "5А", head=("№", "Ф.И.О. ученика", "Класс"))
    assert names(source) == [("Иванов", "Пётр", "Ильич")]


def test_the_year_and_the_letter_may_stand_in_two_columns():
    source = one("Ким", "Анна", 5, "Б", head=("Фамилия", "Имя", "Параллель", "Литера"))
    assert groups(source) == ["5Б"]


def test_a_class_column_without_the_letter_is_completed_by_the_letter_column():
    source = one("Ким", "Анна", 10, "M", head=("Фамилия", "Имя", "Класс", "Буква"))
    assert groups(source) == ["10М"]


def test_blocks_of_classes_below_each_other_are_told_apart_by_their_titles():
    source = read(
        sheet(
            ("Список 5 «А» класса",),
            HEAD[:3],
            ("Иванов", "Пётр", "Ильич"),
            ("5 «Б» класс",),
            HEAD[:3],
            ("Ким", "Анна", "Олеговна"),
        )
    )
    assert groups(source) == ["5А", "5Б"]


@pytest.mark.parametrize("title", [("5 А",), ("Класс:", "5-а"), ("Список класса", None, "5«А»")])
def test_a_title_may_hold_nothing_but_the_class(title):
    assert groups(read(sheet(title, HEAD[:3], ("Ким", "Анна", "Олеговна")))) == ["5А"]


def test_a_number_above_the_headings_is_no_class():
    assert rules(read(sheet(("5",), HEAD[:3], ("Ким", "Анна", "Олеговна")))) == ["no_class"]


def test_the_patronymic_may_stand_apart_from_the_rest_of_the_name():
    source = one("Ким Анна", "Олеговна", "5А", head=("Фамилия, имя", "Отчество", "Класс"))
    assert names(source) == [("Ким", "Анна", "Олеговна")]


@pytest.mark.parametrize(
    ("given", "first", "middle"),
    [
        ("Анна Олеговна", "Анна", "Олеговна"),
        ("Лейла Вагиф кызы", "Лейла", "Вагиф кызы"),
        ("Ян", "Ян", ""),
    ],
)
def test_the_last_name_may_stand_apart_from_the_rest_of_the_name(given, first, middle):
    source = one("Де Люк", given, "5А", head=("Фамилия", "Имя, отчество", "Класс"))
    assert (names(source), rules(source)) == ([("Де Люк", first, middle)], [])


def test_the_second_line_of_a_heading_belongs_to_it():
    source = read(
        sheet(
            ("№", "ФИО", None, None, "Класс", "Мать", None),
            (None, "Фамилия", "Имя", "Отчество", None, "ФИО", "Телефон"),
            (1, "Ким", "Анна", "Олеговна", "5А", "Ким Вера Ильинична", "89001234567"),
        )
    )
    assert names(source) == [("Ким", "Анна", "Олеговна")]
    assert source.problems == []


def test_columns_about_parents_are_no_columns_about_the_pupil():
    head = ("ФИО матери", "Фамилия", "Имя", "Класс", "Дата рождения отца")
    source = one("Ким Вера Ильинична", "Ким", "Анна", "5А", "вчера", head=head)
    assert names(source) == [("Ким", "Анна", None)]
    assert source.problems == []


def test_a_file_without_a_column_of_patronymics_says_nothing_about_them():
    source = one("Ким", "Анна", "5А", head=("Фамилия", "Имя", "Класс"))
    assert source.pupils[0].middle_name is None


@pytest.mark.parametrize("middle", [None, "-", "—", "нет", "отсутствует"])
def test_an_empty_patronymic_is_empty_however_it_is_written(middle):
    assert one("Ким", "Анна", middle, "5А").pupils[0].middle_name == ""


# --- 1: headings again, titles, blanks, totals


def test_titles_repeated_headings_totals_and_signatures_are_no_pupils():
    source = read(
        sheet(
            ("МБОУ «Школа № 5»",),
            (None,),
            HEAD,
            (1, 2, 3, 4),
            ("Иванов", "Пётр", "Ильич", "5А"),
            HEAD,
            ("Ким", "Анна", "Олеговна", "5А"),
            (None,),
            ("Итого: 2",),
            ("Мальчиков - 1",),
            ("Классный руководитель", None, "Петрова А. А."),
            ("Директор школы: Сидорова В. В.",),
        )
    )
    assert len(source.pupils) == 2
    assert (source.rows, source.ignored, source.problems) == (2, 10, [])


def test_every_row_is_counted_as_a_record_or_as_ignored():
    rows = (("Список",), HEAD, ("Ким", "Анна", "Олеговна", "5А"), (None,), ("Всего", 1))
    source = read(sheet(*rows))
    assert source.rows + source.ignored == len(rows)


@pytest.mark.parametrize(
    "last", ["Мальчиков", "Итогов", "Директоров", "Числов", "Выбыткин", "Датский"]
)
def test_a_surname_that_resembles_a_total_is_a_surname(last):
    source = one(f"{last} Ян", "5А", head=("ФИО", "Класс"))
    assert names(source) == [(last, "Ян", "")]


def test_rows_that_wait_for_pupils_are_ignored():
    source = read(sheet(("№", *HEAD), (1, "Ким", "Анна", "Олеговна", "5А"), (2,), (3,)))
    assert (source.rows, rules(source)) == (1, [])


@pytest.mark.parametrize(
    "row",
    [
        ("Классный руководитель", "Петрова А. А."),
        ("Директор", "Сидорова В. В."),
        ("Всего", "учеников", "25"),
        ("Итого", None, "25"),
        ("Девочек:", "12"),
        ("Дата", "01.09.2026"),
    ],
)
def test_a_signature_or_a_total_across_the_columns_of_names_is_no_pupil(row):
    source = read(sheet(HEAD[:3], ("Ким", "Анна", "Олеговна"), row, name="5А"))
    assert (len(source.pupils), source.problems) == (1, [])


def test_a_class_beside_a_name_is_the_class_of_that_row_alone():
    source = read(sheet(("Класс", "ФИО"), ("5А", "Ким"), (None, "Лис Яна")))
    assert rules(source) == ["no_first_name", "no_class"]


def test_a_class_in_a_row_without_a_name_is_no_class_of_the_rows_below():
    source = read(sheet(("№", "ФИО", "Класс"), (1, None, "5А"), (2, "Лис Яна", None)))
    assert rules(source) == ["no_class"]


def test_two_lists_side_by_side_are_refused():
    source = read(
        sheet(
            ("Фамилия", "Имя", None, "Фамилия", "Имя"),
            ("Ким", "Анна", None, "Лис", "Яна"),
            name="5А",
        )
    )
    assert [(p.rule, p.refuses) for p in source.problems] == [("side_by_side", True)]


# --- 2: merged cells


def test_single_cell_merges_mean_nothing():
    rows = (HEAD, ("Ким", "Анна", "Олеговна", "5А"))
    merges = tuple((row, column, row, column) for row in range(2) for column in range(4))
    assert len(read(sheet(*rows, merges=merges)).pupils) == 1


def test_a_class_merged_over_its_pupils_is_the_class_of_each():
    source = read(
        sheet(
            ("Класс", "Фамилия", "Имя"),
            ("5А", "Иванов", "Пётр"),
            (None, "Ким", "Анна"),
            ("5Б", "Лис", "Яна"),
            merges=((1, 0, 2, 0),),
        )
    )
    assert groups(source) == ["5А", "5А", "5Б"]


def test_a_class_that_is_only_left_out_is_not_guessed():
    source = read(
        sheet(("Класс", "Фамилия", "Имя"), ("5А", "Иванов", "Пётр"), (None, "Ким", "Анна"))
    )
    assert (groups(source), rules(source)) == (["5А"], ["no_class"])


def test_a_name_merged_over_two_rows_is_one_pupil():
    source = read(
        sheet(
            ("ФИО", "Класс", "Дата рождения", "Родители"),
            ("Ким Анна Олеговна", "5А", "01.09.2014", "Ким Вера Ильинична"),
            (None, None, None, "Ким Олег Ильич"),
            merges=((1, 0, 2, 0), (1, 2, 2, 2)),
        )
    )
    assert (len(source.pupils), source.problems) == (1, [])


# --- 3: capitals


def test_capitals_are_settled_and_told():
    source = one("ИВАНОВА-ПЕТРОВА", "АННА", "ОЛЕГОВНА", "5А")
    assert names(source) == [("Иванова-Петрова", "Анна", "Олеговна")]
    assert ("capitals", "АННА", "Анна") in fixes(source)


def test_a_name_in_usual_letters_stays_as_it_is():
    source = one("МакДональд", "Жан", "де Люк", "5А")
    assert names(source) == [("МакДональд", "Жан", "де Люк")]


# --- 4: ё


def test_the_letter_yo_is_kept_and_does_not_tell_two_pupils_apart():
    source = read(
        sheet(
            BORN,
            ("Семёнов", "Семён", "Ильич", "5А", "01.09.2014"),
            ("Семенов", "Семен", "Ильич", "5А", "01.09.2014"),
        )
    )
    assert rules(source) == ["twice_in_file", "twice_in_file"]
    assert one("Семёнов", "Семён", "Ильич", "5А").pupils[0].last_name == "Семёнов"


# --- 5: patronymics


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Алиев Тофик Вагиф оглы", ("Алиев", "Тофик", "Вагиф оглы")),
        ("Алиева Лейла Вагиф Кызы", ("Алиева", "Лейла", "Вагиф Кызы")),
        ("Ким Анна-Мария Салават-Оглы", ("Ким", "Анна-Мария", "Салават-Оглы")),
        ("Ли Анна", ("Ли", "Анна", "")),
        ("Римская - Корсакова Анна Ильинична", ("Римская-Корсакова", "Анна", "Ильинична")),
    ],
)
def test_a_full_name_is_split_with_its_patronymic(whole, parts):
    source = one(whole, "5А", head=("ФИО", "Класс"))
    assert (names(source), rules(source)) == ([parts], [])


@pytest.mark.parametrize(
    ("whole", "parts", "rule"),
    [
        ("Нгуен Ван Ань", ("Нгуен", "Ван", "Ань"), "name_split"),
        ("Мухаммад Али Саид Ахмедович", ("Мухаммад", "Али Саид", "Ахмедович"), "name_split"),
        ("Пётр Ильич Чайка", ("Чайка", "Пётр", "Ильич"), "name_order"),
    ],
)
def test_a_split_that_is_not_sure_is_told(whole, parts, rule):
    source = one(whole, "5А", head=("ФИО", "Класс"))
    assert (names(source), rules(source)) == ([parts], [rule])


def test_capitals_leave_particles_small():
    assert names(one("АЛИЕВ", "ТОФИК", "ВАГИФ ОГЛЫ", "5А")) == [("Алиев", "Тофик", "Вагиф оглы")]


# --- 6: namesakes


def test_namesakes_in_one_class_whom_nothing_tells_apart_are_both_refused():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5А"), ("Ким", "Анна", "Олеговна", "5А")))
    assert (source.pupils, rules(source)) == ([], ["namesakes", "namesakes"])


def test_namesakes_with_two_birthdays_are_two_pupils():
    source = read(
        sheet(
            BORN,
            ("Ким", "Анна", "Олеговна", "5А", "01.09.2014"),
            ("Ким", "Анна", "Олеговна", "5А", "02.09.2014"),
        )
    )
    assert (len(source.pupils), rules(source)) == (2, [])


def test_namesakes_in_two_classes_are_kept_and_told():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5А"), ("Ким", "Анна", "Олеговна", "5Б")))
    assert (groups(source), rules(source)) == (["5А", "5Б"], ["same_name", "same_name"])


def test_a_birthday_on_one_side_only_tells_nobody_apart_in_one_class():
    source = read(
        sheet(
            BORN,
            ("Ким", "Анна", "Олеговна", "5А", "01.09.2014"),
            ("Ким", "Анна", "Олеговна", "5А", None),
        )
    )
    assert rules(source) == ["namesakes", "namesakes"]


def test_twins_are_two_pupils():
    source = read(
        sheet(
            BORN,
            ("Ким", "Анна", "Олеговна", "5А", "01.09.2014"),
            ("Ким", "Алла", "Олеговна", "5А", "01.09.2014"),
        )
    )
    assert (len(source.pupils), rules(source)) == (2, [])


# --- 7, 8: classes (their spellings: test_names.py)


def test_a_latin_letter_in_a_class_is_told_for_each_row():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5A"), ("Лис", "Яна", "Ильинична", "5A")))
    assert groups(source) == ["5А", "5А"]
    assert [fix.place.row for fix in source.fixes if fix.rule == "class_letters"] == [2, 3]


def test_a_spelling_of_a_class_is_told_once():
    source = read(
        sheet(HEAD, ("Ким", "Анна", "Олеговна", "5 А"), ("Лис", "Яна", "Ильинична", "5 А"))
    )
    assert fixes(source) == [("class_spelling", "5 А", "5А")]


@pytest.mark.parametrize("text", ["5D", "5Z", "13А", "5А, 5Б", "А", "?"])
def test_an_unreadable_class_refuses_the_row(text):
    source = one("Ким", "Анна", "Олеговна", text)
    assert (source.pupils, rules(source)) == ([], ["bad_class"])


def test_a_class_that_became_a_date_is_said_so():
    assert rules(one("Ким", "Анна", "Олеговна", date(2026, 1, 10))) == ["class_is_date"]


def test_a_file_of_one_sheet_may_be_named_after_its_class():
    source = read(sheet(HEAD[:3], ("Ким", "Анна", "Олеговна")), path="списки/5а.xlsx")
    assert (groups(source), source.problems) == (["5А"], [])
    assert fixes(source) == [("class_of_file", "списки/5а.xlsx", "5А")]


def test_the_name_of_a_file_decides_nothing_where_a_column_does():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", None)), path="5А.xlsx")
    assert rules(source) == ["no_class"]


def test_a_group_on_the_sheet_of_a_class_is_a_subgroup():
    head = ("Фамилия", "Имя", "Группа")
    source = read(sheet(head, ("Ким", "Анна", 1), name="5А"))
    assert (groups(source), source.problems) == (["5А"], [])


def test_home_schooling_is_a_class_without_a_year():
    source = one("Ким", "Анна", "Олеговна", "Надомное обучение")
    assert source.edu_groups == [SourceGroup("Надомное обучение", None, "")]
    assert [(p.rule, p.refuses) for p in source.problems] == [("pseudo_class", False)]


def test_a_profile_is_part_of_the_class():
    assert groups(one("Ким", "Анна", "Олеговна", '10 "М" класс (медицинское)')) == [
        "10М медицинское"
    ]


def test_a_sheet_may_be_named_after_a_pseudo_class():
    source = read(sheet(HEAD[:3], ("Ким", "Анна", "Олеговна"), name="Надомное обучение"))
    assert (groups(source), rules(source)) == (["Надомное обучение"], ["pseudo_class"])


def test_a_latin_letter_in_the_name_of_a_sheet_is_told():
    source = read(sheet(HEAD[:3], ("Ким", "Анна", "Олеговна"), name="5A"))
    assert (groups(source), fixes(source)) == (["5А"], [("class_letters", "5A", "5А")])


def test_a_row_that_contradicts_its_sheet_is_refused():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5Б"), name="5А"))
    assert (source.pupils, rules(source)) == ([], ["class_contradicts"])


def test_a_sheet_of_a_whole_year_contradicts_none_of_its_classes():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5Б"), name="5 класс"))
    assert (groups(source), source.problems) == (["5Б"], [])


def test_a_title_that_contradicts_its_sheet_leaves_nobody_enrolled():
    source = read(sheet(("Список 5Б класса",), HEAD[:3], ("Ким", "Анна", "Олеговна"), name="5А"))
    assert (source.pupils, rules(source)) == ([], ["title_contradicts", "no_class"])


def test_a_class_without_its_letter_among_lettered_ones_is_told():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5"), ("Лис", "Яна", "Ильинична", "5А")))
    assert rules(source) == ["class_without_letter"]


def test_a_latin_letter_inside_a_russian_name_is_mended():
    source = one("Ивaнов", "Пётр", "Ильич", "5А")
    assert names(source) == [("Иванов", "Пётр", "Ильич")]
    assert fixes(source) == [("look_alike_letters", "Ивaнов", "Иванов")]


def test_a_latin_letter_without_a_twin_refuses_the_name():
    assert rules(one("Иваnов", "Пётр", "Ильич", "5А")) == ["mixed_letters"]


def test_a_foreign_name_in_latin_letters_is_a_name():
    assert names(one("Smith", "John", None, "5А")) == [("Smith", "John", "")]


# --- 9: spaces and signs


def test_odd_spaces_are_tidied_and_told():
    source = one("Ким\u00a0", "Анна  Мария", "Олеговна", "5\u00a0А")
    assert names(source) == [("Ким", "Анна Мария", "Олеговна")]
    assert ("spaces", "Анна  Мария", "Анна Мария") in fixes(source)


@pytest.mark.parametrize("last", ["Д’Арк", "Дʼарк", "Анна-Мария", "Салтыков – Щедрин"])
def test_apostrophes_and_dashes_belong_to_names(last):
    assert rules(one(last, "Анна", "Олеговна", "5А")) == []


@pytest.mark.parametrize("last", ["Ким5", "Ким?", "Ким (Лис)", "=Ким", "=1+1", "Ким/Лис"])
def test_signs_that_no_name_has_refuse_the_row(last):
    assert rules(one(last, "Анна", "Олеговна", "5А")) == ["name_characters"]


@pytest.mark.parametrize("first", ["А.", "А. О.", "А"])
def test_initials_are_no_first_name(first):
    assert rules(one("Ким", first, None, "5А")) == ["initials"]


# --- 10: birthdays (their forms: test_mappings_values.py)


def test_a_birthday_is_kept_as_a_day():
    source = one("Ким", "Анна", "Олеговна", "5А", datetime(2014, 9, 1), head=BORN)
    assert source.pupils[0].birthday == date(2014, 9, 1)


def test_a_day_that_is_none_refuses_the_row():
    source = one("Ким", "Анна", "Олеговна", "5А", "31.02.2014", head=BORN)
    assert [(p.rule, p.value, p.place.row, p.place.column) for p in source.problems] == [
        ("bad_date", "31.02.2014", 2, "Дата рождения")
    ]
    assert source.pupils == []


def test_a_year_alone_is_no_birthday_and_is_told():
    source = one("Ким", "Анна", "Олеговна", "5А", 2014, head=BORN)
    assert [(p.rule, p.refuses) for p in source.problems] == [("year_only", False)]
    assert source.pupils[0].birthday is None


def test_an_odd_age_is_told():
    assert rules(one("Ким", "Анна", "Олеговна", "5А", "01.09.1984", head=BORN)) == ["odd_age"]


def test_serial_numbers_count_from_1904_where_the_workbook_says_so():
    rows = sheet(BORN, ("Ким", "Анна", "Олеговна", "5А", 41883 - 1462))
    assert read(rows, epoch_1904=True).pupils[0].birthday == date(2014, 9, 1)


# --- 11, 12: СНИЛС, phones

SNILS = ("Фамилия", "Имя", "Класс", "СНИЛС")


def test_a_snils_identifies_a_pupil():
    assert one("Ким", "Анна", "5А", "112-233-445 95", head=SNILS).pupils[0].local_key == (
        "snils:11223344595"
    )


def test_a_wrong_snils_is_left_out_and_shown_nowhere():
    source = one("Ким", "Анна", "5А", "112-233-445 96", head=SNILS)
    assert [(p.rule, p.value, p.refuses) for p in source.problems] == [("bad_snils", "", False)]
    assert source.pupils[0].local_key == "class:ким анна:5А"


def test_a_snils_in_a_wrong_column_is_shown_nowhere():
    head = ("Фамилия", "Имя", "Класс", "Телефон")
    source = one("112-233-445 95 ", "Анна", "5А", "11223344595", head=head)
    assert rules(source) == ["name_characters", "bad_phone"]
    shown = [problem.value for problem in source.problems] + [str(fix) for fix in source.fixes]
    assert not any("445" in text for text in shown)


def test_one_snils_for_two_names_refuses_both():
    source = read(
        sheet(SNILS, ("Ким", "Анна", "5А", "11223344595"), ("Лис", "Яна", "5А", "11223344595"))
    )
    assert (source.pupils, rules(source)) == ([], ["snils_twice", "snils_twice"])


def test_a_mail_address_is_no_wrong_phone():
    head = ("Фамилия", "Имя", "Класс", "Телефон")
    source = one("Ким", "Анна", "5А", "8 900 123-45-67, a@b.example; мама", head=head)
    assert source.problems == []


def test_a_phone_that_is_none_is_told():
    head = ("Фамилия", "Имя", "Класс", "Телефон")
    assert rules(one("Ким", "Анна", "5А", "12-34", head=head)) == ["bad_phone"]


# --- sex

SEX = ("Фамилия", "Имя", "Отчество", "Класс", "Пол")


@pytest.mark.parametrize(
    ("text", "sex"),
    [("М", "Male"), ("муж.", "Male"), ("M", "Male"), ("жен", "Female"), ("Ж", "Female")],
)
def test_the_sex_is_read_in_its_usual_forms(text, sex):
    assert one("Ли", "Женя", None, "5А", text, head=SEX).pupils[0].sex == sex


def test_the_patronymic_only_hints_at_the_sex():
    pupil = one("Ким", "Анна", "Олеговна", "5А").pupils[0]
    assert (pupil.sex, pupil.sex_hint) == (None, "Female")


def test_a_sex_against_the_patronymic_is_told():
    assert rules(one("Ким", "Анна", "Олеговна", "5А", "М", head=SEX)) == ["sex_contradicts"]


def test_what_is_no_sex_is_told():
    assert rules(one("Ким", "Анна", "Олеговна", "5А", "да", head=SEX)) == ["bad_sex"]


# --- 14: hidden sheets, leavers


def test_a_hidden_sheet_is_not_read_but_told():
    source = read(
        sheet(HEAD, ("Ким", "Анна", "Олеговна", "5А"), name="Список"),
        sheet(HEAD, ("Лис", "Яна", "Ильинична", "5А"), name="Лист2", hidden=True),
    )
    assert len(source.pupils) == 1
    assert [(p.rule, p.place.sheet, p.refuses) for p in source.problems] == [
        ("hidden_sheet", "Лист2", False)
    ]


def test_a_hidden_sheet_of_leavers_is_read():
    source = read(
        sheet(HEAD, ("Ким", "Анна", "Олеговна", "5А"), name="Список"),
        sheet(HEAD[:3], ("Лис", "Яна", "Ильинична"), name="Выбывшие", hidden=True),
    )
    assert [(pupil.left, pupil.edu_group) for pupil in source.pupils] == [(False, "5А"), (True, "")]


def test_a_filled_column_of_leaving_marks_a_leaver():
    head = (*HEAD, "Дата выбытия")
    source = read(
        sheet(
            head,
            ("Ким", "Анна", "Олеговна", "5А", "01.10.2026"),
            ("Лис", "Яна", "Ильинична", "5А", "-"),
        )
    )
    assert [pupil.left for pupil in source.pupils] == [True, False]


@pytest.mark.parametrize("heading", ["Выбыли:", "Выбывшие в течение года", "Отчислены"])
def test_those_below_a_heading_of_leavers_have_left(heading):
    source = read(
        sheet(
            HEAD, ("Ким", "Анна", "Олеговна", "5А"), (heading,), ("Лис", "Яна", "Ильинична", "5А")
        )
    )
    assert [pupil.left for pupil in source.pupils] == [False, True]


def test_those_below_a_heading_of_arrivals_are_pupils_again():
    source = read(
        sheet(
            HEAD,
            ("Выбыли",),
            ("Ким", "Анна", "Олеговна", "5А"),
            ("Прибыли",),
            ("Лис", "Яна", "Ильинична", "5А"),
        )
    )
    assert [pupil.left for pupil in source.pupils] == [True, False]


def test_a_blank_sheet_is_ignored():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "5А")), sheet((None,), name="Лист2"))
    assert (source.problems, source.ignored) == ([], 2)


def test_a_note_about_leaving_is_told():
    source = one(
        "Ким", "Анна", "5А", "выбыл 01.10.2026", head=("Фамилия", "Имя", "Класс", "Примечание")
    )
    assert [(p.rule, p.refuses) for p in source.problems] == [("note_says_left", False)]


def test_a_leavers_odd_class_does_not_refuse_him():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "выпуск"), name="Выбыли"))
    assert [(p.rule, p.refuses) for p in source.problems] == [("bad_class", False)]
    assert len(source.pupils) == 1


def test_classes_that_only_leavers_name_are_no_classes():
    source = read(sheet(HEAD, ("Ким", "Анна", "Олеговна", "9А"), name="Выбыли"))
    assert source.edu_groups == []


def test_a_sheet_of_something_else_is_told_and_left():
    source = read(
        sheet(HEAD, ("Ким", "Анна", "Олеговна", "5А"), name="Список"),
        sheet(("Всего", 25), name="Свод"),
    )
    assert [(p.rule, p.refuses) for p in source.problems] == [("sheet_skipped", False)]


def test_a_sheet_of_a_class_without_headings_is_refused():
    source = read(
        sheet(HEAD[:3], ("Ким", "Анна", "Олеговна"), name="5А"),
        sheet(("Лис", "Яна", "Ильинична"), name="5Б"),
    )
    assert [(p.rule, p.place.sheet, p.refuses) for p in source.problems] == [
        ("no_header", "5Б", True)
    ]


def test_a_class_without_pupils_is_told_and_is_no_class():
    source = read(
        sheet(HEAD[:3], ("Ким", "Анна", "Олеговна"), name="5А"), sheet(HEAD[:3], name="5Б")
    )
    assert [problem.rule for problem in source.problems] == ["empty_class"]
    assert [group.name for group in source.edu_groups] == ["5А"]


# --- 15: another surname


def test_a_changed_surname_keeps_the_key_where_there_is_a_snils():
    before = one("Ким", "Анна", "5А", "11223344595", head=SNILS).pupils[0]
    after = one("Лис", "Анна", "5А", "11223344595", head=SNILS).pupils[0]
    assert before.local_key == after.local_key


# --- 16: twice in the file


def test_a_pupil_in_two_classes_is_refused_in_both():
    source = read(
        sheet(
            BORN,
            ("Ким", "Анна", "Олеговна", "5А", "01.09.2014"),
            ("Лис", "Яна", "Ильинична", "5А", "01.09.2014"),
            ("Ким", "Анна", "Олеговна", "5Б", "01.09.2014"),
        )
    )
    assert names(source) == [("Лис", "Яна", "Ильинична")]
    assert [(p.rule, p.place.row) for p in source.problems] == [
        ("twice_in_file", 2),
        ("twice_in_file", 4),
    ]
    assert source.problems[0].text.endswith("Лист1 4.")


def test_a_snils_on_one_side_only_does_not_hide_a_double():
    head = ("Фамилия", "Имя", "Класс", "Дата рождения", "СНИЛС")
    source = read(
        sheet(
            head,
            ("Ким", "Анна", "5А", "01.09.2014", "11223344595"),
            ("Ким", "Анна", "5Б", "01.09.2014", None),
        )
    )
    assert rules(source) == ["twice_in_file", "twice_in_file"]


def test_a_name_that_was_copied_down_a_thousand_rows_refuses_them_all():
    source = read(sheet(HEAD, *[("Ким", "Анна", "Олеговна", "5А")] * 1000))
    assert (source.accepted, set(rules(source)), len(source.problems)) == (
        0,
        {"twice_in_file"},
        1000,
    )
    assert source.problems[0].text.endswith("Лист1 3, Лист1 4, Лист1 5, Лист1 6, Лист1 7.")


def test_merged_cells_that_no_table_has_are_damage():
    rows = (HEAD, *[("Ким", "Анна", "Олеговна", "5А")] * 300)
    with pytest.raises(Unusable, match="damaged"):
        read(sheet(*rows, merges=((1, 3, 300, 3),) * 10_000))


# --- what is missing


def test_all_problems_of_a_row_are_told_at_once():
    source = one(None, "А.", None, "5D", "31.02.2014", head=BORN)
    assert sorted(rules(source)) == ["bad_class", "bad_date", "initials", "no_last_name"]


def test_a_row_with_data_and_without_a_name_is_refused():
    source = read(sheet(BORN, (None, None, None, "5А", "01.09.2014")))
    assert (rules(source), source.rows) == (["no_name"], 1)


def test_a_lone_last_name_lacks_a_first_name():
    assert rules(one("Ким", None, None, "5А")) == ["no_first_name"]


def test_a_full_name_in_the_column_of_last_names_is_split_and_told():
    source = one("Ким Анна Олеговна", None, None, "5А")
    assert names(source) == [("Ким", "Анна", "Олеговна")]
    assert fixes(source) == [("name_cells", "Ким Анна Олеговна", "Ким | Анна | Олеговна")]


def test_headings_without_pupils_are_told():
    assert rules(read(sheet(HEAD))) == ["no_records"]


def test_two_columns_of_one_meaning_are_told_and_the_first_is_taken():
    source = one("Ким", "Анна", "5А", "5Б", head=("Фамилия", "Имя", "Класс", "Класс"))
    assert (groups(source), rules(source)) == (["5А"], ["heading_twice"])


def test_the_headings_are_kept_for_comparing():
    assert read(sheet((None,), HEAD, ("Ким", "Анна", "Олеговна", "5А"))).headers == {"Лист1": HEAD}


def test_a_table_of_something_else_is_no_class_list():
    assert not holds_class_list([sheet(("День", "Урок"), ("Понедельник", "Алгебра"))])


# --- laws

pupils = st.tuples(
    st.sampled_from(["Ким", "Лис", "Ёлкин", "ЕЛКИН", "Ким "]),
    st.sampled_from(["Анна", "Пётр", "Петр", None]),
    st.sampled_from(["Ильич", None]),
    st.sampled_from(["5А", "5 А", "5A", "6Б", "5Z", None]),
    st.sampled_from(["01.09.2014", "1.9.14", "02.09.2014", "2014", None]),
)


def as_a_set(source):
    """What was read, places aside: what a row says depends on the others, where it stands does not matter."""
    read_pupils = sorted(
        (p.local_key, p.last_name, p.first_name, p.middle_name or "", p.edu_group, str(p.birthday))
        for p in source.pupils
    )
    return read_pupils, source.edu_groups, sorted(rules(source)), source.rows, source.accepted


@given(
    st.lists(pupils, max_size=8).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_reading_does_not_depend_on_the_order_of_rows(both):
    rows, shuffled = both
    assert as_a_set(read(sheet(BORN, *rows))) == as_a_set(read(sheet(BORN, *shuffled)))


@given(st.lists(pupils, max_size=8))
def test_no_two_pupils_of_a_source_share_a_key(rows):
    keys = [pupil.local_key for pupil in read(sheet(BORN, *rows)).pupils]
    assert len(keys) == len(set(keys))


@given(st.lists(pupils, max_size=8))
def test_no_row_vanishes_silently(rows):
    source = read(sheet(BORN, *rows))
    told = {problem.place.row for problem in source.refused if problem.place.row}
    kept = {pupil.place.row for pupil in source.pupils}
    filled = {number for number, row in enumerate(rows, start=2) if row[0] or row[1]}
    assert filled <= told | kept
    assert not told & kept


cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.sampled_from([*BORN, "5А", "Итого", "Выбыли", "ФИО"]),
)


@given(
    st.lists(st.lists(cells, min_size=5, max_size=5).map(tuple), min_size=1, max_size=6),
    st.text(max_size=6),
)
def test_whatever_stands_in_a_sheet_is_read_without_an_error(rows, name):
    source = read(sheet(BORN, *rows, name=name))
    refused = {p.place.row for p in source.refused if p.rule != "side_by_side" and p.place.row}
    assert source.rows == source.accepted + len(refused)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2026, 11, 3), date(2026, 11, 3)),
        ("03.11.2026", date(2026, 11, 3)),
        ("приказ 15 от 03.11.2026", date(2026, 11, 3)),
        ("-", None),
        (None, None),
    ],
)
def test_the_day_of_enrolment_is_read(cell, day):
    found = read(sheet(("Фамилия", "Имя", "Класс", "Прибыл"), ("Лужин", "Пётр", "5А", cell)))
    assert [pupil.enrolled for pupil in found.pupils] == [day]
    assert rules(found) == []


def test_an_enrolment_that_is_no_day_is_told_and_left_out():
    found = read(sheet(("Фамилия", "Имя", "Класс", "Прибыл"), ("Лужин", "Пётр", "5А", "школа 5")))
    assert [pupil.enrolled for pupil in found.pupils] == [None]
    assert rules(found) == ["enrolled_unread"]


@pytest.mark.parametrize(
    ("cell", "day"), [("10.11.2026", date(2026, 11, 10)), ("да", None), (46336, date(2026, 11, 10))]
)
def test_the_day_of_leaving_is_read_where_there_is_one(cell, day):
    found = read(sheet(("Фамилия", "Имя", "Класс", "Выбыл"), ("Лужин", "Пётр", "5А", cell)))
    assert [(pupil.left, pupil.left_on) for pupil in found.pupils] == [(True, day)]
