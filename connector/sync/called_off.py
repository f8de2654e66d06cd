"""Lessons that somebody in the diary called off for one date: a decision about that day which a timetable does not undo. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from connector.i18n import _
from connector.planned import Have, Note
from connector.sync.pattern import Wish, group_name


def without_called_off(wishes: Iterable[Wish], have: Have) -> tuple[list[Wish], list[Note]]:
    """Leave out the wishes for lessons that the diary shows as called off, same group, date, number and subject.

    Returns:
        The other wishes in their order, and a note `called_off` for each group.

    """
    kept: list[Wish] = []
    days: dict[int, set[tuple[date, int]]] = defaultdict(set)
    for wish in wishes:
        lesson = wish.lesson
        hour = (lesson.edu_group_id, wish.date.isoformat(), lesson.number, lesson.subject_id)
        if lesson.decided and hour in have.called_off:
            days[lesson.edu_group_id].add((wish.date, lesson.number))
        else:
            kept.append(wish)
    return kept, [
        Note(
            "called_off",
            _("{name}: lessons that were called off in the diary stay so: {count}.").format(
                name=group_name(have, group), count=len(hours)
            ),
            str(group),
        )
        for group, hours in sorted(days.items())
    ]
