"""Reads exports of aSc Timetables, the 2012 and the 2008 XML, into canonical requirements and weekly slots.

What the schemas mean and where real files are dirty: domain notes on aSc Timetables.
"""

import hashlib
from collections.abc import Iterable, Mapping

from connector.i18n import _
from connector.names import tidy
from connector.source import Bell, Kind, Requirement, Slot, Source
from mappings.asc_cards import Placed, read_cards
from mappings.asc_lessons import Lesson, LessonReader, lesson_facts
from mappings.asc_links import tell_loose_ids
from mappings.asc_names import read_names
from mappings.asc_week import clock, share_of, whole
from mappings.asc_xml import Row, Tables, read_tables
from mappings.findings import Findings
from mappings.weekly import requirement_key

# A program without a registration code writes at most so many cards or lessons (the vendor's help).
_TRIAL = 10
# So many classes times days need hundreds of lessons.
_SCHOOL = 20
# A third of an hour is written 0.33: three such lessons are 0.01 short and nothing is missing.
_ROUNDING = 0.02
_SINGLE_DAY = 5


def read_asc(data: bytes, path: str) -> Source:
    """Read one export.

    Args:
        data: the file as it is; its declared encoding counts.
        path: as the user named it, for messages.

    Returns:
        A source of kind `asc`. With a problem of row 0 or of the XML itself it holds no records at all: a part of a
        timetable would look like cancelled lessons. `rows` counts lessons and cards. Rows are lines of the file,
        sheets its tables.

    """
    findings = Findings(path)
    source = Source(path, Kind.ASC, hashlib.sha256(data).hexdigest())
    source.problems, source.fixes = findings.problems, findings.fixes
    tables = read_tables(data, findings)
    if tables is not None:
        source.encoding = tables.encoding
        source.headers = {name: tables.columns[name] for name in sorted(tables.columns)}
        source.rows = len(tables.rows["lessons"]) + len(tables.rows["cards"])
        if _is_whole(tables, findings):
            _fill(source, tables, findings)
    source.problems.sort(key=lambda problem: (problem.place, problem.rule))
    source.fixes.sort(key=lambda fix: (fix.place, fix.rule))
    return source


def _is_whole(tables: Tables, findings: Findings) -> bool:
    """Whether the export has what a timetable cannot be read without, and is no trial."""
    rows = tables.rows
    lessons, cards = len(rows["lessons"]), len(rows["cards"])
    for name in ("subjects", "classes", "lessons", "cards"):
        if not rows[name]:
            findings.refuse(
                "table_missing",
                (name, 0, ""),
                "",
                _("The export has no rows in the table {table}.").format(table=name),
                _("Place the lessons and export them from aSc with all tables."),
            )
    if not rows["groups"] and any(
        row.get("groupids", "").strip() for _line, row in rows["lessons"]
    ):
        findings.refuse(
            "table_missing",
            ("groups", 0, ""),
            "",
            _("Lessons name groups and the export has no groups: nobody can tell who they are."),
            _("Export the timetable from aSc with all tables."),
        )
    masks = (mask for _line, row in rows["daysdefs"] for mask in row.get("days", "").split(","))
    days = max(map(len, masks), default=0)
    expected = len(rows["classes"]) * max(days, len(rows["days"]), _SINGLE_DAY)
    if 0 < min(lessons, cards) <= _TRIAL and expected >= _SCHOOL:
        findings.refuse(
            "trial_export",
            ("cards" if cards <= _TRIAL else "lessons", 0, ""),
            str(min(lessons, cards)),
            _(
                "Only {count} rows for {classes} classes: aSc without a registration code writes no more than 10."
            ).format(count=min(lessons, cards), classes=len(rows["classes"])),
            _("Export from the registered aSc, or from its online version."),
        )
    return not any(problem.refuses for problem in findings.problems)


def _fill(source: Source, tables: Tables, findings: Findings) -> None:
    rows = tables.rows
    names = read_names(rows, findings)
    missing = frozenset(name for name in ("teachers", "classrooms") if not rows[name])
    _tell_missing(missing, rows, findings)
    tell_loose_ids(rows, findings)
    source.bells = _bells(tables, findings)
    weeks = {row.get("id", ""): row.get("weeks", "") for _line, row in rows["weeksdefs"]}
    first_day = int("daynumbering1" in tables.options)
    placed, unplaced = read_cards(
        rows["cards"],
        lesson_facts(rows["lessons"], weeks | {"": "1"}),
        rooms=None if "classrooms" in missing else names.rooms,
        periods={bell.number for bell in source.bells},
        first_day=first_day if _is_old(tables) else None,
        findings=findings,
    )
    lessons = LessonReader(names, missing, findings).read(rows["lessons"])
    source.edu_groups = names.edu_groups
    source.teachers = _distinct(names.teachers.values())
    source.subjects = _distinct(names.subjects.values())
    source.rooms = _distinct(names.rooms.values())
    source.ignored = tables.passed_over + unplaced
    _drop_doubles(lessons, placed, findings)
    _tell_hours(lessons, placed, findings)
    _add_lessons(source, lessons, placed)


def _is_old(tables: Tables) -> bool:
    """Told by content, not by version or display name: both lie."""
    cards = tables.rows["cards"]
    if any("day" in card for _line, card in cards):
        return True
    return bool(tables.rows["days"]) and not any("days" in card for _line, card in cards)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, names)))


