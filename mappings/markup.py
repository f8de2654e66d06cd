"""Tables that call themselves .xls and are markup: HTML pages and SpreadsheetML of Excel 2003."""

from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mappings.sheets import Cell, Sheet, Unusable

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_WIDEST = 1000
_TALLEST = 100_000


@dataclass(slots=True)
class _Grid:
    """Cells put at rows and columns, with the room that merged cells take."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    taken: set[tuple[int, int]] = field(default_factory=set)
    height: int = 0

    def free(self, row: int, column: int) -> int:
        """First column from `column` on that no merged cell covers."""
        while (row, column) in self.taken:
            column += 1
        return column

    def put(self, row: int, column: int, value: Cell, down: int, across: int) -> None:
        """Put a cell that covers `down` more rows and `across` more columns."""
        if column + across > _WIDEST or row + down > _TALLEST:
            raise Unusable("far_cell", f"{row + 1}")
        self.height = max(self.height, row + 1)
        if value is not None:
            self.cells[row, column] = value
        if down or across:
            self.merges.append((row, column, row + down, column + across))
            self.taken.update(
                (r, c)
                for r in range(row, row + down + 1)
                for c in range(column, column + across + 1)
            )

    def sheet(self, name: str, *, hidden: bool) -> Sheet:
        """Make a sheet of it, every row as wide as the widest."""
        width = max((column for _row, column in self.cells), default=-1) + 1
        if self.height * width > _TALLEST * 20:
            raise Unusable("far_cell", f"{self.height}")
        rows = tuple(
            tuple(self.cells.get((row, column)) for column in range(width))
            for row in range(self.height)
        )
        return Sheet(name, hidden, rows, tuple(self.merges))


def read_spreadsheetml(data: bytes) -> tuple[Sheet, ...]:
    """Read "XML table 2003".

    Raises:
        Unusable: cut, not well formed, or with entities of its own.

    """
    try:
        book = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as wrong:
        raise Unusable("xml_forbidden") from wrong
    except (ParseError, ValueError, LookupError) as wrong:
        raise Unusable("damaged") from wrong
    sheets = []
    for worksheet in book.iter(f"{_SS}Worksheet"):
        grid = _Grid()
        row = -1
        for line in worksheet.iterfind(f"{_SS}Table/{_SS}Row"):
            row = _number(line.get(f"{_SS}Index"), row + 2) - 1
            column = -1
            for cell in line.iterfind(f"{_SS}Cell"):
                column = _number(cell.get(f"{_SS}Index"), grid.free(row, column + 1) + 1) - 1
                down = _number(cell.get(f"{_SS}MergeDown"), 0)
                across = _number(cell.get(f"{_SS}MergeAcross"), 0)
                found = cell.find(f"{_SS}Data")
                value = None
                if found is not None:
                    value = _typed("".join(found.itertext()), found.get(f"{_SS}Type", ""))
                grid.put(row, column, value, down, across)
                column += across
        visible = worksheet.findtext(f"{_X}WorksheetOptions/{_X}Visible", "")
        sheets.append(grid.sheet(worksheet.get(f"{_SS}Name", ""), hidden="Hidden" in visible))
    return tuple(sheets)


def _number(text: str | None, default: int) -> int:
    return min(int(text), 10_000_000) if text and text.isascii() and text.isdigit() else default


def _typed(text: str, kind: str) -> Cell:
    if not text or text.isspace():
        return None
    try:
        if kind == "Number":
            value = float(text)
            return int(value) if value.is_integer() else value
        if kind == "DateTime":
            moment = datetime.fromisoformat(text)
            return moment.date() if moment.time() == datetime.min.time() else moment
    except ValueError:
        return text
    return text


class _Tables(HTMLParser):
    """Gathers every table of a page; a table inside a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[_Grid] = []
        self.depth = 0
        self.row = -1
        self.column = -1
        self.span = (0, 0)
        self.text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; end tags of rows and cells may be missing."""
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.grids.append(_Grid())
                self.row = -1
        elif self.depth != 1:
            return
        elif tag == "tr":
            self._close()
            self.row += 1
            self.column = -1
        elif tag in {"td", "th"}:
            self._close()
            self.row = max(self.row, 0)
            self.column = self.grids[-1].free(self.row, self.column + 1)
            spans = dict(attrs)
            self.span = (
                max(_number(spans.get("rowspan"), 1), 1) - 1,
                max(_number(spans.get("colspan"), 1), 1) - 1,
            )
            self.text = []
        elif tag == "br" and self.text is not None:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a table or a cell."""
        if tag == "table" and self.depth:
            if self.depth == 1:
                self._close()
            self.depth -= 1
        elif tag in {"td", "th", "tr"} and self.depth == 1:
            self._close()

    def handle_data(self, data: str) -> None:
        """Collect the text of a cell."""
        if self.text is not None:
            self.text.append(data)

    def _close(self) -> None:
        if self.text is None:
            return
        text = "".join(self.text)
        value = text.strip() if text and not text.isspace() else None
        self.grids[-1].put(self.row, self.column, value, *self.span)
        self.column += self.span[1]
        self.text = None


def read_html(text: str) -> tuple[Sheet, ...]:
    """Read the tables of a page, one sheet for each, named by number where there are several.

    Raises:
        Unusable: no table in it, or one too wide to be real.

    """
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.depth:
        raise Unusable("damaged")
    grids = [grid for grid in parser.grids if grid.cells]
    if not grids:
        raise Unusable("not_a_table", "html")
    return tuple(
        # A bare number would be read as a class.
        grid.sheet("" if len(grids) == 1 else f"#{number}", hidden=False)
        for number, grid in enumerate(grids, start=1)
    )
