"""Lessons by id and by time, and what changes when one of them is written: neighbours, teachers, subjects."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import islice

from connector.sandbox import ids
from connector.sandbox.model import Group, Lesson
from connector.sandbox.people import Person

When = tuple[date, int]


class LessonBook:
    """The lessons of a school. What it holds in tables is made when first asked for: most schools are only read."""

    def __init__(self, groups: list[Group]) -> None:
        self._groups = groups
        self._by_key: dict[int, dict[int, Lesson]] = {}
        self._added: dict[int, Lesson] = {}
        self._by_time: dict[When, list[Lesson]] | None = None

    def lesson(self, key: int) -> Lesson | None:
        """The lesson behind a key, deleted or not."""
        if key >= ids.ADDED:
            return self._added.get(key)
        number = key // ids.LESSONS
        if not 1 <= number <= len(self._groups):
            return None
        if number not in self._by_key:
            lessons = self._groups[number - 1].lessons
            self._by_key[number] = {lesson.key: lesson for lesson in lessons}
        return self._by_key[number].get(key)

    def next_no(self) -> int:
        """The number of the next lesson to be added."""
        return ids.ADDED + len(self._added)

    def held(self, group: Group, day: date, number: int) -> Lesson | None:
        """The lesson a group has at a time."""
        return next((found for found in self._at(day, number) if found.group is group), None)

    def busy(self, teacher: Person, day: date, number: int) -> Lesson | None:
        """The lesson a teacher gives at a time."""
        return next((found for found in self._at(day, number) if teacher in found.teachers), None)

    def add(self, lesson: Lesson) -> None:
        """Take in a new lesson, made with `next_no`."""
        self._added[lesson.key] = lesson
        self._insert(lesson)

    def change(
        self,
        lesson: Lesson,
        *,
        day: date,
        number: int,
        subject: str,
        teachers: list[Person],
    ) -> None:
        """Give a lesson another time, subject or teachers."""
        self._count(lesson, -1)
        self._take_out(lesson)
        lesson.day, lesson.number, lesson.subject = day, number, subject
        lesson.teachers = teachers
        lesson.by_hand = True
        self._insert(lesson)

    def cancel(self, lesson: Lesson) -> None:
        """Take a lesson out of the schedule; its neighbours still know where it was."""
        self._count(lesson, -1)
        lesson.deleted = True

    def restore(self, lesson: Lesson) -> None:
        """Put a lesson back into the schedule."""
        lesson.deleted = False
        self._count(lesson, 1)

    def _at(self, day: date, number: int) -> Iterator[Lesson]:
        return (lesson for lesson in self._times().get((day, number), ()) if lesson.stands)

    def _times(self) -> dict[When, list[Lesson]]:
        if self._by_time is None:
            self._by_time = defaultdict(list)
            for group in self._groups:
                for lesson in group.lessons:
                    self._by_time[lesson.day, lesson.number].append(lesson)
        return self._by_time

    def _insert(self, lesson: Lesson) -> None:
        times, lessons = self._times(), lesson.group.lessons
        place = bisect_right(lessons, _time(lesson), key=_time)
        lesson.before = _neighbour(lesson, (lessons[n] for n in range(place - 1, -1, -1)))
        lesson.after = _neighbour(lesson, islice(lessons, place, None))
        lessons.insert(place, lesson)
        times.setdefault(_time(lesson), []).append(lesson)
        if lesson.before:
            lesson.before.after = lesson
        if lesson.after:
            lesson.after.before = lesson
        self._count(lesson, 1)

    def _take_out(self, lesson: Lesson) -> None:
        self._times()[_time(lesson)].remove(lesson)
        lesson.group.lessons.remove(lesson)
        if lesson.before:
            lesson.before.after = lesson.after
        if lesson.after:
            lesson.after.before = lesson.before

    def _count(self, lesson: Lesson, step: int) -> None:
        """Keep count of teachers and subjects that only lessons out of the weekly plan bring."""
        if not lesson.by_hand or lesson.deleted:
            return
        group = lesson.group
        for teacher in lesson.teachers:
            group.guests[teacher] += step
        group.extras[lesson.subject] += step
        # A count of nought must not look like a teacher.
        group.guests, group.extras = +group.guests, +group.extras


def _neighbour(lesson: Lesson, others: Iterator[Lesson]) -> Lesson | None:
    """The next of `others` in the same subject and reporting period."""
    calendar = lesson.group.calendar
    period = calendar.period_of(lesson.day)
    found = next((other for other in others if other.subject == lesson.subject), None)
    return found if found and calendar.period_of(found.day) == period else None


def _time(lesson: Lesson) -> When:
    return lesson.day, lesson.number
