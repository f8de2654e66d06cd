"""The personal sheet of each teacher: lessons, marks, what is missing, what was late, and the dates."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from connector.i18n import N_
from connector.records import Finding
from connector.reports.catalogue import TEACHER
from connector.reports.facts import Query
from connector.reports.journal import Lesson, Names
from connector.reports.lateness import LateMarks
from connector.reports.making import Draft, begin, finish
from connector.reports.ordering import ordered
from connector.reports.report import Report, Request
from connector.reports.rules import RULES
from connector.reports.rules.case import Case, Outcome
from connector.reports.selection import natural
from connector.reports.tables import Cell, Chart, Column, Content, Table
from connector.reports.timeliness_figures import Timeliness
from connector.reports.whole import OF_RECORD, completeness, remarks
from connector.rulebook import Rulebook

NOTE = N_(
    "A lesson of several teachers counts for each. Complete: lessons that lack neither topic, homework, marks nor attendance as far as the rules ask for them. Lateness in working days after the deadline; the median is of the late ones; a correction moves the moment of entry."
)
_TEACHER = Column("teacher", N_("Teacher"), Content.TEACHER, 30)
_LESSONS = Column("lessons", N_("Lessons held"), Content.NUMBER, 9)
_MARKS = Column("marks", N_("Marks"), Content.NUMBER, 8)
_PER_LESSON = Column("marks_per_lesson", N_("Marks per lesson"), Content.DECIMAL, 9)
_SHEET = (
    _TEACHER,
    _LESSONS,
    Column("complete", N_("Complete records, %"), Content.PERCENT, 10),
    Column("missing", N_("Records missing"), Content.NUMBER, 9),
    _MARKS,
    _PER_LESSON,
    Column("in_time", N_("Marks in time, %"), Content.PERCENT, 9),
    Column("late", N_("Marks late"), Content.NUMBER, 8),
    Column("median", N_("Median, days"), Content.DECIMAL, 8),
    Column("worst", N_("Worst, days"), Content.NUMBER, 8),
)
_COURSES = (
    _TEACHER,
    Column("class", N_("Class"), Content.GROUP, 14),
    Column("subject", N_("Subject"), Content.SUBJECT, 26),
    _LESSONS,
    _MARKS,
    _PER_LESSON,
)


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(TEACHER)
    late_marks = LateMarks(draft)

    def verdicts(case: Case) -> Iterable[Outcome]:
        rule = case.settings.id
        return RULES[rule](case) if rule in RULES else late_marks.verdicts(case)

    findings = draft.judge(rules, verdicts)
    shown = draft.shown
    late = late_marks.tally(shown).teachers
    courses = _courses(draft, shown)

    def sheets(report: Report) -> Report:
        return replace(
            report,
            tables=(
                _sheets(draft, shown, report.findings, late),
                courses,
                _wanted(draft, remarks(report)),
            ),
        )

    charts = (Chart(N_("Records missing"), "bar", "teachers", "teacher", ("missing",)),)
    return finish(draft, TEACHER, findings, rules=rules, charts=charts, last=sheets)


def _sheets(
    draft: Draft,
    lessons: Iterable[Lesson],
    findings: Iterable[Finding],
    late: dict[int | None, Timeliness],
) -> Table:
    held: dict[int, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        for teacher in lesson.teacher_ids:
            held[teacher].append(lesson)
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        for teacher in finding.teacher_ids:
            found[teacher].append(finding)
    rows = [
        _row(teacher, held[teacher], found[teacher], late.get(teacher, Timeliness()))
        for teacher in ordered(held, _teachers(draft))
    ]
    return _wanted(
        draft,
        Table("teachers", N_("Teachers"), _SHEET, tuple(rows), NOTE, split_by="teacher", wide=True),
    )


def _row(
    teacher: int, held: list[Lesson], found: list[Finding], late: Timeliness
) -> tuple[Cell, ...]:
    marks = sum(lesson.marks for lesson in held)
    return (
        *(teacher, len(held), completeness(len(held), found)),
        sum(one.rule in OF_RECORD for one in found),
        *(marks, Fraction(marks, len(held))),
        *(late.share, late.late.total(), late.median, late.worst),
    )


def _courses(draft: Draft, lessons: Iterable[Lesson]) -> Table:
    held: Counter[tuple[int, int, int]] = Counter()
    marks: Counter[tuple[int, int, int]] = Counter()
    for lesson in lessons:
        for teacher in lesson.teacher_ids:
            key = (teacher, lesson.group_id or 0, lesson.subject_id or 0)
            held[key] += 1
            marks[key] += lesson.marks
    names, places = draft.journal.names, ordered({key[0] for key in held}, _teachers(draft))
    order = {teacher: place for place, teacher in enumerate(places)}
    keys = sorted(held, key=lambda key: (order[key[0]], _course_key(names, *key[1:])))
    rows = [
        (
            *(teacher, group, subject or None, held[teacher, group, subject]),
            marks[teacher, group, subject],
            Fraction(marks[teacher, group, subject], held[teacher, group, subject]),
        )
        for teacher, group, subject in keys
    ]
    return _wanted(
        draft, Table("courses", N_("Lessons and marks"), _COURSES, tuple(rows), split_by="teacher")
    )


def _course_key(names: Names, group: int, subject: int) -> tuple[object, ...]:
    return (
        natural(names.groups.get(group, "")),
        natural(names.subjects.get(subject, "")),
        group,
        subject,
    )


def _teachers(draft: Draft) -> dict[int, str]:
    """Names that may decide the order: none when they are hidden."""
    return {} if draft.request.hide_teachers else dict(draft.journal.names.teachers)


def _wanted(draft: Draft, table: Table) -> Table:
    """Only the teachers who were asked for: their lessons may have had others too."""
    wanted = draft.chosen.teachers
    if wanted is None:
        return table
    return replace(table, rows=tuple(row for row in table.rows if row[0] in wanted))
