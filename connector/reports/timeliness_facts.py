"""Named SELECTs for the report of timeliness: attendance and homework that may be late. Live rows only.

Most records are entered on the day of the lesson. Only those that may be later leave the mirror; the others are counted
with their lessons. The vendor's moments are UTC, so the bound is the first hour, UTC, that may belong to the next day.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from connector.reports.facts import Query
from connector.reports.grades import moment_of

ENTRIES = """
SELECT l.id, e.created_at FROM lessons l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND e.withdrawn_run IS NULL
   AND (e.created_at IS NULL OR e.created_at >= l.date || ?)
"""
HOMEWORKS = """
SELECT l.id, w.sent_at FROM lessons l CROSS JOIN works w ON w.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND w.withdrawn_run IS NULL AND w.type = 'Homework'
   AND (w.sent_at IS NULL OR w.sent_at >= l.date || ?)
"""


class Record(NamedTuple):
    """A record that may be late. A tuple, for a school has tens of thousands.

    Attributes:
        lesson_id: its lesson.
        entered_on: local day, None where the vendor names no moment.
        was_absent: its pupil was absent at the lesson.
        is_checked_at_home: its work has a deadline of its own.

    """

    lesson_id: int
    entered_on: date | None
    was_absent: bool = False
    is_checked_at_home: bool = False


def read_records(
    query: Query, select: str, *, since: date, until: date, zone: tzinfo
) -> Iterator[Record]:
    """Read records of some kind that may be late, and those without a moment.

    Args:
        query: the mirror's SELECT.
        select: `ENTRIES` or `HOMEWORKS`.
        since: first day of lessons.
        until: last day of lessons.
        zone: the school's.

    """
    bound = f"T{_next_day_from(since, until, zone):02}"
    for lesson, entered_at in query(select, (since.isoformat(), until.isoformat(), bound)):
        yield Record(lesson, local_day(entered_at, zone))


def local_day(entered_at: str | None, zone: tzinfo) -> date | None:
    """The school's day of a vendor's moment; None where there is none."""
    moment = moment_of(entered_at) if entered_at else None
    return moment.astimezone(zone).date() if moment else None


def _next_day_from(since: date, until: date, zone: tzinfo) -> int:
    """The first hour of a UTC day that may belong to the zone's next day; 24 west of Greenwich."""
    days = (since + timedelta(days=n) for n in range((until - since).days + 2))
    midnights = (datetime.combine(day, time.min, zone) for day in days)
    east = max(midnight.utcoffset() or timedelta() for midnight in midnights)
    return 24 - max(0, -(-east // timedelta(hours=1)))
