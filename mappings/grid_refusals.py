"""Why a cell of a timetable grid is not used."""

from connector.i18n import _
from mappings.findings import RowRefused
from mappings.grid_board import letter


def value_refused(column: int, text: str) -> RowRefused:
    """No subject is a number."""
    return RowRefused(
        "subject_is_number",
        letter(column),
        text,
        _("A number or a date stands where a subject is expected."),
        _("Write the subject, or move the number into a column of its own."),
    )


def number_refused(column: int, text: str) -> RowRefused:
    """A lesson without a number has no time."""
    return RowRefused(
        "number_unknown",
        letter(column),
        text,
        _("The lesson has no number."),
        _("Write the number of the lesson beside it."),
    )


def twice_refused(column: int, number: int) -> RowRefused:
    """Mostly a new day whose name was not understood."""
    return RowRefused(
        "number_twice",
        letter(column),
        str(number),
        _("This day of the class has had this lesson number before."),
        _("Check the numbers, and that a new day is marked by its name."),
    )


def homeless(column: int, label: str, *, needs_day: bool) -> RowRefused:
    """A row whose day (or class) is not known; `label` is what stands where it should."""
    if needs_day:
        return RowRefused(
            "day_unknown",
            letter(column),
            label,
            _("It cannot be told which day this row belongs to."),
            _("Write the day in the first column of its rows."),
        )
    return RowRefused(
        "class_unknown",
        letter(column),
        label,
        _("It cannot be told which class this row belongs to."),
        _("Write the class above its table or in the first column of its rows."),
    )
