"""How much of each month was read: full, partial or never, and why not. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """A window of one resource and group; `why` is the word of a window that was not read."""

    start: date
    end: date
    done: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one resource and group.

    Attributes:
        first: its first day that counts.
        days: days that count: of the study year, up to today.
        read: how many of them lie in windows that were read.
        why: words of windows that were not read, in order; `never asked` is silence.

    """

    first: date
    days: int
    read: int
    why: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """`full`, `partial` or `never`."""
        return "full" if self.read == self.days else "partial" if self.read else "never"


def months(readings: Iterable[Reading], start: date, today: date) -> Iterator[Month]:
    """Judge each month from `start` to `today`, both included."""
    listed = list(readings)
    read = {
        day
        for one in listed
        if one.done
        for day in _days(max(one.start, start), min(one.end, today))
    }
    first = start
    while first <= today:
        last = min((first.replace(day=1) + 31 * DAY).replace(day=1) - DAY, today)
        days = list(_days(first, last))
        why = dict.fromkeys(
            one.why for one in listed if one.why and one.start <= last and first <= one.end
        )
        yield Month(first, len(days), sum(day in read for day in days), tuple(why))
        first = last + DAY


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * DAY
