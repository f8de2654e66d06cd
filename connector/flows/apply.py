"""Carry a plan out over a gateway or by documented calls, and judge it: journal, send, read the school again, compare.

A line is on disk before each write. A write whose answer is lost is never simply repeated: the school is read again, or
the vendor is asked by natural key, and only what provably did not land is sent anew. Ctrl-C and a killed process lose
nothing: the next apply of the same plan goes on.
"""

from collections.abc import Collection, Mapping

from connector.errors import ApiError, Interrupted
from connector.flows.desk import (
    OPEN,
    ApplyOptions,
    ApplyResult,
    Desk,
    Fate,
    created_link,
    expect_gone,
    forget_archived,
    scope_options,
)
from connector.flows.sending import Sending
from connector.planned import Have, Operation, Plan
from connector.sync.outcome import Resolver, done_id, is_done
from connector.sync.undo import undo
from connector.writes import WriteProfile


def apply(desk: Desk, profile: WriteProfile | None, options: ApplyOptions) -> ApplyResult:
    """Send what is not there yet, then judge.

    Args:
        desk: client that may write, mirror open for writing, the plan.
        profile: how the deployment takes writes; None: by the documented calls.
        options: guards.

    Returns:
        What was done; `error` says why not all of it. With an error the school was not read again: `converged` is False
        and all that is not known to have landed remains.

    Raises:
        Interrupted: Ctrl-C; what was sent is journalled.
        DnevnikError: the school could not be read before anything was sent, or the mirror cannot be written.

    """
    scope: dict[str, object] = {
        "plan": desk.plan.plan,
        "digest": desk.digest,
        "forced": sorted(options.forced),
    }
    if options.reason:
        scope["reason"] = options.reason
    run = desk.mirror.start_run("apply", scope, desk.clock())
    result = ApplyResult(str(run))
    sending = Sending(desk, profile, options, run, result)
    desk.mirror.write_through()
    status = "failed"
    try:
        with desk.mirror.transaction():
            desk.mirror.keep_plan(desk.digest, desk.document, desk.clock())
        _carry_out(desk, sending, result)
        status = "done" if not result.remaining and result.error is None else "partial"
    except (KeyboardInterrupt, Interrupted) as stop:
        status = "interrupted"
        raise Interrupted from stop
    finally:
        summary = {
            state: result.count(state) for state in ("applied", "failed", "skipped", "unknown")
        }
        desk.mirror.finish_run(run, desk.clock(), status, summary)
    result.undo, stuck = undo_plan(desk, result)
    result.stuck = [o.number for o in stuck]
    return result


def _carry_out(desk: Desk, sending: Sending, result: ApplyResult) -> None:
    try:
        sending.rounds()
        result.error = sending.fatal
        if result.error is None:
            judge(desk, result)
            return
    except ApiError as error:
        if not sending.begun:
            raise
        result.error = error
    # A vendor who is away or wants a pause is not asked again; what was sent is known.
    result.converged = False
    result.remaining = [
        o.number
        for o in desk.plan.operations
        if (fate := result.fates.get(o.number)) is None or fate.state != "applied"
    ]


def judge(desk: Desk, result: ApplyResult, *, have: Have | None = None) -> None:
    """Read the school again and find what the vendor does not show yet."""
    known = desk.resolver(have or desk.refresh())
    links = []
    for o in desk.plan.operations:
        fate = result.fates.get(o.number)
        if o.op in ("person.archive", "person.restore") and fate and fate.state == "applied":
            # No list shows an archived person: its answer is all there is.
            continue
        if o.op == "person.create" and fate and fate.detail == "stale":
            # Somebody of this name came since: nobody may guess whether he is the one.
            result.remaining.append(o.number)
            continue
        if o.op.endswith(".create"):
            there = done_id(o, known)
            if there is not None and o.target.startswith("@") and o.target not in desk.made:
                desk.made[o.target] = there
                links.append(created_link(o, there, desk.plan.study_year))
        if not (_was_archived(o, fate, known) or is_done(o, known)):
            result.remaining.append(o.number)
    remaining = set(result.remaining)
    with desk.mirror.transaction():
        desk.mirror.link(links, desk.clock())
        for o in desk.plan.operations:
            if o.number not in remaining:
                forget_archived(o, desk.mirror)
    result.converged = not result.remaining


def _was_archived(o: Operation, fate: Fate | None, known: Resolver) -> bool:
    """Whether somebody whom an operator was to archive stands in no group any more: all that lists tell of it."""
    if o.op != "person.archive" or fate is None or fate.state != "handed_over":
        return False
    person = known.id_of(o.target)
    return all(member != person for member, _group in known.have.members)


def verify(desk: Desk) -> ApplyResult:
    """Read the plan's scope and say what is still different."""
    result = ApplyResult()
    for number, (state, vendor_id, detail) in desk.mirror.journal(desk.digest).items():
        result.fates[number] = Fate("unknown" if state in OPEN else state, detail or "", vendor_id)
    operations = {o.number: o for o in desk.plan.operations}
    for number, fate in result.fates.items():
        if number in operations:
            if fate.vendor_id is not None:
                desk.made[operations[number].target] = fate.vendor_id
            if fate.state in ("applied", "handed_over", "unknown"):
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
    "Desk",
    "Fate",
    "apply",
    "hand_over",
    "judge",
    "landed",
    "scope_options",
    "undo_plan",
    "verify",
]
