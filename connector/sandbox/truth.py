"""What an ideal pull and an ideal report find, for grading real ones. Ids are strings."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from connector.sandbox import rules, wire
from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.fragments import final_mark_id
from connector.sandbox.model import FinalMark, Lesson

Row = dict[str, str | None]


def truth_of(desk: Desk) -> dict[str, Any]:
    """Planted omissions and row counts of one school as it stands.

    Returns:
        `school_id`, `today`; `planted`: for TOPIC, HW, MARK0, ATT exactly the lessons the rules find today, for LATE
        lessons with marks entered after the deadline of MARK0, for FINALAVG wrong final marks; `tables`: rows in the
        mirror's terms for lessons through today; `tables_all`: the same for the whole year; `memberships` by role.

    """
    found = rules.findings(desk.journal)
    planted: dict[str, list[Row]] = {
        rule: [_lesson_row(lesson) for lesson in lessons] for rule, lessons in found.items()
    }
    planted["LATE"] = [_lesson_row(lesson) for lesson in _late(desk)]
    planted["FINALAVG"] = [_final_row(mark) for mark in desk.wrong_finals]
    return {
        "school_id": str(wire.SCHOOL_ID),
        "today": desk.today.isoformat(),
        "planted": planted,
        "tables": _tables(desk, desk.today),
        "tables_all": _tables(desk, date.max),
        "memberships": {"EduStudent": len(_pupils(desk)), "EduStaff": len(_taught(desk))},
    }


def _lesson_row(lesson: Lesson) -> Row:
    return {
        "lesson": str(lesson.id),
        "person": None,
        "edu_group": str(lesson.group.id),
        "subject": str(subject_id(lesson.subject)),
        "teacher": str(lesson.teachers[0].id),
        "date": lesson.day.isoformat(),
    }


def _final_row(mark: FinalMark) -> Row:
    return {
        "lesson": None,
        "person": str(mark.group.roll[mark.place].person.id),
        "edu_group": str(mark.group.id),
        "subject": str(subject_id(mark.subject)),
        "teacher": None,
        "date": mark.at[:10],
        "mark": str(final_mark_id(mark)),
    }


def _tables(desk: Desk, through: date) -> dict[str, int]:
    groups = [g for g in desk.school.groups if g.number not in desk.hidden]
    pupils, taught = _pupils(desk), _taught(desk)
    periods = {wire.period_id(g.calendar, p.number) for g in groups for p in g.calendar.periods}
    bells = wire.timetables(desk.bells, desk.school.year)[
        : 2 if desk.config.timetables_as == "array" else 1
    ]
    counts = Counter(
        {
            "schools": 1,
            "subjects": len({name for g in groups for name in g.taught}),
            "work_types": len(wire.work_types()),
            "timetables": len(bells),
            "bells": sum(len(table["Items"]) for table in bells),
            "edu_groups": len(groups),
            "edu_group_parents": sum(len(g.parents) for g in groups),
            "edu_group_subjects": sum(len(g.taught) for g in groups),
            "persons": len(
                {person for _group, person in pupils} | {t.number for t in desk.school.staff}
            ),
            "memberships": len(pupils) + len(taught),
            "staff": len(desk.school.staff),
            "reporting_periods": len(periods),
            "edu_group_reporting_periods": sum(len(g.calendar.periods) for g in groups),
            "holidays": sum(
                len(calendar.holidays)
                for calendar in {g.calendar.kind: g.calendar for g in groups}.values()
            ),
            "edu_group_holidays": sum(len(g.calendar.holidays) for g in groups),
            "final_marks": len(desk.finals),
        }
    )
    for lesson in _shown(desk, through):
        counts["lessons"] += 1
        counts["lesson_teachers"] += len(lesson.teachers)
        counts["works"] += len(lesson.works)
        counts["tasks"] += sum(len(work.places) for work in lesson.works)
        counts["marks"] += sum(len(work.marks) for work in lesson.works)
        counts["lesson_log_entries"] += len(lesson.entries)
    if desk.config.marks_by == "entry":
        counts["marks"] += sum(mark.at[:10] <= desk.today.isoformat() for mark in desk.finals)
    return dict(sorted(counts.items()))


def _pupils(desk: Desk) -> set[tuple[int, int]]:
    """Group and person numbers of everyone on a roll by today, leavers included."""
    return {
        (g.number, m.person.number)
        for g in desk.school.groups
        if g.number not in desk.hidden
        for _place, m in g.seen(desk.today)
    }


def _taught(desk: Desk) -> set[tuple[int, int]]:
    """Group and person numbers of teachers."""
    return {
        (g.number, t.number)
        for g in desk.school.groups
        if g.number not in desk.hidden
        for t in g.teachers
    }


def _late(desk: Desk) -> Iterator[Lesson]:
    for group in desk.school.groups:
        for lesson in _until(group.lessons, desk.today):
            due = desk.journal.mark_due(lesson)
            if due and any(mark.at[:10] > due.isoformat() for _work, mark in lesson.marks()):
                yield lesson


def _until(lessons: list[Lesson], day: date) -> Iterator[Lesson]:
    return (lesson for lesson in lessons if lesson.day <= day and not lesson.deleted)


def _shown(desk: Desk, through: date) -> Iterator[Lesson]:
    for group in desk.school.groups:
        if group.number not in desk.hidden:
            yield from _until(group.lessons, through)
