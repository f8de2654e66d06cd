"""`dnevnik plan roster|schedule|restore|undo`: what would change at the vendor, and why, as a file a person reads first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.planning import names_in, write_plan, write_profile_of
from connector.commands.pull import watcher
from connector.commands.wiring import (
    DAY,
    now,
    open_client,
    open_mirror,
    open_settings,
    school_zone,
)
from connector.errors import InputRejected, NothingFits, PlanRefused, UsageProblem
from connector.i18n import N_, _, language

if TYPE_CHECKING:
    from connector.flows.push import PlanOptions
    from connector.flows.run import PullOptions
    from connector.mirror.store import Mirror
    from connector.planned import Plan
    from connector.settings import Settings
    from connector.source import Source
    from connector.sync.guards import Limits

PENDING = 10
ELSEWHERE = {"restore": "connector.commands.plan_restore"}
OUT = click.Path(path_type=Path, dir_okay=False)
SOURCE = click.Path(path_type=Path, exists=True)


class Plans(base.Group):
    """Knows the subcommand of another file, which is imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them in the order of a first acquaintance."""
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a subcommand that stands elsewhere."""
        if cmd_name in ELSEWHERE:
            found: click.Command = import_module(ELSEWHERE[cmd_name]).command
            return found
        return super().get_command(ctx, cmd_name)


@click.group(
    "plan",
    cls=Plans,
    help=N_(
        "Plan what would change at the vendor, and why.\n\n"
        "Pulls first, so that the plan is made on what the vendor shows now. Nothing is written to the vendor: "
        "read the plan, then give it to `dnevnik apply`."
    ),
    examples=(
        (N_("Class lists:"), "dnevnik plan roster classes.xlsx --out plan.json --html plan.html"),
        (
            N_("The timetable, four weeks ahead:"),
            "dnevnik plan schedule school.xml --out plan.json",
        ),
    ),
)
def command() -> None:
    """Make a plan."""


def _common(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            base.option(
                "--out", type=OUT, required=True, metavar="PLAN", explain=N_("File for the plan.")
            ),
            base.option(
                "--html",
                type=OUT,
                default=None,
                metavar="FILE",
                explain=N_("Write a page for reading, too."),
            ),
            base.option(
                "--channel",
                type=click.Choice(("file", "gateway")),
                default=None,
                explain=N_("How the plan will travel; [writes] channel by default."),
            ),
            base.option(
                "--check", is_flag=True, explain=N_("Leave with 10 if anything would change.")
            ),
            base.option("--full-text", is_flag=True, explain=N_("Print every operation.")),
        )
    ):
        function = option(function)
    return function


_sources = base.argument(
    "files",
    nargs=-1,
    required=True,
    type=SOURCE,
    metavar="SOURCE...",
    explain=N_("The school's own files."),
)
_partial = base.option(
    "--accept-partial",
    is_flag=True,
    explain=N_("Plan from the accepted rows of files with refused ones."),
)
_changed = base.option(
    "--accept-changed-source",
    is_flag=True,
    explain=N_("Plan although the files shrank, lost a class or look different from last time."),
)


@command.command(
    "roster",
    cls=base.Command,
    help=N_("Plan class lists: who comes, goes, moves, is renamed."),
    examples=(
        (N_("From a workbook:"), "dnevnik plan roster classes.xlsx --out plan.json"),
        (N_("The next study year:"), "dnevnik plan roster 2027.xlsx --year 2027 --out plan.json"),
    ),
)
@_sources
@_common
@_partial
@_changed
@base.option(
    "--year",
    type=click.IntRange(2000, 2100),
    default=None,
    metavar="YEAR",
    explain=N_("Study year by its first calendar year; the running one by default."),
)
@base.option(
    "--whole", is_flag=True, explain=N_("The files name every class: archive those they lack.")
)
@click.pass_obj
def roster(
    console: Console,
    /,
    *,
    files: tuple[Path, ...],
    year: int | None,
    whole: bool,
    accept_partial: bool,
    accept_changed_source: bool,
    **asked: Any,
) -> None:
    """Plan class lists."""
    from connector.flows.memory import rare_collections  # noqa: PLC0415 - as above
    from connector.flows.push import make_roster_plan  # noqa: PLC0415 - help must not wait for the core
    from connector.flows.run import PullOptions  # noqa: PLC0415 - as above
    from connector.sync.windows import study_year_of  # noqa: PLC0415 - as above

    settings = open_settings(console)
    today = now().astimezone(_zone(settings)).date()
    sources = read_sources(console, files, today, accept_partial=accept_partial)
    wanted = year or study_year_of(today)
    end = date(wanted, 9, 1) if wanted != study_year_of(today) else None
    pulls = PullOptions(
        school_id=settings.school.id,
        only=("people",),
        full=True,
        end=end,
        zone=zone_or_none(settings),
    )
    with pulled(console, settings, pulls) as mirror, rare_collections():
        options = plan_options(
            console,
            settings,
            mirror,
            sources,
            kind="roster",
            changed=accept_changed_source,
            **asked,
        )
        plan = make_roster_plan(mirror, sources, options, study_year=wanted, whole=whole)
        deliver(console, mirror, plan, **asked)


