"""The reports' findings and the second reading's cases in the same terms."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from connector.mirror.store import Mirror
from connector.reports.catalogue import REPORTS
from connector.reports.report import Request
from tests.flows.grading import OF_LESSONS, evening, every_rule
from tests.flows.oracle.by_lesson import WORK_DAYS
from tests.flows.oracle.judging import RULES

# Working days after the lesson, as the sample has them.
DUE = {"TOPIC": 0, "HW": 0, "MARK0": 1, "MARK3": 1, "NMARK": 0, "LATE": 1, "ACC": 1}


def told(path, day, diary, **request):
    """Cases of all reports by rule."""
    asked = Request(as_of=day, now=evening(day), zone=ZoneInfo("Europe/Moscow"), **request)
    cases = {}
    with Mirror.open(path) as mirror:
        for spec in REPORTS.values():
            if not set(spec.rules) - cases.keys() & RULES.keys():
                continue
            report = spec.builder()(mirror.query, every_rule(), asked)
            own = {rule: Counter() for rule in report.rules if rule not in cases}
            for one in report.findings:
                if one.rule in own:
                    own[one.rule].update(_cases(diary, one))
            cases |= own
    return cases


def _cases(diary, one):
    """A finding as cases, once what it says beside them was found true."""
    lesson = diary.lessons.get(one.lesson_id)
    if lesson:
        assert set(one.teacher_ids) == lesson.teachers
        assert (one.date, one.lesson_number) == (lesson.day, lesson.number)
        assert one.edu_group_id == lesson.group
    if one.rule in DUE:
        assert one.due_on == diary.due(one.edu_group_id, one.date, DUE[one.rule])
    if one.rule == "WORK":
        assert one.due_on - one.date in {timedelta(days=days) for days in WORK_DAYS.values()}
    day = (one.date, one.severity) if one.rule == "LATE" else one.date
    persons = (None,) if one.rule in OF_LESSONS else one.person_ids
    return [(one.lesson_id, person, one.subject_id, day) for person in persons]


def read(diary, rule):
    """Cases of the second reading."""
    return Counter(RULES[rule](diary))
