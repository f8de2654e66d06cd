"""The weekly timetable of the samples as an export of aSc Timetables, 2012 schema, with the dirt of real ones."""

from collections import defaultdict
from random import Random
from xml.sax.saxutils import quoteattr

from connector.sandbox import subjects as s
from connector.sandbox.desk import subject_id

DAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота")
SPELLED = {
    s.ENG: "Англ. язык",
    s.PE: "Физкультура ",
    s.ICT: "Информатика и ИКТ",
    s.ART: "ИЗО",
    s.TECH: "Труд  (технология)",
    s.SAFETY: "ОБЗР",
    s.ORKSE: "ОРКСЭ",
    s.PROB: "Вероятность и стат.",
    # The first letter is Latin.
    s.ALG: "Aлгебра",
    s.GEOM: "Геометрия\n",
}
# A name of the school's own: only a person knows what it means.
STRANGE = {s.ODNKNR: "Нравственные основы"}
# What is nothing in the diary.
NOTHING = (("subjects", "Совещание"), ("teachers", "Вакансия 1"))
# These parts bear names that are not the diary's.
RENAMED = {("7А", "инф. 1"): "1 группа", ("7А", "инф. 2"): "2 группа"}
# One lesson with two teachers and two groups: the file does not say who teaches whom.
JOINED = ("9А", s.PE)
LATIN = str.maketrans("АВЕКМНОРСТХ", "ABEKMHOPCTX")


def part_of(group):
    """The name of a part without its class: «англ. 1»."""
    return group.name.partition(" (")[2].rstrip(")")


