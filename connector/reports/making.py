"""What every report begins and ends with: gather the journal, choose what is shown; judge, sort, sign."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from connector.errors import UsageProblem
from connector.i18n import _
from connector.records import Check, Finding
from connector.reports.catalogue import ReportSpec
from connector.reports.checks import Comparison, Looked, compare, trend
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.facts import Query, read_journal
from connector.reports.homework import infer_reading
from connector.reports.journal import Journal, Lesson
from connector.reports.notes import notes
from connector.reports.report import Report, Request
from connector.reports.rules.case import (
    NO_RULEBOOK,
    Case,
    Gap,
    Outcome,
    Scene,
    held_lessons,
)
from connector.reports.selection import Selection, select
from connector.reports.tables import Cell, Chart, Column, Content, Table
from connector.rulebook import Rulebook, RuleSettings
from connector.sync.windows import study_year_of, study_year_span

# A group whose lessons ended longer ago is no longer read every night and says nothing about the age of the data.
RECENT = timedelta(days=14)


@dataclass(slots=True)
class Draft:
    """A report in the making.

    Attributes:
        query: the mirror's SELECT.
        request: what was asked for.
        since: first day of the facts: the study year's first, or an earlier one that was asked for.
        start: first day shown.
        end: last day shown.
        scene: the whole school on the day of judging; rules always see all of it.
        chosen: what of it is shown.
        gaps: lessons about which nothing can be said.

    """

    query: Query
    request: Request
    since: date
    start: date
    end: date
    scene: Scene
    chosen: Selection
    gaps: list[Gap] = field(default_factory=list)
    _shown: list[Lesson] | None = field(default=None, init=False, repr=False)

    @property
    def journal(self) -> Journal:
        """The school's journal."""
        return self.scene.journal

    @property
    def rulebook(self) -> Rulebook:
        """What the school decided."""
        return self.scene.rulebook

    @property
    def shown(self) -> list[Lesson]:
        """Held lessons that the reader asked to see, in order of days."""
        if self._shown is None:
            self._shown = [lesson for lesson in self.scene.held if self.chosen.shows(lesson)]
        return self._shown

    def rules_of(self, spec: ReportSpec) -> tuple[RuleSettings, ...]:
        """Settings of the report's rules that a rulebook of the span switches on, in the rulebook's order."""
        found: dict[str, RuleSettings] = {}
        for book in (self.rulebook, *self.rulebook.in_force_within(self.since, self.end)):
            for one in book.enabled_rules():
                if one.id in spec.rules:
                    found.setdefault(one.id, one)
        return tuple(found.values())

    def judge(
        self,
        settings: Iterable[RuleSettings],
        verdicts: Callable[[Case], Iterable[Outcome]],
    ) -> list[Finding]:
        """Findings of rules; what they cannot say joins the gaps. Each rulebook judges the days it is in force.

        Args:
            settings: of each rule.
            verdicts: finds the rule by `case.settings.id` and carries it out.

        """
        findings: list[Finding] = []
        for book in self.rulebook.in_force_within(self.since, self.end):
            scene = replace(self.scene, rulebook=book)
            for one in settings:
                own = book.rules.get(one.id)
                if own is None or not own.enabled:
                    continue
                for outcome in verdicts(scene.case(own)):
                    if isinstance(outcome, Gap):
                        if book.is_in_force(outcome.lesson.day):
                            self.gaps.append(outcome)
                    elif book.is_in_force(outcome.date):
                        findings.append(outcome)
        return findings


