"""`dnevnik backup create`: a backup in every target, read back there."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import FOLDER, now, open_settings
from connector.errors import HistoryBroken
from connector.i18n import N_, _


@base.command(
    "create",
    summary=N_(
        "Make a backup, also while a pull is running.\n\n"
        "Several targets each get a copy, which is read back there. Encrypted when [backup] recipients or passphrase_file is set."
    ),
    examples=(
        (N_("Into the folders of [backup] targets:"), "dnevnik backup create"),
        (
            N_("Into a folder and onto a medium:"),
            "dnevnik backup create --to backups --to /media/usb",
        ),
    ),
)
@base.option(
    "--to",
    "targets",
    type=FOLDER,
    multiple=True,
    metavar="DIR",
    explain=N_("Into this folder instead of [backup] targets; may be repeated."),
)
@base.option(
    "--seal",
    "sealed",
    is_flag=True,
    explain=N_(
        "Also write the yearly archive: CSV and JSON lines in a zip that any program reads. It is never pruned."
    ),
)
@base.option(
    "--with-report",
    is_flag=True,
    explain=N_(
        "Keep what the report of missing entries says now, so that a drill can compare it even after later pulls; takes some seconds."
    ),
)
@base.option(
    "--new-medium",
    is_flag=True,
    explain=N_(
        "Also write to a folder that held backups and holds none now: its medium is new, or was emptied."
    ),
)
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    targets: tuple[Path, ...],
    sealed: bool,
    with_report: bool,
    new_medium: bool,
) -> None:
    """Make a backup and say where its copies lie."""
    from connector.commands.backup_wiring import (  # noqa: PLC0415 - help must not wait for SQLite
        making,
        prover,
    )
    from connector.flows.backup_create import make_backup  # noqa: PLC0415 - as above
    from connector.flows.backup_shelf import Record  # noqa: PLC0415 - as above

    settings = open_settings(console)
    mirror, moment = settings.mirror.path.expanduser(), now()
    made = make_backup(
        mirror,
        making(settings, targets, sealed=sealed, new_medium=new_medium),
        moment,
        prover(console, settings, moment) if with_report else None,
    )
    manifest = made.manifest
    document = {
        "schema": "dnevnik/backup-create/1",
        "file": str(next(copy.path for copy in made.copies if copy.problem is None)),
        "sha256": manifest.sha256,
        "bytes": manifest.bytes,
        "rows": manifest.rows,
        "created_at": manifest.created_at,
        "encrypted": manifest.encrypted,
        "copies": [
            {
                "file": str(copy.path),
                "ok": copy.problem is None,
                "detail": copy.problem.sentence() if copy.problem else None,
            }
            for copy in (*made.copies, *made.sealed)
        ],
    }
    if console.json:
        console.document(document)
    else:
        for copy in (*made.copies, *made.sealed):
            if copy.problem is None:
                console.say(_("Backup made and read back: {path}").format(path=copy.path))
        if not manifest.encrypted:
            console.note(_("It is not encrypted: keep it where only you can read it."))
    for copy in (*made.copies, *made.sealed):
        if copy.problem is not None:
            raise copy.problem
    if made.broken_at is not None:
        raise HistoryBroken(
            path=str(document["file"]),
            change=made.broken_at,
            last_good=Record(mirror).last_good(),
        )
