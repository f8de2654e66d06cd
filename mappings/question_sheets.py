"""Open questions as a workbook for those who know the children, and their answers back from it."""

import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import xlsxwriter  # type: ignore[import-untyped]

from connector.i18n import LANGUAGES, N_, _, translation
from connector.planned import Question
from mappings.apart import read_apart
from mappings.containers import what_it_is
from mappings.sheets import Cell, Unusable, read_workbook

HEADINGS = (
    N_("Code"),
    N_("What"),
    N_("In the file"),
    N_("Why it is asked"),
    N_("Choices at the vendor"),
    N_("Answer"),
)
WIDTHS = (11, 14, 38, 30, 60, 22)
# Answers that mean "the vendor has none yet" and "none of these", in both languages.
NEW_WORDS = frozenset({"new", "новый", "новая", "новое"})
NONE_WORDS = frozenset({"none", "нет", "никто", "-"})
ANSWER = len(HEADINGS) - 1
CODE_LENGTH = 8
# From here on a number of a sheet may be another one than was typed.
EXACT = 2**53
TWICE = "2 ×"
_ID = re.compile(r"([1-9][0-9]{0,18})(?=\s+\D|$)")


@dataclass(frozen=True, slots=True)
class Answer:
    """A filled line: a vendor id, or one of the words; `wrong` tells what cannot be understood."""

    row: int
    code: str
    vendor_id: int | None = None
    is_new: bool = False
    refuses: bool = False
    wrong: str = ""


def write_questions(
    questions: Sequence[tuple[str, Question]],
    reasons: Mapping[str, str],
    resources: Mapping[str, str],
) -> bytes:
    """Make the workbook; every cell is text, so that ids keep their digits and nothing becomes a formula.

    Args:
        questions: with their codes.
        reasons: words for `Question.reason`, translated.
        resources: words for `Question.resource`, translated.

    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("Questions"))
        bold = book.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True}
        )
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        asked = book.add_format(
            {"bg_color": "#FFF7D6", "valign": "top", "num_format": "@", "border": 1}
        )
        for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, _(heading), bold)
        for row, (code, question) in enumerate(questions, 1):
            choices = "\n".join(
                f"{c.vendor_id} — {c.label} ({c.score} %)" for c in question.candidates
            )
            cells = (
                code,
                resources.get(question.resource, question.resource),
                question.label,
                reasons.get(question.reason, question.reason),
                choices,
            )
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, plain)
            only = (
                str(question.candidates[0].vendor_id)
                if question.unique and question.candidates
                else ""
            )
            sheet.write_string(row, len(cells), only, asked)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(questions)), len(HEADINGS) - 1)
        help_sheet = book.add_worksheet(_("How to answer"))
        help_sheet.set_column(0, 0, 100)
        for row, text in enumerate(
            (
                _("Write the number of the right choice into the last column."),
                _(
                    'Write "new" where the vendor has no such object yet, "none" where none of the choices is right.'
                ),
                _("Leave the cell empty where you do not know. Change nothing else."),
            )
        ):
            help_sheet.write_string(row, 0, text)
    return target.getvalue()


def read_answers(data: bytes) -> list[Answer]:
    """Read the filled lines back; unfilled ones are left out, what stands twice with two answers is wrong.

    Raises:
        mappings.sheets.Unusable: it is no workbook, or none of ours.

    """
    answers = [
        _answer(number, _code(row[0]), row[ANSWER])
        for number, row in enumerate(_rows(data), 2)
        if len(row) > ANSWER and row[0] is not None and _said(row[ANSWER])
    ]
    said = {(a.code, a.vendor_id, a.is_new, a.refuses) for a in answers}
    times = Counter(code for code, *_rest in said)
    return [replace(a, wrong=a.wrong or TWICE) if times[a.code] > 1 else a for a in answers]


def _rows(data: bytes) -> Sequence[Sequence[Cell]]:
    kind = what_it_is(data)
    if kind not in ("xlsx", "workbook"):
        raise Unusable("not_a_table", kind)
    for sheet in read_workbook(data) if kind == "xlsx" else read_apart(data):
        if sheet.rows and _is_ours(sheet.rows[0]):
            return sheet.rows[1:]
    raise Unusable("not_a_table", "questions")


def _is_ours(heading: Sequence[Cell]) -> bool:
    """Whether a first row is ours, in whichever language it was written."""
    words = [str(cell).strip() for cell in heading[: len(HEADINGS)]]
    return any(words == [translation(lang).gettext(h) for h in HEADINGS] for lang in LANGUAGES)


def _code(cell: Cell) -> str:
    """A code; eight digits that became a number have lost their zeros."""
    return str(cell).strip().rjust(CODE_LENGTH, "0") if isinstance(cell, int) else str(cell).strip()


def _said(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _answer(row: int, code: str, cell: Cell) -> Answer:
    text = str(cell).strip()
    word = text.casefold()
    if word in NEW_WORDS:
        return Answer(row, code, is_new=True)
    if word in NONE_WORDS:
        return Answer(row, code, refuses=True)
    # The line of a choice may have been copied whole: the id stands before the name.
    number = _ID.match(text)
    # Excel turns a typed id of 19 digits into a rounded number: better asked again than guessed.
    exact = isinstance(cell, str) or (type(cell) is int and abs(cell) < EXACT)
    if number is None or not exact:
        return Answer(row, code, wrong=text[:24])
    return Answer(row, code, vendor_id=int(number[1]))
