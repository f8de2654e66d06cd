"""Named SELECTs over the mirror, and the journal made of them. Live rows only: what the vendor has withdrawn is history.

SQL stands here and nowhere else in the reports; the connection belongs to the mirror, which hands in `query`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from connector.reports.calendar import (
    GroupCalendar,
    Period,
    SchoolCalendar,
    weeks,
)
from connector.reports.coverage import Coverage, Window
from connector.reports.families import Families, families
from connector.reports.grades import is_release, marks_in
from connector.reports.journal import Absence, Group, Journal, Lesson, Names
from connector.vocab import ARCHIVED, HOMEWORK, PRESENT, STUDENT

Query = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]

# Lessons this long after the day of judging are enough to know the next lesson and the end of a reporting period.
AHEAD = timedelta(days=200)
# A vendor's moment counts as after our reading only beyond any wrong time zone; one mistyped mark proves nothing.
CLOCK_SLACK = timedelta(days=1)
CLOCK_EVIDENCE = 20
CLOCK_LATELY = timedelta(days=30)

# One row a lesson. The probes by index are cheaper than grouping all marks of all years.
LESSONS = """
SELECT l.id, l.edu_group_id, l.subject_id, l.date, l.number, trim(ifnull(l.title, ''), char(9, 10, 13, 32, 160)) <> '', l.status,
       (SELECT group_concat(t.person_id) FROM lesson_teachers t WHERE t.lesson_id = l.id AND t.withdrawn_run IS NULL),
       (SELECT count(*) FROM marks m WHERE m.lesson_id = l.id AND m.withdrawn_run IS NULL),
       (SELECT count(*) FROM lesson_log_entries e
         WHERE e.lesson_id = l.id AND e.withdrawn_run IS NULL AND e.status = ?)
  FROM lessons l
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
"""
# Marks of more than one figure: a cell with «4/3» holds two marks, one with «осв.» none.
SPELT_OUT = """
SELECT l.id, l.subject_id, m.person_id, m.value FROM marks m CROSS JOIN lessons l ON l.id = m.lesson_id
 WHERE length(m.value) > 1 AND m.withdrawn_run IS NULL AND l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
"""
# One walk over the final marks is cheaper than a probe for each pupil and subject, of ten years too. DISTINCT would walk
# an index and fetch each row out of its order.
RELEASED_FINALLY = """
SELECT f.person_id, f.subject_id
  FROM final_marks f NOT INDEXED LEFT JOIN reporting_periods r ON r.id = f.reporting_period_id
 WHERE f.value GLOB '[Оо][Сс][Вв]*' AND f.withdrawn_run IS NULL AND ifnull(r.start, f.given_at) BETWEEN ? AND ?
   AND f.person_id IS NOT NULL AND f.subject_id IS NOT NULL
"""
# The vendor may hide a mark's lesson; then its work tells.
MARKS_BY_WORK = """
SELECT w.lesson_id, count(*) FROM marks m JOIN works w ON w.id = m.work_id
 WHERE m.lesson_id IS NULL AND w.lesson_id IS NOT NULL AND m.withdrawn_run IS NULL GROUP BY 1
"""
# From the lessons of the span: the homework of ten years must not be walked for one.
HOMEWORKS = """
SELECT l.id, w.target_date FROM lessons l CROSS JOIN works w ON w.lesson_id = l.id
 WHERE w.type = ? AND l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND w.withdrawn_run IS NULL ORDER BY 1, 2
"""
EXCEPTIONS = """
SELECT e.lesson_id, e.person_id, ifnull(e.status, '') FROM lessons l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.id
 WHERE e.status IS NOT ? AND e.withdrawn_run IS NULL AND l.date BETWEEN ? AND ? ORDER BY 1, 2
"""
GROUPS = """
SELECT id, ifnull(name, ''), parallel FROM edu_groups WHERE withdrawn_run IS NULL ORDER BY id
"""
PARENTS = """
SELECT edu_group_id, parent_id FROM edu_group_parents WHERE withdrawn_run IS NULL ORDER BY 1, 2
"""
# A membership that the vendor shows no longer is one that was, in a group that has lessons in the span.
PUPILS = """
SELECT edu_group_id, person_id, withdrawn_run IS NULL AND ifnull(status, '') <> ? FROM memberships m
 WHERE role = ? AND (withdrawn_run IS NULL OR EXISTS (
       SELECT 1 FROM lessons l WHERE l.edu_group_id = m.edu_group_id AND l.date BETWEEN ? AND ?)) ORDER BY 1, 2
