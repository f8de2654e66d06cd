"""`backup prune`: which backups stay, by the rule of grandfather, father and son.

Of the good backups the last of each day, ISO week, month and year is kept, as many of each as asked, counted from the
newest. Never removed: the newest good one, what did not pass its last check or has no usable manifest (a person looks
at it first), and sealed archives, which are no backups in this sense.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from connector.errors import ClockSetBack
from connector.flows.backup_create import CLOCK_SLACK
from connector.flows.backup_shelf import Backup, Record, finish_interrupted, remove, shown, stamp
from connector.flows.backup_targets import target_trouble


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks, months and years keep a backup."""

    daily: int
    weekly: int
    monthly: int
    yearly: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one backup.

    Attributes:
        path: of the archive.
        kept: False when it goes.
        why: words of `newest`, `daily`, `weekly`, `monthly`, `yearly`, `unsound`; empty when it goes.

    """

    path: Path
    kept: bool
    why: tuple[str, ...]


_SPANS: dict[str, Callable[[datetime], tuple[int, ...]]] = {
    "daily": lambda at: (at.year, at.month, at.day),
    "weekly": lambda at: tuple(at.isocalendar()[:2]),
    "monthly": lambda at: (at.year, at.month),
    "yearly": lambda at: (at.year,),
}


def kept(moments: Iterable[datetime], keep: Keep) -> dict[datetime, tuple[str, ...]]:
    """Which moments stay, and why; the days are those of the moments' own zone."""
    latest_first = sorted(moments, reverse=True)
    reasons: dict[datetime, list[str]] = {at: [] for at in latest_first}
    for name, span in _SPANS.items():
        met: set[tuple[int, ...]] = set()
        for at in latest_first:
            if len(met) < getattr(keep, name) and span(at) not in met:
                met.add(span(at))
                reasons[at].append(name)
    if latest_first:
        reasons[latest_first[0]].insert(0, "newest")
    return {at: tuple(why) for at, why in reasons.items() if why}


def fates(
    backups: Iterable[Backup], record: Record, keep: Keep, zone: tzinfo, now: datetime
) -> list[Fate]:
    """Decide about backups, folder by folder, the newest first.

    Raises:
        ClockSetBack: one is from later than now: by such a clock nothing may be removed.

    """
    by_folder: dict[Path, list[Backup]] = {}
    for backup in backups:
        at = stamp(backup.path.name)
        if at > now + CLOCK_SLACK:
            raise ClockSetBack(
                path=backup.path.name,
                later=shown(at),
                now=shown(now),
                last_good=record.last_good(),
            )
        by_folder.setdefault(backup.path.parent, []).append(backup)
    decided: list[Fate] = []
    for found in by_folder.values():
        sound = {backup.path for backup in found if _is_sound(backup, record)}
        stay = kept((stamp(path.name).astimezone(zone) for path in sound), keep)
        for backup in found:
            path = backup.path
            why = stay.get(stamp(path.name).astimezone(zone), ()) if path in sound else ("unsound",)
            decided.append(Fate(path, bool(why), why))
    return decided


def prune(decided: Iterable[Fate], record: Record) -> None:
    """Remove what goes; the caller holds the lock of backups.

    Raises:
        TargetGone: a medium refuses; what was removed before is gone, all else is whole.

    """
    going = [fate.path for fate in decided if not fate.kept]
    for folder in dict.fromkeys(path.parent for path in going):
        with target_trouble(folder):
            finish_interrupted(folder)
    for path in going:
        with target_trouble(path.parent):
            remove(path)
        record.forget(path)
    with target_trouble(record.path.parent):
        record.save()


def _is_sound(backup: Backup, record: Record) -> bool:
    known = record.about(backup.path)
    return (
        backup.manifest is not None
        and backup.path.exists()
        and backup.path.stat().st_size == backup.manifest.bytes
        and (known is None or known.ok)
    )
