"""The state of the emulated school: groups and rolls, lessons, works, marks, attendance."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connector.sandbox import ids
from connector.sandbox.calendar import Calendar
from connector.sandbox.people import Person

CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class Bells:
    """A bell schedule: number, start and finish of each lesson; `special`: exercises before the first one."""

    name: str
    rows: tuple[tuple[int, str, str], ...]
    special: bool = False


@dataclass(slots=True)
class Membership:
    """A pupil on a roll from `since` to the day before `until`; None means the year's edge."""

    person: Person
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether the pupil belongs to the group on a day."""
        return (
            (self.since is None or self.since <= day)
            and (self.until is None or day < self.until)
            and (self.person.left is None or day < self.person.left)
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """One lesson of the weekly plan."""

    weekday: int
    number: int
    subject: str
    teacher: Person


@dataclass(slots=True)
class Group:
    """A class, subgroup, joined stream, elective or home-schooled pseudo-class.

    The place of a pupil on `roll` is part of ids, so the roll only grows.
    """

    number: int
    name: str
    kind: str
    parallel: int
    calendar: Calendar
    parents: list["Group"] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    roll: list[Membership] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    class_teacher: Person | None = None
    lessons: list["Lesson"] = field(default_factory=list)
    archived: bool = False
    # Who teaches it what in lessons written one by one, and in how many.
    guests: Counter[Person] = field(default_factory=Counter)
    extras: Counter[str] = field(default_factory=Counter)

    @property
    def id(self) -> int:
        """Group id, 19 digits."""
        return ids.GROUP.encode(self.number)

    @property
    def is_class(self) -> bool:
        """Whether the vendor calls it `Group` rather than `Subgroup`."""
        return self.kind in {"class", "home"}

    @property
    def year(self) -> int:
        """The study year it belongs to, by the calendar year in which that starts."""
        return self.calendar.year

    @property
    def teachers(self) -> list[Person]:
        """Those who teach it by the weekly plan, in order of the plan, then those of other lessons."""
        planned = {slot.teacher.number: slot.teacher for slot in self.slots}
        guests = {who.number: who for who in sorted(self.guests, key=lambda who: who.number)}
        return list((planned | guests).values())

    @property
    def taught(self) -> list[str]:
        """Subjects of the plan, then those of other lessons."""
        return [*self.subjects, *sorted(self.extras.keys() - set(self.subjects))]

    def shown_on(self, today: date) -> date:
        """The day whose roll is shown: today, or the first day of a study year that is still to come."""
        return max(today, date(self.year, 9, 1))

    def seen(self, today: date) -> list[tuple[int, Membership]]:
        """Places and memberships that exist by `today`: later arrivals are unknown yet."""
        day = self.shown_on(today)
        return [
            (place, m) for place, m in enumerate(self.roll) if m.since is None or m.since <= day
        ]

    def has_now(self, membership: Membership, today: date) -> bool:
        """Whether a membership stands today; an archived group has none."""
        return not self.archived and membership.on(self.shown_on(today))

    def now(self, today: date) -> list[tuple[int, Person]]:
        """Places and pupils on the roll as it is shown today."""
        return [(place, m.person) for place, m in enumerate(self.roll) if self.has_now(m, today)]

    def active(self, day: date) -> list[tuple[int, Person]]:
        """Places and pupils on the roll on a day."""
        return [(place, m.person) for place, m in enumerate(self.roll) if m.on(day)]


@dataclass(slots=True)
class Mark:
    """One mark; `at` is the UTC moment of entry as the vendor writes it."""

    place: int
    nth: int
    value: str
    at: str


@dataclass(slots=True, eq=False)
class Work:
    """A work shown on lesson `holder`; a homework was given at lesson `given` and is due on `target`."""

    holder: "Lesson"
    number: int
    type: str
    given: "Lesson"
    target: date | None = None
    text: str | None = None
    marks: list[Mark] = field(default_factory=list)
    places: tuple[int, ...] = ()

    @property
    def key(self) -> int:
        """Key of its id."""
        return ids.work_key(self.holder.key, self.number)

    @property
    def id(self) -> int:
        """Work id, 19 digits."""
        return ids.WORK.encode(self.key)


@dataclass(slots=True)
class Entry:
    """One attendance entry; `at` as in `Mark`."""

    status: str
    at: str
    comment: str | None = None


@dataclass(slots=True, eq=False)
class Lesson:
    """One lesson of one group. `before` and `after` are its neighbours in the same subject and reporting period."""

    group: Group
    no: int
    day: date
    number: int
    subject: str
    teachers: list[Person]
    status: str | None = None
    title: str | None = None
    works: list[Work] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    before: "Lesson | None" = None
    after: "Lesson | None" = None
    deleted: bool = False
    place: int | None = None
    # Written one by one, or changed so: no longer what the weekly plan says.
    by_hand: bool = False
    # Ready-made JSON, void as soon as the lesson is edited.
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> int:
        """Key of its id."""
        return self.no if self.no >= ids.ADDED else ids.lesson_key(self.group.number, self.no)

    @property
    def stands(self) -> bool:
        """Whether it takes the time of its group and teachers."""
        return not self.deleted and self.status != CANCELLED and not self.group.archived

    @property
    def id(self) -> int:
        """Lesson id, 19 digits."""
        return ids.LESSON.encode(self.key)

    def marks(self) -> Iterator[tuple[Work, Mark]]:
        """Marks of all works shown on the lesson."""
        for work in self.works:
            for mark in work.marks:
                yield work, mark


@dataclass(frozen=True, slots=True)
class FinalMark:
    """A period's or the year's mark (period 7) of one pupil of a class in a subject."""

    group: Group
    place: int
    subject: str
    period: int
    value: str
    average: str
    at: str


@dataclass(slots=True)
class School:
    """Everything that is known before the first lesson."""

    year: int
    calendars: dict[str, Calendar]
    people: list[Person]
    groups: list[Group]
    staff: list[Person]
    admin: Person
    teacher: Person
    parent: Person
    child: Person
    specialties: dict[int, tuple[str, ...]]
    # Pupils who changed class inside the school: never absent, because the vendor shows no dates of membership.
    movers: frozenset[int] = frozenset()
