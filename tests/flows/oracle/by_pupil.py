"""Rules about a pupil's lessons and marks once more: twos, marks gathered, lessons without any."""

from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

GAP, FIX = 4, 3
NORMS = {1: 3, 2: 4, 3: 5, 4: 6, 5: 7}


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
    for _group, person, subject, _period, marks, norm, past, _there, inside in accumulated(diary):
        if diary.has_changed(person) or Fraction(len(past), len(inside)) < Fraction(1, 2):
            continue
        if norm is not None and marks < norm:
            yield (past[-1].id, person, subject, past[-1].day)


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
            yield (run[GAP - 1].id, person, subject, run[GAP - 1].day)
