"""Names of school subjects: one canonical name for each, and what people write instead.

The table is `subjects.toml`. The planner's core may not read files, so it is handed `aliases()`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from rapidfuzz import fuzz, process

from connector.names import fold, tidy
from mappings.alphabets import one_alphabet

# Below this, two names have little more than letters in common.
_LIKE = 60
_DOTS = re.compile(r"\s*[.,;]+\s*")


def folded(name: str) -> str:
    """What spellings of one subject have in common: as `fold`, and dots, commas and Latin twins do not count."""
    return fold(_DOTS.sub(" ", one_alphabet(name)))


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[str, str], ...]:
    """Every spelling with its canonical name. A test holds that none stands under two."""
    content = tomllib.loads((files("mappings") / "subjects.toml").read_text(encoding="utf-8"))
    return tuple((each, name) for name, others in content.items() for each in (name, *others))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    return MappingProxyType({folded(spelling): name for spelling, name in _spellings()})


def aliases() -> dict[str, str]:
    """Every known spelling, as `connector.names.fold` leaves it and as `folded` does, with its canonical name."""
    return {fold(spelling): name for spelling, name in _spellings()} | dict(_table())


def known_names() -> dict[int, str]:
    """The canonical names, numbered, as `suggest` takes them."""
    return dict(enumerate(dict.fromkeys(name for _spelling, name in _spellings())))


def canonical(name: str) -> tuple[str, bool]:
    """The canonical name and True, or the name with its spaces put right and False where the table does not know it."""
    known = _table().get(folded(name))
    return (known, True) if known is not None else (tidy(name), False)


def suggest(name: str, known: Mapping[int, str], limit: int = 3) -> list[tuple[int, int]]:
    """Which of the known subjects might be meant.

    Args:
        name: as somebody wrote it.
        known: names by id.
        limit: how many at most.

    Returns:
        Ids with scores from 0 to 100, best first, equal ones by id. 100 means that both are one name for the table;
        nothing that is less than 60 alike.

    """
    choices = {vendor_id: _compared(each) for vendor_id, each in known.items()}
    scored = process.extract(
        _compared(name), choices, scorer=fuzz.WRatio, limit=None, score_cutoff=_LIKE
    )
    found = [(vendor_id, round(score)) for _name, score, vendor_id in scored]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]


def _compared(name: str) -> str:
    known, found = canonical(name)
    return folded(known) if found else folded(name)
