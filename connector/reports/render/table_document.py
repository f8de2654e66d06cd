"""Tables of a report as JSON values, and the people, groups and subjects that stand in them and elsewhere."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from connector.reports.render.sheets import Translate, pupil_name, teacher_name
from connector.reports.render.tabular import rounded
from connector.reports.report import Report
from connector.reports.rules.case import utc_text
from connector.reports.tables import Cell, Content, Table, Unknown

Document = dict[str, Any]


def table_document(report: Report, table: Table, translate: Translate) -> Document:
    """A table as JSON: ids are strings, words stay English, fractions have two decimals. Its rows are an iterator."""
    keys = [column.key for column in table.columns]
    values = [_reader(report, column.content, translate) for column in table.columns]
    return {
        "key": table.key,
        "title": translate(table.title),
        "columns": [
            {"key": column.key, "title": translate(column.title), "content": column.content.value}
            for column in table.columns
        ],
        "rows": (
            {key: value(cell) for key, value, cell in zip(keys, values, row, strict=True)}
            for row in table.rows
        ),
        "has_totals": table.has_totals,
        "note": translate(table.note) if table.note else None,
    }


def _reader(report: Report, content: Content, translate: Translate) -> Callable[[Cell], Any]:
    """How cells of a column become JSON values."""
    named: Mapping[Content, Callable[[int], Document]] = {
        Content.GROUP: lambda key: named_document(key, report.names.groups),
        Content.SUBJECT: lambda key: named_document(key, report.names.subjects),
        Content.TEACHER: lambda key: teacher_document(report, key, translate),
        Content.PUPIL: lambda key: {
            "id": None if report.anonymous else str(key),
            "name": pupil_name(report, key, translate),
        },
    }
    of_id = named.get(content)

    def value(cell: Cell) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(cell, int) and content is Content.ID:
            return str(cell)
        if isinstance(cell, int) and of_id:
            return of_id(cell)
        return _plain(cell)

    return value


def _plain(cell: Cell) -> str | float | None:
    if isinstance(cell, Unknown):
        return cell.value
    if isinstance(cell, Fraction):
        return float(rounded(cell, 2))
    if isinstance(cell, datetime):
        return utc_text(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def teacher_document(report: Report, person: int, translate: Translate) -> Document:
    """A teacher with id and name; a number where teachers are hidden."""
    # A hidden teacher is a number that holds for this report only.
    key = None if report.teachers_hidden else str(person)
    return {"id": key, "name": teacher_name(report, person, translate)}


def named_document(key: int, names: Mapping[int, str]) -> Document:
    """A group or subject with id and name; None stands for a name nobody told."""
    return {"id": str(key), "name": names.get(key)}
