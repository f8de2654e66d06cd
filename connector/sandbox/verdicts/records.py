"""What the vendor's answers prove about each pupil by the emulator's day: lessons, marks, absences, first traces.

The emulator knows when a pupil came. The vendor's answers hold no such day, so an ideal report knows of a pupil only from
the first mark or entry of attendance on, and judges from there: docs/rules.md promises no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from connector.sandbox import subjects as s
from connector.sandbox.calendar import Period
from connector.sandbox.desk import Desk
from connector.sandbox.model import CANCELLED, FinalMark, Group, Lesson, Mark, Work
from connector.sandbox.people import Person
from connector.sandbox.rollcall import AWAY

ZONE = ZoneInfo("Europe/Moscow")
SCALE = frozenset("12345")
Given = tuple[Work, Mark]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding. `lesson` is None where it is about a period; `grave` where it is an error rather than a warning."""

    group: Group
    subject: str
    day: date
    lesson: Lesson | None = None
    person: Person | None = None
    grave: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A pupil's held lessons of a subject in all groups that count, from the first trace on; never empty."""

    person: Person
    subject: str
    lessons: tuple[Lesson, ...]
    groups: tuple[Group, ...]

    @property
    def periods(self) -> tuple[Period, ...]:
        """Periods of the group it was last taught in."""
        return self.lessons[-1].group.calendar.periods

    def within(self, period: Period) -> list[Lesson]:
        """Lessons in a period."""
        return [lesson for lesson in self.lessons if period.start <= lesson.day <= period.finish]


class Records:
    """Everything that is known by the emulator's day, arranged by lesson and by pupil."""

    def __init__(self, desk: Desk) -> None:
        self.today = desk.today
        self.finals = desk.finals
        self._week = desk.config.week
        self._groups = [group for group in desk.groups if group.year == desk.school.year]
        self._now = {
            group.number: {person for _place, person in group.now(self.today)}
            for group in self._groups
        }
        self._ever = {
            group.number: {m.person for _place, m in group.seen(self.today)}
            for group in self._groups
        }
        self._marks: dict[tuple[Lesson, Person], list[Given]] = defaultdict(list)
        self._away: set[tuple[Lesson, Person]] = set()
        self._taught: dict[tuple[int, str], list[Lesson]] = defaultdict(list)
        self._planned: dict[tuple[int, str, Period], int] = {}
        self.first: dict[Person, date] = {}
        self.freed: set[tuple[Person, str]] = {
            (pupil_of(mark), mark.subject) for mark in desk.finals if frees(mark.value)
        }
        self.held = self._held()
        for lesson in self.held:
            self._take_in(lesson)

    def _held(self) -> list[Lesson]:
        return sorted(
            (
                lesson
                for group in self._groups
                for lesson in group.lessons
                if lesson.day < self.today
                and not lesson.deleted
                and lesson.status != CANCELLED
                and not group.calendar.is_holiday(lesson.day)
            ),
            key=_time,
        )

    def _take_in(self, lesson: Lesson) -> None:
        roll = lesson.group.roll
        self._taught[lesson.group.number, lesson.subject].append(lesson)
        for work, mark in lesson.marks():
            person = roll[mark.place].person
            self._marks[lesson, person].append((work, mark))
            self.first.setdefault(person, lesson.day)
            if frees(mark.value):
                self.freed.add((person, lesson.subject))
        for place, entry in lesson.entries.items():
            # A roll of presence names whoever is in the group: the rules promise a mark or an absence as the first trace.
            if entry.status != "Attend":
                self.first.setdefault(roll[place].person, lesson.day)
            if entry.status in AWAY:
                self._away.add((lesson, roll[place].person))

    @cached_property
    def pupils(self) -> set[Person]:
        """Whoever is in some group today."""
        return set().union(*self._now.values())

    @cached_property
    def moved(self) -> set[Person]:
        """Pupils of today who left another group this year."""
        left = set().union(*(self._ever[number] - now for number, now in self._now.items()))
        return left & self.pupils

    @cached_property
    def courses(self) -> list[Course]:
        """Courses that rules about pupils judge: of graded subjects, of pupils of today in their groups of today."""
        return self._courses(self._now)

    @cached_property
    def courses_of_leavers(self) -> list[Course]:
        """The same of pupils who are in no group any more, in the groups they were in."""
        return self._courses({number: ever - self.pupils for number, ever in self._ever.items()})

    def _courses(self, members: dict[int, set[Person]]) -> list[Course]:
        parts: dict[tuple[Person, str], list[Lesson]] = defaultdict(list)
        for (group, subject), lessons in self._taught.items():
            if subject not in s.UNGRADED:
                for person in members[group]:
                    parts[person, subject] += lessons
        return sorted(self._judged(parts), key=lambda c: (c.person.number, c.subject))

    def _judged(self, parts: dict[tuple[Person, str], list[Lesson]]) -> Iterator[Course]:
        for (person, subject), lessons in parts.items():
            since = self.first.get(person)
            groups = {lesson.group.number: lesson.group for lesson in lessons}
            exempt = any(is_exempt(group) for group in groups.values())
            if since is None or exempt or (person, subject) in self.freed:
                continue
            mine = sorted((lesson for lesson in lessons if lesson.day >= since), key=_time)
            if mine:
                yield Course(person, subject, tuple(mine), tuple(groups.values()))

    def taught(self, course: Course, period: Period) -> list[Lesson]:
        """Held lessons of a period in the course's groups, those before the pupil's first trace too."""
        lessons = (
            lesson
            for group in course.groups
            for lesson in self._taught[group.number, course.subject]
            if period.start <= lesson.day <= period.finish
        )
        return sorted(lessons, key=_time)

    def planned(self, group: Group, subject: str, period: Period) -> int:
        """Lessons of a whole period, those to come too. A class shares the number."""
        key = (group.number, subject, period)
        if key not in self._planned:
            self._planned[key] = sum(
                lesson.subject == subject
                and period.start <= lesson.day <= period.finish
                and not lesson.deleted
                and lesson.status != CANCELLED
                and not group.calendar.is_holiday(lesson.day)
                for lesson in group.lessons
            )
        return self._planned[key]

    def marks(self, lesson: Lesson, person: Person) -> list[Mark]:
        """A pupil's marks at a lesson."""
        return [mark for _work, mark in self.given(lesson, person)]

    def given(self, lesson: Lesson, person: Person) -> list[Given]:
        """The same with their works."""
        return self._marks.get((lesson, person), [])

    def to_mark(self, lesson: Lesson) -> list[Person]:
        """Pupils of the group of today who are not freed from the lesson's subject."""
        now = self._now[lesson.group.number]
        return [person for person in now if (person, lesson.subject) not in self.freed]

    def all_freed(self, lesson: Lesson) -> bool:
        """Whether the group has pupils today and none of them is to be marked."""
        return bool(self._now[lesson.group.number]) and not self.to_mark(lesson)

    def is_away(self, lesson: Lesson, person: Person) -> bool:
        """Whether the roll says that the pupil was not there."""
        return (lesson, person) in self._away

    def due(self, group: Group, day: date, working_days: int) -> date | None:
        """The last day in time; None when the year has not so many working days left."""
        found: date | None = day
        for _ in range(working_days):
            found = found and group.calendar.next_working_day(found, week=self._week)
        return found

    def is_past(self, day: date | None) -> bool:
        """Whether a last day is over: what is due today is not late yet."""
        return day is not None and day < self.today


