"""What each table and column of the mirror means, in the words of docs/schema.md: one source for readers and for exports."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Query = Callable[..., list[tuple[Any, ...]]]

# Beside this file in an installed package, in docs/ where the program runs from its sources.
_PLACES = (Path(__file__).with_name("schema.md"), Path(__file__).parents[2] / "docs" / "schema.md")
_HEADING = re.compile(r"^#{2,6} +(.+?) *$", re.MULTILINE)
_CELL = re.compile(r"^\| `([a-z0-9_]+)` \| *(.*?) *\|$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_COMMON = "Four columns that every mirrored table has"


@dataclass(frozen=True, slots=True)
class Column:
    """One line of the data dictionary.

    Attributes:
        table: its name.
        column: its name.
        type: INTEGER, TEXT, REAL or BLOB (exported in hexadecimal).
        key: its place in the table's key, from 1; None outside of it.
        refers_to: `table.column` that it points to, or None.
        meaning: in English.

    """

    table: str
    column: str
    type: str
    key: int | None
    refers_to: str | None
    meaning: str


def data_dictionary(query: Query) -> list[Column]:
    """Every column of every table of a mirror, in the order of the tables' names."""
    meanings = described()
    common = meanings.get(_COMMON, {})
    found = []
    for table in tables_of(query):
        refers = references(query, table)
        for name, kind, place in query(
            "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", (table,)
        ):
            meaning = meanings.get(table, {}).get(name) or common.get(name, "")
            found.append(Column(table, name, kind, place or None, refers.get(name), meaning))
    return found


def tables_of(query: Query) -> list[str]:
    """All tables, the mirrored and our own."""
    rows = query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in rows]


def references(query: Query, table: str) -> dict[str, str]:
    """Where the foreign keys of a table point, by column."""
    rows: list[tuple[Any, ...]] = query(
        'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (table,)
    )
    return {column: f"{parent}.{target or 'id'}" for column, parent, target in rows}


def described() -> Mapping[str, Mapping[str, str]]:
    """Meanings by heading of the page (a table's name where it describes one) and column."""
    page = next(place for place in _PLACES if place.is_file()).read_text(encoding="utf-8")
    parts = _HEADING.split(page)
    return {
        title.strip("`"): {name: _LINK.sub(r"\1", text) for name, text in _CELL.findall(body)}
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }
