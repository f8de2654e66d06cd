"""Which windows a pull asks for: a pure plan over groups, days and what was read before.

The year of a group is cut at fixed calendar edges, so that the same window means the same request tomorrow and its
body can be recognised by its hash. A class is cut by month; a subgroup, with a tenth of the rows, by half-year. What
earlier answers brought moves a group one step finer or coarser.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connector.records import Window

# Rows in one answer above which the next cut is finer. Measured: a class-month of lessons with tasks is about 3,500.
MANY_ROWS = 12_000
# Rows of a whole year below which one step coarser is enough.
FEW_ROWS = 400
SMALLEST_DAYS = 7

# First months of the pieces, by level: from fine to coarse. A study year starts in September.
_LEVELS: tuple[tuple[int, ...], ...] = (
    (9, 10, 11, 12, 1, 2, 3, 4, 5, 6),  # by month, each cut in half
    (9, 10, 11, 12, 1, 2, 3, 4, 5, 6),  # by month; June, July and August are one
    (9, 1),  # by half-year
)
HALF_MONTH, MONTH, HALF_YEAR = range(3)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an earlier run knows of a window."""

    pulled_at: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class Beats:
    """How often days are read again.

    Attributes:
        recent_days: days back from today that every pull reads again.
        ahead_days: days forward, for the schedule.
        period: how old an answer about the current reporting period may get.
        closed: how old an answer about a closed period may get.

    """

    recent_days: int = 14
    ahead_days: int = 14
    period: timedelta = timedelta(days=7)
    closed: timedelta = timedelta(days=30)


def study_year_of(day: date) -> int:
    """Calendar year in which the study year of `day` started; in summer the one that ended."""
    return day.year if day.month >= 9 else day.year - 1


def study_year_span(study_year: int) -> tuple[date, date]:
    """First and last day of a study year."""
    return date(study_year, 9, 1), date(study_year + 1, 8, 31)


def pieces(study_year: int, level: int) -> list[tuple[date, date]]:
    """The study year cut at the level's edges, in order, without gaps."""
    starts = [
        date(study_year if month >= 9 else study_year + 1, month, 1) for month in _LEVELS[level]
    ]
    if level == HALF_MONTH:
        starts += [start.replace(day=16) for start in starts]
    starts.sort()
    ends = [start - timedelta(days=1) for start in starts[1:]] + [study_year_span(study_year)[1]]
    return list(zip(starts, ends, strict=True))


def level_for(kind: str, rows: Collection[int]) -> int:
    """Step at which to cut a group, from its type and the rows its earlier answers brought."""
    level = HALF_YEAR if kind == "Subgroup" else MONTH
    if rows and max(rows) > MANY_ROWS:
        return max(HALF_MONTH, level - 1)
    if len(rows) > 1 and sum(rows) < FEW_ROWS:
        return HALF_YEAR
    return level


