"""Names behind the ids of an aSc export. Ids are good for one file only, so everything that leaves here is a name.

Each automatic change of a spelling is told once for each distinct name, however many rows carry it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.i18n import _
from connector.names import ClassName, fold, parse_class, tidy
from connector.source import SourceGroup
from mappings.alphabets import one_alphabet
from mappings.asc_xml import Row
from mappings.findings import Findings, shorten

# A number and a letter that has no Cyrillic twin: a class with a wrong letter, not a club.
_WRONG_LETTER = re.compile(r"0?(?:1[0-2]|[1-9])\s*[-–—«\"']?\s*[DFGZ]\b", re.IGNORECASE)
_VACANCY = re.compile(r"вакан|не назнач|vacan", re.IGNORECASE)
_INITIALS = re.compile(r"\b\w\.")


@dataclass(frozen=True, slots=True)
class Part:
    """A class or a part of one; `name` is "" for the whole class."""

    edu_group: str
    name: str


@dataclass(slots=True)
class Names:
    """What the ids of one file mean.

    Attributes:
        classes: id → canonical name; None where the class was refused.
        parts: group id → the part, None where its class was refused.
        teachers: id → name; "" where the file gives none. `subjects` and `rooms` likewise.
        vacant: teacher ids that stand for nobody.
        edu_groups: classes, then subgroups, each once.
        order: class name → its place in the natural order.

    """

    classes: dict[str, str | None] = field(default_factory=dict)
    parts: dict[str, Part | None] = field(default_factory=dict)
    teachers: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    edu_groups: list[SourceGroup] = field(default_factory=list)
    order: dict[str, tuple[int, str]] = field(default_factory=dict)


def read_names(rows: Mapping[str, list[Row]], findings: Findings) -> Names:
    """Read classes, groups, teachers, subjects and rooms; every doubt is told."""
    spelling = _Spelling(findings)
    names = Names()
    names.subjects = _named("subjects", rows, spelling, _plain_name)
    names.teachers = _named("teachers", rows, spelling, _teacher_name)
    names.rooms = _named("classrooms", rows, spelling, _plain_name)
    _tell_vacancies(rows["teachers"], names, findings)
    _read_classes(rows["classes"], names, spelling)
    _read_groups(rows["groups"], names, spelling)
    return names


@dataclass(slots=True)
class _Spelling:
    """Puts spaces and alphabets right and tells it once for each distinct name of a table."""

    findings: Findings
    told: set[tuple[str, str]] = field(default_factory=set)

    def mended(self, table: str, line: int, column: str, raw: str) -> str:
        spaced = tidy(raw)
        name = one_alphabet(spaced)
        if name != raw and (table, raw) not in self.told:
            self.told.add((table, raw))
            if spaced != raw:
                self.findings.mend("spaces", (table, line, column), raw, spaced)
            if name != spaced:
                self.findings.mend("look_alike_letters", (table, line, column), spaced, name)
        return name


def _plain_name(attributes: Mapping[str, str]) -> tuple[str, str]:
    """The column that names a row, and its raw value."""
    for column in ("name", "short"):
        if attributes.get(column, "").strip():
            return column, attributes[column]
    return "name", ""


def _teacher_name(attributes: Mapping[str, str]) -> tuple[str, str]:
    column, name = _plain_name(attributes)
    last, first = attributes.get("lastname", "").strip(), attributes.get("firstname", "").strip()
    if not attributes.get("name", "").strip() and (last or first):
        return "lastname", f"{last} {first}".strip()
    # «Тестова В.Ю.» beside «Тестова» and «Вера Юрьевна»: the row itself knows the full name.
    if last and first and _INITIALS.search(name) and not _INITIALS.search(f"{last} {first}"):
        return "lastname", f"{last} {first}"
    return column, name


def _named(
    table: str,
    rows: Mapping[str, list[Row]],
    spelling: _Spelling,
    read: Callable[[Mapping[str, str]], tuple[str, str]],
) -> dict[str, str]:
    names: dict[str, str] = {}
    first_lines: dict[str, int] = {}
    for line, attributes in rows[table]:
        column, raw = read(attributes)
        name = spelling.mended(table, line, column, raw)
        if not _take_id(table, line, attributes, names, spelling.findings):
            continue
        names[attributes["id"]] = name
        shown = tidy(attributes.get("name", ""))
        if column == "lastname" and shown:
            spelling.findings.mend("teacher_full_name", (table, line, "name"), shown, name)
        if not name:
            _tell_nameless(table, line, spelling.findings)
        elif (key := fold(name)) in first_lines:
            _tell_same_name(table, line, name, first_lines[key], spelling.findings)
        else:
            first_lines[key] = line
    return names


def _take_id(
    table: str,
    line: int,
    attributes: Mapping[str, str],
    taken: Mapping[str, object],
    findings: Findings,
) -> bool:
    """Whether the row has an id that no earlier row of its table has."""
    row_id = attributes.get("id", "")
    if row_id and row_id not in taken:
        return True
    findings.refuse(
        "id_twice" if row_id else "no_id",
        (table, line, "id"),
        row_id,
        _("Two rows of this table have one id.") if row_id else _("This row has no id."),
        _("Export the timetable from aSc again; do not edit the export by hand."),
    )
    return False


def _tell_nameless(table: str, line: int, findings: Findings) -> None:
    findings.doubt(
        "name_missing",
        (table, line, "name"),
        "",
        _("This row has no name; lessons are read without it."),
        _("Name it in aSc, or delete it there."),
    )


def _tell_same_name(table: str, line: int, name: str, first: int, findings: Findings) -> None:
    findings.doubt(
        "name_twice",
        (table, line, "name"),
        name,
        _("The row at line {line} has the same name; the two cannot be told apart.").format(
            line=first
        ),
        _("Name them differently in aSc if they are not one."),
    )


def _tell_vacancies(rows: list[Row], names: Names, findings: Findings) -> None:
    for line, attributes in rows:
        name = names.teachers.get(attributes.get("id", ""), "")
        if _VACANCY.search(name):
            findings.doubt(
                "vacancy",
                ("teachers", line, "name"),
                name,
                _("This is nobody: a vacancy stands as a teacher."),
                _("Name the teacher in aSc, or answer the question about this name with nobody."),
            )


def _read_classes(rows: list[Row], names: Names, spelling: _Spelling) -> None:
    findings = spelling.findings
    groups: dict[str, SourceGroup] = {}
    for line, attributes in rows:
        if not _take_id("classes", line, attributes, names.classes, findings):
            continue
        parsed, raw = _class_name(line, attributes, findings)
        names.classes[attributes["id"]] = None
        if parsed is None:
            group = _pseudo_class(line, raw, spelling)
            if group is None:
                continue
        else:
            group = SourceGroup(parsed.name, parsed.parallel, parsed.letter)
        names.classes[attributes["id"]] = group.name
        if group.name in groups:
            findings.doubt(
                "class_twice",
                ("classes", line, "name"),
                raw,
                _(
                    "The class {name} stands twice; its lessons are read as those of one class."
                ).format(name=group.name),
                _("Rename one of the two in aSc if they are not one class."),
            )
        groups.setdefault(group.name, group)
    found = sorted(groups.values(), key=lambda group: (group.parallel or 99, group.name))
    names.edu_groups += found
    names.order = {group.name: (at, group.name) for at, group in enumerate(found)}


def _class_name(
    line: int, attributes: Mapping[str, str], findings: Findings
) -> tuple[ClassName | None, str]:
    """The class as its name has it, else as its short name does, and the name."""
    column, raw = _plain_name(attributes)
    parsed = parse_class(raw)
    rule = "class_spelling"
    if parsed is None and not _WRONG_LETTER.match(tidy(raw)):
        parsed = parse_class(attributes.get("short", ""))
        column, rule = "short", "class_by_short_name"
    if parsed is None or parsed.parallel is None:
        return None, raw
    if raw != parsed.name:
        rule = "class_letters" if parsed.changed else rule
        findings.mend(rule, ("classes", line, column), raw, parsed.name)
    return parsed, raw


def _pseudo_class(line: int, raw: str, spelling: _Spelling) -> SourceGroup | None:
    name = spelling.mended("classes", line, "name", raw)
    if not name or _WRONG_LETTER.match(name):
        spelling.findings.refuse(
            "bad_class",
            ("classes", line, "name"),
            name,
            _("This is no name of a class; its lessons are not used."),
            _("Write a number and a Russian letter in aSc, for example 5А."),
        )
        return None
    spelling.findings.doubt(
        "pseudo_class",
        ("classes", line, "name"),
        name,
        _("This is no class of the diary: no number stands in its name."),
        _("Nothing to do if it is a club or home schooling; else rename it in aSc."),
    )
    return SourceGroup(name, None, "")


def _read_groups(rows: list[Row], names: Names, spelling: _Spelling) -> None:
    findings = spelling.findings
    parallels = {group.name: group.parallel for group in names.edu_groups}
    found: dict[tuple[str, str], SourceGroup] = {}
    for line, attributes in rows:
        if not _take_id("groups", line, attributes, names.parts, findings):
            continue
        group_id, class_id = attributes["id"], attributes.get("classid", "")
        if class_id not in names.classes:
            findings.refuse(
                "dangling_id",
                ("groups", line, "classid"),
                shorten(class_id),
                _("No row of the table {table} has this id.").format(table="classes"),
                _("Export the timetable from aSc again with all its tables."),
            )
            continue
        edu_group = names.classes[class_id]
        names.parts[group_id] = None
        if edu_group is None:
            continue
        if attributes.get("entireclass") == "1":
            names.parts[group_id] = Part(edu_group, "")
            continue
        name = spelling.mended("groups", line, "name", attributes.get("name", ""))
        if not name:
            findings.refuse(
                "group_nameless",
                ("groups", line, "name"),
                "",
                _("A part of the class {name} has no name.").format(name=edu_group),
                _("Name the group in aSc."),
            )
            continue
        names.parts[group_id] = Part(edu_group, name)
        found.setdefault((edu_group, name), SourceGroup(name, parallels[edu_group], "", edu_group))
    names.edu_groups += sorted(
        found.values(), key=lambda group: (names.order[group.parent], group.name)
    )
