"""The school in a line of figures: success and quality of the last finished periods, attendance. For the summary."""

from dataclasses import replace

from connector.i18n import N_
from connector.reports.attendance import attended
from connector.reports.attendance_figures import together
from connector.reports.making import Draft
from connector.reports.quality import school_spread
from connector.reports.tables import NO_DATA, Cell, Column, Content, Table

_HUNDRED = 100


def standing_table(draft: Draft) -> Table:
    """One row; what the mirror does not know is said to be unknown.

    Args:
        draft: what was gathered; nothing is added to its gaps, for they would silence the rules.

    """
    apart = replace(draft, gaps=[])
    marks = school_spread(apart)
    missed = together(one.missed for one in attended(apart) if draft.chosen.has_group(one.class_id))
    there: Cell = NO_DATA if missed.share is None else _HUNDRED - missed.share
    figures = (marks.counted, marks.success, marks.quality, marks.mean, there, missed.full_days)
    return Table(
        "figures",
        N_("The school in figures"),
        (
            Column("marks", N_("Period marks"), Content.NUMBER, 9),
            Column("success", N_("Success"), Content.PERCENT, 10),
            Column("quality", N_("Quality"), Content.PERCENT, 10),
            Column("mean", N_("Mean mark"), Content.MEAN, 9),
            Column("attendance", N_("Attendance"), Content.PERCENT, 12),
            Column("full_days", N_("Full days missed"), Content.NUMBER, 12),
        ),
        (tuple(NO_DATA if figure is None else figure for figure in figures),),
        note=N_(
            "Marks of each class's last finished period; attendance: lessons of the span that pupils did not miss."
        ),
    )
