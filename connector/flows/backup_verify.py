"""`backup verify`: is a backup what was written, does it open, and is what it holds what the manifest says."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path

from connector.errors import (
    BackupDamaged,
    BackupOfAnotherSchool,
    BackupUnusable,
    DiskFull,
    DnevnikError,
    MirrorUnusable,
    TargetFull,
)
from connector.flows.backup_shelf import SEALED_NAME, Backup, Record
from connector.i18n import N_
from connector.mirror.backup import SOUND, Content, Keys, examine, open_backup
from connector.mirror.manifest import Manifest, read_manifest
from connector.mirror.packing import file_hash


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to a backup.

    Attributes:
        name: manifest, archive, integrity, foreign_keys, tables, chain; report in a drill.
        ok: whether it passed.
        detail: what was found: counts, table names, an error's class; never a name or a mark.

    """

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one backup.

    Attributes:
        path: of the archive.
        manifest: None when it cannot be used.
        checks: in the order they were made; after one without which no other makes sense, none follow.
        problem: the first thing wrong, or None.

    """

    path: Path
    manifest: Manifest | None
    checks: tuple[Check, ...]
    problem: DnevnikError | None

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return self.problem is None and all(check.ok for check in self.checks)


def verify(archive: Path, folder: Path, keys: Keys, school: int | None) -> Verdict:
    """Check one backup.

    Args:
        archive: the archive.
        folder: a private folder with room for the unpacked database; left as it was.
        keys: private keys or a passphrase.
        school: whose backup it must be, or None.

    """
    with private(folder) as scratch:
        verdict, _restored = opened(archive, scratch, keys, school)
    return verdict


def opened(
    archive: Path, scratch: Path, keys: Keys, school: int | None
) -> tuple[Verdict, Path | None]:
    """As `verify`, and the unpacked database, which stays in `scratch`; None when it does not come so far."""
    checks: list[Check] = []
    manifest: Manifest | None = None
    stage = "manifest"
    try:
        manifest = read_manifest(archive)
        if school is not None and manifest.school_id != school:
            raise BackupOfAnotherSchool(
                path=str(archive), found=manifest.school_id, expected=school
            )
        checks.append(Check(stage, ok=True))
        stage = "archive"
        database = open_backup(archive, scratch, keys)
        checks.append(Check(stage, ok=True, detail=str(manifest.bytes)))
        stage = "integrity"
        content = examine(database)
    except (BackupUnusable, MirrorUnusable) as problem:
        found = _as_backup(problem, archive, scratch)
        checks.append(Check(stage, ok=False, detail=type(found).__name__))
        return Verdict(archive, manifest, tuple(checks), found), None
    checks += compared(manifest, content)
    wrong = [check.name for check in checks if not check.ok]
    damage = (
        BackupDamaged(N_("what is in it is not what was packed"), path=str(archive))
        if wrong
        else None
    )
    return Verdict(archive, manifest, tuple(checks), damage), database


def verify_sealed(archive: Path) -> Verdict:
    """Compare a yearly archive with the hash that was written beside it."""
    problem: BackupUnusable | None = None
    try:
        told = archive.with_name(archive.name + ".sha256").read_bytes()[:64]
        if file_hash(archive).encode() != told:
            problem = BackupDamaged(
                N_("its bytes are not those that were written"), path=str(archive)
            )
    except OSError:
        problem = BackupDamaged(N_("it cannot be read"), path=str(archive))
    return Verdict(archive, None, (Check("archive", problem is None),), problem)


def compared(manifest: Manifest, content: Content) -> list[Check]:
    """What a copy holds against what its manifest says."""
    tables = [
        name
        for name in sorted(manifest.tables.keys() | content.tables.keys())
        if manifest.tables.get(name) != content.tables.get(name)
        or manifest.rows.get(name) != content.rows.get(name)
    ]
    made = [
        Check("integrity", content.verdict == SOUND),
        Check(
            "foreign_keys",
            content.orphans == manifest.orphans,
            str(sum(content.orphans.values())),
        ),
        Check("tables", not tables, ", ".join(tables) or str(len(content.tables))),
    ]
    if manifest.chain is not None:
        holds = content.broken_at is None and content.chain == manifest.chain
        made.append(Check("chain", holds, str(manifest.chain.rows)))
    return made


def share_of(backups: list[Backup], record: Record, parts: int, now: datetime) -> list[Backup]:
    """The part of the backups that was not read for longest: in `parts` runs each is read once.

    A reading that the clock puts into the future counts as none.
    """
    limit = now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def read_at(backup: Backup) -> tuple[str, str]:
        known = record.about(backup.path)
        return ("" if known is None or known.checked_at > limit else known.checked_at), str(
            backup.path
        )

    return sorted(backups, key=read_at)[: ceil(len(backups) / parts)]


def noted(verdicts: Iterable[Verdict], record: Record, now: datetime) -> None:
    """Note how checks ended, and name the last good backup in what went wrong."""
    seen = list(verdicts)
    for verdict in seen:
        if not SEALED_NAME.fullmatch(verdict.path.name):
            record.note(verdict.path, now, ok=verdict.ok)
    for verdict in seen:
        if isinstance(verdict.problem, BackupUnusable):
            verdict.problem.facts["last_good"] = record.last_good(but=verdict.path)


@contextmanager
def private(folder: Path) -> Iterator[Path]:
    """A folder of our own in `folder`, gone afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix=".dnevnik-check-", dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _as_backup(problem: DnevnikError, archive: Path, scratch: Path) -> BackupUnusable:
    """What a disk or SQLite says while a backup is read is said of the backup, not of the mirror."""
    if isinstance(problem, BackupUnusable):
        return problem
    if isinstance(problem, DiskFull):
        return TargetFull(path=str(scratch.parent))
    return BackupDamaged(N_("it cannot be read"), path=str(archive))