@command.command(
    "schedule",
    cls=base.Command,
    help=N_("Plan dated lessons from a weekly timetable."),
    examples=((N_("From aSc Timetables:"), "dnevnik plan schedule school.xml --out plan.json"),),
)
@_sources
@_common
@_partial
@_changed
@base.option(
    "--from",
    "start",
    type=DAY,
    default=None,
    metavar="DAY",
    explain=N_("First day; tomorrow by default."),
)
@base.option(
    "--to",
    "end",
    type=DAY,
    default=None,
    metavar="DAY",
    explain=N_("Last day; [schedule] horizon_days after the first by default."),
)
@click.pass_obj
def schedule(
    console: Console,
    /,
    *,
    files: tuple[Path, ...],
    start: date | None,
    end: date | None,
    accept_partial: bool,
    accept_changed_source: bool,
    **asked: Any,
) -> None:
    """Plan lessons."""
    from connector.flows.memory import rare_collections  # noqa: PLC0415 - as above
    from connector.flows.push import make_schedule_plan  # noqa: PLC0415 - as above
    from connector.flows.run import PullOptions  # noqa: PLC0415 - as above
    from connector.planned import Channel  # noqa: PLC0415 - as above
    from connector.sync.pattern import ScheduleOptions  # noqa: PLC0415 - as above
    from mappings.subjects import aliases  # noqa: PLC0415 - as above

    settings = open_settings(console)
    today = now().astimezone(_zone(settings)).date()
    first = start or today + timedelta(days=1)
    last = end or first + timedelta(days=settings.schedule.horizon_days - 1)
    if last < first:
        raise click.BadParameter(_("the last day is before the first"), param_hint="--to")
    sources = read_sources(console, files, today, accept_partial=accept_partial)
    pulls = PullOptions(
        school_id=settings.school.id, start=first, end=last, full=True, zone=zone_or_none(settings)
    )
    with pulled(console, settings, pulls) as mirror, rare_collections():
        options = plan_options(
            console,
            settings,
            mirror,
            sources,
            kind="schedule",
            changed=accept_changed_source,
            **asked,
        )
        how = ScheduleOptions(
            first,
            last,
            today,
            week=settings.schedule.week,
            anchor=date.fromisoformat(settings.schedule.anchor)
            if settings.schedule.anchor
            else None,
            numbers={int(period): number for period, number in settings.schedule.numbers.items()},
            channel=Channel(options.channel),
        )
        plan = make_schedule_plan(mirror, sources, options, how, aliases())
        deliver(console, mirror, plan, **asked)


