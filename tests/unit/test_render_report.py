"""Reports as text, JSON, CSV and a workbook, read back the way their readers do."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from connector.reports import render
from connector.reports.journal import Names
from connector.reports.render.delimited import safe_text
from connector.reports.render.headings import age_text
from connector.reports.render.sheets import Block, Column, Kind, findings_sheet
from connector.reports.render.text import grid
from connector.reports.report import Filters, Silence
from connector.reports.rules.case import GAP_REASONS
from tests.unit.journals import MONDAY
from tests.unit.sample_reports import (
    EMPTY,
    FULL,
    HIDDEN,
    LESSON,
    NAMES,
    NOTES,
    READ_AT,
    TABLES,
    WHOLE,
    english,
    finding,
    marked,
    report,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/json/report.json").read_text("utf-8"))


def shown(made, translate=english, **how):
    return render.table(made, translate, **how).decode()


def read_csv(made, translate=english):
    text = render.csv(made, translate).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [line for line in lines if not line[0].startswith("! ")]


def sheet(made, number, translate=english):
    book = CalamineWorkbook.from_filelike(io.BytesIO(render.xlsx(made, translate)))
    return book.get_sheet_by_index(number).to_python()


def archive(made):
    return zipfile.ZipFile(io.BytesIO(render.xlsx(made, english)))


# --- JSON


@pytest.mark.parametrize(
    "made", [FULL, EMPTY, TABLES, WHOLE, HIDDEN], ids=["full", "empty", "tables", "whole", "hidden"]
)
def test_the_document_keeps_its_promise(made):
    jsonschema.validate(json.loads(render.json_bytes(made, english)), SCHEMA)


def test_the_promise_names_every_member_of_the_document():
    """A member that is not promised cannot be relied on; the schema itself stays open for more."""

    def members(value, schema):
        schema = resolved(schema, value)
        if isinstance(value, list):
            for item in value:
                members(item, schema["items"])
        elif isinstance(value, dict) and "additionalProperties" not in schema:
            assert set(value) <= set(schema["properties"])
            for key, item in value.items():
                members(item, schema["properties"][key])

    def resolved(schema, value):
        if "anyOf" in schema:
            return {} if value is None else resolved(schema["anyOf"][0], value)
        name = schema.get("$ref", "").removeprefix("#/$defs/")
        return SCHEMA["$defs"][name] if name else schema

    members(render.document(WHOLE, english), SCHEMA)


def test_the_promise_names_every_reason_for_silence():
    silence = SCHEMA["$defs"]["notes"]["properties"]["without_data"]["items"]["properties"]
    assert {*silence["reason"]["enum"]} == {*GAP_REASONS}


def test_the_first_key_is_the_schema():
    assert next(iter(render.document(FULL, english).items())) == ("schema", "dnevnik/report/1")


def test_the_document_counts_by_rule_class_and_teacher():
    summary = render.document(FULL, english)["summary"]
    assert summary["by_rule"] == {"TOPIC": 1, "HW": 1, "MARK0": 1, "ATT": 1}
    assert summary["by_edu_group"][1] == {
        "edu_group": {"id": "60", "name": "10Б"},
        "by_rule": {"MARK0": 1, "ATT": 1},
    }
    assert [entry["teacher"]["id"] for entry in summary["by_teacher"]] == ["900", "901"]
    assert summary["not_judged"] == 2


def test_a_finding_names_class_subject_teacher_and_lesson_by_id():
    found = render.document(FULL, english)["findings"][1]
    assert found["edu_group"] == {"id": "50", "name": "5А"}
    assert found["subject"] == {"id": "2", "name": "Основы безопасности и защиты Родины"}
    assert found["teacher"] == {"id": "900", "name": "Лужина Вера Ильинична"}
    assert [teacher["id"] for teacher in found["teachers"]] == ["900", "901"]
    assert found["lesson"] == str(LESSON)
    assert (found["date"], found["due_at"]) == ("2026-09-07", "2026-09-07T18:59:59Z")


def test_a_lesson_without_a_teacher_has_none_in_the_document():
    assert render.document(FULL, english)["findings"][2]["teacher"] is None


def test_only_sentences_follow_the_language():
    ours, theirs = render.document(FULL, english), render.document(FULL, marked)
    for document in (ours, theirs):
        document.pop("warnings")
        for found in document["findings"]:
            found.pop("text")
    assert ours == theirs
    assert render.document(FULL, marked)["findings"][0]["text"].startswith("⟦")


def test_a_document_without_teachers_numbers_teachers_and_hides_how_they_were_asked_for():
    made = replace(
        report(
            finding(teacher_ids=(1,)),
            names=Names(NAMES.groups, NAMES.subjects),
            filters=Filters(teachers=("Лужина",)),
        ),
        anonymous=True,
        teachers_hidden=True,
    )
    text = render.json_bytes(made, english).decode()
    assert "Лужина" not in text
    assert render.document(made, english)["findings"][0]["teacher"] == {
        "id": None,
        "name": "Teacher 1",
    }
    for other in (
        shown(made),
        render.csv(made, english).decode("utf-8-sig"),
        str(sheet(made, 0)),
        str(sheet(made, 1)),
    ):
        assert "Лужина" not in other


# --- text


@pytest.mark.parametrize("made", [FULL, EMPTY], ids=["full", "empty"])
@pytest.mark.parametrize("translate", [english, marked], ids=["english", "longer"])
def test_text_fits_80_columns(made, translate):
    assert max(map(len, shown(made, translate).splitlines())) <= 80


def test_text_says_how_old_the_data_are_and_by_which_act_it_judges():
    text = shown(FULL)
    assert "2 h 30 min (read 20.09.2026 06:30)" in text
    assert "Образец положения" in text
    assert "Lessons without a topic:    1" in text


def test_text_lists_teacher_then_class_then_dates():
    text = shown(FULL)
    teacher, school_class, topic = (
        text.index(part, text.index("\nFindings\n"))
        for part in ("Лужина", "  5А", "Topic (1): Алгебра 07.09.2026 (3, late 13)")
    )
    assert teacher < school_class < topic


def test_text_without_findings_says_so_and_nothing_more():
    text = shown(report(notes=NOTES))
    assert "Findings:            0" in text
    assert "By teacher" not in text


def test_text_warns_where_nothing_was_read():
    assert "! No lessons of these days were read" in shown(EMPTY)


def test_text_warns_where_the_reading_of_homework_is_unknown():
    assert "it counts either way" in shown(EMPTY)
    assert "it counts either way" not in shown(FULL)


def test_text_warns_of_lessons_not_judged_groups_not_read_and_failed_requests():
    text = shown(FULL)
    assert "! Records not judged for want of data: 2." in text
    assert "! Groups never read: 1." in text
    assert "! Requests to the vendor that failed: 1." in text


def test_text_warns_of_a_wrong_clock():
    assert "a clock is wrong" in shown(report(notes=replace(NOTES, clock_differs=True)))


def test_text_names_the_filters_in_force():
    assert "5А, Алгебра" in shown(report(filters=Filters(classes=("5А",), subjects=("Алгебра",))))


def test_text_ends_with_a_line_end_and_has_no_trailing_spaces():
    text = shown(FULL)
    assert text.endswith("\n")
    assert not [line for line in text.splitlines() if line != line.rstrip()]


WORDS = st.text("абв гд", max_size=60)


@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(0, 10**6)), min_size=1, max_size=6),
    st.integers(40, 100),
)
def test_a_grid_never_exceeds_its_width_and_loses_no_word(rows, width):
    block = Block("", (Column("а"), Column("б"), Column("№", Kind.NUMBER)), tuple(rows))
    lines = list(grid(block, width))
    assert all(len(line) <= width for line in lines)
    kept = "".join("".join(lines).split())
    wanted = "".join("".join(f"{one}{two}{three}" for one, two, three in rows).split())
    assert sorted(kept) == sorted(f"аб№{wanted}")


def test_a_grid_shows_days_and_moments_as_people_write_them():
    columns = (Column("a", Kind.DAY), Column("b", Kind.MOMENT), Column("c"))
    assert list(grid(Block("", columns, ((MONDAY, READ_AT, None),)), 80))[1] == (
        "07.09.2026  20.09.2026 01:30"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (3_599, "59 min"),
        (3_660, "1 h 1 min"),
        (90_000, "1 d 1 h"),
        (None, "nothing was read yet"),
    ],
)
def test_an_age_is_told_in_its_two_largest_units(seconds, text):
    assert age_text(seconds, english) == text


# --- CSV


def test_csv_opens_in_excel_by_a_double_click():
    raw = render.csv(FULL, english)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 8


def test_csv_has_a_heading_and_a_line_per_finding():
    heading, first, *_others = read_csv(FULL)
    assert heading[:3] == ["Date", "Class", "Lesson no."]
    line = dict(zip(heading, first, strict=True))
    assert (line["Date"], line["Class"], line["Teacher"]) == (
        "07.09.2026",
        "5А",
        "Лужина Вера Ильинична",
    )
    assert (line["Lesson id"], line["Days late"], line["Severity"]) == (
        str(LESSON),
        "13",
        "violation",
    )


def test_csv_says_when_no_teacher_is_named():
    assert read_csv(FULL)[3][5] == "no teacher named"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_name_that_looks_like_a_formula_is_written_as_text(start):
    names = replace(NAMES, teachers={900: f"{start}HYPERLINK(1)"})
    assert read_csv(report(finding(), names=names))[1][4] == f"'{start}HYPERLINK(1)"


def test_a_separator_inside_a_name_does_not_split_it():
    names = replace(NAMES, groups={50: '5А; "математики"'})
    assert read_csv(report(finding(), names=names))[1][1] == '5А; "математики"'


@given(st.text(max_size=20))
def test_no_text_starts_a_formula(text):
    assert not safe_text(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe_text(text).removeprefix("'") == text.removeprefix("'")


# --- workbook


def test_the_workbook_begins_with_the_summary_and_ends_with_a_sheet_a_teacher():
    book = CalamineWorkbook.from_filelike(io.BytesIO(render.xlsx(FULL, english)))
    assert book.sheet_names == [
        "Summary",
        "Findings",
        "About the data",
        "Лужина Вера Ильинична",
        "Мамед оглы Тофик",
    ]


def test_the_summary_counts_by_teacher_and_class():
    rows = sheet(FULL, 0)
    assert ["Лужина Вера Ильинична", 1, 1, 0, 1, 3] in rows
    assert ["no teacher named", 0, 0, 1, 0, 1] in rows
    assert ["10Б", 0, 0, 1, 1, 2] in rows


def test_the_teacher_with_most_findings_comes_first():
    names = [row[0] for row in sheet(FULL, 0)]
    assert names.index("Лужина Вера Ильинична") < names.index("Мамед оглы Тофик")


def test_long_ids_survive_the_workbook():
    """A spreadsheet's numbers are doubles: written as one, the lesson's id would end in other digits."""
    assert sheet(FULL, 1)[1][12] == str(LESSON)


def test_days_are_days_and_counts_are_numbers_in_the_workbook():
    row = sheet(FULL, 1)[1]
    assert (row[0], row[2], row[9]) == (MONDAY, 3, 13)


def test_a_formula_in_a_name_is_text_in_the_workbook():
    names = replace(NAMES, teachers={900: "=1+1"})
    assert sheet(report(finding(), names=names), 1)[1][4] == "=1+1"
    assert b"<f>" not in archive(report(finding(), names=names)).read("xl/worksheets/sheet2.xml")


def test_the_workbook_says_what_it_rests_on():
    cells = [cell for row in sheet(FULL, 2) for cell in row]
    for told in (
        "Cancelled",
        "not held",
        "п. 3.2 (образец)",
        "the next lesson is not known yet",
        "maintenance",
        "a roll",
        "classes: walk",
    ):
        assert told in cells
    assert datetime(2026, 9, 20, 6, 30) in cells


def test_the_list_of_findings_is_ready_to_be_filtered_and_printed():
    page = archive(FULL).read("xl/worksheets/sheet2.xml").decode()
    assert 'state="frozen"' in page
    assert '<autoFilter ref="A1:M5"' in page
    assert 'orientation="landscape"' in page
    assert 'paperSize="9"' in page
    assert page.count("<conditionalFormatting") == 2
    assert "Print_Titles" in archive(FULL).read("xl/workbook.xml").decode()


def test_an_empty_report_makes_a_workbook_too():
    assert sheet(EMPTY, 1) == [
        [column.title for column in findings_sheet(EMPTY, english).blocks[0].columns]
    ]


@pytest.mark.parametrize("maker", [render.table, render.csv, render.xlsx, render.json_bytes])
def test_the_same_report_gives_the_same_bytes(maker):
    assert maker(FULL, english) == maker(FULL, english)


# --- language


def untranslated(cell):
    """Letters outside the marks; names, clauses and codes come from data."""
    return isinstance(cell, str) and cell.isascii() and any(letter.isalpha() for letter in cell)


def test_every_word_of_ours_in_the_workbook_is_translated():
    codes = {"TOPIC", "HW", "MARK0", "ATT", "Cancelled", "Maintenance", "classes: walk"}
    cells = [cell for number in (0, 1, 2) for row in sheet(FULL, number, marked) for cell in row]
    assert [cell for cell in cells if untranslated(cell) and cell not in codes] == []


def test_every_reason_for_silence_has_words():
    text = shown(
        report(
            notes=replace(
                NOTES,
                silences=tuple(
                    Silence(50, "HW", reason, 1, MONDAY, MONDAY) for reason in GAP_REASONS
                ),
            )
        ),
        width=200,
    )
    for words in GAP_REASONS.values():
        assert words in text
