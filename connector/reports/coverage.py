"""When which days of which group were read: what keeps a report from accusing anybody on stale data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

LESSONS = "lessons"
MARKS = "marks"
LOG = "lesson_log_entries"

# A window whose losses are held or not yet judged was still read in full: what it shows is what the vendor has.
READ_STATES = frozenset({"done", "suspect", "unjudged"})

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a pull, as the mirror's table `coverage` keeps it; both days belong to it."""

    resource: str
    group_id: int
    start: date
    end: date
    read_at: datetime
    state: str
    detail: str | None = None

    @property
    def was_read(self) -> bool:
        """Whether its answer came and was taken in."""
        return self.state in READ_STATES


@dataclass(frozen=True, slots=True)
class Coverage:
    """Answers, for one resource and group, when a day was read last and how far the known days reach."""

    windows: tuple[Window, ...]
    _by_cell: dict[tuple[str, int], list[Window]] = field(
        default_factory=dict, repr=False, compare=False
    )
    # A year of nights leaves hundreds of windows a group, and many lessons share a day.
    _read: dict[tuple[str, int, date], datetime | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, windows: Iterable[Window]) -> "Coverage":
        """Sort windows by resource and group. A window of group 0 speaks for the whole school."""
        coverage = cls(tuple(windows))
        for window in coverage.windows:
            if window.was_read:
                coverage._by_cell.setdefault((window.resource, window.group_id), []).append(window)
        for (resource, group), cell in coverage._by_cell.items():
            if group != 0:
                cell.extend(coverage._by_cell.get((resource, 0), ()))
        for cell in coverage._by_cell.values():
            cell.sort(key=lambda window: window.start)
        return coverage

    def _cell(self, resource: str, group_id: int) -> Sequence[Window]:
        own = self._by_cell.get((resource, group_id))
        return self._by_cell.get((resource, 0), ()) if own is None else own

    def read_at(self, resource: str, group_id: int, day: date) -> datetime | None:
        """Moment of the latest reading of that day, or None when it was never read."""
        key = (resource, group_id, day)
        if key not in self._read:
            read = [w.read_at for w in self._cell(resource, group_id) if w.start <= day <= w.end]
            self._read[key] = max(read, default=None)
        return self._read[key]

    def known_through(self, resource: str, group_id: int, day: date) -> date | None:
        """Last day of the unbroken run of read days that begins with `day`; None when `day` was never read."""
        reached: date | None = None
        for window in self._cell(resource, group_id):
            if window.start <= day <= window.end or (reached and window.start <= next_day(reached)):
                reached = max(reached or window.end, window.end)
        return reached

    def last_read(self, resource: str, group_id: int) -> datetime | None:
        """Moment of the latest reading of any day, or None."""
        return max((window.read_at for window in self._cell(resource, group_id)), default=None)

    def failed(self) -> tuple[Window, ...]:
        """Windows whose last reading failed, also where an older answer stands in the mirror."""
        return tuple(window for window in self.windows if not window.was_read or window.detail)


def next_day(day: date) -> date:
    """The day after; the last day of time stays itself."""
    return day + _DAY if day < date.max else day
