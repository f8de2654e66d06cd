"""The operator's checklist as tables: what no import workbook can do, in the order in which it is done. Pure."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from connector.i18n import N_
from connector.planned import Operation, Plan
from mappings.checklist_words import Speaker, Translate, day_of
from mappings.import_rows import ByHand, Handover

Cell = str | date | None

BOX = "□"
_WIDTH = 80
_DATES_LISTED = 2
_NATURAL = re.compile(r"(\d+)")
_LABEL = re.compile(
    r"(?P<group>.*), (?P<day>\d{4}-\d\d-\d\d), (?P<number>\d+)?.*?: ?(?P<subject>.*)"
)


@dataclass(frozen=True, slots=True)
class ChecklistColumn:
    """A column: heading, width in characters, whether its cells need the heading in plain text too."""

    heading: str
    width: int
    named: bool = False


@dataclass(frozen=True, slots=True)
class ChecklistTable:
    """One sheet; `groups` columns at the left make the headings of the plain text."""

    title: str
    columns: tuple[ChecklistColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: int


@dataclass(frozen=True, slots=True)
class Checklist:
    """The whole: a title, numbered steps (their sheet's title first), tables."""

    title: str
    steps_title: str
    steps: tuple[str, ...]
    tables: tuple[ChecklistTable, ...]


def checklist(
    plan: Plan,
    handover: Handover,
    names: Mapping[str, str],
    imports: Sequence[str],
    translate: Translate,
) -> Checklist:
    """Make the checklist.

    Args:
        plan: whose it is.
        handover: what of it is done by hand.
        names: labels by `<table>:<id>` (`persons:7`), by bare id or by reference.
        imports: file names of the workbooks, in the order of upload.
        translate: into the language of the operator.

    """
    speaker = Speaker.of(plan, names, translate)
    people = [one for one in handover.by_hand if one.operation.resource != "lessons"]
    lessons = [one.operation for one in handover.by_hand if one.operation.resource == "lessons"]
    tables = []
    if people:
        tables.append(_people_table(people, speaker, upload=bool(imports)))
    if lessons:
        tables += _lessons_tables(lessons, speaker)
    return Checklist(
        translate(N_("Checklist of plan {plan}")).format(plan=plan.plan),
        translate(N_("Steps")),
        tuple(_steps(people, lessons, imports, plan.study_year, translate)),
        tuple(tables),
    )


def _steps(
    people: Sequence[ByHand],
    lessons: Sequence[Operation],
    imports: Sequence[str],
    year: int,
    translate: Translate,
) -> Iterator[str]:
    first = sum(one.first for one in people)
    if first and imports:
        text = N_("Do the lines to be done before the upload: {count}. It needs what they make.")
        yield translate(text).format(count=first)
    if imports:
        text = N_(
            "Upload in the admin panel of the diary, for the study year {year}, in this order: {files}."
        )
        shown = f"{year}/{(year + 1) % 100:02d}"
        yield translate(text).format(year=shown, files=", ".join(imports))
    if len(people) - (first if imports else 0):
        text = N_("Do the lines about people and classes: {count}.")
        yield translate(text).format(count=len(people) - (first if imports else 0))
    if lessons:
        yield translate(N_("Do the lines of the schedule: {count}.")).format(count=len(lessons))
    yield translate(
        N_("Run `dnevnik verify PLAN`: it reads the diary and says what still differs.")
    )


# The line says these anyway.
_OF_LINE = frozenset({"person_id", "edu_group_id", "from_group_id"})


def _people_table(steps: Sequence[ByHand], speaker: Speaker, *, upload: bool) -> ChecklistTable:
    translate = speaker.translate
    whens = (N_("after the upload"), N_("before the upload"))
    rows: list[tuple[Cell, ...]] = []
    # In the plan's order, that of carrying out: it makes classes first.
    for step in steps:
        operation = step.operation
        details = speaker.changes(operation, _OF_LINE)
        if step.lacks:
            lacking = ", ".join(speaker.field(field) for field in step.lacks)
            text = translate(N_("No row of the import, missing or unfit for it: {fields}")).format(
                fields=lacking
            )
            details = f"{details}. {text}" if details else text
        rows.append(
            (
                translate(whens[step.first]) if upload else "",
                speaker.where(operation),
                speaker.what(operation),
                speaker.who(operation),
                details,
                BOX,
            )
        )
    columns = (
        ChecklistColumn(translate(N_("When")), 13),
        ChecklistColumn(translate(N_("Class")), 12),
        ChecklistColumn(translate(N_("What to do")), 26),
        ChecklistColumn(translate(N_("Who or what")), 28),
        ChecklistColumn(translate(N_("Details")), 42),
        ChecklistColumn(translate(N_("Done")), 8),
    )
    return ChecklistTable(translate(N_("People and classes")), columns, tuple(rows), groups=2)


def _lessons_tables(
    operations: Sequence[Operation], speaker: Speaker
) -> tuple[ChecklistTable, ...]:
    """The lines by day, and once more by week where that is shorter: a panel may repeat a week by itself."""
    translate = speaker.translate
    rows = [_lesson(operation, speaker) for operation in operations]
    day = ChecklistColumn(translate(N_("Day")), 12)
    columns = (
        ChecklistColumn(translate(N_("Weekday")), 13),
        ChecklistColumn(translate(N_("Class")), 12),
        ChecklistColumn(translate(N_("Lesson")), 8, named=True),
        ChecklistColumn(translate(N_("What to do")), 24),
        ChecklistColumn(translate(N_("Subject")), 22),
        ChecklistColumn(translate(N_("Teacher")), 28),
        ChecklistColumn(translate(N_("Also")), 14),
        ChecklistColumn(translate(N_("Done")), 8),
    )
    by_day = ChecklistTable(
        translate(N_("Schedule by day")),
        (day, *columns),
        tuple(sorted(rows, key=lambda row: (row[0] or date.max, *_place(row[1:])))),
        groups=3,
    )
    weekly: dict[tuple[int, tuple[Cell, ...]], list[date]] = {}
    for row in rows:
        if isinstance(row[0], date):
            weekly.setdefault((row[0].weekday(), row[1:]), []).append(row[0])
    if len(weekly) == len(rows):
        return (by_day,)
    dates = ChecklistColumn(translate(N_("Dates")), 24)
    by_week = ChecklistTable(
        translate(N_("The same by week")),
        (*columns[:-1], dates, columns[-1]),
        tuple(
            (*line[:-1], _dates(days, speaker), line[-1])
            for (_weekday, line), days in sorted(
                weekly.items(), key=lambda entry: (entry[0][0], *_place(entry[0][1]))
            )
        ),
        groups=2,
    )
    return by_day, by_week


def _place(row: Sequence[Cell]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Class and lesson of a row without its day, to sort by."""
    return _natural(str(row[1])), _natural(str(row[2]))


def _dates(days: Sequence[date], speaker: Speaker) -> str:
    shown = [day.strftime("%d.%m.%Y") for day in sorted(days)]
    if len(shown) <= _DATES_LISTED:
        return ", ".join(shown)
    text = N_("{count} days from {first} to {last}")
    return speaker.translate(text).format(count=len(shown), first=shown[0], last=shown[-1])


def _lesson(operation: Operation, speaker: Speaker) -> tuple[Cell, ...]:
    """A line of the schedule; what an operation does not carry, as the subject of a change of teacher, says its label."""
    before, after = operation.before or {}, operation.after or {}
    found = _LABEL.fullmatch(operation.label)
    said: Mapping[str, Any] = found.groupdict() if found else {}
    whole = {**before, **after}
    day = day_of(str(before.get("date") or whole.get("date") or said.get("day") or ""))

    def shown(field: str, spare: str) -> str:
        if field in before and field in after and before[field] != after[field]:
            return f"{speaker.value(field, before[field])} → {speaker.value(field, after[field])}"
        return (
            speaker.value(field, whole[field]) if whole.get(field) else str(said.get(spare) or "")
        )

    told = frozenset({"edu_group_id", "subject_id", "number", "hours", "teacher_ids"})
    moved = "date" in before and "date" in after and before["date"] != after["date"]
    subject = shown("subject_id", "subject") or operation.label
    also = speaker.changes(operation, told if moved else told | {"date"})
    # A timetable's rooms have no id in the diary: only the label names them, behind the subject.
    rooms = operation.label.rpartition(f": {subject} (")[2].removesuffix(")")
    if operation.op == "lesson.create" and rooms != operation.label.removesuffix(")"):
        also = "; ".join(filter(None, (also, f"{speaker.field('place')}: {rooms}")))
    group = operation.edu_group and speaker.of_id("edu_groups", operation.edu_group)
    return (
        day,
        speaker.weekday(day) if day else "",
        group or str(said.get("group") or ""),
        shown("number", "number"),
        speaker.what(operation),
        subject,
        shown("teacher_ids", ""),
        also,
        BOX,
    )


def _natural(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() else (0, part) for part in _NATURAL.split(name) if part
    ]


def plain_text(made: Checklist) -> str:
    """The checklist in 80 columns, to be printed from anywhere."""
    lines = [made.title, "=" * len(made.title), ""]
    for number, step in enumerate(made.steps, start=1):
        lines += textwrap.wrap(f"{number}. {step}", _WIDTH, subsequent_indent="   ")
    for table in made.tables:
        lines += ["", table.title, "-" * len(table.title)]
        for heading, rows in groupby(table.rows, lambda row: row[: table.groups]):  # noqa: B023 - used at once
            lines += ["", ", ".join(filter(None, map(_shown, heading))) or "—"]
            for row in rows:
                told = [
                    f"{column.heading} {text}" if column.named else text
                    for column, cell in list(zip(table.columns, row, strict=True))[
                        table.groups : -1
                    ]
                    if (text := _shown(cell))
                ]
                lines += textwrap.wrap("[ ] " + "; ".join(told), _WIDTH, subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def _shown(cell: Cell) -> str:
    return cell.strftime("%d.%m.%Y") if isinstance(cell, date) else cell or ""
