"""Named SELECTs that add marks up by pupil, subject and period, and final marks. Live rows only.

Which lessons count is decided before: their ids are handed in, so that SQL need not know what is held, or which year it is.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from connector.reports.calendar import Period
from connector.reports.facts import Query
from connector.reports.grades import FinalMark, Mark, is_release
from connector.reports.journal import Lesson
from connector.reports.rules.case import Scene
from connector.reports.rules.courses import Taught, Teaching
from connector.reports.rules.ground import Ground, first_traces, lay_ground
from connector.reports.tally import Stretches, Tally, tally_of

# One row a slot and pupil. A mark that is no plain number of the five-point scale has a row of its own: Python reads it.
_ADDED = """
SELECT s.key, m.person_id, min(l.key), max(l.key), count(*), {sums}, iif({plain}, NULL, m.id) AS odd, m.type,
       ifnull(m.value, ''), ifnull(m.use_avg_calc, 1), {weight}
  FROM json_each(?) s, json_each(s.value) l CROSS JOIN marks m ON m.lesson_id = l.value {joins}
 WHERE m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
 GROUP BY s.key, m.person_id, odd
"""
_PLAIN = "m.type = 'Mark5' AND m.value IN ('1', '2', '3', '4', '5')"
_READ = "ifnull(m.use_avg_calc, 1) AND t.weight >= 1"
COUNTED = _ADDED.format(sums="0, 0, 0, 0", plain=_PLAIN, weight="NULL", joins="")
WEIGHED = _ADDED.format(
    sums=f"""
       sum(iif({_READ}, t.weight * m.value, 0)), sum(iif({_READ}, t.weight, 0)),
       sum(ifnull(m.use_avg_calc, 1) AND NOT ifnull(t.weight >= 1, 0)), sum(m.value = '2')""",
    plain=_PLAIN,
    weight="t.weight",
    joins="""
  LEFT JOIN works w ON w.id = m.work_id LEFT JOIN work_types t ON t.id = ifnull(m.work_type_id, w.work_type_id)""",
)
# The vendor may hide a mark's lesson; then its work tells.
HIDDEN = """
SELECT m.person_id, w.lesson_id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), t.weight
  FROM marks m JOIN works w ON w.id = m.work_id
  LEFT JOIN work_types t ON t.id = ifnull(m.work_type_id, w.work_type_id)
 WHERE m.lesson_id IS NULL AND m.withdrawn_run IS NULL AND m.person_id IS NOT NULL AND w.lesson_id IS NOT NULL
"""
# A mark without a period belongs to the year in which it was entered.
FINALS = """
SELECT f.person_id, f.subject_id, p.start, p.finish, p.type, f.kind, ifnull(f.value, ''), f.edu_group_id, f.given_at
  FROM final_marks f LEFT JOIN reporting_periods p ON p.id = f.reporting_period_id
 WHERE f.withdrawn_run IS NULL AND (? OR ifnull(f.value, '') NOT GLOB '[1-5]')
   AND CASE WHEN p.start IS NULL OR p.finish IS NULL THEN ifnull(f.given_at >= ?, 1)
            ELSE substr(p.start, 1, 10) BETWEEN ? AND ? END
 ORDER BY f.id
