"""What was understood of a timetable, as plain tables that fit a terminal."""

from connector.i18n import _
from connector.source import Slot, Source

WIDTH = 80
_NUMBER = 3
# A subject keeps seven signs and a space at least.
_SUBJECT = 8


def preview(source: Source) -> str:
    """One table for each class: days across, lesson numbers down, 80 columns wide.

    Works for every source with slots. Rooms follow the subject where there is room for them.
    """
    classes = [group.name for group in source.edu_groups if not group.parent]
    tables = [_table(name, [s for s in source.slots if name in s.edu_groups]) for name in classes]
    return "\n".join(table for table in tables if table)


def _table(name: str, slots: list[Slot]) -> str:
    if not slots:
        return ""
    days = range(1, max(5, *(slot.day for slot in slots)) + 1)
    width = (WIDTH - _NUMBER) // len(days) - 1
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    lines = [name, _line("", [names[day - 1] for day in days], width)]
    for number in sorted({slot.number for slot in slots}):
        cells = [
            _cell([s for s in slots if (s.day, s.number) == (day, number)], width) for day in days
        ]
        lines.append(_line(str(number), cells, width))
    return "\n".join(lines) + "\n"


def _line(number: str, cells: list[str], width: int) -> str:
    return f"{number:>{_NUMBER}}" + "".join(f" {cell:<{width}}" for cell in cells).rstrip()


def _cell(slots: list[Slot], width: int) -> str:
    subjects = "/".join(dict.fromkeys(slot.subject for slot in slots))
    named = dict.fromkeys(room for slot in slots for room in slot.rooms)
    rooms = "/".join(room.removeprefix("каб. ") for room in named)
    if rooms and len(rooms) + _SUBJECT <= width:
        left = width - len(rooms) - 1
        return f"{_cut(subjects, left)} {rooms}"
    return _cut(subjects, width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
