"""Marks added up: what the rules about periods ask of a pupil's marks in one subject."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from connector.reports.calendar import Period, SchoolCalendar
from connector.reports.coverage import next_day
from connector.reports.grades import FIVE_POINT, Mark, points
from connector.reports.journal import Lesson, in_time

_TWO = 2


class Tally(NamedTuple):
    """Marks of a pupil in a subject over some days, added up. A tuple, for a school has tens of thousands.

    Attributes:
        first: lesson of the first mark.
        last: lesson of the last mark.
        marks: how many, of any kind.
        total: sum of points times weight, over the marks that count for the average.
        weights: sum of their weights.
        unread: marks that count but are no plain numbers or whose weight is not known: there is no average then.
        twos: twos, whether they count or not.

    """

    first: Lesson
    last: Lesson
    marks: int
    total: int = 0
    weights: int = 0
    unread: int = 0
    twos: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            min(self.first, other.first, key=in_time),
            max(self.last, other.last, key=in_time),
            *(mine + theirs for mine, theirs in zip(self[2:], other[2:], strict=True)),
        )


def tally_of(mark: Mark, lesson: Lesson) -> Tally:
    """One mark, added up; a cell with `4/3` holds two."""
    values = points(mark.value) if mark.type == FIVE_POINT else None
    many, twos = len(values or (0,)), (points(mark.value) or ()).count(_TWO)
    if not mark.counts:
        return Tally(lesson, lesson, many, twos=twos)
    if values is None or mark.weight is None or mark.weight < 1:
        return Tally(lesson, lesson, many, unread=1, twos=twos)
    return Tally(lesson, lesson, many, mark.weight * sum(values), mark.weight * many, twos=twos)


# Marks by pupil and subject, then by stretch of days.
Tallies = Mapping[tuple[int, int], Mapping[int, Tally]]


@dataclass(frozen=True, slots=True)
class Stretches:
    """Days cut at each start and end of a reporting period of any group: periods are made of whole stretches.

    Attributes:
        starts: first days of the stretches but the first, which has none.

    """

    starts: tuple[date, ...]

    @classmethod
    def of(cls, calendar: SchoolCalendar) -> "Stretches":
        """Cut by all periods of a school."""
        periods = {period for group in calendar.groups.values() for period in group.periods}
        cuts = {cut for p in periods for cut in (p.start, next_day(p.finish))}
        return cls(tuple(sorted(cuts)))

    def at(self, day: date) -> int:
        """Number of the stretch that holds a day."""
        return bisect_right(self.starts, day)

    def inside(self, period: Period) -> range:
        """Numbers of the stretches a period is made of."""
        return range(self.at(period.start), self.at(period.finish) + 1)


def added(tallies: Iterable[Tally]) -> Tally | None:
    """The sum; None of nothing."""
    total: Tally | None = None
    for one in tallies:
        total = one if total is None else total.plus(one)
    return total
