"""From when until when a pupil belonged to a group, as far as the mirror can tell.

The vendor shows no dates of membership; a class list of the school may. What stands here errs on the side of the pupil: a day of arrival is believed
only where something proves it, so that no share of missed lessons is made of a year the pupil was not there for, and
no share is made larger by a year that is cut short.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from connector.reports.enrolment import enrolment_days
from connector.reports.facts import Query
from connector.reports.making import Draft
from connector.vocab import ARCHIVED, STUDENT

MEMBERS = """
SELECT person_id, edu_group_id, withdrawn_run IS NULL AND ifnull(status, '') <> ?, seen_from FROM memberships
 WHERE role = ? ORDER BY 1, 2
"""
EARLY = """
SELECT m.person_id FROM lessons l CROSS JOIN marks m ON m.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND m.withdrawn_run IS NULL
 UNION
SELECT e.person_id FROM lessons l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.id
 WHERE l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL AND e.withdrawn_run IS NULL
"""
MARKED = """
SELECT m.person_id, l.edu_group_id, min(l.date), max(l.date) FROM lessons l CROSS JOIN marks m ON m.lesson_id = l.id
 WHERE l.edu_group_id IN (SELECT value FROM json_each(?)) AND l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
   AND m.person_id IN (SELECT value FROM json_each(?)) AND m.withdrawn_run IS NULL
 GROUP BY 1, 2
"""
ENTERED = """
SELECT e.person_id, l.edu_group_id, min(l.date), max(l.date)
  FROM lessons l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.id
 WHERE l.edu_group_id IN (SELECT value FROM json_each(?)) AND l.date BETWEEN ? AND ? AND l.withdrawn_run IS NULL
   AND e.person_id IN (SELECT value FROM json_each(?)) AND e.withdrawn_run IS NULL
 GROUP BY 1, 2
"""
# Pupils who were there from the start have a mark or an entry in the first two weeks: the day of the first lesson and
# these after it.
EARLY_DAYS = timedelta(days=13)
# With fewer lessons that have marks, having none proves nothing, e.g. in a first class, which is taught without marks.
ENOUGH_MARKED = 10


@dataclass(frozen=True, slots=True)
class Stay:
    """A pupil's time in one group; both days belong to it.

    Attributes:
        group_id: class or subgroup.
        first: first day; the study year's first where nothing proves a later one.
        last: last day; the end of time for members of today.

    """

    group_id: int
    first: date
    last: date = date.max

    def holds(self, day: date) -> bool:
        """Whether the pupil was in the group on that day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class _Member:
    person_id: int
    group_id: int
    is_active: bool
    seen_from: date | None


Trace = tuple[date, date]
Traces = Mapping[tuple[int, int], Trace]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What tells when somebody came or went.

    Attributes:
        since: the study year's first day.
        first_sight: the day of the first pull: what it saw may be as old as the year.
        traces: of those whose days are in question.
        arrived: the first trace of pupils who were not there at the start.
        moved: the last trace of pupils who changed groups, in groups they left.
        enrolled: first days by the school's own class list.

    """

    since: date
    first_sight: date
    traces: Traces
    arrived: Mapping[int, date]
    moved: Mapping[int, date]
    enrolled: Mapping[int, date]


def read_stays(draft: Draft) -> dict[int, tuple[Stay, ...]]:
    """Stays of everyone who is a pupil today, in groups that had lessons this study year; leavers have none.

    Args:
        draft: whose facts and journal are asked.

    """
    query, since, until = draft.query, draft.since, draft.request.as_of
    taught = {lesson.group_id for lesson in draft.scene.held}
    members = [
        _Member(person, group, bool(active), date.fromisoformat(seen) if seen else None)
        for person, group, active, seen in query(MEMBERS, (ARCHIVED, STUDENT))
        if group in taught
    ]
    start = min((lesson.day for lesson in draft.scene.held), default=since)
    early = (start.isoformat(), (start + EARLY_DAYS).isoformat())
    seen = {person for (person,) in query(EARLY, early * 2)}
    marked: dict[int, int] = defaultdict(int)
    for lesson in draft.scene.held:
        if lesson.marks and lesson.group_id is not None and lesson.day <= start + EARLY_DAYS:
            marked[lesson.group_id] += 1
    first_sight = min(
        (one.seen_from for one in members if one.seen_from is not None), default=since
    )
    late = {
        one.person_id
        for one in members
        if one.seen_from is not None and one.seen_from > first_sight
    }
    newcomers = _newcomers(members, seen, marked)
    now = {one.person_id for one in members if one.is_active}
    once = {(one.person_id, one.group_id) for one in members if not one.is_active}
    movers = {person for person, _ in once} & now
    traces = _traces(query, members, newcomers | movers | late, (since, until))
    arrived: dict[int, date] = {}
    moved: dict[int, date] = {}
    for (person, group), (first, last) in traces.items():
        if person in newcomers:
            arrived[person] = min(first, arrived.get(person, first))
        if (person, group) in once:
            moved[person] = max(last, moved.get(person, last))
    evidence = _Evidence(since, first_sight, traces, arrived, moved, enrolment_days(draft))
    found: dict[int, list[Stay]] = defaultdict(list)
    for one in members:
        stay = _stay(one, evidence) if one.person_id in now else None
        if stay is not None:
            found[one.person_id].append(stay)
    return {person: tuple(stays) for person, stays in found.items()}


def _newcomers(
    members: Iterable[_Member], seen: set[int], marked: Mapping[int, int]
) -> frozenset[int]:
    """Pupils of whom the first weeks hold nothing, though their groups have marks enough in them."""
    lessons: dict[int, int] = defaultdict(int)
    for one in members:
        if one.is_active and one.person_id not in seen:
            lessons[one.person_id] += marked.get(one.group_id, 0)
    return frozenset(person for person, count in lessons.items() if count >= ENOUGH_MARKED)


def _traces(
    query: Query, members: Iterable[_Member], persons: Iterable[int], span: tuple[date, date]
) -> Traces:
    """First and last day with a mark or an entry, by pupil and group."""
    wanted = set(persons)
    groups = sorted({one.group_id for one in members if one.person_id in wanted})
    found: dict[tuple[int, int], Trace] = {}
    asked = (json.dumps(groups), *(day.isoformat() for day in span), json.dumps(sorted(wanted)))
    for sql in (MARKED, ENTERED) if wanted else ():
        for person, group, first, last in query(sql, asked):
            days = (date.fromisoformat(first), date.fromisoformat(last))
            known = found.get((person, group), days)
            found[person, group] = (min(known[0], days[0]), max(known[1], days[1]))
    return found


def _stay(one: _Member, of: "_Evidence") -> Stay | None:
    mine = of.traces.get((one.person_id, one.group_id))
    if not one.is_active:
        # Left for another group: nothing says when, but the last trace is no later.
        return Stay(one.group_id, of.since, mine[1]) if mine else None
    enrolled = of.enrolled.get(one.person_id)
    if enrolled is not None and one.person_id not in of.moved:
        return Stay(one.group_id, max(of.since, enrolled))
    if one.seen_from is not None and one.seen_from > of.first_sight:
        return Stay(one.group_id, min(one.seen_from, mine[0]) if mine else one.seen_from)
    if one.person_id in of.arrived:
        return Stay(one.group_id, of.arrived[one.person_id])
    moved = of.moved.get(one.person_id)
    if moved is not None and mine and mine[0] > moved:
        return Stay(one.group_id, moved + timedelta(days=1))
    return Stay(one.group_id, of.since)