def begin(query: Query, rulebook: Rulebook, request: Request) -> Draft:
    """Gather the journal of the study year and choose what is shown.

    Args:
        query: the mirror's SELECT.
        rulebook: what the school decided.
        request: day, span and filters.

    Raises:
        NothingFits: a filter names a class, teacher, subject, pupil or period that is not in the mirror.
        UsageProblem: the span ends before it begins: an empty report would look like a clean one.

    """
    first = study_year_span(study_year_of(request.as_of))[0]
    start, end = request.start or first, request.end or request.as_of
    since = min(first, start)
    journal = read_journal(query, since=since, until=request.as_of, week=rulebook.working_week)
    chosen = select(journal, request.filters, start, end)
    start, end = chosen.start, chosen.end
    if start > end:
        text = _("The first day, {start:%d.%m.%Y}, is after the last one, {end:%d.%m.%Y}.")
        raise UsageProblem(text.format(start=start, end=end))
    held, gaps = held_lessons(journal, rulebook, request.as_of)
    gaps += _lawless(held, rulebook)
    reading = infer_reading(
        ((lesson.day, target) for lesson in journal.lessons for target in lesson.homework_targets),
        rulebook.homework,
        journal.pulled.get("homework_reading"),
    )
    scene = Scene(journal, rulebook, request.as_of, request.zone, held, reading)
    return Draft(query, request, since, start, end, scene, chosen, gaps)


def _lawless(held: Iterable[Lesson], rulebook: Rulebook) -> list[Gap]:
    """Lessons on days on which no rulebook is in force."""
    books = (rulebook, *rulebook.others)
    judged: dict[date, bool] = {}
    gaps = []
    for lesson in held:
        if lesson.day not in judged:
            judged[lesson.day] = any(book.is_in_force(lesson.day) for book in books)
        if not judged[lesson.day]:
            gaps.append(Gap("", NO_RULEBOOK, lesson))
    return gaps


def finish(
    draft: Draft,
    spec: ReportSpec,
    findings: Iterable[Finding] = (),
    *,
    rules: Iterable[RuleSettings] = (),
    tables: Iterable[Table] = (),
    charts: Iterable[Chart] = (),
    last: Callable[[Report], Report] = lambda report: report,
) -> Report:
    """Keep what the reader asked to see, in order, with what it rests on.

    Args:
        draft: what was gathered.
        spec: the report.
        findings: of the whole school.
        rules: that were checked.
        tables: already narrowed to what is shown.
        charts: over the tables.
        last: adds what needs the comparison with the last check; persons are hidden after it.

    """
    request, chosen, shown = draft.request, draft.chosen, draft.shown
    order = {rule: place for place, rule in enumerate(spec.rules)}
    report = Report(
        name=spec.name,
        title=spec.title,
        as_of=request.as_of,
        made_at=request.now,
        data_read_at=data_read_at(draft.journal, shown, min(draft.end, request.as_of)),
        zone=request.zone,
        start=draft.start,
        end=draft.end,
        filters=request.filters,
        rulebook=draft.rulebook,
        rules=tuple(settings.id for settings in rules),
        lessons_held=len(shown),
        findings=tuple(
            sorted(filter(chosen.shows_finding, findings), key=lambda one: _key(one, order))
        ),
        notes=notes(
            draft.scene, chosen, _once(gap for gap in draft.gaps if chosen.shows(gap.lesson))
        ),
        names=draft.journal.names,
        tables=tuple(tables),
        charts=tuple(charts),
    )
    report = last(_checked(draft, report))
    if request.anonymous or request.hide_teachers:
        report = without_pupils(report)
    return without_teachers(report) if request.hide_teachers else report


def _checked(draft: Draft, report: Report) -> Report:
    """The report as a check, beside the last one."""
    if not report.rules:
        return report
    request = draft.request
    check = Check(
        report=report.name,
        scope=request.scope,
        as_of=report.as_of,
        made_at=report.made_at,
        start=report.start,
        end=report.end,
        lessons_held=report.lessons_held,
        by_rule={rule: report.found(rule) for rule in report.rules},
        findings=report.findings,
    )
    silent = [gap for gap in draft.gaps if draft.chosen.shows(gap.lesson)]
    looked = Looked(
        start=report.start,
        end=report.end,
        rules=report.rules,
        lessons={lesson.id for lesson in draft.shown},
        silent={(gap.rule, gap.lesson.id) for gap in silent},
        silent_courses={(gap.rule, gap.lesson.group_id, gap.lesson.subject_id) for gap in silent},
    )
    return replace(
        report,
        check=check,
        comparison=compare(request.previous, report.findings, looked) if request.previous else None,
        trend=trend((*request.trend, check)),
    )


