"""The operator's checklist as tables: what no import workbook can do, in the order in which it is done. Pure."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from connector.i18n import N_
from connector.planned import Operation, Plan
from mappings.import_rows import ByHand, Handover

Translate = Callable[[str], str]
Cell = str | date | None

BOX = "□"
_WIDTH = 80
_NATURAL = re.compile(r"(\d+)")
_LABEL = re.compile(
    r"(?P<group>.*), (?P<day>\d{4}-\d\d-\d\d), (?P<number>\d+)?.*?: ?(?P<subject>.*)"
)

_WHAT: Mapping[str, str] = {
    "edu_group.create": N_("Create the class or subgroup"),
    "edu_group.update": N_("Change the class or subgroup"),
    "edu_group.archive": N_("Archive the class or subgroup"),
    "edu_group.restore": N_("Bring the class or subgroup back from the archive"),
    "person.create": N_("Add the person"),
    "person.update": N_("Change the person's data"),
    "person.archive": N_("Archive the person"),
    "person.restore": N_("Bring the person back from the archive"),
    "membership.add": N_("Enrol"),
    "membership.move": N_("Transfer"),
    "membership.end": N_("Take out"),
    "lesson.create": N_("Add the lesson"),
    "lesson.update": N_("Change the lesson"),
    "lesson.cancel": N_("Cancel the lesson"),
    "lesson.restore": N_("Bring the cancelled lesson back"),
}
_FIELDS: Mapping[str, str] = {
    "name": N_("name"),
    "parallel": N_("parallel"),
    "study_year": N_("study year"),
    "parent_ids": N_("of the class"),
    "last_name": N_("last name"),
    "first_name": N_("first name"),
    "middle_name": N_("middle name"),
    "full_name": N_("full name"),
    "sex": N_("sex"),
    "birthday": N_("birthday"),
    "snils": N_("СНИЛС"),
    "edu_group": N_("class"),
    "from_group": N_("from class"),
    "letter": N_("letter of the class"),
    "action": N_("a word for this action"),
    "id": N_("id of the person in the diary"),
    "from": N_("from day"),
    "date": N_("day"),
    "subject_id": N_("subject"),
    "teacher_ids": N_("teachers"),
    "number": N_("lesson number"),
    "hours": N_("hours"),
    "place_id": N_("room"),
    "place": N_("room"),
    "title": N_("title"),
}
_IDS = {
    "parent_ids": "edu_groups",
    "edu_group_id": "edu_groups",
    "subject_id": "subjects",
    "teacher_ids": "teachers",
    "place_id": "places",
    "place": "places",
}
_SEXES = {"Male": N_("male"), "Female": N_("female")}
_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
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
    speaker = _Speaker(names, _made(plan), translate)
    people = [one for one in handover.by_hand if one.operation.resource != "lessons"]
    lessons = [one.operation for one in handover.by_hand if one.operation.resource == "lessons"]
    tables = []
    if people:
        tables.append(_people_table(people, speaker))
    if lessons:
        tables.append(_lessons_table(lessons, speaker))
    return Checklist(
        translate(N_("Checklist of plan {plan}")).format(plan=plan.plan),
        translate(N_("Steps")),
        tuple(_steps(people, lessons, imports, translate)),
        tuple(tables),
    )


def _made(plan: Plan) -> dict[str, str]:
    return {
        operation.target: operation.label
        for operation in plan.operations
        if operation.resource in {"edu_groups", "persons"}
    }


def _steps(
    people: Sequence[ByHand],
    lessons: Sequence[Operation],
    imports: Sequence[str],
    translate: Translate,
) -> Iterator[str]:
    first = sum(one.first for one in people)
    if first and imports:
        text = N_("Do the lines marked as first: {count}. The import needs what they make.")
        yield translate(text).format(count=first)
    if imports:
        text = N_("Upload in the admin panel of the diary, in this order: {files}.")
        yield translate(text).format(files=", ".join(imports))
    if len(people) - (first if imports else 0):
        text = N_("Do the lines about people and classes: {count}.")
        yield translate(text).format(count=len(people) - (first if imports else 0))
    if lessons:
        text = N_("Do the lines of the schedule: {count}.")
        yield translate(text).format(count=len(lessons))
    yield translate(
        N_("Run `dnevnik verify PLAN`: it reads the diary and says what still differs.")
    )


@dataclass(frozen=True, slots=True)
class _Speaker:
    names: Mapping[str, str]
    made: Mapping[str, str]
    translate: Translate

    def of_id(self, table: str, key: str) -> str:
        for name in (self.names.get(f"{table}:{key}"), self.names.get(key), self.made.get(key)):
            if name:
                return name
        return key.partition(":")[2] if key.startswith("@") else key

    def word(self, table: Mapping[str, str], key: str) -> str:
        return self.translate(table[key]) if key in table else key

    def value(self, field: str, value: object) -> str:
        if value is None or value in ("", [], ()):
            return "—"
        if isinstance(value, list | tuple):
            return ", ".join(self.value(field, item) for item in value)
        text = str(value)
        if field in _IDS:
            return self.of_id(_IDS[field], text)
        if field == "sex":
            return self.word(_SEXES, text)
        day = _day(text)
        return day.strftime("%d.%m.%Y") if day else text

    def changes(self, operation: Operation, hidden: frozenset[str] = frozenset()) -> str:
        before, after = operation.before or {}, operation.after or {}
        parts = []
        for field, value in after.items():
            if field in hidden or (field in before and before[field] == value):
                continue
            new = self.value(field, value)
            if field in before:
                new = f"{self.value(field, before[field])} → {new}"
            parts.append(f"{self.word(_FIELDS, field)}: {new}")
        return "; ".join(parts)


_OF_LINE = frozenset({"person_id", "edu_group_id", "from_group_id"})


def _people_table(steps: Sequence[ByHand], speaker: _Speaker) -> ChecklistTable:
    translate = speaker.translate
    rows: list[tuple[Cell, ...]] = []
    # The plan's order is that of carrying out; within it only what is first is moved.
    for step in sorted(steps, key=lambda step: not step.first):
        operation = step.operation
        details = speaker.changes(operation, _OF_LINE)
        if step.lacks:
            lacking = ", ".join(speaker.word(_FIELDS, field) for field in step.lacks)
            text = translate(N_("No row of the import, it lacks: {fields}")).format(fields=lacking)
            details = f"{details}. {text}" if details else text
        rows.append(
            (
                translate(N_("first")) if step.first else translate(N_("after the upload")),
                _where(operation, speaker),
                speaker.word(_WHAT, operation.op),
                operation.label or speaker.of_id(operation.resource, operation.target),
                details,
                BOX,
            )
        )
    columns = (
        ChecklistColumn(translate(N_("When")), 14),
        ChecklistColumn(translate(N_("Class")), 14),
        ChecklistColumn(translate(N_("What to do")), 26),
        ChecklistColumn(translate(N_("Who or what")), 30),
        ChecklistColumn(translate(N_("Details")), 46),
        ChecklistColumn(translate(N_("Done")), 9),
    )
    return ChecklistTable(translate(N_("People and classes")), columns, tuple(rows), groups=2)


def _where(operation: Operation, speaker: _Speaker) -> str:
    after = operation.after or {}
    if operation.op == "membership.move":
        pair = (after.get("from_group_id"), after.get("edu_group_id"))
        return " → ".join(speaker.value("edu_group_id", group) for group in pair)
    return speaker.of_id("edu_groups", operation.edu_group) if operation.edu_group else ""


def _lessons_table(operations: Sequence[Operation], speaker: _Speaker) -> ChecklistTable:
    translate = speaker.translate
    rows = [_lesson(operation, speaker) for operation in operations]
    rows.sort(key=lambda row: (row[0] or date.max, _natural(str(row[2])), str(row[3]).zfill(3)))
    columns = (
        ChecklistColumn(translate(N_("Day")), 12),
        ChecklistColumn(translate(N_("Weekday")), 14),
        ChecklistColumn(translate(N_("Class")), 14),
        ChecklistColumn(translate(N_("Lesson")), 9, named=True),
        ChecklistColumn(translate(N_("What to do")), 26),
        ChecklistColumn(translate(N_("Subject")), 26),
        ChecklistColumn(translate(N_("Teacher")), 30),
        ChecklistColumn(translate(N_("Also")), 20),
        ChecklistColumn(translate(N_("Done")), 9),
    )
    return ChecklistTable(translate(N_("Schedule")), columns, tuple(rows), groups=3)


def _lesson(operation: Operation, speaker: _Speaker) -> tuple[Cell, ...]:
    """A line of the schedule; what an operation does not carry, as the subject of a change of teacher, says its label."""
    before, after = operation.before or {}, operation.after or {}
    found = _LABEL.fullmatch(operation.label)
    said: Mapping[str, Any] = found.groupdict() if found else {}
    whole = {**before, **after}
    day = _day(str(before.get("date") or whole.get("date") or said.get("day") or ""))

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
        also = "; ".join(filter(None, (also, f"{speaker.word(_FIELDS, 'place')}: {rooms}")))
    group = operation.edu_group and speaker.of_id("edu_groups", operation.edu_group)
    return (
        day,
        speaker.translate(_WEEKDAYS[day.weekday()]) if day else "",
        group or str(said.get("group") or ""),
        shown("number", "number"),
        speaker.word(_WHAT, operation.op),
        subject,
        shown("teacher_ids", ""),
        also,
        BOX,
    )


def _natural(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() else (0, part) for part in _NATURAL.split(name) if part
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-09-01") else None
    except ValueError:
        return None


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
