"""`dnevnik backup drill`: a backup restored aside, and the certificate of it."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.backup_shelf import in_folders, no_backup, save, shelf
from connector.commands.backup_verdict import verdict_lines
from connector.commands.console import Console
from connector.commands.wiring import FILE, FOLDER, now, open_settings
from connector.i18n import N_, _


@base.command(
    "drill",
    summary=N_(
        "Restore a backup aside and prove that nothing is missing.\n\n"
        "Compares every table with the manifest, makes the report of missing entries again and writes a dated certificate (JSON, and a page to print) into [backup] certificates. The mirror is only read. Without FILE the newest."
    ),
    examples=((N_("Once a month:"), "dnevnik backup drill"),),
)
@base.argument("file", required=False, type=FILE, metavar="[FILE]", explain=N_("The archive."))
@base.option(
    "--out",
    type=FOLDER,
    metavar="DIR",
    explain=N_("Write the certificate here instead of [backup] certificates."),
)
@in_folders
@click.pass_obj
def command(
    console: Console, /, *, file: Path | None, out: Path | None, folders: tuple[Path, ...]
) -> None:
    """Drill, write the certificate; a failed drill ends with 7."""
    from connector.commands.backup_proof import Missing  # noqa: PLC0415 - help must not wait for SQLite
    from connector.commands.backup_wiring import certify, keys_of, school_of  # noqa: PLC0415 - help must not wait for SQLite
    from connector.flows.backup_create import lock_of_backups  # noqa: PLC0415 - as above
    from connector.flows.backup_drill import document as certificate  # noqa: PLC0415 - as above
    from connector.flows.backup_drill import drill as restore_aside  # noqa: PLC0415 - as above

    settings = open_settings(console)
    mirror = settings.mirror.path.expanduser()
    found, record = shelf(settings, folders)
    if file is None and not found:
        raise no_backup(record)
    with lock_of_backups(mirror):
        drilled = restore_aside(
            file or found[0].path,
            mirror,
            keys_of(settings),
            school_of(settings),
            Missing(settings),
            now,
        )
        verdict = drilled.verdict
        written = certify(settings, drilled, out)
        record.note_drill(verdict.path, drilled.at, ok=verdict.ok, certificate=str(written[0]))
        save(console, record)
    if console.json:
        console.document({**certificate(drilled), "certificate": [str(path) for path in written]})
    else:
        console.say("\n".join(verdict_lines(verdict)))
        for path in written:
            console.say(_("Certificate: {path}").format(path=path))
    if verdict.problem is not None:
        verdict.problem.facts["last_good"] = record.last_good(but=verdict.path)
        raise verdict.problem
