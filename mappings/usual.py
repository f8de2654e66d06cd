"""The usual row of a class list, read at a glance: a name as names are written, a real day, a canonical class.

Most rows of a list are usual; reading them costs a third of what the careful way costs. Whatever is not certainly usual
is left to `mappings.pupils`, and a test holds both ways to the same answer.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from connector.names import parse_class
from connector.source import Place, SourcePupil
from mappings.blocks import Block
from mappings.headings import is_heading
from mappings.persons import is_patronymic, sex_of_patronymic
from mappings.pupils import SEXES, contradict, schoolchild_years
from mappings.sheets import Cell
from mappings.snils import read_snils

_WORD = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_NAMES = re.compile(rf"{_WORD}\t{_WORD}\t{_WORD}").fullmatch
# Where any of these says something, a careful look is due.
_CAREFUL = ("full", "phone", "note", "left", "enrolled", "group", "parallel", "letter")


class UsualRows:
    """Reads the usual rows of one block."""

    def __init__(self, file: str, block: Block, today: date) -> None:
        columns = block.header.columns
        self._file = file
        self._block = block
        self._names = tuple(columns.get(part, -1) for part in ("last", "first", "middle"))
        self._born = columns.get("born", -1)
        self._sex = columns.get("sex", -1)
        self._snils = columns.get("snils", -1)
        self._class = columns.get("class", -1)
        self._careful = tuple(columns[part] for part in _CAREFUL if part in columns)
        self._years = schoolchild_years(today)
        # Class by its spelling, "" for one that needs a careful look.
        self._classes: dict[Cell, str] = {}
        self._width = max(columns.values(), default=0)
        self._fits = min(self._names) >= 0 and not block.left

    def read(self, row: Sequence[Cell], number: int) -> SourcePupil | None:
        """Give the pupil of a row, or None where it is not certainly usual."""
        if not self._fits or len(row) <= self._width:
            return None
        last, first, middle = (row[column] for column in self._names)
        if not _NAMES(f"{last}\t{first}\t{middle}"):
            return None
        for column in self._careful:
            if row[column] is not None:
                return None
        # An f-string makes words of all cells; these three are words.
        last, first, middle = str(last), str(first), str(middle)
        edu_group = self._edu_group(row)
        hint = sex_of_patronymic(middle)
        sex = SEXES.get(str(row[self._sex])) if self._sex >= 0 and row[self._sex] else None
        born = self._birthday(row)
        snils = read_snils(row[self._snils]) if self._snils >= 0 else ""
        if (
            not edu_group
            or hint is None
            or (self._sex >= 0 and row[self._sex] is not None and sex != hint)
            or (born is None and self._born >= 0 and row[self._born] is not None)
            or snils is None
            or is_heading(last)
            or is_patronymic(first)
        ):
            return None
        key = f"{last} {first} {middle}".lower().replace("ё", "е")
        if snils:
            key = f"snils:{snils}"
        else:
            key = f"born:{key}:{born}" if born is not None else f"class:{key}:{edu_group}"
        return SourcePupil(
            key,
            last,
            first,
            middle,
            sex,
            born,
            snils,
            edu_group,
            Place(self._file, self._block.sheet, number),
            hint,
        )

    def _edu_group(self, row: Sequence[Cell]) -> str:
        cell = row[self._class] if self._class >= 0 else None
        if cell is None:
            return self._block.edu_group.name if self._block.edu_group else ""
        known = self._classes.get(cell)
        if known is None:
            found = parse_class(cell) if isinstance(cell, str) else None
            sheet = self._block.edu_group
            usual = (
                found is not None
                and found.parallel is not None
                and found.name == cell
                and not found.changed
                and not (sheet is not None and contradict(found, sheet))
            )
            known = self._classes[cell] = found.name if found is not None and usual else ""
        return known

    def _birthday(self, row: Sequence[Cell]) -> date | None:
        """Read a cell that is a day, or text like 01.09.2012; None for anything else."""
        cell = row[self._born] if self._born >= 0 else None
        if isinstance(cell, str) and len(cell) == 10 and cell[2] == cell[5] == ".":
            try:
                cell = date(int(cell[6:]), int(cell[3:5]), int(cell[:2]))
            except ValueError:
                return None
            if f"{cell.day:02}.{cell.month:02}.{cell.year}" != row[self._born]:
                return None
        if not isinstance(cell, date) or isinstance(cell, datetime):
            return None
        return cell if cell.year in self._years else None
