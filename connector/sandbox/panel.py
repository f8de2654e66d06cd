"""The import panel: openly invented, for no description of the vendor's own is public.

It does what the write calls do, row by row; a row that cannot be done is refused with its reason, the others are done.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from connector.sandbox import ids, wire
from connector.sandbox.access import Refusal, Viewer
from connector.sandbox.ledger import Ledger
from connector.sandbox.model import Group
from connector.sandbox.people import Person
from connector.sandbox.rowwise import Result, Unfit, carried_out
from connector.sandbox.writes_people import full_name, standing

LAST, FIRST, MIDDLE, SEX, BORN = "Фамилия", "Имя", "Отчество", "Пол", "Дата рождения"
CLASS, SNILS, ACTION, ID = "Класс", "СНИЛС", "Действие", "ID"
HEADINGS = (LAST, FIRST, MIDDLE, SEX, BORN, CLASS, SNILS, ACTION)
SEXES = {"М": "Male", "Ж": "Female"}
MOST_ROWS = 500
MOST_BYTES = 10_000_000
# A workbook that unpacks to more is no class list.
MOST_UNPACKED = 100_000_000
_DAY = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")

Row = dict[str, str]


def import_rows(ledger: Ledger, workbook: bytes, year: int | None) -> Result:
    """Carry out the rows of an import workbook.

    Args:
        ledger: the school.
        workbook: xlsx, headings in the first row of the first sheet.
        year: study year of the classes meant; by default this one's, else the next one's.

    Returns:
        `rows`, `done`, and `refused` with row numbers as Excel shows them.

    Raises:
        Refusal: 400, the file as a whole cannot be taken; nothing was done.

    """
    rows = _read(workbook)
    panel = _Panel(ledger, year)
    return carried_out((number, partial(panel.carry_out, row)) for number, row in rows)


def _read(workbook: bytes) -> list[tuple[int, Row]]:
    """Rows with their numbers; blank ones fall out."""
    cells = _cells(workbook)
    headings = [str(cell).strip() for cell in cells[0]] if cells else []
    while headings and not headings[-1]:
        headings.pop()
    if set(headings) - {ID} != set(HEADINGS) or len(set(headings)) < len(headings):
        raise Refusal(400, "invalidRequest", f"the headings are not {', '.join((*HEADINGS, ID))}")
    rows = [
        (number, dict(zip(headings, map(_text, line), strict=False)))
        for number, line in enumerate(cells[1:], 2)
        if any(_text(cell) for cell in line)
    ]
    if len(rows) > MOST_ROWS:
        raise Refusal(400, "invalidRequest", f"more than {MOST_ROWS} rows")
    return rows


def _cells(workbook: bytes) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if len(workbook) > MOST_BYTES or size > MOST_UNPACKED:
            raise Refusal(400, "invalidRequest", "the workbook is too large")
        book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
        sheet = book.get_sheet_by_index(0)
        return sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS * 4)
    except (zipfile.BadZipFile, CalamineError, IndexError, ValueError) as error:
        raise Refusal(400, "invalidRequest", "the file is not an xlsx workbook") from error


def _text(cell: Any) -> str:  # noqa: ANN401 - calamine's cells are of any type
    if isinstance(cell, datetime | date):
        return cell.strftime("%d.%m.%Y")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass(slots=True)
class _Panel:
    ledger: Ledger
    year: int | None

    def carry_out(self, row: Row) -> None:
        """Do what a row says, or leave the school as it is."""
        actions: dict[str, Callable[[Row], None]] = {
            "добавить": self._add,
            "изменить": self._change,
            "перевести": self._move,
            "отчислить": self._end,
        }
        action = actions.get(row[ACTION].lower())
        if action is None:
            raise Unfit(f"{ACTION}: это не одно из слов {', '.join(actions)}")
        action(row)

    def _add(self, row: Row) -> None:
        group, values = self._class(row), _values(row)
        if row.get(ID):
            person = self._person(row)
        else:
            made = self._call("POST", f"/schools/{wire.SCHOOL_ID}/persons", values)
            person = self._by_id(made["id"])
        self._call(
            "POST",
            f"/edu-groups/{group.id}/students",
            {"person": person.id, "from": self._today()},
        )

    def _change(self, row: Row) -> None:
        self._call("PUT", f"/persons/{self._person(row).id}", _values(row))

    def _move(self, row: Row) -> None:
        group, person = self._class(row), self._person(row)
        here = [one for one in self._classes(person) if one.year == group.year]
        if len(here) != 1:
            raise Unfit(f"{CLASS}: ученик состоит не в одном классе этого года")
        self._call(
            "POST",
            f"/persons/{person.id}/transfers",
            {"from_group": here[0].id, "to_group": group.id, "date": self._today()},
        )

    def _end(self, row: Row) -> None:
        """Off the roll of the class, or of every class; who is in none any more is archived."""
        person = self._person(row)
        group = self._class(row) if row[CLASS] else None
        here = self._classes(person)
        if group is not None and group not in here:
            raise Unfit(f"{CLASS}: ученик в нём не состоит")
        for one in [group] if group else here:
            self._call("DELETE", f"/edu-groups/{one.id}/students/{person.id}", None)
        if not self._classes(person):
            self._call("DELETE", f"/persons/{person.id}", None)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:  # noqa: ANN401 - an answer as JSON
        viewer = Viewer("admin", self.ledger.desk.school.admin)
        return self.ledger.call(method, path, {}, body, viewer)

    def _today(self) -> str:
        return self.ledger.desk.today.isoformat()

    def _class(self, row: Row) -> Group:
        found = [
            group
            for group in self.ledger.desk.groups
            if group.is_class and group.name == row[CLASS] and self.year in {None, group.year}
        ]
        if not found:
            raise Unfit(f"{CLASS}: такого класса нет")
        return min(found, key=lambda group: group.year)

    def _classes(self, person: Person) -> list[Group]:
        desk = self.ledger.desk
        return [g for g in desk.groups if g.is_class and standing(desk, g, person)]

    def _by_id(self, vendor_id: int) -> Person:
        desk = self.ledger.desk
        return desk.person(vendor_id, Viewer("admin", desk.school.admin))

    def _person(self, row: Row) -> Person:
        """Whom a row means: by id, else by СНИЛС, else by full name and birthday; never by name alone."""
        if row.get(ID):
            number = ids.PERSON.decode(int(row[ID])) if row[ID].isdecimal() else None
            if number is None:
                raise Unfit(f"{ID}: такого человека нет")
            return self._by_id(int(row[ID]))
        digits = re.sub(r"[ -]", "", row[SNILS])
        born = _born(row)
        name = full_name(row[LAST], row[FIRST], row[MIDDLE])
        people = self.ledger.desk.school.people
        found = [who for who in people if digits and who.snils == digits] or [
            who
            for who in people
            if born is not None
            and who.birthday == born
            and full_name(who.last_name, who.first_name, who.middle_name) == name
        ]
        if len(found) != 1:
            raise Unfit("Человек не найден: нужен ID, СНИЛС или ФИО с датой рождения")
        return found[0]


def _values(row: Row) -> dict[str, Any]:
    """Members of a person that a row fills; an empty cell says nothing."""
    if row[SEX] and row[SEX].upper() not in SEXES:
        raise Unfit(f"{SEX}: М или Ж")
    born = _born(row)
    values = {
        "lastName": row[LAST],
        "firstName": row[FIRST],
        "middleName": row[MIDDLE],
        "sex": SEXES.get(row[SEX].upper()),
        "birthday": born and born.isoformat(),
        "snils": row[SNILS],
    }
    return {name: value for name, value in values.items() if value}


def _born(row: Row) -> date | None:
    if row[BORN] and not _DAY.fullmatch(row[BORN]):
        raise Unfit(f"{BORN}: не ДД.ММ.ГГГГ")
    parts = _DAY.fullmatch(row[BORN])
    try:
        return date(*(int(part) for part in reversed(parts.groups()))) if parts else None
    except ValueError as error:
        raise Unfit(f"{BORN}: такого дня нет") from error
