"""`dnevnik report template`: a start for a school's own Word template."""

from pathlib import Path

import click

from connector.commands import base
from connector.commands.console import Console, write_file
from connector.commands.wiring import FILE, open_settings
from connector.i18n import N_, _


@click.command(
    "template",
    cls=base.Command,
    help=N_(
        "Export the built-in Word template of reports as a start for your school's own.\n\n"
        "Edit it in Word, keep the tags in double braces, put its file into [reports] docx_template."
    ),
    examples=(
        (N_("Start your own:"), "dnevnik report template --export report.docx"),
        (
            N_("Fill it:"),
            "dnevnik report missing --template report.docx --format docx --out missing.docx",
        ),
        (N_("The memo's own:"), "dnevnik report template --memo --export memo.docx"),
    ),
)
@base.option(
    "--export",
    type=FILE,
    metavar="FILE",
    required=True,
    explain=N_("Write the built-in template to FILE."),
)
@base.option(
    "--memo", is_flag=True, explain=N_("The template of the memo instead of the other reports'.")
)
@click.pass_obj
def template(console: Console, /, *, export: Path, memo: bool) -> None:
    """Write the template in the report's language; never over a file that is there."""
    from connector.reports.render.word import MEMO, REPORT, built_in  # noqa: PLC0415 - help must not wait for it

    if export.exists():
        raise click.UsageError(_("{path} exists already; name another file.").format(path=export))
    settings = open_settings(console)
    write_file(export, built_in(console.lang or settings.reports.lang, MEMO if memo else REPORT))
    console.note(_("Written: {path}").format(path=export))
    if console.json:
        console.document({"schema": "dnevnik/report-template/1", "file": str(export)})
