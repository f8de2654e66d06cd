"""Period and year marks: missing, resting on too little, other than the average, or given in spite of absence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby, pairwise

from connector.records import Finding
from connector.reports.calendar import Period
from connector.reports.coverage import LOG
from connector.reports.grades import FinalMark, moment_of, points
from connector.reports.journal import Lesson
from connector.reports.rules.case import (
    NOT_READ,
    PERIODS_UNKNOWN,
    READ_TOO_EARLY,
    Case,
    Gap,
    Outcome,
    end_of_day,
    utc_text,
)
from connector.reports.rules.columns import Columns
from connector.reports.rules.ground import Accuser, Ground, judged_courses, periods_of
from connector.reports.rules.terms import Term
from connector.reports.tally import Tally

FINALS = "final_marks"
_HALF_YEARS = ("Semester", "HalfYear")
_TWO, _FIVE = 2, 5
# A share written with four digits means the simple fraction: 0.6667 is two thirds.
_DENOMINATOR = 100


def final(case: Case, ground: Ground) -> Iterator[Outcome]:
    """FINAL: no period mark after the deadline. Words such as н/а and осв. count as marks.

    A subject in which nobody of the class has one may be marked by half-years: it is found only with enough hours a week.
    """
    about = _AboutFinals(case)
    terms, gaps = _judged_terms(case, ground)
    yield from gaps
    columns = Columns(case, terms)
    for term in terms:
        if term.mark is not None or term.course.person_id in ground.movers:
            continue
        if not columns.are_used(term.columns) and columns.may_be_empty(term.course, term.period):
            continue
        due_on = case.due_on(case.group(term.lessons[-1]).id, term.period.finish)
        if due_on is None:
            # The next period is not known, so neither are the days on which people work.
            yield case.gap(term.lessons[-1], PERIODS_UNKNOWN)
        elif due_on < case.as_of:
            yield about.accuse(term, due_on, ())


def final_few(case: Case, ground: Ground) -> Iterator[Outcome]:
    """FINALFEW: a period mark that rests on fewer marks than the norm of its kind of period."""
    about, settings = _AboutFinals(case), case.settings
    half_year, quarter = int(settings.param("half_year")), int(settings.param("quarter"))
    terms, gaps = _marked_terms(case, ground)
    yield from gaps
    for term in terms:
        least = half_year if term.mark and term.mark.period_type in _HALF_YEARS else quarter
        if term.tally is None or term.tally.marks < least:
            yield about.accuse(term, term.period.finish, term.lessons)


def final_average(case: Case, ground: Ground) -> Iterator[Outcome]:
    """FINALAVG: a period mark other than the rounded weighted average of the period's marks.

    A pupil who has left the school was marked by the same rule. Silent where a mark is not a plain number or its weight is not known: the average cannot be told then.
    """
    about, rounding = _AboutFinals(case), Rounding(case)
    terms, gaps = _marked_terms(case, ground, departed=True)
    yield from gaps
    for term in terms:
        expected = rounding.expected(term.tally)
        given = points(term.mark.value) if term.mark else None
        if expected is not None and given is not None and given != (expected,):
            yield about.accuse(term, term.period.finish, term.lessons)


def missed_yet_marked(case: Case, ground: Ground) -> Iterator[Outcome]:
    """ABS: the pupil missed more than the share of lessons, and still has a period mark in numbers."""
    share = Fraction(float(case.settings.param("share"))).limit_denominator(_DENOMINATOR)
    about = _AboutFinals(case)
    terms, gaps = _marked_terms(case, ground)
    yield from gaps
    for term in terms:
        missed = ground.missed(term.course, term.period)
        if missed and len(missed) > share * len(term.lessons):
            yield about.accuse(term, term.period.finish, term.lessons, LOG)


def year(case: Case, ground: Ground) -> Iterator[Outcome]:
    """YEAR: a year mark other than the rounded mean of the period marks.

    Silent until every period is finished and marked in numbers, but for those in which the subject may have no marks.
    """
    about, rounding = _AboutFinals(case), Rounding(case)
    judged, gaps = _judged_terms(case, ground)
    yield from gaps
    columns = Columns(case, judged)
    # Terms of a course follow each other.
    for course, found in groupby(judged, key=lambda term: term.course):
        mark = ground.year_marks.get((course.person_id, course.subject_id))
        given = points(mark.value) if mark is not None else None
        if mark is None or not given or course.person_id in ground.movers:
            continue
        periods = periods_of(case, course)
        over = max(period.finish for period in periods) < case.as_of
        if not (over and _is_of(mark, periods)):
            continue
        marks = ground.period_marks.get((course.person_id, course.subject_id), {})
        mine = {period: mark for period, mark in marks.items() if period in periods}
        counted = mine.keys() | columns.asked(course)
        numbers = _numbers(mine.get(period) for period in counted)
        if numbers is None or len(numbers) < _TWO or _overlap(counted):
            continue
        if given != (rounding.of(sum(numbers), len(numbers)),):
            last = max(found, key=lambda term: term.period.finish)
            yield about.accuse(last, last.period.finish, ())


def _numbers(marks: Iterable[FinalMark | None]) -> list[int] | None:
    """Marks as numbers; None where one is missing or is a word."""
    values = [points(mark.value) if mark is not None else None for mark in marks]
    numbers = [value[0] for value in values if value is not None and len(value) == 1]
    return numbers if len(numbers) == len(values) else None


def _overlap(periods: Iterable[Period]) -> bool:
    """Whether days belong to two periods, as when quarters and half-years are marked both: no mean is told then."""
    ordered = sorted(periods, key=lambda period: period.start)
    return any(later.start <= earlier.finish for earlier, later in pairwise(ordered))


def _judged_terms(
    case: Case, ground: Ground, *, departed: bool = False
) -> tuple[list[Term], list[Gap]]:
    """Terms of courses whose pupils the rule concerns, and gaps."""
    courses, gaps = judged_courses(case, ground, departed=departed)
    judged = set(map(id, courses))
    terms = (*ground.terms, *ground.departed_terms) if departed else ground.terms
    return [term for term in terms if id(term.course) in judged], gaps


def _marked_terms(
    case: Case, ground: Ground, *, departed: bool = False
) -> tuple[list[Term], list[Gap]]:
    """Terms with a period mark in numbers, of pupils who were in the class all the time, and gaps."""
    judged, gaps = _judged_terms(case, ground, departed=departed)
    arrival = timedelta(days=int(case.settings.param("arrival_days")))
    # Who left no trace before the period or in its first days came later and brought marks along.
    terms = [
        term
        for term in judged
        if term.mark is not None
        and points(term.mark.value) is not None
        and term.course.person_id not in ground.movers
        and ground.since[term.course.person_id] <= term.period.start + arrival
    ]
    return terms, gaps


def average_of(tally: Tally | None) -> Fraction | None:
    """The weighted average of a period's marks; None where there is none, or it cannot be told."""
    if tally is None or tally.unread or not tally.weights:
        return None
    return Fraction(tally.total, tally.weights)


