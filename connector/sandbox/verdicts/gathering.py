"""Rules about how many marks a pupil gathered: ACC, GAP."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from connector.sandbox.calendar import Period
from connector.sandbox.model import Lesson
from connector.sandbox.verdicts import norms
from connector.sandbox.verdicts.records import Course, Records, Verdict, count


def too_few(records: Records) -> Iterator[Verdict]:
    """Fewer marks in a period than the norm, scaled to the lessons the pupil was at; named by the last one that is due."""
    for course in records.courses:
        if course.person in records.moved:
            continue
        for period in course.periods:
            lessons = course.within(period)
            past = [lesson for lesson in lessons if _is_due(records, lesson)]
            planned = sum(records.planned(group, course.subject, period) for group in course.groups)
            if not past or len(past) < norms.PAST_SHARE * planned:
                continue
            there = sum(not records.is_away(lesson, course.person) for lesson in past)
            wanted = ceil(Fraction(_norm(planned, period) * there, planned))
            had = sum(count(records.marks(lesson, course.person)) for lesson in lessons)
            # A norm beyond one mark a lesson asks for no more than that.
            if had < min(wanted, there):
                yield _about(course, past[-1])


def silent(records: Records) -> Iterator[Verdict]:
    """No mark at so many lessons in a row up to now; named by the lesson that filled the number."""
    for course in records.courses:
        period = course.lessons[-1].group.calendar.period_of(course.lessons[-1].day)
        run: list[Lesson] = []
        for lesson in course.within(period) if period else course.lessons:
            if records.marks(lesson, course.person):
                run = []
            elif not records.is_away(lesson, course.person):
                run.append(lesson)
        due = [lesson for lesson in run if _is_due(records, lesson)]
        if len(due) >= norms.SILENT_LESSONS:
            yield _about(course, due[norms.SILENT_LESSONS - 1])


def _norm(planned: int, period: Period) -> int:
    """Marks of the whole period by hours a week, rounded half up."""
    days = (period.finish - period.start).days + 1
    hours = (2 * 7 * planned + days) // (2 * days)
    return norms.NORM_BY_HOURS[min(max(hours, 1), max(norms.NORM_BY_HOURS))]


def _is_due(records: Records, lesson: Lesson) -> bool:
    return records.is_past(records.due(lesson.group, lesson.day, norms.MARK_DAYS))


def _about(course: Course, lesson: Lesson) -> Verdict:
    return Verdict(lesson.group, lesson.subject, lesson.day, lesson, course.person)
