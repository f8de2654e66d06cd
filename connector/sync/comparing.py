"""A comparison of two journals while it is made: who is who in both, and where operations and lines are put down. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.planned import Book, BookEntry, BookLesson, BookWork, ByHand, Channel, Operation

# Fields that `overwrite` may name.
FIELDS = ("marks", "attendance", "comments", "works")
# What a lesson is the same by, whatever its id.
_Hour = tuple[int, str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a restoration is done.

    Attributes:
        overwrite: words of `FIELDS` whose newer values give way.
        pupils: persons whom the diary shows; nothing can be written for others.
        links: ids of works that earlier restorations made, by the id that the backup knows.
        names: what persons, groups and subjects are called, by `<table>:<id>`.

    """

    overwrite: frozenset[str] = frozenset()
    pupils: Collection[int] = frozenset()
    links: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, table: str, vendor_id: int | None) -> str:
        """A name, or the id where there is none."""
        return self.names.get(f"{table}:{vendor_id}") or str(vendor_id or "")


@dataclass(slots=True)
class Restored:
    """What a comparison found: operations, lines of the work sheet, and how much is as it was."""

    operations: list[Operation] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    unchanged: int = 0


class Comparison:
    """What is known while a backup is compared with the diary.

    Attributes:
        lessons: the diary's lesson for each of the backup; None: it is gone.
        works: the diary's work for each of the backup: its id, or the reference of one to be made; None: no place for it.
        found: what comes of it.

    """

    def __init__(self, backup: Book, now: Book, wanted: Wanted) -> None:
        self.backup = backup
        self.now = now
        self.wanted = wanted
        self.found = Restored()
        self.lessons = _matched(backup, now)
        self.works: dict[int, str | None] = {}

    def lesson_of(self, work: BookWork) -> BookLesson:
        """The backup's lesson of a work of the backup."""
        return self.backup.lessons[work.lesson_id]

    def by_hand(
        self,
        what: str,
        why: str,
        lesson: BookLesson,
        value: str,
        now: str = "",
        person: int | None = None,
    ) -> None:
        """Put a line of the work sheet down."""
        self.found.by_hand.append(
            ByHand(
                what,
                why,
                value,
                now,
                lesson.edu_group_id,
                lesson.subject_id,
                lesson.teacher_ids,
                lesson.date,
                lesson.number,
                person,
            )
        )

    def plan(
        self,
        op: str,
        target: str,
        lesson: BookLesson,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        *,
        person: int | None = None,
        text: str = "",
    ) -> None:
        """Put an operation down; its label names the pupil, or says `text`."""
        called = self.wanted.called
        who = called("persons", person) if person is not None else text
        hour = f"{lesson.date}, {lesson.number}: {called('subjects', lesson.subject_id)}"
        made = Operation(
            op,
            target,
            str(lesson.edu_group_id),
            before,
            after,
            reason="restored",
            evidence="backup",
            label=", ".join(filter(None, (who, hour, called("edu_groups", lesson.edu_group_id)))),
            channel=Channel.API,
        )
        self.found.operations.append(made)


def _matched(backup: Book, now: Book) -> dict[int, int | None]:
    """Lessons by id, else the one of the same class, day, number and subject that the backup does not know."""
    others: dict[_Hour, list[int]] = {}
    for lesson in now.lessons.values():
        if lesson.id not in backup.lessons:
            others.setdefault(_hour(lesson), []).append(lesson.id)
    found: dict[int, int | None] = {}
    for lesson in backup.lessons.values():
        like_it = others.get(_hour(lesson), [])
        found[lesson.id] = (
            lesson.id if lesson.id in now.lessons else like_it[0] if len(like_it) == 1 else None
        )
    return found


def _hour(lesson: BookLesson) -> _Hour:
    return lesson.edu_group_id, lesson.date, lesson.number, lesson.subject_id


def work_text(work: BookWork) -> str:
    """What a work is called on a sheet: its text, else its kind."""
    return str(work.values.get("text") or work.values.get("type") or "")


def entry_text(entry: BookEntry) -> str:
    """Status, and the comment in brackets."""
    return f"{entry.status or ''} ({entry.comment})" if entry.comment else entry.status or ""
