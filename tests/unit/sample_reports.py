"""Finished reports for the tests of formats: invented people, every kind of column, what hostile names look like."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from connector.records import Finding
from connector.reports.catalogue import MISSING
from connector.reports.homework import Reading
from connector.reports.journal import Names
from connector.reports.report import (
    FailedWindow,
    Filters,
    Freshness,
    Notes,
    Report,
    Silence,
    StatusMet,
)
from connector.reports.rules.attendance import Mode
from connector.reports.tables import NO_DATA, Chart, Column, Content, Table
from mappings.rulebooks import read_rulebook
from tests.unit.journals import MONDAY, TUESDAY, ZONE

LESSON = 1_234_567_890_123_456_789  # beyond what a double can hold
READ_AT = datetime(2026, 9, 20, 1, 30, tzinfo=UTC)


def english(text):
    return text


def marked(text):
    """A language in which every translated string shows."""
    return f"⟦{text}⟧"


def russian(text):
    """Numbers as Russia writes them; words stay English, for the catalogue is not what is tested."""
    return "0,0" if text == "0.0" else text


def finding(rule="TOPIC", **changes):
    fields = {
        "rule": rule,
        "clause": "п. 3.2",
        "severity": "error",
        "edu_group_id": 50,
        "subject_id": 1,
        "teacher_ids": (900,),
        "lesson_id": LESSON,
        "lesson_number": 3,
        "date": MONDAY,
        "due_on": MONDAY,
        "due_at": "2026-09-07T18:59:59Z",
        "days_late": 13,
        "read_at": "2026-09-20T01:30:00Z",
    }
    return Finding(**(fields | changes))


NAMES = Names(
    groups={50: "5А", 60: "10Б"},
    subjects={1: "Алгебра", 2: "Основы безопасности и защиты Родины"},
    teachers={900: "Лужина Вера Ильинична", 901: "Мамед оглы Тофик"},
    pupils={
        5: "Ёжиков Егор Петрович",
        6: "Константинопольская Анна-Мария Владиславовна",
        7: "Ли Ян",
        8: "Оглы Рашид",
    },
)
NOTES = Notes(
    statuses=(StatusMet(None, 90, held=True), StatusMet("Cancelled", 3, held=False)),
    homework=Reading("given", "data", 30, 1, 2),
    attendance=((50, Mode("exceptions", 40, 0)), (60, Mode("roll", 50, 49))),
    silences=(
        Silence(60, "HW", "next_lesson_unknown", 2, MONDAY, TUESDAY),
        Silence(None, "", "not_read", 0, None, None),
    ),
    failed=(FailedWindow(60, "marks", MONDAY, TUESDAY, "Maintenance"),),
    freshness=(Freshness(50, READ_AT, READ_AT, None),),
    groups_found_by="classes: walk",
)


def report(*findings, **changes):
    fields = {
        "name": "missing",
        "title": MISSING.title,
        "as_of": date(2026, 9, 20),
        "made_at": datetime(2026, 9, 20, 4, 0, tzinfo=UTC),
        "data_read_at": READ_AT,
        "zone": ZONE,
        "start": date(2026, 9, 1),
        "end": date(2026, 9, 20),
        "filters": Filters(),
        "rulebook": read_rulebook(),
        "rules": MISSING.rules,
        "lessons_held": 90,
        "findings": findings,
        "notes": NOTES,
        "names": NAMES,
    }
    return Report(**(fields | changes))


FULL = report(
    finding(),
    finding("HW", severity="warning", subject_id=2, teacher_ids=(900, 901)),
    finding("MARK0", edu_group_id=60, teacher_ids=()),
    finding("ATT", edu_group_id=60, person_ids=(5, 6), date=TUESDAY, days_late=2),
)
EMPTY = report(notes=Notes(), data_read_at=None, lessons_held=0)

# Every kind of column, a row of totals, a note.
QUALITY = Table(
    "quality",
    "Quality by class and subject",
    (
        Column("edu_group", "Class", Content.GROUP, 14),
        Column("subject", "Subject", Content.SUBJECT, 30),
        Column("teacher", "Teacher", Content.TEACHER, 32),
        Column("pupils", "Pupils", Content.NUMBER, 10),
        Column("average", "Average mark", Content.MEAN, 10),
        Column("quality", "Quality", Content.PERCENT, 10),
        Column("trend", "Trend", Content.WORD, 10),
        Column("read_on", "Read on", Content.DAY, 12),
    ),
    (
        (50, 1, 900, 25, Fraction(89, 20), Fraction(200, 3), "better", MONDAY),
        (50, 2, 901, 25, Fraction(17, 4), Fraction(1225, 20), "worse", MONDAY),
        (60, 1, 900, NO_DATA, NO_DATA, NO_DATA, None, None),
        ("Total", None, None, 50, Fraction(435, 100), Fraction(6396, 100), None, None),
    ),
    note="Pupils without a mark (н/а) count as not successful.",
    has_totals=True,
)
WHO = Table(
    "who",
    "Marks of pupils",
    (
        Column("edu_group", "Class", Content.GROUP, 14),
        Column("pupil", "Pupil", Content.PUPIL, 32),
        *(Column(f"day_{day}", f"{day:02d}.09", Content.NUMBER, 8) for day in range(1, 31)),
        Column("rule", "Rule", Content.RULE, 16),
        Column("lesson", "Lesson id", Content.ID, 21),
        Column("seen_at", "Seen", Content.MOMENT, 17),
    ),
    tuple(
        (
            group,
            pupil,
            *((pupil * day) % 5 + 1 if day % 3 else None for day in range(1, 31)),
            "TOPIC",
            LESSON,
            READ_AT,
        )
        for group, pupil in ((60, 7), (50, 5), (50, 6), (60, 8))
    ),
    split_by="edu_group",
    wide=True,
)
TREND = Table(
    "trend",
    "Findings at each check",
    (
        Column("day", "Day", Content.DAY, 12),
        Column("topic", "Topic", Content.NUMBER, 10),
        Column("homework", "Homework", Content.NUMBER, 10),
    ),
    tuple(
        (date(2026, 9, day), topic, homework)
        for day, topic, homework in ((5, 40, 31), (12, 22, NO_DATA), (19, 9, 17))
    ),
)
CHARTS = (
    Chart("Quality by subject", "bar", "quality", "subject", ("quality",)),
    Chart("Findings over time", "line", "trend", "day", ("topic", "homework")),
    Chart("Findings at each check, stacked", "stacked", "trend", "day", ("topic", "homework")),
)
TABLES = report(
    name="quality", title="Quality", rules=(), tables=(QUALITY, WHO, TREND), charts=CHARTS
)
WHOLE = replace(FULL, tables=TABLES.tables, charts=CHARTS)
HIDDEN = replace(
    report(
        finding(teacher_ids=(1,)),
        names=Names(NAMES.groups, NAMES.subjects),
        tables=(
            Table(
                "who",
                "Who",
                (
                    Column("pupil", "Pupil", Content.PUPIL),
                    Column("teacher", "Teacher", Content.TEACHER),
                ),
                ((3, 2),),
            ),
        ),
    ),
    anonymous=True,
    teachers_hidden=True,
)


def named(name, **changes):
    """A report in which everybody and everything has this name."""
    names = Names(
        groups=dict.fromkeys(NAMES.groups, name),
        subjects=dict.fromkeys(NAMES.subjects, name),
        teachers=dict.fromkeys(NAMES.teachers, name),
        pupils=dict.fromkeys(NAMES.pupils, name),
    )
    text = Table("text", "Texts", (Column("text", "Text"),), ((name,),))
    return replace(
        FULL, **({"names": names, "tables": (QUALITY, text), "charts": CHARTS[:1]} | changes)
    )