"""
# Slots a query: few enough that the rows of one are soon forgotten.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Slot:
    """Lessons whose marks are added up together: of one course and stretch of days.

    Attributes:
        taught: the course, or None for lessons at which nobody is taught any more.
        stretch: number of the stretch.
        lessons: in order of days.

    """

    taught: Taught | None
    stretch: int
    lessons: tuple[Lesson, ...]


def read_ground(
    query: Query,
    scene: Scene,
    taught: Teaching,
    *,
    since: date,
    averages: bool,
    enrolled: Mapping[int, date] | None = None,
) -> Ground:
    """Read what the rules about periods stand on.

    Args:
        query: the mirror's SELECT.
        scene: the school.
        taught: its held lessons by who is taught there.
        since: first day of the facts; final marks of periods that begin before are left out.
        averages: whether sums and all final marks are needed, or only how many marks there are and who is freed.
        enrolled: days of enrolment by pupil, where the school's own list says them.

    """
    marked: dict[int, date] = {}
    released: set[tuple[int, int]] = set()
    tallies: dict[tuple[int, int], dict[int, Tally]] = defaultdict(dict)
    for slot, person, tally, word in _added(query, scene, taught, averages=averages):
        day = tally.first.day
        if person not in marked or day < marked[person]:
            marked[person] = day
        subject = tally.first.subject_id
        if subject is None:
            continue
        if word and is_release(word):
            released.add((person, subject))
        if slot.taught is not None and taught.of.get((person, subject)) is slot.taught:
            by_stretch = tallies[person, subject]
            had = by_stretch.get(slot.stretch)
            by_stretch[slot.stretch] = tally if had is None else had.plus(tally)
    span = (since.isoformat(), since.isoformat(), scene.as_of.isoformat())
    finals = tuple(_finals(query(FINALS, (averages, *span))))
    released |= {(one.person_id, one.subject_id) for one in finals if is_release(one.value)}
    return lay_ground(
        scene,
        taught,
        tallies,
        since=first_traces(scene, marked.items(), enrolled or {}),
        released=frozenset(released),
        finals=finals if averages else None,
    )


def _added(
    query: Query, scene: Scene, taught: Teaching, *, averages: bool
) -> Iterator[tuple[Slot, int, Tally, str]]:
    """Slot, pupil, marks, and the word that stands there instead of a number, if one does."""
    stretches = Stretches.of(scene.journal.calendar)
    slots = list(_slots(taught, stretches))
    for start in range(0, len(slots), _BATCH):
        batch = slots[start : start + _BATCH]
        ids = json.dumps([[lesson.id for lesson in slot.lessons] for slot in batch])
        for number, person, first, last, count, *rest in query(
            WEIGHED if averages else COUNTED, (ids,)
        ):
            slot = batch[number]
            lessons = slot.lessons
            *sums, odd, scale, value, counts, weight = rest
            if odd is None:
                yield slot, person, Tally(lessons[first], lessons[last], count, *sums), ""
            else:
                mark = Mark(person, 0, None, scale, value, None, bool(counts), weight)
                yield slot, person, tally_of(mark, lessons[first]), value
    yield from _hidden(query, scene, slots)


def _hidden(
    query: Query, scene: Scene, slots: Iterable[Slot]
) -> Iterator[tuple[Slot, int, Tally, str]]:
    rows = list(query(HIDDEN, ()))
    if not rows:
        return
    held = {lesson.id: lesson for lesson in scene.held}
    slots_of: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        for lesson in slot.lessons:
            slots_of[lesson.id].append(slot)
    for mark in map(Mark._make, rows):
        for slot in slots_of.get(mark.lesson_id, ()):
            tally = tally_of(mark, held[mark.lesson_id])
            yield slot, mark.person_id, tally, mark.value


def _slots(taught: Teaching, stretches: Stretches) -> Iterator[Slot]:
    """Every held lesson stands in one slot of each course it belongs to."""
    for one in dict.fromkeys(taught.of.values()):
        for stretch, lessons in groupby(one.lessons, key=lambda lesson: stretches.at(lesson.day)):
            yield Slot(one, stretch, tuple(lessons))
    if taught.rest:
        yield Slot(None, 0, taught.rest)


def _finals(rows: Iterable[tuple[Any, ...]]) -> Iterator[FinalMark]:
    known: dict[tuple[str, str], Period] = {}
    for person, subject, start, finish, kind_of_period, kind, value, group, given_at in rows:
        period = None
        if start and finish:
            if (start, finish) not in known:
                known[start, finish] = Period(
                    date.fromisoformat(start[:10]), date.fromisoformat(finish[:10])
                )
            period = known[start, finish]
        yield FinalMark(person, subject, period, kind_of_period, kind, value, group, given_at)
