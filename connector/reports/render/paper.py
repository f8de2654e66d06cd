"""A report laid out for paper: what PDF and Word documents show, as texts and shares of a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connector.records import Finding
from connector.reports.render.about import about_blocks, warnings
from connector.reports.render.columns import fitted
from connector.reports.render.drawings import Drawing, drawings
from connector.reports.render.headings import head, rule_counts
from connector.reports.render.memo_blocks import memo_blocks
from connector.reports.render.sheets import (
    NUMERIC,
    Block,
    Column,
    Translate,
    class_block,
    day_text,
    group_name,
    lesson_text,
    one_pupil,
    subject_name,
    teacher_block,
    teacher_name,
)
from connector.reports.render.tabular import cell_text, parts
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.reports.tables import Table
from connector.rulebook import RULE_SPECS

# Rows on paper, some 120 pages. A table that goes beyond is left out, and the top says so: the workbook has it.
_MOST_ROWS = 5_000
# Most words have no more letters; longer ones are divided.
_WORD = 11
# A column of texts takes no more of the line, whatever its longest cell.
_WIDEST = 34


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts.

    Attributes:
        title: above it.
        heads: one a column; none at all where the table has no headings.
        rows: texts as people read them.
        right: whether a column is set to the right.
        shares: characters that each column would like to have.
        least: characters below which the words of a column are broken; empty where the texts may fold anywhere.
        note: below it, or empty.
        has_totals: whether the last row sums the others up.
        on_new_page: whether it begins a page.

    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    shares: tuple[int, ...]
    least: tuple[int, ...] = ()
    note: str = ""
    has_totals: bool = False
    on_new_page: bool = False

    @property
    def line(self) -> int:
        """Characters of the line below which words are broken, with the space between columns."""
        return sum(self.least) + 2 * len(self.least)

    def widths(self, room: int) -> tuple[float, ...]:
        """Characters of each column on a line of so many: what it needs, then whole words, then what it would like."""
        widths = [float(low) for low in self.least or (0,) * len(self.shares)]
        words = [min(share, _WORD) for share in self.shares]
        for wanted in (words, self.shares):
            wishes = [max(0, want - width) for want, width in zip(wanted, widths, strict=True)]
            spare = max(0, room - sum(widths) - 2 * len(widths))
            part = min(1.0, spare / max(1, sum(wishes)))
            widths = [width + wish * part for width, wish in zip(widths, wishes, strict=True)]
        return tuple(width + 2 for width in widths)


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is on paper, in this order.

    Attributes:
        title: of the report.
        warnings: what a reader must know first.
        head: labels and values.
        counts: findings by rule.
        drawings: charts.
        grids: tables, then counts by teacher and class.
        teachers: each teacher's findings; a lesson of two teachers stands with both.
        about: what the findings rest on.

    """

    title: str
    warnings: tuple[str, ...]
    head: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, str], ...]
    drawings: tuple[Drawing, ...]
    grids: tuple[Grid, ...]
    teachers: tuple[Grid, ...]
    about: tuple[Grid, ...]


def paper(report: Report, translate: Translate, *, width: int) -> Paper:
    """Lay out a report whose names are legible already.

    Args:
        report: what to show.
        translate: into the report's language.
        width: characters a line; a table too wide for it becomes several, each with its first columns.

    """
    room = _Room(_MOST_ROWS)
    grids = [
        grid
        for title, grids in _tables(report, translate, width)
        if room.holds(title, grids)
        for grid in grids
    ]
    teachers = list(_teachers(report, translate)) if report.lists_findings else []
    found = translate("Findings by teacher")
    left_out = translate("Too long for paper, see the workbook: {title} ({count}).")
    return Paper(
        title=translate(report.title),
        head=head(report, translate),
        counts=rule_counts(report, translate),
        drawings=drawings(report, translate),
        grids=tuple(grids),
        teachers=tuple(teachers) if room.holds(found, teachers) else (),
        about=tuple(
            grid
            for block in (() if report.is_one_page else about_blocks(report, translate))
            for grid in banded(block, translate, width)
        ),
        warnings=(
            *warnings(report, translate),
            *(left_out.format(title=title, count=count) for title, count in room.left_out),
        ),
    )


