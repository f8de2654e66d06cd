"""A report laid out as blocks of cells: what all formats for people have in common. Still data, no bytes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction

from connector.i18n import N_
from connector.records import Finding
from connector.reports.checks import STATES
from connector.reports.report import Report
from connector.reports.selection import natural
from connector.reports.tables import Unknown
from connector.rulebook import RULE_SPECS

Translate = Callable[[str], str]
Cell = str | int | Fraction | date | datetime | Unknown | None

SEVERITY_LABELS: Mapping[str, str] = {
    "error": N_("violation"),
    "warning": N_("warning"),
    "info": N_("note"),
}
# More pupils of one finding are counted.
_PUPILS_NAMED = 3


class Kind(Enum):
    """How a column is shown and read; ids are text everywhere, for they are longer than a spreadsheet's numbers."""

    TEXT = "text"
    LINE = "line"  # text that may run on over empty neighbours
    WARNING = "warning"  # as a line, in red
    NUMBER = "number"
    DECIMAL = "decimal"
    MEAN = "mean"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"
    ID = "id"
    SEVERITY = "severity"
    DAYS_LATE = "days_late"


NUMERIC = frozenset({Kind.NUMBER, Kind.DECIMAL, Kind.MEAN, Kind.PERCENT, Kind.DAYS_LATE})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its translated heading, its kind, its width in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True)
class Block:
    """A table with a title; the title is empty where the sheet's is enough.

    `note` stands below it; `has_totals` tells that the last row sums the others up.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    has_totals: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Blocks under one another. A list is one block that readers sort and filter.

    `printed` columns go to paper; what stands behind them serves machines. None means all.
    """

    title: str
    blocks: tuple[Block, ...]
    is_list: bool = False
    printed: int | None = None


def day_text(day: date | None) -> str:
    """A day as people in Russia write it."""
    return day.strftime("%d.%m.%Y") if day else ""


def group_name(report: Report, group_id: int | None) -> str:
    """Name of a group, or its id when it has none."""
    if group_id is None:
        return "—"
    return report.names.groups.get(group_id) or _tail(group_id)


def subject_name(report: Report, subject_id: int | None) -> str:
    """Name of a subject, or a dash."""
    return report.names.subjects.get(subject_id, "—") if subject_id is not None else "—"


def teacher_name(report: Report, person_id: int, translate: Translate) -> str:
    """Name of a teacher; a number where teachers are hidden."""
    if report.teachers_hidden:
        return translate("Teacher {number}").format(number=person_id)
    return report.names.teachers.get(person_id) or _tail(person_id)


def teacher_names(report: Report, finding: Finding, translate: Translate) -> str:
    """Everybody expected to act, or words saying that nobody is named."""
    names = [teacher_name(report, person, translate) for person in finding.teacher_ids]
    return ", ".join(names) or translate("no teacher named")


def pupil_name(report: Report, person_id: int, translate: Translate) -> str:
    """Name of a pupil; a number where pupils are left out."""
    if report.anonymous:
        return translate("Pupil {number}").format(number=person_id)
    return report.names.pupils.get(person_id) or _tail(person_id)


def pupil_names(report: Report, finding: Finding, translate: Translate) -> str:
    """Pupils of a finding; of many, the first and how many more."""
    persons = finding.person_ids
    names = [pupil_name(report, person, translate) for person in persons[:_PUPILS_NAMED]]
    listed = ", ".join(names)
    if len(persons) <= _PUPILS_NAMED:
        return listed
    more = len(persons) - _PUPILS_NAMED
    return translate("{names} and {count} more").format(names=listed, count=more)


def one_pupil(report: Report, finding: Finding, translate: Translate) -> str:
    """The pupil of a finding about a single one, else nothing: lists of names are for the workbook."""
    return pupil_names(report, finding, translate) if len(finding.person_ids) == 1 else ""


def lesson_text(finding: Finding, translate: Translate) -> str:
    """Number of the lesson, days late, and how many pupils when there are several."""
    known = {"number": finding.lesson_number or "—", "days": finding.days_late}
    if len(finding.person_ids) < 2:
        return translate("{number}, late {days}").format(**known)
    text = translate("{number}, late {days}, pupils: {count}")
    return text.format(**known, count=len(finding.person_ids))


