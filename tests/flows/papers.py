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
from tests.unit.asc_schools import table, tag

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
    snils: str | None = None


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
    headings = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Класс", "Прибыл", "Выбыл", "СНИЛС")
    page.write_row(0, 0, headings)
    for row, one in enumerate(pupils, start=1):
        page.write_row(row, 0, (one.last_name, one.first_name, one.middle_name or "-"))
        page.write(row, 4, one.edu_group)
        for column, cell in ((3, one.birthday), (5, one.enrolled), (6, one.left), (7, one.snils)):
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


def write_timetable(path, desk):
    """The weekly plan of classes and their parts, as the default export of aSc Timetables writes it."""
    groups = [one for one in desk.school.groups if one.kind in {"class", "subgroup"}]
    lessons = {}
    for group in groups:
        for slot in group.slots:
            lessons.setdefault((group.number, slot.subject, slot.teacher.number), []).append(slot)
    by_number = {group.number: group for group in groups}
    people = {slot.teacher.number: slot.teacher for slots in lessons.values() for slot in slots}
    subjects = sorted({subject for _group, subject, _teacher in lessons})
    tables = {
        "periods": [tag("period", period=n, name=n, short=n) for n in range(1, 12)],
        "daysdefs": [
            tag("daysdef", id=f"D{day}", name=day, short=day, days=_bits(day)) for day in range(6)
        ],
        "subjects": [
            tag("subject", id=f"S{n}", name=name, short=name) for n, name in enumerate(subjects)
        ],
        "teachers": [
            tag("teacher", id=f"T{number}", name=_full(who), short=_full(who))
            for number, who in people.items()
        ],
        "classes": [
            tag("class", id=f"C{group.number}", name=group.name, short=group.name)
            for group in groups
            if group.kind == "class"
        ],
        "groups": [
            tag(
                "group",
                id=f"G{group.number}",
                classid=f"C{_class_of(group).number}",
                name=_part(group) or "Весь класс",
                entireclass=int(group.kind == "class"),
                divisiontag=int(group.kind != "class"),
            )
            for group in groups
        ],
        "lessons": [
            tag(
                "lesson",
                id=f"L{group}-{subjects.index(subject)}-{teacher}",
                subjectid=f"S{subjects.index(subject)}",
                classids=f"C{_class_of(by_number[group]).number}",
                groupids=f"G{group}",
                teacherids=f"T{teacher}",
                periodspercard=1,
                periodsperweek=len(slots),
            )
            for (group, subject, teacher), slots in lessons.items()
        ],
        "cards": [
            tag(
                "card",
                lessonid=f"L{group}-{subjects.index(subject)}-{teacher}",
                period=slot.number,
                days=_bits(slot.weekday),
                weeks="1",
                terms="1",
                classroomids="",
            )
            for (group, subject, teacher), slots in lessons.items()
            for slot in slots
        ],
    }
    body = "".join(table(name, rows) for name, rows in tables.items())
    head = '<?xml version="1.0" encoding="utf-8"?>\n<timetable importtype="database" '
    text = f'{head}options="groupstype1,decimalseparatordot">\n{body}</timetable>\n'
    path.write_text(text, encoding="utf-8")
    return path


def _full(person):
    return " ".join(filter(None, (person.last_name, person.first_name, person.middle_name)))


def _class_of(group):
    return group.parents[0] if group.parents else group


def _part(group):
    return group.name[len(group.parents[0].name) :].strip(" ()") if group.parents else ""


def _bits(day):
    return "".join("1" if each == day else "0" for each in range(6))


def write_plans(path, plans):
    """A topic plan a sheet: `(class, part, subject, teacher, [(topic, hours, day or None)])`."""
    book = xlsxwriter.Workbook(path)
    form = book.add_format({"num_format": "dd.mm.yyyy"})
    for number, (edu_group, part, subject, teacher, topics) in enumerate(plans):
        page = book.add_worksheet(f"План {number}")
        page.write_row(0, 0, (f"Класс: {edu_group}", f"Предмет: {subject}"))
        titles = [(f"Подгруппа: {part}", part), (f"Учитель: {teacher}", teacher)]
        page.write_row(1, 0, [text for text, value in titles if value])
        page.write_row(2, 0, ("№", "Тема", "Часы", "Дата"))
        for row, (text, hours, day) in enumerate(topics, start=3):
            page.write_row(row, 0, (row - 2, text, hours))
            if day is not None:
                page.write_datetime(row, 3, day, form)
    book.close()
    return path
