"""Twos where a school spares its pupils: after an absence, at the ends of a period, and those never put right."""

from collections.abc import Iterator, Mapping
from datetime import date

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.grades import is_low
from connector.reports.journal import Lesson, chains
from connector.reports.rules.case import Case, Need, Outcome, read_lesson
from connector.reports.rules.ground import (
    Course,
    Ground,
    accuse_pupil,
    judged_courses,
    lessons_in,
    periods_of,
)


def two_after_absence(case: Case, ground: Ground) -> Iterator[Outcome]:
    """TWOAFTERN: a two at the first lesson after the pupil had missed some."""
    least = int(case.settings.param("missed"))
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    for course in courses:
        missed = 0
        for lesson in course.lessons:
            if ground.is_absent(lesson, course.person_id):
                missed += 1
                continue
            if missed >= least and _has_two(ground, course, lesson):
                yield from _accuse(case, course, lesson, LOG)
            missed = 0


def two_at_edge(case: Case, ground: Ground) -> Iterator[Outcome]:
    """TWOEDGE: a two at the first or the last lesson of a reporting period."""
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    taught = chains(case.held)
    for course in courses:
        if course.person_id in ground.movers:
            continue
        for period in periods_of(case, course):
            lessons = lessons_in(course, period)
            # A two is rare: it is asked first.
            for lesson in dict.fromkeys((*lessons[:1], *lessons[-1:])):
                if _has_two(ground, course, lesson) and (
                    (lesson == lessons[0] and _is_first(case, taught, course, period, lesson))
                    or (lesson == lessons[-1] and _is_last(case, course, period))
                ):
                    yield from _accuse(case, course, lesson)


def two_not_mended(case: Case, ground: Ground) -> Iterator[Outcome]:
    """TWOFIX: a two after which so many lessons, in the same period, brought the pupil no other mark."""
    within = int(case.settings.param("lessons"))
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    for course in courses:
        for place, lesson in enumerate(course.lessons):
            if not _has_two(ground, course, lesson) or not _all_low(ground, course, lesson):
                continue
            after = _next_visits(case, ground, course, place)[:within]
            if len(after) < within or any(ground.marks(one, course.person_id) for one in after):
                continue
            due_on = case.due_on(case.group(after[-1]).id, after[-1].day)
            # A mark at a lesson of absence between them mends it too.
            later = course.lessons[place + 1 : course.lessons.index(after[-1]) + 1]
            if (
                due_on is not None
                and due_on < case.as_of
                and not any(ground.marks(one, course.person_id) for one in later)
            ):
                yield accuse_pupil(case, course.person_id, lesson, due_on, later, LOG)


def _next_visits(case: Case, ground: Ground, course: Course, place: int) -> list[Lesson]:
    """Lessons after a place that the pupil was at, in the same reporting period."""
    at = course.lessons[place]
    period = case.journal.calendar.of(case.group(at).id).period_of(at.day)
    return [
        lesson
        for lesson in course.lessons[place + 1 :]
        if (period is None or period.holds(lesson.day))
        and not ground.is_absent(lesson, course.person_id)
    ]


def _is_first(
    case: Case,
    taught: Mapping[tuple[int, int], list[Lesson]],
    course: Course,
    period: Period,
    lesson: Lesson,
) -> bool:
    """Whether the lesson is known to be the period's first, also ahead of the pupil's first trace."""
    return _is_known(case, course, period, lesson.day) and not any(
        period.start <= other.day < lesson.day
        for group in course.groups
        for other in taught[group, course.subject_id]
    )


def _is_last(case: Case, course: Course, period: Period) -> bool:
    """Whether the period is over and its lessons were read to the end, so that the last one known is the last one."""
    return period.finish < case.as_of and _is_known(case, course, period, period.finish)


def _is_known(case: Case, course: Course, period: Period, day: date) -> bool:
    """Whether the lessons of all the course's groups were read from the period's start through a day."""
    known = (
        case.journal.coverage.known_through(LESSONS, group, period.start) for group in course.groups
    )
    return all(through is not None and through >= day for through in known)


def _accuse(case: Case, course: Course, lesson: Lesson, *others: str) -> Iterator[Outcome]:
    """A two stands as soon as it was read; it is told once its day of entry is over."""
    due_on = case.due_on(case.group(lesson).id, lesson.day)
    if due_on is not None and due_on < case.as_of:
        yield case.accuse(
            lesson,
            due_on,
            read_lesson(lesson),
            *(Need(resource, lesson.day, due_on) for resource in (MARKS, *others)),
            persons=(course.person_id,),
        )


def _has_two(ground: Ground, course: Course, lesson: Lesson) -> bool:
    return any(map(is_low, ground.marks(lesson, course.person_id)))


def _all_low(ground: Ground, course: Course, lesson: Lesson) -> bool:
    """Another mark beside the two at the same lesson has put it right already."""
    return all(map(is_low, ground.marks(lesson, course.person_id)))
