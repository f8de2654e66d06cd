"""Reads a school's rulebook from a TOML table; every mistake names the file, the key, the value and what is allowed."""

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from connector.errors import FileUnreadable, SettingsError
from connector.errors.reasons import not_toml, refusal
from connector.errors.toml_lines import key_lines
from connector.i18n import _
from connector.rulebook import (
    HOMEWORK_READINGS,
    RULE_SPECS,
    SEVERITIES,
    WEEKS,
    HomeworkReading,
    Param,
    ParamValue,
    Rulebook,
    RuleSettings,
    StatusWords,
    contradictions,
)

T = TypeVar("T")

SHIPPED = files("mappings") / "rulebook.toml"
# The same rules with remarks in Russian: a deputy opens the file that a command wrote.
IN_RUSSIAN = files("mappings") / "rulebook.ru.toml"


def read_rulebook(source: Path | Traversable = SHIPPED, *, on: dt.date | None = None) -> Rulebook:
    """Read a rulebook, or a folder of rulebooks with dates of force.

    Args:
        source: a TOML file, or a folder whose `*.toml` are all read; the shipped sample when nothing is named.
        on: the day whose rulebook is wanted; the folder's others hang on it. None takes the latest one.

    Raises:
        SettingsError: a file cannot be read, is not TOML, or holds an unknown rule, an unknown key, a value of the
            wrong type or out of range, norms that contradict each other; two are in force on the same day; the folder
            holds none.

    """
    if not isinstance(source, Path) or not source.is_dir():
        return _read(source)
    books = sorted(
        (_read(path) for path in _shelf(source)),
        key=lambda book: (book.in_force_from or dt.date.min, book.file),
    )
    if not books:
        raise FileUnreadable(
            where=str(source),
            value=_("no file in it ends with .toml"),
            allowed=_("a folder with at least one rulebook"),
        )
    for before, after in pairwise(books):
        if before.in_force_to is None or (after.in_force_from or dt.date.min) <= before.in_force_to:
            raise SettingsError(
                where=placed(after.file, after.lines.get("in_force_from")),
                key="in_force_from",
                value=after.in_force_from or "—",
                allowed=_("a day after in_force_to of {file}").format(file=before.file),
            )
    chosen = next((book for book in books if on is not None and book.is_in_force(on)), books[-1])
    return replace(chosen, others=tuple(book for book in books if book is not chosen))


def _shelf(folder: Path) -> list[Path]:
    """The rulebooks of a folder; the act itself and other papers may lie beside them."""
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~")))
    for path in paths:
        # Notepad adds its own ending, and a rulebook left out in silence would judge by the wrong norms.
        if path.name.lower().endswith(".toml.txt"):
            raise FileUnreadable(
                where=str(path),
                value=_("its name ends with .txt"),
                allowed=_("a name that ends with .toml"),
            )
    return [path for path in paths if path.suffix.lower() == ".toml"]


def _read(source: Path | Traversable) -> Rulebook:
    where = str(source) if isinstance(source, Path) else source.name
    try:
        # Notepad may put a byte order mark before the text.
        text = source.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = refusal(error) if isinstance(error, OSError) else not_toml(error)
        raise FileUnreadable(
            where=where, value=reason, allowed=_("a TOML file in UTF-8")
        ) from error
    lines = key_lines(text)
    return replace(_rulebook(_Table(where, "", content, lines)), file=where, lines=lines)


def placed(where: str, line: int | None) -> str:
    """The file, with the line where it is known; how errors and warnings tell a place."""
    return _("{file}, line {line}").format(file=where, line=line) if line else where


class _Table:
    """A TOML table that gives up its keys one by one and complains about what is left."""

    def __init__(
        self, where: str, path: str, content: Mapping[str, Any], lines: Mapping[str, int]
    ) -> None:
        self.where = where
        self.path = path
        self.lines = lines
        self.left = dict(content)
        self.known: list[str] = []

    def wrong(self, key: str, value: object, allowed: str) -> SettingsError:
        path = f"{self.path}{key}"
        # A key that is missing has no line; its table has.
        line = self.lines.get(path) or self.lines.get(self.path.rstrip("."))
        return SettingsError(where=placed(self.where, line), key=path, value=value, allowed=allowed)

    def take(self, key: str, default: T, read: Callable[["_Table", str, Any], T]) -> T:
        self.known.append(key)
        return read(self, key, self.left.pop(key)) if key in self.left else default

    def table(self, key: str) -> "_Table":
        self.known.append(key)
        content = self.left.pop(key, {})
        if not isinstance(content, dict):
            raise self.wrong(key, content, _("a table"))
        return _Table(self.where, f"{self.path}{key}.", content, self.lines)

    def done(self) -> None:
        for key, value in self.left.items():
            shown = "{…}" if isinstance(value, dict) else value
            raise self.wrong(key, shown, ", ".join(self.known))


