"""The report of quality: period and year marks by class, subject, teacher and period, with N and the rule for н/а."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from connector.i18n import N_
from connector.reports.calendar import Period
from connector.reports.catalogue import QUALITY
from connector.reports.facts import Query
from connector.reports.figures import (
    FAILING,
    FIVES,
    FOURS,
    Spread,
    percent,
    spread,
    standing,
    total,
)
from connector.reports.making import Draft, begin, finish
from connector.reports.ordering import ordered
from connector.reports.quality_facts import Result, had_left, read_leavers, read_results
from connector.reports.report import Report, Request
from connector.reports.tables import NO_DATA, Cell, Chart, Column, Content, Table
from connector.reports.terms import Teachers, Term, classes, gaps_of, is_known, is_unmarked, terms
from connector.rulebook import Rulebook

K = TypeVar("K", bound=Hashable)

WHOLE_SCHOOL = N_("Whole school")
YEAR_MARKS = N_("Year marks")
NOTE = N_(
    "N: marks of pupils who had not left by the end of the period. Not assessed (н/а) stays in N; freed (осв.), other words and empty cells are left out. Success: 5, 4 and 3 of N; quality: 5 and 4 of N; SOU: 100, 64, 36, 16 and 7 percent for 5, 4, 3, 2 and not assessed; mean: of numbers only. Half up: shares to one decimal, means to two."
)
CLASS_NOTE = N_(
    "N: marks of pupils who had not left; not assessed (н/а) stays in N; freed (осв.), other words and empty cells are left out. No data: the period is not over, or its marks were not read after its end."
)
PUPILS_NOTE = N_("Of pupils with marks: without a two or н/а, and with fours and fives only.")
TEACHER_NOTE = N_(
    "A pupil's mark counts for the teacher who held most lessons of the subject in the pupil's groups in that period. Not assessed (н/а) stays in N; freed (осв.) and other words are left out."
)
_FIGURES = (
    Column("n", "N", Content.NUMBER, 6),
    Column("fives", "5", Content.NUMBER, 6),
    Column("fours", "4", Content.NUMBER, 6),
    Column("threes", "3", Content.NUMBER, 6),
    Column("twos", "2", Content.NUMBER, 6),
    Column("not_assessed", N_("Not assessed"), Content.NUMBER, 8),
    Column("released", N_("Freed"), Content.NUMBER, 8),
    Column("others", N_("Other words"), Content.NUMBER, 8),
    Column("success", N_("Success"), Content.PERCENT, 10),
    Column("quality", N_("Quality"), Content.PERCENT, 10),
    Column("sou", N_("SOU"), Content.PERCENT, 10),
    Column("mean", N_("Mean mark"), Content.MEAN, 8),
)
_PUPILS = (
    Column("pupils", N_("Pupils with marks"), Content.NUMBER, 8),
    Column("pupils_passing", N_("Pupils without a two"), Content.PERCENT, 10),
    Column("pupils_good", N_("Pupils with fours and fives"), Content.PERCENT, 10),
)
_CLASS = Column("class", N_("Class"), Content.GROUP, 10)
_PERIOD = Column("period", N_("Period"), Content.WORD, 14)
_SUBJECT = Column("subject", N_("Subject"), Content.SUBJECT, 26)
_TEACHER = Column("teacher", N_("Teacher"), Content.TEACHER, 30)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is shown of the period and year marks.

    Attributes:
        terms: classes with the periods that are shown.
        chosen: marks of those periods.
        yearly: year marks.
        over: marks of every finished period, for the comparison of periods.

    """

    terms: tuple[Term, ...]
    chosen: tuple[Result, ...]
    yearly: tuple[Result, ...]
    over: tuple[Result, ...]


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    teachers, names = Teachers(draft), draft.journal.names
    marks = _marks(draft, teachers)
    draft.gaps.extend(gaps_of(draft, marks.terms))
    tables = [
        *_by_class(marks),
        _by(names.subjects, _SUBJECT, "subjects", N_("By subject"), marks.chosen, _subject),
        _by_teacher(draft, teachers, marks.chosen),
        _by_period(marks),
    ]
    if marks.yearly:
        by_class = (_CLASS, "year_classes", N_("Year marks by class"), marks.yearly, _group)
        by_subject = (
            _SUBJECT,
            "year_subjects",
            N_("Year marks by subject"),
            marks.yearly,
            _subject,
        )
        tables += [_by(names.groups, *by_class), _by(names.subjects, *by_subject)]
    charts = (
        Chart(
            N_("Success and quality by class"), "bar", "classes", "class", ("success", "quality")
        ),
    )
    return finish(draft, QUALITY, tables=tables, charts=charts)


def school_spread(draft: Draft) -> Spread:
    """Period marks of everybody who is shown: of each class's last finished period, or of the periods asked for."""
    marks = _marks(draft, Teachers(draft))
    return total(_spreads((0, one.value) for one in marks.chosen).values())


