"""What the names of timetables and topic plans mean in the diary, as far as it is decided. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.planned import Have
from connector.source import Source
from connector.sync.classes import GroupResolution, resolve_groups
from connector.sync.identity import Resolution
from connector.sync.pattern import Names
from connector.sync.resolve import resolve_subjects, resolve_teachers


@dataclass(frozen=True, slots=True)
class Bound:
    """Decided names, and what they were decided by."""

    names: Names
    groups: GroupResolution
    subjects: Resolution[str]
    teachers: Resolution[str]


def bind_names(
    sources: Sequence[Source], have: Have, aliases: Mapping[str, str], *, study_year: int
) -> Bound:
    """Find the groups, subjects and teachers of files in the diary.

    Args:
        sources: timetables or topic plans.
        have: the mirror.
        aliases: canonical names of subjects by folded spelling.
        study_year: in which the files' classes stand.

    """
    groups = resolve_groups([g for s in sources for g in s.edu_groups], have, study_year=study_year)
    subjects = resolve_subjects([n for s in sources for n in s.subjects], have, aliases)
    teachers = resolve_teachers([n for s in sources for n in s.teachers], have)
    names = Names(
        groups={**groups.pairs, **_streams(have, study_year)},
        subjects={**subjects.ids, **dict.fromkeys(subjects.new)},
        teachers={**teachers.ids, **dict.fromkeys(teachers.new)},
        pairings=_pairings(have),
    )
    return Bound(names, groups, subjects, teachers)


def _streams(have: Have, study_year: int) -> dict[tuple[str, str], int | None]:
    """Decided groups across classes: their local key is the classes joined by ` + `, then the part.

    The key names no year: a link to another year's group says nothing.
    """
    found: dict[tuple[str, str], int | None] = {}
    for (resource, key), link in have.links.items():
        if resource != "edu_groups" or " + " not in key:
            continue
        group = have.groups.get(link.vendor_id or 0)
        if link.vendor_id is None or (group and group.study_year in (None, study_year)):
            classes, _bar, part = key.partition("|")
            found[classes, part] = link.vendor_id
    return found


def _pairings(have: Have) -> dict[tuple[str, str], tuple[int, ...]]:
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for (resource, key), link in have.links.items():
        if resource == "pairings":
            requirement, _bar, part = key.rpartition("|")
            found[requirement, part] = () if link.vendor_id is None else (link.vendor_id,)
    return found
