"""Rules about period and year marks once more, in exact numbers."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from tests.flows.oracle.by_pupil import hours_a_week, pupils_and_subjects

EMPTY_FROM_HOURS = Fraction(3, 2)
PLAIN = {"1", "2", "3", "4", "5"}


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
        if not somebody and hours < EMPTY_FROM_HOURS:
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
            if mark.is_freed or mark.use_avg_calc == 0:
                continue
            kind = mark.work_type_id or (mark.work and mark.work.work_type_id)
            each = diary.weights.get(kind)
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
    """Silent while a period is not marked in numbers, but for those that may have no marks: see `final`."""
    finals = given(diary)
    used = {
        (diary.class_now(person), subject, period) for person, subject, period in finals if period
    }
    for group, person, subject, _held, mine in pupils_and_subjects(diary):
        periods = diary.periods(group)
        mark = finals.get((person, subject, None))
        if diary.has_changed(person) or mark is None or len(over(diary, group)) < len(periods):
            continue
        values = []
        for period in periods:
            found = finals.get((person, subject, period.id))
            inside = [one for one in mine if period.start <= one.day <= period.finish]
            is_asked = hours_a_week(period, inside) >= EMPTY_FROM_HOURS
            if found or is_asked or (group, subject, period.id) in used:
                values.append(found.value if found else "")
        if mark.value not in PLAIN or len(values) < 2 or any(one not in PLAIN for one in values):
            continue
        if rounded(Fraction(sum(map(int, values)), len(values))) != int(mark.value):
            yield (None, person, subject, periods[-1].finish)