def _marks(draft: Draft, teachers: Teachers) -> _Marks:
    chosen, left = draft.chosen, read_leavers(draft.query)
    known = {
        (group.id, period)
        for group in classes(draft.journal)
        for period in draft.journal.calendar.of(group.id).periods
        if is_known(draft, group, period)
    }
    unmarked = {key for key, group in draft.journal.groups.items() if is_unmarked(draft, group)}
    shown = [one for one in terms(draft) if one.group.id not in unmarked]
    wanted = {(one.group.id, one.period) for one in shown if one.is_known}
    results = [
        one
        for one in read_results(draft.query, since=draft.since, until=draft.request.as_of)
        if one.group_id not in unmarked
        and chosen.has_group(one.group_id or 0)
        and (chosen.subjects is None or one.subject_id in chosen.subjects)
        and (chosen.pupils is None or one.person_id in chosen.pupils)
        and not had_left(left.get(one.person_id), one.period)
        and (
            chosen.teachers is None
            or not chosen.teachers.isdisjoint(
                teachers.of(one.person_id, one.subject_id, one.period)
            )
        )
    ]
    return _Marks(
        terms=tuple(shown),
        chosen=tuple(one for one in results if (one.group_id, one.period) in wanted),
        yearly=tuple(one for one in results if one.period is None and chosen.periods is None),
        over=tuple(one for one in results if (one.group_id, one.period) in known),
    )


def _by_class(marks: _Marks) -> tuple[Table, Table]:
    """Marks of each class, then its pupils: together they are too wide for a sheet of paper."""
    by_class = _spreads(((one.group_id, one.period), one.value) for one in marks.chosen)
    pupils: dict[tuple[int | None, Period | None], Counter[str]] = defaultdict(Counter)
    for (group, period, _person), found in _spreads(
        ((one.group_id, one.period, one.person_id), one.value) for one in marks.chosen
    ).items():
        if found.counted:
            pupils[group, period][standing(found).word] += 1
    rows: list[tuple[Cell, ...]] = []
    people: list[tuple[Cell, ...]] = []
    for one in marks.terms:
        about: tuple[Cell, ...] = (one.group.id, one.period.name if one.period else None)
        key = (one.group.id, one.period)
        known = one.is_known
        cells = _cells(by_class.get(key, Spread())) if known else (NO_DATA,) * len(_FIGURES)
        rows.append((*about, *cells))
        people.append((*about, *(_people(pupils[key]) if known else (NO_DATA,) * len(_PUPILS))))
    rows.append((WHOLE_SCHOOL, None, *_cells(total(by_class.values()))))
    people.append((WHOLE_SCHOOL, None, *_people(sum(pupils.values(), Counter[str]()))))
    return (
        Table(
            *("classes", N_("By class"), (_CLASS, _PERIOD, *_FIGURES), tuple(rows), CLASS_NOTE),
            has_totals=True,
            wide=True,
        ),
        Table(
            *("class_pupils", N_("Pupils by class"), (_CLASS, _PERIOD, *_PUPILS)),
            rows=tuple(people),
            note=PUPILS_NOTE,
            has_totals=True,
        ),
    )


def _by_teacher(draft: Draft, teachers: Teachers, marks: Iterable[Result]) -> Table:
    wanted = draft.chosen.teachers

    def taught_by(one: Result) -> tuple[int | None, ...]:
        found = teachers.of(one.person_id, one.subject_id, one.period)
        return tuple(who for who in found if wanted is None or who in wanted) or (None,)

    names = {} if draft.request.hide_teachers else draft.journal.names.teachers
    return _by(names, _TEACHER, "teachers", N_("By teacher"), marks, taught_by, note=TEACHER_NOTE)


def _by_period(marks: _Marks) -> Table:
    found = _spreads((one.period, one.value) for one in marks.over)
    ordered = sorted(
        found.items(), key=lambda item: (item[0].start, item[0].finish) if item[0] else ()
    )
    rows = [(period.name if period else None, *_cells(one)) for period, one in ordered]
    if marks.yearly:
        rows.append(
            (YEAR_MARKS, *_cells(total(_spreads((0, one.value) for one in marks.yearly).values())))
        )
    return Table("periods", N_("By period"), (_PERIOD, *_FIGURES), tuple(rows), NOTE, wide=True)


def _group(one: Result) -> tuple[int | None, ...]:
    return (one.group_id,)


def _subject(one: Result) -> tuple[int | None, ...]:
    return (one.subject_id,)


def _by(
    names: Mapping[int, str],
    column: Column,
    key: str,
    title: str,
    marks: Iterable[Result],
    of: Callable[[Result], tuple[int | None, ...]],
    *,
    note: str = NOTE,
) -> Table:
    """A row for each thing that marks belong to, by name, and one for all marks."""
    marks = list(marks)
    found = _spreads((thing, one.value) for one in marks for thing in of(one))
    rows = [(thing, *_cells(found[thing])) for thing in ordered(found, names)]
    everything = total(_spreads((0, one.value) for one in marks).values())
    return Table(
        *(key, title, (column, *_FIGURES), (*rows, (WHOLE_SCHOOL, *_cells(everything)))),
        note=note,
        has_totals=True,
        wide=True,
    )


def _spreads(values: Iterable[tuple[K, str]]) -> dict[K, Spread]:
    counted = Counter(values)
    found: dict[K, Counter[str]] = defaultdict(Counter)
    for (key, value), count in counted.items():
        found[key][value] = count
    return {key: spread(one) for key, one in found.items()}


def _cells(one: Spread) -> tuple[Cell, ...]:
    return (one.counted, *one.cells, one.success, one.quality, one.trained, one.mean)


def _people(words: Mapping[str, int]) -> tuple[Cell, ...]:
    pupils = sum(words.values())
    good = words.get(FIVES, 0) + words.get(FOURS, 0)
    return (pupils, percent(pupils - words.get(FAILING, 0), pupils), percent(good, pupils))
