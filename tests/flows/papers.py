"""A school's own files, drawn from the emulator's state: what a deputy would have on the desk."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import xlsxwriter

from connector.mirror.store import Mirror
from connector.reports.report import Filters, Request
from connector.source import Terms
from mappings.reading import read_source
from mappings.subjects import aliases
from tests.flows.stories import EVENING, TODAY

ZONE = ZoneInfo("Europe/Moscow")


@dataclass
class ListedPupil:
    """A line of a class list; `id` is the pupil's at the vendor, None for one whom the diary does not know.

    The diary shows birthdays of accounts only.
    """

    id: int | None
    last_name: str
    first_name: str
    middle_name: str | None
    birthday: date | None
    edu_group: str
    enrolled: date | str | None = None
    left: date | str | None = None
    account: bool = True


def listed(desk):
    """Every pupil who stands in a class today, as the school's office would list him."""
    return [
        ListedPupil(
            person.id,
            person.last_name,
            person.first_name,
            person.middle_name,
            person.birthday,
            group.name,
            account=person.user_id is not None,
        )
        for group in desk.school.groups
        if group.kind == "class"
        for _place, person in group.now(desk.today)
    ]


def write_class_list(path, pupils):
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    page = book.add_worksheet("Список")
    headings = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Класс", "Прибыл", "Выбыл")
    page.write_row(0, 0, headings)
    for row, one in enumerate(pupils, start=1):
        page.write_row(row, 0, (one.last_name, one.first_name, one.middle_name or "-"))
        page.write(row, 4, one.edu_group)
        for column, cell in ((3, one.birthday), (5, one.enrolled), (6, one.left)):
            if isinstance(cell, date):
                page.write_datetime(row, column, cell, day)
            elif cell is not None:
                page.write_string(row, column, cell)
    book.close()
    return path


def report(build, mirror_path, rulebook, *files, as_of=TODAY, now=EVENING, **options):
    """One report over a pulled mirror and files of the school."""
    terms = Terms(aliases=aliases())
    sources = []
    for path in files:
        source = read_source(path, today=as_of)
        source.terms = terms
        sources.append(source)
    request = Request(
        as_of=as_of,
        now=now,
        zone=ZONE,
        sources=tuple(sources),
        filters=options.pop("filters", Filters()),
        **options,
    )
    with Mirror.open(mirror_path) as mirror:
        return build(mirror.query, rulebook, request)
