"""Class lists against the mirror: what to create, change, move and end so that the diary says what the files say. Pure.

Only managed fields are compared; ё, case and spaces are no difference and the vendor's spelling stays. Who is in doubt
is left alone: candidates of open questions, pupils of a class that is not decided, and, where rows of a file were
refused, everybody whom the files merely do not name.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from connector.names import fold, parse_class
from connector.planned import Channel, Have, HaveGroup, HavePerson, ref
from connector.source import Source, SourceGroup, SourcePupil
from connector.sync.classes import GROUPS, canonical, group_key, subgroup_name
from connector.sync.draft import LEAVERS, Draft
from connector.sync.identity import Match
from connector.sync.links import PERSONS
from connector.sync.outcome import group_values, person_values
from connector.sync.resolve import Roster, rolls
from connector.sync.roll import Roll, label_of, merged
from connector.sync.unnamed import leave_unnamed


def plan_roster(
    sources: Sequence[Source],
    have: Have,
    resolved: Roster,
    *,
    study_year: int,
    today: date,
    whole: bool = False,
    channel: Channel = Channel.FILE,
    protected: Collection[int] = (),
) -> Draft:
    """Plan the class lists of one study year.

    Args:
        sources: accepted files; only class lists count here.
        have: the mirror.
        resolved: what `resolve_roster` made of these files.
        study_year: that the files describe; groups of other years are never touched.
        today: day from which changes hold, but not before the study year begins.
        whole: the files name every class of the school, so a class they do not name is archived.
        channel: how the operations travel.
        protected: persons to leave alone besides the candidates of open questions.

    Returns:
        Operations in no order, without numbers, needs and guards; notes; the count of what stays.

    """
    day = max(today, date(study_year, 9, 1)).isoformat()
    draft = Draft(have, resolved.groups, study_year, day, channel)
    planner = _Planner(draft, resolved, Roll(have, resolved.groups.classes, study_year))
    planner.protected |= set(protected)
    pupils, _torn = merged(pupil for source in rolls(sources) for pupil in source.pupils)
    _groups(draft)
    planner.pupils(pupils)
    leave_unnamed(draft, rolls(sources), planner.roll, resolved, planner.protected, whole=whole)
    return draft


def _groups(draft: Draft) -> None:
    for group in draft.groups.new:
        _create_group(draft, group)
    for pair, identity in sorted(draft.groups.pairs.items()):
        _update_group(draft, pair, draft.have.groups[identity])


def _create_group(draft: Draft, group: SourceGroup) -> None:
    parents = []
    name = group.name
    if group.parent:
        parent = draft.place(group.parent)
        if parent is None:
            return
        parents, name = [parent], _full_name(group.parent, group.name)
    parsed = parse_class(group.parent) if group.parallel is None else None
    key = group_key(draft.year, group.parent or group.name, group.name if group.parent else "")
    draft.new_groups.add(key)
    target = ref(GROUPS, key)
    values = {
        "name": name,
        "parallel": parsed.parallel if parsed else group.parallel,
        "study_year": draft.year,
        "type": "Subgroup" if group.parent else "Group",
        "parent_ids": parents,
    }
    draft.add("edu_group.create", target, target, None, values, reason="new", label=name)


def _full_name(of: str, part: str) -> str:
    return part if fold(part).startswith(fold(of)) else f"{of} ({part})"


def _update_group(draft: Draft, pair: tuple[str, str], group: HaveGroup) -> None:
    name, part = pair
    after: dict[str, Any] = {}
    if not part:
        if canonical(group.name) != canonical(name):
            after["name"] = name
    else:
        parent = draft.groups.pairs.get((name, ""))
        if subgroup_name(group.name, name) != subgroup_name(part, name):
            after["name"] = _full_name(name, part)
        if parent is not None and parent not in group.parents:
            after["parent_ids"] = sorted(str(p) for p in {*group.parents, parent})
    if not after:
        draft.unchanged += 1
        return
    now, target = group_values(group), str(group.id)
    before = {field: now[field] for field in after}
    draft.add(
        "edu_group.update",
        target,
        target,
        before,
        after,
        reason="renamed",
        evidence="link",
        label=group.name,
    )


class _Planner:
    """Goes through the pupils of the files."""

    def __init__(self, draft: Draft, resolved: Roster, roll: Roll) -> None:
        self.draft = draft
        self.found = resolved.pupils
        self.roll = roll
        self.protected = resolved.pupils.candidates

    def pupils(self, pupils: dict[str, SourcePupil]) -> None:
        new = {pupil.local_key for pupil in self.found.new}
        for key, pupil in sorted(pupils.items()):
            match = self.found.matched.get(key)
            if match is not None and match.vendor_id not in self.protected:
                self._settle(pupil, self.draft.have.persons[match.vendor_id], match)
            elif key in new:
                self._create(pupil)

    def _create(self, pupil: SourcePupil) -> None:
        place = self.draft.place(pupil.edu_group)
        if place is None:
            return
        values = {
            "last_name": pupil.last_name,
            "first_name": pupil.first_name,
            "middle_name": pupil.middle_name,
            "sex": pupil.sex,
            "birthday": None if pupil.birthday is None else pupil.birthday.isoformat(),
            "snils": pupil.snils or None,
        }
        target = ref(PERSONS, pupil.local_key)
        self.draft.add(
            "person.create",
            target,
            place,
            None,
            {name: value for name, value in values.items() if value is not None},
            reason="new",
            label=f"{label_of(pupil)}, {pupil.edu_group}",
            place=pupil.place,
        )
        self.draft.join(target, place, pupil, reason="new")
        self._parts(target, pupil, "")

    def _settle(self, pupil: SourcePupil, person: HavePerson, match: Match) -> None:
        if pupil.left:
            self._leave(pupil, person)
            return
        place = self.draft.place(pupil.edu_group)
        if place is None:
            # His class is not decided yet, so nobody knows what he is to leave.
            self.protected.add(person.id)
            return
        if not person.live:
            self.draft.add(
                "person.restore",
                str(person.id),
                place,
                None,
                None,
                reason="came_back",
                evidence=match.evidence,
                label=f"{label_of(pupil)}, {pupil.edu_group}",
                place=pupil.place,
            )
        self._update(pupil, person, match, place)
        self._enrol(pupil, person, match, place)
        self._parts(str(person.id), pupil, match.evidence)

    def _update(self, pupil: SourcePupil, person: HavePerson, match: Match, place: str) -> None:
        after: dict[str, Any] = {}
        for name in ("last_name", "first_name", "middle_name"):
            wanted, now = getattr(pupil, name), getattr(person, name)
            # An empty cell takes no patronymic away: it is more often forgotten than meant.
            if wanted and wanted != now and fold(wanted) != fold(now):
                after[name] = wanted
        if pupil.sex is not None and pupil.sex != person.sex:
            after["sex"] = pupil.sex
        if pupil.birthday and person.birthday and pupil.birthday != person.birthday:
            after["birthday"] = pupil.birthday.isoformat()
        if not after:
            self.draft.unchanged += 1
            return
        shown = person_values(person)
        self.draft.add(
            "person.update",
            str(person.id),
            place,
            {name: shown[name] for name in after},
            after,
            reason="surname_changed" if "last_name" in after else "corrected",
            evidence=match.evidence,
            label=f"{label_of(person)}, {pupil.edu_group}",
            place=pupil.place,
        )

    def _enrol(self, pupil: SourcePupil, person: HavePerson, match: Match, place: str) -> None:
        now = sorted(self.roll.classes.get(person.id, ()))
        if place in map(str, now):
            self.draft.settled.add((person.id, int(place)))
            self.draft.unchanged += 1
        elif now:
            self.draft.move(person, now[0], place, pupil, evidence=match.evidence)
        else:
            came_from = self.roll.came_from(pupil.edu_group)
            if any(group in came_from for group in self.roll.last.get(person.id, ())):
                reason = "moved_up"
            elif not person.live or self.roll.had_a_place(person.id):
                reason = "came_back"
            else:
                reason = "new"
            self.draft.join(str(person.id), place, pupil, reason=reason, evidence=match.evidence)

    def _parts(self, person: str, pupil: SourcePupil, evidence: str) -> None:
        for part in pupil.subgroups:
            inside = self.draft.place(pupil.edu_group, part)
            if inside is None:
                continue
            pair = (int(person), int(inside)) if person.isdecimal() and inside.isdecimal() else None
            if pair in self.draft.have.members:
                self.draft.settled.add(pair)
                self.draft.unchanged += 1
            else:
                self.draft.join(person, inside, pupil, reason="new", evidence=evidence, part=part)

    def _leave(self, pupil: SourcePupil, person: HavePerson) -> None:
        draft, classes = self.draft, sorted(self.roll.classes.get(person.id, ()))
        for group in classes:
            draft.end(person.id, group, reason="left", evidence=LEAVERS, place=pupil.place)
        # Who stands in no class of this year has left already: leavers' lists name him for years.
        if not classes or not person.live or self.roll.is_enrolled_later(person.id):
            draft.unchanged += 1
            return
        draft.add(
            "person.archive",
            str(person.id),
            "",
            person_values(person),
            {"date": draft.day},
            reason="left",
            evidence=LEAVERS,
            label=label_of(person),
            place=pupil.place,
        )
