"""`dnevnik report …`: from the mirror to a table, JSON, CSV or a workbook. Never calls the vendor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import base, report_menu
from connector.commands.console import Console, wrapped, write_file
from connector.commands.delivery import (
    FORMATS,
    Formats,
    check_place,
    document,
    read_template,
    rendered,
    wanted_formats,
    write,
)
from connector.commands.report_files import school_files, source_option
from connector.commands.report_template import template as template_command
from connector.commands.wiring import (
    DAY,
    FILE,
    now,
    open_current_mirror,
    open_mirror,
    open_settings,
    school_zone,
    today_here,
)
from connector.errors import DataStale, MirrorUnusable, RunLocked
from connector.i18n import N_, _, language
from connector.reports.catalogue import REPORTS, SPRAVKA

if TYPE_CHECKING:
    from connector.mirror.history import Query
    from connector.mirror.store import Mirror
    from connector.reports.report import Report, Request
    from connector.rulebook import Rulebook, RuleSettings
    from connector.settings import Settings

FINDINGS = 10
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
    filters: list[tuple[str, str, str]] = [
        ("--class", "classes", N_("This class only, with its subgroups; may be repeated.")),
        (
            "--teacher",
            "teachers",
            N_("This teacher only: an id or a part of the name; may be repeated."),
        ),
        ("--subject", "subjects", N_("This subject only; may be repeated.")),
        (
            "--pupil",
            "pupils",
            N_("This pupil only: an id or a part of the name; may be repeated."),
        ),
        (
            "--period",
            "periods",
            N_("This reporting period only, by number or name; may be repeated."),
        ),
    ]
    params = [
        base.Option(
            ["--as-of"], type=DAY, metavar="D", help=N_("Judge as of this day; by default today.")
        ),
        base.Option(
            ["--from", "start"],
            type=DAY,
            metavar="D",
            help=N_("First day; by default the study year's first."),
        ),
        base.Option(
            ["--to", "end"],
            type=DAY,
            metavar="D",
            help=N_("Last day; by default the day of judging."),
        ),
        *(
            base.Option([flag, into], multiple=True, metavar="NAME", help=text)
            for flag, into, text in filters
        ),
        *source_option(REPORTS[name]),
        base.Option(
            ["--anonymous"],
            is_flag=True,
            help=N_("Leave out pupils' names and ids: for a version that all staff may see."),
        ),
        base.Option(
            ["--hide-teachers"],
            is_flag=True,
            help=N_("Put numbers in the place of teachers' names; leave out pupils too."),
        ),
        base.Option(
            ["--strict"],
            is_flag=True,
            help=N_("Refuse to report when data is missing or could not be read."),
        ),
        base.Option(
            ["--no-store"],
            is_flag=True,
            help=N_("Do not keep this check: later ones are not compared with it."),
        ),
        base.Option(
            ["--format", "formats"],
            type=Formats(),
            metavar="F[,F…]",
            help=N_(
                "table, json, csv, xlsx, docx, html, pdf; several with commas and --out DIR. By default what the ending of --out says, else a table. For Excel take xlsx: opening a CSV it cuts the last digits of lesson ids."
            ),
        ),
        base.Option(
            ["--template"],
            type=FILE,
            metavar="FILE",
            help=N_("Fill this Word template of your school's instead of the built-in one."),
        ),
        base.Option(
            ["--out"],
            type=click.Path(path_type=Path),
            metavar="PATH",
            help=N_("Write to this file or folder instead of stdout."),
        ),
        base.Option(
            ["--check"], is_flag=True, help=N_("End with exit code 10 when anything was found.")
        ),
    ]
    return base.Command(
        name,
        params=[*params],
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
            console.document(document(made, lang))
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
    from mappings.rulebooks import check_subjects  # noqa: PLC0415 - as above

    moment = clock()
    with open_current_mirror(settings) as mirror, rare_collections():
        zone = school_zone(console, settings, mirror)
        as_of = asked.as_of or moment.astimezone(zone).date()
        rulebook = rulebook_of(settings, as_of)
        check_subjects(rulebook, [name for (name,) in mirror.query(SUBJECT_NAMES, ())])
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


def rulebook_of(settings: "Settings", on: date) -> "Rulebook":
    """The school's rulebook of a day, or the shipped sample."""
    from mappings.rulebooks import read_rulebook  # noqa: PLC0415 - help must not wait for it

    own = settings.reports.rulebook
    return read_rulebook(own.expanduser(), on=on) if own else read_rulebook()


