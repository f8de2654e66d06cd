"""A report laid out for paper: what PDF and Word documents show, as texts and shares of a line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connector.records import Finding
from connector.reports.render.about import warnings
from connector.reports.render.about_paper import about_on_paper
from connector.reports.render.drawings import Drawing, drawings
from connector.reports.render.grids import Grid, Lines, banded, widest
from connector.reports.render.headings import head, rule_counts
from connector.reports.render.leaves import Leaves, leaves, told, whole_tables
from connector.reports.render.memo_blocks import memo_blocks
from connector.reports.render.sheets import (
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
from connector.reports.render.tabular import parts
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.reports.tables import Table
from connector.rulebook import RULE_SPECS

# Rows on paper, some 120 pages. A table that goes beyond is left out, and the top says so: the workbook has it.
_MOST_ROWS = 5_000
# Bars that a third of a page holds.
_MOST_BARS = 25
# More rows would push the charts off the first page.
_FIRST_ROWS = 30
# A table of this key says of each teacher what the list of findings would say again.
_REMARKS = "remarks"


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is on paper, in this order.

    Attributes:
        title: of the report.
        warnings: what a reader must know first.
        head: labels and values.
        counts: findings by rule.
        drawings: charts; below the table that says so, else above all tables.
        grids: tables about all, counts by teacher and class, then the pages of each teacher or class.
        teachers: findings of teachers who have no page, one table each; a lesson of two teachers stands with both.
        signers: teachers with findings, and how many.
        about: what the findings rest on.

    """

    title: str
    warnings: tuple[str, ...]
    head: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, str], ...]
    drawings: tuple[Drawing, ...]
    grids: tuple[Grid, ...]
    teachers: tuple[Grid, ...]
    signers: tuple[str, ...]
    about: tuple[Grid, ...]


