"""Columns of the journal, which cases are planted in: a subject of one group."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connector.sandbox import subjects as s
from connector.sandbox.calendar import Period
from connector.sandbox.journal import Journal
from connector.sandbox.model import CANCELLED, Group, Lesson
from connector.sandbox.people import Person
from connector.sandbox.planting.people import MOVED


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A subject of one group: its lessons that take place, in order of time, and places on its roll.

    Attributes:
        group: whose.
        subject: its name.
        lessons: held, or still to come.
        places: of pupils who stay all year.
        changed: of those who came, left or moved: by what they did.

    """

    group: Group
    subject: str
    lessons: tuple[Lesson, ...]
    places: tuple[int, ...]
    changed: Mapping[str, tuple[int, ...]]

    def within(self, period: Period) -> list[Lesson]:
        """Lessons of a period."""
        return [lesson for lesson in self.lessons if period.start <= lesson.day <= period.finish]

    def hours(self) -> int:
        """Lessons a week."""
        return sum(slot.subject == self.subject for slot in self.group.slots)


def columns_of(
    journal: Journal, group: Group, changed: Mapping[str, set[Person]], *, graded: bool = True
) -> Iterator[Column]:
    """Columns of graded subjects of a group, or those of ungraded ones.

    Args:
        journal: of the school.
        group: whose columns.
        changed: pupils who came, left or moved, by what they did; they are not among those who stay.
        graded: which of the two.

    """
    odd = set().union(*changed.values())
    places = tuple(
        place
        for place, m in enumerate(group.roll)
        if m.since is None and m.until is None and m.person not in odd
        if m.person.number not in journal.school.movers
    )
    by_word = {
        word: tuple(
            place
            for place, m in enumerate(group.roll)
            # Of two seats in halves of a class the later one counts.
            if m.person in who and not (word == MOVED and m.until is not None)
        )
        for word, who in changed.items()
    }
    by_subject: dict[str, list[Lesson]] = {}
    for lesson in group.lessons:
        if lesson.status != CANCELLED and (lesson.subject not in s.UNGRADED) == graded:
            by_subject.setdefault(lesson.subject, []).append(lesson)
    for subject, lessons in by_subject.items():
        yield Column(group, subject, tuple(lessons), places, by_word)
