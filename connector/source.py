"""What a school's own files say, whatever their format: canonical records, problems and automatic fixes.

Readers in `mappings` make these; the planner compares them with the mirror. Names are kept as the file has them, after
the fixes that are listed; comparing folds ё, case and spaces (`connector.sync.names.fold`). Nothing is dropped
silently: a row that is no record is a problem, a heading, or counted among `ignored`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a file is."""

    CLASS_LIST = "class_list"
    ONEROSTER = "oneroster"
    ASC = "asc"
    GRID = "grid"
    TOPIC_PLAN = "topic_plan"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file: `row` counts from 1 as Excel shows it, 0 means the whole sheet; `column` is a heading or letter."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person must look at.

    Attributes:
        place: where it stands.
        rule: stable word, `lower_snake_case`; docs/files.md lists all.
        value: what stands there, shortened; "" where it would show what must not be shown.
        text: one translated sentence.
        fix: translated advice what to do.
        refuses: the row (or with row 0 the file) is not used; else it is only doubtful.

    """

    place: Place
    rule: str
    value: str
    text: str
    fix: str
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Fix:
    """Something the reader put right by itself."""

    place: Place
    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """A class or a subgroup.

    Attributes:
        name: canonical: `5А`, `10`, `11А физмат`, `10-1`; a subgroup's own name.
        parallel: 1 to 12, None for a pseudo-class.
        letter: the letter, "" where there is none.
        parent: name of the class a subgroup is of, "" for a class.

    """

    name: str
    parallel: int | None
    letter: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class SourcePupil:
    """A pupil as a file has him.

    Attributes:
        local_key: `snils:12345678901`; else `born:<folded full name>:<birthday>`; else `class:<folded full name>:<class>`;
            the key of a file's own (OneRoster) is `id:<sourcedId>`. Unique in a source.
        edu_group: canonical class name; "" for a leaver.
        birthday: None where the file does not say or says only a year.
        middle_name: None where the file has no such column, "" where the cell is empty.
        sex: `Male`, `Female` or None; inferred ones are only hints and stand in `sex_hint`.
        left: stands on a leavers' sheet or is marked as gone.
        subgroups: names of subgroups, where a file knows them.
        enrolled: first day in the school or class, None where the file does not say.
        left_on: day of leaving, None where the file says none; only of those who left.

    """

    local_key: str
    last_name: str
    first_name: str
    middle_name: str | None
    sex: str | None
    birthday: date | None
    snils: str
    edu_group: str
    place: Place
    sex_hint: str | None = None
    left: bool = False
    subgroups: tuple[str, ...] = ()
    enrolled: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One lesson of a timetable file: what is taught how often.

    Attributes:
        key: stable across exports: made of names, not of the file's ids.
        edu_groups: canonical class names, several for a joined stream.
        subgroups: names of the parts, in the file's order; empty for whole classes.
        subject: as the file names it, spaces tidied.
        teachers: as the file names them; the file does not say which teaches which part.
        hours_per_week: as declared.
        placed_hours: as placed; less than declared where some were not.

    """

    key: str
    edu_groups: tuple[str, ...]
    subgroups: tuple[str, ...]
    subject: str
    teachers: tuple[str, ...]
    hours_per_week: float
    placed_hours: float


@dataclass(frozen=True, slots=True)
class Slot:
    """One placed lesson hour of a weekly pattern.

    Attributes:
        requirement: `key` of the requirement it belongs to.
        day: 1 Monday to 7.
        number: lesson number; of aSc the period's column index, mapped later by settings.
        weeks: mask of the week cycle: `1` every week, `10` the first of two, `01` the second.

    """

    requirement: str
    day: int
    number: int
    weeks: str
    edu_groups: tuple[str, ...]
    subgroups: tuple[str, ...]
    subject: str
    teachers: tuple[str, ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bell:
    """A period of a timetable file; times are `HH:MM` or ""."""

    number: int
    name: str
    start: str
    finish: str


@dataclass(frozen=True, slots=True)
class PlanTopic:
    """One topic of a topic plan (КТП).

    Attributes:
        text: as the file has it, spaces tidied.
        hours: lessons it takes, 1 or more.
        day: day of its first lesson, None where the plan has none.
        homework: "" where the plan has none.
        row: of the sheet, as Excel shows it.

    """

    text: str
    hours: int
    day: date | None = None
    homework: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """The topics of one subject of a class, in the order in which they are taught.

    Attributes:
        edu_group: canonical class name; a year without a letter (`5`) means every class of it.
        subject: as the file names it, spaces tidied.
        subgroup: name of the part, "" for the whole class.
        teacher: as the file names him, "" where it does not.
        topics: in the order of the rows.
        whole: no row of it was refused: only then its order and hours prove anything.
        place: where it begins.

    """

    edu_group: str
    subject: str
    topics: tuple[PlanTopic, ...]
    place: Place
    subgroup: str = ""
    teacher: str = ""
    whole: bool = True

    @property
    def hours(self) -> int:
        """Lessons of all topics."""
        return sum(topic.hours for topic in self.topics)


@dataclass(frozen=True, slots=True)
class Terms:
    """What settings and tables of the program say of the words of a file.

    Attributes:
        numbers: period of a timetable → lesson number; empty: they are the same.
        anchor: a day of a week that counts as the first of a timetable's cycle, None where nobody said.
        aliases: canonical name of a subject by folded spelling.

    """

    numbers: Mapping[int, int] = field(default_factory=dict)
    anchor: date | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


NO_TERMS = Terms()


@dataclass(slots=True)
class Source:
    """What one file (or folder, or archive) held.

    Attributes:
        path: as it was named.
        kind: what it is.
        sha256: of its bytes, hexadecimal.
        encoding: of text files, "" else.
        headers: of each sheet the heading row as found: a change of it is a reason to ask.
        rows: rows that looked like records.
        accepted: rows that became records.
        ignored: rows that are no records: titles, repeated headings, totals, blanks.
        teachers: full names, in order of first sight; `subjects` and `rooms` likewise.
        topic_plans: one for each class, subject and part.
        terms: how its words are to be taken; the caller's, not the file's.

    """

    path: str
    kind: Kind
    sha256: str
    encoding: str = ""
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: int = 0
    accepted: int = 0
    ignored: int = 0
    problems: list[Problem] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)
    edu_groups: list[SourceGroup] = field(default_factory=list)
    pupils: list[SourcePupil] = field(default_factory=list)
    teachers: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    bells: list[Bell] = field(default_factory=list)
    topic_plans: list[TopicPlan] = field(default_factory=list)
    terms: Terms = NO_TERMS

    @property
    def refused(self) -> list[Problem]:
        """Problems for which a row or the file is not used."""
        return [problem for problem in self.problems if problem.refuses]
