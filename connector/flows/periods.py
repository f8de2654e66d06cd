"""Reporting periods, holidays and final marks of each group."""

import asyncio
from datetime import date, timedelta

from connector.api import calls
from connector.api.models import PersonFinalMarks
from connector.api.rows import to_row
from connector.flows.people import WEEK, Group
from connector.flows.run import Run
from connector.flows.school import ask, whole_school
from connector.records import TABLES, EduGroupId, Row, distinct, stable_id

# Final marks are entered around the end of a period: then they are read every time.
CLOSE_TO_THE_END = timedelta(days=10)


async def read_periods(run: Run, groups: list[Group]) -> None:
    """Read periods and holidays of each group, once a week."""
    asked = [group for group in groups if run.is_due("reporting_periods", WEEK, group.id)]
    periods = await asyncio.gather(
        *(ask(run, calls.reporting_periods(EduGroupId(group.id))) for group in asked)
    )
    shared = await asyncio.gather(
        *(ask(run, calls.reporting_period_group(EduGroupId(group.id))) for group in asked)
    )
    with run.mirror.transaction():
        for group, heard, common in zip(asked, periods, shared, strict=True):
            listed, together = heard.value, common.value
            if listed is None:
                continue
            run.list_rows("reporting_periods", map(to_row, listed), scope=None)
            run.list_rows(
                "edu_group_reporting_periods",
                [(group.id, period.id, None) for period in listed],
                scope="edu_group_id = ?",
                parameters=(group.id,),
                group=group.id,
                complete=heard.whole,
            )
            holidays = (together.holidays if together is not None else None) or []
            run.list_rows("holidays", map(to_row, holidays), scope=None)
            run.list_rows(
                "edu_group_holidays",
                [(group.id, holiday.id, None) for holiday in holidays],
                scope="edu_group_id = ?" if together is not None else None,
                parameters=(group.id,) if together is not None else (),
                group=group.id,
            )
            run.mirror.cover(
                run.id,
                run.started_at,
                whole_school("reporting_periods", group.id),
                state="done",
                rows=len(listed),
            )


def period_starts(run: Run) -> dict[int, date]:
    """First day of the reporting period that holds today, by group; subgroups take their parents'."""
    today = run.today.isoformat()
    rows = run.mirror.query(
        "SELECT gp.edu_group_id, p.start FROM edu_group_reporting_periods gp JOIN reporting_periods p ON p.id = gp.reporting_period_id"
        " WHERE p.start <= ? AND p.finish >= ? AND gp.withdrawn_run IS NULL",
        (today, today),
    )
    return {group: date.fromisoformat(start[:10]) for group, start in rows}


async def read_final_marks(run: Run, groups: list[Group]) -> None:
    """Read final marks of each class: weekly, and every time around the end of a period."""
    edges = run.mirror.query(
        "SELECT DISTINCT finish FROM reporting_periods WHERE withdrawn_run IS NULL AND finish IS NOT NULL"
    )
    near = any(
        abs(date.fromisoformat(finish[:10]) - run.today) <= CLOSE_TO_THE_END for (finish,) in edges
    )
    beat = timedelta(0) if near else WEEK
    asked = [
        group
        for group in groups
        if group.kind != "Subgroup" and run.is_due("final_marks", beat, group.id)
    ]
    answers = await asyncio.gather(
        *(ask(run, calls.final_marks(EduGroupId(group.id))) for group in asked)
    )
    with run.mirror.transaction():
        for group, heard in zip(asked, answers, strict=True):
            if heard.value is None:
                continue
            rows = [row for person in heard.value for row in _rows(group.id, person)]
            run.list_rows(
                "final_marks",
                distinct(rows, TABLES["final_marks"]),
                scope="edu_group_id = ?",
                parameters=(group.id,),
                group=group.id,
                complete=heard.whole,
            )
            run.mirror.cover(
                run.id,
                run.started_at,
                whole_school("final_marks", group.id),
                state="done",
                rows=len(rows),
            )


def _rows(group: int, marks: PersonFinalMarks) -> list[Row]:
    period = marks.reporting_period
    kind = "period" if period is not None else "year"
    rows: list[Row] = []
    for subject in marks.per_subject_final_marks or ():
        mark = subject.final_mark
        if mark is None:
            continue
        # The mark's own row says when it was given; taken from there, the format is the same.
        columns = TABLES["marks"].columns
        given_at = to_row(mark)[columns.index("given_at")]
        own_id = stable_id(marks.person, subject.subject, period, kind)
        rows.append(
            (
                own_id,
                marks.person,
                subject.subject,
                period,
                kind,
                group,
                mark.value,
                mark.work,
                mark.id,
                mark.type,
                given_at,
                None,
            )
        )
    return rows
