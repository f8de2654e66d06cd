"""The school's own files of a report: which are asked for, what is wrong with them, whether they hold anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import base
from connector.commands.console import Console
from connector.errors import FilesUnusable
from connector.i18n import N_, _
from connector.reports.catalogue import ReportSpec

if TYPE_CHECKING:
    from connector.settings import Settings
    from connector.source import Source

# What a file must hold to be one of its kind, by key of [sources].
_HOLDS: Mapping[str, "Callable[[Source], bool]"] = {
    "class_lists": lambda source: bool(source.pupils),
    "timetables": lambda source: bool(source.slots),
    "topic_plans": lambda source: bool(source.topic_plans),
}
# What those files are called.
_NEEDED: Mapping[str, str] = {
    "class_lists": N_("class list"),
    "timetables": N_("timetable"),
    "topic_plans": N_("topic plan"),
}


def source_option(spec: ReportSpec) -> tuple[base.Option, ...]:
    """The option that names files, for a report that looks at any."""
    if not spec.sources:
        return ()
    return (
        base.Option(
            ["--source", "sources"],
            type=click.Path(path_type=Path, exists=True),
            multiple=True,
            metavar="FILE",
            help=N_(
                "A class list, timetable or topic plan of the school; may be repeated. By default the files of [sources]."
            ),
        ),
    )


def school_files(
    console: Console,
    settings: "Settings",
    spec: ReportSpec,
    named: Sequence[Path],
    today: date,
) -> "tuple[Source, ...]":
    """Read the files a report needs; what is wrong with them is told in numbers.

    Args:
        console: for what is told.
        settings: `[sources]`, where no file is named, and how periods of a timetable are counted.
        spec: of the report.
        named: files of the command line; they take the place of those of the settings.
        today: what two-digit years are judged by.

    Raises:
        FilesUnusable: a file holds nothing that the report could use.

    """
    paths = named or [path for key in spec.sources for path in getattr(settings.sources, key)]
    if not paths:
        return ()
    from connector.commands.check import KINDS  # noqa: PLC0415 - most reports read no files
    from connector.source import Terms  # noqa: PLC0415 - as above
    from mappings.reading import read_source  # noqa: PLC0415 - as above
    from mappings.subjects import aliases  # noqa: PLC0415 - as above

    schedule = settings.schedule
    terms = Terms(
        numbers={int(period): number for period, number in schedule.numbers.items()},
        anchor=date.fromisoformat(schedule.anchor) if schedule.anchor else None,
        aliases=aliases(),
    )
    found = []
    for path in paths:
        source = read_source(path, today=today)
        _tell(console, source)
        if not any(_HOLDS[key](source) for key in spec.sources):
            needed = [_(_NEEDED[key]) for key in spec.sources]
            raise FilesUnusable(path=path, kind=_(KINDS[source.kind]), needed=", ".join(needed))
        found.append(replace(source, terms=terms))
    return tuple(found)


def _tell(console: Console, source: "Source") -> None:
    refused = len(source.refused)
    doubtful = len(source.problems) - refused
    if source.problems:
        text = N_(
            "{path}: refused: {refused}, doubtful: {doubtful}. All with advice: dnevnik check {path}"
        )
        console.warn(_(text).format(path=source.path, refused=refused, doubtful=doubtful))
