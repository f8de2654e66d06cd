"""What can go wrong, what the operator reads, what a script's exit code is.

    DnevnikError                  1   a bug, unless a subclass says more
    ├── SettingsError             2   a wrong option, setting or file named by the user
    │   ├── SettingUnknown        2   a key or table that does not exist
    │   ├── FileUnreadable        2   a file of settings or rules that cannot be read
    │   ├── NothingFits           2   a filter names what is not in the mirror
    │   └── UsageProblem          2   the command cannot be carried out as given
    ├── ApiError                  3   the vendor
    │   ├── TransportFailed       3   no connection, timeout, dropped; `sent` tells whether it may have landed
    │   ├── RateLimited           3   429, 433 or a throttling type; nothing was processed
    │   ├── VendorBroken          3   5xx, JSON server error
    │   │   ├── Maintenance       3   an HTML page, whatever its status
    │   │   └── BodyUnreadable    3   cut, not JSON, or not the promised shape
    │   ├── RequestRejected       3   4xx: the call is wrong for this vendor
    │   │   ├── NotFound          3   404
    │   │   └── AccessDenied      3   403: the token lacks the right
    │   └── SignInNeeded          8   the token is wrong or expired
    │       └── TokenMissing      8   none is set
    ├── PullIncomplete            3   a pull ended with failed windows; what came was kept
    ├── InputRejected             4   local files with problems
    ├── PlanRefused               5   guards, a stale or edited plan, a suspicious source
    ├── NotConverged              6   the vendor does not show what a plan wants
    ├── DataStale                 3   a strict report refused because the mirror is too old or has gaps
    ├── MirrorUnusable            7   no mirror, or one that cannot be used
    │   ├── MirrorMissing         7
    │   ├── MirrorDamaged         7
    │   ├── MirrorForeign         7
    │   ├── MirrorTooNew          7
    │   ├── MirrorReadOnly        7
    │   ├── MirrorUnreadable      7
    │   └── DiskFull              7
    │       └── OutputFull        7   no space for another file that was asked for
    ├── BackupUnusable            7   a backup that cannot be made, read or trusted; the last good one is named
    │   ├── BackupMissing         7
    │   ├── BackupCut             7
    │   ├── BackupDamaged         7
    │   ├── BackupTooNew          7
    │   ├── BackupOfAnotherSchool 7
    │   ├── ManifestMissing       7
    │   ├── ManifestUnreadable    7
    │   ├── ManifestForeign       7
    │   ├── KeyMissing            7
    │   ├── KeyWrong              7
    │   ├── KeyUnusable           7
    │   ├── ClockSetBack          7
    │   ├── TargetFull            7
    │   ├── TargetGone            7
    │   ├── NothingToBackUp       7
    │   ├── HistoryBroken         7
    │   └── DrillFailed           7
    ├── RunLocked                 9   another run holds the lock
    │   └── MirrorInUse           9   another program has the mirror open
    └── Interrupted             130   Ctrl-C or SIGTERM

A class adds facts (attributes, used by name in its sentence), an exit code and `text`: what happened, then what to do.
`str(error)` is for logs: English, facts only, no names, marks or tokens.
"""

from math import ceil
from typing import Any, ClassVar

from connector.i18n import N_, _


class DnevnikError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code: ClassVar[int] = 1
    text: ClassVar[str] = N_(
        "Something went wrong inside the program: {reason}. Run again with --debug and report it."
    )

    def __init__(self, reason: str = "", **facts: Any) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return ": ".join(part for part in (type(self).__name__, self.reason, shown) if part)

    def sentence(self) -> str:
        """The operator's sentence in the active language."""
        return _(self.text).format(reason=_(self.reason), **self.facts)


class SettingsError(DnevnikError):
    """A setting, option or named file is wrong. Facts: `where`, `key`, `value`, `allowed`."""

    exit_code = 2
    text = N_("Wrong setting {key} = {value} in {where}. Allowed: {allowed}.")


class SettingUnknown(SettingsError):
    """A key or table that does not exist, probably misspelt. Facts as above; the value is not shown."""

    text = N_("There is no setting {key} ({where}). Known here: {allowed}.")


class FileUnreadable(SettingsError):
    """A file of settings or rules cannot be read. Facts: `where` (the file), `value` (why), `allowed`."""

    text = N_("The file {where} cannot be read: {value}. Expected: {allowed}.")


class NothingFits(SettingsError):
    """A filter names what is not in the mirror. Facts: `key` (the option), `value`, `allowed`."""

    text = N_("Nothing in the mirror fits {key} {value}. Known: {allowed}.")


class UsageProblem(SettingsError):
    """The command cannot be carried out as given; the reason says what to change."""

    text = N_("{reason}")


class ApiError(DnevnikError):
    """Anything the vendor's side did. Facts: `endpoint` (the path template, without ids)."""

    exit_code = 3
    text = N_("The vendor could not answer {endpoint}: {reason}. Try again later.")

    def __init__(self, reason: str = "", *, endpoint: str = "", **facts: Any) -> None:
        super().__init__(reason, endpoint=endpoint, **facts)
        self.endpoint = endpoint


