"""Named SELECTs for the rules about single marks: they name what may be guilty, and the rules judge. Live rows only.

Which lessons count is decided before: their ids are handed in, so that SQL need not know what is held, or which year it is.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date
from itertools import groupby
from operator import itemgetter

from connector.reports.facts import Query
from connector.reports.grades import Mark, Work, is_release
from connector.reports.rules.case import Case, Scene, end_of_day
from connector.reports.rules.cells import DAYS_BY_TYPE
from connector.reports.rules.courses import Teaching, teaching
from connector.reports.rules.sheet import Sheet, absent_at, by_cell, by_lesson, twos_in
from connector.reports.tally_facts import HIDDEN, read_finals

TWOS = frozenset({"TWOAFTERN", "TWOEDGE", "TWOFIX"})
# After every moment: no mark of such a lesson is late.
_NEVER = "~"

# Lessons by the moment from which on a mark is late. A comparison of texts: moments are UTC, and digits sort as days do.
SUSPECTS = """
SELECT m.id, m.person_id, m.lesson_id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), NULL
  FROM json_each(?) s, json_each(s.value) l CROSS JOIN marks m ON m.lesson_id = l.value
 WHERE m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
   AND (m.given_at IS NULL OR m.given_at >= s.key OR (? AND ifnull(m.value, '') NOT GLOB '[3-5]')
        OR m.work_id IN (SELECT value FROM json_each(?)) OR m.lesson_id IN (SELECT value FROM json_each(?)))
"""
# Pupils by the lesson they were absent from. An id that is part of another one's digits is let through: the rule looks.
OF_ABSENT = """
SELECT m.id, m.person_id, m.lesson_id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), NULL
  FROM json_each(?) s CROSS JOIN marks m ON m.lesson_id = CAST(s.key AS INTEGER)
 WHERE instr(s.value, m.person_id) AND m.withdrawn_run IS NULL
"""
PLACES = """
SELECT s.key, l.key, m.person_id
  FROM json_each(?) s, json_each(s.value) l CROSS JOIN marks m ON m.lesson_id = l.value
 WHERE m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
"""
CONTROLS = """
SELECT w.id, w.lesson_id, w.type,
       EXISTS (SELECT 1 FROM marks m WHERE m.lesson_id = w.lesson_id AND m.work_id = w.id AND m.withdrawn_run IS NULL
                  AND m.person_id IS NOT NULL AND ifnull(m.value, '') NOT GLOB '[Оо][Сс][Вв]*')
  FROM json_each(?) l CROSS JOIN works w ON w.lesson_id = l.value
 WHERE w.withdrawn_run IS NULL AND w.type IN (SELECT value FROM json_each(?))
 ORDER BY w.id
"""
COMMENTS = """
SELECT e.lesson_id, e.person_id, e.comment FROM json_each(?) l CROSS JOIN lesson_log_entries e ON e.lesson_id = l.value
 WHERE e.withdrawn_run IS NULL AND trim(ifnull(e.comment, '')) <> ''
