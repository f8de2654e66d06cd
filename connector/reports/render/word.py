"""The report as a Word document, filled into a template that the school may edit.

A template is a .docx with tags of docxtpl; docs/word-templates.md lists what they may name. Names are data, never tags.
"""

import io
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.shared import Length, Mm, Pt
from docxtpl import DocxTemplate, InlineImage  # type: ignore[import-untyped]

from connector.reports.render.grids import Grid, Lines
from connector.reports.render.legible import legible_report
from connector.reports.render.memo_tags import memo_tags
from connector.reports.render.paper import Paper, paper
from connector.reports.render.pdf import picture
from connector.reports.render.sheets import Translate, day_text
from connector.reports.render.svg import svg
from connector.reports.render.word_pages import settle_breaks, turn_pages
from connector.reports.render.word_template import fill, opened
from connector.reports.report import Report

_CHART_HEIGHT = Mm(85)
# Characters a line at 9 points, the size of the shipped templates; more with narrow margins in the cells. Those and
# letters of 7.5 points come before the page lies down. Word divides no words: those of headings are broken anywhere.
_UPRIGHT, _LYING, _POINTS = 84, 126, 9.0
_NARROW_UPRIGHT, _NARROW_LYING, _LEAST_POINTS = 100, 154, 7.5
_LINES = Lines(
    upright=int(_NARROW_UPRIGHT * _POINTS / _LEAST_POINTS),
    lying=int(_NARROW_LYING * _POINTS / _LEAST_POINTS),
    of_heading=12,
)
# Of a cell, in twentieths of a point; Word's own are 108.
_NARROW_MARGIN = "60"
_AFTER_MARGINS = ("tblLook", "tblCaption", "tblDescription", "tblPrChange")
# A single page has room for this size.
_ONE_PAGE_POINTS = 8.0
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


# Shipped templates: of every report, and of a memo.
REPORT, MEMO = "report", "spravka"


def built_in(lang: str, kind: str = REPORT) -> bytes:
    """The shipped template of a language, `REPORT` or `MEMO`; English where there is none."""
    folder = files("connector.reports.render") / "templates"
    own = folder / f"{kind}.{lang}.docx"
    return (own if own.is_file() else folder / f"{kind}.en.docx").read_bytes()


def docx(
    report: Report,
    translate: Translate,
    *,
    lang: str,
    template: bytes | None = None,
    template_name: str = "",
) -> bytes:
    """The report as a Word document.

    Args:
        report: what to show.
        translate: into the report's language.
        lang: picks the shipped template.
        template: the school's own; None means the shipped one.
        template_name: of its file, for what is said when it is broken.

    Raises:
        TemplateBroken: the template is no Word document, or a tag in it cannot be filled; its place is told.

    """
    kind = REPORT if report.memo is None else MEMO
    content = built_in(lang, kind) if template is None else template
    document = opened(content, template_name)
    seen = legible_report(report)
    laid = paper(seen, translate, lines=_LINES)
    fill(document, content, context(seen, laid, translate, document), template_name)
    largest = _ONE_PAGE_POINTS if seen.is_one_page else _POINTS
    _settle(document, (*laid.grids, *laid.teachers, *laid.about), largest)
    return saved(document, seen.made_at)


def context(
    report: Report, laid: Paper, translate: Translate, document: DocxTemplate
) -> dict[str, Any]:
    """What tags may name.

    Args:
        report: with legible names.
        laid: the same report laid out.
        translate: into the report's language.
        document: the opened template, for pictures become parts of it.

    """
    return {
        "title": laid.title,
        "as_of": day_text(report.as_of),
        "start": day_text(report.start),
        "end": day_text(report.end),
        "made_on": day_text(report.made_at.astimezone(report.zone).date()),
        "lessons_held": report.lessons_held,
        "found": len(report.findings),
        "rulebook": report.rulebook.name,
        "act": report.rulebook.act,
        "warnings": list(laid.warnings),
        "head": [{"label": label, "value": value} for label, value in laid.head],
        "counts": [{"label": label, "value": value} for label, value in laid.counts],
        "charts_first": not any(one.charts_follow for one in laid.grids),
        "charts": [
            {"title": one.title, "picture": _picture(document, picture(svg(one, translate)))}
            for one in laid.drawings
        ],
        "tables": [asdict(one) for one in laid.grids],
        "teachers": [asdict(one) for one in laid.teachers],
        "signers": list(laid.signers),
        "about": [asdict(one) for one in laid.about],
        **(memo_tags(report, translate) if report.memo else {}),
    }


