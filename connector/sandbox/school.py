"""The school before its first lesson, made from a seed: classes, staff, rolls, subgroups, weekly plan."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from random import Random

from connector.sandbox import subjects as s
from connector.sandbox.calendar import Calendar, calendars, study_year
from connector.sandbox.config import SandboxConfig
from connector.sandbox.model import Group, Membership, School
from connector.sandbox.people import Person, Registry
from connector.sandbox.rolls import SMALLEST_HALF, class_names, move, split
from connector.sandbox.timetable import Planner, Unit

SPECIALTIES = (
    (s.RUS, s.LIT),
    (s.ENG,),
    (s.MATH, s.ALG, s.GEOM, s.PROB, s.ELECTIVE),
    (s.HIST, s.SOC, s.ODNKNR, s.ORKSE),
    (s.PE, s.SAFETY),
    (s.ICT, s.PHYS),
    (s.GEO, s.WORLD),
    (s.BIO, s.CHEM),
    (s.ART, s.MUS),
    (s.TECH,),
)
FULL_LOAD = 23


def build(config: SandboxConfig) -> School:
    """Make the school of a configuration."""
    return _Builder(config).school()


class _Builder:
    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.year = study_year(config.day)
        self.random = Random(f"{config.seed}/school")
        self.calendars = calendars(self.year)
        self.registry = Registry(config.seed, self.year)
        self.groups: list[Group] = []
        self.units: list[Unit] = []
        self.staff: list[Person] = []
        self.specialties: dict[int, tuple[str, ...]] = {}
        self.load: dict[int, int] = defaultdict(int)
        self.pool: dict[str, list[Person]] = defaultdict(list)
        self.movers: set[int] = set()

    def school(self) -> School:
        admin = self._hire()
        classes = [
            self._class(parallel, letter)
            for parallel, letter in class_names(self.config.class_count)
        ]
        self._fill(classes)
        self._staff(classes)
        for _ in range(3 if len(classes) >= 11 else 0):  # deputies and a psychologist
            self._hire()
        for group in classes:
            self._teach(group)
        self._streams(classes)
        planner = Planner(self.config.seed)
        home = self._home(classes)
        planner.plan(
            self.units,
            {
                g.number: 6 if self.config.week == 6 and g.parallel > 1 and g is not home else 5
                for g in self.groups
            },
        )
        self._elective(classes, planner)
        self._move(classes)
        child = next(
            (
                m.person
                for g in classes
                if g.parallel >= 5
                for m in g.roll
                if m.since is None and m.until is None
            ),
            classes[0].roll[0].person,
        )
        parent = self.registry.adult("Female")
        teacher = max(
            (p for p in self.staff if p is not admin),
            key=lambda p: (len({g.number for g in self.groups if p in g.teachers}), -p.number),
        )
        return School(
            self.year,
            self.calendars,
            self.registry.people,
            self.groups,
            self.staff,
            admin,
            teacher,
            parent,
            child,
            self.specialties,
            frozenset(self.movers),
        )

    def _group(
        self, name: str, kind: str, parallel: int, calendar: Calendar, parents: Iterable[Group] = ()
    ) -> Group:
        group = Group(len(self.groups) + 1, name, kind, parallel, calendar, list(parents))
        self.groups.append(group)
        return group

    def _class(self, parallel: int, letter: str) -> Group:
        kind = "first" if parallel == 1 else "half" if parallel >= 10 else "quarter"
        return self._group(f"{parallel}{letter}", "class", parallel, self.calendars[kind])

    def _fill(self, classes: list[Group]) -> None:
        """Rolls, with pupils who come and leave in the year, and three pairs of full namesakes."""
        days = self.calendars["quarter"].school_days
        for number in range(self.config.pupils):
            group = classes[number % len(classes)]
            twin = number in {30, 61, 95} and classes[(number - len(classes)) % len(classes)].roll
            person = (
                self.registry.namesake(twin[-1].person)
                if twin
                else self.registry.pupil(group.parallel)
            )
            membership = Membership(person)
            chance = self.random.random()
            if number >= len(classes) * SMALLEST_HALF and chance < 0.015:
                membership.since = self.random.choice(days[8:120])
            elif number >= len(classes) * SMALLEST_HALF and chance < 0.03:
                membership.until = self.random.choice(days[8:120])
            group.roll.append(membership)
        for group in classes:
            group.roll.sort(
                key=lambda m: (
                    m.person.last_name.replace("ё", "е"),
                    m.person.first_name,
                    m.person.number,
                )
            )

    def _hire(self, *specialty: str) -> Person:
        sex = "Male" if self.random.random() < 0.15 else "Female"
        person = self.registry.adult(sex)
        self.staff.append(person)
        self.specialties[person.number] = specialty
        for subject in specialty:
            self.pool[subject].append(person)
        return person

    def _staff(self, classes: list[Group]) -> None:
        hours: dict[str, int] = defaultdict(int)
        for group in classes:
            for subject, weekly in s.LOADS[group.parallel].items():
                if not (group.parallel <= 4 and subject in s.BY_PRIMARY_TEACHER):
                    hours[subject] += weekly * len(split(group, subject) or [1])
        for specialty in SPECIALTIES:
            for _ in range(max(1, -(-sum(hours[subject] for subject in specialty) // FULL_LOAD))):
                self._hire(*specialty)
        for group in classes:
            if group.parallel <= 4:
                group.class_teacher = self._hire()
                self.specialties[group.class_teacher.number] = tuple(
                    sorted(s.BY_PRIMARY_TEACHER & s.LOADS[group.parallel].keys())
                )

    def _least_loaded(self, subject: str, weekly: int, without: Iterable[Person] = ()) -> Person:
        others = [p for p in self.pool[subject] if p not in without] or self.pool[subject]
        person = min(others, key=lambda p: (self.load[p.number], p.number))
        self.load[person.number] += weekly
        return person

    def _teach(self, group: Group) -> None:
        """Teachers, subgroups and hours of one class; the joined subject of seniors is left to `_streams`."""
        mine: dict[tuple[str, ...], Person] = {}
        for subject, weekly in s.LOADS[group.parallel].items():
            group.subjects.append(subject)
            halves = split(group, subject)
            if subject == s.TALKS:
                continue
            if halves:
                self.units.append(self._halves(group, subject, weekly, halves))
            elif group.parallel <= 4 and subject in s.BY_PRIMARY_TEACHER and group.class_teacher:
                self.units.append(Unit(subject, weekly, ((group, group.class_teacher),), (group,)))
            elif not (group.parallel == 10 and subject == s.PHYS):
                specialty = next(sp for sp in SPECIALTIES if subject in sp)
                known = mine.get(specialty)
                teacher = known or self._least_loaded(subject, weekly)
                if known:
                    self.load[known.number] += weekly
                mine[specialty] = teacher
                self.units.append(Unit(subject, weekly, ((group, teacher),), (group,)))
        if group.class_teacher is None:
            heads = {g.class_teacher.number for g in self.groups if g.class_teacher}
            group.class_teacher = next(
                (p for p in mine.values() if p.number not in heads), next(iter(mine.values()))
            )
        self.units.append(Unit(s.TALKS, 1, ((group, group.class_teacher),), (group,)))

    def _halves(
        self, group: Group, subject: str, weekly: int, halves: list[list[Membership]]
    ) -> Unit:
        word = {s.ENG: "англ.", s.ICT: "инф.", s.PE: "физ-ра"}[subject]
        lanes: list[tuple[Group, Person]] = []
        for number, half in enumerate(halves, 1):
            part = self._group(
                f"{group.name} ({word} {number})",
                "subgroup",
                group.parallel,
                group.calendar,
                [group],
            )
            part.roll = [Membership(m.person, m.since, m.until) for m in half]
            part.subjects = [subject]
            lanes.append(
                (part, self._least_loaded(subject, weekly, [teacher for _group, teacher in lanes]))
            )
        return Unit(subject, weekly, tuple(lanes), (group,))

    def _streams(self, classes: list[Group]) -> None:
        """Physics of all classes of parallel 10 in one stream that spans them."""
        tenth = tuple(g for g in classes if g.parallel == 10)
        if not tenth:
            return
        weekly = s.LOADS[10][s.PHYS]
        for pair in (tenth[n : n + 2] for n in range(0, len(tenth), 2)):
            stream = pair[0]
            if len(pair) > 1:
                stream = self._group(
                    f"{pair[0].name}{pair[1].name[2:]} (физика)",
                    "stream",
                    10,
                    pair[0].calendar,
                    pair,
                )
                stream.roll = [Membership(m.person, m.since, m.until) for g in pair for m in g.roll]
                stream.subjects = [s.PHYS]
            self.units.append(
                Unit(s.PHYS, weekly, ((stream, self._least_loaded(s.PHYS, weekly)),), pair)
            )

    def _home(self, classes: list[Group]) -> Group | None:
        """A pseudo-class of two pupils taught at home, in schools large enough to have one."""
        if len(classes) < 11:
            return None
        home = self._group("7 надомное обучение", "home", 7, self.calendars["quarter"])
        home.roll = [Membership(self.registry.pupil(7)) for _ in range(2)]
        home.class_teacher = self._hire(*s.HOME_LOAD)
        for subject, weekly in s.HOME_LOAD.items():
            home.subjects.append(subject)
            self.units.append(Unit(subject, weekly, ((home, home.class_teacher),), (home,)))
        return home

    def _elective(self, classes: list[Group], planner: Planner) -> None:
        top = max((g.parallel for g in classes if g.parallel <= 9), default=11)
        parents = tuple(g for g in classes if g.parallel == top)
        if not parents or top == 1:
            return
        group = self._group(f"{top} (практикум)", "elective", top, parents[0].calendar, parents)
        for parent in parents:
            chosen = [m for m in parent.roll if m.since is None and m.until is None][
                : 12 // len(parents) + 2
            ]
            group.roll += [Membership(m.person) for m in chosen]
        group.subjects = [s.ELECTIVE]
        planner.append(Unit(s.ELECTIVE, 1, ((group, self._least_loaded(s.ELECTIVE, 1)),), parents))

    def _move(self, classes: list[Group]) -> None:
        """Two pupils change to the neighbouring class in October and February."""
        days = self.calendars["quarter"].school_days
        pairs = [
            (a, b) for a, b in pairwise(classes) if a.parallel == b.parallel and 1 < a.parallel < 9
        ]
        for (old, new), day in zip(pairs, (days[25], days[100]), strict=False):
            stays = [m for m in old.roll if m.since is None and m.until is None]
            if len(stays) > 2 * SMALLEST_HALF:
                move(self.groups, stays[3].person, old, new, day)
                self.movers.add(stays[3].person.number)
