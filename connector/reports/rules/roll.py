"""ROSTER, ROSTERLEFT, ROSTERLACK: the school's class lists against the classes of the diary."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connector.records import Finding
from connector.reports.journal import Lesson
from connector.reports.rules.case import Case, end_of_day, utc_text

STRANGER = "ROSTER"
LEAVER = "ROSTERLEFT"
LACKING = "ROSTERLACK"
ROLL_RULES = (STRANGER, LEAVER, LACKING)


@dataclass(frozen=True, slots=True)
class Difference:
    """One pupil about whom list and diary disagree.

    Attributes:
        rule: of `ROLL_RULES`.
        group_id: class of the diary; of a leaver the group of the lesson.
        person_id: the pupil; below zero for one of the list whom the diary does not know at all.
        since: first day of the disagreement, None where neither side has one.
        read_at: when the class's pupils (of a leaver: the lesson) were read.
        lesson: of a leaver, the first one after the day of leaving at which something stands.
        class_teachers: who is to mend it where no lesson is concerned; empty where the diary names nobody.

    """

    rule: str
    group_id: int
    person_id: int
    since: date | None
    read_at: datetime
    lesson: Lesson | None = None
    class_teachers: tuple[int, ...] = ()


def disagreements(case: Case, differences: Iterable[Difference]) -> Iterator[Finding]:
    """ROSTER and its like: differences of the case's rule that are past their deadline.

    One without a day is as old as the check: both sides are taken as they stand. A difference read before its day was
    over proves nothing.
    """
    exempt = case.exempt_groups()
    for one in differences:
        if one.rule != case.settings.id or one.group_id in exempt:
            continue
        day = one.since or case.as_of - timedelta(days=1)
        due_on = case.due_on(one.group_id, day) if one.since else day
        if due_on is None or due_on >= case.as_of:
            continue
        is_early = one.since is not None and one.read_at < end_of_day(due_on, case.zone)
        if is_early and not case.journal.clock_differs:
            continue
        yield Finding(
            rule=one.rule,
            clause=case.settings.clause,
            severity=case.settings.severity,
            edu_group_id=one.group_id,
            subject_id=one.lesson.subject_id if one.lesson else None,
            teacher_ids=one.lesson.teacher_ids if one.lesson else one.class_teachers,
            lesson_id=one.lesson.id if one.lesson else None,
            lesson_number=one.lesson.number if one.lesson else None,
            date=day,
            due_on=due_on,
            due_at=utc_text(end_of_day(due_on, case.zone) - timedelta(seconds=1)),
            days_late=(case.as_of - due_on).days,
            read_at=utc_text(one.read_at),
            person_ids=(one.person_id,),
        )
