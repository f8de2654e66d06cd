"""Names as they may be shown: nothing in them turns a line round, breaks a file or hides.

Characters that XML forbids would break a workbook; marks of direction would let a name rewrite what stands beside it.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, replace

from connector.reports.journal import Names
from connector.reports.report import Memo, Report
from connector.reports.tables import Content, Table

# Spaces of all kinds, line ends and controls become one space.
_GAPS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks of direction and characters without a shape; the two joiners are kept, for some scripts are written with them.
_SHAPELESS = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# Lone halves of a pair, and code points that are no characters.
_BROKEN = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ALL = re.compile(f"{_GAPS.pattern}|{_SHAPELESS.pattern}|{_BROKEN.pattern}")


def legible(text: str) -> str:
    """One line of text without controls, marks of direction and halves of characters."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    if not _ALL.search(text):
        return text
    text = _BROKEN.sub("\N{REPLACEMENT CHARACTER}", _SHAPELESS.sub("", text))
    return _GAPS.sub(" ", text).strip()


def legible_report(report: Report) -> Report:
    """The same report; every name and every text from outside is legible."""
    notes = report.notes
    return replace(
        report,
        names=_names(report.names),
        tables=tuple(map(_table, report.tables)),
        memo=_memo(report.memo) if report.memo else None,
        filters=replace(
            report.filters,
            **{
                one.name: tuple(map(legible, getattr(report.filters, one.name)))
                for one in fields(report.filters)
            },
        ),
        notes=replace(
            notes,
            statuses=tuple(
                replace(met, status=None if met.status is None else legible(met.status))
                for met in notes.statuses
            ),
        ),
    )


def _memo(memo: Memo) -> Memo:
    return replace(
        memo,
        number=legible(memo.number),
        basis=legible(memo.basis),
        purpose=legible(memo.purpose),
        inspector=legible(memo.inspector),
        director=legible(memo.director),
        place=legible(memo.place),
    )


def _names(names: Names) -> Names:
    return replace(
        names,
        groups=_by_id(names.groups),
        subjects=_by_id(names.subjects),
        teachers=_by_id(names.teachers),
        pupils=_by_id(names.pupils),
        school=legible(names.school),
    )


def _by_id(names: Mapping[int, str]) -> dict[int, str]:
    return {key: legible(name) for key, name in names.items() if name}


def _table(table: Table) -> Table:
    texts = frozenset(
        place for place, column in enumerate(table.columns) if column.content is Content.TEXT
    )
    if not texts:
        return table
    rows = tuple(
        tuple(
            legible(cell) if place in texts and isinstance(cell, str) else cell
            for place, cell in enumerate(row)
        )
        for row in table.rows
    )
    return replace(table, rows=rows)
