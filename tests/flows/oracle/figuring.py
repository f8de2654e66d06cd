"""The figures of docs/reports.md once more: quality, attendance, timeliness, accumulation, counted row by row."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from tests.flows.oracle.by_lesson import WORK_DAYS, days_late
from tests.flows.oracle.by_pupil import accumulated
from tests.flows.oracle.by_term import over
from tests.flows.oracle.diary import MISSED

FIGURES = ("n", "fives", "fours", "threes", "twos", "not_assessed", "released", "others")
FIGURES += ("success", "quality", "sou", "mean")


def quality_of(values):
    """The formulas of the page over the values of some final marks, empty cells left out before."""
    count = Counter(values)
    five, four, three, two = count["5"], count["4"], count["3"], count["2"] + count["1"]
    unassessed, debt, freed = count["н/а"], count["АЗ"], count["осв."]
    n = five + four + three + two + unassessed + debt
    numbers = five + four + three + two
    return {
        "n": n,
        "fives": five,
        "fours": four,
        "threes": three,
        "twos": two,
        "released": freed,
        "others": sum(count.values()) - n - freed,
        "success": n and Fraction(100 * (five + four + three), n),
        "quality": n and Fraction(100 * (five + four), n),
        "sou": n and Fraction(100 * five + 64 * four + 36 * three + 16 * two + 7 * unassessed, n),
        "mean": numbers and Fraction(5 * five + 4 * four + 3 * three + 2 * two, numbers),
    }


def last_marks(diary):
    """Class, mark: of each class that is marked the last period that is over."""
    homes = {group for group in diary.groups if diary.is_class(group)}
    for mark in diary.finals:
        home = diary.class_now(mark.person_id) or mark.edu_group_id
        if home not in homes or diary.is_first_year(home) or mark.kind != "period":
            continue
        finished = over(diary, home)
        if finished and finished[-1].id == mark.reporting_period_id:
            yield home, finished[-1], mark


def teachers_of(diary, mark, period):
    """Who held most lessons of the subject in the pupil's groups in the period; several who held as many."""
    mine = diary.groups_now(mark.person_id) or diary.groups_ever(mark.person_id)
    held = Counter(
        teacher
        for one in diary.held()
        if one.group in mine
        and one.subject == mark.subject_id
        and period.start <= one.day <= period.finish
        for teacher in one.teachers
    )
    most = max(held.values(), default=0)
    return [teacher for teacher, count in held.items() if count == most] or [None]


def quality(diary, key):
    """The figures by `class`, `subject` or `teacher`."""
    values = defaultdict(list)
    for home, period, mark in last_marks(diary):
        keys = {
            "class": lambda home=home: [home],
            "subject": lambda mark=mark: [mark.subject_id],
            "teacher": lambda mark=mark, period=period: teachers_of(diary, mark, period),
        }[key]()
        for one in keys:
            values[one].append(mark.value)
    return {one: quality_of(found) for one, found in values.items()}


def first_day(diary, person, lessons):
    """From when a pupil counts: the year's first day, or the first trace of one who came later."""
    start = min(one.day for one in diary.in_order)
    begun = [one for one in lessons if one.day < start + timedelta(days=14) and one.marks]
    mine = [one for one in begun if any(mark.person_id == person for mark in one.marks)]
    if len(begun) >= 10 and not mine:
        traces = [
            one.day
            for one in lessons
            if (person, one.id) in diary.entry or diary.cell[person, one.id]
        ]
        return min(traces, default=date.max)
    return date.min


def attendance(diary, start=date.min, end=date.max):
    """Class and pupil: lessons, missed, by reason, late, full days; pupils who changed groups are left out."""
    found = {}
    for home in diary.groups:
        if not diary.is_class(home):
            continue
        for person in diary.now[home]:
            if diary.has_changed(person):
                continue
            mine = diary.groups_now(person)
            lessons = [one for one in diary.held() if one.group in mine]
            since = first_day(diary, person, lessons)
            words, days, count = Counter(), defaultdict(list), 0
            for one in lessons:
                if since <= one.day and start <= one.day <= end:
                    entry = diary.entry.get((person, one.id))
                    count += 1
                    words[entry.status if entry else ""] += 1
                    days[one.day].append(entry is not None and entry.status in MISSED)
            found[home, person] = {
                "lessons": count,
                "missed": sum(words[word] for word in MISSED),
                "unexcused": words["Absent"],
                "ill": words["Ill"],
                "excused": words["Pass"],
                "late": words["Late"],
                "full_days": sum(map(all, days.values())),
            }
    return found


def timeliness(diary, due_days=1):
    """Marks by teacher: records, in time, late by how many working days, with a reason."""
    found = defaultdict(lambda: {"records": 0, "on_time": 0, "own_deadline": 0, "late": []})
    for one in diary.held():
        if diary.is_first_year(one.group) or not diary.is_past(one.group, one.day, due_days):
            continue
        due = diary.due(one.group, one.day, due_days)
        for mark in one.marks:
            if mark.is_freed:
                continue
            delay = days_late(diary, one.group, due, mark.moment.date())
            apart = mark.work is not None and mark.work.type in WORK_DAYS
            for teacher in [*(one.teachers or {None}), "all"]:
                row = found[teacher]
                many = len(mark.values)
                row["records"] += many
                if delay == 0:
                    row["on_time"] += many
                elif apart or diary.is_away(mark.person_id, one):
                    row["own_deadline"] += many
                else:
                    row["late"] += [delay] * many
    for row in found.values():
        late = row.pop("late")
        row["median"] = Fraction(median(map(Fraction, late))) if late else None
        row["worst"] = max(late, default=None)
        row["one"] = late.count(1)
        judged = row["on_time"] + len(late)
        row["share"] = Fraction(100 * row["on_time"], judged) if judged else None
    return dict(found)


def gathered(diary):
    """Pupil and subject in the period that is running, or was last: marks, norm, lessons, missed."""
    found = {}
    for _group, person, subject, period, marks, norm, past, there, _all in accumulated(diary):
        if period.start < diary.today and past and not diary.has_changed(person):
            found[person, subject, period.start] = {
                "marks": marks,
                "norm": norm,
                "lessons": len(past),
                "missed": len(past) - len(there),
            }
    latest = {}
    for (person, subject, _start), row in sorted(found.items(), key=lambda one: one[0][2]):
        latest[person, subject] = row
    return latest
