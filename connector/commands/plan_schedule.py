"""`dnevnik plan schedule`: what a weekly timetable would change in the lessons of the weeks ahead."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.plan_making import (
    common,
    deliver,
    local_today,
    plan_options,
    pulled,
    zone_or_none,
)
from connector.commands.plan_sources import changed, given_files, partial, read_sources
from connector.commands.wiring import DAY, open_settings
from connector.i18n import N_, _


@base.command(
    "schedule",
    summary=N_("Plan dated lessons from a weekly timetable."),
    examples=((N_("From aSc Timetables:"), "dnevnik plan schedule school.xml --out plan.json"),),
)
@given_files
@common
@partial
@changed
@base.option(
    "--from",
    "start",
    type=DAY,
    default=None,
    metavar="DAY",
    explain=N_("First day; tomorrow by default."),
)
@base.option(
    "--to",
    "end",
    type=DAY,
    default=None,
    metavar="DAY",
    explain=N_("Last day; [schedule] horizon_days after the first by default."),
)
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    files: tuple[Path, ...],
    start: date | None,
    end: date | None,
    accept_partial: bool,
    accept_changed_source: bool,
    **asked: Any,
) -> None:
    """Plan lessons."""
    from connector.flows.memory import rare_collections  # noqa: PLC0415 - help must not wait for the core
    from connector.flows.push import make_schedule_plan  # noqa: PLC0415 - as above
    from connector.flows.run import PullOptions  # noqa: PLC0415 - as above
    from connector.planned import Channel  # noqa: PLC0415 - as above
    from connector.sync.pattern import ScheduleOptions  # noqa: PLC0415 - as above
    from mappings.subjects import aliases  # noqa: PLC0415 - as above

    settings = open_settings(console)
    today = local_today(settings)
    first = start or today + timedelta(days=1)
    last = end or first + timedelta(days=settings.schedule.horizon_days - 1)
    if last < first:
        raise click.BadParameter(_("the last day is before the first"), param_hint="--to")
    sources = read_sources(console, files, today, accept_partial=accept_partial)
    pulls = PullOptions(
        school_id=settings.school.id, start=first, end=last, full=True, zone=zone_or_none(settings)
    )
    with pulled(console, settings, pulls) as mirror, rare_collections():
        options = plan_options(
            console,
            settings,
            mirror,
            sources,
            kind="schedule",
            changed=accept_changed_source,
            **asked,
        )
        how = ScheduleOptions(
            first,
            last,
            today,
            week=settings.schedule.week,
            anchor=date.fromisoformat(settings.schedule.anchor)
            if settings.schedule.anchor
            else None,
            numbers={int(period): number for period, number in settings.schedule.numbers.items()},
            channel=Channel(options.channel),
        )
        plan = make_schedule_plan(mirror, sources, options, how, aliases())
        deliver(console, mirror, plan, **asked)