@command.command(
    "undo",
    cls=base.Command,
    help=N_("Plan how to take an applied plan back."),
    examples=((N_("Take run 17 back:"), "dnevnik plan undo 17 --out undo.json"),),
)
@base.argument(
    "run",
    type=click.IntRange(min=1),
    metavar="RUN",
    explain=N_("Number of the run; `dnevnik status` lists them."),
)
@_common
@click.pass_obj
def undo_(console: Console, /, *, run: int, **asked: Any) -> None:
    """Plan the way back."""
    from connector.flows.apply import landed  # noqa: PLC0415 - as above
    from connector.flows.push import make_undo_plan  # noqa: PLC0415 - as above
    from connector.sync.plan import from_document  # noqa: PLC0415 - as above
    from connector.sync.undo import undo  # noqa: PLC0415 - as above

    settings = open_settings(console)
    with open_mirror(settings, write=True) as mirror:
        document = mirror.plan_of_run(run)
        if document is None:
            raise UsageProblem(
                _("Run {run} applied no plan. `dnevnik status` lists the runs.").format(run=run)
            )
        plan = from_document(document)
        applied, made = landed(plan, mirror.journal(str(document["digest"])))
        operations, stuck = undo(applied, made)
        asked["channel"] = asked.get("channel") or plan.channel.value
        options = plan_options(console, settings, mirror, (), kind="undo", changed=True, **asked)
        made_plan = make_undo_plan(mirror, plan, operations, options)
        if stuck:
            text = N_("Operations that cannot be taken back: {n}.")
            console.warn(_(text).format(n=len(stuck)))
        deliver(console, mirror, made_plan, **asked)


@command.command(
    "template",
    cls=base.Command,
    help=N_("Make an import template from the one that the panel gives for downloading."),
    examples=(
        (
            N_("Then look at every line, and name the file in [writes] template:"),
            "dnevnik plan template downloaded.xlsx --out template.toml",
        ),
    ),
)
@base.argument(
    "workbook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="WORKBOOK",
    explain=N_("The downloaded template."),
)
@base.option(
    "--out", type=OUT, required=True, metavar="FILE", explain=N_("The TOML file to write.")
)
@click.pass_obj
def template(console: Console, /, *, workbook: Path, out: Path) -> None:
    """Make a template."""
    from mappings.template_making import template_from_workbook  # noqa: PLC0415 - as above

    write_file(out, template_from_workbook(workbook).encode())
    if console.json:
        console.document({"schema": "dnevnik/template/1", "file": str(out)})
    else:
        console.say(_("Saved: {path}").format(path=out))


def _zone(settings: "Settings") -> ZoneInfo:
    return ZoneInfo(settings.school.timezone or "Europe/Moscow")


def zone_or_none(settings: "Settings") -> ZoneInfo | None:
    """The school's zone when the settings name it."""
    return ZoneInfo(settings.school.timezone) if settings.school.timezone else None


def read_sources(
    console: Console, files: Sequence[Path], today: date, *, accept_partial: bool
) -> "list[Source]":
    """Read the files; refused rows stop the plan unless a person accepts the rest.

    Raises:
        InputRejected: rows were refused.

    """
    from mappings.reading import read_source  # noqa: PLC0415 - as above

    sources = [read_source(path, today=today) for path in files]
    refused = sum(len(source.refused) for source in sources)
    if refused and (not accept_partial or not any(source.accepted for source in sources)):
        for source in sources:
            for problem in source.refused[:5]:
                place = ", ".join(
                    str(part)
                    for part in (problem.place.sheet, problem.place.row, problem.place.column)
                    if part
                )
                console.note(f"{source.path}: {place}: {problem.text}")
        console.note(
            _("All problems with advice: dnevnik check {files}").format(
                files=" ".join(map(str, files))
            )
        )
        raise InputRejected(count=refused)
    if refused:
        console.warn(_("Refused rows that are left out: {n}.").format(n=refused))
    return sources


@contextmanager
def pulled(
    console: Console, settings: "Settings", options: "PullOptions", *, losses: bool = False
) -> "Iterator[Mirror]":
    """The mirror, pulled a moment ago and open for writing.

    Args:
        console: for warnings and progress.
        settings: which mirror and vendor.
        options: what is read.
        losses: rows that vanished are what the plan is about: they do not stop it.

    Raises:
        PlanRefused: rows vanished and are not believed gone: no plan can be made on that.

    """
    from connector.flows.pull import pull  # noqa: PLC0415 - as above

    with open_mirror(settings, write=True) as mirror:
        with open_client(settings) as client, console.progress(_("Pull")) as advance:
            result = pull(client, mirror, options, clock=now, progress=watcher(advance))
        for sentence in result.warnings:
            console.warn(sentence)
        if result.error is not None:
            raise result.error
        if result.suspect and not losses:
            text = N_(
                "rows vanished from the vendor in a suspicious number. Look at `dnevnik status` first."
            )
            raise PlanRefused(_(text))
        yield mirror


