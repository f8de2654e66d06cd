"""Whatever stands in a name, no format breaks, runs it, or lets it turn a line round."""

import csv
import io
import json
import unicodedata
from html.parser import HTMLParser

import openpyxl
import pytest
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.reports import render
from connector.reports.render.legible import legible
from connector.reports.render.page import html
from connector.reports.render.pdf import pdf
from connector.reports.render.word import docx
from connector.reports.tables import Column, Table
from tests.unit.sample_reports import english, named, report

TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
NASTY = [
    '=HYPERLINK("http://example.org","click")',
    "+1+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "</td><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "{{ title }}",
    "{% for x in y %}",
    "#let x = 1",
    "$ x^2 $ *жирно* _курсив_ @ссылка <метка>",
    "_x0041_",
    "]]>",
    "&amp;&#0;",
    "\u202eагоноЁ",
    "Иван\x00ов\x0b\x1b[31m",
    "\ud800Ли",
    "\ufffe\uffff",
    "ы" * 200,
    "Ы " * 100,
    "\u0418\u0306" * 60,
    "😀 漢字 ابن سينا",
    "'",
    ";",
    "\n",
    "\u2028\u2029",
    "C:\\x",
]
names = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.text(st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Co")), max_size=20),
)


def every(test):
    """The listed names always, others as they come."""
    for name in NASTY:
        test = example(name)(test)
    return settings(max_examples=25, deadline=None)(given(names)(test))


# A Word document takes a fifth of a second: all listed names stand in one, and few others have their own.
few = settings(max_examples=5, deadline=None)


def texts(*rows):
    table = Table("text", "Texts", (Column("text", "Text"),), tuple((row,) for row in rows))
    return report(tables=(table,), rules=())


class Seen(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.cells = [], [], []

    def handle_starttag(self, tag, attrs):
        # A long word has places where it may be divided; all else stands as it is written.
        if (tag, attrs) != ("wbr", []):
            self.tags.append((tag, tuple(sorted(name for name, _value in attrs))))
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def page_of(name):
    seen = Seen()
    seen.feed(html(named(name), english, lang="en").decode())
    return seen


PLAIN_TAGS = page_of("Имя").tags


# --- one line of text


@given(st.text())
@example("".join(map(chr, range(0x3000))))
def test_a_legible_name_has_no_controls_no_directions_and_no_halves(text):
    shown = legible(text)
    assert not [
        letter
        for letter in shown
        if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or ord(letter) in TURNING
    ]
    assert shown == shown.strip()
    shown.encode()


@given(st.text())
def test_a_legible_name_stays_as_it_is(text):
    assert legible(legible(text)) == legible(text)


@pytest.mark.parametrize("name", ["Ёжиков Егор", "O'Коннор-Ли", "Мамед оглы", "Ғалым Ұлы", "李"])
def test_an_ordinary_name_is_left_alone(name):
    assert legible(name) == name


# --- each format, read by another reader


@every
def test_a_name_is_one_cell_of_a_csv_and_no_formula(name):
    for _key, content in render.csv_files(named(name), english):
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
        widths = {len(row) for row in rows if not row[0].startswith("! ")}
        assert len(widths) == 1
        assert not [
            cell
            for row in rows
            for cell in row
            if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        ]


@every
def test_a_name_is_the_same_text_in_json(name):
    found = json.loads(render.json_bytes(named(name), english))
    assert found["tables"][1]["rows"][0]["text"] == legible(name)


@every
def test_a_name_keeps_the_text_table_within_its_lines(name):
    text = render.table(named(name), english).decode()
    assert max(map(len, text.split("\n"))) <= 80
    assert not [letter for letter in text if ord(letter) in TURNING or letter in "\x1b\x00\x0b"]


def opened(made):
    return openpyxl.load_workbook(io.BytesIO(render.xlsx(made, english)))


@few
@example(NASTY)
@given(st.lists(names, min_size=1, max_size=5))
def test_names_are_texts_in_a_workbook(rows):
    cells = [cell for (cell,) in opened(texts(*rows))["Texts"].iter_rows(values_only=True)][1:]
    # What looks like Excel's own way to write a letter is written so that Excel shows it as it is.
    assert [(cell or "").replace("_x005F_", "_") for cell in cells] == [*map(legible, rows)]


@few
@example(NASTY[0])
@given(names)
def test_no_cell_of_a_workbook_is_a_formula(name):
    kinds = {cell.data_type for page in opened(named(name)) for row in page for cell in row}
    assert kinds <= {"s", "n", "d", "inlineStr"}


@every
def test_a_name_is_text_on_a_page(name):
    seen = page_of(name)
    assert seen.tags == PLAIN_TAGS or not legible(name)
    assert legible(name) in seen.cells


@few
@example(NASTY)
@given(st.lists(names, min_size=1, max_size=5))
def test_names_are_texts_in_a_word_document(rows):
    document = Document(io.BytesIO(docx(texts(*rows), english, lang="en")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert {*map(legible, rows)} <= {*cells}


@few
@example(NASTY[-8])
@given(names)
def test_a_name_of_everything_is_text_in_a_word_document(name):
    document = Document(io.BytesIO(docx(named(name), english, lang="en")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert legible(name) in cells


@few
@example(NASTY)
@given(st.lists(names, min_size=1, max_size=5))
def test_names_do_not_stop_the_typesetter(rows):
    assert pdf(texts(*rows), english, lang="en").startswith(b"%PDF")


@few
@given(names)
def test_a_name_of_everything_does_not_stop_the_typesetter(name):
    assert pdf(named(name), english, lang="en").startswith(b"%PDF")
