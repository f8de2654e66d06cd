"""What a file is, by its bytes: never by its name, which people and portals get wrong."""

import re
import zipfile
import zlib
from io import BytesIO

from mappings.sheets import Unusable

# A class list of a whole school is under 1 MB; these only stop what was made to hurt.
LARGEST_FILE = 50_000_000
LARGEST_UNPACKED = 200_000_000
# Rows times columns up to the last filled cell: calamine makes room for each.
LARGEST_AREA = 2_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "word"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"MOXCEL", "mxl"),
    (b"SQLite format 3\x00", "database"),
)
# A cell beyond column Z or row 9999, or a number that long: where none is, nothing needs to be counted.
_FAR = re.compile(rb"""r=["'](?:[A-Z]{2}|[A-Z]?\d{5})""")
# `count="16"` of strings, styles, merges: calamine makes room for as many before it meets the first.
_COUNT = re.compile(rb"""ount\s*=\s*["'](\d+)""")
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>"""
)


def what_it_is(data: bytes) -> str:
    """Tell `xlsx`, `workbook`, `oneroster`, `asc`, `spreadsheetml`, `html` or `text`.

    `xlsx` was looked through and is safe to read here; any other `workbook` is for `mappings.apart`.

    Raises:
        Unusable: empty, too large, a document of another kind, damaged, protected, or made to exhaust memory.

    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unusable("empty_file")
    if len(data) > LARGEST_FILE:
        raise Unusable("too_large")
    if data.startswith(b"PK"):
        return _zip(data)
    if data.startswith(_OLE):
        return _ole(data)
    for start, kind in _OTHERS:
        if data.startswith(start):
            raise Unusable("not_a_table", kind)
    return _text(data)


def _text(data: bytes) -> str:
    head = data[:65536]
    # UTF-16 has a zero after each sign of the markup.
    plain = head.replace(b"\x00", b"").lower()
    if b"<timetable" in plain:
        return "asc"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in plain:
        return "spreadsheetml"
    if re.search(rb"<(?:html|table|body)[\s>]", plain):
        return "html"
    if plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<?xml"):
        raise Unusable("not_a_table", "xml")
    return "text"


def _ole(data: bytes) -> str:
    """Tell an old Excel file from what else lies in the same container."""
    names = {
        name: name.encode("utf-16-le") in data for name in ("EncryptedPackage", "WordDocument")
    }
    if names["EncryptedPackage"]:
        raise Unusable("password")
    if names["WordDocument"]:
        raise Unusable("not_a_table", "word")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise Unusable("damaged")
    return "workbook"


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_members(archive.infolist())
            return _packed(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as wrong:
        raise Unusable("damaged") from wrong


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    # What is declared can be trusted: zipfile reads no more of a member than that.
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise Unusable("zip_bomb")
    if any(member.flag_bits & 1 for member in members):
        raise Unusable("password")


def _packed(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return _office(archive, names)
    if "mimetype" in names:
        return _open_document(archive, names)
    if any(name.rpartition("/")[2].lower() in {"manifest.csv", "users.csv"} for name in names):
        _check_sums(archive)
        return "oneroster"
    raise Unusable("not_a_table", "archive")


def _check_sums(archive: zipfile.ZipFile) -> None:
    """Read everything once, so that a wrong size or sum does not reach readers that trust them."""
    if archive.testzip() is not None:
        raise Unusable("damaged")


def _office(archive: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.startswith("word/") for name in names):
        raise Unusable("not_a_table", "word")
    if "xl/workbook.bin" in names:
        raise Unusable("not_a_table", "xlsb")
    # 1C writes `xl/Workbook.xml`.
    if not any(name.lower().startswith("xl/") for name in names):
        raise Unusable("not_a_table", "archive")
    kind = "xlsx"
    for name in sorted(names):
        # Reading checks the sum of each member, too.
        content = archive.read(name)
        if any(int(count) > len(content) for count in _COUNT.findall(content)):
            kind = "workbook"
        if name.lower().startswith("xl/worksheets/"):
            if _FAR.search(content):
                _check_area(content)
                kind = "workbook"
            elif b"= " in content or b" =" in content:
                # Unusual spelling: the patterns here may not see it.
                kind = "workbook"
    return kind


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> str:
    if b"spreadsheet" not in archive.read("mimetype")[:100] or "content.xml" not in names:
        raise Unusable("not_a_table", "word")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"manifest:algorithm" in archive.read(manifest):
        raise Unusable("password")
    _check_sums(archive)
    return "workbook"


def _check_area(content: bytes) -> None:
    """Refuse a sheet whose last filled cell lies so far away that no memory holds what is between."""
    cells = _CELL.findall(content)
    last_row = max((int(row) for _column, row in cells), default=0)
    letters = max(
        (column for column, _row in cells), key=lambda name: (len(name), name), default=b"A"
    )
    if last_row * _column_number(letters) > LARGEST_AREA:
        raise Unusable("far_cell", f"{letters.decode()}{last_row}")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
