"""Twos where a school spares its pupils: after an absence, at the ends of a period, and those never put right."""

from collections.abc import Iterator
from datetime import date

from connector.reports.calendar import Period
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.rules.case import Case, Gap, Need, Outcome, read_lesson
from connector.reports.rules.courses import Taught
from connector.reports.rules.ground import Accuser, Judged
from connector.reports.rules.sheet import Sheet, Two


def two_after_absence(case: Case, sheet: Sheet) -> Iterator[Outcome]:
    """TWOAFTERN: a two at the first lesson after the pupil had missed some."""
    least = int(case.settings.param("missed"))
    judged = _Judging(case, sheet)
    for two in judged.twos(sheet):
        lessons, person = two.taught.lessons, two.person_id
        if two.place < least or sheet.is_absent(two.lesson, person):
            continue
        before = lessons[two.place - least : two.place]
        if all(sheet.is_absent(lesson, person) for lesson in before):
            yield from judged.accuse(two, LOG)


def two_at_edge(case: Case, sheet: Sheet) -> Iterator[Outcome]:
    """TWOEDGE: a two at the first or the last lesson of a reporting period."""
    judged, edges = _Judging(case, sheet), _Edges(case)
    for two in judged.twos(sheet):
        if two.person_id not in sheet.taught.movers:
            for _ in range(edges.of(two.taught).count(two.place)):
                yield from judged.accuse(two)


def two_not_mended(case: Case, sheet: Sheet) -> Iterator[Outcome]:
    """TWOFIX: a two after which so many lessons, in the same period, brought the pupil no other mark."""
    within = int(case.settings.param("lessons"))
    judged, accuser = _Judging(case, sheet), Accuser(case)
    for two in judged.twos(sheet):
        taught, person = two.taught, two.person_id
        # Another mark beside the two at the same lesson has put it right already.
        if sheet.marks_at(taught, person, two.place) > two.count:
            continue
        last = _last_visit(case, sheet, two, within)
        # A mark at a lesson of absence between them mends it too.
        if last is None or sheet.next_marked(taught, person, two.place) <= last:
            continue
        at = taught.lessons[last]
        due_on = case.due_on(case.group(at).id, at.day)
        if due_on is not None and due_on < case.as_of:
            later = taught.lessons[two.place + 1 : last + 1]
            gap = judged.gap(two)
            yield gap or accuser.accuse(person, two.lesson, due_on, later, LOG)


def _last_visit(case: Case, sheet: Sheet, two: Two, within: int) -> int | None:
    """Number of the lesson that was the last of so many visits after a two, in the same reporting period."""
    lessons = two.taught.lessons
    period = case.journal.calendar.period_of(two.lesson.group_id or 0, two.lesson.day)
    finish = date.max if period is None else period.finish
    visits = 0
    for place in range(two.place + 1, len(lessons)):
        if lessons[place].day > finish:
            return None
        visits += not sheet.is_absent(lessons[place], two.person_id)
        if visits == within:
            return place
    return None


class _Edges:
    """First and last lessons of reporting periods, as far as they are known to be that; a class shares them."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._found: dict[Taught, tuple[int, ...]] = {}

    def of(self, taught: Taught) -> tuple[int, ...]:
        """Numbers of the lessons; one that is an edge of two periods comes twice."""
        if taught not in self._found:
            # Periods are those of the group the subject was last taught in.
            group = self._case.group(taught.lessons[-1]).id
            periods = self._case.journal.calendar.of(group).periods
            self._found[taught] = tuple(
                place for period in periods for place in self._inside(taught, period)
            )
        return self._found[taught]

    def _inside(self, taught: Taught, period: Period) -> set[int]:
        lessons, found = taught.within(period), set()
        if lessons and _is_known(self._case, taught, period, lessons[0].day):
            found.add(taught.place(lessons[0]))
        # The period is over and its lessons were read to the end, so that the last one known is the last one.
        is_over = period.finish < self._case.as_of
        if lessons and is_over and _is_known(self._case, taught, period, period.finish):
            found.add(taught.place(lessons[-1]))
        return found


def _is_known(case: Case, taught: Taught, period: Period, day: date) -> bool:
    """Whether the lessons of all the groups were read from the period's start through a day."""
    known = (
        case.journal.coverage.known_through(LESSONS, group, period.start) for group in taught.groups
    )
    return all(through is not None and through >= day for through in known)


class _Judging:
    """Makes findings about twos of pupils whom the rule concerns."""

    def __init__(self, case: Case, sheet: Sheet) -> None:
        self._case = case
        self._judged = Judged(case, sheet.released)

    def twos(self, sheet: Sheet) -> Iterator[Two]:
        """Twos of pupils whom the rule concerns, or may concern, in order of days."""
        return (
            two for two in sheet.twos if self._judged.of(two.person_id, two.taught) is not False
        )

    def gap(self, two: Two) -> Gap | None:
        """What keeps anybody from judging the pupil in the subject."""
        verdict = self._judged.of(two.person_id, two.taught)
        return self._case.gap(two.lesson, verdict) if isinstance(verdict, str) else None

    def accuse(self, two: Two, *others: str) -> Iterator[Outcome]:
        """A two stands as soon as it was read; it is told once its day of entry is over."""
        case, lesson = self._case, two.lesson
        due_on = case.due_on(case.group(lesson).id, lesson.day)
        if due_on is not None and due_on < case.as_of:
            needs = (Need(resource, lesson.day, due_on) for resource in (MARKS, *others))
            yield self.gap(two) or case.accuse(
                lesson, due_on, read_lesson(lesson), *needs, persons=(two.person_id,)
            )
