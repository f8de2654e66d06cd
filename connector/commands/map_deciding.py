"""`dnevnik map accept`, `reject` and `set`: a decision typed in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.map_questions import about, questions_in, said, stranger
from connector.commands.planning import who
from connector.commands.wiring import now, open_mirror, open_settings
from connector.errors import UsageProblem
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.decisions import Decision


def _decide(console: Console, decisions: "Sequence[Decision]") -> None:
    """Write down what was typed: all of it or nothing."""
    from connector.flows.decisions import decide  # noqa: PLC0415 - help must not wait for SQLite

    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        known = dict(questions_in(mirror, None))
        strangers = [d.code for d in decisions if d.code not in known]
        if strangers:
            raise stranger(strangers)
        taken, _strangers = decide(mirror, decisions, by=who(), at=now())
    said(console, taken)


@base.command(
    "accept",
    summary=N_("Say that the best choice is the one."),
    examples=(
        (N_("All with exactly one choice:"), "dnevnik map accept --unique --resource persons"),
    ),
)
@base.argument("codes", nargs=-1, metavar="[CODE]...", explain=N_("Codes of questions."))
@base.option(
    "--unique",
    is_flag=True,
    explain=N_("All questions where exactly one fits and nobody else fits it."),
)
@about
@click.pass_obj
def accept(
    console: Console, /, *, codes: tuple[str, ...], unique: bool, resource: str | None
) -> None:
    """Accept candidates."""
    from connector.flows.decisions import Decision, accept_unique, decide  # noqa: PLC0415 - as above

    if bool(codes) == unique:
        raise click.UsageError(_("Name codes, or say --unique."))
    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        known = dict(questions_in(mirror, resource))
        strangers = [code for code in codes if code not in known]
        open_ones = [code for code in codes if code in known and len(known[code].candidates) != 1]
        if strangers:
            raise stranger(strangers)
        if open_ones:
            text = N_("Not exactly one choice: {codes}. Use `dnevnik map set CODE ID`.")
            raise UsageProblem(_(text).format(codes=", ".join(open_ones)))
        decisions = (
            accept_unique(known.values())
            if unique
            else [Decision(code, known[code].candidates[0].vendor_id) for code in codes]
        )
        taken, _strangers = decide(mirror, decisions, by=who(), at=now())
    said(console, taken)


@base.command(
    "reject",
    summary=N_("Say that none of the choices is the one."),
    examples=((N_("One question:"), "dnevnik map reject 3f2a1c9d"),),
)
@base.argument(
    "codes", nargs=-1, required=True, metavar="CODE...", explain=N_("Codes of questions.")
)
@click.pass_obj
def reject(console: Console, /, *, codes: tuple[str, ...]) -> None:
    """Refuse candidates."""
    from connector.flows.decisions import Decision  # noqa: PLC0415 - as above

    _decide(console, [Decision(code, refuses=True) for code in codes])


@base.command(
    "set",
    summary=N_("Say which vendor object it is, or that there is none yet."),
    examples=(
        (N_("This one:"), "dnevnik map set 3f2a1c9d 1000000000123"),
        (N_("A new one:"), "dnevnik map set 3f2a1c9d new"),
    ),
)
@base.argument("code", metavar="CODE", explain=N_("Code of the question."))
@base.argument("vendor_id", metavar="ID|new", explain=N_("Id of the vendor's object, or new."))
@click.pass_obj
def set_(console: Console, /, *, code: str, vendor_id: str) -> None:
    """Set an identity."""
    from connector.flows.decisions import NEW, Decision  # noqa: PLC0415 - as above

    if vendor_id != NEW and not (
        vendor_id.isascii() and vendor_id.isdecimal() and len(vendor_id) < 20
    ):
        raise click.BadParameter(_("a number or new"), param_hint="ID")
    _decide(console, [Decision(code, None if vendor_id == NEW else int(vendor_id))])
