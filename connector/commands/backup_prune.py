"""`dnevnik backup prune`: old backups thinned out."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.backup_shelf import in_folders, shelf
from connector.commands.console import Console
from connector.commands.wiring import now, open_settings
from connector.i18n import N_, _

WHY = {
    "newest": N_("the newest"),
    "daily": N_("of its day"),
    "weekly": N_("of its week"),
    "monthly": N_("of its month"),
    "yearly": N_("of its year"),
    "unsound": N_("did not pass: look at it, then remove it by hand"),
}


@base.command(
    "prune",
    summary=N_(
        "Remove old backups, keeping the last of each day, week, month and year.\n\n"
        "Never removed: the newest good one, those that did not pass their last check, and sealed archives."
    ),
    examples=((N_("See first what would go:"), "dnevnik backup prune --dry-run"),),
)
@base.option(
    "--keep-daily", type=click.IntRange(min=0), explain=N_("Days that keep their last backup.")
)
@base.option("--keep-weekly", type=click.IntRange(min=0), explain=N_("Weeks that keep theirs."))
@base.option("--keep-monthly", type=click.IntRange(min=0), explain=N_("Months that keep theirs."))
@base.option("--keep-yearly", type=click.IntRange(min=0), explain=N_("Years that keep theirs."))
@base.option("--dry-run", is_flag=True, explain=N_("Only say what would go."))
@in_folders
@click.pass_obj
def command(
    console: Console, /, *, dry_run: bool, folders: tuple[Path, ...], **kept: int | None
) -> None:
    """Thin the backups out."""
    from connector.commands.backup_wiring import local_zone  # noqa: PLC0415 - help must not wait for SQLite
    from connector.flows.backup_create import lock_of_backups  # noqa: PLC0415 - as above
    from connector.flows.backup_prune import Keep, fates  # noqa: PLC0415 - as above
    from connector.flows.backup_prune import prune as thin_out  # noqa: PLC0415 - as above

    settings = open_settings(console, {"backup": dict(kept)})
    asked = settings.backup
    keep = Keep(asked.keep_daily, asked.keep_weekly, asked.keep_monthly, asked.keep_yearly)
    with lock_of_backups(settings.mirror.path.expanduser()):
        found, record = shelf(settings, folders)
        decided = fates(found, record, keep, local_zone(settings), now())
        if not dry_run:
            thin_out(decided, record)
    if console.json:
        console.document(
            {
                "schema": "dnevnik/backup-prune/1",
                "dry_run": dry_run,
                "kept": [{"file": str(f.path), "why": list(f.why)} for f in decided if f.kept],
                "removed": [str(f.path) for f in decided if not f.kept],
            }
        )
        return
    for fate in decided:
        words = ", ".join(_(WHY[why]) for why in fate.why)
        if fate.kept:
            console.say(_("stays: {file} ({why})").format(file=fate.path.name, why=words))
        else:
            text = N_("would go: {file}") if dry_run else N_("removed: {file}")
            console.say(_(text).format(file=fate.path.name))
    if not decided:
        console.say(_("There are no backups."))
