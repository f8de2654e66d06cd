"""Charts as numbers: what a workbook draws itself and what `svg` draws for pages."""

from dataclasses import dataclass
from fractions import Fraction

from connector.reports.render.sheets import Translate
from connector.reports.render.tabular import cell_text, rounded, table_block
from connector.reports.report import Report
from connector.reports.tables import Chart, Content

# More bars cannot be read on a page; the title then says how many are shown.
MOST = 40


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


def drawings(report: Report, translate: Translate) -> tuple[Drawing, ...]:
    """The report's charts; those without any value are left out, and lines of a single point."""
    made = (_drawing(report, chart, translate) for chart in report.charts)
    return tuple(
        one
        for one in made
        if any(value is not None for series in one.series for value in series.values)
        and not (one.kind == "line" and len(one.labels) < 2)
    )


def _drawing(report: Report, chart: Chart, translate: Translate) -> Drawing:
    table = next(table for table in report.tables if table.key == chart.table)
    block = table_block(report, table, translate)
    rows = block.rows[:-1] if block.has_totals else block.rows
    shown = rows[:MOST]
    places = {column.key: place for place, column in enumerate(table.columns)}
    label = places[chart.label]
    title = translate(chart.title)
    if len(rows) > MOST:
        title = translate("{title} (the first {shown} of {count})").format(
            title=title, shown=MOST, count=len(rows)
        )
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


def _value(cell: object) -> Fraction | None:
    return rounded(cell) if isinstance(cell, (int, Fraction)) else None
