"""Courses inside finished reporting periods, with the period mark and the marks it rests on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from connector.reports.calendar import Period
from connector.reports.grades import FinalMark
from connector.reports.journal import Lesson
from connector.reports.rules.case import Scene
from connector.reports.rules.courses import Course, Taught
from connector.reports.tally import Stretches, Tallies, Tally

PERIOD, YEAR = "period", "year"
# A column of the register of a class or of its half: group, subject, first and last day of the period.
Register = tuple[int, int, date, date]
# Period marks by pupil and subject, then by period.
PeriodMarks = Mapping[tuple[int, int], Mapping[Period, FinalMark]]


class Term(NamedTuple):
    """A course inside one finished reporting period. A tuple, for a school has tens of thousands.

    Attributes:
        course: pupil and subject.
        period: the period; it ended before the day of judging.
        lessons: the course's lessons in it; never empty.
        columns: where the period mark stands, one for each group of the course.
        mark: the period mark, or None.
        tally: the marks at the lessons, or None.

    """

    course: Course
    period: Period
    lessons: tuple[Lesson, ...]
    columns: tuple[Register, ...]
    mark: FinalMark | None
    tally: Tally | None


def terms_of(
    scene: Scene,
    courses: Iterable[Course],
    tallies: Tallies,
    stretches: Stretches,
    marks: PeriodMarks,
) -> Iterator[Term]:
    """Courses by finished periods."""
    shared: dict[Taught, list[tuple[Period, tuple[Lesson, ...], tuple[Register, ...], range]]] = {}
    for course in courses:
        taught = course.taught
        if taught not in shared:
            shared[taught] = list(_finished(scene, taught, stretches))
        key = (course.person_id, course.subject_id)
        mine, gathered = marks.get(key, {}), tallies.get(key, {})
        for period, lessons, columns, inside in shared[taught]:
            tally = None
            for one in inside:
                if (part := gathered.get(one)) is not None:
                    tally = part if tally is None else tally.plus(part)
            yield Term(course, period, lessons, columns, mine.get(period), tally)


def _finished(
    scene: Scene, taught: Taught, stretches: Stretches
) -> Iterator[tuple[Period, tuple[Lesson, ...], tuple[Register, ...], range]]:
    """Finished periods of the group a course was last taught in, as far as it was taught in them."""
    for period in scene.journal.calendar.of(taught.lessons[-1].group_id or 0).periods:
        lessons = taught.within(period) if period.finish < scene.as_of else ()
        if lessons:
            yield period, lessons, registers(taught, period), stretches.inside(period)


def registers(taught: Taught, period: Period) -> tuple[Register, ...]:
    """Columns in which the period marks of a course stand."""
    return tuple((one, taught.subject_id, period.start, period.finish) for one in taught.groups)


def period_marks(finals: Iterable[FinalMark]) -> PeriodMarks:
    """Period marks by pupil and subject, then by period."""
    found: dict[tuple[int, int], dict[Period, FinalMark]] = {}
    for mark in finals:
        if mark.kind == PERIOD and mark.period is not None:
            found.setdefault((mark.person_id, mark.subject_id), {})[mark.period] = mark
    return found


def year_marks(finals: Iterable[FinalMark]) -> Mapping[tuple[int, int], FinalMark]:
    """Year marks by pupil and subject."""
    return {(mark.person_id, mark.subject_id): mark for mark in finals if mark.kind == YEAR}
