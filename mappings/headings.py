"""Rows of headings: recognised by the synonyms of `columns.toml`, wherever in a sheet they stand."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from connector.names import fold, tidy
from mappings.sheets import Cell, Sheet

Row = Sequence[Cell]
# Fields a pupil is made of; the rest of `columns.toml` only tells headings from data.
NAMES = ("last", "first", "middle", "full")
_OF_CLASS = ("class", "group", "parallel", "letter")
PARENT = "parent"
KNOWN = "known"
# Headings that may reach over others: of names, of parents, of anything not read, of nothing.
_WIDE = frozenset({"full", PARENT, KNOWN, ""})

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_TWINS = str.maketrans("abcehkmoptxy", "авсенкмортху")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class _Synonyms:
    whole: Mapping[str, str]
    starts: tuple[tuple[str, str], ...]
    parents: tuple[str, ...]


@lru_cache(maxsize=1)
def _synonyms() -> _Synonyms:
    tables = tomllib.loads(files("mappings").joinpath("columns.toml").read_text(encoding="utf-8"))
    parents = tuple(tables.pop(PARENT)["words"])
    whole = {bare_heading(text): name for name, table in tables.items() for text in table["is"]}
    starts = [
        (bare_heading(text), name) for name, table in tables.items() for text in table["starts"]
    ]
    # The longest beginning says most.
    starts.sort(key=lambda pair: -len(pair[0]))
    return _Synonyms(whole, tuple(starts), parents)


def bare_heading(text: str) -> str:
    """A heading without what people add to it."""
    plain = fold(text)
    if not plain.isascii():
        plain = plain.translate(_TWINS)
    return _NOT_LETTERS.sub("", _BRACKETS.sub("", plain)) or _NOT_LETTERS.sub("", plain)


@lru_cache(maxsize=4096)
def field_of(heading: str) -> str:
    """Name the field a heading means: a table of `columns.toml`, `parent`, or "" for a text that is no heading."""
    if len(heading) > _LONGEST:
        return ""
    plain = fold(heading)
    bare = bare_heading(heading)
    known = _synonyms()
    if not bare:
        return KNOWN if plain.strip(" .*") in {"№", "#"} else ""
    found = known.whole.get(bare, "")
    if found == KNOWN:
        return found
    if any(word in plain for word in known.parents):
        return PARENT
    if found:
        return found
    return next((name for start, name in known.starts if bare.startswith(start)), "")


def is_heading(word: str) -> bool:
    """Whether a single word is a whole heading; quick, for words that are nearly never one."""
    return word.lower() in _synonyms().whole


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a block mean.

    Attributes:
        columns: column number by field; of two columns for one field the first.
        titles: what stands in the heading row, per column; "" where nothing.
        twice: titles of further columns for a field that has one already.
        last: index of the last row the heading takes (it may take two).
        beside: another list of pupils stands to the right of this one.

    """

    columns: Mapping[str, int]
    titles: tuple[str, ...]
    twice: tuple[str, ...]
    last: int
    beside: bool = False

    @property
    def of_class(self) -> frozenset[int]:
        """Columns that say the class of their row."""
        return frozenset(self.columns[name] for name in _OF_CLASS if name in self.columns)

    def title(self, field: str) -> str:
        """Heading of a field's column, "" where it has none."""
        column = self.columns.get(field)
        return self.titles[column] if column is not None else ""


def read_header(sheet: Sheet, index: int) -> Header | None:
    """Read a row as headings, with the row below it where that completes it; None where it is none."""
    row = sheet.rows[index]
    promises = _name_heading()
    for cell in row:
        if isinstance(cell, str) and promises(cell):
            break
    else:
        return None
    fields = _fields(row)
    if not _is_header(fields, row):
        return None
    titles = [tidy(str(cell)) if cell is not None else "" for cell in row]
    groups = [""] * len(row)
    last = index
    if index + 1 < len(sheet.rows) and _completes(sheet.rows[index + 1], titles):
        last = index + 1
        below = sheet.rows[last]
        groups = _spread(titles)
        titles = [
            tidy(str(cell)) if cell is not None else title
            for title, cell in zip(titles, below, strict=True)
        ]
    columns: dict[str, int] = {}
    twice: list[str] = []
    for column, (group, title) in enumerate(zip(groups, titles, strict=True)):
        name = PARENT if group and field_of(group) == PARENT else field_of(title)
        if name in {"", PARENT, KNOWN}:
            continue
        if name in columns:
            twice.append(title)
        else:
            columns[name] = column
    beside = any(field_of(title) in {"last", "full"} for title in twice)
    return Header(columns, tuple(titles), tuple(twice), last, beside)


@lru_cache(maxsize=1)
def _name_heading() -> Callable[[str], object]:
    """A quick look that only texts pass which may head a column of names: every row of a sheet is asked."""
    known = _synonyms()
    bare = {
        text for text, name in (*known.whole.items(), *known.starts) if name in {"last", "full"}
    }
    both = {cyrillic: latin for latin, cyrillic in zip("abcehkmoptxy", "авсенкмортху", strict=True)}
    letters = {
        letter: f"[{letter}{both.get(letter, '')}{'ё' if letter == 'е' else ''}]"
        for letter in "".join(bare)
    }
    starts = {r"[\W_]*".join(letters[letter] for letter in text[:3]) for text in bare}
    return re.compile(rf"[\W_]*(?:{'|'.join(sorted(starts))})", re.IGNORECASE).match


def _fields(row: Row) -> list[str]:
    return [field_of(cell) for cell in row if isinstance(cell, str)]


def _is_header(fields: Sequence[str], row: Row) -> bool:
    """A name column among headings, or alone in its row."""
    named = [name for name in fields if name]
    if "full" not in named and "last" not in named:
        return False
    filled = sum(cell is not None for cell in row)
    # Half of what stands there must be a heading: "Ученик Фамилия" may be a pupil's line.
    return (len(named) >= 2 or filled == 1) and 2 * len(named) >= filled


def _completes(row: Row, titles: Sequence[str]) -> bool:
    """Whether a row right below headings is their second line, e.g. «Фамилия» and «Имя» under «ФИО».

    It holds several headings and nothing else, and none of them under a heading that needs none.
    """
    filled = [column for column, cell in enumerate(row) if cell is not None]
    fields = [name for name in _fields(row) if name]
    above = {field_of(titles[column]) for column in filled}
    return len(filled) >= 2 and len(filled) == len(fields) and above <= _WIDE


def _spread(titles: Sequence[str]) -> list[str]:
    """Let a heading above reach over the blank cells to its right: it is merged, or meant so."""
    spread: list[str] = []
    for title in titles:
        spread.append(title or (spread[-1] if spread else ""))
    return spread
