"""The report for a terminal or a plain file: 80 columns, nothing but text."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connector.i18n import _
from connector.records import Finding
from connector.reports.render.about import about_blocks, warnings
from connector.reports.render.columns import fitted
from connector.reports.render.headings import head, rule_counts
from connector.reports.render.leaves import leaves, told, whole_tables
from connector.reports.render.legible import legible_report
from connector.reports.render.memo_blocks import memo_blocks
from connector.reports.render.sheets import (
    NUMERIC,
    Block,
    Translate,
    class_block,
    day_text,
    group_name,
    lesson_text,
    one_pupil,
    subject_name,
    teacher_block,
    teacher_names,
)
from connector.reports.render.tabular import cell_text
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.rulebook import RULE_SPECS

WIDTH = 80
# A space at which no line may be broken; shown as a plain one.
_KEPT = "\N{NO-BREAK SPACE}"


def table(report: Report, translate: Translate, *, width: int = WIDTH) -> bytes:
    """The report as UTF-8 text: head, tables, counts, each teacher's findings with dates, then what it rests on.

    Args:
        report: what to show.
        translate: into the report's language.
        width: characters a line, at least 40; a table too wide for it is shown as several, each with the first column.

    """
    text = "\n".join(_lines(legible_report(report), translate, width)) + "\n"
    return text.replace(_KEPT, " ").encode()


def _lines(report: Report, translate: Translate, width: int) -> Iterator[str]:
    title = translate(report.title)
    yield from (title, "=" * len(title))
    for warning in warnings(report, translate):
        yield from ("", *textwrap.wrap(f"! {warning}", width, subsequent_indent="  "))
    yield from ("", *_pairs(head(report, translate), width))
    counts = rule_counts(report, translate)
    if counts:
        yield from ("", *_pairs(counts, width))
    for block in _blocks(report, translate):
        yield from ("", *grid(told(block, translate), width, translate))
    for block in memo_blocks(report, translate):
        yield from ("", *grid(block, width, translate))
    if report.findings and report.lists_findings:
        for block in (teacher_block(report, translate), class_block(report, translate)):
            yield from ("", *grid(block, width, translate))
        yield from ("", *_headed(translate("Findings")), *_findings(report, translate, width))
    # The age of each class is detail for the workbook; here the head says it once.
    for block in () if report.is_one_page else about_blocks(report, translate):
        yield from ("", *grid(block, width, translate))


def _blocks(report: Report, translate: Translate) -> Iterator[Block]:
    """Tables about all, then all tables of each teacher or class; a note stands below the first table it is about."""
    said = {""}
    for block in _titled(report, translate):
        yield replace(block, note="") if block.note in said else block
        said.add(block.note)


def _titled(report: Report, translate: Translate) -> Iterator[Block]:
    for _table, block in whole_tables(report, translate, report.tables):
        yield block
    for group in leaves(report, translate, report.tables):
        for leaf in group.leaves:
            for block in leaf.blocks:
                title = f"{block.title}: {leaf.name}" if block.title else leaf.name
                yield replace(block, title=title)


def _headed(*lines: str) -> tuple[str, ...]:
    return *lines, "-" * max(map(len, lines))


def _pairs(pairs: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    listed = list(pairs)
    indent = max((len(label) for label, _ in listed), default=0) + 2
    for label, value in listed:
        yield from textwrap.wrap(
            f"{label + ':':<{indent}}{value}", width, subsequent_indent=" " * indent
        )


def _findings(report: Report, translate: Translate, width: int) -> Iterator[str]:
    """Teacher, class, rule: then subject and dates, as short as people would write them."""
    by_teacher: dict[str, dict[str, list[Finding]]] = {}
    for finding in report.findings:
        classes = by_teacher.setdefault(teacher_names(report, finding, translate), {})
        classes.setdefault(group_name(report, finding.edu_group_id), []).append(finding)
    for teacher in sorted(by_teacher, key=natural):
        yield from textwrap.wrap(teacher, width, subsequent_indent="  ")
        for group in sorted(by_teacher[teacher], key=natural):
            yield from textwrap.wrap(group, width, initial_indent="  ", subsequent_indent="    ")
            found = by_teacher[teacher][group]
            for rule in report.rules:
                listed = [finding for finding in found if finding.rule == rule]
                if listed:
                    label = f"{translate(RULE_SPECS[rule].short)} ({len(listed)}): "
                    text = label + "; ".join(_dates(report, listed, translate))
                    yield from textwrap.wrap(
                        text, width, initial_indent=" " * 4, subsequent_indent=" " * 6
                    )
    yield ""
    yield from textwrap.wrap(
        translate("In brackets: the number of the lesson and how many days late the entry is."),
        width,
    )


def _dates(report: Report, findings: Sequence[Finding], translate: Translate) -> Iterator[str]:
    by_subject: dict[str, list[str]] = {}
    for finding in findings:
        parts = (
            subject_name(report, finding.subject_id),
            one_pupil(report, finding, translate),
        )
        about = ", ".join(filter(None, parts))
        place = lesson_text(finding, translate)
        shown = f"{day_text(finding.date)} ({place})".replace(" ", _KEPT)
        by_subject.setdefault(about, []).append(shown)
    return (f"{about} {', '.join(dates)}" for about, dates in sorted(by_subject.items()))


def grid(block: Block, width: int, translate: Translate = _) -> Iterator[str]:
    """A block as an aligned table; long text is wrapped inside its column.

    Columns that do not fit beside each other follow below, again behind the first column. Numbers and days are whole.

    Args:
        block: of any number of columns.
        width: of the whole table.
        translate: into the report's language.

    """
    rows = [
        [
            cell_text(cell, column.kind, translate)
            for cell, column in zip(row, block.columns, strict=True)
        ]
        for row in block.rows
    ]
    titles = [column.title for column in block.columns]
    cells = [[title, *(row[place] for row in rows)] for place, title in enumerate(titles)]
    fit = fitted(block.columns, cells, width, of_heading=width)
    for number, places in enumerate(fit.bands, start=1):
        if number > 1:
            yield ""
        if block.title:
            turn = f" ({number}/{len(fit.bands)})" if len(fit.bands) > 1 else ""
            yield from _headed(*textwrap.wrap(f"{block.title}{turn}", width))
        yield from _band(block, [titles, *rows], places, fit.least, width)
    if block.note:
        yield from textwrap.wrap(block.note, width)


def _band(
    block: Block,
    cells: Sequence[Sequence[str]],
    places: Sequence[int],
    least: Sequence[int],
    width: int,
) -> Iterator[str]:
    """Some columns of a block, the headings first."""
    headings, *chosen = ([row[place] for place in places] for row in cells)
    right = [block.columns[place].kind in NUMERIC for place in places]
    widths = _widths([headings, *chosen], [least[place] for place in places], right, width)
    if any(headings):
        yield from _row(headings, widths, right)
    for number, row in enumerate(chosen, start=1):
        if block.has_totals and number == len(chosen):
            yield "  ".join("-" * size for size in widths)
        yield from _row(row, widths, right)


def _widths(
    rows: Sequence[Sequence[str]], least: Sequence[int], right: Sequence[bool], width: int
) -> list[int]:
    """Widths that fit: headings of numbers fold before names do, then the column with most to give gives way first."""
    widths = [max(*(len(row[at]) for row in rows), size) for at, size in enumerate(least)]
    room = width - 2 * (len(widths) - 1)
    if sum(widths) > room:
        widths = [
            low if number else size for size, low, number in zip(widths, least, right, strict=True)
        ]
    while sum(widths) > room:
        spare = [size - least[at] for at, size in enumerate(widths)]
        widest = max(range(len(widths)), key=lambda at: (spare[at] > 0, widths[at]))
        if spare[widest] <= 0:
            # A first column beside a single wide one: the words of both are broken.
            widest = widths.index(max(widths))
            if widths[widest] <= 1:
                break
        widths[widest] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    wrapped = [textwrap.wrap(cell, size) or [""] for cell, size in zip(cells, widths, strict=True)]
    for place in range(max(map(len, wrapped))):
        parts = [lines[place] if place < len(lines) else "" for lines in wrapped]
        aligned = [
            part.rjust(size) if to_right else part.ljust(size)
            for part, size, to_right in zip(parts, widths, right, strict=True)
        ]
        yield "  ".join(aligned).rstrip()
