"""Which backups a command of `dnevnik backup` speaks of, and where it keeps what it found out."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import FOLDER
from connector.errors import BackupMissing
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.backup_shelf import Backup, Record
    from connector.settings import Settings

in_folders = base.option(
    "--from",
    "folders",
    type=FOLDER,
    multiple=True,
    metavar="DIR",
    explain=N_("In this folder instead of [backup] targets; may be repeated."),
)


def shelf(settings: "Settings", folders: Iterable[Path]) -> "tuple[list[Backup], Record]":
    """The backups of the settings' targets, or of these folders, and what is known of them."""
    from connector.commands.backup_wiring import school_of  # noqa: PLC0415 - help must not wait for SQLite
    from connector.flows.backup_shelf import Record, backups_in  # noqa: PLC0415 - as above

    places = tuple(folders) or settings.backup.targets
    found = backups_in((place.expanduser() for place in places), school_of(settings))
    return found, Record(settings.mirror.path.expanduser())


def save(console: Console, record: "Record") -> None:
    """Keep what was found out; where the mirror's folder cannot be written, a check was still worth its words."""
    try:
        record.save()
    except OSError:
        console.warn(_("What was found out could not be kept beside the mirror."))


def no_backup(record: "Record") -> Exception:
    """The error of a command that needs a backup where there is none."""
    return BackupMissing(path="", last_good=record.last_good())
