"""Local keys to vendor ids: classes, subgroups, pupils, teachers, subjects. Pure, never by name alone for pupils.

Links that somebody decided come first everywhere. What is left open becomes a question, and what a question concerns
is left alone by the planners.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from connector.names import fold, full_key
from connector.planned import Candidate, Have, HavePerson, Question
from connector.source import Kind, Source, SourcePupil
from connector.sync.classes import GROUPS, GroupResolution, group_key, resolve_groups
from connector.sync.identity import SURE, Match, Resolution, stored_links
from connector.sync.links import PERSONS
from connector.sync.pupils import resolve_pupils
from connector.sync.roll import label_of

TEACHERS = "teachers"
SUBJECTS = "subjects"
# Files that say who is in which class; a timetable only names classes.
ROLLS = frozenset({Kind.CLASS_LIST, Kind.ONEROSTER})
_SUGGESTED = 3
# Below this many of 100 a suggestion is noise.
_WORTH_A_LOOK = 60


@dataclass(frozen=True, slots=True)
class Roster:
    """What the class lists' objects are at the vendor."""

    groups: GroupResolution
    pupils: Resolution[SourcePupil]


def rolls(sources: Iterable[Source]) -> list[Source]:
    """The class lists among the sources."""
    return [source for source in sources if source.kind in ROLLS]


def resolve_roster(sources: Sequence[Source], have: Have, *, study_year: int) -> Roster:
    """Find the classes, subgroups and pupils of all class lists."""
    listed = rolls(sources)
    groups = resolve_groups(
        [group for source in listed for group in source.edu_groups], have, study_year=study_year
    )
    pupils = resolve_pupils(
        (pupil for source in listed for pupil in source.pupils),
        have,
        groups.classes,
        study_year=study_year,
    )
    return Roster(groups, pupils)


def resolve_teachers(names: Iterable[str], have: Have) -> Resolution[str]:
    """Find teachers by full name; initials, other orders of the words and near names are asked about.

    `matched` has the names as the source spells them; two spellings may mean one person.
    """
    found: Resolution[str] = Resolution(TEACHERS)
    staff = [person for person in have.teachers.values() if person.live]
    by_form: dict[str, set[int]] = defaultdict(set)
    for person in staff:
        by_form[full_key(person.last_name, person.first_name, person.middle_name)].add(person.id)
    rest = _known(found, names, have, by_form)
    by_word: dict[str, set[int]] = defaultdict(set)
    for person in staff:
        for word in _words(person.last_name):
            by_word[word].add(person.id)
    labels = {person.id: label_of(person) for person in staff}
    taken = {match.vendor_id for match in found.matched.values()}
    wanted: dict[int, set[str]] = defaultdict(set)
    fits: dict[str, list[int]] = {}
    for name in rest:
        words = _words(name)
        near = {identity for word in words for identity in by_word.get(word, ())}
        fits[name] = [
            person for person in sorted(near - _refused(have, TEACHERS, name))
            if _shortens(words, have.teachers[person])
        ]  # fmt: skip
        for identity in fits[name]:
            wanted[identity].add(fold(name))
    for name in rest:
        if not fits[name]:
            found.questions.append(_unknown(TEACHERS, name, labels, have))
            continue
        (first, *others) = fits[name]
        alone = not others and first not in taken and len(wanted[first]) == 1
        candidates = tuple(Candidate(p, labels[p], 80, "initials") for p in fits[name])
        reason = "two_fit" if others else "initials"
        full = alone and len(_words(name)) >= 2
        found.questions.append(Question(TEACHERS, name, name, reason, candidates, full))
    return found


def resolve_subjects(
    names: Iterable[str], have: Have, aliases: Mapping[str, str]
) -> Resolution[str]:
    """Find subjects by name, or by what both names are an alias of.

    Args:
        names: as the source spells them.
        have: whose subjects.
        aliases: canonical names by folded alias.

    """

    def canonical(name: str) -> str:
        return fold(aliases.get(fold(name), name))

    found: Resolution[str] = Resolution(SUBJECTS)
    exact: dict[str, set[int]] = defaultdict(set)
    by_alias: dict[str, set[int]] = defaultdict(set)
    for identity, name in have.subjects.items():
        exact[fold(name)].add(identity)
        by_alias[canonical(name)].add(identity)
    for name in _known(found, names, have, exact):
        fits = sorted(
            (exact.get(fold(name)) or by_alias.get(canonical(name), set()))
            - _refused(have, SUBJECTS, name)
        )
        if len(fits) == 1:
            found.matched[name] = Match(fits[0], "alias", SURE)
        elif fits:
            candidates = tuple(Candidate(s, have.subjects[s], 90, "alias") for s in fits)
            found.questions.append(Question(SUBJECTS, name, name, "two_fit", candidates))
        else:
            found.questions.append(_unknown(SUBJECTS, name, have.subjects, have))
    return found


def _known(
    found: Resolution[str], names: Iterable[str], have: Have, exact: Mapping[str, set[int]]
) -> list[str]:
    """Match what a link or the very name decides; give back the rest."""
    links, rest = stored_links(have, found.resource), []
    live = have.teachers if found.resource == TEACHERS else have.subjects
    for name in dict.fromkeys(names):
        link = links.get(fold(name))
        fits = exact.get(fold(name), set()) - _refused(have, found.resource, name)
        if link is not None and link.vendor_id is None:
            found.new.append(name)
        elif link is not None and link.vendor_id is not None and link.vendor_id in live:
            found.matched[name] = Match(link.vendor_id, "link", link.score, stored=True)
        elif link is not None:
            found.questions.append(Question(found.resource, name, name, "link_lost"))
        elif len(fits) == 1:
            found.matched[name] = Match(next(iter(fits)), "name", SURE)
        else:
            rest.append(name)
    return rest


def _refused(have: Have, resource: str, name: str) -> set[int]:
    return {
        identity
        for kind, key, identity in have.refused
        if (kind, fold(key)) == (resource, fold(name))
    }


def _words(name: str) -> list[str]:
    return [word for word in fold(name.replace(".", ". ")).replace(".", " ").split() if word]


def _shortens(words: Sequence[str], who: HavePerson) -> bool:
    """Whether the words are a person's name in another order, shortened to initials or cut."""
    full = _words(f"{who.last_name} {who.first_name} {who.middle_name}")
    last = set(_words(who.last_name))
    if not last <= set(words):
        return False
    given = [word for word in words if word not in last]
    rest = [word for word in full if word not in last]
    return len(given) <= len(rest) and all(
        whole == part or (len(part) == 1 and whole.startswith(part))
        for part, whole in zip(given, rest, strict=False)
    )


def _unknown(resource: str, name: str, labels: Mapping[int, str], have: Have) -> Question:
    """Ask about a name nothing equals, with what looks like it."""
    refused = _refused(have, resource, name)
    close = process.extract(
        fold(name),
        {identity: fold(label) for identity, label in labels.items() if identity not in refused},
        scorer=fuzz.WRatio,
        limit=_SUGGESTED,
        score_cutoff=_WORTH_A_LOOK,
    )
    candidates = tuple(
        Candidate(identity, labels[identity], min(99, int(score)), "similar")
        for _label, score, identity in close
    )
    return Question(resource, name, name, "unknown_name", candidates)


__all__ = [
    "GROUPS",
    "PERSONS",
    "SUBJECTS",
    "TEACHERS",
    "GroupResolution",
    "Roster",
    "group_key",
    "resolve_groups",
    "resolve_pupils",
    "resolve_roster",
    "resolve_subjects",
    "resolve_teachers",
    "rolls",
]
