"""Errors of the mirror's file and its lock."""

from typing import Any

from connector.errors.base import DnevnikError
from connector.i18n import N_


class MirrorUnusable(DnevnikError):
    """The mirror cannot be used. Facts: `path`."""

    exit_code = 7
    text = N_(
        "The mirror {path} cannot be used: {reason}. Check the disk and [mirror] path, then run the same command again."
    )

    def __init__(self, reason: str = "", *, path: str, **facts: Any) -> None:
        super().__init__(reason, path=path, **facts)


class MirrorMissing(MirrorUnusable):
    """There is no mirror yet."""

    text = N_("There is no mirror at {path}. Run `dnevnik pull` first, or set DNEVNIK_MIRROR_PATH.")


class MirrorDamaged(MirrorUnusable):
    """SQLite finds the file damaged; it was left untouched."""

    text = N_(
        "The mirror {path} is damaged ({reason}). It was left untouched: restore a backup or move the file away and pull again."
    )


class MirrorForeign(MirrorUnusable):
    """The file is a database, but not a mirror of ours."""

    text = N_(
        "{path} is not a mirror of this program, or its head is destroyed. It was left untouched: name another file in [mirror] path, or move this one away and restore a backup (docs/recovery.md)."
    )


class MirrorTooNew(MirrorUnusable):
    """A newer version of the program wrote the mirror. Facts: `found`, `known`."""

    text = N_(
        "The mirror {path} was written by a newer version (schema {found}, this program knows {known}). It was left untouched: update the program."
    )


class MirrorTooOld(MirrorUnusable):
    """An older version of the program wrote the mirror, and this user may not bring it up to date. Facts: `found`, `known`."""

    text = N_(
        "The mirror {path} was written by an older version (schema {found}, this program wants {known}) and cannot be brought up to date now. Run `dnevnik pull` as the owner of the file, or wait until the run that holds it ends."
    )


class MirrorReadOnly(MirrorUnusable):
    """A command that writes met a mirror it may not write."""

    text = N_(
        "The mirror {path} cannot be written by this user. Reports still work; run this command as the owner of the file."
    )


class MirrorUnreadable(MirrorUnusable):
    """The file is there, but this user may not read it."""

    text = N_(
        "The mirror {path} cannot be read by this user. Run this command as the owner of the file, or let the owner give the right to read it."
    )


class DiskFull(MirrorUnusable):
    """No space left; the mirror keeps the last complete step."""

    text = N_(
        "No space left for the mirror {path}. What was read before is kept: free some space and run the same command again."
    )


class OutputFull(DiskFull):
    """No space left for a file the user asked for."""

    text = N_("No space left for {path}. Free some space and run the same command again.")


class RunLocked(DnevnikError):
    """Another run holds the lock. Facts: `path`."""

    exit_code = 9
    text = N_(
        "Another run is working on the mirror {path}. Wait for it to end, then run the same command again."
    )


class MirrorInUse(RunLocked):
    """Somebody has the mirror open, if only to read, where it is to be replaced."""

    text = N_(
        "The mirror {path} is open in another program (a report, Datasette, a database browser). Close it, then run the same command again."
    )
