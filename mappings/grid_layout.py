"""Finds the tables of a timetable sheet: headings, blocks of columns and what each column holds. Pure.

Layouts that schools use, all read by one walk: days down and classes across, with one to several columns for each
class; days across and lessons down, one table for each class; days across and classes down, a column for each lesson.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from connector.names import ClassName, find_class
from mappings.grid_board import Board
from mappings.grid_columns import Roles, look, roles
from mappings.grid_words import class_of, day_of, number_of, role_of

# A title stands at most so many rows above its table.
_TITLE = 4
_DAYS_ACROSS = 3
# Row, column and text of a heading, and the class it means.
Named = tuple[int, int, str, ClassName]


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one class (days down) or of one day (days across); None: rows say it.

    Attributes:
        first: first column.
        last: last column.
        roles: what its columns hold.
        numbers: lesson number by column, where each lesson has a column of its own.

    """

    first: int
    last: int
    edu_group: ClassName | None = None
    day: int | None = None
    roles: Roles = field(default_factory=Roles)
    numbers: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Section:
    """One table: a heading row, and the rows below it up to the next.

    Attributes:
        heading: its row.
        top: first row of lessons.
        bottom: last row.
        across: `classes` or `days`, whatever stands in the heading row.
        blocks: from left to right.
        label: column where each row says its day (or class), None where none does.
        edu_group: class of the whole table, where the heading row has days.
        day: day of the first rows, where it stands above or beside the heading.
        spans: column of times, None where there is none.
        unknown: columns with content that nobody understands.
        named: classes that headings name: row, column, text and what it means.

    """

    heading: int
    top: int
    bottom: int
    across: str
    blocks: list[Block] = field(default_factory=list)
    label: int | None = None
    edu_group: ClassName | None = None
    day: int | None = None
    spans: int | None = None
    unknown: tuple[int, ...] = ()
    named: list[Named] = field(default_factory=list)


def sections_of(board: Board) -> list[Section]:
    """The tables of a sheet from top to bottom; empty where the sheet is no timetable."""
    headings = list(_headings(board))
    found: list[Section] = []
    for at, (row, across) in enumerate(headings):
        bottom = headings[at + 1][0] - 1 if at + 1 < len(headings) else board.height - 1
        if bottom <= row:
            continue
        section = Section(row, row + 1, bottom, across)
        if across == "classes":
            _lay_classes(board, section)
        else:
            _lay_days(board, section)
        if section.blocks:
            found.append(section)
    if not headings:
        found += _without_heading(board)
    return found


def _texts(board: Board, row: int) -> Iterator[tuple[int, str]]:
    for column, cell in enumerate(board.sheet.rows[row]):
        if isinstance(cell, str):
            yield column, cell
        elif isinstance(cell, int) and not isinstance(cell, bool):
            yield column, str(cell)


def _headings(board: Board) -> Iterator[tuple[int, str]]:
    days_left: int | None = None
    columns: list[int] | None = None
    for row in range(board.height):
        texts = list(_texts(board, row))
        if days := _day_columns(texts):
            days_left, columns = min(days), []
            yield row, "days"
            continue
        classes = [column for column, text in texts if class_of(text)]
        # Numbers alone are classes on top of a sheet, and where they stand just so again; below they are rooms.
        bare = _is_bare_heading(board, row, texts) and columns in (None, classes)
        named = _is_class_heading(texts) and not (
            days_left is not None and _is_row_label(board, row, texts, days_left)
        )
        if named or bare:
            days_left, columns = None, classes
            yield row, "classes"


def _day_columns(texts: list[tuple[int, str]]) -> list[int]:
    """Columns of the days of a heading row, empty where it is none."""
    days = {column: day for column, text in texts if (day := day_of(text))}
    return list(days) if len(set(days.values())) >= _DAYS_ACROSS else []


def _is_row_label(board: Board, row: int, texts: list[tuple[int, str]], days_left: int) -> bool:
    """Whether a lone class below a heading of days says whose row it is, and not whose table comes next."""
    if any(column >= days_left for column, text in texts if class_of(text)):
        return False
    below = range(row + 1, min(row + 1 + _TITLE, board.height))
    return not any(_day_columns(list(_texts(board, each))) for each in below)


def _is_class_heading(texts: list[tuple[int, str]]) -> bool:
    """Whether classes with a letter or the word stand in a row that is no row of lessons."""
    classes = {text for _column, text in texts if class_of(text)}
    named = [text for text in classes if not text.strip().isdigit()]
    rest = [text for _column, text in texts if text not in classes]
    strange = [text for text in rest if not (day_of(text) or role_of(text))]
    # One class among lessons is a row of a table with classes down.
    return bool(named) and len(strange) <= len(classes) and (not strange or len(named) > 1)


def _is_bare_heading(board: Board, row: int, texts: list[tuple[int, str]]) -> bool:
    """Whether a row names classes by numbers only: `10`, `11`."""
    numbers = [text for _column, text in texts if class_of(text)]
    rest = [text for _column, text in texts if text not in numbers]
    below = list(_texts(board, row + 1)) if row + 1 < board.height else []
    return (
        len(set(numbers)) == len(numbers) > 1
        and all(text.strip().isdigit() for text in numbers)
        and all(role_of(text) for text in rest)
        and any(not text.strip().isdigit() for _column, text in below)
    )