def paper(report: Report, translate: Translate, *, lines: Lines) -> Paper:
    """Lay out a report whose names are legible already.

    Args:
        report: what to show.
        translate: into the report's language.
        lines: what a line holds; a table too wide for it becomes several, each with its first columns.

    """
    room = _Room(_MOST_ROWS)
    drawn = drawings(report, translate, most=_MOST_BARS)
    found = _findings(report, translate) if report.lists_findings else {}
    grids = [
        grid
        for title, made in _whole(report, translate, lines)
        if room.holds(title, made)
        for grid in made
    ]
    if drawn and report.memo is None:
        grids = _before_charts(grids)
    elsewhere = dict(found)
    for group in () if report.memo else leaves(report, translate, _on_paper(report)):
        says_findings = any(table.key == _REMARKS for table in group.tables)
        own = {} if says_findings or not group.of_teachers else elsewhere
        pages = list(_pages(group, own, translate, lines))
        if not room.holds(group.title(translate), pages):
            continue
        grids += pages
        if group.of_teachers:
            named = {leaf.name for leaf in group.leaves}
            elsewhere = {name: grid for name, grid in elsewhere.items() if name not in named}
    title = translate("Findings by teacher")
    teachers = tuple(elsewhere.values())
    left_out = translate("Too long for paper, see the workbook: {title} ({count}).")
    nobody = translate("no teacher named")
    return Paper(
        title=translate(report.title),
        head=head(report, translate),
        counts=rule_counts(report, translate),
        drawings=drawn,
        grids=tuple(grids),
        teachers=teachers if room.holds(title, teachers) else (),
        signers=tuple(grid.title for name, grid in found.items() if name != nobody),
        about=tuple(
            grid
            for block in (() if report.is_one_page else about_on_paper(report, translate))
            for grid in banded(block, translate, lines, lies=False)
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


def _on_paper(report: Report) -> list[Table]:
    return [table for table in report.tables if table.on_paper]


def _whole(
    report: Report, translate: Translate, lines: Lines
) -> Iterator[tuple[str, Sequence[Grid]]]:
    """Tables about all, then the counts of findings, each with its title; all tables of a memo in their order."""
    if report.memo:
        for table in _on_paper(report):
            yield translate(table.title), list(_in_order(report, table, translate, lines))
        for block in memo_blocks(report, translate):
            yield block.title, list(banded(block, translate, lines))
        return
    drawn = {chart.table for chart in report.charts} if report.is_one_page else frozenset[str]()
    said: set[str] = set()
    for table, block in whole_tables(report, translate, _on_paper(report)):
        if table.key not in drawn:
            # A note stands below the first table it is about.
            note = "" if block.note in said else block.note
            said.add(block.note)
            shown = told(replace(block, note=note), translate)
            lies = not report.is_one_page
            yield block.title, list(banded(shown, translate, lines, lies=lies))
    if report.findings and report.lists_findings:
        for block in (teacher_block(report, translate), class_block(report, translate)):
            yield block.title, list(banded(block, translate, lines))


def _in_order(report: Report, table: Table, translate: Translate, lines: Lines) -> Iterator[Grid]:
    named = [(name, told(block, translate)) for name, block in parts(report, table, translate)]
    beside = widest((block for _name, block in named), translate)
    for name, block in named:
        title = f"{block.title}: {name}" if name else block.title
        yield from banded(block, translate, lines, title=title, beside=beside)


def _before_charts(grids: list[Grid]) -> list[Grid]:
    """Let the charts follow the first table where it leaves them room on the first page."""
    if not grids or grids[0].lying or len(grids[0].rows) > _FIRST_ROWS:
        return grids
    return [replace(grids[0], charts_follow=True), *grids[1:]]


def _pages(
    group: Leaves, found: Mapping[str, Grid], translate: Translate, lines: Lines
) -> Iterator[Grid]:
    """All tables of one teacher or class together, upright, for they are handed out."""
    leaves_told = [
        (leaf, [told(block, translate) for block in leaf.blocks]) for leaf in group.leaves
    ]
    beside = widest((block for _leaf, blocks in leaves_told for block in blocks), translate)
    # Of classes with a short table each, its title is said once.
    is_list = not group.are_pages and all(len(blocks) == 1 for _leaf, blocks in leaves_told)
    for number, (leaf, blocks) in enumerate(leaves_told):
        own = [
            grid
            for block in blocks
            for grid in banded(block, translate, lines, lies=False, beside=beside)
        ]
        if leaf.name in found:
            own.append(replace(found[leaf.name], title=translate("Findings")))
        apart = number == 0 or group.are_pages
        if is_list and len(own) == 1:
            chapter = own[0].title if number == 0 else ""
            yield replace(own[0], chapter=chapter, title=leaf.name, on_new_page=apart)
        else:
            yield replace(own[0], chapter=leaf.name, on_new_page=apart)
            yield from own[1:]


def _findings(report: Report, translate: Translate) -> dict[str, Grid]:
    """By teacher, those that name nobody last: class, what is missing, subject, then the days."""
    nobody = translate("no teacher named")
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        names = [teacher_name(report, person, translate) for person in finding.teacher_ids]
        for name in names or [nobody]:
            found.setdefault(name, []).append(finding)
    return {
        name: _findings_of(report, f"{name} ({len(found[name])})", found[name], translate)
        for name in sorted(found, key=lambda name: (name == nobody, natural(name)))
    }


def _findings_of(
    report: Report, title: str, found: Sequence[Finding], translate: Translate
) -> Grid:
    # Else a column that is nearly empty would take the room of the days.
    pupils = 2 * sum(len(finding.person_ids) == 1 for finding in found) > len(found)
    heads = (
        translate("Class"),
        translate("What is missing"),
        translate("Subject"),
        *((translate("Pupil"),) if pupils else ()),
        translate("Lessons (number, days late)"),
    )
    return Grid(
        title=title,
        heads=heads,
        rows=tuple(_lines_of(report, found, translate, pupils=pupils)),
        right=(False,) * len(heads),
        shares=(13, 14, 20, 22, 33) if pupils else (13, 15, 26, 46),
    )


def _lines_of(
    report: Report, found: Iterable[Finding], translate: Translate, *, pupils: bool
) -> Iterator[tuple[str, ...]]:
    """As short as people would write them."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for finding in found:
        subject = subject_name(report, finding.subject_id)
        pupil = one_pupil(report, finding, translate)
        about = (
            group_name(report, finding.edu_group_id),
            translate(RULE_SPECS[finding.rule].short),
            *((subject, pupil) if pupils else (", ".join(filter(None, (subject, pupil))),)),
        )
        place = lesson_text(finding, translate)
        rows.setdefault(about, []).append(f"{day_text(finding.date)} ({place})")
    for about, days in sorted(rows.items(), key=lambda item: tuple(map(natural, item[0]))):
        yield (*about, "; ".join(days))
