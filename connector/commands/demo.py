"""`dnevnik demo`: the whole story on the emulated school, in one command."""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base, delivery, pull, report, status
from connector.commands.console import Console, write_file
from connector.commands.demo_folder import MIRROR, clear, leave_settings, settings_of
from connector.commands.sandbox import check_extra, day_of, shell_lines
from connector.commands.wiring import DAY, FOLDER, now, open_client, open_mirror, today_here
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.settings import Settings

Info = Mapping[str, Any]
FORMATS = ("table", "json", "csv", "xlsx")


@base.command(
    "demo",
    summary=N_(
        "Run the whole story on an emulated school: pull its data into a mirror, look at it, report what is missing, "
        "check the journal twice and write the memo and the summary of the check; "
        "then plan the sample class list and timetable, apply both and verify; "
        "at last back the mirror up, drill the backup, and bring back into the diary what was deleted there since.\n\n"
        "Needs no token and no network."
    ),
    examples=(
        (N_("Everything in the folder demo-out:"), "dnevnik demo"),
        (
            N_("Leave the school running, to try commands on it:"),
            "dnevnik demo --out /tmp/demo --serve",
        ),
    ),
)
@base.option(
    "--out",
    "folder",
    type=FOLDER,
    default=Path("demo-out"),
    show_default=True,
    metavar="DIR",
    explain=N_("Folder for the mirror and the reports."),
)
@base.option(
    "--serve",
    is_flag=True,
    explain=N_("Keep the emulated school running afterwards; stop it with Ctrl-C."),
)
@base.option(
    "--read-only",
    is_flag=True,
    explain=N_("Leave out all that plans, writes, backs up and restores."),
)
@base.option(
    "--pupils",
    type=click.IntRange(30, 3000),
    default=550,
    show_default=True,
    metavar="N",
    explain=N_("Size of the school."),
)
@base.option(
    "--seed",
    type=int,
    default=7,
    show_default=True,
    metavar="N",
    explain=N_("The same seed gives the same school."),
)
@base.option(
    "--today", type=DAY, metavar="D", explain=N_("The school's day; by default this machine's.")
)
@click.pass_obj
def command(
    console: Console, /, *, folder: Path, serve: bool, read_only: bool, **switches: Any
) -> None:
    """Start the school, pull, report, plan and write, say where everything lies."""
    check_extra()
    from connector.sandbox.config import SandboxConfig  # noqa: PLC0415 - starlette is an extra
    from connector.sandbox.server import RunningSandbox  # noqa: PLC0415 - as above

    config = SandboxConfig(
        seed=switches["seed"],
        pupils=switches["pupils"],
        today=switches["today"] or today_here(),
        # The demo shows the school, not the throttling.
        rate=10_000.0,
        burst=10_000,
    )
    console.note(_("1. Starting the emulated school (pupils: {n})…").format(n=config.pupils))
    with RunningSandbox(config) as school:
        settings = settings_of(school.info, folder / MIRROR, console.lang)
        clock = clock_of(day_of(school.info))
        document = story(console, settings, school.info, school.truth(), clock)
        if not read_only:
            from connector.commands.demo_backup import back_up_and_restore  # noqa: PLC0415 - help must not wait for it
            from connector.commands.rehearsal import STEPS, rehearse  # noqa: PLC0415 - as above

            document["writes"] = rehearse(console, folder, step=6)
            document["losses"] = back_up_and_restore(
                console, settings, school.info, clock, step=6 + STEPS
            )
        if console.json:
            console.document(document)
        else:
            console.say("\n".join(lines(document)))
        if serve:
            mirror = f"export DNEVNIK_MIRROR_PATH={folder / MIRROR}"
            click.echo(f"{shell_lines(school.info)}\n{mirror}", err=console.json)
            console.note(_("The emulated school is running. Stop it with Ctrl-C."))
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


