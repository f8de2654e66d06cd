"""Cases about how many marks a pupil gathered: ACC, GAP."""

from fractions import Fraction
from math import ceil

from connector.sandbox.calendar import Period
from connector.sandbox.model import Lesson
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.field import Field
from connector.sandbox.planting.outside import odd_columns
from connector.sandbox.planting.people import EARLY, MOVED, RECENT, TARDY
from connector.sandbox.verdicts.norms import NORM_BY_HOURS, PAST_SHARE

FREED = "freed"


def too_few(field: Field) -> None:
    """ACC: one mark below the norm and at it, by every number of hours, with absences and without."""
    for hours in NORM_BY_HOURS:
        fits = field.take(2, lambda c, hours=hours: _hours_of(field, c) == hours)  # type: ignore[misc]
        for column in fits:
            for period in _judged_periods(field, column)[:1]:
                _by_norm(field, column, period, NORM_BY_HOURS[hours])
    for column in field.take(3, lambda c: bool(_running(field, c))):
        for period in _running(field, column)[:1]:
            for place in column.places[:2]:
                held = field.held_in(column, period)
                field.script(held, place, *[""] * len(held))
                field.tell_in("ACC", "first half of the period", column, place, period)
    for exempt, column in odd_columns(field):
        period = column.group.calendar.periods[0]
        place = column.places[-1]
        held = field.held_in(column, period)
        field.script(held, place, *[""] * len(held))
        field.tell_in("ACC", exempt, column, place, period)


def _hours_of(field: Field, column: Column) -> int:
    """Hours a week of a period that can be judged; nought where none can."""
    periods = _judged_periods(field, column)
    if not periods:
        return 0
    days = (periods[0].finish - periods[0].start).days + 1
    hours = round(7 * len(column.within(periods[0])) / days)
    return min(max(hours, 1), max(NORM_BY_HOURS))


def _judged_periods(field: Field, column: Column) -> list[Period]:
    """Periods of which well more than half is past."""
    return [
        period
        for period in column.group.calendar.periods
        if (planned := column.within(period))
        and len([one for one in field.due(column) if one in planned])
        > PAST_SHARE * len(planned) + 1
    ]


def _running(field: Field, column: Column) -> list[Period]:
    """The period of today while less than half of its lessons are past."""
    return [
        period
        for period in column.group.calendar.periods
        if period.start < field.today <= period.finish
        and 2 < len(field.held_in(column, period)) < PAST_SHARE * len(column.within(period))
    ]


# How many lessons of how many a pupil misses, marks beside the norm, and why it is spared; None where it is found.
NORMS: tuple[tuple[str | None, Fraction, int], ...] = (
    (None, Fraction(0), -1),
    ("at the norm", Fraction(0), 0),
    (None, Fraction(1, 5), -1),
    ("at the norm of lessons visited", Fraction(1, 5), 0),
    (None, Fraction(1, 2), -1),
    ("long illness", Fraction(1), 0),
    ("two in a cell", Fraction(0), 0),
    (FREED, Fraction(0), -1),
)


def _by_norm(field: Field, column: Column, period: Period, norm: int) -> None:
    planned = len(column.within(period))
    held = field.held_in(column, period)
    past = [lesson for lesson in held if field.is_due(lesson)]
    for place, (exempt, share, beside) in zip(column.places, NORMS, strict=False):
        absent = round(len(past) * share)
        marks = ceil(norm * (len(past) - absent) / planned) + beside
        cells = ["4"] * marks + [""] * (len(past) - marks - absent) + ["б"] * absent
        if exempt == "two in a cell":
            cells[:2] = ["4/3", ""]
        elif exempt == FREED:
            cells[-1] = "осв."
        field.script(held, place, *cells, *[""] * (len(held) - len(past)))
        field.tell_in("ACC", exempt, column, place, period)
    for place in column.changed[MOVED]:
        field.script(held, place, *[""] * len(held))
        field.tell_in("ACC", MOVED, column, place, period)
    for word in (EARLY, TARDY):
        for place in column.changed[word]:
            since = column.group.roll[place].since or period.start
            mine = [lesson for lesson in held if lesson.day >= since]
            there = [lesson for lesson in past if lesson.day >= since]
            # Lessons since the first trace alone count, and must be half of the period's.
            if len(there) >= PAST_SHARE * planned:
                wanted = ceil(norm * len(there) / planned) - (word == EARLY)
                field.script(mine, place, *["4"] * wanted, *[""] * len(mine))
                exempt = None if word == EARLY else word
                field.tell_in("ACC", exempt, column, place, period)