def plan_options(
    console: Console,
    settings: "Settings",
    mirror: "Mirror",
    sources: "Sequence[Source]",
    *,
    kind: str,
    changed: bool,
    channel: str | None = None,
    **_rest: Any,
) -> "PlanOptions":
    """Bring settings and files together; the files pass the gate.

    Raises:
        PlanRefused: the files are not what they were last time.
        NothingFits: a channel that cannot carry this.

    """
    from connector.flows.documented import OPERATIONS  # noqa: PLC0415 - as above
    from connector.flows.look import school_of  # noqa: PLC0415 - as above
    from connector.flows.push import PlanOptions  # noqa: PLC0415 - as above
    from connector.planned import Channel  # noqa: PLC0415 - as above
    from connector.sync.gate import (  # noqa: PLC0415 - as above
        Fingerprint,
        fingerprint,
        gate_text,
        source_gate,
    )

    fresh = fingerprint(sources) if sources else None
    last = mirror.accepted_source(kind)
    if fresh is not None and last is not None and not changed:
        known = Fingerprint.of_values(last)
        tripped = [
            guard
            for guard in source_gate(fresh, known, settings.guards.source_shrink)
            if guard.tripped
        ]
        if tripped:
            sentences = "; ".join(gate_text(guard, fresh, known) for guard in tripped)
            text = N_(
                "the files are not what they were when a plan was last carried out. {sentences}. Check them; if they are right, add --accept-changed-source."
            )
            raise PlanRefused(_(text).format(sentences=sentences))
    way = Channel(channel or settings.writes.channel)
    can = frozenset(write_profile_of(settings).operations) if way is Channel.GATEWAY else None
    if way is Channel.API and kind in ("restore", "undo"):
        can = OPERATIONS
    if can is None and way is not Channel.FILE:
        raise NothingFits(key="--channel", value=str(way), allowed="file, gateway")
    school = settings.school.id or school_of(mirror)
    return PlanOptions(
        school_id=school,
        today=now().astimezone(school_zone(console, settings, mirror)).date(),
        at=now(),
        channel=way,
        limits=limits_of(settings),
        can=can,
        fingerprint={"kind": kind, **fresh.to_values()} if fresh else {},
    )


def limits_of(settings: "Settings") -> "Limits":
    """Guards as the settings have them."""
    from connector.sync.guards import Limits, Shares  # noqa: PLC0415 - as above

    g = settings.guards

    def day(text: str) -> tuple[int, int]:
        month, _dash, number = text.partition("-")
        return int(month), int(number)

    return Limits(
        usual=Shares(g.creates, g.updates, g.moves, g.ends, g.ends_rows),
        window=(day(g.rollover_from), day(g.rollover_to)),
        ignored_under=g.ignored_under,
    )


def deliver(
    console: Console,
    mirror: "Mirror",
    plan: "Plan",
    *,
    out: Path,
    html: Path | None,
    check: bool,
    full_text: bool,
    more: Mapping[str, Any] | None = None,
    **_rest: Any,
) -> None:
    """Save the plan, show it, and leave with 10 where `check` asks and something would change.

    Args:
        console: where it is shown.
        mirror: names come from it.
        plan: what was planned.
        out: the plan's file.
        html: a page for reading, or None.
        check: whether a change is told by the exit code.
        full_text: whether every operation is printed.
        more: members of the printed document beside the plan's own.

    """
    from connector.flows.push import accept_files  # noqa: PLC0415 - as above
    from connector.reports.render.plan_text import plan_text  # noqa: PLC0415 - as above

    names = names_in(mirror, plan)
    document = write_plan(out, plan)
    if not plan.operations:
        accept_files(mirror, plan, now())
    if html is not None:
        from connector.reports.render.plan_html import plan_html  # noqa: PLC0415 - as above

        made_at = now().astimezone().strftime("%d.%m.%Y %H:%M")
        write_file(html, plan_html(plan, names, made_at_text=made_at, lang=language()))
    if console.json:
        shown: Mapping[str, Any] = {
            key: value
            for key, value in document.items()
            if key not in ("operations", "links", "scope")
        }
        console.document({**shown, "file": str(out), **(more or {})})
    elif not console.quiet:
        console.say(plan_text(plan, names, full=full_text))
        console.say(_("Saved: {path}").format(path=out))
    if check and plan.operations:
        raise click.exceptions.Exit(PENDING)
