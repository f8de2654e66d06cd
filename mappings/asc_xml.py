"""Bytes of an aSc Timetables export → its rows with line numbers. Knows XML and encodings, nothing of lessons.

Facts: the export's own column lists are a declaration, not a promise; desktop builds declare the local Windows code
page; people paste mail headers before the file (domain notes on aSc, sections 1 and 2).
"""

import pyexpat
import re
from dataclasses import dataclass, field

from defusedxml import DefusedXmlException, DTDForbidden

from connector.i18n import _
from mappings.findings import Findings, shorten

Row = tuple[int, dict[str, str]]

# Tag of a row → its table, for what is read.
READ = {
    "period": "periods",
    "daysdef": "daysdefs",
    "day": "days",
    "weeksdef": "weeksdefs",
    "termsdef": "termsdefs",
    "subject": "subjects",
    "teacher": "teachers",
    "classroom": "classrooms",
    "class": "classes",
    "group": "groups",
    "lesson": "lessons",
    "card": "cards",
}
# What says nothing about who learns what when.
PASSED_OVER = {
    "break": "breaks",
    "building": "buildings",
    "grade": "grades",
    "classroomsupervision": "classroomsupervisions",
}
# What might, and is not understood: told once for each table that has rows.
NOT_READ = {
    "student": "students",
    "studentsubject": "studentsubjects",
    "dayperiod": "dayperiods",
    "classsubject": "classsubjects",
    "groupsubject": "groupsubjects",
}
_ROOT = "timetable"
_TABLES = frozenset((*READ.values(), *PASSED_OVER.values(), *NOT_READ.values()))
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_END = b"</timetable>"
_UTF8 = frozenset({"", "utf-8", "utf8"})
# Python knows codecs that are no encodings of text at all; none of them may be declared.
_KNOWN = re.compile(
    r"|utf-?8|utf-?16|us-ascii|(windows|cp)-?125[0-8]|(cp|ibm)866|koi8-[ru]|iso-8859-\d{1,2}|x?-?mac-?cyrillic"
)
# A file of a hundred unknown tables is told about with the first few.
_UNKNOWN_TOLD = 20

_CUT_SHORT = frozenset(
    (
        pyexpat.errors.codes[pyexpat.errors.XML_ERROR_NO_ELEMENTS],
        pyexpat.errors.codes[pyexpat.errors.XML_ERROR_UNCLOSED_TOKEN],
        pyexpat.errors.codes[pyexpat.errors.XML_ERROR_PARTIAL_CHAR],
        pyexpat.errors.codes[pyexpat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    )
)
_BAD_ENCODING = frozenset(
    (
        pyexpat.errors.codes[pyexpat.errors.XML_ERROR_UNKNOWN_ENCODING],
        pyexpat.errors.codes[pyexpat.errors.XML_ERROR_INCORRECT_ENCODING],
    )
)


@dataclass(slots=True)
class Tables:
    """Rows by table, as they stand in the file.

    Attributes:
        encoding: what the bytes were read as.
        options: words of the root's `options`.
        rows: by table name; each row is its line in the file and its attributes.
        columns: declared columns by table; of a table that declares none, those of its first row.
        passed_over: rows of tables that are not read.

    """

    encoding: str = ""
    options: frozenset[str] = frozenset()
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in READ.values()})
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passed_over: int = 0


def read_tables(data: bytes, findings: Findings) -> Tables | None:
    """Read the rows of an export.

    Returns:
        None where the file cannot be used at all; a refusing problem then says why.

    """
    body, first_line = _trimmed(data, findings)
    if body is None:
        return None
    encoding, override = _encoding(body, first_line, findings)
    if not _KNOWN.fullmatch(encoding):
        _tell_encoding(encoding, first_line, findings)
        return None
    tables = Tables(encoding=encoding)
    parser = pyexpat.ParserCreate(override)
    reading = _Reading(tables, parser, first_line)
    parser.StartElementHandler = reading.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body, True)  # noqa: FBT003 - the parser's own signature
    except DefusedXmlException:
        _tell_forbidden(findings, parser.CurrentLineNumber + first_line)
    except pyexpat.ExpatError as error:
        _tell_broken(error, body, encoding, first_line, findings)
    except (LookupError, ValueError):
        _tell_encoding(encoding, first_line, findings)
    else:
        if reading.rooted:
            reading.tell_rest(findings)
            return tables
        _tell_no_timetable(findings)
    return None


