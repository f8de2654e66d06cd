"""A weekly pattern on dates: the lessons that should be, day by day.

`connector.sync.binding` makes the pattern of the school's files; here it meets periods, holidays and the week cycle.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from connector.i18n import _
from connector.planned import Channel, Have, Note, Question

JOINT = " + "
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """What the user or the settings say of a schedule.

    Attributes:
        start: first day of the horizon; `end` the last one.
        today: lessons before it are past.
        week: school days in a week, 5 or 6.
        anchor: a day of a week that counts as the first of the cycle; None: alternating lessons stay undecided.
        numbers: period of the file → lesson number; empty: they are the same.
        channel: how the operations travel.
        rooms_readable: the vendor shows rooms, so that they can be compared.

    """

    start: date
    end: date
    today: date
    week: int = 5
    anchor: date | None = None
    numbers: Mapping[int, int] = field(default_factory=dict)
    channel: Channel = Channel.FILE
    rooms_readable: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of the files mean in the diary. A missing key is undecided, None is decided to be nothing.

    Attributes:
        groups: by `group_key`.
        subjects: by the file's name; `teachers` and `places` (rooms) likewise.
        pairings: by requirement key and part: the teachers of that part.

    """

    groups: Mapping[tuple[str, str], int | None]
    subjects: Mapping[str, int | None]
    teachers: Mapping[str, int | None]
    pairings: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WeekLesson:
    """One lesson hour of the weekly pattern for one group of the diary.

    Attributes:
        day: 1 Monday to 7.
        number: lesson number, after the settings' mapping.
        weeks: mask of the week cycle.
        subject_id: None while undecided.
        teacher_ids: sorted; empty where the file names none, None while undecided.
        rooms: as the file names them; of several parts it does not say which is whose.
        place_id: the room where it is a single known one.
        requirement: key of the requirement: lessons of one requirement at one time belong together.
        source: file it comes from.
        possible: no lesson of this group in the file, but where an undecided one may stand in the diary.

    """

    edu_group_id: int
    day: int
    number: int
    weeks: str
    subject_id: int | None
    teacher_ids: tuple[int, ...] | None
    rooms: tuple[str, ...] = ()
    place_id: int | None = None
    requirement: str = ""
    source: str = ""
    possible: bool = False

    @property
    def decided(self) -> bool:
        """Whether it may be planned."""
        return self.subject_id is not None and self.teacher_ids is not None


@dataclass(slots=True)
class Pattern:
    """The week as it should be, and what was found out on the way."""

    lessons: list[WeekLesson] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """A lesson of the pattern on a date; the lesson's own members say the rest."""

    date: date
    lesson: WeekLesson


def group_key(edu_groups: Sequence[str], part: str = "") -> tuple[str, str]:
    """Key of a diary group: the class, or a stream's classes in order joined by ` + `, and the part (`""`: all)."""
    return JOINT.join(sorted(set(edu_groups))), part


def on_dates(
    lessons: Iterable[WeekLesson], have: Have, options: ScheduleOptions
) -> tuple[list[Wish], list[Note]]:
    """Repeat the pattern on the school days of the horizon.

    A group's school days are those of its reporting periods without its holidays. A subgroup or stream without periods
    of its own takes those of its classes; where none are known the whole horizon counts, and a note `no_periods` says so.
    """
    days = _Days(have, options)
    wishes = [Wish(day, lesson) for lesson in lessons for day in days.of(lesson)]
    return wishes, [
        Note(
            "no_periods",
            _(
                "“{name}” has no reporting periods in the diary: all days from {start} to {end} count."
            ).format(name=group_name(have, group), start=options.start, end=options.end),
            str(group),
        )
        for group in sorted(days.unbounded)
    ]


def group_name(have: Have, group: int) -> str:
    """A group as people call it; a part with its class."""
    known = have.groups.get(group)
    if known is None:
        return str(group)
    parents = [have.groups[one].name for one in known.parents if one in have.groups]
    return (
        known.name
        if not parents or known.name.startswith(parents[0])
        else f"{JOINT.join(parents)} {known.name}"
    )


class _Days:
    """School days by group, weekday and turn of the cycle."""

    def __init__(self, have: Have, options: ScheduleOptions) -> None:
        self.unbounded: set[int] = set()
        self._have = have
        self._options = options
        anchor = options.anchor or options.start
        self._first = anchor - timedelta(days=anchor.weekday())
        self._calendars: dict[object, Mapping[int, Sequence[date]]] = {}
        self._groups: dict[int, Mapping[int, Sequence[date]]] = {}

    def of(self, lesson: WeekLesson) -> list[date]:
        days = self._groups.get(lesson.edu_group_id)
        if days is None:
            days = self._groups[lesson.edu_group_id] = self._of_group(lesson.edu_group_id)
        # Without an anchor nobody knows the week: the undecided lesson may stand in any.
        if "0" not in lesson.weeks or self._options.anchor is None:
            return list(days.get(lesson.day, ()))
        mask = lesson.weeks
        return [
            day
            for day in days.get(lesson.day, ())
            if mask[(day - self._first).days // 7 % len(mask)] == "1"
        ]

    def _of_group(self, group: int) -> Mapping[int, Sequence[date]]:
        known = self._have.groups.get(group)
        family = (group, *(known.parents if known else ()))
        periods = next(filter(None, (self._have.periods.get(one) for one in family)), None)
        if periods is None:
            self.unbounded.add(group)
            periods = ((self._options.start, self._options.end),)
        holidays = frozenset().union(*(self._have.holidays.get(one, ()) for one in family))
        key = (periods, holidays)
        if key not in self._calendars:
            self._calendars[key] = self._school_days(periods, holidays)
        return self._calendars[key]

    def _school_days(
        self, periods: Iterable[tuple[date, date]], holidays: frozenset[date]
    ) -> Mapping[int, Sequence[date]]:
        found = set()
        for first, last in periods:
            day, end = max(first, self._options.start), min(last, self._options.end)
            while day <= end:
                if day.weekday() < self._options.week and day not in holidays:
                    found.add(day)
                day += timedelta(days=1)
        by_weekday = defaultdict(list)
        for day in sorted(found):
            by_weekday[day.isoweekday()].append(day)
        return by_weekday
