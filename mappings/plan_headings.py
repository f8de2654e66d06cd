"""Rows of headings of topic plans, recognised by the synonyms of `plan_columns.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from connector.names import fold, tidy
from mappings.headings import bare_heading
from mappings.sheets import Cell, Sheet

Row = Sequence[Cell]
KNOWN = "known"
# A plan has one of these beside its topics; a list of anything else with a «Тема» has none.
_PROVES = frozenset({"number", "hours", "day", "homework"})
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class PlanHeader:
    """What the columns mean.

    Attributes:
        columns: column number by field; of two columns for one field the first.
        titles: what stands in the heading row, per column.
        last: index of the last row the heading takes (it may take two).

    """

    columns: Mapping[str, int]
    titles: tuple[str, ...]
    last: int

    def title(self, field: str) -> str:
        """Heading of a field's column, "" where it has none."""
        column = self.columns.get(field)
        return "" if column is None else self.titles[column]


@lru_cache(maxsize=1)
def _synonyms() -> tuple[dict[str, str], list[tuple[str, str]]]:
    text = files("mappings").joinpath("plan_columns.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    whole = {bare_heading(word): name for name, table in tables.items() for word in table["is"]}
    starts = [
        (bare_heading(word), name) for name, table in tables.items() for word in table["starts"]
    ]
    return whole, sorted(starts, key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=4096)
def plan_field_of(heading: str) -> str:
    """Name the field a heading means: a table of `plan_columns.toml`, or "" for a text that is no heading."""
    if len(heading) > _LONGEST:
        return ""
    plain = fold(heading)
    if plain.strip(" .*") in {"№", "#"}:
        return "number"
    word = bare_heading(heading)
    whole, starts = _synonyms()
    found = whole.get(word) or next((name for start, name in starts if word.startswith(start)), "")
    # «Дата (факт)» is filled in as the year goes: it says nothing about what was planned.
    return KNOWN if found and "факт" in plain else found


def read_plan_header(sheet: Sheet, index: int) -> PlanHeader | None:
    """Read a row as headings of a plan, with the row below it where that completes it; None where it is none."""
    row = sheet.rows[index]
    fields = [plan_field_of(cell) if isinstance(cell, str) else "" for cell in row]
    filled = sum(cell is not None for cell in row)
    # Half of what stands there must be a heading: a topic may begin with any word.
    if "topic" not in fields or 2 * sum(map(bool, fields)) < filled:
        return None
    titles = [tidy(str(cell)) if cell is not None else "" for cell in row]
    last = index
    below = sheet.rows[index + 1] if index + 1 < len(sheet.rows) else ()
    if _completes(below, fields):
        last = index + 1
        above = _spread(fields)
        for column, cell in enumerate(below):
            if cell is not None:
                fields[column] = _under(above[column], plan_field_of(str(cell)))
                titles[column] = tidy(str(cell))
    columns: dict[str, int] = {}
    for column, name in enumerate(fields):
        if name and name != KNOWN:
            columns.setdefault(name, column)
    if not _PROVES & columns.keys():
        return None
    return PlanHeader(columns, tuple(titles), last)


def _completes(row: Row, above: Sequence[str]) -> bool:
    """Whether a row is the second line of headings, e.g. «Всего» under «Количество часов» or «План» under «Дата»."""
    filled = [column for column, cell in enumerate(row) if cell is not None]
    return bool(filled) and all(
        isinstance(row[column], str)
        and plan_field_of(str(row[column]))
        and above[column] not in {"topic", "number"}
        for column in filled
    )


def _under(above: str, field: str) -> str:
    """What a heading means under another: only the total of hours, only the planned day."""
    if above in {"hours", "day"}:
        return above if field == above else KNOWN
    return field


def _spread(fields: Sequence[str]) -> list[str]:
    """Let a heading reach over the blank cells to its right."""
    spread: list[str] = []
    for name in fields:
        spread.append(name or (spread[-1] if spread else ""))
    return spread
