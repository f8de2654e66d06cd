"""Period and year marks: missing, resting on too little, other than the average, or given in spite of absence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from connector.records import Finding
from connector.reports.calendar import Period
from connector.reports.coverage import LOG
from connector.reports.grades import FIVE_POINT, FinalMark, moment_of, points
from connector.reports.journal import Lesson
from connector.reports.rules.case import (
    NOT_READ,
    READ_TOO_EARLY,
    Case,
    Gap,
    Outcome,
    end_of_day,
    utc_text,
)
from connector.reports.rules.ground import (
    Course,
    Ground,
    accuse_pupil,
    judged_courses,
    lessons_in,
    periods_of,
)

FINALS = "final_marks"
PERIOD, YEAR = "period", "year"
_HALF_YEARS = ("Semester", "HalfYear")
_TWO, _FIVE = 2, 5
_WEEK = 7
# A share written with four digits means the simple fraction: 0.6667 is two thirds.
_DENOMINATOR = 100


@dataclass(frozen=True, slots=True)
class Term:
    """A course inside one finished reporting period.

    Attributes:
        course: pupil and subject.
        period: the period; it ended before the day of judging.
        lessons: the course's lessons in it; never empty.
        mark: the period mark, or None.

    """

    course: Course
    period: Period
    lessons: tuple[Lesson, ...]
    mark: FinalMark | None


def final(case: Case, ground: Ground) -> Iterator[Outcome]:
    """FINAL: no period mark after the deadline. Words such as н/а and осв. count as marks.

    A subject in which nobody of the class has one may be marked by half-years: it is found only with enough hours a week.
    """
    least_hours = Fraction(str(case.settings.param("empty_from_hours")))
    marked: set[tuple[int, int, Period]] = set()
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    terms = list(_terms(case, ground, courses))
    for term in terms:
        if term.mark is not None:
            marked |= {(g, term.course.subject_id, term.period) for g in term.course.groups}
    for term in terms:
        course, period = term.course, term.period
        if term.mark is not None or course.person_id in ground.movers:
            continue
        used = any((g, course.subject_id, period) in marked for g in course.groups)
        weeks = Fraction((period.finish - period.start).days + 1, _WEEK)
        if not used and (_holds_another(case, term) or len(term.lessons) / weeks < least_hours):
            continue
        due_on = case.due_on(case.group(term.lessons[-1]).id, period.finish)
        # After the year's last period no working day is known: calendar days then.
        due_on = due_on or period.finish + timedelta(days=case.settings.due_working_days)
        if due_on < case.as_of:
            yield _about_final(case, term, due_on, ())


def final_few(case: Case, ground: Ground) -> Iterator[Outcome]:
    """FINALFEW: a period mark that rests on fewer marks than the norm of its kind of period."""
    terms, gaps = _marked_terms(case, ground)
    yield from gaps
    for term in terms:
        kind = term.mark.period_type if term.mark else None
        least = int(case.settings.param("half_year" if kind in _HALF_YEARS else "quarter"))
        had = sum(len(ground.marks(one, term.course.person_id)) for one in term.lessons)
        if had < least:
            yield _about_final(case, term, term.period.finish, term.lessons)


def final_average(case: Case, ground: Ground) -> Iterator[Outcome]:
    """FINALAVG: a period mark other than the rounded weighted average of the period's marks.

    A pupil who has left the school was marked by the same rule. Silent where a mark is not a plain number or its weight is not known: the average cannot be told then.
    """
    terms, gaps = _marked_terms(case, ground, departed=True)
    yield from gaps
    for term in terms:
        sums = _weighted(ground, term)
        given = points(term.mark.value) if term.mark else None
        if sums is None or given is None or not sums[1]:
            continue
        expected = _rounded(case, Fraction(*sums), has_two=_has_two(ground, term))
        if given != (expected,):
            yield _about_final(case, term, term.period.finish, term.lessons)


def missed_yet_marked(case: Case, ground: Ground) -> Iterator[Outcome]:
    """ABS: the pupil missed more than the share of lessons, and still has a period mark in numbers."""
    share = Fraction(float(case.settings.param("share"))).limit_denominator(_DENOMINATOR)
    terms, gaps = _marked_terms(case, ground)
    yield from gaps
    for term in terms:
        missed = sum(ground.is_absent(one, term.course.person_id) for one in term.lessons)
        if missed > share * len(term.lessons):
            yield _about_final(case, term, term.period.finish, term.lessons, LOG)


def year(case: Case, ground: Ground) -> Iterator[Outcome]:
    """YEAR: a year mark other than the rounded mean of the period marks.

    Silent until every period in which the class has marks of this subject is finished and marked in numbers.
    """
    yearly = {
        (mark.person_id, mark.subject_id): mark
        for mark in ground.grades.finals
        if mark.kind == YEAR
    }
    by_course: dict[tuple[int, int], list[Term]] = defaultdict(list)
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    used: set[tuple[int, int, Period]] = set()
    for term in _terms(case, ground, courses):
        by_course[term.course.person_id, term.course.subject_id].append(term)
        if term.mark is not None:
            used |= {(g, term.course.subject_id, term.period) for g in term.course.groups}
    for key, terms in sorted(by_course.items(), key=lambda item: item[0]):
        mark = yearly.get(key)
        course = terms[0].course
        if mark is None or course.person_id in ground.movers:
            continue
        periods = periods_of(case, course)
        counted = [
            term
            for term in terms
            if any((g, course.subject_id, term.period) in used for g in course.groups)
        ]
        values = [points(term.mark.value) if term.mark else None for term in counted]
        numbers = [value[0] for value in values if value is not None and len(value) == 1]
        given = points(mark.value)
        over = max(period.finish for period in periods) < case.as_of
        if not (over and given and len(numbers) == len(counted) > 1 and _is_of(mark, periods)):
            continue
        if given != (_rounded(case, Fraction(sum(numbers), len(numbers)), has_two=False),):
            last = max(counted, key=lambda term: term.period.finish)
            yield _about_final(case, last, last.period.finish, ())


def _terms(case: Case, ground: Ground, courses: Iterable[Course]) -> Iterator[Term]:
    """Courses by finished periods."""
    finals = _by_period(ground.grades.finals)
    for course in courses:
        for period in periods_of(case, course):
            lessons = lessons_in(course, period)
            if period.finish < case.as_of and lessons:
                mark = finals.get((course.person_id, course.subject_id, period))
                yield Term(course, period, lessons, mark)


def _marked_terms(
    case: Case, ground: Ground, *, departed: bool = False
) -> tuple[list[Term], list[Gap]]:
    """Terms with a period mark in numbers, of pupils who were in the class all the time, and gaps."""
    courses, gaps = judged_courses(case, ground, departed=departed)
    terms = [
        term
        for term in _terms(case, ground, courses)
        if term.mark is not None
        and points(term.mark.value) is not None
        and _was_there_from_start(case, ground, term)
    ]
    return terms, gaps


def _by_period(finals: Iterable[FinalMark]) -> Mapping[tuple[int, int, Period], FinalMark]:
    return {
        (mark.person_id, mark.subject_id, mark.period): mark
        for mark in finals
        if mark.kind == PERIOD and mark.period is not None
    }


def _holds_another(case: Case, term: Term) -> bool:
    """Whether a shorter period lies inside: then a missing mark may be meant to be missing."""
    return any(
        other != term.period
        and term.period.start <= other.start
        and other.finish <= term.period.finish
        for other in periods_of(case, term.course)
    )


def _was_there_from_start(case: Case, ground: Ground, term: Term) -> bool:
    """Whether the pupil left a trace before the period or in its first days: who came later brought marks along."""
    person = term.course.person_id
    limit = term.period.start + timedelta(days=int(case.settings.param("arrival_days")))
    return person not in ground.movers and ground.since[person] <= limit


def _weighted(ground: Ground, term: Term) -> tuple[int, int] | None:
    """Sum of marks times weight, and of weights; None when a mark or weight cannot be read."""
    total = weights = 0
    for lesson in term.lessons:
        for mark in ground.marks(lesson, term.course.person_id):
            if not mark.counts:
                continue
            values = points(mark.value) if mark.type == FIVE_POINT else None
            if values is None or mark.weight is None or mark.weight < 1:
                return None
            total += mark.weight * sum(values)
            weights += mark.weight * len(values)
    return total, weights


def _has_two(ground: Ground, term: Term) -> bool:
    return any(
        _TWO in (points(mark.value) or ())
        for lesson in term.lessons
        for mark in ground.marks(lesson, term.course.person_id)
    )


def _rounded(case: Case, average: Fraction, *, has_two: bool) -> int:
    """The mark an average gives: up from the rulebook's fraction on, in exact numbers."""
    whole = average.numerator // average.denominator
    mark = whole + (average - whole >= Fraction(str(case.settings.param("up_from"))))
    clause = case.settings.id == "FINALAVG" and case.settings.param("no_five_with_two")
    return mark - 1 if clause and mark == _FIVE and has_two else mark


