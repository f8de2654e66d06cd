"""KTP, KTPORDER, KTPTWICE: lessons held against the school's topic plan (КТП), course by course."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType

from connector.names import fold
from connector.records import Finding
from connector.reports.coverage import LESSONS
from connector.reports.journal import Lesson
from connector.reports.rules.case import (
    NOT_READ,
    PARALLEL_UNKNOWN,
    PLAN_DAYS,
    PLAN_INCOMPLETE,
    PLAN_OTHER_YEAR,
    Case,
    Need,
    Outcome,
    read_lesson,
)
from connector.source import PlanTopic, TopicPlan
from connector.sync.windows import study_year_of

_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Course:
    """One subject of one group with its plan.

    Attributes:
        group_id: class or subgroup.
        subject_id: the subject.
        plan: of the school's files.
        lessons: held before the day of judging, in order; at least one.
        titles: topics of lessons by id, as they are written; lessons without one may be absent.

    """

    group_id: int
    subject_id: int
    plan: TopicPlan
    lessons: tuple[Lesson, ...]
    titles: Mapping[int, str]

    def key_of(self, lesson: Lesson) -> str:
        """What the lesson's topic is compared by, "" where none is written."""
        return topic_key(self.titles.get(lesson.id, ""))


@lru_cache(maxsize=20_000)
def topic_key(text: str) -> str:
    """What spellings of one topic share: case, ё, spaces and punctuation do not count."""
    return _NOT_LETTERS.sub(" ", fold(text)).strip()


def behind(case: Case, courses: Iterable[Course]) -> Iterator[Outcome]:
    """KTP: fewer lessons than the plan asks by now.

    A plan with dates asks for the hours that are past. One without dates asks that the topic of the latest lesson is the
    one of that place in the plan; a topic in the teacher's own words says nothing.
    """
    return _each(
        case,
        courses,
        lambda course: (
            _behind_dates(case, course)
            if any(topic.day for topic in course.plan.topics)
            else _behind_topics(case, course)
        ),
    )


def out_of_order(case: Case, courses: Iterable[Course]) -> Iterator[Outcome]:
    """KTPORDER: lessons that must be taken out to leave the plan's order; a topic that the plan has twice proves none."""
    return _each(case, courses, lambda course: _accused(case, misplaced(course)))


def written_twice(case: Case, courses: Iterable[Course]) -> Iterator[Outcome]:
    """KTPTWICE: lessons beyond the hours that the plan gives their topic."""
    return _each(case, courses, lambda course: _accused(case, _beyond(course)))


PLAN_RULES: Mapping[str, Callable[[Case, Iterable[Course]], Iterator[Outcome]]] = MappingProxyType(
    {"KTP": behind, "KTPORDER": out_of_order, "KTPTWICE": written_twice}
)


def hours_asked(topics: Sequence[PlanTopic], through: date) -> int:
    """Hours a plan with dates asks for by the end of a day.

    The date of a topic is that of its first hour; when the others are due the next topic's date tells.
    """
    begun = [n for n, topic in enumerate(topics) if topic.day is not None and topic.day <= through]
    return sum(topic.hours for topic in topics[: begun[-1]]) + 1 if begun else 0


def place_reached(course: Course) -> tuple[Lesson, int, int] | None:
    """The latest lesson with a topic, its number among the lessons held, and the plan's last hour of that topic.

    None where the topic is in words of the teacher's own, or stands in the plan more than once.
    """
    written = [(n, lesson) for n, lesson in enumerate(course.lessons, 1) if course.key_of(lesson)]
    if not written:
        return None
    number, lesson = written[-1]
    place = _unique_places(course.plan.topics).get(course.key_of(lesson))
    if place is None:
        return None
    return lesson, number, sum(topic.hours for topic in course.plan.topics[: place + 1])


def misplaced(course: Course) -> list[Lesson]:
    """The fewest lessons whose topics stand at another place than in the plan."""
    places = _unique_places(course.plan.topics)
    excess = {lesson.id for lesson in _beyond(course)}
    written = [
        (lesson, places[key])
        for lesson in course.lessons
        if lesson.id not in excess and (key := course.key_of(lesson)) in places
    ]
    kept = set(_longest_growing([place for _lesson, place in written]))
    return [lesson for n, (lesson, _place) in enumerate(written) if n not in kept]


