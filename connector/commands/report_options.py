"""Options of `dnevnik report NAME`: all reports take the same, beside the files that only some look at."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.delivery import Formats
from connector.commands.report_files import source_option
from connector.commands.wiring import DAY, FILE
from connector.i18n import N_
from connector.reports.catalogue import ReportSpec


def options(spec: ReportSpec) -> list[click.Parameter]:
    """The options of one report."""
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
    return [
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
        *source_option(spec),
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