def silent(field: Field) -> None:
    """GAP: lessons in a row without a mark, up to now."""
    columns = field.take(9, lambda column: len(_recent(field, column, due=True)) >= 6)
    for n, (column, place) in enumerate(field.seats(columns)):
        due, held = _recent(field, column, due=True), _recent(field, column)
        later = [""] * (len(held) - len(due))
        exempt, cells = GAPS[n % len(GAPS)]
        lessons = due[-len(cells) :] + held[len(due) :]
        field.script(lessons, place, *cells, *later)
        field.tell_in("GAP", exempt, column, place, _current(field, column))
    for column in columns:
        for place in column.changed[RECENT]:
            since = column.group.roll[place].since
            mine = [x for x in _recent(field, column) if since and x.day >= since]
            field.script(mine, place, *[""] * len(mine))
            if len([one for one in mine if field.is_due(one)]) < 4:
                field.tell_in("GAP", RECENT, column, place, _current(field, column))
    for column in field.take(3, lambda column: _waits(field, column)):
        held = _recent(field, column)
        place = column.places[0]
        field.script(held[-5:], place, "4", "", "", "", "")
        field.tell_in("GAP", "due today", column, place, _current(field, column))
    for column in field.take(3, lambda column: _begins(field, column)):
        held, place = field.held(column), column.places[0]
        field.script(held[-6:], place, *[""] * 6)
        field.tell_in("GAP", "before the period", column, place, _current(field, column))
    for exempt, column in odd_columns(field):
        held = _recent(field, column)
        if len(held) > 3:
            field.script(held, column.places[-1], *[""] * len(held))
            field.tell_in("GAP", exempt, column, column.places[-1], _current(field, column))


GAPS: tuple[tuple[str | None, tuple[str, ...]], ...] = (
    (None, ("4", "", "", "", "")),
    (None, ("", "н", "", "б", "", "")),
    (None, ("4", "", "", "", "", "")),
    (None, ("4", "", "оп", "", "")),
    (None, ("", "", "", "", "", "")),
    ("three lessons", ("4", "", "", "")),
    ("away", ("4", "", "", "", "н", "б")),
    ("a mark while away", ("", "", "", "н 4", "", "")),
    ("a mark at last", ("", "", "", "", "", "4")),
    (FREED, ("осв.", "", "", "", "", "")),
)


def _current(field: Field, column: Column) -> Period:
    """The period of the last lesson that was held."""
    last = field.held(column)[-1]
    found = last.group.calendar.period_of(last.day)
    assert found is not None  # noqa: S101 - columns hold no lessons of holidays
    return found


def _recent(field: Field, column: Column, *, due: bool = False) -> list[Lesson]:
    """Lessons of the period of the last lesson that was held, or those of them that are past their deadline."""
    if not field.held(column):
        return []
    lessons = field.held_in(column, _current(field, column))
    return [one for one in lessons if field.is_due(one)] if due else lessons


def _waits(field: Field, column: Column) -> bool:
    held = _recent(field, column)
    return len(held) > 4 and not field.is_due(held[-1]) and field.is_due(held[-2])


def _begins(field: Field, column: Column) -> bool:
    """Whether the period is so young that three lessons were held in it, after others before it."""
    return 0 < len(_recent(field, column)) < 4 and len(field.held(column)) > 6