def story(
    console: Console, settings: "Settings", info: Info, truth: Info, clock: Callable[[], datetime]
) -> dict[str, Any]:
    """Pull, look, report; returns what `--json` prints."""
    from connector.flows.pull import pull as pull_school  # noqa: PLC0415 - help must not wait for the client
    from connector.flows.run import PullOptions  # noqa: PLC0415 - as above
    from connector.mirror.status import status_document  # noqa: PLC0415 - as above

    folder = settings.mirror.path.parent
    clear(settings, folder, str(info["school_id"]))
    console.note(_("2. Pulling its data into {path}…").format(path=settings.mirror.path))
    with (
        open_client(settings) as client,
        open_mirror(settings, write=True) as mirror,
        console.progress(_("Pull")) as advance,
    ):
        result = pull_school(
            client, mirror, PullOptions(), clock=clock, progress=pull.watcher(advance)
        )
    pulled = result.document()
    keep(folder / "pull.json", pulled)
    if result.error is not None:
        raise result.error
    console.note(_("3. Looking at the mirror…"))
    with open_mirror(settings) as mirror:
        seen = status_document(mirror.query, path=str(settings.mirror.path), now=clock())
    keep(folder / "status.json", seen)
    write_file(folder / "status.txt", "\n".join([*status.lines(seen), ""]).encode())
    leave_settings(settings.mirror.path)
    console.note(_("4. Reporting what is missing…"))
    made = report.build(console, settings, report.Asked(name="missing", as_of=day_of(info)), clock)
    lang = settings.reports.lang
    files = delivery.write(made, FORMATS, folder, lang=lang)
    found = delivery.document(made, lang)["findings"]
    console.note(_("5. Checking the journal twice, for the memo and the summary…"))
    from connector.commands.demo_checks import check_twice  # noqa: PLC0415 - as above

    checks = check_twice(console, settings, info, day_of(info), clock)
    return {
        "schema": "dnevnik/demo/1",
        "mirror": str(settings.mirror.path),
        "report": str(files["xlsx"]),
        "summary": str(files["table"]),
        "files": {name: str(path) for name, path in files.items()},
        "tables": seen["tables"],
        "rules": graded(truth["planted"], found),
        "checks": checks,
    }


def clock_of(day: date) -> Callable[[], datetime]:
    """The machine's clock, moved to the school's day."""
    shift = day - today_here()
    return lambda: now() + shift


def graded(planted: Mapping[str, Any], found: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Compare the report with what the emulator planted: by rule, how many were planted, found, and found rightly."""
    result = {}
    for rule in ("TOPIC", "HW", "MARK0", "ATT"):
        there = {str(item["lesson"]) for item in planted.get(rule, ())}
        seen = {str(item["lesson"]) for item in found if item["rule"] == rule}
        result[rule] = {"planted": len(there), "found": len(seen), "right": len(there & seen)}
    return result


def lines(document: Mapping[str, Any]) -> list[str]:
    """Say what was found and where it lies."""
    tables = document["tables"]
    result = [
        _("Pupils and staff: {persons}, lessons: {lessons}, marks: {marks}.").format(**tables),
        _("Missing entries, as the report found them and as they were planted:"),
    ]
    result += [
        _("  {rule:<6} found: {found:>5}   planted: {planted:>5}   agree: {right:>5}").format(
            rule=rule, **counts
        )
        for rule, counts in document["rules"].items()
    ]
    from connector.commands.demo_checks import lines as lines_of_checks  # noqa: PLC0415 - help must not wait for it

    result += lines_of_checks(document["checks"])
    if "writes" in document:
        result += written_lines(document["writes"])
    if "losses" in document:
        from connector.commands.demo_backup import lines as lines_of_losses  # noqa: PLC0415 - help must not wait for it

        result += lines_of_losses(document["losses"])
    return [
        *result,
        _("Mirror:  {path}").format(path=document["mirror"]),
        _("Report:  {path}").format(path=document["report"]),
        _("Summary: {path}").format(path=document["summary"]),
        _("To look around, go to the folder {folder} and type: dnevnik report").format(
            folder=Path(document["mirror"]).parent
        ),
    ]


def written_lines(writes: Mapping[str, Any]) -> list[str]:
    """Say what became of the sample files."""
    result = [_("Sample files, as planned and as planted, over the gateway and by import files:")]
    for kind, title in (("roster", _("class list")), ("schedule", _("timetable"))):
        sent, handed = writes["gateway"][kind], writes["file"][kind]
        result.append(
            _(
                "  {title:<12} planned: {planned:>4}   planted: {planted:>4}   agree: {right:>4}   left: {remaining} and {by_files}"
            ).format(title=title, **sent | {"by_files": handed["remaining"]})
        )
    return [
        *result,
        _("Plans:   {paths}").format(
            paths=", ".join(writes["gateway"][kind]["page"] for kind in ("roster", "schedule"))
        ),
    ]


def keep(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document beside the rest."""
    write_file(path, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())
