"""Cases about year marks: YEAR. Before the year's end a year mark proves nothing."""

from connector.sandbox.finals import YEAR
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.field import Field
from connector.sandbox.planting.outside import odd_columns
from connector.sandbox.planting.people import LEFT, MOVED, TARDY

# Period marks, the year's, and why it is spared; None where it is found.
Marks = tuple[str | None, tuple[str | None, ...], str]
FOUR: tuple[Marks, ...] = (
    (None, ("4", "4", "5", "5"), "4"),
    ("half up", ("4", "4", "5", "5"), "5"),
    (None, ("3", "3", "3", "4"), "4"),
    ("below the half", ("3", "3", "3", "4"), "3"),
    ("a word among them", ("4", "н/а", "5", "5"), "2"),
    ("one is missing", ("4", None, "5", "5"), "2"),
    ("freed", ("5", "5", "5", "осв."), "2"),
    ("no number", ("4", "4", "4", "4"), "зач."),
)
TWO: tuple[Marks, ...] = (
    (None, ("4", "5"), "4"),
    ("half up", ("4", "5"), "5"),
    ("a word among them", ("н/а", "5"), "2"),
)


def year(field: Field) -> None:
    """YEAR: year marks beside the mean of the period marks."""
    columns = field.take(7, _has_quarters) + field.take(2, lambda c: not _has_quarters(c))
    for n, (column, place) in enumerate(field.seats(columns)):
        table = FOUR if _has_quarters(column) else TWO
        exempt, periods, mark = table[n // len(columns) % len(table)]
        _decree(field, column, place, periods, mark)
        _tell(field, exempt, column, place)
    for column in columns:
        wrong = ("4",) * len(column.group.calendar.periods)
        for word, exempt in ((MOVED, MOVED), (LEFT, LEFT), (TARDY, None)):
            for place in column.changed[word]:
                _decree(field, column, place, wrong, "2")
                _tell(field, exempt, column, place)
    for column in field.take(2, lambda c: _has_quarters(c) and c.group.kind == "class"):
        for place in range(len(column.group.roll)):
            field.decree(column, place, 1, None)
        # A column nobody uses is no missing mark: the mean is that of three.
        for place, exempt, mark in zip(column.places, (None, "unused period"), "34", strict=False):
            _decree(field, column, place, ("3", None, "4", "4"), mark)
            _tell(field, exempt, column, place)
    for word, column in odd_columns(field):
        place = column.places[0]
        _decree(field, column, place, ("4",) * len(column.group.calendar.periods), "2")
        _tell(field, word, column, place)


def _has_quarters(column: Column) -> bool:
    return len(column.group.calendar.periods) == len(FOUR[0][1])


def _is_over(field: Field, column: Column) -> bool:
    return len(field.over(column.group)) == len(column.group.calendar.periods)


def _decree(
    field: Field, column: Column, place: int, periods: tuple[str | None, ...], mark: str
) -> None:
    """Before the year's end the year mark alone: the rest is not known yet."""
    if _is_over(field, column):
        for number, value in enumerate(periods):
            field.decree(column, place, number, value)
    field.decree(column, place, YEAR, mark)


def _tell(field: Field, exempt: str | None, column: Column, place: int) -> None:
    over = _is_over(field, column)
    last = column.group.calendar.periods[-1]
    field.tell_in("YEAR", exempt if over else exempt or "year not over", column, place, last)
