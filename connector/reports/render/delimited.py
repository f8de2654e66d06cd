"""CSV as Excel in Russia opens it by a double click: UTF-8 with BOM, semicolons, CRLF.

Ids are plain digits, as scripts want them. Excel shows such long numbers rounded, and nothing that would stop it is
plain text any more (`="…"` is a formula), so the help sends readers of Excel to the workbook.
"""

import csv as _csv
import io
from datetime import date, datetime

from connector.reports.render.sheets import Cell, Translate, day_text, findings_sheet
from connector.reports.report import Report

# A cell that starts like this would be run as a formula; Tab and CR are skipped by Excel before it looks.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv(report: Report, translate: Translate) -> bytes:
    """The findings as CSV, one a line below the headings."""
    block = findings_sheet(report, translate).blocks[0]
    text = io.StringIO(newline="")
    writer = _csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(safe_text(column.title) for column in block.columns)
    writer.writerows([_shown(cell) for cell in row] for row in block.rows)
    return text.getvalue().encode("utf-8-sig")


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _shown(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return day_text(cell)
    return "" if cell is None else str(cell)
