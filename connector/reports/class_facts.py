"""Who came into a class and who left it, as far as pulls saw it. The vendor shows no dates of membership."""

from collections import defaultdict
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


@dataclass(frozen=True, slots=True)
class Presence:
    """When pulls first and last saw the pupils of classes.

    Attributes:
        first_sight: day of the first pull; nothing is known of days before it. None: there was none.
        spells: days on which a membership was first seen and first missed, by class; None: it stands.

    """

    first_sight: date | None
    spells: dict[int, list[tuple[date, date | None]]]

    def movement(self, group: int, start: date, end: date) -> Movement | None:
        """What happened between two days; None when the pulls began later than the first of them."""
        if self.first_sight is None or self.first_sight > start:
            return None
        spells = self.spells.get(group, [])
        return Movement(
            at_start=sum(came <= start and (gone is None or gone > start) for came, gone in spells),
            arrived=sum(start < came <= end for came, _gone in spells),
            left=sum(gone is not None and start < gone <= end for _came, gone in spells),
            at_end=sum(came <= end and (gone is None or gone > end) for came, gone in spells),
        )


def read_presence(query: Query) -> Presence:
    """Read when memberships of pupils were seen."""
    first = next((day for (day,) in query(FIRST_SIGHT, ()) if day), None)
    spells: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for group, came, gone in query(MOVEMENTS, (STUDENT,)):
        spells[group].append((date.fromisoformat(came), date.fromisoformat(gone) if gone else None))
    return Presence(date.fromisoformat(first) if first else None, dict(spells))
