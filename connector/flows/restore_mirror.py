"""`backup restore`, whole: a backup in the place of today's mirror, or in a file beside it.

The backup is checked whole, today's mirror is backed up, the restored one is made ready in a private folder, and one
rename puts it in place. Killed anywhere before that rename, today's mirror is what it was; after it, the backup is back.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

from connector.errors import (
    BackupUnusable,
    ClockSetBack,
    MirrorDamaged,
    NothingToBackUp,
    TargetFull,
    UsageProblem,
)
from connector.flows.backup_create import CLOCK_SLACK, Making, Prove, make_backup
from connector.flows.backup_shelf import Record, shown
from connector.flows.backup_verify import opened
from connector.i18n import N_
from connector.mirror.books import moment
from connector.mirror.file import Lock, translated
from connector.mirror.manifest import Manifest, read_manifest
from connector.mirror.rewind import Restored
from connector.mirror.store import Mirror, Tally
from connector.mirror.swap import fold_log, put_aside, put_logs_aside, swap
from connector.records import RunId

# Unpacked copy, its log while it is migrated, and a decrypted archive, of the unpacked size.
SCRATCH_SHARE = 1.5


@dataclass(frozen=True, slots=True)
class Restoring:
    """What is asked for.

    Attributes:
        archive: the backup.
        mirror: today's mirror; it may be missing or damaged.
        making: how today's mirror is backed up first; its keys open the backup as well.
        school: whose backup it must be; None where neither settings nor mirror tell.
        zone: of the school, by what its mirror says.
        mode: permission bits of the restored file.
        as_of: the day whose end is wanted, or None for the backup's own moment.
        prove: makes the report for the manifest of today's backup.

    """

    archive: Path
    mirror: Path
    making: Making
    school: int | None
    zone: Callable[[Mirror], tzinfo]
    mode: int = 0o600
    as_of: date | None = None
    prove: Prove | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a restore did.

    Attributes:
        manifest: of the backup.
        path: the mirror that now holds it.
        run: of the restore.
        safety: backup of the mirror that was there; None where there was nothing to back up.
        aside: where a damaged mirror lies now, or None.
        rows: what was changed, by table: in going back to `as_of`, or in a part of the mirror.
        kept: rows that stayed as they are because the mirror has a newer value, by table.
        part: whether only a part was asked for.
        decided: identities taken over from today's mirror; None where there was none, and the backup's own stand.

    """

    manifest: Manifest
    path: Path
    run: RunId
    safety: Path | None = None
    aside: Path | None = None
    rows: dict[str, Tally] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    part: bool = False
    decided: int | None = None


def restore(asked: Restoring, now: datetime) -> Outcome:
    """Put the backup in the place of today's mirror.

    Raises:
        BackupUnusable: see its subclasses; the last good backup is named.
        MirrorUnusable: today's mirror is not ours, is newer, or the disk refuses.
        RunLocked: a run is at the mirror; `MirrorInUse`: somebody has it open.
        UsageProblem: the backup says nothing of the moment asked for.

    In every case today's mirror is what it was.

    """
    lock = Lock(asked.mirror)
    try:
        with workplace(asked, asked.mirror) as scratch:
            manifest, database = unpacked(asked, scratch, now)
            safety, aside = secured(asked, now)
            with Restored.open(database, write=True) as copy:
                last, decided = 0, None
                if is_filled(asked.mirror) and aside is None:
                    with Mirror.open(asked.mirror) as live:
                        last = copy.adopt_journal(live)
                        decided = copy.adopt_decisions(live)
                made = _prepared(copy, asked, manifest, now, last)
            if aside is not None:
                aside = put_aside(asked.mirror, now)
            elif is_filled(asked.mirror):
                fold_log(asked.mirror)
            else:
                put_logs_aside(asked.mirror, now)
            swap(database, asked.mirror, lock, mode=asked.mode)
    finally:
        lock.release()
    return replace(made, path=asked.mirror, safety=safety, aside=aside, decided=decided)


def restore_beside(asked: Restoring, target: Path, now: datetime) -> Outcome:
    """Restore the backup into the new file `target`; today's mirror is not touched.

    Raises:
        UsageProblem: `target` exists, or the backup says nothing of the moment asked for.
        BackupUnusable: as for `restore`.
        MirrorUnusable: the disk refuses.

    """
    if target.exists():
        raise UsageProblem(N_("The file named by --to exists already: name a new one."))
    lock = Lock(target)
    try:
        with workplace(asked, target) as scratch:
            manifest, database = unpacked(asked, scratch, now)
            with Restored.open(database, write=True) as copy:
                made = _prepared(copy, asked, manifest, now, 0)
            put_logs_aside(target, now)
            swap(database, target, lock, mode=asked.mode)
    finally:
        lock.release()
    return replace(made, path=target)


