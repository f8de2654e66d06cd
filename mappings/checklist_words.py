"""The words of the operator's checklist: what to do, with whom, from which value to which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from connector.i18n import N_
from connector.planned import Operation, Plan
from connector.vocab import GROUP_TYPES, OPERATIONS

Translate = Callable[[str], str]

_NOTHING = "—"
_FIELDS: Mapping[str, str] = {
    "name": N_("name"),
    "parallel": N_("parallel"),
    "study_year": N_("study year"),
    "parent_ids": N_("of the class"),
    "type": N_("type"),
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
_CODES: Mapping[str, Mapping[str, str]] = {
    "sex": {"Male": N_("male"), "Female": N_("female")},
    "type": GROUP_TYPES,
}
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
class Speaker:
    """Says operations in the operator's language; names by `<table>:<id>`, by id, by reference, then by the plan itself."""

    names: Mapping[str, str]
    made: Mapping[str, str]
    translate: Translate

    @classmethod
    def of(cls, plan: Plan, names: Mapping[str, str], translate: Translate) -> "Speaker":
        """For a plan: what nobody else names, such as what it creates, is named by its operations."""
        made = {
            operation.target: operation.label
            for operation in plan.operations
            if operation.resource in {"edu_groups", "persons"}
        }
        return cls(names, made, translate)

    def of_id(self, table: str, key: str) -> str:
        """The name of what an id or a reference points to; else the id, of a reference its local key."""
        for name in (self.names.get(f"{table}:{key}"), self.names.get(key), self.made.get(key)):
            if name:
                return name
        return key.partition(":")[2] if key.startswith("@") else key

    def what(self, operation: Operation) -> str:
        """What is to be done."""
        return self._word(OPERATIONS, operation.op)

    def field(self, name: str) -> str:
        """The word for a value's name."""
        return self._word(_FIELDS, name)

    def weekday(self, day: date) -> str:
        """The day of the week."""
        return self.translate(_WEEKDAYS[day.weekday()])

    def where(self, operation: Operation) -> str:
        """The class it happens in; of a transfer both."""
        after = operation.after or {}
        if operation.op == "membership.move":
            pair = (after.get("from_group_id"), after.get("edu_group_id"))
            return " → ".join(self.value("edu_group_id", group) for group in pair)
        return self.of_id("edu_groups", operation.edu_group) if operation.edu_group else ""

    def who(self, operation: Operation) -> str:
        """Whom or what it concerns, without the class it happens in."""
        label = operation.label or self.of_id(operation.resource, operation.target)
        return label.removesuffix(f", {self.where(operation)}")

    def _word(self, table: Mapping[str, str], key: str) -> str:
        return self.translate(table[key]) if key in table else key

    def value(self, field: str, value: object) -> str:
        """A value of a field for a reader."""
        if value is None or value in ("", [], ()):
            return _NOTHING
        if isinstance(value, list | tuple):
            return ", ".join(self.value(field, item) for item in value)
        text = str(value)
        if field in _IDS:
            return self.of_id(_IDS[field], text)
        if field in _CODES:
            return self._word(_CODES[field], text)
        day = day_of(text)
        return day.strftime("%d.%m.%Y") if day else text

    def changes(self, operation: Operation, hidden: frozenset[str]) -> str:
        """Values to set, old and new where both are known; without the hidden fields and what stays empty."""
        before, after = operation.before or {}, operation.after or {}
        parts = []
        for field, value in after.items():
            if field in hidden or (field in before and before[field] == value):
                continue
            new = self.value(field, value)
            if field not in before and new == _NOTHING:
                continue
            if field in before:
                new = f"{self.value(field, before[field])} → {new}"
            parts.append(f"{self.field(field)}: {new}")
        return "; ".join(parts)


def day_of(text: str) -> date | None:
    """The day of `YYYY-MM-DD`; None for every other text."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-09-01") else None
    except ValueError:
        return None
