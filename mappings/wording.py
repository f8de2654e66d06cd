"""What the problems of class lists say and advise, by rule word. docs/files.md explains each at length."""

import re
from dataclasses import dataclass

from connector.i18n import N_, _
from mappings.findings import Findings

_SNILS = re.compile(r"(?<!\d)\d{3}\D?\d{3}\D?\d{3}\D?\d{2}(?!\d)")
Where = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentence and advice of one rule; `refuses` as in `Problem`."""

    text: str
    fix: str
    refuses: bool = True


_SAVE = N_("Open it in the program that made it and save it as xlsx.")

# --- files
FILES = {
    "empty_file": Wording(N_("The file is empty."), N_("Save it again or take another copy.")),
    "too_large": Wording(
        N_("The file is larger than any list of a school."), N_("Check that it is the right file.")
    ),
    "zip_bomb": Wording(
        N_("Unpacked, the file would be enormous."), N_("Do not use it; ask where it came from.")
    ),
    "xml_forbidden": Wording(
        N_("The file has XML definitions of its own, which lists never need."),
        N_("Do not use it; ask where it came from."),
    ),
    "password": Wording(
        N_("The file is protected by a password."),
        N_("Open it in Excel, remove the password and save it."),
    ),
    "damaged": Wording(
        N_("The file is damaged or was cut short."), N_("Copy it again or save it anew.")
    ),
    "encoding": Wording(
        N_("The letters of the text cannot be told: unknown encoding."),
        N_("Save it as CSV in UTF-8."),
    ),
    "far_cell": Wording(
        N_("A cell is filled far away from the table."),
        N_("Go to the last cell (Ctrl+End), clear what stands there and save."),
    ),
    "not_a_table": Wording(N_("The file is no table."), _SAVE),
    "folder": Wording(
        N_("This is a folder without OneRoster files."), N_("Name the files themselves.")
    ),
    "unreadable": Wording(
        N_("The file cannot be read."), N_("Check its rights and whether it is open elsewhere.")
    ),
    "not_recognised": Wording(
        N_("No class list, timetable or OneRoster data was found in the file."),
        N_("A class list needs a row of headings: Фамилия, Имя, Отчество, Класс or ФИО."),
    ),
    "no_records": Wording(
        N_("There are headings, but no pupil below them."), N_("Check that it is the right file.")
    ),
}
# --- sheets
SHEETS = {
    "no_header": Wording(
        N_("No row of headings was found on the sheet."),
        N_("Put a row of headings above the names: Фамилия, Имя, Отчество, Класс or ФИО."),
    ),
    "sheet_skipped": Wording(
        N_("The sheet holds no list of pupils and is not used."),
        N_("Nothing to do, if that is so; else give it a row of headings."),
        refuses=False,
    ),
    "hidden_sheet": Wording(
        N_("The sheet is hidden and is not used."),
        N_("Show it in Excel if its pupils belong to the list, else delete it."),
        refuses=False,
    ),
    "empty_class": Wording(
        N_("The sheet of the class has no pupils; the class is left alone."),
        N_("Fill it, or delete the sheet."),
        refuses=False,
    ),
    "heading_twice": Wording(
        N_("Several columns have one meaning; the first of them is used."),
        N_("Rename or delete the others."),
        refuses=False,
    ),
    "side_by_side": Wording(
        N_("Two lists stand side by side; only the left one was read."),
        N_("Put each list on a sheet of its own, or one below the other."),
    ),
    "title_contradicts": Wording(
        N_("The title names one class and the sheet another."),
        N_("Correct the title or the name of the sheet."),
    ),
    "class_without_letter": Wording(
        N_("The class has no letter, though others of its year have one."),
        N_("Add the letter, if it has one."),
        refuses=False,
    ),
}
# --- rows
ROWS = {
    "no_name": Wording(
        N_("The row holds data, but no name."), N_("Fill in the name or clear the row.")
    ),
    "no_last_name": Wording(N_("There is no last name."), N_("Fill in the last name.")),
    "no_first_name": Wording(N_("There is no first name."), N_("Fill in the first name.")),
    "initials": Wording(
        N_("Initials stand where a full name is needed."), N_("Write the name in full.")
    ),
    "name_characters": Wording(N_("A name has digits or signs in it."), N_("Leave the name only.")),
    "mixed_letters": Wording(
        N_("A word mixes Latin and Cyrillic letters."), N_("Type the name again in one alphabet.")
    ),
    "latin_name": Wording(
        N_("A part of a Russian name is written in Latin letters."),
        N_("Check it against the documents."),
        refuses=False,
    ),
    "name_split": Wording(
        N_("It is not certain where the last name ends and the first name begins."),
        N_("Check the parts, or use separate columns."),
        refuses=False,
    ),
    "name_order": Wording(
        N_("The parts of the name seem to stand in another order."),
        N_("Write last name, first name, patronymic."),
        refuses=False,
    ),
    "no_class": Wording(
        N_("It is not said which class the pupil is in."),
        N_("Fill in the class in each row, or name the sheet after the class."),
    ),
    "bad_class": Wording(
        N_("This is no class name."), N_("Write it like 5А, with a Cyrillic letter.")
    ),
    "class_is_date": Wording(
        N_("The spreadsheet turned the class name into a date."),
        N_("Make the cell a text cell and type the class again."),
    ),
    "class_contradicts": Wording(
        N_("The row names one class and the sheet another."), N_("Correct the row or the sheet.")
    ),
    "pseudo_class": Wording(
        N_("This is no class of the school's years; it is kept under its own name."),
        N_("Give the pupil a class, if there is one in the diary."),
        refuses=False,
    ),
    "bad_date": Wording(
        N_("This is no day of the calendar."), N_("Write the birthday like 01.09.2012.")
    ),
    "year_only": Wording(
        N_("Only the year of birth is given; it does not identify a pupil."),
        N_("Give the whole birthday."),
        refuses=False,
    ),
    "odd_age": Wording(
        N_("By this birthday the pupil is no schoolchild."),
        N_("Check the year of birth."),
        refuses=False,
    ),
    "bad_snils": Wording(
        N_("The check digits of the СНИЛС are wrong; it is left out."),
        N_("Compare it with the document."),
        refuses=False,
    ),
    "bad_sex": Wording(N_("This is no sex."), N_("Write М or Ж."), refuses=False),
    "sex_contradicts": Wording(
        N_("The sex does not fit the patronymic."), N_("Check both."), refuses=False
    ),
    "bad_phone": Wording(
        N_("This is no phone number."),
        N_("Write it like +7 900 123-45-67, one after another."),
        refuses=False,
    ),
    "enrolled_unread": Wording(
        N_("This is no day; since when the pupil is here stays unknown."),
        N_("Write it like 01.09.2026, or clear the cell."),
        refuses=False,
    ),
    "note_says_left": Wording(
        N_("A note says that the pupil left; he is still read as a pupil of the class."),
        N_("Move the row to a sheet «Выбывшие», or fill in a column «Выбыл»."),
        refuses=False,
    ),
    "twice_in_file": Wording(
        N_("The pupil stands in the files twice: {others}."),
        N_("Leave one of the rows; for a transfer the new class."),
    ),
    "namesakes": Wording(
        N_("Nothing tells this pupil from a namesake in the same class: {others}."),
        N_("Fill in the birthday or the СНИЛС of both."),
    ),
    "snils_twice": Wording(
        N_("Another pupil has the same СНИЛС: {others}."),
        N_("Compare both with the documents."),
    ),
    "same_name": Wording(
        N_(
            "Another pupil has the same full name, and no birthday or СНИЛС tells them apart: {others}."
        ),
        N_("Fill in the birthday or the СНИЛС of both."),
        refuses=False,
    ),
}
# --- OneRoster
ONEROSTER = {
    "table_missing": Wording(
        N_("A table of the OneRoster export is missing."),
        N_("Export users, classes and enrollments."),
    ),
    "oneroster_version": Wording(
        N_("This version of OneRoster is not known; it was read like 1.2."),
        N_("Export version 1.1 or 1.2."),
        refuses=False,
    ),
    "dangling_id": Wording(
        N_("The row names an object that is not in the export."),
        N_("Export all tables at once."),
        refuses=False,
    ),
    "no_id": Wording(N_("The row has no identifier."), N_("Export the table again.")),
    "id_twice": Wording(N_("Two rows have one identifier."), N_("Export the table again.")),
    "two_classes": Wording(
        N_("The pupil is enrolled in several classes at once."),
        N_("End the enrolment in all but one."),
    ),
}
RULES = {**ONEROSTER, **FILES, **SHEETS, **ROWS}


def tell(
    findings: Findings,
    rule: str,
    where: Where,
    value: str = "",
    *,
    doubt: bool = False,
    **facts: str,
) -> None:
    """Add a problem in the words of its rule.

    Args:
        findings: of the file.
        rule: a key of `RULES`.
        where: sheet, row, column.
        value: what stands there.
        doubt: a rule that refuses else is only told here, e.g. for a leaver's class.
        facts: what the sentence names.

    """
    said = RULES[rule]
    speak = findings.refuse if said.refuses and not doubt else findings.doubt
    # Columns get shifted: a СНИЛС may stand anywhere, and no message may carry one.
    value = _SNILS.sub("…", value)
    speak(rule, where, value, _(said.text).format(**facts), _(said.fix))
