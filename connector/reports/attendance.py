"""The report of attendance: lessons and days missed by class, pupil and month, and who is often away."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from connector.i18n import N_
from connector.reports.attendance_figures import (
    Entry,
    Missed,
    Month,
    Taught,
    missed_by_month,
    together,
)
from connector.reports.catalogue import ATTENDANCE
from connector.reports.coverage import LOG
from connector.reports.facts import Query
from connector.reports.journal import Lesson
from connector.reports.making import Draft, begin, finish
from connector.reports.ordering import ordered
from connector.reports.report import Report, Request
from connector.reports.rules.case import Gap, Need, read_lesson
from connector.reports.stays import read_stays
from connector.reports.tables import NO_DATA, Cell, Chart, Column, Content, Table
from connector.reports.terms import classes
from connector.rulebook import Rulebook, RuleSettings

WHOLE_SCHOOL = N_("Whole school")
NOTE = N_(
    "Lessons are those held in the pupil's class and subgroups and read after their day; being late is no absence. Where only exceptions are entered, no entry means present. Pupils who have left are not counted; an arrival counts from the day of enrolment where a class list says it, else from the first mark or entry."
)
CHRONIC_NOTE = N_("A tenth or more of the lessons missed, for any reason, of at least 20 lessons.")
_LESSONS = Column("lessons", N_("Lessons"), Content.NUMBER, 9)
_MISSED = Column("missed", N_("Missed"), Content.NUMBER, 8)
_SHARE = Column("share", N_("Missed, %"), Content.PERCENT, 9)
_FULL = Column("full_days", N_("Full days missed"), Content.NUMBER, 8)
_LATE = Column("late", N_("Late"), Content.NUMBER, 7)
_UNEXCUSED = Column("unexcused", N_("Without a reason"), Content.NUMBER, 10)
_REASONS = (
    Column("ill", N_("Ill"), Content.NUMBER, 8),
    Column("excused", N_("With a valid reason"), Content.NUMBER, 10),
)
# Illness is nobody's business in a version that all staff may see.
_ONE_REASON = (Column("excused", N_("With a valid reason or ill"), Content.NUMBER, 10),)
_CLASS = Column("class", N_("Class"), Content.GROUP, 10)
_PUPIL = Column("pupil", N_("Pupil"), Content.PUPIL, 30)


@dataclass(frozen=True, slots=True)
class Pupil:
    """One pupil's attendance.

    Attributes:
        class_id: the class of today.
        person_id: the pupil.
        months: what was missed, by year and month.

    """

    class_id: int
    person_id: int
    months: Mapping[Month, Missed]

    @property
    def missed(self) -> Missed:
        """In all months together."""
        return together(self.months.values())


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    pupils = [one for one in attended(draft) if _is_wanted(draft, one)]
    hide = request.anonymous or request.hide_teachers
    figures = Figures(hide)
    tables = (
        _by_class(draft, pupils, figures),
        _by_month(pupils, figures),
        _chronic(pupils, figures),
        _by_pupil(pupils, figures),
    )
    charts = (Chart(N_("Missed lessons by month, %"), "line", "months", "month", ("share",)),)
    return finish(draft, ATTENDANCE, tables=tables, charts=charts)


def attended(draft: Draft) -> list[Pupil]:
    """Attendance of all pupils of today, class by class, at the lessons of the reader's span, subjects and teachers."""
    # A pupil's lessons in another class count too: classes are chosen by their pupils.
    chosen = replace(draft.chosen, groups=None)
    every = [one for one in draft.scene.held if chosen.has_day(one.group_id, one.day)]
    counted = [one for one in every if chosen.shows(one)]
    return Roll(draft).attended(counted, every)


