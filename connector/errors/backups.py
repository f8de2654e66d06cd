"""Errors of backups: what cannot be made, read or trusted."""

from typing import Any

from connector.errors.base import DnevnikError
from connector.i18n import N_, _


class BackupUnusable(DnevnikError):
    """A backup cannot be made, read or trusted; nothing was changed.

    Facts: `path`, and `last_good`: the newest backup that passed its last check, or None.
    """

    exit_code = 7
    text = N_("The backup {path} cannot be used: {reason}.")

    def __init__(self, reason: str = "", *, path: str = "", **facts: Any) -> None:
        super().__init__(reason, **{"path": path, "last_good": None, **facts})

    def sentence(self) -> str:
        """Say what happened, then which backup can be trusted."""
        good = self.facts["last_good"]
        more = (
            _("The last good backup: {file}.").format(file=good)
            if good
            else _("No good backup is known.")
        )
        return f"{super().sentence()} {more}"


class BackupMissing(BackupUnusable):
    """There is no such backup."""

    text = N_("There is no backup {path}. See `dnevnik backup list`.")


class BackupCut(BackupUnusable):
    """The archive has another length than its manifest says. Facts: `found`, `expected` in bytes."""

    text = N_(
        "The backup {path} has another length ({found} bytes) than when it was made ({expected})."
    )


class BackupDamaged(BackupUnusable):
    """The archive is not what was written."""

    text = N_("The backup {path} is damaged: {reason}.")


class BackupTooNew(BackupUnusable):
    """A newer version of the program made it. Facts: `found`, `known`."""

    text = N_(
        "The backup {path} was made by a newer version (schema {found}, this program knows {known}): update the program."
    )


class BackupOfAnotherSchool(BackupUnusable):
    """The backup is of another school. Facts: `found`, `expected`."""

    text = N_("The backup {path} is of school {found}, and this mirror is of school {expected}.")


class ManifestMissing(BackupUnusable):
    """An archive without its manifest proves nothing."""

    text = N_("The manifest {path} is missing, so its backup cannot be checked.")


class ManifestUnreadable(BackupUnusable):
    """The manifest is not what was written."""

    text = N_("The manifest {path} cannot be used: {reason}.")


class ManifestForeign(BackupUnusable):
    """The manifest speaks of another file. Facts: `named`."""

    text = N_("The manifest {path} belongs to another file: {named}.")


class KeyMissing(BackupUnusable):
    """The backup is encrypted and no key is set."""

    text = N_(
        "The backup {path} is encrypted. Set [backup] passphrase_file or [backup] identity_file."
    )


class KeyWrong(BackupUnusable):
    """The key does not open the backup; its bytes are those that were written."""

    text = N_(
        "The passphrase or key does not open the backup {path}. Check [backup] passphrase_file and identity_file."
    )


class KeyUnusable(BackupUnusable):
    """What is set as a key is none."""

    text = N_("The key set in [backup] cannot be used: {reason}.")


class ClockSetBack(BackupUnusable):
    """A backup is from later than this machine's clock says. Facts: `later`, `now`."""

    text = N_(
        "The backup {path} is from {later}, later than this machine's clock ({now}). Set the clock, then run the same command again."
    )


class TargetFull(BackupUnusable):
    """No space for the backup."""

    text = N_("No space left for a backup in {path}. Older backups are untouched: free some space.")


class TargetGone(BackupUnusable):
    """A target is not there or cannot be written."""

    text = N_("The backup could not be written to {path}: {reason}. Is the medium there?")


class TargetEmptied(BackupUnusable):
    """A target that held backups of this mirror holds none: under a medium that is not mounted lies an empty folder."""

    text = N_(
        "The folder {path} held backups and holds none now, so nothing was written there. Is the medium mounted? A new or emptied one is accepted by `dnevnik backup create --new-medium`."
    )


class NothingToBackUp(BackupUnusable):
    """The mirror holds no school yet."""

    text = N_("The mirror {path} holds no school yet. Run `dnevnik pull` first.")


class HistoryBroken(BackupUnusable):
    """Somebody changed the history in the mirror; the backup was made all the same. Facts: `change`."""

    text = N_(
        "The history in the mirror was changed by somebody: entry {change} is not what was written. The backup {path} was made and keeps it as it is; it is not marked good."
    )


class DrillFailed(BackupUnusable):
    """A check of a backup or of a restore drill found a difference."""

    text = N_("The backup {path} did not pass: {reason}.")
