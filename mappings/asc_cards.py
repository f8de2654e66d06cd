"""Cards of an aSc export: where each lesson is placed. One placement here is one hour, in both schemas.

The 2012 schema has one card row for each hour with masks of days, weeks and terms; the 2008 schema one row for a whole
card, whose weeks and length its lesson knows (domain notes on aSc, sections 3 and 4).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from connector.i18n import _
from mappings.asc_week import cycle_of, days_of, share_of, whole
from mappings.asc_xml import Row
from mappings.findings import Findings, RowRefused

# One hour of a lesson: day, period, weeks, rooms. A bare tuple because there are thousands and they are sorted.
Hour = tuple[int, int, str, tuple[str, ...]]


@dataclass(slots=True)
class Placed:
    """Cards of one lesson: how many, where they stand and the hours a week they come to."""

    cards: int = 0
    hours: float = 0.0
    placements: list[Hour] = field(default_factory=list)


class LessonFacts(NamedTuple):
    """What placing a card needs to know of its lesson: its weeks, and hours for each card."""

    weeks: str
    length: int


class _When(NamedTuple):
    times: tuple[tuple[int, int], ...]
    weeks: str
    hours: float


_Key = tuple[str | None, str | None, str | None, str | None, LessonFacts]


class _Facts(dict[str, LessonFacts]):
    def __missing__(self, lesson_id: str) -> LessonFacts:
        raise dangling("lessonid", lesson_id, "lessons")


class _Rooms(dict[str, tuple[str, ...]]):
    """Room names by comma list of ids: there are far fewer lists than cards."""

    def __init__(self, names: Mapping[str, str] | None) -> None:
        super().__init__()
        self.names = names

    def __missing__(self, ids: str) -> tuple[str, ...]:
        found = [] if self.names is None else split_ids(ids)
        for room_id in found:
            if self.names is not None and room_id not in self.names:
                raise dangling("classroomids", room_id, "classrooms")
        self[ids] = tuple(filter(None, (self.names[each] for each in found if self.names)))
        return self[ids]


class _Whens(dict[_Key, _When | None]):
    """Times by what a card says: there are far fewer of them than cards."""

    def __init__(self, periods: Collection[int], first_day: int | None) -> None:
        super().__init__()
        self.periods = periods
        self.first_day = first_day

    def __missing__(self, key: _Key) -> _When | None:
        self[key] = self._when(*key)
        return self[key]

    def _when(
        self,
        period: str | None,
        day: str | None,
        weeks: str | None,
        terms: str | None,
        facts: LessonFacts,
    ) -> _When | None:
        """None where the card stands nowhere yet."""
        if not (period or "").strip() and not (day or "").strip(" 0"):
            return None
        old = self.first_day is not None
        numbers = self._numbers(period or "", facts.length if old else 1)
        days = self._old_day(day or "") if old else days_of(day or "")
        if days is None:
            raise _unreadable("day" if old else "days", day or "")
        mask = facts.weeks if old or weeks is None else weeks
        cycle = cycle_of(mask)
        if cycle is None:
            raise _unreadable("weeks", mask)
        part = cycle_of("1" if terms is None else terms)
        if part is None:
            raise _unreadable("terms", terms or "")
        if part != "1":
            raise _part_of_year(terms or "")
        times = tuple((day, number) for day in days for number in numbers)
        return _When(times, cycle, share_of(cycle) * len(times))

    def _numbers(self, period: str, length: int) -> range:
        first = whole(period)
        if first is None:
            raise _unreadable("period", period)
        numbers = range(first, first + length)
        for number in numbers:
            if self.periods and number not in self.periods:
                raise dangling("period", str(number), "periods")
        return numbers

    def _old_day(self, text: str) -> tuple[int, ...] | None:
        found = whole(text)
        day = 0 if found is None else found - (self.first_day or 0) + 1
        return (day,) if 1 <= day <= 7 else None


def read_cards(
    rows: list[Row],
    lessons: Mapping[str, LessonFacts],
    *,
    rooms: Mapping[str, str] | None,
    periods: Collection[int],
    first_day: int | None,
    findings: Findings,
) -> tuple[dict[str, Placed], int]:
    """Read the cards of one file; every one that cannot be read is told.

    Args:
        rows: the cards.
        lessons: by id, those too that will be refused.
        rooms: names by id, "" for a nameless one; None where the export has no rooms at all.
        periods: known period numbers; empty where the export has none.
        first_day: what the 2008 schema calls Monday; None in the 2012 schema.
        findings: what is told.

    Returns:
        What is placed, by lesson id, and how many cards stand nowhere.

    """
    placed: dict[str, Placed] = {}
    unplaced = 0
    facts, rooms_of, whens = _Facts(lessons), _Rooms(rooms), _Whens(periods, first_day)
    day_column = "days" if first_day is None else "day"
    for line, card in rows:
        get = card.get
        lesson_id = get("lessonid", "")
        try:
            when = whens[
                get("period"), get(day_column), get("weeks"), get("terms"), facts[lesson_id]
            ]
            names = rooms_of[get("classroomids", "")]
        except RowRefused as no:
            findings.refuse_row("cards", line, no)
            continue
        if when is None:
            unplaced += 1
            continue
        found = placed.get(lesson_id)
        if found is None:
            found = placed[lesson_id] = Placed()
        found.cards += 1
        found.hours += when.hours
        weeks = when.weeks
        for day, number in when.times:
            found.placements.append((day, number, weeks, names))
    return placed, unplaced


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
