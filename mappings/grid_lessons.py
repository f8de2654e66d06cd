"""Texts of a timetable grid → slots. Pure.

A grid does not name the parts of a class: where a cell names two subjects or two rooms, the parts get names made of
the subject (`Английский язык: 1`), which the school binds to its subgroups once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from connector.i18n import _
from connector.names import fold, tidy
from mappings.findings import Findings
from mappings.grid_board import letter
from mappings.grid_rows import Entry
from mappings.grid_words import CellText, is_room, read_cell, rooms_of


@dataclass(frozen=True, slots=True)
class Hour:
    """One slot to be."""

    edu_groups: tuple[str, ...]
    day: int
    number: int
    weeks: str
    subgroups: tuple[str, ...]
    subject: str
    teachers: tuple[str, ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One subject at one time, with what belongs to it alone."""

    subject: str
    weeks: str
    rooms: tuple[str, ...]
    teachers: tuple[str, ...]


class Lessons:
    """Makes hours of entries; tells each doubt once for a class and text."""

    def __init__(self, sheet: str, findings: Findings) -> None:
        self.sheet = sheet
        self.findings = findings
        self._told: set[tuple[str, str, str]] = set()

    def hours(self, entries: Sequence[Entry]) -> list[Hour]:
        """Hours of one table: cells merged over several classes become one lesson of all of them."""
        shared: dict[tuple[tuple[int, int], int, int], list[Entry]] = {}
        for entry in entries:
            shared.setdefault((entry.origin, entry.day, entry.number), []).append(entry)
        together: dict[tuple[tuple[str, ...], int, int], list[Entry]] = {}
        for (_origin, day, number), found in shared.items():
            names = tuple(dict.fromkeys(entry.edu_group.name for entry in found))
            if len(names) > 1:
                self._tell_shared(found[0], names)
            together.setdefault((names, day, number), []).append(found[0])
        return [
            hour
            for (names, day, number), found in together.items()
            for hour in self._lesson(names, day, number, found)
        ]

    def _lesson(
        self, names: tuple[str, ...], day: int, number: int, entries: list[Entry]
    ) -> Iterable[Hour]:
        lines = [line for entry in entries for line in self._lines(entry)]
        for weeks, found in _by_weeks(lines):
            subjects = list(dict.fromkeys(line.subject for line in found))
            if len(subjects) > 1:
                self._tell_subjects(entries[0], subjects)
                whole = " / ".join(sorted(subjects, key=fold))
                for line in found:
                    yield Hour(
                        names,
                        day,
                        number,
                        weeks,
                        (f"{whole}: {line.subject}",),
                        line.subject,
                        line.teachers,
                        line.rooms,
                    )
                continue
            rooms = tuple(dict.fromkeys(room for line in found for room in line.rooms))
            teachers = tuple(dict.fromkeys(who for line in found for who in line.teachers))
            count = max(len(rooms), len(found))
            parts: tuple[str, ...] = ()
            if count > 1:
                self._tell_rooms(entries[0], subjects[0])
                parts = tuple(f"{subjects[0]}: {part}" for part in range(1, count + 1))
            elif entries[0].part > 1:
                # The first column is free and not merged with this one: only this part has a lesson.
                self._tell_rooms(entries[0], subjects[0])
                parts = (f"{subjects[0]}: {entries[0].part}",)
            yield Hour(names, day, number, weeks, parts, subjects[0], teachers, rooms)

    def _lines(self, entry: Entry) -> Iterable[_Line]:
        said = read_cell(entry.text)
        self._tell_spelling(entry, said)
        if not said.subjects:
            self.findings.refuse(
                "subject_missing",
                self._where(entry),
                tidy(entry.text),
                _("There is no subject in this cell."),
                _("Write the subject first, then the room or the teacher."),
            )
        rooms = self._rooms(entry, said)
        own = tuple(part for part in (tidy(each) for each in entry.teacher.split("/")) if part)
        teachers = said.teachers or own
        count = len(said.subjects)
        for at, (subject, weeks) in enumerate(said.subjects):
            yield _Line(
                subject,
                weeks,
                rooms[at : at + 1] if count == len(rooms) > 1 else rooms,
                teachers[at : at + 1] if count == len(teachers) > 1 else teachers,
            )

    def _rooms(self, entry: Entry, said: CellText) -> tuple[str, ...]:
        if entry.room is None:
            return said.rooms
        if not isinstance(entry.room, str) and not is_room(entry.room):
            self.findings.refuse(
                "room_unreadable",
                self._where(entry),
                str(entry.room),
                _("What stands beside the lesson is no room."),
                _("Make the cell a text cell and write the room again, for example 3/4."),
            )
            return said.rooms
        return rooms_of(str(entry.room)) or said.rooms

    def _where(self, entry: Entry) -> tuple[str, int, str]:
        return (self.sheet, entry.row + 1, letter(entry.column))

    def _first(self, rule: str, who: str, text: str) -> bool:
        if (rule, who, text) in self._told:
            return False
        self._told.add((rule, who, text))
        return True

    def _tell_spelling(self, entry: Entry, said: CellText) -> None:
        spaced = tidy(entry.text)
        if spaced != entry.text and self._first("spaces", "", entry.text):
            self.findings.mend("spaces", self._where(entry), entry.text, spaced)
        for subject, _weeks in said.subjects:
            if subject not in spaced and self._first("look_alike_letters", "", subject):
                self.findings.mend("look_alike_letters", self._where(entry), spaced, subject)

    def _tell_shared(self, entry: Entry, names: tuple[str, ...]) -> None:
        if self._first("merged_over_classes", "+".join(names), tidy(entry.text)):
            self.findings.doubt(
                "merged_over_classes",
                self._where(entry),
                tidy(entry.text),
                _("One cell reaches over several classes: read as one lesson of {classes}.").format(
                    classes=", ".join(names)
                ),
                _("Split the cell if each class has its own lesson."),
            )

    def _tell_subjects(self, entry: Entry, subjects: list[str]) -> None:
        text = " / ".join(subjects)
        if self._first("several_subjects", entry.edu_group.name, text):
            self.findings.doubt(
                "several_subjects",
                self._where(entry),
                f"{entry.edu_group.name}: {text}",
                _(
                    "Several subjects at one time: read as parts of the class, not as odd and even weeks."
                ),
                _("Bind the parts to subgroups when asked, or write (1 нед.) and (2 нед.)."),
            )

    def _tell_rooms(self, entry: Entry, subject: str) -> None:
        if self._first("several_rooms", entry.edu_group.name, subject):
            self.findings.doubt(
                "several_rooms",
                self._where(entry),
                f"{entry.edu_group.name}: {subject}",
                _("This lesson has several rooms or columns: read as parts of the class."),
                _("Bind the parts to subgroups when asked, or leave one room."),
            )


def _by_weeks(lines: list[_Line]) -> Iterable[tuple[str, list[_Line]]]:
    """Lines of one time by their weeks; whoever has all weeks beside halves is a part in both."""
    ordered = sorted(lines, key=lambda line: line.weeks)
    for weeks, found in groupby(ordered, key=lambda line: line.weeks):
        yield weeks, list(found)
