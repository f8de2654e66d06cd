"""What the rules about pupils share: courses, marks added up, absences, who is left out, and who may be accused.

A pupil is judged from the day of enrolment where the school's class list says it, else from the first day on which the
mirror holds any trace, a mark or an absence: the vendor shows no day of enrolment, and a pupil who came in mid-year must
not be accused of the time before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.reports.calendar import Period
from connector.reports.coverage import MARKS
from connector.reports.grades import FinalMark
from connector.reports.journal import Lesson
from connector.reports.rules.case import (
    NOT_READ,
    PARALLEL_UNKNOWN,
    SUBJECT_UNKNOWN,
    Case,
    Gap,
    Need,
    Outcome,
    Scene,
    read_lesson,
)
from connector.reports.rules.courses import Course, Taught, Teaching
from connector.reports.rules.entries import marks_may_stand_elsewhere
from connector.reports.rules.terms import PeriodMarks, Term, period_marks, terms_of, year_marks
from connector.reports.tally import Stretches, Tallies, Tally, added
from connector.vocab import ABSENCES


@dataclass(frozen=True, slots=True)
class Ground:
    """Marks of one school, added up once for all rules about periods.

    Attributes:
        courses: lessons of the pupils of today.
        departed: lessons of pupils who are in no group any more, in all groups they were in.
        tallies: their marks at these lessons.
        stretches: by which the tallies are cut.
        absences: lessons at which the roll says absent, by pupil and subject, in order of days.
        since: the first day of each pupil.
        movers: pupils who left another group this year, or have traces in a class they are not in; they are judged by no
            rule that counts over a period.
        released: pupil and subject whose marks say freed (осв.).
        terms: courses of the pupils of today inside finished periods; empty when nobody asks for final marks.
        departed_terms: the same of those who have left.
        period_marks: by pupil and subject, then by period, also of periods in which the pupil had no lessons here.
        year_marks: by pupil and subject.

    """

    courses: tuple[Course, ...]
    departed: tuple[Course, ...]
    tallies: Tallies
    stretches: Stretches
    absences: Mapping[tuple[int, int], tuple[Lesson, ...]]
    since: Mapping[int, date]
    movers: frozenset[int]
    released: frozenset[tuple[int, int]]
    terms: tuple[Term, ...] = ()
    departed_terms: tuple[Term, ...] = ()
    period_marks: PeriodMarks = field(default_factory=dict)
    year_marks: Mapping[tuple[int, int], FinalMark] = field(default_factory=dict)
    _inside: dict[Period, range] = field(default_factory=dict, repr=False)

    def tally(self, course: Course, period: Period | None) -> Tally | None:
        """Marks of a course in a period, or of all the year; None when there are none."""
        by_stretch = self.tallies.get((course.person_id, course.subject_id))
        if not by_stretch:
            return None
        if period is None:
            return added(by_stretch.values())
        if period not in self._inside:
            self._inside[period] = self.stretches.inside(period)
        return added(by_stretch[one] for one in self._inside[period] if one in by_stretch)

    def marks(self, course: Course, period: Period | None) -> int:
        """How many marks the pupil has in a period."""
        tally = self.tally(course, period)
        return 0 if tally is None else tally.marks

    def missed(self, course: Course, period: Period | None) -> list[Lesson]:
        """Lessons of the course in a period that the pupil missed, in order of days."""
        return [
            lesson
            for lesson in self.absences.get((course.person_id, course.subject_id), ())
            if lesson.group_id in course.groups
            and (period is None or period.holds(lesson.day))
            and lesson.day >= course.lessons[0].day
        ]


def lay_ground(
    scene: Scene,
    taught: Teaching,
    tallies: Tallies,
    *,
    since: Mapping[int, date],
    released: frozenset[tuple[int, int]],
    finals: Sequence[FinalMark] | None,
    strangers: frozenset[int] = frozenset(),
) -> Ground:
    """Put together what the rules about periods stand on.

    Args:
        scene: the school.
        taught: its held lessons by who is taught there.
        tallies: marks at them.
        since: the first day of each pupil.
        released: pupil and subject whose marks say freed (осв.).
        finals: live final marks, or None when nobody asks for them.
        strangers: pupils with marks in a class they are not in.

    """
    courses = tuple(taught.courses(since, present=True))
    departed = tuple(taught.courses(since, present=False))
    stretches, marks = Stretches.of(scene.journal.calendar), period_marks(finals or ())

    def terms(whose: tuple[Course, ...]) -> tuple[Term, ...]:
        return () if finals is None else tuple(terms_of(scene, whose, tallies, stretches, marks))

    return Ground(
        courses=courses,
        departed=departed,
        tallies=tallies,
        stretches=stretches,
        absences=_absences(scene),
        since=since,
        movers=taught.movers | strangers,
        released=released,
        terms=terms(courses),
        departed_terms=terms(departed),
        period_marks=marks,
        year_marks=year_marks(finals or ()),
    )


def _absences(scene: Scene) -> dict[tuple[int, int], tuple[Lesson, ...]]:
    held = {lesson.id: (place, lesson) for place, lesson in enumerate(scene.held)}
    found: dict[tuple[int, int], list[tuple[int, Lesson]]] = defaultdict(list)
    for entry in scene.journal.entries:
        at = held.get(entry.lesson_id)
        if at is not None and entry.status in ABSENCES and at[1].subject_id is not None:
            found[entry.person_id, at[1].subject_id].append(at)
    return {
        key: tuple(lesson for _, lesson in sorted(places, key=lambda at: at[0]))
        for key, places in found.items()
    }


@dataclass(slots=True)
class Judged:
    """Whom a rule about pupils concerns: not exempt groups, ungraded subjects, nor pupils who are freed."""

    case: Case
    released: frozenset[tuple[int, int]]
    _exempt: set[int] = field(init=False)
    _found: dict[Taught, str | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._exempt = self.case.exempt_groups()

    def of(self, person: int, taught: Taught) -> str | bool:
        """Whether a pupil is judged in a subject, or the reason why nobody can say."""
        if (person, taught.subject_id) in self.released:
            return False
        if taught not in self._found:
            self._found[taught] = self._judge(taught)
        return self._found[taught]

    def _judge(self, taught: Taught) -> str | bool:
        if not self._exempt.isdisjoint(taught.groups):
            return False
        case, last = self.case, taught.lessons[-1]
        ungraded = case.subject_is_in(last, case.rulebook.ungraded_subjects)
        if ungraded is None:
            return SUBJECT_UNKNOWN
        if case.settings.exempt_parallels and not case.group(last).parallels:
            return PARALLEL_UNKNOWN
        return not ungraded


def judged_courses(
    case: Case, ground: Ground, *, departed: bool = False
) -> tuple[list[Course], list[Gap]]:
    """Courses of graded subjects whose pupils the rule concerns, and gaps about those nobody can judge.

    Pupils who have left the school are judged only where a rule asks for them.
    """
    judged = Judged(case, ground.released)
    courses: list[Course] = []
    gaps: list[Gap] = []
    for course in (*ground.courses, *(ground.departed if departed else ())):
        verdict = judged.of(course.person_id, course.taught)
        if verdict is True:
            courses.append(course)
        elif verdict is not False:
            gaps.append(case.gap(course.lessons[-1], verdict))
    return courses, gaps


def periods_of(case: Case, course: Course) -> tuple[Period, ...]:
    """Reporting periods of a course: those of the group it was last taught in."""
    return case.journal.calendar.of(case.group(course.lessons[-1]).id).periods


@dataclass(slots=True)
class Accuser:
    """Makes findings about pupils, or the gaps that keep them from being ones.

    A class shares its lessons: each day is looked at once.
    """

    case: Case
    _doubts: dict[tuple[object, ...], str | None] = field(default_factory=dict)

    def accuse(
        self, person: int, at: Lesson, due_on: date, lessons: Iterable[Lesson], *others: str
    ) -> Outcome:
        """A finding about a pupil at a lesson, or a gap.

        Args:
            person: the pupil.
            at: the lesson the finding names.
            due_on: last day on which the record would have been in time.
            lessons: all lessons whose marks were counted.
            others: resources beside marks that must have been read for each of them.

        """
        reason = self.doubt(lessons, due_on, *others)
        if reason is not None:
            return self.case.gap(at, reason)
        needs = (read_lesson(at), Need(MARKS, at.day, due_on))
        return self.case.accuse(at, due_on, *needs, persons=(person,))

    def doubt(self, lessons: Iterable[Lesson], due_on: date, *others: str) -> str | None:
        """Why the marks of lessons cannot be counted; None when they can."""
        for lesson in lessons:
            key = (lesson.group_id, lesson.day, due_on, others)
            if key not in self._doubts:
                self._doubts[key] = self._doubt(lesson, due_on, others)
            if (reason := self._doubts[key]) is not None:
                return reason
        return None

    def _doubt(self, lesson: Lesson, due_on: date, others: tuple[str, ...]) -> str | None:
        if marks_may_stand_elsewhere(self.case, lesson):
            return NOT_READ
        after = max(due_on, lesson.day)
        needs = (Need(resource, lesson.day, after) for resource in (MARKS, *others))
        gap = self.case.gap_in(lesson, read_lesson(lesson), *needs)
        return None if gap is None else gap.reason


def first_traces(
    scene: Scene, marked: Iterable[tuple[int, date]], enrolled: Mapping[int, date]
) -> dict[int, date]:
    """The first day of each pupil: of enrolment, else of the first mark or entry other than presence at a held lesson.

    Args:
        scene: the school.
        marked: pupils and days on which they have marks.
        enrolled: days of enrolment by pupil, from the school's own list.

    """
    days = {lesson.id: lesson.day for lesson in scene.held}
    since: dict[int, date] = {}
    for person, day in (*marked, *_entered(scene, days)):
        if person not in since or day < since[person]:
            since[person] = day
    return since | dict(enrolled)


def _entered(scene: Scene, days: Mapping[int, date]) -> Iterator[tuple[int, date]]:
    for entry in scene.journal.entries:
        day = days.get(entry.lesson_id)
        if day is not None:
            yield entry.person_id, day
