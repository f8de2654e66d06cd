"""`dnevnik doctor`: what may keep the connector from its work, part by part, with the remedy."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base
from connector.commands.console import Console, wrapped
from connector.commands.wiring import now, open_client
from connector.errors import DnevnikError
from connector.i18n import N_, _, set_language

if TYPE_CHECKING:
    from connector.flows.doctor import Line
    from connector.settings import Loaded

VERDICTS = {"ok": N_("ok"), "warn": N_("warning"), "fail": N_("FAILED")}


@base.command(
    "doctor",
    summary=N_(
        "Look at everything the connector needs: settings, token and rights, clocks, disk, mirror, backups.\n\n"
        "Nothing is changed; the vendor is asked one question. Warnings end with 0; the worst failure decides otherwise: 7 mirror, backup or disk, 2 settings, 8 token, 3 vendor."
    ),
    examples=(
        (N_("Before the first pull, and when something is odd:"), "dnevnik doctor"),
        (
            N_("For a monitor:"),
            "dnevnik doctor --json | jq '.lines[] | select(.verdict != \"ok\")'",
        ),
    ),
)
@base.option("--offline", is_flag=True, explain=N_("Do not ask the vendor."))
@click.pass_obj
def command(console: Console, /, *, offline: bool) -> None:
    """Print a line for each part; end with the code of the worst failure."""
    from connector.flows.doctor import exit_code_of  # noqa: PLC0415 - help must not wait for the parts

    lines = list(examined(console, offline=offline))
    code = exit_code_of(lines)
    if console.json:
        console.document(document(lines, code))
    else:
        console.say("\n".join(shown(lines)))
    if code:
        raise click.exceptions.Exit(code)


def examined(console: Console, *, offline: bool) -> "Iterator[Line]":
    """Look at every part; with settings that cannot be read there is nothing else to look at."""
    from connector.flows import doctor  # noqa: PLC0415 - help must not wait for the parts
    from connector.flows import doctor_files as files  # noqa: PLC0415 - as above
    from connector.flows.doctor_mirror import mirror  # noqa: PLC0415 - as above
    from connector.settings import load  # noqa: PLC0415 - as above

    try:
        loaded = load(os.environ, config=console.config)
    except DnevnikError as problem:
        yield doctor.failed("settings", problem)
        return
    settings = loaded.settings
    if settings.ui.lang and not console.lang and not os.environ.get("DNEVNIK_LANG"):
        set_language(settings.ui.lang)
    yield _settings(loaded)
    for sentence in loaded.warnings:
        yield doctor.doubtful("settings", N_("{sentence}"), "", sentence=sentence)
    try:
        client = open_client(settings)
    except DnevnikError as problem:
        yield doctor.failed("token", problem)
    else:
        with client:
            yield doctor.fine("token", N_("There is a token."))
            if not offline:
                yield from doctor.vendor(client, now)
    path = settings.mirror.path.expanduser()
    secrets = [file.expanduser() for file in (settings.api.token_file,) if file]
    yield from files.disk(path, (target.expanduser() for target in settings.backup.targets))
    yield from mirror(path, now())
    yield from files.modes(path, int(settings.mirror.mode, 8), secrets)
    yield from files.backups(path, now())


def _settings(loaded: "Loaded") -> "Line":
    from connector.flows.doctor import fine  # noqa: PLC0415 - help must not wait for the parts

    if loaded.file is None:
        return fine("settings", N_("Settings: environment and defaults."))
    return fine("settings", N_("Settings were read from {file}."), file=str(loaded.file))


def document(lines: "Iterable[Line]", code: int) -> dict[str, Any]:
    """The JSON document: docs/json/doctor.json."""
    listed = [
        {
            "name": line.name,
            "verdict": line.verdict,
            "text": _said(line),
            "remedy": _remedy(line) or None,
            "facts": {name: _plain(value) for name, value in line.facts.items()},
        }
        for line in lines
    ]
    verdicts = [line["verdict"] for line in listed]
    return {
        "schema": "dnevnik/doctor/1",
        "ok": "fail" not in verdicts,
        "exit_code": code,
        "counts": {verdict: verdicts.count(verdict) for verdict in VERDICTS},
        "lines": listed,
    }


def shown(lines: "Iterable[Line]") -> Iterator[str]:
    """The lines for people, each remedy below what it is for."""
    for line in lines:
        yield wrapped(f"{_(VERDICTS[line.verdict]):<8} {_said(line)}")
        if remedy := _remedy(line):
            # Extraction does not look into f-strings.
            advice = _("What to do: {remedy}").format(remedy=remedy)
            yield wrapped(f"{'':<8} {advice}")


def _said(line: "Line") -> str:
    return line.problem.sentence() if line.problem else _(line.said).format(**line.facts)


def _remedy(line: "Line") -> str:
    return _(line.remedy).format(**line.facts) if line.remedy else ""


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | None) else str(value)
