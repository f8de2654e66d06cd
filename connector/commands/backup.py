"""`dnevnik backup …`: make, list, check, drill and thin out backups of the mirror."""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import FILE, FOLDER, now, open_settings
from connector.errors import BackupMissing, HistoryBroken
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.backup_shelf import Backup, Record
    from connector.flows.backup_verify import Verdict
    from connector.settings import Settings

Document = dict[str, Any]
# Each stands in a file of its own and is imported only when it is called.
ELSEWHERE = {"restore": "connector.commands.backup_restore"}

CHECKS = {
    "manifest": N_("manifest"),
    "archive": N_("archive"),
    "integrity": N_("integrity of the database"),
    "foreign_keys": N_("references between tables"),
    "tables": N_("content of every table"),
    "chain": N_("chain of changes"),
    "report": N_("report made again"),
}
WHY = {
    "newest": N_("the newest"),
    "daily": N_("of its day"),
    "weekly": N_("of its week"),
    "monthly": N_("of its month"),
    "yearly": N_("of its year"),
    "unsound": N_("did not pass: look at it, then remove it by hand"),
}


class Backups(base.Group):
    """Knows the subcommands of other files."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them in the order of a first acquaintance."""
        return [*super().list_commands(ctx), *filter(_is_there, ELSEWHERE)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a subcommand that stands elsewhere."""
        if cmd_name in ELSEWHERE and _is_there(cmd_name):
            found: click.Command = import_module(ELSEWHERE[cmd_name]).command
            return found
        return super().get_command(ctx, cmd_name)


def _is_there(name: str) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - only this group asks

    return find_spec(ELSEWHERE[name]) is not None


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


_from = base.option(
    "--from",
    "folders",
    type=FOLDER,
    multiple=True,
    metavar="DIR",
    explain=N_("In this folder instead of [backup] targets; may be repeated."),
)


@command.command(
    "create",
    cls=base.Command,
    help=N_(
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
@click.pass_obj
def create(
    console: Console, /, *, targets: tuple[Path, ...], sealed: bool, with_report: bool
) -> None:
    """Make a backup and say where its copies lie."""
    from connector.commands.backup_wiring import (  # noqa: PLC0415 - help must not wait for SQLite
        making,
        prover,
    )
    from connector.flows.backup_create import make_backup  # noqa: PLC0415 - as above

    settings = open_settings(console)
    moment = now()
    made = make_backup(
        settings.mirror.path.expanduser(),
        making(settings, targets, sealed=sealed),
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
        raise HistoryBroken(path=str(document["file"]), change=made.broken_at)


@command.command(
    "list",
    cls=base.Command,
    help=N_("List the backups with what is known of each. Reads no archive."),
    examples=((N_("All of [backup] targets:"), "dnevnik backup list"),),
)
@_from
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


@command.command(
    "verify",
    cls=base.Command,
    help=N_(
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
@_from
@click.pass_obj
def verify(
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


@command.command(
    "drill",
    cls=base.Command,
    help=N_(
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
@_from
@click.pass_obj
def drill(
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


@command.command(
    "prune",
    cls=base.Command,
    help=N_(
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
@_from
@click.pass_obj
def prune(
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


STATES = {"good": N_("good"), "failed": N_("DID NOT PASS"), "unchecked": N_("not checked here")}


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


def verdict_document(verdict: "Verdict") -> Document:
    """One check of a backup as JSON."""
    return {
        "file": str(verdict.path),
        "ok": verdict.ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail} for check in verdict.checks
        ],
    }


def verdict_lines(verdict: "Verdict") -> list[str]:
    """One check of a backup for people."""
    head = N_("{file}: good") if verdict.ok else N_("{file}: DID NOT PASS")
    shown = [_(head).format(file=verdict.path.name)]
    for check in verdict.checks:
        words = _(CHECKS[check.name])
        shown.append(f"  {'+' if check.ok else '-'} {words}")
    return shown
