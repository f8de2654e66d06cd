"""One row of a class list → one pupil, or the reasons why it is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.names import ClassName, fold, full_key, parse_class
from connector.source import Place, SourcePupil
from mappings.blocks import Block, Values, text_of
from mappings.dates import read_day
from mappings.findings import Findings
from mappings.lines import LEAVERS
from mappings.persons import sex_of_patronymic
from mappings.phones import read_phones
from mappings.pupil_names import NOTHING, NameReader, Names
from mappings.sheets import Cell
from mappings.snils import read_snils
from mappings.wording import tell

# Sexes by what people write, folded; the two usual letters as they are.
SEXES = {
    **dict.fromkeys(
        ("М", "м", "муж", "мужской", "m", "male", "мальчик", "юноша", "мужчина"), "Male"
    ),
    **dict.fromkeys(
        ("Ж", "ж", "жен", "женский", "f", "female", "девочка", "девушка", "женщина"), "Female"
    ),
}
# A pupil who repeats, and one who began early.
_YOUNGEST, _OLDEST = 5, 21
_DAYS_IN = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d)").findall


@dataclass(slots=True)
class PupilReader:
    """Reads rows of one file; remembers which spellings of classes were told already."""

    findings: Findings
    today: date
    told: set[tuple[str, str]] = field(default_factory=set)

    def read(self, row_cells: Sequence[Cell], row: int, block: Block) -> SourcePupil | None:
        """Read a row that has a name; everything wrong with it is told, not only the first thing."""
        wrong = len(self.findings.problems)
        width = len(row_cells)
        cells = {
            name: row_cells[column]
            for name, column in block.header.columns.items()
            if column < width and row_cells[column] is not None
        }
        names = NameReader(self.findings).read(cells, row, block)
        born = self._birthday(cells, row, block)
        snils = self._snils(cells, row, block)
        hint = sex_of_patronymic(names.middle_name or "")
        sex = self._sex(cells, row, block, hint)
        left = block.left or _says_gone(cells.get("left"))
        enrolled = self._enrolled(cells, row, block)
        edu_group = self._class(cells, row, block, left=left)
        self._phones(cells, row, block)
        note = cells.get("note")
        if isinstance(note, str) and not left and LEAVERS.match(fold(note)):
            tell(self.findings, "note_says_left", (block.sheet, row, ""), note)
        problems = self.findings.problems
        if len(problems) > wrong and any(problem.refuses for problem in problems[wrong:]):
            return None
        name = edu_group.name if edu_group else ""
        return SourcePupil(
            local_key=local_key(names, born, snils, name),
            last_name=names.last_name,
            first_name=names.first_name,
            middle_name=names.middle_name,
            sex=sex,
            birthday=born,
            snils=snils,
            edu_group=name,
            place=Place(self.findings.file, block.sheet, row),
            sex_hint=hint,
            left=left,
            enrolled=enrolled,
            left_on=_day_in(cells.get("left"), self.today, block) if left else None,
        )

    # --- the rest

    def _birthday(self, cells: Values, row: int, block: Block) -> date | None:
        cell = cells.get("born")
        if cell is None:
            return None
        found = read_day(cell, today=self.today, epoch_1904=block.epoch_1904)
        where = (block.sheet, row, block.header.title("born"))
        if found.day is None:
            if found.rule:
                tell(self.findings, found.rule, where, str(cell))
            return None
        shown = f"{found.day.day:02}.{found.day.month:02}.{found.day.year}"
        if found.rule or (isinstance(cell, str) and cell != shown):
            self.findings.mend(found.rule or "date_form", where, str(cell), shown)
        if found.day.year not in schoolchild_years(self.today):
            tell(self.findings, "odd_age", where, shown)
        return found.day

    def _enrolled(self, cells: Values, row: int, block: Block) -> date | None:
        cell = cells.get("enrolled")
        found = _day_in(cell, self.today, block)
        if cell is not None and found is None and fold(text_of(cell)).strip(". ") not in NOTHING:
            where = (block.sheet, row, block.header.title("enrolled"))
            tell(self.findings, "enrolled_unread", where, str(cell))
        return found

    def _snils(self, cells: Values, row: int, block: Block) -> str:
        found = read_snils(cells.get("snils"))
        if found is None:
            # Its value stays out: a wrong one is still most of somebody's number.
            tell(self.findings, "bad_snils", (block.sheet, row, block.header.title("snils")))
        return found or ""

    def _sex(self, cells: Values, row: int, block: Block, hint: str | None) -> str | None:
        text = text_of(cells.get("sex"))
        sex = SEXES.get(text)
        if sex is None:
            plain = fold(text).strip(". ")
            if not plain or plain == "-":
                return None
            sex = SEXES.get(plain)
        where = (block.sheet, row, block.header.title("sex"))
        if sex is None:
            tell(self.findings, "bad_sex", where, text)
        elif hint is not None and hint != sex:
            tell(self.findings, "sex_contradicts", where, text)
        return sex

    def _phones(self, cells: Values, row: int, block: Block) -> None:
        cell = cells.get("phone")
        if cell is None:
            return
        for piece in read_phones(cell)[2]:
            tell(self.findings, "bad_phone", (block.sheet, row, block.header.title("phone")), piece)

    # --- the class

    def _class(self, cells: Values, row: int, block: Block, *, left: bool) -> ClassName | None:
        text, column = self._class_text(cells, row, block, left=left)
        where = (block.sheet, row, column)
        if not text:
            if block.edu_group is None and not left and column != "?":
                tell(self.findings, "no_class", (block.sheet, row, ""))
            return block.edu_group
        found = parse_class(text)
        if found is None:
            tell(self.findings, "bad_class", where, text, doubt=left)
            return None
        self._tell_spelling(found, text, where)
        if block.edu_group is not None and contradict(found, block.edu_group):
            tell(
                self.findings, "class_contradicts", where, f"{found.name} / {block.edu_group.name}"
            )
        return found

    def _class_text(self, cells: Values, row: int, block: Block, *, left: bool) -> tuple[str, str]:
        """Give the class as the row has it and its column; the column `?` means that it was refused already."""
        # «Группа» is a class in some colleges, and a subgroup on the sheet of a class.
        fields = ("class", "parallel") if block.edu_group else ("class", "group", "parallel")
        field_name = next((name for name in fields if cells.get(name) is not None), "")
        cell = cells.get(field_name)
        if isinstance(cell, date):
            where = (block.sheet, row, block.header.title(field_name))
            tell(self.findings, "class_is_date", where, f"{cell:%d.%m.%Y}", doubt=left)
            return "", "?"
        text = text_of(cell)
        letter = text_of(cells.get("letter"))
        if letter and text.strip().isalnum() and not text.strip()[-1:].isalpha():
            text = f"{text.strip()} {letter.strip()}"
        return text, block.header.title(field_name)

    def _tell_spelling(self, found: ClassName, text: str, where: tuple[str, int, str]) -> None:
        sheet = where[0]
        if found.parallel is None:
            if (sheet, found.name) not in self.told:
                self.told.add((sheet, found.name))
                tell(self.findings, "pseudo_class", where, found.name)
        elif found.changed:
            self.findings.mend("class_letters", where, text, found.name)
        elif found.name != text and (sheet, text) not in self.told:
            # Once for a spelling: `5 А` in 900 rows is one habit, not 900 slips.
            self.told.add((sheet, text))
            self.findings.mend("class_spelling", where, text, found.name)


def schoolchild_years(today: date) -> range:
    """Years in which a pupil of today may be born."""
    return range(today.year - _OLDEST, today.year - _YOUNGEST + 1)


def local_key(names: Names, born: date | None, snils: str, edu_group: str) -> str:
    """Key of a pupil inside the school's files: `connector.source.SourcePupil`."""
    if snils:
        return f"snils:{snils}"
    key = full_key(names.last_name, names.first_name, names.middle_name)
    return f"born:{key}:{born}" if born else f"class:{key}:{edu_group}"


def _day_in(cell: Cell, today: date, block: Block) -> date | None:
    """Read the one day of a cell, alone or among words: `10.11.2026`, `приказ 15 от 10.11.2026`."""
    found = read_day(cell, today=today, epoch_1904=block.epoch_1904).day
    if found is None and isinstance(cell, str):
        days = {read_day(text, today=today).day for text in _DAYS_IN(cell)} - {None}
        return days.pop() if len(days) == 1 else None
    return found


def _says_gone(cell: Cell) -> bool:
    return cell is not None and fold(text_of(cell)).strip(". ") not in {*NOTHING, ""}


def contradict(row: ClassName, sheet: ClassName) -> bool:
    """Whether a class is another one than the sheet's; a sheet of a whole year speaks for each of its classes."""
    return row.parallel != sheet.parallel or (bool(sheet.letter) and row.letter != sheet.letter)
