"""`dnevnik backup verify`: one backup, all, or the share whose turn it is."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.backup_shelf import in_folders, no_backup, save, shelf
from connector.commands.backup_verdict import verdict_document, verdict_lines
from connector.commands.console import Console
from connector.commands.wiring import FILE, now, open_settings
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.backup_verify import Verdict


@base.command(
    "verify",
    summary=N_(
        "Read backups and say whether they are what was written.\n\n"
        "Hashes, decryption, SQLite's own check, references, every table's content, the chain of changes. Without FILE the newest."
    ),
    examples=(
        (N_("The newest:"), "dnevnik backup verify"),
        (N_("All:"), "dnevnik backup verify --all"),
        (N_("A seventh, another each night:"), "dnevnik backup verify --share 7"),
    ),
)
@base.argument("files", nargs=-1, type=FILE, metavar="[FILE]...", explain=N_("Archives to read."))
@base.option(
    "--all", "everything", is_flag=True, explain=N_("Read all backups, sealed archives too.")
)
@base.option(
    "--share",
    is_flag=False,
    flag_value=0,
    type=click.IntRange(min=0, max=366),
    metavar="[N]",
    explain=N_(
        "Read one N-th of the backups, those not read for longest; by default [backup] share."
    ),
)
@in_folders
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    files: tuple[Path, ...],
    everything: bool,
    share: int | None,
    folders: tuple[Path, ...],
) -> None:
    """Check backups; a failed one ends with 7."""
    if sum((bool(files), everything, share is not None)) > 1:
        raise click.UsageError(_("Give files, --all or --share, not several of them."))
    from connector.commands.backup_wiring import keys_of, school_of  # noqa: PLC0415 - help must not wait for SQLite
    from connector.flows.backup_create import lock_of_backups  # noqa: PLC0415 - as above
    from connector.flows.backup_shelf import sealed_in  # noqa: PLC0415 - as above
    from connector.flows.backup_verify import noted, share_of, verify_sealed  # noqa: PLC0415 - as above
    from connector.flows.backup_verify import verify as read  # noqa: PLC0415 - as above

    settings = open_settings(console)
    mirror = settings.mirror.path.expanduser()
    found, record = shelf(settings, folders)
    moment = now()
    if files:
        paths = list(files)
    elif share is not None:
        part = share_of(found, record, share or settings.backup.share, moment)
        paths = [backup.path for backup in part]
    else:
        paths = [backup.path for backup in found][: None if everything else 1]
    if not paths:
        raise no_backup(record)
    keys, school = keys_of(settings), school_of(settings)
    places = [place.expanduser() for place in folders or settings.backup.targets]
    verdicts = []
    with lock_of_backups(mirror), console.progress(_("Check")) as advance:
        for number, path in enumerate(paths):
            verdicts.append(read(path, mirror.parent, keys, school))
            advance(number + 1, len(paths), path.name)
        verdicts += [
            verify_sealed(path) for path in sealed_in(places if everything else (), school)
        ]
        noted(verdicts, record, moment)
        save(console, record)
    show_verdicts(console, verdicts)


def show_verdicts(console: Console, verdicts: "list[Verdict]") -> None:
    """Print what checks found; the first failure is the command's."""
    documents = [verdict_document(verdict) for verdict in verdicts]
    if console.json:
        head = {"schema": "dnevnik/backup-verify/1", **documents[0]}
        console.document({**head, "backups": documents})
    else:
        for verdict in verdicts:
            console.say("\n".join(verdict_lines(verdict)))
    for verdict in verdicts:
        if verdict.problem is not None:
            raise verdict.problem
