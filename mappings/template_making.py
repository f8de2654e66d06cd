"""Makes an import template from the workbook that the admin has just downloaded from the panel: its headings, as TOML.

What the headings mean is recognised by the synonyms of class lists; what is not recognised is listed and left blank.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from connector.errors import FileUnreadable
from connector.errors.reasons import refusal
from connector.i18n import N_, _
from connector.names import tidy
from mappings.headings import field_of
from mappings.sheets import Sheet, Unusable, read_workbook
from mappings.templates import Action

# The readers' words for what a heading means, and ours; an import has some of its own.
_FIELDS = {
    "last": "last_name",
    "first": "first_name",
    "middle": "middle_name",
    "full": "full_name",
    "class": "edu_group",
    "group": "edu_group",
    "parallel": "parallel",
    "letter": "letter",
    "sex": "sex",
    "born": "birthday",
    "snils": "snils",
}
_OWN = {
    "действие": "action",
    "операция": "action",
    "id": "id",
    "ид": "id",
    "идентификатор": "id",
    "дата зачисления": "date",
    "прежний класс": "from_group",
}
_ACTIONS = {"add": "добавить", "change": "изменить", "move": "перевести", "end": "отчислить"}
_SEARCHED = 50
_LEAST = 2
_LARGEST = 20_000_000
_LINE_ENDS = {"\x7f": "\\u007F", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"}


def template_from_workbook(path: Path) -> str:
    """Make the TOML text of a template.

    Args:
        path: the template as downloaded: xlsx, xls or ods. Its first row with two or more headings that are known,
            names among them, is taken as the row of headings.

    Raises:
        FileUnreadable: no workbook, protected, damaged, or without such a row.

    """
    sheet, row = _heading_row(path)
    headings = [_heading(cell) for cell in sheet.rows[row]]
    while headings and not headings[-1]:
        headings.pop()
    above = [[_shown(cell) for cell in cells] for cells in sheet.rows[:row]]
    return "\n".join(_lines(path, sheet.name, above, headings)) + "\n"


def _heading_row(path: Path) -> tuple[Sheet, int]:
    allowed = _("an import template: xlsx, xls or ods with headings such as Фамилия, Имя, Класс")
    try:
        # A template is a few kilobytes.
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise FileUnreadable(where=path, value=_("it is too large"), allowed=allowed)
        sheets = read_workbook(data)
    except OSError as error:
        raise FileUnreadable(where=path, value=refusal(error), allowed=allowed) from error
    except Unusable as error:
        reasons = {"password": N_("it is protected by a password")}
        reason = _(reasons.get(error.rule, N_("it is no workbook, or it is damaged")))
        raise FileUnreadable(where=path, value=reason, allowed=allowed) from error
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:_SEARCHED]):
            known = set(_fields([_heading(cell) for cell in row])) - {""}
            if len(known) >= _LEAST and not sheet.hidden and known & {"last_name", "full_name"}:
                return sheet, number
    raise FileUnreadable(where=path, value=_("no row of headings was found"), allowed=allowed)


def _heading(cell: object) -> str:
    return str(cell) if isinstance(cell, str) else ""


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell)


def _fields(headings: Sequence[str]) -> Iterator[str]:
    """What each heading means; "" where it is not known or another column says it already."""
    taken: set[str] = set()
    for heading in headings:
        plain = tidy(heading).casefold().strip(" *.:№")
        name = _OWN.get(plain) or _FIELDS.get(field_of(heading), "")
        yield "" if name in taken else name
        taken.add(name)


def _lines(
    path: Path, sheet: str, above: Sequence[Sequence[str]], headings: Sequence[str]
) -> Iterator[str]:
    fields = list(_fields(headings))
    strange = [heading for heading, name in zip(headings, fields, strict=True) if not name]
    # One action needs no word and no id; several need both columns.
    several = {"action", "id"} <= set(fields)
    yield _comment(
        _("Made from a downloaded template. Look at every line before the first import.")
    )
    if strange:
        yield _comment(
            _("Not recognised, nothing is written there: {headings}.").format(
                headings=", ".join(map(_quoted, filter(None, strange))) or '""'
            )
        )
    yield f"id = {_quoted('own')}"
    yield f"title = {_quoted(path.stem or 'own')}"
    yield 'file_type = "xlsx"'
    yield f"sheet = {_quoted(sheet)}"
    if above:
        rows = ", ".join(f"[{', '.join(map(_quoted, cells))}]" for cells in above)
        yield f"above = [{rows}]"
    yield _comment(_("The template's own limit, if it names one."))
    yield "row_limit = 500"
    yield 'date_format = "%d.%m.%Y"'
    yield 'snils_format = "digits"'
    yield 'formulas = "text"'
    yield ""
    yield _comment(_("As the template's example rows or drop-down lists spell them."))
    yield "[sex]"
    yield 'Male = "М"'
    yield 'Female = "Ж"'
    yield ""
    yield "[actions]"
    for action in Action if several else (Action.ADD,):
        yield f"{action} = {_quoted(_ACTIONS[action])}"
    for heading, name in zip(headings, fields, strict=True):
        yield ""
        yield "[[columns]]"
        yield f"heading = {_quoted(heading)}"
        yield f"field = {_quoted(name)}"
        if "*" in heading and name:
            yield "required = true"


def _comment(text: str) -> str:
    return "# " + tidy(text)


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are among TOML's, and what only TOML forbids is escaped as well."""
    written = json.dumps(text, ensure_ascii=False)
    for sign, escape in _LINE_ENDS.items():
        written = written.replace(sign, escape)
    return written
