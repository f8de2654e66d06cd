"""Norms of one rule that must not contradict each other. Pure."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from connector.rulebook.book import RuleSettings

# Parameters by rule that may not fall from one to the next: more lessons never ask for fewer marks.
RISING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ACC": ("hours_1", "hours_2", "hours_3", "hours_4", "hours_5"),
        "FINALFEW": ("quarter", "half_year"),
        "WORK": ("test_days", "days"),
    }
)


def contradictions(settings: RuleSettings) -> Iterator[tuple[str, str]]:
    """Pairs of parameters of which the second is less than the first and must not be."""
    for lower, higher in pairwise(RISING.get(settings.id, ())):
        if settings.number(lower) > settings.number(higher):
            yield lower, higher
