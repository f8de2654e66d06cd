"""Workbooks as plain sheets: what calamine reads, with row numbers as Excel shows them.

The only place that knows calamine. Everything behind it works on `Sheet`, so a CSV, an HTML table and an xlsx meet the
same code.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

import python_calamine as calamine

_DATE_1904 = re.compile(rb'date1904="(?:1|true)"')

Cell = str | int | float | bool | date | datetime | None


class Unusable(Exception):
    """A file or a part of it cannot be read; `rule` is the word of the problem, `value` what may be shown."""

    def __init__(self, rule: str, value: str = "", sheet: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.value = value
        self.sheet = sheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, or a whole text table.

    Attributes:
        name: as its tab shows it; "" of a text table.
        hidden: not shown by Excel.
        rows: from Excel's row 1 and column A on, blank ones too; blank cells are None, text is never blank.
        merges: merged ranges as (first row, first column, last row, last column), counted from 0; their value stands
            in the first cell.

    """

    name: str
    hidden: bool
    rows: tuple[tuple[Cell, ...], ...]
    merges: tuple[tuple[int, int, int, int], ...] = ()


def read_workbook(data: bytes) -> tuple[Sheet, ...]:
    """Read xlsx, xls or ods.

    Raises:
        Unusable: protected by a password, damaged.

    """
    try:
        with calamine.CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            return tuple(_sheets(book))
    except calamine.PasswordError as wrong:
        raise Unusable("password") from wrong
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as wrong:
        raise Unusable("damaged") from wrong
    except BaseException as wrong:
        # A panic of the Rust part is no Exception; a damaged file must not look like Ctrl-C.
        if type(wrong).__name__ == "PanicException":
            raise Unusable("damaged") from None
        raise


def _sheets(book: calamine.CalamineWorkbook) -> Iterator[Sheet]:
    for number, known in enumerate(book.sheets_metadata):
        # Of ods every sheet is a work sheet; a chart or a dialog has no rows.
        if known.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        found = book.get_sheet_by_index(number)
        rows = found.to_python(skip_empty_area=False)
        yield Sheet(
            known.name,
            known.visible != calamine.SheetVisibleEnum.Visible,
            tuple(
                tuple([cell if cell.__class__ is str and cell else _cell(cell) for cell in row])
                for row in rows
            ),
            tuple(
                (top, left, bottom, right)
                for (top, left), (bottom, right) in found.merged_cell_ranges or ()
            ),
        )


def _cell(value: str | float | bool | date | time | timedelta) -> Cell:  # noqa: FBT001 - a cell, not a switch
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def counts_from_1904(data: bytes) -> bool:
    """Whether an xlsx counts days from 1904, as old Macs did; calamine minds that for cells shown as dates only."""
    if not data.startswith(b"PK"):
        return False
    with zipfile.ZipFile(BytesIO(data)) as archive:
        book = "xl/workbook.xml"
        return book in archive.namelist() and _DATE_1904.search(archive.read(book)) is not None
