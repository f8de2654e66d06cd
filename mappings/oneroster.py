"""OneRoster 1.1 and 1.2 CSV: a folder or a zip with users, enrollments and classes.

Field names as in IMS "OneRoster CSV Tables" 1.1 and 1.2; 1.2 moves the role of a user to roles.csv.
"""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from connector.names import ClassName, parse_class, tidy
from connector.source import Kind, Place, Source, SourceGroup, SourcePupil
from mappings.findings import Findings
from mappings.persons import name_trouble, sex_of_patronymic
from mappings.sheets import Unusable
from mappings.textual import decode, read_text
from mappings.wording import tell

FILES = frozenset(
    f"{name}.csv"
    for name in ("manifest", "users", "roles", "enrollments", "classes", "courses", "demographics")
)
_SEXES = {"male": "Male", "female": "Female"}
_NEEDED = ("users.csv", "classes.csv", "enrollments.csv")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table: its number as Excel shows it, and its cells by lower-case heading."""

    row: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name.lower(), "")


def unpack(data: bytes) -> dict[str, bytes]:
    """Give the tables of a zip by lower-case file name, whatever folder they lie in."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        named = ((name.rpartition("/")[2].lower(), name) for name in sorted(archive.namelist()))
        return {short: archive.read(name) for short, name in named if short in FILES}


def read_oneroster(
    files: Mapping[str, bytes], path: str, *, today: date, sha256: str = ""
) -> Source:
    """Read pupils, classes and subgroups.

    Args:
        files: tables by lower-case file name.
        path: of the folder or archive.
        today: enrolments that ended before are of leavers.
        sha256: of an archive; of a folder it is made of the tables.

    """
    if not sha256:
        whole = hashlib.sha256()
        for name in sorted(files):
            whole.update(name.encode() + b"\x00" + files[name])
        sha256 = whole.hexdigest()
    reader = _Reader(Source(path, Kind.ONEROSTER, sha256), Findings(path), today)
    reader.read(files)
    reader.source.problems = reader.findings.problems
    reader.source.fixes = reader.findings.fixes
    return reader.source


@dataclass(frozen=True, slots=True)
class _Home:
    """A pupil's place in a homeroom; days are None where the export says none."""

    edu_group: str
    begin: date | None
    end: date | None
    over: bool


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