def _picture(document: DocxTemplate, drawing: bytes) -> InlineImage:
    """As wide as the line, and no higher than a third of the page."""
    width, height = struct.unpack(">II", drawing[16:24])
    line = _line(document)
    high = Length(min(line * height // width, _CHART_HEIGHT))
    return InlineImage(document, io.BytesIO(drawing), height=high)


def _line(document: DocxTemplate, *, lying: bool = False) -> Length:
    """Width between the margins of the template's first section, as it stands or turned."""
    section = document.docx.sections[0]
    left, right = section.left_margin, section.right_margin
    page = (section.page_height or Mm(297)) if lying else (section.page_width or Mm(210))
    return Length(page - (left or 0) - (right or 0))


def _settle(document: DocxTemplate, grids: Iterable[Grid], largest: float) -> None:
    """Give tables that hold a grid its shares of the line and its letters, turn pages: a template cannot know what comes.

    Args:
        document: filled.
        grids: that it holds.
        largest: points of letters; where a grid has room for the template's size, that is left alone.

    """
    known = {grid.heads: grid for grid in grids if any(grid.heads)}
    upright, lying = _line(document).twips, _line(document, lying=True).twips
    met: list[bool] = []
    turned = []
    for table in document.docx.element.body.iter(f"{_W}tbl"):
        rows = table.findall(f"{_W}tr")
        heads = tuple(_text(cell) for cell in rows[0].findall(f"{_W}tc")) if rows else ()
        if heads in known:
            grid = known[heads]
            room, points = _LYING if grid.lying else _UPRIGHT, largest
            if grid.line > room:
                room = _NARROW_LYING if grid.lying else _NARROW_UPRIGHT
                points = max(_LEAST_POINTS, min(largest, _POINTS * room / grid.line))
                _narrow(table)
            if points < _POINTS:
                _set_letters(table, Pt(points))
            shares = grid.widths(int(room * _POINTS / points))
            line = lying if grid.lying else upright
            widths = [int(share * line / sum(shares)) for share in shares]
            _set_columns(table, rows, widths, grid.right)
            for row in rows:
                _join(row, grid)
            met.append(grid.lying)
            if grid.lying:
                turned.append(table)
    turn_pages(document.docx.element.body, turned, from_top=met[:1] == [True])
    settle_breaks(document.docx.element.body)


def _set_columns(
    table: Any,  # noqa: ANN401 - lxml is untyped
    rows: Iterable[Any],
    widths: Sequence[int],
    right: Sequence[bool],
) -> None:
    grid = table.find(f"{_W}tblGrid")
    for old in list(grid):
        grid.remove(old)
    for width in widths:
        grid.append(grid.makeelement(f"{_W}gridCol", {f"{_W}w": str(width)}))
    for row in rows:
        for cell, width, to_right in zip(row.findall(f"{_W}tc"), widths, right, strict=False):
            for size in cell.iter(f"{_W}tcW"):
                size.set(f"{_W}w", str(width))
                size.set(f"{_W}type", "dxa")
            for paragraph in cell.iter(f"{_W}p") if to_right else ():
                paragraph.get_or_add_pPr().get_or_add_jc().set(f"{_W}val", "right")


def _join(row: Any, grid: Grid) -> None:  # noqa: ANN401 - lxml is untyped
    """Make one cell of neighbours of which nothing is known."""
    cells = row.findall(f"{_W}tc")
    if len(cells) != len(grid.heads):
        return
    place = 0
    for _text_said, count in grid.joined([_text(cell) for cell in cells]):
        first, others = cells[place], cells[place + 1 : place + count]
        if others:
            first.grid_span = count
            first.width = Length(sum(cell.width or 0 for cell in (first, *others)))
            for paragraph in first.iter(f"{_W}p"):
                paragraph.get_or_add_pPr().get_or_add_jc().set(f"{_W}val", "center")
        for other in others:
            row.remove(other)
        place += count


def _narrow(table: Any) -> None:  # noqa: ANN401 - lxml is untyped
    """Let letters come nearer to the lines between cells."""
    looks = table.tblPr
    margins = looks.makeelement(f"{_W}tblCellMar")
    for side in ("left", "right"):
        sizes = {f"{_W}w": _NARROW_MARGIN, f"{_W}type": "dxa"}
        margins.append(margins.makeelement(f"{_W}{side}", sizes))
    for old in looks.findall(f"{_W}tblCellMar"):
        looks.remove(old)
    # Word asks for this order of what a table looks like.
    after = [one for name in _AFTER_MARGINS if (one := looks.find(f"{_W}{name}")) is not None]
    if after:
        after[0].addprevious(margins)
    else:
        looks.append(margins)


def _set_letters(table: Any, size: Length) -> None:  # noqa: ANN401 - lxml is untyped
    for run in table.iter(f"{_W}r"):
        run.get_or_add_rPr().sz_val = size


def _text(cell: Any) -> str:  # noqa: ANN401 - lxml is untyped
    return "".join(one.text or "" for one in cell.iter(f"{_W}t"))


def saved(document: DocxTemplate, moment: datetime) -> bytes:
    """The document's bytes; the same content gives the same, whatever the clock says."""
    at = moment.astimezone(UTC).replace(tzinfo=None)
    facts = document.docx.core_properties
    facts.created = facts.modified = at
    written = io.BytesIO()
    document.docx.save(written)
    settled = io.BytesIO()
    with ZipFile(written) as source, ZipFile(settled, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return settled.getvalue()
