"""Tables of a report in text, JSON, CSV and the workbook: the same cells everywhere, read back by other readers."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports import render
from connector.reports.render.columns import column_bands
from connector.reports.render.sheets import Column, Kind
from connector.reports.render.tabular import (
    cell_text,
    decimals,
    number_text,
    parts,
    rounded,
    table_block,
)
from connector.reports.render.workbook import SheetNames
from connector.reports.tables import NO_DATA, Content, Table
from connector.reports.tables import Column as TableColumn
from tests.unit.sample_reports import (
    CHARTS,
    HIDDEN,
    NAMES,
    QUALITY,
    TABLES,
    TREND,
    WHO,
    WHOLE,
    english,
    finding,
    marked,
    report,
    russian,
)

GOLDEN = Path(__file__).parents[1] / "samples" / "reports" / "quality.json"


def shown(made, **how):
    return render.table(made, russian, **how).decode()


def book(made, translate=russian):
    return openpyxl.load_workbook(io.BytesIO(render.xlsx(made, translate)))


def lines(content):
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [row for row in rows if not row[0].startswith("! ")]


# --- numbers


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(89, 20), "4,5"),
        (Fraction(444, 100), "4,4"),
        (Fraction(1, 20), "0,1"),
        (Fraction(-1, 20), "-0,1"),
        (Fraction(1, 25), "0,0"),
        (5, "5,0"),
        (Fraction(9995, 100), "100,0"),
    ],
)
def test_a_half_is_rounded_up_and_russia_writes_a_comma(number, text):
    assert number_text(number, russian) == text


def test_english_writes_a_point():
    assert number_text(Fraction(9, 2), english) == "4.5"


@pytest.mark.parametrize(
    ("mean", "text"),
    [
        (Fraction(3455, 1000), "3,46"),
        (Fraction(34549, 10000), "3,45"),
        (Fraction(4), "4,00"),
        (Fraction(401, 100), "4,01"),
        (4, "4,00"),
        (Fraction(4995, 1000), "5,00"),
    ],
)
def test_an_average_of_marks_has_two_decimals(mean, text):
    assert cell_text(mean, Kind.MEAN, russian) == text


def test_an_average_has_two_decimals_in_a_cell_of_a_workbook():
    page = book(TABLES)["Quality by class and subject"]
    assert page["E2"].number_format == "0.00"
    assert [page.cell(row, 5).value for row in (2, 3, 5)] == [4.45, 4.25, 4.35]


@given(st.fractions(-1000, 1000), st.integers(0, 3))
def test_rounding_moves_a_number_by_half_a_step_at_most(number, digits):
    assert abs(rounded(number, digits) - number) <= Fraction(1, 2 * 10**digits)


@given(st.fractions(-1000, 1000), st.integers(0, 3))
def test_rounding_twice_changes_nothing(number, digits):
    assert rounded(rounded(number, digits), digits) == rounded(number, digits)


def test_what_is_not_known_is_said_in_words():
    assert cell_text(NO_DATA, Kind.PERCENT, english) == "no data"


def test_totals_that_name_nothing_are_called_so():
    rows = (*QUALITY.rows[:-1], (None, *QUALITY.rows[-1][1:]))
    block = table_block(TABLES, replace(QUALITY, rows=rows), english)
    assert [row[0] for row in block.rows] == ["5А", "5А", "10Б", "Total"]


# --- parts


def test_a_split_table_has_a_part_a_value_in_natural_order_without_that_column():
    found = parts(TABLES, WHO, english)
    assert [name for name, _block in found] == ["5А", "10Б"]
    assert {block.columns[0].title for _name, block in found} == {"Pupil"}
    assert sum(len(block.rows) for _name, block in found) == len(WHO.rows)


def test_a_row_of_totals_in_a_split_table_stands_at_the_end():
    table = replace(QUALITY, split_by="subject")
    assert [name for name, _block in parts(TABLES, table, english)][-1] == "Total"


@given(st.lists(st.sampled_from([50, 60, None, "Total"]), max_size=12))
def test_splitting_loses_no_row(groups):
    table = Table(
        "t",
        "T",
        (TableColumn("g", "G", Content.GROUP), TableColumn("n", "N", Content.NUMBER)),
        tuple((group, number) for number, group in enumerate(groups)),
        split_by="g",
    )
    rows = [row[-1] for _name, block in parts(TABLES, table, english) for row in block.rows]
    assert sorted(rows) == list(range(len(groups)))


# --- text


@pytest.mark.parametrize("width", [80, 100, 132])
@pytest.mark.parametrize("made", [TABLES, WHOLE], ids=["tables", "whole"])
def test_text_with_tables_fits_the_line(made, width):
    assert max(map(len, shown(made, width=width).splitlines())) <= width


def test_a_table_wider_than_the_line_is_shown_in_parts_and_every_column_is_there():
    text = shown(TABLES)
    assert "Marks of pupils: 5А (1/" in text
    assert all(f"{day:02d}.09" in text for day in range(1, 31))
    assert "1234567890123456789" in text


def test_each_part_begins_with_whom_it_is_about():
    part = shown(TABLES).split("Marks of pupils: 5А (2/")[1].split("Marks of pupils")[0]
    assert "Ёжиков" in part


def test_a_wide_terminal_shows_more_columns_beside_each_other():
    assert shown(TABLES, width=300).count("Marks of pupils: 5А") == 1


def test_totals_are_set_apart_and_the_note_stands_below():
    text = shown(TABLES).splitlines()
    total = next(number for number, line in enumerate(text) if line.startswith("Total"))
    assert set(text[total - 1]) == {"-", " "}
    assert text[total + 1] == "Pupils without a mark (н/а) count as not successful."


def test_a_finding_about_one_pupil_names_it_in_the_text():
    assert "Алгебра, Ли Ян 07.09.2026 (3, late 13)" in shown(report(finding(person_ids=(7,))))


def test_a_finding_about_several_pupils_counts_them_in_the_text():
    """Lists of names would bury the dates; the workbook has them."""
    assert "Алгебра 08.09.2026 (3, late 2, pupils: 2)" in shown(WHOLE)


def test_headings_of_a_table_that_is_taken_apart_are_whole_words():
    columns = tuple(TableColumn(f"c{place}", "Неуспевающие", Content.NUMBER) for place in range(20))
    table = Table("t", "T", columns, (tuple(range(20)),))
    text = shown(report(rules=(), tables=(table,)))
    assert text.count("Неуспевающие") == 20 + text.count("T (") - 1


WORDS = st.text("абвгдежз", min_size=1, max_size=24)
NUMBERS = st.sampled_from([Content.NUMBER, Content.DECIMAL, Content.PERCENT])


@given(
    st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=4), NUMBERS), min_size=1, max_size=14)
)
def test_no_word_of_a_heading_is_cut_in_a_terminal(headings):
    columns = tuple(
        TableColumn(f"c{place}", " ".join(words), content)
        for place, (words, content) in enumerate(headings)
    )
    table = Table("t", "T", columns, (tuple(range(len(columns))),))
    text = {word.rstrip(",") for word in shown(report(rules=(), tables=(table,))).split()}
    assert {word for words, _content in headings for word in words} <= text


def test_the_sign_of_percent_stands_once_in_the_heading_and_in_no_cell():
    columns = (
        TableColumn("class", "Class", Content.TEXT),
        TableColumn("quality", "Quality", Content.PERCENT),
        TableColumn("missed", "Missed, %", Content.PERCENT),
    )
    table = Table("t", "T", columns, (("5А", Fraction(200, 3), 40),))
    text = shown(report(rules=(), tables=(table,)))
    assert "Class  Quality, %  Missed, %\n5А           66,7       40,0\n" in text


def test_headings_of_numbers_fold_before_names_do():
    numbers = tuple(
        TableColumn(f"c{place}", "Сколько уроков", Content.NUMBER) for place in range(5)
    )
    table = Table(
        "t", "T", (TableColumn("who", "Who"), *numbers), (("А" * 11 + " " + "Б" * 17, *range(5)),)
    )
    assert "А" * 11 + " " + "Б" * 17 in shown(report(rules=(), tables=(table,)))


def test_a_note_stands_below_the_first_of_many_parts():
    text = shown(replace(TABLES, tables=(replace(WHO, note="As the act says."),), charts=()))
    assert text.count("As the act says.") == 1


def test_all_tables_of_a_class_stand_together():
    other = replace(WHO, key="other", title="Other marks")
    text = shown(replace(TABLES, tables=(WHO, other), charts=()), width=300)
    titles = [line for line in text.splitlines() if ": " in line and "arks" in line]
    assert titles == [
        "Marks of pupils: 5А",
        "Other marks: 5А",
        "Marks of pupils: 10Б",
        "Other marks: 10Б",
    ]


def test_a_table_of_one_line_a_teacher_is_an_overview_too():
    table = replace(QUALITY, rows=QUALITY.rows[:2], split_by="subject", has_totals=False)
    text = shown(replace(TABLES, tables=(table,), charts=()), width=300)
    assert text.count("Лужина Вера Ильинична") == 2
    assert "\nQuality by class and subject\n" in text
    assert "\nАлгебра\n" in text


def test_of_many_pupils_the_first_are_named_and_the_others_counted():
    made = report(finding("ATT", person_ids=(5, 6, 7, 8)))
    assert "Ли Ян and 1 more" in render.csv(made, english).decode("utf-8-sig")


@given(
    st.lists(st.tuples(st.sampled_from([Kind.TEXT, Kind.NUMBER]), st.integers(1, 30)), min_size=1),
    st.integers(40, 120),
)
def test_bands_of_columns_hold_every_column_and_begin_alike(columns, width):
    kinds, least = zip(*columns, strict=True)
    bands = column_bands([Column("", kind) for kind in kinds], least, width)
    assert sorted({place for band in bands for place in band}) == list(range(len(columns)))
    assert all(band[0] == 0 for band in bands)
    for band in bands:
        fits = sum(least[place] + 2 for place in band) - 2 <= width
        assert fits or sum(place not in bands[0] for place in band) <= 1 or len(bands) == 1


# --- JSON


def test_the_json_of_a_report_with_tables_is_as_agreed():
    """Scripts of schools read it: a change here is a change for them."""
    fixed = replace(TABLES.rulebook, name="Правила", act="Положение", date="2026-09-01")
    made = replace(TABLES, rulebook=fixed, tables=(QUALITY, TREND), charts=CHARTS[:1])
    assert render.json_bytes(made, english).decode() == GOLDEN.read_text(encoding="utf-8")


def test_words_in_json_stay_english_and_headings_do_not():
    table = render.document(TABLES, marked)["tables"][0]
    assert table["title"] == "⟦Quality by class and subject⟧"
    assert table["rows"][0]["trend"] == "better"


def test_numbers_in_the_place_of_persons_have_no_id_in_json():
    row = render.document(HIDDEN, english)["tables"][0]["rows"][0]
    assert row == {
        "pupil": {"id": None, "name": "Pupil 3"},
        "teacher": {"id": None, "name": "Teacher 2"},
    }


# --- CSV


def test_a_report_without_rules_gives_its_first_table_as_csv():
    heading, first, *_others = lines(render.csv(TABLES, russian))
    line = dict(zip(heading, first, strict=True))
    assert (line["Class"], line["Average mark"], line["Quality, %"]) == ("5А", "4,45", "66,7")


def test_each_table_is_a_csv_of_its_own():
    found = dict(render.csv_files(WHOLE, russian))
    assert list(found) == ["", "quality", "who", "trend"]
    assert [len(lines(content)) for content in found.values()] == [5, 5, 5, 4]


def test_what_is_not_known_stands_in_the_csv():
    assert lines(dict(render.csv_files(WHOLE, russian))["trend"])[2] == [
        "12.09.2026",
        "22",
        "no data",
    ]


def test_warnings_stand_above_the_headings_of_a_csv():
    text = render.csv(WHOLE, russian).decode("utf-8-sig")
    assert text.startswith("! Records not judged for want of data: 2.\r\n")


# --- workbook


def test_the_workbook_holds_every_cell_of_a_table():
    page = book(TABLES)["Quality by class and subject"]
    block = table_block(TABLES, QUALITY, russian)
    assert [cell.value for cell in page[1]] == [column.title for column in block.columns]
    for number, row in enumerate(block.rows, start=2):
        for place, cell in enumerate(row, start=1):
            found = page.cell(number, place).value
            if cell is NO_DATA:
                assert found == "no data"
            elif isinstance(cell, Fraction):
                digits = decimals(block.columns[place - 1].kind)
                assert Fraction(str(found)) == rounded(cell, digits)
            elif isinstance(cell, date):
                assert found == datetime(cell.year, cell.month, cell.day)
            else:
                assert found == cell


def test_a_row_is_as_high_as_the_words_no_data_in_its_narrowest_cell():
    columns = (TableColumn("class", "Class", Content.GROUP, 10), TableColumn("n", "N", width=6))
    narrow = Table("narrow", "Narrow", columns, ((50, 4), (60, NO_DATA)))
    page = book(replace(TABLES, tables=(narrow,), charts=()))["Narrow"]
    assert page.row_dimensions[2].height in {None, 15}
    assert page.row_dimensions[3].height == 30


def test_a_sheet_holds_all_tables_of_a_class():
    other = replace(WHO, key="other", title="Other marks")
    page = book(replace(TABLES, tables=(WHO, other), charts=()))["5А"]
    titles = [cell.value for cell in page["A"] if cell.value in {"Marks of pupils", "Other marks"}]
    assert titles == ["Marks of pupils", "Other marks"]


def test_a_teachers_sheet_ends_with_the_findings():
    marks = replace(QUALITY, rows=QUALITY.rows[:2], split_by="teacher", has_totals=False)
    made = book(replace(WHOLE, tables=(marks,), charts=()))
    column = [cell.value for cell in made["Лужина Вера Ильинична"]["A"]]
    assert "Each finding" in column
    assert column.count(datetime(2026, 9, 7)) == 2
    assert sum(name.startswith("Лужина") for name in made.sheetnames) == 1


def test_a_split_table_has_a_sheet_a_value():
    assert {"5А", "10Б"} <= {*book(TABLES).sheetnames}


def test_a_table_is_ready_to_be_filtered_and_its_totals_are_not_filtered_away():
    page = book(TABLES)["Quality by class and subject"]
    assert page.auto_filter.ref == "A1:H4"
    assert page.freeze_panes == "A2"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == "$1:$1"


def test_the_summary_draws_the_charts_from_the_numbers():
    made = book(TABLES)
    assert len(made["Summary"]._charts) == len(CHARTS)
    numbers = made["Chart data"]
    assert [numbers.cell(3, place).value for place in (1, 2)] == ["Алгебра", 66.7]


def test_warnings_are_the_first_lines_below_the_title_of_the_workbook():
    page = book(WHOLE)["Summary"]
    assert page["A2"].value == "Records not judged for want of data: 2."


@given(st.lists(st.text(max_size=60), max_size=20))
def test_names_of_sheets_are_short_allowed_and_unique(titles):
    names = SheetNames()
    made = [names.unique(title) for title in titles]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.casefold() != "history"
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_a_name_of_a_group_that_is_hidden_is_the_end_of_its_id():
    made = replace(TABLES, names=replace(NAMES, groups={}))
    assert table_block(made, QUALITY, english).rows[0][0] == "…0050"
