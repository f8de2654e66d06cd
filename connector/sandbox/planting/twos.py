"""Cases where a school spares its pupils a two: TWOAFTERN, TWOEDGE, TWOFIX."""

from connector.sandbox.model import Lesson
from connector.sandbox.planting.columns import Column
from connector.sandbox.planting.field import Field
from connector.sandbox.planting.outside import FIRST, HOME, TODAY, UNGRADED, outside
from connector.sandbox.planting.people import EARLY, MOVED, TARDY

FREED = "freed"
# Cells of lessons in a row, which of them matters, and why it is spared; None where it is found.
Script = tuple[str | None, tuple[str, ...], int]

AFTER: tuple[Script, ...] = (
    (None, ("4", "н", "2"), 2),
    (None, ("4", "б", "б", "2-"), 3),
    (None, ("4", "у", "2 4"), 2),
    (None, ("4", "н", "4/2"), 2),
    (None, ("4", "н", "1"), 2),
    ("second lesson", ("4", "н", "4", "2"), 3),
    ("late is not away", ("4", "оп", "2"), 2),
    ("was not away", ("4", "", "2"), 2),
    ("away at the two", ("4", "4", "н 2", "4"), 2),
    ("no two", ("4", "н", "3-"), 2),
    (FREED, ("осв.", "н", "2"), 2),
)
FIX: tuple[Script, ...] = (
    (None, ("2", "", "", ""), 0),
    (None, ("2", "н", "", "б", "", ""), 0),
    (None, ("2 2-", "", "", ""), 0),
    (None, ("2", "", "", "", "4"), 0),
    (None, ("2", "оп", "", ""), 0),
    (None, ("1", "", "", ""), 0),
    ("mended in time", ("2", "", "", "4"), 0),
    ("mended at once", ("2 4", "", "", ""), 0),
    ("mended in the cell", ("2/4", "", "", ""), 0),
    ("mended while away", ("2", "н 4", "", "", ""), 0),
    ("another two", ("2", "2", "4"), 0),
    ("no two", ("3", "", "", ""), 0),
    (FREED, ("2", "", "", "осв."), 0),
)


def two_after_absence(field: Field) -> None:
    """TWOAFTERN: twos at the first lesson after an absence."""
    columns = field.take(7, lambda column: len(field.held(column)) > 12)
    for n, (column, place) in enumerate(field.seats(columns)):
        exempt, cells, at = AFTER[n % len(AFTER)]
        start = 2 + n % 3
        lessons = field.held(column)[start:]
        field.script(lessons, place, *cells, "4", "4")
        field.tell("TWOAFTERN", exempt, lessons[at], place)
    for column in field.take(3, lambda column: len(_one_period(field, column)) > 7):
        _over_a_gap(field, column)
    for column in field.take(2, lambda c: any(x.day == field.today for x in c.lessons)):
        today = next(lesson for lesson in column.lessons if lesson.day == field.today)
        field.write(field.held(column)[-1], column.places[0], "н")
        field.write(today, column.places[0], "2")
        field.tell("TWOAFTERN", TODAY, today, column.places[0])
    for exempt, lesson in outside(field, FIRST, HOME, UNGRADED, each=3):
        if lesson.before:
            place = lesson.group.active(lesson.day)[-1][0]
            field.script([lesson.before, lesson], place, "н", "2")
            field.tell("TWOAFTERN", exempt, lesson, place)


def _over_a_gap(field: Field, column: Column) -> None:
    """An absence before the holidays, or before a lesson that was cancelled, is still the last lesson before the two."""
    held = field.held(column)
    cut = next((n for n, one in enumerate(held) if not _same_period(held[n - 1], one) and n), None)
    if cut is not None:
        field.script(held[cut - 2 :], column.places[0], "4", "н", "2", "4")
        field.tell("TWOAFTERN", None, held[cut], column.places[0])
    middle = held[2:5]
    field.cancel(middle[1])
    for place, exempt, cells in (
        (column.places[1], None, ("н", "", "2")),
        (column.places[2], "cancelled", ("н", "2", "4")),
    ):
        field.script(middle, place, *cells)
        lesson = middle[1 if exempt else 2]
        field.tell("TWOAFTERN", exempt, lesson, place)


def _same_period(one: Lesson, other: Lesson) -> bool:
    calendar = one.group.calendar
    return calendar.period_of(one.day) == calendar.period_of(other.day)


