"""What the tags of a memo's Word template may name, beside those of every report: sentences, criteria, results, remarks."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import Any

from connector.reports.remarks import LATE_NOTE, MOST_DAYS, Remark, remarks_of
from connector.reports.render.headings import age_line, requirements
from connector.reports.render.memo import memo_text
from connector.reports.render.sheets import (
    Translate,
    day_text,
    group_name,
    subject_name,
    teacher_name,
)
from connector.reports.render.tabular import cell_text, table_block
from connector.reports.report import Report
from connector.reports.whole import LATE
from connector.rulebook import RULE_SPECS

# What no data tells is left to the pen: how long the line is.
BLANKS: Mapping[str, int] = {
    "school": 60,
    "place": 20,
    "number": 6,
    "basis": 50,
    "inspector": 30,
    "director": 30,
}
# Columns that a table may lack: a template may name them all the same.
_OPTIONAL = ("late", "before", "fixed", "stands", "new", "other")
Tags = dict[str, Any]


def memo_tags(report: Report, translate: Translate) -> Tags:
    """Tags of a memo; no pupil is named.

    Args:
        report: with legible names and texts.
        translate: into the report's language.

    """
    text = asdict(memo_text(report, translate))
    notes = {table.key: translate(table.note) for table in report.tables if table.note}
    return {
        **{name: list(one) if isinstance(one, tuple) else one for name, one in text.items()},
        **{name: text[name] or "_" * letters for name, letters in BLANKS.items()},
        "last_check": day_text(report.comparison.previous.as_of) if report.comparison else "",
        "age": age_line(report, translate),
        "requirements": requirements(report, translate),
        "criteria": _criteria(report, translate),
        "by_rule": _rows(report, "rules", translate),
        "by_class": _rows(report, "classes", translate),
        "by_teacher": _rows(report, "teachers", translate),
        "note_on_records": notes.get("classes", ""),
        "note_on_remarks": translate(LATE_NOTE) if LATE in report.rules else "",
        "remarks": list(_remarks(report, translate)),
    }


def _criteria(report: Report, translate: Translate) -> list[Tags]:
    """What was checked; the deadline in words where it is none in working days."""
    lines = _rows(report, "criteria", translate)
    for line in lines:
        days = line.get("calendar_days")
        if days:
            text = translate("calendar days: {days} (control work, composition, test)")
            line["due"] = text.format(days=days)
        elif not line["due"]:
            line["due"] = translate("no deadline")
    return lines


def _rows(report: Report, key: str, translate: Translate) -> list[Tags]:
    """Rows of a table as texts by the keys of its columns."""
    found = []
    for table in (one for one in report.tables if one.key == key):
        block = table_block(report, table, translate)
        for cells in block.rows:
            line: Tags = dict.fromkeys(_OPTIONAL, "")
            for cell, shown, column in zip(cells, block.columns, table.columns, strict=True):
                line[column.key] = cell_text(cell, shown.kind, translate)
            found.append(line)
    return found


def _remarks(report: Report, translate: Translate) -> Iterator[Tags]:
    """Each teacher's remarks, those that name nobody last."""
    listed = remarks_of(report, hidden=report.teachers_hidden)
    for teacher, own in groupby(listed, key=lambda one: one.teacher_id):
        rows = [_remark(report, one, translate) for one in own]
        yield {
            "teacher": translate("no teacher named")
            if teacher is None
            else teacher_name(report, teacher, translate),
            "found": sum(row["found"] for row in rows),
            "rows": rows,
        }


def _remark(report: Report, one: Remark, translate: Translate) -> Tags:
    days = ", ".join(day.strftime("%d.%m") for day in one.days[:MOST_DAYS])
    left = len(one.days) - MOST_DAYS
    return {
        "class": group_name(report, one.group_id),
        "subject": subject_name(report, one.subject_id),
        "remark": translate(RULE_SPECS[one.rule].title),
        "found": one.count,
        "stands": "" if one.stands is None else one.stands,
        "dates": translate("{names} and {count} more").format(names=days, count=left)
        if left > 0
        else days,
    }
