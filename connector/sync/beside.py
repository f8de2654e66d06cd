"""What the diary has beside the timetable: lessons of groups it does not name, which meet the lessons it asks for. Pure.

A file may know a subject as one lesson of the class where the diary has parts, or leave electives out. Such lessons are
not touched, but who plans must know of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from connector.i18n import N_, _
from connector.planned import Have, Note
from connector.sync.clashes import WEEKDAYS
from connector.sync.kin import Kin
from connector.sync.pattern import Wish

# What only one lesson at a time can have: ("teacher" or "class", id, date, lesson number).
_Seat = tuple[str, int, date, int]


def clashes_beside(wishes: Collection[Wish], have: Have, today: date) -> list[Note]:
    """Find untouched lessons that need a teacher or pupils at the same time as a wish, from today on.

    Returns:
        `teacher_clash` and `class_clash`: one note for an hour of the week, with the number of dates.

    """
    kin = Kin(have, {wish.lesson for wish in wishes if not wish.lesson.possible})
    seats = _taken(have, {wish.lesson.edu_group_id for wish in wishes}, kin)
    met: dict[tuple[str, int, int, int], dict[date, set[int]]] = defaultdict(dict)
    for seat, group in _wanted(wishes, kin, today):
        kind, key, day, number = seat
        others = seats.get(seat, set())
        if kind == "class":
            others = {other for other in others if kin.share_pupils(group, other)}
        if others:
            met[kind, key, day.isoweekday(), number].setdefault(day, set()).update(others)
    return [
        Note(
            f"{kind}_clash",
            _(_SENTENCE).format(
                name=kin.teacher(key) if kind == "teacher" else kin.group(key),
                day=_(WEEKDAYS[weekday - 1]),
                number=number,
                groups=", ".join(map(kin.group, sorted(set().union(*days.values())))),
                count=len(days),
            ),
            day=min(days).isoformat(),
        )
        for (kind, key, weekday, number), days in sorted(met.items())
    ]


_SENTENCE = N_(
    "{name}: {day}, lesson {number}: the diary also has lessons of groups that the timetable does not name: {groups}. Dates: {count}."
)


def _taken(have: Have, named: Collection[int], kin: Kin) -> dict[_Seat, set[int]]:
    """Groups that are not named, by the seats their lessons take."""
    seats: dict[_Seat, set[int]] = defaultdict(set)
    for lesson in have.lessons.values():
        group, number = lesson.edu_group_id, lesson.number
        if group not in named and number is not None:
            for teacher in lesson.teacher_ids:
                seats["teacher", teacher, lesson.date, number].add(group)
            for root in kin.roots(group):
                seats["class", root, lesson.date, number].add(group)
    return seats


def _wanted(wishes: Iterable[Wish], kin: Kin, today: date) -> Iterable[tuple[_Seat, int]]:
    for wish in wishes:
        lesson, day = wish.lesson, wish.date
        if lesson.decided and day >= today:
            for teacher in lesson.teacher_ids or ():
                yield ("teacher", teacher, day, lesson.number), lesson.edu_group_id
            for root in kin.roots(lesson.edu_group_id):
                yield ("class", root, day, lesson.number), lesson.edu_group_id
