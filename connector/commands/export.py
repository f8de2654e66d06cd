"""`dnevnik export …`: the data as files for other programs. Never calls the vendor."""

from pathlib import Path
from typing import Any

import click

from connector import __version__
from connector.commands import base
from connector.commands.console import Console
from connector.commands.wiring import FOLDER, now, open_settings
from connector.i18n import N_, _
from connector.vocab import TABLES, label

Document = dict[str, Any]

READ_ME = N_(
    "The whole mirror of a school's electronic journal, every table twice.\n\n"
    "*.csv: for spreadsheets (UTF-8, commas). An empty cell is no value or an empty text; text that begins like a formula has an apostrophe before it. "
    "Ids have up to 19 digits, and spreadsheets round such numbers: import those columns as text.\n"
    "*.jsonl: the same rows without any loss, one JSON object a line.\n"
    "dictionary.csv: what every table and column means, which columns are the key, where they point to.\n"
    "manifest.json: rows of each table, size and SHA-256 of each file, moment of the data.\n\n"
    "Rows whose withdrawn_run is filled are no longer shown by the diary; changes holds what was changed, and when it was seen. "
    "Moments are UTC. Binary values are hexadecimal.\n"
    "The files hold children's data: keep them as carefully as the journal itself.\n"
)

command = base.Group(
    "export",
    help=N_("Write the data as files for other programs. Never calls the vendor."),
    examples=((N_("Everything, to leave this program:"), "dnevnik export all leaving"),),
)


@command.command(
    "all",
    cls=base.Command,
    help=N_(
        "Write the whole mirror as CSV and JSON lines with a data dictionary.\n\n"
        "Every table, with history and our own records; all of one moment, also while a pull is running. Only the owner can read the files."
    ),
    examples=((N_("Into a new folder:"), "dnevnik export all leaving"),),
)
@base.argument("folder", type=FOLDER, metavar="DIR", explain=N_("A new or empty folder."))
@click.pass_obj
def export_all(console: Console, /, *, folder: Path) -> None:
    """Export, then say what came out."""
    from connector.mirror.export import export_all as write  # noqa: PLC0415 - help must not wait for SQLite

    settings = open_settings(console)
    with console.progress(_("Export")) as advance:
        try:
            made = write(
                settings.mirror.path.expanduser(),
                folder.expanduser(),
                _(READ_ME),
                __version__,
                now(),
                lambda done, total, table: advance(done, total, _(label(TABLES, table))),
            )
        except FileExistsError as problem:
            raise click.UsageError(
                _("The folder {path} is not empty: name a new one.").format(path=folder)
            ) from problem
    if console.json:
        console.document(
            {
                "schema": "dnevnik/export-all/1",
                "folder": str(made.folder),
                "created_at": made.created_at,
                "rows": made.rows,
                "files": made.files,
            }
        )
        return
    console.say(
        _("Written: {folder}, tables: {tables}, rows: {rows}").format(
            folder=made.folder, tables=len(made.rows), rows=sum(made.rows.values())
        )
    )
    console.note(_("What the columns mean: {path}").format(path=made.folder / "dictionary.csv"))
