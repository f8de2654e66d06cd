"""Writes the files of the file channel: import workbooks for the diary's admin panel and the operator's checklist.

They hold children's names: each appears whole or not at all, readable by its owner only.
"""

import errno
import io
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from textwrap import wrap
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from connector.errors import OutputFull, UsageProblem
from connector.i18n import N_, _, translation
from connector.planned import Plan
from mappings.checklists import Checklist, ChecklistTable, checklist, plain_text
from mappings.import_rows import FORMULA_STARTS, Handover, ImportRow
from mappings.templates import ImportTemplate

CHECKLIST = "checklist.xlsx"
_IMPORT = "import-{number:02d}.xlsx"
_IMPORTS = "import-*.xlsx"
_A4 = 9
_LINE_POINTS = 15
# Room above and below, to tick by hand.
_ROW_POINTS = 5
# A row of Excel is at most 409 points high.
_MOST_LINES = 26
# Excel drops longer cells whole.
_LONGEST = 5_000
_SHEET_NAME = 31
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Ids keep their digits, and nothing typed in a school's file becomes a formula or a link.
_TEXT_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_imports(handover: Handover, template: ImportTemplate, folder: Path) -> list[Path]:
    """Write the rows as workbooks of at most the template's number of rows; none where there is no row.

    Raises:
        UsageProblem: the folder cannot be written, or holds more workbooks than this plan makes: uploading one that was
            left by another plan would do harm.
        OutputFull: no space left.

    """
    limit = template.row_limit
    parts = [handover.rows[start : start + limit] for start in range(0, len(handover.rows), limit)]
    files = {
        folder / _IMPORT.format(number=number): _import_bytes(rows, template)
        for number, rows in enumerate(parts, start=1)
    }
    strange = sorted(path.name for path in folder.glob(_IMPORTS) if path not in files)
    if strange:
        text = N_(
            "The folder {path} holds import files of another plan ({names}). Move them away or name an empty folder."
        )
        raise UsageProblem(_(text).format(path=folder, names=", ".join(strange)))
    _write(files)
    return list(files)


def write_checklist(
    plan: Plan,
    handover: Handover,
    names: Mapping[str, str],
    folder: Path,
    *,
    imports: Sequence[Path] = (),
    lang: str = "ru",
) -> Path:
    """Write the checklist as a workbook and, beside it, as plain text; returns the workbook's path.

    Raises:
        UsageProblem: the folder cannot be written.
        OutputFull: no space left.

    """
    translate = translation(lang).gettext
    made = checklist(plan, handover, names, [path.name for path in imports], translate)
    place = folder / CHECKLIST
    _write(
        {
            place: _checklist_bytes(made, plan),
            place.with_suffix(".txt"): plain_text(made).encode("utf-8", "replace"),
        }
    )
    return place


def _import_bytes(rows: Sequence[ImportRow], template: ImportTemplate) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _TEXT_ONLY)
    # Not the clock's moment: the same rows must give the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - a workbook knows no zone
    page = book.add_worksheet(template.sheet)
    heading = book.add_format({"bold": True, "num_format": "@", "border": 1, "bg_color": "#D9E1F2"})
    text = book.add_format({"num_format": "@"})
    # Stays text even where somebody edits the cell.
    quoted = book.add_format({"num_format": "@", "quote_prefix": True})
    for number, cells in enumerate(template.above):
        for place, cell in enumerate(cells):
            page.write_string(number, place, cell, text)
    top = len(template.above)
    for place, column in enumerate(template.columns):
        page.write_string(top, place, column.heading, heading)
        longest = max(len(row.values[column.field]) for row in rows) if column.field else 0
        page.set_column(place, place, min(40, max(longest, len(column.heading)) + 2), text)
        for number, row in enumerate(rows, start=top + 1):
            value = row.values[column.field] if column.field else ""
            if value:
                look = quoted if value.startswith(FORMULA_STARTS) else text
                page.write_string(number, place, value, look)
    page.freeze_panes(top + 1, 0)
    book.close()
    return target.getvalue()


def _checklist_bytes(made: Checklist, plan: Plan) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _TEXT_ONLY)
    created = datetime.fromisoformat(plan.created_at).astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": made.title, "created": created})
    title = book.add_format({"bold": True, "font_size": 14})
    step = book.add_format({"text_wrap": True, "valign": "top"})
    steps = book.add_worksheet(made.steps_title[:_SHEET_NAME])
    steps.set_column(0, 0, 4)
    steps.set_column(1, 1, 100)
    steps.write_string(0, 0, made.title, title)
    for number, text in enumerate(made.steps, start=1):
        steps.write_string(number + 1, 0, f"{number}.", step)
        steps.write_string(number + 1, 1, text, step)
        steps.set_row(number + 1, _LINE_POINTS * max(1, len(wrap(text, 100))))
    _paper(steps, made.title)
    for table in made.tables:
        _table(book, table, made.title)
    book.close()
    return target.getvalue()


def _paper(page: Any, title: str) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer("&L{}&R&P / &N".format(title.replace("&", "&&")))


def _table(book: Any, table: ChecklistTable, title: str) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    heading = book.add_format(
        {
            "bold": True,
            "bg_color": "#D9E1F2",
            "border": 1,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "left",
            "indent": 1,
        }
    )
    look = {
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "left",
        "indent": 1,
        "num_format": "@",
    }
    text = book.add_format(look)
    box = book.add_format({**look, "align": "center", "indent": 0, "font_size": 13})
    day = book.add_format({**look, "num_format": "dd.mm.yyyy"})
    page = book.add_worksheet(table.title[:_SHEET_NAME])
    last = len(table.columns) - 1
    for place, column in enumerate(table.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.heading, heading)
    for number, row in enumerate(table.rows, start=1):
        lines = 1
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(number, place, datetime.combine(cell, time.min), day)
            else:
                shown = (cell or "")[:_LONGEST]
                page.write_string(number, place, shown, box if place == last else text)
                if len(shown) > table.columns[place].width:
                    lines = max(lines, len(wrap(shown, table.columns[place].width)))
        page.set_row(number, _LINE_POINTS * min(lines, _MOST_LINES) + _ROW_POINTS)
    _paper(page, title)
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(table.rows), last)


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all files or none: they are renamed only when every one of them lies whole on the disk."""
    with ExitStack() as stack:
        scratches = {}
        path = None
        try:
            for path, content in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
                stack.callback(_forget, scratch)
                scratches[scratch] = path
                with os.fdopen(
                    os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
                ) as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
            for scratch, path in scratches.items():
                scratch.replace(path)
        except OSError as problem:
            if problem.errno in _NO_SPACE:
                raise OutputFull(path=str(path)) from problem
            text = N_("{path} cannot be written: {reason}. Name another folder.")
            raise UsageProblem(_(text).format(path=path, reason=problem.strerror)) from problem


def _forget(scratch: Path) -> None:
    with suppress(OSError):
        scratch.unlink()
