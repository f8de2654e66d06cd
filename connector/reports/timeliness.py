"""The report of timeliness: how late marks, attendance and homework were entered, teacher by teacher."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from connector.i18n import N_
from connector.reports.calendar import GroupCalendar
from connector.reports.catalogue import TIMELINESS
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.facts import Query
from connector.reports.gradebook import judge_marks
from connector.reports.homework import GIVEN
from connector.reports.journal import Lesson
from connector.reports.making import Draft, begin, finish
from connector.reports.ordering import ordered
from connector.reports.report import Report, Request
from connector.reports.rules.case import Case, Need, read_lesson
from connector.reports.tables import Cell, Chart, Column, Content, Table
from connector.reports.timeliness_facts import ENTRIES as LATE_ENTRIES
from connector.reports.timeliness_facts import HOMEWORKS as LATE_HOMEWORKS
from connector.reports.timeliness_facts import MARKS as LATE_MARKS
from connector.reports.timeliness_facts import MARKS_BY_WORK, Record, read_records
from connector.reports.timeliness_figures import Timeliness, Workdays
from connector.rulebook import Rulebook, RuleSettings

WHOLE_SCHOOL = N_("Whole school")
NOTE = N_(
    "Working days after the deadline of the rule, of lessons whose deadline is past; an entry on a day of rest counts as the next working day. Not late: pupils who had been absent, and works with deadlines of their own. The vendor shows when a record was written last: a correction moves the moment. Median of the late ones."
)
_COLUMNS = (
    Column("teacher", N_("Teacher"), Content.TEACHER, 30),
    Column("records", N_("Records"), Content.NUMBER, 9),
    Column("on_time", N_("In time"), Content.NUMBER, 9),
    Column("share", N_("In time, %"), Content.PERCENT, 9),
    Column("one", N_("1 day"), Content.NUMBER, 7),
    Column("few", N_("2–3 days"), Content.NUMBER, 7),
    Column("week", N_("4–7 days"), Content.NUMBER, 7),
    Column("more", N_("8 days or more"), Content.NUMBER, 7),
    Column("median", N_("Median, days"), Content.DECIMAL, 8),
    Column("worst", N_("Worst, days"), Content.NUMBER, 8),
    Column("own_deadline", N_("With a reason"), Content.NUMBER, 8),
    Column("unknown", N_("No moment"), Content.NUMBER, 8),
)
_STACKS = ("on_time", "one", "few", "week", "more")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record.

    Attributes:
        key: of its table.
        title: English source string.
        rule: whose deadline counts.
        due_working_days: where a rulebook is older than the rule.
        resource: what must have been read after the deadline.
        selects: where its records stand.
        count: all records of a lesson.

    """

    key: str
    title: str
    rule: str
    due_working_days: int
    resource: str
    selects: tuple[str, ...]
    count: Callable[[Lesson], int]


MARK = Kind(
    *("marks", N_("Marks"), "LATE", 1, MARKS, (LATE_MARKS, MARKS_BY_WORK)),
    count=lambda lesson: lesson.marks,
)
ENTRY = Kind(
    *("attendance", N_("Attendance"), "ATT", 0, LOG, (LATE_ENTRIES,)),
    count=lambda lesson: lesson.entries,
)
HOMEWORK = Kind(
    *("homework", N_("Homework"), "HW", 0, LESSONS, (LATE_HOMEWORKS,)),
    count=lambda lesson: len(lesson.homework_targets),
)


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(TIMELINESS)
    findings = judge_marks(draft, rules)
    shown = draft.shown
    tables = [_table(draft, kind, shown) for kind in (MARK, ENTRY)]
    # Where a homework stands at the lesson it is due on, the lesson says nothing of its deadline.
    if draft.scene.homework.reading == GIVEN:
        tables.append(_table(draft, HOMEWORK, shown))
    charts = (Chart(N_("Marks by days late"), "stacked", "marks", "teacher", _STACKS),)
    return finish(draft, TIMELINESS, findings, rules=rules, tables=tables, charts=charts)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the records of the shown lessons came in.

    Attributes:
        teachers: by teacher; a lesson of several counts for each, one of nobody under None.
        whole: each record once.

    """

    teachers: dict[int | None, Timeliness]
    whole: Timeliness


def tally(draft: Draft, kind: Kind, lessons: Sequence[Lesson]) -> Tally:
    """Count the records of lessons whose deadline is past and that were read after it; others join the draft's gaps."""
    records: dict[int, list[Record]] = defaultdict(list)
    for record in read_records(
        draft.query, *kind.selects, since=draft.since, until=draft.end, zone=draft.request.zone
    ):
        records[record.lesson_id].append(record)
    calendars: dict[GroupCalendar, Workdays] = {}
    found = Tally(defaultdict(Timeliness), Timeliness())
    for lesson, due_on in _judged(draft, kind, lessons):
        total, late = kind.count(lesson), records.get(lesson.id)
        those = (found.whole, *(found.teachers[who] for who in lesson.teacher_ids or (None,)))
        if not late:
            for one in those:
                one.on_time += total
        elif total:
            workdays = _workdays(draft, lesson, calendars)
            mine = _timeliness(total, late, due_on, workdays, draft.request.as_of)
            for one in those:
                one.add(mine)
    return found


