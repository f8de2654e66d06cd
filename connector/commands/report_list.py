"""`dnevnik report list`: which reports there are."""

import click

from connector.commands import base
from connector.commands.console import Console, wrapped
from connector.commands.delivery import FORMATS
from connector.i18n import N_, _
from connector.reports.catalogue import REPORTS


@click.command(
    "list",
    cls=base.Command,
    help=N_("List the reports."),
    examples=((N_("All reports:"), "dnevnik report list"),),
)
@click.pass_obj
def list_reports(console: Console) -> None:
    """Print names and what each report says."""
    if console.json:
        reports = [
            {
                "name": spec.name,
                "title": _(spec.title),
                "summary": _(spec.summary),
                "rules": list(spec.rules),
                "formats": list(FORMATS),
            }
            for spec in REPORTS.values()
        ]
        console.document({"schema": "dnevnik/report-list/1", "reports": reports})
        return
    for spec in REPORTS.values():
        console.say(f"{spec.name}\n{wrapped('  ' + _(spec.summary))}")