def _text(table: _Table, key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise table.wrong(key, value, _("a text in quotes"))


def _name(table: _Table, key: str, value: object) -> str:
    text = _text(table, key, value).strip()
    if not text:
        raise table.wrong(key, '""', _("a text in quotes"))
    return text


def _texts(table: _Table, key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(value)
    raise table.wrong(key, value, _("a list of texts in quotes"))


def _day(table: _Table, key: str, value: object) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise table.wrong(key, value, _("a day like 2026-09-01, without quotes"))


def _edge(table: _Table, key: str, value: object) -> dt.date:
    return dt.date.fromisoformat(_day(table, key, value))


def _flag(table: _Table, key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise table.wrong(key, value, _unquoted("true, false", value))


def _parallels(table: _Table, key: str, value: object) -> frozenset[int]:
    numbers = value if isinstance(value, list) else [None]
    if all(
        isinstance(item, int) and not isinstance(item, bool) and 1 <= item <= 12 for item in numbers
    ):
        return frozenset(numbers)
    raise table.wrong(key, value, _("a list of numbers from 1 to 12"))


def _one_of(choices: tuple[str, ...]) -> Callable[[_Table, str, Any], str]:
    def read(table: _Table, key: str, value: object) -> str:
        # A week of 5 days is written as a number by most people.
        text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if text in choices:
            return text
        raise table.wrong(key, value, ", ".join(choices))

    return read


def _number(low: float, high: float, *, whole: bool) -> Callable[[_Table, str, Any], Any]:
    def read(table: _Table, key: str, value: object) -> int | float:
        kinds = (int,) if whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise table.wrong(key, value, _unquoted(f"{low:g} … {high:g}", value))

    return read


def _unquoted(allowed: str, value: object) -> str:
    """What is allowed; a right value in quotes needs another word."""
    return (
        _("{allowed}, without quotes").format(allowed=allowed)
        if isinstance(value, str)
        else allowed
    )


def _param(spec: Param) -> Callable[[_Table, str, Any], ParamValue]:
    if isinstance(spec.default, bool):
        return _flag
    if isinstance(spec.default, str):
        return _one_of(spec.choices)
    return _number(spec.low, spec.high, whole=isinstance(spec.default, int))


def _rulebook(table: _Table) -> Rulebook:
    statuses, homework = table.table("statuses"), table.table("homework")
    subjects, groups, rules = table.table("subjects"), table.table("groups"), table.table("rules")
    if "name" not in table.left:
        raise table.wrong("name", '""', _("a text in quotes"))
    words, reading = StatusWords(), HomeworkReading()
    book = Rulebook(
        name=table.take("name", "", _name),
        act=table.take("act", "", _text),
        date=table.take("date", "", _day),
        in_force_from=table.take("in_force_from", None, _edge),
        in_force_to=table.take("in_force_to", None, _edge),
        working_week=table.take("working_week", "auto", _one_of(WEEKS)),
        statuses=StatusWords(
            not_held=statuses.take("not_held", words.not_held, _texts),
            held=statuses.take("held", words.held, _texts),
        ),
        homework=HomeworkReading(
            reading=homework.take("reading", reading.reading, _one_of(HOMEWORK_READINGS)),
            min_evidence=homework.take(
                "min_evidence", reading.min_evidence, _number(1, 100_000, whole=True)
            ),
            min_share=homework.take("min_share", reading.min_share, _number(0.5, 1, whole=False)),
        ),
        ungraded_subjects=subjects.take("ungraded", (), _texts),
        no_homework_subjects=subjects.take("without_homework", (), _texts),
        home_schooling_groups=groups.take("home_schooling", (), _texts),
        no_homework_groups=groups.take("without_homework", (), _texts),
        rules={rule: _rule(rule, rules) for rule in list(rules.left)},
    )
    for part in (table, statuses, homework, subjects, groups):
        part.done()
    if book.in_force_from and book.in_force_to and book.in_force_to < book.in_force_from:
        raise table.wrong("in_force_to", book.in_force_to, _("a day not before in_force_from"))
    return book


def _rule(rule: str, rules: _Table) -> RuleSettings:
    spec = RULE_SPECS.get(rule)
    if spec is None:
        raise rules.wrong(rule, "{…}", ", ".join(RULE_SPECS))
    table = rules.table(rule)
    plain = RuleSettings(rule)
    settings = RuleSettings(
        id=rule,
        clause=table.take("clause", plain.clause, _text),
        severity=table.take("severity", plain.severity, _one_of(SEVERITIES)),
        enabled=table.take("enabled", plain.enabled, _flag),
        due_working_days=table.take(
            "due_working_days", plain.due_working_days, _number(0, 60, whole=True)
        ),
        exempt_parallels=table.take("exempt_parallels", plain.exempt_parallels, _parallels),
        exempt_home_schooling=table.take(
            "exempt_home_schooling", plain.exempt_home_schooling, _flag
        ),
        params={
            name: table.take(name, param.default, _param(param))
            for name, param in spec.params.items()
        },
    )
    table.done()
    for lower, higher in contradictions(settings):
        least, most = settings.number(lower), settings.number(higher)
        if f"{table.path}{higher}" in table.lines:
            allowed = _("at least as much as {key}, which is {number}")
            raise table.wrong(higher, f"{most:g}", allowed.format(key=lower, number=f"{least:g}"))
        # The file leaves the higher one as it usually is.
        allowed = _("at most as much as {key}, which is {number}")
        raise table.wrong(lower, f"{least:g}", allowed.format(key=higher, number=f"{most:g}"))
    return settings
