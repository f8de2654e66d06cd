"""Reads timetable grids as schools keep them in spreadsheets, and shows what was understood.

Which layouts are known: `mappings.grid_layout`. A grid names no parts of classes and mostly no teachers.
"""

from collections.abc import Iterable, Sequence

from connector.i18n import _
from connector.names import ClassName, fold
from connector.source import Bell, Kind, Requirement, Slot, Source, SourceGroup
from mappings.findings import Findings
from mappings.grid_board import Board, letter
from mappings.grid_layout import sections_of
from mappings.grid_lessons import Hour, Lessons
from mappings.grid_preview import preview
from mappings.grid_rows import Walk, walk
from mappings.grid_words import day_of
from mappings.sheets import Sheet
from mappings.subjects import canonical, known_names, suggest
from mappings.weekly import requirement_key

__all__ = ["looks_like_grid", "preview", "read_grid"]

# A grid is known by days of two kinds at least, and a class somewhere.
_DAYS = 2


def looks_like_grid(sheets: Sequence[Sheet]) -> bool:
    """Whether some visible sheet is a timetable: days of the week and lessons of classes in a known layout."""
    return any(_is_timetable(sheet) for sheet in sheets if not sheet.hidden)


def _is_timetable(sheet: Sheet) -> bool:
    days = {
        day
        for row in sheet.rows
        for cell in row
        if isinstance(cell, str) and (day := day_of(cell)) is not None
    }
    return len(days) >= _DAYS and bool(sections_of(Board(sheet)))


def read_grid(sheets: Sequence[Sheet], path: str, sha256: str) -> Source:
    """Read all timetables of a workbook.

    Args:
        sheets: as `mappings.sheets` gives them.
        path: as the user named it, for messages.
        sha256: of the file.

    Returns:
        A source of kind `grid`. `rows` counts cells with a text where a lesson may stand. Hours count as declared as
        they are placed: a grid declares none.

    """
    reading = _Reading(path)
    for sheet in sheets:
        reading.read(sheet)
    reading.tell_idle()
    source = Source(path, Kind.GRID, sha256)
    source.headers = reading.headers
    source.rows, source.ignored = reading.cells, reading.passed
    source.accepted = reading.accepted
    if not reading.hours:
        reading.findings.refuse(
            "no_lessons",
            ("", 0, ""),
            "",
            _("No lesson was understood in this file."),
            _("Put the classes above the columns and the days in the first column."),
        )
    source.problems = sorted(
        reading.findings.problems, key=lambda problem: (problem.place, problem.rule)
    )
    source.fixes = sorted(reading.findings.fixes, key=lambda fix: (fix.place, fix.rule))
    source.bells = [
        Bell(number, str(number), *span) for number, span in sorted(reading.spans.items())
    ]
    _fill(source, reading)
    return source


