"""A sheet whose merged ranges are filled. Pure."""

from dataclasses import dataclass, field

from mappings.sheets import Cell, Sheet

# Merged ranges of a school's timetable cover some thousands of cells; more is made to exhaust memory.
_MOST_MERGED = 500_000


@dataclass(slots=True)
class Board:
    """Cells by row and column, both counted from 0.

    Attributes:
        sheet: as read.
        width: of the widest row.
        over_merged: the sheet has more merged ranges than any timetable; they were left as they are.

    """

    sheet: Sheet
    width: int = 0
    over_merged: bool = False
    _origin: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    _ends: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.sheet.rows
        self.width = max(map(len, rows), default=0)
        left = _MOST_MERGED
        for top, first, bottom, last in self.sheet.merges:
            end, right = min(bottom, len(rows) - 1), min(last, self.width - 1)
            area = (end - top + 1) * (right - first + 1)
            # Ranges of one cell mean nothing, ranges of blank cells little.
            if area <= 1 or top >= len(rows) or self.own(top, first) is None:
                continue
            left -= area
            if left < 0:
                self.over_merged = True
                return
            self._ends[top, first] = (end, right)
            for row in range(top, end + 1):
                for column in range(first, right + 1):
                    self._origin[row, column] = (top, first)

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.sheet.rows)

    def own(self, row: int, column: int) -> Cell:
        """What stands in the cell itself; None outside the sheet."""
        if not 0 <= row < len(self.sheet.rows):
            return None
        cells = self.sheet.rows[row]
        return cells[column] if 0 <= column < len(cells) else None

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """The cell whose value shows here."""
        return self._origin.get((row, column), (row, column))

    def at(self, row: int, column: int) -> Cell:
        """What shows here, merged ranges filled."""
        return self.own(*self._origin.get((row, column), (row, column)))

    def right_end(self, row: int, column: int) -> int:
        """The last column of the merged range that begins here; the column itself where none does."""
        return self._ends.get((row, column), (row, column))[1]


def letter(column: int) -> str:
    """Column as a spreadsheet shows it: 0 → A, 26 → AA."""
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
