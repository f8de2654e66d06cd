"""`dnevnik apply PLAN`: carry a plan out on its channel, then verify."""

import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console, wrapped, write_file
from connector.commands.planning import (
    PLAN_FILE,
    Document,
    import_template_of,
    names_in,
    open_desk,
    outcome_document,
    outcome_lines,
    read_plan,
    require_writes,
    write_plan,
    write_profile_of,
)
from connector.commands.wiring import FOLDER, open_settings
from connector.errors import NotConverged, PlanRefused
from connector.i18n import N_, _, translation

if TYPE_CHECKING:
    from connector.flows.apply import ApplyResult, Desk
    from connector.planned import Have, Operation, Plan
    from connector.settings import Settings
    from connector.writes import WriteProfile
    from mappings.handover import PersonValues


@base.command(
    "apply",
    summary=N_(
        "Carry a plan out on its channel, then read the school again and compare.\n\n"
        "Channel file writes import workbooks and a checklist for the operator; channels gateway and api send the operations. "
        "A run that was cut off is resumed by the same command. Exit code 6 while something remains."
    ),
    examples=(
        (N_("Ask before writing:"), "dnevnik apply plan.json"),
        (
            N_("Only what no guard covers, unattended:"),
            "dnevnik apply plan.json --yes --safe-part",
        ),
    ),
)
@base.argument("plan_file", metavar="PLAN", type=PLAN_FILE, explain=N_("A saved plan."))
@base.option("--yes", is_flag=True, explain=N_("Do not ask."))
@base.option(
    "--safe-part",
    is_flag=True,
    explain=N_("Leave out what a tripped guard covers and what depends on it."),
)
@base.option(
    "--force-guard",
    "forced",
    multiple=True,
    metavar="NAME",
    explain=N_("Overrule this guard; may be repeated; needs --reason."),
)
@base.option(
    "--reason",
    default="",
    metavar="TEXT",
    explain=N_("Why a guard is overruled; kept with the run."),
)
@base.option(
    "--out",
    "folder",
    type=FOLDER,
    default=None,
    metavar="DIR",
    explain=N_("Folder for import workbooks and checklists; beside the plan by default."),
)
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    plan_file: Path,
    yes: bool,
    safe_part: bool,
    forced: tuple[str, ...],
    reason: str,
    folder: Path | None,
) -> None:
    """Apply a plan."""
    if forced and not reason.strip():
        raise click.UsageError(_("--force-guard needs --reason: it is kept with the run."))
    settings = open_settings(console)
    plan, document = read_plan(plan_file)
    check_guards(plan, safe_part=safe_part, forced=forced)
    if not plan.operations:
        console.note(_("The plan is empty: nothing to do."))
    if plan.channel in ("gateway", "api"):
        ask_first(console, plan, yes=yes)
        result, undo_file = over_the_wire(
            console,
            settings,
            plan,
            document,
            plan_file,
            safe_part=safe_part,
            forced=forced,
            reason=reason,
        )
    else:
        undo_file = None
        result = as_files(
            console,
            settings,
            plan,
            document,
            folder or plan_file.with_suffix(".files"),
            safe_part=safe_part,
        )
    if console.json:
        console.document(outcome_document("apply", plan, result, undo_file))
    elif not console.quiet:
        console.say("\n".join(outcome_lines(plan, result)))
        if undo_file is not None:
            console.say(_("To take it back: dnevnik apply {path}").format(path=undo_file))
    if result.error is not None:
        raise result.error
    if result.remaining and not (safe_part and only_guarded(plan, result)):
        raise NotConverged(remaining=len(result.remaining))


def check_guards(plan: "Plan", *, safe_part: bool, forced: tuple[str, ...]) -> None:
    """Refuse a plan whose guards tripped, unless a person said how to go on.

    Raises:
        PlanRefused: with the names of the guards.

    """
    tripped = [guard for guard in plan.guards if guard.tripped]
    left = [guard for guard in tripped if guard.name not in forced]
    unknown = [name for name in forced if name not in {guard.name for guard in tripped}]
    if unknown:
        text = N_("No guard of this name tripped: {names}.")
        raise click.UsageError(_(text).format(names=", ".join(unknown)))
    if left and not safe_part:
        text = N_(
            "it changes more than the guards allow: {guards}. Look at the plan; then apply with --safe-part, or overrule with --force-guard NAME --reason TEXT."
        )
        shown = ", ".join(f"{g.name} ({g.actual} > {g.limit})" for g in left[:5])
        more = ", …" if len(left) > 5 else ""
        raise PlanRefused(_(text).format(guards=shown + more))


def ask_first(console: Console, plan: "Plan", *, yes: bool) -> None:
    """Have a person confirm, who must be there."""
    if yes or not plan.operations:
        return
    if console.json or not sys.stdin.isatty():
        raise click.UsageError(_("Nobody can be asked here: read the plan, then add --yes."))
    irreversible = sum(o.irreversible for o in plan.operations)
    if irreversible:
        text = N_("Operations that cannot be taken back: {n}.")
        console.warn(_(text).format(n=irreversible))
    text = N_("Operations to send to the vendor: {n}. Go on?")
    if not click.confirm(_(text).format(n=len(plan.operations)), default=False, err=True):
        raise click.exceptions.Exit(0)


