"""What can be done to a diary: operations, their order, and what takes each back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Values = Mapping[str, Any]


class Channel(StrEnum):
    """How an operation reaches the vendor: docs/adr and docs/cli.md tell the differences."""

    FILE = "file"
    API = "api"
    GATEWAY = "gateway"
    NONE = "none"


# Operation → its inverse, "" where there is none. A channel that lacks the inverse makes the operation irreversible.
INVERSES = {
    "edu_group.create": "edu_group.archive",
    "edu_group.update": "edu_group.update",
    "edu_group.archive": "edu_group.restore",
    "edu_group.restore": "edu_group.archive",
    "person.create": "person.archive",
    "person.update": "person.update",
    "person.archive": "person.restore",
    "person.restore": "person.archive",
    "membership.add": "membership.end",
    "membership.move": "membership.move",
    "membership.end": "membership.add",
    "lesson.create": "lesson.cancel",
    "lesson.update": "lesson.update",
    "lesson.cancel": "lesson.restore",
    "lesson.restore": "lesson.cancel",
    "work.create": "work.delete",
    "work.update": "work.update",
    "work.delete": "",
    "log_entry.put": "log_entry.delete",
    "log_entry.delete": "log_entry.put",
    # No published call changes a mark or takes one away.
    "mark.put": "",
}
# Parents before children, and what frees a place before what takes it.
ORDER = (
    "edu_group.restore",
    "edu_group.create",
    "edu_group.update",
    "person.restore",
    "person.create",
    "person.update",
    "membership.move",
    "membership.add",
    "membership.end",
    "person.archive",
    "edu_group.archive",
    "lesson.cancel",
    "lesson.restore",
    "lesson.update",
    "lesson.create",
    "work.create",
    "work.update",
    "log_entry.put",
    "mark.put",
    "log_entry.delete",
    "work.delete",
)
RESOURCES = {
    "edu_group": "edu_groups",
    "person": "persons",
    "membership": "memberships",
    "lesson": "lessons",
    "work": "works",
    "log_entry": "lesson_log_entries",
    "mark": "marks",
}
# Members whose text is somebody's own words: an `@` in it is no reference.
FREE_TEXT = frozenset({"text", "comment", "value", "text_value"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One change.

    Attributes:
        number: 1, 2, … in the order of carrying out; 0 before the plan is put in order.
        op: a key of `INVERSES`.
        target: id of the object as text, or the reference of the one to be created. Of a membership: the person's.
        edu_group: id or reference of the group it happens in, "" where none: guards count per group.
        before: managed values as they were seen, None for a creation. `lesson.cancel` and the archives hold all managed
            values, so that the inverse is known.
        after: values to send, None where only the target matters. Days are `YYYY-MM-DD`, ids text or references.
        reason: a word: `new`, `renamed`, `transferred`, `left`, `came_back`, `moved_up`, `unlisted`, `teacher`, `time`, …
        evidence: how the object was recognised: `link`, `snils`, `name+birthday`, `name+class`, `natural key`, `leavers' list`.
        source: where the wish comes from: `file, sheet, row`; "" where from a missing row.
        label: names for a person to read (children's names: never logged).
        channel: how it travels.
        irreversible: no inverse on this channel.
        seen: digest of what was seen; a plan is stale where it no longer agrees.
        needs: numbers of the operations that must have been applied before.
        guards: names of the tripped guards that cover it.

    """

    op: str
    target: str
    edu_group: str
    before: Values | None
    after: Values | None
    reason: str
    evidence: str
    source: str = ""
    label: str = ""
    channel: Channel = Channel.FILE
    irreversible: bool = False
    seen: str = ""
    number: int = 0
    needs: tuple[int, ...] = ()
    guards: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """Table of the mirror it changes."""
        return RESOURCES[self.op.split(".")[0]]

    @property
    def kind(self) -> str:
        """`create`, `update`, `move` or `archive`, as counted in summaries and guards."""
        verb = self.op.split(".")[1]
        if verb == "put":
            return "update" if self.before else "create"
        return {
            "create": "create",
            "restore": "create",
            "add": "create",
            "update": "update",
            "move": "move",
        }.get(verb, "archive")


def ref(resource: str, local_key: str) -> str:
    """The reference of an object that the plan itself creates."""
    return f"@{resource}:{local_key}"
