"""What can go wrong, what the operator reads, what a script's exit code is.

    DnevnikError                  1   a bug, unless a subclass says more
    ├── SettingsError             2   a wrong option, setting or file named by the user
    │   ├── SettingUnknown        2   a key or table that does not exist
    │   ├── FileUnreadable        2   a file of settings or rules that cannot be read
    │   ├── TemplateBroken        2   a document template cannot be filled; the place is named
    │   │   └── TemplateUnplaced  2   no place in it can be named
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
    │   └── FilesUnusable         4   a file that holds nothing a report could use
    ├── PlanRefused               5   guards, a stale or edited plan, a suspicious source
    ├── NotConverged              6   the vendor does not show what a plan wants
    ├── DataStale                 3   a strict report refused because the mirror is too old or has gaps
    ├── MirrorUnusable            7   no mirror, or one that cannot be used
    │   ├── MirrorMissing         7
    │   ├── MirrorDamaged         7
    │   ├── MirrorForeign         7
    │   ├── MirrorTooNew          7
    │   ├── MirrorTooOld          7
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
    │   ├── TargetEmptied         7   it held backups and holds none now: is the medium mounted?
    │   ├── NothingToBackUp       7
    │   ├── HistoryBroken         7
    │   └── DrillFailed           7
    ├── RunLocked                 9   another run holds the lock
    │   └── MirrorInUse           9   another program has the mirror open
    ├── Unanswered              130   Ctrl-C where a question was asked
    └── Interrupted             130   Ctrl-C or SIGTERM

A class adds facts (attributes, used by name in its sentence), an exit code and `text`: what happened, then what to do.
`str(error)` is for logs: English, facts only, no names, marks or tokens.
"""

from connector.errors.backups import (
    BackupCut,
    BackupDamaged,
    BackupMissing,
    BackupOfAnotherSchool,
    BackupTooNew,
    BackupUnusable,
    ClockSetBack,
    DrillFailed,
    HistoryBroken,
    KeyMissing,
    KeyUnusable,
    KeyWrong,
    ManifestForeign,
    ManifestMissing,
    ManifestUnreadable,
    NothingToBackUp,
    TargetEmptied,
    TargetFull,
    TargetGone,
)
from connector.errors.base import (
    DnevnikError,
    FilesUnusable,
    FileUnreadable,
    InputRejected,
    Interrupted,
    NotConverged,
    NothingFits,
    PlanRefused,
    SettingsError,
    SettingUnknown,
    TemplateBroken,
    TemplateUnplaced,
    Unanswered,
    UsageProblem,
)
from connector.errors.mirror import (
    DiskFull,
    MirrorDamaged,
    MirrorForeign,
    MirrorInUse,
    MirrorMissing,
    MirrorReadOnly,
    MirrorTooNew,
    MirrorTooOld,
    MirrorUnreadable,
    MirrorUnusable,
    OutputFull,
    RunLocked,
)
from connector.errors.vendor import (
    AccessDenied,
    ApiError,
    BodyUnreadable,
    DataStale,
    Maintenance,
    NotFound,
    PullIncomplete,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    TokenMissing,
    TransportFailed,
    VendorBroken,
)

__all__ = [
    "AccessDenied",
    "ApiError",
    "BackupCut",
    "BackupDamaged",
    "BackupMissing",
    "BackupOfAnotherSchool",
    "BackupTooNew",
    "BackupUnusable",
    "BodyUnreadable",
    "ClockSetBack",
    "DataStale",
    "DiskFull",
    "DnevnikError",
    "DrillFailed",
    "FileUnreadable",
    "FilesUnusable",
    "HistoryBroken",
    "InputRejected",
    "Interrupted",
    "KeyMissing",
    "KeyUnusable",
    "KeyWrong",
    "Maintenance",
    "ManifestForeign",
    "ManifestMissing",
    "ManifestUnreadable",
    "MirrorDamaged",
    "MirrorForeign",
    "MirrorInUse",
    "MirrorMissing",
    "MirrorReadOnly",
    "MirrorTooNew",
    "MirrorTooOld",
    "MirrorUnreadable",
    "MirrorUnusable",
    "NotConverged",
    "NotFound",
    "NothingFits",
    "NothingToBackUp",
    "OutputFull",
    "PlanRefused",
    "PullIncomplete",
    "RateLimited",
    "RequestRejected",
    "RunLocked",
    "SettingUnknown",
    "SettingsError",
    "SignInNeeded",
    "TargetEmptied",
    "TargetFull",
    "TargetGone",
    "TemplateBroken",
    "TemplateUnplaced",
    "TokenMissing",
    "TransportFailed",
    "Unanswered",
    "UsageProblem",
    "VendorBroken",
]
