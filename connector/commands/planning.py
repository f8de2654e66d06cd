"""What the commands around plans share: the plan's file, the names in it, the place to carry it out from."""

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connector.commands.console import Console, write_file
from connector.commands.wiring import now, open_client, open_mirror
from connector.errors import PlanRefused, UsageProblem
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.flows.apply import ApplyResult, Desk
    from connector.mirror.store import Mirror
    from connector.planned import Plan
    from connector.settings import Settings
    from connector.writes import WriteProfile
    from mappings.templates import template_named  # noqa: PLC0415 - as above

    return template_named(settings.writes.template)


@contextmanager
def open_desk(
    console: Console, settings: "Settings", plan: "Plan", document: Mapping[str, Any]
) -> "Iterator[Desk]":
    """Client, mirror and plan in one place."""
    from connector.flows.apply import Desk  # noqa: PLC0415 - as above

    with (
        open_client(settings) as client,
        open_mirror(settings, write=True) as mirror,
        console.progress(_("Plan")) as advance,
    ):
        yield Desk(
            client,
            mirror,
            plan,
            document,
            now,
            ZoneInfo(settings.school.timezone) if settings.school.timezone else None,
            advance,
        )


FATES = {
    "applied": N_("applied"),
    "failed": N_("failed"),
    "skipped": N_("skipped"),
    "unknown": N_("unknown whether it landed"),
    "handed_over": N_("handed over"),
    "sending": N_("unknown whether it landed"),
}
DETAILS = {
    "guard": N_("covered by a tripped guard"),
    "stale": N_("the vendor's data changed since the plan was made"),
    "reference": N_("what it refers to does not exist"),
    "was so": N_("it was so already"),
    "found again": N_("its answer was lost, but it had landed"),
    "several fit": N_("several persons fit; decide by hand"),
    "not sent": N_("the vendor could not be reached"),
    "conflict": N_("the vendor sees a conflict"),
    "parameterInvalid": N_("the vendor does not know the object"),
    "outOfScope": N_("the token has no right for it"),
    "invalidRequest": N_("the vendor does not take these values"),
}


def outcome_document(
    command: str, plan: "Plan", result: "ApplyResult", undo_plan: Path | None = None
) -> Document:
    """The JSON document of `apply` and `verify`: docs/json/apply.json."""
    return {
        "schema": f"dnevnik/{command}/1",
        "plan": plan.plan,
        "run_id": result.run_id,
        **{
            state: result.count(state)
            for state in ("applied", "failed", "skipped", "unknown", "handed_over")
        },
        "remaining": [str(number) for number in result.remaining],
        "converged": result.converged,
        "irreversible": [str(number) for number in result.stuck],
        "undo_plan": None if undo_plan is None else str(undo_plan),
        "operations": [
            {"number": str(o.number), "op": o.op, "state": fate.state, "detail": fate.detail}
            for o in plan.operations
            if (fate := result.fates.get(o.number))
        ],
    }


def outcome_lines(plan: "Plan", result: "ApplyResult", *, shown: int = 20) -> Iterator[str]:
    """Write an outcome for people, in 80 columns."""
    for state in ("applied", "handed_over", "skipped", "failed", "unknown"):
        if result.count(state):
            yield _("Operations {state}: {n}").format(state=_(FATES[state]), n=result.count(state))
    open_ones = [
        o
        for o in plan.operations
        if o.number in result.remaining
        or ((fate := result.fates.get(o.number)) and fate.state in ("failed", "unknown"))
    ]
    for o in open_ones[:shown]:
        fate = result.fates.get(o.number)
        why = (
            _(DETAILS.get(fate.detail, fate.detail or FATES[fate.state]))
            if fate
            else _("not there yet")
        )
        if fate and fate.state in ("applied", "handed_over"):
            why = _("not there yet")
        yield f"  {o.number:>5}  {o.op:<18} {o.label[:40]}: {why}"
    if len(open_ones) > shown:
        yield "  " + _("and others: {n} (all: --json)").format(n=len(open_ones) - shown)
    if result.converged:
        yield _("The vendor shows what the plan wants.")
