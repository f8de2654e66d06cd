"""Open questions as a workbook for those who know the children, and their answers back from it."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter  # type: ignore[import-untyped]

from connector.i18n import N_, _
from connector.planned import Question
from mappings.sheets import read_workbook

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
    """Read the filled lines back; unfilled ones are left out.

    Raises:
        mappings.sheets.Unusable: it is no workbook.

    """
    sheet = read_workbook(data)[0]
    answers = []
    for number, row in enumerate(sheet.rows[1:], 2):
        cells = [str(cell).strip() if cell is not None else "" for cell in row]
        if len(cells) < len(HEADINGS) or not cells[0] or not cells[len(HEADINGS) - 1]:
            continue
        answers.append(_answer(number, cells[0], cells[len(HEADINGS) - 1]))
    return answers


def _answer(row: int, code: str, text: str) -> Answer:
    word = text.casefold()
    if word in NEW_WORDS:
        return Answer(row, code, is_new=True)
    if word in NONE_WORDS:
        return Answer(row, code, refuses=True)
    number = text.partition(" ")[0]
    # Excel turns a typed id of 19 digits into a rounded number: better asked again than guessed.
    if not number.isdecimal() or "E" in text.upper():
        return Answer(row, code, wrong=text[:24])
    return Answer(row, code, vendor_id=int(number))
