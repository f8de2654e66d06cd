"""The command line's root: its commands by name, and the one place where an error becomes a sentence and an exit code."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from connector import __version__
from connector.commands.base import Group, Option
from connector.commands.console import Console, forgiving_streams, stop_signals
from connector.errors import DnevnikError, Interrupted, OutputFull, Unanswered
from connector.errors.reasons import NO_SPACE
from connector.i18n import N_, _, choose_language, set_language

NAME = "dnevnik"
COMPLETE = "_DNEVNIK_COMPLETE"

# Short help stands here, so that `dnevnik --help` and completion import no command.
COMMANDS: dict[str, str] = {
    "demo": N_("Run the whole story on an emulated school"),
    "pull": N_("Bring the school's data from the vendor into the mirror"),
    "status": N_("Show what the mirror holds and how fresh it is"),
    "doctor": N_("Look for what may keep the connector from its work"),
    "report": N_("Build a report from the mirror"),
    "history": N_("Show what the diary said, when, and what changed"),
    "check": N_("Check the school's own files and list every problem"),
    "plan": N_("Plan what would change at the vendor, and why"),
    "apply": N_("Carry a plan out"),
    "verify": N_("Compare the vendor with what a plan wants"),
    "map": N_("Decide which vendor object a local name means"),
    "backup": N_("Make, check and thin out backups of the mirror"),
    "export": N_("Write the data as files for other programs"),
    "browse": N_("Look at the mirror in a browser"),
    "api": N_("Send one call to the vendor and print the answer"),
    "sandbox": N_("Start the emulated vendor for rehearsals"),
    "completion": N_("Print the completion script for a shell"),
}


class Root(Group):
    """The command `dnevnik`: imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order of a first acquaintance."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"connector.commands.{cmd_name}").command
        return command

    def short_helps(self, ctx: click.Context) -> list[tuple[str, str]]:  # noqa: ARG002 - the base class's signature
        """List names and short help without importing a command."""
        return list(COMMANDS.items())

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002 - click's signature
        **extra: Any,
    ) -> NoReturn:
        """Run one command line and leave with its exit code."""
        del prog_name, standalone_mode, windows_expand_args
        argv = list(sys.argv[1:] if args is None else args)
        forgiving_streams()
        set_language(choose_language(option_value(argv, "--lang"), dict(os.environ)))
        instruction = os.environ.get(complete_var or COMPLETE)
        if instruction:
            from click.shell_completion import shell_complete  # noqa: PLC0415 - only a shell asks for it

            sys.exit(shell_complete(self, extra, NAME, complete_var or COMPLETE, instruction))
        sys.exit(run(self, argv, extra))


def option_value(argv: Sequence[str], name: str) -> str | None:
    """Value of an option before click parses: help and usage errors need the language."""
    for index, word in enumerate(argv):
        if word == name and index + 1 < len(argv):
            return argv[index + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def run(root: click.Command, argv: list[str], extra: dict[str, Any]) -> int:
    """Carry out one command line and say what went wrong, if anything did."""
    # An error before the options are parsed must already follow them.
    console = Console(json="--json" in argv, debug="--debug" in argv)
    code = 0
    try:
        with stop_signals(), root.make_context(NAME, argv, obj=console, **extra) as ctx:
            root.invoke(ctx)
        console.flush()
    except click.exceptions.Exit as left:
        code = left.exit_code
    except BrokenPipeError:
        # The reader has seen enough, e.g. `| head`.
        console.silence()
    except click.ClickException as wrong:
        code = console.usage_problem(wrong)
    except click.Abort as left_open:
        # The question still stands on its line.
        click.echo(err=True)
        code = console.failure(Unanswered(), cause=left_open)
    except (KeyboardInterrupt, EOFError) as stopped:
        code = console.failure(Interrupted(), cause=stopped)
    except DnevnikError as error:
        code = console.failure(error)
    except OSError as refused:
        if refused.errno in NO_SPACE:
            # What is left in the stream would be written again at the end, and fail again.
            console.silence()
            code = console.failure(OutputFull(path=_("the output")), cause=refused)
        else:
            code = console.bug(refused)
    except Exception as bug:  # noqa: BLE001 - the last line of defence: a bug too ends in a sentence and an exit code
        code = console.bug(bug)
    return code


def show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's signature
    """Print name and version; imports nothing for it."""
    if value and not ctx.resilient_parsing:
        click.echo(f"{NAME} {__version__}")
        ctx.exit()


dnevnik = Root(
    NAME,
    help=N_("Pull a school's data from Dnevnik.ru into a local mirror and report on it."),
    examples=(
        (N_("See everything at work on an emulated school:"), "dnevnik demo"),
        (
            N_("The same with your school's token:"),
            "DNEVNIK_API_TOKEN=… dnevnik pull && dnevnik report missing",
        ),
    ),
    params=[
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=show_version,
            help=N_("Show the version and exit."),
        )
    ],
)


def main() -> NoReturn:
    """Entry point of the installed command."""
    dnevnik.main()


if __name__ == "__main__":
    main()
