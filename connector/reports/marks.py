"""The report of marks: gather marks pupil by pupil, judge them, keep what the reader asked to see."""

from collections.abc import Iterable

from connector.records import Finding
from connector.reports.catalogue import MARKS
from connector.reports.facts import Query, read_journal
from connector.reports.grade_facts import read_grades
from connector.reports.homework import Reading
from connector.reports.missing import data_read_at, without_persons
from connector.reports.notes import notes
from connector.reports.report import Report, Request
from connector.reports.rules.case import Gap, Scene, held_lessons
from connector.reports.rules.ground import survey
from connector.reports.rules.marks import MARK_RULES
from connector.reports.selection import select
from connector.rulebook import Rulebook
from connector.sync.windows import study_year_of, study_year_span


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report. Rules always see the whole school and study year; the request decides what of it is shown.

    Args:
        query: the mirror's SELECT.
        rulebook: what the school decided; a rule it does not name is not checked.
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
    held, gaps = held_lessons(journal, rulebook, request.as_of)
    scene = Scene(journal, rulebook, request.as_of, request.zone, held, Reading())
    rules = [settings for settings in rulebook.enabled_rules() if settings.id in MARKS.rules]
    findings: list[Finding] = []
    if rules:
        ground = survey(scene, read_grades(query, since=min(since, start), until=request.as_of))
        for settings in rules:
            for outcome in MARK_RULES[settings.id](scene.case(settings), ground):
                if isinstance(outcome, Gap):
                    gaps.append(outcome)
                else:
                    findings.append(outcome)
    shown = [lesson for lesson in held if chosen.shows(lesson)]
    report = Report(
        name=MARKS.name,
        title=MARKS.title,
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
        notes=notes(scene, chosen, _once(gap for gap in gaps if chosen.shows(gap.lesson))),
        names=journal.names,
    )
    return without_persons(report) if request.anonymous else report


def _once(gaps: Iterable[Gap]) -> Iterable[Gap]:
    """One gap a rule and lesson: many pupils share a lesson."""
    return {(gap.rule, gap.reason, gap.lesson.id): gap for gap in gaps}.values()


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        finding.date,
        finding.edu_group_id,
        finding.lesson_number or 0,
        finding.lesson_id or 0,
        MARKS.rules.index(finding.rule),
        finding.subject_id or 0,
        finding.person_ids,
    )
