"""The report of changed marks: gather what the history says of marks, judge it, keep what the reader asked to see."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from connector.mirror.books import moment
from connector.reports.catalogue import CHANGES
from connector.reports.facts import Query, read_journal
from connector.reports.homework import Reading
from connector.reports.journal import Lesson
from connector.reports.missing import data_read_at, without_persons
from connector.reports.notes import notes
from connector.reports.report import Report, Request
from connector.reports.rules.case import Gap, Scene, end_of_day, held_lessons
from connector.reports.rules.changes import CHANGE_RULES, MarkChange
from connector.reports.selection import select
from connector.rulebook import Rulebook, RuleSettings
from connector.sync.windows import study_year_of, study_year_span

# A change of a mark's mood or comment is none of its value.
CHANGED_MARKS = """
SELECT m.id, m.person_id, ifnull(m.lesson_id, w.lesson_id), c.op, json_extract(c.before, '$.value'),
       json_extract(c.after, '$.value'), m.value, c.seen_at, c.run_id
  FROM changes c JOIN marks m ON m.id = json_extract(c.key, '$[0]') LEFT JOIN works w ON w.id = m.work_id
 WHERE c.resource = 'marks' AND (c.op = 'withdraw' OR json_type(c.before, '$.value') IS NOT NULL) AND c.seen_at < ?
 ORDER BY c.id
"""
# For a school whose rulebook is older than these rules: days of grace, and what counts as many. Our proposal.
USUAL = {
    "LATE": RuleSettings("LATE", due_working_days=10),
    "CLOSED": RuleSettings("CLOSED", severity="error"),
    "BULK": RuleSettings("BULK", due_working_days=1),
    "DOWN": RuleSettings("DOWN", severity="info", due_working_days=1),
    "UP": RuleSettings("UP", severity="info", due_working_days=1),
}


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report. Rules always see the whole school; the request decides what of it is shown.

    Args:
        query: the mirror's SELECT.
        rulebook: what the school decided; rules it does not know have their usual settings.
        request: day, span of lessons and filters.

    Raises:
        SettingsError: a filter names a class, teacher or subject that is not in the mirror.

    """
    rulebook = replace(rulebook, rules={**USUAL, **rulebook.rules})
    since = study_year_span(study_year_of(request.as_of))[0]
    start, end = request.start or since, request.end or request.as_of
    journal = read_journal(
        query, since=min(since, start), until=request.as_of, week=rulebook.working_week
    )
    chosen = select(journal, request.filters, start, end)
    held, gaps = held_lessons(journal, rulebook, request.as_of)
    scene = Scene(journal, rulebook, request.as_of, request.zone, held, Reading())
    lessons = {lesson.id: lesson for lesson in journal.lessons if lesson.group_id in journal.groups}
    changes = list(_changes(query, lessons, end_of_day(request.as_of, request.zone)))
    rules = [settings for settings in rulebook.enabled_rules() if settings.id in CHANGES.rules]
    outcomes = [
        outcome
        for settings in rules
        for outcome in CHANGE_RULES[settings.id](scene.case(settings), changes)
    ]
    findings = [outcome for outcome in outcomes if not isinstance(outcome, Gap)]
    # Two marks of a lesson are one lesson about which nothing is said.
    gaps += dict.fromkeys(outcome for outcome in outcomes if isinstance(outcome, Gap))
    shown = [lesson for lesson in held if chosen.shows(lesson)]
    report = Report(
        name=CHANGES.name,
        title=CHANGES.title,
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
        findings=tuple(
            sorted(
                filter(chosen.shows_finding, findings),
                key=lambda f: (
                    f.date,
                    f.edu_group_id,
                    f.lesson_number or 0,
                    f.lesson_id or 0,
                    CHANGES.rules.index(f.rule),
                ),
            )
        ),
        notes=notes(scene, chosen, [gap for gap in gaps if chosen.shows(gap.lesson)]),
        names=journal.names,
    )
    return without_persons(report) if request.anonymous else report


def _changes(query: Query, lessons: dict[int, Lesson], until: datetime) -> Iterator[MarkChange]:
    """Changes at lessons of known groups, the oldest first."""
    for mark, person, lesson, op, before, after, value, seen_at, run in query(
        CHANGED_MARKS, (moment(until),)
    ):
        if lesson in lessons:
            gone = op == "withdraw"
            yield MarkChange(
                mark_id=mark,
                person_id=person,
                lesson=lessons[lesson],
                before=value if gone else before,
                after=None if gone else after,
                seen_at=datetime.fromisoformat(seen_at),
                run_id=run,
            )
