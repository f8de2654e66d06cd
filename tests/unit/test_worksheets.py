"""The work sheet of a restoration: what stands in it, in which order, as text only."""

import io

from openpyxl import load_workbook

from connector.planned import ByHand
from mappings.worksheets import COLUMNS, WHAT, WHY, cells_of, worksheet

NAMES = {
    "edu_groups:51": "5А",
    "edu_groups:61": "10А",
    "subjects:201": "Алгебра",
    "persons:7": "Пробная Анна",
    "persons:9": "Учителева Зоя",
    "reporting_periods:61": "1 четверть",
}


def line(what="mark", why="no_call", value="4", group=51, day="2026-09-07", **more):
    fields = {"person_id": 7, "teacher_ids": (9,), "number": 2}
    return ByHand(what, why, value, "", group, 201, date=day, **(fields | more))


def same(text):
    return text


def sheets(*lines):
    book = load_workbook(io.BytesIO(worksheet(lines, NAMES, same)))
    return {
        page.title: [tuple(cell or "" for cell in row) for row in page.iter_rows(values_only=True)]
        for page in book.worksheets
    }


def test_a_line_tells_class_teacher_lesson_pupil_and_value():
    assert cells_of(line(), NAMES, same) == (
        "5А",
        "Учителева Зоя",
        "Алгебра",
        "07.09.2026",
        "2",
        "Пробная Анна",
        "mark",
        "4",
        "",
        "no published call writes it",
    )


def test_what_is_newer_stands_apart_from_what_is_to_be_entered():
    found = sheets(line(), line(why="newer", value="3"))
    assert [row[7] for row in found["To enter by hand"][1:]] == ["4"]
    assert [row[7] for row in found["Newer in the diary"][1:]] == ["3"]


def test_both_sheets_stand_where_there_is_nothing_to_say():
    headings = tuple(name for name, _width in COLUMNS)
    assert sheets() == {"To enter by hand": [headings], "Newer in the diary": [headings]}


def test_lines_are_sorted_as_a_school_reads_them():
    found = sheets(
        line(group=61),
        line(day="2026-10-01"),
        line(day="2026-09-30", number=10),
        line(day="2026-09-30", number=9),
    )
    shown = [(row[0], row[3], row[4]) for row in found["To enter by hand"][1:]]
    assert shown == [
        ("5А", "30.09.2026", "9"),
        ("5А", "30.09.2026", "10"),
        ("5А", "01.10.2026", "2"),
        ("10А", "07.09.2026", "2"),
    ]


def test_a_final_mark_names_its_period_or_the_year():
    of_period = line("final", day="", number=None, period_id=61)
    of_year = line("final", day="", number=None)
    assert [cells_of(one, NAMES, same)[3] for one in (of_period, of_year)] == ["1 четверть", "year"]


def test_codes_are_told_in_words_and_a_teachers_words_are_left():
    told = [
        cells_of(line(what, value=value), NAMES, same)[7]
        for what, value in [
            ("attendance", "Ill"),
            ("attendance", "Late (звонок)"),
            ("attendance", ""),
            ("work", "LessonTestWork"),
            ("work", "§ 1"),
            ("topic", "Ill"),
        ]
    ]
    assert told == ["ill", "late (звонок)", "", "test", "§ 1", "Ill"]


def test_what_has_no_name_shows_its_id_and_what_is_not_there_nothing():
    cells = cells_of(line(person_id=None, teacher_ids=(1, 9), group=77), NAMES, same)
    assert (cells[0], cells[1], cells[5]) == ("77", "1, Учителева Зоя", "")


def test_nothing_becomes_a_formula_or_a_number():
    book = load_workbook(io.BytesIO(worksheet([line("topic", value="=1+1")], NAMES, same)))
    cell = book.worksheets[0].cell(2, 8)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_the_same_lines_give_the_same_bytes():
    assert worksheet([line()], NAMES, same) == worksheet([line()], NAMES, same)


def test_every_word_of_the_planner_has_words():
    assert set(WHAT) == {"mark", "attendance", "work", "task", "topic", "final", "lesson"}
    assert set(WHY) == {"no_call", "lesson_gone", "pupil_gone", "several", "not_taken", "newer"}