def two_at_edge(field: Field) -> None:
    """TWOEDGE: twos at the ends of periods."""
    columns = field.take(12, lambda column: bool(_edges(field, column)))
    for n, (column, place) in enumerate(field.seats(columns)):
        edges = _edges(field, column)
        exempt, lesson = edges[n % len(edges)]
        field.write(lesson, place, "3" if exempt == "no two" else "2" if n % 2 else "2-")
        if exempt == FREED:
            field.write(column.lessons[3], place, "осв.")
        field.tell("TWOEDGE", exempt, lesson, place)
    for column in columns:
        first = column.lessons[0]
        for word, exempt in ((MOVED, MOVED), (EARLY, "came later"), (TARDY, "came later")):
            for place in column.changed[word]:
                since = column.group.roll[place].since
                mine = [one for one in column.lessons if since is None or one.day >= since]
                lesson = first if word == MOVED and since is None else mine[0]
                if word == MOVED or lesson is not first:
                    field.write(lesson, place, "2")
                    field.tell("TWOEDGE", exempt, lesson, place)
    for column in field.take(2, lambda column: len(field.held(column)) > 12):
        first, second = column.lessons[:2]
        field.cancel(first)
        field.write(first, column.places[0], "2")
        field.tell("TWOEDGE", "cancelled", first, column.places[0])
        field.write(second, column.places[1], "2")
        field.tell("TWOEDGE", None, second, column.places[1])
    for group, exempt in [(g, FIRST) for g in field.groups if g.parallel == 1] + [
        (g, HOME) for g in field.groups if g.kind == "home"
    ]:
        lesson, place = group.lessons[0], group.active(group.lessons[0].day)[-1][0]
        field.write(lesson, place, "2")
        field.tell("TWOEDGE", exempt, lesson, place)


def _edges(field: Field, column: Column) -> list[tuple[str | None, Lesson]]:
    """Lessons at and near the ends of periods, and whether a two there is spared; empty where there are too few."""
    periods = [p for p in column.group.calendar.periods if p.start < field.today]
    over = [p for p in periods if p.finish < field.today]
    known = [held for p in periods if len(held := field.held_in(column, p)) > 4]
    if len(known) < len(periods) or not periods:
        return []
    found: list[tuple[str | None, Lesson]] = []
    for period, lessons in zip(periods, known, strict=True):
        found += [(None, lessons[0]), ("second lesson", lessons[1])]
        if period in over:
            found += [(None, lessons[-1]), ("last but one", lessons[-2])]
        else:
            found.append(("not over", lessons[-1]))
    return [*found, ("no two", known[0][0]), (FREED, known[0][0])]


def two_not_mended(field: Field) -> None:
    """TWOFIX: twos after which no other mark came."""
    columns = field.take(7, lambda column: len(_one_period(field, column)) >= 8)
    for n, (column, place) in enumerate(field.seats(columns)):
        exempt, cells, at = FIX[n % len(FIX)]
        lessons = _one_period(field, column)[1 + n % 2 :]
        field.script(lessons, place, *cells)
        field.tell("TWOFIX", exempt, lessons[at], place)
    for column in field.take(4, lambda column: len(_one_period(field, column)) >= 8):
        _at_the_end(field, column)
    for exempt, lesson in outside(field, FIRST, HOME, UNGRADED):
        place = lesson.group.active(lesson.day)[-1][0]
        later = [one for one in lesson.group.lessons if one.day > lesson.day]
        same = [one for one in later if one.subject == lesson.subject and one.day < field.today]
        field.script([lesson, *same[:5]], place, "2", *[""] * 5)
        field.tell("TWOFIX", exempt, lesson, place)


def _at_the_end(field: Field, column: Column) -> None:
    """Two lessons after the two are left of the period, or the third one is due today."""
    periods = column.group.calendar.periods
    ended = [p for p in periods if p.finish < field.today and len(column.within(p)) > 3]
    if ended:
        tail = column.within(ended[0])[-3:]
        rest = [one for one in field.held(column) if one.day > tail[-1].day]
        field.script([*tail, *rest[:3]], column.places[0], "2", *[""] * 5)
        field.tell("TWOFIX", "period over", tail[0], column.places[0])
    held, period = field.held(column), field.period(column.group)
    recent = [one for one in held if period and one.day >= period.start][-4:]
    if len(recent) == 4:
        field.script(recent, column.places[1], "2", "", "", "")
        exempt = None if field.is_due(recent[-1]) else "due today"
        field.tell("TWOFIX", exempt, recent[0], column.places[1])
        field.script(recent, column.places[2], "4", "2", "", "")
        field.tell("TWOFIX", "two lessons so far", recent[1], column.places[2])


def _one_period(field: Field, column: Column) -> list[Lesson]:
    """Lessons past their deadline of the first period."""
    first = column.group.calendar.periods[0]
    return [lesson for lesson in field.due(column) if lesson.day <= first.finish]