class Rounding:
    """The mark an average gives: up from the rulebook's fraction on, in exact numbers."""

    def __init__(self, case: Case) -> None:
        """Prepare for one rule."""
        self._up_from = Fraction(str(case.settings.param("up_from")))
        self._no_five_with_two = case.settings.id == "FINALAVG" and bool(
            case.settings.param("no_five_with_two")
        )

    def of(self, total: int, weights: int, *, has_two: bool = False) -> int:
        """The mark of so many points by so much weight."""
        whole, rest = divmod(total, weights)
        up = self._up_from
        mark = whole + (rest * up.denominator >= up.numerator * weights)
        return mark - 1 if self._no_five_with_two and mark == _FIVE and has_two else mark

    def expected(self, tally: Tally | None) -> int | None:
        """The mark a period's marks give; None where there is no average."""
        if tally is None or tally.unread or not tally.weights:
            return None
        return self.of(tally.total, tally.weights, has_two=tally.twos > 0)


def _is_of(mark: FinalMark, periods: tuple[Period, ...]) -> bool:
    """Whether a year mark belongs to this year: the vendor names no year, only the moment of entry."""
    moment = moment_of(mark.given_at) if mark.given_at else None
    return moment is not None and moment.date() >= min(period.start for period in periods)


class _AboutFinals:
    """Makes findings about terms: they name the period's last day and no lesson."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._accuser = Accuser(case)
        # Final marks are read by class.
        self._homes: dict[int, list[int]] = defaultdict(list)
        for group in case.journal.groups.values():
            for person in group.members:
                self._homes[person].append(group.id)

    def accuse(self, term: Term, due_on: date, lessons: Iterable[Lesson], *others: str) -> Outcome:
        """A finding, or the gap that keeps it from being one."""
        case, person, last = self._case, term.course.person_id, term.lessons[-1]
        reads = (
            case.journal.coverage.read_at(FINALS, group, due_on)
            for group in self._homes.get(person, ())
        )
        read_at = max((at for at in reads if at is not None), default=None)
        if read_at is None:
            return case.gap(last, NOT_READ)
        if read_at < end_of_day(due_on, case.zone) and not case.journal.clock_differs:
            return case.gap(last, READ_TOO_EARLY)
        found = self._accuser.accuse(person, last, due_on, lessons, *others)
        if not isinstance(found, Finding):
            return found
        return replace(
            found,
            lesson_id=None,
            lesson_number=None,
            date=term.period.finish,
            read_at=min(found.read_at, utc_text(read_at)),
        )
