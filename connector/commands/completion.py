"""`dnevnik completion`: the script that makes a shell complete our commands."""

import click

from connector.commands import base
from connector.i18n import N_


@base.command(
    "completion",
    summary=N_("Print the completion script for a shell."),
    examples=(
        (
            N_("bash, for every new shell:"),
            "dnevnik completion bash > ~/.local/share/bash-completion/completions/dnevnik",
        ),
        (N_("zsh, in a folder of $fpath:"), "dnevnik completion zsh > ~/.zfunc/_dnevnik"),
        (N_("fish:"), "dnevnik completion fish > ~/.config/fish/completions/dnevnik.fish"),
    ),
)
@base.argument(
    "shell",
    explain=N_("bash, zsh or fish."),
    type=click.Choice(["bash", "zsh", "fish"]),
    metavar="SHELL",
)
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print click's own script; the command answers it through one environment variable."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only this command needs it

    kind = get_completion_class(shell)
    if kind is not None:  # pragma: no branch - the choices are click's own
        click.echo(kind(ctx.find_root().command, {}, "dnevnik", "_DNEVNIK_COMPLETE").source())
