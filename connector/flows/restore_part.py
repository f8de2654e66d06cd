"""`backup restore` of a part: the rows of a class, a pupil, a subject or a period back into the live mirror.

All of it is one transaction of one run: killed, it has not happened. What the mirror learnt after the backup stays unless
somebody says otherwise; the diary itself is not touched, so the next pull shows what it says today.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connector.errors import MirrorMissing, NothingFits, UsageProblem
from connector.flows.backup_create import make_backup
from connector.flows.restore_mirror import (
    Outcome,
    Restoring,
    is_filled,
    scope_of,
    summary,
    unpacked,
    wanted_moment,
    workplace,
)
from connector.i18n import N_
from connector.mirror.giving_back import Giving
from connector.mirror.rewind import Restored
from connector.mirror.scope import Scope, conditions
from connector.mirror.store import Mirror
from connector.reports.selection import class_key, natural
from connector.rulebook import plain_text


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked for, as people name it; ids are understood everywhere.

    Attributes:
        classes: names of classes; their subgroups belong to them.
        pupils: ids, or surname and given name (and patronymic) when only one pupil is named so.
        subjects: names.
        periods: names of reporting periods.
        overwrite: whether values newer than the backup give way, and rows that it does not know.

    """

    classes: tuple[str, ...] = ()
    pupils: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    overwrite: bool = False

    def __bool__(self) -> bool:
        """Whether anything is named: nothing means the whole."""
        return bool(self.classes or self.pupils or self.subjects or self.periods)


def restore_part(asked: Restoring, part: Part, now: datetime) -> Outcome:
    """Merge a part of the backup into today's mirror.

    Raises:
        NothingFits: the name of a class, subject or period is not in the backup.
        UsageProblem: nobody or several have the pupil's name, or the backup says nothing of the day asked for.
        BackupUnusable: see its subclasses; the last good backup is named.
        MirrorUnusable: today's mirror is missing, damaged, or cannot be written.
        RunLocked: a run is at the mirror.

    In every case today's mirror is what it was.

    """
    if not is_filled(asked.mirror):
        raise MirrorMissing(path=str(asked.mirror))
    with (
        Restored.open(asked.mirror, write=True, mode=asked.mode) as live,
        workplace(asked, asked.mirror) as scratch,
    ):
        manifest, database = unpacked(asked, scratch, now)
        with Restored.open(database, write=True) as copy:
            when = wanted_moment(copy, asked, manifest)
            scope = named(copy, part)
            made = make_backup(asked.mirror, asked.making, now, asked.prove)
            safety = next(made_.path for made_ in made.copies if made_.problem is None)
            if when is not None:
                with copy.transaction():
                    copy.rewind(copy.begin_restore({}, now, 0), now, when)
            with live.transaction():
                record = {
                    **scope_of(asked, manifest),
                    **scope.document(),
                    "overwrite": part.overwrite,
                }
                run = live.begin_restore(record, now, manifest.run or 0)
                giving = Giving(copy, live, run, now, when or manifest.moment, part.overwrite)
                giving.give(conditions(scope))
                live.forget_all_bodies()
                live.finish_run(run, now, "done", summary(giving.tallies))
    return Outcome(
        manifest, asked.mirror, run, safety=safety, rows=giving.tallies, kept=giving.kept, part=True
    )


def named(copy: Mirror, part: Part) -> Scope:
    """The part as ids, by what the backup holds.

    A class or a period that several study years have is the one of the latest.

    Raises:
        NothingFits: the name of a class, subject or period fits nothing.
        UsageProblem: nobody or several have the pupil's name.

    """
    groups = None
    if part.classes:
        chosen = _of_the_latest_year(copy, "--class", part.classes, class_key, _CLASSES)
        groups = chosen | _subgroups(copy, chosen)
    periods = spans = None
    if part.periods:
        periods = _of_the_latest_year(copy, "--period", part.periods, plain_text, _PERIODS)
        spans = _spans(copy, periods)
    subjects = None
    if part.subjects:
        subjects = _of_the_latest_year(copy, "--subject", part.subjects, plain_text, _SUBJECTS)
    return Scope(groups, _pupils(copy, part.pupils), subjects, periods, spans)


_CLASSES = "SELECT id, name, study_year FROM edu_groups WHERE ifnull(type, '') <> 'Subgroup'"
_PERIODS = "SELECT id, name, study_year FROM reporting_periods"
_SUBJECTS = "SELECT id, name, 0 FROM subjects"


def _of_the_latest_year(
    copy: Mirror, option: str, wanted: tuple[str, ...], plain: Callable[[str], str], sql: str
) -> frozenset[int]:
    known = [(key, name or "", year or 0) for key, name, year in copy.query(sql)]
    found: set[int] = set()
    for text in wanted:
        by_id = {key for key, _name, _year in known if str(key) == text.strip()}
        fits = [(key, year) for key, name, year in known if plain(name) == plain(text)]
        latest = max((year for _key, year in fits), default=0)
        chosen = by_id or {key for key, year in fits if year == latest}
        if not chosen:
            names = sorted({name for _key, name, _year in known if name}, key=natural)
            raise NothingFits(key=option, value=text, allowed=", ".join(names))
        found |= chosen
    return frozenset(found)


def _subgroups(copy: Mirror, classes: frozenset[int]) -> frozenset[int]:
    return frozenset(
        group
        for group, parent in copy.query("SELECT edu_group_id, parent_id FROM edu_group_parents")
        if parent in classes
    )


def _spans(copy: Mirror, periods: frozenset[int]) -> tuple[tuple[int, str, str], ...]:
    """Days of the periods by group; a subgroup without any goes by its parents'."""
    by_group: dict[int, list[tuple[str, str]]] = {}
    for group, key, start, finish in copy.query(
        "SELECT l.edu_group_id, p.id, p.start, p.finish FROM edu_group_reporting_periods l"
        " JOIN reporting_periods p ON p.id = l.reporting_period_id"
        " WHERE p.start IS NOT NULL AND p.finish IS NOT NULL"
    ):
        days = by_group.setdefault(group, [])
        if key in periods:
            days.append((start[:10], finish[:10]))
    inherited: dict[int, list[tuple[str, str]]] = {}
    for group, parent in copy.query("SELECT edu_group_id, parent_id FROM edu_group_parents"):
        if group not in by_group:
            inherited.setdefault(group, []).extend(by_group.get(parent, []))
    return tuple(
        sorted((group, *span) for group, days in (by_group | inherited).items() for span in days)
    )


def _pupils(copy: Mirror, wanted: tuple[str, ...]) -> frozenset[int] | None:
    if not wanted:
        return None
    known: dict[str, set[int]] = {}
    for key, *names in copy.query("SELECT id, last_name, first_name, middle_name FROM persons"):
        parts = [name for name in names if name]
        for form in {str(key), plain_text(" ".join(parts)), plain_text(" ".join(parts[:2]))}:
            known.setdefault(form, set()).add(key)
    found: set[int] = set()
    for text in wanted:
        fits = known.get(text.strip()) or known.get(plain_text(text), set())
        if not fits:
            raise UsageProblem(
                N_(
                    "Nobody in the backup fits --pupil: give an id, or surname and given name in full."
                )
            )
        if len(fits) > 1:
            raise UsageProblem(
                N_("Several people have the name given to --pupil: give the id instead.")
            )
        found |= fits
    return frozenset(found)
