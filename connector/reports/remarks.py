"""What is remarked to each teacher about a class and a subject, with dates: the part of a memo that is acted upon."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from connector.i18n import N_
from connector.records import Finding
from connector.reports.checks import STANDS
from connector.reports.ordering import ordered
from connector.reports.report import Report
from connector.reports.tables import Column, Content, Table
from connector.reports.whole import LATE

LATE_NOTE = N_(
    "Late entries of a teacher who has more than 15 are a number in the table by teacher; their dates stand in the teacher's personal sheet."
)
# Beyond these a memo gives numbers: nobody reads a hundred dates.
MOST_LATE, MOST_DAYS = 15, 12
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is remarked to a teacher about one class and subject by one rule.

    Attributes:
        teacher_id: None where nobody is named.
        group_id: class or subgroup.
        subject_id: None where no subject is concerned.
        rule: id.
        count: of findings.
        days: of the lessons, each once, in order.
        stands: how many were found at the last check already; None when there was none.

    """

    teacher_id: int | None
    group_id: int
    subject_id: int | None
    rule: str
    count: int
    days: tuple[date, ...]
    stands: int | None = None


def remarks_of(report: Report, *, hidden: bool = False) -> list[Remark]:
    """Remarks by teacher, class, subject and rule; a lesson of two teachers stands with both.

    Late entries of a teacher who has many are left out: `by_teacher` has their number.

    Args:
        report: what was found.
        hidden: teachers' names are or will be hidden, so that the order may not tell them.

    """
    late = Counter(
        who for one in report.findings if one.rule == LATE for who in one.teacher_ids or (None,)
    )
    states = report.comparison.states if report.comparison else (None,) * len(report.findings)
    cells: dict[tuple[int | None, int, int | None, str], list[tuple[Finding, str | None]]]
    cells = defaultdict(list)
    for finding, state in zip(report.findings, states, strict=True):
        for who in finding.teacher_ids or (None,):
            if finding.rule != LATE or late[who] <= MOST_LATE:
                key = (who, finding.edu_group_id, finding.subject_id, finding.rule)
                cells[key].append((finding, state))
    names = report.names
    teachers = _places(ordered({key[0] for key in cells}, names.teachers, hidden=hidden))
    groups = _places(ordered({key[1] for key in cells}, names.groups))
    subjects = _places(ordered({key[2] for key in cells}, names.subjects))
    rules = _places(report.rules)
    order = sorted(
        cells, key=lambda key: (teachers[key[0]], groups[key[1]], subjects[key[2]], rules[key[3]])
    )
    return [
        Remark(
            *key,
            count=len(cells[key]),
            days=tuple(sorted({finding.date for finding, _state in cells[key]})),
            stands=sum(state == STANDS for _finding, state in cells[key])
            if report.comparison
            else None,
        )
        for key in order
    ]


def _places(things: Iterable[K]) -> dict[K, int]:
    return {thing: place for place, thing in enumerate(things)}


def remarks_table(report: Report, *, hidden: bool = False) -> Table:
    """The remarks with their dates; of many the first, and how many more."""
    columns = [
        Column("teacher", N_("Teacher"), Content.TEACHER, 30),
        Column("class", N_("Class"), Content.GROUP, 10),
        Column("subject", N_("Subject"), Content.SUBJECT, 22),
        Column("rule", N_("Remark"), Content.RULE, 18),
        Column("count", N_("Number"), Content.NUMBER, 8),
    ]
    if report.comparison:
        columns.append(Column("stands", N_("Not fixed"), Content.NUMBER, 10))
    columns.append(Column("dates", N_("Dates of lessons"), Content.TEXT, 40))
    rows = []
    for one in remarks_of(report, hidden=hidden):
        days = ", ".join(day.strftime("%d.%m") for day in one.days[:MOST_DAYS])
        left = len(one.days) - MOST_DAYS
        stands = () if one.stands is None else (one.stands,)
        dates = f"{days}, … (+{left})" if left > 0 else days
        rows.append(
            (one.teacher_id, one.group_id, one.subject_id, one.rule, one.count, *stands, dates)
        )
    return Table(
        *("remarks", N_("Remarks"), tuple(columns), tuple(rows)),
        split_by="teacher",
    )
