"""Sheets of one workbook: cells, colours, print setup, charts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from textwrap import wrap
from typing import Any

from connector.reports.render.drawings import Drawing
from connector.reports.render.native_charts import HEIGHT, native_chart
from connector.reports.render.sheets import (
    SEVERITY_LABELS,
    Block,
    Cell,
    Column,
    Kind,
    Sheet,
    Translate,
    day_text,
)
from connector.reports.render.tabular import NO_DATA_TEXT, decimals, rounded
from connector.reports.report import Report
from connector.reports.tables import Unknown

_A4 = 9
_LINE_POINTS = 15
_MOST_LETTERS = 32_767
_WIDEST_WORD = 20
_WIDEST_LABEL = 60
_SEVERITY_COLOURS: Mapping[str, str] = {"error": "#F8CBAD", "warning": "#FFE699", "info": "#DDEBF7"}
# Days late and their colours, the gravest first.
_LATE_COLOURS = ((14, "#F8CBAD"), (5, "#FFE699"))
_CENTRED = {"border": 1, "valign": "top", "align": "center"}
_LEFT = {"border": 1, "valign": "top", "align": "left", "indent": 1}
_FORMATS: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "note": {"italic": True, "valign": "top", "text_wrap": True},
    "heading": {
        "bold": True,
        "bg_color": "#D9E1F2",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    },
    "unknown": _CENTRED | {"italic": True, "font_color": "#7F7F7F", "text_wrap": True},
    Kind.LINE.value: {"valign": "top"},
    Kind.WARNING.value: {"valign": "top", "bold": True, "font_color": "#A4161A"},
    Kind.TEXT.value: _LEFT | {"text_wrap": True},
    Kind.NUMBER.value: _CENTRED,
    Kind.DECIMAL.value: _CENTRED | {"num_format": "0.0"},
    Kind.MEAN.value: _CENTRED | {"num_format": "0.00"},
    Kind.PERCENT.value: _CENTRED | {"num_format": "0.0"},
    Kind.DAYS_LATE.value: _CENTRED,
    Kind.SEVERITY.value: _LEFT,
    Kind.DAY.value: _CENTRED | {"num_format": "dd.mm.yyyy"},
    Kind.MOMENT.value: _LEFT | {"num_format": "dd.mm.yyyy hh:mm", "indent": 0},
    Kind.ID.value: {"border": 1, "valign": "top", "num_format": "@"},
}
_TOTALS = {"bold": True, "top": 2}
# Height of a row in pixels.
_ROW_HEIGHT = 20


class Writer:
    """Puts sheets into one workbook with one set of formats."""

    def __init__(self, book: Any, report: Report, translate: Translate) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        self._book = book
        self._formats = {name: book.add_format(look) for name, look in _FORMATS.items()}
        self._totals = {name: book.add_format(look | _TOTALS) for name, look in _FORMATS.items()}
        self._severities = {
            translate(SEVERITY_LABELS[word]): book.add_format({"bg_color": colour})
            for word, colour in _SEVERITY_COLOURS.items()
        }
        self._lates = [
            (days, book.add_format({"bg_color": colour})) for days, colour in _LATE_COLOURS
        ]
        self._no_data = translate(NO_DATA_TEXT)
        self._title = translate(report.title).replace("&", "&&")
        self._as_of = day_text(report.as_of)
        self._first: Any = None
        self._free_row = 0

    def add(self, sheet: Sheet, name: str) -> None:
        """Write a sheet.

        Args:
            sheet: one block with headings for a list, else any number.
            name: of the sheet, unique and allowed.

        """
        page = self._page(name)
        widths = _page_widths(sheet)
        for place, size in enumerate(widths):
            page.set_column(place, place, size)
        row = 0
        for block in sheet.blocks:
            row = self._block(page, row, block, widths, titled=not sheet.is_list) + 1
        if sheet.is_list:
            block = sheet.blocks[0]
            last = len(block.rows) - block.has_totals
            page.freeze_panes(1, 0)
            page.repeat_rows(0)
            page.autofilter(0, 0, max(1, last), len(block.columns) - 1)
        if sheet.printed is not None:
            page.print_area(0, 0, max(0, row - 2), sheet.printed - 1)
        if self._first is None:
            self._first, self._free_row = page, row

    def draw(self, drawings: Iterable[Drawing], data: str) -> None:
        """Draw charts below the first sheet's blocks from numbers on a sheet of their own, called `data`."""
        numbers = self._page(data)
        numbers.set_column(0, 0, 32)
        row = 0
        for one in drawings:
            top = row
            self._numbers(numbers, row, one)
            row += len(one.labels) + 3
            self._first.insert_chart(self._free_row, 0, native_chart(self._book, one, data, top))
            self._free_row += HEIGHT // _ROW_HEIGHT + 1

    def _page(self, name: str) -> Any:  # noqa: ANN401 - xlsxwriter is untyped
        page = self._book.add_worksheet(name)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_header("&L&A")
        page.set_footer(f"&L{self._title} {self._as_of}&R&P / &N")
        return page

    def _block(
        self,
        page: Any,  # noqa: ANN401 - xlsxwriter is untyped
        row: int,
        block: Block,
        widths: Sequence[int],
        *,
        titled: bool,
    ) -> int:
        """Write a block from `row` on; returns the first free row."""
        if block.title and titled:
            page.write_string(row, 0, block.title, self._formats["title"])
            row += 1
        if any(column.title for column in block.columns):
            # The button of a filter takes the room of three letters.
            titles = [f"{column.title}___" for column in block.columns]
            page.set_row(row, _LINE_POINTS * _lines(titles, widths))
            for place, column in enumerate(block.columns):
                page.write_string(row, place, column.title, self._formats["heading"])
            row += 1
        wrapped = [column.kind is Kind.TEXT for column in block.columns]
        last = row + len(block.rows) - 1
        for number, cells in enumerate(block.rows, start=row):
            texts = [
                self._no_data
                if isinstance(cell, Unknown)
                else cell
                if isinstance(cell, str) and folds
                else ""
                for cell, folds in zip(cells, wrapped, strict=True)
            ]
            page.set_row(number, _LINE_POINTS * _lines(texts, widths))
            looks = self._totals if block.has_totals and number == last else self._formats
            for place, (column, cell) in enumerate(zip(block.columns, cells, strict=True)):
                self._cell(page, (number, place), cell, looks, column.kind)
        for place, column in enumerate(block.columns):
            self._colour(page, (row, place, max(row, last - block.has_totals), place), column)
        if block.note:
            # Folded inside the table: on paper a line beyond it would make everything else small.
            end = len(block.columns) - 1
            page.set_row(last + 1, _LINE_POINTS * _lines([block.note], [sum(widths[: end + 1])]))
            self._merge(page, (last + 1, 0, last + 1, end), _fitting(block.note))
            return last + 2
        return last + 1

    def _merge(self, page: Any, area: tuple[int, int, int, int], text: str) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        if area[1] == area[3]:
            page.write_string(*area[:2], text, self._formats["note"])
        else:
            page.merge_range(*area, text, self._formats["note"])

    def _cell(
        self,
        page: Any,  # noqa: ANN401 - xlsxwriter is untyped
        at: tuple[int, int],
        cell: Cell,
        looks: Mapping[str, Any],
        kind: Kind,
    ) -> None:
        look = looks[kind.value]
        if isinstance(cell, str):
            page.write_string(*at, _fitting(cell), look)
        elif cell is None:
            page.write_blank(*at, None, look)
        elif isinstance(cell, Unknown):
            page.write_string(*at, self._no_data, looks["unknown"])
        elif isinstance(cell, datetime):
            page.write_datetime(*at, cell.replace(tzinfo=None, microsecond=0), look)
        elif isinstance(cell, date):
            page.write_datetime(*at, datetime.combine(cell, time.min), look)
        else:
            shown = float(rounded(cell, decimals(kind))) if isinstance(cell, Fraction) else cell
            page.write_number(*at, shown, look)

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
        if column.kind is Kind.PERCENT:
            # A tint that grows with the number and judges nothing: high may be good or bad.
            scale = {
                "type": "2_color_scale",
                "min_type": "num",
                "min_value": 0,
                "max_type": "num",
                "max_value": 100,
                "min_color": "#FFFFFF",
                "max_color": "#9DC3E6",
            }
            page.conditional_format(*area, scale)

    def _numbers(self, page: Any, row: int, drawing: Drawing) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        page.write_string(row, 0, _fitting(drawing.title), self._formats["title"])
        page.write_string(row + 1, 0, "", self._formats["heading"])
        for place, series in enumerate(drawing.series, start=1):
            page.write_string(row + 1, place, _fitting(series.title), self._formats["heading"])
        for number, label in enumerate(drawing.labels):
            at = row + 2 + number
            page.write_string(at, 0, _fitting(label), self._formats[Kind.TEXT.value])
            for place, series in enumerate(drawing.series, start=1):
                value = series.values[number]
                if value is not None:
                    page.write_number(at, place, float(value), self._formats[Kind.NUMBER.value])


