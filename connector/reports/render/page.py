"""The report as one page for a browser: sortable, filterable, printable, complete without a network."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from html import escape
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from connector.i18n import N_
from connector.reports.render.about import about_sheet, warnings
from connector.reports.render.columns import least_width
from connector.reports.render.compared import past_sheets
from connector.reports.render.drawings import drawings
from connector.reports.render.headings import head, rule_counts
from connector.reports.render.leaves import leaves, whole_tables
from connector.reports.render.legible import legible_report
from connector.reports.render.memo_blocks import memo_blocks
from connector.reports.render.sheets import (
    NUMERIC,
    SEVERITY_LABELS,
    Block,
    Cell,
    Column,
    Kind,
    Translate,
    class_block,
    findings_sheet,
    teacher_block,
)
from connector.reports.render.svg import svg
from connector.reports.render.tabular import cell_text
from connector.reports.report import Report
from connector.reports.tables import Unknown

_TEMPLATE = files("connector.reports.render") / "templates" / "report.html.j2"
_SAYINGS = {
    "attention": N_("Attention"),
    "filter": N_("Show only lines with"),
    "lines": N_("lines: {count}"),
    "charts": N_("Charts"),
    "findings": N_("Findings"),
    "about": N_("About the data"),
    "nothing": N_("Nothing was found."),
    "contents": N_("Contents"),
}
# Characters a line of 8 points on upright and on lying paper; wider tables are printed on it with smaller letters.
_UPRIGHT, _LYING, _POINTS, _LEAST_POINTS = 120, 185, 8.0, 4.5
# Letters of a heading that are kept together: not every browser divides words.
_WHOLE_WORDS = 14
# Longer words of a cell may be divided anywhere.
_LONG_WORD = 18
_LONG_WORDS = re.compile(rf"\S{{{_LONG_WORD}}}(?=\S)")
# Of a single page these stand whole, the others side by side.
_WIDE_TABLES = 2
# Days late and the looks, the gravest first.
_LATE = ((14, "bad"), (5, "warn"))
_SEVERITY_LOOKS = {"error": "bad", "warning": "warn", "info": "note"}


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the page.

    Attributes:
        title: above it.
        content: the `table` element.
        note: below it, or empty.
        points: size of its letters where it is printed on lying paper; 0 where it fits upright.
        on_new_page: whether paper begins a page with it.
        on_screen_only: whether paper leaves it out: a chart says it.
        is_half: whether it shares the line with the next one on paper.

    """

    title: str
    content: Markup
    note: str = ""
    points: float = 0
    on_new_page: bool = False
    on_screen_only: bool = False
    is_half: bool = False


def html(report: Report, translate: Translate, *, lang: str) -> bytes:
    """The report as an HTML page in UTF-8; nothing on it is fetched from anywhere.

    Args:
        report: what to show.
        translate: into the report's language.
        lang: the language's code.

    """
    seen = legible_report(report)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    say = {key: translate(text) for key, text in _SAYINGS.items()}
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        lang=lang,
        title=translate(seen.title),
        say=say,
        warnings=warnings(seen, translate),
        head=head(seen, translate),
        counts=rule_counts(seen, translate),
        charts=[
            # Our own drawing; every text in it is escaped there.
            (one.title, Markup(svg(one, translate)))  # noqa: S704 - as said above
            for one in drawings(seen, translate)
        ],
        tables=list(_tables(seen, translate)),
        findings=list(_findings(seen, translate)),
        judged=bool(seen.rules) and seen.lists_findings,
        about=[
            Part(block.title, _table(block, translate), block.note)
            for block in about_sheet(seen, translate).blocks
            if block.rows and not seen.is_one_page
        ],
        one_page=seen.is_one_page,
    )
    return page.encode()


def _tables(report: Report, translate: Translate) -> Iterator[Part]:
    drawn = {chart.table for chart in report.charts} if report.is_one_page else frozenset[str]()
    for place, (table, block) in enumerate(whole_tables(report, translate, report.tables)):
        yield Part(
            block.title,
            _table(block, translate),
            block.note,
            points=0 if report.is_one_page else _points(block, translate),
            on_screen_only=table.key in drawn,
            is_half=report.is_one_page and place >= _WIDE_TABLES,
        )
    for group in leaves(report, translate, report.tables):
        for leaf in group.leaves:
            for number, block in enumerate(leaf.blocks):
                yield Part(
                    f"{block.title}: {leaf.name}" if block.title else leaf.name,
                    _table(block, translate),
                    block.note,
                    points=_points(block, translate),
                    on_new_page=number == 0 and group.are_pages and report.memo is None,
                )


