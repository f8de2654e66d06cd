"""What the rules about pupils share: lessons of a pupil in a subject, marks and absences, and who is left out.

A pupil is judged only from the first day on which the mirror holds any trace of them, a mark or an absence: the vendor
shows no day of enrolment, and a pupil who came in mid-year must not be accused of the time before.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from connector.reports.calendar import Period
from connector.reports.coverage import MARKS
from connector.reports.grades import Grades, Mark, Work, is_release
from connector.reports.journal import Group, Lesson, chains
from connector.reports.rules.case import (
    NOT_READ,
    PARALLEL_UNKNOWN,
    SUBJECT_UNKNOWN,
    Case,
    Gap,
    Need,
    Outcome,
    Scene,
    read_lesson,
)
from connector.reports.rules.entries import marks_may_stand_elsewhere
from connector.rulebook import subject_matches
from connector.vocab import ABSENCES


@dataclass(frozen=True, slots=True)
class Course:
    """A pupil's held lessons of one subject, in all groups that count for the pupil, in order of days.

    Attributes:
        person_id: the pupil.
        subject_id: the subject.
        lessons: held lessons since the pupil's first trace; never empty.
        groups: all groups the lessons stand in.

    """

    person_id: int
    subject_id: int
    lessons: tuple[Lesson, ...]
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Ground:
    """Marks of one school, sorted once for all rules.

    Attributes:
        grades: all of them.
        cells: marks by lesson, then by pupil.
        works: by lesson.
        absent: lesson and pupil where the roll says absent.
        since: the day of a pupil's first trace.
        movers: pupils who left another class this year; they are judged by no rule that counts over a period.
        released: pupil and subject whose marks say freed (осв.).
        ungraded: whether a subject has no marks, where its name is known.
        courses: lessons of the pupils of today.
        departed: lessons of pupils who are in no group any more, in all groups they were in.

    """

    grades: Grades
    cells: Mapping[int, Mapping[int, tuple[Mark, ...]]]
    works: Mapping[int, tuple[Work, ...]]
    absent: frozenset[tuple[int, int]]
    since: Mapping[int, date]
    movers: frozenset[int]
    released: frozenset[tuple[int, int]]
    ungraded: Mapping[int, bool]
    courses: tuple[Course, ...]
    departed: tuple[Course, ...]

    def marks(self, lesson: Lesson, person: int) -> tuple[Mark, ...]:
        """Marks of a pupil at a lesson."""
        return self.cells.get(lesson.id, {}).get(person, ())

    def is_absent(self, lesson: Lesson, person: int) -> bool:
        """Whether the roll says that the pupil was not there."""
        return (lesson.id, person) in self.absent


def survey(scene: Scene, grades: Grades) -> Ground:
    """Sort the marks of a school by lesson and pupil."""
    cells: dict[int, dict[int, tuple[Mark, ...]]] = defaultdict(dict)
    for mark in grades.marks:
        cell = cells[mark.lesson_id]
        cell[mark.person_id] = (*cell.get(mark.person_id, ()), mark)
    works: dict[int, list[Work]] = defaultdict(list)
    for work in grades.works:
        works[work.lesson_id].append(work)
    absent = frozenset(
        (entry.lesson_id, entry.person_id)
        for entry in scene.journal.entries
        if entry.status in ABSENCES
    )
    since = _first_traces(scene, cells)
    groups = scene.journal.groups.values()
    present = frozenset(person for group in groups for person in group.active_members)
    left = frozenset(person for group in groups for person in group.members - group.active_members)
    return Ground(
        grades=grades,
        cells=cells,
        works={lesson: tuple(found) for lesson, found in works.items()},
        absent=absent,
        since=since,
        movers=left & present,
        released=_released(scene, grades),
        ungraded={
            subject: subject_matches(name, scene.rulebook.ungraded_subjects)
            for subject, name in scene.journal.names.subjects.items()
            if name
        },
        courses=tuple(_courses(scene, since, lambda group: group.active_members)),
        departed=tuple(_courses(scene, since, lambda group: group.members - present)),
    )


def _first_traces(
    scene: Scene, cells: Mapping[int, Mapping[int, tuple[Mark, ...]]]
) -> dict[int, date]:
    traced: dict[int, set[int]] = defaultdict(set)
    for entry in scene.journal.entries:
        traced[entry.lesson_id].add(entry.person_id)
    since: dict[int, date] = {}
    for lesson in scene.held:  # in order of days, so that the first trace stays
        for person in (*cells.get(lesson.id, ()), *traced.get(lesson.id, ())):
            since.setdefault(person, lesson.day)
    return since


def _released(scene: Scene, grades: Grades) -> frozenset[tuple[int, int]]:
    subjects = {lesson.id: lesson.subject_id for lesson in scene.held}
    current = {
        (mark.person_id, subject)
        for mark in grades.marks
        if is_release(mark.value) and (subject := subjects.get(mark.lesson_id)) is not None
    }
    final = {(mark.person_id, mark.subject_id) for mark in grades.finals if is_release(mark.value)}
    return frozenset(current | final)


def _courses(
    scene: Scene, since: Mapping[int, date], members: Callable[[Group], frozenset[int]]
) -> Iterator[Course]:
    by_subject: dict[tuple[int, int], list[list[Lesson]]] = defaultdict(list)
    for (group, subject), lessons in chains(scene.held).items():
        for person in members(scene.journal.groups[group]):
            if person in since:
                by_subject[person, subject].append(lessons)
    for (person, subject), parts in sorted(by_subject.items(), key=lambda item: item[0]):
        start = since[person]
        lessons = [lesson for part in parts for lesson in part if lesson.day >= start]
        if len(parts) > 1:
            lessons.sort(key=lambda lesson: (lesson.day, lesson.number or 0, lesson.id))
        if lessons:
            groups = frozenset(part[0].group_id or 0 for part in parts)
            yield Course(person, subject, tuple(lessons), groups)


def judged_courses(
    case: Case, ground: Ground, *, departed: bool = False
) -> tuple[list[Course], list[Gap]]:
    """Courses of graded subjects whose pupils the rule concerns, and gaps about those nobody can judge.

    Pupils who have left the school are judged only where a rule asks for them.
    """
    exempt = case.exempt_groups()
    judged: list[Course] = []
    gaps: list[Gap] = []
    for course in (*ground.courses, *(ground.departed if departed else ())):
        freed = (course.person_id, course.subject_id) in ground.released
        if freed or not exempt.isdisjoint(course.groups):
            continue
        last = course.lessons[-1]
        ungraded = ground.ungraded.get(course.subject_id)
        if ungraded is None:
            gaps.append(case.gap(last, SUBJECT_UNKNOWN))
        elif case.settings.exempt_parallels and not case.group(last).parallels:
            gaps.append(case.gap(last, PARALLEL_UNKNOWN))
        elif not ungraded:
            judged.append(course)
    return judged, gaps


def periods_of(case: Case, course: Course) -> tuple[Period, ...]:
    """Reporting periods of a course: those of the group it was last taught in."""
    return case.journal.calendar.of(case.group(course.lessons[-1]).id).periods


def lessons_in(course: Course, period: Period) -> tuple[Lesson, ...]:
    """The course's lessons inside a period."""
    first = bisect_left(course.lessons, period.start, key=_day)
    return course.lessons[first : bisect_right(course.lessons, period.finish, key=_day)]


def _day(lesson: Lesson) -> date:
    return lesson.day


def accuse_pupil(
    case: Case, person: int, at: Lesson, due_on: date, lessons: Iterable[Lesson], *others: str
) -> Outcome:
    """A finding about a pupil at a lesson, or the gap that keeps it from being one.

    Args:
        case: the rule.
        person: the pupil.
        at: the lesson the finding names.
        due_on: last day on which the record would have been in time.
        lessons: all lessons whose marks were counted.
        others: resources beside marks that must have been read for each of them.

    """
    for lesson in lessons:
        if marks_may_stand_elsewhere(case, lesson):
            return case.gap(at, NOT_READ)
        gap = case.gap_in(
            lesson,
            read_lesson(lesson),
            *(Need(resource, lesson.day, max(due_on, lesson.day)) for resource in (MARKS, *others)),
        )
        if gap is not None:
            return case.gap(at, gap.reason)
    return case.accuse(at, due_on, read_lesson(at), Need(MARKS, at.day, due_on), persons=(person,))
