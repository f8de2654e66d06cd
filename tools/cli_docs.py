"""Write docs/cli.md from what the commands say about themselves; `--check` only compares."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGET = ROOT / "docs" / "cli.md"

from cli import dnevnik  # noqa: E402 - found only once the tree is on the path
from connector.commands.base import Argument, Option  # noqa: E402 - as above
from connector.i18n import set_language  # noqa: E402 - as above

INTRODUCTION = """# The command line

Written by `make docs` from the commands' own help; edit the help, not this page.

Exit codes: 0 done · 1 bug · 2 usage or settings · 3 vendor · 4 input rejected · 5 plan refused · 6 not converged ·
7 mirror, backup or disk unusable · 8 sign-in needed · 9 another run holds the lock · 10 findings (only with `--check`) ·
130 interrupted.
"""


def pages(command: click.Command, ctx: click.Context) -> Iterator[str]:
    """Describe a command, then its subcommands."""
    yield f"## `{ctx.command_path}`\n"
    yield f"{command.help}\n"
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield f"    {ctx.command_path} {usage}\n"
    for parameter in command.params:
        if isinstance(parameter, Argument):
            yield f"- `{parameter.make_metavar(ctx)}`: {parameter.explain}"
        elif (
            isinstance(parameter, Option)
            and not parameter.hidden
            and (ctx.parent is None or not parameter.common)
        ):
            yield f"- `{spelled(parameter, ctx)}`: {parameter.help}{default(parameter)}"
    yield ""
    for explanation, line in getattr(command, "examples", ()):
        yield f"{explanation}\n\n    {line}\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            if child is not None and not child.hidden:
                yield from pages(child, click.Context(child, info_name=name, parent=ctx))


def spelled(option: Option, ctx: click.Context) -> str:
    """Write an option as it is typed."""
    value = "" if option.is_flag else f" {option.make_metavar(ctx)}"
    return ", ".join(option.opts) + value


def default(option: Option) -> str:
    """Name a default worth knowing."""
    return f" Default: {option.default}." if option.show_default else ""


def page() -> str:
    """The whole page, in English."""
    set_language("en")
    return (
        INTRODUCTION
        + "\n"
        + "\n".join(pages(dnevnik, click.Context(dnevnik, info_name="dnevnik"))).rstrip()
        + "\n"
    )


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is current."""
    if "--check" not in arguments:
        TARGET.write_text(page(), encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == page():
        return 0
    print("docs/cli.md is not what the commands say: run `make docs`.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