class _Reading:
    """All sheets of one file."""

    def __init__(self, path: str) -> None:
        self.findings = Findings(path)
        self.headers: dict[str, tuple[str, ...]] = {}
        self.hours: list[Hour] = []
        self.groups: dict[str, SourceGroup] = {}
        self.spans: dict[int, tuple[str, str]] = {}
        self.cells = self.passed = self.accepted = 0
        self._days: dict[tuple[str, int], set[tuple[object, ...]]] = {}
        self._subjects: set[str] = set()
        self._mended: set[str] = set()
        self._headings: dict[str, tuple[ClassName, tuple[str, int, str]]] = {}

    def read(self, sheet: Sheet) -> None:
        """Read the tables of one sheet."""
        if sheet.hidden or not (sections := sections_of(board := Board(sheet))):
            self._tell_passed_over(sheet)
            return
        if board.over_merged:
            self.findings.doubt(
                "merged_too_much",
                (sheet.name, 0, ""),
                "",
                _("The sheet has more merged ranges than any timetable; some were not looked at."),
                _("Copy the timetable into a new sheet."),
            )
        lessons = Lessons(sheet.name, self.findings)
        for found in walk(board, sections, self.findings):
            self._take(sheet, board, found, lessons)

    def _take(self, sheet: Sheet, board: Board, found: Walk, lessons: Lessons) -> None:
        heading = max(found.section.heading, 0)
        self.headers.setdefault(
            sheet.name, tuple("" if cell is None else str(cell) for cell in sheet.rows[heading])
        )
        self.cells += found.cells
        self.passed += found.passed
        for number, span in found.spans.items():
            self.spans.setdefault(number, span)
        self._tell_columns(sheet, board, found)
        if found.counted:
            self.findings.doubt(
                "numbers_counted",
                (sheet.name, heading + 1, ""),
                "",
                _("The table has no lesson numbers; they were counted from 1 in each day."),
                _("Add a column with the numbers of the lessons."),
            )
        self._note_headings(sheet, found)
        hours = self._new_days(sheet, found, lessons.hours(found.entries))
        for entry in found.entries:
            group = entry.edu_group
            self.groups.setdefault(
                group.name, SourceGroup(group.name, group.parallel, group.letter)
            )
        self.hours += hours
        self._tell_unknown(sheet, found, hours)

    def _new_days(self, sheet: Sheet, found: Walk, hours: list[Hour]) -> list[Hour]:
        """Leave out days of classes that another table had before; tell where the two differ."""
        days: dict[tuple[str, int], set[tuple[object, ...]]] = {}
        for hour in hours:
            for name in hour.edu_groups:
                days.setdefault((name, hour.day), set()).add(
                    (hour.number, hour.weeks, hour.subgroups, hour.subject, hour.rooms)
                )
        again = {key for key in days if key in self._days}
        for name, day in sorted(again):
            if days[name, day] == self._days[name, day]:
                continue
            entry = next(e for e in found.entries if (e.edu_group.name, e.day) == (name, day))
            self.findings.refuse(
                "day_twice",
                (sheet.name, entry.row + 1, letter(entry.column)),
                f"{name}, {_day_name(day)}",
                _(
                    "This day of the class stands elsewhere too, with other lessons; the first is used."
                ),
                _("Leave one of the two."),
            )
        self._days |= {key: value for key, value in days.items() if key not in again}
        left = [e for e in found.entries if (e.edu_group.name, e.day) in again]
        self.passed += len(left)
        self.accepted += len(found.entries) - len(left)
        return [
            hour for hour in hours if not any((name, hour.day) in again for name in hour.edu_groups)
        ]

    def _tell_passed_over(self, sheet: Sheet) -> None:
        if not any(cell is not None for row in sheet.rows for cell in row):
            return
        rule = "hidden_sheet" if sheet.hidden else "sheet_skipped"
        self.findings.doubt(
            rule,
            (sheet.name, 0, ""),
            "",
            _("The sheet is hidden and is not used.")
            if sheet.hidden
            else _("No timetable was found on the sheet; it is not used."),
            _("Nothing to do, if that is so; else put the classes above and the days on the left."),
        )

    def _tell_columns(self, sheet: Sheet, board: Board, found: Walk) -> None:
        section = found.section
        for column in section.unknown:
            rows = range(section.top, section.bottom + 1)
            row = next(row for row in rows if board.own(row, column) is not None)
            self.findings.doubt(
                "column_not_understood",
                (sheet.name, row + 1, letter(column)),
                str(board.own(row, column)),
                _("It is not known what this column holds; it is not read."),
                _("Write предмет, кабинет, учитель or № above it."),
            )

    def _note_headings(self, sheet: Sheet, found: Walk) -> None:
        for row, column, text, parsed in found.section.named:
            where = (sheet.name, row + 1, letter(column))
            self._headings.setdefault(parsed.name, (parsed, where))
            if parsed.changed and text not in self._mended:
                self._mended.add(text)
                self.findings.mend("class_letters", where, text, parsed.name)

    def tell_idle(self) -> None:
        """Tell of classes that no table has a lesson for."""
        for name, (parsed, where) in self._headings.items():
            if name in self.groups:
                continue
            self.groups[name] = SourceGroup(name, parsed.parallel, parsed.letter)
            self.findings.doubt(
                "class_without_lessons",
                where,
                name,
                _("No lesson was found for this class."),
                _("Nothing to do, if it has none; else check where its lessons stand."),
            )

    def _tell_unknown(self, sheet: Sheet, found: Walk, hours: list[Hour]) -> None:
        places = {(e.edu_group.name, e.day, e.number): e for e in reversed(found.entries)}
        for hour in hours:
            if fold(hour.subject) in self._subjects:
                continue
            self._subjects.add(fold(hour.subject))
            if canonical(hour.subject)[1]:
                continue
            entry = places[hour.edu_groups[0], hour.day, hour.number]
            names = known_names()
            near = [names[at] for at, score in suggest(hour.subject, names) if score >= 80]
            self.findings.doubt(
                "subject_unknown",
                (sheet.name, entry.row + 1, letter(entry.column)),
                hour.subject,
                _("No usual subject has this name; perhaps {names} is meant.").format(
                    names=", ".join(near)
                )
                if near
                else _("No usual subject has this name."),
                _("Correct a slip, or answer the question about this name when planning."),
            )


def _day_name(day: int) -> str:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[day - 1]


def _fill(source: Source, reading: _Reading) -> None:
    hours = sorted(
        reading.hours,
        key=lambda h: (h.day, h.number, h.edu_groups, h.subgroups, h.subject, h.weeks, h.teachers),
    )
    placed: dict[str, float] = {}
    samples: dict[str, Hour] = {}
    for hour in hours:
        key = requirement_key(hour.edu_groups, hour.subgroups, hour.subject, hour.teachers)
        samples.setdefault(key, hour)
        placed[key] = placed.get(key, 0.0) + hour.weeks.count("1") / len(hour.weeks)
        source.slots.append(
            Slot(
                key,
                hour.day,
                hour.number,
                hour.weeks,
                hour.edu_groups,
                hour.subgroups,
                hour.subject,
                hour.teachers,
                hour.rooms,
            )
        )
    source.requirements = [
        Requirement(key, h.edu_groups, h.subgroups, h.subject, h.teachers, placed[key], placed[key])
        for key, h in sorted(samples.items())
    ]
    classes = sorted(reading.groups.values(), key=lambda group: (group.parallel or 99, group.name))
    parents = {group.name: group for group in classes}
    parts = sorted({(name, part) for h in hours for name in h.edu_groups for part in h.subgroups})
    source.edu_groups = classes + [
        SourceGroup(part, parents[name].parallel, "", name) for name, part in parts
    ]
    source.subjects = _distinct(hour.subject for hour in hours)
    source.teachers = _distinct(name for hour in hours for name in hour.teachers)
    source.rooms = _distinct(name for hour in hours for name in hour.rooms)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
