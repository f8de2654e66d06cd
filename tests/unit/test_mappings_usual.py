"""The quick way to read a usual row gives what the careful way gives, and is taken for nothing else."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.names import parse_class
from mappings.blocks import Block
from mappings.findings import Findings
from mappings.headings import read_header
from mappings.pupils import PupilReader
from mappings.sheets import Sheet
from mappings.usual import UsualRows

TODAY = date(2026, 11, 24)
HEAD = (
    "Фамилия",
    "Имя",
    "Отчество",
    "Класс",
    "Пол",
    "Дата рождения",
    "СНИЛС",
    "Телефон",
    "Примечание",
)
USUAL = ("Ёлкин", "Пётр", "Ильич", "5А", "М", date(2014, 9, 1), "112-233-445 95", None, None)


def block(head=HEAD, edu_group="5А", left=False):
    header = read_header(Sheet("5А", False, (head,)), 0)
    return Block("5А", header, parse_class(edu_group) if edu_group else None, left)


def quick(row, within=None):
    return UsualRows("list.xlsx", within or block(), TODAY).read(row, 2)


def careful(row, within=None):
    findings = Findings("list.xlsx")
    pupil = PupilReader(findings, TODAY).read(row, 2, within or block())
    return pupil, findings.problems, findings.fixes


def changed(**cells):
    row = list(USUAL)
    for name, value in cells.items():
        row[HEAD.index({"Дата": "Дата рождения"}.get(name, name))] = value
    return tuple(row)


def test_a_usual_row_is_read_quickly():
    assert quick(USUAL) == careful(USUAL)[0] is not None


@pytest.mark.parametrize(
    "row",
    [
        changed(Фамилия="Фамилия"),
        changed(Имя="Ильич"),
        changed(Имя="пётр"),
        changed(Отчество=None),
        changed(Отчество="Ань"),
        changed(Класс="5 А"),
        changed(Класс="6А"),
        changed(Класс="5A"),
        changed(Пол="Ж"),
        changed(Пол="да"),
        changed(Дата="1.9.2014"),
        changed(Дата="31.02.2014"),
        changed(Дата="+1.09.2014"),
        changed(Дата=date(1984, 9, 1)),
        changed(Дата=datetime(2014, 9, 1)),
        changed(СНИЛС="112-233-445 96"),
        changed(Телефон="12-34"),
        changed(Примечание="выбыл"),
        USUAL[:5],
    ],
)
def test_a_row_that_needs_care_is_left_to_the_careful_way(row):
    assert quick(row) is None


def test_lists_of_leavers_are_left_to_the_careful_way():
    assert quick(USUAL, block(left=True)) is None


words = st.sampled_from(
    ["Ким", "Ёлкин", "Анна", "Анна-Мария", "Пол", "Ильич", "Ильинична", "КИМ", "Ань", None, 5]
)


@given(
    st.tuples(
        words,
        words,
        words,
        st.sampled_from(["5А", "5 А", "6А", "5Z", "Надомное обучение", 5, None]),
        st.sampled_from(["М", "Ж", "муж", "?", True, None]),
        st.sampled_from([date(2014, 9, 1), "01.09.2014", "1.9.14", "2014", date(1999, 1, 1), None]),
        st.sampled_from(["112-233-445 95", 11223344595, "112-233-445 96", None]),
        st.sampled_from([None, "89001234567", "12"]),
        st.sampled_from([None, "выбыл", "хор"]),
    ),
    st.sampled_from([None, "5А", "5", "Надомное обучение"]),
)
def test_where_both_ways_read_a_row_they_agree_and_nothing_was_to_tell(row, edu_group):
    within = block(edu_group=edu_group)
    found = quick(row, within)
    if found is not None:
        assert careful(row, within) == (found, [], [])
