"""One group's day: which lesson of the diary is which lesson of the timetable."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from connector.planned import HaveLesson
from connector.sync.pattern import WeekLesson


@dataclass(slots=True)
class Day:
    """The timetable's wishes for one group and date, made free of contradictions.

    Attributes:
        wanted: decided lessons, at most one at each number.
        undecided: lessons that may stand in the diary already, but of which nothing is made; those that contradict each
            other too. One that is only possible in this group contradicts nothing.
        twice: numbers at which the timetable asks for different subjects.

    """

    wanted: list[WeekLesson] = field(default_factory=list)
    undecided: list[WeekLesson] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Match:
    """How the lessons of a day and the wishes for it belong together.

    Attributes:
        pairs: a lesson and what it should be.
        kept: lessons that an undecided wish may mean, and lessons without a number or subject.
        extra: lessons nobody wants; of a day with undecided wishes they may be what these mean.
        missing: wishes without a lesson.

    """

    pairs: list[tuple[HaveLesson, WeekLesson]] = field(default_factory=list)
    kept: list[HaveLesson] = field(default_factory=list)
    extra: list[HaveLesson] = field(default_factory=list)
    missing: list[WeekLesson] = field(default_factory=list)


def day_of(wishes: Iterable[WeekLesson]) -> Day:
    """Join the wishes for one lesson, and open those that contradict each other."""
    hours: dict[int, dict[int | None, WeekLesson]] = defaultdict(dict)
    possible = []
    for wish in wishes:
        if wish.possible:
            possible.append(wish)
            continue
        subjects = hours[wish.number]
        other = subjects.get(wish.subject_id)
        subjects[wish.subject_id] = wish if other is None else _joined(other, wish)
    day = Day(undecided=possible)
    for number, subjects in sorted(hours.items()):
        if len(subjects) > 1:
            day.undecided += subjects.values()
            if all(wish.decided for wish in subjects.values()):
                day.twice.append(number)
        else:
            for wish in subjects.values():
                (day.wanted if wish.decided else day.undecided).append(wish)
    return day


def _joined(one: WeekLesson, other: WeekLesson) -> WeekLesson:
    """Two rows for one lesson: all their teachers teach it; undecided if one of them is."""
    if one.teacher_ids is None or other.teacher_ids is None:
        return one if one.teacher_ids is None else other
    return WeekLesson(
        one.edu_group_id,
        one.day,
        one.number,
        one.weeks,
        one.subject_id,
        tuple(sorted({*one.teacher_ids, *other.teacher_ids})),
        tuple(dict.fromkeys((*one.rooms, *other.rooms))),
        one.place_id if one.place_id == other.place_id else None,
        one.requirement,
        one.source,
    )


def match_day(lessons: Sequence[HaveLesson], day: Day) -> Match:
    """Pair the lessons of a group's day with the wishes for it.

    The same number and subject are the same lesson. Then the only lesson and the only wish left of a subject are one
    that moved. Then the lesson and the wish left at one number are one whose subject changed, unless something hangs on
    the lesson or the day has undecided wishes. Of two equal lessons the one that holds something is taken.
    """
    match = Match()
    free: dict[tuple[int, int], list[HaveLesson]] = defaultdict(list)
    for lesson in sorted(lessons, key=lambda one: (not one.holds, one.id)):
        if lesson.number is None or lesson.subject_id is None:
            match.kept.append(lesson)
        else:
            free[lesson.number, lesson.subject_id].append(lesson)
    wanted = _same(match, free, day)
    if wanted and any(free.values()):
        wanted = _moved(match, free, wanted, day)
        if not day.undecided:
            wanted = _replaced(match, free, wanted)
    match.extra = [lesson for left in free.values() for lesson in left]
    match.missing = wanted
    return match


def _same(
    match: Match, free: dict[tuple[int, int], list[HaveLesson]], day: Day
) -> list[WeekLesson]:
    rest = []
    for wish in day.wanted:
        left = free.get((wish.number, wish.subject_id or 0))
        if left:
            match.pairs.append((left.pop(0), wish))
        else:
            rest.append(wish)
    for wish in day.undecided:
        if wish.subject_id is not None and free.get((wish.number, wish.subject_id)):
            match.kept.append(free[wish.number, wish.subject_id].pop(0))
    return rest


def _moved(
    match: Match,
    free: dict[tuple[int, int], list[HaveLesson]],
    wanted: list[WeekLesson],
    day: Day,
) -> list[WeekLesson]:
    lessons: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, left in free.items():
        lessons[key[1]] += [key] * len(left)
    wishes = Counter(wish.subject_id for wish in (*wanted, *day.undecided))
    rest = []
    for wish in wanted:
        subject = wish.subject_id or 0
        if wishes[subject] == 1 and len(lessons[subject]) == 1:
            match.pairs.append((free[lessons[subject][0]].pop(), wish))
        else:
            rest.append(wish)
    return rest


def _replaced(
    match: Match, free: dict[tuple[int, int], list[HaveLesson]], wanted: list[WeekLesson]
) -> list[WeekLesson]:
    at: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, left in sorted(free.items()):
        if left and not left[0].holds:
            at[key[0]].append(key)
    rest = []
    for wish in wanted:
        if at[wish.number]:
            match.pairs.append((free[at[wish.number][0]].pop(0), wish))
        else:
            rest.append(wish)
    return rest