command.add_command(template_command)


@command.command(
    "list",
    cls=base.Command,
    help=N_("List the reports."),
    examples=((N_("All reports:"), "dnevnik report list"),),
)
@click.pass_obj
def list_reports(console: Console) -> None:
    """Print names and what each report says."""
    if console.json:
        reports = [
            {
                "name": spec.name,
                "title": _(spec.title),
                "summary": _(spec.summary),
                "rules": list(spec.rules),
                "formats": list(FORMATS),
            }
            for spec in REPORTS.values()
        ]
        console.document({"schema": "dnevnik/report-list/1", "reports": reports})
        return
    for spec in REPORTS.values():
        console.say(f"{spec.name}\n{wrapped('  ' + _(spec.summary))}")


@command.command(
    "rulebook",
    cls=base.Command,
    help=N_(
        "Show the rulebook in force, or export the shipped one as a start for your school's own.\n\n"
        "Put its file into [reports] rulebook afterwards."
    ),
    examples=(
        (N_("Start your own:"), "dnevnik report rulebook --export rulebook.toml"),
        (N_("What is in force:"), "dnevnik report rulebook"),
    ),
)
@base.option(
    "--export", type=FILE, metavar="FILE", explain=N_("Write the shipped rulebook to FILE.")
)
@click.pass_obj
def rulebook(console: Console, /, *, export: Path | None) -> None:
    """Print or export the rulebook."""
    from connector.rulebook import RULE_SPECS  # noqa: PLC0415 - help must not wait for it
    from mappings.rulebooks import IN_RUSSIAN, SHIPPED  # noqa: PLC0415 - help must not wait for it

    if export is not None:
        if export.exists():
            raise click.UsageError(
                _("{path} exists already; name another file.").format(path=export)
            )
        write_file(export, (IN_RUSSIAN if language() == "ru" else SHIPPED).read_bytes())
        console.note(_("Written: {path}").format(path=export))
        return
    settings = open_settings(console)
    own = settings.reports.rulebook
    book = rulebook_of(settings, today_here())
    rules = [
        {
            "rule": rule.id,
            "clause": rule.clause,
            "severity": rule.severity,
            "due_working_days": rule.due_working_days,
        }
        for rule in book.enabled_rules()
    ]
    if console.json:
        about = {
            "name": book.name,
            "act": book.act,
            "date": book.date,
            "file": str(own) if own else None,
            "in_force_from": iso(book.in_force_from),
            "in_force_to": iso(book.in_force_to),
            "others": [
                {
                    "name": other.name,
                    "act": other.act,
                    "in_force_from": iso(other.in_force_from),
                    "in_force_to": iso(other.in_force_to),
                }
                for other in book.others
            ],
        }
        console.document({"schema": "dnevnik/report-rulebook/1", **about, "rules": rules})
        return
    console.say(_("Rulebook: {name}").format(name=book.name))
    act = book.act
    if act and book.date:
        act = _("{act} of {day}").format(act=act, day=day(date.fromisoformat(book.date)))
    console.say(_("Act: {act}").format(act=act))
    for other in (book, *book.others):
        if other.in_force_from or other.in_force_to:
            console.say(
                _("In force from {start} to {end}: {name}").format(
                    start=day(other.in_force_from), end=day(other.in_force_to), name=other.name
                )
            )
    for one in book.enabled_rules():
        console.say(f"\n{one.id}: {_(RULE_SPECS[one.id].title)}")
        console.say(wrapped("  " + ", ".join(norms(one))))
    off = [one.id for one in book.rules.values() if not one.enabled]
    if off:
        console.say("\n" + wrapped(_("Switched off: {rules}").format(rules=", ".join(off))))


def norms(rule: "RuleSettings") -> Iterator[str]:
    """What a rulebook asks by one rule: clause, deadline, parameters as they are written in the file."""
    from connector.rulebook import RULE_SPECS  # noqa: PLC0415 - help must not wait for it

    if rule.clause:
        yield rule.clause
    if RULE_SPECS[rule.id].has_deadline:
        yield _("within working days: {days}").format(days=rule.due_working_days)
    for name, value in rule.params.items():
        yield f"{name}={str(value).lower()}"


def iso(one: date | None) -> str | None:
    """A day as JSON holds it."""
    return one.isoformat() if one else None


def day(one: date | None) -> str:
    """A day as people write it, or a dash."""
    return one.strftime("%d.%m.%Y") if one else "—"