"""
# Courses a query: few enough that the rows of one are soon forgotten.
_BATCH = 100


def read_sheet(query: Query, scene: Scene, cases: Sequence[Case], *, since: date) -> Sheet:
    """Read what the rules about single marks stand on.

    Args:
        query: the mirror's SELECT.
        scene: the school.
        cases: the rules to be judged; what none of them asks for is not read.
        since: first day of the facts.

    """
    asked = {case.settings.id for case in cases}
    taught = teaching(scene) if asked & TWOS else Teaching({}, frozenset(), frozenset(), ())
    absent = absent_at(scene)
    # In order of ids: neighbours in the file are read together.
    ids = sorted(lesson.id for lesson in scene.held)
    hidden = _hidden(query, scene)
    works, marked_works = _works(query, ids, hidden) if "WORK" in asked else ([], set())
    empty = [one for one in works if one.id not in marked_works]
    marks = _suspects(query, scene, cases, empty, twos=bool(asked & TWOS))
    if "LATE" in asked and "WORK" not in asked:
        # Only the works of late marks matter.
        at = {mark.lesson_id for mark in (*marks.values(), *hidden)}
        works, _ = _works(query, sorted(at), hidden)
    marked_works |= _works_of(marks.values())
    if "NMARK" in asked:
        marks |= _of_absent(query, ids, absent)
    found = [*marks.values(), *hidden]
    cells = by_cell(found)
    return Sheet(
        taught=taught,
        cells=cells,
        twos=tuple(twos_in(scene, taught, cells)) if asked & TWOS else (),
        places=_places(query, taught, hidden) if "TWOFIX" in asked else {},
        works=by_lesson(works),
        marked_works=frozenset(marked_works),
        absent=absent,
        released=_released(query, scene, found, since) if asked & TWOS else frozenset(),
        comments={
            (lesson, person): comment
            for lesson, person, comment in query(COMMENTS, (json.dumps(ids),))
        }
        if "NMARK" in asked
        else {},
    )


def _hidden(query: Query, scene: Scene) -> list[Mark]:
    marks = [Mark._make(row) for row in query(HIDDEN, ())]
    if not marks:
        return []
    held = {lesson.id for lesson in scene.held}
    return [mark for mark in marks if mark.lesson_id in held]


def _works(query: Query, ids: Sequence[int], hidden: Iterable[Mark]) -> tuple[list[Work], set[int]]:
    """Works of the kinds of WORK, and those of them that have marks as far as their own lesson shows."""
    rows = list(query(CONTROLS, (json.dumps(ids), json.dumps(list(DAYS_BY_TYPE)))))
    marked = {work for work, _, _, has_marks in rows if has_marks}
    marked |= _works_of(hidden)
    return [Work(work, lesson, kind) for work, lesson, kind, _ in rows], marked


def _works_of(marks: Iterable[Mark]) -> set[int]:
    """Works that marks judge; «осв.» judges none."""
    return {
        mark.work_id for mark in marks if mark.work_id is not None and not is_release(mark.value)
    }


def _suspects(
    query: Query, scene: Scene, cases: Iterable[Case], empty: Sequence[Work], *, twos: bool
) -> dict[int, Mark]:
    """Marks that are late or without a moment, no good mark, of a work that seems empty, or at its lesson."""
    lates = [case for case in cases if case.settings.id == "LATE"]
    moments = sorted(
        (lesson.id, moment)
        for lesson, moment in zip(scene.held, _late_from(scene, lates), strict=True)
    )
    # A member for each run of lessons: its name may come again.
    members = (
        f'"{moment}": {json.dumps([number for number, _ in run])}'
        for moment, run in groupby(moments, key=itemgetter(1))
    )
    if not (twos or lates or empty):
        return {}
    works = json.dumps([work.id for work in empty])
    lessons = json.dumps([work.lesson_id for work in empty])
    return {
        number: Mark._make(row)
        for number, *row in query(SUSPECTS, (f"{{{', '.join(members)}}}", twos, works, lessons))
    }


def _late_from(scene: Scene, lates: Sequence[Case]) -> Iterator[str]:
    """For each held lesson the moment from which on a mark may be late by one of the rulebooks."""
    judged = [(case, case.exempt_groups()) for case in lates]
    moments: dict[tuple[int, date], str] = {}
    for lesson in scene.held:
        key = (lesson.group_id or 0, lesson.day)
        if key not in moments:
            days = (case.due_on(*key) for case, exempt in judged if key[0] not in exempt)
            first = min((day for day in days if day is not None), default=None)
            moments[key] = _after(scene, first) if first and first < scene.as_of else _NEVER
        yield moments[key]


def _after(scene: Scene, day: date) -> str:
    return f"{end_of_day(day, scene.zone).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _of_absent(
    query: Query, ids: Iterable[int], absent: Iterable[tuple[int, int]]
) -> dict[int, Mark]:
    """Marks of pupils at lessons they were absent from."""
    away: dict[int, list[int]] = defaultdict(list)
    for lesson, person in absent:
        away[lesson].append(person)
    asked = {number: away[number] for number in ids if number in away}
    rows = query(OF_ABSENT, (json.dumps(asked),))
    return {number: Mark._make(row) for number, *row in rows}


def _places(
    query: Query, taught: Teaching, hidden: Iterable[Mark]
) -> dict[tuple[int, int], list[int]]:
    """Where the pupils of today have marks: numbers of lessons in their courses, rising."""
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    courses = list(dict.fromkeys(taught.of.values()))
    for start in range(0, len(courses), _BATCH):
        batch = courses[start : start + _BATCH]
        ids = json.dumps([[lesson.id for lesson in one.lessons] for one in batch])
        listed: list[dict[int, list[int]]] = [defaultdict(list) for _ in batch]
        for number, place, person in query(PLACES, (ids,)):
            listed[number][person].append(place)
        for course, by_person in zip(batch, listed, strict=True):
            for person, found in by_person.items():
                if taught.of.get((person, course.subject_id)) is course:
                    places[person, course.subject_id] = found
    lessons = {lesson.id: lesson for one in courses for lesson in one.lessons} if hidden else {}
    for mark in hidden:
        lesson = lessons.get(mark.lesson_id)
        key = (mark.person_id, lesson.subject_id or 0) if lesson else (0, 0)
        if lesson is not None and key in taught.of and lesson.group_id in taught.of[key].groups:
            places[key].append(taught.of[key].place(lesson))
    for found in places.values():
        found.sort()
    return places


def _released(
    query: Query, scene: Scene, marks: Iterable[Mark], since: date
) -> frozenset[tuple[int, int]]:
    subjects = {lesson.id: lesson.subject_id for lesson in scene.held}
    current = {
        (mark.person_id, subject)
        for mark in marks
        if is_release(mark.value) and (subject := subjects.get(mark.lesson_id)) is not None
    }
    finals = read_finals(query, since, scene.as_of, only_words=True)
    return frozenset(
        current | {(one.person_id, one.subject_id) for one in finals if is_release(one.value)}
    )
