"""Topic plans as schools keep them, and what is said of each mess."""

from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from connector.source import Kind
from mappings.plan_wording import PLAN_RULES
from mappings.reading import read_source
from mappings.sheets import Sheet
from mappings.topic_plans import holds_topic_plan, read_topic_plans

TODAY = date(2026, 11, 24)
HEADINGS = ("№ урока", "Тема урока", "Кол-во часов", "Дата", "Д/з")


def sheet(*rows, name="5А Математика", hidden=False):
    width = max(map(len, rows))
    return Sheet(name, hidden, tuple((*row, *(None,) * (width - len(row))) for row in rows))


def read(*sheets, path="plans.xlsx"):
    return read_topic_plans(sheets, path, "0", today=TODAY)


def rules(source):
    return [problem.rule for problem in source.problems]


def topics(source, number=0):
    return [(topic.text, topic.hours) for topic in source.topic_plans[number].topics]


def test_a_sheet_named_after_class_and_subject_is_a_plan():
    source = read(
        sheet(
            HEADINGS,
            (1, "Натуральные числа", 2, date(2026, 9, 1), "п. 1"),
            (2, "Дроби", None, "08.09.2026"),
        )
    )
    (plan,) = source.topic_plans
    assert (plan.edu_group, plan.subject, plan.whole) == ("5А", "Математика", True)
    assert [(t.text, t.hours, t.day, t.homework, t.row) for t in plan.topics] == [
        ("Натуральные числа", 2, date(2026, 9, 1), "п. 1", 2),
        ("Дроби", 1, date(2026, 9, 8), "", 3),
    ]
    assert source.problems == []
    assert (source.kind, source.rows, source.accepted) == (Kind.TOPIC_PLAN, 2, 2)


@pytest.mark.parametrize(
    ("name", "edu_group", "subject"),
    [
        ("5А Математика", "5А", "Математика"),
        ("Русский язык 5 А", "5А", "Русский язык"),
        ("5 «А» Алгебра", "5А", "Алгебра"),
        ("КТП 10 физика", "10", "физика"),
    ],
)
def test_class_and_subject_are_read_from_the_name_of_the_sheet(name, edu_group, subject):
    (plan,) = read(sheet(HEADINGS, (1, "Введение"), name=name)).topic_plans
    assert (plan.edu_group, plan.subject) == (edu_group, subject)


def test_titles_above_the_headings_say_class_subject_teacher_and_part():
    source = read(
        sheet(
            ("Календарно-тематическое планирование",),
            ("Предмет:", "Английский язык"),
            ("Класс: 7Б", None, "Подгруппа: англ. 2"),
            ("Учитель: Лужина Вера Ильинична",),
            HEADINGS,
            (1, "Present Simple"),
            name="Лист1",
        )
    )
    (plan,) = source.topic_plans
    assert (plan.edu_group, plan.subject, plan.subgroup, plan.teacher) == (
        "7Б",
        "Английский язык",
        "англ. 2",
        "Лужина Вера Ильинична",
    )


def test_a_single_sheet_may_be_named_by_its_file():
    (plan,) = read(
        sheet(HEADINGS, (1, "Введение"), name="Лист1"), path="/x/6В_Биология.xlsx"
    ).topic_plans
    assert (plan.edu_group, plan.subject) == ("6В", "Биология")


def test_one_long_sheet_holds_the_plans_of_many_classes():
    source = read(
        sheet(
            ("Класс", "Предмет", "№", "Тема"),
            ("5А", "Математика", 1, "Числа"),
            ("5Б", "Математика", 1, "Числа"),
            ("5А", "Математика", 2, "Дроби"),
            ("5А, 5Б", "История", 1, "Введение"),
            name="КТП",
        )
    )
    assert [(plan.edu_group, plan.subject, len(plan.topics)) for plan in source.topic_plans] == [
        ("5А", "Математика", 2),
        ("5Б", "Математика", 1),
        ("5А", "История", 1),
        ("5Б", "История", 1),
    ]
    assert source.problems == []


def test_a_class_between_the_rows_begins_another_plan():
    source = read(
        sheet(
            ("Класс: 5А",),
            HEADINGS,
            (1, "Числа"),
            ("Класс: 5Б",),
            (1, "Дроби"),
            name="Математика",
        )
    )
    assert [(plan.edu_group, topics(source, n)) for n, plan in enumerate(source.topic_plans)] == [
        ("5А", [("Числа", 1)]),
        ("5Б", [("Дроби", 1)]),
    ]


