"""How late records were entered, in working days: plain counting. No SQL, no clock."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from connector.reports.calendar import GroupCalendar
from connector.reports.figures import median, percent

# Bounds of the columns, in working days after the deadline.
ONE, FEW, WEEK = 1, 3, 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workdays:
    """Working days of one calendar between two days, in order."""

    days: tuple[date, ...]

    @classmethod
    def of(cls, calendar: GroupCalendar, *, first: date, last: date) -> "Workdays":
        """List them; both days belong to the span."""
        span = (first + n * _DAY for n in range((last - first).days + 1))
        return cls(tuple(day for day in span if calendar.is_working(day)))

    def late_by(self, due_on: date, entered_on: date) -> int:
        """Working days after the deadline, 0 when in time; a day of rest counts as the next working day."""
        if entered_on <= due_on:
            return 0
        between = bisect_left(self.days, entered_on) - bisect_right(self.days, due_on)
        return between + 1


@dataclass(slots=True)
class Timeliness:
    """How the records of one teacher came in.

    Attributes:
        on_time: entered by the deadline.
        own_deadline: entered later with a reason: the pupil had been absent, or the work has days of its own.
        unknown: the vendor names no moment of entry.
        late: records by working days after the deadline, one or more.

    """

    on_time: int = 0
    own_deadline: int = 0
    unknown: int = 0
    late: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Timeliness") -> None:
        """Count another's records too."""
        self.on_time += other.on_time
        self.own_deadline += other.own_deadline
        self.unknown += other.unknown
        self.late.update(other.late)

    @property
    def records(self) -> int:
        """All records."""
        return self.on_time + self.own_deadline + self.unknown + self.late.total()

    @property
    def share(self) -> Fraction | None:
        """In time, in percent of the records that have a deadline and a moment; None without any."""
        return percent(self.on_time, self.on_time + self.late.total())

    @property
    def columns(self) -> tuple[int, int, int, int]:
        """Late by one working day, by two or three, by four to seven, by more."""
        return (
            self._between(1, ONE),
            self._between(ONE + 1, FEW),
            self._between(FEW + 1, WEEK),
            sum(count for days, count in self.late.items() if days > WEEK),
        )

    @property
    def median(self) -> Fraction | None:
        """Median of the late ones; None when none was."""
        return median(self.late)

    @property
    def worst(self) -> int | None:
        """The most working days; None when none was late."""
        return max(self.late, default=None)

    def _between(self, low: int, high: int) -> int:
        return sum(count for days, count in self.late.items() if low <= days <= high)