def _once(gaps: Iterable[Gap]) -> Iterator[Gap]:
    """One gap a rule and lesson: many pupils share a lesson, and two marks of a lesson are one lesson."""
    yield from {(gap.rule, gap.reason, gap.lesson.id): gap for gap in gaps}.values()


def _key(finding: Finding, order: Mapping[str, int]) -> tuple[object, ...]:
    return (
        finding.date,
        finding.edu_group_id,
        finding.lesson_number or 0,
        finding.lesson_id or 0,
        order[finding.rule],
        finding.subject_id or 0,
        finding.person_ids,
    )


def data_read_at(journal: Journal, shown: Iterable[Lesson], end: date) -> datetime | None:
    """The reading of the group that was read longest ago, among those with lessons lately."""
    last_lesson: dict[int, date] = {}
    for lesson in shown:
        group = lesson.group_id or 0
        last_lesson[group] = max(lesson.day, last_lesson.get(group, lesson.day))
    lately = [group for group, day in last_lesson.items() if day >= end - RECENT] or list(
        last_lesson
    )
    readings = [
        read_at
        for group in lately
        for resource in (LESSONS, MARKS, LOG)
        if (read_at := journal.coverage.last_read(resource, group)) is not None
    ]
    return min(readings, default=None)


def without_pupils(report: Report) -> Report:
    """Drop pupils' ids and names; in tables a number takes their place that holds for this report only."""
    return replace(
        report,
        findings=tuple(replace(finding, person_ids=()) for finding in report.findings),
        tables=_numbered(report.tables, Content.PUPIL, ()),
        names=replace(report.names, pupils={}),
        comparison=_past(report.comparison, lambda finding: replace(finding, person_ids=())),
        anonymous=True,
    )


def without_teachers(report: Report) -> Report:
    """Replace each teacher by a number that holds for this report only."""
    then = [one.finding for one in report.comparison.past] if report.comparison else []
    everyone = sorted({who for finding in (*report.findings, *then) for who in finding.teacher_ids})
    number_of = {person: number for number, person in enumerate(everyone, start=1)}

    def hidden(finding: Finding) -> Finding:
        return replace(finding, teacher_ids=tuple(number_of[who] for who in finding.teacher_ids))

    return replace(
        report,
        findings=tuple(map(hidden, report.findings)),
        tables=_numbered(report.tables, Content.TEACHER, everyone),
        comparison=_past(report.comparison, hidden),
        names=replace(report.names, teachers={}),
        teachers_hidden=True,
    )


def _past(comparison: Comparison | None, hide: Callable[[Finding], Finding]) -> Comparison | None:
    """A comparison whose findings of then hide persons."""
    return comparison and replace(
        comparison,
        past=tuple(replace(one, finding=hide(one.finding)) for one in comparison.past),
    )


def _numbered(tables: Iterable[Table], content: Content, known: Iterable[int]) -> tuple[Table, ...]:
    """Tables with numbers in the place of persons: those of `known` first, the others as they are met."""
    number_of: dict[Cell, Cell] = {person: n for n, person in enumerate(known, start=1)}

    def shown(column: Column, cell: Cell) -> Cell:
        if column.content is not content or not isinstance(cell, int):
            return cell
        return number_of.setdefault(cell, len(number_of) + 1)

    return tuple(
        replace(
            table,
            rows=tuple(tuple(map(shown, table.columns, row)) for row in table.rows),
        )
        for table in tables
    )
