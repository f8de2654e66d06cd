"""`backup create`: copy, check, pack, bring to every target, check there, and only then write the manifest.

Nothing that exists is touched. Killed at any point, a run leaves older backups whole and at most files with a dot
before their names, which the next run finishes or removes.
"""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connector.errors import (
    BackupUnusable,
    ClockSetBack,
    DiskFull,
    MirrorDamaged,
    NothingToBackUp,
    TargetEmptied,
    TargetFull,
)
from connector.flows.backup_shelf import Record, backups_in, shown, stamp
from connector.flows.backup_targets import Copy, bring, prepare, room, target_trouble
from connector.i18n import N_
from connector.mirror.backup import SOUND, Content, Pinned, examine, pinned, snapshot
from connector.mirror.file import Lock
from connector.mirror.manifest import SUFFIX, Manifest, Proof, manifest_bytes
from connector.mirror.packing import Keys, Packed, create, encrypt, file_hash, pack
from connector.mirror.sealed import write_sealed

Query = Callable[..., list[tuple[Any, ...]]]
Prove = Callable[[Query], Proof | None]

# A clock that is corrected by a little is no reason to go without a backup.
CLOCK_SLACK = timedelta(minutes=5)
# Packed, a mirror takes a fifth to a tenth; before it is packed nobody knows better.
PACKED_SHARE = 8
# Copy and packed copy together, of the mirror's size.
SCRATCH_SHARE = 1.25


@dataclass(frozen=True, slots=True)
class Making:
    """What is asked for.

    Attributes:
        targets: folders; each gets a copy.
        keys: who may open it.
        school_id: the school of the settings, or None: then the mirror's own.
        tool_version: of this program.
        host_zone: zone of this machine.
        sealed: also write the yearly archive that outlives this program.
        new_medium: also write to a folder that held backups and holds none now.

    """

    targets: tuple[Path, ...]
    keys: Keys
    school_id: int | None
    tool_version: str
    host_zone: str
    sealed: bool = False
    new_medium: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A new backup.

    Attributes:
        manifest: of it.
        copies: one a target; at least one is good.
        sealed: yearly archives, one for each target that is there.
        broken_at: id of the first change in the mirror's history that does not hold, or None.

    """

    manifest: Manifest
    copies: tuple[Copy, ...]
    sealed: tuple[Copy, ...] = ()
    broken_at: int | None = None


def make_backup(mirror: Path, asked: Making, now: datetime, prove: Prove | None = None) -> Made:
    """Make a backup of the mirror in every target.

    Args:
        mirror: the live file; a pull may be writing it.
        asked: targets and keys.
        now: aware moment of the copy.
        prove: makes the report that a drill must find again, from the same moment as the copy.

    Raises:
        BackupUnusable: nothing was made. Where only some targets failed, their copies tell.
        MirrorUnusable: the mirror cannot be read, or is damaged.
        RunLocked: another backup is being made.

    """
    record = Record(mirror)
    held = frozenset() if asked.new_medium else record.folders()
    try:
        with ExitStack() as stack:
            stack.enter_context(lock_of_backups(mirror))
            stack.enter_context(_disk_trouble(mirror))
            with pinned(mirror) as moment:
                size = moment.size()
                scratch = stack.enter_context(_scratch(mirror, size))
                facts = _Facts.of(moment, asked, now)
                prepare(asked.targets, size // PACKED_SHARE, held)
                snapshot(moment, scratch / "copy.db")
                report = prove(moment.query) if prove else None
            with ThreadPoolExecutor(max_workers=1) as beside:
                packing = beside.submit(pack, scratch / "copy.db", scratch / "packed", asked.keys)
                content = _sound(mirror, scratch / "copy.db")
                packed = packing.result()
            manifest = _manifest(asked, facts, packed, content, report)
            copies = tuple(
                _copy(scratch / "packed", manifest, folder, held) for folder in asked.targets
            )
            there = [c.path.parent for c in copies if not isinstance(c.problem, TargetEmptied)]
            sealed = seal(scratch, manifest, there, asked.keys) if asked.sealed else ()
            return _noted(Made(manifest, copies, sealed, content.broken_at), record, now)
    except BackupUnusable as problem:
        problem.facts["last_good"] = record.last_good()
        raise


@contextmanager
def lock_of_backups(mirror: Path) -> Iterator[None]:
    """One run at a time makes, checks or removes backups of a mirror; pulls are free to go on.

    Raises:
        RunLocked: a living process holds it.

    """
    lock = Lock(mirror.with_name(mirror.name + ".backups"))
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _disk_trouble(mirror: Path) -> Iterator[None]:
    """What the disk says of the scratch files beside the mirror is no word about the mirror."""
    with target_trouble(mirror.parent):
        try:
            yield
        except DiskFull as problem:
            raise TargetFull(path=str(mirror.parent)) from problem


@contextmanager
def _scratch(mirror: Path, size: int) -> Iterator[Path]:
    """A private folder beside the mirror: what it holds is as secret as the mirror, and no medium should keep it."""
    for left_by_a_killed_run in mirror.parent.glob(f".{mirror.name}.backup-*"):
        shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
    if room(mirror.parent) < size * SCRATCH_SHARE:
        raise TargetFull(path=str(mirror.parent))
    folder = Path(tempfile.mkdtemp(prefix=f".{mirror.name}.backup-", dir=mirror.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Whose data it is, its last run, and the moment in the backup's name."""

    school: int
    run: int | None
    created: datetime

    @classmethod
    def of(cls, moment: Pinned, asked: Making, now: datetime) -> "_Facts":
        schools = [
            int(school)
            for (school,) in moment.query(
                "SELECT id FROM schools WHERE withdrawn_run IS NULL ORDER BY id"
            )
        ]
        if not schools:
            raise NothingToBackUp(path=str(moment.path))
        school = asked.school_id if asked.school_id in schools else schools[0]
        run = moment.query("SELECT max(id) FROM runs")[0][0]
        return cls(school or schools[0], run, _moment(asked.targets, school, now))


