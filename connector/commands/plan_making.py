"""What every `dnevnik plan …` does around its own planning: pull first, keep to the guards, save and show the plan."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.planning import names_in, write_plan, write_profile_of
from connector.commands.pull import watcher
from connector.commands.wiring import USUAL_ZONE, now, open_client, open_mirror, school_zone
from connector.errors import NothingFits, PlanRefused
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
OUT = click.Path(path_type=Path, dir_okay=False)


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of every plan, as `plan_options` and `deliver` take them."""
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


def zone_or_none(settings: "Settings") -> ZoneInfo | None:
    """The school's zone when the settings name it."""
    return ZoneInfo(settings.school.timezone) if settings.school.timezone else None


def local_today(settings: "Settings") -> date:
    """Today at the school, as far as the settings tell before the mirror is open."""
    return now().astimezone(zone_or_none(settings) or ZoneInfo(USUAL_ZONE)).date()


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
    from connector.flows.pull import pull  # noqa: PLC0415 - help must not wait for the core

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
