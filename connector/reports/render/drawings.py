"""Charts as numbers: what a workbook draws itself and what `svg` draws for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from connector.i18n import N_
from connector.reports.render.sheets import Cell, Translate
from connector.reports.render.tabular import cell_text, rounded, table_block
from connector.reports.report import Report
from connector.reports.tables import Chart, Content

# More bars cannot be read; the title then says how many are shown. Paper has less room than a screen.
MOST = 40
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart; None where there is no data."""

    title: str
    values: tuple[Fraction | None, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its numbers.

    Attributes:
        title: translated.
        kind: `bar`, `stacked` or `line`.
        labels: one a value.
        series: at least one.
        is_percent: whether the values are parts of 100.

    """

    title: str
    kind: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    is_percent: bool

    @property
    def is_whole(self) -> bool:
        """Whether the scale is the whole, 100 percent."""
        return self.is_percent and 50 < self.highest <= 100

    @property
    def highest(self) -> Fraction:
        """The longest bar or the highest point."""
        columns = zip(*(one.values for one in self.series), strict=True)
        known = ([value for value in column if value is not None] for column in columns)
        if self.kind == "stacked":
            return max((sum(values, Fraction(0)) for values in known), default=Fraction(0))
        return max((value for values in known for value in values), default=Fraction(0))


def drawings(report: Report, translate: Translate, *, most: int = MOST) -> tuple[Drawing, ...]:
    """The report's charts; those without any value are left out, and lines of a single point.

    Args:
        report: whose tables are drawn.
        translate: into the report's language.
        most: bars of a chart; of more the longest are drawn, of a line the last points.

    """
    made = (_drawing(report, chart, translate, most) for chart in report.charts)
    return tuple(
        one
        for one in made
        if any(value is not None for series in one.series for value in series.values)
        and not (one.kind == "line" and len(one.labels) < 2)
    )


def _drawing(report: Report, chart: Chart, translate: Translate, most: int) -> Drawing:
    table = next(table for table in report.tables if table.key == chart.table)
    block = table_block(report, table, translate)
    rows = block.rows[:-1] if block.has_totals else block.rows
    places = {column.key: place for place, column in enumerate(table.columns)}
    label = places[chart.label]
    title = translate(chart.title)
    if chart.kind != "line":
        # The table says of whom nothing is known; a line shows its gaps.
        rows = tuple(
            row for row in rows if any(_value(row[places[key]]) is not None for key in chart.values)
        )
    shown = rows
    if len(rows) > most:
        is_line = chart.kind == "line"
        shown = (
            rows[-most:] if is_line else _longest(rows, [places[key] for key in chart.values], most)
        )
        text = (
            N_("{title} (the last {shown} of {count})")
            if is_line
            else N_("{title} (the largest {shown} of {count})")
        )
        title = translate(text).format(title=title, shown=most, count=len(rows))
    return Drawing(
        title=title,
        kind=chart.kind,
        labels=tuple(cell_text(row[label], block.columns[label].kind, translate) for row in shown),
        series=tuple(
            Series(
                block.columns[places[key]].title,
                tuple(_value(row[places[key]]) for row in shown),
            )
            for key in chart.values
        ),
        is_percent=all(
            table.columns[places[key]].content is Content.PERCENT for key in chart.values
        ),
    )


def _longest(rows: Sequence[Row], places: Sequence[int], most: int) -> tuple[Row, ...]:
    """The rows with the largest sums, in the order of the table."""

    def size(row: Row) -> Fraction:
        known = (_value(row[place]) for place in places)
        return sum((value for value in known if value is not None), Fraction(0))

    ranked = sorted(range(len(rows)), key=lambda place: -size(rows[place]))
    return tuple(rows[place] for place in sorted(ranked[:most]))


def _value(cell: object) -> Fraction | None:
    return rounded(cell) if isinstance(cell, (int, Fraction)) else None
