"""A year of lessons with what teachers entered by the emulator's day, and what they forgot."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from connector.sandbox import ids
from connector.sandbox import subjects as s
from connector.sandbox.absences import Away, absences, flu_weeks
from connector.sandbox.config import SandboxConfig
from connector.sandbox.model import CANCELLED, Entry, Group, Lesson, Mark, School, Work

# Lessons of the emulator's own day that are over and entered when its clock stands still.
OVER_TODAY = 3
DONE, PLANNED = "Completed", "Planned"
HOMEWORK_SLOT = 8
# How teachers are: share of lessons with a slip of each kind.
CARELESS, BUSY, TIDY = 0.05, 0.02, 0.0
MOODS = {"5": "Good", "4": "Good", "3": "Average", "2": "Bad"}


@dataclass(slots=True)
class Planted:
    """What was left out on purpose and is past its deadline: rule → lessons."""

    lessons: dict[str, list[Lesson]] = field(
        default_factory=lambda: {rule: [] for rule in ("TOPIC", "HW", "MARK0", "ATT")}
    )

    def add(self, rule: str, lesson: Lesson) -> None:
        """Remember one omission."""
        self.lessons[rule].append(lesson)


class Journal:
    """All lessons of the school. Built once; edits change it later."""

    def __init__(self, config: SandboxConfig, school: School) -> None:
        self.config = config
        self.school = school
        self.today = config.day
        self.planted = Planted()
        days = school.calendars["quarter"].school_days
        past = [day for day in days if day <= self.today]
        flu = flu_weeks(config.seed, days)
        pupils = {
            m.person.number for group in school.groups if group.kind != "home" for m in group.roll
        }
        self._away = {
            p: absences(config.seed, p, past, flu) for p in sorted(pupils - school.movers)
        }
        self._abilities = {
            p.number: 2.75 + 1.7 * Random(f"{config.seed}/able/{p.number}").random()
            for p in school.people
        }
        self._absent: dict[tuple[int, date], list[tuple[int, Away]]] = {}
        self._rolls: dict[tuple[int, date], tuple[int, ...]] = {}
        for group in school.groups:
            group.lessons = _lessons(group)
            self._cancel(group)
        for group in school.groups:
            self._enter(group)

    def is_over(self, lesson: Lesson) -> bool:
        """Whether the lesson was held by now and its teacher had time to open the journal."""
        over = lesson.day < self.today or (lesson.day == self.today and lesson.number <= OVER_TODAY)
        return over and lesson.status != CANCELLED

    def mark_due(self, lesson: Lesson) -> date | None:
        """Last day to enter a mark: the next working day; None after the last one of the year."""
        return lesson.group.calendar.next_working_day(lesson.day, week=self.config.week)

    def _cancel(self, group: Group) -> None:
        """Cancel a few lessons; never an end of a chain or two in a row, so that homework has one reading."""
        random = Random(f"{self.config.seed}/cancel/{group.number}")
        for lesson in group.lessons:
            if (
                random.random() < 0.008
                and lesson.before
                and lesson.after
                and lesson.before.status != CANCELLED
            ):
                lesson.status = CANCELLED

    def _enter(self, group: Group) -> None:
        week, random = None, Random()
        for lesson in group.lessons:
            if lesson.day > self.today:
                break
            if lesson.day.isocalendar()[:2] != week:
                week = lesson.day.isocalendar()[:2]
                random = Random(f"{self.config.seed}/journal/{group.number}/{week}")
            self._fill(lesson, random)
        if self.config.statuses == "words":
            for lesson in group.lessons:
                lesson.status = lesson.status or (DONE if self.is_over(lesson) else PLANNED)

    def _fill(self, lesson: Lesson, random: Random) -> None:
        """Enter one lesson; all draws are made whatever the day, so that a later clock only adds."""
        slips = [random.random() for _ in range(4)]
        topic, second = random.choice(s.TOPICS), random.random()
        stream = random.getrandbits(64)
        if not self.is_over(lesson):
            return
        if lesson.group.kind == "home":
            slips = [1.0] * 4
        elif self._is_off(lesson):
            slips[:3] = [0.0] * 3
        rate = self._rate(lesson)
        if slips[0] >= rate:
            lesson.title = f"{topic}. {lesson.no % 34 + 1}"
        else:
            self._plant("TOPIC", lesson)
        detail = Random(stream)
        lesson.works.append(Work(lesson, 0, "DefaultNewLessonWork", lesson))
        if second < 0.2:
            kind = detail.choice(s.SECOND_WORKS.get(lesson.subject, s.PLAIN_SECOND_WORKS))
            lesson.works.append(
                Work(lesson, 1, kind, lesson, text=f"{s.WORK_TYPES[s.TYPE_OF_KIND[kind]].title}")
            )
        away = [
            (place, a)
            for place, a in self._absent_on(lesson.group, lesson.day)
            if a.covers(lesson.number)
        ]
        self._homework(lesson, missed=slips[1] < rate)
        self._marks(
            lesson,
            detail,
            {place for place, _away in away},
            missed=slips[2] < rate,
            tardy=slips[3] < 0.3,
        )
        self._attendance(lesson, detail, away)

    def _homework(self, lesson: Lesson, *, missed: bool) -> None:
        if not wants_homework(lesson) or lesson.after is None:
            return
        if missed:
            self._plant("HW", lesson)
            return
        places = self._places(lesson)
        give_homework(
            lesson,
            lesson.after,
            f"Параграф {lesson.no % 60 + 1}, задания {lesson.no % 7 + 1}–{lesson.no % 7 + 4}",
            places,
            self.config.homework_lesson,
        )

    def _marks(
        self, lesson: Lesson, random: Random, away: set[int], *, missed: bool, tardy: bool
    ) -> None:
        if not wants_marks(lesson):
            return
        due = self.mark_due(lesson)
        recent = due is None or due >= self.today
        # What is not due yet is often not there yet: no report may count it.
        if due is not None and (missed or (recent and random.random() < 0.25)):
            if not recent:
                self.planted.add("MARK0", lesson)
            return
        active = self._places(lesson)
        present = [place for place in active if place not in away] or list(active)
        if not present:
            return
        late = tardy and self._profile(lesson) == "late"
        share = 0.3 if lesson.subject in {s.PE, s.MUS, s.ART} else 0.42
        sure = set(random.sample(present, min(3, len(present))))
        for work in lesson.works:
            if work.type == "Homework":
                continue
            chosen = [
                p
                for p in present
                if (p in sure if work.number == 0 else False)
                or random.random() < (share if work.number == 0 else 0.92)
            ]
            for nth, place in enumerate(chosen):
                at = self._moment(lesson, random, late=late and nth > 0)
                if at:
                    work.marks.append(Mark(place, 0, self._value(lesson.group, place, random), at))

    def _attendance(self, lesson: Lesson, random: Random, away: list[tuple[int, Away]]) -> None:
        stamp = f"{lesson.day.isoformat()}T{7 + lesson.number:02}:{random.randrange(60):02}:{random.randrange(60):02}.{random.randrange(1, 999_999):06}"
        for place, absence in away:
            lesson.entries[place] = Entry(absence.status, stamp, absence.comment)
        if random.random() < 0.06:
            present = [place for place in self._places(lesson) if place not in lesson.entries]
            if present:
                lesson.entries[random.choice(present)] = Entry("Late", stamp)
        if self.config.attendance == "roll":
            for place in self._places(lesson):
                lesson.entries.setdefault(place, Entry("Attend", stamp))

    def _plant(self, rule: str, lesson: Lesson) -> None:
        if lesson.day < self.today:
            self.planted.add(rule, lesson)

    def _value(self, group: Group, place: int, random: Random) -> str:
        value = int(self._abilities[group.roll[place].person.number] + 1.8 * random.random() - 0.4)
        return str(min(5, max(2, value)))

    def _moment(self, lesson: Lesson, random: Random, *, late: bool) -> str:
        """UTC moment of entry, empty when it lies in the future. School hours stay on one day in both zones."""
        day = date.fromordinal(lesson.day.toordinal() + (random.randrange(2, 7) if late else 0))
        if day > self.today:
            return ""
        tail = random.randrange(1, 999_999)
        return f"{day.isoformat()}T{6 + lesson.number + (tail & 1):02}:{tail % 60:02}:{tail % 59:02}.{tail:06}"

    def _profile(self, lesson: Lesson) -> str:
        return ("tidy", "busy", "late", "tidy", "careless", "busy", "off", "late")[
            lesson.teachers[0].number % 8
        ]

    def _rate(self, lesson: Lesson) -> float:
        return {"careless": CARELESS, "busy": BUSY}.get(self._profile(lesson), TIDY)

    def _is_off(self, lesson: Lesson) -> bool:
        """Whether the teacher entered nothing in that whole week."""
        if self._profile(lesson) != "off":
            return False
        week = lesson.day.isocalendar()
        return (
            Random(
                f"{self.config.seed}/off/{lesson.teachers[0].number}/{week.year}/{week.week}"
            ).random()
            < 0.12
        )

    def _places(self, lesson: Lesson) -> tuple[int, ...]:
        key = (lesson.group.number, lesson.day)
        if key not in self._rolls:
            self._rolls[key] = tuple(place for place, _person in lesson.group.active(lesson.day))
        return self._rolls[key]

    def _absent_on(self, group: Group, day: date) -> list[tuple[int, Away]]:
        key = (group.number, day)
        if key not in self._absent:
            found = (
                (place, self._away.get(person.number, {}).get(day))
                for place, person in group.active(day)
            )
            self._absent[key] = [(place, away) for place, away in found if away]
        return self._absent[key]


def wants_homework(lesson: Lesson) -> bool:
    """Whether teachers of this subject and class give homework at all."""
    return lesson.group.parallel != 1 and lesson.subject not in s.NO_HOMEWORK


def wants_marks(lesson: Lesson) -> bool:
    """Whether lessons of this subject and class get marks."""
    return lesson.group.parallel != 1 and lesson.subject not in s.UNGRADED


def give_homework(
    lesson: Lesson, due: Lesson, text: str, places: tuple[int, ...], reading: str
) -> Work:
    """Add a homework given at `lesson` for `due`; `reading` decides on which of the two the vendor shows it."""
    holder = due if reading == "due" else lesson
    number = max([HOMEWORK_SLOT - 1, *(work.number for work in holder.works)]) + 1
    work = Work(holder, number, "Homework", lesson, due.day, text, places=places)
    holder.works.append(work)
    return work


def _lessons(group: Group) -> list[Lesson]:
    """The year's lessons of a group in order, chained by subject within each reporting period."""
    by_day: dict[int, list[tuple[int, str, int]]] = {}
    for n, slot in enumerate(group.slots):
        by_day.setdefault(slot.weekday, []).append((slot.number, slot.subject, n))
    found: list[Lesson] = []
    last: dict[tuple[str, int], Lesson] = {}
    for day in group.calendar.school_days:
        period = group.calendar.period_of(day)
        for number, subject, n in sorted(by_day.get(day.weekday(), [])):
            place = ids.PLACE.encode(group.number % ids.PLACES) if len(found) % 5 else None
            teachers = [group.slots[n].teacher]
            lesson = Lesson(group, len(found), day, number, subject, teachers, place=place)
            chain = (subject, period.number if period else -1)
            before = last.get(chain)
            if before:
                lesson.before, before.after = before, lesson
            last[chain] = lesson
            found.append(lesson)
    return found
