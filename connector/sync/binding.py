"""Timetable files bound to the diary: slots become lessons of diary groups, or questions.

A lesson that is not decided yet (an unknown subject or teacher, parts without a pairing, a stream without a group) is
kept as an open one: nothing is made of it, and what the diary holds on its days is left alone. A name that was decided
to mean nothing in the diary is left out and noted.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar

from connector.i18n import N_, _
from connector.planned import Candidate, HaveGroup, Note, Question
from connector.source import Slot, Source
from connector.sync.pattern import JOINT, Names, Pattern, ScheduleOptions, WeekLesson, group_key

_Key = TypeVar("_Key")
_SENTENCES = {
    "left_out": N_(
        "“{name}” means nothing in the diary by decision. Hours a week left out: {count}."
    ),
    "no_anchor": N_(
        "“{name}” alternates by weeks, but no week is set as the first. Hours: {count}."
    ),
    "no_class": N_("“{name}” is for no class and is left out. Hours a week: {count}."),
    "no_number": N_(
        "Period {name} of the timetable has no lesson number. Hours left out: {count}."
    ),
    "no_school_day": N_("Day {name} of the timetable is no school day. Hours left out: {count}."),
    "undecided": N_("“{name}” is not bound to the diary yet. Hours a week left alone: {count}."),
}


class _Gap(Enum):
    """Why a name gives no id; the value is the note's rule."""

    OPEN = "undecided"
    NOTHING = "left_out"


def weekly(
    sources: Sequence[Source],
    names: Names,
    groups: Mapping[int, HaveGroup],
    options: ScheduleOptions,
) -> Pattern:
    """Bind the slots of all sources to the diary.

    Args:
        sources: timetable files.
        names: decided identities.
        groups: the diary's groups, from which streams are suggested.
        options: period numbers, the length of the week and the anchor.

    Returns:
        Lessons in an order that does not depend on that of the slots; questions `unpaired` and `stream`; notes
        `undecided`, `left_out`, `no_anchor`, `no_class`, `no_number` and `no_school_day`, one for each name, period or day.

    """
    binder = _Binder(names, groups, options)
    for source in sources:
        for slot in source.slots:
            binder.take(slot, source.path)
    return Pattern(
        sorted(binder.lessons, key=_order),
        [binder.questions[key] for key in sorted(binder.questions)],
        [
            Note(rule, _(_SENTENCES[rule]).format(name=name, count=count))
            for (rule, name), count in sorted(binder.counts.items())
        ],
    )


def _find(table: Mapping[_Key, int | None], key: _Key) -> int | _Gap:
    found = table.get(key, _Gap.OPEN)
    return _Gap.NOTHING if found is None else found


def _order(lesson: WeekLesson) -> tuple[object, ...]:
    return (
        lesson.edu_group_id,
        lesson.day,
        lesson.number,
        lesson.weeks,
        lesson.subject_id or 0,
        lesson.teacher_ids is not None,
        lesson.teacher_ids or (),
        lesson.rooms,
        lesson.requirement,
        lesson.source,
        lesson.possible,
    )


