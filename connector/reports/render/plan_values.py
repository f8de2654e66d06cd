"""Values of a plan's operations as people read them: ids become names, days are written as in Russia."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from connector.names import fold
from connector.planned import Operation, Plan
from connector.reports.render import plan_words as words
from connector.reports.render.sheets import day_text

NOTHING = "—"
_SNILS_SHOWN = 4
_NUMBER = re.compile(r"(\d+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What only the vendor needs to know of a work.
_OF_WORK = frozenset(
    {
        *("type", "work_type_id", "is_important", "mark_type", "mark_count", "display_in_journal"),
        *("period_number", "period_type", "edu_group_id", "subject_id", "lesson_id", "beside"),
    }
)
# What the line of an operation says anyway: its label, its class, its days.
_OF_LABEL: Mapping[str, frozenset[str]] = {
    "edu_group.create": frozenset({"name"}),
    "person.create": frozenset({"last_name", "first_name", "middle_name"}),
    "membership.add": frozenset({"person_id", "edu_group_id"}),
    "membership.move": frozenset({"person_id", "edu_group_id", "from_group_id"}),
    "membership.end": frozenset({"person_id", "edu_group_id"}),
    "lesson.create": frozenset({"edu_group_id", "subject_id", "date", "number", "hours"}),
    "lesson.restore": frozenset({"edu_group_id", "subject_id", "date", "number", "hours"}),
    "work.create": _OF_WORK,
    "work.update": _OF_WORK,
    "log_entry.put": frozenset({"lesson_id", "person_id"}),
    "mark.put": frozenset({"lesson_id", "person_id", "work_id", "type", "text_value", "lost"}),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after; `—` where there is none."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for ids and references, and words in the reader's language."""

    names: Mapping[str, str]
    made: Mapping[str, str]
    translate: Callable[[str], str]

    @classmethod
    def of(cls, plan: Plan, names: Mapping[str, str], translate: Callable[[str], str]) -> "Labels":
        """Labels of a plan: what nobody else names, such as what it creates, is named by its operations."""
        made = {
            operation.target: operation.label
            for operation in plan.operations
            if operation.resource in {"edu_groups", "persons"}
        }
        return cls(names, made, translate)

    def word(self, table: Mapping[str, str], key: str) -> str:
        """The word for a key; a key that is not in the table is shown itself."""
        return self.translate(table[key]) if key in table else key.replace("_", " ")

    def of_id(self, table: str, key: str) -> str:
        """The name of what an id or a reference points to; else the id, of a reference its local key."""
        for name in (self.names.get(f"{table}:{key}"), self.names.get(key), self.made.get(key)):
            if name:
                return name
        return key.partition(":")[2] if key.startswith("@") else key

    def who(self, operation: Operation) -> str:
        """Whom or what an operation concerns, without the class it is shown under."""
        label = operation.label or self.of_id(operation.resource, operation.target)
        if not operation.edu_group:
            return label
        group = self.of_id("edu_groups", operation.edu_group)
        before = str((operation.after or {}).get("from_group_id") or "")
        moved = f", {self.of_id('edu_groups', before)} → {group}"
        return label.removesuffix(moved).removesuffix(f", {group}")

    def lesson(self, operation: Operation, day: str) -> str:
        """A lesson's label with the day of the week in place of the day: it stands for all days of its line."""
        weekday = self.translate(words.WEEKDAYS[date.fromisoformat(day).weekday()])
        return _DAY.sub(weekday, operation.label, count=1)

    def value(self, field: str, value: object) -> str:
        """A value of a field for a reader."""
        if value is None or value in ("", []):
            return NOTHING
        if isinstance(value, (list, tuple, frozenset)):
            return ", ".join(self.value(field, item) for item in value)
        text = str(value)
        if field in words.ID_FIELDS:
            return self.of_id(words.ID_FIELDS[field], text)
        if field in words.CODES:
            return self.word(words.CODES[field], text)
        if field == "snils":
            # Enough to compare; the whole number stands in the plan's file only.
            return f"…{text[-_SNILS_SHOWN:]}"
        day = _day(text)
        return day_text(day) if day else text


def natural(label: str) -> list[tuple[int, int, str]]:
    """Sort key that puts «5А» before «10А» and numbers before words, whatever stands in a label."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, fold(part))
        for part in _NUMBER.split(label)
        if part
    ]


def days_of(operation: Operation) -> str:
    """The day of a lesson, `YYYY-MM-DD`; "" of other operations and where its label names none."""
    if operation.resource != "lessons":
        return ""
    found = _DAY.search(operation.label)
    return found.group() if found and _day(found.group()) else ""


def lesson_label(operation: Operation, day: str) -> tuple[str, int]:
    """What the label says apart from the day, and the day of the week."""
    return operation.label.replace(day, "", 1), date.fromisoformat(day).weekday()


def changes(operation: Operation, labels: Labels) -> Iterable[Change]:
    """What an operation changes: only what differs, without what its line says anyway."""
    before, after = operation.before or {}, operation.after or {}
    if operation.op == "membership.move":
        yield Change(
            labels.word(words.FIELDS, "edu_group_id"),
            labels.value("edu_group_id", after.get("from_group_id")),
            labels.value("edu_group_id", after.get("edu_group_id")),
        )
    told = _OF_LABEL.get(operation.op, frozenset())
    for field in after:
        if field in told or after[field] == before.get(field):
            continue
        old = NOTHING if field not in before else labels.value(field, before[field])
        new = labels.value(field, after[field])
        if (old, new) != (NOTHING, NOTHING):
            yield Change(labels.word(words.FIELDS, field), old, new)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