@dataclass(slots=True)
class _Room:
    """What is left of the paper, and what did not fit: titles and rows."""

    rows: int
    left_out: list[tuple[str, int]] = field(default_factory=list)

    def holds(self, title: str, grids: Sequence[Grid]) -> bool:
        """Take the room that tables need, if there is enough."""
        needed = sum(len(grid.rows) for grid in grids)
        if needed > self.rows:
            self.left_out.append((title, needed))
            return False
        self.rows -= needed
        return True


def _tables(
    report: Report, translate: Translate, width: int
) -> Iterator[tuple[str, Sequence[Grid]]]:
    """The report's tables, then the counts of findings, each with its title."""
    drawn = {chart.table for chart in report.charts} if report.is_one_page else frozenset[str]()
    for table in report.tables:
        if table.key in drawn:
            continue
        yield translate(table.title), list(_grids(report, table, translate, width))
    for block in memo_blocks(report, translate):
        yield block.title, list(banded(block, translate, width))
    if report.findings and report.lists_findings:
        for block in (teacher_block(report, translate), class_block(report, translate)):
            yield block.title, list(banded(block, translate, width))


def _grids(report: Report, table: Table, translate: Translate, width: int) -> Iterator[Grid]:
    for number, (name, block) in enumerate(parts(report, table, translate)):
        title = f"{block.title}: {name}" if name else block.title
        apart = number > 0 and report.memo is None
        yield from banded(block, translate, width, title=title, on_new_page=apart)


def banded(
    block: Block,
    translate: Translate,
    width: int,
    *,
    title: str | None = None,
    on_new_page: bool = False,
) -> Iterator[Grid]:
    """A block as one table, or as several that fit the line."""
    texts = [
        tuple(
            cell_text(cell, column.kind, translate)
            for cell, column in zip(row, block.columns, strict=True)
        )
        for row in block.rows
    ]
    cells = [
        [column.title, *(row[place] for row in texts)] for place, column in enumerate(block.columns)
    ]
    least, bands = fitted(block.columns, cells, width)
    heading = block.title if title is None else title
    for number, places in enumerate(bands, start=1):
        turn = f" ({number}/{len(bands)})" if len(bands) > 1 else ""
        yield Grid(
            title=f"{heading}{turn}",
            heads=tuple(heads)
            if any(heads := [block.columns[place].title for place in places])
            else (),
            rows=tuple(tuple(row[place] for place in places) for row in texts),
            right=tuple(block.columns[place].kind in NUMERIC for place in places),
            shares=tuple(
                max(least[place], _wish(block.columns[place], cells[place])) for place in places
            ),
            least=tuple(least[place] for place in places),
            note=block.note if number == len(bands) else "",
            has_totals=block.has_totals,
            on_new_page=on_new_page and number == 1,
        )


def _wish(column: Column, cells: Sequence[str]) -> int:
    """The longest text, of a number's heading the longest word."""
    if column.kind in NUMERIC:
        cells = cells[0].split()
    return min(_WIDEST, max(map(len, cells), default=0))


def _teachers(report: Report, translate: Translate) -> Iterator[Grid]:
    """Class, what is missing, subject, then the days: as short as people would write them."""
    nobody = translate("no teacher named")
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        names = [teacher_name(report, person, translate) for person in finding.teacher_ids]
        for name in names or [nobody]:
            found.setdefault(name, []).append(finding)
    pupils = any(len(finding.person_ids) == 1 for finding in report.findings)
    columns = (
        Column(translate("Class")),
        Column(translate("What is missing")),
        Column(translate("Subject")),
        *((Column(translate("Pupil")),) if pupils else ()),
        Column(translate("Lessons (number, days late)")),
    )
    shares = (8, 14, 22, 24, 34) if pupils else (10, 16, 26, 46)
    for name in sorted(found, key=lambda name: (name == nobody, natural(name))):
        rows: dict[tuple[str, ...], list[str]] = {}
        for finding in found[name]:
            about = (
                group_name(report, finding.edu_group_id),
                translate(RULE_SPECS[finding.rule].short),
                subject_name(report, finding.subject_id),
                *((one_pupil(report, finding, translate),) if pupils else ()),
            )
            place = lesson_text(finding, translate)
            rows.setdefault(about, []).append(f"{day_text(finding.date)} ({place})")
        ordered = sorted(rows.items(), key=lambda item: tuple(map(natural, item[0])))
        yield Grid(
            title=f"{name} ({len(found[name])})",
            heads=tuple(column.title for column in columns),
            rows=tuple((*about, "; ".join(days)) for about, days in ordered),
            right=(False,) * len(columns),
            shares=shares,
        )
