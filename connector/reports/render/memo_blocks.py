"""The sentences of a memo as blocks, for every form that is no Word document."""

from connector.reports.render.memo import memo_text
from connector.reports.render.sheets import Block, Column, Kind, Translate
from connector.reports.report import Report

_BLANK = "_" * 24


def memo_blocks(report: Report, translate: Translate) -> tuple[Block, ...]:
    """Grounds and purpose, what is in order, what became of the last check, conclusions, recommendations.

    Args:
        report: with legible names; one that is no memo has none.
        translate: into the report's language.

    """
    if report.memo is None:
        return ()
    text = memo_text(report, translate)
    pairs = (
        (translate("Number of the memo"), text.number),
        (translate("Grounds"), text.basis),
        (translate("Purpose"), text.purpose),
        (translate("Checked by"), text.inspector),
        (translate("Repeated check"), text.repeat),
        (translate("Director"), text.director),
    )
    told = (
        (translate("What was looked at"), text.objects),
        (translate("Remarks of the last check"), text.compared),
        (translate("What is in order"), text.good),
        (translate("Conclusions"), text.conclusions),
        (translate("Recommendations"), text.recommendations),
        (translate("To be shown to"), text.acquainted),
    )
    return (
        Block(
            translate("The memo"),
            (Column("", Kind.LINE, 32), Column("", width=60)),
            tuple((label, value or _BLANK) for label, value in pairs),
        ),
        *(
            Block(title, (Column("", width=92),), tuple((line,) for line in lines))
            for title, lines in told
            if lines
        ),
    )
