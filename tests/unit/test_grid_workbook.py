"""Grids as they come out of real workbook files, and timetables as the dispatcher of all files sees them."""

import io
from datetime import date

import pytest
import xlsxwriter

from connector.source import Kind
from mappings.grid import preview
from mappings.reading import read_source
from tests.unit.asc_schools import School, Taught, to_2008, to_2012

WEEK = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота")
LESSONS = ("Русский язык ", "Математика  ", "Английский язык", "История", "Информатика/Химия")


def workbook():
    """Two sheets by year, days merged over seven rows, headings over three columns, and a hidden old sheet."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        for year in (5, 6):
            sheet = book.add_worksheet(f"{year} класс")
            for at, letter in enumerate("АБ"):
                sheet.merge_range(0, 1 + 3 * at, 0, 3 + 3 * at, f'{year} "{letter}" класс')
            for day, name in enumerate(WEEK):
                top = 1 + 8 * day
                sheet.merge_range(top, 0, top + 6, 0, name)
                for number in range(7):
                    _write_lessons(sheet, top + number, day, number)
            # A double lesson: the last cell of the first day reaches down over nothing but its own day.
            sheet.merge_range(5, 2, 6, 2, "Физкультура")
        book.add_worksheet("Старое").hide()
        book.get_worksheet_by_name("Старое").write(0, 0, "Понедельник")
    return data.getvalue()


def _write_lessons(sheet, row, day, number):
    for at in range(2):
        if number >= 5 and not (day == 0 and at == 0 and number == 5):
            sheet.write(row, 1 + 3 * at, number + 1)
            continue
        subject = LESSONS[(day + number + at) % len(LESSONS)]
        room = "325/331" if subject.startswith(("Англ", "Инф")) else 100 + number
        for column, value in enumerate((number + 1, subject, room), start=1 + 3 * at):
            if not (day == 0 and at == 0 and number >= 4 and column == 2):
                sheet.write(row, column, value)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "Расписание.xlsx"
    path.write_bytes(workbook())
    return read_source(path, today=date(2026, 11, 24))


def test_a_workbook_with_merged_days_and_headings_is_read_whole(source):
    assert source.kind is Kind.GRID
    classes = [group.name for group in source.edu_groups if not group.parent]
    assert classes == ["5А", "5Б", "6А", "6Б"]
    found = {(s.edu_groups, s.day, s.number) for s in source.slots}
    assert len(found) == 2 * (6 * 5 * 2 + 1)
    assert source.refused == []


def test_a_double_lesson_of_a_workbook_is_two_hours(source):
    found = {(s.day, s.number): s.subject for s in source.slots if s.edu_groups == ("5А",)}
    assert (found[1, 5], found[1, 6]) == ("Физкультура", "Физкультура")


def test_all_doubts_of_a_workbook_have_their_sheet(source):
    told = {(p.rule, p.place.sheet) for p in source.problems}
    assert told == {
        ("hidden_sheet", "Старое"),
        *{
            (rule, f"{year} класс")
            for year in (5, 6)
            for rule in ("several_rooms", "several_subjects")
        },
    }


def test_the_preview_of_a_workbook_fits_a_terminal(source):
    assert max(map(len, preview(source).splitlines())) <= 80


@pytest.mark.parametrize("write", [to_2012, to_2008])
def test_an_export_of_asc_is_known_by_its_content(tmp_path, write):
    path = tmp_path / "classes.csv"
    path.write_bytes(b"From: school\n\n" + write(School([Taught()])))
    source = read_source(path, today=date(2026, 11, 24))
    assert (source.kind, len(source.slots), source.refused) == (Kind.ASC, 1, [])
