"""What is handed out together: tables about all, then all tables of one teacher or class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from connector.reports.render.sheets import NUMERIC, Block, Translate
from connector.reports.render.tabular import parts, table_block
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.reports.tables import NO_DATA, Column, Content, Table

# Leaves with fewer lines on average follow one another: a page for two lines is waste.
_FEW_LINES = 6


@dataclass(frozen=True, slots=True)
class Leaf:
    """Tables of one value of the column by which they are split.

    Attributes:
        name: the value as it is shown.
        blocks: its part of each table that has one; without a title where it is a single line of figures.

    """

    name: str
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> int:
        """Rows of all blocks."""
        return sum(len(block.rows) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Leaves:
    """All tables that are split by the same column.

    Attributes:
        tables: those, in order.
        leaves: one a value, in natural order, rows without a value last.

    """

    tables: tuple[Table, ...]
    leaves: tuple[Leaf, ...]

    @property
    def of_teachers(self) -> bool:
        """Whether each is a teacher's."""
        return _column(self.tables[0]).content is Content.TEACHER

    @property
    def are_pages(self) -> bool:
        """Whether each is worth a page of its own; a teacher's is always."""
        lines = sum(leaf.lines for leaf in self.leaves)
        return self.of_teachers or lines >= _FEW_LINES * len(self.leaves)

    def title(self, translate: Translate) -> str:
        """Titles of the tables."""
        return ", ".join(translate(table.title) for table in self.tables)


def whole_tables(
    report: Report, translate: Translate, tables: Sequence[Table]
) -> Iterator[tuple[Table, Block]]:
    """Tables about all, among them those that are split and have one row a value: together they are an overview."""
    for table in tables:
        if not is_split(table) or (report.memo is None and _is_overview(table)):
            yield table, table_block(report, table, translate)


def leaves(report: Report, translate: Translate, tables: Sequence[Table]) -> Iterator[Leaves]:
    """The tables that are split, those of one column together."""
    split = [table for table in tables if is_split(table)]
    for key in dict.fromkeys(table.split_by for table in split):
        together = [table for table in split if table.split_by == key]
        # A teacher's sheet is handed out alone; of classes the overview has said it.
        is_alone = _column(together[0]).content is Content.TEACHER
        found: dict[str, list[Block]] = {}
        last: set[str] = set()
        for table in together:
            shares = parts(report, table, translate)
            for name, block in shares:
                # A single line below the name needs no title.
                note = block.note if is_alone else ""
                shown = replace(block, title="", note=note) if _is_overview(table) else block
                found.setdefault(name, []).append(shown)
            if _has_unnamed(table):
                last.add(shares[-1][0])
        yield Leaves(
            tuple(together),
            tuple(
                Leaf(name, tuple(found[name]))
                for name in sorted(found, key=lambda name: (name in last, natural(name)))
            ),
        )


def told(block: Block, translate: Translate) -> Block:
    """The same without columns of which nothing is known; the note names them."""
    unknown = [
        place
        for place, column in enumerate(block.columns)
        if column.kind in NUMERIC
        and block.rows
        and all(row[place] is NO_DATA for row in block.rows)
    ]
    kept = [place for place in range(len(block.columns)) if place not in unknown]
    if not unknown or not any(block.columns[place].kind in NUMERIC for place in kept):
        return block
    lacking = ", ".join(block.columns[place].title for place in unknown)
    note = translate("No data at all: {columns}.").format(columns=lacking)
    return replace(
        block,
        columns=tuple(block.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in block.rows),
        note=f"{note} {block.note}".strip(),
    )


def is_split(table: Table) -> bool:
    """Whether the table has a part for each value of a column."""
    return bool(table.rows) and table.split_by in [column.key for column in table.columns]


def _column(table: Table) -> Column:
    return next(column for column in table.columns if column.key == table.split_by)


def _values(table: Table) -> list[object]:
    place = [column.key for column in table.columns].index(table.split_by)
    return [row[place] for row in table.rows]


def _is_overview(table: Table) -> bool:
    values = _values(table)
    return len(values) > 1 and len(values) == len({*values})


def _has_unnamed(table: Table) -> bool:
    return any(value is None for value in _values(table))
