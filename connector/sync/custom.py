"""Who usually teaches: the ground on which a substitution is told from an ordinary lesson. Pure.

Each date on which the timetable wants a lesson has a voice: the teachers of the lesson that stands there, or those of
the timetable where none does or it gets them anyway. Voices are counted by the hour that is wanted, so that carrying a
plan out moves no voice elsewhere and only turns voices into the timetable's: what was a substitution remains one.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from connector.planned import HaveLesson
from connector.sync.pattern import WeekLesson

# Group, weekday (1 Monday), lesson number, subject, mask of weeks.
Hour = tuple[int, int, int, int | None, str]
Teachers = frozenset[int]
# Fewer lessons than these are no custom.
ENOUGH = 3


@dataclass(slots=True)
class _Voices:
    """Voices on some hours, and what the timetable wants in them."""

    count: Counter[Teachers] = field(default_factory=Counter)
    wanted: set[Teachers] = field(default_factory=set)

    def ordinary(self, teachers: Teachers) -> bool:
        """Whether lessons of these teachers follow the timetable.

        Most do so, or the timetable itself knows them; or there is no custom at all and nobody yet follows it.
        """
        if teachers in self.wanted:
            return True
        ((first, most),) = self.count.most_common(1)
        if most * 2 > self.count.total():
            return teachers == first
        return not self.wanted & self.count.keys()


class Custom:
    """Counts voices, then tells substitutions."""

    def __init__(self) -> None:
        self._ahead: dict[Hour, Counter[Teachers]] = defaultdict(Counter)
        self._past: dict[Hour, Counter[Teachers]] = defaultdict(Counter)
        self._wanted: dict[Hour, set[Teachers]] = defaultdict(set)
        self._hours: dict[tuple[int, int | None], set[Hour]] = defaultdict(set)
        self._voices: dict[Hour, _Voices] = {}

    def hear(self, wish: WeekLesson, lesson: HaveLesson | None, *, past: bool) -> None:
        """Count one date's voice; a missing lesson speaks for the timetable, a past one not at all."""
        if not wish.teacher_ids or (past and lesson is None):
            return
        hour, teachers = _hour(wish), frozenset(wish.teacher_ids)
        if hour not in self._wanted:
            self._hours[wish.edu_group_id, wish.subject_id].add(hour)
        self._wanted[hour].add(teachers)
        if lesson is not None and _comparable(wish, lesson):
            teachers = frozenset(lesson.teacher_ids)
        (self._past if past else self._ahead)[hour][teachers] += 1

    def substituted(self, wish: WeekLesson, lesson: HaveLesson) -> bool:
        """Whether a lesson, whose wish has been heard, has other teachers than it usually has."""
        if not wish.teacher_ids or not _comparable(wish, lesson):
            return False
        teachers = frozenset(lesson.teacher_ids)
        if teachers == frozenset(wish.teacher_ids):
            return False
        hour = _hour(wish)
        if hour not in self._voices:
            self._voices[hour] = self._of(hour)
        return not self._voices[hour].ordinary(teachers)

    def _of(self, hour: Hour) -> _Voices:
        """The nearest voices that are enough.

        Those of the hour from today on, since the teacher may have changed during the year; else all of the hour; else
        all of the group in the subject.
        """
        ahead, both = self._ahead[hour], self._ahead[hour] + self._past[hour]
        if ahead.total() >= ENOUGH:
            return _Voices(ahead, self._wanted[hour])
        if both.total() >= ENOUGH:
            return _Voices(both, self._wanted[hour])
        voices = _Voices()
        for other in self._hours[hour[0], hour[3]]:
            voices.count += self._ahead[other] + self._past[other]
            voices.wanted |= self._wanted[other]
        return voices


def _hour(wish: WeekLesson) -> Hour:
    return wish.edu_group_id, wish.day, wish.number, wish.subject_id, wish.weeks


def _comparable(wish: WeekLesson, lesson: HaveLesson) -> bool:
    """Whether the lesson's teachers may stay: one without teachers, or of another subject, gets the timetable's."""
    return bool(lesson.teacher_ids) and lesson.subject_id == wish.subject_id
