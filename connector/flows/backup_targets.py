"""Where backups go: folders, most of them on media that are full, gone or slow when it matters. Files appear whole or not at all."""

import errno
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from connector.errors import BackupDamaged, BackupUnusable, TargetEmptied, TargetFull, TargetGone
from connector.flows.backup_shelf import PART, finish_interrupted, holds_any
from connector.i18n import N_
from connector.mirror.packing import create, file_hash, settle

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Copy:
    """What became of one target: the archive there, or the problem."""

    path: Path
    problem: BackupUnusable | None = None


def room(folder: Path) -> int:
    """Free bytes of a folder's disk."""
    return shutil.disk_usage(folder).free


def refuse_emptied(folder: Path, held: Collection[Path]) -> None:
    """Refuse a folder that is among those that held backups and has none: its medium is not there.

    Raises:
        TargetEmptied: so it is.
        OSError: it cannot be looked into.

    """
    if folder.absolute() in held and not holds_any(folder):
        raise TargetEmptied(path=str(folder))


def prepare(targets: tuple[Path, ...], size: int, held: Collection[Path]) -> None:
    """Refuse early when no target could take the backup; one that cannot is met again when its turn comes.

    Args:
        targets: folders; those that nobody knows are made.
        size: bytes that each must have room for.
        held: folders that must hold older backups.

    Raises:
        BackupUnusable: why the first one cannot take it, where none can.

    """
    problems: list[BackupUnusable] = []
    for folder in targets:
        try:
            with target_trouble(folder):
                refuse_emptied(folder, held)
                folder.mkdir(mode=0o700, exist_ok=True)
                finish_interrupted(folder)
                if room(folder) < size:
                    raise TargetFull(path=str(folder))
        except BackupUnusable as problem:
            problems.append(problem)
    if len(problems) == len(targets):
        raise problems[0]


def bring(
    source: Path,
    sha256: str,
    place: Path,
    ending: str,
    beside: bytes,
    held: Collection[Path] = (),
) -> Copy:
    """Copy a file to `place`, read it back there, then write `beside` next to it; both appear whole or not at all.

    A folder among `held` must hold older backups.
    """
    folder = place.parent
    parts = [folder / f".{place.name}{PART}", folder / f".{place.name}{ending}{PART}"]
    try:
        with target_trouble(folder):
            refuse_emptied(folder, held)
            if room(folder) < source.stat().st_size:
                raise TargetFull(path=str(folder))
            with source.open("rb") as found, create(parts[0]) as file:
                shutil.copyfileobj(found, file, 1_048_576)
                settle(file)
            with create(parts[1]) as file:
                file.write(beside)
                settle(file)
            if file_hash(parts[0]) != sha256:
                raise BackupDamaged(N_("the medium did not keep what was written"), path=str(place))
            parts[0].replace(place)
            parts[1].replace(folder / (place.name + ending))
            _settle_folder(folder)
    except BackupUnusable as problem:
        with suppress(OSError):
            # An archive that came without what stands beside it is no backup; its name was nobody's before.
            parts += [] if (folder / (place.name + ending)).exists() else [place]
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return Copy(place, problem)
    return Copy(place)


def _settle_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover - a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def target_trouble(folder: Path) -> Iterator[None]:
    """Turn what a disk says about a target into our errors."""
    try:
        yield
    except OSError as problem:
        if problem.errno in _NO_SPACE:
            raise TargetFull(path=str(folder)) from problem
        raise TargetGone(problem.strerror or "", path=str(folder)) from problem
