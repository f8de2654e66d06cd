"""Topic plans period by period: hours that a plan with dates asks for, and lessons held."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from connector.i18n import N_
from connector.reports.calendar import GroupCalendar, Period
from connector.reports.courses_planned import Courses
from connector.reports.making import Draft
from connector.reports.rules.plans import Course, hours_asked
from connector.reports.selection import natural
from connector.reports.tables import NO_DATA, Cell, Column, Content, Table
from connector.sync.windows import study_year_of

_NOTE = N_(
    "Plans with dates only. Of the running period, what is planned and held by now. Hours and lessons between two periods belong to the later one. No data: the plan's dates go back, or are of another study year."
)


def by_period(draft: Draft, courses: Courses) -> Table:
    """Each course whose plan has dates, in each period that has begun."""
    names = draft.journal.names
    shown = (
        course
        for course in courses.courses
        if any(topic.day for topic in course.plan.topics)
        and any(draft.chosen.shows(lesson) for lesson in course.lessons)
    )
    ordered = sorted(
        shown,
        key=lambda course: (
            natural(names.groups.get(course.group_id, "")),
            names.subjects.get(course.subject_id, ""),
        ),
    )
    return Table(
        "topic_plans_by_period",
        N_("Lessons held and topic plans, by period"),
        (
            Column("edu_group", N_("Class"), Content.GROUP, 12),
            Column("subject", N_("Subject"), Content.SUBJECT, 26),
            Column("period", N_("Period"), Content.TEXT, 14),
            Column("planned", N_("Planned"), Content.NUMBER, 10),
            Column("held", N_("Held"), Content.NUMBER, 10),
            Column("difference", N_("Held minus planned"), Content.NUMBER, 12),
        ),
        tuple(row for course in ordered for row in _rows(draft, course)),
        note=_NOTE,
    )


def begun_periods(calendar: GroupCalendar, through: date) -> list[Period]:
    """The shortest periods (quarters rather than the year) that have begun, in order."""
    shortest = {calendar.period_of(period.start) for period in calendar.periods}
    begun = [one for one in shortest if one is not None and one.start <= through]
    return sorted(begun, key=lambda one: one.finish)


def shares(days: Iterable[date], periods: list[Period]) -> list[int]:
    """How many of the days each period has; a day between two belongs to the later, one after the last to none."""
    found = [0] * len(periods)
    ends = [period.finish for period in periods]
    for day in days:
        place = bisect_left(ends, day)
        if place < len(found):
            found[place] += 1
    return found


def planned(course: Course, periods: list[Period], through: date) -> list[int]:
    """Hours that the plan asks for in each period; of the last one by the end of `through`."""
    topics = course.plan.topics
    asked = [hours_asked(topics, min(period.finish, through)) for period in periods]
    return [now - before for before, now in pairwise((0, *asked))]


def _rows(draft: Draft, course: Course) -> Iterator[tuple[Cell, ...]]:
    through = draft.request.as_of - timedelta(days=1)
    periods = begun_periods(draft.journal.calendar.of(course.group_id), through)
    held = shares((lesson.day for lesson in course.lessons), periods)
    asked = planned(course, periods, through)
    is_proof = _proves(course, draft.request.as_of)
    for period, hours, lessons in zip(periods, asked, held, strict=True):
        if draft.chosen.has_period(period):
            name = period.name or (str(period.number) if period.number else "")
            told = (hours, lessons, lessons - hours) if is_proof else (NO_DATA, lessons, NO_DATA)
            yield (course.group_id, course.subject_id, name, *told)


def _proves(course: Course, as_of: date) -> bool:
    """Whether the plan's days are this study year's and in order."""
    days = [topic.day for topic in course.plan.topics if topic.day is not None]
    years = {study_year_of(day) for day in days}
    return years == {study_year_of(as_of)} and all(one <= other for one, other in pairwise(days))
