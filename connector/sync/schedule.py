"""The schedule plan: what turns the diary's lessons into those the timetable asks for, and what is left alone.

Groups the timetable does not name, or of which nothing is decided, are untouched. Past lessons and lessons that hold something are never changed or
cancelled; a lesson with another teacher than usual is a substitution and keeps him.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from connector.i18n import N_, _
from connector.planned import Channel, Have, HaveLesson, Note, Operation
from connector.sync.custom import Custom
from connector.sync.lesson_ops import LessonWriter, born, reason_of
from connector.sync.matching import Day, Match, day_of, match_day
from connector.sync.moves import Change, exchanged, in_order
from connector.sync.pattern import ScheduleOptions, WeekLesson, Wish

HOLDS = {
    "topic": N_("topic"),
    "homework": N_("homework"),
    "works": N_("works"),
    "marks": N_("marks"),
    "attendance": N_("attendance"),
}
_LESSON = {
    "protected": N_(
        "{label} differs from the timetable and stays as it is, for it holds: {holds}."
    ),
    "substitution_kept": N_("{label} has another teacher than usual and keeps him."),
    "unclear_lesson": N_("{label} has no number or no subject and is left alone."),
}
_WEEKLY = {
    "occupied": N_("{label} is not planned, for another lesson is left there. Dates: {count}."),
    "two_at_once": N_(
        "{label}: two lessons at once in the timetable; none is planned. Dates: {count}."
    ),
}


def plan_schedule(
    wishes: Iterable[Wish],
    have: Have,
    options: ScheduleOptions,
) -> tuple[list[Operation], list[Note], int]:
    """Compare the wishes with the diary's lessons of the horizon.

    Args:
        wishes: of `on_dates`; their order does not matter.
        have: lessons of the horizon, and names for labels.
        options: the same as for the wishes.

    Returns:
        Operations: cancellations, changes, creations, to be carried out in that order; changes among themselves too,
        since each frees the hour that a later one takes. Notes `protected`, `substitution_kept`, `occupied`,
        `two_at_once` and `unclear_lesson`. The number of lessons that are as they should be.

    """
    days: dict[tuple[int, date], list[WeekLesson]] = defaultdict(list)
    named = set()
    for wish in wishes:
        days[wish.lesson.edu_group_id, wish.date].append(wish.lesson)
        if wish.lesson.decided:
            named.add(wish.lesson.edu_group_id)
    lessons: dict[tuple[int, date], list[HaveLesson]] = defaultdict(list)
    for lesson in have.lessons.values():
        if lesson.edu_group_id in named and options.start <= lesson.date <= options.end:
            lessons[lesson.edu_group_id, lesson.date].append(lesson)
    planner = _Planner(have, options)
    planner.plan(
        (group, day, lessons.get((group, day), ()), days.get((group, day), ()))
        for group, day in sorted(days.keys() | lessons.keys())
        if group in named
    )
    return planner.operations(), planner.notes(), planner.unchanged


class _Planner:
    """Collects operations and notes day by day."""

    def __init__(self, have: Have, options: ScheduleOptions) -> None:
        self.unchanged = 0
        self._options = options
        self._custom = Custom()
        self._write = LessonWriter(have, options)
        self._cancels: list[Operation] = []
        self._changes: list[Change] = []
        self._creates: list[Operation] = []
        self._notes: list[Note] = []
        self._past: Counter[int] = Counter()
        self._weekly: dict[tuple[str, int, int, int, int], list[date]] = defaultdict(list)

    def operations(self) -> list[Operation]:
        changes, anew = in_order(self._changes)
        # A person with a checklist breaks a ring by himself; more steps would only tire him.
        if self._options.channel is Channel.FILE:
            changes, anew = changes + anew, []
        return [
            *self._cancels,
            *(self._write.cancel(one.lesson, reason_of(one)) for one in anew),
            *map(self._write.update, changes),
            *self._creates,
            *(self._write.create(one, reason_of(one)) for one in anew),
        ]

    def notes(self) -> list[Note]:
        past = [
            Note(
                "protected",
                _(
                    "{name}: past lessons that differ from the timetable stay as they are: {count}."
                ).format(name=self._write.name(group), count=count),
                str(group),
            )
            for group, count in sorted(self._past.items())
        ]
        weekly = [
            Note(
                rule,
                _(_WEEKLY[rule]).format(
                    label=self._write.label(group, days[0], number, subject)
                    if subject
                    else self._write.hour(group, days[0], number),
                    count=len(days),
                ),
                str(group),
                days[0].isoformat(),
            )
            for (rule, group, _weekday, number, subject), days in sorted(self._weekly.items())
        ]
        return past + self._notes + weekly

    def plan(
        self,
        days: Iterable[tuple[int, date, Sequence[HaveLesson], Sequence[WeekLesson]]],
    ) -> None:
        """Match all days, and only then judge: who is a substitute shows over all dates."""
        matched = []
        doubtful: set[tuple[int, int | None]] = set()
        for group, day, lessons, wishes in days:
            wished = day_of(wishes)
            match = match_day(lessons, wished)
            matched.append((group, day, wished, match))
            for lesson, wish in match.pairs:
                if wish.teacher_ids != lesson.teacher_ids:
                    doubtful.add((group, wish.subject_id))
        for group, day, _wished, match in matched:
            past = day < self._options.today
            for lesson, wish in match.pairs:
                if (group, wish.subject_id) in doubtful:
                    self._custom.hear(wish, lesson, past=past)
            for wish in match.missing:
                if (group, wish.subject_id) in doubtful:
                    self._custom.hear(wish, None, past=past)
        for group, day, wished, match in matched:
            self._plan_day(group, day, wished, match)

    def _plan_day(self, group: int, day: date, wished: Day, match: Match) -> None:
        differing, stay = self._differing(match)
        if day < self._options.today:
            count = sum(one.differs for one in differing) + len(match.missing)
            count += 0 if wished.undecided else len(match.extra)
            self.unchanged += sum(not one.differs for one in differing)
            if count:
                self._past[group] += count
            return
        for number in wished.twice:
            self._weekly["two_at_once", group, day.isoweekday(), number, 0].append(day)
        self._settle_rest(match, stay, open_day=bool(wished.undecided))
        self._changes += exchanged(self._able(differing, stay))
        for wish in match.missing:
            if wish.number in stay:
                self._note_occupied(wish, day)
            else:
                self._creates.append(self._write.create(born(wish, day), "new"))

    def _differing(self, match: Match) -> tuple[list[Change], set[int | None]]:
        """Pairs that do not agree at first sight, and the numbers of those that do; most do."""
        differing, stay = [], set[int | None]()
        for lesson, wish in match.pairs:
            if (
                lesson.number == wish.number
                and lesson.subject_id == wish.subject_id
                and lesson.teacher_ids == wish.teacher_ids
                and not self._options.rooms_readable
            ):
                self.unchanged += 1
                stay.add(lesson.number)
            else:
                differing.append(self._change(lesson, wish))
        return differing, stay

    def _settle_rest(self, match: Match, stay: set[int | None], *, open_day: bool) -> None:
        """Cancel lessons without a wish, or add their numbers to those that stay taken."""
        for lesson in match.kept:
            stay.add(lesson.number)
            if lesson.number is None or lesson.subject_id is None:
                self._note_lesson("unclear_lesson", lesson)
        for lesson in match.extra:
            if open_day:
                stay.add(lesson.number)
            elif lesson.holds:
                stay.add(lesson.number)
                self._note_lesson("protected", lesson)
            else:
                self._cancels.append(self._write.cancel(lesson, "unlisted"))

    def _able(self, differing: Iterable[Change], stay: set[int | None]) -> list[Change]:
        """Changes that nothing forbids; numbers of lessons that cannot change are added to those that stay taken."""
        able = []
        for change in differing:
            if self._custom.substituted(change.wish, change.lesson):
                self._note_lesson("substitution_kept", change.lesson)
            if not change.differs:
                self.unchanged += 1
                stay.add(change.number)
            elif change.lesson.holds:
                stay.add(change.lesson.number)
                self._note_lesson("protected", change.lesson)
            else:
                able.append(change)
        while blocked := [one for one in able if one.moves and one.number in stay]:
            for change in blocked:
                able.remove(change)
                stay.add(change.lesson.number)
                self._note_occupied(change.wish, change.lesson.date)
        return able

    def _change(self, lesson: HaveLesson, wish: WeekLesson) -> Change:
        teachers = wish.teacher_ids or ()
        same_subject = lesson.subject_id == wish.subject_id
        if same_subject and (not teachers or self._custom.substituted(wish, lesson)):
            teachers = lesson.teacher_ids
        compared = self._options.rooms_readable and wish.place_id is not None
        return Change(
            lesson,
            wish.number,
            wish.subject_id or 0,
            teachers,
            wish.place_id if compared else lesson.place_id,
            wish,
        )

    def _note_lesson(self, rule: str, lesson: HaveLesson) -> None:
        holds = ", ".join(_(HOLDS.get(one, one)) for one in sorted(lesson.holds))
        text = _(_LESSON[rule]).format(label=self._write.label_of(lesson), holds=holds)
        self._notes.append(Note(rule, text, str(lesson.edu_group_id), lesson.date.isoformat()))

    def _note_occupied(self, wish: WeekLesson, day: date) -> None:
        hour = ("occupied", wish.edu_group_id, wish.day, wish.number, wish.subject_id or 0)
        self._weekly[hour].append(day)
