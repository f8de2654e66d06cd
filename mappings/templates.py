"""Reads an import template: how rows for the diary's admin panel are written. Every mistake names file, key and remedy.

The vendor's own template is not published, so the template is data: docs/import-templates.md.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from connector.errors import FileUnreadable, SettingsError
from connector.errors.reasons import not_toml, refusal
from connector.i18n import _

T = TypeVar("T")

SHIPPED = files("mappings") / "templates" / "default.toml"
FIELDS = (
    "last_name",
    "first_name",
    "middle_name",
    "full_name",
    "sex",
    "birthday",
    "edu_group",
    "from_group",
    "parallel",
    "letter",
    "study_year",
    "snils",
    "action",
    "id",
    "date",
)
FILE_TYPES = ("xlsx",)
SNILS_FORMATS = ("digits", "dashes")
FORMULAS = ("text", "refuse")
SEXES = ("Male", "Female")
# What Excel itself can hold.
_MOST_ROWS = 1_048_575
_SHEET_NAME = 31
_NEVER_IN_SHEET_NAMES = frozenset("[]:*?/\\")
_DATE_PARTS = frozenset("dmYy")


class Action(StrEnum):
    """What a row does: the keys of `[actions]`."""

    ADD = "add"
    CHANGE = "change"
    MOVE = "move"
    END = "end"


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of the workbook.

    Attributes:
        heading: exactly as the panel wants it.
        field: one of `FIELDS`; "" writes nothing.
        required: actions whose rows must hold a value.

    """

    heading: str
    field: str
    required: frozenset[Action]


@dataclass(frozen=True, slots=True)
class ImportTemplate:
    """A template; its keys are told in mappings/templates/default.toml.

    Attributes:
        above: rows of texts that stand above the headings, as the panel's own template has them.
        sexes: spelling by the vendor's word, `Male` and `Female`.
        actions: the panel's word by action; what is not here the panel cannot do.

    """

    id: str
    title: str
    file_type: str
    sheet: str
    row_limit: int
    date_format: str
    snils_format: str
    formulas: str
    sexes: Mapping[str, str]
    actions: Mapping[Action, str]
    columns: tuple[TemplateColumn, ...]
    above: tuple[tuple[str, ...], ...] = ()

    def writes(self, field: str) -> bool:
        """Whether a column takes this field."""
        return any(column.field == field for column in self.columns)


def read_template(path: Path | Traversable = SHIPPED) -> ImportTemplate:
    """Read a template.

    Args:
        path: a TOML file; the shipped assumption when nothing is named.

    Raises:
        SettingsError: the file cannot be read, is not TOML, lacks a key, or holds an unknown key or a wrong value.

    """
    where = str(path) if isinstance(path, Path) else path.name
    try:
        # Notepad may put a byte order mark before the text.
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = refusal(error) if isinstance(error, OSError) else not_toml(error)
        raise FileUnreadable(
            where=where, value=reason, allowed=_("a TOML file in UTF-8")
        ) from error
    return _template(_Table(where, "", content))


def template_named(name: str | None) -> ImportTemplate:
    """Read the template that the settings name: a shipped one by its name, or a TOML file; the assumption for None.

    Raises:
        SettingsError: as `read_template`.

    """
    if name is None:
        return read_template()
    shipped = files("mappings") / "templates" / f"{name}.toml"
    return read_template(shipped if name.isidentifier() and shipped.is_file() else Path(name))


class _Table:
    """A TOML table that gives up its keys one by one and complains about what is left."""

    def __init__(self, where: str, path: str, content: Mapping[str, Any]) -> None:
        self.where = where
        self.path = path
        self.left = dict(content)
        self.known: list[str] = []

    def wrong(self, key: str, value: object, allowed: str) -> SettingsError:
        return SettingsError(
            where=self.where, key=f"{self.path}{key}", value=value, allowed=allowed
        )

    def take(
        self, key: str, read: Callable[["_Table", str, Any], T], default: T | None = None
    ) -> T:
        self.known.append(key)
        if key in self.left:
            return read(self, key, self.left.pop(key))
        if default is None:
            raise self.wrong(key, '""', _("a value: the key is missing"))
        return default

    def done(self) -> None:
        for key in self.left:
            raise self.wrong(key, "…", ", ".join(self.known))


