"""All cases, in an order that keeps them apart."""

from connector.sandbox.journal import Journal
from connector.sandbox.planting import cells, entries
from connector.sandbox.planting.field import Field, prepare

CURRENT = (cells.mark3, cells.nmark, entries.work, entries.late)


def plant(journal: Journal) -> Field:
    """Plant cases of all rules about entries and marks; those about period marks come after these were given."""
    field = prepare(journal)
    for cases in CURRENT:
        cases(field)
    return field
