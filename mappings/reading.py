"""Reads one file of a school, whatever it is: `read_source` is what commands call."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from connector.source import Kind, Source
from mappings.classlists import holds_class_list, read_class_list
from mappings.containers import what_it_is
from mappings.findings import Findings
from mappings.sheets import Sheet, Unusable, counts_from_1904, read_workbook
from mappings.wording import tell


def read_source(path: Path, *, today: date) -> Source:
    """Read a class list, a timetable, a topic plan or OneRoster data; its kind is told by its content.

    Whatever is wrong with the file is among the problems of the result: nothing is raised for it.

    Args:
        path: a file, or the folder of a OneRoster export.
        today: what two-digit years and ages are judged by.

    """
    name = str(path)
    try:
        if path.is_dir():
            return _folder(path, name, today)
        data = path.read_bytes()
    except OSError:
        return unusable(name, "", Unusable("unreadable"))
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return _read(data, name, sha256, today)
    except Unusable as wrong:
        return unusable(name, sha256, wrong)


def unusable(path: str, sha256: str, wrong: Unusable) -> Source:
    """Make the source of a file that cannot be read: nothing but the reason."""
    findings = Findings(path)
    tell(findings, wrong.rule, (wrong.sheet, 0, ""), wrong.value)
    return Source(path, Kind.UNKNOWN, sha256, problems=findings.problems)


def _folder(path: Path, name: str, today: date) -> Source:
    from mappings.oneroster import FILES, read_oneroster  # noqa: PLC0415 - most files are none

    tables = {
        file.name.lower(): file.read_bytes()
        for file in sorted(path.iterdir())
        if file.name.lower() in FILES and file.is_file()
    }
    if "users.csv" not in tables:
        return unusable(name, "", Unusable("folder"))
    return read_oneroster(tables, name, today=today)


def _read(data: bytes, name: str, sha256: str, today: date) -> Source:
    kind = what_it_is(data)
    if kind == "asc":
        from mappings.asc import read_asc  # noqa: PLC0415 - class lists need no timetables

        return read_asc(data, name)
    if kind == "oneroster":
        from mappings.oneroster import read_oneroster, unpack  # noqa: PLC0415 - as above

        return read_oneroster(unpack(data), name, today=today, sha256=sha256)
    sheets, encoding = _sheets(kind, data)
    source = _tables(sheets, name, sha256, today, epoch_1904=counts_from_1904(data))
    source.encoding = encoding
    return source


def _sheets(kind: str, data: bytes) -> tuple[Sequence[Sheet], str]:
    """Read tables; the encoding is "" where a format has only one."""
    if kind == "xlsx":
        return read_workbook(data), ""
    if kind == "workbook":
        from mappings.apart import read_apart  # noqa: PLC0415 - nearly all files are xlsx

        return read_apart(data), ""
    if kind == "spreadsheetml":
        from mappings.markup import read_spreadsheetml  # noqa: PLC0415 - as above

        return read_spreadsheetml(data), ""
    from mappings.textual import decode, read_text  # noqa: PLC0415 - as above

    text, encoding = decode(data)
    if kind == "html":
        from mappings.markup import read_html  # noqa: PLC0415 - as above

        return read_html(text), encoding
    return (read_text(text)[0],), encoding


def _tables(
    sheets: Sequence[Sheet], name: str, sha256: str, today: date, *, epoch_1904: bool
) -> Source:
    if holds_class_list(sheets):
        return read_class_list(sheets, name, sha256, today=today, epoch_1904=epoch_1904)
    from mappings.topic_plans import holds_topic_plan, read_topic_plans  # noqa: PLC0415 - as below

    if holds_topic_plan(sheets):
        return read_topic_plans(sheets, name, sha256, today=today, epoch_1904=epoch_1904)
    from mappings.grid import looks_like_grid, read_grid  # noqa: PLC0415 - class lists need no grids

    if looks_like_grid(sheets):
        return read_grid(sheets, name, sha256)
    return unusable(name, sha256, Unusable("not_recognised"))
