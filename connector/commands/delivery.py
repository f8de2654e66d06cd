"""A finished report on its way out: which formats, to which place, in which language."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands.console import write_file
from connector.i18n import N_, _, translation

if TYPE_CHECKING:
    from connector.reports.report import Report

# Endings of the files; the first format is what a terminal shows.
FORMATS = {"table": "txt", "json": "json", "csv": "csv", "xlsx": "xlsx"}


class Formats(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.5
    """Formats with commas between them."""

    name = "formats"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split, drop doubles, refuse what nobody can write."""
        if isinstance(value, tuple):
            return value
        wanted = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        wrong = [part for part in wanted if part not in FORMATS]
        if wrong or not wanted:
            text = N_("{value} is no format; known: {known}.")
            self.fail(
                _(text).format(value=", ".join(wrong) or "''", known=", ".join(FORMATS)), param, ctx
            )
        return wanted


def check_place(formats: tuple[str, ...], out: Path | None, *, json: bool) -> None:
    """Refuse early what would otherwise fail after minutes of work."""
    if out is None and json and formats != ("json",):
        raise click.UsageError(
            _("--json prints JSON on stdout: name a place for other formats with --out.")
        )
    if out is None and (len(formats) > 1 or "xlsx" in formats):
        raise click.UsageError(
            _(
                "Name a file or folder with --out: a workbook or several formats do not fit on the screen."
            )
        )
    if out is not None and len(formats) > 1 and out.exists() and not out.is_dir():
        raise click.UsageError(
            _("Several formats need a folder, and {path} is a file.").format(path=out)
        )


def document(made: "Report", lang: str) -> dict[str, Any]:
    """The report as its JSON document, its sentences in the report's language."""
    from connector.reports import render  # noqa: PLC0415 - help must not wait for the writers

    return render.document(made, translation(lang).gettext)


def rendered(made: "Report", form: str, lang: str) -> bytes:
    """The report as bytes of one format, in the report's language."""
    from connector.reports import render  # noqa: PLC0415 - help must not wait for the writers

    makers: Mapping[str, Callable[..., bytes]] = {
        "table": render.table,
        "json": render.json_bytes,
        "csv": render.csv,
        "xlsx": render.xlsx,
    }
    return makers[form](made, translation(lang).gettext)


def write(made: "Report", formats: tuple[str, ...], out: Path, *, lang: str) -> dict[str, Path]:
    """Write each format to its file; returns where."""
    whole_folder = len(formats) > 1 or out.is_dir()
    paths = {
        form: out / f"{made.name}.{FORMATS[form]}" if whole_folder else out for form in formats
    }
    for form, path in paths.items():
        write_file(path, rendered(made, form, lang))
    return paths