def test_the_second_line_of_headings_says_which_hours_and_which_date_count():
    source = read(
        sheet(
            ("№ п/п", "Тема", "Количество часов", None, None, "Дата", None),
            (None, None, "Всего", "Контрольные работы", "Практические работы", "План", "Факт"),
            (1, "Числа", 3, 1, None, date(2026, 9, 2), date(2026, 9, 4)),
        )
    )
    (topic,) = source.topic_plans[0].topics
    assert (topic.hours, topic.day) == (3, date(2026, 9, 2))


def test_headings_between_topics_totals_and_empty_lines_are_passed_over():
    source = read(
        sheet(
            HEADINGS,
            ("Раздел 1. Числа",),
            (1, "Натуральные числа"),
            (None, "Раздел 2. Дроби", 12),
            HEADINGS,
            (2, "Обыкновенные дроби"),
            (3,),
            (None, "Итого", 34),
        )
    )
    assert topics(source) == [("Натуральные числа", 1), ("Обыкновенные дроби", 1)]
    assert source.problems == []
    assert source.ignored == 6


def test_a_line_without_number_hours_and_date_is_a_heading_and_told():
    source = read(sheet(HEADINGS, (None, "Повторение"), (1, "Числа")))
    assert topics(source) == [("Числа", 1)]
    assert rules(source) == ["plan_heading"]


def test_a_plan_without_numbers_takes_every_line_with_a_topic():
    source = read(sheet(("Тема", "Часы"), ("Числа", 2), ("Дроби", None)))
    assert topics(source) == [("Числа", 2), ("Дроби", 1)]


@pytest.mark.parametrize(
    ("number", "hours"), [("1-3", 3), ("4, 5", 2), ("7.", 1), ("2.1", 1), ("5-2", 1)]
)
def test_a_range_of_numbers_says_the_hours(number, hours):
    assert topics(read(sheet(("№", "Тема"), (number, "Числа")))) == [("Числа", hours)]


@pytest.mark.parametrize("hours", ["2 ч", "2ч.", 2, 2.0, "2 часа"])
def test_hours_are_read_as_people_write_them(hours):
    assert topics(read(sheet(HEADINGS, (1, "Числа", hours)))) == [("Числа", 2)]


@pytest.mark.parametrize("hours", [0, "много", 0.5, 100, -1])
def test_hours_that_are_no_number_of_lessons_refuse_the_row(hours):
    source = read(sheet(HEADINGS, (1, "Числа", hours), (2, "Дроби")))
    assert rules(source) == ["bad_hours"]
    assert topics(source) == [("Дроби", 1)]


def test_a_plan_with_a_refused_row_is_not_whole():
    source = read(sheet(HEADINGS, (1, "Числа"), (2, None, 2)))
    assert rules(source) == ["topic_missing"]
    assert [plan.whole for plan in source.topic_plans] == [False]


def test_a_topic_without_number_among_numbered_ones_is_refused():
    source = read(sheet(HEADINGS, (1, "Числа"), (None, "Дроби", 2)))
    assert rules(source) == ["topic_unnumbered"]
    assert source.refused


def test_numbers_that_do_not_grow_are_told_once():
    source = read(sheet(HEADINGS, (1, "Числа"), (1, "Дроби"), (1, "Углы")))
    assert rules(source) == ["topic_numbers"]
    assert len(source.topic_plans[0].topics) == 3


def test_a_date_without_a_year_belongs_to_the_study_year_of_the_title():
    source = read(
        sheet(
            ("План на 2026/2027 учебный год",),
            HEADINGS,
            (1, "Числа", 1, "02.09"),
            (2, "Дроби", 1, "14.1"),
            (3, "Углы", 2, "15.01, 16.01"),
        )
    )
    assert [topic.day for topic in source.topic_plans[0].topics] == [
        date(2026, 9, 2),
        date(2027, 1, 14),
        date(2027, 1, 15),
    ]


