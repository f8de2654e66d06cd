"""Walks the rows of a table and gives what stands in it, lesson by lesson, with day, number and class. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from connector.i18n import _
from connector.names import ClassName, tidy
from mappings.findings import Findings, RowRefused
from mappings.grid_board import Board, letter
from mappings.grid_layout import Block, Section
from mappings.grid_refusals import homeless, number_refused, twice_refused, value_refused
from mappings.grid_words import (
    class_of,
    day_like,
    day_of,
    is_nothing,
    is_room,
    is_subject,
    is_teacher,
    number_of,
    role_of,
    span_of,
)
from mappings.sheets import Cell


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a table.

    Attributes:
        edu_group: class.
        day: 1 Monday to 7.
        number: lesson number.
        text: what stands there, as it stands.
        room: what stands in the column of rooms.
        teacher: what stands in the column of teachers.
        row: row from 0.
        column: column from 0.
        part: number of the column among those of its class, 1 where it has one.
        origin: cell of the text; of a merged range its first, so that several entries may share it.

    """

    edu_group: ClassName
    day: int
    number: int
    text: str
    room: Cell
    teacher: str
    row: int
    column: int
    origin: tuple[int, int]
    part: int = 1


@dataclass(slots=True)
class _Place:
    """Where a block is: the lesson last read, and what was read this day."""

    key: tuple[str, int] | None = None
    number: int | None = None
    row: int = -2
    entry: int = 0
    used: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Walk:
    """One walk over a table.

    Attributes:
        entries: what was found.
        spans: times by lesson number, as the table shows them.
        cells: cells with a text where a lesson may stand.
        passed: cells that say that nothing is there.
        counted: some numbers were counted, since the table shows none.

    """

    board: Board
    section: Section
    findings: Findings
    entries: list[Entry] = field(default_factory=list)
    spans: dict[int, tuple[str, str]] = field(default_factory=dict)
    cells: int = 0
    passed: int = 0
    counted: bool = False
    _label: ClassName | int | None = None
    _label_text: str = ""
    _label_row: int = 0
    _places: dict[int, _Place] = field(default_factory=dict)
    _told_rows: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Read all rows."""
        section = self.section
        self._label = section.day if section.across == "classes" else None
        self._label_row = section.top
        for row in range(section.top, section.bottom + 1):
            if self._read_label(row):
                continue
            if self._is_heading_again(row):
                self._label_row = max(self._label_row, row + 1)
                continue
            for at, block in enumerate(section.blocks):
                for column, number in block.numbers or ((block.roles.subject, None),):
                    self._read_cell(row, column, number, at, block)

    def _read_label(self, row: int) -> bool:
        """See whether another day (or class) begins in this row; whether the row is only a title of it."""
        section, board = self.section, self.board
        texts = [cell for cell in board.sheet.rows[row] if cell is not None]
        if len(texts) == 1 and isinstance(texts[0], str) and section.across == "classes":
            day = day_of(texts[0])
            column = next(at for at, cell in enumerate(board.sheet.rows[row]) if cell is not None)
            if day is not None and (
                column != section.label or board.right_end(row, column) > column
            ):
                self._begin(day, texts[0], row + 1)
                return True
        if section.label is not None and board.origin(row, section.label)[0] == row:
            self._read_label_cell(row, section.label)
        return False

    def _read_label_cell(self, row: int, column: int) -> None:
        cell = self.board.own(row, column)
        if cell is None or span_of(cell):
            return
        text = tidy(str(cell))
        if self.section.across == "days":
            edu_group = class_of(text)
            if edu_group is not None:
                self.section.named.append((row, column, text, edu_group))
            self._begin(edu_group, text, row)
            return
        if number_of(cell) is not None:
            return
        day = day_of(text)
        if day is None and (day := day_like(text)) is not None:
            self.findings.mend("day_spelling", self._where(row, column), text, str(day))
        if day is not None or not role_of(text):
            self._begin(day, text, row)

    def _begin(self, label: ClassName | int | None, text: str, row: int) -> None:
        # Many repeat the day in every row.
        if label is None or label != self._label:
            self._label_row = row
        self._label, self._label_text = label, text

    def _is_heading_again(self, row: int) -> bool:
        """Headings of columns, below the heading of the table or repeated above each day."""
        texts = [cell for cell in self.board.sheet.rows[row] if isinstance(cell, str)]
        plain = [text for text in texts if not day_of(text)]
        known = sum(bool(role_of(text)) for text in plain)
        if row <= self.section.heading + 2:
            return 2 * known > len(plain)
        return known == len(plain) > 1

    def _where(self, row: int, column: int) -> tuple[str, int, str]:
        return (self.board.sheet.name, row + 1, letter(column))

    def _read_cell(self, row: int, column: int, number: int | None, at: int, block: Block) -> None:
        cell = self.board.at(row, column)
        if cell is None:
            return
        self.cells += 1
        if is_nothing(str(cell)):
            self.passed += 1
            return
        edu_group, day = self._whose(block)
        if day is None or edu_group is None:
            self._tell_homeless(row, column, day)
            return
        place = self._place(at, edu_group, day)
        try:
            number = self._lesson_at(row, column, number, block, place)
        except RowRefused as no:
            self.findings.refuse_row(self.board.sheet.name, row + 1, no)
            return
        if number is None:
            return
        place.number, place.row, place.entry = number, row, len(self.entries)
        place.used.add(number)
        origin = self.board.origin(row, column)
        room = self._beside(row, block.roles.room, origin)
        teacher = self._beside(row, block.roles.teacher, origin)
        self.entries.append(
            Entry(
                edu_group,
                day,
                number,
                str(cell),
                room,
                "" if teacher is None else tidy(str(teacher)),
                row,
                column,
                origin,
                block.part,
            )
        )

    def _lesson_at(
        self, row: int, column: int, number: int | None, block: Block, place: _Place
    ) -> int | None:
        """Number of the lesson in a cell; None where the cell is no lesson and has been dealt with."""
        cell = self.board.at(row, column)
        text = tidy(str(cell))
        again = number is None and self._is_second_line(row, block, place)
        if again and (is_room(cell) or is_teacher(text)):
            self._add_to(place, cell)
            return None
        if not isinstance(cell, str) or not any(map(str.isalpha, text)):
            raise value_refused(column, text)
        if number is None:
            number = self._number(row, block, place)
        if number is None or (again and not is_subject(text)):
            self._tell_outside(row, column, text)
            return None
        goes_on = number == place.number and row <= place.row + 1
        if number in place.used and not goes_on:
            raise twice_refused(column, number)
        return number

    def _whose(self, block: Block) -> tuple[ClassName | None, int | None]:
        """Class and day of a cell: one from the heading, the other from the row."""
        label = self._label
        if self.section.across == "classes":
            return block.edu_group, label if isinstance(label, int) else None
        return block.edu_group or (label if isinstance(label, ClassName) else None), block.day

    def _is_second_line(self, row: int, block: Block, place: _Place) -> bool:
        """Whether the row goes on with the lesson above: its number is blank or merged from above."""
        if block.roles.number is None or place.row != row - 1:
            return False
        above = self.board.origin(row, block.roles.number)[0] < row
        return above or self.board.own(row, block.roles.number) is None

    def _add_to(self, place: _Place, cell: Cell) -> None:
        """Add a room or a teacher that stands below its lesson."""
        entry = self.entries[place.entry]
        place.row += 1
        if isinstance(cell, str) and is_teacher(cell):
            self.entries[place.entry] = replace(entry, teacher=tidy(cell))
        else:
            self.entries[place.entry] = replace(entry, room=cell)

    def _place(self, at: int, edu_group: ClassName, day: int) -> _Place:
        place = self._places.get(at)
        if place is None or place.key != (edu_group.name, day):
            place = self._places[at] = _Place((edu_group.name, day))
        return place

    def _number(self, row: int, block: Block, place: _Place) -> int | None:
        if block.roles.number is None:
            self.counted = True
            return row - self._label_row + 1
        cell = self.board.at(row, block.roles.number)
        number = number_of(cell)
        if number is None and self._is_second_line(row, block, place):
            # Another part of the class.
            return place.number
        if number is not None:
            self._note_span(row, block.roles.number, number)
        return number

    def _note_span(self, row: int, column: int, number: int) -> None:
        """Keep the time beside a lesson number, or in the same cell."""
        span = span_of(self.board.at(row, column))
        if span is None and self.section.spans is not None:
            span = span_of(self.board.at(row, self.section.spans))
        if span is not None:
            self.spans.setdefault(number, span)

    def _beside(self, row: int, column: int | None, origin: tuple[int, int]) -> Cell:
        """What stands in another column of the block; a text merged over it is not said twice."""
        if column is None or self.board.origin(row, column) == origin:
            return None
        return self.board.at(row, column)

    def _tell_homeless(self, row: int, column: int, day: int | None) -> None:
        """Tell once for a row that its day or class is not known."""
        if row in self._told_rows:
            return
        self._told_rows.add(row)
        why = homeless(column, self._label_text, needs_day=day is None)
        self.findings.refuse_row(self.board.sheet.name, row + 1, why)

    def _tell_outside(self, row: int, column: int, text: str) -> None:
        if is_subject(text):
            raise number_refused(column, text)
        self.findings.doubt(
            "text_outside",
            self._where(row, column),
            text,
            _("This stands outside of the lessons and is not used."),
            _("Write the number of the lesson beside it, if it is one."),
        )


def walk(board: Board, sections: list[Section], findings: Findings) -> Iterator[Walk]:
    """Read the tables of a sheet one after another."""
    for section in sections:
        found = Walk(board, section, findings)
        found.run()
        yield found
