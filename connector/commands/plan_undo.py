"""`dnevnik plan undo`: how an applied plan is taken back."""

from typing import Any

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.plan_making import common, deliver, plan_options
from connector.commands.wiring import open_mirror, open_settings
from connector.errors import UsageProblem
from connector.i18n import N_, _


@base.command(
    "undo",
    summary=N_("Plan how to take an applied plan back."),
    examples=((N_("Take run 17 back:"), "dnevnik plan undo 17 --out undo.json"),),
)
@base.argument(
    "run",
    type=click.IntRange(min=1),
    metavar="RUN",
    explain=N_("Number of the run; `dnevnik status` lists them."),
)
@common
@click.pass_obj
def command(console: Console, /, *, run: int, **asked: Any) -> None:
    """Plan the way back."""
    from connector.flows.apply import landed  # noqa: PLC0415 - help must not wait for the core
    from connector.flows.push import make_undo_plan  # noqa: PLC0415 - as above
    from connector.sync.plan import from_document  # noqa: PLC0415 - as above
    from connector.sync.undo import undo  # noqa: PLC0415 - as above

    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        document = mirror.plan_of_run(run)
        if document is None:
            raise UsageProblem(
                _("Run {run} applied no plan. `dnevnik status` lists the runs.").format(run=run)
            )
        plan = from_document(document)
        applied, made = landed(plan, mirror.journal(str(document["digest"])))
        operations, stuck = undo(applied, made)
        asked["channel"] = asked.get("channel") or plan.channel.value
        options = plan_options(console, settings, mirror, (), kind="undo", changed=True, **asked)
        made_plan = make_undo_plan(mirror, plan, operations, options)
        if stuck:
            text = N_("Operations that cannot be taken back: {n}.")
            console.warn(_(text).format(n=len(stuck)))
        deliver(console, mirror, made_plan, **asked)
