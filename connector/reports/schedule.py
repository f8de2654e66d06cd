"""The report of hours: the planned timetable and the topic plans against the lessons held."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from connector.i18n import N_
from connector.reports.catalogue import SCHEDULE
from connector.reports.courses_planned import Courses, planned_courses
from connector.reports.facts import Query
from connector.reports.journal import Lesson
from connector.reports.making import Draft, begin, finish
from connector.reports.plan_periods import by_period
from connector.reports.planned_hours import Hours, compare_hours
from connector.reports.report import Report, Request, Silence
from connector.reports.rules.case import NO_TIMETABLE, NO_TOPIC_PLAN, Case, Outcome
from connector.reports.rules.plans import PLAN_RULES
from connector.reports.rules.substitution import substituted
from connector.reports.schedule_tables import by_class, by_plan, by_teacher, not_matched
from connector.reports.school_files import (
    nothing_for,
    read_have,
    read_titles,
    timetables,
    topic_plans,
    with_calendar,
    with_rows,
)
from connector.reports.tables import Chart
from connector.rulebook import Rulebook
from connector.sync.windows import study_year_of

SUBST = "SUBST"


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    hours, courses = _compared(draft)

    def verdict(case: Case) -> Iterable[Outcome]:
        if case.settings.id == SUBST:
            return substituted(case, hours.substitutes) if hours else ()
        return PLAN_RULES[case.settings.id](case, courses.courses)

    rules = draft.rules_of(SCHEDULE)
    findings = draft.judge(rules, verdict)
    report = finish(
        draft,
        SCHEDULE,
        findings,
        rules=rules,
        tables=(
            by_class(draft, hours),
            by_teacher(draft, hours),
            by_plan(draft, courses),
            *with_rows(by_period(draft, courses)),
            *with_rows(not_matched(draft, hours, courses)),
        ),
        charts=(
            Chart(
                N_("Planned and held, by class"),
                "bar",
                "hours_by_class",
                "edu_group",
                ("planned", "held"),
            ),
        )
        if hours
        else (),
    )
    silences = _silences(draft, hours, courses, [one.id for one in rules])
    return replace(
        report, notes=replace(report.notes, silences=(*silences, *report.notes.silences))
    )


def _compared(draft: Draft) -> tuple[Hours | None, Courses]:
    weeks, plans = timetables(draft.request), topic_plans(draft.request)
    if not weeks and not plans:
        return None, Courses()
    year = study_year_of(draft.request.as_of)
    have = with_calendar(read_have(draft.query, year), draft.journal.calendar)
    hours = compare_hours(draft, have, weeks) if weeks else None
    if not plans:
        return hours, Courses()
    return hours, planned_courses(
        draft.journal,
        draft.scene.held,
        have,
        plans,
        read_titles(draft.query, draft.since, draft.request.as_of),
        study_year=year,
    )


def _silences(
    draft: Draft, hours: Hours | None, courses: Courses, rules: list[str]
) -> tuple[Silence, ...]:
    """What the rules say nothing about for want of files: all, or lessons of single groups."""
    found: list[Silence] = []
    shown = draft.shown
    of_plans = [rule for rule in rules if rule != SUBST]
    if SUBST in rules:
        found += (
            nothing_for((SUBST,), NO_TIMETABLE)
            if hours is None
            else _lacking(
                SUBST, NO_TIMETABLE, (one for one in shown if one.group_id not in hours.groups)
            )
        )
    if not courses.courses:
        found += nothing_for(of_plans, NO_TOPIC_PLAN)
    elif of_plans:
        planned = {(course.group_id, course.subject_id) for course in courses.courses}
        unplanned = (one for one in shown if (one.group_id, one.subject_id) not in planned)
        found += _lacking(of_plans[0], NO_TOPIC_PLAN, unplanned)
    return tuple(found)


def _lacking(rule: str, reason: str, lessons: Iterable[Lesson]) -> list[Silence]:
    """One silence for each group."""
    days: dict[int, list[date]] = defaultdict(list)
    for lesson in lessons:
        if lesson.group_id is not None:
            days[lesson.group_id].append(lesson.day)
    return [
        Silence(group, rule, reason, len(found), min(found), max(found))
        for group, found in sorted(days.items())
    ]
