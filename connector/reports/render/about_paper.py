"""What a report rests on, short enough for paper: the workbook and the page for a browser say it of every class."""

from collections.abc import Iterator
from dataclasses import replace

from connector.reports.render.about import about_blocks
from connector.reports.render.sheets import Block, Cell, Translate
from connector.reports.report import Report

# Lists of classes and groups with more lines are for the workbook; rules are always told.
_MOST_LINES = 12


def about_on_paper(report: Report, translate: Translate) -> Iterator[Block]:
    """How the data were read, the rules, the statuses; of long lists and of tables left out that the workbook has them."""
    data, *others = about_blocks(report, translate)
    always = {translate("Rules and clauses")}
    long = [
        block for block in others if len(block.rows) > _MOST_LINES and block.title not in always
    ]
    in_workbook = translate("see the workbook (lines: {count})")
    rows: list[tuple[Cell, ...]] = [
        *_unsaid(data, translate),
        *((block.title, in_workbook.format(count=len(block.rows))) for block in long),
        *(
            (translate(table.title), in_workbook.format(count=len(table.rows)))
            for table in report.tables
            if not table.on_paper
        ),
    ]
    yield replace(data, rows=tuple(rows))
    yield from (block for block in others if block not in long)


def _unsaid(data: Block, translate: Translate) -> Iterator[tuple[Cell, ...]]:
    """Without what stands on top of the first page."""
    said = {translate("As of"), translate("Age of the data"), translate("Attention")}
    return (row for row in data.rows if row[0] not in said)