def _lay_classes(board: Board, section: Section) -> None:
    section.named = [
        (section.heading, column, text, parsed)
        for column, text in _texts(board, section.heading)
        if (parsed := class_of(text))
    ]
    heads = [(column, parsed) for _row, column, _text, parsed in section.named]
    gaps = [after - before for (before, _), (after, _) in pairwise(heads)]
    usual = min(gaps) if gaps else board.width
    for at, (column, parsed) in enumerate(heads):
        merged = board.right_end(section.heading, column)
        end = heads[at + 1][0] - 1 if at + 1 < len(heads) else column + usual - 1
        last = merged if merged > column else min(end, board.width - 1)
        section.blocks.append(Block(column, last, edu_group=parsed))
    labels = [text for _column, text in _texts(board, section.heading) if day_of(text)]
    section.day = day_of(labels[0]) if len(labels) == 1 else _day_above(board, section.heading)
    _find_columns(board, section, heads[0][0])


def _day_above(board: Board, heading: int) -> int | None:
    """The day of a title row right above the heading."""
    for row in range(heading - 1, max(heading - 3, -1), -1):
        texts = [text for _column, text in _texts(board, row)]
        if len(texts) == 1 and day_of(texts[0]):
            return day_of(texts[0])
        if texts:
            return None
    return None


def _lay_days(board: Board, section: Section) -> None:
    heads = [
        (column, day)
        for column, text in _texts(board, section.heading)
        if (day := day_of(text)) is not None
    ]
    gaps = [after - before for (before, _), (after, _) in pairwise(heads)]
    for at, (column, day) in enumerate(heads):
        merged = board.right_end(section.heading, column)
        # Between two tables side by side there is more than one day wide.
        end = column + min(gaps) - 1
        end = min(end, heads[at + 1][0] - 1) if at + 1 < len(heads) else end
        last = max(merged, min(end, board.width - 1))
        title = _title(board, section.heading, column)
        if title is not None and title not in section.named:
            section.named.append(title)
        edu_group = title[3] if title is not None else None
        section.blocks.append(Block(column, last, day=day, edu_group=edu_group))
    _find_columns(board, section, heads[0][0])
    _find_lesson_columns(board, section)
    named = section.label is not None
    if named:
        section.named.clear()
        section.blocks = [replace(block, edu_group=None) for block in section.blocks]


def _title(board: Board, heading: int, column: int) -> Named | None:
    """The class named above a table of days: the nearest row, there the last one that begins not right of the column."""
    for row in range(heading - 1, max(heading - 1 - _TITLE, -1), -1):
        named = [
            (row, at, text, parsed)
            for at, text in _texts(board, row)
            if (parsed := class_of(text) or find_class(text))
        ]
        if named:
            before = [each for each in named if each[1] <= column]
            return before[-1] if before else named[0]
    return None


def _without_heading(board: Board) -> list[Section]:
    """A sheet of one class: days in a column, the class in the sheet's name or in a title."""
    days = [
        (row, column)
        for row in range(board.height)
        for column, text in _texts(board, row)
        if day_of(text)
    ]
    if len(days) < _DAYS_ACROSS:
        return []
    edu_group = class_of(board.sheet.name) or find_class(board.sheet.name)
    title = None if edu_group else _title(board, days[0][0], board.width)
    if title is not None:
        edu_group = title[3]
    if edu_group is None:
        return []
    label = min(column for _row, column in days)
    section = Section(max(days[0][0] - 1, -1), days[0][0], board.height - 1, "classes")
    section.named += [title] if title else []
    section.blocks = [Block(label + 1, board.width - 1, edu_group=edu_group)]
    _find_columns(board, section, label + 1)
    return [section]


def _find_columns(board: Board, section: Section, left_end: int) -> None:
    """Find the label column on the left and the roles of the columns of each block."""
    columns = look(board, section.top, section.bottom, section.heading)
    says = "days" if section.across == "classes" else "classes"
    counts = {column: getattr(columns[column], says) for column in range(left_end)}
    best = max(counts, key=lambda column: (counts[column], -column), default=None)
    section.label = best if best is not None and counts[best] else None
    times = [column for column, seen in columns.items() if seen.is_times]
    section.spans = times[0] if times else None
    shared = [
        column
        for column in range(left_end)
        if column != section.label and columns[column].is_numbers
    ]
    understood = {section.label, *times}
    blocks = []
    for block in section.blocks:
        found = roles(columns, block.first, block.last, shared[-1] if shared else None)
        blocks.append(replace(block, roles=found))
        understood |= {found.subject, found.number, found.room, found.teacher}
    section.blocks = blocks
    section.unknown = tuple(
        column
        for column, seen in columns.items()
        if column not in understood and seen.filled and not (seen.is_numbers or seen.is_days)
    )


def _find_lesson_columns(board: Board, section: Section) -> None:
    """See whether each lesson has a column of its own: a row of numbers right below the days."""
    found: list[Block] = []
    for block in section.blocks:
        numbers = [
            (column, number)
            for column in range(block.first, block.last + 1)
            if (number := number_of(board.own(section.top, column))) is not None
        ]
        if len(numbers) < 2 or any(
            after <= before for (_, before), (_, after) in pairwise(numbers)
        ):
            return
        found.append(replace(block, numbers=tuple(numbers), roles=Roles(block.first)))
    section.blocks = found
    section.unknown = tuple(
        column
        for column in section.unknown
        if all(column not in dict(block.numbers) for block in found)
    )
    section.top += 1