@dataclass(slots=True)
class _Reader:
    source: Source
    findings: Findings
    today: date
    # sourcedId → class; homerooms apart from what is taught in them.
    homerooms: dict[str, ClassName] = field(default_factory=dict)
    scheduled: dict[str, str] = field(default_factory=dict)

    def read(self, files: Mapping[str, bytes]) -> None:
        """Read all tables; a missing one is told and nothing guessed for it."""
        missing = [name for name in _NEEDED if name not in files]
        for name in missing:
            tell(self.findings, "table_missing", (name, 0, ""), name)
        if missing:
            return
        tables = {name: self._table(name, files[name]) for name in sorted(files)}
        self._tell_version(tables.get("manifest.csv", []))
        self._classes(tables["classes.csv"])
        homes, parts = self._enrolments(tables["enrollments.csv"])
        students = self._students(tables)
        sexes = {
            line["userSourcedId"] or line["sourcedId"]: line
            for line in tables.get("demographics.csv", [])
        }
        subgroups: dict[tuple[str, str], None] = {}
        for line in students:
            key = line["sourcedId"]
            facts = sexes.get(key)
            pupil = self._pupil(line, homes.get(key, []), parts.get(key, []), facts)
            if pupil is not None:
                self.source.pupils.append(pupil)
                if not pupil.left:
                    subgroups.update(
                        dict.fromkeys((pupil.edu_group, part) for part in pupil.subgroups)
                    )
        self.source.accepted = len(self.source.pupils)
        self._groups(subgroups)

    def _table(self, name: str, data: bytes) -> list[_Line]:
        """Read a table; rows to be deleted stay, their status tells."""
        try:
            text, encoding = decode(data) if data.strip() else ("", "utf-8")
            sheet, _delimiter = read_text(text)
        except Unusable as wrong:
            tell(self.findings, wrong.rule, (name, 0, ""), wrong.value)
            return []
        self.source.encoding = self.source.encoding or encoding
        if not sheet.rows:
            return []
        titles = tuple(tidy(str(cell or "")) for cell in sheet.rows[0])
        self.source.headers[name] = titles
        keys = [title.lower() for title in titles]
        lines = []
        for number, row in enumerate(sheet.rows[1:], start=2):
            cells = {
                key: str(cell) for key, cell in zip(keys, row, strict=True) if cell is not None
            }
            if cells:
                lines.append(_Line(number, cells))
        return lines

    def _tell_version(self, manifest: list[_Line]) -> None:
        said = {line["propertyName"].lower(): line["value"] for line in manifest}
        version = said.get("oneroster.version", "")
        if version and version not in {"1.1", "1.2"}:
            tell(self.findings, "oneroster_version", ("manifest.csv", 0, ""), version)

    def _classes(self, lines: list[_Line]) -> None:
        for line in lines:
            if line["status"] == "tobedeleted":
                continue
            where = ("classes.csv", line.row, "title")
            title = line["title"] or line["classCode"]
            if line["classType"].lower() != "homeroom":
                self.scheduled[line["sourcedId"]] = tidy(title)
                continue
            found = parse_class(line["classCode"]) or parse_class(title)
            if found is None:
                tell(self.findings, "bad_class", where, title)
                continue
            if found.parallel is None:
                tell(self.findings, "pseudo_class", where, found.name)
            elif found.changed:
                self.findings.mend("class_letters", where, title, found.name)
            self.homerooms[line["sourcedId"]] = found

    def _enrolments(
        self, lines: list[_Line]
    ) -> tuple[dict[str, list[_Home]], dict[str, list[str]]]:
        """Give homerooms of each user, and the scheduled classes of each."""
        homes: dict[str, list[_Home]] = {}
        parts: dict[str, list[str]] = {}
        for line in lines:
            if line["status"] == "tobedeleted" or line["role"].lower() != "student":
                continue
            user, edu_group = line["userSourcedId"], line["classSourcedId"]
            over = bool(line["endDate"]) and line["endDate"] < self.today.isoformat()
            if edu_group in self.homerooms:
                begin, end = _day(line["beginDate"]), _day(line["endDate"])
                homes.setdefault(user, []).append(_Home(edu_group, begin, end, over=over))
            elif edu_group in self.scheduled:
                if not over:
                    parts.setdefault(user, []).append(self.scheduled[edu_group])
            else:
                where = ("enrollments.csv", line.row, "classSourcedId")
                tell(self.findings, "dangling_id", where, edu_group)
        return homes, parts

    def _students(self, tables: Mapping[str, list[_Line]]) -> list[_Line]:
        students = {
            line["userSourcedId"]
            for line in tables.get("roles.csv", [])
            if line["role"].lower() == "student" and line["status"] != "tobedeleted"
        }
        found = []
        seen: set[str] = set()
        for line in tables["users.csv"]:
            if line["role"].lower() != "student" and line["sourcedId"] not in students:
                self.source.ignored += 1
                continue
            self.source.rows += 1
            if not line["sourcedId"] or line["sourcedId"] in seen:
                rule = "id_twice" if line["sourcedId"] else "no_id"
                tell(self.findings, rule, ("users.csv", line.row, "sourcedId"), line["sourcedId"])
                continue
            seen.add(line["sourcedId"])
            found.append(line)
        return found

    def _pupil(
        self,
        line: _Line,
        homes: list[_Home],
        parts: list[str],
        facts: _Line | None,
    ) -> SourcePupil | None:
        last, first = tidy(line["familyName"]), tidy(line["givenName"])
        middle = tidy(line["middleName"])
        wrong = [
            self._check_name(value, column, line.row)
            for value, column in (
                (last, "familyName"),
                (first, "givenName"),
                (middle, "middleName"),
            )
        ]
        now = sorted({self.homerooms[home.edu_group].name for home in homes if not home.over})
        gone = line["status"] == "tobedeleted" or line["enabledUser"].lower() == "false"
        left = gone or (bool(homes) and not now)
        if len(now) > 1 and not left:
            where = ("users.csv", line.row, "sourcedId")
            tell(self.findings, "two_classes", where, ", ".join(now))
        if not now and not left:
            tell(self.findings, "no_class", ("users.csv", line.row, ""))
        if any(wrong) or (not left and len(now) != 1):
            return None
        birthday = None
        if facts is not None and facts["birthDate"]:
            try:
                birthday = date.fromisoformat(facts["birthDate"][:10])
            except ValueError:
                where = ("demographics.csv", facts.row, "birthDate")
                tell(self.findings, "bad_date", where, facts["birthDate"], doubt=True)
        return SourcePupil(
            local_key=f"id:{line['sourcedId']}",
            last_name=last,
            first_name=first,
            middle_name=middle if "middlename" in self._users() else None,
            sex=_SEXES.get(facts["sex"].lower()) if facts is not None else None,
            birthday=birthday,
            snils="",
            edu_group=now[0] if now and not left else "",
            place=Place(self.source.path, "users.csv", line.row),
            sex_hint=sex_of_patronymic(middle),
            left=left,
            subgroups=() if left else tuple(sorted(set(parts))),
            enrolled=min((h.begin for h in homes if h.begin and not h.over), default=None),
            left_on=max((h.end for h in homes if h.end and h.over), default=None) if left else None,
        )

    def _check_name(self, name: str, column: str, row: int) -> bool:
        """Tell what is wrong with a part of a name; a patronymic may be missing."""
        missing = {"familyName": "no_last_name", "givenName": "no_first_name"}
        rule = name_trouble(name) if name else missing.get(column, "")
        if rule:
            tell(self.findings, rule, ("users.csv", row, column), name)
        return bool(rule)

    def _users(self) -> tuple[str, ...]:
        return tuple(title.lower() for title in self.source.headers.get("users.csv", ()))

    def _groups(self, subgroups: Mapping[tuple[str, str], None]) -> None:
        named = {found.name: found for found in self.homerooms.values()}
        used = {pupil.edu_group for pupil in self.source.pupils if pupil.edu_group}
        classes = sorted(
            (found for name, found in named.items() if name in used),
            key=lambda found: (found.parallel or 99, found.name),
        )
        self.source.edu_groups = [
            *(SourceGroup(found.name, found.parallel, found.letter) for found in classes),
            *(
                SourceGroup(part, named[parent].parallel, "", parent)
                for parent, part in sorted(subgroups)
            ),
        ]
