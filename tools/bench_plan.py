"""The planning half of `make bench`: read, match and plan the school's own files against a mirror held in memory.

The floor is what reading the same bytes costs anybody: python-calamine over the workbook and an XML parser over the
timetable. Files and school are made here; nothing is read from a network.
"""

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import python_calamine
import xlsxwriter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 30)
YEAR = 2026
LETTERS = "АБВГДЕЖИКЛМНОПРСТУФХЦЧШЩЭЮЯ"
SYLLABLES = (
    "ба",
    "ве",
    "го",
    "ду",
    "за",
    "ки",
    "ло",
    "ме",
    "ну",
    "па",
    "ри",
    "со",
    "ту",
    "фе",
    "ха",
    "ши",
)
SUBJECTS = ("Алгебра", "Русский язык", "Физика", "История", "Биология", "География", "Литература")


def pupils(count: int, seed: int = 1) -> list[tuple[str, str, str, str, date]]:
    """Invented pupils: (class, last name, first name, middle name, birthday); a class has some 25."""
    rng = random.Random(seed)  # noqa: S311 - invented people
    classes = [
        f"{1 + n % 11}{LETTERS[n // 11 % len(LETTERS)]}{n // 297 or ''}"
        for n in range(max(1, count // 25))
    ]

    def word(parts: int) -> str:
        return "".join(rng.choice(SYLLABLES) for _ in range(parts)).capitalize()

    return [
        (
            classes[n % len(classes)],
            word(4) + "ин",
            word(2) + "р",
            word(3) + "ович",
            date(2009, 1, 1) + timedelta(days=rng.randrange(3000)),
        )
        for n in range(count)
    ]


def workbook(people: list, path: Path) -> None:
    """One sheet per class."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name in dict.fromkeys(person[0] for person in people):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["№", "Фамилия", "Имя", "Отчество", "Пол", "Дата рождения"])
            for row, person in enumerate((p for p in people if p[0] == name), 1):
                sheet.write_row(row, 0, [row, *person[1:4], "М", f"{person[4]:%d.%m.%Y}"])


def timetable(slots: int, path: Path) -> None:
    """An aSc file: lessons of two hours each, placed over five days and eight hours."""
    classes = max(1, slots // 35)
    teachers = classes * 2
    parts = [
        '<?xml version="1.0" encoding="windows-1251"?><timetable ascttversion="2024.9.1" options="groupstype1,decimalseparatordot">'
    ]
    parts.append(
        "<periods>"
        + "".join(
            f'<period period="{n}" name="{n}" starttime="8:{n:02}" endtime="9:{n:02}"/>'
            for n in range(1, 9)
        )
        + "</periods>"
    )
    parts.append(
        "<daysdefs>"
        + "".join(
            f'<daysdef id="D{n}" days="{"0" * n}1{"0" * (4 - n)}" name="{n}"/>' for n in range(5)
        )
        + "</daysdefs>"
    )
    parts.append(
        "<subjects>"
        + "".join(f'<subject id="S{n}" name="{name}"/>' for n, name in enumerate(SUBJECTS))
        + "</subjects>"
    )
    parts.append(
        "<teachers>"
        + "".join(
            f'<teacher id="T{n}" name="Учитель{n} Имя{n} Отчество"/>' for n in range(teachers)
        )
        + "</teachers>"
    )
    names = [f"{1 + n % 11}{LETTERS[n // 11 % len(LETTERS)]}" for n in range(classes)]
    parts.append(
        "<classes>"
        + "".join(f'<class id="C{n}" name="{name}"/>' for n, name in enumerate(names))
        + "</classes>"
    )
    parts.append(
        "<groups>"
        + "".join(
            f'<group id="G{n}" classid="C{n}" name="Весь класс" entireclass="1" divisiontag="0"/>'
            for n in range(classes)
        )
        + "</groups>"
    )
    lessons, cards = [], []
    for one in range(classes):
        for number in range(35):
            day, period = divmod(number, 7)
            subject = number % len(SUBJECTS)
            key = f"L{one}_{subject}"
            if day == 0:
                lessons.append(
                    f'<lesson id="{key}" subjectid="S{subject}" classids="C{one}" groupids="G{one}" teacherids="T{(one * 2 + subject) % teachers}" periodspercard="1" periodsperweek="5.0" classroomids=""/>'
                )
            cards.append(
                f'<card lessonid="{key}" period="{period + 1}" days="{"0" * day}1{"0" * (4 - day)}" weeks="1" terms="1" classroomids=""/>'
            )
    parts += ["<lessons>", *lessons, "</lessons><cards>", *cards, "</cards></timetable>"]
    path.write_bytes("".join(parts).encode("cp1251"))


def school(people: list, changed: int):
    """The mirror as the planner sees it: the same people, `changed` of them different."""
    from connector.planned import Have, HaveGroup, HavePerson

    names = list(dict.fromkeys(person[0] for person in people))
    groups = {
        n + 1: HaveGroup(
            n + 1, name, int("".join(c for c in name[:2] if c.isdigit())), "Group", YEAR
        )
        for n, name in enumerate(names)
    }
    ids = {group.name: group.id for group in groups.values()}
    persons, members = {}, set()
    for n, (name, last, first, middle, born) in enumerate(people):
        number = 10_000 + n
        persons[number] = HavePerson(
            number, last, first, middle, "Male" if n >= changed else "Female", born
        )
        members.add((number, ids[name]))
    teachers = {
        500_000 + n: HavePerson(500_000 + n, f"Учитель{n}", f"Имя{n}", "Отчество", None, None)
        for n in range(400)
    }
    subjects = {900_000 + n: name for n, name in enumerate(SUBJECTS)}
    return Have(
        groups=groups, persons=persons, members=members, teachers=teachers, subjects=subjects
    )


def diary(have, xml: Path, drop: int) -> None:
    """Fill the mirror with the lessons that the timetable asks for; every `drop`-th is missing there."""
    from connector.planned import HaveLesson
    from mappings.reading import read_source

    groups = {group.name: group.id for group in have.groups.values()}
    subjects = {name: number for number, name in have.subjects.items()}
    teachers = {
        f"{t.last_name} {t.first_name} {t.middle_name}": t.id for t in have.teachers.values()
    }
    for n, slot in enumerate(read_source(xml, today=TODAY).slots):
        group = groups.get(slot.edu_groups[0])
        if group is not None and n % drop:
            day = MONDAY + timedelta(days=slot.day - 1)
            have.lessons[n + 1] = HaveLesson(
                n + 1,
                group,
                subjects[slot.subject],
                day,
                slot.number,
                tuple(sorted(teachers[name] for name in slot.teachers)),
                None,
                "",
            )


def median(work: Callable[[], object], turns: int) -> float:
    """Median CPU seconds of some work."""
    times = []
    for _ in range(turns):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def bare(book: Path, xml: Path | None) -> None:
    """What reading costs anybody."""
    opened = python_calamine.CalamineWorkbook.from_path(str(book))
    for name in opened.sheet_names:
        opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
    if xml is not None:
        ET.fromstring(xml.read_bytes())  # noqa: S314 - our own file


def ours(book: Path, xml: Path | None, have) -> int:
    """Read, match and plan as the commands do; returns the number of operations."""
    from connector.flows.memory import rare_collections

    with rare_collections():
        return _ours(book, xml, have)


def _ours(book: Path, xml: Path | None, have) -> int:
    from connector.planned import Channel
    from connector.sync.binding import weekly
    from connector.sync.guards import Limits, guard
    from connector.sync.pattern import Names, ScheduleOptions, on_dates
    from connector.sync.plan import arrange
    from connector.sync.resolve import (
        resolve_groups,
        resolve_roster,
        resolve_subjects,
        resolve_teachers,
    )
    from connector.sync.roster import plan_roster
    from connector.sync.schedule import plan_schedule
    from mappings.reading import read_source
    from mappings.subjects import aliases

    lists = [read_source(book, today=TODAY)]
    resolved = resolve_roster(lists, have, study_year=YEAR)
    made = plan_roster(lists, have, resolved, study_year=YEAR, today=TODAY)
    operations = guard(arrange(made.operations, channel=Channel.FILE), have, Limits(), TODAY)[1]
    if xml is None:
        return len(operations)
    week = [read_source(xml, today=TODAY)]
    options = ScheduleOptions(MONDAY, MONDAY + timedelta(days=6), TODAY, week=5)
    groups = resolve_groups(week[0].edu_groups, have, study_year=YEAR)
    subjects = resolve_subjects(week[0].subjects, have, aliases())
    teachers = resolve_teachers(week[0].teachers, have)
    names = Names(groups.pairs, subjects.ids, teachers.ids)
    pattern = weekly(week, names, have.groups, options)
    wishes, _notes = on_dates(pattern.lessons, have, options)
    lessons, _notes, _unchanged = plan_schedule(wishes, have, options)
    ordered = arrange(lessons, channel=Channel.FILE)
    return len(operations) + len(guard(ordered, have, Limits(), TODAY)[1])


def measure_plan(bench) -> None:
    """Ratios of reading, matching and planning; memory of a large timetable."""
    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as name:
        folder = Path(name)
        people = pupils(1000)
        book, xml = folder / "list.xlsx", folder / "week.xml"
        workbook(people, book)
        timetable(1400, xml)
        have = school(people, 20)
        diary(have, xml, 50)
        count = ours(book, xml, have)
        floor, mine = median(lambda: bare(book, xml), 7), median(lambda: ours(book, xml, have), 7)
        bench.show(
            "plan: read, match, plan / bare parsing",
            mine / floor,
            3,
            f"{mine * 1000:.0f} ms / {floor * 1000:.0f} ms, {count} operations",
        )
        many = pupils(10_000)
        large = folder / "large.xlsx"
        workbook(many, large)
        large_school = school(many, 200)
        one, ten = (
            median(lambda: ours(book, None, have), 5),
            median(lambda: ours(large, None, large_school), 3),
        )
        bench.show(
            "plan: ten times the pupils / once",
            ten / one,
            12,
            f"{ten * 1000:.0f} ms / {one * 1000:.0f} ms",
        )
        cards = folder / "cards.xml"
        timetable(6600, cards)
        code = "import resource, sys; from datetime import date; from pathlib import Path; from mappings.reading import read_source; s = read_source(Path(sys.argv[1]), today=date(2026, 11, 24)); print(len(s.slots), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        done = subprocess.run(
            [sys.executable, "-c", code, str(cards)],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        slots, peak = map(int, done.stdout.split())
        bench.show("plan: memory of a large timetable, MiB", peak / 1024, 150, f"{slots} slots")