def test_a_date_without_a_year_that_nothing_names_is_left_out_and_told():
    source = read(sheet(HEADINGS, (1, "Числа", 1, "02.09")))
    assert source.topic_plans[0].topics[0].day is None
    assert rules(source) == ["plan_day_year"]


@pytest.mark.parametrize("day", ["1 неделя", "31.02.2026", "сентябрь"])
def test_a_date_that_is_no_day_is_left_out_and_told(day):
    source = read(sheet(HEADINGS, (1, "Числа", 1, day)))
    assert source.topic_plans[0].topics[0].day is None
    assert rules(source) == ["plan_day_unread"]
    assert not source.refused


@pytest.mark.parametrize(
    ("rule", "name"), [("plan_class_unknown", "Математика"), ("plan_subject_unknown", "5А")]
)
def test_a_plan_of_nobody_knows_what_is_refused_once(rule, name):
    source = read(sheet(HEADINGS, (1, "Числа"), (2, "Дроби"), name=name))
    assert rules(source) == [rule]
    assert "2" in source.problems[0].text
    assert source.topic_plans == []


def test_a_class_that_is_none_refuses_its_row():
    source = read(sheet(("Класс", "Предмет", "№", "Тема"), ("5D", "Химия", 1, "Числа"), name="КТП"))
    assert rules(source) == ["bad_class"]


def test_two_sheets_for_one_class_and_subject_are_both_refused():
    source = read(
        sheet(HEADINGS, (1, "Числа"), name="5А Математика"),
        sheet(HEADINGS, (1, "Дроби"), name="Математика 5А"),
        sheet(HEADINGS, (1, "Углы"), name="5Б Математика"),
    )
    assert rules(source) == ["plan_twice", "plan_twice"]
    assert [plan.edu_group for plan in source.topic_plans] == ["5Б"]


def test_a_title_that_names_another_class_than_the_sheet_refuses_it():
    source = read(sheet(("Класс: 5Б",), HEADINGS, (1, "Числа"), name="5А Математика"))
    assert rules(source) == ["plan_contradicts"]
    assert source.topic_plans == []


def test_a_bare_number_in_the_name_of_a_sheet_is_no_class():
    source = read(sheet(("Класс: 5Б", "Предмет: Химия"), HEADINGS, (1, "Числа"), name="План 2"))
    assert [plan.edu_group for plan in source.topic_plans] == ["5Б"]


def test_hidden_sheets_and_sheets_without_a_plan_are_told():
    source = read(
        sheet(HEADINGS, (1, "Числа")),
        sheet(HEADINGS, (1, "Дроби"), name="5Б Математика", hidden=True),
        sheet(("Пояснительная записка",), name="Титул"),
    )
    assert rules(source) == ["hidden_plan", "plan_sheet_skipped"]
    assert len(source.topic_plans) == 1


def test_headings_without_topics_are_told():
    assert rules(read(sheet(HEADINGS, (None, None)))) == ["no_topics"]


def test_a_list_of_pupils_is_no_topic_plan():
    assert not holds_topic_plan(
        [sheet(("№", "Фамилия", "Имя", "Класс"), (1, "Лужин", "Пётр", "5А"))]
    )


def test_a_workbook_is_recognised_by_its_content(tmp_path):
    path = tmp_path / "anything.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("5А Математика")
    page.write_row(0, 0, HEADINGS)
    page.write_row(1, 0, (1, "=СУММ", 1))
    book.close()
    source = read_source(path, today=TODAY)
    assert source.kind is Kind.TOPIC_PLAN
    assert len(source.topic_plans) == 1


def test_every_rule_of_plans_stands_in_the_page_of_files():
    from pathlib import Path

    page = (Path(__file__).resolve().parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    for rule, said in PLAN_RULES.items():
        assert f"| `{rule}` | {'yes' if said.refuses else 'no'} |" in page


CELLS = st.one_of(
    st.none(), st.integers(-5, 400), st.floats(allow_nan=False), st.dates(), st.text(max_size=30)
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_no_row_is_lost_and_nothing_breaks_the_reader(rows):
    source = read(sheet(HEADINGS, *rows, (1, "Числа")))
    kept = sum(len(plan.topics) for plan in source.topic_plans)
    assert source.accepted == kept <= source.rows
    assert source.rows + source.ignored == len(rows) + 2
    assert source.rows == kept or source.problems
