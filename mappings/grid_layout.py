"""Finds the tables of a timetable sheet: headings, blocks of columns and what each column holds. Pure.

Layouts that schools use, all read by one walk: days down and classes across, with one to several columns for each
class; days across and lessons down, one table for each class; days across and classes down, a column for each lesson.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from connector.names import ClassName, find_class
from mappings.grid_board import Board
from mappings.grid_columns import Column, Roles, further_subjects, look, roles
from mappings.grid_headings import (
    DAYS_ACROSS,
    Named,
    day_above,
    headings_of,
    letters_below,
    texts_of,
    title_above,
)
from mappings.grid_words import class_of, day_of, number_of


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one class (days down) or of one day (days across); None: rows say it.

    Attributes:
        first: first column.
        last: last column.
        roles: what its columns hold.
        part: 1; of further columns of the same class 2 and so on.
        numbers: lesson number by column, where each lesson has a column of its own.

    """

    first: int
    last: int
    edu_group: ClassName | None = None
    day: int | None = None
    roles: Roles = field(default_factory=Roles)
    part: int = 1
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
    headings = list(headings_of(board))
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


def _lay_classes(board: Board, section: Section) -> None:
    section.named = [
        (section.heading, column, text, parsed)
        for column, text in texts_of(board, section.heading)
        if (parsed := class_of(text))
    ]
    if letters := letters_below(board, section.heading, section.named):
        section.named = letters
        section.top += 1
    heads = [(column, parsed) for _row, column, _text, parsed in section.named]
    gaps = [after - before for (before, _), (after, _) in pairwise(heads)]
    usual = min(gaps) if gaps else board.width
    for at, (column, parsed) in enumerate(heads):
        merged = board.right_end(section.top - 1, column)
        end = heads[at + 1][0] - 1 if at + 1 < len(heads) else column + usual - 1
        last = merged if merged > column else min(end, board.width - 1)
        section.blocks.append(Block(column, last, edu_group=parsed))
    labels = [text for _column, text in texts_of(board, section.heading) if day_of(text)]
    section.day = day_of(labels[0]) if len(labels) == 1 else day_above(board, section.heading)
    _find_columns(board, section, heads[0][0])


def _lay_days(board: Board, section: Section) -> None:
    heads = [
        (column, day)
        for column, text in texts_of(board, section.heading)
        if (day := day_of(text)) is not None
    ]
    gaps = [after - before for (before, _), (after, _) in pairwise(heads)]
    for at, (column, day) in enumerate(heads):
        merged = board.right_end(section.heading, column)
        # Between two tables side by side there is more than one day wide.
        end = column + min(gaps) - 1
        end = min(end, heads[at + 1][0] - 1) if at + 1 < len(heads) else end
        last = max(merged, min(end, board.width - 1))
        title = title_above(board, section.heading, column)
        if title is not None and title not in section.named:
            section.named.append(title)
        edu_group = title[3] if title is not None else None
        section.blocks.append(Block(column, last, day=day, edu_group=edu_group))
    _find_lesson_columns(board, section)
    _find_columns(board, section, heads[0][0])
    named = section.label is not None
    if named:
        section.named.clear()
        section.blocks = [replace(block, edu_group=None) for block in section.blocks]


def _without_heading(board: Board) -> list[Section]:
    """A sheet of one class: days in a column, the class in the sheet's name or in a title."""
    days = [
        (row, column)
        for row in range(board.height)
        for column, text in texts_of(board, row)
        if day_of(text)
    ]
    if len(days) < DAYS_ACROSS:
        return []
    edu_group = class_of(board.sheet.name) or find_class(board.sheet.name)
    title = None if edu_group else title_above(board, days[0][0], board.width)
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
        if block.numbers:
            blocks.append(block)
            understood |= dict(block.numbers).keys()
            continue
        for found in _parts(block, columns, shared[-1] if shared else None):
            blocks.append(found)
            own = found.roles
            understood |= {own.subject, own.number, own.room, own.teacher}
    section.blocks = blocks
    section.unknown = tuple(
        column
        for column, seen in columns.items()
        if column not in understood and seen.filled and not (seen.is_numbers or seen.is_days)
    )


def _parts(block: Block, columns: dict[int, Column], shared: int | None) -> Iterator[Block]:
    """The block with the roles of its columns; where parts of a class have columns of their own, one for each."""
    first = roles(columns, block.first, block.last, shared)
    starts = further_subjects(columns, first, block.last)
    ends = [start - 1 for start in starts] + [block.last]
    if starts:
        first = roles(columns, block.first, ends[0], shared)
    yield replace(block, last=ends[0], roles=first)
    for part, (start, end) in enumerate(zip(starts, ends[1:], strict=True), start=2):
        found = roles(columns, start, end, first.number)
        yield replace(block, first=start, last=end, roles=found, part=part)


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
        found.append(replace(block, numbers=tuple(numbers)))
    section.blocks = found
    section.top += 1
