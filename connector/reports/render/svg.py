"""Charts as SVG: drawn by us, so that a page needs no library and paper shows the same."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape

from connector.reports.render.drawings import Drawing
from connector.reports.render.sheets import Translate
from connector.reports.render.tabular import number_text

# Told apart by colour-blind readers and on a grey printer by their brightness.
COLOURS = ("#1D4F91", "#E08E0B", "#4FA3A5", "#A4161A", "#8FB8DE", "#6B4C9A", "#7A7A7A", "#C9C13D")
_WIDTH, _LABELS, _VALUES = 760, 230, 60
_ROW, _BAR = 21, 14
_LETTERS = 34
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
    """Bars that lie: their labels are names of people and classes."""
    reach = _reach(drawing)
    room = _WIDTH - _LABELS - _VALUES
    beside = 1 if drawing.kind == "stacked" else len(drawing.series)
    step = _ROW + (beside - 1) * (_BAR - 4)
    parts = []
    for number, label in enumerate(drawing.labels):
        y = top + number * step
        parts.append(_text(_LABELS - 8, y + step // 2 + 4, _short(label, _LETTERS), "end"))
        values = [series.values[number] for series in drawing.series]
        if drawing.kind == "stacked":
            parts.extend(_stack(values, y + 4, reach, room, translate))
        else:
            for place, value in enumerate(values):
                at = y + 4 + place * (_BAR - 4 if beside > 1 else _BAR)
                parts.append(
                    _bar(value, place, at, reach, translate, _BAR if beside == 1 else _BAR - 4)
                )
    return top + len(drawing.labels) * step + 6, parts


def _bar(
    value: Fraction | None, place: int, y: int, reach: Fraction, translate: Translate, thick: int
) -> str:
    room = _WIDTH - _LABELS - _VALUES
    long = _length(value, reach, room)
    return (
        f'<rect x="{_LABELS}" y="{y}" width="{long}" height="{thick}" fill="{_colour(place)}"/>'
        f"{_text(_LABELS + long + 6, y + thick - 3, _number(value, translate))}"
    )


def _stack(
    values: Sequence[Fraction | None], y: int, reach: Fraction, room: int, translate: Translate
) -> Iterator[str]:
    x = _LABELS
    for place, value in enumerate(values):
        long = _length(value, reach, room)
        if long:
            yield f'<rect x="{x}" y="{y}" width="{long}" height="{_BAR}" fill="{_colour(place)}"/>'
        x += long
    known = [value for value in values if value is not None]
    yield _text(x + 6, y + _BAR - 3, _number(sum(known, Fraction(0)) if known else None, translate))


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
