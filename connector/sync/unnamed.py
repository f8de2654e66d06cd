"""Pupils and classes of the diary that the files do not name. Pure.

A class counts as covered where the files give it at least one pupil. Only there somebody can be missing, and only
where no row was refused: the refused row may be the missing pupil's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from connector.i18n import _
from connector.planned import HaveGroup
from connector.source import Source
from connector.sync.draft import Draft
from connector.sync.outcome import group_values
from connector.sync.resolve import Roster
from connector.sync.roll import LAST_PARALLEL, Roll, is_class

_MISSING = "missing row"


def leave_unnamed(
    draft: Draft,
    rolls: Sequence[Source],
    roll: Roll,
    resolved: Roster,
    protected: Collection[int],
    *,
    whole: bool,
) -> None:
    """Add to `draft` what follows from silence of the files; `protected` persons are left alone."""
    named = {pupil.edu_group for source in rolls for pupil in source.pupils if not pupil.left}
    covered = {identity for name, identity in resolved.groups.classes.items() if name in named}
    missing = _missing(draft, covered | _parts(draft, rolls), protected)
    torn = any(source.refused for source in rolls)
    if torn:
        _tell_withheld(draft, missing)
    else:
        for person, group in missing:
            draft.end(person, group, reason="unlisted", evidence=_MISSING)
    _classes(draft, covered, resolved, protected, whole=whole and not torn)
    _tell_left_behind(draft, covered, roll)
    _tell_subgroups(draft)


def _parts(draft: Draft, rolls: Iterable[Source]) -> set[int]:
    """Subgroups whose members the files name, for every class they belong to."""
    named: dict[int, set[int]] = defaultdict(set)
    for source in rolls:
        for pupil in source.pupils:
            if pupil.left:
                continue
            for part in pupil.subgroups:
                inside = draft.groups.pairs.get((pupil.edu_group, part))
                of = draft.groups.pairs.get((pupil.edu_group, ""))
                if inside is not None and of is not None:
                    named[inside].add(of)
    return {inside for inside, of in named.items() if set(draft.have.groups[inside].parents) <= of}


def _missing(
    draft: Draft, groups: Collection[int], protected: Collection[int]
) -> list[tuple[int, int]]:
    return sorted(
        (person, group)
        for person, group in draft.have.members
        if group in groups and person not in protected and (person, group) not in draft.settled
    )


def _tell_withheld(draft: Draft, missing: Iterable[tuple[int, int]]) -> None:
    counts: dict[int, int] = defaultdict(int)
    for _person, group in missing:
        counts[group] += 1
    for group, number in sorted(counts.items()):
        text = _(
            "{name}: rows of the files were refused, so pupils whom the files do not name stay: {number}"
        ).format(name=draft.have.groups[group].name, number=number)
        draft.tell("ends_withheld", text, group)


def _classes(
    draft: Draft,
    covered: Collection[int],
    resolved: Roster,
    protected: Collection[int],
    *,
    whole: bool,
) -> None:
    """Archive classes the files do not name where they name all; else tell."""
    named = set(resolved.groups.pairs.values()) | resolved.groups.candidates
    unnamed = [
        group
        for group in sorted(draft.have.groups.values(), key=lambda g: g.id)
        if is_class(group) and group.study_year == draft.year and group.id not in covered
    ]
    closed: set[int] = set()
    for group in unnamed:
        if group.id in named or not (whole and covered):
            text = _("{name}: the files name no pupils of it, so it is left alone").format(
                name=group.name
            )
            draft.tell("class_not_in_files", text, group.id)
        elif any(pair[1] == group.id and pair[0] in protected for pair in draft.have.members):
            text = _("{name}: pupils of it are in doubt, so it is not archived").format(
                name=group.name
            )
            draft.tell("class_kept", text, group.id)
        else:
            closed.add(group.id)
    parts = {
        group.id
        for group in draft.have.groups.values()
        if not is_class(group) and group.parents and set(group.parents) <= closed
    }
    for person, group_id in _missing(draft, closed | parts, protected):
        draft.end(person, group_id, reason="unlisted", evidence=_MISSING)
    for identity in sorted(closed | parts):
        _archive(draft, draft.have.groups[identity])


def _archive(draft: Draft, group: HaveGroup) -> None:
    target = str(group.id)
    draft.add(
        "edu_group.archive",
        target,
        target,
        group_values(group),
        None,
        reason="unlisted",
        evidence=_MISSING,
        label=group.name,
    )


def _tell_left_behind(draft: Draft, covered: Collection[int], roll: Roll) -> None:
    """Tell of pupils of last year's classes who stand in no class of a year the files describe."""
    if not covered and not draft.new_groups:
        return
    placed = {o.target for o in draft.operations if o.op == "membership.add"}
    counts: dict[int, int] = defaultdict(int)
    for person, groups in roll.last.items():
        if person in roll.classes or str(person) in placed:
            continue
        for group in groups:
            if (draft.have.groups[group].parallel or LAST_PARALLEL) < LAST_PARALLEL:
                counts[group] += 1
    for group, number in sorted(counts.items()):
        text = _("{name} of last year: pupils who stand in no class now: {number}").format(
            name=draft.have.groups[group].name, number=number
        )
        draft.tell("not_moved_up", text, group)


def _tell_subgroups(draft: Draft) -> None:
    """Tell of pupils who leave a class whose subgroups they stand in: the files speak of classes only."""
    gone = {
        (o.target, (o.before or {}).get("edu_group_id"))
        for o in draft.operations
        if o.op in ("membership.end", "membership.move")
    }
    parts = [group for group in draft.have.groups.values() if group.parents]
    parents = {group.id: group.parents for group in parts}
    left = {
        person
        for person, group in draft.have.members
        if any((str(person), str(parent)) in gone for parent in parents.get(group, ()))
        and (str(person), str(group)) not in gone
    }
    if left:
        text = _("Pupils who leave a class and may still stand in its subgroups: {number}")
        draft.tell("subgroups_left", text.format(number=len(left)))
