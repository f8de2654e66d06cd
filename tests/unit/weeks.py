"""A tiny school, its timetable and its diary, for the tests of the schedule plan."""

from dataclasses import replace
from datetime import date, timedelta

from connector.planned import Have, HaveGroup, HaveLesson
from connector.source import Kind, Slot, Source
from connector.sync.binding import weekly
from connector.sync.pattern import Names, ScheduleOptions, on_dates
from connector.sync.schedule import plan_schedule

MONDAY = date(2026, 11, 2)
ALGEBRA, RUSSIAN, ENGLISH = 1, 2, 3
SUBJECTS = {"Алгебра": ALGEBRA, "Русский язык": RUSSIAN, "Английский язык": ENGLISH}
VERA, OLEG, INNA, PAVEL = 71, 72, 73, 74
TEACHERS = {"Тестова В.": VERA, "Пробин О.": OLEG, "Опытова И.": INNA, "Примеров П.": PAVEL}
A, A1, A2, B, STREAM = 500, 501, 502, 510, 520
GROUPS = {
    ("5А", ""): A,
    ("5А", "1 группа"): A1,
    ("5А", "2 группа"): A2,
    ("5Б", ""): B,
}


def options(**changes):
    """Three weeks of November, planned on their first day."""
    return replace(
        ScheduleOptions(MONDAY, MONDAY + timedelta(days=20), MONDAY, 6, MONDAY), **changes
    )


def names(**changes):
    return replace(Names(GROUPS, SUBJECTS, TEACHERS), **changes)


def diary(*lessons, **changes):
    span = ((date(2026, 9, 1), date(2026, 12, 27)),)
    parts = {A: "5А", A1: "1 группа", A2: "2 группа", B: "5Б"}
    have = Have(
        groups={
            group: HaveGroup(group, name, 5, "Group", 2026, (A,) if "группа" in name else ())
            for group, name in parts.items()
        },
        subjects={number: name for name, number in SUBJECTS.items()},
        periods=dict.fromkeys(parts, span),
        lessons={lesson.id: lesson for lesson in lessons},
    )
    for name, value in changes.items():
        setattr(have, name, value)
    return have


def slot(
    day=1,
    number=3,
    subject="Алгебра",
    teachers=("Тестова В.",),
    *,
    classes=("5А",),
    parts=(),
    weeks="1",
    rooms=(),
    requirement=None,
):
    key = "|".join((*classes, *parts, subject, *teachers))
    return Slot(
        key if requirement is None else requirement,
        day,
        number,
        weeks,
        tuple(classes),
        tuple(parts),
        subject,
        tuple(teachers),
        tuple(rooms),
    )


def timetable(*slots, requirements=()):
    return Source("week.xml", Kind.ASC, "00", slots=list(slots), requirements=list(requirements))


def lesson(
    week=0,
    day=1,
    number=3,
    subject=ALGEBRA,
    teachers=(VERA,),
    *,
    group=A,
    holds=(),
    place=None,
    id=None,  # noqa: A002 - the member's name
):
    on = MONDAY + timedelta(days=7 * week + day - 1)
    key = (group * 1000 + week * 100 + day * 10 + (number or 0)) if id is None else id
    return HaveLesson(key, group, subject, on, number, tuple(teachers), place, "", frozenset(holds))


def every_week(**members):
    return [lesson(week, **members) for week in range(3)]


def pattern(*slots, have=None, known=None, ask=None):
    return weekly([timetable(*slots)], known or names(), (have or diary()).groups, ask or options())


def wishes(*slots, have=None, known=None, ask=None):
    have, ask = have or diary(), ask or options()
    return on_dates(pattern(*slots, have=have, known=known, ask=ask).lessons, have, ask)[0]


def plan(slots, have, *, known=None, ask=None):
    ask = ask or options()
    found = wishes(*slots, have=have, known=known, ask=ask)
    return plan_schedule(found, have, ask)


def applied(operations, have):
    """The diary after an operator did exactly what the plan says; it refuses what a strict vendor refuses."""
    lessons = dict(have.lessons)
    fresh = max(lessons, default=0)
    for op in operations:
        after = op.after or {}
        if op.op == "lesson.cancel":
            gone = lessons.pop(int(op.target))
            assert not gone.holds
            continue
        if op.op == "lesson.create":
            fresh += 1
            old = HaveLesson(
                fresh,
                int(after["edu_group_id"]),
                None,
                date.fromisoformat(after["date"]),
                None,
                (),
                None,
                "",
            )
        else:
            old = lessons.pop(int(op.target))
            assert not old.holds
        new = replace(
            old,
            subject_id=int(after.get("subject_id", old.subject_id or 0)),
            number=after.get("number", old.number),
            teacher_ids=tuple(map(int, after.get("teacher_ids", old.teacher_ids))),
            place_id=int(after["place_id"]) if "place_id" in after else old.place_id,
        )
        taken = [
            one
            for one in lessons.values()
            if (one.edu_group_id, one.date, one.number) == (new.edu_group_id, new.date, new.number)
        ]
        assert not taken or (op.op == "lesson.update" and new.number == old.number)
        lessons[new.id] = new
    return replace_lessons(have, lessons)


def replace_lessons(have, lessons):
    return Have(
        groups=have.groups,
        subjects=have.subjects,
        periods=have.periods,
        holidays=have.holidays,
        members=have.members,
        lessons=lessons,
    )


def did(operations):
    """What a plan does, in short."""
    return [(op.op.split(".")[1], op.reason, op.label) for op in operations]


def rules(notes):
    return sorted(note.rule for note in notes)
