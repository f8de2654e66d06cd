"""Carry a plan out over a gateway, and judge it: journal, send, read the school again, compare.

A line is on disk before each write. A write whose answer is lost is never simply repeated: the school is read again, or
the vendor is asked by natural key, and only what provably did not land is sent anew. Ctrl-C and a killed process lose
nothing: the next apply of the same plan goes on.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from connector.api.client import Client
from connector.api.gateway import find_call, write_call
from connector.errors import (
    ApiError,
    DnevnikError,
    Interrupted,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    TransportFailed,
)
from connector.flows.look import look
from connector.flows.pull import pull
from connector.flows.run import PullOptions
from connector.mirror.store import Mirror
from connector.planned import Channel, Have, Link, Operation, Plan
from connector.records import Row, RunId
from connector.sync.outcome import Resolver, done_id, is_done, is_stale
from connector.sync.plan import to_document
from connector.sync.undo import undo
from connector.writes import WriteProfile

# Rounds of sending what provably did not land; each begins with reading the school again.
ROUNDS = 3
# Writes that failed in a row before anything was sent: the vendor is away.
FAILURES_IN_A_ROW = 5
_STUDENT = "EduStudent"


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
        return look(self.mirror, int(self.plan.school_id), horizon)


def scope_options(
    plan: Plan, zone: tzinfo | None, gone: Mapping[str, set[Row]] | None = None
) -> PullOptions:
    """What must be read to judge a plan."""
    lessons = bool(plan.scope.get("lessons"))
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


def apply(desk: Desk, profile: WriteProfile, options: ApplyOptions) -> ApplyResult:
    """Send what is not there yet, then judge.

    Args:
        desk: client that may write, mirror open for writing, the plan.
        profile: how the deployment takes writes.
        options: guards.

    Returns:
        What was done; `error` says why not all of it.

    Raises:
        Interrupted: Ctrl-C; what was sent is journalled.
        DnevnikError: the school could not be read, or the mirror cannot be written.

    """
    return _Applying(desk, profile, options).carry_out()


class _Applying:
    def __init__(self, desk: Desk, profile: WriteProfile, options: ApplyOptions) -> None:
        self.desk = desk
        self.profile = profile
        self.options = options
        self.run = RunId(0)
        self.result = ApplyResult()
        self.fatal: DnevnikError | None = None
        self.unsent = 0

    def carry_out(self) -> ApplyResult:
        desk = self.desk
        scope = {
            "plan": desk.plan.plan,
            "digest": desk.digest,
            "forced": sorted(self.options.forced),
        }
        if self.options.reason:
            scope["reason"] = self.options.reason
        self.run = desk.mirror.start_run("apply", scope, desk.clock())
        self.result.run_id = str(self.run)
        desk.mirror.write_through()
        status = "failed"
        try:
            with desk.mirror.transaction():
                desk.mirror.keep_plan(desk.digest, desk.document, desk.clock())
            self._rounds()
            judge(desk, self.result)
            status = "done" if not self.result.remaining and self.fatal is None else "partial"
        except KeyboardInterrupt as stop:
            status = "interrupted"
            raise Interrupted from stop
        finally:
            desk.mirror.finish_run(self.run, desk.clock(), status, self._summary())
        self.result.error = self.fatal
        self.result.undo, stuck = undo_plan(desk, self.result)
        self.result.stuck = [o.number for o in stuck]
        return self.result

    def _summary(self) -> dict[str, object]:
        return {
            state: self.result.count(state) for state in ("applied", "failed", "skipped", "unknown")
        }

    def _rounds(self) -> None:
        desk = self.desk
        journal = desk.mirror.journal(desk.digest)
        for o in desk.plan.operations:
            state, vendor_id, detail = journal.get(o.number, ("", None, None))
            if state in ("applied", "sending", "unknown"):
                fate = "applied" if state == "applied" else "unknown"
                self.result.fates[o.number] = Fate(fate, detail or "", vendor_id)
                if vendor_id is not None:
                    desk.made[o.target] = vendor_id
        for _round in range(ROUNDS):
            known = Resolver(desk.refresh(), desk.made)
            for number, o in enumerate(desk.plan.operations, 1):
                if self.fatal is not None:
                    return
                if self._state(o.number) != "applied":
                    self.result.fates[o.number] = self._one(o, known)
                desk.progress(number, len(desk.plan.operations), o.op)
            if not self.result.count("unknown"):
                return

    def _state(self, number: int) -> str:
        fate = self.result.fates.get(number)
        return fate.state if fate else ""

    def _one(self, o: Operation, known: Resolver) -> Fate:
        lost = self._state(o.number) == "unknown"
        if o.guards and not set(o.guards) <= self.options.forced:
            return self._end(o, Fate("skipped", "guard"))
        waiting = [n for n in o.needs if self._state(n) != "applied"]
        if waiting:
            return self._end(o, Fate("skipped", f"needs {waiting[0]}"))
        if o.op.endswith(".create"):
            found = self._found(o, known, lost=lost)
            if found is not None:
                return self._end(o, found)
        elif o.op not in ("person.archive", "person.restore") and is_done(o, known):
            return self._end(o, Fate("applied", "found again" if lost else "was so"))
        if is_stale(o, known):
            return self._end(o, Fate("skipped", "stale"))
        return self._send(o, known)

    def _found(self, o: Operation, known: Resolver, *, lost: bool) -> Fate | None:
        """The fate of a creation whose object may be there already; None: it is not there."""
        if o.op == "person.create":
            return self._found_person(o, known, lost=lost)
        there = done_id(o, known)
        if there is None:
            return None
        return Fate("applied", "found again" if lost else "was so", there)

    def _found_person(self, o: Operation, known: Resolver, *, lost: bool) -> Fate | None:
        how = self.profile.operations.get(o.op)
        if lost and how is not None and how.find is not None:
            values = {**(o.after or {}), "school": self.desk.plan.school_id}
            ids = self.desk.client(find_call(how, values))
            fresh = [i for i in ids if i not in known.have.persons]
            if len(fresh) == 1:
                return Fate("applied", "found again", fresh[0])
            return Fate("failed", "several fit") if fresh else None
        # Somebody of this name came into this class since the plan was made: nobody may guess whether he is the one.
        there = done_id(o, known)
        if there is None or there in self.desk.made.values():
            return None
        return Fate("applied", "found again", there) if lost else Fate("skipped", "stale")

    def _send(self, o: Operation, known: Resolver) -> Fate:
        values = known.resolved(o.after or o.before)
        target = known.id_of(o.target)
        if values is None or (target is None and not o.op.endswith(".create")):
            return self._end(o, Fate("skipped", "reference"))
        call = write_call(
            self.profile, o.op, values | {"school": self.desk.plan.school_id, "target": target}
        )
        self._note(o, Fate("sending"))
        try:
            made = self.desk.client(call)
        except ApiError as error:
            return self._end(o, self._failed(error))
        self.unsent = 0
        return self._end(o, Fate("applied", "", made))

    def _failed(self, error: ApiError) -> Fate:
        word = type(error).__name__
        if isinstance(error, SignInNeeded | RateLimited):
            self.fatal = error
            return Fate("failed", word)
        if isinstance(error, RequestRejected):
            self.unsent = 0
            return Fate("failed", str(error.facts.get("type") or "") or word)
        if isinstance(error, TransportFailed) and not error.sent:
            self.unsent += 1
            if self.unsent >= FAILURES_IN_A_ROW:
                self.fatal = error
            return Fate("failed", "not sent")
        # It may have landed.
        return Fate("unknown", word)

    def _note(self, o: Operation, fate: Fate) -> None:
        mirror, at = self.desk.mirror, self.desk.clock()
        with mirror.transaction():
            mirror.write_down(
                self.run,
                self.desk.digest,
                o.number,
                fate.state,
                at,
                vendor_id=fate.vendor_id,
                detail=fate.detail or None,
            )
            if fate.state == "applied" and fate.vendor_id is not None and o.target.startswith("@"):
                mirror.link(
                    [created_link(o, fate.vendor_id, self.desk.plan.study_year)], at, self.run
                )

    def _end(self, o: Operation, fate: Fate) -> Fate:
        self._note(o, fate)
        if fate.state == "applied":
            if fate.vendor_id is not None:
                self.desk.made[o.target] = fate.vendor_id
            expect_gone(o, self.desk)
        return fate


def created_link(o: Operation, vendor_id: int, study_year: int) -> Link:
    """The identity of what a plan created."""
    resource, _colon, key = o.target[1:].partition(":")
    return Link(resource, key, vendor_id, "created", study_year=study_year)


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
        case _:
            pass


def judge(desk: Desk, result: ApplyResult, *, have: Have | None = None) -> None:
    """Read the school again and find what the vendor does not show yet."""
    known = Resolver(have or desk.refresh(), desk.made)
    links = []
    for o in desk.plan.operations:
        fate = result.fates.get(o.number)
        if o.op in ("person.archive", "person.restore") and fate and fate.state == "applied":
            # No list shows an archived person: its answer is all there is.
            continue
        if o.op.endswith(".create"):
            there = done_id(o, known)
            if there is not None and o.target.startswith("@") and o.target not in desk.made:
                desk.made[o.target] = there
                links.append(created_link(o, there, desk.plan.study_year))
        if not is_done(o, known):
            result.remaining.append(o.number)
    if links:
        with desk.mirror.transaction():
            desk.mirror.link(links, desk.clock())
    result.converged = not result.remaining


def verify(desk: Desk) -> ApplyResult:
    """Read the plan's scope and say what is still different."""
    result = ApplyResult()
    for number, (state, vendor_id, detail) in desk.mirror.journal(desk.digest).items():
        result.fates[number] = Fate(state, detail or "", vendor_id)
    operations = {o.number: o for o in desk.plan.operations}
    for number, fate in result.fates.items():
        if number in operations:
            if fate.vendor_id is not None:
                desk.made[operations[number].target] = fate.vendor_id
            if fate.state in ("applied", "handed_over"):
                expect_gone(operations[number], desk)
    for link in desk.mirror.links().values():
        if link.vendor_id is not None:
            desk.made.setdefault(f"@{link.resource}:{link.local_key}", link.vendor_id)
    judge(desk, result)
    return result


