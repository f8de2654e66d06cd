"""Missed lessons and missed days of pupils: plain counting over lessons, entries and stays. No SQL, no clock."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from connector.reports.figures import percent
from connector.reports.journal import Lesson
from connector.reports.stays import Stay
from connector.vocab import ABSENCES

ABSENT, ILL, EXCUSED, LATE = "Absent", "Ill", "Pass", "Late"
# Missing a tenth of the lessons, whatever the reason, is the usual measure of chronic absence.
CHRONIC_PERCENT = 10
# Our proposal: three days of lessons, so that one day of illness in September is not yet chronic.
ENOUGH_LESSONS = 20


@dataclass(frozen=True, slots=True)
class Missed:
    """What one or several pupils missed.

    Attributes:
        lessons: held for them.
        absent: missed without a reason being entered.
        ill: missed by illness.
        excused: missed with a valid reason.
        late: came late; they were there.
        full_days: days on which every lesson was missed.

    """

    lessons: int = 0
    absent: int = 0
    ill: int = 0
    excused: int = 0
    late: int = 0
    full_days: int = 0

    @property
    def cells(self) -> tuple[int, ...]:
        """The counts in order."""
        return (self.lessons, self.absent, self.ill, self.excused, self.late, self.full_days)

    @property
    def missed(self) -> int:
        """Lessons missed for any reason."""
        return self.absent + self.ill + self.excused

    @property
    def share(self) -> Fraction | None:
        """Missed lessons in percent; None without lessons."""
        return percent(self.missed, self.lessons)

    @property
    def is_chronic(self) -> bool:
        """Whether a tenth or more of enough lessons was missed."""
        share = self.share
        return self.lessons >= ENOUGH_LESSONS and share is not None and share >= CHRONIC_PERCENT


Month = tuple[int, int]
Entry = tuple[Lesson, str]


@dataclass(frozen=True, slots=True)
class Taught:
    """Held lessons, sorted once for all pupils.

    Attributes:
        days: days of the lessons that are counted, by group, in order.
        months: how many of them fall into each month, by group.
        counted: their ids.
        every: all held lessons by group and day, also those that are not counted: a full day is missed when every one
            of them was.
        ids: of those; entries at other lessons are none of the span.

    """

    days: Mapping[int, tuple[date, ...]]
    months: Mapping[int, Mapping[Month, int]]
    counted: frozenset[int]
    every: Mapping[tuple[int, date], int]
    ids: frozenset[int]

    @classmethod
    def of(cls, counted: Iterable[Lesson], every: Iterable[Lesson]) -> "Taught":
        """Sort lessons that all have a group."""
        counted, every = list(counted), list(every)
        days: dict[int, list[date]] = defaultdict(list)
        for lesson in counted:
            days[lesson.group_id or 0].append(lesson.day)
        return cls(
            days={group: tuple(sorted(found)) for group, found in days.items()},
            months={group: _months(found) for group, found in days.items()},
            counted=frozenset(lesson.id for lesson in counted),
            every=Counter((lesson.group_id or 0, lesson.day) for lesson in every),
            ids=frozenset(lesson.id for lesson in every),
        )

    def by_month(self, stay: Stay) -> Mapping[Month, int]:
        """Lessons counted in a stay."""
        days = self.days.get(stay.group_id, ())
        first, last = bisect_left(days, stay.first), bisect_right(days, stay.last)
        if first == 0 and last == len(days):
            return self.months.get(stay.group_id, {})
        return _months(days[first:last])


def _months(days: Iterable[date]) -> Counter[Month]:
    return Counter((day.year, day.month) for day in days)


def missed_by_month(
    stays: Collection[Stay], taught: Taught, entries: Iterable[Entry]
) -> dict[Month, Missed]:
    """What one pupil missed, by year and month; only months with lessons.

    Args:
        stays: the pupil's groups.
        taught: held lessons.
        entries: the pupil's attendance entries with their lessons.

    """
    lessons: dict[Month, int] = defaultdict(int)
    for stay in stays:
        for month, count in taught.by_month(stay).items():
            lessons[month] += count
    words: dict[tuple[Month, str], int] = defaultdict(int)
    absent: dict[date, int] = defaultdict(int)
    guest: dict[date, int] = defaultdict(int)
    for lesson, status in entries:
        if lesson.id not in taught.ids:
            continue
        day = lesson.day
        absent[day] += status in ABSENCES
        # An entry in a group the pupil is no member of: the lesson was held for the pupil all the same.
        outside = not any(s.group_id == lesson.group_id and s.first <= day <= s.last for s in stays)
        if outside:
            guest[day] += 1
        if lesson.id in taught.counted:
            month = (day.year, day.month)
            words[month, status] += 1
            if outside:
                lessons[month] += 1
    full: dict[Month, int] = defaultdict(int)
    for day, count in absent.items():
        if count and _is_full(day, count, guest.get(day, 0), stays, taught):
            full[day.year, day.month] += 1
    return {
        month: Missed(
            lessons.get(month, 0),
            words.get((month, ABSENT), 0),
            words.get((month, ILL), 0),
            words.get((month, EXCUSED), 0),
            words.get((month, LATE), 0),
            full.get(month, 0),
        )
        for month in sorted(lessons.keys() | full.keys())
    }


def _is_full(day: date, absent: int, guest: int, stays: Iterable[Stay], taught: Taught) -> bool:
    """Whether a pupil was absent from every lesson of a day."""
    held = guest + sum(taught.every.get((s.group_id, day), 0) for s in stays if s.holds(day))
    return 0 < held <= absent


def together(parts: Iterable[Missed]) -> Missed:
    """What all of them missed."""
    return Missed(*map(sum, zip(*(part.cells for part in parts), strict=True)))
