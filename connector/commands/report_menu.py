"""`dnevnik report` without a name at a terminal: offers the reports, asks what to make, remembers the last choice."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import click

from connector.commands.console import write_file
from connector.commands.delivery import FORMATS
from connector.commands.wiring import today_here
from connector.errors import OutputFull
from connector.i18n import N_, _
from connector.reports.catalogue import REPORTS

LABELS = {
    "table": N_("on the screen"),
    "xlsx": N_("workbook for Excel"),
    "docx": N_("document for Word"),
    "pdf": N_("PDF to print"),
    "html": N_("page for the browser"),
}
T = TypeVar("T")


def is_wanted() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def choose() -> list[str]:
    """Ask for a report and a form; returns the arguments behind `dnevnik report`."""
    last = remembered()
    names = list(REPORTS)
    click.echo(_("Reports:"))
    wide = max(map(len, names))
    for number, name in enumerate(names, start=1):
        click.echo(f"{number:>4}  {name:<{wide}}  {_(REPORTS[name].title)}")
    name = ask(N_("Number or name"), names, last[0])
    forms = [form for form in LABELS if form in FORMATS]
    click.echo(_("What to make:"))
    for number, form in enumerate(forms, start=1):
        click.echo(f"{number:>4}  {form:<{wide}}  {_(LABELS[form])}")
    form = ask(N_("Number or name"), forms, last[1])
    remember(name, form)
    if form == "table":
        return [name]
    return [name, "--format", form, "--out", f"{name}-{today_here().isoformat()}.{FORMATS[form]}"]


def ask(question: str, choices: Sequence[str], last: str) -> str:
    """One of the choices, by number or name; Enter takes the last one again."""
    usual = last if last in choices else choices[0]
    while True:
        said = click.prompt(_(question), default=usual).strip().lower()
        if said in choices:
            return said
        if said.isdecimal() and 1 <= int(said) <= len(choices):
            return choices[int(said) - 1]
        click.echo(_("{said} is neither a number nor a name of the list.").format(said=said))


def remembered() -> tuple[str, str]:
    """The last report and form; empty where nothing is remembered or the memory is spoilt."""
    try:
        kept = json.loads(memory().read_text(encoding="utf-8"))
        return str(kept["report"]), str(kept["form"])
    except (OSError, ValueError, LookupError, TypeError):
        return "", ""


def remember(report: str, form: str) -> None:
    """Keep the choice; a home that cannot be written to is no obstacle."""
    path = memory()
    with suppress(OSError, click.ClickException, OutputFull):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, json.dumps({"report": report, "form": form}).encode())


def memory() -> Path:
    """Where the choice lies."""
    from platformdirs import user_state_path  # noqa: PLC0415 - only this file is looked for there

    return user_state_path("dnevnik", appauthor=False) / "last-report.json"
