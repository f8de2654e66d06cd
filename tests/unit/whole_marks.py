"""What the rules about marks stand on, made of all marks one by one: nothing is left out and SQL adds nothing up.

The reports read only what may be guilty; a test holds that they find the same as this.
"""

from collections import defaultdict
from functools import reduce

from connector.reports.grades import is_release
from connector.reports.rules.courses import strangers, teaching
from connector.reports.rules.ground import first_traces, lay_ground
from connector.reports.rules.sheet import Sheet, absent_at, by_cell, by_lesson, twos_in
from connector.reports.tally import Stretches, Tally, tally_of


def released(held, marks, finals):
    current = {
        (one.person_id, held[one.lesson_id].subject_id)
        for one in marks
        if one.lesson_id in held and is_release(one.value)
    }
    return frozenset(
        current | {(one.person_id, one.subject_id) for one in finals if is_release(one.value)}
    )


def whole_ground(scene, marks, finals=(), enrolled=None):
    """Every mark added up by itself."""
    held = {lesson.id: lesson for lesson in scene.held}
    stretches, taught = Stretches.of(scene.journal.calendar), teaching(scene)
    parts = defaultdict(lambda: defaultdict(list))
    marks = [one for one in marks if one.lesson_id in held]
    for one in marks:
        lesson = held[one.lesson_id]
        key = (one.person_id, lesson.subject_id)
        if key in taught.of and lesson.group_id in taught.of[key].groups:
            parts[key][stretches.at(lesson.day)].append(tally_of(one, lesson))
    tallies = {
        key: {stretch: reduce(Tally.plus, listed) for stretch, listed in by_stretch.items()}
        for key, by_stretch in parts.items()
    }
    marked = [(one.person_id, held[one.lesson_id].day) for one in marks]
    return lay_ground(
        scene,
        taught,
        tallies,
        since=first_traces(scene, marked, enrolled or {}),
        released=released(held, marks, finals),
        finals=tuple(finals),
        strangers=strangers(
            scene.journal.groups, {(one.person_id, held[one.lesson_id].group_id) for one in marks}
        ),
    )


def whole_sheet(scene, marks, works=(), finals=(), comments=None):
    """Every mark and work."""
    held = {lesson.id: lesson for lesson in scene.held}
    taught = teaching(scene)
    places, cells = defaultdict(list), by_cell(marks)
    for one in marks:
        lesson = held.get(one.lesson_id)
        key = (one.person_id, lesson.subject_id) if lesson else None
        if key in taught.of and lesson.group_id in taught.of[key].groups:
            places[key].append(taught.of[key].place(lesson))
    return Sheet(
        taught=taught,
        cells=cells,
        twos=tuple(twos_in(scene, taught, cells)),
        places={key: sorted(found) for key, found in places.items()},
        works=by_lesson(works),
        marked_works=frozenset(
            one.work_id for one in marks if one.work_id is not None and not is_release(one.value)
        ),
        absent=absent_at(scene),
        released=released(held, marks, finals),
        comments=comments or {},
    )
