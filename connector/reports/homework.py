"""Whether a homework's lesson is the one it was given at or the one it is due on.

The vendor publishes neither (docs/vendor-api.md#unknowns), and both occur in journals. A homework's target day against
its lesson's day tells: later means that the lesson is the one it was *given* at, equal means that it is *due* there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.rulebook import HomeworkReading

GIVEN = "given"
DUE = "due"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """How homework is read in this school, and why.

    Attributes:
        reading: `given`, `due`, or `unknown`: then homework counts either way.
        basis: `rulebook`, `data`, `pull`, or `none`.
        later: homeworks whose target day lies after their lesson's day.
        same: homeworks whose target day is their lesson's day.
        other: homeworks that tell nothing.

    """

    reading: str = UNKNOWN
    basis: str = "none"
    later: int = 0
    same: int = 0
    other: int = 0


def infer_reading(
    pairs: Iterable[tuple[date, date | None]],
    wish: HomeworkReading,
    pulled: object = None,
) -> Reading:
    """Decide how homework is read.

    Args:
        pairs: lesson's day and target day, one pair a homework.
        wish: what the rulebook says.
        pulled: what the pull found out: a word, or an object with a member `reading`; asked last.

    """
    later = same = other = 0
    for day, target in pairs:
        if target is None or target < day:
            other += 1
        elif target == day:
            same += 1
        else:
            later += 1
    reading, basis = _decide(later, same, wish, pulled)
    return Reading(reading, basis, later, same, other)


def _decide(later: int, same: int, wish: HomeworkReading, pulled: object) -> tuple[str, str]:
    if wish.reading in (GIVEN, DUE):
        return wish.reading, "rulebook"
    evidence = later + same
    if evidence >= wish.min_evidence:
        if later >= wish.min_share * evidence:
            return GIVEN, "data"
        if same >= wish.min_share * evidence:
            return DUE, "data"
        return UNKNOWN, "none"
    word = _word(pulled)
    return (word, "pull") if word in (GIVEN, DUE) else (UNKNOWN, "none")


def _word(pulled: object) -> str:
    if isinstance(pulled, Mapping):
        members: Mapping[str, Any] = pulled
        return str(members.get("reading", ""))
    return str(pulled or "")