def _moment(targets: tuple[Path, ...], school: int | None, now: datetime) -> datetime:
    """The moment in the backup's name, later than that of every older one."""
    moment = now.astimezone(UTC).replace(microsecond=0)
    for backup in backups_in(targets, school):
        made = stamp(backup.path.name)
        if made > now + CLOCK_SLACK:
            raise ClockSetBack(path=backup.path.name, later=shown(made), now=shown(now))
        moment = max(moment, made + timedelta(seconds=1))
    return moment


def _sound(mirror: Path, copy: Path) -> Content:
    content = examine(copy)
    if content.verdict != SOUND:
        raise MirrorDamaged(N_("a page is malformed"), path=str(mirror))
    return content


def _manifest(
    asked: Making,
    facts: _Facts,
    packed: Packed,
    content: Content,
    report: Proof | None,
) -> Manifest:
    ending = ".db.zst.age" if asked.keys.lock else ".db.zst"
    return Manifest(
        file=f"dnevnik-{facts.school}-{facts.created:%Y%m%dT%H%M%SZ}{ending}",
        bytes=packed.bytes,
        sha256=packed.sha256,
        unpacked_bytes=packed.unpacked_bytes,
        unpacked_sha256=packed.unpacked_sha256,
        created_at=shown(facts.created),
        school_id=facts.school,
        schema_version=content.schema_version,
        tool_version=asked.tool_version,
        host_zone=asked.host_zone,
        run=facts.run,
        encrypted=asked.keys.lock,
        rows=content.rows,
        tables=content.tables,
        orphans=content.orphans,
        page_size=content.page_size,
        chain=content.chain,
        report=report,
    )


def _copy(packed: Path, manifest: Manifest, folder: Path, held: Collection[Path]) -> Copy:
    """Bring the archive to a target, read it back there, then write its manifest."""
    place, beside = folder / manifest.file, manifest_bytes(manifest)
    return bring(packed, manifest.sha256, place, SUFFIX, beside, held)


def seal(
    scratch: Path, manifest: Manifest, targets: Iterable[Path], keys: Keys
) -> tuple[Copy, ...]:
    """Write the yearly archive of the copy in `scratch` to every target, its hash beside it as `sha256sum` writes it."""
    source = scratch / "sealed.zip"
    with create(source) as file:
        write_sealed(scratch / "copy.db", manifest, file)
    ending = ".zip"
    if keys.lock:
        encrypt(source, scratch / "sealed.zip.age", keys)
        source, ending = scratch / "sealed.zip.age", ".zip.age"
    name = manifest.file.partition(".")[0] + ".sealed" + ending
    sha256 = file_hash(source)
    beside = f"{sha256}  {name}\n".encode()
    return tuple(bring(source, sha256, folder / name, ".sha256", beside) for folder in targets)


def _noted(made: Made, record: Record, now: datetime) -> Made:
    good = [copy for copy in made.copies if copy.problem is None]
    if not good and made.copies[0].problem is not None:
        raise made.copies[0].problem
    for copy in good:
        # A backup of a history that somebody changed is made all the same, and is not green.
        record.note(copy.path, now, ok=made.broken_at is None)
    for copy in (*made.copies, *made.sealed):
        if copy.problem is not None:
            copy.problem.facts["last_good"] = record.last_good()
    with target_trouble(record.path.parent):
        record.save()
    return made