def over_the_wire(
    console: Console,
    settings: "Settings",
    plan: "Plan",
    document: Document,
    plan_file: Path,
    *,
    safe_part: bool,
    forced: tuple[str, ...],
    reason: str,
) -> "tuple[ApplyResult, Path | None]":
    """Send a plan; returns what became of it and the file that takes it back."""
    from connector.flows.apply import ApplyOptions, apply  # noqa: PLC0415 - help must not wait for the client
    from connector.flows.push import accept_files  # noqa: PLC0415 - as above
    from connector.sync.plan import arrange  # noqa: PLC0415 - as above

    profile, can = sender_of(settings, plan)
    with open_desk(console, settings, plan, document) as desk:
        options = ApplyOptions(safe_part, frozenset(forced), reason, desk.zone)
        result = apply(desk, profile, options)
        if result.converged:
            accept_files(desk.mirror, plan, desk.clock())
        elif plan.kind == "restore":
            write_rest(console, settings, desk, result, plan_file.with_suffix(".rest.xlsx"))
    if result.undo is None:
        return result, None
    operations = arrange(result.undo.operations, channel=plan.channel, can=can)
    undo_file = plan_file.with_suffix(".undo.json")
    write_plan(undo_file, replace(result.undo, operations=operations))
    return result, undo_file


def write_rest(
    console: Console, settings: "Settings", desk: "Desk", result: "ApplyResult", place: Path
) -> None:
    """Put what a restoration could not bring back onto a work sheet, so that it is not merely lost."""
    from connector.flows.restore_diary import left_over  # noqa: PLC0415 - as above
    from mappings.worksheets import worksheet  # noqa: PLC0415 - as above

    left = set(result.remaining)
    lines, names = left_over(desk.mirror, [o for o in desk.plan.operations if o.number in left])
    write_file(place, worksheet(lines, names, translation(settings.reports.lang).gettext))
    text = N_("What the diary did not take, as a work sheet: {path}")
    console.note(_(text).format(path=place))


def sender_of(settings: "Settings", plan: "Plan") -> "tuple[WriteProfile | None, Collection[str]]":
    """The write profile of a plan, None where it travels by documented calls, and what its channel can do.

    Raises:
        PlanRefused: the plan wants something else.
        UsageProblem: writes are off, or no profile is named.

    """
    from connector.flows.documented import OPERATIONS  # noqa: PLC0415 - as above

    profile = None if plan.channel == "api" else write_profile_of(settings)
    if profile is None:
        require_writes(settings)
    can = OPERATIONS if profile is None else profile.operations
    missing = sorted({o.op for o in plan.operations} - set(can))
    if missing:
        text = N_("the write profile {profile} cannot do: {ops}")
        name = profile.name if profile else _("of the published calls")
        raise PlanRefused(_(text).format(profile=name, ops=", ".join(missing)))
    return profile, can


def as_files(
    console: Console,
    settings: "Settings",
    plan: "Plan",
    document: Document,
    folder: Path,
    *,
    safe_part: bool,
) -> "ApplyResult":
    """Write the plan as files for the operator."""
    from connector.flows.apply import hand_over  # noqa: PLC0415 - as above
    from connector.flows.push import accept_files  # noqa: PLC0415 - as above
    from mappings.handover import write_handover  # noqa: PLC0415 - as above

    template = import_template_of(settings)
    with open_desk(console, settings, plan, document) as desk:
        shown = replace(plan, operations=safe_operations(plan)) if safe_part else plan
        have = desk.look()
        classes = {str(g.id): g.name for g in have.groups.values() if not g.parents}
        written = write_handover(
            shown,
            people_of(have, plan.study_year),
            classes,
            names_in(desk.mirror, plan),
            template,
            folder,
        )
        result = hand_over(desk, {o.number for o in shown.operations})
        accept_files(desk.mirror, plan, desk.clock())
    for file in written.files:
        console.note(_("Written: {path}").format(path=file))
    text = N_(
        "Upload the workbooks and work through the checklist, then run `dnevnik verify` with the plan."
    )
    console.note(wrapped(_(text)))
    return result


def safe_operations(plan: "Plan") -> "list[Operation]":
    """Operations that no tripped guard covers and that depend on none of those."""
    from connector.sync.guards import safe_part  # noqa: PLC0415 - as above

    numbers = set(safe_part(plan.operations))
    return [o for o in plan.operations if o.number in numbers]


def people_of(have: "Have", study_year: int) -> "dict[str, PersonValues]":
    """Present values of the pupils, as import workbooks need them."""
    from mappings.handover import PersonValues  # noqa: PLC0415 - as above

    classes = {
        person: group
        for person, group in sorted(
            have.members, key=lambda pair: have.groups[pair[1]].study_year == study_year
        )
        if not have.groups[group].parents
    }
    return {
        str(one.id): PersonValues(
            one.last_name,
            one.first_name,
            one.middle_name,
            one.sex,
            one.birthday,
            edu_group=str(classes.get(one.id, "")),
        )
        for one in have.persons.values()
    }


def only_guarded(plan: "Plan", result: "ApplyResult") -> bool:
    """Whether all that remains was left out on purpose."""
    left = set(result.remaining)
    return all(
        (fate := result.fates.get(o.number)) is not None
        and fate.state == "skipped"
        and (fate.detail == "guard" or fate.detail.startswith("needs"))
        for o in plan.operations
        if o.number in left
    )
