"""`dnevnik plan …`: the group of commands that tell what would change at the vendor, and why, as a file a person reads first."""

from importlib import import_module

import click

from connector.commands import base
from connector.i18n import N_

# In the order of a first acquaintance. Each stands in a file of its own and is imported only when it is called.
COMMANDS = {
    name: f"connector.commands.plan_{name}"
    for name in ("roster", "schedule", "template", "undo", "restore")
}


class Plans(base.Group):
    """Knows the subcommands of other files."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them as the pages do."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a subcommand; None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(COMMANDS[cmd_name]).command
        return found


command = Plans(
    "plan",
    help=N_(
        "Plan what would change at the vendor, and why.\n\n"
        "Pulls first, so that the plan is made on what the vendor shows now. Nothing is written to the vendor: "
        "read the plan, then give it to `dnevnik apply`."
    ),
    examples=(
        (N_("Class lists:"), "dnevnik plan roster classes.xlsx --out plan.json --html plan.html"),
        (
            N_("The timetable, four weeks ahead:"),
            "dnevnik plan schedule school.xml --out plan.json",
        ),
    ),
)