class _Binder:
    """Collects lessons, questions and counted remarks slot by slot."""

    def __init__(
        self, names: Names, groups: Mapping[int, HaveGroup], options: ScheduleOptions
    ) -> None:
        self.lessons: set[WeekLesson] = set()
        self.questions: dict[tuple[str, str], Question] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self._names = names
        self._groups = groups
        self._options = options
        self._paired: dict[str, set[int]] = defaultdict(set)
        for (requirement, _part), teachers in names.pairings.items():
            self._paired[requirement].update(teachers)

    def take(self, slot: Slot, path: str) -> None:
        number = self._number(slot)
        if number is None:
            return
        subject = self._counted(_find(self._names.subjects, slot.subject), slot.subject)
        if subject is _Gap.NOTHING:
            return
        if self._options.anchor is None and "0" in slot.weeks:
            self.counts["no_anchor", slot.subject] += 1
            subject = _Gap.OPEN
        placed, decided = set(), not isinstance(subject, _Gap)
        parts = self._parts(slot)
        for part in parts:
            group = self._group(slot, part)
            if group is _Gap.NOTHING:
                continue
            teachers = self._teachers(slot, part, split=len(parts) > 1)
            decided = decided and teachers is not None
            if isinstance(group, _Gap):
                decided = False
            else:
                placed.add(group)
                self._add(group, slot, number, subject, teachers, path)
        if not decided:
            self._add_near(slot, number, subject, path, placed)

    def _add_near(
        self, slot: Slot, number: int, subject: int | _Gap, path: str, placed: set[int]
    ) -> None:
        """Until it is decided, the lesson may stand in the diary as one of the class or of any of its parts."""
        for name in slot.edu_groups:
            for part in ("", *slot.subgroups):
                near = self._names.groups.get((name, part))
                if near is not None and near not in placed:
                    self._add(near, slot, number, subject, None, path, possible=True)

    def _add(
        self,
        group: int,
        slot: Slot,
        number: int,
        subject: int | _Gap,
        teachers: tuple[int, ...] | None,
        path: str,
        *,
        possible: bool = False,
    ) -> None:
        places = [self._names.places.get(room) for room in slot.rooms]
        self.lessons.add(
            WeekLesson(
                group,
                slot.day,
                number,
                slot.weeks or "1",
                None if isinstance(subject, _Gap) else subject,
                teachers,
                slot.rooms,
                places[0] if len(places) == 1 else None,
                slot.requirement,
                path,
                possible,
            )
        )

    def _number(self, slot: Slot) -> int | None:
        if not slot.edu_groups:
            self.counts["no_class", slot.subject] += 1
            return None
        if not 1 <= slot.day <= self._options.week:
            self.counts["no_school_day", str(slot.day)] += 1
            return None
        if not self._options.numbers:
            return slot.number
        number = self._options.numbers.get(slot.number)
        if number is None:
            self.counts["no_number", str(slot.number)] += 1
        return number

    def _counted(self, found: int | _Gap, name: str) -> int | _Gap:
        if isinstance(found, _Gap):
            self.counts[found.value, name] += 1
        return found

    def _parts(self, slot: Slot) -> tuple[str, ...]:
        """Parts that get a lesson each; parts that sit together under one teacher are one where the diary has such a group."""
        parts = tuple(dict.fromkeys(slot.subgroups)) or ("",)
        together = JOINT.join(parts)
        if len(parts) > 1 and group_key(slot.edu_groups, together) in self._names.groups:
            return (together,)
        across = len(set(slot.edu_groups)) > 1 and len(set(slot.teachers)) < 2
        return (together,) if across else parts

    def _group(self, slot: Slot, part: str) -> int | _Gap:
        key = group_key(slot.edu_groups, part)
        group = _find(self._names.groups, key)
        if group is _Gap.OPEN and len(set(slot.edu_groups)) > 1:
            # A part of only one of the classes needs no group across them.
            own = {(name, part) for name in slot.edu_groups} & self._names.groups.keys()
            if part and len(own) == 1:
                key = own.pop()
                group = _find(self._names.groups, key)
            else:
                self._ask_stream(slot, key)
        return self._counted(group, " ".join(filter(None, key)))

    def _teachers(self, slot: Slot, part: str, *, split: bool) -> tuple[int, ...] | None:
        paired = self._names.pairings.get((slot.requirement, part))
        if paired is not None:
            return tuple(sorted(set(paired)))
        found = {name: _find(self._names.teachers, name) for name in slot.teachers}
        for name, teacher in found.items():
            if teacher is _Gap.OPEN:
                self._counted(teacher, name)
        if split and len(found) > 1:
            self._ask_pairing(slot, part, found)
            return None
        if _Gap.OPEN in found.values():
            return None
        return tuple(sorted({one for one in found.values() if not isinstance(one, _Gap)}))

    def _ask_pairing(self, slot: Slot, part: str, found: Mapping[str, int | _Gap]) -> None:
        local_key = f"{slot.requirement}|{part}"
        free = {
            name: one
            for name, one in sorted(found.items())
            if not isinstance(one, _Gap) and one not in self._paired[slot.requirement]
        }
        self.questions["pairings", local_key] = Question(
            "pairings",
            local_key,
            f"{JOINT.join(slot.edu_groups)}, {part}: {slot.subject}",
            "unpaired",
            tuple(
                Candidate(one, name, 100 // len(free), "timetable") for name, one in free.items()
            ),
            unique=len(free) == 1 and _Gap.OPEN not in found.values(),
        )

    def _ask_stream(self, slot: Slot, key: tuple[str, str]) -> None:
        local_key = "|".join(filter(None, key))
        if ("edu_groups", local_key) in self.questions:
            return
        classes = {self._names.groups.get((name, "")) for name in slot.edu_groups}
        fitting = sorted(
            (
                Candidate(one.id, one.name, 100 if classes == set(one.parents) else 50, "classes")
                for one in self._groups.values()
                if classes <= set(one.parents)
            ),
            key=lambda one: (-one.score, one.vendor_id),
        )
        self.questions["edu_groups", local_key] = Question(
            "edu_groups",
            local_key,
            " ".join(filter(None, key)),
            "stream",
            tuple(fitting),
            unique=[one.score for one in fitting].count(100) == 1,
        )