def _fitting(text: str) -> str:
    """A cell holds no more; what is cut is seen."""
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def _lines(texts: Sequence[str], widths: Sequence[int]) -> int:
    """Lines of the tallest cell. Not every program measures wrapped rows by itself when it opens a workbook."""
    # Two letters less: cells are indented, and wide letters take more than the column's measure.
    return max(
        len(wrap(text, max(1, width - 2))) if len(text) > width - 2 else 1
        for text, width in zip(texts, widths, strict=False)
    )


def _page_widths(sheet: Sheet) -> list[int]:
    """Blocks under one another share their columns: each is as wide as the narrowest reading allows."""
    count = max(len(block.columns) for block in sheet.blocks)
    return [
        max(_width(block, place) for block in sheet.blocks if place < len(block.columns))
        for place in range(count)
    ]


def _width(block: Block, place: int) -> int:
    """At least the longest word of the heading, bold and beside the button of a filter; a label beside its value whole."""
    column = block.columns[place]
    longest = max(map(len, column.title.split()), default=0)
    size = max(column.width, min(longest + 3, _WIDEST_WORD))
    if column.kind is not Kind.LINE or place + 1 == len(block.columns):
        return size
    labels = (row[place] for row in block.rows if row[place + 1] not in {None, ""})
    return max(size, min(_WIDEST_LABEL, max((len(str(label)) for label in labels), default=0)))
