"""One row of a topic plan → one topic, a heading, or the reason why it is neither."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.names import fold, tidy
from connector.source import PlanTopic
from mappings.dates import read_day
from mappings.findings import Findings
from mappings.plan_headings import PlanHeader, plan_field_of
from mappings.plan_wording import tell_plan
from mappings.sheets import Cell

_SECTION = re.compile(
    r"(?:раздел|глава|модуль|блок|(?:\d|i{1,3}|iv)\s*-?(?:я|ое)?\s*(?:четверть|полугодие|триместр)|четверть|полугодие|триместр)(?!\w)"
)
_TOTAL = re.compile(r"(?:итого|всего|общее количество|количество часов|резерв времени:?$)(?!\w)")
_RANGE = re.compile(r"(\d{1,3})\s*[-–—,]\s*(\d{1,3})")
_HOURS = re.compile(r"(\d{1,3})\s*(?:ч|час|часа|часов)?\.?")
_SHORT_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.?")
_DAYS = re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{2,4})?")
# No topic takes a hundred lessons: such a number is a sum, or a page.
_MOST_HOURS = 99
OF_PLAN = ("class", "subject", "part", "teacher")
_SHOWS_TOPIC = ("hours", "day", "homework")

Values = Mapping[str, Cell]


@dataclass(slots=True)
class RowReader:
    """Reads the rows below one heading.

    Attributes:
        findings: of the file.
        sheet: its name.
        header: of these rows.
        today: what two-digit years are judged by.
        year: in which the plan's study year begins, where it says so.
        epoch_1904: serial numbers of days count from 1904.
        numbers: of the last topic, by what the row says of class, subject and part.

    """

    findings: Findings
    sheet: str
    header: PlanHeader
    today: date
    year: int | None = None
    epoch_1904: bool = False
    numbers: dict[tuple[Cell, ...], int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def values(self, row: Sequence[Cell]) -> Values:
        """Cells by field; empty ones are not in it."""
        return {
            name: row[column]
            for name, column in self.header.columns.items()
            if column < len(row) and row[column] is not None
        }

    def is_between(self, row: Sequence[Cell], values: Values, index: int) -> bool:
        """Whether a row stands between topics: a heading, a total, an empty numbered line of a form."""
        if "number" in values and "topic" in values and type(values["number"]) is int:
            return False
        texts = [fold(cell) for cell in row if isinstance(cell, str)]
        if not values.keys() & {"topic", *_SHOWS_TOPIC}:
            # A heading that is merged over the row stands in its first column.
            if texts and not _SECTION.match(texts[0]) and not _TOTAL.match(texts[0]):
                where = (self.sheet, index + 1, "")
                tell_plan(self.findings, "plan_heading", where, texts[0])
            return True
        if any(map(_TOTAL.match, texts)):
            return True
        topic = values.get("topic")
        if not isinstance(topic, str) or "number" in values:
            return False
        alone = not values.keys() & set(_SHOWS_TOPIC)
        numbered = "number" in self.header.columns
        if _SECTION.match(fold(topic)) and (numbered or alone):
            return True
        if alone and numbered:
            tell_plan(self.findings, "plan_heading", (self.sheet, index + 1, ""), topic)
        return alone and numbered

    def read(self, values: Values, index: int) -> PlanTopic | None:
        """Read a row that is a topic; None where it is refused."""
        topic = values.get("topic")
        if topic is None:
            tell_plan(self.findings, "topic_missing", (self.sheet, index + 1, ""))
            return None
        text = tidy(str(topic))
        if "number" in self.header.columns and "number" not in values:
            self._tell("topic_unnumbered", "topic", index, text)
            return None
        hours = self._hours(values, index)
        if hours is None:
            return None
        homework = tidy(str(values["homework"])) if "homework" in values else ""
        return PlanTopic(text, hours, self._day(values.get("day"), index), homework, index + 1)

    def _hours(self, values: Values, index: int) -> int | None:
        first, width = self._numbers(values.get("number"))
        if first is not None:
            plan = tuple(values.get(name) for name in OF_PLAN)
            if first <= self.numbers.get(plan, 0) and "topic_numbers" not in self.told:
                self.told.add("topic_numbers")
                self._tell("topic_numbers", "number", index, str(first))
            self.numbers[plan] = first + width - 1
        cell = values.get("hours")
        if cell is None:
            return width
        if type(cell) is int and 1 <= cell <= _MOST_HOURS:
            return cell
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        found = _HOURS.fullmatch(fold(str(cell)))
        hours = int(found[1]) if found else 0
        if not 1 <= hours <= _MOST_HOURS:
            self._tell("bad_hours", "hours", index, str(cell))
            return None
        return hours

    @staticmethod
    def _numbers(cell: Cell) -> tuple[int | None, int]:
        """Read the first number of a topic and how many it has: «12», «12-13»."""
        text = str(cell).strip(" .") if cell is not None else ""
        if text.isdecimal() and len(text) < 5:
            return int(text), 1
        found = _RANGE.fullmatch(text)
        if found and 0 < int(found[2]) - int(found[1]) < _MOST_HOURS:
            return int(found[1]), int(found[2]) - int(found[1]) + 1
        return None, 1

    def _day(self, cell: Cell, index: int) -> date | None:
        if cell is None:
            return None
        if isinstance(cell, str):
            # «02.09, 04.09» are the days of two lessons: the topic begins with the first.
            days = _DAYS.findall(cell)
            cell = days[0] if len(days) > 1 else cell.strip()
            if short := _SHORT_DAY.fullmatch(cell):
                return self._short_day(int(short[1]), int(short[2]), cell, index)
        found = read_day(cell, today=self.today, epoch_1904=self.epoch_1904).day
        if found is None and str(cell).strip(" -–—"):
            self._tell("plan_day_unread", "day", index, str(cell))
        return found

    def _short_day(self, day: int, month: int, cell: str, index: int) -> date | None:
        if self.year is None:
            self._tell("plan_day_year", "day", index, cell)
            return None
        try:
            return date(self.year if month >= 9 else self.year + 1, month, day)
        except ValueError:
            self._tell("plan_day_unread", "day", index, cell)
            return None

    def _tell(self, rule: str, column: str, index: int, value: str) -> None:
        tell_plan(self.findings, rule, (self.sheet, index + 1, self.header.title(column)), value)


def is_plan_heading(row: Sequence[Cell]) -> bool:
    """Whether a row repeats headings."""
    fields = [plan_field_of(cell) for cell in row if isinstance(cell, str)]
    return "topic" in fields and len(fields) == sum(map(bool, fields)) > 1