def _prepared(
    copy: Restored, asked: Restoring, manifest: Manifest, now: datetime, last: int
) -> Outcome:
    """Write into the unpacked copy what a restored mirror has and its backup lacks."""
    when = wanted_moment(copy, asked, manifest)
    run = copy.begin_restore(scope_of(asked, manifest), now, last)
    with copy.transaction():
        rows = copy.rewind(run, now, when) if when else {}
        copy.forget_all_bodies()
    copy.finish_run(run, now, "done", summary(rows))
    return Outcome(manifest, copy.path, run, rows=rows)


def wanted_moment(copy: Mirror, asked: Restoring, manifest: Manifest) -> datetime | None:
    """The end of the day asked for, in the school's time, or the backup's own moment on its own day; None for no day.

    Raises:
        UsageProblem: the backup says nothing of that day.

    """
    if asked.as_of is None:
        return None
    zone = asked.zone(copy)
    if asked.as_of > manifest.moment.astimezone(zone).date():
        raise UsageProblem(
            N_(
                "The backup was made before the day named by --as-of: choose a later backup or an earlier day."
            )
        )
    tomorrow = datetime.combine(asked.as_of + timedelta(days=1), time.min, zone)
    when = min(tomorrow - timedelta(microseconds=1), manifest.moment)
    if not copy.query("SELECT 1 FROM runs WHERE started_at <= ? LIMIT 1", (moment(when),)):
        raise UsageProblem(
            N_("Nothing was pulled yet on the day named by --as-of: choose a later day.")
        )
    return when


def scope_of(asked: Restoring, manifest: Manifest) -> dict[str, object]:
    """What a run of a restore records of what was asked for: never a name."""
    return {
        "file": manifest.file,
        "sha256": manifest.sha256,
        "as_of": asked.as_of.isoformat() if asked.as_of else None,
    }


def summary(rows: dict[str, Tally]) -> dict[str, object]:
    """Counts of a run of a restore."""
    return {
        "rows": {
            name: {
                "added": tally.added,
                "changed": tally.changed,
                "withdrawn": tally.withdrawn,
                "returned": tally.returned,
            }
            for name, tally in rows.items()
        }
    }


@contextmanager
def workplace(asked: Restoring, target: Path) -> Iterator[Path]:
    """A private folder beside the file that is to be restored, so that a rename can bring it there.

    Raises:
        TargetFull: there is no room for the unpacked backup, or it ran out.
        BackupUnusable: with the last good backup named.

    """
    record = Record(asked.mirror)
    prefix = f".{target.name}.restore-"
    try:
        with translated(target):
            for left_by_a_killed_run in target.parent.glob(f"{prefix}*"):
                shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
            scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except BackupUnusable as problem:
        problem.facts["last_good"] = record.last_good(but=asked.archive)
        raise


def unpacked(asked: Restoring, scratch: Path, now: datetime) -> tuple[Manifest, Path]:
    """The backup as a database in `scratch`, checked whole.

    Raises:
        BackupUnusable: see its subclasses.

    """
    manifest = read_manifest(asked.archive)
    if manifest.moment > now + CLOCK_SLACK:
        raise ClockSetBack(path=str(asked.archive), later=manifest.created_at, now=shown(now))
    if shutil.disk_usage(scratch).free < manifest.unpacked_bytes * SCRATCH_SHARE:
        raise TargetFull(path=str(scratch.parent))
    verdict, database = opened(asked.archive, scratch, asked.making.keys, asked.school)
    if verdict.problem is not None:
        raise verdict.problem
    if (
        verdict.manifest is None or database is None
    ):  # pragma: no cover - a verdict without a problem has both
        raise AssertionError
    return verdict.manifest, database


def is_filled(path: Path) -> bool:
    """Whether there is a mirror at all; an empty file counts as none."""
    return path.exists() and path.stat().st_size > 0


def secured(asked: Restoring, now: datetime) -> tuple[Path | None, Path | None]:
    """Back today's mirror up; the caller holds its lock.

    Returns:
        The backup, or None where there was nothing; then the mirror's own path when it is so damaged that it cannot be
        backed up, and is to be put aside instead.

    """
    if not is_filled(asked.mirror):
        return None, None
    try:
        made = make_backup(asked.mirror, asked.making, now, asked.prove)
    except NothingToBackUp:
        return None, None
    except MirrorDamaged:
        return None, asked.mirror
    return next(copy.path for copy in made.copies if copy.problem is None), None
