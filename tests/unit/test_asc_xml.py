import pytest

from mappings.asc import read_asc
from tests.unit.asc_schools import School, Taught, to_2008, to_2012

SCHOOL = School([Taught(subject="Алгебра"), Taught(subject="Физика", cards=((2, 3, ("12",)),))])


def read(data):
    return read_asc(data, "t.xml")


def problems(data):
    return [(p.rule, p.place.row) for p in read(data).problems]


def fixes(data):
    return [(f.rule, f.place.row, f.before, f.after) for f in read(data).fixes]


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8", "cp866", "koi8-r", "utf-16"])
def test_the_declared_encoding_counts(encoding):
    source = read(to_2012(SCHOOL, encoding=encoding))
    assert source.subjects == read(to_2012(SCHOOL)).subjects
    assert (source.encoding, source.problems, source.fixes) == (encoding, [], [])


@pytest.mark.parametrize("encoding", ["windows-1250", "windows-1252", "windows-1256"])
def test_code_pages_of_other_countries_are_read_too(encoding):
    lesson = Taught(subject="Sport é", teachers=("Test Vera",))
    data = to_2012(School([lesson]), declared=False)
    # Russian names of days are no part of such a file.
    data = data.decode().encode("ascii", "ignore").replace(b"Sport ", "Sport é".encode(encoding))
    data = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + data
    assert read(data).subjects == ["Sport é"]


@pytest.mark.parametrize("bom", [False, True])
def test_a_file_without_a_declaration_is_utf_8_with_a_mark_or_without(bom):
    source = read(to_2008(SCHOOL, bom=bom))
    assert source.subjects[0] in {"Алгебра", "Физика"}
    assert (source.encoding, source.problems, source.fixes) == ("utf-8", [], [])


def test_a_file_saved_as_utf_8_under_its_old_declaration_is_read_as_what_it_is():
    data = to_2012(SCHOOL).replace(b'encoding="utf-8"', b'encoding="windows-1251"')
    assert read(data).slots == read(to_2012(SCHOOL)).slots
    assert fixes(data) == [("declared_encoding", 1, "windows-1251", "utf-8")]


def test_a_byte_order_mark_says_more_than_a_declaration():
    data = b"\xef\xbb\xbf" + to_2012(SCHOOL).replace(b'"utf-8"', b'"windows-1251"')
    assert read(data).subjects == read(to_2012(SCHOOL)).subjects
    assert fixes(data) == [("declared_encoding", 1, "windows-1251", "utf-8")]


def test_a_file_that_says_utf_8_and_is_not_is_refused_and_not_guessed():
    data = to_2012(SCHOOL, encoding="windows-1251").replace(b"windows-1251", b"utf-8")
    assert problems(data) == [("encoding_contradicts", 15)]
    assert read(data).slots == []


@pytest.mark.parametrize(
    "encoding", ["klingon", "gb2312", "unicode_escape", "iso-8859-99", "utf-16"]
)
def test_an_encoding_nobody_knows_is_named(encoding):
    data = to_2012(SCHOOL, encoding="windows-1251").replace(b"windows-1251", encoding.encode())
    assert problems(data) == [("encoding_unknown", 1)]


def test_a_mail_header_before_the_file_is_passed_over_and_told():
    data = b"Subject: timetable\r\n\r\n" + to_2012(SCHOOL)
    assert read(data).slots == read(to_2012(SCHOOL)).slots
    assert fixes(data) == [("text_before_xml", 1, "Subject: timetable", "")]


def test_lines_are_those_of_the_file_and_not_of_the_xml():
    clean = to_2012(SCHOOL).replace("Алгебра".encode(), "Алгебра ".encode())
    ((_rule, row, *_texts),) = fixes(clean)
    assert fixes(b"a\nb\n" + clean)[-1][1] == row + 2


def test_text_before_a_file_without_a_declaration_is_passed_over():
    data = "текст ".encode("cp1251") + to_2008(SCHOOL)
    assert fixes(data) == [("text_before_xml", 1, "текст", "")]


def test_text_after_the_file_is_passed_over_and_told():
    data = to_2012(SCHOOL) + b"--\nregards\n"
    assert read(data).slots == read(to_2012(SCHOOL)).slots
    assert [rule for rule, *_rest in fixes(data)] == ["text_after_xml"]


def test_blank_lines_around_the_file_are_nothing_to_tell():
    assert fixes(b"\xef\xbb\xbf\r\n" + to_2008(SCHOOL) + b"\r\n\0") == []


def test_line_ends_do_not_matter():
    data = to_2012(SCHOOL)
    assert read(data.replace(b"\n", b"\r\n")).slots == read(data).slots
    assert read(data.rstrip(b"\n")).slots == read(data).slots


BOMB = (
    b'<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<timetable><subjects><subject id="1" name="&b;"/></subjects></timetable>'
)
OUTSIDE = (
    b'<!DOCTYPE timetable [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b'<timetable><subjects><subject id="1" name="&x;"/></subjects></timetable>'
)


@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, b'<!DOCTYPE timetable SYSTEM "x.dtd"><timetable/>']
)
@pytest.mark.parametrize("head", [b"", b'<?xml version="1.0"?>\n', b"junk\n"])
def test_document_types_and_entities_are_refused(head, body):
    assert [rule for rule, _row in problems(head + body)] == ["xml_forbidden"]


def test_an_entity_that_nobody_declared_is_damage():
    data = to_2012(SCHOOL).replace("Алгебра".encode(), b"&secret;")
    assert [rule for rule, _row in problems(data)] == ["xml_broken"]


def test_a_cut_file_names_the_last_line():
    lines = to_2012(SCHOOL).splitlines(keepends=True)
    assert problems(b"".join(lines[:30])) == [("cut_off", 31)]


def test_damage_names_its_line():
    lines = to_2012(SCHOOL).splitlines(keepends=True)
    lines[20] = lines[20].replace(b"/>", b">")
    assert problems(b"".join(lines))[0][0] == "xml_broken"


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"<html/>", b"<?xml version='1.0'?><school/>", b"\xff\xfe<\0a\0/\0>\0"],
)
def test_what_is_no_timetable_is_named_so(data):
    assert [rule for rule, _row in problems(data)] == ["not_a_timetable"]


def test_a_table_that_is_not_understood_is_told_once_with_its_rows():
    more = b'<students><student id="1" name="x"/><student id="2"/></students><magic><m/></magic>'
    data = to_2012(SCHOOL).replace(b"</timetable>", more + b"</timetable>")
    told = [(p.place.sheet, p.value, p.refuses) for p in read(data).problems]
    assert told == [("m", "1", False), ("magic", "1", False), ("students", "2", False)]


def test_columns_are_kept_so_that_a_change_of_them_can_be_seen():
    data = to_2012(SCHOOL)
    declared = data.replace(
        b'<subjects options="canadd" columns=""', b'<subjects columns="id, name,short"'
    )
    assert read(declared).headers["subjects"] == ("id", "name", "short")
    # A table that declares none shows those of its rows.
    assert read(data).headers["subjects"] == ("id", "name", "short", "partner_id")
