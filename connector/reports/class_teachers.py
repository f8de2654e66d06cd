"""Who leads each class, by the diary: whom a report about a class is for."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.i18n import N_
from connector.reports.facts import Query
from connector.reports.journal import Group
from connector.reports.tables import Column, Content

CLASS_TEACHERS = """
SELECT edu_group_id, person_id FROM class_teachers WHERE withdrawn_run IS NULL ORDER BY 1, 2
"""
COLUMN = Column("class_teacher", N_("Class teacher"), Content.TEACHER, 26)


@dataclass(frozen=True, slots=True)
class ClassTeachers:
    """Class teachers by class.

    Attributes:
        groups: of the journal.
        by_class: persons who lead a class; a class that is absent has nobody who is known.

    """

    groups: Mapping[int, Group] = field(default_factory=dict)
    by_class: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, group_id: int) -> tuple[int, ...]:
        """Who leads the class, or the one class that a subgroup is of; empty where nobody is known."""
        group = self.groups.get(group_id)
        classes = group.class_ids if group is not None else {group_id}
        return self.by_class.get(next(iter(classes)), ()) if len(classes) == 1 else ()

    def cell(self, group_id: int) -> int | None:
        """The person of a table's cell; None where nobody is known, or not who of several."""
        found = self.of(group_id)
        return found[0] if len(found) == 1 else None


NOBODY = ClassTeachers()


def read_class_teachers(query: Query, groups: Mapping[int, Group]) -> ClassTeachers:
    """Read who leads the classes.

    Args:
        query: the mirror's SELECT.
        groups: of the journal.

    """
    found: dict[int, list[int]] = defaultdict(list)
    for group, person in query(CLASS_TEACHERS, ()):
        found[group].append(person)
    return ClassTeachers(groups, {group: tuple(persons) for group, persons in found.items()})
