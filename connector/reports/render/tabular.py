"""Tables of a report with names and words in the place of ids; long ones split by a column."""

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction

from connector.i18n import N_
from connector.reports.render.sheets import (
    Block,
    Cell,
    Column,
    Kind,
    Translate,
    day_text,
    group_name,
    pupil_name,
    subject_name,
    teacher_name,
)
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.reports.tables import Cell as Value
from connector.reports.tables import Column as TableColumn
from connector.reports.tables import Content, Table, Unknown
from connector.rulebook import RULE_SPECS

# A column of rules as wide as this has room for their titles.
TITLE_WIDTH = 40
NO_DATA_TEXT = N_("no data")
# Whole numbers among these are written like the fractions around them.
_FRACTIONS = frozenset({Kind.DECIMAL, Kind.MEAN, Kind.PERCENT})
# How a fraction is written; only the mark between the digits is taken from it.
_SAMPLE = N_("0.0")
_KINDS: Mapping[Content, Kind] = {
    Content.NUMBER: Kind.NUMBER,
    Content.DECIMAL: Kind.DECIMAL,
    Content.MEAN: Kind.MEAN,
    Content.PERCENT: Kind.PERCENT,
    Content.DAY: Kind.DAY,
    Content.MOMENT: Kind.MOMENT,
    Content.ID: Kind.ID,
}


def table_block(report: Report, table: Table, translate: Translate) -> Block:
    """A table as it is shown; the title and the note are translated."""
    shown = [_shower(report, column, translate) for column in table.columns]
    rows = tuple(
        tuple(show(cell) for show, cell in zip(shown, row, strict=True)) for row in table.rows
    )
    return Block(
        title=translate(table.title),
        columns=tuple(
            Column(_heading(column, translate), _KINDS.get(column.content, Kind.TEXT), column.width)
            for column in table.columns
        ),
        rows=_named_total(table, rows, translate),
        note=translate(table.note) if table.note else "",
        has_totals=table.has_totals,
    )


def _heading(column: TableColumn, translate: Translate) -> str:
    """The heading of a column; that of shares ends in a percent sign, for the cells are numbers alone."""
    title = translate(column.title)
    return f"{title}, %" if column.content is Content.PERCENT and "%" not in title else title


def _named_total(
    table: Table, rows: tuple[tuple[Cell, ...], ...], translate: Translate
) -> tuple[tuple[Cell, ...], ...]:
    """Totals that name nothing are called so."""
    first = table.columns[0]
    if not (rows and table.has_totals and rows[-1][0] is None):
        return rows
    if first.content in _KINDS or first.key == table.split_by:
        return rows
    return (*rows[:-1], (translate("Total"), *rows[-1][1:]))


def parts(report: Report, table: Table, translate: Translate) -> tuple[tuple[str, Block], ...]:
    """The table for each value of the column it is split by, in natural order; all of it under "" when it is not split.

    The column itself is left out then: the heading says it. Rows in which it says nothing, such as totals and what no
    teacher is named for, stand at the end under a heading of their own.
    """
    block = table_block(report, table, translate)
    keys = [column.key for column in table.columns]
    if table.split_by not in keys or not table.rows:
        return (("", block),)
    place = keys.index(table.split_by)
    of_nobody = table.columns[place].content is Content.TEACHER and not table.has_totals
    unnamed = translate("no teacher named") if of_nobody else translate("Total")
    rows: dict[str, list[tuple[Cell, ...]]] = {}
    for row in block.rows:
        name = cell_text(row[place], block.columns[place].kind, translate)
        rows.setdefault(name, []).append(row[:place] + row[place + 1 :])
    columns = block.columns[:place] + block.columns[place + 1 :]
    return tuple(
        (
            name or unnamed,
            Block(block.title, columns, tuple(rows[name]), block.note),
        )
        for name in sorted(rows, key=lambda name: (not name, natural(name)))
    )


def _shower(report: Report, column: TableColumn, translate: Translate) -> Callable[[Value], Cell]:
    """How cells of a column become what is shown; ids that are texts already are headings such as a total's."""
    content = column.content
    named: Mapping[Content, Callable[[int], str]] = {
        Content.GROUP: lambda key: group_name(report, key),
        Content.SUBJECT: lambda key: subject_name(report, key),
        Content.TEACHER: lambda key: teacher_name(report, key, translate),
        Content.PUPIL: lambda key: pupil_name(report, key, translate),
    }
    if content in named:
        name = named[content]
        return lambda cell: name(cell) if type(cell) is int else _word(cell, translate)
    if content is Content.MOMENT:
        return lambda cell: cell.astimezone(report.zone) if isinstance(cell, datetime) else cell
    if content is Content.ID:
        return lambda cell: str(cell) if type(cell) is int else cell
    if content is Content.RULE:
        whole = column.width >= TITLE_WIDTH
        return lambda cell: _word(_rule(cell, whole=whole), translate)
    if content is Content.WORD:
        return lambda cell: _word(cell, translate)
    return lambda cell: cell


def _rule(cell: Value, *, whole: bool) -> Value:
    if not isinstance(cell, str) or cell not in RULE_SPECS:
        return cell
    return RULE_SPECS[cell].title if whole else RULE_SPECS[cell].short


def _word(cell: Value, translate: Translate) -> Cell:
    return translate(cell) if isinstance(cell, str) and cell else cell


def rounded(number: Fraction | int, digits: int = 1) -> Fraction:
    """Rounded half away from zero, as people do it by hand."""
    scale = 10**digits
    scaled = abs(Fraction(number)) * scale
    nearest = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(nearest if number >= 0 else -nearest, scale)


def decimals(kind: Kind) -> int:
    """Digits behind the decimal mark of a fraction in such a column."""
    return 2 if kind is Kind.MEAN else 1


def number_text(number: Fraction | int, translate: Translate, digits: int = 1) -> str:
    """With so many decimals, at least one, and the language's decimal mark."""
    scale = 10**digits
    parts = int(rounded(number, digits) * scale)
    sign = "-" if parts < 0 else ""
    mark = "," if "," in translate(_SAMPLE) else "."
    return f"{sign}{abs(parts) // scale}{mark}{abs(parts) % scale:0{digits}}"


def cell_text(cell: Cell, kind: Kind, translate: Translate) -> str:
    """A cell as people read it; the sign of a percent stands in the heading."""
    if isinstance(cell, Unknown):
        return translate(NO_DATA_TEXT)
    if isinstance(cell, (int, Fraction)):
        return _number(cell, kind, translate)
    if isinstance(cell, datetime):
        return cell.strftime("%d.%m.%Y %H:%M")
    return cell if isinstance(cell, str) else day_text(cell)


def _number(number: Fraction | int, kind: Kind, translate: Translate) -> str:
    whole = isinstance(number, int) and kind not in _FRACTIONS
    return str(number) if whole else number_text(number, translate, decimals(kind))
