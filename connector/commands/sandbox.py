"""`dnevnik sandbox`: the emulated vendor in its own process."""

import importlib.util
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.wiring import DAY, FILE, today_here
from connector.errors import FileUnreadable, UsageProblem
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.sandbox.config import SandboxConfig

NEEDED = ("python_multipart", "starlette", "uvicorn")


@base.command(
    "sandbox",
    summary=N_(
        "Start the emulated vendor for rehearsals: a whole invented school behind the vendor's API.\n\n"
        "When it is ready it prints its address and tokens as lines for the shell. Stop it with Ctrl-C."
    ),
    examples=(
        (N_("In one terminal:"), "dnevnik sandbox --port 8750 > sandbox.env"),
        (N_("In another:"), ". ./sandbox.env && dnevnik pull && dnevnik report missing"),
        (
            N_("A school with slow answers, and what a checker should find in it:"),
            "dnevnik sandbox --latency-ms 50 --truth truth.json",
        ),
    ),
)
@base.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=0,
    explain=N_("Port to listen on; 0 takes a free one."),
)
@base.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    explain=N_("Address to listen on; others than 127.0.0.1 open it to the network."),
)
@base.option(
    "--seed",
    type=int,
    metavar="N",
    default=7,
    show_default=True,
    explain=N_("The same seed gives the same school."),
)
@base.option(
    "--pupils",
    type=click.IntRange(30, 3000),
    metavar="N",
    default=550,
    show_default=True,
    explain=N_("Size of the school."),
)
@base.option(
    "--today", type=DAY, metavar="D", explain=N_("The school's day; by default this machine's.")
)
@base.option(
    "--latency-ms",
    type=click.IntRange(0, 60_000),
    metavar="N",
    default=0,
    explain=N_("Wait this long before each answer."),
)
@base.option(
    "--rate",
    type=click.FloatRange(0.1, 100_000),
    metavar="N",
    default=200.0,
    show_default=True,
    explain=N_("Calls a second before throttling."),
)
@base.option(
    "--burst",
    type=click.IntRange(1, 100_000),
    metavar="N",
    default=400,
    show_default=True,
    explain=N_("Calls at once before throttling."),
)
@base.option("--faults", type=FILE, metavar="FILE", explain=N_("Scripted faults (TOML)."))
@base.option(
    "--state",
    type=FILE,
    metavar="FILE",
    explain=N_("Keep what is written to the school in FILE, over restarts."),
)
@base.option(
    "--truth",
    type=FILE,
    metavar="FILE",
    explain=N_("Write what was planted in the school to FILE (JSON)."),
)
@base.option(
    "--week", type=click.Choice(["5", "6"]), default="5", explain=N_("Days in a school week.")
)
@base.option(
    "--marks-by",
    type=click.Choice(["lesson", "entry"]),
    default="lesson",
    explain=N_("Which date selects the marks of a class: the lesson's or the entry's."),
)
@base.option(
    "--homework-lesson",
    type=click.Choice(["given", "due"]),
    default="given",
    explain=N_("Whether a homework stands at the lesson it was given at or is due on."),
)
@base.option(
    "--second-mark",
    type=click.Choice(["replace", "add"]),
    default="replace",
    explain=N_("Whether a second mark for a work takes the place of the first or is added to it."),
)
@base.option(
    "--plant",
    type=click.Choice(["usual", "rules"]),
    default="usual",
    explain=N_("What is wrong in the school: what teachers forget, or cases of every rule too."),
)
@base.option(
    "--attendance",
    type=click.Choice(["exceptions", "roll"]),
    default="exceptions",
    explain=N_("Whether only absences are entered, or presence too."),
)
@base.option(
    "--timetables",
    type=click.Choice(["array", "object"]),
    default="array",
    explain=N_("Shape of the answer with bell times."),
)
@base.option(
    "--statuses",
    type=click.Choice(["sparse", "words"]),
    default="sparse",
    explain=N_("Whether only cancelled lessons carry a status, or all."),
)
@base.option(
    "--no-subgroups",
    is_flag=True,
    explain=N_("Leave subgroups out of the school's list of classes."),
)
@base.option(
    "--refuse-edu-groups",
    is_flag=True,
    explain=N_("Refuse the school's list of classes to every token."),
)
@click.pass_obj
def command(
    console: Console, /, *, host: str, port: int, truth: Path | None, **switches: Any
) -> None:
    """Serve until stopped."""
    check_extra()
    from connector.sandbox import server  # noqa: PLC0415 - starlette is an extra

    try:
        config = config_of(switches)
        if truth is not None:
            # Written before the address is told: who waits for the address finds the file whole.
            write_file(
                truth, json.dumps(server.truth(config), ensure_ascii=False, indent=1).encode()
            )
        server.serve(config, host=host, port=port, ready=lambda info: announce(console, info))
    except ValueError as wrong:
        # The emulator shares no error class with us; its messages speak of switches and fault rules only.
        raise UsageProblem(str(wrong)) from wrong
    except OSError as problem:
        text = N_(
            "The emulator cannot listen on {host}:{port} ({reason}). Name another with --port."
        )
        raise UsageProblem(
            _(text).format(host=host, port=port, reason=problem.strerror)
        ) from problem
    except KeyboardInterrupt:
        # For a server this is the ordinary end.
        console.note(_("The emulated vendor has stopped."))