def _text(table: _Table, key: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise table.wrong(key, value, _("a text in quotes"))


def _any_text(table: _Table, key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise table.wrong(key, value, _("a text in quotes"))


def _lines(table: _Table, key: str, value: object) -> tuple[tuple[str, ...], ...]:
    rows = value if isinstance(value, list) else [None]
    if all(isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows):
        return tuple(map(tuple, rows))
    raise table.wrong(key, value, _('rows of texts, like [["…", "…"], ["…"]]'))


def _one_of(*choices: str) -> Callable[[_Table, str, Any], str]:
    def read(table: _Table, key: str, value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise table.wrong(key, value, ", ".join(choice or '""' for choice in choices))

    return read


def _rows(table: _Table, key: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_ROWS:
        return value
    raise table.wrong(key, value, f"1 … {_MOST_ROWS}")


def _sheet(table: _Table, key: str, value: object) -> str:
    name = _text(table, key, value)
    # Excel refuses other names, and so the whole workbook.
    if (
        len(name) <= _SHEET_NAME
        and not _NEVER_IN_SHEET_NAMES & set(name)
        and not name.startswith("'")
        and not name.endswith("'")
    ):
        return name
    raise table.wrong(key, value, _("at most 31 letters, without [ ] : * ? / \\ and quotes"))


def _date_format(table: _Table, key: str, value: object) -> str:
    text = _text(table, key, value)
    parts = [part[:1] for part in text.split("%")[1:]]
    if len(parts) == 3 and {"d", "m"} < set(parts) <= _DATE_PARTS:
        return text
    raise table.wrong(key, value, _("day, month and year, like %d.%m.%Y"))


def _words(*keys: str) -> Callable[[_Table, str, Any], dict[str, str]]:
    def read(table: _Table, key: str, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            raise table.wrong(key, value, _("a table"))
        inner = _Table(table.where, f"{table.path}{key}.", value)
        words = {name: inner.take(name, _text) for name in keys if name in value}
        inner.known = list(keys)
        inner.done()
        return words

    return read


def _required(table: _Table, key: str, value: object) -> frozenset[Action]:
    if isinstance(value, bool):
        return frozenset(Action) if value else frozenset()
    if isinstance(value, list) and all(item in list(Action) for item in value):
        return frozenset(map(Action, value))
    allowed = ", ".join(f'"{action}"' for action in Action)
    raise table.wrong(key, value, f"true, false, [{allowed}]")


def _columns(table: _Table, key: str, value: object) -> tuple[TemplateColumn, ...]:
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(item, dict) for item in value)
    ):
        raise table.wrong(key, "…", "[[columns]]")
    columns = []
    for number, content in enumerate(value, start=1):
        inner = _Table(table.where, f"{key}[{number}].", content)
        columns.append(
            TemplateColumn(
                heading=inner.take("heading", _any_text),
                field=inner.take("field", _one_of(*FIELDS, "")),
                required=inner.take("required", _required, frozenset[Action]()),
            )
        )
        inner.done()
        if columns[-1].field and not columns[-1].heading.strip():
            raise inner.wrong("heading", '""', _("a text in quotes"))
    return tuple(columns)


def _template(table: _Table) -> ImportTemplate:
    template = ImportTemplate(
        id=table.take("id", _text),
        title=table.take("title", _text),
        file_type=table.take("file_type", _one_of(*FILE_TYPES)),
        sheet=table.take("sheet", _sheet),
        row_limit=table.take("row_limit", _rows),
        date_format=table.take("date_format", _date_format),
        snils_format=table.take("snils_format", _one_of(*SNILS_FORMATS), "digits"),
        formulas=table.take("formulas", _one_of(*FORMULAS), "text"),
        sexes=table.take("sex", _words(*SEXES)),
        actions={Action(key): word for key, word in table.take("actions", _words(*Action)).items()},
        columns=table.take("columns", _columns),
        above=table.take("above", _lines, ()),
    )
    table.done()
    _agree(table, template)
    return template


def _agree(table: _Table, template: ImportTemplate) -> None:
    """What no key says alone: a field stands once, rows of several actions say theirs, others say whom they mean."""
    taken: set[str] = set()
    for number, column in enumerate(template.columns, start=1):
        if column.field and column.field in taken:
            raise table.wrong(
                f"columns[{number}].field", column.field, _("each field in one column only")
            )
        taken.add(column.field)
    if Action.ADD not in template.actions:
        raise table.wrong("actions.add", '""', _("a text in quotes"))
    if len(template.actions) > 1 and "action" not in taken:
        raise table.wrong(
            "actions",
            ", ".join(template.actions),
            _('only "add", unless a column takes the field "action"'),
        )
    if len(template.actions) > 1 and "id" not in taken:
        raise table.wrong(
            "actions",
            ", ".join(template.actions),
            _('only "add", unless a column takes the field "id"'),
        )
    if not ({"last_name", "first_name"} <= taken or "full_name" in taken):
        raise table.wrong(
            "columns", "…", _("columns for last_name and first_name, or for full_name")
        )