"""
PERIODS = """
SELECT g.edu_group_id, p.start, p.finish, p.number, ifnull(p.name, ''), ifnull(p.type, '')
  FROM edu_group_reporting_periods g
  JOIN reporting_periods p ON p.id = g.reporting_period_id
 WHERE g.withdrawn_run IS NULL AND p.withdrawn_run IS NULL AND p.start IS NOT NULL AND p.finish IS NOT NULL
 ORDER BY 1, 2, 3
"""
HOLIDAYS = """
SELECT g.edu_group_id, h.start, h.finish FROM edu_group_holidays g JOIN holidays h ON h.id = g.holiday_id
 WHERE g.withdrawn_run IS NULL AND h.withdrawn_run IS NULL AND h.start IS NOT NULL AND h.finish IS NOT NULL
 ORDER BY 1, 2, 3
"""
SUBJECTS = """
SELECT id, name FROM subjects WHERE name IS NOT NULL ORDER BY id
"""
TEACHERS = """
SELECT id, trim(ifnull(last_name, '') || ' ' || ifnull(first_name, '') || ' ' || ifnull(middle_name, '')), ifnull(short_name, '')
  FROM persons WHERE id IN (SELECT person_id FROM lesson_teachers UNION SELECT person_id FROM class_teachers) ORDER BY id
"""
PUPIL_NAMES = """
SELECT id, trim(ifnull(last_name, '') || ' ' || ifnull(first_name, '') || ' ' || ifnull(middle_name, '')), ifnull(short_name, '')
  FROM persons WHERE id IN (SELECT person_id FROM memberships WHERE role = ?) ORDER BY id
"""
SCHOOL = """
SELECT coalesce(name, full_name, '') FROM schools ORDER BY id LIMIT 1
"""
COVERAGE = """
SELECT resource, edu_group_id, covered_from, covered_to, pulled_at, state, detail FROM coverage ORDER BY 1, 2, 3, 4
"""
PULLED = """
SELECT name, value FROM facts ORDER BY name
"""
# Marks of late lessons are enough to tell, and the marks of ten years need not be walked.
ENTERED_AFTER = """
SELECT 1 FROM lessons l CROSS JOIN marks m ON m.lesson_id = l.id
 WHERE l.date >= ? AND m.given_at > ? AND m.withdrawn_run IS NULL LIMIT ?
