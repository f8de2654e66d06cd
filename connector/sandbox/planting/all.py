"""All cases, in an order that keeps them apart."""

from connector.sandbox.journal import Journal
from connector.sandbox.planting import cells, entries, gathering, twos
from connector.sandbox.planting.field import Field, prepare
from connector.sandbox.planting.people import change_people

CURRENT = (
    cells.mark3,
    cells.nmark,
    entries.work,
    entries.late,
    twos.two_after_absence,
    twos.two_at_edge,
    twos.two_not_mended,
    gathering.too_few,
    gathering.silent,
)


def plant(journal: Journal) -> Field:
    """Plant cases of all rules about entries and marks; those about period marks come after these were given."""
    field = prepare(journal, change_people(journal))
    for cases in CURRENT:
        cases(field)
    return field
