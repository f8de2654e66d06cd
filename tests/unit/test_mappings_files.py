"""Files as they come: told by their bytes, read in every format, refused with a reason where they cannot be."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from connector.source import Kind
from mappings import apart, containers, sheets
from mappings.reading import read_source
from mappings.sheets import Unusable, read_workbook
from mappings.textual import decode, read_text

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "classlists"
TODAY = date(2026, 11, 24)
HEAD = ["Фамилия", "Имя", "Отчество", "Класс", "Дата рождения"]
ROWS = [
    ["Ким", "Анна", "Олеговна", "5А", "01.09.2014"],
    ["Елисеев", "Семён", "Ильич", "5Б", "02.10.2014"],
]
CSV = "\r\n".join(";".join(row) for row in [HEAD, *ROWS]) + "\r\n"


@pytest.fixture
def file(tmp_path):
    """Writes bytes to a file whose name says nothing, and reads it."""

    def read(data, name="file"):
        path = tmp_path / name
        path.write_bytes(data)
        return read_source(path, today=TODAY)

    return read


def workbook(rows=(HEAD, *ROWS), **options):
    """An xlsx of one sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options)
    sheet = book.add_worksheet("Список")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def repacked(data, name, change):
    """The same archive with one member changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return stream.getvalue()


def packed(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def people(source):
    return [(p.last_name, p.first_name, p.edu_group, p.birthday) for p in source.pupils]


TWO = [("Ким", "Анна", "5А", date(2014, 9, 1)), ("Елисеев", "Семён", "5Б", date(2014, 10, 2))]


def refusal(source):
    """The one problem of a file that cannot be read."""
    (problem,) = source.problems
    assert (source.kind, problem.refuses, problem.place.row) == (Kind.UNKNOWN, True, 0)
    return problem.rule, problem.value


# --- workbooks


def test_an_xlsx_is_read_whatever_it_is_called(file):
    assert people(file(workbook(), "list.csv")) == TWO


def test_rows_are_numbered_as_excel_shows_them(file):
    source = file(workbook([[], ["Список"], [], HEAD, [], *ROWS]))
    assert [pupil.place.row for pupil in source.pupils] == [6, 7]


@pytest.mark.parametrize("sample", ["excel97.sample", "open_document.sample"])
def test_an_old_excel_file_and_an_open_document_are_read_alike(sample):
    source = read_source(SAMPLES / sample, today=TODAY)
    assert people(source) == [
        ("Ким", "Анна", "5А", date(2014, 9, 1)),
        ("Лис", "Семён", "5А", date(2014, 10, 2)),
    ]
    assert [(p.rule, p.place.sheet) for p in source.problems] == [("hidden_sheet", "Лист2")]


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_it_shows(file):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, ["Ким", "Анна", "Олеговна", "5А", 41883 - 1462])
    sheet.write_row(2, 0, ["Лис", "Яна", "Ильинична", "5А"])
    sheet.write_datetime(2, 4, date(2014, 9, 1), book.add_format({"num_format": "dd.mm.yyyy"}))
    book.close()
    source = file(stream.getvalue())
    assert [pupil.birthday for pupil in source.pupils] == [date(2014, 9, 1)] * 2


def test_the_source_knows_the_file_again(file):
    one, other = file(workbook()), file(workbook([HEAD, ROWS[0]]))
    assert len(one.sha256) == 64
    assert one.sha256 != other.sha256


# --- text


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1251", "cp1251"),
        ("cp866", "cp866"),
        ("koi8-r", "koi8-r"),
        ("mac-cyrillic", "mac-cyrillic"),
        ("iso8859-5", "iso8859-5"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_a_csv_is_read_in_any_encoding(file, encoding, told):
    source = file(CSV.encode(encoding))
    assert (people(source), source.encoding) == (TWO, told)


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_a_csv_in_capitals_is_read_in_any_encoding(file, encoding):
    assert people(file(CSV.upper().encode(encoding))) == TWO


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_csv_is_read_with_any_delimiter(file, delimiter):
    assert people(file(CSV.replace(";", delimiter).encode())) == TWO


def test_the_first_line_may_name_the_delimiter(file):
    source = file(("sep=|\r\n" + CSV.replace(";", "|")).encode("cp1251"))
    assert people(source) == TWO
    assert [pupil.place.row for pupil in source.pupils] == [2, 3]


def test_a_trailing_delimiter_is_no_column(file):
    source = file(CSV.replace("\r\n", ";\r\n").encode())
    assert (people(source), source.problems) == (TWO, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(file, end):
    assert people(file(CSV.replace("\r\n", end).encode())) == TWO


def test_quotes_may_hold_delimiters_and_line_breaks(file):
    text = 'Фамилия;Имя;Класс;Адрес\nКим;Анна;5А;"ул. Мира; д. 1\nкв. 2"\nЛис;Яна;"5 ""Б""";\n'
    source = file(text.encode())
    assert [(p.last_name, p.edu_group, p.place.row) for p in source.pupils] == [
        ("Ким", "5А", 2),
        ("Лис", "5Б", 3),
    ]