def _each(
    case: Case, courses: Iterable[Course], verdict: Callable[[Course], Iterator[Outcome]]
) -> Iterator[Outcome]:
    """Ask for a verdict on each course that is not exempt and whose plan proves something."""
    exempt = case.exempt_groups()
    for course in courses:
        if course.group_id in exempt:
            continue
        gap = _gap(case, course)
        if gap is not None:
            yield gap
        else:
            yield from verdict(course)


def _gap(case: Case, course: Course) -> Outcome | None:
    """What keeps a plan from proving anything."""
    last = course.lessons[-1]
    if not course.plan.whole:
        return case.gap(last, PLAN_INCOMPLETE)
    if case.settings.exempt_parallels and not case.group(last).parallels:
        return case.gap(last, PARALLEL_UNKNOWN)
    days = [topic.day for topic in course.plan.topics if topic.day is not None]
    if days and {study_year_of(min(days)), study_year_of(max(days))} != {study_year_of(last.day)}:
        return case.gap(last, PLAN_OTHER_YEAR)
    return None


def _behind_dates(case: Case, course: Course) -> Iterator[Outcome]:
    allowed = len(course.lessons) + int(case.settings.param("lag"))
    last = course.lessons[-1]
    days = [topic.day for topic in course.plan.topics if topic.day is not None]
    if any(after < before for before, after in pairwise(days)):
        yield case.gap(last, PLAN_DAYS)
        return
    asked = [1 + before for before in accumulate((t.hours for t in course.plan.topics), initial=0)]
    overdue = next(
        (
            topic.day
            for topic, hours in zip(course.plan.topics, asked, strict=False)
            if topic.day is not None and hours > allowed
        ),
        None,
    )
    due_on = case.due_on(course.group_id, overdue) if overdue is not None else None
    if overdue is None or due_on is None or due_on >= case.as_of:
        return
    # A day nobody read may hold the lessons that seem to be lacking.
    known = case.journal.coverage.known_through(LESSONS, course.group_id, days[0])
    if known is None or known < overdue:
        yield case.gap(last, NOT_READ)
        return
    outcome = case.accuse(last, due_on, read_lesson(last), Need(LESSONS, overdue, due_on))
    if isinstance(outcome, Finding):
        # It is about the course: with the next lesson it is still the same finding.
        outcome = replace(outcome, lesson_id=None, lesson_number=None, date=overdue)
    yield outcome


def _behind_topics(case: Case, course: Course) -> Iterator[Outcome]:
    reached = place_reached(course)
    if reached is None:
        return
    lesson, number, hour = reached
    if number - hour > int(case.settings.param("lag")):
        yield from _accused(case, (lesson,))


def _accused(case: Case, lessons: Iterable[Lesson]) -> Iterator[Outcome]:
    for lesson in lessons:
        due_on = case.due_on(case.group(lesson).id, lesson.day)
        if due_on is not None and due_on < case.as_of:
            yield case.accuse(lesson, due_on, Need(LESSONS, lesson.day, due_on))


def _beyond(course: Course) -> list[Lesson]:
    """Lessons whose topic has had all its hours before."""
    room: Counter[str] = Counter()
    for topic in course.plan.topics:
        room[topic_key(topic.text)] += topic.hours
    found = []
    for lesson in course.lessons:
        key = course.key_of(lesson)
        if key in room:
            room[key] -= 1
            if room[key] < 0:
                found.append(lesson)
    return found


def _unique_places(topics: Sequence[PlanTopic]) -> dict[str, int]:
    """Places of topics in the plan by what they are compared by; those it has more than once are left out."""
    keys = [topic_key(topic.text) for topic in topics]
    often = Counter(keys)
    return {key: place for place, key in enumerate(keys) if key and often[key] == 1}


def _longest_growing(values: Sequence[int]) -> list[int]:
    """Indexes of a longest subsequence that never falls; of equally long ones the one with the smallest values."""
    ends: list[int] = []
    ends_at: list[int] = []
    before = [-1] * len(values)
    for index, value in enumerate(values):
        length = bisect_right(ends, value)
        before[index] = ends_at[length - 1] if length else -1
        ends[length : length + 1] = [value]
        ends_at[length : length + 1] = [index]
    kept = []
    at = ends_at[-1] if ends_at else -1
    while at >= 0:
        kept.append(at)
        at = before[at]
    return kept[::-1]
