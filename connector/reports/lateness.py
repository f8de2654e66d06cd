"""Counts how the records of held lessons came in: marks, attendance, homework, against the deadlines of their rules."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from connector.i18n import N_
from connector.reports.calendar import GroupCalendar
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.journal import Lesson
from connector.reports.making import Draft
from connector.reports.rules.case import Case, Need, Outcome, read_lesson
from connector.reports.rules.cells import late
from connector.reports.sheet_facts import read_sheet
from connector.reports.timeliness_facts import (
    ENTRIES,
    HOMEWORKS,
    Record,
    local_day,
    read_records,
)
from connector.reports.timeliness_figures import Timeliness, Workdays
from connector.rulebook import RuleSettings


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record.

    Attributes:
        key: of its table.
        title: English source string.
        rule: whose deadline counts.
        due_working_days: where a rulebook is older than the rule.
        resource: what must have been read after the deadline.
        select: where its records stand; empty for marks, which the rule LATE reads.
        count: all records of a lesson.

    """

    key: str
    title: str
    rule: str
    due_working_days: int
    resource: str
    select: str
    count: Callable[[Lesson], int]

    def cases(self, draft: Draft) -> list[Case]:
        """The rule as each rulebook of the span has it, also where it is switched off: its deadline stands."""
        usual = RuleSettings(self.rule, due_working_days=self.due_working_days)
        return [
            replace(draft.scene, rulebook=book).case(book.rules.get(self.rule, usual))
            for book in draft.rulebook.in_force_within(draft.since, draft.end)
        ]


MARK = Kind(*("marks", N_("Marks"), "LATE", 1, MARKS, ""), count=lambda lesson: lesson.marks)
ENTRY = Kind(
    *("attendance", N_("Attendance"), "ATT", 0, LOG, ENTRIES), count=lambda lesson: lesson.entries
)
HOMEWORK = Kind(
    *("homework", N_("Homework"), "HW", 0, LESSONS, HOMEWORKS),
    count=lambda lesson: len(lesson.homework_targets),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the records of the shown lessons came in.

    Attributes:
        teachers: by teacher; a lesson of several counts for each, one of nobody under None.
        whole: each record once.

    """

    teachers: dict[int | None, Timeliness]
    whole: Timeliness


class LateMarks:
    """Marks that may be late, read once for the rule LATE and for counting.

    Args:
        draft: what was gathered.

    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        cases = MARK.cases(draft)
        self._sheet = read_sheet(draft.query, draft.scene, cases, since=draft.since)

    def verdicts(self, case: Case) -> Iterator[Outcome]:
        """Findings and gaps of LATE."""
        return late(case, self._sheet)

    def tally(self, lessons: Sequence[Lesson]) -> Tally:
        """Count the marks of lessons."""
        sheet, zone = self._sheet, self._draft.request.zone
        at_home = {work.id for works in sheet.works.values() for work in works}
        shown = {lesson.id for lesson in lessons}
        records = {
            lesson: [
                Record(
                    lesson,
                    local_day(mark.given_at, zone),
                    was_absent=(lesson, person) in sheet.absent,
                    is_checked_at_home=mark.work_id in at_home,
                )
                for person, marks in cell.items()
                for mark in marks
            ]
            for lesson, cell in sheet.cells.items()
            if lesson in shown
        }
        return _tally(self._draft, MARK, lessons, records)


def tally(draft: Draft, kind: Kind, lessons: Sequence[Lesson]) -> Tally:
    """Count attendance or homework of lessons."""
    records: dict[int, list[Record]] = defaultdict(list)
    for record in read_records(
        draft.query, kind.select, since=draft.since, until=draft.end, zone=draft.request.zone
    ):
        records[record.lesson_id].append(record)
    return _tally(draft, kind, lessons, records)


def _tally(
    draft: Draft, kind: Kind, lessons: Sequence[Lesson], records: Mapping[int, Iterable[Record]]
) -> Tally:
    """Count records of lessons whose deadline is past and that were read after it; others join the draft's gaps."""
    calendars = _Calendars(draft)
    found = Tally(defaultdict(Timeliness), Timeliness())
    for case in kind.cases(draft):
        apart = kind is MARK and bool(case.settings.param("works_apart"))
        for lesson, due_on in _judged(draft, case, kind.resource, lessons):
            total = kind.count(lesson)
            if not total:
                continue
            suspects = records.get(lesson.id)
            those = [found.teachers[who] for who in lesson.teacher_ids or (None,)]
            those.append(found.whole)
            if not suspects:
                for one in those:
                    one.on_time += total
            else:
                workdays = calendars.of(lesson.group_id)
                mine = _timeliness(total, suspects, due_on, workdays, case.as_of, apart=apart)
                for one in those:
                    one.add(mine)
    return found


def _judged(
    draft: Draft, case: Case, resource: str, lessons: Iterable[Lesson]
) -> Iterator[tuple[Lesson, date]]:
    """Lessons of a rulebook's days with their deadlines."""
    exempt, book = case.exempt_groups(), case.rulebook
    # Lessons of a group and day share their deadline and were read together.
    deadlines: dict[tuple[int | None, date], tuple[date | None, str | None]] = {}
    for lesson in lessons:
        key = (lesson.group_id, lesson.day)
        if key not in deadlines:
            deadlines[key] = (None, None)
            if lesson.group_id not in exempt and book.is_in_force(lesson.day):
                deadlines[key] = _deadline(case, resource, lesson)
        due_on, reason = deadlines[key]
        if due_on is None:
            continue
        if reason is None:
            yield lesson, due_on
        else:
            draft.gaps.append(case.gap(lesson, reason))


def _deadline(case: Case, resource: str, lesson: Lesson) -> tuple[date | None, str | None]:
    """A lesson's last day in time, if it is past, and why nothing can be said of it."""
    due_on = case.due_on(case.group(lesson).id, lesson.day)
    if due_on is None or due_on >= case.as_of:
        return None, None
    needs = (read_lesson(lesson), Need(resource, lesson.day, due_on))
    # The later of two readings of the same window tells both.
    gap = case.gap_in(lesson, *(needs if resource != LESSONS else needs[1:]))
    return due_on, gap.reason if gap else None


class _Calendars:
    """Working days of groups, listed once for all groups that share a calendar."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._of: dict[int | None, Workdays] = {}
        self._known: dict[GroupCalendar, Workdays] = {}

    def of(self, group_id: int | None) -> Workdays:
        """Working days of a group from the first day of the facts to the day of judging."""
        if group_id not in self._of:
            mine = self._draft.journal.calendar.of(group_id or 0)
            if mine not in self._known:
                first, last = self._draft.since, self._draft.request.as_of
                self._known[mine] = Workdays.of(mine, first=first, last=last)
            self._of[group_id] = self._known[mine]
        return self._of[group_id]


def _timeliness(
    total: int,
    records: Iterable[Record],
    due_on: date,
    workdays: Workdays,
    as_of: date,
    *,
    apart: bool,
) -> Timeliness:
    """One lesson's records: those that are not among the late ones were in time.

    A record of a day after the day of judging did not stand yet.
    """
    found = Timeliness(on_time=total)
    for record in records:
        if record.entered_on is None:
            found.unknown += 1
        elif record.entered_on <= due_on:
            continue
        elif record.entered_on <= as_of:
            if record.was_absent or (apart and record.is_checked_at_home):
                found.own_deadline += 1
            else:
                found.late[workdays.late_by(due_on, record.entered_on)] += 1
        found.on_time -= 1
    return found
