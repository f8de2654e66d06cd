"""The report of timeliness: how late marks, attendance and homework were entered, teacher by teacher."""

from connector.i18n import N_
from connector.reports.catalogue import TIMELINESS
from connector.reports.facts import Query
from connector.reports.homework import GIVEN
from connector.reports.lateness import ENTRY, HOMEWORK, MARK, Kind, LateMarks, Tally, tally
from connector.reports.making import Draft, begin, finish
from connector.reports.ordering import ordered
from connector.reports.report import Report, Request
from connector.reports.tables import Cell, Chart, Column, Content, Table
from connector.reports.timeliness_figures import Timeliness
from connector.rulebook import Rulebook

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


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(TIMELINESS)
    late = LateMarks(draft)
    findings = draft.judge(rules, late.verdicts)
    shown = draft.shown
    tables = [
        _table(draft, MARK, late.tally(shown)),
        _table(draft, ENTRY, tally(draft, ENTRY, shown)),
    ]
    # Where a homework stands at the lesson it is due on, the lesson says nothing of its deadline.
    if draft.scene.homework.reading == GIVEN:
        tables.append(_table(draft, HOMEWORK, tally(draft, HOMEWORK, shown)))
    charts = (Chart(N_("Marks by days late"), "stacked", "marks", "teacher", _STACKS),)
    return finish(draft, TIMELINESS, findings, rules=rules, tables=tables, charts=charts)


def _table(draft: Draft, kind: Kind, found: Tally) -> Table:
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