class Roll:
    """Pupils of today with their stays and entries, sorted once.

    Args:
        draft: whose facts and journal are asked; lessons nothing is known about join its gaps.

    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        stays, request = read_stays(draft), draft.request
        hidden = request.anonymous or request.hide_teachers
        names = draft.journal.names.pupils
        self._pupils = [
            (group.id, person, stays[person])
            for group in classes(draft.journal)
            for person in ordered(group.active_members, names, hidden=hidden)
            if person in stays
        ]
        held = {lesson.id: lesson for lesson in draft.scene.held}
        self._entries: dict[int, list[Entry]] = defaultdict(list)
        for entry in draft.journal.entries:
            if entry.lesson_id in held:
                self._entries[entry.person_id].append((held[entry.lesson_id], entry.status))

    def attended(self, counted: Iterable[Lesson], every: Iterable[Lesson]) -> list[Pupil]:
        """Attendance of all pupils of today, class by class.

        Args:
            counted: held lessons that are looked at.
            every: all held lessons of their days.

        """
        taught = Taught.of(_known(self._draft, counted), every)
        return [
            Pupil(group, person, missed_by_month(stays, taught, self._entries.get(person, ())))
            for group, person, stays in self._pupils
        ]


def _known(draft: Draft, lessons: Iterable[Lesson]) -> Iterable[Lesson]:
    """Lessons that were read after their day, with their attendance; the others join the gaps."""
    case = draft.scene.case(RuleSettings(""))
    # Lessons of a group and day were read together.
    reasons: dict[tuple[int | None, object], str | None] = {}
    for lesson in lessons:
        key = (lesson.group_id, lesson.day)
        if key not in reasons:
            gap = case.gap_in(lesson, read_lesson(lesson), Need(LOG, lesson.day, lesson.day))
            reasons[key] = gap.reason if gap else None
        reason = reasons[key]
        if reason is None:
            yield lesson
        else:
            draft.gaps.append(Gap("", reason, lesson))


def _is_wanted(draft: Draft, one: Pupil) -> bool:
    chosen = draft.chosen
    return chosen.has_group(one.class_id) and (
        chosen.pupils is None or one.person_id in chosen.pupils
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Columns of counts, and a row's cells.

    Attributes:
        one_reason: illness and valid reasons are not told apart.

    """

    one_reason: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of counts."""
        reasons = _ONE_REASON if self.one_reason else _REASONS
        return (_LESSONS, _MISSED, _SHARE, _UNEXCUSED, *reasons, _LATE, _FULL)

    def cells(self, one: Missed) -> tuple[Cell, ...]:
        """Cells of a row, no data where no lesson is known."""
        if not one.lessons:
            return tuple(NO_DATA for _ in self.columns)
        reasons = (one.ill + one.excused,) if self.one_reason else (one.ill, one.excused)
        return (one.lessons, one.missed, one.share, one.absent, *reasons, one.late, one.full_days)


def _by_class(draft: Draft, pupils: Iterable[Pupil], figures: Figures) -> Table:
    of_class: dict[int, list[Missed]] = {
        group.id: [] for group in classes(draft.journal) if draft.chosen.has_group(group.id)
    }
    for one in pupils:
        of_class[one.class_id].append(one.missed)
    # A pupil of two classes stands in both rows and once in the total.
    everybody = [one.missed for one in _once(pupils)]
    rows = [
        (group, len(found), _chronics(found), *figures.cells(together(found)))
        for group, found in of_class.items()
        if found
    ]
    total = (
        WHOLE_SCHOOL,
        len(everybody),
        _chronics(everybody),
        *figures.cells(together(everybody)),
    )
    columns = (
        _CLASS,
        Column("pupils", N_("Pupils"), Content.NUMBER, 8),
        Column("often_away", N_("Often away"), Content.NUMBER, 8),
        *figures.columns,
    )
    return Table(
        *("classes", N_("By class"), columns, (*rows, total)), note=NOTE, has_totals=True, wide=True
    )


def _once(pupils: Iterable[Pupil]) -> Iterable[Pupil]:
    return {one.person_id: one for one in pupils}.values()


def _chronics(found: Iterable[Missed]) -> int:
    return sum(one.is_chronic for one in found)


def _by_month(pupils: Iterable[Pupil], figures: Figures) -> Table:
    months: dict[Month, list[Missed]] = defaultdict(list)
    for one in _once(pupils):
        for month, missed in one.months.items():
            months[month].append(missed)
    rows = [
        (f"{month:02}.{year}", *figures.cells(together(months[year, month])))
        for year, month in sorted(months)
    ]
    return Table(
        *("months", N_("By month"), (Column("month", N_("Month"), width=9), *figures.columns)),
        rows=tuple(rows),
        wide=True,
    )


def _chronic(pupils: Iterable[Pupil], figures: Figures) -> Table:
    found = [(one, missed) for one in pupils if (missed := one.missed).is_chronic]
    found.sort(key=lambda item: -(item[1].share or 0))
    return Table(
        *("often_away", N_("Often away"), (_CLASS, _PUPIL, *figures.columns)),
        rows=tuple((one.class_id, one.person_id, *figures.cells(missed)) for one, missed in found),
        note=CHRONIC_NOTE,
        wide=True,
    )


def _by_pupil(pupils: Iterable[Pupil], figures: Figures) -> Table:
    return Table(
        *("pupils", N_("By pupil"), (_CLASS, _PUPIL, *figures.columns)),
        rows=tuple((one.class_id, one.person_id, *figures.cells(one.missed)) for one in pupils),
        split_by="class",
        wide=True,
    )