def is_exempt(group: Group) -> bool:
    """Whether nearly all rules about marks leave a group out: the first parallel, home schooling."""
    return group.parallel == 1 or group.kind == "home"


def pupil_of(mark: FinalMark) -> Person:
    """Whose final mark it is."""
    return mark.group.roll[mark.place].person


def frees(value: str) -> bool:
    """Whether a mark says that the pupil is freed from the subject."""
    return value.strip().lower().startswith("осв")


def numbers(value: str) -> list[int] | None:
    """The numbers of a mark: `4/3` is two; None for signs and words."""
    parts = [part.strip() for part in value.split("/")]
    return [int(part) for part in parts] if all(part in SCALE for part in parts) else None


def count(marks: Iterable[Mark]) -> int:
    """How many marks: a cell with `4/3` holds two."""
    return sum(len(numbers(mark.value) or "1") for mark in marks)


def is_two(mark: Mark) -> bool:
    """Whether a mark is, or holds, a two or a one, with a sign or without."""
    found = numbers(mark.value.strip().rstrip("+-"))
    return found is not None and min(found) <= 2


def is_only_two(mark: Mark) -> bool:
    """The same, and nothing better stands beside it in the cell: `2/4` is a two that was put right."""
    found = numbers(mark.value.strip().rstrip("+-"))
    return found is not None and max(found) <= 2


def entered_on(mark: Mark) -> date:
    """The local day of entry."""
    return datetime.fromisoformat(mark.at).replace(tzinfo=UTC).astimezone(ZONE).date()


def _time(lesson: Lesson) -> tuple[date, int, int]:
    return lesson.day, lesson.number, lesson.id
