"""The weekly timetable of the samples: the emulated school's own, with the differences that are planted."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sample_people import operation

from connector.sandbox import subjects as s
from connector.sandbox.desk import subject_id
from connector.sandbox.model import Group
from connector.sandbox.people import Person

# Four whole weeks after the emulator's day, without holidays.
START, DAYS = 1, 28
MOST = 7


@dataclass(eq=False)
class Hour:
    """One lesson of the week."""

    group: Group
    weekday: int
    number: int
    subject: str
    teacher: Person


class Week:
    """The hours of the week, and what was planted into them."""

    def __init__(self, desk):
        self.desk = desk
        self.random = Random("samples/week")
        self.first = desk.today + timedelta(days=START)
        self.last = desk.today + timedelta(days=DAYS)
        self.hours = [
            Hour(g, one.weekday, one.number, one.subject, one.teacher)
            for g in desk.school.groups
            for one in g.slots
        ]
        self.busy = Counter((h.teacher.number, h.weekday, h.number) for h in self.hours)
        self.differences = []
        # Days of classes that something was planted into: another one on the same day would blur both.
        self.touched = set()
        self.classes = [g for g in desk.school.groups if g.kind == "class"]
        self.turn = 0

    def plant(self):
        """Put all differences in."""
        for plant, times in (
            (self._teacher, 6),
            (self._time, 5),
            (self._subject, 5),
            (self._dropped, 4),
            (self._added, 4),
        ):
            for _ in range(times):
                self._once(plant)

    def _once(self, plant):
        """Try classes in turn, days in a random order, until the plant takes."""
        for _ in range(len(self.classes) * 2):
            group = self.classes[self.turn % len(self.classes)]
            self.turn += 5
            days = [day for day in range(5) if (group.name, day) not in self.touched]
            self.random.shuffle(days)
            for day in days:
                hours = sorted(self._of(group, day), key=lambda h: h.number)
                made = plant(group, day, [h for h in hours if h.group is group], hours)
                if made:
                    kind, operations = made
                    self.touched.add((group.name, day))
                    self.differences.append({"kind": kind, "operations": operations})
                    return
        raise AssertionError(plant)

    def _of(self, group, day):
        """What the pupils of a class have on a day: with its parts and streams."""
        return [
            h
            for h in self.hours
            if h.weekday == day and any(one is group for one in (h.group, *h.group.parents))
        ]

    def _free(self, teacher, day, number):
        return not self.busy[teacher.number, day, number]

    def _lessons(self, hour):
        """The dated lessons of an hour that stand."""
        return [
            lesson
            for lesson in self.desk.window(hour.group, self.first, self.last, hour.subject)
            if (lesson.day.weekday(), lesson.number) == (hour.weekday, hour.number)
        ]

    def _usable(self, hour):
        """Whether none of its lessons is special, so that what follows can be foretold."""
        lessons = self._lessons(hour)
        return (
            len(lessons) == DAYS // 7
            and all(
                lesson.status is None and lesson.teachers == [hour.teacher] for lesson in lessons
            )
            and self.busy[hour.teacher.number, hour.weekday, hour.number] == 1
        )

    def _takes(self, hour, *, number=None, teacher=None):
        self.busy[hour.teacher.number, hour.weekday, hour.number] -= 1
        hour.number, hour.teacher = number or hour.number, teacher or hour.teacher
        self.busy[hour.teacher.number, hour.weekday, hour.number] += 1

    def _colleague(self, subject, day, number, without):
        for person in self.desk.school.staff:
            taught = self.desk.school.specialties.get(person.number, ())
            if subject in taught and person is not without and self._free(person, day, number):
                return person
        return None

    def _update(self, hour, after):
        return [
            operation("lesson.update", str(lesson.id), str(lesson.group.id), after)
            for lesson in self._lessons(hour)
        ]

    def _teacher(self, _group, day, own, _all):
        for hour in own:
            other = self._colleague(hour.subject, day, hour.number, hour.teacher)
            if other and self._usable(hour) and hour.subject != s.TALKS:
                made = self._update(hour, {"teacher_ids": [str(other.id)]})
                self._takes(hour, teacher=other)
                return "teacher", made
        return None

    def _last(self, own, hours):
        """The class's last hour of the day, where the whole class has it."""
        last = hours[-1]
        fits = last in own and sum(h.number == last.number for h in hours) == 1
        return last if fits and last.subject != s.TALKS and self._usable(last) else None

    def _time(self, _group, day, own, hours):
        last = self._last(own, hours)
        if last and last.number < MOST and self._free(last.teacher, day, last.number + 1):
            made = self._update(last, {"number": last.number + 1})
            self._takes(last, number=last.number + 1)
            return "time", made
        return None

    def _subject(self, group, _day, own, hours):
        there = {h.subject for h in hours}
        for hour in own:
            taught = self.desk.school.specialties.get(hour.teacher.number, ())
            others = [
                one for one in taught if one in group.subjects and one not in there and one != s.ENG
            ]
            if others and hour.subject != s.TALKS and self._usable(hour):
                made = self._update(hour, {"subject_id": str(subject_id(others[0]))})
                hour.subject = others[0]
                return "subject", made
        return None

    def _dropped(self, _group, _day, own, hours):
        last = self._last(own, hours)
        if last is None:
            return None
        made = [
            operation("lesson.cancel", str(lesson.id), str(lesson.group.id), None)
            for lesson in self._lessons(last)
        ]
        self.hours.remove(last)
        self.busy[last.teacher.number, last.weekday, last.number] -= 1
        return "dropped", made

    def _added(self, group, day, _own, hours):
        number = hours[-1].number + 1
        there = {h.subject for h in hours}
        for hour in self.hours:
            if (
                hour.group is group
                and hour.subject not in {*there, s.TALKS}
                and number <= MOST
                and self._free(hour.teacher, day, number)
            ):
                new = Hour(group, day, number, hour.subject, hour.teacher)
                self.hours.append(new)
                self.busy[new.teacher.number, day, number] += 1
                return "added", [self._create(new, day_) for day_ in self._dates(day)]
        return None

    def _dates(self, weekday):
        days = (self.first + timedelta(days=n) for n in range(DAYS))
        return [day for day in days if day.weekday() == weekday]

    def _create(self, hour, day):
        group, subject = str(hour.group.id), str(subject_id(hour.subject))
        return operation(
            "lesson.create",
            f"@lessons:{group}|{day}|{hour.number}|{subject}",
            group,
            {
                "edu_group_id": group,
                "subject_id": subject,
                "date": day.isoformat(),
                "number": hour.number,
                "hours": 1,
                "teacher_ids": [str(hour.teacher.id)],
            },
        )
