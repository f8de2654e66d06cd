"""How many marks a pupil has gathered: fewer than the norm by now, or none for several lessons in a row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG
from connector.reports.journal import Lesson, chains, in_time
from connector.reports.rules.case import Case, Outcome
from connector.reports.rules.courses import Course, Taught
from connector.reports.rules.ground import Accuser, Ground, judged_courses, periods_of

_WEEK = 7
# From this many hours a week on the norm grows no more.
_MOST_HOURS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """What a pupil has gathered in a subject and period.

    Attributes:
        course: pupil and subject.
        period: the period.
        had: marks.
        held: lessons whose marks were due.
        missed: those of them the pupil was not at.
        wanted: marks the norm asks by now; None when that is not known or nobody asks for any yet.
        is_early: whether too few lessons are past to judge by the norm.

    """

    course: Course
    period: Period
    had: int
    held: int
    missed: int
    wanted: int | None
    is_early: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pupils who are taught together share in a period.

    Attributes:
        period: the period.
        past: lessons whose marks were due, with the last day for them.
        total: lessons the period will have had; None when that is not known.
        is_early: whether too few lessons are past to judge by the norm.
        wanted: marks the norm asks of a pupil who missed none of them; None when that is not known.

    """

    period: Period
    past: tuple[tuple[Lesson, date], ...]
    total: int | None
    is_early: bool
    wanted: int | None


class Norm:
    """What the norm asks of each course: marks of a whole period, scaled to the lessons the pupil was at so far."""

    def __init__(self, case: Case, ground: Ground) -> None:
        """Prepare for one rule and school."""
        self._case, self._ground = case, ground
        self._planned, self._due = _Planned(case), _Due(case)
        self._begins = Fraction(str(case.settings.param("from_share")))
        self._share = Fraction(str(case.settings.param("share")))
        self._frames: dict[Taught, tuple[Frame, ...]] = {}
        # Exact fractions are slow, and a school asks for the same few of them.
        self._norms: dict[tuple[int, Period], int] = {}
        self._wanted: dict[tuple[int, int, int], int] = {}

    def frames(self, course: Course) -> tuple[Frame, ...]:
        """Periods in which marks are gathered."""
        taught = course.taught
        if taught not in self._frames:
            periods = shortest(periods_of(self._case, course))
            self._frames[taught] = tuple(self._frame(taught, period) for period in periods)
        return self._frames[taught]

    def _frame(self, taught: Taught, period: Period) -> Frame:
        past = tuple(self._due.of(taught.within(period)))
        total = self._planned.lessons(taught, period) if past else None
        return Frame(
            period=period,
            past=past,
            total=total,
            is_early=total is not None and len(past) < self._begins * total,
            wanted=None if total is None else self._asked(len(past), total, period),
        )

    def of(self, course: Course, frame: Frame) -> Standing:
        """What the pupil has gathered in a period, and should have."""
        missed, wanted = 0, frame.wanted
        if away := self._ground.missed(course, frame.period):
            held = {lesson.id for lesson, _ in frame.past}
            missed = sum(lesson.id in held for lesson in away)
        if course.person_id in self._ground.movers:
            wanted = None
        elif missed and frame.total is not None:
            wanted = self._asked(len(frame.past) - missed, frame.total, frame.period)
        return Standing(
            course=course,
            period=frame.period,
            had=self._ground.marks(course, frame.period),
            held=len(frame.past),
            missed=missed,
            wanted=wanted,
            is_early=frame.is_early,
        )

    def is_below(self, course: Course, frame: Frame) -> bool:
        """Whether the pupil has fewer marks than the norm asks by now."""
        # Who has what is asked of those who missed nothing has enough: most do.
        if frame.wanted is None or self._ground.marks(course, frame.period) >= frame.wanted:
            return False
        now = self.of(course, frame)
        return now.wanted is not None and now.had < now.wanted

    def _asked(self, there: int, total: int, period: Period) -> int:
        if (total, period) not in self._norms:
            self._norms[total, period] = _norm(self._case, total, period)
        norm = self._norms[total, period]
        key = (norm, there, total)
        if key not in self._wanted:
            self._wanted[key] = min(ceil(norm * self._share * there / total), there)
        return self._wanted[key]


def acc(case: Case, ground: Ground) -> Iterator[Outcome]:
    """ACC: fewer marks in a period than the norm, scaled to the lessons the pupil was at so far.

    The first lessons of a period prove nothing: it is judged once a share of its lessons is past.
    """
    norm, accuser = Norm(case, ground), Accuser(case)
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    for course in courses:
        for frame in norm.frames(course):
            if not frame.is_early and norm.is_below(course, frame):
                last, due_on = frame.past[-1]
                lessons = course.taught.within(frame.period)
                yield accuser.accuse(course.person_id, last, due_on, lessons, LOG)


def gap(case: Case, ground: Ground) -> Iterator[Outcome]:
    """GAP: no mark for so many held lessons in a row, up to now, within one period; absences neither count nor break."""
    least = int(case.settings.param("lessons"))
    due, accuser = _Due(case), Accuser(case)
    courses, gaps = judged_courses(case, ground)
    yield from gaps
    for course in courses:
        latest = course.lessons[-1]
        period = case.journal.calendar.period_of(latest.group_id or 0, latest.day)
        run = _open_run(ground, course, period, least)
        past = due.of(run)
        if len(past) >= least:
            at, due_on = past[least - 1]
            yield accuser.accuse(course.person_id, at, due_on, run, LOG)


def _open_run(
    ground: Ground, course: Course, period: Period | None, least: int
) -> Sequence[Lesson]:
    """Lessons the pupil was at since the last mark, in order of days; none when they are fewer than `least` anyhow."""
    tally = ground.tally(course, period)
    taught: Sequence[Lesson] = course.taught.within(period) if period else course.lessons
    if tally is not None:
        marked = in_time(tally.last)
        if in_time(taught[max(len(taught) - least, 0)]) <= marked:
            return ()
        taught = [lesson for lesson in taught if in_time(lesson) > marked]
    missed = {lesson.id for lesson in ground.missed(course, period)}
    return [lesson for lesson in taught if lesson.id not in missed]


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


def shortest(periods: Sequence[Period]) -> list[Period]:
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
        self._chains = chains(case.journal.lessons)
        self._held: dict[str | None, bool] = {}
        self._found: dict[tuple[int, int, Period], int | None] = {}

    def lessons(self, taught: Taught, period: Period) -> int | None:
        """All lessons in the period, held and to come; None when they are not known or none are."""
        counts = [self._of(group, taught.subject_id, period) for group in sorted(taught.groups)]
        known = [count for count in counts if count is not None]
        return (sum(known) or None) if len(known) == len(counts) else None

    def _of(self, group: int, subject: int, period: Period) -> int | None:
        key = (group, subject, period)
        if key not in self._found:
            calendar = self._case.journal.calendar
            through = self._case.journal.coverage.known_through(LESSONS, group, period.start)
            self._found[key] = (
                sum(
                    period.holds(one.day)
                    and self._is_held(one.status)
                    and not calendar.is_holiday(group, one.day)
                    for one in self._chains.get((group, subject), ())
                )
                if through is not None and through >= period.finish
                else None
            )
        return self._found[key]

    def _is_held(self, status: str | None) -> bool:
        if status not in self._held:
            self._held[status] = self._case.rulebook.statuses.means_held(status)
        return self._held[status]
