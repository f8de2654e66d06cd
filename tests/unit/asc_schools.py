"""Small invented schools and their aSc exports in both schemas, so that a test says only what it is about."""

import random
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

DAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота")
PERIODS = range(9)
PARTS = {"1 группа": 1, "2 группа": 1, "Мальчики": 2, "Девочки": 2}


@dataclass(frozen=True)
class Taught:
    """One lesson: `parts` are of each of its classes, else `pairs` say (class, part); `cards` are (day, first period, rooms)."""

    classes: tuple[str, ...] = ("5А",)
    parts: tuple[str, ...] = ()
    subject: str = "Алгебра"
    teachers: tuple[str, ...] = ("Тестова Вера Юрьевна",)
    cards: tuple[tuple[int, int, tuple[str, ...]], ...] = ((1, 1, ()),)
    length: int = 1
    weeks: str = "1"
    unplaced: float = 0
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def share(self):
        return self.weeks.count("1") / len(self.weeks)

    @property
    def declared(self):
        return len(self.cards) * self.length * self.share + self.unplaced

    def hours(self):
        """What every reader must find: (day, number, weeks, classes, parts, subject, teachers, rooms)."""
        facts = (self.classes, self.parts, self.subject, self.teachers)
        weeks = "1" if self.weeks == "11" else self.weeks
        return [
            (day, first + more, weeks, *facts, rooms)
            for day, first, rooms in self.cards
            for more in range(self.length)
        ]


@dataclass
class School:
    lessons: list[Taught] = field(default_factory=lambda: [Taught()])
    seed: int = 1

    def names(self, attribute):
        found = {name for lesson in self.lessons for name in getattr(lesson, attribute)}
        return sorted(found)

    def rooms(self):
        return sorted(
            {name for each in self.lessons for _d, _p, rooms in each.cards for name in rooms}
        )


class _Ids:
    """Ids as exports have them: good for one file."""

    def __init__(self, rng):
        self.rng = rng
        self.known = {}

    def __call__(self, *what):
        if what not in self.known:
            number = len(self.known) + 1
            self.known[what] = (
                f"*{number}" if self.rng.random() < 0.5 else f"{self.rng.getrandbits(64):016X}"
            )
        return self.known[what]

    def many(self, kind, names):
        return ",".join(self(kind, name) for name in names)


def tag(name, /, **attributes):
    inside = " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{name} {inside}/>"


def table(name, rows, columns=""):
    lines = "\n".join(f"      {row}" for row in rows)
    return f'   <{name} options="canadd" columns="{columns}">\n{lines}\n   </{name}>\n'


def _common(school, ids, shuffled):
    classes = school.names("classes")
    groups = [("Весь класс", 0), *PARTS.items()]
    return {
        "subjects": shuffled(
            tag("subject", id=ids("subject", name), name=name, short=name[:3], partner_id="")
            for name in sorted({each.subject for each in school.lessons})
        ),
        "teachers": shuffled(
            tag("teacher", id=ids("teacher", name), name=name, short=name[:5], gender="M")
            for name in school.names("teachers")
        ),
        "classrooms": shuffled(
            tag("classroom", id=ids("room", name), name=name, short=name) for name in school.rooms()
        ),
        "classes": shuffled(
            tag("class", id=ids("class", name), name=name, short=name, teacherid="", grade="")
            for name in classes
        ),
        "groups": shuffled(
            tag(
                "group",
                id=ids("group", edu_group, name),
                classid=ids("class", edu_group),
                name=name,
                entireclass=int(not division),
                divisiontag=division,
                studentids="",
            )
            for edu_group in classes
            for name, division in groups
        ),
    }


