"""The rules of docs/rules.md once more, each as one plain loop over the diary's rows, with the numbers of the sample.

A case is what a finding is about: (lesson or None, person or None, subject, day).
"""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

FEW, GROUP_SIZE, GAP, FIX, ERROR_AFTER = 3, 10, 4, 3, 3
NORMS = {1: 3, 2: 4, 3: 5, 4: 6, 5: 7}
WORK_DAYS = {"LessonExamination": 7, "LessonComposition": 10, "LessonTestWork": 5}
MADE_UP = ("сдал", "сдан", "отработ", "позже", "позднее")
PLAIN = {"1", "2", "3", "4", "5"}


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
    for one in diary.held():
        if not asked_for_marks(diary, one):
            continue
        for each in one.works:
            days = WORK_DAYS.get(each.type)
            if days is None or one.day + timedelta(days=days) >= diary.today:
                continue
            if any(mark.work_id == each.id and not mark.is_freed for mark in one.marks):
                continue
            if any(mark.work is None for mark in one.marks):
                continue
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


def pupils_and_subjects(diary, *, left=False):
    """Each pupil of today's classes with each marked subject: held lessons since the first trace, all lessons.

    With `left` those who are in no group any more, in the groups they were in.
    """
    everybody = {person for members in diary.now.values() for person in members}
    for group in diary.groups:
        if not diary.is_class(group) or diary.is_first_year(group) or diary.is_at_home(group):
            continue
        for person in diary.ever[group] - everybody if left else diary.now[group]:
            mine = diary.groups_ever(person) if left else diary.groups_now(person)
            everything = [one for one in diary.lessons_in(mine) if not diary.is_at_home(one.group)]
            for subject in {one.subject for one in everything}:
                if diary.is_ungraded(subject) or (person, subject) in diary.freed:
                    continue
                mine = [one for one in everything if one.subject == subject]
                since = diary.first_trace.get(person)
                held = [one for one in mine if since and since <= one.day < diary.today]
                yield group, person, subject, held, mine


def is_low(value):
    """A two or a one, whatever its sign."""
    return value.rstrip("+-") in {"1", "2"}


def has_two(diary, person, lesson):
    return any(map(is_low, diary.values(person, lesson)))


def two_after_absence(diary):
    for _group, person, subject, held, _all in pupils_and_subjects(diary):
        for before, one in pairwise(held):
            if (
                has_two(diary, person, one)
                and diary.is_away(person, before)
                and not diary.is_away(person, one)
            ):
                yield (one.id, person, subject, one.day)


def two_at_edge(diary):
    for group, person, subject, held, mine in pupils_and_subjects(diary):
        if diary.has_changed(person):
            continue
        for period in diary.periods(group):
            inside = [one for one in mine if period.start <= one.day <= period.finish]
            edges = inside[:1] + (inside[-1:] if period.finish < diary.today else [])
            for one in {id(edge): edge for edge in edges}.values():
                if one in held and has_two(diary, person, one):
                    yield (one.id, person, subject, one.day)


def two_not_mended(diary):
    for group, person, subject, held, _all in pupils_and_subjects(diary):
        for place, one in enumerate(held):
            values = diary.values(person, one)
            if not values or not all(map(is_low, values)):
                continue
            period = diary.period_at(group, one.day)
            after = [x for x in held[place + 1 :] if period and x.day <= period.finish]
            attended = 0
            for other in after:
                if diary.values(person, other):
                    break
                if not diary.is_away(person, other):
                    attended += 1
                    if attended == FIX:
                        if diary.is_past(other.group, other.day, 1):
                            yield (one.id, person, subject, one.day)
                        break


def hours_a_week(period, lessons):
    return Fraction(7 * len(lessons), (period.finish - period.start).days + 1)


def accumulated(diary):
    """Per pupil, subject and period: marks, lessons to count, those of the whole period, the norm by now."""
    for group, person, subject, held, mine in pupils_and_subjects(diary):
        for period in diary.periods(group):
            inside = [one for one in mine if period.start <= one.day <= period.finish]
            if not inside:
                continue
            past = [one for one in inside if one in held and diary.is_past(one.group, one.day, 1)]
            there = [one for one in past if not diary.is_away(person, one)]
            marks = sum(len(diary.values(person, one)) for one in inside if one in held)
            known = all(diary.is_read(one, period) for one in {each.group for each in inside})
            hours = min(5, max(1, floor(hours_a_week(period, inside) + Fraction(1, 2))))
            norm = min(ceil(Fraction(NORMS[hours] * len(there), len(inside))), len(there))
            yield (
                group,
                person,
                subject,
                period,
                marks,
                norm if known else None,
                past,
                there,
                inside,
            )


def acc(diary):
    for _group, person, subject, period, marks, norm, past, _there, inside in accumulated(diary):
        if diary.has_changed(person) or Fraction(len(past), len(inside)) < Fraction(1, 2):
            continue
        if norm is not None and marks < norm:
            yield (None, person, subject, period.id)


def gap(diary):
    """In the period of the pupil's latest lesson: a new one begins anew."""
    for group, person, subject, held, _all in pupils_and_subjects(diary):
        period = held and diary.period_at(group, held[-1].day)
        if not period:
            continue
        run = []
        for one in held:
            if not period.start <= one.day <= period.finish:
                continue
            if diary.values(person, one):
                run = []
            elif not diary.is_away(person, one) and diary.is_past(one.group, one.day, 1):
                run.append(one)
        if len(run) >= GAP:
            yield (None, person, subject, period.id)


