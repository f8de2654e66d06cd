"""Who came into a class and who left it by the school's own class lists: the vendor shows no dates of membership.

Of what a list may leave out nothing is made up. It tells of a class only where leavers stand in the lists at all, where
no row was refused, and where the day of every leaver is known; a leaver without a class may be anybody's.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from connector.names import fold
from connector.planned import Have
from connector.reports.class_facts import Movement, Spell, moved
from connector.reports.making import Draft
from connector.reports.school_files import class_lists, read_have
from connector.source import Source, SourcePupil
from connector.sync.resolve import resolve_roster
from connector.sync.roll import is_class, merged
from connector.sync.windows import study_year_of


@dataclass(frozen=True, slots=True)
class ListedMovement:
    """What the lists tell of the movement in classes.

    Attributes:
        spells: first day and day of leaving of each pupil, by class of the diary; absent: the lists do not tell.
        stray_until: the last day of leaving of somebody whose class is not known; before it nobody's numbers are.

    """

    spells: dict[int, list[Spell]] = field(default_factory=dict)
    stray_until: date = date.min

    def movement(self, group: int, start: date, end: date) -> Movement | None:
        """What happened between two days; None where the lists do not tell."""
        spells = self.spells.get(group)
        if spells is None or start < self.stray_until:
            return None
        return moved(spells, start, end)


def read_listed_movement(draft: Draft) -> ListedMovement:
    """Read the movement that the class lists of the request tell; nothing without dates in them."""
    sources = class_lists(draft.request)
    pupils = [pupil for source in sources for pupil in source.pupils]
    tells = any(pupil.enrolled for pupil in pupils) and any(pupil.left for pupil in pupils)
    if not tells or any(source.refused for source in sources):
        return ListedMovement()
    year = study_year_of(draft.request.as_of)
    return _Lists(sources, read_have(draft.query, year), year).told()


class _Lists:
    def __init__(self, sources: list[Source], have: Have, year: int) -> None:
        self.resolved = resolve_roster(sources, have, study_year=year)
        rows = [pupil for source in sources for pupil in source.pupils]
        self.pupils, self.torn = merged(rows)
        # In a file with days of enrolment a pupil without one came before anybody noted such days.
        self.dated = {pupil.place.file for pupil in rows if pupil.enrolled}
        self.folded = {fold(name): group for name, group in self.resolved.groups.classes.items()}
        self.stood: dict[int, set[int]] = defaultdict(set)
        for person, group in have.members | have.former:
            known = have.groups.get(group)
            if known is not None and is_class(known) and known.study_year in (year, None):
                self.stood[person].add(group)
        self.torn_classes = {self._named(pupil) for pupil in rows if pupil.local_key in self.torn}

    def told(self) -> ListedMovement:
        spells: dict[int, list[Spell]] = defaultdict(list)
        unsure = set(self.torn_classes)
        stray = date.min
        # Leavers of a class alone are no list of it.
        covered = {self._named(pupil) for pupil in self.pupils.values() if not pupil.left}
        for key, pupil in self.pupils.items():
            group = self._named(pupil)
            if group is None and pupil.left and not pupil.edu_group:
                group = self._once(key)
                if group is None:
                    stray = max(stray, pupil.left_on or date.max)
                    continue
            came = pupil.enrolled or date.min
            gone = pupil.left_on
            is_told = pupil.enrolled is not None or pupil.place.file in self.dated
            if not is_told or (pupil.left and gone is None) or (gone is not None and gone < came):
                unsure.add(group)
            elif group is not None:
                spells[group].append((came, gone))
        return ListedMovement(
            {group: spells[group] for group in spells.keys() & covered - unsure}, stray
        )

    def _named(self, pupil: SourcePupil) -> int | None:
        return self.folded.get(fold(pupil.edu_group)) if pupil.edu_group else None

    def _once(self, key: str) -> int | None:
        """The one class of the study year that the diary has or had a leaver in."""
        match = self.resolved.pupils.matched.get(key)
        if match is None:
            return None
        found = self.stood[match.vendor_id]
        return next(iter(found)) if len(found) == 1 else None
