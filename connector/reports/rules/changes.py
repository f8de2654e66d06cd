"""Marks that did not stay as they were: changed or withdrawn late, after the period, in bulk, down or up.

A change is as old as the pull that saw it; the vendor does not tell when it was made. A school that pulls each night knows
it to the day, and each rule has days of grace.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from connector.records import Finding
from connector.reports.journal import Lesson
from connector.reports.rules.case import PERIODS_UNKNOWN, Case, Outcome, end_of_day, utc_text

_MARK = re.compile(r"\s*(\d+)\s*([+-]?)\s*")
_SIGNS = {"-": -1, "": 0, "+": 1}


@dataclass(frozen=True, slots=True)
class MarkChange:
    """One change of a mark's value, or its withdrawal.

    Attributes:
        mark_id: which mark.
        person_id: whose; None when the vendor hid it.
        lesson: at which lesson.
        before: value before; None when there was none.
        after: value now; None when withdrawn.
        seen_at: aware moment of the run that saw it.
        run_id: that run.

    """

    mark_id: int
    person_id: int | None
    lesson: Lesson
    before: str | None
    after: str | None
    seen_at: datetime
    run_id: int


ChangeRule = Callable[[Case, Iterable[MarkChange]], Iterator[Outcome]]


def late(case: Case, changes: Iterable[MarkChange]) -> Iterator[Outcome]:
    """LATECHANGE: changed or withdrawn after the deadline, counted from the lesson."""
    return _each_after(case, changes, lambda change: change.lesson.day)


def closed(case: Case, changes: Iterable[MarkChange]) -> Iterator[Outcome]:
    """CLOSED: changed or withdrawn after the reporting period of the lesson had ended."""
    known = []
    for change in changes:
        if case.journal.calendar.of(case.group(change.lesson).id).periods:
            known.append(change)
        else:
            yield case.gap(change.lesson, PERIODS_UNKNOWN)

    def finish(change: MarkChange) -> date | None:
        period = case.journal.calendar.of(case.group(change.lesson).id).period_of(change.lesson.day)
        return period.finish if period else None

    yield from _each_after(case, known, finish)


def bulk(case: Case, changes: Iterable[MarkChange]) -> Iterator[Outcome]:
    """BULK: a run saw many marks of the same teachers changed or withdrawn at once."""
    together: dict[tuple[int, tuple[int, ...]], list[MarkChange]] = defaultdict(list)
    for change in changes:
        if change.lesson.teacher_ids:
            together[change.run_id, change.lesson.teacher_ids].append(change)
    for many in together.values():
        if len(many) >= int(case.settings.param("marks")):
            yield from late(case, many)


def down(case: Case, changes: Iterable[MarkChange]) -> Iterator[Outcome]:
    """DOWN: a lower mark took the place of a higher one."""
    return late(case, (change for change in changes if _step(change) < 0))


def up(case: Case, changes: Iterable[MarkChange]) -> Iterator[Outcome]:
    """UP: a higher mark took the place of a lower one."""
    return late(case, (change for change in changes if _step(change) > 0))


CHANGE_RULES: Mapping[str, ChangeRule] = MappingProxyType(
    {"LATECHANGE": late, "CLOSED": closed, "BULK": bulk, "DOWN": down, "UP": up}
)


def _each_after(
    case: Case, changes: Iterable[MarkChange], starts: Callable[[MarkChange], date | None]
) -> Iterator[Outcome]:
    """Findings about changes that were seen after the rule's working days had passed since a day."""
    exempt = case.exempt_groups()
    for change in changes:
        start = starts(change)
        group = case.group(change.lesson)
        if start is None or group.id in exempt:
            continue
        due_on = case.due_on(group.id, start)
        seen_on = change.seen_at.astimezone(case.zone).date()
        if due_on is not None and due_on < seen_on <= case.as_of:
            yield _finding(case, change, due_on, (seen_on - due_on).days)


def _finding(case: Case, change: MarkChange, due_on: date, days_late: int) -> Finding:
    lesson = change.lesson
    return Finding(
        rule=case.settings.id,
        clause=case.settings.clause,
        severity=case.settings.severity,
        edu_group_id=case.group(lesson).id,
        subject_id=lesson.subject_id,
        teacher_ids=lesson.teacher_ids,
        lesson_id=lesson.id,
        lesson_number=lesson.number,
        date=lesson.day,
        due_on=due_on,
        due_at=utc_text(end_of_day(due_on, case.zone) - timedelta(seconds=1)),
        days_late=days_late,
        read_at=utc_text(change.seen_at),
        person_ids=() if change.person_id is None else (change.person_id,),
    )


def _step(change: MarkChange) -> int:
    """Below zero for down, above for up, zero where the two cannot be compared."""
    was, became = _size(change.before), _size(change.after)
    if was is None or became is None:
        return 0
    return (became > was) - (became < was)


def _size(value: str | None) -> tuple[int, int] | None:
    """`4-` below `4` below `4+`; None for words and letters."""
    found = _MARK.fullmatch(value or "")
    return (int(found[1]), _SIGNS[found[2]]) if found else None
