"""The plan itself, and what is said in it beside the operations: guards, questions, identities, notes."""

from dataclasses import dataclass, field
from typing import Any

from connector.planned.operations import Channel, Operation


@dataclass(frozen=True, slots=True)
class Guard:
    """A limit and what the plan asks for."""

    name: str
    limit: int
    actual: int

    @property
    def tripped(self) -> bool:
        """Whether the plan asks for more than the limit."""
        return self.actual > self.limit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vendor object that may be the one; `score` from 0 to 100."""

    vendor_id: int
    label: str
    score: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must decide before it is planned.

    Attributes:
        resource: `persons`, `teachers`, `subjects`, `edu_groups` (subgroups too) or `pairings` (which teacher takes which part).
        local_key: as in the source.
        label: how the source names it.
        reason: a word: `name_and_class`, `namesakes`, `surname_changed`, `two_fit`, `unknown_name`, `unpaired`, …
        candidates: best first; none may fit.
        unique: exactly one fits and nobody else fits it: may be answered in bulk.
        study_year: of the plan that asks: the answer holds for it where the key is made of a class.

    """

    resource: str
    local_key: str
    label: str
    reason: str
    candidates: tuple[Candidate, ...] = ()
    unique: bool = False
    study_year: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A decided identity: which vendor object a local key means; `vendor_id` None: decided that there is none yet.

    Attributes:
        study_year: in which it was decided, None where unknown. A key made of a class (`class:…:5А`) means nobody in
            another year: next September's 5А has other pupils.

    """

    resource: str
    local_key: str
    vendor_id: int | None
    evidence: str
    score: int = 100
    decided_by: str = "automatic"
    study_year: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the plan tells without doing it: an advice, a clash, unplaced hours, a protected lesson."""

    rule: str
    text: str
    edu_group: str = ""
    day: str = ""


@dataclass(slots=True)
class Plan:
    """The whole.

    Attributes:
        plan: random name of 12 hexadecimal digits.
        kind: `roster`, `schedule`, `restore` or `undo`.
        school_id: as text.
        study_year: year it starts in.
        channel: of all its operations.
        created_at: UTC moment.
        scope: group ids (text) and days that must be pulled to judge it: `{"edu_groups": […], "start": …, "end": …}`.
        sources: `{"path", "sha256"}` of the files behind it.
        unchanged: objects that are as they should be.
        links: identities found on the way; kept in the mirror when the plan is saved.
        unresolved: open questions; what they concern is left alone.

    """

    plan: str
    kind: str
    school_id: str
    study_year: int
    channel: Channel
    created_at: str
    scope: dict[str, Any] = field(default_factory=dict)
    sources: list[dict[str, str]] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    unresolved: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    unchanged: int = 0
