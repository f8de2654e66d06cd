"""`dnevnik api`: one call to the vendor with our token, pacing and retries."""

import json
from pathlib import Path
from typing import Any

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import open_client, open_settings
from connector.i18n import N_, _

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")


@base.command(
    "api",
    summary=N_(
        "Send one call to the vendor and print the answer as received.\n\n"
        "PATH is what follows /v2/. Calls that write need [writes] enabled = true."
    ),
    examples=(
        (N_("Who the token belongs to:"), "dnevnik api users/me/context"),
        (N_("The subjects of a class:"), "dnevnik api edu-groups/1234567890123456789/subjects"),
        (
            N_("Several persons of one call that reads by POST:"),
            "echo '[1000000000001]' | dnevnik api POST users/many --input -",
        ),
    ),
)
@base.argument(
    "words",
    explain=N_("The path, or a method and the path."),
    metavar="[METHOD] PATH",
    nargs=-1,
    required=True,
)
@base.option(
    "-f",
    "--field",
    "fields",
    multiple=True,
    metavar="KEY=VALUE",
    explain=N_("A query parameter; for POST and PUT a member of the body."),
)
@base.option(
    "--input",
    "source",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    explain=N_("Send the JSON in FILE as the body; - reads it from stdin."),
)
@click.pass_obj
def command(
    console: Console, words: tuple[str, ...], fields: tuple[str, ...], source: Path | None
) -> None:
    """Send the call."""
    method, path = method_and_path(words)
    pairs = tuple(pair(field) for field in fields)
    body: Any = read_body(source) if source else None
    query = pairs
    if body is None and pairs and method not in ("GET", "HEAD", "DELETE"):
        body, query = dict(pairs), ()
    settings = open_settings(console)
    from connector.api import calls  # noqa: PLC0415 - help must not wait for the client

    with open_client(settings) as client:
        answer = client(calls.raw(method, path, query, body))
    text = answer.decode() if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False)
    if console.json:
        content = json.loads(text) if text.strip() else None
        console.document(
            {"schema": "dnevnik/api/1", "method": method, "path": path, "answer": content}
        )
    else:
        console.say(text)


def method_and_path(words: tuple[str, ...]) -> tuple[str, str]:
    """Split `[METHOD] PATH`; the method is GET unless named."""
    if len(words) == 1:
        return "GET", words[0].strip("/")
    if len(words) == 2 and words[0].upper() in METHODS:
        return words[0].upper(), words[1].strip("/")
    raise click.UsageError(
        _("Write a method ({methods}) and one path.").format(methods=", ".join(METHODS))
    )


def pair(field: str) -> tuple[str, str]:
    """Split `key=value`."""
    key, sign, value = field.partition("=")
    if not sign or not key:
        raise click.BadParameter(_("write KEY=VALUE"), param_hint="-f")
    return key, value


def read_body(source: Path) -> Any:
    """Read a JSON body from a file or, for `-`, from stdin."""
    try:
        with click.open_file(str(source), encoding="utf-8-sig") as stream:
            return json.load(stream)
    except OSError as problem:
        raise click.FileError(str(source), problem.strerror or "") from problem
    except ValueError as problem:
        raise click.BadParameter(
            _("{path} is not JSON").format(path=source), param_hint="--input"
        ) from problem
