"""Cases about period marks: FINAL, FINALFEW, FINALAVG, ABS. Marks are written now, period marks are decreed for later."""

from connector.sandbox.calendar import Period
from connector.sandbox.model import Lesson, Work
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.entries import EXAM, extra_work
from connector.sandbox.planting.field import Field, class_work
from connector.sandbox.planting.outside import odd_columns
from connector.sandbox.planting.people import EARLY, LEFT, MOVED, RECENT, TARDY
from connector.sandbox.verdicts.norms import HOURS_OF_A_COLUMN, MARKS_OF_A_PERIOD, MISSED_SHARE

FREED, NOT_ATTESTED = "freed", "not attested"
FREE_WORD, NO_MARK_WORD = "осв.", "н/а"


CELLS = (
    (None, None),
    (NOT_ATTESTED, NO_MARK_WORD),
    (None, None),
    (FREED, FREE_WORD),
    ("has one", "4"),
)


def final(field: Field) -> None:
    """FINAL: single cells and whole columns without period marks."""
    columns = field.take(7, lambda column: _is_used(field, column))
    for n, (column, place) in enumerate(field.seats(columns)):
        exempt, value = CELLS[n % len(CELLS)]
        _missing(field, exempt, column, place, value)
    for column in columns:
        # Who came later may bring marks along, and still has lessons to be marked for.
        for word, exempt in ((MOVED, MOVED), (LEFT, LEFT), (RECENT, RECENT), (EARLY, None)):
            for place in column.changed[word]:
                _missing(field, exempt, column, place)
    for column in field.take(2, lambda c: c.group.kind == "class" and _is_used(field, c)):
        _empty_column(field, None, column)
    for column in field.take(2, lambda c: c.group.kind == "class" and _is_small(field, c)):
        _empty_column(field, "perhaps by half-years", column)
    for word, column in odd_columns(field):
        if field.over(column.group):
            _missing(field, word, column, column.places[0])


def _missing(
    field: Field, exempt: str | None, column: Column, place: int, value: str | None = None
) -> None:
    period = _ended(field, column)
    field.decree(column, place, period.number, value)
    field.tell_in("FINAL", exempt, column, place, period)


def _empty_column(field: Field, exempt: str | None, column: Column) -> None:
    """Nobody of the class has a period mark in the subject."""
    period = _ended(field, column)
    for place in range(len(column.group.roll)):
        field.decree(column, place, period.number, None)
    for place in column.places:
        field.tell_in("FINAL", exempt, column, place, period)


def few(field: Field) -> None:
    """FINALFEW: period marks one mark below the norm, and at it."""
    columns = field.take(9, lambda column: bool(field.over(column.group)))
    for n, (column, place) in enumerate(field.seats(columns)):
        period = _ended(field, column)
        least = MARKS_OF_A_PERIOD[period.type]
        exempt, cells, value = (
            (None, ["4"] * (least - 1), "4"),
            ("enough", ["4"] * least, "4"),
            ("two in a cell", ["4/4"] + ["4"] * (least - 2), "4"),
            (None, [], "5"),
            (NOT_ATTESTED, ["3"], NO_MARK_WORD),
            (FREED, ["5"], FREE_WORD),
            ("no period mark", ["4"], None),
            (None, ["4"] * (least - 1), "4"),
        )[n % 8]
        _give(field, column, place, cells, value)
        field.tell_in("FINALFEW", exempt, column, place, period)
    _changed(field, "FINALFEW", columns, ["4"], "4", spared=(TARDY, MOVED, LEFT), found=(EARLY,))
    _odd(field, "FINALFEW", "5")


AVERAGES: tuple[tuple[str | None, tuple[str, ...], str], ...] = (
    (None, ("4", "3", "4", "3"), "3"),
    ("half up", ("4", "3", "4", "3"), "4"),
    (None, ("3", "2", "3", "2"), "2"),
    ("half up", ("3", "2", "3", "2"), "3"),
    ("just below", ("4", "3", "4", "3", "3"), "3"),
    # A control work counts three times: 17/5, and not 11/3.
    (None, ("5", "КР3", "3"), "4"),
    ("by weight", ("5", "КР3", "3"), "3"),
    (None, ("4/3", "4/3"), "3"),
    ("two in a cell", ("4/3", "4/3"), "4"),
    ("a sign", ("4", "4", "4+"), "2"),
    ("a word", ("5", "5", "зач."), "2"),
    (NOT_ATTESTED, ("2", "2", "2"), NO_MARK_WORD),
    (FREED, ("5", "5", "5"), FREE_WORD),
    ("nothing to average", (), "4"),
)