def has_pupils(report: Report) -> bool:
    """Whether any finding is about pupils."""
    return any(finding.person_ids for finding in report.findings)


def _tail(key: int) -> str:
    return f"…{key % 10_000:04d}"


def findings_sheet(
    report: Report, translate: Translate, found: Iterable[Finding] | None = None
) -> Sheet:
    """Findings, one a row; all of them unless some are given."""
    pupils = has_pupils(report)
    states = _states(report, translate)
    columns = (
        Column(translate("Date"), Kind.DAY, 12),
        Column(translate("Class"), width=14),
        Column(translate("Lesson no."), Kind.NUMBER, 8),
        Column(translate("Subject"), width=26),
        *((Column(translate("Pupil"), width=32),) if pupils else ()),
        Column(translate("Teacher"), width=32),
        Column(translate("What is missing"), width=18),
        Column(translate("Severity"), Kind.SEVERITY, 13),
        Column(translate("Due by"), Kind.DAY, 12),
        Column(translate("Days late"), Kind.DAYS_LATE, 12),
        *((Column(translate("Since the last check"), width=16),) if states else ()),
        Column(translate("Clause"), width=18),
        Column(translate("Rule"), width=8),
        Column(translate("Lesson id"), Kind.ID, 21),
    )
    rows = tuple(
        (
            finding.date,
            group_name(report, finding.edu_group_id),
            finding.lesson_number,
            subject_name(report, finding.subject_id),
            *((pupil_names(report, finding, translate),) if pupils else ()),
            teacher_names(report, finding, translate),
            translate(RULE_SPECS[finding.rule].short),
            translate(SEVERITY_LABELS[finding.severity]),
            finding.due_on,
            finding.days_late,
            *((states[finding],) if states else ()),
            finding.clause,
            finding.rule,
            None if finding.lesson_id is None else str(finding.lesson_id),
        )
        for finding in (report.findings if found is None else found)
    )
    block = Block("", columns, rows)
    return Sheet(translate("Findings"), (block,), is_list=True, printed=len(columns) - 2)


def _states(report: Report, translate: Translate) -> Mapping[Finding, str]:
    """What each finding is beside the last check; empty when there was none."""
    if report.comparison is None:
        return {}
    return {
        finding: translate(STATES[state])
        for finding, state in zip(report.findings, report.comparison.states, strict=True)
    }


def count_block(
    report: Report,
    title: str,
    first: Column,
    keyed: Iterable[tuple[str, str]],
    translate: Translate,
) -> Block:
    """Counts of findings by a key and by rule; the most findings first.

    Args:
        report: whose rules are the columns.
        title: of the block.
        first: heading of the key.
        keyed: key and rule, one pair a finding.
        translate: into the report's language.

    """
    counts: dict[str, Counter[str]] = {}
    for key, rule in keyed:
        counts.setdefault(key, Counter())[rule] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1].total(), natural(item[0])))
    columns = (
        first,
        *(Column(translate(RULE_SPECS[rule].short), Kind.NUMBER, 15) for rule in report.rules),
        Column(translate("Total"), Kind.NUMBER, 9),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (key, *(count[rule] for rule in report.rules), count.total()) for key, count in ordered
    )
    return Block(title, columns, rows)


def teacher_block(report: Report, translate: Translate) -> Block:
    """Counts by teacher and rule; a lesson of two teachers counts for both."""
    nobody = translate("no teacher named")
    return count_block(
        report,
        translate("By teacher"),
        Column(translate("Teacher"), width=32),
        (
            (name, finding.rule)
            for finding in report.findings
            for name in (
                [teacher_name(report, person, translate) for person in finding.teacher_ids]
                or [nobody]
            )
        ),
        translate,
    )


def class_block(report: Report, translate: Translate) -> Block:
    """Counts by class and rule."""
    return count_block(
        report,
        translate("By class"),
        Column(translate("Class"), width=32),
        ((group_name(report, finding.edu_group_id), finding.rule) for finding in report.findings),
        translate,
    )
