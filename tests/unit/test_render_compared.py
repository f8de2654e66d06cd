"""What a report shows beside the last check, and which rulebooks it was judged by, in every form for people."""

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook

from connector.reports.render import csv, table, xlsx
from connector.reports.render.about import about_blocks
from connector.reports.render.headings import head, requirements
from connector.reports.render.page import html
from connector.reports.render.pdf import pdf
from connector.reports.render.word import docx
from mappings.rulebooks import read_rulebook
from tests.unit.memos import GONE, HOMEWORK, TOPIC, late, memo
from tests.unit.programs import pdf_text
from tests.unit.sample_reports import LESSON, english, report

HELD = {LESSON + 9}
# Of the last check two stand, one is fixed, one lesson is held no more; one is new.
LOST = replace(HOMEWORK, lesson_id=LESSON + 77)
MADE = replace(
    memo(TOPIC, HOMEWORK, late(1), before=(TOPIC, HOMEWORK, GONE, LOST), looked=HELD),
    memo=None,
    tables=(),
    lists_findings=True,
    name="missing",
)
LINE = "fixed: 1, not fixed: 2, new: 1, not comparable: 1"


def sheet(name):
    book = load_workbook(io.BytesIO(xlsx(MADE, english)))
    return [list(row) for row in book[name].iter_rows(values_only=True)]


def test_text_and_page_say_under_the_head_what_became_of_the_last_check():
    for made in (table(MADE, english).decode(), html(MADE, english, lang="en").decode()):
        assert "Since the check of 11.09.2026" in made
        assert LINE in " ".join(made.split())


def test_a_word_document_says_it_too():
    document = Document(io.BytesIO(docx(MADE, english, lang="en")))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    assert LINE in cells


def test_paper_says_it_too(tmp_path):
    (tmp_path / "made.pdf").write_bytes(pdf(MADE, english, lang="en"))
    assert LINE in " ".join(pdf_text(tmp_path / "made.pdf").split())


def test_each_finding_of_the_workbook_has_its_state():
    heads, *rows = sheet("Findings")
    place = heads.index("Since the last check")
    assert [row[place] for row in rows] == ["not fixed", "not fixed", "new"]


def test_what_is_fixed_is_a_sheet_and_what_cannot_be_compared_another():
    _heads, fixed = sheet("Fixed since the last check")
    assert (fixed[1], fixed[-1]) == ("5А", "fixed")
    _heads, other = sheet("Not comparable")
    assert (other[1], other[-1]) == ("10Б", "no longer asked")


def test_the_page_lists_what_is_fixed():
    page = html(MADE, english, lang="en").decode()
    assert "<h2>Fixed since the last check</h2>" in page


def test_without_a_last_check_there_is_no_column_and_no_line():
    first = replace(MADE, comparison=None)
    assert "Since the last check" not in csv(first, english).decode()
    assert not any(label.startswith("Since") for label, _value in head(first, english))


@pytest.mark.parametrize(
    "form", [lambda one: table(one, english), lambda one: html(one, english, lang="en")]
)
def test_a_report_that_sums_up_lists_no_findings(form):
    short = replace(MADE, lists_findings=False)
    assert len(form(short)) < len(form(MADE))
    assert "Fixed since the last check" not in form(short).decode()


def test_a_workbook_of_a_report_that_sums_up_has_no_sheet_of_findings():
    book = load_workbook(io.BytesIO(xlsx(replace(MADE, lists_findings=False), english)))
    assert book.sheetnames == ["Summary", "About the data"]


# --- rulebooks


BOOK = read_rulebook()
OLD = replace(
    BOOK, name="Старый", act="Положение 1", date="2025-09-01", in_force_to=date(2026, 9, 9)
)
NEW = replace(
    BOOK, name="Новый", act="Положение 2", date="2026-09-10", in_force_from=date(2026, 9, 10)
)


def test_one_rulebook_is_named_without_days():
    made = report()
    assert ("Rulebook", BOOK.name) in head(made, english)
    assert len(requirements(made, english)) == 1


def test_each_rulebook_of_the_span_is_named_with_its_days():
    made = report(rulebook=replace(NEW, others=(OLD,)))
    told = [value for label, value in head(made, english) if label == "Rulebook"]
    assert told == [
        "Старый (lessons 01.09.2026 – 09.09.2026)",
        "Новый (lessons 10.09.2026 – 20.09.2026)",
    ]


def test_a_rulebook_of_other_days_is_not_named():
    made = report(rulebook=replace(NEW, others=(OLD,)), start=date(2026, 9, 12))
    assert [value for label, value in head(made, english) if label == "Rulebook"] == ["Новый"]


def test_a_memo_names_each_act_with_its_days():
    made = report(rulebook=replace(NEW, others=(OLD,)))
    assert requirements(made, english)[0] == (
        "Положение 1 of 01.09.2025 (lessons 01.09.2026 – 09.09.2026)"
    )


@pytest.mark.parametrize(
    ("act", "day", "shown"),
    [
        ("Приказ № 41 от 28.08.2026", "2026-08-28", "Приказ № 41 от 28.08.2026"),
        ("Приказ № 41", "", "Приказ № 41"),
        ("", "2026-08-28", "28.08.2026"),
        ("", "", "—"),
    ],
)
def test_the_day_of_an_act_is_told_once(act, day, shown):
    made = report(rulebook=replace(NEW, others=(), act=act, date=day))
    assert requirements(made, english) == [shown]


def test_a_rule_without_a_deadline_in_working_days_shows_none():
    works = replace(BOOK.rules["WORK"], due_working_days=3)
    made = replace(report(rulebook=replace(NEW, others=(), rules={"WORK": works})), rules=("WORK",))
    (block,) = [one for one in about_blocks(made, english) if one.title == "Rules and clauses"]
    assert [row[3] for row in block.rows] == [None]


def test_a_rule_that_only_the_other_rulebook_asks_has_its_clause():
    off = {key: replace(one, enabled=key != "HW") for key, one in BOOK.rules.items()}
    made = report(rulebook=replace(NEW, rules=off, others=(OLD,)))
    assert BOOK.rules["HW"].clause in table(made, english).decode()
