"""Lines of a class list that are no pupils: headings between blocks, totals, signatures, numbering."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from connector.names import ClassName, find_class, fold, parse_class
from mappings.headings import NAMES, Header, Row
from mappings.persons import USUAL

LEAVERS = re.compile(r"(?:выбы(?:л[иао]?|вши[ей]|тие|тия)|отчислен(?:[ыао]|ные)?|ушли)(?!\w)")
_ARRIVED = re.compile(r"(?:прибы(?:л[иао]?|вши[ей]|тие|тия)|зачислен(?:[ыао]|ные)?)(?!\w)")
_TOTAL = re.compile(
    r"(?:итого|всего|количество|кол-во|число)(?!\w)"
    r"|(?:из них|мальчик\w*|девоч\w*|юнош\w*|девуш\w*)[\s:.-]*\d*\s*(?:чел\w*\.?)?$"
)
_SIGNATURE = re.compile(
    r"(?:классн\w* рук|кл\.? ?рук|м\.? ?п\.|(?:директор|заместитель|зам\.|завуч|секретарь|исполнитель|составил"
    r"|подпись|дата|приложение|примечани[ея]|приказ|утвержд\w*|согласован\w*)(?!\w))"
)
# Columns that say something about a pupil even where the name is missing.
_TELLING = ("born", "snils", "sex")


class Line(Enum):
    """What a line is."""

    RECORD = auto()
    NAMELESS = auto()
    SECTION = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """A line and, of a section, what it says of the lines below: a class, that they left, or that they did not."""

    line: Line
    edu_group: ClassName | None = None
    gone: bool | None = None


_RECORD = Reading(Line.RECORD)
_OTHER = Reading(Line.OTHER)


def read_line(row: Row, header: Header, continued: Container[int] = ()) -> Reading:
    """Tell what a line below headings is.

    Args:
        row: its cells.
        header: of the block.
        continued: columns that a merged cell of a line above fills.

    """
    columns = header.columns
    width = len(row)
    # The usual pupil is told at a glance; everything below is for the rest.
    at = columns.get("first", width)
    if at < width and "last" in columns and columns["last"] < width:
        last, first = row[columns["last"]], row[at]
        if isinstance(last, str) and isinstance(first, str) and USUAL(last) and USUAL(first):
            return _RECORD
    names = [columns[part] for part in NAMES if columns.get(part, width) < width]
    named = [column for column in names if row[column] is not None]
    telling = any(
        columns.get(part, width) < width and row[columns[part]] is not None for part in _TELLING
    )
    if not telling:
        found = _between(row, header, named)
        if found is not None:
            return found
    if named:
        return _OTHER if str(row[named[0]]).isdigit() and _numbering(row) else _RECORD
    if telling and not any(column in continued for column in names):
        return Reading(Line.NAMELESS)
    return _OTHER


def _between(row: Row, header: Header, named: Sequence[int]) -> Reading | None:
    """Read a line that stands between pupils; None where it may be a pupil."""
    filled = [column for column, cell in enumerate(row) if cell is not None]
    at = next((column for column in filled if isinstance(row[column], str)), None)
    if at is None:
        return None
    text = str(row[at])
    plain = fold(text)
    if _TOTAL.match(plain) or _SIGNATURE.match(plain):
        return _OTHER
    if len(filled) == 1 and LEAVERS.match(plain):
        return Reading(Line.SECTION, gone=True)
    if len(filled) == 1 and _ARRIVED.match(plain):
        return Reading(Line.SECTION, gone=False)
    # A class beside a name, or in the column of classes, is the class of that row alone.
    of_row = any(column != at for column in named) or at in header.of_class
    if of_row or len(filled) > 2 or not (any(map(str.isdigit, text)) or "класс" in plain):
        return None
    found = find_class(text) or parse_class(text)
    return Reading(Line.SECTION, found, gone=False) if found is not None else None


def _numbering(row: Row) -> bool:
    """`1 2 3 4 5` under the headings of an official form."""
    numbers = [cell for cell in row if cell is not None]
    return len(numbers) > 1 and [str(number) for number in numbers] == [
        str(number) for number in range(1, len(numbers) + 1)
    ]
