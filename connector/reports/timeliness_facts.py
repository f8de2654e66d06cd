"""Named SELECTs for the report of timeliness: records that may have been entered late. Live rows only.

Most records are entered on the day of the lesson. Only those that may be later leave the mirror; the others are counted
with their lessons. The vendor's moments are UTC, so the bound is the first hour, UTC, that may belong to the next day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from connector.reports.facts import Query
from connector.reports.grades import moment_of
from connector.vocab import ABSENCES

MARKS = """
SELECT l.id, m.given_at, w.type, e.status FROM lessons l CROSS JOIN marks m ON m.lesson_id = l.id
  LEFT JOIN works w ON w.id = m.work_id
  LEFT JOIN lesson_log_entries e ON e.lesson_id = l.id AND e.person_id = m.person_id AND e.withdrawn_run IS NULL
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND m.withdrawn_run IS NULL
   AND (m.given_at IS NULL OR m.given_at >= l.date || ?)
"""
# The vendor may hide a mark's lesson; then its work tells.
MARKS_BY_WORK = """
SELECT l.id, m.given_at, w.type, e.status
  FROM marks m JOIN works w ON w.id = m.work_id JOIN lessons l ON l.id = w.lesson_id
  LEFT JOIN lesson_log_entries e ON e.lesson_id = l.id AND e.person_id = m.person_id AND e.withdrawn_run IS NULL
 WHERE m.lesson_id IS NULL AND m.withdrawn_run IS NULL AND l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
   AND (m.given_at IS NULL OR m.given_at >= l.date || ?)
"""
ENTRIES = """
SELECT l.id, e.created_at, NULL, NULL FROM lessons l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND e.withdrawn_run IS NULL
   AND (e.created_at IS NULL OR e.created_at >= l.date || ?)
"""
HOMEWORKS = """
SELECT l.id, w.sent_at, NULL, NULL FROM lessons l CROSS JOIN works w ON w.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND w.withdrawn_run IS NULL AND w.type = 'Homework'
   AND (w.sent_at IS NULL OR w.sent_at >= l.date || ?)
"""
# Checked at home: these works have deadlines of their own under the rule WORK.
CHECKED_AT_HOME = frozenset({"LessonExamination", "LessonComposition", "LessonTestWork"})


@dataclass(frozen=True, slots=True)
class Record:
    """A record that may be late.

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
    query: Query, *selects: str, since: date, until: date, zone: tzinfo
) -> Iterator[Record]:
    """Read records of some kind that may be late, and those without a moment.

    Args:
        query: the mirror's SELECT.
        selects: `MARKS`, `MARKS_BY_WORK`, `ENTRIES`, `HOMEWORKS`.
        since: first day of lessons.
        until: last day of lessons.
        zone: the school's.

    """
    bound = f"T{_next_day_from(since, until, zone):02}"
    for sql in selects:
        for lesson, entered_at, work_type, status in query(
            sql, (since.isoformat(), until.isoformat(), bound)
        ):
            moment = moment_of(entered_at) if entered_at else None
            yield Record(
                lesson,
                moment.astimezone(zone).date() if moment else None,
                status in ABSENCES,
                work_type in CHECKED_AT_HOME,
            )


def _next_day_from(since: date, until: date, zone: tzinfo) -> int:
    """The first hour of a UTC day that may belong to the zone's next day; 24 west of Greenwich."""
    days = (since + timedelta(days=n) for n in range((until - since).days + 2))
    midnights = (datetime.combine(day, time.min, zone) for day in days)
    east = max(midnight.utcoffset() or timedelta() for midnight in midnights)
    return 24 - max(0, -(-east // timedelta(hours=1)))