def announce(console: Console, info: Mapping[str, Any]) -> None:
    """Tell address and tokens to whoever waits for them."""
    if console.json:
        console.document({"schema": "dnevnik/sandbox/1", **info}, compact=True)
    else:
        console.say(shell_lines(info))
    console.note(_("The emulated vendor is ready. Stop it with Ctrl-C."))


def config_of(switches: Mapping[str, Any]) -> "SandboxConfig":
    """Turn the command's switches into the emulator's configuration."""
    from connector.sandbox.config import SandboxConfig  # noqa: PLC0415 - starlette is an extra

    return SandboxConfig(
        seed=switches["seed"],
        pupils=switches["pupils"],
        today=switches["today"] or today_here(),
        latency_ms=switches["latency_ms"],
        rate=switches["rate"],
        burst=switches["burst"],
        marks_by=switches["marks_by"],
        subgroups_listed=not switches["no_subgroups"],
        edu_groups_refused=switches["refuse_edu_groups"],
        timetables_as=switches["timetables"],
        homework_lesson=switches["homework_lesson"],
        attendance=switches["attendance"],
        statuses=switches["statuses"],
        second_mark=switches["second_mark"],
        plant=switches["plant"],
        week=int(switches["week"]),
        faults=read_faults(switches["faults"]),
        state=None if switches["state"] is None else str(switches["state"]),
    )


def read_faults(path: Path | None) -> str | None:
    """Read a fault script; only that it is TOML is checked here, the emulator knows the rest."""
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
        tomllib.loads(text)
    except OSError as problem:
        raise click.FileError(str(path), problem.strerror or "") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise FileUnreadable(
            where=path, value=problem, allowed=_("a TOML file in UTF-8")
        ) from problem
    return text


def shell_lines(info: Mapping[str, Any]) -> str:
    """Write address and tokens so that a shell can read them."""
    others = [
        f"# {role}: DNEVNIK_API_TOKEN={token}"
        for role, token in info["tokens"].items()
        if role != "admin"
    ]
    return "\n".join(
        [
            f"export DNEVNIK_API_BASE_URL={info['base_url']}",
            f"export DNEVNIK_API_TOKEN={info['tokens']['admin']}",
            f"# school: {info['school_id']}, today: {info['today']}",
            *others,
        ]
    )


def check_extra() -> None:
    """Say how to get the emulator's libraries where they are missing."""
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise UsageProblem(
            N_(
                "The emulated vendor needs more libraries. Run: pip install 'dnevnik-connector[sandbox]'"
            )
        )


def day_of(info: Mapping[str, Any]) -> date:
    """The emulated school's day."""
    return date.fromisoformat(info["today"])
