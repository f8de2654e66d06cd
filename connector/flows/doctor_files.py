"""The doctor's look at files: who may read them, room for the next backup, how the last backup and drill ended."""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from connector.flows.backup_create import PACKED_SHARE, SCRATCH_SHARE
from connector.flows.backup_shelf import Known, Record
from connector.flows.doctor import Line, doubtful, fine, unusable
from connector.i18n import N_

MIB = 2**20
# Without this much a pull cannot even keep its log.
LEAST_ROOM = 64 * MIB
# Times what is needed: less is worth a word.
AMPLE = 3
# A backup follows each night's pull; a drill is due once a quarter.
BACKUP_AGE, DRILL_AGE = timedelta(days=3), timedelta(days=92)
ONLY_OWNER = 0o600


def modes(mirror: Path, mode: int, others: Iterable[Path]) -> Iterator[Line]:
    """Whether nobody reads who should not.

    Args:
        mirror: allowed to those whom the settings name.
        mode: the settings' permission bits.
        others: files for their owner only: settings that hold a token, the token's file.

    """
    if os.name != "posix":
        return
    record = Record(mirror)
    private = [record.path, *map(Path, record.known), *others]
    allowed = {**dict.fromkeys(private, ONLY_OWNER), mirror: mode}
    wide = [(path, bits) for path, bits in allowed.items() if _mode_of(path) & ~bits]
    if not wide:
        yield fine("modes", N_("Nobody else may read the mirror and its backups."))
    for path, bits in wide:
        said, remedy = N_("Others may use the file {path}."), N_("Run `chmod {mode} {path}`.")
        yield doubtful("modes", said, remedy, path=str(path), mode=f"{bits:o}")


def _mode_of(path: Path) -> int:
    """Permission bits; none where there is no file: whoever needs it says so."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def disk(mirror: Path, targets: Iterable[Path]) -> Iterator[Line]:
    """Room for the next backup: for its scratch copy beside the mirror, and for the archive in each target."""
    size = mirror.stat().st_size if mirror.exists() else 0
    yield _room(mirror.absolute().parent, max(int(size * SCRATCH_SHARE), LEAST_ROOM))
    for target in dict.fromkeys(target.absolute() for target in targets):
        yield _room(target, size // PACKED_SHARE)


def _room(folder: Path, needed: int) -> Line:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        said = N_("The folder {folder} is not there.")
        remedy = N_("Plug its medium in; a folder that only lacks itself the next backup makes.")
        return doubtful("disk", said, remedy, folder=str(folder))
    shown = {"folder": str(folder), "free": free // MIB, "needed": -(-needed // MIB)}
    said = N_("Free in {folder}: {free} MiB; the next backup needs {needed}.")
    if free < needed:
        return unusable("disk", said, N_("Make room there, or move to a larger disk."), **shown)
    if free < AMPLE * needed:
        return doubtful("disk", said, N_("Make room there before it is full."), **shown)
    return fine("disk", said, **shown)


def backups(mirror: Path, now: datetime) -> Iterator[Line]:
    """The last backup and the last drill, as the record beside the mirror knows them. A failed one is never green."""
    known = Record(mirror).known
    yield _backup(known, now)
    yield _drill(known, now)


def _backup(known: Mapping[str, Known], now: datetime) -> Line:
    make = N_("Make one: `dnevnik backup create`.")
    if not known:
        return doubtful("backup", N_("There is no backup."), make)
    file, newest = max(known.items(), key=lambda item: (item[1].created_at, item[0]))
    if not newest.ok:
        good = max((item.created_at for item in known.values() if item.ok), default="—")
        said = N_("The newest backup did not pass its check: {file}. Last good one: {good}.")
        return unusable("backup", said, make, file=file, good=good)
    if not Path(file).exists():
        said = N_("The newest backup is not where it was made: {file}.")
        return doubtful("backup", said, N_("Plug its medium in, or make a new one."), file=file)
    age = now - datetime.fromisoformat(newest.created_at)
    said, days = N_("Days since the last good backup: {days}."), max(0, age.days)
    if age > BACKUP_AGE:
        return doubtful("backup", said, make, days=days)
    return fine("backup", said, days=days)


def _drill(known: Mapping[str, Known], now: datetime) -> Line:
    drill = N_("Prove that it can be restored: `dnevnik backup drill`.")
    drilled = [(item.drilled_at, file, item) for file, item in known.items() if item.drilled_at]
    if not drilled:
        return doubtful("drill", N_("No backup was ever restored in a drill."), drill)
    at, file, item = max(drilled, key=lambda found: found[:2])
    if not (item.drill_ok and item.ok):
        said = N_("The backup of the last drill did not pass: {file}.")
        return unusable("drill", said, N_("Make a new backup and drill it."), file=file)
    age = now - datetime.fromisoformat(at)
    said, days = N_("Days since the last good drill: {days}."), max(0, age.days)
    return (
        doubtful("drill", said, drill, days=days)
        if age > DRILL_AGE
        else fine("drill", said, days=days)
    )
