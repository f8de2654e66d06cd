"""The report as a JSON document; its shape is promised by docs/json/report.json."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from connector.i18n import _
from connector.records import Finding
from connector.reports.render.about import warnings
from connector.reports.render.json_text import json_parts, settled
from connector.reports.render.legible import legible_report
from connector.reports.render.sheets import Translate
from connector.reports.render.table_document import (
    Document,
    named_document,
    table_document,
    teacher_document,
)
from connector.reports.report import Notes, Report
from connector.reports.rules.case import utc_text
from connector.rulebook import RULE_SPECS

SCHEMA = "dnevnik/report/1"


def json_bytes(report: Report, translate: Translate = _) -> bytes:
    """The document as UTF-8 text, readable by people, with a line end."""
    written = io.BytesIO()
    for part in json_parts(_document(report, translate)):
        written.write(part.encode())
    written.write(b"\n")
    return written.getvalue()


def document(report: Report, translate: Translate = _) -> Document:
    """The report as plain JSON values: ids are strings, days ISO 8601, moments UTC with `Z`.

    Args:
        report: what to show.
        translate: only sentences and headings (`text`, `title`, `note`, `warnings`) depend on the language.

    """
    made: Document = settled(_document(report, translate))
    return made


def _document(report: Report, translate: Translate) -> Document:
    """The document with iterators in the place of its long lists."""
    report = legible_report(report)
    return {
        "schema": SCHEMA,
        "report": report.name,
        "as_of": report.as_of.isoformat(),
        "made_at": utc_text(report.made_at),
        "data_read_at": _moment(report.data_read_at),
        "data_age_s": report.data_age_s,
        "history_begins": _moment(report.history_begins),
        "from": report.start.isoformat(),
        "to": report.end.isoformat(),
        "filters": _filters(report),
        "anonymous": report.anonymous,
        "teachers_hidden": report.teachers_hidden,
        "rulebook": {
            "name": report.rulebook.name,
            "act": report.rulebook.act,
            "date": report.rulebook.date or None,
        },
        "warnings": warnings(report, translate),
        "summary": _summary(report, translate),
        "findings": (
            _finding(report, finding, translate) | {"state": state}
            for finding, state in zip(report.findings, states_of(report), strict=True)
        ),
        "comparison": _comparison(report, translate),
        "trend": [
            {
                "as_of": check.as_of.isoformat(),
                "lessons_held": check.lessons_held,
                "by_rule": dict(check.by_rule),
            }
            for check in report.trend
        ],
        "tables": (table_document(report, table, translate) for table in report.tables),
        "charts": [
            {
                "title": translate(chart.title),
                "kind": chart.kind,
                "table": chart.table,
                "label": chart.label,
                "values": list(chart.values),
            }
            for chart in report.charts
        ],
        "notes": _notes(report, report.notes),
    }


def _filters(report: Report) -> Document:
    return {
        "classes": list(report.filters.classes),
        "teachers": [] if report.teachers_hidden else list(report.filters.teachers),
        "subjects": list(report.filters.subjects),
        "pupils": [] if report.anonymous else list(report.filters.pupils),
        "periods": list(report.filters.periods),
    }


def _summary(report: Report, translate: Translate) -> Document:
    by_group: dict[int, dict[str, int]] = {}
    by_teacher: dict[int, dict[str, int]] = {}
    for finding in report.findings:
        _count(by_group, (finding.edu_group_id,), finding.rule)
        _count(by_teacher, finding.teacher_ids, finding.rule)
    return {
        "lessons_held": report.lessons_held,
        "findings": len(report.findings),
        "not_judged": sum(silence.lessons for silence in report.notes.silences),
        "by_rule": {rule: report.found(rule) for rule in report.rules},
        "by_edu_group": [
            {"edu_group": named_document(group, report.names.groups), "by_rule": counts}
            for group, counts in sorted(by_group.items())
        ],
        "by_teacher": [
            {"teacher": teacher_document(report, person, translate), "by_rule": counts}
            for person, counts in sorted(by_teacher.items())
        ],
    }


def _count(counts: dict[int, dict[str, int]], keys: Iterable[int], rule: str) -> None:
    for key in keys:
        of_key = counts.setdefault(key, {})
        of_key[rule] = of_key.get(rule, 0) + 1


def _finding(report: Report, finding: Finding, translate: Translate) -> Document:
    teachers = [teacher_document(report, person, translate) for person in finding.teacher_ids]
    return {
        "rule": finding.rule,
        "clause": finding.clause,
        "severity": finding.severity,
        "edu_group": named_document(finding.edu_group_id, report.names.groups),
        "subject": None
        if finding.subject_id is None
        else named_document(finding.subject_id, report.names.subjects),
        "teacher": teachers[0] if teachers else None,
        "teachers": teachers,
        "lesson": _id(finding.lesson_id),
        "lesson_number": finding.lesson_number,
        "date": finding.date.isoformat(),
        "due_on": finding.due_on.isoformat(),
        "due_at": finding.due_at,
        "days_late": finding.days_late,
        "read_at": finding.read_at,
        "persons": [str(person) for person in finding.person_ids],
        "text": translate(RULE_SPECS[finding.rule].sentence),
    }


def _comparison(report: Report, translate: Translate) -> Document | None:
    if report.comparison is None:
        return None
    return {
        "as_of": report.comparison.previous.as_of.isoformat(),
        "made_at": utc_text(report.comparison.previous.made_at),
        "counts": dict(report.comparison.counts()),
        "past": (
            _finding(report, one.finding, translate) | {"state": one.state}
            for one in report.comparison.past
        ),
    }


def states_of(report: Report) -> Sequence[str | None]:
    """What each finding is beside the last check: `new` or `stands`; None where there was no check before."""
    if report.comparison is None:
        return [None] * len(report.findings)
    return report.comparison.states


def _notes(report: Report, notes: Notes) -> Document:
    groups = report.names.groups
    return {
        "statuses": [
            {
                "status": met.status,
                "lessons": met.lessons,
                "read_as": "held" if met.held else "not_held",
            }
            for met in notes.statuses
        ],
        "homework": {
            "reading": notes.homework.reading,
            "basis": notes.homework.basis,
            "target_later": notes.homework.later,
            "target_same_day": notes.homework.same,
            "target_other": notes.homework.other,
        },
        "attendance": [
            {
                "edu_group": named_document(group, groups),
                "mode": mode.mode,
                "lessons": mode.lessons,
                "with_presence": mode.with_presence,
            }
            for group, mode in notes.attendance
        ],
        "saturday": {
            "working": notes.saturdays,
            "six_day_classes": [named_document(group, groups) for group in notes.six_days],
            "basis": "data" if notes.saturdays_found else "rulebook",
        },
        "without_data": [
            {
                "edu_group": None
                if silence.group_id is None
                else named_document(silence.group_id, groups),
                "rule": silence.rule or None,
                "reason": silence.reason,
                "lessons": silence.lessons,
                "from": _day(silence.first),
                "to": _day(silence.last),
            }
            for silence in notes.silences
        ],
        "failed": [
            {
                "edu_group": named_document(window.group_id, groups),
                "resource": window.resource,
                "from": window.start.isoformat(),
                "to": window.end.isoformat(),
                "reason": window.reason,
            }
            for window in notes.failed
        ],
        "freshness": [
            {
                "edu_group": named_document(fresh.group_id, groups),
                "lessons": _moment(fresh.lessons),
                "marks": _moment(fresh.marks),
                "lesson_log_entries": _moment(fresh.log),
            }
            for fresh in notes.freshness
        ],
        "clock_differs": notes.clock_differs,
        "groups_found_by": notes.groups_found_by,
    }


def _id(key: int | None) -> str | None:
    return None if key is None else str(key)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)
