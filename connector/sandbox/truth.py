"""What an ideal pull and an ideal report find, for grading real ones. Ids are strings."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from connector.sandbox import rules, wire
from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.model import Lesson
from connector.sandbox.verdicts.all import verdicts
from connector.sandbox.verdicts.records import Records, Verdict

Row = dict[str, str | None]


def truth_of(desk: Desk) -> dict[str, Any]:
    """Planted omissions and row counts of one school as it stands.

    Returns:
        `school_id`, `today`; `planted`: for each rule exactly what it finds today under the shipped rulebook with every
        rule switched on, with `severity` where it depends on the case; `near`: what was planted for a rule to spare, and
        why: its findings name no such lesson and person (where they are given) between `since` and `until`; `tables`: rows in the mirror's terms for lessons
        through today; `tables_all`: the same for the whole year; `memberships` by role.

    """
    records = Records(desk)
    found = rules.findings(desk.journal, records.freed)
    planted: dict[str, list[Row]] = {
        rule: [_lesson_row(lesson) for lesson in lessons] for rule, lessons in found.items()
    }
    planted |= {
        rule: [_verdict_row(rule, one) for one in found]
        for rule, found in verdicts(records).items()
    }
    return {
        "school_id": str(wire.SCHOOL_ID),
        "today": desk.today.isoformat(),
        "planted": planted,
        "near": _near(desk),
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


def _verdict_row(rule: str, found: Verdict) -> Row:
    row: Row = {
        "lesson": str(found.lesson.id) if found.lesson else None,
        "person": str(found.person.id) if found.person else None,
        "edu_group": str(found.group.id),
        "subject": str(subject_id(found.subject)),
        "teacher": str(found.lesson.teachers[0].id) if found.lesson else None,
        "date": found.day.isoformat(),
    }
    return row | {"severity": "error" if found.grave else "warning"} if rule == "LATE" else row


def _near(desk: Desk) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for case in desk.cases:
        if case.exempt:
            found.setdefault(case.rule, []).append(
                {
                    "exempt": case.exempt,
                    "lesson": str(case.lesson.id) if case.lesson else None,
                    "person": str(case.person.id) if case.person else None,
                    "edu_group": str(case.group.id),
                    "subject": str(subject_id(case.subject)),
                    "since": case.since.isoformat(),
                    "until": case.until.isoformat(),
                }
            )
    return found


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
            "class_teachers": sum(g.class_teacher is not None for g in groups),
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


def _until(lessons: list[Lesson], day: date) -> Iterator[Lesson]:
    return (lesson for lesson in lessons if lesson.day <= day and not lesson.deleted)


def _shown(desk: Desk, through: date) -> Iterator[Lesson]:
    for group in desk.school.groups:
        if group.number not in desk.hidden:
            yield from _until(group.lessons, through)
