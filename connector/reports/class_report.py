"""The report of a class teacher: movement, how pupils stand by their period marks, and what they missed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.i18n import N_
from connector.reports.attendance import Figures, Pupil, Roll
from connector.reports.attendance_figures import Missed, together
from connector.reports.calendar import Period
from connector.reports.catalogue import CLASS
from connector.reports.class_facts import Movement, read_presence
from connector.reports.class_teachers import COLUMN, ClassTeachers, read_class_teachers
from connector.reports.facts import Query
from connector.reports.figures import (
    FAILING,
    FIVES,
    FOURS,
    Spread,
    Standing,
    is_failing,
    percent,
    spread,
    standing,
)
from connector.reports.listed_movement import read_listed_movement
from connector.reports.making import Draft, begin, finish
from connector.reports.ordering import ordered
from connector.reports.quality_facts import Result, had_left, read_leavers, read_results
from connector.reports.report import Report, Request
from connector.reports.tables import NO_DATA, Cell, Chart, Column, Content, Table
from connector.reports.terms import Term, gaps_of, is_unmarked, terms
from connector.rulebook import Rulebook

NOTE = N_(
    "Failing: a two or not assessed (н/а) in any subject; freed (осв.) and other words say nothing. Pupils with one four are among those with fours and fives. No data: the period is not over, or its marks were not read after its end."
)
MOVEMENT_NOTE = N_(
    "Arrivals and leavers are those that pulls of the diary saw; where the pulls began after the period's first day, those of the school's class lists that tell days of enrolment and leavers; a pupil without a day of enrolment counts as there from the start."
)
_WORDS = {FIVES: N_("Fives only"), FOURS: N_("Fours and fives"), FAILING: N_("Failing")}
_ONE_FOUR, _ONE_THREE = N_("With one four"), N_("With one three")
_CLASS = Column("class", N_("Class"), Content.GROUP, 10)
_PUPIL = Column("pupil", N_("Pupil"), Content.PUPIL, 30)
_PERIOD = Column("period", N_("Period"), Content.WORD, 14)


def _number(key: str, title: str) -> Column:
    return Column(key, title, Content.NUMBER, 9)


_MOVEMENT = (
    _number("at_start", N_("At the start")),
    _number("arrived", N_("Arrived")),
    _number("left", N_("Left")),
    _number("at_end", N_("At the end")),
    _number("today", N_("In the diary today")),
)
_STANDINGS = (
    _number("marked", N_("With marks")),
    _number("fives", _WORDS[FIVES]),
    _number("fours", _WORDS[FOURS]),
    _number("one_four", _ONE_FOUR),
    _number("one_three", _ONE_THREE),
    _number("failing", _WORDS[FAILING]),
    _number("not_assessed", N_("Not assessed")),
    Column("success", N_("Success"), Content.PERCENT, 9),
    Column("quality", N_("Quality"), Content.PERCENT, 9),
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One class in one period.

    Attributes:
        term: class and period.
        is_marked: whether the class is taught with marks.
        movement: None when nobody saw it and no list tells it.
        marks: each pupil's marks; empty where they are not known.
        pupils: attendance of the pupils of today.

    """

    term: Term
    is_marked: bool
    movement: Movement | None
    marks: Mapping[int, tuple[Result, ...]]
    pupils: tuple[Pupil, ...]

    @property
    def spreads(self) -> dict[int, Spread]:
        """Marks counted, of pupils who have any."""
        found = {
            person: spread(Counter(one.value for one in marks))
            for person, marks in self.marks.items()
        }
        return {person: one for person, one in found.items() if one.counted}


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    figures = Figures(request.anonymous or request.hide_teachers)
    sheets = list(_sheets(draft))
    led = read_class_teachers(draft.query, draft.journal.groups)
    tables = (
        *_by_class(sheets, led, figures),
        _standings(draft, sheets),
        _missed(sheets, figures),
    )
    charts = (
        Chart(
            N_("Success and quality by class"), "bar", "classes", "class", ("success", "quality")
        ),
    )
    return finish(draft, CLASS, tables=tables, charts=charts)


