"""Class lists: sheets → pupils and classes, with everything that was wrong or put right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

from connector.names import ClassName, find_class, fold, parse_class
from connector.source import Kind, Source, SourceGroup, SourcePupil
from mappings.blocks import Block
from mappings.doubles import settle_doubles
from mappings.findings import Findings
from mappings.headings import Header, Row, read_header
from mappings.lines import LEAVERS, Line, read_line
from mappings.pupils import PupilReader, contradict
from mappings.sheets import Cell, Sheet, Unusable
from mappings.usual import UsualRows
from mappings.wording import tell

# A heading stands near the top; below that many rows without one there is none.
_HEADING_WITHIN = 60
# Rows that merged cells may cover together; ranges that overlap by the thousand are made to hurt.
_MOST_COVERED = 2_000_000


def holds_class_list(sheets: Sequence[Sheet]) -> bool:
    """Whether any shown sheet has a heading row of a class list."""
    return any(_first_header(sheet) is not None for sheet in sheets if not sheet.hidden) or any(
        _first_header(sheet) is not None for sheet in sheets if LEAVERS.search(fold(sheet.name))
    )


def _first_header(sheet: Sheet) -> Header | None:
    for index in range(min(len(sheet.rows), _HEADING_WITHIN)):
        header = read_header(sheet, index)
        if header is not None:
            return header
    return None


def read_class_list(
    sheets: Sequence[Sheet], path: str, sha256: str, *, today: date, epoch_1904: bool = False
) -> Source:
    """Read every list of pupils in a file.

    Args:
        sheets: of the file, hidden ones too: they are told about, not read, unless they list leavers.
        path: as the file was named.
        sha256: of its bytes.
        today: what two-digit years and ages are judged by.
        epoch_1904: serial numbers of days count from 1904.

    Raises:
        Unusable: merged cells that no table has.

    """
    findings = Findings(path)
    source = Source(path, Kind.CLASS_LIST, sha256)
    reader = _Reader(source, PupilReader(findings, today), findings, epoch_1904)
    shown = sum(not sheet.hidden and bool(sheet.rows) for sheet in sheets)
    reader.by_file = _class_of_file(path) if shown == 1 else None
    for sheet in sheets:
        reader.sheet(sheet, alone=len(sheets) == 1)
    source.pupils = settle_doubles(reader.pupils, findings)
    source.accepted = len(source.pupils)
    source.edu_groups = _groups(source.pupils, findings)
    if not reader.pupils and not findings.problems:
        tell(findings, "no_records", ("", 0, ""))
    source.problems = findings.problems
    source.fixes = findings.fixes
    return source


def _class_of_file(path: str) -> ClassName | None:
    """Read the class a file is named after, e.g. `5А.xlsx`; a bare number may be anything."""
    stem = PurePath(path).stem
    found = parse_class(stem) or find_class(stem)
    return found if found is not None and found.letter else None


def _groups(pupils: Sequence[SourcePupil], findings: Findings) -> list[SourceGroup]:
    """Classes that have pupils, in the order of a school."""
    names: dict[str, ClassName] = {}
    sheets: dict[str, str] = {}
    for pupil in pupils:
        if pupil.edu_group and not pupil.left and pupil.edu_group not in names:
            names[pupil.edu_group] = parse_class(pupil.edu_group) or ClassName(
                pupil.edu_group, None, ""
            )
            sheets[pupil.edu_group] = pupil.place.sheet
    with_letter = {found.parallel for found in names.values() if found.letter}
    for name, found in names.items():
        if found.parallel in with_letter and not found.letter and not found.profile:
            tell(findings, "class_without_letter", (sheets[name], 0, ""), name)
    ordered = sorted(names.values(), key=lambda found: (found.parallel or 99, found.name))
    return [SourceGroup(found.name, found.parallel, found.letter) for found in ordered]


@dataclass(slots=True)
class _Reader:
    """Walks the rows of one sheet after another."""

    source: Source
    rows: PupilReader
    findings: Findings
    epoch_1904: bool
    by_file: ClassName | None = None
    pupils: list[SourcePupil] = field(default_factory=list)

    def sheet(self, sheet: Sheet, *, alone: bool) -> None:
        """Read one sheet, or tell why it is not read."""
        leavers = bool(LEAVERS.search(fold(sheet.name)))
        filled = sum(any(cell is not None for cell in row) for row in sheet.rows)
        if not filled:
            self.source.ignored += len(sheet.rows)
            return
        if sheet.hidden and not leavers:
            self.source.ignored += len(sheet.rows)
            tell(self.findings, "hidden_sheet", (sheet.name, 0, ""), str(filled))
            return
        named = None if leavers else self._class_of(sheet)
        before = self.source.rows
        if not _Walk(self, sheet, named, leavers=leavers).found_header():
            rule = "no_header" if alone or named is not None or leavers else "sheet_skipped"
            tell(self.findings, rule, (sheet.name, 0, ""))
        elif named is not None and self.source.rows == before:
            tell(self.findings, "empty_class", (sheet.name, 0, ""), named.name)

    def _class_of(self, sheet: Sheet) -> ClassName | None:
        """Read the class a sheet is named after."""
        found = parse_class(sheet.name) or find_class(sheet.name)
        where = (sheet.name, 0, "")
        if found is not None and found.parallel is None:
            tell(self.findings, "pseudo_class", where, found.name)
        elif found is not None and found.changed:
            self.findings.mend("class_letters", where, sheet.name, found.name)
        return found


class _Walk:
    """One sheet from top to bottom."""

    def __init__(
        self, reader: _Reader, sheet: Sheet, named: ClassName | None, *, leavers: bool
    ) -> None:
        self.reader = reader
        self.sheet = sheet
        self.named = named
        self.leavers = leavers
        self.edu_group = named
        self.gone = leavers
        self.block: Block | None = None
        self.contested = False
        self.usual: UsualRows | None = None

    def found_header(self) -> bool:
        """Read all rows; False where no headings were found and so nothing was read."""
        covered = _covered(self.sheet)
        source = self.reader.source
        after_header = 0
        for index, row in enumerate(self.sheet.rows):
            if index < after_header:
                continue
            if self.usual is not None and index not in covered:
                pupil = self.usual.read(row, index + 1)
                if pupil is not None:
                    source.rows += 1
                    self.reader.pupils.append(pupil)
                    continue
            header = read_header(self.sheet, index)
            if header is not None:
                source.ignored += header.last - index + 1
                after_header = header.last + 1
                self._begin(header)
            elif self.block is None:
                source.ignored += 1
                self._title(row, index)
            else:
                self._line(row, index, self.block, covered.get(index, {}))
        return self.block is not None

    def _begin(self, header: Header) -> None:
        name = self.sheet.name
        by_file = self.reader.by_file
        unsaid = self.edu_group is None and not (self.contested or self.gone or header.of_class)
        if unsaid and by_file is not None:
            self.edu_group = by_file
            where = (name, header.last + 1, "")
            self.reader.findings.mend("class_of_file", where, self.reader.source.path, by_file.name)
        if self.block is None:
            self.reader.source.headers[name] = header.titles
        if header.beside:
            tell(self.reader.findings, "side_by_side", (name, header.last + 1, ""))
        elif header.twice and (self.block is None or header.titles != self.block.header.titles):
            where = (name, header.last + 1, "")
            tell(self.reader.findings, "heading_twice", where, ", ".join(header.twice))
        self._enter(header)

    def _enter(self, header: Header) -> None:
        """Begin a block: what holds for all rows from here on."""
        reader = self.reader
        self.block = Block(self.sheet.name, header, self.edu_group, self.gone, reader.epoch_1904)
        self.usual = UsualRows(reader.source.path, self.block, reader.rows.today)

    def _line(self, row: Row, index: int, block: Block, merged: dict[int, Cell]) -> None:
        found = read_line(row, block.header, merged)
        reader = self.reader
        if found.line is Line.RECORD:
            reader.source.rows += 1
            cells = row
            if merged:
                cells = [merged.get(n) if cell is None else cell for n, cell in enumerate(row)]
            pupil = reader.rows.read(cells, index + 1, block)
            if pupil is not None:
                reader.pupils.append(pupil)
            return
        if found.line is Line.NAMELESS:
            reader.source.rows += 1
            tell(reader.findings, "no_name", (block.sheet, index + 1, ""))
            return
        reader.source.ignored += 1
        if found.line is Line.SECTION:
            self.edu_group = found.edu_group or self.edu_group
            self.gone = self.leavers or bool(found.gone)
            self._enter(block.header)

    def _title(self, row: Row, index: int) -> None:
        """Look for the class in a title above the headings."""
        for cell in row:
            found = _class_in(cell) if isinstance(cell, str) else None
            if found is None:
                continue
            if self.named is not None and contradict(found, self.named):
                # Whose list it is nobody can tell now: rows that name no class themselves are refused.
                self.edu_group = None
                self.contested = True
                where = (self.sheet.name, index + 1, "")
                value = f"{found.name} / {self.named.name}"
                tell(self.reader.findings, "title_contradicts", where, value)
            elif self.named is None or not self.named.letter:
                self.edu_group = found
            return


def _class_in(title: str) -> ClassName | None:
    """The class that a title names, in a sentence or alone; a bare number may be anything."""
    found = find_class(title) or parse_class(title)
    return found if found is None or found.letter or "класс" in fold(title) else None


def _covered(sheet: Sheet) -> dict[int, dict[int, Cell]]:
    """Values that vertically merged cells give to the rows below their first, by row and column."""
    covered: dict[int, dict[int, Cell]] = {}
    room = _MOST_COVERED
    for top, left, bottom, _right in sheet.merges:
        if bottom == top or top >= len(sheet.rows) or left >= len(sheet.rows[top]):
            continue
        value = sheet.rows[top][left]
        if value is None:
            continue
        room -= bottom - top
        if room < 0:
            raise Unusable("damaged", sheet=sheet.name)
        for row in range(top + 1, min(bottom + 1, len(sheet.rows))):
            covered.setdefault(row, {})[left] = value
    return covered