def average(field: Field) -> None:
    """FINALAVG: period marks beside their average."""
    columns = field.take(9, lambda column: bool(field.over(column.group)))
    for n, (column, place) in enumerate(field.seats(columns)):
        exempt, cells, value = AVERAGES[n % len(AVERAGES)]
        _give(field, column, place, list(cells), value)
        field.tell_in("FINALAVG", exempt, column, place, _ended(field, column))
    _changed(field, "FINALAVG", columns, ["5"] * 3, "3", spared=(TARDY, MOVED), found=(EARLY, LEFT))
    _odd(field, "FINALAVG", "2")


def missed(field: Field) -> None:
    """ABS: period marks in numbers of pupils who missed about two thirds of the lessons."""
    columns = field.take(8, lambda column: bool(field.over(column.group)))
    for n, (column, place) in enumerate(field.seats(columns)):
        period = _ended(field, column)
        count = len(field.held_in(column, period))
        most = int(MISSED_SHARE * count)
        exempt, away, word, value = (
            (None, most + 1, "б", "4"),
            ("two thirds", most, "н", "4"),
            (None, count, "у", "3"),
            (NOT_ATTESTED, count - 1, "б", NO_MARK_WORD),
            ("late is not away", count, "оп", "4"),
            (FREED, count - 1, "у", FREE_WORD),
        )[n % 6]
        _give(field, column, place, [word] * away + ["4"] * (count - away), value)
        field.tell_in("ABS", exempt, column, place, period)
    _changed(field, "ABS", columns, ["б"] * 99, "4", spared=(TARDY, MOVED), found=(EARLY,))
    for word, column in odd_columns(field):
        if field.over(column.group):
            count = len(field.held_in(column, _ended(field, column)))
            _give(field, column, column.places[0], ["б"] * count, "4")
            field.tell_in("ABS", word, column, column.places[0], _ended(field, column))


def _changed(
    field: Field,
    rule: str,
    columns: list[Column],
    cells: list[str],
    value: str,
    *,
    spared: tuple[str, ...],
    found: tuple[str, ...],
) -> None:
    """The same cells and period mark for all who came, left or moved."""
    for column in columns:
        period = _ended(field, column)
        for word in (*spared, *found):
            for place in column.changed[word]:
                since = column.group.roll[place].since
                # Who came after the period has no mark of it.
                if since is None or since <= period.finish:
                    _give(field, column, place, cells, value)
                    field.tell_in(rule, word if word in spared else None, column, place, period)


def _odd(field: Field, rule: str, value: str) -> None:
    """Period marks that hardly rest on anything, where no rule asks for more."""
    for word, column in odd_columns(field):
        if field.over(column.group):
            _give(field, column, column.places[0], ["4"] if word == "home schooling" else [], value)
            field.tell_in(rule, word, column, column.places[0], _ended(field, column))


def _ended(field: Field, column: Column) -> Period:
    """The first period, which is over: pupils came in the days around its edge."""
    return field.over(column.group)[0]


def _is_used(field: Field, column: Column) -> bool:
    return bool(field.over(column.group)) and _hours(field, column) >= HOURS_OF_A_COLUMN + 1 / 4


def _is_small(field: Field, column: Column) -> bool:
    return bool(field.over(column.group)) and 0 < _hours(field, column) < HOURS_OF_A_COLUMN


def _hours(field: Field, column: Column) -> float:
    period = _ended(field, column)
    return 7 * len(field.held_in(column, period)) / ((period.finish - period.start).days + 1)


def _give(field: Field, column: Column, place: int, cells: list[str], value: str | None) -> None:
    """Write all cells of the period that is over, and decree its mark."""
    period = _ended(field, column)
    since = column.group.roll[place].since or period.start
    lessons = [one for one in field.held_in(column, period) if one.day >= since]
    for n, lesson in enumerate(lessons):
        cell = cells[n] if n < len(cells) else ""
        if cell.startswith("КР"):
            field.write(lesson, place, "")
            field.mark(_exam(lesson), place, cell[2:])
        else:
            field.write(lesson, place, cell)
    field.decree(column, place, period.number, value)


def _exam(lesson: Lesson) -> Work:
    class_work(lesson)
    found = next((one for one in lesson.works if one.type == EXAM), None)
    return found or extra_work(lesson, EXAM)
