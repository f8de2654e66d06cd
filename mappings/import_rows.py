"""Sorts a plan for the file channel: rows of import workbooks, and what the operator does by hand. Pure.

A row never names an existing person by anything but the vendor's id, and a row that lacks a required value is not
written at all: it goes to the checklist.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connector.names import parse_class
from connector.planned import Channel, Operation, Plan
from mappings.templates import Action, ImportTemplate

# Characters with which a cell becomes a formula where someone edits it or saves it as CSV.
# Longer than any name; Excel itself drops a cell of more than 32,767 characters.
_LONGEST = 250
_NAME_PARTS = ("last_name", "first_name", "middle_name")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Operations that a row can carry: those that happen in the class a person has, and those that say a class.
_PRESENT_CLASS = {"person.update": Action.CHANGE, "person.archive": Action.END}
_TOLD_CLASS = {
    "membership.add": Action.ADD,
    "membership.move": Action.MOVE,
    "membership.end": Action.END,
}
_BY_OTHER_WAYS = frozenset({Channel.API, Channel.GATEWAY})


@dataclass(frozen=True, slots=True)
class PersonValues:
    """What is known of a person whom the diary has.

    Attributes:
        sex: `Male`, `Female`, None where unknown.
        snils: digits, "" where no file says it (the vendor shows none).
        edu_group: id of the present class as text, "" where there is none.

    """

    last_name: str
    first_name: str
    middle_name: str = ""
    sex: str | None = None
    birthday: date | None = None
    snils: str = ""
    edu_group: str = ""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of a workbook: which operations it carries, what it does, texts by field of the template."""

    numbers: tuple[int, ...]
    action: Action
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ByHand:
    """An operation for the operator; `lacks` names fields for want of which it is no row.

    `first` must be done before the workbooks are uploaded: the panel knows no class that does not exist.
    """

    operation: Operation
    lacks: tuple[str, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything of a plan that travels as files, once."""

    rows: tuple[ImportRow, ...]
    by_hand: tuple[ByHand, ...]


def sort_out(
    plan: Plan,
    people: Mapping[str, PersonValues],
    classes: Mapping[str, str],
    template: ImportTemplate,
) -> Handover:
    """Divide a plan's operations into rows and steps by hand.

    Args:
        plan: its operations of the channels `api` and `gateway` are left out.
        people: present values by id as text of the persons whom the plan changes, moves or ends.
        classes: names of the diary's classes by id as text, no subgroups: their members are not imported. Classes
            that the plan creates or renames are taken from the plan.
        template: what the panel takes.

    """
    operations = [one for one in plan.operations if one.channel not in _BY_OTHER_WAYS]
    year = f"{plan.study_year}/{plan.study_year + 1}"
    sorter = _Sorter(people, _class_names(operations, classes), template, year)
    for operation in operations:
        sorter.look_at(operation)
    rows: list[ImportRow] = []
    by_hand: list[ByHand] = []
    for operation in operations:
        if operation.number in sorter.carried:
            continue
        found = sorter.sort(operation)
        if isinstance(found, ImportRow):
            rows.append(found)
        else:
            by_hand.append(found)
    return Handover(tuple(rows), tuple(by_hand))


def _class_names(operations: list[Operation], classes: Mapping[str, str]) -> dict[str, str]:
    names = dict(classes)
    for operation in operations:
        after = operation.after or {}
        is_class = operation.op == "edu_group.create" and not after.get("parent_ids")
        if "name" in after and (is_class or operation.target in names):
            names[operation.target] = str(after["name"])
    return names


@dataclass(slots=True)
class _Sorter:
    people: Mapping[str, PersonValues]
    classes: Mapping[str, str]
    template: ImportTemplate
    study_year: str
    # What one row can carry along: a new person's place in a class, the archiving of one who leaves his class.
    along: dict[tuple[str, str], Operation] = field(default_factory=dict)
    # New values of persons: every row shows them, or a later one would take an earlier one back.
    updates: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    carried: set[int] = field(default_factory=set)

    def look_at(self, operation: Operation) -> None:
        in_class = operation.op == "membership.add" and self._group(operation) in self.classes
        if in_class or operation.op == "person.archive":
            self.along.setdefault((operation.op, operation.target), operation)
        if operation.op == "person.update":
            self.updates[operation.target] = operation.after or {}

    def sort(self, operation: Operation) -> ImportRow | ByHand:
        op, target, group = operation.op, operation.target, self._group(operation)
        if op == "person.create":
            place = self.along.get(("membership.add", target))
            group = self._group(place) if place else ""
            return self._row(Action.ADD, operation, place, operation.after or {}, group)
        if op in _PRESENT_CLASS or (op in _TOLD_CLASS and group in self.classes):
            if target.startswith("@"):
                # Not in the diary yet: the row that brings him could not be made, or it names another class.
                return ByHand(operation)
            known = self.people.get(target)
            if op in _PRESENT_CLASS:
                group = known.edu_group if known else ""
            gone = self.along.get(("person.archive", target)) if op == "membership.end" else None
            action = (_PRESENT_CLASS | _TOLD_CLASS)[op]
            return self._row(action, operation, gone, self._present(target), group)
        first = op == "edu_group.update" or op.split(".")[1] in {"create", "restore"}
        return ByHand(operation, first=first and operation.resource != "lessons")

    def _group(self, operation: Operation) -> str:
        values = operation.after or operation.before or {}
        return str(values.get("edu_group_id") or operation.edu_group)

    def _present(self, target: str) -> dict[str, Any]:
        known = self.people.get(target)
        if known is None:
            return {}
        values = {
            "last_name": known.last_name,
            "first_name": known.first_name,
            "middle_name": known.middle_name,
            "sex": known.sex,
            "birthday": known.birthday,
            "snils": known.snils,
        }
        return values | dict(self.updates.get(target, {}))

    def _row(
        self,
        action: Action,
        operation: Operation,
        along: Operation | None,
        values: Mapping[str, Any],
        group: str,
    ) -> ImportRow | ByHand:
        template = self.template
        if action not in template.actions:
            return ByHand(operation, ("action",))
        texts = {name: self._text(name, value) for name, value in values.items()}
        texts |= self._named(texts, group, operation)
        texts["action"] = template.actions[action]
        texts["id"] = "" if operation.target.startswith("@") else operation.target
        lacks = tuple(
            column.field
            for column in template.columns
            if action in column.required and column.field and not texts.get(column.field)
        )
        if operation.op == "person.update":
            # An empty cell says nothing, so a row cannot take a value away; nor say what has no column.
            lacks += tuple(
                name
                for name in operation.after or {}
                if not texts.get(name) or not self._says(name)
            )
        # A person of the diary is meant by his id; where the template cannot say it, nobody guesses.
        if texts["id"] and not template.writes("id"):
            lacks = (*lacks, "id")
        lacks += tuple(
            column.field for column in template.columns if self._unfit(texts.get(column.field, ""))
        )
        if lacks:
            return ByHand(operation, tuple(dict.fromkeys(lacks)))
        numbers = [operation.number]
        if along is not None:
            self.carried.add(along.number)
            numbers.append(along.number)
        return ImportRow(
            tuple(numbers),
            action,
            {column.field: texts.get(column.field, "") for column in template.columns},
        )

    def _unfit(self, text: str) -> bool:
        refused = self.template.formulas == "refuse" and text.startswith(FORMULA_STARTS)
        return refused or len(text) > _LONGEST

    def _says(self, name: str) -> bool:
        whole = name in _NAME_PARTS and self.template.writes("full_name")
        return whole or self.template.writes(name)

    def _named(self, texts: Mapping[str, str], group: str, operation: Operation) -> dict[str, str]:
        """Fields made of others: the full name, the class and its parts."""
        name = self.classes.get(group, "")
        parsed = parse_class(name)
        day = (operation.after or {}).get("date") or (operation.after or {}).get("from") or ""
        left = str((operation.after or {}).get("from_group_id") or "")
        parts = (texts.get(part, "") for part in _NAME_PARTS)
        return {
            "full_name": " ".join(part for part in parts if part),
            "edu_group": name,
            "from_group": self.classes.get(left, ""),
            "parallel": str(parsed.parallel or "") if parsed else "",
            "letter": parsed.letter if parsed else "",
            "date": self._text("date", day),
            "study_year": self.study_year,
        }

    def _text(self, name: str, value: object) -> str:
        if value is None or value == "":
            return ""
        if name == "sex":
            return self.template.sexes.get(str(value), "")
        if name in {"birthday", "date"}:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
            return day.strftime(self.template.date_format)
        text = str(value)
        if name == "snils" and self.template.snils_format == "dashes":
            return f"{text[:3]}-{text[3:6]}-{text[6:9]} {text[9:]}"
        return text
