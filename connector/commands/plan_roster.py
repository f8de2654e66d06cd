"""`dnevnik plan roster`: what class lists would change."""

from datetime import date
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
from connector.commands.wiring import open_settings
from connector.i18n import N_


@base.command(
    "roster",
    summary=N_("Plan class lists: who comes, goes, moves, is renamed."),
    examples=(
        (N_("From a workbook:"), "dnevnik plan roster classes.xlsx --out plan.json"),
        (N_("The next study year:"), "dnevnik plan roster 2027.xlsx --year 2027 --out plan.json"),
    ),
)
@given_files
@common
@partial
@changed
@base.option(
    "--year",
    type=click.IntRange(2000, 2100),
    default=None,
    metavar="YEAR",
    explain=N_("Study year by its first calendar year; the running one by default."),
)
@base.option(
    "--whole", is_flag=True, explain=N_("The files name every class: archive those they lack.")
)
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    files: tuple[Path, ...],
    year: int | None,
    whole: bool,
    accept_partial: bool,
    accept_changed_source: bool,
    **asked: Any,
) -> None:
    """Plan class lists."""
    from connector.flows.memory import rare_collections  # noqa: PLC0415 - help must not wait for the core
    from connector.flows.push import make_roster_plan  # noqa: PLC0415 - as above
    from connector.flows.run import PullOptions  # noqa: PLC0415 - as above
    from connector.sync.windows import study_year_of  # noqa: PLC0415 - as above

    settings = open_settings(console)
    today = local_today(settings)
    sources = read_sources(console, files, today, accept_partial=accept_partial)
    wanted = year or study_year_of(today)
    end = date(wanted, 9, 1) if wanted != study_year_of(today) else None
    pulls = PullOptions(
        school_id=settings.school.id,
        only=("people",),
        full=True,
        end=end,
        zone=zone_or_none(settings),
    )
    with pulled(console, settings, pulls) as mirror, rare_collections():
        options = plan_options(
            console,
            settings,
            mirror,
            sources,
            kind="roster",
            changed=accept_changed_source,
            **asked,
        )
        plan = make_roster_plan(mirror, sources, options, study_year=wanted, whole=whole)
        deliver(console, mirror, plan, **asked)
