"""The report as PDF/A-2b on A4: typeset by typst from data, so that no name is ever read as markup."""

import json
import re
from collections.abc import Iterable
from datetime import UTC
from importlib.resources import files
from itertools import chain, groupby, zip_longest
from typing import Any

import typst

from connector.i18n import N_
from connector.reports.render.grids import Grid, Lines
from connector.reports.render.legible import legible_report
from connector.reports.render.paper import Paper, paper
from connector.reports.render.sheets import Translate, day_text
from connector.reports.render.svg import svg
from connector.reports.report import Report

_TEMPLATE = files("connector.reports.render") / "templates" / "report.typ"
# Characters a line at 9 points, upright and lying. Letters shrink to 7.5 points before the page lies down or a table is
# shown in parts: smaller ones are not read.
_UPRIGHT, _LYING = 104, 160
_POINTS, _LIKED_POINTS, _LEAST_POINTS = 9.0, 8.0, 7.5
# The typesetter divides words as grammar asks.
_LINES = Lines(int(_UPRIGHT * _POINTS / _LEAST_POINTS), int(_LYING * _POINTS / _LEAST_POINTS), 9)
# A single page is made smaller as a whole.
_ONE_PAGE = Lines(230, 230, 7)
# What typesetting once more costs is little for so many pages.
_FEW_PAGES = 6
_PAGE = re.compile(rb"/Type\s*/Page\b")
_SHORT_ROWS, _SHORT_LETTERS = 15, 2500
# Longer words may be broken anywhere: a zero-width space says where.
_LONG_WORD = re.compile(r"\S{18}(?=\S)")
_BREAK = "\N{ZERO WIDTH SPACE}"
# What the letters that come with the typesetter have; others are shown as a box.
_KNOWN = re.compile(
    "[^\\x20-\\x7e\xa0-\u024f\u0370-\u03ff\u0400-\u052f\u2010-\u2027\u2030-\u203a\u20ac\u20bd\u2116\u2122\u200b]"
)
_BOX = "\N{WHITE SQUARE}"
_SAYINGS = {
    "findings": N_("Findings by teacher"),
    "charts": N_("Charts"),
    "about": N_("What the report rests on"),
    "attention": N_("Attention"),
    "checked": N_("Checked by"),
    "signature": N_("signature"),
    "name": N_("name"),
    "date": N_("date"),
    "page": N_("page"),
}


def pdf(report: Report, translate: Translate, *, lang: str) -> bytes:
    """The report on A4, headings repeated on each page, pages numbered.

    The same report gives the same bytes. A letter that no font at hand has is shown as a box, and the page says so.
    """
    seen = legible_report(report)
    data = _data(
        seen,
        paper(seen, translate, lines=_ONE_PAGE if report.is_one_page else _LINES),
        translate,
        lang,
    )
    try:
        return _shortest(data, report)
    except typst.TypstError:
        boxed = _map(data, lambda text: _KNOWN.sub(_BOX, text))
        boxed["warnings"].append(
            translate("Letters that this page has no font for are shown as {box}.").format(box=_BOX)
        )
        return _typeset(boxed, report)


def picture(drawing: str, *, ppi: float = 200) -> bytes:
    """An SVG drawing as PNG, for documents that hold no SVG."""
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.drawing), format: "svg", width: 760pt)\n'
    return _bytes(typst.compile(page, format="png", ppi=ppi * 0.6, sys_inputs={"drawing": drawing}))


def _shortest(data: dict[str, Any], report: Report) -> bytes:
    """Set closer where that saves the last page, for hardly anything stands on it; never what is handed out page by page."""
    made = _typeset(data, report)
    pages = len(_PAGE.findall(made))
    is_handed_out = any(one["new_page"] for run in data["grids"] for one in run["grids"])
    if not 1 < pages <= _FEW_PAGES or is_handed_out:
        return made
    closer = _typeset({**data, "close": True}, report)
    return closer if len(_PAGE.findall(closer)) < pages else made


def _typeset(data: dict[str, Any], report: Report) -> bytes:
    made = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        # Tags of every cell would make the file ten times larger; PDF/A-2b asks for none.
        pdf_tags=False,
        timestamp=int(report.made_at.astimezone(UTC).timestamp()),
    )
    return _bytes(made)


def _bytes(made: object) -> bytes:
    if not isinstance(made, bytes):
        msg = "one document was asked for"
        raise TypeError(msg)
    return made


def _data(report: Report, laid: Paper, translate: Translate, lang: str) -> dict[str, Any]:
    words = {key: translate(text) for key, text in _SAYINGS.items()}
    data = {
        "lang": lang,
        "title": laid.title,
        "one_page": report.is_one_page,
        "close": False,
        "as_of": day_text(report.as_of),
        "words": words,
        "warnings": list(laid.warnings),
        "head": [list(pair) for pair in laid.head],
        "counts": [list(pair) for pair in laid.counts],
        "charts_first": not any(one.charts_follow for one in laid.grids),
        "grids": _runs(laid.grids),
        "teachers": _runs(laid.teachers),
        "about": [_grid(one, _LEAST_POINTS) for one in laid.about],
        "about_ends_short": bool(laid.about) and _is_short(laid.about[-1]),
    }
    broken: dict[str, Any] = _map(
        data, lambda text: _LONG_WORD.sub(lambda found: found[0] + _BREAK, text)
    )
    broken["charts"] = [{"title": one.title, "svg": svg(one, translate)} for one in laid.drawings]
    return broken


def _is_short(grid: Grid) -> bool:
    """Whether a page surely holds it with something more."""
    return len(grid.rows) <= _SHORT_ROWS and sum(map(len, chain(*grid.rows))) <= _SHORT_LETTERS


def _runs(grids: Iterable[Grid]) -> list[dict[str, Any]]:
    """Tables that share pages: those that lie, beside each other, and those between them."""
    return [
        {"lying": lying, "grids": [_grid(one) for one in run]}
        for lying, run in groupby(grids, key=lambda one: one.lying)
    ]


def _grid(grid: Grid, largest: float = _POINTS) -> dict[str, Any]:
    room = _LYING if grid.lying else _UPRIGHT
    # Smaller letters where names would fold, the smallest only where words would be broken.
    readable = max(_LIKED_POINTS, _POINTS * room / grid.liked)
    points = max(_LEAST_POINTS, min(largest, readable, _POINTS * room / max(1, grid.line)))
    return {
        "title": grid.title,
        "heads": _heads(grid, room * _POINTS / points),
        "rows": [[list(cell) for cell in grid.joined(row)] for row in grid.rows],
        "right": list(grid.right),
        "shares": list(grid.widths(int(room * _POINTS / points))),
        "note": grid.note,
        "totals": grid.has_totals,
        "new_page": grid.on_new_page,
        "chapter": grid.chapter,
        "charts_follow": grid.charts_follow,
        "points": points,
    }


def _heads(grid: Grid, room: float) -> list[list[list[Any]]]:
    """Words of each heading and whether they stay whole: a word is divided only where its column is too narrow for it."""
    least = grid.least if grid.line <= room else ()
    return [
        [[word, len(word) <= size] for word in head.split(" ")]
        for head, size in zip_longest(grid.heads, least, fillvalue=0)
        if isinstance(head, str)
    ]


def _map(value: Any, change: Any) -> Any:  # noqa: ANN401 - JSON of any depth
    """The same JSON with every text changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _map(one, change) for key, one in value.items()}
    return value
