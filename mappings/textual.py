"""Text tables: CSV in any Russian encoding, with any usual delimiter, as one sheet."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from math import log

from mappings.sheets import Cell, Sheet, Unusable

# How often each letter stands in Russian text, per ten thousand; names are near enough.
_FREQUENCIES = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (
            *(1097, 845, 801, 735, 670, 626, 547, 473, 454, 440, 349, 321, 298, 281, 262, 201, 190),
            *(174, 170, 165, 159, 144, 121, 97, 94, 73, 64, 48, 36, 32, 26, 4, 13),
        ),
        strict=True,
    )
)
_ONE_BYTE = ("cp1251", "cp866", "koi8-r", "mac-cyrillic", "iso8859-5")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SIGNS = frozenset("«»№–—“”\u00a0…’")
_INSIDE = re.compile(r"[а-яё][А-ЯЁ]")
# Russian scores about -3 in its own encoding, -4 where odd letters abound, below -6 in another one.
_GIBBERISH = -5.0
# Bytes that decide the encoding.
_DECIDING = 200_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
DELIMITERS = (";", "\t", ",", "|")
_SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
# Lines that decide the delimiter.
_SAMPLE = 60
# A cell with so many lines is a quote that was never closed.
_LONGEST_CELL = 20
_LARGEST_AREA = 20_000_000


def decode(data: bytes) -> tuple[str, str]:
    """Give the text and the name of its encoding.

    Strict UTF-8 first; then the one-byte encoding in which the letters are as frequent as in Russian.

    Raises:
        Unusable: not text, or text of no encoding known here.

    """
    text, encoding = _decoded(data)
    if len(_CONTROL.findall(text)) > len(text) // 200:
        raise Unusable("not_a_table", "binary")
    return text, encoding


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data, encoding), encoding.removesuffix("-sig")
    wide = _wide(data)
    if wide:
        return _strictly(data, wide), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as wrong:
        if wrong.start >= len(data) - 3 and wrong.start > 3:
            # Whole but for its last letter: cut while being copied.
            raise Unusable("damaged") from wrong
    scores = {encoding: _score(data, encoding) for encoding in _ONE_BYTE}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _GIBBERISH:
        raise Unusable("encoding")
    return data.decode(best, errors="replace"), best


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise Unusable("damaged") from wrong


def _wide(data: bytes) -> str:
    """Name UTF-16 without its mark: every other byte is 0 or 4, the page of Cyrillic."""
    head = data[: 4096 - len(data) % 2]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = head[start::2]
        if high and (high.count(0) + high.count(4)) > 0.9 * len(high) and high.count(0) > 0:
            return encoding
    return ""


def _score(data: bytes, encoding: str) -> float:
    """Mean logarithm of the frequency of what stands above ASCII, less for capitals inside words.

    Case itself says nothing: whole lists are typed in capitals, and koi8-r has the cases the other way round.
    """
    text = data[:_DECIDING].decode(encoding, errors="replace")
    total = 0.0
    count = 0
    for letter, times in Counter(text.lower()).items():
        if letter.isascii():
            continue
        usual = _FREQUENCIES.get(letter, 0) / 10000 or (0.002 if letter in _SIGNS else 0.00001)
        total += times * log(usual)
        count += times
    inside = len(_INSIDE.findall(text))
    return total / count - 5 * inside / count if count else 0.0


def read_text(text: str) -> tuple[Sheet, str]:
    """Read a delimited table; gives the sheet and the delimiter.

    Rows are records as Excel shows them: a line break inside quotes starts none, a first line `sep=;` is not shown.

    Raises:
        Unusable: a cell is longer than any table has.

    """
    text = text.replace("\x00", "")
    named = _SEP.match(text)
    delimiter = named[1] if named else ""
    body = text[named.end() :] if named else text
    lines = body.splitlines(keepends=True)
    if not delimiter:
        delimiter = _delimiter(lines[:_SAMPLE])
    try:
        records = list(csv.reader(lines, delimiter=delimiter))
        if any(cell.count("\n") > _LONGEST_CELL for record in records for cell in record):
            records = list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    except csv.Error as wrong:
        raise Unusable("damaged") from wrong
    width = max(map(len, records), default=0)
    if width * len(records) > _LARGEST_AREA:
        raise Unusable("far_cell", str(width))
    rows = tuple((*map(_cell, record), *(None,) * (width - len(record))) for record in records)
    return Sheet("", hidden=False, rows=rows), delimiter


def _cell(text: str) -> Cell:
    return text if text and not text.isspace() else None


def _delimiter(lines: Sequence[str]) -> str:
    """The one that cuts most lines into the same number of cells, the more cells the better."""
    best, most = DELIMITERS[0], (0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = Counter(
                len(record) for record in csv.reader(lines, delimiter=delimiter) if len(record) > 1
            )
        except csv.Error:
            continue
        for width, times in widths.most_common(1):
            if (times, width) > most:
                best, most = delimiter, (times, width)
    return best
