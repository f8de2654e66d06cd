"""Homework: was any given at a held lesson?"""

from collections.abc import Iterator
from datetime import date

from connector.reports.coverage import LESSONS
from connector.reports.homework import DUE, GIVEN
from connector.reports.journal import Lesson, chains
from connector.reports.rules.case import (
    NEXT_LESSON_UNKNOWN,
    SUBJECT_UNKNOWN,
    Case,
    Need,
    Outcome,
)
from connector.rulebook import group_matches


def homework(case: Case) -> Iterator[Outcome]:
    """HW: a held lesson at which no homework was given.

    Where a homework's lesson is the one it is due on, the next lesson of the same group and subject tells; where it is
    not known which, homework at either lesson acquits.
    """
    followers = _Followers(case)
    reading = case.homework.reading
    return case.each_late(
        lambda lesson: reading == DUE or not lesson.homework_targets,
        lambda lesson, due_on: _verdict(case, lesson, due_on, *followers.of(lesson)),
    )


def _verdict(
    case: Case, lesson: Lesson, due_on: date, skipped: tuple[Lesson, ...], following: Lesson | None
) -> Outcome | None:
    free = case.subject_is_in(lesson, case.rulebook.no_homework_subjects)
    if free or group_matches(case.group(lesson).name, case.rulebook.no_homework_groups):
        return None
    if free is None:
        return case.gap(lesson, SUBJECT_UNKNOWN)
    asks_later = case.homework.reading != GIVEN
    after = (*skipped, following) if following else skipped
    if asks_later and any(other.homework_targets for other in after):
        return None
    is_last = _is_last_of_period(case, lesson, after)
    if is_last and case.settings.param("exempt_last_of_period") and _period_is_known(case, lesson):
        return None
    if not _can_tell(case, lesson, following, is_last=is_last):
        return case.gap(lesson, NEXT_LESSON_UNKNOWN)
    needed = (lesson, *after) if asks_later else (lesson,)
    return case.accuse(lesson, due_on, *(Need(LESSONS, other.day, due_on) for other in needed))


def _can_tell(case: Case, lesson: Lesson, following: Lesson | None, *, is_last: bool) -> bool:
    """Whether the later lessons that matter are known: the next one, or that there is none."""
    if is_last and not _period_is_known(case, lesson):
        return False
    if case.homework.reading == GIVEN:
        return True
    return following is not None and _is_known_through(case, lesson, following.day)


def _is_last_of_period(case: Case, lesson: Lesson, later: tuple[Lesson, ...]) -> bool:
    """Whether the mirror shows no later lesson of the group and subject in the lesson's reporting period.

    A cancelled one counts: it stood in the schedule when the homework was to be given.
    """
    calendar = case.journal.calendar.of(case.group(lesson).id)
    period = calendar.period_of(lesson.day)
    return not any(
        (period is None or other.day <= period.finish) and not calendar.is_holiday(other.day)
        for other in later
    )


def _period_is_known(case: Case, lesson: Lesson) -> bool:
    """Whether the period's lessons were read to its end, so that the last one known is the last one."""
    period = case.journal.calendar.of(case.group(lesson).id).period_of(lesson.day)
    return period is not None and _is_known_through(case, lesson, period.finish)


def _is_known_through(case: Case, lesson: Lesson, day: date) -> bool:
    known = case.journal.coverage.known_through(LESSONS, case.group(lesson).id, lesson.day)
    return known is not None and known >= day


class _Followers:
    """For each lesson, the lessons of the same group and subject after it.

    `of` returns the cancelled ones that come first, then the next one that is to be held, if any is known: homework
    may stand on a cancelled lesson and still have been given.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._chains = chains(case.journal.lessons)
        self._places = {
            lesson.id: place
            for chain in self._chains.values()
            for place, lesson in enumerate(chain)
        }

    def of(self, lesson: Lesson) -> tuple[tuple[Lesson, ...], Lesson | None]:
        """Skipped lessons, and the next one to be held."""
        chain = self._chains.get((lesson.group_id or 0, lesson.subject_id or 0), [])
        skipped: list[Lesson] = []
        for after in chain[self._places.get(lesson.id, len(chain)) + 1 :]:
            if self._is_to_be_held(after):
                return tuple(skipped), after
            skipped.append(after)
        return tuple(skipped), None

    def _is_to_be_held(self, lesson: Lesson) -> bool:
        calendar = self._case.journal.calendar.of(lesson.group_id or 0)
        return self._case.rulebook.statuses.means_held(lesson.status) and not calendar.is_holiday(
            lesson.day
        )
