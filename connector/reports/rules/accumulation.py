"""How many marks a pupil has gathered: fewer than the norm by now, or none for several lessons in a row."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import ceil

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG
from connector.reports.journal import Lesson, chains
from connector.reports.rules.case import Case, Outcome
from connector.reports.rules.ground import (
    Course,
    Ground,
    accuse_pupil,
    judged_courses,
    lessons_in,
    periods_of,
)

_WEEK = 7
# From this many hours a week on the norm grows no more.
_MOST_HOURS = 5


def acc(case: Case, ground: Ground) -> Iterator[Outcome]:
    """ACC: fewer marks in a period than the norm, scaled to the lessons the pupil was at so far.

    The first lessons of a period prove nothing: it is judged once a share of its lessons is past.
    """
    planned, due = _Planned(case), _Due(case)
    begins = Fraction(str(case.settings.param("from_share")))
    share = Fraction(str(case.settings.param("share")))
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    for course in courses:
        if course.person_id in ground.movers:
            continue
        for period in _shortest(periods_of(case, course)):
            total = planned.lessons(course, period)
            past = due.of(lessons_in(course, period))
            if total is None or not past or len(past) < begins * total:
                continue
            last, due_on = past[-1]
            there = [lesson for lesson, _ in past if not ground.is_absent(lesson, course.person_id)]
            norm = _norm(case, total, period)
            wanted = min(ceil(norm * share * len(there) / total), len(there))
            lessons = lessons_in(course, period)
            had = sum(len(ground.marks(lesson, course.person_id)) for lesson in lessons)
            if had < wanted:
                yield accuse_pupil(case, course.person_id, last, due_on, lessons, LOG)


def gap(case: Case, ground: Ground) -> Iterator[Outcome]:
    """GAP: no mark for so many held lessons in a row, up to now, within one period; absences neither count nor break."""
    least, due = int(case.settings.param("lessons")), _Due(case)
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    for course in courses:
        period = case.journal.calendar.of(case.group(course.lessons[-1]).id).period_of(
            course.lessons[-1].day
        )
        lessons = lessons_in(course, period) if period else course.lessons
        run = _open_run(ground, course, lessons)
        past = due.of(run)
        if len(past) >= least:
            at, due_on = past[least - 1]
            yield accuse_pupil(case, course.person_id, at, due_on, run, LOG)


def _open_run(ground: Ground, course: Course, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Lessons the pupil was at since the last mark, in order of days."""
    run: list[Lesson] = []
    for lesson in reversed(lessons):
        if ground.marks(lesson, course.person_id):
            break
        if not ground.is_absent(lesson, course.person_id):
            run.append(lesson)
    return run[::-1]


class _Due:
    """Lessons whose marks are past their deadline; each day is counted once, for a class shares it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._found: dict[tuple[int | None, date], date | None] = {}

    def of(self, lessons: Sequence[Lesson]) -> list[tuple[Lesson, date]]:
        """Each lesson that is past its deadline, with it."""
        due = ((lesson, self._on(lesson)) for lesson in lessons)
        return [(lesson, day) for lesson, day in due if day is not None and day < self._case.as_of]

    def _on(self, lesson: Lesson) -> date | None:
        key = (lesson.group_id, lesson.day)
        if key not in self._found:
            self._found[key] = self._case.due_on(self._case.group(lesson).id, lesson.day)
        return self._found[key]


def _shortest(periods: Sequence[Period]) -> list[Period]:
    """Periods that hold no other one: quarters rather than the year."""
    return [
        period
        for period in periods
        if not any(
            other != period and period.start <= other.start and other.finish <= period.finish
            for other in periods
        )
    ]


def _norm(case: Case, lessons: int, period: Period) -> int:
    """Marks expected of a whole period with so many lessons."""
    weeks = Fraction((period.finish - period.start).days + 1, _WEEK)
    hours = int(lessons / weeks + Fraction(1, 2))
    return int(case.settings.param(f"hours_{min(max(hours, 1), _MOST_HOURS)}"))


class _Planned:
    """Lessons a period will have had at its end; known only where its lessons were read to the end."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._chains = {
            key: [one for one in chain if case.rulebook.statuses.means_held(one.status)]
            for key, chain in chains(case.journal.lessons).items()
        }
        self._found: dict[tuple[int, int, Period], int | None] = {}

    def lessons(self, course: Course, period: Period) -> int | None:
        """All lessons of the course in the period, held and to come; None when they are not known or none are."""
        counts = [self._of(group, course.subject_id, period) for group in sorted(course.groups)]
        known = [count for count in counts if count is not None]
        return (sum(known) or None) if len(known) == len(counts) else None

    def _of(self, group: int, subject: int, period: Period) -> int | None:
        key = (group, subject, period)
        if key not in self._found:
            through = self._case.journal.coverage.known_through(LESSONS, group, period.start)
            self._found[key] = (
                sum(period.holds(one.day) for one in self._chains.get((group, subject), ()))
                if through is not None and through >= period.finish
                else None
            )
        return self._found[key]
