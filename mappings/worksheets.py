"""The work sheet of a restoration: what no published call brings back, for teachers to enter; and what is newer."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import xlsxwriter  # type: ignore[import-untyped]

from connector.i18n import N_
from connector.names import fold
from connector.planned import ByHand
from connector.vocab import ATTENDANCE, WORK_TYPES, label
from mappings.import_rows import FORMULA_STARTS

Translate = Callable[[str], str]

TITLES = (N_("To enter by hand"), N_("Newer in the diary"))
# Heading and width of each column.
COLUMNS = (
    (N_("Class"), 10),
    (N_("Teacher"), 28),
    (N_("Subject"), 22),
    (N_("Day"), 11),
    (N_("Lesson"), 8),
    (N_("Pupil"), 34),
    (N_("What"), 16),
    (N_("In the backup"), 40),
    (N_("In the diary"), 28),
    (N_("Why by hand"), 44),
)
WHAT = {
    "mark": N_("mark"),
    "attendance": N_("attendance"),
    "work": N_("work at the lesson"),
    "task": N_("homework of a pupil"),
    "topic": N_("topic of the lesson"),
    "final": N_("final mark"),
    "lesson": N_("the lesson itself"),
}
WHY = {
    "no_call": N_("no published call writes it"),
    "lesson_gone": N_("the diary no longer has the lesson"),
    "pupil_gone": N_("the diary no longer shows the pupil"),
    "several": N_("several marks for one work: nobody knows which one a call would replace"),
    "not_taken": N_("the diary did not take it"),
    "newer": N_("changed since the backup; nothing to do unless it is wrong"),
}
_TEXT_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Excel drops longer cells whole.
_LONGEST = 5_000
_SHEET_NAME = 31
_NUMBER = re.compile(r"(\d+)")


def worksheet(lines: Sequence[ByHand], names: Mapping[str, str], translate: Translate) -> bytes:
    """Make the workbook: one sheet to work through, one to look at. Both stand, with headings, even where empty.

    Args:
        lines: in any order; they are sorted by class, teacher, day and lesson.
        names: by `<table>:<id>` of persons, edu_groups, subjects and reporting_periods.
        translate: into the language of the school.

    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _TEXT_ONLY) as book:
        # Not the clock's moment: the same lines must give the same bytes.
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - a workbook knows no zone
        for title, newer in zip(TITLES, (False, True), strict=True):
            rows = [
                cells_of(one, names, translate) for one in lines if (one.why == "newer") is newer
            ]
            _write(book, translate(title)[:_SHEET_NAME], sorted(rows, key=_order), translate)
    return target.getvalue()


def cells_of(one: ByHand, names: Mapping[str, str], translate: Translate) -> tuple[str, ...]:
    """A line as a person reads it, in the order of `COLUMNS`."""

    def called(table: str, vendor_id: int | None) -> str:
        return "" if vendor_id is None else names.get(f"{table}:{vendor_id}") or str(vendor_id)

    day = date.fromisoformat(one.date).strftime("%d.%m.%Y") if one.date else ""
    return (
        called("edu_groups", one.edu_group_id),
        ", ".join(called("persons", teacher) for teacher in one.teacher_ids),
        called("subjects", one.subject_id),
        day or called("reporting_periods", one.period_id) or translate(N_("year")),
        "" if one.number is None else str(one.number),
        called("persons", one.person_id),
        translate(WHAT[one.what]),
        _told(one.what, one.value, translate),
        _told(one.what, one.now, translate),
        translate(WHY[one.why]),
    )


def _told(what: str, value: str, translate: Translate) -> str:
    """A code in words; what teachers wrote stays as it is."""
    if what == "attendance":
        status, space, comment = value.partition(" ")
        return translate(label(ATTENDANCE, status)) + space + comment if status else ""
    if what in ("work", "task") and value in WORK_TYPES:
        return translate(WORK_TYPES[value])
    return value


def _order(cells: tuple[str, ...]) -> tuple[object, ...]:
    group, teacher, _subject, day, number, pupil, *_rest = cells
    turned = "".join(reversed(day.split("."))) if day.count(".") == 2 else day
    return (_natural(group), fold(teacher), turned, int(number or 0), fold(pupil), cells)


def _natural(text: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, fold(part))
        for part in _NUMBER.split(text)
        if part
    ]


def _write(
    book: xlsxwriter.Workbook, title: str, rows: list[tuple[str, ...]], translate: Translate
) -> None:
    page = book.add_worksheet(title)
    heading = book.add_format({"bold": True, "border": 1, "bg_color": "#D9E1F2", "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
    quoted = book.add_format(
        {"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "quote_prefix": True}
    )
    for place, (name, width) in enumerate(COLUMNS):
        page.set_column(place, place, width)
        page.write_string(0, place, translate(name), heading)
    for number, cells in enumerate(rows, 1):
        for place, cell in enumerate(cells):
            look = quoted if cell.startswith(FORMULA_STARTS) else text
            page.write_string(number, place, cell[:_LONGEST], look)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
