"""Rules about single lessons once more, each as one plain loop, with the numbers of the sample.

A case is what a finding is about: (lesson or None, person or None, subject, day); of LATE the severity stands by the day.
"""

from datetime import timedelta

FEW, GROUP_SIZE, ERROR_AFTER = 3, 10, 3
WORK_DAYS = {"LessonExamination": 7, "LessonComposition": 10, "LessonTestWork": 5}
MADE_UP = ("сдал", "сдан", "отработ", "позже", "позднее")


def asked_for_marks(diary, lesson):
    """Whether anybody may be asked for marks at a lesson."""
    group = lesson.group
    here = diary.now[group]
    freed = here and all((person, lesson.subject) in diary.freed for person in here)
    return not (
        diary.is_first_year(group)
        or diary.is_at_home(group)
        or diary.is_ungraded(lesson.subject)
        or freed
    )


def of_lesson(lesson):
    return (lesson.id, None, lesson.subject, lesson.day)


def topic(diary):
    for one in diary.held():
        if not (one.title or "").strip() and diary.is_past(one.group, one.day, 0):
            yield of_lesson(one)


def homework(diary, reading="given"):
    last = {}
    following = {}
    for one in diary.in_order:
        if diary.took_place(one):
            period = diary.period_at(one.group, one.day)
            if period:
                last[one.group, one.subject, period.id] = one
    for one in reversed(diary.in_order):
        if diary.took_place(one):
            one.next = following.get((one.group, one.subject))
            following[one.group, one.subject] = one
    for one in diary.held():
        period = diary.period_at(one.group, one.day)
        if (
            diary.is_first_year(one.group)
            or diary.is_at_home(one.group)
            or diary.has_no_homework(one.subject)
            or (period and last[one.group, one.subject, period.id] is one)
            or not diary.is_past(one.group, one.day, 0)
        ):
            continue
        place = one if reading == "given" else one.next
        if place is None or not place.homework:
            yield of_lesson(one)


def mark0(diary):
    for one in diary.held():
        is_asked = asked_for_marks(diary, one) and diary.is_past(one.group, one.day, 1)
        if is_asked and all(mark.is_freed for mark in one.marks):
            yield of_lesson(one)


def mark3(diary):
    for one in diary.held():
        if asked_for_marks(diary, one) and diary.is_past(one.group, one.day, 1):
            marks = sum(len(mark.values) for mark in one.marks if not mark.is_freed)
            pupils = [p for p in diary.now[one.group] if (p, one.subject) not in diary.freed]
            if 0 < marks < FEW and len(pupils) >= GROUP_SIZE:
                yield of_lesson(one)


def work(diary):
    """One case a lesson, once the first of its empty works is past its days."""
    for one in diary.held():
        if not asked_for_marks(diary, one) or any(mark.work is None for mark in one.marks):
            continue
        marked = {mark.work_id for mark in one.marks if not mark.is_freed}
        days = [WORK_DAYS[x.type] for x in one.works if x.type in WORK_DAYS and x.id not in marked]
        if days and one.day + timedelta(days=min(days)) < diary.today:
            yield of_lesson(one)


def late(diary):
    """Cases with the severity of each."""
    for one in diary.held():
        if diary.is_first_year(one.group) or not diary.is_past(one.group, one.day, 1):
            continue
        due = diary.due(one.group, one.day, 1)
        worst = 0
        for mark in one.marks:
            apart = mark.work is not None and mark.work.type in WORK_DAYS
            if mark.is_freed or apart or diary.is_away(mark.person_id, one):
                continue
            if mark.moment.date() <= diary.today:
                worst = max(worst, days_late(diary, one.group, due, mark.moment.date()))
        if worst:
            grave = worst + 1 > ERROR_AFTER
            yield (one.id, None, one.subject, (one.day, "error" if grave else "warning"))


def days_late(diary, group, due, day):
    """Working days that would have been needed more; a day of rest counts as the next working day."""
    if day <= due:
        return 0
    more = 0
    while diary.due(group, due, more) < day:
        more += 1
    return more


def nmark(diary):
    for one in diary.held():
        for person in {mark.person_id for mark in one.marks}:
            if not diary.is_away(person, one) or not diary.values(person, one):
                continue
            comment = (diary.entry[person, one.id].comment or "").lower()
            if not any(word in comment for word in MADE_UP):
                yield (one.id, person, one.subject, one.day)
