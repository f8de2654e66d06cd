"""Rows of a timetable sheet that are headings: classes, days, titles above tables. Pure."""

from collections.abc import Iterator

from connector.names import ClassName, find_class
from mappings.grid_board import Board
from mappings.grid_words import class_of, day_of, role_of

# A title stands at most so many rows above its table.
_TITLE = 4
# Fewer days in a row are no heading of a week.
DAYS_ACROSS = 3
# Row, column and text of a heading, and the class it means.
Named = tuple[int, int, str, ClassName]


def texts_of(board: Board, row: int) -> Iterator[tuple[int, str]]:
    """Texts and whole numbers of a row with their columns."""
    for column, cell in enumerate(board.sheet.rows[row]):
        if isinstance(cell, str):
            yield column, cell
        elif isinstance(cell, int) and not isinstance(cell, bool):
            yield column, str(cell)


def headings_of(board: Board) -> Iterator[tuple[int, str]]:
    """Rows of headings, each with what stands in it: `days` or `classes`."""
    days_left: int | None = None
    columns: list[int] | None = None
    for row in range(board.height):
        texts = list(texts_of(board, row))
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
    return list(days) if len(set(days.values())) >= DAYS_ACROSS else []


def _is_row_label(board: Board, row: int, texts: list[tuple[int, str]], days_left: int) -> bool:
    """Whether a lone class below a heading of days says whose row it is, and not whose table comes next."""
    if any(column >= days_left for column, text in texts if class_of(text)):
        return False
    below = range(row + 1, min(row + 1 + _TITLE, board.height))
    return not any(_day_columns(list(texts_of(board, each))) for each in below)


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
    below = list(texts_of(board, row + 1)) if row + 1 < board.height else []
    return (
        len(set(numbers)) == len(numbers) > 1
        and all(text.strip().isdigit() for text in numbers)
        and all(role_of(text) for text in rest)
        and any(not text.strip().isdigit() for _column, text in below)
    )


def letters_below(board: Board, heading: int, years: list[Named]) -> list[Named]:
    """Classes where the heading has the years and the row below it the letters: `5 класс` above `А` and `Б`."""
    row = heading + 1
    texts = [(column, text.strip()) for column, text in texts_of(board, row) if not role_of(text)]
    if any(parsed.letter for *_where, parsed in years) or not texts:
        return []
    found: list[Named] = []
    for column, text in texts:
        year = [parsed for _row, at, _text, parsed in years if at <= column]
        parsed = (
            class_of(f"{year[-1].name}{text}") if year and len(text.strip('«»"')) == 1 else None
        )
        if parsed is None or not parsed.letter:
            return []
        found.append((row, column, text, parsed))
    return found


def day_above(board: Board, heading: int) -> int | None:
    """The day of a title row right above the heading."""
    for row in range(heading - 1, max(heading - 3, -1), -1):
        texts = [text for _column, text in texts_of(board, row)]
        if len(texts) == 1 and day_of(texts[0]):
            return day_of(texts[0])
        if texts:
            return None
    return None


def title_above(board: Board, heading: int, column: int) -> Named | None:
    """The class named above a table of days: the nearest row, there the last one that begins not right of the column."""
    for row in range(heading - 1, max(heading - 1 - _TITLE, -1), -1):
        named = [
            (row, at, text, parsed)
            for at, text in texts_of(board, row)
            if (parsed := class_of(text) or find_class(text))
        ]
        if named:
            before = [each for each in named if each[1] <= column]
            return before[-1] if before else named[0]
    return None
