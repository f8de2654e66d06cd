"""Records a teacher makes at or after a lesson: topic and marks."""

from collections.abc import Iterator
from datetime import date, timedelta

from connector.reports.coverage import LESSONS, MARKS
from connector.reports.journal import Lesson
from connector.reports.rules.case import (
    NOT_READ,
    SUBJECT_UNKNOWN,
    Case,
    Need,
    Outcome,
    read_lesson,
)
from connector.sync.windows import study_year_of, study_year_span


def topic(case: Case) -> Iterator[Outcome]:
    """TOPIC: a held lesson without a topic."""
    return case.each_late(
        lambda lesson: not lesson.has_topic,
        lambda lesson, due_on: case.accuse(lesson, due_on, Need(LESSONS, lesson.day, due_on)),
    )


def mark0(case: Case) -> Iterator[Outcome]:
    """MARK0: a held lesson at which nobody has a mark, in a graded subject, where not all pupils are freed (осв.)."""

    def verdict(lesson: Lesson, due_on: date) -> Outcome | None:
        ungraded = case.subject_is_in(lesson, case.rulebook.ungraded_subjects)
        if ungraded or case.pupils_to_mark(lesson) == frozenset():
            return None
        if ungraded is None:
            return case.gap(lesson, SUBJECT_UNKNOWN)
        if marks_may_stand_elsewhere(case, lesson):
            return case.gap(lesson, NOT_READ)
        return case.accuse(lesson, due_on, read_lesson(lesson), Need(MARKS, lesson.day, due_on))

    return case.each_late(lambda lesson: not lesson.marks, verdict)


def marks_may_stand_elsewhere(case: Case, lesson: Lesson) -> bool:
    """Whether a mark of this lesson may lie in a window that was not read.

    It is unknown whether the vendor files marks under the lesson's day or the day of entry
    (docs/vendor-api.md#unknowns). So all days from the lesson to the reading must be known.
    """
    coverage, group = case.journal.coverage, case.group(lesson).id
    read_at = coverage.read_at(MARKS, group, lesson.day)
    if read_at is None:
        return True
    reach = min(case.as_of - timedelta(days=1), study_year_span(study_year_of(lesson.day))[1])
    if not case.journal.clock_differs:
        reach = min(reach, read_at.astimezone(case.zone).date())
    known = coverage.known_through(MARKS, group, lesson.day)
    return known is None or known < reach