class Export:
    """Builds the tables and the questions that they leave open."""

    def __init__(self, desk, hours):
        self.desk = desk
        self.random = Random("samples/timetable")
        self.answers = []
        self.classes = [g for g in desk.school.groups if g.is_class]
        self.ids = {}
        self.lessons = []
        self.cards = []
        self.rooms = [f"{floor}{n:02d}" for floor in (1, 2, 3) for n in range(1, 16)]
        self.random.shuffle(self.rooms)
        self.taken = set()
        self.teachers = {h.teacher.number: h.teacher for h in hours}
        self.subjects = list(dict.fromkeys(h.subject for h in hours))
        self.parts = [g for g in desk.school.groups if g.kind == "subgroup"]
        self._questions()
        self._lessons(hours)

    def _id(self, kind, key):
        """Temporary and internal ids stand side by side, as in real exports."""
        if (kind, key) not in self.ids:
            number = len(self.ids) + 1
            strange = number % 3 == 0
            self.ids[kind, key] = f"{self.random.getrandbits(64):016X}" if strange else f"*{number}"
        return self.ids[kind, key]

    def _spelled(self, subject):
        return STRANGE.get(subject) or SPELLED.get(subject, subject)

    def _questions(self):
        for subject, name in STRANGE.items():
            self.answers.append(
                {"resource": "subjects", "local_key": name, "id": str(subject_id(subject))}
            )
        for resource, name in NOTHING:
            self.answers.append({"resource": resource, "local_key": name, "id": "new"})
        for group in self.parts:
            renamed = RENAMED.get((group.parents[0].name, part_of(group)))
            if renamed:
                key = f"{self.desk.school.year}:{group.parents[0].name}|{renamed}"
                self.answers.append(
                    {"resource": "edu_groups", "local_key": key, "id": str(group.id)}
                )

    def _lessons(self, hours):
        taught = defaultdict(list)
        for hour in hours:
            joined = (
                hour.group.kind == "subgroup"
                and (hour.group.parents[0].name, hour.subject) == JOINED
            )
            who = ("joined", hour.group.parents[0].number) if joined else (hour.teacher.number,)
            taught[hour.subject, who, hour.group.number if not joined else 0].append(hour)
        for (subject, who, _group), ones in taught.items():
            groups = list({h.group.number: h.group for h in ones}.values())
            teachers = list(dict.fromkeys(h.teacher for h in ones))
            places = sorted({(h.weekday, h.number) for h in ones})
            self._lesson(subject, groups, teachers, places)
            if who[0] == "joined":
                self._pairings(subject, ones)

    def _pairings(self, subject, ones):
        pairs = list({h.group.number: (h.group, h.teacher) for h in ones}.values())
        groups, teachers = zip(*pairs, strict=True)
        key = "|".join(
            (
                groups[0].parents[0].name.lower(),
                "+".join(sorted(part_of(g) for g in groups)),
                self._spelled(subject).strip().lower(),
                "+".join(sorted(_full(t).lower().replace("ё", "е") for t in teachers)),
            )
        )
        for group, teacher in pairs:
            self.answers.append(
                {
                    "resource": "pairings",
                    "local_key": f"{key}|{part_of(group)}",
                    "id": str(teacher.id),
                }
            )

    def _lesson(self, subject, groups, teachers, places):
        lesson = self._id("lesson", len(self.lessons))
        classes, parts = [], []
        for group in groups:
            of = group.parents or [group]
            classes += [self._id("class", one.number) for one in of]
            if group.kind == "subgroup":
                parts.append(self._id("part", group.number))
            else:
                parts += [self._id("whole", one.number) for one in of]
        rooms = [self._room(places) for _teacher in teachers]
        room_ids = ",".join(self._id("room", room) for room in rooms)
        self.lessons.append(
            {
                "id": lesson,
                "subjectid": self._id("subject", subject),
                "classids": ",".join(dict.fromkeys(classes)),
                "groupids": ",".join(parts),
                "teacherids": ",".join(self._id("teacher", t.number) for t in teachers),
                "classroomids": room_ids,
                "periodspercard": "1",
                "periodsperweek": f"{len(places)}.0",
                "daysdefid": "D0",
                "weeksdefid": "W0",
                "termsdefid": "T0",
                "seminargroup": "",
                "capacity": "*",
                "partner_id": "",
            }
        )
        for weekday, number in places:
            self.cards.append(
                {
                    "lessonid": lesson,
                    "period": str(number),
                    "days": "".join("1" if n == weekday else "0" for n in range(6)),
                    "weeks": "1",
                    "terms": "1",
                    "classroomids": room_ids if self.random.random() < 0.8 else "",
                }
            )

    def _room(self, places):
        """A room that is free at all these times."""
        room = next(
            room for room in self.rooms if not any((room, *place) in self.taken for place in places)
        )
        self.taken |= {(room, *place) for place in places}
        return room

    # --- tables

    def text(self):
        """The whole export."""
        tables = [
            ("periods", "period", "period,name,short,starttime,endtime", self._periods()),
            ("daysdefs", "daysdef", "id,days,name,short", self._days()),
            (
                "weeksdefs",
                "weeksdef",
                "id,weeks,name,short",
                [{"id": "W0", "weeks": "1", "name": "Каждую неделю", "short": "Все"}],
            ),
            (
                "termsdefs",
                "termsdef",
                "id,terms,name,short",
                [{"id": "T0", "terms": "1", "name": "Весь год", "short": "Год"}],
            ),
            ("subjects", "subject", "id,name,short,partner_id", self._subjects()),
            (
                "teachers",
                "teacher",
                "id,name,short,firstname,lastname,gender,color,email,mobile,partner_id",
                self._teachers(),
            ),
            ("buildings", "building", "id,name,partner_id", []),
            ("classrooms", "classroom", "id,name,short,capacity,partner_id", self._rooms()),
            (
                "grades",
                "grade",
                "grade,name,short",
                [
                    {"grade": str(n), "name": f"Параллель {n}", "short": f"П {n}"}
                    for n in range(1, 21)
                ],
            ),
            ("classes", "class", "id,name,short,teacherid,grade,partner_id", self._classes()),
            (
                "groups",
                "group",
                "id,classid,name,entireclass,divisiontag,studentcount,studentids",
                self._groups(),
            ),
            ("students", "student", "id,classid,name,number,email,mobile,partner_id", []),
            (
                "studentsubjects",
                "studentsubject",
                "studentid,subjectid,seminargroup,importance,alternatefor",
                [],
            ),
            ("lessons", "lesson", ",".join(self.lessons[0]), [*self.lessons, *self._loose()]),
            ("cards", "card", ",".join(self.cards[0]), self.cards),
        ]
        head = (
            '<?xml version="1.0" encoding="windows-1251"?>\n'
            '<timetable ascttversion="2026.9.1" importtype="database" '
            'options="idprefix:%CHRID,groupstype1,decimalseparatordot" defaultexport="1" '
            'displayname="aSc Timetables 2012 XML" displaycountries="">\n'
        )
        return head + "".join(_table(*one) for one in tables) + "</timetable>"

    def _periods(self):
        found = []
        for number in range(1, 9):
            start = 8 * 60 + 30 + (number - 1) * 55
            finish = start + 40
            name = "5.3" if number == 5 else str(number)
            found.append(
                {
                    "name": name,
                    "short": str(number),
                    "period": str(number),
                    "starttime": f"{start // 60}:{start % 60:02d}",
                    "endtime": f"{finish // 60}:{finish % 60:02d}",
                }
            )
        return found

    def _days(self):
        every = {"id": "D0", "days": "111111", "name": "Все дни", "short": "Все"}
        return [every] + [
            {
                "id": f"D{n}",
                "days": "".join("1" if n - 1 == at else "0" for at in range(6)),
                "name": name,
                "short": name[:2],
            }
            for n, name in enumerate(DAYS, 1)
        ]

    def _subjects(self):
        rows = [
            {
                "id": self._id("subject", one),
                "name": self._spelled(one),
                "short": one[:3],
                "partner_id": "",
            }
            for one in self.subjects
        ]
        meeting = {"id": self._id("subject", "meeting"), "name": "Совещание", "short": "Сов"}
        return [*rows, {**meeting, "partner_id": ""}]

    def _teachers(self):
        rows = []
        for turn, (number, who) in enumerate(sorted(self.teachers.items())):
            initials = f"{who.first_name[0]}.{who.middle_name[0]}." if who.middle_name else ""
            full = _full(who)
            last, first = who.last_name, full.removeprefix(who.last_name).strip()
            name = f"{last} {initials}" if turn % 2 else full
            if turn in {5, 11}:
                # Nothing but initials: one question each.
                name, first, last = f"{who.last_name} {initials}", "", ""
            if turn % 7 == 3:
                name = f"{name} " if first else name
            if turn % 9 == 4:
                name, last = name.replace(" ", "  "), f"{last} "
            rows.append(
                {
                    "id": self._id("teacher", number),
                    "name": name,
                    "short": f"{who.last_name[:4]}",
                    "firstname": first,
                    "lastname": last,
                    "gender": "F" if turn % 3 else "M",
                    "color": "#FF3300",
                    "email": "",
                    "mobile": "",
                    "partner_id": "",
                }
            )
        free = dict.fromkeys(rows[0], "")
        return [*rows, {**free, "id": "*9001", "name": "Вакансия 1", "short": "Вак"}]

    def _rooms(self):
        rows = [
            {"id": self._id("room", room), "name": f"каб. {room}", "short": room}
            for room in self.rooms
        ]
        # A room without a name is real.
        rows.append({"id": "*9002", "name": "", "short": ""})
        return [{**row, "capacity": "*", "partner_id": ""} for row in rows]

    def _classes(self):
        rows = []
        for turn, group in enumerate(self.classes):
            name = group.name
            if len(name) <= 3:
                number, letter = name[:-1], name[-1]
                name = (f"{number} {letter}", name, f'{number} "{letter}"', name.translate(LATIN))[
                    turn % 4
                ]
            head = group.class_teacher
            rows.append(
                {
                    "id": self._id("class", group.number),
                    "name": name,
                    "short": group.name,
                    "teacherid": self._id("teacher", head.number)
                    if head and turn % 3 and head.number in self.teachers
                    else "",
                    "grade": "",
                    "partner_id": "",
                }
            )
        return rows

    def _groups(self):
        rows = [
            self._group("whole", group, group, "Весь класс", "1", "0") for group in self.classes
        ]
        tags = defaultdict(list)
        for group in self.parts:
            of, name = group.parents[0], part_of(group)
            word = name.rsplit(" ", 1)[0]
            if word not in tags[of.number]:
                tags[of.number].append(word)
            name = RENAMED.get((of.name, name), name)
            tag = str(tags[of.number].index(word) + 1)
            rows.append(self._group("part", group, of, name, "0", tag))
        return rows

    def _group(self, kind, group, of, name, entire, tag):
        return {
            "id": self._id(kind, group.number),
            "name": name,
            "classid": self._id("class", of.number),
            "entireclass": entire,
            "divisiontag": tag,
            "studentids": "",
        }

    def _loose(self):
        """What stands nowhere: a meeting without a class, an hour that found no place."""
        blank = dict.fromkeys(self.lessons[0], "")
        usual = {"periodspercard": "1", "daysdefid": "D0", "weeksdefid": "W0", "termsdefid": "T0"}
        eleventh = next(g for g in self.classes if g.name == "11А")
        who = next(iter(sorted(self.teachers)))
        return [
            {
                **blank,
                **usual,
                "id": "*9003",
                "subjectid": self._id("subject", "meeting"),
                "teacherids": self._id("teacher", who),
                "periodsperweek": "0.0",
            },
            {
                **blank,
                **usual,
                "id": "*9004",
                "subjectid": self._id("subject", s.SOC),
                "classids": self._id("class", eleventh.number),
                "groupids": self._id("whole", eleventh.number),
                "teacherids": self._id("teacher", who),
                "periodsperweek": "1.0",
            },
        ]


def _full(who):
    return " ".join(part for part in (who.last_name, who.first_name, who.middle_name or "") if part)


def _table(name, row, columns, rows):
    lines = "".join(
        f"      <{row} "
        + " ".join(f"{key}={quoteattr(value, {chr(10): '&#10;'})}" for key, value in one.items())
        + "/>\n"
        for one in rows
    )
    return f'   <{name} options="canadd,export:silent" columns="{columns}">\n{lines}   </{name}>\n'