class _Reading:
    """What the parser calls for each element."""

    def __init__(self, tables: Tables, parser: pyexpat.XMLParserType, first_line: int) -> None:
        self.tables = tables
        self.parser = parser
        self.first_line = first_line
        self.rooted = False
        self.seen_root = False
        self.append = {tag: tables.rows[name].append for tag, name in READ.items()}
        self.unread: dict[str, list[int]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        append = self.append.get(tag)
        if append is not None:
            append((self.parser.CurrentLineNumber + self.first_line, attributes))
        elif not self.seen_root:
            self.seen_root = True
            self.rooted = tag == _ROOT
            self.tables.options = frozenset(attributes.get("options", "").split(","))
        elif tag in _TABLES:
            declared = (name.strip() for name in attributes.get("columns", "").split(","))
            self.tables.columns[tag] = tuple(filter(None, declared))
        elif tag in PASSED_OVER:
            self.tables.passed_over += 1
        else:
            self.tables.passed_over += 1
            self.unread.setdefault(NOT_READ.get(tag, tag), []).append(
                self.parser.CurrentLineNumber + self.first_line
            )

    def tell_rest(self, findings: Findings) -> None:
        """Name the tables that were not understood and note the columns of those that declare none."""
        for name, lines in list(self.unread.items())[:_UNKNOWN_TOLD]:
            findings.doubt(
                "table_not_read",
                (shorten(name), lines[0], ""),
                str(len(lines)),
                _("Rows of this table are not read: {rows}.").format(rows=len(lines)),
                _("Nothing to do unless the schedule depends on them."),
            )
        for name, rows in self.tables.rows.items():
            if rows and not self.tables.columns.get(name):
                self.tables.columns[name] = tuple(rows[0][1])


def _trimmed(data: bytes, findings: Findings) -> tuple[bytes | None, int]:
    """The XML itself and the number of lines before it; what stood around it is told."""
    if data.startswith(_WIDE):
        return data, 0
    starts = [at for at in (data.find(b"<?xml"), data.find(b"<timetable")) if at >= 0]
    if not starts:
        _tell_no_timetable(findings)
        return None, 0
    start = min(starts)
    before = data[:start].removeprefix(_BOM)
    line = before.count(b"\n")
    if b"<!DOCTYPE" in before or b"<!ENTITY" in before:
        _tell_forbidden(findings, 1)
        return None, line
    if before.strip():
        findings.mend("text_before_xml", ("", 1, ""), shorten(_shown(before)), "")
    end = data.rfind(_END)
    end = len(data) if end < start else end + len(_END)
    if after := data[end:].strip(b" \t\r\n\0"):
        findings.mend(
            "text_after_xml", ("", data.count(b"\n", 0, end) + 1, ""), shorten(_shown(after)), ""
        )
    body = data[start:end]
    return (_BOM + body if data.startswith(_BOM) else body), line


def _shown(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1251", "replace")


def _encoding(body: bytes, first_line: int, findings: Findings) -> tuple[str, str | None]:
    """What the bytes are read as, and what to tell the parser where the declaration is wrong."""
    if body.startswith(_WIDE):
        return "utf-16", None
    found = _DECLARED.match(body.removeprefix(_BOM))
    declared = found.group(1).decode("ascii").lower() if found else ""
    # Russian text in an eight-bit code page is never valid UTF-8 by chance: a capital would have to stand before a sign.
    if declared not in _UTF8 and (body.startswith(_BOM) or (not body.isascii() and _is_utf8(body))):
        findings.mend("declared_encoding", ("", first_line + 1, "encoding"), declared, "utf-8")
        return "utf-8", "utf-8"
    return declared or "utf-8", None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_doctype(*_declaration: object) -> None:
    # No export has one, and without one there are no entities to expand or to fetch.
    raise DTDForbidden("doctype", None, None)


def _tell_forbidden(findings: Findings, line: int) -> None:
    findings.refuse(
        "xml_forbidden",
        ("", line, ""),
        "",
        _("The file declares a document type or entities; such files are not read."),
        _("Export the timetable from aSc again and use that file as it is."),
    )


def _tell_no_timetable(findings: Findings) -> None:
    findings.refuse(
        "not_a_timetable",
        ("", 0, ""),
        "",
        _("This is no export of aSc Timetables: it has no <timetable>."),
        _("In aSc choose File, Export, aSc Timetables 2012 XML."),
    )


def _tell_encoding(encoding: str, first_line: int, findings: Findings) -> None:
    findings.refuse(
        "encoding_unknown",
        ("", first_line + 1, "encoding"),
        encoding,
        _("The file declares an encoding that is not known: {encoding}.").format(
            encoding=shorten(encoding)
        ),
        _("Export the timetable from aSc again, or save the file as UTF-8."),
    )


def _tell_broken(
    error: pyexpat.ExpatError, body: bytes, encoding: str, first_line: int, findings: Findings
) -> None:
    line = error.lineno + first_line
    if error.code in _BAD_ENCODING:
        _tell_encoding(encoding, first_line, findings)
    elif error.code in _CUT_SHORT:
        findings.refuse(
            "cut_off",
            ("", line, ""),
            "",
            _("The file ends in the middle: line {line} is the last.").format(line=line),
            _("Export or copy the file again; nothing is taken from a part of a timetable."),
        )
    elif encoding == "utf-8" and not _is_utf8(body):
        findings.refuse(
            "encoding_contradicts",
            ("", line, ""),
            "",
            _("The file says it is UTF-8 and line {line} is not.").format(line=line),
            _("Do not save the export in an editor; export it from aSc again."),
        )
    else:
        findings.refuse(
            "xml_broken",
            ("", line, str(error.offset + 1)),
            "",
            _("The XML is damaged at line {line}.").format(line=line),
            _("Do not edit the export by hand; export it from aSc again."),
        )