def _sheets(draft: Draft) -> Iterator[_Sheet]:
    shown = [_with_period(draft, one) for one in terms(draft)]
    marked = [one for one in shown if not is_unmarked(draft, one.group)]
    draft.gaps.extend(gaps_of(draft, marked))
    marks = _marks(draft, marked)
    attended = _attended(draft, {one.period for one in shown if one.period is not None})
    presence, lists = read_presence(draft.query), read_listed_movement(draft)
    for one in shown:
        period = one.period
        movement = None
        if period is not None:
            span = (period.start, min(period.finish, draft.request.as_of))
            # What was seen in the class itself tells moves between classes too.
            movement = presence.movement(one.group.id, *span) or lists.movement(one.group.id, *span)
        yield _Sheet(
            term=one,
            is_marked=one in marked,
            movement=movement,
            marks=marks.get((one.group.id, period), {}) if one.is_known else {},
            pupils=tuple(attended.get((period, one.group.id), ())),
        )


def _with_period(draft: Draft, term: Term) -> Term:
    """A class none of whose periods is over has its running one, so that it shows attendance at least."""
    if term.period is not None:
        return term
    running = draft.journal.calendar.of(term.group.id).period_of(draft.request.as_of)
    return Term(term.group, running, is_known=False)


def _marks(
    draft: Draft, shown: Iterable[Term]
) -> dict[tuple[int, Period | None], dict[int, tuple[Result, ...]]]:
    wanted = {(one.group.id, one.period) for one in shown if one.is_known}
    chosen, left = draft.chosen, read_leavers(draft.query)
    found: dict[tuple[int, Period | None], dict[int, tuple[Result, ...]]] = defaultdict(dict)
    for one in read_results(draft.query, since=draft.since, until=draft.request.as_of):
        key = (one.group_id or 0, one.period)
        if (
            one.period is not None
            and key in wanted
            and not had_left(left.get(one.person_id), one.period)
            and (chosen.pupils is None or one.person_id in chosen.pupils)
            and (chosen.subjects is None or one.subject_id in chosen.subjects)
        ):
            mine = found[key]
            mine[one.person_id] = (*mine.get(one.person_id, ()), one)
    return found


def _attended(
    draft: Draft, periods: Iterable[Period]
) -> dict[tuple[Period | None, int], list[Pupil]]:
    """Attendance by period and class."""
    roll = Roll(draft)
    found: dict[tuple[Period | None, int], list[Pupil]] = defaultdict(list)
    for period in periods:
        lessons = [one for one in draft.scene.held if period.holds(one.day)]
        for one in roll.attended(lessons, lessons):
            if draft.chosen.pupils is None or one.person_id in draft.chosen.pupils:
                found[period, one.class_id].append(one)
    return found


def _by_class(
    sheets: Sequence[_Sheet], led: ClassTeachers, figures: Figures
) -> tuple[Table, Table, Table]:
    """Marks, movement and attendance of each class: together they are too wide for a sheet of paper."""
    about = [
        (one.term.group.id, one.term.period.name if one.term.period else None) for one in sheets
    ]
    # On each class's own sheet too, but a line of a class alone makes an overview.
    split = "class" if len({group for group, _period in about}) == len(about) else ""
    marks = [
        (*key, *_standing_cells(one))
        for key, one in zip(about, sheets, strict=True)
        if one.is_marked
    ]
    moved = [
        (group, led.cell(group), period, *_movement(one))
        for (group, period), one in zip(about, sheets, strict=True)
    ]
    missed = [
        (*key, *figures.cells(_missed_by(one))) for key, one in zip(about, sheets, strict=True)
    ]
    return (
        Table(
            *("classes", N_("By class"), (_CLASS, _PERIOD, *_STANDINGS), tuple(marks), NOTE),
            split_by=split,
            wide=True,
        ),
        Table(
            *("movement", N_("Movement of pupils"), (_CLASS, COLUMN, _PERIOD, *_MOVEMENT)),
            rows=tuple(moved),
            note=MOVEMENT_NOTE,
            split_by=split,
            wide=True,
        ),
        Table(
            *("class_missed", N_("Missed lessons by class"), (_CLASS, _PERIOD, *figures.columns)),
            rows=tuple(missed),
            split_by=split,
            wide=True,
        ),
    )


