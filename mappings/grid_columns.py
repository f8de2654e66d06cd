"""What each column of a timetable's table holds: lesson numbers, subjects, rooms, teachers, times. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mappings.grid_board import Board
from mappings.grid_words import (
    class_of,
    day_of,
    is_room,
    is_subject,
    is_teacher,
    number_of,
    role_of,
    span_of,
)


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns of one block; None where there is no such column."""

    subject: int = 0
    number: int | None = None
    room: int | None = None
    teacher: int | None = None


@dataclass(slots=True)
class Column:
    """What is seen in a column of a table.

    `words`, `rooms` and `teachers` count cells; teachers and usual subjects are words too.
    """

    role: str = ""
    filled: int = 0
    words: int = 0
    rooms: int = 0
    teachers: int = 0
    subjects: int = 0
    days: int = 0
    classes: int = 0
    spans: int = 0
    numbers: list[int] = field(default_factory=list)

    @property
    def is_times(self) -> bool:
        """Whether the column holds bells."""
        return self.role == "time" or 2 * self.spans > self.filled

    @property
    def is_days(self) -> bool:
        """Whether the column repeats the days, as on the right of wide tables."""
        return self.days > 0 and 2 * self.days >= self.filled

    @property
    def is_numbers(self) -> bool:
        """Whether the column counts lessons: its numbers go up by one, as no rooms do."""
        if not self.numbers or 2 * len(self.numbers) < self.filled:
            return False
        if self.role == "number":
            return True
        steps = [after - before for before, after in pairwise(self.numbers)]
        rising = sum(step == 1 for step in steps)
        return rising >= 2 and 2 * rising >= len(steps)


def look(board: Board, top: int, bottom: int, heading: int) -> dict[int, Column]:
    """Look at all columns of a table; a row with one cell is a title and says nothing about its column."""
    rows = [
        row
        for row in range(top, bottom + 1)
        if sum(cell is not None for cell in board.sheet.rows[row]) > 1
    ]
    columns = {column: _look(board, rows, column) for column in range(board.width)}
    for row in range(max(heading, 0), min(heading + 3, bottom)):
        for column, cell in enumerate(board.sheet.rows[row]):
            if isinstance(cell, str):
                columns[column].role = columns[column].role or role_of(cell)
    return columns


def _look(board: Board, rows: Sequence[int], column: int) -> Column:
    seen = Column()
    for row in rows:
        cell = board.own(row, column)
        if cell is None or (isinstance(cell, str) and role_of(cell)):
            continue
        seen.filled += 1
        number = number_of(cell)
        if number is not None:
            seen.numbers.append(number)
        if is_room(cell):
            seen.rooms += 1
        if not isinstance(cell, str):
            continue
        if span_of(cell):
            seen.spans += 1
        elif not is_room(cell):
            seen.words += 1
            seen.teachers += is_teacher(cell)
            seen.subjects += is_subject(cell)
            seen.days += day_of(cell) is not None
        seen.classes += class_of(cell) is not None
    return seen


def roles(columns: dict[int, Column], first: int, last: int, shared: int | None) -> Roles:
    """Tell the columns of a block.

    Args:
        columns: of the table.
        first: first column of the block.
        last: last column of the block.
        shared: column of lesson numbers on the left of all blocks.

    """
    used = [column for column in range(first, last + 1) if columns[column].filled]
    numbers = [column for column in used if columns[column].is_numbers]
    rest = [column for column in used if column not in numbers and not columns[column].is_times]
    named = {columns[column].role: column for column in reversed(rest)}
    subject = named.get("subject")
    if subject is None:
        most = max((columns[column].words for column in rest), default=0)
        worded = (c for c in rest if columns[c].words and 2 * columns[c].words >= most)
        subject = next(worded, first)
    rest = [column for column in rest if column != subject]
    teacher = named.get("teacher")
    if teacher is None:
        teacher = next((c for c in rest if 2 * columns[c].teachers > columns[c].filled), None)
    rest = [column for column in rest if column != teacher]
    room = named.get("room")
    if room is None:
        right = [column for column in rest if column > subject]
        room = next((c for c in right if 2 * columns[c].rooms >= columns[c].filled), None)
    own = [column for column in numbers if column < subject]
    return Roles(subject, own[-1] if own else shared, room, teacher)


def further_subjects(columns: dict[int, Column], found: Roles, last: int) -> list[int]:
    """Columns right of the subjects that hold subjects too: a class has one for each of its parts."""
    return [
        column
        for column in range(found.subject + 1, last + 1)
        if column not in (found.number, found.room, found.teacher)
        and columns[column].subjects
        and 2 * columns[column].subjects >= columns[column].words
    ]
