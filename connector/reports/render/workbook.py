"""The report as a workbook: ready to be sorted, filtered and printed on A4."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from textwrap import wrap
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from connector.reports.render.about import about_sheet, summary_sheet
from connector.reports.render.sheets import (
    SEVERITY_LABELS,
    Block,
    Cell,
    Column,
    Kind,
    Sheet,
    Translate,
    day_text,
    findings_sheet,
)
from connector.reports.report import Report

_A4 = 9
_LINE_POINTS = 15
_SEVERITY_COLOURS: Mapping[str, str] = {"error": "#F8CBAD", "warning": "#FFE699", "info": "#DDEBF7"}
# Days late and their colours, the gravest first.
_LATE_COLOURS = ((14, "#F8CBAD"), (5, "#FFE699"))
_FORMATS: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "heading": {
        "bold": True,
        "bg_color": "#D9E1F2",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    },
    Kind.LINE.value: {"valign": "top"},
    Kind.TEXT.value: {
        "border": 1,
        "text_wrap": True,
        "valign": "top",
        "align": "left",
        "indent": 1,
    },
    Kind.NUMBER.value: {"border": 1, "valign": "top", "align": "center"},
    Kind.DAYS_LATE.value: {"border": 1, "valign": "top", "align": "center"},
    Kind.SEVERITY.value: {"border": 1, "valign": "top", "align": "left", "indent": 1},
    Kind.DAY.value: {"border": 1, "valign": "top", "num_format": "dd.mm.yyyy", "align": "center"},
    Kind.MOMENT.value: {
        "border": 1,
        "valign": "top",
        "num_format": "dd.mm.yyyy hh:mm",
        "align": "left",
    },
    Kind.ID.value: {"border": 1, "valign": "top", "num_format": "@"},
}


def xlsx(report: Report, translate: Translate) -> bytes:
    """The workbook: summary, findings, what they rest on. Ids are text, for numbers that long lose their end."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # Not the clock's moment: the same report must give the same bytes.
    created = datetime.combine(report.as_of, time.min, UTC).replace(tzinfo=None)
    book.set_properties({"title": translate(report.title), "created": created})
    writer = _Writer(book, report, translate)
    for sheet in (
        summary_sheet(report, translate),
        findings_sheet(report, translate),
        about_sheet(report, translate),
    ):
        writer.add(sheet)
    book.close()
    return target.getvalue()


class _Writer:
    """Puts sheets into one workbook with one set of formats."""

    def __init__(self, book: Any, report: Report, translate: Translate) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        self._book = book
        self._formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        self._severities = {
            translate(SEVERITY_LABELS[word]): book.add_format({"bg_color": colour})
            for word, colour in _SEVERITY_COLOURS.items()
        }
        self._lates = [
            (days, book.add_format({"bg_color": colour})) for days, colour in _LATE_COLOURS
        ]
        self._footer = "&L{} {}&R&P / &N".format(
            translate(report.title).replace("&", "&&"), day_text(report.as_of)
        )

    def add(self, sheet: Sheet) -> None:
        page = self._book.add_worksheet(sheet.title)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer(self._footer)
        widths = _page_widths(sheet)
        for place, size in enumerate(widths):
            page.set_column(place, place, size)
        row = 0
        for block in sheet.blocks:
            row = self._block(page, row, block, widths) + 1
        if sheet.is_list:
            block = sheet.blocks[0]
            page.freeze_panes(1, 0)
            page.repeat_rows(0)
            page.autofilter(0, 0, max(1, len(block.rows)), len(block.columns) - 1)
        if sheet.printed is not None:
            page.print_area(0, 0, max(0, row - 2), sheet.printed - 1)

    def _block(self, page: Any, row: int, block: Block, widths: Sequence[int]) -> int:  # noqa: ANN401 - xlsxwriter is untyped
        """Write a block from `row` on; returns the first free row."""
        if block.title:
            page.write_string(row, 0, block.title, self._formats["title"])
            row += 1
        if any(column.title for column in block.columns):
            for place, column in enumerate(block.columns):
                page.write_string(row, place, column.title, self._formats["heading"])
            # The button of a filter takes the room of three letters.
            titles = [f"{column.title}___" for column in block.columns]
            page.set_row(row, _LINE_POINTS * _lines(titles, widths))
            row += 1
        for number, cells in enumerate(block.rows):
            for place, (column, cell) in enumerate(zip(block.columns, cells, strict=True)):
                self._cell(page, (row + number, place), column, cell)
            texts = [
                cell if isinstance(cell, str) and column.kind is Kind.TEXT else ""
                for column, cell in zip(block.columns, cells, strict=True)
            ]
            page.set_row(row + number, _LINE_POINTS * _lines(texts, widths))
        last = row + len(block.rows) - 1
        for place, column in enumerate(block.columns):
            self._colour(page, (row, place, max(row, last), place), column)
        return last + 1

    def _cell(self, page: Any, at: tuple[int, int], column: Column, cell: Cell) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        look = self._formats[column.kind.value]
        if cell is None:
            page.write_blank(*at, None, look)
        elif isinstance(cell, datetime):
            page.write_datetime(*at, cell.replace(tzinfo=None, microsecond=0), look)
        elif isinstance(cell, date):
            page.write_datetime(*at, datetime.combine(cell, time.min), look)
        elif isinstance(cell, int):
            page.write_number(*at, cell, look)
        else:
            page.write_string(*at, cell, look)

    def _colour(self, page: Any, area: tuple[int, int, int, int], column: Column) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        if column.kind is Kind.SEVERITY:
            for word, look in self._severities.items():
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
                page.conditional_format(*area, rule)
        if column.kind is Kind.DAYS_LATE:
            for days, look in self._lates:
                rule = {
                    "type": "cell",
                    "criteria": ">=",
                    "value": days,
                    "format": look,
                    "stop_if_true": True,
                }
                page.conditional_format(*area, rule)


def _lines(texts: Sequence[str], widths: Sequence[int]) -> int:
    """Lines of the tallest cell. Not every program measures wrapped rows by itself when it opens a workbook."""
    return max([1, *(len(wrap(text, width)) for text, width in zip(texts, widths, strict=False))])


def _page_widths(sheet: Sheet) -> list[int]:
    """Blocks under one another share their columns: each is as wide as the narrowest reading allows."""
    count = max(len(block.columns) for block in sheet.blocks)
    return [
        max(block.columns[place].width for block in sheet.blocks if place < len(block.columns))
        for place in range(count)
    ]
