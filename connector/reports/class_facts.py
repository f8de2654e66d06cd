"""Who came into a class and who left it, as far as pulls saw it. The vendor shows no dates of membership."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from connector.reports.facts import Query
from connector.vocab import STUDENT

MOVEMENTS = """
SELECT edu_group_id, seen_from, seen_to FROM memberships WHERE role = ? AND seen_from IS NOT NULL ORDER BY 1
"""
FIRST_SIGHT = """
SELECT min(seen_from) FROM memberships
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """A class's pupils in a span of days.

    Attributes:
        at_start: pupils on the first day.
        arrived: pupils who came on later days.
        left: pupils who left.
        at_end: pupils on the last day.

    """

    at_start: int
    arrived: int
    left: int
    at_end: int


Spell = tuple[date, date | None]


def moved(spells: Sequence[Spell], start: date, end: date) -> Movement:
    """Count what happened between two days, both included.

    Args:
        spells: first day of each pupil and the day on which he was gone; None: he stands.
        start: whoever came by then, and was not gone, was there at the start.
        end: last day looked at.

    """
    return Movement(
        at_start=sum(came <= start and (gone is None or gone > start) for came, gone in spells),
        arrived=sum(start < came <= end for came, _gone in spells),
        left=sum(gone is not None and start < gone <= end for _came, gone in spells),
        at_end=sum(came <= end and (gone is None or gone > end) for came, gone in spells),
    )


@dataclass(frozen=True, slots=True)
class Presence:
    """When pulls first and last saw the pupils of classes.

    Attributes:
        first_sight: day of the first pull; nothing is known of days before it. None: there was none.
        spells: days on which a membership was first seen and first missed, by class; None: it stands.

    """

    first_sight: date | None
    spells: dict[int, list[Spell]]

    def movement(self, group: int, start: date, end: date) -> Movement | None:
        """What happened between two days; None when the pulls began later than the first of them."""
        if self.first_sight is None or self.first_sight > start:
            return None
        return moved(self.spells.get(group, []), start, end)


def read_presence(query: Query) -> Presence:
    """Read when memberships of pupils were seen."""
    first = next((day for (day,) in query(FIRST_SIGHT, ()) if day), None)
    spells: dict[int, list[Spell]] = defaultdict(list)
    for group, came, gone in query(MOVEMENTS, (STUDENT,)):
        spells[group].append((date.fromisoformat(came), date.fromisoformat(gone) if gone else None))
    return Presence(date.fromisoformat(first) if first else None, dict(spells))