def rounded(mean):
    """Half up."""
    return floor(mean + Fraction(1, 2))


def over(diary, group):
    return [one for one in diary.periods(group) if one.finish < diary.today]


def arrived_late(diary, person, period):
    since = diary.first_trace.get(person)
    return since is None or (since - period.start).days > 14


def given(diary):
    """Final marks by pupil, subject and period (None: the year)."""
    return {
        (
            one.person_id,
            one.subject_id,
            one.reporting_period_id if one.kind == "period" else None,
        ): one
        for one in diary.finals
        if one.kind in {"period", "year"}
    }


def final(diary):
    finals = given(diary)
    by_class = defaultdict(list)
    for group, person, subject, held, mine in pupils_and_subjects(diary):
        for period in over(diary, group):
            inside = [one for one in mine if period.start <= one.day <= period.finish]
            since = [one for one in held if one in inside]
            if inside:
                by_class[group, subject, period.id].append((person, period, inside, since))
    for (group, subject, _key), rows in by_class.items():
        period = rows[0][1]
        members = diary.now[group]
        somebody = any((person, subject, period.id) in finals for person in members)
        hours = max(hours_a_week(period, inside) for _p, _t, inside, _s in rows)
        if not somebody and hours < Fraction(3, 2):
            continue
        due = diary.due(group, period.finish, 1)
        if min(due, period.finish + timedelta(days=1) if due == date.max else due) >= diary.today:
            continue
        for person, _period, _inside, since in rows:
            if diary.has_changed(person) or not since:
                continue
            if (person, subject, period.id) not in finals:
                yield (None, person, subject, period.finish)


def judged_periods(diary, *, left=False):
    """Pupils with a mark for a period that is over: what it rests on."""
    finals = given(diary)
    for group, person, subject, held, _all in pupils_and_subjects(diary, left=left):
        if not left and diary.has_changed(person):
            continue
        for period in over(diary, group):
            mark = finals.get((person, subject, period.id))
            if mark is None or mark.value not in PLAIN or arrived_late(diary, person, period):
                continue
            inside = [one for one in held if period.start <= one.day <= period.finish]
            yield person, subject, period, mark, inside


def final_few(diary):
    for person, subject, period, _mark, inside in judged_periods(diary):
        least = 5 if period.type == "HalfYear" else 3
        if sum(len(diary.values(person, one)) for one in inside) < least:
            yield (None, person, subject, period.finish)


def mean_of(diary, person, lessons):
    """The weighted average, or None where it cannot be known."""
    total = weight = 0
    for lesson in lessons:
        for mark in diary.cell[person, lesson.id]:
            if mark.is_freed:
                continue
            each = diary.weights.get(mark.work_type_id)
            if each is None or any(value not in PLAIN for value in mark.values):
                return None
            for value in mark.values:
                total += int(value) * each
                weight += each
    return Fraction(total, weight) if weight else None


def final_average(diary):
    """Those who have left were marked by the same rule."""
    for person, subject, period, mark, inside in [
        *judged_periods(diary),
        *judged_periods(diary, left=True),
    ]:
        mean = mean_of(diary, person, inside)
        if mean is not None and rounded(mean) != int(mark.value):
            yield (None, person, subject, period.finish)


def absence(diary):
    for person, subject, period, _mark, inside in judged_periods(diary):
        missed = sum(diary.is_away(person, one) for one in inside)
        if inside and Fraction(missed, len(inside)) > Fraction("0.6667"):
            yield (None, person, subject, period.finish)


def year(diary):
    finals = given(diary)
    for group, person, subject, _held, _all in pupils_and_subjects(diary):
        periods = diary.periods(group)
        mark = finals.get((person, subject, None))
        if diary.has_changed(person) or mark is None or len(over(diary, group)) < len(periods):
            continue
        values = [finals.get((person, subject, one.id)) for one in periods]
        if mark.value not in PLAIN or any(v is None or v.value not in PLAIN for v in values):
            continue
        if rounded(Fraction(sum(int(v.value) for v in values), len(values))) != int(mark.value):
            yield (None, person, subject, periods[-1].finish)


def has_an_empty_period(diary):
    """Pupils and subjects with a period that nobody of the class is marked in."""
    marked = {
        (diary.class_now(one.person_id), one.subject_id, one.reporting_period_id)
        for one in diary.finals
    }
    return {
        (person, subject)
        for group, person, subject, _held, _all in pupils_and_subjects(diary)
        for period in diary.periods(group)
        if (group, subject, period.id) not in marked
    }


RULES = {
    "TOPIC": topic,
    "HW": homework,
    "MARK0": mark0,
    "MARK3": mark3,
    "WORK": work,
    "LATE": late,
    "NMARK": nmark,
    "TWOAFTERN": two_after_absence,
    "TWOEDGE": two_at_edge,
    "TWOFIX": two_not_mended,
    "ACC": acc,
    "GAP": gap,
    "FINAL": final,
    "FINALFEW": final_few,
    "FINALAVG": final_average,
    "ABS": absence,
    "YEAR": year,
}
