"""`dnevnik backup …`: the group of commands about backups of the mirror, and the list of backups."""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base
from connector.commands.backup_shelf import in_folders, shelf
from connector.commands.console import Console
from connector.commands.wiring import open_settings
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.backup_shelf import Backup, Record

Document = dict[str, Any]
# Each stands in a file of its own and is imported only when it is called.
ELSEWHERE = {
    name: f"connector.commands.backup_{name}"
    for name in ("create", "verify", "drill", "restore", "prune")
}
ORDER = ("create", "drill", "list", "prune", "verify", "restore")

STATES = {"good": N_("good"), "failed": N_("DID NOT PASS"), "unchecked": N_("not checked here")}


class Backups(base.Group):
    """Knows the subcommands of other files."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them as the pages do."""
        del ctx
        return list(ORDER)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a subcommand that stands elsewhere."""
        if cmd_name in ELSEWHERE:
            found: click.Command = import_module(ELSEWHERE[cmd_name]).command
            return found
        return super().get_command(ctx, cmd_name)


command = Backups(
    "backup",
    help=N_(
        "Make, check and thin out backups of the mirror.\n\n"
        "A backup is an archive and its manifest; it opens with the plain tools zstd and age. How to restore at the worst moment: docs/recovery.md."
    ),
    examples=(
        (
            N_("Every night, and a seventh of the older ones read again:"),
            "dnevnik backup create && dnevnik backup verify --share 7",
        ),
        (N_("Prove that the newest one can be restored:"), "dnevnik backup drill"),
    ),
)


@command.command(
    "list",
    cls=base.Command,
    help=N_("List the backups with what is known of each. Reads no archive."),
    examples=((N_("All of [backup] targets:"), "dnevnik backup list"),),
)
@in_folders
@click.pass_obj
def list_backups(console: Console, /, *, folders: tuple[Path, ...]) -> None:
    """Print the backups, the newest first."""
    settings = open_settings(console)
    found, record = shelf(settings, folders)
    rows = [row(backup, record) for backup in found]
    if console.json:
        console.document({"schema": "dnevnik/backup-list/1", "backups": rows})
        return
    for shown in rows:
        console.say(shown["file"])
        console.say("  " + line(shown))
    if not rows:
        console.say(_("There are no backups."))


def row(backup: "Backup", record: "Record") -> Document:
    """One backup as `list` shows it: `ok` is True only when its last check passed and its manifest can be used."""
    known, manifest = record.about(backup.path), backup.manifest
    there = backup.path.exists()
    state = "unchecked" if known is None else "good" if known.ok else "failed"
    if manifest is None or not there or backup.path.stat().st_size != manifest.bytes:
        state = "failed"
    return {
        "file": str(backup.path),
        "state": state,
        "ok": state == "good",
        "bytes": manifest.bytes if manifest else None,
        "created_at": manifest.created_at if manifest else None,
        "school_id": str(manifest.school_id) if manifest else None,
        "encrypted": manifest.encrypted if manifest else None,
        "checked_at": known.checked_at if known else None,
        "drilled_at": known.drilled_at if known else None,
        "detail": backup.problem.sentence() if backup.problem else None,
    }


def line(shown: Document) -> str:
    """The facts of one backup in one line."""
    parts = [_(STATES[shown["state"]])]
    if shown["bytes"] is not None:
        parts.append(_("{size:.1f} MB").format(size=shown["bytes"] / 1e6))
    if shown["encrypted"]:
        parts.append(_("encrypted"))
    for words, moment in (
        (N_("checked {at}"), shown["checked_at"]),
        (N_("drilled {at}"), shown["drilled_at"]),
    ):
        if moment:
            at = datetime.fromisoformat(moment).astimezone(UTC)
            parts.append(_(words).format(at=f"{at:%d.%m.%Y %H:%M} UTC"))
    return ", ".join(parts)