class TransportFailed(ApiError):
    """No answer: refused, unreachable, timed out, dropped.

    `sent` is False only when the request provably never reached the vendor.
    """

    text = N_(
        "No answer from the vendor ({reason}). Check the network and the address in [api] base_url, then run the same command again."
    )

    def __init__(self, reason: str, *, endpoint: str, sent: bool) -> None:
        super().__init__(reason, endpoint=endpoint)
        self.sent = sent


class RateLimited(ApiError):
    """The vendor asked us to slow down; nothing was processed."""

    text = N_(
        "The vendor is limiting our requests. Run the same command again in {minutes} min; it goes on where it stopped."
    )

    def __init__(self, reason: str = "throttled", *, endpoint: str, retry_after: float) -> None:
        super().__init__(reason, endpoint=endpoint, retry_after=retry_after)
        self.retry_after = retry_after

    def sentence(self) -> str:
        """Say the pause in whole minutes, rounded up: nobody counts 3600 seconds."""
        return _(self.text).format(minutes=max(1, ceil(self.retry_after / 60)))


class VendorBroken(ApiError):
    """The vendor failed on its side. Facts: `status`."""

    text = N_("The vendor's server failed (status {status}). Run the same command again later.")

    def __init__(self, reason: str = "", *, endpoint: str, status: int) -> None:
        super().__init__(reason, endpoint=endpoint, status=status)
        self.status = status


class Maintenance(VendorBroken):
    """An HTML page instead of JSON, under 200, 502 or 503: docs/vendor-api.md#errors."""

    text = N_(
        "The vendor shows a maintenance page instead of data. Run the same command again later; maintenance is usual at night."
    )


class BodyUnreadable(VendorBroken):
    """The answer was cut, is not JSON, or has not the promised shape at all."""

    text = N_(
        "The vendor's answer to {endpoint} could not be read ({reason}). Run the same command again later."
    )


class RequestRejected(ApiError):
    """The vendor refused this call. Facts: `status`, `type`."""

    text = N_("The vendor refused the call {endpoint} (status {status}, {type}).")

    def __init__(self, reason: str = "", *, endpoint: str, status: int, type: str = "") -> None:  # noqa: A002 - the vendor's word
        super().__init__(reason, endpoint=endpoint, status=status, type=type)
        self.status = status
        self.type = type


class NotFound(RequestRejected):
    """The object is not there, or not for us (404 `parameterInvalid`)."""

    text = N_("The vendor does not know what {endpoint} asks for (status {status}, {type}).")


class AccessDenied(RequestRejected):
    """The token's owner may not do this (403)."""

    text = N_(
        "The token has no right for {endpoint}. Use a token of an administrator of the school."
    )


class SignInNeeded(ApiError):
    """The token is missing, wrong or expired."""

    exit_code = 8
    text = N_(
        "The vendor does not accept the token ({reason}). Get a new one in the browser and put it into DNEVNIK_API_TOKEN or [api] token_file, then run the same command again."
    )


class TokenMissing(SignInNeeded):
    """No token is set anywhere."""

    text = N_(
        "No token is set. Get one in the browser and put it into DNEVNIK_API_TOKEN or [api] token_file, then run the same command again."
    )


class PullIncomplete(DnevnikError):
    """Some windows failed; the rest is in the mirror. Facts: `failed`, `done`."""

    exit_code = 3
    text = N_(
        "Windows not read: {failed}; read and kept: {done}. Reason of the first failure: {reason} Run the same command again; it goes on where it stopped."
    )


class DataStale(DnevnikError):
    """A strict report was refused: the mirror lacks what its rules need."""

    exit_code = 3
    text = N_("The report was refused: {reason} Run `dnevnik pull` first.")


class InputRejected(DnevnikError):
    """Local files with problems; all of them are listed before this is raised."""

    exit_code = 4
    text = N_("Problems found in the files: {count}. Correct them and run the check again.")


class PlanRefused(DnevnikError):
    """A plan that must not be made or applied as it is."""

    exit_code = 5
    text = N_("The plan was refused: {reason}")


class NotConverged(DnevnikError):
    """After an apply or in a verify the vendor does not show what the plan wants. Facts: `remaining`."""

    exit_code = 6
    text = N_(
        "The vendor does not show everything the plan wants yet: {remaining} operations remain. Look at the list, then run `dnevnik verify` or `dnevnik apply` with the same plan again."
    )


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
        "{path} is not a mirror of this program. It was left untouched: name another file in [mirror] path."
    )


class MirrorTooNew(MirrorUnusable):
    """A newer version of the program wrote the mirror. Facts: `found`, `known`."""

    text = N_(
        "The mirror {path} was written by a newer version (schema {found}, this program knows {known}). It was left untouched: update the program."
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


class Interrupted(DnevnikError):
    """Ctrl-C or SIGTERM; the mirror is consistent."""

    exit_code = 130
    text = N_("Stopped. What was read is kept; run the same command again to go on.")
