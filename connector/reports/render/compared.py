"""The findings of the last check that are not found any more, as lists for people."""

from collections.abc import Iterator

from connector.reports.checks import FIXED, STATES, Past
from connector.reports.render.sheets import (
    Block,
    Column,
    Kind,
    Sheet,
    Translate,
    group_name,
    pupil_names,
    subject_name,
    teacher_names,
)
from connector.reports.report import Report
from connector.rulebook import RULE_SPECS


def past_sheets(report: Report, translate: Translate) -> Iterator[Sheet]:
    """What is fixed since the last check, then what cannot be compared; each only when there is any."""
    if report.comparison is None:
        return
    fixed = [one for one in report.comparison.past if one.state == FIXED]
    other = [one for one in report.comparison.past if one.state != FIXED]
    for title, listed in (
        (translate("Fixed since the last check"), fixed),
        (translate("Not comparable"), other),
    ):
        if listed:
            yield Sheet(title, (_block(report, listed, translate),), is_list=True)


def _block(report: Report, listed: list[Past], translate: Translate) -> Block:
    pupils = any(one.finding.person_ids for one in listed)
    columns = (
        Column(translate("Date"), Kind.DAY, 12),
        Column(translate("Class"), width=14),
        Column(translate("Lesson no."), Kind.NUMBER, 8),
        Column(translate("Subject"), width=26),
        *((Column(translate("Pupil"), width=32),) if pupils else ()),
        Column(translate("Teacher"), width=32),
        Column(translate("What was missing"), width=18),
        Column(translate("What became of it"), width=24),
    )
    rows = tuple(
        (
            one.finding.date,
            group_name(report, one.finding.edu_group_id),
            one.finding.lesson_number,
            subject_name(report, one.finding.subject_id),
            *((pupil_names(report, one.finding, translate),) if pupils else ()),
            teacher_names(report, one.finding, translate),
            translate(RULE_SPECS[one.finding.rule].short),
            translate(STATES[one.state]),
        )
        for one in listed
    )
    return Block("", columns, rows)
