"""`dnevnik pull`: the vendor's data into the mirror."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connector.commands import base
from connector.commands.console import Advance, Console, wrapped
from connector.commands.wiring import DAY, now, open_client, open_mirror, open_settings
from connector.i18n import N_, _
from connector.vocab import RESOURCES as WORDS
from connector.vocab import TABLES, label

if TYPE_CHECKING:
    from connector.flows.run import Progress, PullOptions
    from connector.settings import Settings

Document = dict[str, Any]
# Also checked against connector.flows.run by a test: importing it here would slow the help down.
RESOURCES = ("people", "lessons", "marks", "lesson_log_entries", "final_marks")


@base.command(
    "pull",
    summary=N_(
        "Bring the school's data from the vendor into the mirror.\n\n"
        "Recent days are read every time, older ones less often; an interrupted pull goes on where it stopped."
    ),
    examples=(
        (N_("Every night:"), "dnevnik pull --quiet"),
        (
            N_("Two classes, September only:"),
            "dnevnik pull --class 5А --class 5Б --from 2026-09-01 --to 2026-09-30",
        ),
        (N_("Everything again, e.g. before the end of a term:"), "dnevnik pull --full"),
    ),
)
@base.option(
    "--from",
    "start",
    type=DAY,
    metavar="D",
    explain=N_("First day to read; by default as much as is due."),
)
@base.option("--to", "end", type=DAY, metavar="D", explain=N_("Last day to read."))
@base.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    explain=N_("Read this class only, with its subgroups; may be repeated."),
)
@base.option("--full", is_flag=True, explain=N_("Read the whole study year again."))
@base.option(
    "--only",
    multiple=True,
    type=click.Choice(RESOURCES),
    explain=N_("Read only this; may be repeated."),
)
@base.option(
    "--accept-withdrawals",
    is_flag=True,
    explain=N_("Believe that rows which vanished all at once are gone."),
)
@base.option(
    "--audit",
    is_flag=True,
    explain=N_("Read a random slice of what is known again, and bound what may have drifted."),
)
@base.option(
    "--school",
    type=click.IntRange(min=1),
    metavar="ID",
    explain=N_("The school, where the token sees several."),
)
@click.pass_obj
def command(console: Console, /, *, school: int | None, **asked: Any) -> None:
    """Pull, then print what came."""
    settings = open_settings(console, {"school": {"id": school}})
    options = options_of(settings, asked)
    from connector.flows.pull import pull  # noqa: PLC0415 - help must not wait for the client

    with (
        open_client(settings, busy=not settings.mirror.path.exists()) as client,
        open_mirror(settings, write=True) as mirror,
        console.progress(_("Pull")) as advance,
    ):
        result = pull(client, mirror, options, clock=now, progress=watcher(advance))
    document = result.document()
    for sentence in document.get("warnings", ()):
        console.warn(sentence)
    if console.json:
        console.document(document)
    elif not console.quiet:
        console.say("\n".join(lines(document)))
    if result.error is not None:
        console.note(_("Not everything was read; what was read is kept."))
        raise result.error


def options_of(settings: "Settings", asked: dict[str, Any]) -> "PullOptions":
    """Turn settings and options into what a pull is asked for."""
    from connector.flows.run import PullOptions  # noqa: PLC0415 - help must not wait for the client
    from connector.sync.windows import Beats  # noqa: PLC0415 - as above

    start: date | None = asked["start"]
    end: date | None = asked["end"]
    if start and end and end < start:
        raise click.BadParameter(_("the last day is before the first"), param_hint="--to")
    return PullOptions(
        school_id=settings.school.id,
        start=start,
        end=end,
        classes=tuple(asked["classes"]),
        only=tuple(asked["only"]),
        full=asked["full"],
        accept_withdrawals=asked["accept_withdrawals"],
        audit=asked["audit"],
        zone=ZoneInfo(settings.school.timezone) if settings.school.timezone else None,
        beats=Beats(recent_days=settings.pull.recent_days, ahead_days=settings.pull.ahead_days),
    )


def lines(pulled: Document) -> list[str]:
    """Write what a pull did for people, in 80 columns."""
    windows, requests = pulled["windows"], pulled["requests"]
    result = [
        _(
            "Windows planned: {planned}, read: {done}, unchanged: {skipped}, failed: {failed}"
        ).format(**windows),
        _("Calls sent: {sent}, repeated: {retried}, throttled: {throttled}").format(**requests),
    ]
    rows = pulled["rows"]
    touched = {
        name: t
        for name, t in rows.items()
        if any(t[k] for k in ("added", "changed", "withdrawn", "returned"))
    }
    if touched:
        head = (_("rows"), _("seen"), _("new"), _("changed"), _("gone"), _("back"))
        result.append(f"{head[0]:<28}" + "".join(f"{word:>10}" for word in head[1:]))
    for name, tally in touched.items():
        counts = (tally[key] for key in ("seen", "added", "changed", "withdrawn", "returned"))
        words = _(label(TABLES, name))
        result.append(f"{words:<28}" + "".join(f"{count:>10}" for count in counts))
    if not touched:
        result.append(_("Nothing changed."))
    if pulled["audit"]:
        text = N_(
            "Audit: windows read again: {windows}, differing: {differing}; of all windows at most {high:.1%} differ (95 %)."
        )
        result.append(wrapped(_(text).format(**pulled["audit"])))
    if pulled["suspect"]:
        text = N_(
            "Rows vanished at once and were not believed gone: {n}. See `dnevnik status` and --accept-withdrawals."
        )
        count = sum(int(item["rows"]) for item in pulled["suspect"])
        result.append(wrapped(_(text).format(n=count)))
    if pulled["drift"]:
        result.append(
            _("Surprises in the vendor's answers: {n}. See `dnevnik status`.").format(
                n=len(pulled["drift"])
            )
        )
    return result


def watcher(advance: Advance) -> "Callable[[Progress], None]":
    """Let a progress bar follow a pull."""

    def watch(progress: "Progress") -> None:
        advance(progress.ended, progress.planned, _(label(WORDS, progress.resource)))

    return watch