def _lesson(number, lesson, ids, **more):
    pairs = lesson.pairs or [
        (edu_group, part)
        for edu_group in lesson.classes
        for part in lesson.parts or ("Весь класс",)
    ]
    return tag(
        "lesson",
        id=ids("lesson", number),
        subjectid=ids("subject", lesson.subject),
        classids=ids.many("class", lesson.classes),
        groupids=",".join(ids("group", *pair) for pair in pairs),
        teacherids=ids.many("teacher", lesson.teachers),
        classroomids="",
        periodspercard=lesson.length,
        periodsperweek=f"{lesson.declared:.6g}",
        **more,
    )


def _tools(school):
    rng = random.Random(school.seed)

    def shuffled(rows):
        found = list(rows)
        rng.shuffle(found)
        return found

    return _Ids(rng), shuffled


def to_2012(school, *, encoding="utf-8", declared=True):
    """The school as the default export of today writes it."""
    ids, shuffled = _tools(school)
    tables = {
        "periods": shuffled(
            tag("period", period=p, name=p, short=p, starttime=f"{8 + p}:00", endtime=f"{8 + p}:40")
            for p in PERIODS
        ),
        "daysdefs": [tag("daysdef", id="D", name="Любой день", days="100000,010000")]
        + [
            tag("daysdef", id=f"D{at}", name=name, short=name[:2], days=_bit(at))
            for at, name in enumerate(DAYS)
        ],
        "weeksdefs": [
            tag("weeksdef", id=f"W{weeks}", name=weeks, short=weeks, weeks=weeks)
            for weeks in ("1", "10", "01", "11")
        ],
        "termsdefs": [tag("termsdef", id="T", name="Весь год", short="Г", terms="1")],
        **_common(school, ids, shuffled),
        "grades": [tag("grade", grade=g, name=f"Параллель {g}") for g in range(1, 21)],
        "lessons": shuffled(
            _lesson(number, lesson, ids, weeksdefid=f"W{lesson.weeks}", seminargroup="")
            for number, lesson in enumerate(school.lessons)
        ),
        "cards": shuffled(
            tag(
                "card",
                lessonid=ids("lesson", number),
                period=first + more,
                days=_bit(day - 1),
                weeks=lesson.weeks,
                terms="1",
                classroomids=ids.many("room", rooms),
            )
            for number, lesson in enumerate(school.lessons)
            for day, first, rooms in lesson.cards
            for more in range(lesson.length)
        ),
    }
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n' if declared else ""
    return _document(head, tables, "groupstype1,decimalseparatordot").encode(encoding)


def to_2008(school, *, from_one=False, bom=False):
    """The school in the older schema: no declaration, one row for a whole card, days counted."""
    ids, shuffled = _tools(school)
    first_day = int(from_one)
    tables = {
        "days": [
            tag("day", day=at + first_day, name=name, short=name[:2])
            for at, name in enumerate(DAYS)
        ],
        "periods": shuffled(
            tag("period", period=p, starttime=f"{8 + p}:00", endtime=f"{8 + p}:40") for p in PERIODS
        ),
        **_common(school, ids, shuffled),
        "lessons": shuffled(
            _lesson(number, lesson, ids, weeks=lesson.weeks)
            for number, lesson in enumerate(school.lessons)
        ),
        "cards": shuffled(
            tag(
                "card",
                lessonid=ids("lesson", number),
                day=day - 1 + first_day,
                period=first,
                classroomids=ids.many("room", rooms),
            )
            for number, lesson in enumerate(school.lessons)
            for day, first, rooms in lesson.cards
        ),
    }
    options = "groupstype1,decimalseparatordot" + (",daynumbering1" if from_one else "")
    return _document("", tables, options).encode("utf-8-sig" if bom else "utf-8")


def _bit(at):
    return "".join("1" if each == at else "0" for each in range(len(DAYS)))


def _document(head, tables, options):
    body = "".join(table(name, rows) for name, rows in tables.items())
    return (
        f'{head}<timetable importtype="database" options="{options}" '
        f'displayname="aSc Timetables XML">\n{body}</timetable>\n'
    )
