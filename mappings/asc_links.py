"""Ids of an aSc export on which no hour depends, but which a whole file would resolve. Pure."""

from collections.abc import Mapping

from connector.i18n import _
from mappings.asc_cards import split_ids
from mappings.asc_xml import Row
from mappings.findings import Findings

# Table, column → table whose ids stand there.
_LINKS = {
    ("classes", "teacherid"): "teachers",
    ("classes", "classroomids"): "classrooms",
    ("lessons", "classroomids"): "classrooms",
    ("lessons", "daysdefid"): "daysdefs",
    ("lessons", "weeksdefid"): "weeksdefs",
    ("lessons", "termsdefid"): "termsdefs",
}


def tell_loose_ids(rows: Mapping[str, list[Row]], findings: Findings) -> None:
    """Tell of every such id that no row has; tables that the export does not have are told elsewhere."""
    for (table, column), target in _LINKS.items():
        if not rows[target]:
            continue
        known = {row.get("id", "") for _line, row in rows[target]}
        for line, row in rows[table]:
            value = row.get(column)
            if not value or value in known:
                continue
            for each in split_ids(value):
                if each not in known:
                    _tell(findings, (table, line, column), each, target)


def _tell(findings: Findings, where: tuple[str, int, str], value: str, target: str) -> None:
    findings.doubt(
        "loose_id",
        where,
        value,
        _("No row of the table {table} has this id; no lesson depends on it.").format(table=target),
        _("Export the timetable from aSc again with all its tables."),
    )
