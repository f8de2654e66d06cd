"""Charts as SVG: drawn by us, so that a page needs no library and paper shows the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from connector.reports.render.drawings import Drawing
from connector.reports.render.sheets import Translate
from connector.reports.render.tabular import number_text

# Told apart by colour-blind readers and on a grey printer by their brightness.
COLOURS = ("#1D4F91", "#E08E0B", "#4FA3A5", "#A4161A", "#8FB8DE", "#6B4C9A", "#7A7A7A", "#C9C13D")
_WIDTH, _LABELS, _VALUES = 760, 230, 60
_ROW, _BAR, _BESIDE = 21, 14, 13
# More bars stand in two columns, with a gap between them.
_ONE_COLUMN, _GAP = 12, 24
# Room that a letter takes, on average.
_LETTER = 7
_FONT = 'font-family="Liberation Sans, DejaVu Sans, Arial, sans-serif" font-size="12"'


def svg(drawing: Drawing, translate: Translate) -> str:
    """One `svg` element without outside references; its height follows the number of bars."""
    draw = _line if drawing.kind == "line" else _bars
    legend = list(_legend(drawing)) if len(drawing.series) > 1 else []
    top = 22 * len(legend) and 8 + 20 * ((len(legend) + 2) // 3)
    height, parts = draw(drawing, translate, top)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        f' role="img" aria-label="{escape(drawing.title)}" {_FONT}>'
        f"{''.join(legend)}{''.join(parts)}</svg>"
    )


def _legend(drawing: Drawing) -> Iterator[str]:
    for number, series in enumerate(drawing.series):
        x, y = (number % 3) * _WIDTH // 3, 4 + 20 * (number // 3)
        yield (
            f'<g><rect x="{x}" y="{y}" width="12" height="12" fill="{_colour(number)}"/>'
            f"{_text(x + 18, y + 11, _short(series.title, 30))}</g>"
        )


def _bars(drawing: Drawing, translate: Translate, top: int) -> tuple[int, list[str]]:
    """Bars that lie: their labels are names of people and classes. Many stand in two columns."""
    count = len(drawing.labels)
    columns = 2 if count > _ONE_COLUMN else 1
    lines = -(-count // columns)
    beside = 1 if drawing.kind == "stacked" else len(drawing.series)
    step = _ROW + (beside - 1) * _BESIDE
    room = (_WIDTH - (columns - 1) * _GAP) // columns
    longest = max(map(len, drawing.labels))
    labels = min(_LABELS if columns == 1 else room // 2, _LETTER * longest + 12)
    bars = _Bars(reach=_reach(drawing), room=room - labels - _VALUES, translate=translate)
    parts = []
    for number, label in enumerate(drawing.labels):
        left = number // lines * (room + _GAP) + labels
        y = top + number % lines * step
        short = _short(label, (labels - 8) // _LETTER)
        parts.append(_text(left - 8, y + step // 2 + 4, short, "end"))
        values = [series.values[number] for series in drawing.series]
        if drawing.kind == "stacked":
            parts.extend(bars.stack(values, left, y + 4))
        else:
            thick = _BAR if beside == 1 else _BESIDE
            for place, value in enumerate(values):
                parts.append(bars.bar(value, place, (left, y + 4 + place * thick), thick))
    return top + lines * step + 6, parts


@dataclass(frozen=True, slots=True)
class _Bars:
    """Bars of one scale: the value at its end and its length."""

    reach: Fraction
    room: int
    translate: Translate

    def bar(self, value: Fraction | None, place: int, at: tuple[int, int], thick: int) -> str:
        x, y = at
        long = _length(value, self.reach, self.room)
        return (
            f'<rect x="{x}" y="{y}" width="{long}" height="{thick - 1}" fill="{_colour(place)}"/>'
            f"{_text(x + long + 6, y + thick - 2, _number(value, self.translate))}"
        )

    def stack(self, values: Sequence[Fraction | None], x: int, y: int) -> Iterator[str]:
        for place, value in enumerate(values):
            long = _length(value, self.reach, self.room)
            if long:
                yield f'<rect x="{x}" y="{y}" width="{long}" height="{_BAR}" fill="{_colour(place)}"/>'
            x += long
        known = [value for value in values if value is not None]
        total = sum(known, Fraction(0)) if known else None
        yield _text(x + 6, y + _BAR - 3, _number(total, self.translate))


def _line(drawing: Drawing, translate: Translate, top: int) -> tuple[int, list[str]]:
    left, height = 48, 180
    base = top + height
    reach = _reach(drawing)
    count = len(drawing.labels)
    step = (_WIDTH - left - 40) / max(1, count - 1)
    parts = []
    for quarter in range(5):
        value = reach * quarter / 4
        y = base - height * quarter // 4 + 10
        parts.append(f'<path d="M{left} {y}H{_WIDTH - 20}" stroke="#D5DBE3"/>')
        parts.append(_text(left - 8, y + 4, _number(value, translate), "end"))
    # As many labels as can be read.
    every = max(1, -(-count * 70 // (_WIDTH - left)))
    parts.extend(
        _text(left + number * step, base + 30, _short(label, 12), "middle")
        for number, label in enumerate(drawing.labels)
        if number % every == 0
    )
    for place, series in enumerate(drawing.series):
        points = [
            None
            if value is None
            else (left + number * step, base + 10 - _length(value, reach, height))
            for number, value in enumerate(series.values)
        ]
        parts.extend(_path(points, _colour(place)))
    return base + 40, parts


def _path(points: Sequence[tuple[float, int] | None], colour: str) -> Iterator[str]:
    """A line broken where there is no data."""
    steps, joined = [], False
    for point in points:
        if point:
            steps.append(f"{'L' if joined else 'M'}{point[0]:.1f} {point[1]}")
            yield f'<circle cx="{point[0]:.1f}" cy="{point[1]}" r="3" fill="{colour}"/>'
        joined = point is not None
    yield f'<path d="{"".join(steps)}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _reach(drawing: Drawing) -> Fraction:
    """Where the scale ends: a round number that no value exceeds; 100 for percents that come near it."""
    highest = drawing.highest
    if drawing.is_whole:
        return Fraction(100)
    size = Fraction(1)
    while size * 10 < highest:
        size *= 10
    return next((size * step for step in (1, 2, 4, 5, 8, 10) if size * step >= highest), size * 10)


def _length(value: Fraction | None, reach: Fraction, room: int) -> int:
    return 0 if value is None else max(0, round(value * room / reach))


def _number(value: Fraction | None, translate: Translate) -> str:
    if value is None:
        return translate("no data")
    return str(int(value)) if value.denominator == 1 else number_text(value, translate)


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _short(text: str, letters: int) -> str:
    """The table beside the chart has the whole name."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="#1C2430">{escape(text)}</text>'
    )
