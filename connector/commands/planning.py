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
    from mappings.templates import ImportTemplate

PLAN_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
Document = dict[str, Any]


def read_plan(path: Path) -> "tuple[Plan, Document]":
    """Read a plan back.

    Raises:
        PlanRefused: it is no plan, or was edited or cut.

    """
    from connector.sync.plan import from_document  # noqa: PLC0415 - help must not wait for the core

    try:
        document = json.loads(path.read_bytes())
        return from_document(document), document
    except (OSError, ValueError, KeyError, TypeError) as problem:
        text = N_(
            "{path} is no plan of this program, or it was changed after it was made. Make the plan again."
        )
        raise PlanRefused(_(text).format(path=path)) from problem


def write_plan(path: Path, plan: "Plan") -> Document:
    """Write a plan; returns its document."""
    from connector.sync.plan import to_document  # noqa: PLC0415 - as above

    document = to_document(plan)
    write_file(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    return document


def names_in(mirror: "Mirror", plan: "Plan") -> dict[str, str]:
    """What ids and references of a plan are called."""
    from connector.flows.look import NAMES  # noqa: PLC0415 - help must not wait for SQLite

    names: dict[str, str] = dict(mirror.query(NAMES))
    for o in plan.operations:
        if o.target.startswith("@"):
            names[o.target] = o.label
        if o.op == "edu_group.create" and o.after:
            names[o.target] = str(o.after.get("name", ""))
    return names


def who() -> str:
    """The account that decides, for the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def write_profile_of(settings: "Settings") -> "WriteProfile":
    """The write profile that the settings name.

    Raises:
        UsageProblem: writes are off, or no profile is named.

    """
    from mappings.write_profiles import read_write_profile  # noqa: PLC0415 - as above

    require_writes(settings)
    if not settings.writes.profile:
        raise UsageProblem(
            N_(
                "The gateway needs a write profile. Name it in [writes] profile, e.g. reference for the emulated vendor."
            )
        )
    return read_write_profile(settings.writes.profile)


def require_writes(settings: "Settings") -> None:
    """Refuse to send anything while writes are off.

    Raises:
        UsageProblem: they are.

    """
    if not settings.writes.enabled:
        raise UsageProblem(
            N_(
                "Writes to the vendor are off. Set [writes] enabled = true once you have read the plan."
            )
        )


def import_template_of(settings: "Settings") -> "ImportTemplate":
    """The import template that the settings name, or the shipped one."""
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
    "values": N_("the plan carries a value that cannot be sent"),
    "cannot be seen": N_("its answer was lost and no list shows it; look at the diary"),
    "no id": N_("it was taken, and the diary does not show it yet"),
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
