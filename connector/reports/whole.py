"""All rules at once, and the tables that sum them up: what the summary and the memo of a check have in common."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from connector.i18n import N_
from connector.records import Finding
from connector.reports.catalogue import MISSING
from connector.reports.checks import (
    DROPPED,
    FIXED,
    KNOWN,
    NEW,
    OUTSIDE,
    STANDS,
    UNJUDGED,
    Comparison,
)
from connector.reports.gradebook import judge_marks
from connector.reports.journal import Group, Lesson
from connector.reports.making import Draft
from connector.reports.ordering import ordered
from connector.reports.report import Report
from connector.reports.rules import RULES
from connector.reports.tables import NO_DATA, Cell, Column, Content, Table
from connector.rulebook import RuleSettings

# Rules whose finding says that the lesson's record is not whole.
OF_RECORD = frozenset(MISSING.rules)

LATE = "LATE"

_HELD = Column("lessons", N_("Lessons held"), Content.NUMBER, 10)
_FOUND = Column("findings", N_("Findings"), Content.NUMBER, 11)
_LATE = Column("late", N_("Of them entered late"), Content.NUMBER, 10)
_WHOLE = Column("complete", N_("Complete records, %"), Content.PERCENT, 12)
_RATE = Column("rate", N_("Per 100 lessons"), Content.DECIMAL, 12)


def judge_whole(draft: Draft, rules: Iterable[RuleSettings]) -> list[Finding]:
    """Judge everything the rulebook asks of the journal."""
    settings = tuple(rules)
    entries = [one for one in settings if one.id in RULES]
    findings = draft.judge(entries, lambda case: RULES[case.settings.id](case))
    return findings + judge_marks(draft, [one for one in settings if one.id not in RULES])


def by_rule(report: Report) -> Table:
    """Findings by rule, beside the last check where there was one."""
    comparison = report.comparison
    columns = [Column("rule", N_("Rule"), Content.RULE, 44), _FOUND, _RATE]
    told: Mapping[str, Mapping[str, int]] = {}
    if comparison is not None:
        columns += [
            Column("before", N_("Last check"), Content.NUMBER, 11),
            Column("fixed", N_("Fixed"), Content.NUMBER, 11),
            Column("stands", N_("Not fixed"), Content.NUMBER, 12),
            Column("new", N_("New"), Content.NUMBER, 9),
            Column("other", N_("Not comparable"), Content.NUMBER, 12),
        ]
        told = _beside(report, comparison)
    rows = [_rule_row(report, rule, told.get(rule, {})) for rule in report.rules]
    return Table(
        "rules",
        N_("By rule"),
        tuple(columns),
        tuple(row if comparison is not None else row[:3] for row in rows),
        note=N_(
            "Not comparable: of the last check's findings those whose lesson, rule or day is not looked at any more or whose data were not read, and what cannot be mended any more, such as an entry made late."
        )
        if comparison is not None
        else "",
    )


def _rule_row(report: Report, rule: str, beside: Mapping[str, int]) -> tuple[Cell, ...]:
    count = report.found(rule)
    return (
        rule,
        count,
        rate(count, report.lessons_held),
        beside.get("before", 0),
        beside.get(FIXED, 0),
        beside.get(STANDS, 0),
        beside.get(NEW, 0),
        sum(beside.get(state, 0) for state in (KNOWN, DROPPED, UNJUDGED, OUTSIDE)),
    )


def _beside(report: Report, comparison: Comparison) -> Mapping[str, Mapping[str, int]]:
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for finding, state in zip(report.findings, comparison.states, strict=True):
        told[finding.rule][state] += 1
    for past in comparison.past:
        told[past.finding.rule][past.state] += 1
    for rule, count in comparison.previous.by_rule.items():
        told[rule]["before"] = count
    return told


def by_class(
    report: Report, lessons: Iterable[Lesson], groups: Mapping[int, Group], *, by_name: bool = False
) -> Table:
    """Findings by class with its subgroups; a group of several classes stands by itself.

    Args:
        report: what was found.
        lessons: held, of what is shown.
        groups: of the school.
        by_name: as people look classes up; else the most findings first.

    """

    def home(group_id: int) -> int:
        classes = groups[group_id].class_ids if group_id in groups else ()
        return next(iter(classes)) if len(classes) == 1 else group_id

    held = Counter(home(lesson.group_id or 0) for lesson in lessons)
    found = _grouped((home(finding.edu_group_id), finding) for finding in report.findings)
    column = Column("class", N_("Class"), Content.GROUP, 14)
    order = ordered({*held, *found}, report.names.groups) if by_name else _most_first(held, found)
    return _table(report, ("classes", N_("By class")), column, (order, held, found))


def by_teacher(
    report: Report, lessons: Iterable[Lesson], *, by_name: bool = False, hidden: bool = False
) -> Table:
    """Findings by teacher; a lesson of two teachers counts for both.

    Args:
        report: what was found.
        lessons: held, of what is shown.
        by_name: as people look teachers up; else the most findings first.
        hidden: names will be hidden, so that the order may not tell them.

    """
    held = Counter(teacher for lesson in lessons for teacher in lesson.teacher_ids)
    found = _grouped((who, finding) for finding in report.findings for who in finding.teacher_ids)
    column = Column("teacher", N_("Teacher"), Content.TEACHER, 34)
    order = (
        ordered({*held, *found}, report.names.teachers, hidden=hidden)
        if by_name
        else _most_first(held, found)
    )
    return _table(report, ("teachers", N_("By teacher")), column, (order, held, found))


def _grouped(keyed: Iterable[tuple[int, Finding]]) -> Mapping[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for key, finding in keyed:
        found[key].append(finding)
    return found


def _most_first(held: Mapping[int, int], found: Mapping[int, list[Finding]]) -> list[int]:
    return sorted(
        {*held, *found}, key=lambda one: (-len(found.get(one, ())), -held.get(one, 0), one)
    )


def _table(
    report: Report,
    named: tuple[str, str],
    first: Column,
    counted: tuple[Iterable[int], Mapping[int, int], Mapping[int, list[Finding]]],
) -> Table:
    order, held, found = counted
    rows = [
        (
            one,
            held.get(one, 0),
            len(found.get(one, ())),
            sum(finding.rule == LATE for finding in found.get(one, ())),
            completeness(held.get(one, 0), found.get(one, ())),
        )
        for one in order
    ]
    columns = (first, _HELD, _FOUND, _LATE, _WHOLE)
    kept = [column for column in columns if column is not _LATE or LATE in report.rules]
    places = [columns.index(column) for column in kept]
    return Table(
        *named,
        tuple(kept),
        tuple(tuple(row[place] for place in places) for row in rows),
        note=N_(
            "Complete records: lessons held that lack nothing of what was due by now: topic, homework, marks, attendance, as far as the rulebook asks for them."
        ),
    )


def completeness(held: int, findings: Iterable[Finding]) -> Cell:
    """Share of held lessons whose record lacks nothing that was due, of 100."""
    lacking = {found.lesson_id for found in findings if found.rule in OF_RECORD}
    return Fraction(100 * max(0, held - len(lacking)), held) if held else NO_DATA


def rate(count: int, lessons: int) -> Cell:
    """Findings per 100 lessons."""
    return Fraction(100 * count, lessons) if lessons else NO_DATA


def remarks(report: Report) -> Table:
    """Each teacher's remarks with their dates, one row a class, subject and rule."""
    cells: dict[tuple[int, int, int, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        for who in finding.teacher_ids or (0,):
            key = (who, finding.edu_group_id, finding.subject_id or 0, finding.rule)
            cells[key].append(finding)
    return Table(
        "remarks",
        N_("Remarks"),
        (
            Column("teacher", N_("Teacher"), Content.TEACHER, 30),
            Column("class", N_("Class"), Content.GROUP, 10),
            Column("subject", N_("Subject"), Content.SUBJECT, 22),
            Column("rule", N_("Remark"), Content.RULE, 18),
            Column("count", N_("Number"), Content.NUMBER, 8),
            Column("dates", N_("Dates of lessons"), Content.TEXT, 30),
        ),
        tuple(
            (who or None, group, subject or None, rule, len(found), ", ".join(_days(found)))
            for (who, group, subject, rule), found in cells.items()
        ),
        split_by="teacher",
    )


def _days(findings: Iterable[Finding]) -> Iterator[str]:
    """Days as people write them, each once, in order."""
    for day in sorted({finding.date for finding in findings}):
        yield day.strftime("%d.%m")


def trend_table(report: Report) -> Table:
    """Findings per 100 lessons at each stored check, this one last."""
    return Table(
        "trend",
        N_("Checks one after another"),
        (Column("as_of", N_("Check"), Content.DAY, 12), _HELD, _FOUND, _RATE),
        tuple(
            (check.as_of, check.lessons_held, found, rate(found, check.lessons_held))
            for check in report.trend
            for found in (sum(check.by_rule.values()),)
        ),
    )