"""


def read_journal(query: Query, *, since: date, until: date, week: str = "auto") -> Journal:
    """Read what the rules need from the mirror.

    Args:
        query: the mirror's SELECT.
        since: first day of the study year to judge, or earlier.
        until: the day of judging; later lessons come along as far as they are known.
        week: `5`, `6`, or `auto`.

    """
    span = (since.isoformat(), (until + AHEAD).isoformat())
    related = families(
        groups=query(GROUPS, ()),
        parents=query(PARENTS, ()),
        pupils=query(PUPILS, (ARCHIVED, STUDENT, *span)),
    )
    coverage = Coverage.of(map(_window, query(COVERAGE, ())))
    entries = tuple(map(Absence._make, query(EXCEPTIONS, (PRESENT, *span))))
    lessons, released = _lessons(query, span, Counter(entry.lesson_id for entry in entries))
    return Journal(
        lessons=lessons,
        groups=related.groups,
        calendar=_calendar(query, related, lessons, week),
        coverage=coverage,
        entries=entries,
        names=_names(query, related.groups),
        clock_differs=_clock_differs(query, coverage),
        pulled={name: json.loads(value) for name, value in query(PULLED, ())},
        released=frozenset(released | _released(query, (since, until))),
    )


def _released(query: Query, span: tuple[date, date]) -> set[tuple[int, int]]:
    """Pupils and subjects they are freed from by final marks of these days."""
    start, end = span
    days = (start.isoformat(), (end + timedelta(days=1)).isoformat())
    return set(query(RELEASED_FINALLY, days))


def _lessons(
    query: Query, span: tuple[str, str], entries: Counter[int]
) -> tuple[tuple[Lesson, ...], set[tuple[int, int]]]:
    """Lessons, and pupils with the subjects that marks at lessons free them from.

    Args:
        query: the mirror's SELECT.
        span: first and last day.
        entries: attendance entries other than presence by lesson.

    """
    more, released = _spelt_out(query, span)
    more.update(dict(query(MARKS_BY_WORK, ())))
    targets: dict[int, list[date | None]] = defaultdict(list)
    for lesson, target in query(HOMEWORKS, (HOMEWORK, *span)):
        targets[lesson].append(_day(target) if target else None)
    return tuple(
        Lesson(
            lesson,
            group,
            subject,
            _day(day),
            number,
            bool(topic),
            status,
            _ids(teachers) if teachers else (),
            marks + more[lesson],
            tuple(targets.get(lesson, ())),
            entries[lesson] + presences,
            presences,
        )
        for lesson, group, subject, day, number, topic, status, teachers, marks, presences in query(
            LESSONS, (PRESENT, *span)
        )
    ), released


def _spelt_out(query: Query, span: tuple[str, str]) -> tuple[Counter[int], set[tuple[int, int]]]:
    """By how many marks a lesson has more than cells, or fewer; and pupils with the subjects they are freed from."""
    more: Counter[int] = Counter()
    released: set[tuple[int, int]] = set()
    for lesson, subject, person, value in query(SPELT_OUT, span):
        if is_release(value):
            more[lesson] -= 1
            if person is not None and subject is not None:
                released.add((person, subject))
        else:
            more[lesson] += marks_in(value) - 1
    return more, released


@lru_cache(maxsize=4096)  # many lessons share a day
def _day(text: str) -> date:
    return date.fromisoformat(text)


@lru_cache(maxsize=4096)  # a teacher has hundreds of lessons
def _ids(text: str) -> tuple[int, ...]:
    return tuple(sorted(map(int, text.split(","))))


def _calendar(
    query: Query, related: Families, lessons: tuple[Lesson, ...], week: str
) -> SchoolCalendar:
    periods = related.inherit(_spans(query(PERIODS, ())))
    holidays = related.inherit(_spans(query(HOLIDAYS, ())))
    saturdays = _saturdays(related, lessons) if week == "auto" else {}
    return SchoolCalendar(
        groups={
            group: GroupCalendar(
                periods.get(group, ()), holidays.get(group, ()), saturdays.get(group, week == "6")
            )
            for group in related.groups
        },
        saturdays_found=week == "auto",
    )


def _saturdays(related: Families, lessons: Iterable[Lesson]) -> Mapping[int, bool]:
    days: dict[int, set[date]] = defaultdict(set)
    for lesson in lessons:
        days[lesson.group_id or 0].add(lesson.day)
    return weeks(days, {group.id: group.active_members for group in related.groups.values()})


def _spans(rows: Iterable[tuple[Any, ...]]) -> dict[int, tuple[Period, ...]]:
    spans: dict[int, list[Period]] = defaultdict(list)
    for group, start, finish, *about in rows:
        # Period ends may carry a time: only the day matters.
        spans[group].append(
            Period(date.fromisoformat(start[:10]), date.fromisoformat(finish[:10]), *about)
        )
    return {group: tuple(found) for group, found in spans.items()}


def _window(row: tuple[Any, ...]) -> Window:
    resource, group, start, end, pulled_at, state, detail = row
    first = date.fromisoformat(start) if start else date.min
    last = date.fromisoformat(end) if end else date.max
    return Window(resource, group, first, last, datetime.fromisoformat(pulled_at), state, detail)


def _names(query: Query, groups: dict[int, Group]) -> Names:
    return Names(
        groups={group.id: group.name for group in groups.values()},
        subjects=dict(query(SUBJECTS, ())),
        teachers=_told_apart(query(TEACHERS, ())),
        pupils=_told_apart(query(PUPIL_NAMES, (STUDENT,))),
        school=next((name for (name,) in query(SCHOOL, ())), ""),
    )


def _told_apart(rows: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """Full name, else the short one; namesakes are told apart by the end of their ids."""
    names = {person: full or short for person, full, short in rows}
    repeated = {name for name, count in Counter(names.values()).items() if count > 1}
    return {
        person: f"{name} (…{person % 10_000:04d})" if name in repeated else name
        for person, name in names.items()
    }


def _clock_differs(query: Query, coverage: Coverage) -> bool:
    """Whether marks were entered well after the last reading: the vendor's clock is ahead of ours."""
    newest = max((window.read_at for window in coverage.windows if window.was_read), default=None)
    if newest is None:
        return False
    since = (newest - CLOCK_LATELY).date().isoformat()
    limit = (newest + CLOCK_SLACK).strftime("%Y-%m-%dT%H:%M:%S")
    return len(list(query(ENTERED_AFTER, (since, limit, CLOCK_EVIDENCE)))) == CLOCK_EVIDENCE
