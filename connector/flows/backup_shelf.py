"""The backups of a folder, and what is known of them: the record beside the mirror says which passed their last check.

A backup is two files, and the manifest comes last: an archive without one was left by a killed run or lost its half.
The record is a convenience: without it nothing is lost but the dates, and every backup counts as unchecked.
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from connector.errors import BackupUnusable, DnevnikError
from connector.mirror.manifest import (
    ARCHIVE_NAME,
    SUFFIX,
    Manifest,
    manifest_path,
    parse_manifest,
    read_manifest,
)
from connector.mirror.packing import create, file_hash, settle

PART = ".part"
GOING = ".removing"
SCHEMA = "dnevnik/backups/1"
SEALED_NAME = re.compile(r"dnevnik-[0-9]{1,20}-[0-9]{8}T[0-9]{6}Z\.sealed\.zip(\.age)?")


@dataclass(frozen=True, slots=True)
class Backup:
    """One archive on a shelf.

    Attributes:
        path: of the archive.
        manifest: None when it cannot be used.
        problem: why; None when the manifest can be used.

    """

    path: Path
    manifest: Manifest | None
    problem: DnevnikError | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an archive at one place; moments are UTC with `Z`.

    Attributes:
        created_at: when it was made.
        checked_at: when it was read last; making it counts.
        ok: whether it passed then.
        drilled_at: when it was restored in a drill last, or None.
        drill_ok: whether the drill passed, or None.
        certificate: the drill's document, or None.

    """

    created_at: str
    checked_at: str
    ok: bool
    drilled_at: str | None = None
    drill_ok: bool | None = None
    certificate: str | None = None

    @property
    def has_moments(self) -> bool:
        """Whether what stands for moments is one, all in the one form."""
        moments = (self.created_at, self.checked_at, self.drilled_at or self.checked_at)
        try:
            return all(shown(datetime.fromisoformat(moment)) == moment for moment in moments)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class _Kept:
    """The record as its file holds it."""

    backups: dict[str, Known]


def backups_in(folders: Iterable[Path], school: int | None = None) -> list[Backup]:
    """Backups of these folders, the newest first; with `school` only those that are not another school's.

    A folder that is not there has none: which folder is missing, `backup create` says.
    """
    found: list[Backup] = []
    for folder in dict.fromkeys(folder.absolute() for folder in folders):
        names: set[str] = set()
        with suppress(OSError):
            names = {entry.name.removesuffix(SUFFIX) for entry in folder.iterdir()}
        found += [_shown(folder / name) for name in names if ARCHIVE_NAME.fullmatch(name)]
    ours = [
        backup
        for backup in found
        if school is None or backup.path.name.split("-")[1] == str(school)
    ]
    return sorted(
        ours, key=lambda backup: (stamp(backup.path.name), str(backup.path)), reverse=True
    )


def sealed_in(folders: Iterable[Path], school: int | None = None) -> list[Path]:
    """Yearly archives of these folders, by name; with `school` only that school's."""
    found: list[Path] = []
    for folder in dict.fromkeys(folder.absolute() for folder in folders):
        with suppress(OSError):
            found += [path for path in folder.iterdir() if SEALED_NAME.fullmatch(path.name)]
    return sorted(
        path for path in found if school is None or path.name.split("-")[1] == str(school)
    )


def holds_any(folder: Path) -> bool:
    """Whether anything of ours lies in a folder, sound or not; nothing does in one that is not there.

    Raises:
        OSError: it cannot be looked into.

    """
    with suppress(FileNotFoundError):
        names = {entry.name for entry in folder.iterdir()}
        return any(ARCHIVE_NAME.fullmatch(name) or SEALED_NAME.fullmatch(name) for name in names)
    return False


def stamp(name: str) -> datetime:
    """The moment in an archive's name; the first of all moments where it names none."""
    try:
        return datetime.strptime(name.split("-")[2][:16], "%Y%m%dT%H%M%S%z")
    except (ValueError, IndexError):
        return datetime.min.replace(tzinfo=UTC)


def _shown(archive: Path) -> Backup:
    try:
        manifest = read_manifest(archive)
    except DnevnikError as problem:
        return Backup(archive, None, problem)
    return Backup(archive, manifest)


