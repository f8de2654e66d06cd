"""Rules about the marks of one lesson: MARK3, NMARK, WORK, LATE."""

from collections.abc import Iterator

from connector.sandbox import subjects as s
from connector.sandbox.model import Entry, Lesson
from connector.sandbox.people import Person
from connector.sandbox.verdicts import norms
from connector.sandbox.verdicts.records import (
    Records,
    Verdict,
    count,
    entered_on,
    frees,
    is_exempt,
)


def mark3(records: Records) -> Iterator[Verdict]:
    """A lesson with one or two marks in a group of ten pupils or more who are not freed from the subject."""
    for lesson in records.held:
        marks = count(mark for _work, mark in lesson.marks() if not frees(mark.value))
        if (
            0 < marks < norms.MARKS_OF_A_LESSON
            and len(records.to_mark(lesson)) >= norms.PUPILS_OF_A_GROUP
            and not is_exempt(lesson.group)
            and lesson.subject not in s.UNGRADED
            and records.is_past(records.due(lesson.group, lesson.day, norms.MARK_DAYS))
        ):
            yield _about(lesson)


def nmark(records: Records) -> Iterator[Verdict]:
    """A pupil who is away and has a mark at the same lesson, unless a comment says that it was earned later.

    «осв.» says that the pupil is freed: no work was judged, so nothing is contradicted.
    """
    for lesson in records.held:
        for place, entry in lesson.entries.items():
            person = lesson.group.roll[place].person
            marks = [one for one in records.marks(lesson, person) if not frees(one.value)]
            if marks and records.is_away(lesson, person) and not _made_up(entry):
                yield _about(lesson, person)


def _made_up(entry: Entry) -> bool:
    comment = (entry.comment or "").lower()
    return any(word in comment for word in norms.MADE_UP)


def work(records: Records) -> Iterator[Verdict]:
    """A control work, composition or test that nobody has a mark for, long after the lesson."""
    for lesson in records.held:
        days = [
            norms.WORK_DAYS[one.type]
            for one in lesson.works
            if one.type in norms.WORK_DAYS and not one.marks
        ]
        if (
            days
            and not is_exempt(lesson.group)
            and lesson.subject not in s.UNGRADED
            and not records.all_freed(lesson)
            and records.is_past(lesson.day + min(days))
        ):
            yield _about(lesson)


def late(records: Records) -> Iterator[Verdict]:
    """Marks entered after their last day, other than those of pupils who were away and of works checked at home."""
    for lesson in records.held:
        due = records.due(lesson.group, lesson.day, norms.MARK_DAYS)
        if due is None or not records.is_past(due) or lesson.group.parallel == 1:
            continue
        days = [
            day
            for one, mark in lesson.marks()
            if one.type not in norms.WORK_DAYS
            and not records.is_away(lesson, lesson.group.roll[mark.place].person)
            and due < (day := entered_on(mark)) <= records.today
        ]
        if days:
            limit = records.due(lesson.group, lesson.day, norms.GRAVE_DAYS)
            yield _about(lesson, grave=limit is not None and max(days) > limit)


def _about(lesson: Lesson, person: Person | None = None, *, grave: bool = False) -> Verdict:
    return Verdict(lesson.group, lesson.subject, lesson.day, lesson, person, grave)
