"""click in our voice: help translated when it is shown, examples, options that every command takes.

Commands are written with `@command`, `@option` and `@argument` from here; their texts are marked with `N_`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from connector.commands.console import Console
from connector.i18n import LANGUAGES, N_, _, set_language

Example = tuple[str, str]
Function = Callable[..., Any]


class Option(click.Option):
    """An option whose help is translated when shown."""

    common = False

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Translate first: click adds the default and the range after the text."""
        source = self.help
        self.help = translated(source)
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = source


class Argument(click.Argument):
    """A positional argument with a translated line of help."""

    def __init__(self, param_decls: Sequence[str], *, explain: str, **attrs: Any) -> None:
        # Not click's own `help`: that came with click 8.3, and we run on 8.1.
        super().__init__(param_decls, **attrs)
        self.explain = explain


class _Translated(click.Command):
    """What commands and groups share."""

    def __init__(self, *args: Any, examples: Sequence[Example] = (), **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.examples = tuple(examples)
        self.params += [
            option
            for option in common_options()
            if option.name not in {p.name for p in self.params}
        ]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Make the help option ours, so that its text follows the language."""
        if getattr(self, "_help_option", None) is None:
            names = self.get_help_option_names(ctx)
            self._help_option: Any = Option(
                [*names, "shows_help"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_help,
                help=N_("Show this message and exit."),
            )
            self._help_option.common = True
        found: click.Option = self._help_option
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """Translate before click shortens."""
        del limit
        return translated(self.short_help or self.help).partition("\n")[0].rstrip(".")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, in the active language."""
        del ctx
        for paragraph in translated(self.help).split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph)

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Leave arguments to `format_options`: older click has no section for them."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write arguments, own options, then those that every command takes."""
        params = self.get_params(ctx)
        arguments = [(p.make_metavar(ctx), _(p.explain)) for p in params if isinstance(p, Argument)]
        options = [p for p in params if not isinstance(p, click.Argument)]
        own = [p.get_help_record(ctx) for p in options if not getattr(p, "common", False)]
        common = [p.get_help_record(ctx) for p in options if getattr(p, "common", False)]
        for title, rows in (
            (_("Arguments"), arguments),
            (_("Options"), own),
            (_("Common options"), common),
        ):
            shown = [row for row in rows if row is not None]
            if shown:
                with formatter.section(title):
                    formatter.write_dl(shown)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples: commands that can be copied as they stand."""
        del ctx
        if not self.examples:
            return
        with formatter.section(_("Examples")):
            for position, (explanation, line) in enumerate(self.examples):
                if position:
                    formatter.write_paragraph()
                formatter.write_text(_(explanation))
                with formatter.indentation():
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class Command(_Translated):
    """A command of ours."""


class Group(_Translated, click.Group):
    """A command with subcommands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; where there is none, name those that may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            if args[0].startswith("-"):
                raise
            from difflib import get_close_matches  # noqa: PLC0415 - only a slip of the pen needs it

            known = self.list_commands(ctx)
            near = get_close_matches(args[0].lower(), known) or known
            raise click.UsageError(
                _("{wrong} Known: {names}.").format(wrong=wrong.message, names=", ".join(near)), ctx
            ) from None

    def short_helps(self, ctx: click.Context) -> list[tuple[str, str]]:
        """List the visible subcommands with the text for the overview, untranslated."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [
            (name, cmd.short_help or cmd.help or "")
            for name, cmd in found
            if cmd and not cmd.hidden
        ]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands first: they are what a reader looks for."""
        rows = [
            (name, _(text).partition("\n")[0].rstrip(".")) for name, text in self.short_helps(ctx)
        ]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)
        super().format_options(ctx, formatter)


def command(
    name: str, *, summary: str, examples: Sequence[Example], **attrs: Any
) -> Callable[[Function], Command]:
    """Make a function a command; `summary` and the explanations of `examples` are marked strings."""
    return click.command(name, cls=Command, help=summary, examples=examples, **attrs)


def option(*names: str, explain: str, **attrs: Any) -> Callable[[Function], Function]:
    """Give a command an option; `explain` is a marked string."""
    return click.option(*names, cls=Option, help=explain, **attrs)


def argument(*names: str, explain: str, **attrs: Any) -> Callable[[Function], Function]:
    """Give a command a positional argument; `explain` is a marked string."""
    return click.argument(*names, cls=Argument, explain=explain, **attrs)


def common_options() -> list[Option]:
    """Options accepted before and after a command's name; they land in the one `Console`."""
    flags = (
        ("json", N_("Print exactly one JSON document on stdout.")),
        ("quiet", N_("Print results and errors only.")),
        ("verbose", N_("Say more about what is being done.")),
        ("debug", N_("Show where an error arose; never shows names, marks or tokens.")),
        ("no-progress", N_("Show no progress bar.")),
    )
    options = [
        Option(
            ["--config"],
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help=N_("Read settings from FILE instead of ./dnevnik.toml."),
        ),
        Option(["--lang"], type=click.Choice(LANGUAGES), help=N_("Language of help and messages.")),
        *(Option([f"--{name}"], is_flag=True, help=text) for name, text in flags),
    ]
    for made in options:
        made.common = True
        made.expose_value = False
        made.callback = _note_common
    return options


def _note_common(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    # `dnevnik --json pull` and `dnevnik pull --json` mean the same: a later False must not undo an earlier True.
    console = ctx.find_root().obj
    if not value or not isinstance(console, Console):
        return
    if param.name == "lang":
        set_language(value)
    setattr(console, str(param.name), value)


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    del param
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help())
        ctx.exit()


def translated(text: str | None) -> str:
    """Translate a text that may be absent."""
    return _(text) if text else ""
