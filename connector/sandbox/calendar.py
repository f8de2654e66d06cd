"""The Russian school year: reporting periods, holidays, working days."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
# Days off whatever the school decides; one that falls on a weekend moves to the next Monday.
PUBLIC = (
    (11, 4, "День народного единства"),
    (2, 23, "День защитника Отечества"),
    (3, 8, "Международный женский день"),
    (5, 1, "Праздник Весны и Труда"),
    (5, 9, "День Победы"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period; both days belong to it. `number` counts from zero, as the vendor does."""

    number: int
    type: str
    name: str
    start: date
    finish: date


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without lessons; both days belong to it."""

    start: date
    finish: date
    name: str


@dataclass(frozen=True)
class Calendar:
    """The year of one kind of class: `first` (first parallel), `quarter` or `half`."""

    kind: str
    year: int
    periods: tuple[Period, ...]
    holidays: tuple[Holiday, ...]

    @cached_property
    def free_days(self) -> frozenset[date]:
        """All days inside holidays."""
        return frozenset(
            day for holiday in self.holidays for day in _days(holiday.start, holiday.finish)
        )

    @cached_property
    def school_days(self) -> tuple[date, ...]:
        """Monday to Saturday inside the periods, without holidays, in order."""
        inside = (day for period in self.periods for day in _days(period.start, period.finish))
        return tuple(day for day in inside if day.weekday() != SUNDAY and day not in self.free_days)

    @cached_property
    def _working_days(self) -> dict[int, tuple[date, ...]]:
        """Length of the week → working days in order."""
        return {
            5: tuple(d for d in self.school_days if d.weekday() != SATURDAY),
            6: self.school_days,
        }

    def period_of(self, day: date) -> Period | None:
        """The period a day belongs to, or None between periods."""
        return next(
            (period for period in self.periods if period.start <= day <= period.finish), None
        )

    def is_holiday(self, day: date) -> bool:
        """Whether a day lies in a holiday of this calendar."""
        return day in self.free_days

    def next_working_day(self, day: date, *, week: int) -> date | None:
        """First working day after `day`; None when the study year has none left. Teachers stay on after the last lesson."""
        days = self._working_days[week]
        after = bisect_right(days, day)
        if after < len(days):
            return days[after]
        day += DAY
        while day.weekday() >= week:
            day += DAY
        return day if day <= date(days[-1].year, 8, 31) else None


def study_year(day: date) -> int:
    """Calendar year in which the study year of `day` began; summer belongs to the year that just ended."""
    return day.year if day.month >= 9 else day.year - 1


def calendars(year: int) -> dict[str, Calendar]:
    """The three calendars of the study year that begins in September of `year`."""
    start = date(year, 9, 1) if date(year, 9, 1).weekday() != SUNDAY else date(year, 9, 2)
    end = date(year + 1, 5, 26)
    while end.weekday() >= SATURDAY:
        end -= DAY
    autumn = _week(_saturday_until(date(year, 10, 28)), "Осенние каникулы")
    winter = Holiday(date(year, 12, 31), _sunday_from(date(year + 1, 1, 8)), "Зимние каникулы")
    spring = _week(_saturday_until(date(year + 1, 3, 28)), "Весенние каникулы")
    extra = _week(_saturday_until(date(year + 1, 2, 20)), "Дополнительные каникулы первых классов")
    common = (autumn, winter, spring, *_public(year))
    cuts = (
        (start, autumn.start - DAY),
        (autumn.finish + DAY, winter.start - DAY),
        (winter.finish + DAY, spring.start - DAY),
        (spring.finish + DAY, end),
    )
    quarters = tuple(
        Period(n, "Quarter", f"{n + 1} четверть", a, b) for n, (a, b) in enumerate(cuts)
    )
    halves = (
        Period(0, "HalfYear", "1 полугодие", start, winter.start - DAY),
        Period(1, "HalfYear", "2 полугодие", winter.finish + DAY, end),
    )
    return {
        "first": Calendar("first", year, quarters, (*common, extra)),
        "quarter": Calendar("quarter", year, quarters, common),
        "half": Calendar("half", year, halves, common),
    }


def _public(year: int) -> list[Holiday]:
    found = []
    for month, number, name in PUBLIC:
        day = date(year if month >= 9 else year + 1, month, number)
        moved = day
        while moved.weekday() >= SATURDAY:
            moved += DAY
        found.append(Holiday(day, moved, name))
    return found


def _days(start: date, finish: date) -> list[date]:
    return [start + DAY * n for n in range((finish - start).days + 1)]


def _week(saturday: date, name: str) -> Holiday:
    return Holiday(saturday, saturday + 8 * DAY, name)


def _saturday_until(day: date) -> date:
    while day.weekday() != SATURDAY:
        day -= DAY
    return day


def _sunday_from(day: date) -> date:
    while day.weekday() != SUNDAY:
        day += DAY
    return day
