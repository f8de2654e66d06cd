"""What all rows of one block of a class list share, and how their cells are handed around."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.names import ClassName
from mappings.headings import Header
from mappings.sheets import Cell

# Cells of a row by field; empty ones are not in it.
Values = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Block:
    """What all rows of a block share.

    Attributes:
        sheet: its name.
        header: of the block.
        edu_group: class by sheet name, title or heading between rows.
        left: a list of leavers.
        epoch_1904: how the workbook counts days.

    """

    sheet: str
    header: Header
    edu_group: ClassName | None
    left: bool
    epoch_1904: bool = False


def text_of(cell: Cell) -> str:
    """Text of a cell, "" for an empty one."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else str(cell)
