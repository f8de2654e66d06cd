"""A finished report on its way out: which formats, to which place, in which language."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from connector.commands.console import write_file
from connector.errors import FileUnreadable
from connector.errors.reasons import refusal
from connector.i18n import N_, _, translation

if TYPE_CHECKING:
    from connector.reports.report import Report

# Endings of the files; the first format is what a terminal shows.
FORMATS = {
    "table": "txt",
    "json": "json",
    "csv": "csv",
    "xlsx": "xlsx",
    "docx": "docx",
    "html": "html",
    "pdf": "pdf",
}
_ENDINGS = {f".{ending}": form for form, ending in FORMATS.items()}
# These cannot be shown on a terminal.
_FILES_ONLY = frozenset({"xlsx", "docx", "html", "pdf"})
# A text table in a file.
NARROW = 80
_MOST_TEMPLATE = 20 * 1024 * 1024


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


def wanted_formats(
    asked: tuple[str, ...] | None, out: Path | None, *, json: bool
) -> tuple[str, ...]:
    """The formats that were asked for, else what the file's ending says, else what a terminal or script expects."""
    if asked:
        return asked
    if out is None or out.is_dir() or not out.suffix:
        return ("json",) if json else ("table",)
    form = _ENDINGS.get(out.suffix.lower())
    if form is None:
        text = _("The ending of {path} does not say what to make; endings known: {known}.")
        raise click.UsageError(text.format(path=out, known=", ".join(_ENDINGS)))
    return (form,)


def check_place(formats: tuple[str, ...], out: Path | None, *, json: bool) -> None:
    """Refuse early what would otherwise fail after minutes of work."""
    if out is None and json and formats != ("json",):
        raise click.UsageError(
            _("--json prints JSON on stdout: name a place for other formats with --out.")
        )
    if out is None and (len(formats) > 1 or _FILES_ONLY & {*formats}):
        raise click.UsageError(
            _(
                "Name a file or folder with --out: a workbook, a document or several formats do not fit on the screen."
            )
        )
    if out is not None and len(formats) > 1 and out.exists() and not out.is_dir():
        raise click.UsageError(
            _("Several formats need a folder, and {path} is a file.").format(path=out)
        )
    if out is not None and len(formats) == 1 and not out.is_dir():
        said = _ENDINGS.get(out.suffix.lower(), formats[0])
        if said != formats[0]:
            text = _(
                "No program opens a file of format {form} under the name {path}: end it in .{ending}."
            )
            raise click.UsageError(
                text.format(form=formats[0], path=out, ending=FORMATS[formats[0]])
            )


def document(made: "Report", lang: str) -> dict[str, Any]:
    """The report as its JSON document, its sentences in the report's language."""
    from connector.reports import render  # noqa: PLC0415 - help must not wait for the writers

    return render.document(made, translation(lang).gettext)


@dataclass(frozen=True, slots=True)
class Template:
    """A Word template of the school: its file's name and bytes."""

    name: str
    content: bytes


def read_template(path: Path | None) -> Template | None:
    """Read the school's own Word template, if there is one.

    Raises:
        FileUnreadable: it cannot be read or is beyond any template's size.

    """
    if path is None:
        return None
    try:
        with path.expanduser().open("rb") as stream:
            content = stream.read(_MOST_TEMPLATE + 1)
    except OSError as problem:
        raise FileUnreadable(where=str(path), value=refusal(problem), allowed="*.docx") from problem
    if len(content) > _MOST_TEMPLATE:
        raise FileUnreadable(where=str(path), value=_("too large"), allowed="*.docx")
    return Template(str(path), content)


def rendered(
    made: "Report",
    form: str,
    lang: str,
    *,
    template: Template | None = None,
    width: int | None = None,
) -> bytes:
    """The report as bytes of one format, in the report's language.

    Args:
        made: the report.
        form: one of `FORMATS`.
        lang: of the report.
        template: for a Word document; None means the shipped one.
        width: of a text table; None means the terminal's, at least 80.

    Raises:
        TemplateBroken: the template cannot be filled.

    """
    translate = translation(lang).gettext
    # Each writer is imported when it is asked for: Word and PDF take a while.
    if form == "docx":
        from connector.reports.render.word import docx  # noqa: PLC0415 - as above

        content, name = (template.content, template.name) if template else (None, "")
        return docx(made, translate, lang=lang, template=content, template_name=name)
    if form == "html":
        from connector.reports.render.page import html  # noqa: PLC0415 - as above

        return html(made, translate, lang=lang)
    if form == "pdf":
        from connector.reports.render.pdf import pdf  # noqa: PLC0415 - as above

        return pdf(made, translate, lang=lang)
    from connector.reports import render  # noqa: PLC0415 - help must not wait for the writers

    if form == "table":
        return render.table(made, translate, width=width or _terminal_width())
    makers: Mapping[str, Callable[..., bytes]] = {
        "json": render.json_bytes,
        "csv": render.csv,
        "xlsx": render.xlsx,
    }
    return makers[form](made, translate)


def _terminal_width() -> int:
    """Characters a line: more than 80 only where a terminal shows them."""
    wide = get_terminal_size().columns if sys.stdout.isatty() else 0
    return max(NARROW, wide)


def write(
    made: "Report",
    formats: tuple[str, ...],
    out: Path,
    *,
    lang: str,
    template: Template | None = None,
) -> dict[str, Path]:
    """Write each format to its file; returns where.

    In a folder, the tables of a report that come after the first CSV are files of their own: `name.table.csv`.
    """
    whole_folder = len(formats) > 1 or out.is_dir()
    paths = {
        form: out / f"{made.name}.{FORMATS[form]}" if whole_folder else out for form in formats
    }
    # All are made before the first is written: a broken template leaves nothing half done.
    contents = {
        path: rendered(made, form, lang, template=template, width=NARROW)
        for form, path in paths.items()
    }
    if whole_folder and "csv" in formats:
        from connector.reports import render  # noqa: PLC0415 - help must not wait for the writers

        for key, content in list(render.csv_files(made, translation(lang).gettext))[1:]:
            paths[f"csv.{key}"] = out / f"{made.name}.{key}.csv"
            contents[paths[f"csv.{key}"]] = content
    for path, content in contents.items():
        write_file(path, content)
    return paths
