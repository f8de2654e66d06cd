"""Named SELECTs that add marks up by pupil, subject and period, and final marks. Live rows only.

Which lessons count is decided before: their ids are handed in, so that SQL need not know what is held, or which year it is.
"""

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from connector.reports.calendar import Period
from connector.reports.facts import Query
from connector.reports.grades import FinalMark, Mark, is_release
from connector.reports.journal import Lesson
from connector.reports.rules.case import Scene
from connector.reports.rules.courses import Taught, Teaching, strangers
from connector.reports.rules.ground import Ground, first_traces, lay_ground
from connector.reports.tally import Stretches, Tally, tally_of

# One row a slot and pupil; `plain` of the marks are plain numbers of the five-point scale. Python reads the others.
_ADDED = """
SELECT s.key, m.person_id, min(l.key), max(l.key), count(*),
       count(*) FILTER (WHERE m.type = 'Mark5' AND m.value BETWEEN '1' AND '5' AND length(m.value) = 1) AS plain, {sums}
  FROM json_each(?) s, json_each(s.value) l CROSS JOIN marks m ON m.lesson_id = l.value {joins}
 WHERE m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
 GROUP BY s.key, m.person_id
"""
_WEIGHTS = """
  LEFT JOIN work_types t
    ON t.id = ifnull(m.work_type_id, (SELECT w.work_type_id FROM works w WHERE w.id = m.work_id))"""
_COUNTS = "ifnull(m.use_avg_calc, 1)"
COUNTED = _ADDED.format(sums="0, 0, 0, 0", joins="")
WEIGHED = _ADDED.format(
    sums=f"""ifnull(sum(t.weight * m.value * {_COUNTS}), 0), ifnull(sum(t.weight * {_COUNTS}), 0),
       sum({_COUNTS} AND NOT ifnull(t.weight >= 1, 0)), sum(m.value = '2')""",
    joins=_WEIGHTS,
)
SINGLE = f"""
SELECT m.person_id, m.lesson_id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), t.weight
  FROM json_each(?) l CROSS JOIN marks m ON m.lesson_id = l.value {_WEIGHTS}
 WHERE m.withdrawn_run IS NULL AND m.person_id IS NOT NULL
"""  # noqa: S608 - nothing but our own words
# The vendor may hide a mark's lesson; then its work tells.
HIDDEN = """
SELECT m.person_id, w.lesson_id, m.work_id, m.type, ifnull(m.value, ''), m.given_at, ifnull(m.use_avg_calc, 1), t.weight
  FROM marks m JOIN works w ON w.id = m.work_id
  LEFT JOIN work_types t ON t.id = ifnull(m.work_type_id, w.work_type_id)
 WHERE m.lesson_id IS NULL AND m.withdrawn_run IS NULL AND m.person_id IS NOT NULL AND w.lesson_id IS NOT NULL
"""
PERIODS = """
SELECT id, substr(start, 1, 10), substr(finish, 1, 10), type FROM reporting_periods
 WHERE start IS NOT NULL AND finish IS NOT NULL
"""
# A mark without a known period belongs to the year in which it was entered.
FINALS = """
SELECT f.person_id, f.subject_id, f.reporting_period_id, f.kind, ifnull(f.value, ''), f.given_at
  FROM final_marks f
 WHERE f.withdrawn_run IS NULL AND (? OR ifnull(f.value, '') NOT GLOB '[1-5]')
   AND CASE WHEN f.reporting_period_id IN (SELECT value FROM json_each(?)) THEN 1
            WHEN f.reporting_period_id IN (SELECT value FROM json_each(?)) THEN 0
            ELSE ifnull(f.given_at >= ?, 1) END
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
        is_mixed: whether they stand in groups of different classes.

    """

    taught: Taught | None
    stretch: int
    lessons: tuple[Lesson, ...]
    is_mixed: bool = False

    @property
    def subject_id(self) -> int:
        """The course's subject; 0 where there is no course."""
        return 0 if self.taught is None else self.taught.subject_id

    def is_of(self, person: int, taught: Teaching) -> bool:
        """Whether the pupil is taught the course."""
        return self.taught is not None and taught.of.get((person, self.subject_id)) is self.taught


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
    traces: set[tuple[int, int]] = set()
    for slot, person, tally, word in _added(query, scene, taught, averages=averages):
        first = tally.first
        if person not in marked or first.day < marked[person]:
            marked[person] = first.day
        subject = first.subject_id
        if word and subject is not None and is_release(word):
            released.add((person, subject))
        if slot.is_of(person, taught):
            by_stretch = tallies[person, slot.subject_id]
            had = by_stretch.get(slot.stretch)
            by_stretch[slot.stretch] = tally if had is None else had.plus(tally)
        else:
            traces.add((person, first.group_id or 0))
    finals = tuple(read_finals(query, since, scene.as_of, only_words=not averages))
    released |= {(one.person_id, one.subject_id) for one in finals if is_release(one.value)}
    return lay_ground(
        scene,
        taught,
        tallies,
        since=first_traces(scene, marked.items(), enrolled or {}),
        released=frozenset(released),
        finals=finals if averages else None,
        strangers=strangers(scene.journal.groups, traces),
    )


