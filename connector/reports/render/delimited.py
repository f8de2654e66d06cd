"""CSV as Excel in Russia opens it by a double click: UTF-8 with BOM, semicolons, CRLF.

Ids are plain digits, as scripts want them. Excel shows such long numbers rounded, and nothing that would stop it is
plain text any more (`="…"` is a formula), so the help sends readers of Excel to the workbook. What a reader must know
before believing the lines stands above the headings, one sentence a line, each beginning with `!`.
"""

import csv as _csv
import io
from collections.abc import Iterator

from connector.reports.render.about import warnings
from connector.reports.render.legible import legible_report
from connector.reports.render.sheets import Block, Cell, Kind, Translate, findings_sheet
from connector.reports.render.tabular import cell_text, table_block
from connector.reports.report import Report

# A cell that starts like this would be run as a formula; Tab and CR are skipped by Excel before it looks.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv(report: Report, translate: Translate) -> bytes:
    """The findings as CSV, one a line below the headings; the first table of a report without rules."""
    return next(csv_files(report, translate))[1]


def csv_files(report: Report, translate: Translate) -> Iterator[tuple[str, bytes]]:
    """Each table as CSV with its key, the findings first under an empty key; only the tables of a report without rules.

    There is always one: a report without anything has its headings.
    """
    seen = legible_report(report)
    if seen.rules or not seen.tables:
        yield "", _csv_of(seen, findings_sheet(seen, translate).blocks[0], translate)
    for table in seen.tables:
        yield table.key, _csv_of(seen, table_block(seen, table, translate), translate)


def _csv_of(report: Report, block: Block, translate: Translate) -> bytes:
    text = io.StringIO(newline="")
    writer = _csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([f"! {warning}"] for warning in warnings(report, translate))
    writer.writerow(safe_text(column.title) for column in block.columns)
    kinds = [column.kind for column in block.columns]
    writer.writerows(
        [_shown(cell, kind, translate) for cell, kind in zip(row, kinds, strict=True)]
        for row in block.rows
    )
    if block.note:
        writer.writerow([f"! {block.note}"])
    return text.getvalue().encode("utf-8-sig")


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _shown(cell: Cell, kind: Kind, translate: Translate) -> str:
    if isinstance(cell, str):
        return safe_text(cell)
    return cell_text(cell, kind, translate)
