"""Who is taught what: a pupil's held lessons of a subject, in all groups that count for the pupil."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from connector.reports.calendar import Period
from connector.reports.journal import Group, Lesson, chains, in_time
from connector.reports.rules.case import Scene


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """Held lessons of one subject in one set of groups; all pupils of these groups share it.

    Attributes:
        subject_id: the subject.
        groups: all groups the lessons stand in.
        lessons: in order of days and numbers; never empty.

    """

    subject_id: int
    groups: frozenset[int]
    lessons: tuple[Lesson, ...]
    _within: dict[Period, tuple[Lesson, ...]] = field(default_factory=dict, repr=False)
    _places: dict[int, int] = field(default_factory=dict, repr=False)

    def within(self, period: Period) -> tuple[Lesson, ...]:
        """Its lessons inside a period."""
        if period not in self._within:
            first = bisect_left(self.lessons, period.start, key=_day)
            last = bisect_right(self.lessons, period.finish, key=_day)
            self._within[period] = self.lessons[first:last]
        return self._within[period]

    def since(self, day: date) -> "Taught | None":
        """The lessons from a day on; None when there are none."""
        first = bisect_left(self.lessons, day, key=_day)
        if first == 0:
            return self
        lessons = self.lessons[first:]
        return Taught(self.subject_id, self.groups, lessons) if lessons else None

    def place(self, lesson: Lesson) -> int:
        """Where one of its lessons stands among them."""
        if not self._places:
            self._places.update((one.id, place) for place, one in enumerate(self.lessons))
        return self._places[lesson.id]


@dataclass(frozen=True, slots=True)
class Course:
    """A pupil in a subject.

    Attributes:
        person_id: the pupil.
        taught: held lessons since the pupil's first day.

    """

    person_id: int
    taught: Taught

    @property
    def subject_id(self) -> int:
        """The subject."""
        return self.taught.subject_id

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """Held lessons since the pupil's first day, in order of days; never empty."""
        return self.taught.lessons

    @property
    def groups(self) -> frozenset[int]:
        """All groups the lessons stand in."""
        return self.taught.groups


@dataclass(frozen=True, slots=True)
class Teaching:
    """All held lessons by who is taught there.

    Attributes:
        of: by pupil and subject: of a pupil of today the groups of today; of one who has left the school all that were.
        present: pupils of today.
        movers: pupils who left another group this year, or have entries in a class they are not in; they are judged by
            no rule that counts over a period.
        rest: held lessons at which nobody is taught any more.

    """

    of: Mapping[tuple[int, int], Taught]
    present: frozenset[int]
    movers: frozenset[int]
    rest: tuple[Lesson, ...]

    def courses(self, since: Mapping[int, date], *, present: bool) -> Iterator[Course]:
        """Courses in order of pupils and subjects.

        Args:
            since: first day of each pupil; who has none is left out.
            present: pupils of today, or those who have left.

        """
        later: dict[tuple[Taught, date], Taught | None] = {}
        for (person, _subject), taught in sorted(self.of.items(), key=_key):
            start = since.get(person)
            if start is None or (person in self.present) != present:
                continue
            key = (taught, start)
            if key not in later:
                later[key] = taught.since(start)
            if (mine := later[key]) is not None:
                yield Course(person, mine)


def teaching(scene: Scene) -> Teaching:
    """Sort the held lessons of a school by who is taught there."""
    groups = scene.journal.groups
    present = frozenset(who for group in groups.values() for who in group.active_members)
    left = frozenset(
        who for group in groups.values() for who in group.members - group.active_members
    )
    chained = chains(scene.held)
    shared: dict[tuple[int, frozenset[int]], Taught] = {}
    found: dict[tuple[int, int], Taught] = {}
    for members in (_active, lambda group: group.members - present):
        for (person, subject), inside in _groups_by_course(chained, groups, members).items():
            key = (subject, frozenset(inside))
            if key not in shared:
                shared[key] = _joined(subject, [chained[group, subject] for group in inside])
            found[person, subject] = shared[key]
    covered = {(group, taught.subject_id) for taught in shared.values() for group in taught.groups}
    rest = tuple(one for one in scene.held if (one.group_id, one.subject_id) not in covered)
    at = {lesson.id: lesson.group_id or 0 for lesson in scene.held}
    traces = {
        (one.person_id, at[one.lesson_id]) for one in scene.journal.entries if one.lesson_id in at
    }
    return Teaching(found, present, (left & present) | strangers(groups, traces), rest)


def strangers(groups: Mapping[int, Group], traces: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Pupils of today with traces in a class they are not in: they came from there, though no membership says so.

    Args:
        groups: of the school.
        traces: pupils, and groups at whose lessons they have marks or entries.

    """
    classes: dict[int, set[int]] = defaultdict(set)
    for group in groups.values():
        for person in group.active_members:
            classes[person] |= group.class_ids
    return frozenset(
        person
        for person, group in traces
        if person in classes and classes[person].isdisjoint(groups[group].class_ids)
    )


def _groups_by_course(
    chained: Iterable[tuple[int, int]],
    groups: Mapping[int, Group],
    members: Callable[[Group], frozenset[int]],
) -> dict[tuple[int, int], list[int]]:
    """Groups by pupil and subject."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for group, subject in chained:
        for person in members(groups[group]):
            found[person, subject].append(group)
    return found


def _joined(subject: int, parts: list[list[Lesson]]) -> Taught:
    lessons = [lesson for part in parts for lesson in part]
    if len(parts) > 1:
        lessons.sort(key=in_time)
    return Taught(subject, frozenset(one.group_id or 0 for one in lessons), tuple(lessons))


def _active(group: Group) -> frozenset[int]:
    return group.active_members


def _key(item: tuple[tuple[int, int], Taught]) -> tuple[int, int]:
    return item[0]


def _day(lesson: Lesson) -> date:
    return lesson.day
