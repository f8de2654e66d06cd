"""Rows that an answer no longer shows: gone, or not to be believed?

The disaster every sync tool has lived through is a source that silently shrinks and a tool that dutifully deletes.
So a disappearance is one of three things: *confirmed* (a complete, believable answer lacks the row), *suspect* (too
much vanished at once: held and reported) or *unreachable* (no answer, or rights were narrowed: nothing is touched).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

# An answer may lose this many rows, or this share of them, before it is held. A teacher who deletes a whole column
# of a journal removes about thirty marks out of several hundred in a window.
FREE_LOSSES = 10
FREE_SHARE = 0.25
# An empty answer where at least this many rows were is never believed at once.
EMPTY_LIMIT = 3
# A held disappearance is confirmed by this many complete runs, spread over at least this time.
CONFIRMING_RUNS = 3
CONFIRMING_TIME = timedelta(hours=48)

Span = tuple[date, date]


def is_believable(*, missing: int, live: int, answered: int) -> bool:
    """Whether an answer's losses are small enough to be taken for what they seem.

    Args:
        missing: live rows of the scope that the answer lacks.
        live: live rows of the scope before this answer.
        answered: rows of any kind that the answer shows.

    """
    if answered == 0 and missing >= EMPTY_LIMIT:
        return False
    return missing <= max(FREE_LOSSES, int(live * FREE_SHARE))


@dataclass(frozen=True, slots=True)
class Hold:
    """A disappearance that was not believed: since when, and how many complete runs agreed."""

    first_missing_at: datetime
    runs: int


def is_confirmed(hold: Hold, *, now: datetime, group_visible: bool) -> bool:
    """Whether a held disappearance was repeated often and long enough; `hold.runs` counts this run too."""
    return (
        group_visible
        and hold.runs >= CONFIRMING_RUNS
        and now - hold.first_missing_at >= CONFIRMING_TIME
    )


def entry_days(given_at: str | None, zone: tzinfo) -> tuple[date, ...]:
    """Days on which a mark may count as entered: the UTC day and the day in the school's zone.

    The vendor sends UTC moments; whether its date filter works on them or on local time is unknown. Empty when the
    moment is unknown.
    """
    if not given_at:
        return ()
    moment = datetime.fromisoformat(given_at)
    return tuple(sorted({moment.astimezone(UTC).date(), moment.astimezone(zone).date()}))


def is_inside(days: Iterable[date], spans: Sequence[Span]) -> bool:
    """Whether there is a day and every day lies in one of the spans."""
    listed = list(days)
    return bool(listed) and all(any(start <= day <= end for start, end in spans) for day in listed)


def settled_marks(
    missing: Mapping[int, tuple[date, tuple[date, ...]]], read: Sequence[Span]
) -> set[int]:
    """Marks that the answers should have shown whichever way the vendor filters.

    The filter of `edu-groups/{group}/marks/{from}/{to}` may work on the lesson's day or on the day of entry
    (docs/vendor-api.md#marks); a mark is gone only where both readings say that a window read in this run lacked it.

    Args:
        missing: mark id → (lesson's day, possible days of entry), for marks that no answer showed.
        read: spans of the windows that were read and parsed in this run.

    """
    return {
        mark
        for mark, (lesson_day, entered) in missing.items()
        if is_inside((lesson_day,), read) and is_inside(entered, read)
    }