def test_a_quote_that_is_never_closed_does_not_swallow_the_pupils_below():
    lines = ["Фамилия;Имя;Класс", 'Ким;Анна;"5А', *(f"Лис;Яна{n};5Б" for n in range(60))]
    sheet, _delimiter = read_text("\n".join(lines))
    assert len(sheet.rows) == 62


def test_a_delimiter_in_a_title_does_not_decide():
    sheet, delimiter = read_text("Список, 2026\n" + CSV)
    assert delimiter == ";"
    assert sheet.rows[2][0] == "Ким"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_told_to_be_none(data):
    with suppress(Unusable):
        text, _encoding = decode(data)
        sheet, delimiter = read_text(text)
        assert delimiter
        assert len({len(row) for row in sheet.rows}) <= 1


@given(
    st.lists(
        st.lists(st.text("Абв ё;,\"'|\t\n", max_size=6), min_size=2, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_what_excel_writes_is_read_back(rows):
    """Every cell in quotes: then no character can be taken for another."""
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    quoted = ('"' + cell.replace('"', '""') + '"' for row in full for cell in row)
    text = "sep=;\n" + "\n".join(";".join(next(quoted) for _ in row) for row in full)
    expected = tuple(tuple(None if not c or c.isspace() else c for c in row) for row in full)
    assert read_text(text)[0].rows == expected


# --- markup that calls itself .xls

PAGE = """<html><head><meta charset="utf-8"></head><body><table border=1>
<tr><td colspan=5>Список учащихся</td></tr>
<tr><th>Фамилия<th>Имя<th>Отчество<th>Класс<th>Дата рождения</tr>
<tr><td>Ким</td><td>Анна</td><td>Олеговна</td><td rowspan=1>5А</td><td>01.09.2014</td></tr>
<tr><td>Елисеев<td>Семён<td>Ильич<td>5&nbsp;Б<td>02.10.2014
</table></body></html>"""
SPREADSHEETML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel"><Worksheet ss:Name="Список"><Table>
<Row ss:Index="2"><Cell ss:MergeAcross="3"><Data ss:Type="String">Фамилия</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Фамилия</Data></Cell><Cell><Data ss:Type="String">Имя</Data></Cell>
 <Cell ss:Index="4"><Data ss:Type="String">Класс</Data></Cell><Cell><Data ss:Type="String">ДР</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Ким</Data></Cell><Cell><Data ss:Type="String">Анна</Data></Cell>
 <Cell ss:Index="4"><Data ss:Type="String">5А</Data></Cell>
 <Cell><Data ss:Type="DateTime">2014-09-01T00:00:00.000</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Л"><Table><Row><Cell><Data ss:Type="Number">1.0</Data></Cell></Row></Table>
 <x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_page_that_calls_itself_xls_is_read(file, encoding):
    assert people(file(PAGE.encode(encoding), "list.xls")) == TWO


def test_a_spreadsheet_in_xml_is_read(file):
    source = file(SPREADSHEETML.encode(), "list.xls")
    assert people(source) == [("Ким", "Анна", "5А", date(2014, 9, 1))]
    assert [(p.rule, p.place.sheet) for p in source.problems] == [("hidden_sheet", "Л")]
    assert source.pupils[0].place.row == 4


def test_the_cells_of_a_spreadsheet_in_xml_keep_their_types():
    from mappings.markup import read_spreadsheetml

    cells = "".join(
        f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'
        for kind, text in (
            ("Number", "5"),
            ("Number", "5.5"),
            ("Number", "five"),
            ("DateTime", "2014-09-01T10:30:00"),
            ("String", " "),
            ("Boolean", "1"),
        )
    )
    page = (
        SPREADSHEETML[: SPREADSHEETML.index("<Row")]
        + f"<Row>{cells}<Cell/></Row></Table></Worksheet></Workbook>"
    )
    (sheet,) = read_spreadsheetml(page.encode())
    assert sheet.rows == ((5, 5.5, "five", datetime(2014, 9, 1, 10, 30), None, "1"),)


def test_merged_cells_of_markup_keep_their_room():
    from mappings.markup import read_html

    (sheet,) = read_html(
        "<table><tr><td rowspan=2>5А<td>Ким<br>Анна<td><table><tr><td>x</table><tr><td>Лис</table>"
    )
    assert sheet.rows == (("5А", "Ким\nАнна", "x"), (None, "Лис", None))
    assert sheet.merges == ((0, 0, 1, 0),)


def test_several_tables_of_a_page_are_several_sheets(file):
    source = file((PAGE + "<table><tr><td>Всего<td>2</table>").encode())
    assert (len(source.pupils), source.problems[0].rule) == (2, "sheet_skipped")


def test_a_page_without_a_table_is_none(file):
    assert refusal(file(b"<html><body>no</body></html>")) == ("not_a_table", "html")


def test_a_cut_page_is_damaged(file):
    assert refusal(file(PAGE[: PAGE.index("</table>")].encode())) == ("damaged", "")


def test_a_cut_spreadsheet_in_xml_is_damaged(file):
    assert refusal(file(SPREADSHEETML[:900].encode())) == ("damaged", "")


@pytest.mark.parametrize("inside", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">'])
def test_definitions_inside_xml_are_refused(file, inside):
    bomb = SPREADSHEETML.replace("<Workbook", f"<!DOCTYPE x [{inside}]><Workbook", 1)
    assert refusal(file(bomb.encode())) == ("xml_forbidden", "")


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td colspan=99999>Ким</table>",
        "<table><tr><td rowspan=9999999>Ким</table>",
        SPREADSHEETML.replace('ss:Index="4"', 'ss:Index="99999"', 1),
        SPREADSHEETML.replace('ss:Index="2"', 'ss:Index="9999999"', 1),
    ],
)
def test_a_table_wider_or_longer_than_real_ones_is_refused(file, text):
    assert refusal(file(text.encode()))[0] == "far_cell"


# --- what cannot be read


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\r\n", b"\x00" * 100])
def test_an_empty_file_is_said_to_be_empty(file, data):
    assert refusal(file(data)) == ("empty_file", "")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (b"{\\rtf1 ...", "word"),
        (packed(**{"[Content_Types].xml": "", "word__document.xml": ""}), "word"),
        (packed(**{"[Content_Types].xml": "", "ppt__x.xml": ""}), "archive"),
        (packed(**{"[Content_Types].xml": "", "xl__workbook.bin": ""}), "xlsb"),
        (packed(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": ""}), "word"),
        (packed(**{"list.txt": "x"}), "archive"),
        (b"Rar!\x1a\x07", "archive"),
        (b"\x1f\x8b\x08", "archive"),
        (b"\x89PNG\r\n", "picture"),
        (b"MOXCEL\x00", "mxl"),
        (b"SQLite format 3\x00", "database"),
        (b"<?xml version='1.0'?><root/>", "xml"),
        (bytes(range(32)) * 9, "binary"),
    ],
)
def test_a_file_of_another_kind_is_named(file, data, kind):
    assert refusal(file(data, "list.xlsx")) == ("not_a_table", kind)


def test_a_protected_workbook_is_said_to_be_protected():
    source = read_source(SAMPLES / "password.sample", today=TODAY)
    assert refusal(source) == ("password", "")


def test_a_protected_open_document_is_said_to_be_protected(file):
    members = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": "?",
        "META-INF__manifest.xml": "<manifest:algorithm/>",
    }
    assert refusal(file(packed(**members))) == ("password", "")


def test_a_protected_archive_is_said_to_be_protected(file):
    data = bytearray(packed(**{"users.csv": "x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(file(bytes(data))) == ("password", "")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_damaged(file, part):
    data = workbook()
    assert refusal(file(data[: int(len(data) * part)])) == ("damaged", "")


@pytest.mark.parametrize("sample", ["excel97.sample", "open_document.sample"])
@pytest.mark.parametrize("part", [0.1, 0.5])
def test_a_truncated_sample_is_damaged(file, sample, part):
    data = (SAMPLES / sample).read_bytes()
    assert refusal(file(data[: int(len(data) * part)])) == ("damaged", "")


def test_a_document_of_word_in_the_old_container_is_named(file):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    assert refusal(file(data)) == ("not_a_table", "word")


def test_a_text_that_was_cut_inside_a_letter_is_damaged(file):
    assert refusal(file(CSV.encode()[:-3] + "Ж".encode()[:1])) == ("damaged", "")


def test_a_utf_8_text_with_one_broken_byte_is_not_read_as_gibberish(file):
    data = CSV.encode()
    assert refusal(file(data[:30] + b"\xff" + data[30:])) == ("encoding", "")


def test_a_text_of_unknown_letters_is_said_so(file):
    assert refusal(file(bytes(range(128, 256)) * 3)) == ("encoding", "")


def test_a_far_cell_is_named_before_memory_ends(file):
    data = workbook([HEAD, *ROWS])
    far = repacked(
        data,
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )
    assert refusal(file(far)) == ("far_cell", "XFD1048576")


def test_a_formatted_cell_far_away_is_no_filled_one(file):
    far = repacked(
        workbook(),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
        ),
    )
    assert people(file(far)) == TWO


@pytest.mark.parametrize("count", [b"99999999999", b"4294967295"])
def test_a_count_that_no_memory_holds_is_damage(file, count):
    lying = repacked(
        workbook(),
        "xl/sharedStrings.xml",
        lambda content: content.replace(b'uniqueCount="', b'uniqueCount="' + count),
    )
    assert refusal(file(lying)) == ("damaged", "")


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked(file, monkeypatch):
    monkeypatch.setattr(containers, "LARGEST_UNPACKED", 1000)
    assert refusal(file(packed(**{"users.csv": "x" * 1001}))) == ("zip_bomb", "")


def test_a_file_of_a_hundred_megabytes_is_no_list(monkeypatch, file):
    monkeypatch.setattr(containers, "LARGEST_FILE", 10)
    assert refusal(file(b"x" * 11)) == ("too_large", "")


def test_a_member_with_a_wrong_sum_is_damage(file):
    data = packed(**{"users.csv": "sourcedId"})
    assert refusal(file(data.replace(b"sourcedId", b"sourcedXX", 1))) == ("damaged", "")


def test_a_table_of_something_else_is_not_recognised(file):
    assert refusal(file("Блюдо;Цена\nЩи;50\n".encode())) == ("not_recognised", "")


def test_a_folder_without_tables_is_none(tmp_path):
    assert refusal(read_source(tmp_path, today=TODAY)) == ("folder", "")


def test_a_file_that_is_not_there_is_unreadable(tmp_path):
    assert refusal(read_source(tmp_path / "none", today=TODAY)) == ("unreadable", "")


# --- the other process


def exchange(data):
    out = io.BytesIO()
    apart.answer(io.BytesIO(data), out)
    return out.getvalue()


def test_a_workbook_read_apart_is_the_same():
    data = workbook()
    assert apart.read_apart(data) == read_workbook(data)


def test_what_is_wrong_with_a_workbook_crosses_over():
    with pytest.raises(Unusable, match="damaged"):
        apart.read_apart(b"PK nothing")


def test_an_answer_is_sheets_or_a_word():
    assert b"damaged" in exchange(b"PK nothing")
    assert "Елисеев".encode() in exchange(workbook())


def test_a_panic_of_the_reader_is_damage(monkeypatch):
    class PanicException(BaseException):
        pass

    def panic(_stream):
        raise PanicException

    monkeypatch.setattr(sheets.calamine, "CalamineWorkbook", SimpleNamespace(from_filelike=panic))
    with pytest.raises(Unusable, match="damaged"):
        read_workbook(b"")


def test_a_stop_while_reading_is_a_stop(monkeypatch):
    def stop(_stream):
        raise KeyboardInterrupt

    monkeypatch.setattr(sheets.calamine, "CalamineWorkbook", SimpleNamespace(from_filelike=stop))
    with pytest.raises(KeyboardInterrupt):
        read_workbook(b"")


def test_attributes_spelt_unusually_are_read_apart():
    data = repacked(
        workbook(),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b'r="A1"', b'r = "A1"'),
    )
    assert containers.what_it_is(data) == "workbook"
    assert containers.what_it_is(workbook()) == "xlsx"


def test_a_process_that_cannot_be_started_is_no_error_of_ours(monkeypatch):
    monkeypatch.setattr(apart.sys, "executable", "/nonexistent/python")
    with pytest.raises(Unusable, match="damaged"):
        apart.read_apart(workbook())
