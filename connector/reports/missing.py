"""The report of missing entries: gather the journal, judge it, keep what the reader asked to see."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from connector.records import Finding
from connector.reports.catalogue import MISSING
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.facts import Query, read_journal
from connector.reports.homework import infer_reading
from connector.reports.journal import Journal, Lesson, Names
from connector.reports.notes import notes
from connector.reports.report import Report, Request
from connector.reports.rules import RULES
from connector.reports.rules.case import Gap, Scene, held_lessons
from connector.reports.selection import select
from connector.rulebook import Rulebook
from connector.sync.windows import study_year_of, study_year_span

# A group whose lessons ended longer ago is no longer read every night and says nothing about the age of the data.
RECENT = timedelta(days=14)


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report. Rules always see the whole school; the request decides what of it is shown.

    Args:
        query: the mirror's SELECT.
        rulebook: what the school decided.
        request: day, span and filters.

    Raises:
        SettingsError: a filter names a class, teacher or subject that is not in the mirror.

    """
    since = study_year_span(study_year_of(request.as_of))[0]
    start, end = request.start or since, request.end or request.as_of
    journal = read_journal(
        query, since=min(since, start), until=request.as_of, week=rulebook.working_week
    )
    chosen = select(journal, request.filters, start, end)
    scene, gaps = _scene(journal, rulebook, request)
    rules = [settings for settings in rulebook.enabled_rules() if settings.id in MISSING.rules]
    findings: list[Finding] = []
    for settings in rules:
        for outcome in RULES[settings.id](scene.case(settings)):
            if isinstance(outcome, Gap):
                gaps.append(outcome)
            else:
                findings.append(outcome)
    shown = [lesson for lesson in scene.held if chosen.shows(lesson)]
    report = Report(
        name=MISSING.name,
        title=MISSING.title,
        as_of=request.as_of,
        made_at=request.now,
        data_read_at=data_read_at(journal, shown, min(end, request.as_of)),
        zone=request.zone,
        start=start,
        end=end,
        filters=request.filters,
        rulebook=rulebook,
        rules=tuple(settings.id for settings in rules),
        lessons_held=len(shown),
        findings=tuple(sorted(filter(chosen.shows_finding, findings), key=_order)),
        notes=notes(scene, chosen, [gap for gap in gaps if chosen.shows(gap.lesson)]),
        names=journal.names,
    )
    return without_persons(report) if request.anonymous else report


def _scene(journal: Journal, rulebook: Rulebook, request: Request) -> tuple[Scene, list[Gap]]:
    held, gaps = held_lessons(journal, rulebook, request.as_of)
    reading = infer_reading(
        ((lesson.day, target) for lesson in journal.lessons for target in lesson.homework_targets),
        rulebook.homework,
        journal.pulled.get("homework_reading"),
    )
    return Scene(journal, rulebook, request.as_of, request.zone, held, reading), gaps


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        finding.date,
        finding.edu_group_id,
        finding.lesson_number or 0,
        finding.lesson_id or 0,
        MISSING.rules.index(finding.rule),
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


def without_persons(report: Report) -> Report:
    """Replace each teacher by a number and drop pupils' ids."""
    everyone = sorted({person for finding in report.findings for person in finding.teacher_ids})
    number_of = {person: number for number, person in enumerate(everyone, start=1)}
    return replace(
        report,
        findings=tuple(
            replace(
                finding,
                teacher_ids=tuple(number_of[person] for person in finding.teacher_ids),
                person_ids=(),
            )
            for finding in report.findings
        ),
        names=Names(report.names.groups, report.names.subjects, {}),
        anonymous=True,
    )
