"""Charts that a spreadsheet draws itself, from numbers on a sheet of the same workbook."""

from collections.abc import Mapping
from typing import Any

from connector.reports.render.drawings import Drawing
from connector.reports.render.svg import COLOURS

# In pixels.
HEIGHT = 320
_CHARTS: Mapping[str, dict[str, str]] = {
    "bar": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
}


def native_chart(book: Any, drawing: Drawing, data: str, top: int) -> Any:  # noqa: ANN401 - xlsxwriter is untyped
    """A chart that a spreadsheet draws itself.

    Args:
        book: the workbook.
        drawing: what is drawn.
        data: name of the sheet with its numbers.
        top: row of its title there; below it the headings, then a row a label.

    """
    chart = book.add_chart(_CHARTS[drawing.kind])
    first, last = top + 2, top + 1 + len(drawing.labels)
    for place in range(1, len(drawing.series) + 1):
        colour = {"color": COLOURS[(place - 1) % len(COLOURS)]}
        look: dict[str, Any] = {"fill": colour}
        if drawing.kind == "line":
            marker = {"type": "circle", "fill": colour, "border": colour}
            look = {"line": colour, "marker": marker}
        chart.add_series(
            {
                "name": [data, top + 1, place],
                "categories": [data, first, 0, last, 0],
                "values": [data, first, place, last, place],
                **look,
            }
        )
    chart.set_title({"name": drawing.title, "name_font": {"size": 12}})
    chart.set_legend({"none": True} if len(drawing.series) == 1 else {"position": "bottom"})
    axis: dict[str, Any] = {
        "min": 0,
        "major_gridlines": {"visible": True, "line": {"color": "#D5DBE3"}},
    }
    chart.set_y_axis(axis | ({"max": 100} if drawing.is_whole else {}))
    chart.set_size({"width": 900, "height": HEIGHT})
    return chart
