"""Rules that spare pupils a two: TWOAFTERN, TWOEDGE, TWOFIX."""

from collections.abc import Iterator

from connector.sandbox.model import Lesson
from connector.sandbox.verdicts import norms
from connector.sandbox.verdicts.records import Course, Records, Verdict, is_only_two, is_two


def two_after_absence(records: Records) -> Iterator[Verdict]:
    """A two at the first lesson of the subject after a missed one."""
    for course in records.courses:
        missed = 0
        for lesson in course.lessons:
            if records.is_away(lesson, course.person):
                missed += 1
            else:
                if missed >= norms.MISSED_LESSONS and _has_two(records, course, lesson):
                    yield _about(course, lesson)
                missed = 0


def two_at_edge(records: Records) -> Iterator[Verdict]:
    """A two at the first lesson of a period, or at the last one of a period that is over.

    The first one is that of the pupil's groups, also where the pupil came later.
    """
    for course in records.courses:
        if course.person in records.moved:
            continue
        for period in course.periods:
            taught = records.taught(course, period)
            edges = taught[:1] + (taught[-1:] if records.is_past(period.finish) else [])
            for lesson in dict.fromkeys(edges):
                if lesson in course.lessons and _has_two(records, course, lesson):
                    yield _about(course, lesson)


def two_not_mended(records: Records) -> Iterator[Verdict]:
    """A two, then three lessons of the same period the pupil was at, and no other mark through the last of them."""
    for course in records.courses:
        for n, lesson in enumerate(course.lessons):
            marks = records.marks(lesson, course.person)
            if not marks or not all(is_only_two(mark) for mark in marks):
                continue
            seen = 0
            period = lesson.group.calendar.period_of(lesson.day)
            for later in course.lessons[n + 1 :]:
                out = later.group.calendar.period_of(later.day) != period
                if out or records.marks(later, course.person):
                    break
                seen += not records.is_away(later, course.person)
                if seen == norms.MENDING_LESSONS:
                    if records.is_past(records.due(later.group, later.day, norms.MARK_DAYS)):
                        yield _about(course, lesson)
                    break


def _has_two(records: Records, course: Course, lesson: Lesson) -> bool:
    return any(is_two(mark) for mark in records.marks(lesson, course.person))


def _about(course: Course, lesson: Lesson) -> Verdict:
    return Verdict(lesson.group, lesson.subject, lesson.day, lesson, course.person)