def _added(
    query: Query, scene: Scene, taught: Teaching, *, averages: bool
) -> Iterator[tuple[Slot, int, Tally, str]]:
    """Slot, pupil, marks, and the word that stands there instead of a number, if one does."""
    # In order of ids: neighbours in the file are read together.
    stretches = Stretches.of(scene.journal.calendar)
    slots = sorted(_slots(scene, taught, stretches), key=lambda slot: slot.lessons[0].id)
    for start in range(0, len(slots), _BATCH):
        batch = slots[start : start + _BATCH]
        ids = json.dumps([[lesson.id for lesson in slot.lessons] for slot in batch])
        odd: dict[int, set[int]] = defaultdict(set)
        for number, person, first, last, count, plain, *sums in query(
            WEIGHED if averages else COUNTED, (ids,)
        ):
            slot = batch[number]
            if plain < count or (slot.is_mixed and not slot.is_of(person, taught)):
                odd[number].add(person)
                continue
            lessons = slot.lessons
            yield slot, person, Tally(lessons[first], lessons[last], count, *sums), ""
        for number, persons in odd.items():
            yield from _one_by_one(query, batch[number], persons)
    yield from _hidden(query, scene, slots)


def _one_by_one(
    query: Query, slot: Slot, persons: Container[int]
) -> Iterator[tuple[Slot, int, Tally, str]]:
    """Marks of pupils who have others than plain numbers, or have them in a class of others."""
    lessons = {lesson.id: lesson for lesson in slot.lessons}
    for mark in map(Mark._make, query(SINGLE, (json.dumps(list(lessons)),))):
        if mark.person_id in persons:
            yield slot, mark.person_id, tally_of(mark, lessons[mark.lesson_id]), mark.value


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


def _slots(scene: Scene, taught: Teaching, stretches: Stretches) -> Iterator[Slot]:
    """Every held lesson stands in one slot of each course it belongs to."""
    groups = scene.journal.groups
    for one in dict.fromkeys(taught.of.values()):
        is_mixed = len({groups[group].class_ids for group in one.groups}) > 1
        for stretch, lessons in groupby(one.lessons, key=lambda lesson: stretches.at(lesson.day)):
            yield Slot(one, stretch, tuple(lessons), is_mixed)
    rest: dict[int | None, list[Lesson]] = defaultdict(list)
    for lesson in taught.rest:
        rest[lesson.group_id].append(lesson)
    for own in rest.values():
        yield Slot(None, 0, tuple(own))


def read_finals(
    query: Query, since: date, until: date, *, only_words: bool = False
) -> Iterator[FinalMark]:
    """Period and year marks of a study year.

    Args:
        query: the mirror's SELECT.
        since: periods begin on this day or later; marks without a period were entered then.
        until: periods begin on this day or earlier.
        only_words: leave out plain numbers.

    """
    periods = {
        number: (Period(date.fromisoformat(start), date.fromisoformat(finish)), kind)
        for number, start, finish, kind in query(PERIODS, ())
    }
    inside = [number for number, (period, _) in periods.items() if since <= period.start <= until]
    outside = [number for number in periods if number not in inside]
    asked = (not only_words, json.dumps(inside), json.dumps(outside), since.isoformat())
    for person, subject, number, kind, value, given_at in query(FINALS, asked):
        period, kind_of_period = periods.get(number, (None, None))
        yield FinalMark(person, subject, period, kind_of_period, kind, value, given_at)
