"""`dnevnik verify PLAN`: read the plan's scope again and say what is still different."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.planning import (
    PLAN_FILE,
    open_desk,
    outcome_document,
    outcome_lines,
    read_plan,
)
from connector.commands.wiring import open_settings
from connector.errors import NotConverged
from connector.i18n import N_


@base.command(
    "verify",
    summary=N_(
        "Read again what a plan is about, and list what the vendor does not show yet.\n\n"
        "Writes nothing to the vendor. Exit code 6 while something remains."
    ),
    examples=((N_("After the import files were uploaded:"), "dnevnik verify plan.json"),),
)
@base.argument("plan_file", metavar="PLAN", type=PLAN_FILE, explain=N_("A saved plan."))
@click.pass_obj
def command(console: Console, /, *, plan_file: Path) -> None:
    """Verify a plan."""
    settings = open_settings(console)
    plan, document = read_plan(plan_file)
    from connector.flows.apply import verify  # noqa: PLC0415 - help must not wait for the client

    with open_desk(console, settings, plan, document) as desk:
        result = verify(desk)
    if console.json:
        console.document(outcome_document("verify", plan, result))
    else:
        console.say("\n".join(outcome_lines(plan, result)))
    if result.remaining:
        raise NotConverged(remaining=len(result.remaining))