def halve(window: Window) -> tuple[Window, Window] | None:
    """Two windows instead of one that was too big; None when it is small already."""
    days = (window.end - window.start).days + 1
    if days <= SMALLEST_DAYS:
        return None
    middle = window.start + timedelta(days=days // 2)
    first = Window(window.resource, window.edu_group_id, window.start, middle - timedelta(days=1))
    return first, Window(window.resource, window.edu_group_id, middle, window.end)


@dataclass(frozen=True, slots=True)
class Ask:
    """What the user or the timer wants of a pull."""

    today: date
    full: bool = False
    start: date | None = None
    end: date | None = None


def plan_group(
    resource: str,
    group_id: int,
    level: int,
    ask: Ask,
    beats: Beats,
    seen: Mapping[tuple[date, date], Seen],
    *,
    now: datetime,
    period_start: date | None,
    looks_ahead: bool,
    had_lessons_lately: bool,
) -> list[Window]:
    """Windows of one resource and group, in order of days.

    Args:
        resource: catalogue name.
        group_id: whose windows.
        level: how finely the year is cut; see `level_for`.
        ask: the wish.
        beats: how often to read again.
        seen: windows of this resource and group that earlier runs completed.
        now: the moment of planning.
        period_start: first day of the current reporting period; None when unknown, then the month counts.
        looks_ahead: whether future days are worth asking for (lessons: yes, marks: no).
        had_lessons_lately: whether the group is known to have lessons around today; without them nothing recent is read.

    Returns:
        Windows to read. Pieces never read come always; a span given by the user is cut at the same edges.

    """
    year = study_year_of(ask.today)
    first, last_of_year = study_year_span(year)
    horizon = min(ask.today + timedelta(days=beats.ahead_days if looks_ahead else 0), last_of_year)
    cut = pieces(year, level)
    if ask.start is not None or ask.end is not None:
        return _clipped(resource, group_id, ask, first, horizon)
    reached = [piece for piece in cut if piece[0] <= horizon]
    if ask.full:
        return [Window(resource, group_id, *piece) for piece in reached]

    recent = _whole_weeks(max(first, ask.today - timedelta(days=beats.recent_days)), horizon)
    current_from = period_start or ask.today.replace(day=1)
    due = []
    for piece in reached:
        known = covering(piece, seen)
        beat = beats.period if piece[1] >= current_from else beats.closed
        # The days that `recent` covers anyway must not make a piece due each time.
        if known is None or now - known.pulled_at > beat:
            due.append(piece)
    windows = [Window(resource, group_id, *piece) for piece in due]
    covered_by_due = all(piece in due for piece in reached if piece[1] >= recent[0])
    if had_lessons_lately and not covered_by_due:
        windows.append(Window(resource, group_id, *recent))
    return windows


def covering(piece: tuple[date, date], seen: Mapping[tuple[date, date], Seen]) -> Seen | None:
    """What earlier windows say of a piece: as old as the oldest of those that cover it; None when a day is missing."""
    exact = seen.get(piece)
    if exact is not None:
        return exact
    reached, oldest, rows = piece[0], None, 0
    for (start, end), known in sorted(seen.items()):
        if start <= reached <= end:
            reached = end + timedelta(days=1)
            oldest = known.pulled_at if oldest is None else min(oldest, known.pulled_at)
            rows += known.rows
    return Seen(oldest, rows) if oldest is not None and reached > piece[1] else None


def _whole_weeks(start: date, end: date) -> tuple[date, date]:
    """From a Monday to a Sunday: the same span, hence the same request, all week long."""
    return start - timedelta(days=start.weekday()), end + timedelta(days=6 - end.weekday())


def _clipped(resource: str, group_id: int, ask: Ask, first: date, horizon: date) -> list[Window]:
    start, end = ask.start or first, ask.end or horizon
    return [
        Window(resource, group_id, max(first_day, start), min(last_day, end))
        for year in range(study_year_of(start), study_year_of(end) + 1)
        for first_day, last_day in pieces(year, MONTH)
        if first_day <= end and last_day >= start
    ]


def chunk_lessons(
    lessons: Sequence[int], *, prefix: int, limit: int = 2000
) -> list[tuple[int, ...]]:
    """Cut lesson ids so that each request's URL stays within `limit` characters.

    Args:
        lessons: ids in order of days; the order makes equal chunks of equal days.
        prefix: length of the URL before the first id.
        limit: most characters a URL may have.

    """
    chunks: list[tuple[int, ...]] = []
    chunk: list[int] = []
    length = prefix
    for lesson in lessons:
        cost = len("&lessons=") + len(str(lesson))
        if chunk and length + cost > limit:
            chunks.append(tuple(chunk))
            chunk, length = [], prefix
        chunk.append(lesson)
        length += cost
    if chunk:
        chunks.append(tuple(chunk))
    return chunks


def batches(items: Iterable[int], size: int) -> list[tuple[int, ...]]:
    """Cut a list of ids into pieces of at most `size`, in order."""
    listed = list(items)
    return [tuple(listed[i : i + size]) for i in range(0, len(listed), size)]