def _findings(report: Report, translate: Translate) -> Iterator[Part]:
    for block in memo_blocks(report, translate):
        yield Part(block.title, _table(block, translate))
    if not report.lists_findings:
        return
    for past in past_sheets(report, translate):
        block = past.blocks[0]
        yield Part(past.title, _table(block, translate), points=_points(block, translate))
    if not report.findings:
        return
    for block in (teacher_block(report, translate), class_block(report, translate)):
        yield Part(block.title, _table(block, translate))
    sheet = findings_sheet(report, translate)
    # The columns that serve machines are in the other formats.
    block = sheet.blocks[0]
    people = Block(
        "", block.columns[: sheet.printed], tuple(row[: sheet.printed] for row in block.rows)
    )
    yield Part(sheet.title, _table(people, translate), points=_points(people, translate))


def _least(block: Block, translate: Translate) -> list[int]:
    """Characters each column needs at least."""
    return [
        least_width(
            column,
            [column.title, *{cell_text(row[place], column.kind, translate) for row in block.rows}],
            _WHOLE_WORDS,
        )
        for place, column in enumerate(block.columns)
    ]


def _points(block: Block, translate: Translate) -> float:
    wanted = sum(least + 2 for least in _least(block, translate))
    if wanted <= _UPRIGHT:
        return 0
    return round(max(_LEAST_POINTS, min(_POINTS, _POINTS * _LYING / wanted)), 1)


def _table(block: Block, translate: Translate) -> Markup:
    """A table whose headings sort; totals stand in its foot."""
    looks = {translate(SEVERITY_LABELS[word]): look for word, look in _SEVERITY_LOOKS.items()}
    rows = block.rows[:-1] if block.has_totals else block.rows
    foot = block.rows[-1:] if block.has_totals else ()
    sortable = any(column.title for column in block.columns)
    made = "".join(
        (
            f"<table{' class=list' if sortable else ''}>",
            _heading(block.columns, _least(block, translate)) if sortable else "",
            "<tbody>",
            *_rows(rows, block.columns, looks, translate),
            "</tbody>",
            "<tfoot>" if foot else "",
            *_rows(foot, block.columns, looks, translate),
            "</tfoot>" if foot else "",
            "</table>",
        )
    )
    # Put together from escaped texts: a template would take minutes for 50,000 findings.
    return Markup(made)  # noqa: S704 - as said above


def _heading(columns: Sequence[Column], least: Sequence[int]) -> str:
    cells = "".join(
        f'<th scope="col" style="min-width:{size + 1}ch"{" class=n" if column.kind in NUMERIC else ""}>'
        f'<button type="button">{escape(column.title)}</button></th>'
        for column, size in zip(columns, least, strict=True)
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _rows(
    rows: Iterable[tuple[Cell, ...]],
    columns: tuple[Column, ...],
    looks: dict[str, str],
    translate: Translate,
) -> Iterator[str]:
    for row in rows:
        cells = "".join(
            _cell(cell, column.kind, looks, translate)
            for cell, column in zip(row, columns, strict=True)
        )
        yield f"<tr>{cells}</tr>\n"


def _cell(cell: Cell, kind: Kind, looks: dict[str, str], translate: Translate) -> str:
    look, key = _look(cell, kind, looks), _sort_key(cell)
    classed = f' class="{look}"' if look else ""
    sorted_by = f' data-v="{key}"' if key else ""
    text = cell_text(cell, kind, translate)
    if len(text) <= _LONG_WORD:
        return f"<td{classed}{sorted_by}>{escape(text)}</td>"
    # Only words longer than any column are divided, and the text stays what it is.
    pieces = "<wbr>".join(map(escape, _LONG_WORDS.sub(r"\g<0>\n", text).split("\n")))
    return f"<td{classed}{sorted_by}>{pieces}</td>"


def _look(cell: Cell, kind: Kind, looks: dict[str, str]) -> str:
    if isinstance(cell, Unknown):
        return "unknown n" if kind in NUMERIC else "unknown"
    if kind is Kind.SEVERITY:
        return looks.get(str(cell), "")
    if kind is Kind.DAYS_LATE and isinstance(cell, int):
        return next((f"n {look}" for days, look in _LATE if cell >= days), "n")
    return "n" if kind in NUMERIC else ""


def _sort_key(cell: Cell) -> str:
    """By what a browser sorts; empty where the text itself will do."""
    if isinstance(cell, (int, Fraction)):
        return f"{float(cell):g}" if isinstance(cell, Fraction) else str(cell)
    if isinstance(cell, (date, datetime)):
        return f"{cell:%Y%m%d%H%M}"
    return ""
