"""Marks of one lesson: too few, beside an absence, a work without any, and marks entered late."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from connector.records import Finding
from connector.reports.coverage import LOG, MARKS
from connector.reports.grades import Mark, is_release, moment_of
from connector.reports.journal import Lesson
from connector.reports.rules.case import (
    NOT_READ,
    SUBJECT_UNKNOWN,
    Case,
    Need,
    Outcome,
    read_lesson,
)
from connector.reports.rules.entries import marks_may_stand_elsewhere
from connector.reports.rules.sheet import Sheet

# A comment with one of these pieces says that the mark was earned later.
_MADE_UP = ("сдал", "сдан", "отработ", "позже", "позднее")
# Works that are checked after the lesson, and the parameter that holds their days.
DAYS_BY_TYPE = {
    "LessonExamination": "days",
    "LessonComposition": "essay_days",
    "LessonTestWork": "test_days",
}


def mark3(case: Case, _ground: object) -> Iterator[Outcome]:
    """MARK3: a held lesson with some marks but fewer than the norm, in a group that is large enough."""
    enough, pupils = int(case.settings.param("marks")), int(case.settings.param("pupils"))

    def lacks(lesson: Lesson) -> bool:
        # The cheap test first: the pupils freed from the subject are counted for few lessons only.
        return 0 < lesson.marks < enough and len(case.pupils_to_mark(lesson) or ()) >= pupils

    def verdict(lesson: Lesson, due_on: date) -> Outcome | None:
        ungraded = case.subject_is_in(lesson, case.rulebook.ungraded_subjects)
        if ungraded:
            return None
        if ungraded is None:
            return case.gap(lesson, SUBJECT_UNKNOWN)
        if marks_may_stand_elsewhere(case, lesson):
            return case.gap(lesson, NOT_READ)
        return case.accuse(lesson, due_on, read_lesson(lesson), Need(MARKS, lesson.day, due_on))

    return case.each_late(lacks, verdict)


def nmark(case: Case, sheet: Sheet) -> Iterator[Outcome]:
    """NMARK: pupils are absent and have a mark at the same lesson.

    Not where a comment says that the work was done later, nor, where the rulebook wishes so, when the mark was entered
    on a later day. «осв.» and an empty cell judge no work, so they contradict no absence.
    """
    marked: dict[int, tuple[int, ...]] = {}
    for lesson in case.held:
        persons = tuple(
            person
            for person, marks in sorted(sheet.cells.get(lesson.id, {}).items())
            if sheet.is_absent(lesson, person)
            and any(mark.value.strip() and not is_release(mark.value) for mark in marks)
            and not _was_made_up(case, sheet, lesson, marks)
        )
        if persons:
            marked[lesson.id] = persons

    return case.each_late(
        lambda lesson: lesson.id in marked,
        lambda lesson, due_on: case.accuse(
            lesson,
            due_on,
            read_lesson(lesson),
            Need(MARKS, lesson.day, due_on),
            Need(LOG, lesson.day, due_on),
            persons=marked[lesson.id],
        ),
    )


def _was_made_up(case: Case, sheet: Sheet, lesson: Lesson, marks: tuple[Mark, ...]) -> bool:
    comment = sheet.comments.get((lesson.id, marks[0].person_id), "").casefold()
    if any(word in comment for word in _MADE_UP):
        return True
    if not case.settings.param("made_up_later"):
        return False
    days = [_entered_on(case, mark) for mark in marks]
    return all(day is not None and day > lesson.day for day in days)


def work(case: Case, sheet: Sheet) -> Iterator[Outcome]:
    """WORK: a control work, composition or test stands at a held lesson, but nobody has a mark for it."""
    empty = {
        lesson.id: days
        for lesson in case.held
        if (days := _days_of_empty_work(case, sheet, lesson)) is not None
    }

    def verdict(lesson: Lesson, _due_on: date) -> Outcome | None:
        due_on = lesson.day + timedelta(days=empty[lesson.id])
        ungraded = case.subject_is_in(lesson, case.rulebook.ungraded_subjects)
        if ungraded or due_on >= case.as_of or case.pupils_to_mark(lesson) == frozenset():
            return None
        if ungraded is None:
            return case.gap(lesson, SUBJECT_UNKNOWN)
        if marks_may_stand_elsewhere(case, lesson):
            return case.gap(lesson, NOT_READ)
        return case.accuse(lesson, due_on, read_lesson(lesson), Need(MARKS, lesson.day, due_on))

    return case.each_late(lambda lesson: lesson.id in empty, verdict)


def _days_of_empty_work(case: Case, sheet: Sheet, lesson: Lesson) -> int | None:
    """Calendar days allowed for the first empty work of a lesson to fall due; None when none is empty."""
    days = [
        int(case.settings.param(DAYS_BY_TYPE[one.type]))
        for one in sheet.works.get(lesson.id, ())
        if one.type in DAYS_BY_TYPE and one.id not in sheet.marked_works
    ]
    # A mark that names no work may be this one's.
    unnamed = any(
        mark.work_id is None for marks in sheet.cells.get(lesson.id, {}).values() for mark in marks
    )
    return min(days, default=None) if not unnamed else None


def late(case: Case, sheet: Sheet) -> Iterator[Outcome]:
    """LATE: marks of a lesson were entered after the deadline, by the vendor's own moment of entry.

    «осв.» is no mark; marks of pupils who were absent are earned later and are no delay; works that are checked at home have their own
    deadlines under WORK. A correction moves the vendor's moment, so the finding says when the mark was last written.
    """
    exempt = case.exempt_groups()
    own_deadlines = bool(case.settings.param("works_apart"))
    apart = {
        one.id
        for works in sheet.works.values()
        for one in works
        if own_deadlines and one.type in DAYS_BY_TYPE
    }
    grave = int(case.settings.param("error_after"))
    for lesson in case.held:
        marks = sheet.cells.get(lesson.id)
        if not marks or lesson.group_id in exempt:
            continue
        group = case.group(lesson).id
        due_on = case.due_on(group, lesson.day)
        if due_on is None or due_on >= case.as_of:
            continue
        delayed = [
            (day, mark.person_id)
            for person, found in marks.items()
            if not sheet.is_absent(lesson, person)
            for mark in found
            if mark.work_id not in apart
            and not is_release(mark.value)
            and (day := _entered_on(case, mark)) is not None
            and due_on < day <= case.as_of
        ]
        if delayed:
            last = max(day for day, _ in delayed)
            found = case.accuse(
                lesson,
                due_on,
                read_lesson(lesson),
                Need(MARKS, lesson.day, lesson.day),
                persons=tuple(sorted({person for _, person in delayed})),
            )
            yield _late_by(case, found, last, grave) if isinstance(found, Finding) else found


def _late_by(case: Case, found: Finding, last: date, grave: int) -> Finding:
    """The finding with its own lateness: it ended when the mark was entered."""
    limit = case.journal.calendar.working_day_after(found.edu_group_id, found.date, grave)
    return replace(
        found,
        days_late=(last - found.due_on).days,
        severity="error" if limit is not None and last > limit else found.severity,
    )


def _entered_on(case: Case, mark: Mark) -> date | None:
    moment = moment_of(mark.given_at) if mark.given_at else None
    return moment.astimezone(case.zone).date() if moment else None