def hand_over(desk: Desk, numbers: Collection[int]) -> ApplyResult:
    """Journal that a person was given these operations to carry out; `verify` tells how it went."""
    run = desk.mirror.start_run(
        "apply", {"plan": desk.plan.plan, "digest": desk.digest}, desk.clock()
    )
    result = ApplyResult(str(run))
    with desk.mirror.transaction():
        desk.mirror.keep_plan(desk.digest, desk.document, desk.clock())
        for number in sorted(numbers):
            desk.mirror.write_down(run, desk.digest, number, "handed_over", desk.clock())
            result.fates[number] = Fate("handed_over")
    desk.mirror.finish_run(run, desk.clock(), "done", {"handed_over": len(numbers)})
    return result


def landed(
    plan: Plan, journal: Mapping[int, tuple[str, int | None, str | None]]
) -> tuple[list[Operation], dict[str, int]]:
    """Operations of a plan that changed something, by its journal, and the ids of what they made."""
    applied, made = [], {}
    for o in plan.operations:
        state, vendor_id, detail = journal.get(o.number, ("", None, None))
        if state == "applied":
            if vendor_id is not None:
                made[o.target] = vendor_id
            if detail != "was so":
                applied.append(o)
    return applied, made


def undo_plan(desk: Desk, result: ApplyResult) -> tuple[Plan | None, list[Operation]]:
    """The plan that takes back what landed, and what nothing takes back."""
    landed = [
        o
        for o in desk.plan.operations
        if (fate := result.fates.get(o.number))
        and fate.state == "applied"
        and fate.detail != "was so"
    ]
    back, stuck = undo(landed, desk.made)
    if not back:
        return None, stuck
    plan = desk.plan
    return (
        Plan(
            plan=f"{plan.plan}-undo",
            kind="undo",
            school_id=plan.school_id,
            study_year=plan.study_year,
            channel=plan.channel,
            created_at=str(plan.created_at),
            scope=plan.scope,
            operations=back,
        ),
        stuck,
    )


__all__ = [
    "ApplyOptions",
    "ApplyResult",
    "Channel",
    "Desk",
    "Fate",
    "apply",
    "hand_over",
    "to_document",
    "verify",
]
