"""Tables and charts of a report as data: ids and English source strings, joined with names and words when they are shown.

A builder fills these; every format (`connector.reports.render`) shows the same tables.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from fractions import Fraction


class Content(StrEnum):
    """What stands in a column."""

    TEXT = "text"  # as it is
    WORD = "word"  # an English source string, translated when shown
    NUMBER = "number"
    DECIMAL = "decimal"  # an exact fraction, shown with one decimal
    MEAN = "mean"  # an average of marks, an exact fraction: schools write two decimals
    PERCENT = "percent"  # an exact fraction of 100, shown with one decimal
    DAY = "day"
    MOMENT = "moment"
    ID = "id"  # a vendor's id as text: numbers that long lose their end
    GROUP = "group"  # ids from here on; names are joined when shown
    SUBJECT = "subject"
    TEACHER = "teacher"
    PUPIL = "pupil"  # left out of an anonymous report: a number takes the name's place
    RULE = "rule"  # id of a rule, shown as its title in a wide column, else as its short heading


class Unknown(Enum):
    """Why a cell is empty when it is neither zero nor blank."""

    NO_DATA = "no_data"


NO_DATA = Unknown.NO_DATA
Cell = str | int | Fraction | date | datetime | Unknown | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        key: name in JSON, snake_case.
        title: English source string of the heading.
        content: what stands in it.
        width: in characters, where the format has widths.

    """

    key: str
    title: str
    content: Content = Content.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        key: name in JSON, snake_case, unique in the report.
        title: English source string.
        columns: in order; keys are unique.
        rows: one cell a column.
        note: English source string below the table, e.g. the rule for н/а; empty for none.
        has_totals: whether the last row sums the others up.
        split_by: key of a column; a workbook gives each of its values a sheet, a document a page, shared by all
            tables split by the same column. Empty: one table.
        wide: more columns than fit on 80 characters; a terminal then shows what fits and says so.
        on_paper: False for lists that only a workbook can be read in; PDF and Word documents say where it stands.

    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    has_totals: bool = False
    split_by: str = ""
    wide: bool = False
    on_paper: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over a table's columns.

    Attributes:
        title: English source string.
        kind: `bar`, `stacked` or `line`.
        table: key of the table it is drawn from.
        label: key of the column whose values stand along the axis.
        values: keys of the columns that are drawn.

    """

    title: str
    kind: str
    table: str
    label: str
    values: tuple[str, ...]
