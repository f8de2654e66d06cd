"""Attendance: groups that keep a roll, and groups that enter only exceptions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from connector.reports.coverage import LOG
from connector.reports.journal import Group, Journal, Lesson
from connector.reports.rules.case import Case, Need, Outcome, read_lesson
from connector.rulebook import RuleSettings
from connector.vocab import ABSENCES

ROLL = "roll"
EXCEPTIONS = "exceptions"


@dataclass(frozen=True, slots=True)
class Mode:
    """How a group enters attendance.

    Attributes:
        mode: `roll` or `exceptions`.
        lessons: held lessons it is judged by.
        with_presence: those that hold at least one entry of presence.

    """

    mode: str
    lessons: int
    with_presence: int


def attendance_modes(held: Iterable[Lesson], settings: RuleSettings) -> dict[int, Mode]:
    """Find out how each group enters attendance, from its held lessons or from the rulebook."""
    lessons: dict[int, int] = defaultdict(int)
    present: dict[int, int] = defaultdict(int)
    for lesson in held:
        group = lesson.group_id or 0
        lessons[group] += 1
        present[group] += lesson.presences > 0
    wish, share = settings.param("roll"), float(settings.param("roll_share"))
    return {
        group: Mode(
            ROLL
            if wish == "always" or (wish == "auto" and present[group] >= share * count)
            else EXCEPTIONS,
            count,
            present[group],
        )
        for group, count in lessons.items()
    }


def attendance(case: Case) -> Iterator[Outcome]:
    """ATT: a held lesson without attendance.

    In a group that keeps a roll every lesson must hold an entry. Elsewhere silence proves nothing: only a lesson
    between two others, before and after it on the same day, where a pupil of its group is absent contradicts itself.
    """
    modes = attendance_modes(case.held, case.settings)
    witnesses = _witnesses(case, modes)

    def verdict(lesson: Lesson, due_on: date) -> Outcome | None:
        persons = witnesses.get(lesson.id, ())
        needs = (read_lesson(lesson), Need(LOG, lesson.day, due_on))
        if persons or modes[case.group(lesson).id].mode == ROLL:
            return case.accuse(lesson, due_on, *needs, persons=persons)
        # Silence that was not read may hide the witnesses too: it is a gap, not an acquittal.
        return case.gap_in(lesson, *needs)

    return case.each_late(lambda lesson: not lesson.entries, verdict)


# One pupil's entry at one held lesson: the lesson, and whether it says absent. There are tens of thousands.
_Seen = tuple[Lesson, bool]


def _witnesses(case: Case, modes: Mapping[int, Mode]) -> dict[int, tuple[int, ...]]:
    """Pupils whose absences before and after a silent lesson contradict it, by lesson.

    Not those who are or were in another group that had a lesson at that hour: on which day they went from one to the
    other is not known, so they may have been there.
    """
    silent = _silent(case, modes)
    if not silent:
        return {}
    groups_of: dict[int, list[Group]] = defaultdict(list)
    for group in case.journal.groups.values():
        for person in group.members:
            groups_of[person].append(group)
    busy: dict[tuple[date, int | None], set[int]] = defaultdict(set)
    for lesson in case.held:
        busy[lesson.day, lesson.number].add(case.group(lesson).id)
    found: dict[int, list[int]] = defaultdict(list)
    for (person, day), entries in sorted(_days_of_pupils(case).items()):
        for group in groups_of[person]:
            for lesson in silent.get((group.id, day), ()):
                others = busy[day, lesson.number] - {group.id}
                is_sure = others.isdisjoint(one.id for one in groups_of[person])
                if is_sure and _contradicts(lesson, entries, _related(case.journal, person, group)):
                    found[lesson.id].append(person)
    return {lesson: tuple(persons) for lesson, persons in found.items()}


def _silent(case: Case, modes: Mapping[int, Mode]) -> dict[tuple[int, date], list[Lesson]]:
    """Lessons without an entry, by group and day, of groups that enter only exceptions."""
    silent: dict[tuple[int, date], list[Lesson]] = defaultdict(list)
    for lesson in case.held:
        group = case.group(lesson).id
        if not lesson.entries and lesson.number is not None and modes[group].mode == EXCEPTIONS:
            silent[group, lesson.day].append(lesson)
    return silent


def _days_of_pupils(case: Case) -> dict[tuple[int, date], list[_Seen]]:
    held = {lesson.id: lesson for lesson in case.held if lesson.number is not None}
    days: dict[tuple[int, date], list[_Seen]] = defaultdict(list)
    for entry in case.journal.entries:
        lesson = held.get(entry.lesson_id)
        if lesson is not None:
            days[entry.person_id, lesson.day].append((lesson, entry.status in ABSENCES))
    return {
        key: seen
        for key, seen in days.items()
        if len(seen) > 1 and sum(is_absent for _, is_absent in seen) > 1
    }


def _contradicts(
    lesson: Lesson, entries: Iterable[_Seen], is_related: Callable[[Lesson], bool]
) -> bool:
    number = lesson.number or 0
    before = after = False
    for other, is_absent in entries:
        at = other.number or 0
        if at == number:
            return False  # the pupil was expected at another lesson of that hour, e.g. in the other subgroup
        if is_absent and is_related(other):
            before = before or at < number
            after = after or at > number
    return before and after


def _related(journal: Journal, person: int, group: Group) -> Callable[[Lesson], bool]:
    """Whether an entry at another lesson says anything about this group on that day.

    The vendor shows no dates of membership. A pupil who changed classes has absences in the old class that must not
    accuse the new one: so either both groups belong to one class, or the pupil is in both today.
    """

    def is_related(other: Lesson) -> bool:
        their = journal.groups[other.group_id]  # type: ignore[index]
        if not group.class_ids.isdisjoint(their.class_ids):
            return True
        return person in group.active_members and person in their.active_members

    return is_related
