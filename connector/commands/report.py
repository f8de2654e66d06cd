"""`dnevnik report …`: from the mirror to a table, JSON, CSV or a workbook. Never calls the vendor."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base, report_menu
from connector.commands.console import Console
from connector.commands.delivery import (
    check_place,
    read_template,
    rendered,
    wanted_formats,
    write,
)
from connector.commands.report_files import school_files
from connector.commands.report_list import list_reports as list_command
from connector.commands.report_options import options
from connector.commands.report_rulebook import rulebook as rulebook_command
from connector.commands.report_rulebook import rulebook_of
from connector.commands.report_template import template as template_command
from connector.commands.wiring import (
    now,
    open_current_mirror,
    open_mirror,
    open_settings,
    school_zone,
)
from connector.errors import DataStale, MirrorUnusable, RunLocked, UsageProblem
from connector.i18n import N_, _
from connector.reports.catalogue import REPORTS, SPRAVKA

if TYPE_CHECKING:
    from connector.mirror.history import Query
    from connector.mirror.store import Mirror
    from connector.reports.report import Report, Request
    from connector.settings import Settings

FINDINGS = 10
GROUP_NAMES = "SELECT name FROM edu_groups WHERE name IS NOT NULL AND withdrawn_run IS NULL"
LATEST_RUN = "SELECT max(started_at) FROM runs"
SUBJECT_NAMES = "SELECT name FROM subjects WHERE name IS NOT NULL AND withdrawn_run IS NULL"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for; None and empty mean the usual."""

    name: str
    as_of: date | None = None
    start: date | None = None
    end: date | None = None
    classes: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    pupils: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    anonymous: bool = False
    hide_teachers: bool = False
    strict: bool = False
    sources: tuple[Path, ...] = ()


class Reports(base.Group):
    """Each report is a subcommand, beside `list` and `rulebook`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Offer the reports to somebody who named none."""
        if not args and report_menu.is_wanted() and not ctx.resilient_parsing:
            args = report_menu.choose()
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the reports, then what serves them."""
        return [*REPORTS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of a report from its entry."""
        if cmd_name in REPORTS:
            return report_command(cmd_name)
        return super().get_command(ctx, cmd_name)


command = Reports(
    "report",
    help=N_(
        "Build a report from the mirror. Reports never call the vendor and say how old the data is."
    ),
    examples=(
        (N_("Which reports there are:"), "dnevnik report list"),
        (N_("What is missing in the journals, on the screen:"), "dnevnik report missing"),
        (
            N_("The same as a workbook for the deputy head:"),
            "dnevnik report missing --format xlsx --out missing.xlsx",
        ),
    ),
)


def report_command(name: str) -> base.Command:
    """The command of one report; all take the same options."""
    return base.Command(
        name,
        params=[*options(REPORTS[name])],
        callback=_callback(name),
        short_help=REPORTS[name].summary,
        help=REPORTS[name].summary,
        examples=(
            (N_("On the screen, for one class:"), f"dnevnik report {name} --class 5А"),
            (
                N_("All formats into one folder:"),
                f"dnevnik report {name} --format xlsx,docx,html,pdf --out reports",
            ),
            (N_("In a nightly script:"), f"dnevnik report {name} --json --check > {name}.json"),
        ),
    )


def _callback(name: str) -> Callable[..., None]:
    def run(
        console: Console,
        /,
        *,
        formats: tuple[str, ...] | None,
        out: Path | None,
        check: bool,
        no_store: bool,
        template: Path | None,
        **asked: Any,
    ) -> None:
        settings = open_settings(console)
        wanted = wanted_formats(formats, out, json=console.json)
        check_place(wanted, out, json=console.json)
        own = settings.memo if name == SPRAVKA.name else settings.reports
        word = read_template(template or own.docx_template)
        made = build(console, settings, Asked(name=name, **asked))
        if not no_store:
            keep_check(console, settings, made)
        lang = console.lang or settings.reports.lang
        if out is not None:
            for path in write(made, wanted, out, lang=lang, template=word).values():
                console.note(_("Written: {path}").format(path=path))
        if console.json:
            # Not as one document in memory: a large school has 50,000 findings.
            console.document_written = True
            click.echo(rendered(made, "json", lang), nl=False)
        elif out is None:
            click.echo(rendered(made, wanted[0], lang), nl=False)
        if check and made.findings:
            raise click.exceptions.Exit(FINDINGS)

    return click.pass_obj(run)


