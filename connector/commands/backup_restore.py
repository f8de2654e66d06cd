"""`dnevnik backup restore`: a backup, or a part of it, back into the mirror, or whole into a file beside it."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import DAY, FILE, now, open_settings, school_zone
from connector.i18n import N_, _
from connector.vocab import TABLES, label

if TYPE_CHECKING:
    from connector.flows.restore_mirror import Outcome, Restoring
    from connector.settings import Settings

Document = dict[str, Any]


@base.command(
    "restore",
    summary=N_(
        "Bring a backup back into the mirror.\n\n"
        "The backup is checked whole and today's mirror is backed up first; then the restored one takes its place at once. With --class, --pupil, --subject or --period only these rows come back, and what the mirror knows newer stays. Who is who, the journal of writes and the log stay as they are today. The diary itself is not touched: see `dnevnik plan restore`."
    ),
    examples=(
        (
            N_("The whole mirror:"),
            "dnevnik backup restore backups/dnevnik-1000000000001-20261124T004000Z.db.zst",
        ),
        (
            N_("What one class lost since:"),
            "dnevnik backup restore FILE --class 5А --yes",
        ),
        (
            N_("Into a file beside, to look at it:"),
            "dnevnik backup restore FILE --to restored.db",
        ),
    ),
)
@base.argument(
    "file", type=FILE, metavar="FILE", explain=N_("The archive; its manifest lies beside it.")
)
@base.option(
    "--to", "target", type=FILE, metavar="FILE", explain=N_("Restore into this new file instead.")
)
@base.option(
    "--as-of",
    "as_of",
    type=DAY,
    metavar="D",
    explain=N_("What the diary said at the end of this day, by the backup's history."),
)
@base.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    explain=N_("Only this class, with its subgroups; may be repeated."),
)
@base.option(
    "--pupil",
    "pupils",
    multiple=True,
    metavar="ID",
    explain=N_("Only this pupil: an id, or the name in full; may be repeated."),
)
@base.option(
    "--subject",
    "subjects",
    multiple=True,
    metavar="NAME",
    explain=N_("Only this subject; may be repeated."),
)
@base.option(
    "--period",
    "periods",
    multiple=True,
    metavar="NAME",
    explain=N_("Only this reporting period; may be repeated."),
)
@base.option(
    "--overwrite",
    is_flag=True,
    explain=N_("In such a part: replace newer values, and withdraw rows that the backup lacks."),
)
@base.option("--yes", is_flag=True, explain=N_("Do not ask."))
@click.pass_obj
def command(
    console: Console, /, *, file: Path, target: Path | None, yes: bool, **asked: Any
) -> None:
    """Restore, then say what became of it."""
    from connector.flows.restore_mirror import restore, restore_beside  # noqa: PLC0415 - help must not wait for SQLite
    from connector.flows.restore_part import Part, restore_part  # noqa: PLC0415 - as above

    part = Part(
        asked["classes"],
        asked["pupils"],
        asked["subjects"],
        asked["periods"],
        overwrite=asked["overwrite"],
    )
    if part and target is not None:
        raise click.UsageError(_("A part goes into the mirror: leave --to out."))
    if part.overwrite and not part:
        raise click.UsageError(_("--overwrite belongs to --class, --pupil, --subject or --period."))
    settings = open_settings(console)
    wanted = restoring(console, settings, file, asked)
    if target is None and not yes:
        ask_first(console, wanted, whole=not part)
    if target is not None:
        outcome = restore_beside(wanted, target.expanduser(), now())
    elif part:
        outcome = restore_part(wanted, part, now())
    else:
        outcome = restore(wanted, now())
    if console.json:
        console.document(document(outcome, file))
    else:
        console.say("\n".join(lines(outcome)))


def restoring(
    console: Console, settings: "Settings", file: Path, asked: dict[str, Any]
) -> "Restoring":
    """What a restore is asked for, from settings and options."""
    from connector.commands.backup_wiring import making, prover, school_of  # noqa: PLC0415 - help must not wait for SQLite
    from connector.flows.restore_mirror import Restoring  # noqa: PLC0415 - as above

    return Restoring(
        archive=file.expanduser(),
        mirror=settings.mirror.path.expanduser(),
        # Its own backup must lie somewhere: who restores may have lost the folder of backups as well.
        making=making(settings, (), new_medium=True),
        school=school_of(settings),
        zone=partial(school_zone, console, settings),
        mode=int(settings.mirror.mode, 8),
        as_of=asked["as_of"],
        prove=prover(console, settings, now()),
    )


def ask_first(console: Console, wanted: "Restoring", *, whole: bool) -> None:
    """Have a person confirm, who must be there; a backup that cannot be used is told before."""
    from connector.mirror.manifest import read_manifest  # noqa: PLC0415 - help must not wait for it

    manifest = read_manifest(wanted.archive)
    if console.json or not sys.stdin.isatty():
        raise click.UsageError(_("Nobody can be asked here: add --yes."))
    console.note(
        _("The backup is of {created}; marks in it: {marks}.").format(
            created=manifest.created_at, marks=manifest.rows.get("marks", 0)
        )
    )
    text = (
        N_("The mirror {path} will be backed up, then replaced by it. Go on?")
        if whole
        else N_("The mirror {path} will be backed up, then take these rows back. Go on?")
    )
    if not click.confirm(_(text).format(path=wanted.mirror), default=False, err=True):
        raise click.exceptions.Exit(0)


def document(outcome: "Outcome", file: Path) -> Document:
    """A restore as JSON."""
    from connector.flows.restore_mirror import summary  # noqa: PLC0415 - help must not wait for it

    return {
        "schema": "dnevnik/backup-restore/1",
        "file": str(file),
        "created_at": outcome.manifest.created_at,
        "restored_to": str(outcome.path),
        "run_id": int(outcome.run),
        "backup_made_first": str(outcome.safety) if outcome.safety else None,
        "damaged_put_aside": str(outcome.aside) if outcome.aside else None,
        **summary(outcome.rows),
        "kept": outcome.kept,
        "decisions_kept": outcome.decided,
    }


def lines(outcome: "Outcome") -> list[str]:
    """A restore for people."""
    told = []
    if outcome.safety is not None:
        told.append(_("The mirror as it was: {path}").format(path=outcome.safety))
    if outcome.aside is not None:
        told.append(
            _("The mirror was damaged and could not be backed up; it lies here: {path}").format(
                path=outcome.aside
            )
        )
    told.append(
        _("Restored from the backup of {created}: {path}").format(
            path=outcome.path, created=outcome.manifest.created_at
        )
    )
    for name, tally in outcome.rows.items():
        text = N_("  {table}: new {added}, changed {changed}, gone {withdrawn}, back {returned}")
        told.append(
            _(text).format(
                table=_(label(TABLES, name)),
                added=tally.added,
                changed=tally.changed,
                withdrawn=tally.withdrawn,
                returned=tally.returned,
            )
        )
    if outcome.part and not outcome.rows:
        told.append(_("Nothing of it was missing."))
    if outcome.kept:
        text = N_(
            "Rows that stay as they are because the mirror knows newer: {n}. See --overwrite."
        )
        told.append(_(text).format(n=sum(outcome.kept.values())))
    if outcome.decided is not None:
        text = N_(
            "Who is who stays as it is decided today: {n}. What the backup says of it: add --to FILE."
        )
        told.append(_(text).format(n=outcome.decided))
    elif not outcome.part:
        told.append(_("Who is who is as the backup has it: `dnevnik map list --decided`."))
    told.append(_("Next: `dnevnik pull` brings what the diary has learnt since."))
    return told