def _movement(one: _Sheet) -> tuple[Cell, ...]:
    today = len(one.term.group.active_members)
    if one.movement is None:
        return (NO_DATA, NO_DATA, NO_DATA, NO_DATA, today)
    moved = one.movement
    return (moved.at_start, moved.arrived, moved.left, moved.at_end, today)


def _standing_cells(one: _Sheet) -> tuple[Cell, ...]:
    if not one.term.is_known:
        return tuple(NO_DATA for _ in _STANDINGS)
    spreads = one.spreads
    stand = [standing(found) for found in spreads.values()]
    words = Counter(found.word for found in stand)
    pupils, good = len(stand), words[FIVES] + words[FOURS]
    return (
        *(pupils, words[FIVES], words[FOURS]),
        sum(found.one_four for found in stand),
        sum(found.one_three for found in stand),
        words[FAILING],
        sum(found.not_assessed > 0 for found in spreads.values()),
        *(percent(pupils - words[FAILING], pupils), percent(good, pupils)),
    )


def _missed_by(one: _Sheet) -> Missed:
    return together(pupil.missed for pupil in one.pupils)


def _standings(draft: Draft, sheets: Iterable[_Sheet]) -> Table:
    hidden = draft.request.anonymous or draft.request.hide_teachers
    names = draft.journal.names.pupils
    columns = (
        _CLASS,
        Column("standing", N_("Standing"), Content.WORD, 20),
        _PUPIL,
        Column("subject", N_("Subject"), Content.SUBJECT, 26),
        Column("mark", N_("Mark"), width=7),
    )
    rows = [
        (sheet.term.group.id, word, person, subject, mark)
        for sheet in sheets
        for spreads in (sheet.spreads,)
        for word in (_WORDS[FIVES], _WORDS[FOURS], _ONE_FOUR, _ONE_THREE, _WORDS[FAILING])
        for person in ordered(spreads, names, hidden=hidden)
        for subject, mark in _shown_under(word, standing(spreads[person]), sheet.marks[person])
    ]
    return Table(*("pupils", N_("Pupils by their marks"), columns, tuple(rows)), split_by="class")


def _shown_under(
    word: str, stands: Standing, marks: Iterable[Result]
) -> Iterator[tuple[int | None, str | None]]:
    """Subjects and marks for which a pupil stands under a heading; no subject where all marks are the reason."""
    if word in {_WORDS[FIVES], _WORDS[FOURS]}:
        if _WORDS.get(stands.word) == word:
            yield None, None
        return
    for one in sorted(marks, key=lambda one: one.subject_id):
        value = one.value.strip()
        if (
            (word == _ONE_FOUR and stands.one_four and value == "4")
            or (word == _ONE_THREE and stands.one_three and value == "3")
            or (word == _WORDS[FAILING] and is_failing(value))
        ):
            yield one.subject_id, value


def _missed(sheets: Iterable[_Sheet], figures: Figures) -> Table:
    return Table(
        *("missed", N_("Missed lessons"), (_CLASS, _PUPIL, *figures.columns)),
        rows=tuple(
            (one.class_id, one.person_id, *figures.cells(one.missed))
            for sheet in sheets
            for one in sheet.pupils
        ),
        split_by="class",
        wide=True,
    )
