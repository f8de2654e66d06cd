"""Tables of the report of accumulation: marks of each pupil and subject beside the norm."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from connector.i18n import N_
from connector.reports.coverage import LOG
from connector.reports.making import Draft
from connector.reports.ordering import ordered
from connector.reports.rules.accumulation import Frame, Norm, Standing
from connector.reports.rules.case import Case
from connector.reports.rules.courses import Course, Taught
from connector.reports.rules.ground import Accuser, Ground, judged_courses
from connector.reports.tables import NO_DATA, Cell, Chart, Column, Content, Table
from connector.rulebook import RuleSettings

_NOTE = N_(
    "The norm of the whole period is scaled to the lessons whose marks were due and at which the pupil was present. It is not told where the period's lessons are not known to its end, nor of pupils who changed classes. With no period named, the last one is shown."
)
CLASSES = (
    Column("class", N_("Class"), Content.GROUP, 10),
    Column("courses", N_("Pupils by subjects"), Content.NUMBER),
    Column("judged", N_("Of them judged"), Content.NUMBER),
    Column("below", N_("Below norm"), Content.NUMBER),
    Column("share", N_("Below norm, %"), Content.PERCENT),
)
COURSES = (
    Column("class", N_("Class"), Content.GROUP, 8),
    Column("pupil", N_("Pupil"), Content.PUPIL, 28),
    Column("subject", N_("Subject"), Content.SUBJECT, 22),
    Column("period", N_("Period"), Content.TEXT, 12),
    Column("marks", N_("Marks"), Content.NUMBER, 8),
    Column("norm", N_("Norm by now"), Content.NUMBER, 8),
    Column("lessons", N_("Lessons held"), Content.NUMBER, 8),
    Column("missed", N_("Missed"), Content.NUMBER, 8),
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A pupil in a subject as the table shows it.

    Attributes:
        class_id: the pupil's class.
        standing: marks and norm.
        is_known: whether the marks of all lessons were read late enough.

    """

    class_id: int
    standing: Standing
    is_known: bool

    @property
    def is_judged(self) -> bool:
        """Whether the norm can be told."""
        return self.is_known and self.standing.wanted is not None and not self.standing.is_early

    @property
    def is_below(self) -> bool:
        """Whether the pupil has fewer marks than the norm asks by now."""
        return self.is_judged and self.standing.had < (self.standing.wanted or 0)


def gathered(draft: Draft, ground: Ground) -> list[Gathered]:
    """Courses that the reader asked to see, whose pupils the rule ACC concerns, by class."""
    settings = draft.rulebook.rules.get("ACC", RuleSettings("ACC"))
    case = draft.scene.case(settings)
    norm, known = Norm(case, ground), _Known(case)
    classes, shown = _classes(draft), _Shown(draft, norm)
    found = []
    for course in judged_courses(case, ground)[0]:
        if draft.chosen.pupils is not None and course.person_id not in draft.chosen.pupils:
            continue
        home = classes.get(course.person_id) or min(course.groups)
        found += [
            Gathered(home, norm.of(course, frame), known.of(course, frame))
            for frame in shown.of(course)
        ]
    return found


class _Shown:
    """Periods of courses to show: those that were asked for, else the last one. All who are taught together share them."""

    def __init__(self, draft: Draft, norm: Norm) -> None:
        self._chosen, self._norm = draft.chosen, norm
        self._found: dict[Taught, tuple[Frame, ...]] = {}

    def of(self, course: Course) -> tuple[Frame, ...]:
        taught = course.taught
        if taught not in self._found:
            frames = tuple(
                frame
                for frame in self._norm.frames(course)
                if any(self._chosen.shows(lesson) for lesson, _ in reversed(frame.past))
            )
            self._found[taught] = frames[-1:] if self._chosen.periods is None else frames
        return self._found[taught]


def _classes(draft: Draft) -> dict[int, int]:
    """Class by pupil."""
    return {
        person: group.id
        for group in draft.journal.groups.values()
        if group.class_ids == {group.id}
        for person in group.active_members
    }


class _Known:
    """Whether the marks and the roll of a course's lessons were read late enough to count them."""

    def __init__(self, case: Case) -> None:
        self._accuser = Accuser(case)
        self._found: dict[tuple[object, object], bool] = {}

    def of(self, course: Course, frame: Frame) -> bool:
        key = (course.taught, frame.period)
        if key not in self._found:
            _last, due_on = frame.past[-1]
            lessons = [lesson for lesson, _ in frame.past]
            self._found[key] = self._accuser.doubt(lessons, due_on, LOG) is None
        return self._found[key]


def tables_of(draft: Draft, found: Iterable[Gathered]) -> tuple[Table, ...]:
    """Counts by class, who is below the norm, and every pupil and subject."""
    listed = sorted(found, key=_Order(draft).key)
    return (
        Table(
            "classes",
            N_("Accumulation by class"),
            CLASSES,
            tuple(_by_class(listed)),
            has_totals=True,
        ),
        Table(
            "below",
            N_("Pupils with fewer marks than the norm"),
            COURSES,
            tuple(_row(one) for one in listed if one.is_below),
            note=_NOTE,
            wide=True,
        ),
        Table(
            "courses",
            N_("Marks of each pupil by subject"),
            COURSES,
            tuple(_row(one) for one in listed),
            note=_NOTE,
            split_by="class",
            wide=True,
            on_paper=False,
        ),
    )


CHARTS = (Chart(N_("Below norm, %"), "bar", "classes", "class", ("share",)),)


class _Order:
    """By class, pupil and subject, as people look them up."""

    def __init__(self, draft: Draft) -> None:
        names, hidden = draft.journal.names, draft.request.anonymous or draft.request.hide_teachers
        self._groups = _places(ordered(names.groups, names.groups))
        self._pupils = _places(ordered(names.pupils, names.pupils, hidden=hidden))
        self._subjects = _places(ordered(names.subjects, names.subjects))

    def key(self, one: Gathered) -> tuple[int, int, int, int]:
        course = one.standing.course
        return (
            self._groups.get(one.class_id, 0),
            self._pupils.get(course.person_id, 0),
            self._subjects.get(course.subject_id, 0),
            one.standing.period.start.toordinal(),
        )


def _places(ids: Iterable[int]) -> dict[int, int]:
    return {one: place for place, one in enumerate(ids)}


def _by_class(listed: Iterable[Gathered]) -> Iterator[tuple[Cell, ...]]:
    counts: dict[int | None, Counter[str]] = defaultdict(Counter)
    for one in listed:
        for line in (one.class_id, None):
            count = counts[line]
            count["courses"] += 1
            count["judged"] += one.is_judged
            count["below"] += one.is_below
    total = counts.pop(None, Counter())
    for group, count in (*counts.items(), (None, total)):
        judged, below = count["judged"], count["below"]
        share = Fraction(100 * below, judged) if judged else NO_DATA
        yield group, count["courses"], judged, below, share


def _row(one: Gathered) -> tuple[Cell, ...]:
    now = one.standing
    period = now.period
    return (
        one.class_id,
        now.course.person_id,
        now.course.subject_id,
        period.name or (str(period.number) if period.number else ""),
        now.had if one.is_known else NO_DATA,
        now.wanted if one.is_known and now.wanted is not None else NO_DATA,
        now.held,
        now.missed if one.is_known else NO_DATA,
    )
