"""The ground cases are planted on: journal columns, each given to one rule only, and the ways to write into them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from connector.sandbox.calendar import DAY, Period
from connector.sandbox.journal import Journal
from connector.sandbox.model import CANCELLED, Entry, Group, Lesson, Mark, Work
from connector.sandbox.people import Person
from connector.sandbox.planting.columns import Column, columns_of

# How a cell of the journal is written here: words of attendance; every other word is a mark.
WORDS = {"н": "Absent", "б": "Ill", "у": "Pass", "оп": "Late"}
CLASS_WORK = "DefaultNewLessonWork"


# Pupil, subject, number of the period.
FinalKey = tuple[Person, str, int]


@dataclass(frozen=True, slots=True)
class Case:
    """What was meant: a finding of a rule, or none in spite of looks.

    Attributes:
        rule: its id.
        group: whose journal.
        subject: which column.
        since: the finding's date lies between these two, both included.
        until: as above.
        lesson: the lesson it is about; None where it is about a period.
        person: the pupil; None where it is about the lesson.
        exempt: why there must be no finding; None where there must be one.
        grave: whether the finding must be an error; None where the rulebook alone says so.

    """

    rule: str
    group: Group
    subject: str
    since: date
    until: date
    lesson: Lesson | None = None
    person: Person | None = None
    exempt: str | None = None
    grave: bool | None = None


@dataclass(slots=True)
class Field:
    """Columns that are still free, and all cases so far."""

    journal: Journal
    random: Random
    free: list[Column]
    cancelled: list[Lesson]
    cases: list[Case] = field(default_factory=list)
    used: set[Lesson] = field(default_factory=set)
    decrees: dict[FinalKey, str | None] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The emulator's day."""
        return self.journal.today

    @property
    def groups(self) -> list[Group]:
        """All groups of the school."""
        return self.journal.school.groups

    def take(
        self, count: int, fits: Callable[[Column], bool] = lambda _column: True
    ) -> list[Column]:
        """Take columns for one rule alone, of as many different groups as can be had; fewer where they run out."""
        taken: list[Column] = []
        for again in (False, True):
            for column in self.free:
                if len(taken) == count:
                    break
                known = any(column.group is one.group for one in taken)
                if column not in taken and known == again and fits(column):
                    taken.append(column)
        self.free = [column for column in self.free if column not in taken]
        return taken

    def seats(self, columns: list[Column]) -> Iterator[tuple[Column, int]]:
        """Pupils of some columns, one of each column in turn."""
        most = max((len(column.places) for column in columns), default=0)
        for n in range(most):
            yield from ((column, column.places[n]) for column in columns if n < len(column.places))

    def columns_of(self, group: Group, *, graded: bool = True) -> list[Column]:
        """Columns of a group that hardly any rule judges, or of ungraded subjects, without lessons already used."""
        found = columns_of(self.journal, group, {}, graded=graded)
        return [
            replace(one, lessons=tuple(x for x in one.lessons if x not in self.used))
            for one in found
        ]

    def held_in(self, column: Column, period: Period) -> list[Lesson]:
        """Lessons of a period that are over."""
        return [lesson for lesson in column.within(period) if lesson.day < self.today]

    def held(self, column: Column) -> list[Lesson]:
        """Lessons of a column that are over and may be judged today."""
        return [lesson for lesson in column.lessons if lesson.day < self.today]

    def due(self, column: Column) -> list[Lesson]:
        """Lessons of a column whose marks were due before today."""
        return [lesson for lesson in self.held(column) if self.is_due(lesson)]

    def is_due(self, lesson: Lesson) -> bool:
        """Whether the marks of a lesson were due before today."""
        due = self.journal.mark_due(lesson)
        return due is not None and due < self.today

    def period(self, group: Group) -> Period | None:
        """The reporting period of yesterday."""
        return group.calendar.period_of(self.today - DAY)

    def over(self, group: Group) -> list[Period]:
        """Periods that ended long enough ago for every record about them."""
        return [p for p in group.calendar.periods if p.finish + timedelta(days=5) < self.today]

    # What is written

    def write(self, lesson: Lesson, place: int, cell: str, comment: str | None = None) -> None:
        """Make a pupil's cell of a lesson what the words say, and nothing else."""
        self.wipe(lesson, place)
        for word in cell.split():
            if word in WORDS:
                lesson.entries[place] = Entry(WORDS[word], self.moment(lesson.day), comment)
            else:
                self.mark(class_work(lesson), place, word)
        if self.journal.config.attendance == "roll":
            lesson.entries.setdefault(place, Entry("Attend", self.moment(lesson.day)))

    def script(self, lessons: list[Lesson], place: int, *cells: str) -> None:
        """Write a pupil's cells of the first of some lessons."""
        for lesson, cell in zip(lessons, cells, strict=False):
            self.write(lesson, place, cell)

    def wipe(self, lesson: Lesson, place: int) -> None:
        """Empty a pupil's cell."""
        for work in lesson.works:
            work.marks = [mark for mark in work.marks if mark.place != place]
        lesson.entries.pop(place, None)

    def clear(self, lesson: Lesson) -> None:
        """Take all marks from a lesson, and its works other than the usual one and homework."""
        for work in lesson.works:
            work.marks = []
        lesson.works = [one for one in lesson.works if one.type in {CLASS_WORK, "Homework"}]

    def cancel(self, lesson: Lesson) -> None:
        """Let a lesson not take place: what stood on it is gone, and so is the homework given at it."""
        self.clear(lesson)
        lesson.entries.clear()
        lesson.status = CANCELLED
        for holder in (lesson, lesson.after):
            if holder:
                holder.works = [one for one in holder.works if one.given is not lesson]

    def mark(self, work: Work, place: int, value: str, at: str | None = None) -> None:
        """Give one mark more, entered at a moment in UTC; by default at the lesson."""
        nth = sum(mark.place == place for mark in work.marks)
        work.marks.append(Mark(place, nth, value, at or self.moment(work.holder.day)))

    def moment(self, day: date, time: str = "09:10:11") -> str:
        """A moment of entry in UTC as the vendor writes it, different each time."""
        return f"{day.isoformat()}T{time}.{self.random.randrange(1, 999_999):06}"

    def extra_lesson(self, group: Group, subject: str, day: date, number: int) -> Lesson:
        """A lesson out of the weekly plan, with nothing on it."""
        teacher = next(slot.teacher for slot in group.slots if slot.subject == subject)
        lesson = Lesson(
            group, max(one.no for one in group.lessons) + 1, day, number, subject, [teacher]
        )
        group.lessons.append(lesson)
        group.lessons.sort(key=lambda one: (one.day, one.number))
        return lesson

    def decree(self, column: Column, place: int, period: int, value: str | None) -> None:
        """Say which period or year mark a pupil of a column gets; None for none."""
        person = column.group.roll[place].person
        self.decrees[person, column.subject, period] = value

    # What was meant

    def tell(
        self,
        rule: str,
        exempt: str | None,
        lesson: Lesson,
        place: int | None = None,
        *,
        grave: bool | None = None,
    ) -> None:
        """The rule must find a lesson, or a pupil at it; must not, where a word says why."""
        group, day = lesson.group, lesson.day
        person = None if place is None else group.roll[place].person
        self.cases.append(
            Case(rule, group, lesson.subject, day, day, lesson, person, exempt, grave)
        )

    def tell_in(
        self, rule: str, exempt: str | None, column: Column, place: int, period: Period
    ) -> None:
        """The rule must find a pupil in a period; must not, where a word says why."""
        group, person = column.group, column.group.roll[place].person
        self.cases.append(
            Case(rule, group, column.subject, period.start, period.finish, None, person, exempt)
        )


def prepare(journal: Journal, changed: Mapping[str, set[Person]]) -> Field:
    """The field of a school whose teachers have entered everything."""
    random = Random(f"{journal.config.seed}/plant")
    columns = [
        column
        for group in journal.school.groups
        if group.parallel > 1 and group.kind != "home"
        for column in columns_of(journal, group, changed)
    ]
    random.shuffle(columns)
    cancelled = [
        lesson
        for group in journal.school.groups
        for lesson in group.lessons
        if lesson.status == CANCELLED and lesson.day < journal.today
    ]
    random.shuffle(cancelled)
    return Field(journal, random, columns, cancelled)


def class_work(lesson: Lesson) -> Work:
    """The work of the lesson itself."""
    found = next((work for work in lesson.works if work.type == CLASS_WORK), None)
    if found is None:
        found = Work(lesson, 0, CLASS_WORK, lesson)
        lesson.works.insert(0, found)
    return found
