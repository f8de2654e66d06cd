"""`dnevnik plan template`: an import template from the one that the panel gives for downloading."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.plan_making import OUT
from connector.i18n import N_, _


@base.command(
    "template",
    summary=N_("Make an import template from the one that the panel gives for downloading."),
    examples=(
        (
            N_("Then look at every line, and name the file in [writes] template:"),
            "dnevnik plan template downloaded.xlsx --out template.toml",
        ),
    ),
)
@base.argument(
    "workbook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="WORKBOOK",
    explain=N_("The downloaded template."),
)
@base.option(
    "--out", type=OUT, required=True, metavar="FILE", explain=N_("The TOML file to write.")
)
@click.pass_obj
def command(console: Console, /, *, workbook: Path, out: Path) -> None:
    """Make a template."""
    from mappings.template_making import template_from_workbook  # noqa: PLC0415 - help must not wait for the core

    write_file(out, template_from_workbook(workbook).encode())
    if console.json:
        console.document({"schema": "dnevnik/template/1", "file": str(out)})
    else:
        console.say(_("Saved: {path}").format(path=out))