def finish_interrupted(folder: Path) -> None:
    """Bring to an end what a killed run left: name a manifest whose archive is whole, remove other parts.

    The caller holds the lock of backups.
    """
    for going in folder.glob(f".dnevnik-*{SUFFIX}{GOING}"):
        name = going.name.removeprefix(".").removesuffix(SUFFIX + GOING)
        if ARCHIVE_NAME.fullmatch(name):
            (folder / name).unlink(missing_ok=True)
            going.unlink()
    for part in folder.glob(f".dnevnik-*{PART}"):
        name = part.name.removeprefix(".").removesuffix(PART)
        if SEALED_NAME.fullmatch(name.removesuffix(".sha256")):
            part.unlink(missing_ok=True)
        archive = folder / name.removesuffix(SUFFIX)
        if not ARCHIVE_NAME.fullmatch(archive.name):
            continue
        if name.endswith(SUFFIX) and _fits(part, archive):
            part.replace(manifest_path(archive))
        else:
            part.unlink(missing_ok=True)


def remove(archive: Path) -> None:
    """Remove an archive and its manifest; killed on the way, the next run removes the rest.

    Raises:
        OSError: the medium refuses.

    """
    going = archive.with_name(f".{archive.name}{SUFFIX}{GOING}")
    manifest_path(archive).replace(going)
    archive.unlink(missing_ok=True)
    going.unlink()


def _fits(part: Path, archive: Path) -> bool:
    try:
        manifest = parse_manifest(part.read_bytes(), part)
        return manifest.file == archive.name and manifest.sha256 == file_hash(archive)
    except (OSError, BackupUnusable):
        return False


class Record:
    """What is known of backups: `<mirror>.backups.json`."""

    def __init__(self, mirror: Path) -> None:
        """Read the record of the mirror at `mirror`; one that makes no sense counts as empty."""
        self.path = mirror.with_name(mirror.name + ".backups.json")
        self.known: dict[str, Known] = {}
        with suppress(OSError, ValueError, RecursionError, msgspec.MsgspecError):
            known = msgspec.json.decode(self.path.read_bytes(), type=_Kept).backups
            self.known = {path: item for path, item in known.items() if item.has_moments}

    def note(self, path: Path, at: datetime, *, ok: bool) -> None:
        """Note how the check of an archive ended."""
        key = _key(path)
        made = Known(shown(stamp(path.name)), shown(at), ok)
        old = self.known.get(key, made)
        self.known[key] = replace(old, checked_at=made.checked_at, ok=made.ok)

    def note_drill(self, path: Path, at: datetime, *, ok: bool, certificate: str | None) -> None:
        """Note how a drill ended; it is a check as well."""
        self.note(path, at, ok=ok)
        key = _key(path)
        self.known[key] = replace(
            self.known[key], drilled_at=shown(at), drill_ok=ok, certificate=certificate
        )

    def about(self, path: Path) -> Known | None:
        """What is known of the archive at `path`."""
        return self.known.get(_key(path))

    def folders(self) -> frozenset[Path]:
        """Folders that hold a known backup, or did when they were there last."""
        return frozenset(Path(path).parent for path in self.known)

    def forget(self, path: Path) -> None:
        """Forget a backup that was removed."""
        self.known.pop(_key(path), None)

    def save(self) -> None:
        """Write the record aside and rename it.

        Raises:
            OSError: the mirror's folder cannot be written.

        """
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "backups": {name: asdict(known) for name, known in sorted(self.known.items())},
        }
        aside = self.path.with_name(f".{self.path.name}{PART}")
        aside.unlink(missing_ok=True)
        with create(aside) as file:
            file.write(json.dumps(document, ensure_ascii=False, indent=1).encode())
            settle(file)
        aside.replace(self.path)

    def last_good(self, *, but: Path | None = None) -> str | None:
        """The newest backup that passed its last check and is still there."""
        good = [
            (known.created_at, path)
            for path, known in self.known.items()
            if known.ok and (but is None or path != _key(but)) and Path(path).exists()
        ]
        return max(good)[1] if good else None


def _key(path: Path) -> str:
    return str(path.absolute())


def shown(at: datetime) -> str:
    """A moment in whole seconds: UTC, `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