def _tell_missing(
    missing: frozenset[str], rows: Mapping[str, list[Row]], findings: Findings
) -> None:
    users = {"teachers": ("lessons", "teacherids"), "classrooms": ("cards", "classroomids")}
    for table in sorted(missing):
        user, column = users[table]
        if not any(row.get(column, "").strip() for _line, row in rows[user]):
            continue
        findings.doubt(
            "table_missing",
            (table, 0, ""),
            "",
            _("The export has no rows in the table {table}.").format(table=table),
            _("The schedule is read without them; export from aSc with all tables."),
        )


def _bells(tables: Tables, findings: Findings) -> list[Bell]:
    bells: dict[int, Bell] = {}
    for line, row in tables.rows["periods"]:
        number = whole(row.get("period", ""))
        if number is None or number in bells:
            findings.refuse(
                "period_unreadable",
                ("periods", line, "period"),
                row.get("period", ""),
                _("This period has no number of its own."),
                _("Export the timetable from aSc again; do not edit the export by hand."),
            )
            continue
        times = [row.get(column, "").strip() for column in ("starttime", "endtime")]
        for column, text in zip(("starttime", "endtime"), times, strict=True):
            if text and not clock(text):
                findings.doubt(
                    "time_unreadable",
                    ("periods", line, column),
                    text,
                    _("This is no time of day; the period is read without it."),
                    _("Write it in aSc like 8:30."),
                )
        start, finish = map(clock, times)
        bells[number] = Bell(number, tidy(row.get("name", "")), start, finish)
    return [bells[number] for number in sorted(bells)]


def _drop_doubles(
    lessons: Mapping[str, Lesson], placed: Mapping[str, Placed], findings: Findings
) -> None:
    """Leave one of several cards of a lesson at one time."""
    for lesson_id in lessons.keys() & placed.keys():
        found = placed[lesson_id]
        if len({hour[:3] for hour in found.placements}) == len(found.placements):
            continue
        times = {hour[:3]: hour for hour in sorted(found.placements, reverse=True)}
        lost = len(found.placements) - len(times)
        found.placements = list(times.values())
        found.hours = sum(share_of(weeks) for _day, _period, weeks, _rooms in found.placements)
        lesson = lessons[lesson_id]
        findings.doubt(
            "card_twice",
            ("lessons", lesson.line, "id"),
            f"{'+'.join(lesson.edu_groups)} {lesson.subject}".strip(),
            _("The lesson stands twice at one time; taken once, left out: {hours}.").format(
                hours=lost
            ),
            _("Delete one of the two cards in aSc."),
        )


def _tell_hours(
    lessons: Mapping[str, Lesson], placed: Mapping[str, Placed], findings: Findings
) -> None:
    for lesson_id, lesson in lessons.items():
        declared = lesson.declared
        if declared is None:
            continue
        got = placed[lesson_id].hours if lesson_id in placed else 0.0
        who = f"{'+'.join(lesson.edu_groups)} {lesson.subject}".strip()
        where = ("lessons", lesson.line, "periodsperweek")
        if declared - got > _ROUNDING:
            findings.doubt(
                "unplaced",
                where,
                who,
                _("Not placed: {hours} h of {declared} h a week.").format(
                    hours=_shown(declared - got), declared=_shown(declared)
                ),
                _("Place the rest in aSc, or plan without it."),
            )
        elif got - declared > _ROUNDING:
            findings.doubt(
                "overplaced",
                where,
                who,
                _("Placed: {hours} h a week, declared only {declared} h.").format(
                    hours=_shown(got), declared=_shown(declared)
                ),
                _("Check the lesson in aSc and export again."),
            )


def _shown(hours: float) -> str:
    return f"{round(hours, 2):g}"


def _add_lessons(
    source: Source, lessons: Mapping[str, Lesson], placed: Mapping[str, Placed]
) -> None:
    same: dict[str, list[tuple[Lesson, Placed]]] = {}
    for lesson_id, lesson in lessons.items():
        found = placed.get(lesson_id) or Placed()
        found.placements.sort()
        same.setdefault(requirement_key(*lesson[1:5]), []).append((lesson, found))
        source.accepted += 1 + found.cards
    hours: list[tuple[int, int, int, str, tuple[str, ...]]] = []
    for base in sorted(same):
        # Nearly all keys have one lesson.
        twins = same[base] if len(same[base]) == 1 else sorted(same[base], key=_rank)
        for number, (lesson, found) in enumerate(twins, start=1):
            at = len(source.requirements)
            source.requirements.append(
                Requirement(
                    base if number == 1 else f"{base}|{number}",
                    lesson.edu_groups,
                    lesson.subgroups,
                    lesson.subject,
                    lesson.teachers,
                    round(found.hours if lesson.declared is None else lesson.declared, 4),
                    round(found.hours, 4),
                )
            )
            hours += [
                (day, period, at, weeks, rooms) for day, period, weeks, rooms in found.placements
            ]
    hours.sort()
    for day, period, at, weeks, rooms in hours:
        of = source.requirements[at]
        source.slots.append(
            Slot(
                of.key,
                day,
                period,
                weeks,
                of.edu_groups,
                of.subgroups,
                of.subject,
                of.teachers,
                rooms,
            )
        )


def _rank(taught: tuple[Lesson, Placed]) -> tuple[object, ...]:
    """Order among lessons of one key: by all but their lines, so that those of one rank are equal in everything."""
    lesson, found = taught
    return (lesson.declared or 0.0, lesson.length, found.placements, *lesson[1:5])
