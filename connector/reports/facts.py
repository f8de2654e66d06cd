"""Named SELECTs over the mirror, and the journal made of them. Live rows only: what the vendor has withdrawn is history.

SQL stands here and nowhere else in the reports; the connection belongs to the mirror, which hands in `query`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from connector.reports.calendar import (
    GroupCalendar,
    Period,
    SchoolCalendar,
    teaches_on_saturdays,
)
from connector.reports.coverage import Coverage, Window
from connector.reports.families import Families, families
from connector.reports.journal import Absence, Group, Journal, Lesson, Names
from connector.vocab import ARCHIVED, HOMEWORK, PRESENT, STUDENT

Query = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]

# Lessons this long after the day of judging are enough to know the next lesson and the end of a reporting period.
AHEAD = timedelta(days=200)
# A vendor's moment counts as after our reading only beyond any wrong time zone; one mistyped mark proves nothing.
CLOCK_SLACK = timedelta(days=1)
CLOCK_EVIDENCE = 20
CLOCK_LATELY = timedelta(days=30)

# One row a lesson; a cell with «4/3» holds two marks, each «осв.» counts a million. The probes by index are cheaper than grouping all marks of all years.
LESSONS = """
SELECT l.id, l.edu_group_id, l.subject_id, l.date, l.number, trim(ifnull(l.title, '')) <> '', l.status,
       (SELECT group_concat(t.person_id) FROM lesson_teachers t WHERE t.lesson_id = l.id AND t.withdrawn_run IS NULL),
       (SELECT count(*) + count(nullif(instr(m.value, '/'), 0)) + 1000000 * count(nullif(m.value GLOB '[Оо][Сс][Вв]*', 0))
          FROM marks m WHERE m.lesson_id = l.id AND m.withdrawn_run IS NULL),
       (SELECT count(*) FROM lesson_log_entries e WHERE e.lesson_id = l.id AND e.withdrawn_run IS NULL),
       (SELECT count(*) FROM lesson_log_entries e
         WHERE e.lesson_id = l.id AND e.withdrawn_run IS NULL AND e.status = ?)
  FROM lessons l
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
"""
_RELEASE = 1_000_000
RELEASED_AT = """
SELECT DISTINCT m.person_id, l.subject_id
  FROM json_each(?) j CROSS JOIN lessons l ON l.id = j.value CROSS JOIN marks m ON m.lesson_id = l.id
 WHERE m.withdrawn_run IS NULL AND m.value GLOB '[Оо][Сс][Вв]*'
   AND m.person_id IS NOT NULL AND l.subject_id IS NOT NULL
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
PUPILS = """
SELECT edu_group_id, person_id, ifnull(status, '') <> ? FROM memberships
 WHERE role = ? AND withdrawn_run IS NULL ORDER BY 1, 2
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
        pupils=query(PUPILS, (ARCHIVED, STUDENT)),
    )
    coverage = Coverage.of(map(_window, query(COVERAGE, ())))
    lessons, releasing = _lessons(query, span)
    return Journal(
        lessons=lessons,
        groups=related.groups,
        calendar=_calendar(query, related, lessons, week),
        coverage=coverage,
        entries=tuple(Absence(*row) for row in query(EXCEPTIONS, (PRESENT, *span))),
        names=_names(query, related.groups),
        clock_differs=_clock_differs(query, coverage),
        pulled={name: json.loads(value) for name, value in query(PULLED, ())},
        released=_released(query, releasing, (since, until)),
    )


def _released(
    query: Query, releasing: Sequence[int], span: tuple[date, date]
) -> frozenset[tuple[int, int]]:
    """Pupils and subjects they are freed from, by marks at lessons or by final marks of these days."""
    start, end = span
    found = set(query(RELEASED_AT, (json.dumps(releasing),))) if releasing else set()
    days = (start.isoformat(), (end + timedelta(days=1)).isoformat())
    return frozenset(
        (person, subject) for person, subject in found.union(query(RELEASED_FINALLY, days))
    )


def _lessons(query: Query, span: tuple[str, str]) -> tuple[tuple[Lesson, ...], list[int]]:
    """Lessons, and ids of those at which some mark says that a pupil is freed."""
    hidden: dict[int, int] = dict(query(MARKS_BY_WORK, ()))
    targets: dict[int, list[date | None]] = defaultdict(list)
    for lesson, target in query(HOMEWORKS, (HOMEWORK, *span)):
        targets[lesson].append(date.fromisoformat(target) if target else None)
    found: list[Lesson] = []
    releasing: list[int] = []
    for (
        lesson,
        group,
        subject,
        day,
        number,
        topic,
        status,
        teachers,
        packed,
        entries,
        presences,
    ) in query(LESSONS, (PRESENT, *span)):
        releases, marks = divmod(packed, _RELEASE)
        if releases:
            releasing.append(lesson)
        found.append(
            Lesson(
                id=lesson,
                group_id=group,
                subject_id=subject,
                day=date.fromisoformat(day),
                number=number,
                has_topic=bool(topic),
                status=status,
                teacher_ids=tuple(sorted(map(int, teachers.split(",")))) if teachers else (),
                marks=marks - releases + hidden.get(lesson, 0),
                homework_targets=tuple(targets.get(lesson, ())),
                entries=entries,
                presences=presences,
            )
        )
    return tuple(found), releasing


def _calendar(
    query: Query, related: Families, lessons: tuple[Lesson, ...], week: str
) -> SchoolCalendar:
    periods = related.inherit(_spans(query(PERIODS, ())))
    holidays = related.inherit(_spans(query(HOLIDAYS, ())))
    return SchoolCalendar(
        groups={
            group: GroupCalendar(periods.get(group, ()), holidays.get(group, ()))
            for group in related.groups
        },
        saturdays=week == "6"
        or (week == "auto" and teaches_on_saturdays(lesson.day for lesson in lessons)),
        saturdays_found=week == "auto",
    )


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
