"""All cases, in an order that keeps them apart."""

from connector.sandbox.journal import Journal
from connector.sandbox.planting import cells, entries, finals, gathering, omissions, twos, years
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
    finals.final,
    finals.few,
    finals.average,
    finals.missed,
    years.year,
    omissions.topic,
    omissions.homework,
    omissions.no_marks,
    omissions.attendance,
)


def plant(journal: Journal) -> Field:
    """Plant cases of all rules; period marks are decreed, for they are given when everything else was written."""
    field = prepare(journal, change_people(journal))
    for cases in CURRENT:
        cases(field)
    return field
