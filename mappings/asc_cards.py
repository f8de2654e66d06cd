"""Cards of an aSc export: where each lesson is placed. One placement here is one hour, in both schemas.

The 2012 schema has one card row for each hour with masks of days, weeks and terms; the 2008 schema one row for a whole
card, whose weeks and length its lesson knows (domain notes on aSc, sections 3 and 4).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from connector.i18n import _
from mappings.asc_week import cycle_of, days_of, share_of, whole
from mappings.asc_xml import Row
from mappings.findings import Findings, RowRefused


class Placement(NamedTuple):
    """One hour of a lesson; a tuple because there are thousands and they are sorted."""

    day: int
    number: int
    weeks: str
    rooms: tuple[str, ...]


@dataclass(slots=True)
class Placed:
    """Placements of one lesson and the hours a week they come to."""

    placements: list[Placement]
    hours: Fraction
    cards: int = 0


class LessonFacts(NamedTuple):
    """What placing a card needs to know of its lesson: its weeks, and hours for each card."""

    weeks: str
    length: int


class _When(NamedTuple):
    days: tuple[int, ...]
    numbers: tuple[int, ...]
    weeks: str
    hours: Fraction


@dataclass(slots=True)
class CardReader:
    """Reads the cards of one file.

    Attributes:
        lessons: by id.
        rooms: names by id, "" for a nameless one; None where the export has no rooms at all.
        periods: known period numbers; empty where the export has none.
        old: the 2008 schema.
        first_day: what the 2008 schema calls Monday.
        unplaced: cards that stand nowhere.

    """

    lessons: Mapping[str, LessonFacts]
    rooms: Mapping[str, str] | None
    periods: Collection[int]
    old: bool
    first_day: int
    findings: Findings
    unplaced: int = 0
    _whens: dict[tuple[str | None, ...], _When | RowRefused | None] = field(default_factory=dict)
    _rooms_of: dict[str, tuple[str, ...] | RowRefused] = field(default_factory=dict)

    def read(self, rows: list[Row]) -> dict[str, Placed]:
        """Placements by lesson id; every card that cannot be read is told."""
        placed: dict[str, Placed] = {}
        taken: set[tuple[str, int, int, str]] = set()
        for line, card in rows:
            try:
                self._read(card, placed, taken)
            except RowRefused as no:
                self.findings.refuse_row("cards", line, no)
        return placed

    def _read(
        self,
        card: Mapping[str, str],
        placed: dict[str, Placed],
        taken: set[tuple[str, int, int, str]],
    ) -> None:
        lesson_id = card.get("lessonid", "")
        facts = self.lessons.get(lesson_id)
        if facts is None:
            raise dangling("lessonid", lesson_id, "lessons")
        when = self._when(card, facts)
        if when is None:
            self.unplaced += 1
            return
        rooms = self._room_names(card.get("classroomids", ""))
        places = [
            Placement(day, number, when.weeks, rooms)
            for day in when.days
            for number in when.numbers
        ]
        marks = {(lesson_id, day, number, when.weeks) for day, number, _weeks, _rooms in places}
        if not marks.isdisjoint(taken):
            raise _twice()
        taken |= marks
        found = placed.get(lesson_id)
        if found is None:
            found = placed[lesson_id] = Placed([], Fraction(0))
        found.placements += places
        found.hours += when.hours
        found.cards += 1

    def _room_names(self, ids: str) -> tuple[str, ...]:
        """Names of a comma list of ids; there are far fewer lists than cards, so each is looked up once."""
        if ids not in self._rooms_of:
            self._rooms_of[ids] = self._rooms_named(ids)
        known = self._rooms_of[ids]
        if isinstance(known, RowRefused):
            # The same object is raised for many rows; its traceback would grow with each.
            raise known.with_traceback(None)
        return known

    def _rooms_named(self, ids: str) -> tuple[str, ...] | RowRefused:
        if self.rooms is None:
            return ()
        for room_id in split_ids(ids):
            if room_id not in self.rooms:
                return dangling("classroomids", room_id, "classrooms")
        return tuple(filter(None, (self.rooms[room_id] for room_id in split_ids(ids))))

    def _when(self, card: Mapping[str, str], facts: LessonFacts) -> _When | None:
        """None where the card stands nowhere yet."""
        get = card.get
        day = get("day") if self.old else get("days")
        key = (get("period"), day, get("weeks"), get("terms"), facts)
        if key not in self._whens:
            try:
                self._whens[key] = self._placed(*key)
            except RowRefused as no:
                self._whens[key] = no
        known = self._whens[key]
        if isinstance(known, RowRefused):
            # The same object is raised for many rows; its traceback would grow with each.
            raise known.with_traceback(None)
        return known

    def _placed(
        self,
        period: str | None,
        day: str | None,
        weeks: str | None,
        terms: str | None,
        facts: LessonFacts,
    ) -> _When | None:
        if not (period or "").strip() and not (day or "").strip(" 0"):
            return None
        numbers = self._numbers(period or "", facts.length if self.old else 1)
        days = self._old_day(day or "") if self.old else days_of(day or "")
        if days is None:
            raise _unreadable("day" if self.old else "days", day or "")
        mask = facts.weeks if self.old or weeks is None else weeks
        cycle = cycle_of(mask)
        if cycle is None:
            raise _unreadable("weeks", mask)
        part = cycle_of("1" if terms is None else terms)
        if part is None:
            raise _unreadable("terms", terms or "")
        if part != "1":
            raise _part_of_year(terms or "")
        return _When(days, numbers, cycle, share_of(cycle) * len(days) * len(numbers))

    def _numbers(self, period: str, length: int) -> tuple[int, ...]:
        first = whole(period)
        if first is None:
            raise _unreadable("period", period)
        numbers = tuple(range(first, first + length))
        for number in numbers:
            if self.periods and number not in self.periods:
                raise dangling("period", str(number), "periods")
        return numbers

    def _old_day(self, text: str) -> tuple[int, ...] | None:
        found = whole(text)
        day = None if found is None else found - self.first_day + 1
        return (day,) if day is not None and 1 <= day <= 7 else None


def split_ids(text: str) -> list[str]:
    """Ids of a comma list; only attributes that end in `ids` are such lists."""
    return [part for part in (part.strip() for part in text.split(",")) if part]


def dangling(column: str, value: str, table: str) -> RowRefused:
    """An id that no row has."""
    return RowRefused(
        "dangling_id",
        column,
        value,
        _("No row of the table {table} has this id.").format(table=table),
        _("Export the timetable from aSc again with all its tables."),
    )


def _unreadable(column: str, value: str) -> RowRefused:
    return RowRefused(
        "card_unreadable",
        column,
        value,
        _("It cannot be told when this lesson is: {column} is not one clear value.").format(
            column=column
        ),
        _("Place the card in aSc on one day and period, and export again."),
    )


def _part_of_year(value: str) -> RowRefused:
    return RowRefused(
        "part_of_year",
        "terms",
        value,
        _("This lesson is placed in a part of the year only; such lessons are not planned."),
        _("Export a timetable of the present term alone."),
    )


def _twice() -> RowRefused:
    return RowRefused(
        "card_twice",
        "lessonid",
        "",
        _("This lesson stands twice at one time; the second is not used."),
        _("Delete one of the two cards in aSc."),
    )
