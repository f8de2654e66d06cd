"""What does not fit in a weekly pattern: clashes, hours without a place, load that differs from the diary's. Notes only."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from math import lcm
from typing import TypeVar

from connector.i18n import N_, _
from connector.names import fold
from connector.planned import Have, HaveLesson, Note
from connector.source import Source
from connector.sync.kin import Kin
from connector.sync.pattern import JOINT, WeekLesson, Wish, group_name

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_Key = TypeVar("_Key", bound=Hashable)
# Hours a week; a holiday more or less is no other load.
NOTABLE = 0.25


def clashes(lessons: Iterable[WeekLesson], have: Have) -> list[Note]:
    """Find lessons that need one teacher, room or pupil twice at once.

    Lessons of one requirement at one time belong together: a stream, or parts under one teacher. Two groups of one
    class share pupils where the diary's lists say so; without lists, where one is the class itself or where they are parts
    of different divisions: only parts of one requirement are known to be of one division.

    Args:
        lessons: the weekly pattern.
        have: names, parents and members of groups.

    Returns:
        `teacher_clash`, `room_clash` and `class_clash`: one note for an hour of the week, in order of hours.

    """
    lessons = [one for one in lessons if not one.possible]
    kin = Kin(have, lessons)
    finder = _Finder(kin)
    by_teacher = [(teacher, one) for one in lessons for teacher in one.teacher_ids or ()]
    by_room = [(fold(room), one) for one in lessons for room in one.rooms if len(one.rooms) == 1]
    by_class = [(root, one) for one in lessons for root in kin.roots(one.edu_group_id)]
    return [
        *finder.notes("teacher_clash", by_teacher, kin.teacher, _apart),
        *finder.notes("room_clash", by_room, str, _apart),
        *finder.notes(
            "class_clash",
            by_class,
            kin.group,
            lambda one, other: kin.share_pupils(one.edu_group_id, other.edu_group_id),
        ),
    ]


def unplaced(sources: Iterable[Source]) -> list[Note]:
    """Requirements of which hours have no place in the week, in the order of the files; rule `unplaced`."""
    return [
        Note(
            "unplaced",
            _("{names}: {subject}. Hours a week without a place: {hours:g}.").format(
                names=", ".join((JOINT.join(one.edu_groups), *one.subgroups)),
                subject=one.subject,
                hours=round(one.hours_per_week - one.placed_hours, 2),
            ),
        )
        for source in sources
        for one in source.requirements
        if one.hours_per_week - one.placed_hours > 0.01
    ]


def load(wishes: Iterable[Wish], have: Have) -> list[Note]:
    """Compare hours a week by subject: timetable against diary, over the weeks in which the group has wishes.

    Returns:
        Notes `load` for each group and subject that differ by `NOTABLE` or more; one for a group whose diary is empty.

    """
    wanted: dict[int, Counter[int]] = defaultdict(Counter)
    weeks: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for wish in wishes:
        if wish.lesson.subject_id is not None and not wish.lesson.possible:
            wanted[wish.lesson.edu_group_id][wish.lesson.subject_id] += 1
            weeks[wish.lesson.edu_group_id].add(wish.date.isocalendar()[:2])
    there: dict[int, Counter[int]] = defaultdict(Counter)
    for lesson in have.lessons.values():
        if _counts(lesson, weeks):
            there[lesson.edu_group_id][lesson.subject_id or 0] += 1
    notes = []
    for group in sorted(wanted):
        span, name = len(weeks[group]), group_name(have, group)
        if not there[group]:
            hours = wanted[group].total() / span
            text = _("{name}: hours a week in the timetable: {hours:.3g}; the diary has none yet.")
            notes.append(Note("load", text.format(name=name, hours=hours), str(group)))
            continue
        for subject in sorted(wanted[group].keys() | there[group].keys()):
            hours, now = wanted[group][subject] / span, there[group][subject] / span
            if abs(hours - now) >= NOTABLE:
                text = _(
                    "{name}, {subject}: hours a week in the timetable: {hours:.3g}, in the diary: {now:.3g}."
                )
                shown = have.subjects.get(subject, "?")
                notes.append(
                    Note(
                        "load",
                        text.format(name=name, subject=shown, hours=hours, now=now),
                        str(group),
                    )
                )
    return notes


def _counts(lesson: HaveLesson, weeks: Mapping[int, set[tuple[int, int]]]) -> bool:
    return lesson.date.isocalendar()[:2] in weeks.get(lesson.edu_group_id, ())


def _overlap(one: str, other: str) -> bool:
    """Whether two masks have a week in common."""
    length = lcm(len(one), len(other))
    return any(one[week % len(one)] == other[week % len(other)] == "1" for week in range(length))


def _apart(one: WeekLesson, other: WeekLesson) -> bool:
    return one.edu_group_id != other.edu_group_id


class _Finder:
    def __init__(self, kin: Kin) -> None:
        self._kin = kin

    def notes(
        self,
        rule: str,
        placed: Iterable[tuple[_Key, WeekLesson]],
        name: Callable[[_Key], str],
        excludes: Callable[[WeekLesson, WeekLesson], bool],
    ) -> list[Note]:
        hours: dict[tuple[int, int, _Key], list[WeekLesson]] = defaultdict(list)
        for key, lesson in placed:
            hours[lesson.day, lesson.number, key].append(lesson)
        found = []
        for (day, number, key), ones in hours.items():
            groups = {
                one.edu_group_id
                for one in ones
                if any(other is not one and self._clash(one, other, excludes) for other in ones)
            }
            if groups:
                found.append((day, number, name(key), sorted(groups)))
        return [
            Note(
                rule,
                _(_SENTENCES[rule]).format(
                    name=shown,
                    day=_(WEEKDAYS[day - 1]),
                    number=number,
                    groups=", ".join(map(self._kin.group, groups)),
                ),
                str(groups[0]),
            )
            for day, number, shown, groups in sorted(found)
        ]

    @staticmethod
    def _clash(
        one: WeekLesson,
        other: WeekLesson,
        excludes: Callable[[WeekLesson, WeekLesson], bool],
    ) -> bool:
        together = one.requirement == other.requirement and one.requirement
        return not together and excludes(one, other) and _overlap(one.weeks, other.weeks)


_SENTENCES = {
    "teacher_clash": N_("{name} has several lessons at once: {day}, lesson {number}: {groups}."),
    "room_clash": N_("Room {name} is taken several times: {day}, lesson {number}: {groups}."),
    "class_clash": N_("{name} has several lessons at once: {day}, lesson {number}: {groups}."),
}
