"""Marks lesson by lesson, as the rules about single marks see them: those worth a look, and where any stand at all."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.reports.grades import Mark, Work, is_low, is_low_throughout
from connector.reports.journal import Lesson
from connector.reports.rules.case import Scene
from connector.reports.rules.courses import Taught, Teaching
from connector.vocab import ABSENCES


@dataclass(frozen=True, slots=True)
class Two:
    """A two, or several at one lesson, of a pupil who is taught there today.

    Attributes:
        person_id: whose.
        taught: the pupil's lessons of the subject.
        place: number of the lesson among them.
        count: how many that no better mark in the same cell puts right.

    """

    person_id: int
    taught: Taught
    place: int
    count: int

    @property
    def lesson(self) -> Lesson:
        """The lesson it was given at."""
        return self.taught.lessons[self.place]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Marks at single lessons.

    Who fills it may leave out marks no rule would look at: those in time at a lesson the pupil was at, that are no twos,
    where no control work is empty.

    Attributes:
        taught: held lessons by who is taught there; empty where no rule about twos is judged.
        cells: marks by lesson, then by pupil; a cell of an absent pupil is whole.
        twos: in order of days; empty when nobody asks for them.
        places: where the pupils of today have marks, by pupil and subject: numbers of the lessons in `taught`, rising,
            one for each mark.
        works: control works, compositions and tests by lesson.
        marked_works: those of them with marks, and maybe others.
        absent: lesson and pupil where the roll says absent.
        released: pupil and subject whose marks say freed (осв.).
        comments: attendance comments by lesson and person.

    """

    taught: Teaching
    cells: Mapping[int, Mapping[int, tuple[Mark, ...]]]
    twos: tuple[Two, ...]
    places: Mapping[tuple[int, int], Sequence[int]]
    works: Mapping[int, tuple[Work, ...]]
    marked_works: frozenset[int]
    absent: frozenset[tuple[int, int]]
    released: frozenset[tuple[int, int]]
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def marks(self, lesson: Lesson, person: int) -> tuple[Mark, ...]:
        """Marks of a pupil at a lesson that are worth a look."""
        return self.cells.get(lesson.id, {}).get(person, ())

    def is_absent(self, lesson: Lesson, person: int) -> bool:
        """Whether the roll says that the pupil was not there."""
        return (lesson.id, person) in self.absent

    def marks_at(self, taught: Taught, person: int, place: int) -> int:
        """How many marks a pupil has at a lesson."""
        places = self.places.get((person, taught.subject_id), ())
        return bisect_right(places, place) - bisect_right(places, place - 1)

    def next_marked(self, taught: Taught, person: int, place: int) -> int:
        """Number of the next lesson at which the pupil has a mark, or of none: the count of lessons."""
        places = self.places.get((person, taught.subject_id), ())
        after = bisect_right(places, place)
        return places[after] if after < len(places) else len(taught.lessons)


def by_cell(marks: Iterable[Mark]) -> dict[int, dict[int, tuple[Mark, ...]]]:
    """Marks by lesson, then by pupil."""
    cells: dict[int, dict[int, tuple[Mark, ...]]] = defaultdict(dict)
    for mark in marks:
        cell = cells[mark.lesson_id]
        cell[mark.person_id] = (*cell.get(mark.person_id, ()), mark)
    return dict(cells)


def by_lesson(works: Iterable[Work]) -> dict[int, tuple[Work, ...]]:
    """Works by lesson."""
    found: dict[int, list[Work]] = defaultdict(list)
    for work in works:
        found[work.lesson_id].append(work)
    return {lesson: tuple(listed) for lesson, listed in found.items()}


def absent_at(scene: Scene) -> frozenset[tuple[int, int]]:
    """Lesson and pupil where the roll says absent."""
    return frozenset(
        (entry.lesson_id, entry.person_id)
        for entry in scene.journal.entries
        if entry.status in ABSENCES
    )


def twos_in(
    scene: Scene, taught: Teaching, cells: Mapping[int, Mapping[int, tuple[Mark, ...]]]
) -> Iterator[Two]:
    """Twos of pupils of today in order of days."""
    for lesson in scene.held:
        for person, marks in sorted(cells.get(lesson.id, {}).items()):
            course = taught.of.get((person, lesson.subject_id or 0))
            if (
                course is not None
                and person in taught.present
                and lesson.group_id in course.groups
                and any(map(is_low, marks))
            ):
                yield Two(person, course, course.place(lesson), sum(map(is_low_throughout, marks)))