def build(
    console: Console, settings: "Settings", asked: Asked, clock: Callable[[], datetime] = now
) -> "Report":
    """Read the mirror and judge; the clock gives the day and the age of the data."""
    from connector.flows.memory import rare_collections  # noqa: PLC0415 - help must not wait for the rules
    from connector.reports.report import Filters, Memo, Request  # noqa: PLC0415 - as above
    from connector.reports.wanting import is_wanting, pull_for, reasons  # noqa: PLC0415 - as above
    from mappings.rulebooks_names import check_subjects, idle_groups  # noqa: PLC0415 - as above

    moment = clock()
    with open_current_mirror(settings) as mirror, rare_collections():
        zone = school_zone(console, settings, mirror)
        as_of = asked.as_of or moment.astimezone(zone).date()
        refuse_day_to_come(as_of, max(moment, latest_run(mirror) or moment).astimezone(zone).date())
        rulebook = rulebook_of(settings, as_of)
        check_subjects(rulebook, [name for (name,) in mirror.query(SUBJECT_NAMES, ())])
        for text in idle_groups(rulebook, [name for (name,) in mirror.query(GROUP_NAMES, ())]):
            console.warn(text)
        request = Request(
            as_of=as_of,
            now=moment,
            zone=zone,
            start=asked.start,
            end=asked.end,
            filters=Filters(
                asked.classes, asked.teachers, asked.subjects, asked.pupils, asked.periods
            ),
            anonymous=asked.anonymous or asked.hide_teachers,
            hide_teachers=asked.hide_teachers,
            sources=school_files(console, settings, REPORTS[asked.name], asked.sources, as_of),
            memo=Memo(**settings.memo.model_dump(exclude={"docx_template"})),
        )
        query, begins = _as_of(mirror, request)
        request = replace(
            request,
            previous=mirror.last_check(asked.name, request.scope, before=as_of),
            trend=tuple(mirror.checks(asked.name, request.scope)),
        )
        made = REPORTS[asked.name].builder()(query, rulebook, request)
        made = replace(made, history_begins=begins)
    if asked.strict and is_wanting(made):
        advice = _("no pull would help: see the list «Without data» of the report.")
        raise DataStale(why=reasons(made), command=pull_for(made) or advice)
    return made


def refuse_day_to_come(day: date, latest: date) -> None:
    """Refuse to judge a day later than the latest: its lessons would count as held.

    Raises:
        UsageProblem: with the latest day that can be judged.

    """
    if day > latest:
        text = _(
            "--as-of {day:%d.%m.%Y}: this day has not come yet. The latest day that can be judged is {latest:%d.%m.%Y}."
        )
        raise UsageProblem(text.format(day=day, latest=latest))


def latest_run(mirror: "Mirror") -> datetime | None:
    """When the mirror was last worked on: a computer's clock may be behind."""
    ((found,),) = mirror.query(LATEST_RUN, ())
    return datetime.fromisoformat(found) if found else None


def _as_of(mirror: "Mirror", request: "Request") -> "tuple[Query, datetime | None]":
    """The mirror as it was at the end of a past day; else as it is, and since when it could tell."""
    from connector.mirror.looking_back import as_of_query, history_begins, reaches  # noqa: PLC0415 - as above
    from connector.reports.rules.case import end_of_day  # noqa: PLC0415 - as above

    last_moment = end_of_day(request.as_of, request.zone) - timedelta(microseconds=1)
    if request.now <= last_moment:
        return mirror.query, None
    if reaches(mirror.query, last_moment):
        return as_of_query(mirror, last_moment), None
    return mirror.query, history_begins(mirror.query)


def keep_check(console: Console, settings: "Settings", made: "Report") -> None:
    """Store the run, so that the next one can say what was fixed; a mirror that cannot be written to is no obstacle."""
    from connector.reports.checks import KEPT_DAYS  # noqa: PLC0415 - help must not wait for the rules

    if made.check is None:
        return
    try:
        with open_mirror(settings, write=True) as mirror:
            mirror.keep_check(made.check, kept_days=KEPT_DAYS)
    except (MirrorUnusable, RunLocked) as error:
        text = N_("This check was not kept for later comparison: {why}")
        console.note(_(text).format(why=error.sentence()))


command.add_command(list_command)
command.add_command(rulebook_command)
command.add_command(template_command)