def _judged(draft: Draft, kind: Kind, lessons: Sequence[Lesson]) -> Iterable[tuple[Lesson, date]]:
    """Lessons with their deadlines."""
    for book in draft.rulebook.in_force_within(draft.since, draft.end):
        usual = RuleSettings(kind.rule, due_working_days=kind.due_working_days)
        scene = replace(draft.scene, rulebook=book)
        case = scene.case(book.rules.get(kind.rule, usual))
        mine = (lesson for lesson in lessons if book.is_in_force(lesson.day))
        yield from _of_book(draft, case, kind.resource, mine)


def _of_book(
    draft: Draft, case: Case, resource: str, lessons: Iterable[Lesson]
) -> Iterable[tuple[Lesson, date]]:
    exempt = case.exempt_groups()
    # Lessons of a group and day share their deadline and were read together.
    deadlines: dict[tuple[int | None, date], tuple[date | None, str | None]] = {}
    for lesson in lessons:
        key = (lesson.group_id, lesson.day)
        if lesson.group_id in exempt:
            continue
        if key not in deadlines:
            due_on = case.due_on(case.group(lesson).id, lesson.day)
            gap = due_on and case.gap_in(
                lesson, read_lesson(lesson), Need(resource, lesson.day, due_on)
            )
            deadlines[key] = (due_on, gap.reason if gap else None)
        due_on, reason = deadlines[key]
        if due_on is None or due_on >= case.as_of:
            continue
        if reason is None:
            yield lesson, due_on
        else:
            draft.gaps.append(case.gap(lesson, reason))


def _workdays(draft: Draft, lesson: Lesson, known: dict[GroupCalendar, Workdays]) -> Workdays:
    calendar = draft.journal.calendar.of(lesson.group_id or 0)
    if calendar not in known:
        known[calendar] = Workdays.of(
            calendar,
            saturdays=draft.journal.calendar.saturdays,
            first=draft.since,
            last=draft.request.as_of,
        )
    return known[calendar]


def _timeliness(
    total: int, records: Iterable[Record], due_on: date, workdays: Workdays, as_of: date
) -> Timeliness:
    """One lesson's records: those that are not among the late ones were in time."""
    found = Timeliness(on_time=total)
    for record in records:
        if record.entered_on is None:
            found.unknown += 1
        elif record.entered_on <= due_on:
            continue
        elif record.was_absent or record.is_checked_at_home:
            found.own_deadline += 1
        elif record.entered_on <= as_of:
            found.late[workdays.late_by(due_on, record.entered_on)] += 1
        found.on_time -= 1
    return found


def _table(draft: Draft, kind: Kind, shown: Sequence[Lesson]) -> Table:
    found = tally(draft, kind, shown)
    wanted, names = draft.chosen.teachers, draft.journal.names.teachers
    rows = [
        (teacher, *cells(found.teachers[teacher]))
        for teacher in ordered(found.teachers, names, hidden=draft.request.hide_teachers)
        if found.teachers[teacher].records and (wanted is None or teacher in wanted)
    ]
    return Table(
        *(kind.key, kind.title, _COLUMNS),
        rows=(*rows, (WHOLE_SCHOOL, *cells(found.whole))),
        note=NOTE,
        has_totals=True,
        wide=True,
    )


def cells(one: Timeliness) -> tuple[Cell, ...]:
    """Cells of a row after its heading."""
    return (
        *(one.records, one.on_time, one.share, *one.columns),
        *(one.median, one.worst, one.own_deadline, one.unknown),
    )
