"""Pupils that stand in a source twice, and namesakes that nothing tells apart: never settled silently."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from connector.names import full_key
from connector.source import SourcePupil
from mappings.findings import Findings
from mappings.wording import tell

# Of two reasons to refuse a row the graver one is told.
_GRAVITY = ("snils_twice", "twice_in_file", "namesakes", "same_name")
_SHOWN = 5
# No school has so many of one name: a cell was copied down, and comparing each with each would take hours.
_MOST = 100


def settle_doubles(pupils: Sequence[SourcePupil], findings: Findings) -> list[SourcePupil]:
    """Give the pupils that are certainly different persons; tell about each of the others.

    Rows are compared only inside blocks of one СНИЛС or one full name, so the work grows with the list, not its square.
    """
    told: dict[int, tuple[str, set[int]]] = {}
    for block in _blocks(pupils):
        if len(block) > _MOST:
            for number in block:
                told[number] = ("twice_in_file", set(block[: _SHOWN + 1]) - {number})
            continue
        for one, other in combinations(block, 2):
            rule = _relation(pupils[one], pupils[other])
            if rule:
                _note(told, one, other, rule)
                _note(told, other, one, rule)
    kept = []
    for number, pupil in enumerate(pupils):
        rule, others = told.get(number, ("", set()))
        if rule:
            where = (pupil.place.sheet, pupil.place.row, "")
            name = f"{pupil.last_name} {pupil.first_name}"
            tell(findings, rule, where, name, others=_named(pupils[other] for other in others))
        if rule in {"", "same_name"}:
            kept.append(pupil)
    return kept


def _blocks(pupils: Sequence[SourcePupil]) -> Iterable[list[int]]:
    by_snils: dict[str, list[int]] = defaultdict(list)
    by_name: dict[str, list[int]] = defaultdict(list)
    for number, pupil in enumerate(pupils):
        if pupil.snils:
            by_snils[pupil.snils].append(number)
        by_name[_name(pupil)].append(number)
    for blocks in (by_snils, by_name):
        yield from (block for block in blocks.values() if len(block) > 1)


def _relation(one: SourcePupil, other: SourcePupil) -> str:
    """Word of what two rows are to each other; "" for two different persons."""
    same_name = _name(one) == _name(other)
    if one.snils and other.snils:
        if one.snils != other.snils:
            return ""
        return "twice_in_file" if same_name and _may_be(one, other) else "snils_twice"
    if not _may_be(one, other):
        return ""
    if one.birthday is not None and one.birthday == other.birthday:
        return "twice_in_file"
    return "namesakes" if one.edu_group == other.edu_group else "same_name"


def _name(pupil: SourcePupil) -> str:
    kind, _colon, rest = pupil.local_key.partition(":")
    if kind in {"born", "class"}:
        # The key holds the folded name already; no name has a colon in it.
        return rest.partition(":")[0]
    return full_key(pupil.last_name, pupil.first_name, pupil.middle_name)


def _may_be(one: SourcePupil, other: SourcePupil) -> bool:
    days: set[date] = {day for day in (one.birthday, other.birthday) if day is not None}
    return len(days) < 2


def _note(told: dict[int, tuple[str, set[int]]], number: int, other: int, rule: str) -> None:
    known, others = told.get(number, (rule, set()))
    told[number] = (min(known, rule, key=_GRAVITY.index), others | {other})


def _named(others: Iterable[SourcePupil]) -> str:
    """Rows of the others as a reader finds them in the file."""
    places = sorted((pupil.place.sheet, pupil.place.row) for pupil in others)
    shown = [f"{sheet} {row}".strip() for sheet, row in places[:_SHOWN]]
    return ", ".join(shown) + (", …" if len(places) > _SHOWN else "")
