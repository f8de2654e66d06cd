"""Named SELECTs for the reports about period and year marks. Live rows only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from connector.reports.calendar import Period
from connector.reports.facts import Query
from connector.reports.grades import moment_of
from connector.reports.rules.terms import PERIOD, YEAR
from connector.vocab import STUDENT

FINALS = """
SELECT f.person_id, f.subject_id, f.edu_group_id, f.reporting_period_id, ifnull(f.value, ''), f.given_at
  FROM final_marks f
 WHERE f.withdrawn_run IS NULL
   AND (f.kind = ? AND f.reporting_period_id IN (
          SELECT p.id FROM reporting_periods p WHERE substr(p.start, 1, 10) BETWEEN ? AND ? AND p.withdrawn_run IS NULL)
        OR f.kind = ? AND f.given_at >= ?)
"""
PERIODS = """
SELECT id, start, finish, number, ifnull(name, ''), ifnull(type, '') FROM reporting_periods
 WHERE withdrawn_run IS NULL AND start IS NOT NULL AND finish IS NOT NULL
"""
# Leaving shows only to a pull: one that finds somebody gone at first sight says nothing of the day.
LEFT = """
SELECT person_id, max(seen_to) FROM memberships
 WHERE role = ? GROUP BY 1 HAVING count(*) = count(seen_to) AND max(seen_to) > (SELECT min(seen_from) FROM memberships)
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A period or year mark.

    Attributes:
        person_id: whose.
        subject_id: for which subject.
        group_id: the class it was read with, or None.
        period: None for the year.
        value: as the vendor writes it.

    """

    person_id: int
    subject_id: int
    group_id: int | None
    period: Period | None
    value: str


def read_results(query: Query, *, since: date, until: date) -> Iterator[Result]:
    """Read period and year marks of a study year.

    Args:
        query: the mirror's SELECT.
        since: the study year's first day; the vendor names no year of a year mark, only the moment of entry.
        until: periods that begin later are left out.

    """
    periods = _periods(query)
    span = (since.isoformat(), until.isoformat())
    for person, subject, group, period, value, given_at in query(
        FINALS, (PERIOD, *span, YEAR, since.isoformat())
    ):
        if period in periods or (period is None and moment_of(given_at or "") is not None):
            yield Result(person, subject, group, periods.get(period), value)


def read_leavers(query: Query) -> dict[int, date]:
    """Pupils who are in no group any more, and the day on which a pull found them gone; only where that was seen."""
    return {person: date.fromisoformat(day) for person, day in query(LEFT, (STUDENT,))}


def had_left(day: date | None, period: Period | None) -> bool:
    """Whether a pupil had left by the end of a period, or of the year; `day` is when a pull found the pupil gone."""
    return day is not None and (period is None or day <= period.finish)


def _periods(query: Query) -> Mapping[int, Period]:
    return {
        key: Period(date.fromisoformat(start[:10]), date.fromisoformat(finish[:10]), *about)
        for key, start, finish, *about in query(PERIODS, ())
    }
