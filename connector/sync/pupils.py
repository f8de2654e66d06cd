"""Which person of the vendor a pupil of the files is. Pure.

Evidence in order: a stored link; full name and birthday, unique on both sides. Everything weaker is a question, and a
name alone is never an answer. People are found by looking up names, never by comparing everyone with everyone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from connector.i18n import _
from connector.planned import Candidate, Have, Note, Question
from connector.source import SourcePupil
from connector.sync.identity import (
    ELSEWHERE,
    GONE,
    MOVED_UP,
    OTHER_LETTER,
    SAME_CLASS,
    SURE,
    Match,
    Resolution,
    pick_unique,
)
from connector.sync.links import PERSONS, follow
from connector.sync.near import Near, Neighbours
from connector.sync.roll import Name, Roll, contradict, merged, pupil_label, told_apart

# A question shows at most so many candidates.
_SHOWN = 10
# More than so many people of one last and first name are not told apart by looking.
_CROWD = 200


def resolve_pupils(
    pupils: Iterable[SourcePupil], have: Have, groups: Mapping[str, int], *, study_year: int
) -> Resolution[SourcePupil]:
    """Find each pupil of the files among the vendor's persons.

    Args:
        pupils: of all files; rows of one local key are one pupil.
        have: the mirror, gone persons and last year's classes included.
        groups: ids of the study year's classes by canonical name.
        study_year: in which the files' classes stand.

    Returns:
        Matches, new pupils (leavers never are) and questions, independent of the rows' order.

    """
    return _Search(pupils, Roll(have, groups, study_year), study_year).run()


class _Search:
    def __init__(self, pupils: Iterable[SourcePupil], roll: Roll, study_year: int) -> None:
        self.roll = roll
        self.have = roll.have
        self.year = study_year
        self.pupils, self.torn = merged(pupils)
        self.names = {key: Name.of(pupil) for key, pupil in self.pupils.items()}
        self.found: Resolution[SourcePupil] = Resolution(PERSONS)
        self.open = dict(self.pupils)
        # Person → local key of the pupil who is known to be that person.
        self.claimed: dict[int, str] = {}
        self.decided_new: set[str] = set()
        self.passed_over = 0
        self.homonyms: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in self.pupils:
            self.homonyms[self._block(key)].append(key)

    def run(self) -> Resolution[SourcePupil]:
        self._follow_links()
        self._match_birthdays()
        self._set_crowds_aside()
        fits = {key: self._fits(key) for key in self.open}
        alone = pick_unique(fits)
        spoken = set(self.claimed).union(*fits.values()) | self.found.candidates
        near = self._near(key for key in self.open if not fits[key]) if self.open else {}
        near = {k: [n for n in found if n.person not in spoken] for k, found in near.items()}
        near_alone = pick_unique({key: [n.person for n in found] for key, found in near.items()})
        for key, pupil in list(self.open.items()):
            if key in self.torn:
                self._ask(key, "listed_twice", self._candidates(pupil, fits[key]))
            elif pupil.left and not any(person in self.roll.classes for person in fits[key]):
                self._pass_over(key)
            elif fits[key]:
                self._ask_exact(pupil, fits[key], alone=key in alone)
            elif self._has_homonym(key):
                self._ask(key, "namesakes", [])
            elif near.get(key):
                self._ask_near(pupil, near[key], alone=key in near_alone)
            else:
                self.found.new.append(pupil)
        if self.passed_over:
            text = _("Pupils of the leavers' lists who do not stand in the diary: {number}").format(
                number=self.passed_over
            )
            self.found.notes.append(Note("leavers_unknown", text))
        self.found.questions.sort(key=lambda q: (q.label, q.local_key))
        self.found.new.sort(key=lambda p: p.local_key)
        return self.found

    # --- what is known

    def _follow_links(self) -> None:
        whole = {key: pupil for key, pupil in self.pupils.items() if key not in self.torn}
        followed = follow(whole, self.roll, self.year, self._rivals)
        self.decided_new = followed.decided_new
        for key, match in followed.matched.items():
            self._match(key, match)
        for key, person in followed.twice.items():
            self._ask(key, "claimed_twice", self._candidates(self.pupils[key], [person]))
        for key, person in followed.unsure.items():
            candidates = self._candidates(self.pupils[key], {person, *self._fits(key)})
            self._ask(key, "namesakes", candidates)
        for key in followed.lost:
            self._ask(key, "link_lost", self._candidates(self.pupils[key], self._fits(key)))

    def _match_birthdays(self) -> None:
        fits = {
            key: self._same_name(key, self.roll.by_birthday.get((*self._block(key), born), ()))
            for key, pupil in self.open.items()
            if key not in self.torn and (born := pupil.birthday) is not None
        }
        for key, person in pick_unique(fits).items():
            self._match(key, Match(person, "name+birthday", SURE))

    def _set_crowds_aside(self) -> None:
        """A name that hundreds bear tells nothing, and to compare them all with one another would take for ever."""
        for block, keys in self.homonyms.items():
            persons = self.roll.by_name.get(block, ())
            if max(len(keys), len(persons)) > _CROWD:
                self.found.in_doubt.update(p for p in persons if p not in self.claimed)
                for key in self.open.keys() & set(keys) - self.decided_new:
                    self._ask(key, "namesakes", [])

    def _block(self, key: str) -> tuple[str, str]:
        name = self.names[key]
        return name.last, name.first

    def _same_name(self, key: str, persons: Iterable[int]) -> list[int]:
        """Those of `persons` who are unclaimed, fit the full name, and whom nobody said to be another."""
        name = self.names[key]
        return [
            person
            for person in persons
            if person not in self.claimed
            and name.fits(self.roll.names[person])
            and (PERSONS, key, person) not in self.have.refused
        ]

    def _fits(self, key: str) -> list[int]:
        """Persons of this name whom no birthday contradicts; where a new one was decided, only those in the very class."""
        pupil = self.pupils[key]
        return [
            person
            for person in self._same_name(key, self.roll.by_name.get(self._block(key), ()))
            if not contradict(pupil.birthday, self.have.persons[person].birthday)
            and (key not in self.decided_new or self.roll.stands(person, pupil))
        ]

    def _has_homonym(self, key: str) -> bool:
        """Whether a namesake stands in the files or at the vendor whom nothing tells from this pupil."""
        if key in self.decided_new:
            return False
        pupil, name = self.pupils[key], self.names[key]
        return bool(self._rivals(key)) or any(
            name.fits(self.roll.names[person])
            and not contradict(pupil.birthday, self.have.persons[person].birthday)
            and (PERSONS, key, person) not in self.have.refused
            and not told_apart(pupil, self.pupils[self.claimed[person]])
            for person in self.roll.by_name.get(self._block(key), ())
            if person in self.claimed
        )

    def _rivals(self, key: str) -> set[str]:
        """Keys of other pupils in the files who bear the name and whom nothing tells apart."""
        pupil, name = self.pupils[key], self.names[key]
        return {
            other
            for other in self.homonyms[self._block(key)]
            if other != key
            and name.fits(self.names[other])
            and not told_apart(pupil, self.pupils[other])
        }

    def _near(self, keys: Iterable[str]) -> dict[str, list[Near]]:
        unclaimed = [person for person in self.have.persons if person not in self.claimed]
        neighbours = Neighbours(self.roll, unclaimed)
        return {
            key: [
                near
                for near in neighbours.of(self.pupils[key])
                if (PERSONS, key, near.person) not in self.have.refused
            ]
            for key in keys
            if key not in self.decided_new and not self.pupils[key].left
        }

    # --- what is said

    def _pass_over(self, key: str) -> None:
        """Leave a leaver alone whom the diary does not show any more."""
        if self._has_homonym(key):
            self._ask(key, "namesakes", [])
        else:
            self.passed_over += 1

    def _match(self, key: str, match: Match) -> None:
        self.found.matched[key] = match
        self.claimed[match.vendor_id] = key
        del self.open[key]

    def _ask(
        self, key: str, reason: str, candidates: Collection[Candidate], *, unique: bool = False
    ) -> None:
        self.found.in_doubt.update(c.vendor_id for c in candidates)
        best = tuple(sorted(candidates, key=lambda c: (-c.score, c.vendor_id))[:_SHOWN])
        label = pupil_label(self.pupils[key])
        self.found.questions.append(Question(PERSONS, key, label, reason, best, unique))
        del self.open[key]

    def _ask_exact(self, pupil: SourcePupil, fits: list[int], *, alone: bool) -> None:
        candidates = self._candidates(pupil, fits)
        alone = alone and not self._has_homonym(pupil.local_key)
        if not alone:
            self._ask(pupil.local_key, "namesakes" if len(fits) == 1 else "two_fit", candidates)
            return
        score = candidates[0].score
        unique = score >= MOVED_UP
        reason = "name_and_class" if unique else "came_back" if score == GONE else "transferred"
        if pupil.left and not pupil.edu_group:
            reason = "leaver"
        self._ask(pupil.local_key, reason, candidates, unique=unique)

    def _ask_near(self, pupil: SourcePupil, near: list[Near], *, alone: bool) -> None:
        candidates = [
            Candidate(
                n.person,
                self.roll.label(n.person),
                n.score,
                "birthday" if n.by_birthday else "class",
            )
            for n in near
        ]
        reason = near[0].reason if len({n.reason for n in near}) == 1 else "two_fit"
        self._ask(pupil.local_key, reason, candidates, unique=alone and near[0].by_birthday)

    def _candidates(self, pupil: SourcePupil, persons: Iterable[int]) -> list[Candidate]:
        return [
            Candidate(person, self.roll.label(person), *self._relation(pupil, person))
            for person in persons
        ]

    def _relation(self, pupil: SourcePupil, person: int) -> tuple[int, str]:
        """Score and evidence of a pair whose full names agree."""
        who = self.have.persons[person]
        if pupil.birthday and who.birthday == pupil.birthday:
            return SURE - 1, "name+birthday"
        now = self.roll.classes.get(person, ())
        if self.roll.stands(person, pupil):
            return SAME_CLASS, "name+class"
        if not who.live or not self.roll.places(person):
            return GONE, "name"
        below = self.roll.came_from(pupil.edu_group) if not now else {}
        letters = [below[group] for group in self.roll.last.get(person, ()) if group in below]
        if letters:
            return (MOVED_UP if any(letters) else OTHER_LETTER), "name+class"
        return ELSEWHERE, "name"
