"""The desk where a plan is carried out: client, mirror and plan in one place, and what became of its operations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from connector.api.client import Client
from connector.errors import DnevnikError
from connector.flows.look import look
from connector.flows.look_book import Reader
from connector.flows.pull import pull
from connector.flows.run import PullOptions
from connector.mirror.ledger import CREATED
from connector.mirror.store import Mirror
from connector.planned import Have, Link, Operation, Plan, Values
from connector.records import Row
from connector.sync.outcome import Resolver

_STUDENT = "EduStudent"
# What the journal may say of an operation that was sent and whose fate nobody noted.
OPEN = frozenset({"sending", "unknown"})


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out.

    Attributes:
        safe_part: leave out what a tripped guard covers and what depends on it.
        forced: names of guards that a person overruled; the reason is kept with the run.
        zone: the school's zone when the settings name it.

    """

    safe_part: bool = False
    forced: frozenset[str] = frozenset()
    reason: str = ""
    zone: tzinfo | None = None


@dataclass(slots=True)
class Fate:
    """What became of an operation: `applied`, `failed`, `skipped`, `unknown` or `handed_over`."""

    state: str
    detail: str = ""
    vendor_id: int | None = None


@dataclass(slots=True)
class ApplyResult:
    """What an apply or a verify found.

    Attributes:
        run_id: of the apply; "" of a verify.
        fates: by number of the operation.
        remaining: numbers of operations whose wish the vendor does not show.
        converged: None where somebody else carries the plan out.
        undo: the plan that takes it back, None where nothing landed.
        stuck: numbers that nothing takes back.
        error: why it stopped early.

    """

    run_id: str = ""
    fates: dict[int, Fate] = field(default_factory=dict)
    remaining: list[int] = field(default_factory=list)
    converged: bool | None = None
    undo: Plan | None = None
    stuck: list[int] = field(default_factory=list)
    error: DnevnikError | None = None

    def count(self, state: str) -> int:
        """Operations with this fate."""
        return sum(fate.state == state for fate in self.fates.values())


Progress = Callable[[int, int, str], None]
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Desk:
    """What carrying out needs, in one place."""

    client: Client
    mirror: Mirror
    plan: Plan
    document: Mapping[str, Any]
    clock: Clock
    zone: tzinfo | None = None
    progress: Progress = lambda _done, _total, _word: None
    made: dict[str, int] = field(default_factory=dict)
    gone: dict[str, set[Row]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of the plan."""
        return str(self.document["digest"])

    def resolver(self, have: Have, freed: Collection[int] = ()) -> Resolver:
        """What references mean on a mirror; nobody who was there before is taken for a new namesake."""
        return Resolver(have, self.made, freed, self.plan.scope.get("namesakes"))

    def refresh(self) -> Have:
        """Read the plan's scope again and look."""
        options = scope_options(self.plan, self.zone, self.gone)
        result = pull(self.client, self.mirror, options, clock=self.clock)
        if result.error is not None:
            raise result.error
        return self.look()

    def look(self) -> Have:
        """The mirror as it is."""
        scope = self.plan.scope
        horizon = (
            (date.fromisoformat(scope["start"]), date.fromisoformat(scope["end"]))
            if scope.get("lessons")
            else None
        )
        have = look(self.mirror, int(self.plan.school_id), horizon)
        if scope.get("book"):
            about = (o.after or o.before or {} for o in self.plan.operations)
            lessons = {int(values["lesson_id"]) for values in about}
            have.book = Reader(self.mirror, shown_only=True).of_lessons(sorted(lessons))
        return have


def scope_options(
    plan: Plan, zone: tzinfo | None, gone: Mapping[str, set[Row]] | None = None
) -> PullOptions:
    """What must be read to judge a plan."""
    lessons = bool(plan.scope.get("lessons") or plan.scope.get("book"))
    start, end = plan.scope.get("start"), plan.scope.get("end")
    return PullOptions(
        school_id=int(plan.school_id) or None,
        start=date.fromisoformat(start) if start else None,
        end=date.fromisoformat(end) if end else None,
        only=("lessons", "marks", "lesson_log_entries") if lessons else ("people",),
        full=True,
        zone=zone,
        expected_gone={table: frozenset(keys) for table, keys in (gone or {}).items()},
    )


def created_link(o: Operation, vendor_id: int, study_year: int) -> Link:
    """The identity of what a plan created."""
    resource, _colon, key = o.target[1:].partition(":")
    return Link(resource, key, vendor_id, CREATED, study_year=study_year)


def forget_archived(o: Operation, mirror: Mirror) -> None:
    """Forget what a class was created for once it is archived: its name is free to be founded anew.

    A person keeps the link: whoever comes back is brought back from the archive.
    """
    if o.op == "edu_group.archive" and o.target.isdecimal():
        mirror.forget_created("edu_groups", int(o.target))


def expect_gone(o: Operation, desk: Desk) -> None:
    """Note which rows an operation makes vanish, so that the next pull believes it."""
    known = Resolver(Have(), desk.made)

    def gone(table: str, *key: object) -> None:
        ids = tuple(known.id_of(part) or 0 for part in key)
        desk.gone.setdefault(table, set()).add((*ids, _STUDENT) if table == "memberships" else ids)

    values = o.after or o.before or {}
    match o.op:
        case "membership.end":
            gone(
                "memberships",
                values.get("person_id", o.target),
                values.get("edu_group_id", o.edu_group),
            )
        case "membership.move":
            gone("memberships", values.get("person_id", o.target), values.get("from_group_id"))
        case "edu_group.archive":
            gone("edu_groups", o.target)
        case "lesson.cancel":
            gone("lessons", o.target)
        case "lesson.update":
            for teacher in (o.before or {}).get("teacher_ids", ()):
                gone("lesson_teachers", o.target, teacher)
        case "work.create" | "work.delete" | "mark.put" | "log_entry.delete":
            table, key = _gone_from_book(o, values)
            if all(key):
                gone(table, *key)
        case _:
            pass


def _gone_from_book(o: Operation, values: Values) -> tuple[str, tuple[object, ...]]:
    """Table and key of a row; what is made anew was lost, so the one that the mirror may still believe in is gone."""
    if o.op == "mark.put":
        return "marks", (values["lost"],)
    if o.op == "log_entry.delete":
        return "lesson_log_entries", (values["lesson_id"], o.target)
    return "works", (o.target.rpartition(":")[2],)
