"""`dnevnik report rulebook`: the rules in force, and a start for a school's own."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console, wrapped, write_file
from connector.commands.wiring import FILE, open_settings, today_here
from connector.i18n import N_, _, language

if TYPE_CHECKING:
    from connector.rulebook import Rulebook, RuleSettings
    from connector.settings import Settings


def rulebook_of(settings: "Settings", on: date) -> "Rulebook":
    """The school's rulebook of a day, or the shipped sample."""
    from mappings.rulebooks import read_rulebook  # noqa: PLC0415 - help must not wait for it

    own = settings.reports.rulebook
    return read_rulebook(own.expanduser(), on=on) if own else read_rulebook()


@click.command(
    "rulebook",
    cls=base.Command,
    help=N_(
        "Show the rulebook in force, or export the shipped one as a start for your school's own.\n\n"
        "Put its file into [reports] rulebook afterwards."
    ),
    examples=(
        (N_("Start your own:"), "dnevnik report rulebook --export rulebook.toml"),
        (N_("What is in force:"), "dnevnik report rulebook"),
    ),
)
@base.option(
    "--export", type=FILE, metavar="FILE", explain=N_("Write the shipped rulebook to FILE.")
)
@click.pass_obj
def rulebook(console: Console, /, *, export: Path | None) -> None:
    """Print or export the rulebook."""
    from connector.rulebook import RULE_SPECS  # noqa: PLC0415 - help must not wait for it
    from mappings.rulebooks import IN_RUSSIAN, SHIPPED  # noqa: PLC0415 - help must not wait for it

    if export is not None:
        if export.exists():
            raise click.UsageError(
                _("{path} exists already; name another file.").format(path=export)
            )
        write_file(export, (IN_RUSSIAN if language() == "ru" else SHIPPED).read_bytes())
        console.note(_("Written: {path}").format(path=export))
        return
    settings = open_settings(console)
    own = settings.reports.rulebook
    book = rulebook_of(settings, today_here())
    rules = [
        {
            "rule": rule.id,
            "clause": rule.clause,
            "severity": rule.severity,
            "due_working_days": rule.due_working_days,
        }
        for rule in book.enabled_rules()
    ]
    if console.json:
        about = {
            "name": book.name,
            "act": book.act,
            "date": book.date,
            "file": str(own) if own else None,
            "in_force_from": _iso(book.in_force_from),
            "in_force_to": _iso(book.in_force_to),
            "others": [
                {
                    "name": other.name,
                    "act": other.act,
                    "in_force_from": _iso(other.in_force_from),
                    "in_force_to": _iso(other.in_force_to),
                }
                for other in book.others
            ],
        }
        console.document({"schema": "dnevnik/report-rulebook/1", **about, "rules": rules})
        return
    console.say(_("Rulebook: {name}").format(name=book.name))
    act = book.act
    if act and book.date:
        act = _("{act} of {day}").format(act=act, day=_day(date.fromisoformat(book.date)))
    console.say(_("Act: {act}").format(act=act))
    for other in (book, *book.others):
        if other.in_force_from or other.in_force_to:
            console.say(
                _("In force from {start} to {end}: {name}").format(
                    start=_day(other.in_force_from), end=_day(other.in_force_to), name=other.name
                )
            )
    for one in book.enabled_rules():
        console.say(f"\n{one.id}: {_(RULE_SPECS[one.id].title)}")
        console.say(wrapped("  " + ", ".join(norms(one))))
    off = [one.id for one in book.rules.values() if not one.enabled]
    if off:
        console.say("\n" + wrapped(_("Switched off: {rules}").format(rules=", ".join(off))))


def norms(rule: "RuleSettings") -> Iterator[str]:
    """What a rulebook asks by one rule: clause, deadline, parameters as they are written in the file."""
    from connector.rulebook import RULE_SPECS  # noqa: PLC0415 - help must not wait for it

    if rule.clause:
        yield rule.clause
    if RULE_SPECS[rule.id].has_deadline:
        yield _("within working days: {days}").format(days=rule.due_working_days)
    for name, value in rule.params.items():
        yield f"{name}={str(value).lower()}"


def _iso(one: date | None) -> str | None:
    """A day as JSON holds it."""
    return one.isoformat() if one else None


def _day(one: date | None) -> str:
    """A day as people write it, or a dash."""
    return one.strftime("%d.%m.%Y") if one else "—"
