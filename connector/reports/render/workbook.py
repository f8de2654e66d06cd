"""The report as a workbook: ready to be sorted, filtered and printed on A4."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time

import xlsxwriter  # type: ignore[import-untyped]

from connector.records import Finding
from connector.reports.render.about import about_sheet, summary_sheet
from connector.reports.render.compared import past_sheets
from connector.reports.render.drawings import drawings
from connector.reports.render.leaves import leaves, whole_tables
from connector.reports.render.legible import legible_report
from connector.reports.render.memo_blocks import memo_blocks
from connector.reports.render.sheets import Block, Sheet, Translate, findings_sheet, teacher_name
from connector.reports.render.worksheet import Writer
from connector.reports.report import Report
from connector.reports.selection import natural

# With more findings nobody hands out sheets, and twice as many rows take twice the time.
_MOST_FOR_SHEETS = 20_000
# A spreadsheet's limit, and what it forbids in a sheet's name.
_NAME_LENGTH = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def xlsx(report: Report, translate: Translate) -> bytes:
    """The workbook: summary with charts, tables about all, a sheet a teacher or class, findings, what they rest on.

    Ids are text, for numbers that long lose their end. The same report gives the same bytes.
    """
    seen = legible_report(report)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            # Rows go to a scratch file readable by its owner only: 50,000 findings do not fit in a small memory.
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # Not the clock's moment: the same report must give the same bytes.
    created = datetime.combine(seen.as_of, time.min, UTC).replace(tzinfo=None)
    book.set_properties({"title": translate(seen.title), "created": created})
    names = SheetNames()
    writer = Writer(book, seen, translate)
    charts = drawings(seen, translate)
    data = names.unique(translate("Chart data")) if charts else ""
    for sheet in _sheets(seen, translate):
        writer.add(sheet, names.unique(sheet.title))
    if charts:
        writer.draw(charts, data)
    book.close()
    return target.getvalue()


def _sheets(report: Report, translate: Translate) -> Iterator[Sheet]:
    yield summary_sheet(report, translate)
    for _table, block in whole_tables(report, translate, report.tables):
        yield Sheet(block.title, (block,), is_list=True)
    found = _by_teacher(report, translate)
    for group in leaves(report, translate, report.tables):
        for leaf in group.leaves:
            own = found.pop(leaf.name, None) if group.of_teachers else None
            blocks = (*leaf.blocks, *((_own(own, translate),) if own else ()))
            yield Sheet(leaf.name, blocks, is_list=len(blocks) == 1)
    if report.memo:
        yield Sheet(translate("Conclusions"), memo_blocks(report, translate))
    if report.rules and report.lists_findings:
        yield findings_sheet(report, translate)
        yield from past_sheets(report, translate)
    yield about_sheet(report, translate)
    for name, own in found.items():
        yield replace(own, title=name)


def _by_teacher(report: Report, translate: Translate) -> dict[str, Sheet]:
    """Each teacher's findings, to be handed out; nothing when all are one teacher's, or far too many."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings if report.lists_findings else ():
        for person in finding.teacher_ids:
            found.setdefault(teacher_name(report, person, translate), []).append(finding)
    if len(found) < 2 or len(report.findings) > _MOST_FOR_SHEETS:
        return {}
    return {name: _titled(report, found[name], translate) for name in sorted(found, key=natural)}


def _titled(report: Report, found: Iterable[Finding], translate: Translate) -> Sheet:
    sheet = findings_sheet(report, translate, found)
    return replace(sheet, blocks=(replace(sheet.blocks[0], title=translate("Each finding")),))


def _own(sheet: Sheet, translate: Translate) -> Block:
    """Findings below a teacher's tables: without the name and without columns that serve machines."""
    block = sheet.blocks[0]
    kept = [
        place
        for place, column in enumerate(block.columns[: sheet.printed])
        if column.title != translate("Teacher")
    ]
    return replace(
        block,
        columns=tuple(block.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in block.rows),
    )


class SheetNames:
    """Names of sheets: short, without what spreadsheets forbid, each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = {"history"}

    def unique(self, title: str) -> str:
        """A name near to the title that no earlier sheet has."""
        plain = _FORBIDDEN.sub(" ", title).strip(" '") or "–"
        name, number = _cut(plain, ""), 1
        while name.casefold() in self._taken:
            number += 1
            name = _cut(plain, f" ({number})")
        self._taken.add(name.casefold())
        return name


def _cut(name: str, end: str) -> str:
    """Spreadsheets count in halves of UTF-16."""
    kept = name.encode("utf-16-le")[: 2 * (_NAME_LENGTH - len(end))]
    return kept.decode("utf-16-le", "ignore").strip(" '") + end
