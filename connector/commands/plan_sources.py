"""The files that `dnevnik plan roster` and `plan schedule` are made from, and the options about them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console
from connector.errors import InputRejected
from connector.i18n import N_, _

if TYPE_CHECKING:
    from connector.source import Source

given_files = base.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="SOURCE...",
    explain=N_("The school's own files."),
)
partial = base.option(
    "--accept-partial",
    is_flag=True,
    explain=N_("Plan from the accepted rows of files with refused ones."),
)
changed = base.option(
    "--accept-changed-source",
    is_flag=True,
    explain=N_("Plan although the files shrank, lost a class or look different from last time."),
)


def read_sources(
    console: Console, files: Sequence[Path], today: date, *, accept_partial: bool
) -> "list[Source]":
    """Read the files; refused rows stop the plan unless a person accepts the rest.

    Raises:
        InputRejected: rows were refused.

    """
    from mappings.reading import read_source  # noqa: PLC0415 - help must not wait for the core

    sources = [read_source(path, today=today) for path in files]
    refused = sum(len(source.refused) for source in sources)
    if refused and (not accept_partial or not any(source.accepted for source in sources)):
        for source in sources:
            for problem in source.refused[:5]:
                place = ", ".join(
                    str(part)
                    for part in (problem.place.sheet, problem.place.row, problem.place.column)
                    if part
                )
                console.note(f"{source.path}: {place}: {problem.text}")
        console.note(
            _("All problems with advice: dnevnik check {files}").format(
                files=" ".join(map(str, files))
            )
        )
        raise InputRejected(count=refused)
    if refused:
        console.warn(_("Refused rows that are left out: {n}.").format(n=refused))
    return sources
