"""A memo made by hand: two teachers, three lessons, a check of a fortnight before."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from connector.records import Check
from connector.reports.catalogue import SPRAVKA, SUMMARY
from connector.reports.checks import Looked, compare
from connector.reports.journal import Names
from connector.reports.remarks import remarks_table
from connector.reports.report import Memo, Notes
from connector.reports.tables import Chart, Column, Content, Table
from connector.reports.whole import by_class, by_rule, by_teacher
from tests.unit.journals import FRIDAY, MONDAY, TUESDAY, group, lesson
from tests.unit.sample_reports import LESSON, NAMES, NOTES, finding, report

LUZHINA, TOFIK = 900, 901
RULES = ("TOPIC", "HW", "LATE", "FINALAVG")
AS_OF = date(2026, 9, 18)  # a Friday: a week later is a working day
THEN = date(2026, 9, 11)
NAMED = replace(NAMES, school="СОШ № 7")


def lessons(count=20, teacher=LUZHINA, group_id=50):
    return [
        lesson(number % 7 + 1, MONDAY + timedelta(days=number // 7), group_id=group_id)
        if teacher == LUZHINA
        else lesson(
            number % 7 + 1,
            MONDAY + timedelta(days=number // 7),
            group_id=group_id,
            teacher_ids=(teacher,),
        )
        for number in range(count)
    ]


def late(number, teacher=TOFIK):
    day = MONDAY + timedelta(days=number % 5)
    return finding("LATE", lesson_id=LESSON + 1000 + number, date=day, teacher_ids=(teacher,))


TOPIC = finding(lesson_id=LESSON + 1)
GONE = finding(lesson_id=LESSON + 9)
TOPIC_AGAIN = finding(lesson_id=LESSON + 2, date=FRIDAY)
HOMEWORK = finding(
    "HW", lesson_id=LESSON + 3, edu_group_id=60, subject_id=2, date=TUESDAY, severity="warning"
)


def check(*findings, as_of=THEN, held=30):
    return Check(
        "spravka",
        "{}",
        as_of,
        datetime(2026, 9, 11, tzinfo=UTC),
        date(2026, 9, 1),
        as_of,
        held,
        Counter(one.rule for one in findings),
        findings,
    )


def memo(*findings, before=None, held=None, looked=(), **changes):
    """A report as `spravka` builds it, over lessons made here.

    Args:
        findings: of now.
        before: findings of the last check; None: there was none.
        held: lessons; by default twenty of each teacher.
        looked: ids of lessons that are still held, beside those of the findings.

    """
    held = [*lessons(), *lessons(teacher=TOFIK, group_id=60)] if held is None else held
    made = report(
        *findings,
        **{
            "name": SPRAVKA.name,
            "title": SPRAVKA.title,
            "as_of": AS_OF,
            "rules": RULES,
            "lessons_held": len(held),
            "notes": Notes(),
            "names": NAMED,
            "lists_findings": False,
            "memo": Memo(),
        }
        | changes,
    )
    if before is not None:
        seen = Looked(made.start, made.end, RULES, {*looked, *(one.lesson_id for one in findings)})
        made = replace(made, comparison=compare(check(*before), findings, seen))
    groups = {50: group(50, "5А"), 60: group(60, "10Б", 10)}
    return replace(
        made,
        tables=(
            by_rule(made),
            by_class(made, held, groups, by_name=True),
            by_teacher(made, held, by_name=True),
            remarks_table(made),
        ),
    )


def fullest():
    """A summary with as much on it as there can be: every rule, twelve checks, eight classes and teachers, warnings."""
    ids = range(900, 908)
    names = Names(
        groups={number: f"10А (английский язык {number})" for number in ids},
        subjects=NAMES.subjects,
        teachers={
            number: f"Константинопольская Анна-Мария Владиславовна {number}" for number in ids
        },
    )
    made = memo(
        TOPIC,
        before=(TOPIC, HOMEWORK),
        rules=SUMMARY.rules,
        notes=NOTES,
        names=names,
        memo=None,
        name=SUMMARY.name,
        title=SUMMARY.title,
    )
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(12)]
    counted = (Column("lessons", "Lessons held", Content.NUMBER), *_COUNTED)
    return replace(
        made,
        tables=(
            Table(
                "figures",
                "The school in figures",
                tuple(Column(f"n{number}", "Quality", Content.PERCENT) for number in range(6)),
                (tuple(Fraction(100, 3) for _number in range(6)),),
                note="Marks of each class's last finished period.",
            ),
            by_rule(made),
            Table(
                "trend",
                "Checks one after another",
                (Column("as_of", "Check", Content.DAY), Column("rate", "Rate", Content.DECIMAL)),
                tuple((day, Fraction(day.day, 3)) for day in days),
            ),
            *(
                Table(
                    key,
                    f"{key.title()} with the most findings",
                    (Column("who", key.title(), content), *counted),
                    tuple((number, 700, 40, 20, Fraction(99)) for number in ids),
                )
                for key, content in (("classes", Content.GROUP), ("teachers", Content.TEACHER))
            ),
        ),
        charts=(Chart("Findings per 100 lessons", "line", "trend", "as_of", ("rate",)),),
    )


_COUNTED = (
    Column("findings", "Findings", Content.NUMBER),
    Column("late", "Of them entered late", Content.NUMBER),
    Column("complete", "Complete records, %", Content.PERCENT),
)
