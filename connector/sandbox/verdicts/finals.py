"""Rules about period and year marks: FINAL, FINALFEW, FINALAVG, ABS, YEAR."""

from collections.abc import Iterator
from fractions import Fraction

from connector.sandbox import subjects as s
from connector.sandbox.calendar import Period
from connector.sandbox.finals import YEAR
from connector.sandbox.model import FinalMark
from connector.sandbox.people import Person
from connector.sandbox.verdicts import norms
from connector.sandbox.verdicts.records import Course, Records, Verdict, count, numbers, pupil_of


class Columns:
    """Final marks by pupil, subject and period, and which columns of a class are in use."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.marks: dict[tuple[Person, str, int], FinalMark] = {
            (pupil_of(mark), mark.subject, mark.period): mark for mark in records.finals
        }
        self._used = {
            (group.number, course.subject, period.number)
            for course in records.courses
            for period in course.periods
            if (course.person, course.subject, period.number) in self.marks
            for group in course.groups
        }

    def of(self, course: Course, period: Period) -> FinalMark | None:
        """The pupil's mark of a period."""
        return self.marks.get((course.person, course.subject, period.number))

    def uses(self, course: Course, period: Period) -> bool:
        """Whether anybody of the pupil's class or subgroup has a mark of the period in this subject."""
        return any(
            (group.number, course.subject, period.number) in self._used for group in course.groups
        )

    def over(self, course: Course) -> list[Period]:
        """Periods that ended and in which the pupil had lessons."""
        return [
            period
            for period in course.periods
            if self.records.is_past(period.finish) and course.within(period)
        ]

    def marked(self, *, left: bool = False) -> Iterator[tuple[Course, Period, int]]:
        """Period marks in numbers, of pupils who left their first trace before the period or soon after its start."""
        records = self.records
        courses = records.courses + (records.courses_of_leavers if left else [])
        for course in courses:
            if course.person in records.moved:
                continue
            for period in self.over(course):
                mark = self.of(course, period)
                value = numbers(mark.value) if mark else None
                if value and records.first[course.person] <= period.start + norms.ARRIVAL:
                    yield course, period, value[0]


def final(records: Records) -> Iterator[Verdict]:
    """No mark of a period that is over, and its column is in use or has hours enough to be used."""
    columns = Columns(records)
    for course in records.courses:
        if course.person in records.moved:
            continue
        for period in columns.over(course):
            if columns.of(course, period) or (
                not columns.uses(course, period)
                and _hours(records, course, period) < norms.HOURS_OF_A_COLUMN
            ):
                continue
            group = course.within(period)[-1].group
            if records.is_past(records.due(group, period.finish, norms.FINAL_DAYS)):
                yield _about(course, period)


def _hours(records: Records, course: Course, period: Period) -> Fraction:
    """Lessons a week of the course's groups, whenever the pupil came."""
    return len(records.taught(course, period)) / Fraction(
        (period.finish - period.start).days + 1, 7
    )


def few(records: Records) -> Iterator[Verdict]:
    """A period mark that rests on too few marks."""
    for course, period, _value in Columns(records).marked():
        had = sum(count(records.marks(lesson, course.person)) for lesson in course.within(period))
        if had < norms.MARKS_OF_A_PERIOD.get(period.type, 3):
            yield _about(course, period)


def average(records: Records) -> Iterator[Verdict]:
    """A period mark other than the weighted average of its marks, half up; pupils who left school are judged too."""
    for course, period, value in Columns(records).marked(left=True):
        total = weights = 0
        plain = True
        for lesson in course.within(period):
            for work, mark in records.given(lesson, course.person):
                weight = s.WORK_TYPES[s.TYPE_OF_KIND[work.type]].weight
                found = numbers(mark.value)
                plain = plain and found is not None
                total += weight * sum(found or ())
                weights += weight * len(found or ())
        if plain and weights and value != (2 * total + weights) // (2 * weights):
            yield _about(course, period)


def absent(records: Records) -> Iterator[Verdict]:
    """A period mark in numbers although more than two thirds of the lessons were missed."""
    for course, period, _value in Columns(records).marked():
        lessons = course.within(period)
        missed = sum(records.is_away(lesson, course.person) for lesson in lessons)
        if missed > norms.MISSED_SHARE * len(lessons):
            yield _about(course, period)


def year(records: Records) -> Iterator[Verdict]:
    """A year mark other than the mean of the period marks, half up; silent where one is a word or is missing."""
    columns = Columns(records)
    for course in records.courses:
        mark = columns.marks.get((course.person, course.subject, YEAR))
        periods = course.periods
        given = numbers(mark.value) if mark else None
        if not given or course.person in records.moved or not records.is_past(periods[-1].finish):
            continue
        counted = [
            period
            for period in periods
            if columns.of(course, period)
            or columns.uses(course, period)
            or _hours(records, course, period) >= norms.HOURS_OF_A_COLUMN
        ]
        marks = [columns.of(course, period) for period in counted]
        values = [numbers(one.value) if one else None for one in marks]
        plain = [value[0] for value in values if value and len(value) == 1]
        if len(plain) == len(counted) > 1:
            mean = (2 * sum(plain) + len(plain)) // (2 * len(plain))
            if given != [mean]:
                yield _about(course, columns.over(course)[-1])


def _about(course: Course, period: Period) -> Verdict:
    """Named by the period's last day and by no lesson."""
    group = course.within(period)[-1].group
    return Verdict(group, course.subject, period.finish, person=course.person)