def _is_of(mark: FinalMark, periods: tuple[Period, ...]) -> bool:
    """Whether a year mark belongs to this year: the vendor names no year, only the moment of entry."""
    moment = moment_of(mark.given_at) if mark.given_at else None
    return moment is not None and moment.date() >= min(period.start for period in periods)


def _about_final(
    case: Case, term: Term, due_on: date, lessons: Iterable[Lesson], *others: str
) -> Outcome:
    """A finding about a term: it names the period's last day and no lesson."""
    last, person = term.lessons[-1], term.course.person_id
    read_at = max(
        (
            at
            for group in _homes(case, person)
            if (at := case.journal.coverage.read_at(FINALS, group, due_on)) is not None
        ),
        default=None,
    )
    if read_at is None:
        return case.gap(last, NOT_READ)
    if read_at < end_of_day(due_on, case.zone) and not case.journal.clock_differs:
        return case.gap(last, READ_TOO_EARLY)
    found = accuse_pupil(case, person, last, due_on, lessons, *others)
    if not isinstance(found, Finding):
        return found
    return replace(
        found,
        lesson_id=None,
        lesson_number=None,
        date=term.period.finish,
        read_at=min(found.read_at, utc_text(read_at)),
    )


def _homes(case: Case, person: int) -> Iterator[int]:
    """Groups of a pupil; final marks are read by class."""
    return (group.id for group in case.journal.groups.values() if person in group.members)
