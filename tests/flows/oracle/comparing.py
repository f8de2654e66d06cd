"""The reports' findings and the second reading's cases in the same terms."""

from collections import Counter

from tests.flows.grading import OF_LESSONS, reports_of
from tests.flows.oracle.judging import RULES, has_an_empty_period

# These name the lesson up to which was counted: one of several would do, so the period is compared.
OF_PERIODS = ("ACC", "GAP")


def told(path, day, diary):
    """Cases of all reports by rule."""
    cases = {}
    for report in reports_of(path, day):
        own = {rule: Counter() for rule in report.rules if rule not in cases}
        for one in report.findings:
            if one.rule in own:
                persons = (None,) if one.rule in OF_LESSONS else one.person_ids
                own[one.rule].update(_case(diary, one, person) for person in persons)
        cases |= own
    return cases


def _case(diary, one, person):
    if one.rule in OF_PERIODS:
        return None, person, one.subject_id, diary.period_at(one.edu_group_id, one.date).id
    place = one.date if one.rule != "LATE" else (one.date, one.severity)
    return one.lesson_id, person, one.subject_id, place


def read(diary, rule):
    """Cases of the second reading."""
    return Counter(RULES[rule](diary))


def settled(diary, rule, cases):
    """Cases on which the documents are plain.

    They do not say whose hours count for a column nobody has filled when a pupil came later, nor how a year mark is
    judged over a period in which a class has no mark in the subject.
    """
    if rule not in {"FINAL", "YEAR"}:
        return cases
    doubtful = has_an_empty_period(diary) if rule == "YEAR" else set()
    return Counter(
        {
            case: count
            for case, count in cases.items()
            for person, subject in (case[1:3],)
            if (person, subject) not in doubtful
            and not (rule == "FINAL" and diary.came_after(person, case[3]))
        }
    )
