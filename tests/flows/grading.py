"""All reports of a pulled school beside the emulator's truth, in the same terms."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connector.mirror.store import Mirror
from connector.reports.catalogue import REPORTS
from connector.reports.report import Request
from mappings.rulebooks import read_rulebook

# Rules about a whole lesson: whoever is concerned there stands beside them.
OF_LESSONS = frozenset({"TOPIC", "HW", "MARK0", "ATT", "MARK3", "WORK", "LATE"})


def evening(day):
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def every_rule():
    """The shipped rulebook with every rule switched on."""
    book = read_rulebook()
    rules = {name: replace(rule, enabled=True) for name, rule in book.rules.items()}
    return replace(book, rules=rules)


def reports_of(path, day):
    """Every report that shows findings."""
    request = Request(as_of=day, now=evening(day), zone=ZoneInfo("Europe/Moscow"))
    book = every_rule()
    with Mirror.open(path) as mirror:
        return [
            spec.builder()(mirror.query, book, request) for spec in REPORTS.values() if spec.rules
        ]


def found(reports):
    """Findings by rule as the truth names them: lesson, person, subject, date."""
    cases = {}
    for report in reports:
        own = {rule: Counter() for rule in report.rules if rule not in cases}
        for one in report.findings:
            lesson = None if one.lesson_id is None else str(one.lesson_id)
            persons = (None,) if one.rule in OF_LESSONS else map(str, one.person_ids)
            for person in persons:
                if one.rule in own:
                    own[one.rule][lesson, person, str(one.subject_id), one.date.isoformat()] += 1
        cases |= own
    return cases


def truth(planted):
    """The emulator's findings by rule, in the same terms."""
    return {
        rule: Counter((row["lesson"], row["person"], row["subject"], row["date"]) for row in rows)
        for rule, rows in planted.items()
    }


def near(cases, row):
    """Findings about what a row of the truth says to spare."""
    return [
        case
        for case in cases
        for lesson, person, subject, day in (case,)
        if subject == row["subject"]
        and row["lesson"] in (None, lesson)
        and row["person"] in (None, person)
        and row["since"] <= day <= row["until"]
    ]


def unsaid(reports, rules):
    """What reports say nothing about, under some rules or under all. Rules that ask for lists of the school are left out."""
    return [
        one
        for report in reports
        for one in report.notes.silences
        if not one.rule or one.rule in rules
    ]
