"""SUBST: lessons of substitutes whose topic is not written."""

from collections.abc import Collection, Iterator

from connector.reports.coverage import LESSONS
from connector.reports.rules.case import Case, Need, Outcome


def substituted(case: Case, substitutes: Collection[int]) -> Iterator[Outcome]:
    """SUBST: a held lesson of a substitute without a topic; the finding names the substitute.

    Args:
        case: the school.
        substitutes: ids of the lessons given by others than the planned timetable names.

    """
    return case.each_late(
        lambda lesson: not lesson.has_topic and lesson.id in substitutes,
        lambda lesson, due_on: case.accuse(lesson, due_on, Need(LESSONS, lesson.day, due_on)),
    )
