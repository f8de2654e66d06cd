"""Columns of period marks: which are in use, and which may be meant to be empty."""

from collections.abc import Iterable
from fractions import Fraction

from connector.reports.calendar import Period
from connector.reports.journal import Lesson, chains
from connector.reports.rules.case import Case
from connector.reports.rules.courses import Course, Taught
from connector.reports.rules.ground import periods_of
from connector.reports.rules.terms import Register, Term, registers
from connector.rulebook import RuleSettings

_WEEK = 7


class Columns:
    """The register's columns of one school.

    Args:
        case: one of the rules about period marks.
        terms: of all pupils the rule concerns.

    """

    def __init__(self, case: Case, terms: Iterable[Term]) -> None:
        settings = case.settings
        if settings.id != "FINAL":
            settings = case.rulebook.rules.get("FINAL", RuleSettings("FINAL"))
        self._case = case
        self._least = Fraction(str(settings.param("empty_from_hours")))
        self._used: set[Register] = {
            column for term in terms if term.mark is not None for column in term.columns
        }
        self._lessons: dict[tuple[int, int], list[Lesson]] = {}
        self._may_be_empty: dict[tuple[Taught, Period], bool] = {}
        self._asked: dict[Taught, frozenset[Period]] = {}

    def are_used(self, columns: Iterable[Register]) -> bool:
        """Whether somebody has a mark there."""
        return not self._used.isdisjoint(columns)

    def may_be_empty(self, course: Course, period: Period) -> bool:
        """Whether nobody need have a mark, by the norm of FINAL: few hours a week, or a shorter period lies inside."""
        key = (course.taught, period)
        if key not in self._may_be_empty:
            weeks = Fraction((period.finish - period.start).days + 1, _WEEK)
            self._may_be_empty[key] = self._hours(course, period) < self._least * weeks or any(
                other != period and period.start <= other.start and other.finish <= period.finish
                for other in periods_of(self._case, course)
            )
        return self._may_be_empty[key]

    def asked(self, course: Course) -> frozenset[Period]:
        """Periods of which a pupil of the course needs a mark."""
        taught = course.taught
        if taught not in self._asked:
            self._asked[taught] = frozenset(
                period
                for period in periods_of(self._case, course)
                if self.are_used(registers(taught, period)) or not self.may_be_empty(course, period)
            )
        return self._asked[taught]

    def _hours(self, course: Course, period: Period) -> int:
        """Lessons of the course's groups, not of the pupil: who came late is owed the same column."""
        if not self._lessons:
            self._lessons = chains(self._case.held)
        return sum(
            period.holds(lesson.day)
            for group in course.groups
            for lesson in self._lessons.get((group, course.subject_id), ())
        )
