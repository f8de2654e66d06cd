"""Operations on lessons, and how people call a lesson."""

from datetime import date
from typing import Any

from connector.planned import Have, HaveLesson, Operation, ref
from connector.sync.moves import Change
from connector.sync.outcome import lesson_values
from connector.sync.pattern import ScheduleOptions, WeekLesson, group_name

EVIDENCE = "natural key"


class LessonWriter:
    """Writes cancellations, changes and creations with values in the mirror's words."""

    def __init__(self, have: Have, options: ScheduleOptions) -> None:
        self._have = have
        self._options = options
        self._names: dict[int, str] = {}

    def cancel(self, lesson: HaveLesson, reason: str) -> Operation:
        """`before` holds all that the diary shows."""
        return Operation(
            "lesson.cancel",
            str(lesson.id),
            str(lesson.edu_group_id),
            lesson_values(lesson),
            None,
            reason,
            EVIDENCE,
            label=self.label_of(lesson),
            channel=self._options.channel,
        )

    def update(self, change: Change) -> Operation:
        """Only what changes is in `before` and `after`; a room only where rooms can be read."""
        before, after = lesson_values(change.lesson), _values(change)
        if not self._options.rooms_readable:
            after.pop("place_id", None)
        changed = {
            key: value for key, value in after.items() if key in before and before[key] != value
        }
        return Operation(
            "lesson.update",
            str(change.lesson.id),
            str(change.lesson.edu_group_id),
            {key: before[key] for key in changed},
            changed,
            reason_of(change),
            EVIDENCE,
            change.wish.source,
            self.label_of(change.lesson),
            self._options.channel,
        )

    def create(self, change: Change, reason: str) -> Operation:
        """`change` is of a lesson that is not there (`born`) or no longer will be; the label names the rooms."""
        values = _values(change)
        group = change.lesson.edu_group_id
        natural = (values["edu_group_id"], values["date"], change.number, values["subject_id"])
        rooms = f" ({'/'.join(change.wish.rooms)})" if change.wish.rooms else ""
        return Operation(
            "lesson.create",
            ref("lessons", "|".join(map(str, natural))),
            str(group),
            None,
            values,
            reason,
            EVIDENCE,
            change.wish.source,
            self.label(group, change.lesson.date, change.number, change.subject_id) + rooms,
            self._options.channel,
        )

    def label_of(self, lesson: HaveLesson) -> str:
        """`5А, 2026-12-01, 3: Алгебра`."""
        return self.label(lesson.edu_group_id, lesson.date, lesson.number, lesson.subject_id)

    def label(self, group: int, day: date, number: int | None, subject: int | None) -> str:
        """As `label_of`; what is unknown is a question mark."""
        return f"{self.hour(group, day, number)}: {self.subject(subject)}"

    def hour(self, group: int, day: date, number: int | None) -> str:
        """`5А, 2026-12-01, 3`."""
        return f"{self.name(group)}, {day}, {'?' if number is None else number}"

    def subject(self, subject: int | None) -> str:
        """A subject's name in the diary."""
        return "?" if subject is None else self._have.subjects.get(subject, str(subject))

    def name(self, group: int) -> str:
        """A group's name, as `group_name` says."""
        if group not in self._names:
            self._names[group] = group_name(self._have, group)
        return self._names[group]


def born(wish: WeekLesson, day: date) -> Change:
    """A creation as a change of nothing."""
    nothing = HaveLesson(0, wish.edu_group_id, None, day, None, (), None, "")
    return Change(
        nothing, wish.number, wish.subject_id or 0, wish.teacher_ids or (), wish.place_id, wish
    )


def reason_of(change: Change) -> str:
    """The main thing that changes: `time`, `subject`, `teacher` or `room`."""
    if change.moves:
        return "time"
    if change.subject_id != change.lesson.subject_id:
        return "subject"
    same_teachers = set(change.teacher_ids) == set(change.lesson.teacher_ids)
    return "room" if same_teachers else "teacher"


def _values(change: Change) -> dict[str, Any]:
    values: dict[str, Any] = {
        "edu_group_id": str(change.lesson.edu_group_id),
        "subject_id": str(change.subject_id),
        "date": change.lesson.date.isoformat(),
        "number": change.number,
        "hours": 1,
        "teacher_ids": sorted(map(str, set(change.teacher_ids))),
    }
    if change.place_id is not None:
        values["place_id"] = str(change.place_id)
    return values
