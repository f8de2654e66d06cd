"""The report for a terminal or a plain file: 80 columns, nothing but text."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from connector.records import Finding
from connector.reports.render.about import about_blocks, head, warnings
from connector.reports.render.sheets import (
    Block,
    Cell,
    Kind,
    Translate,
    class_block,
    day_text,
    group_name,
    subject_name,
    teacher_block,
    teacher_names,
)
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.rulebook import RULE_SPECS

WIDTH = 80
_LEAST = 6
# A space at which no line may be broken; shown as a plain one.
_KEPT = "\N{NO-BREAK SPACE}"
_NUMBERS = frozenset({Kind.NUMBER, Kind.DAYS_LATE})


def table(report: Report, translate: Translate, *, width: int = WIDTH) -> bytes:
    """The report as UTF-8 text: head, counts, then each teacher's findings with dates, then what it rests on."""
    text = "\n".join(_lines(report, translate, width)) + "\n"
    return text.replace(_KEPT, " ").encode()


def _lines(report: Report, translate: Translate, width: int) -> Iterator[str]:
    title = translate(report.title)
    yield from (title, "=" * len(title), "")
    yield from _pairs(head(report, translate), width)
    counts = [(translate(RULE_SPECS[rule].title), str(report.found(rule))) for rule in report.rules]
    yield from ("", *_pairs(counts, width))
    for warning in warnings(report, translate):
        yield from ("", *textwrap.wrap(f"! {warning}", width, subsequent_indent="  "))
    if report.findings:
        for block in (teacher_block(report, translate), class_block(report, translate)):
            yield from ("", *grid(block, width))
        yield from ("", *_headed(translate("Findings")), *_findings(report, translate, width))
    # The age of each class is detail for the workbook; here the head says it once.
    for block in about_blocks(report, translate):
        yield from ("", *grid(block, width))


def _headed(title: str) -> tuple[str, str]:
    return title, "-" * len(title)


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
            yield f"  {group}"
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
        place = translate("{number}, late {days}").format(
            number=finding.lesson_number or "—", days=finding.days_late
        )
        shown = f"{day_text(finding.date)} ({place})".replace(" ", _KEPT)
        by_subject.setdefault(subject_name(report, finding.subject_id), []).append(shown)
    return (f"{subject} {', '.join(dates)}" for subject, dates in sorted(by_subject.items()))


def grid(block: Block, width: int) -> Iterator[str]:
    """A block as an aligned table; long text is wrapped inside its column.

    Args:
        block: at most as many columns as fit with six characters each.
        width: of the whole table.

    """
    if block.title:
        yield from _headed(block.title)
    rows = [[_shown(cell) for cell in row] for row in block.rows]
    titles = [column.title for column in block.columns]
    widths = _widths([titles, *rows], width)
    right = [column.kind in _NUMBERS for column in block.columns]
    if any(titles):
        yield from _row(titles, widths, right)
    for row in rows:
        yield from _row(row, widths, right)


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Widths that fit: the widest column gives way first."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    room = width - 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
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


def _shown(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%d.%m.%Y %H:%M")
    if isinstance(cell, date):
        return day_text(cell)
    return "" if cell is None else str(cell)
