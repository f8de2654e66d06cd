"""Reporting periods, holidays and final marks of each group."""

from datetime import date

from connector.api import calls
from connector.api.models import ReportingPeriod, ReportingPeriodGroup
from connector.api.rows import to_row
from connector.flows.groups import WEEK, Group
from connector.flows.lanes import together
from connector.flows.run import Run
from connector.flows.school import Heard, ask, settle, whole_school
from connector.records import TABLES, EduGroupId, Rows
from connector.sync.windows import batches

# A class's final marks are thousands of rows: no more than a few answers are held at once.
GROUPS_AT_ONCE = 8


async def read_periods(run: Run, groups: list[Group]) -> None:
    """Read periods and holidays of each group, once a week."""
    asked = [group for group in groups if run.is_due("reporting_periods", WEEK, group.id)]
    periods = await together(
        *(ask(run, calls.reporting_periods(EduGroupId(g.id)), skips_known=True) for g in asked)
    )
    shared = await together(
        *(ask(run, calls.reporting_period_group(EduGroupId(g.id)), skips_known=True) for g in asked)
    )
    with run.mirror.transaction():
        for group, own, common in zip(asked, periods, shared, strict=True):
            _take_periods(run, group.id, own)
            _take_holidays(run, group.id, common)


def _take_periods(run: Run, group: int, heard: Heard[list[ReportingPeriod]]) -> None:
    if heard.value is not None:
        run.list_rows("reporting_periods", map(to_row, heard.value), scope=None)
        run.list_rows(
            "edu_group_reporting_periods",
            [(group, period.id, None) for period in heard.value],
            scope="edu_group_id = ?",
            parameters=(group,),
            group=group,
            complete=heard.whole,
        )
    window = whole_school("reporting_periods", group)
    settle(run, window, heard, table="edu_group_reporting_periods")


def _take_holidays(run: Run, group: int, heard: Heard[ReportingPeriodGroup]) -> None:
    if heard.value is not None:
        holidays = heard.value.holidays or []
        run.list_rows("holidays", map(to_row, holidays), scope=None)
        run.list_rows(
            "edu_group_holidays",
            [(group, holiday.id, None) for holiday in holidays],
            scope="edu_group_id = ?",
            parameters=(group,),
            group=group,
            complete=heard.whole,
        )
    settle(run, whole_school("holidays", group), heard, table="edu_group_holidays")


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
    """Read final marks of each class once a week."""
    asked = [
        group
        for group in groups
        if group.kind != "Subgroup" and run.is_due("final_marks", WEEK, group.id)
    ]
    for batch in batches((group.id for group in asked), GROUPS_AT_ONCE):
        answers = await together(
            *(ask(run, calls.final_marks_rows(EduGroupId(g)), skips_known=True) for g in batch)
        )
        with run.mirror.transaction():
            for group, heard in zip(batch, answers, strict=True):
                _take_final_marks(run, group, heard)


def _take_final_marks(run: Run, group: int, heard: Heard[Rows]) -> None:
    rows = heard.value["final_marks"] if heard.value is not None else []
    if heard.value is not None:
        at = TABLES["final_marks"].columns.index("edu_group_id")
        named = [row if row[at] is not None else (*row[:at], group, *row[at + 1 :]) for row in rows]
        first_time = not run.read_before("final_marks", group)
        if not (first_time and run.insert_new({"final_marks": named})):
            run.list_rows(
                "final_marks",
                named,
                scope="edu_group_id = ?",
                parameters=(group,),
                group=group,
                complete=heard.whole,
            )
    settle(run, whole_school("final_marks", group), heard, rows=len(rows), table="final_marks")
