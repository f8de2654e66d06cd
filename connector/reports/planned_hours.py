"""The planned timetable against the lessons of the diary: each hour, and what became of it. No SQL."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto

from connector.planned import Have, HaveLesson, Note
from connector.reports.coverage import LESSONS
from connector.reports.journal import Lesson
from connector.reports.making import Draft
from connector.reports.rules.case import end_of_day
from connector.source import Source
from connector.sync.binding import weekly
from connector.sync.bound import Bound, bind_names
from connector.sync.custom import Custom
from connector.sync.matching import Match, day_of, match_day
from connector.sync.pattern import ScheduleOptions, WeekLesson, on_dates
from connector.sync.windows import study_year_of

# Six days: what a timetable has on a Saturday counts, whether or not the school usually works then.
_WEEK = 6


class Fate(Enum):
    """What became of an hour."""

    HELD = auto()
    SUBSTITUTED = auto()
    CANCELLED = auto()
    MISSING = auto()  # planned, and not in the diary
    UNREAD = auto()  # planned, and the day was not read
    EXTRA = auto()  # held, and not planned


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one group.

    Attributes:
        fate: what became of it.
        lesson: of the diary; of a planned hour without one a lesson made of the plan, with id 0.
        planned: teachers by the timetable; empty for an extra lesson.

    """

    fate: Fate
    lesson: Lesson
    planned: tuple[int, ...] = ()


@dataclass(slots=True)
class Hours:
    """The comparison.

    Attributes:
        hours: through the day before that of judging.
        groups: those of which the timetable decides at least one hour.
        bound: what its names mean.
        notes: what of it could not be used.

    """

    bound: Bound
    hours: list[Hour] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)

    @property
    def substitutes(self) -> frozenset[int]:
        """Ids of lessons given by others than the timetable names."""
        return frozenset(hour.lesson.id for hour in self.hours if hour.fate is Fate.SUBSTITUTED)


def compare_hours(draft: Draft, have: Have, sources: Sequence[Source]) -> Hours:
    """Put the weekly timetable on the days of the study year and look what stands there.

    Who gives most of the lessons of an hour is no substitute, whoever the timetable names: a timetable is older than a
    change of teachers more often than not.

    Args:
        draft: the report in the making.
        have: groups, subjects, staff, periods and holidays.
        sources: timetables.

    """
    as_of = draft.request.as_of
    year = study_year_of(as_of)
    terms = sources[0].terms
    bound = bind_names(sources, have, terms.aliases, study_year=year)
    options = ScheduleOptions(
        start=draft.since,
        end=as_of - timedelta(days=1),
        today=as_of,
        week=_WEEK,
        anchor=terms.anchor,
        numbers=terms.numbers,
    )
    pattern = weekly(sources, bound.names, have.groups, options)
    wishes, notes = on_dates(pattern.lessons, have, options)
    made = Hours(bound, notes=[*pattern.notes, *notes])
    made.groups = {one.edu_group_id for one in pattern.lessons if one.decided}
    by_day: dict[tuple[int, date], list[WeekLesson]] = defaultdict(list)
    for wish in wishes:
        if wish.lesson.edu_group_id in made.groups:
            by_day[wish.lesson.edu_group_id, wish.date].append(wish.lesson)
    _Comparison(draft, made).run(by_day)
    return made


class _Comparison:
    def __init__(self, draft: Draft, made: Hours) -> None:
        self.draft = draft
        self.made = made
        self.held = {lesson.id for lesson in draft.scene.held}
        self.lessons: dict[int, Lesson] = {}
        self.custom = Custom()
        self.read: dict[tuple[int, date], bool] = {}

    def run(self, wanted: dict[tuple[int, date], list[WeekLesson]]) -> None:
        stood = self._stood()
        matched: list[tuple[int, date, Match]] = []
        doubtful: set[tuple[int, int | None]] = set()
        for key in sorted(wanted.keys() | stood.keys()):
            match = match_day(stood.get(key, ()), day_of(wanted.get(key, ())))
            matched.append((*key, match))
            doubtful |= {
                (key[0], wish.subject_id)
                for lesson, wish in match.pairs
                if wish.teacher_ids != lesson.teacher_ids
            }
        # Who is a substitute shows only over all dates.
        for _group, _day, match in matched:
            for lesson, wish in match.pairs:
                if (wish.edu_group_id, wish.subject_id) in doubtful and lesson.id in self.held:
                    self.custom.hear(wish, lesson, past=True)
        for group, day, match in matched:
            self.made.hours += self._hours(group, day, match)

    def _stood(self) -> dict[tuple[int, date], list[HaveLesson]]:
        """Lessons of the timetable's groups that are past, cancelled ones too; a held one goes before others."""
        found: dict[tuple[int, date], list[HaveLesson]] = defaultdict(list)
        calendar = self.draft.journal.calendar
        for lesson in self.draft.journal.lessons:
            group = lesson.group_id
            if group not in self.made.groups or group is None:
                continue
            was_held = lesson.id in self.held
            if not was_held and (
                lesson.day >= self.draft.request.as_of or calendar.of(group).is_holiday(lesson.day)
            ):
                continue
            self.lessons[lesson.id] = lesson
            found[group, lesson.day].append(
                HaveLesson(
                    lesson.id,
                    group,
                    lesson.subject_id,
                    lesson.day,
                    lesson.number,
                    lesson.teacher_ids,
                    None,
                    "",
                    _HOLDS if was_held else frozenset(),
                )
            )
        return found

    def _hours(self, group: int, day: date, match: Match) -> Iterable[Hour]:
        for lesson, wish in match.pairs:
            planned = wish.teacher_ids or ()
            if lesson.id not in self.held:
                fate = Fate.CANCELLED
            elif self._is_substituted(wish, lesson):
                fate = Fate.SUBSTITUTED
            else:
                fate = Fate.HELD
            yield Hour(fate, self.lessons[lesson.id], planned)
        for wish in match.missing:
            lacking = Lesson(
                0, group, wish.subject_id, day, wish.number, teacher_ids=wish.teacher_ids or ()
            )
            fate = Fate.MISSING if self._was_read(group, day) else Fate.UNREAD
            yield Hour(fate, lacking, wish.teacher_ids or ())
        for extra in match.extra:
            if extra.id in self.held:
                yield Hour(Fate.EXTRA, self.lessons[extra.id])

    def _is_substituted(self, wish: WeekLesson, lesson: HaveLesson) -> bool:
        if lesson.teacher_ids == wish.teacher_ids:
            return False
        # One of several teachers of the hour is none.
        return not set(lesson.teacher_ids) & set(wish.teacher_ids or ()) and (
            self.custom.substituted(wish, lesson)
        )

    def _was_read(self, group: int, day: date) -> bool:
        key = (group, day)
        if key not in self.read:
            journal = self.draft.journal
            at = journal.coverage.read_at(LESSONS, group, day)
            over = end_of_day(day, self.draft.request.zone)
            self.read[key] = at is not None and (at >= over or journal.clock_differs)
        return self.read[key]


_HOLDS = frozenset({"topic"})
