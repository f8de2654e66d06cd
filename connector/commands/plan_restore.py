"""`dnevnik plan restore`: what the diary lost since a backup, as a plan, and the rest as a work sheet for teachers."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.plan_making import deliver, plan_options, pulled, zone_or_none
from connector.commands.wiring import DAY, FILE, now, open_settings, school_zone
from connector.i18n import N_, _, translation
from connector.sync.restoring import FIELDS

if TYPE_CHECKING:
    from connector.flows.restore_diary import RestorePlan
    from connector.mirror.manifest import Manifest
    from connector.mirror.store import Mirror
    from connector.settings import Settings


def _fields(_ctx: click.Context, _param: click.Parameter, value: str) -> frozenset[str]:
    found = frozenset(filter(None, map(str.strip, value.split(","))))
    if not found <= set(FIELDS):
        text = N_("{value} is not a list of these: {allowed}.")
        raise click.BadParameter(_(text).format(value=value, allowed=", ".join(FIELDS)))
    return found


@base.command(
    "restore",
    summary=N_(
        "Plan how to bring back into the diary what it lost since a backup.\n\n"
        "Marks, attendance and works that the backup holds and the diary lacks are written by the vendor's published calls. What those cannot write stands in a work sheet for teachers. What somebody entered since stays as it is."
    ),
    examples=(
        (
            N_("All that the backup's study year lost:"),
            "dnevnik plan restore backups/dnevnik-1000000000001-20261124T004000Z.db.zst --out plan.json",
        ),
        (
            N_("One class, and the backup's marks in place of newer ones:"),
            "dnevnik plan restore FILE --class 5А --overwrite marks --out plan.json",
        ),
    ),
)
@base.argument(
    "file", type=FILE, metavar="BACKUP", explain=N_("The archive; its manifest lies beside it.")
)
@base.option("--out", type=FILE, required=True, metavar="PLAN", explain=N_("File for the plan."))
@base.option(
    "--sheet",
    type=FILE,
    default=None,
    metavar="FILE",
    explain=N_("Workbook for the work sheet; beside the plan by default."),
)
@base.option(
    "--html",
    type=FILE,
    default=None,
    metavar="FILE",
    explain=N_("Write a page for reading, too."),
)
@base.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    explain=N_("Only this class, with its subgroups; may be repeated."),
)
@base.option(
    "--from",
    "start",
    type=DAY,
    default=None,
    metavar="DAY",
    explain=N_("First day of lessons; the backup's study year by default."),
)
@base.option(
    "--to",
    "end",
    type=DAY,
    default=None,
    metavar="DAY",
    explain=N_("Last day of lessons; the last one that the backup knows anything of by default."),
)
@base.option(
    "--overwrite",
    default="",
    metavar="FIELDS",
    callback=_fields,
    explain=N_("Put the backup in the place of newer values: marks, attendance, comments, works."),
)
@base.option("--check", is_flag=True, explain=N_("Leave with 10 if anything would change."))
@base.option("--full-text", is_flag=True, explain=N_("Print every operation."))
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    file: Path,
    out: Path,
    sheet: Path | None,
    classes: tuple[str, ...],
    start: date | None,
    end: date | None,
    overwrite: frozenset[str],
    **shown: Any,
) -> None:
    """Plan the restoration, save the plan and the sheet."""
    from connector.flows.restore_diary import RestoreOptions, make_restore_plan, span_of  # noqa: PLC0415 - help must not wait for the core
    from connector.flows.run import PullOptions  # noqa: PLC0415 - as above

    settings = open_settings(console)
    with restored_aside(console, settings, file, out) as (backup, manifest):
        day = manifest.moment.astimezone(school_zone(console, settings, backup)).date()
        first, last = span_of(backup, day)
        first, last = start or first, end or last
        if last < first:
            raise click.BadParameter(_("the last day is before the first"), param_hint="--to")
        # To the end of what there is: a vendor may show marks by the day of entry.
        pulls = PullOptions(
            school_id=settings.school.id,
            start=first,
            classes=classes,
            full=True,
            zone=zone_or_none(settings),
        )
        with pulled(console, settings, pulls, losses=True) as mirror:
            options = plan_options(
                console, settings, mirror, (), kind="restore", changed=True, channel="api"
            )
            with console.progress(_("Compare")) as advance:
                how = RestoreOptions(
                    first,
                    last,
                    classes,
                    overwrite,
                    {"path": str(file), "sha256": manifest.sha256},
                    lambda done, total: advance(done, total, _("classes")),
                )
                found = make_restore_plan(backup, mirror, options, how)
            place = sheet or out.with_suffix(".sheet.xlsx")
            more = write_sheet(console, settings, found, place)
            deliver(console, mirror, found.plan, out=out, more=more, **shown)


@contextmanager
def restored_aside(
    console: Console, settings: "Settings", file: Path, out: Path
) -> "Iterator[tuple[Mirror, Manifest]]":
    """The backup, checked whole, as a mirror of its own beside the plan, and what it says of itself.

    Raises:
        BackupUnusable: with the last good backup named.

    """
    from connector.commands.backup_restore import restoring  # noqa: PLC0415 - help must not wait for it
    from connector.flows.restore_mirror import unpacked, workplace  # noqa: PLC0415 - as above
    from connector.mirror.store import Mirror  # noqa: PLC0415 - as above

    asked = restoring(console, settings, file, {"as_of": None})
    with workplace(asked, out.expanduser()) as scratch:
        manifest, database = unpacked(asked, scratch, now())
        with Mirror.open(database, write=True) as backup:
            yield backup, manifest


def write_sheet(
    console: Console, settings: "Settings", found: "RestorePlan", place: Path
) -> dict[str, Any]:
    """Write the work sheet; returns what the plan's document says of it."""
    from mappings.worksheets import worksheet  # noqa: PLC0415 - as above

    translate = translation(settings.reports.lang).gettext
    write_file(place, worksheet(found.by_hand, found.names, translate))
    newer = sum(one.why == "newer" for one in found.by_hand)
    lines = Counter(one.what for one in found.by_hand if one.why != "newer")
    console.note(
        _("Work sheet: {path}. Lines to enter by hand: {n}; newer in the diary: {newer}.").format(
            path=place, n=lines.total(), newer=newer
        )
    )
    return {
        "sheet": {
            "file": str(place),
            "lines": lines.total(),
            "newer": newer,
            "by_what": dict(sorted(lines.items())),
        }
    }
