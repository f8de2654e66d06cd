"""A finished report as data: what was found, over what, and what it rests on. Renderers turn it into bytes."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, tzinfo

from connector.records import Check, Finding
from connector.reports.checks import Comparison
from connector.reports.homework import Reading
from connector.reports.journal import Names
from connector.reports.rules.attendance import Mode
from connector.reports.tables import Chart, Table
from connector.rulebook import Rulebook
from connector.source import Source


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see; empty means all. Rules always see the whole school."""

    classes: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    pupils: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memo:
    """What a school writes into the memo of a check (справка) and no data can tell; empty lines are left to the pen.

    Attributes:
        number: of the memo.
        basis: plan of control or order.
        purpose: of the check.
        inspector: name and position of who checked.
        director: name of the director, for the signature.
        place: city, for the heading.
        fix_days: days until which the remarks are to be mended.
        repeat_days: days until the repeated check.

    """

    number: str = ""
    basis: str = ""
    purpose: str = ""
    inspector: str = ""
    director: str = ""
    place: str = ""
    fix_days: int = 7
    repeat_days: int = 14


@dataclass(frozen=True, slots=True)
class Request:
    """What a report is asked for.

    Attributes:
        as_of: the day of judging in the school's zone; a record due on this day is not late yet.
        now: aware moment from which the age of the data is counted.
        zone: the school's zone.
        start: first day of lessons to show; None means the start of the study year.
        end: last day of lessons to show; None means `as_of`.
        filters: classes, teachers and subjects to show. A class brings its subgroups.
        anonymous: leave out pupils' names and ids.
        hide_teachers: put numbers in the place of teachers; pupils are left out too.
        sources: the school's own files: class lists, timetables, topic plans; what the diary does not hold.
        memo: what the school writes into the memo of a check.
        previous: the last check of the same report and scope, with its findings, or None.
        trend: earlier checks of them, the oldest first.

    """

    as_of: date
    now: datetime
    zone: tzinfo
    start: date | None = None
    end: date | None = None
    filters: Filters = field(default_factory=Filters)
    anonymous: bool = False
    hide_teachers: bool = False
    sources: tuple[Source, ...] = ()
    memo: Memo = field(default_factory=Memo)
    previous: Check | None = None
    trend: tuple[Check, ...] = ()

    @property
    def scope(self) -> str:
        """What is asked to be shown, in one form: checks of equal scopes are compared.

        A span that was named is part of it, or a look at one month would take the place of the day's whole check.
        """
        span = {"from": self.start, "to": self.end}
        named = {key: day.isoformat() for key, day in span.items() if day is not None}
        return json.dumps(asdict(self.filters) | named, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class StatusMet:
    """A lesson status that occurred before the day of judging.

    Attributes:
        status: the vendor's word, or None.
        lessons: how often it was met.
        held: how it was read.

    """

    status: str | None
    lessons: int
    held: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Lessons of one group about which a rule says nothing.

    Attributes:
        group_id: None when the vendor hid it.
        rule: id, or empty for all rules.
        reason: key of `rules.case.GAP_REASONS`.
        lessons: how many; 0 stands for a group of which no lesson was ever read.
        first: first day of them, or None.
        last: last day of them, or None.

    """

    group_id: int | None
    rule: str
    reason: str
    lessons: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class FailedWindow:
    """A request of a pull whose answer did not come; an older answer may stand in the mirror."""

    group_id: int
    resource: str
    start: date
    end: date
    reason: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """When each part of a group's journal was read last; None means never."""

    group_id: int
    lessons: datetime | None
    marks: datetime | None
    log: datetime | None


@dataclass(frozen=True, slots=True)
class Notes:
    """What the findings rest on, so that a school can doubt and correct it.

    Attributes:
        statuses: lesson statuses met, the most frequent first.
        homework: how homework was read, and why.
        attendance: how each group enters attendance.
        saturdays: whether Saturday counts as a working day; None when it does for some classes only.
        six_days: those classes.
        saturdays_found: False when the rulebook decided it.
        silences: lessons about which nothing can be said.
        failed: windows that failed when they were read last.
        freshness: per group with lessons in the span.
        clock_differs: whether the vendor's moments lie after ours, so that ages mean nothing.
        groups_found_by: how the pull found the groups, in its own words, or None.

    """

    statuses: tuple[StatusMet, ...] = ()
    homework: Reading = field(default_factory=Reading)
    attendance: tuple[tuple[int, Mode], ...] = ()
    saturdays: bool | None = False
    six_days: tuple[int, ...] = ()
    saturdays_found: bool = True
    silences: tuple[Silence, ...] = ()
    failed: tuple[FailedWindow, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    clock_differs: bool = False
    groups_found_by: str | None = None

    @property
    def has_gaps(self) -> bool:
        """Whether a strict reader would refuse the report."""
        return bool(self.silences or self.failed)


@dataclass(frozen=True, slots=True)
class Report:
    """A report ready to be shown.

    Attributes:
        name: as in `report list`.
        title: English source string of the heading.
        as_of: the day of judging in the school's zone.
        made_at: aware moment from which the data's age is counted.
        data_read_at: the group read longest ago among those with recent lessons was read then; None when nothing was.
        zone: the school's zone, for showing moments.
        start: first day looked at.
        end: last day looked at.
        filters: what the reader asked to see.
        rulebook: by which it was judged.
        rules: ids of the rules checked, in the rulebook's order.
        lessons_held: held lessons inside span and filters.
        findings: in order of day, group and lesson.
        notes: what they rest on.
        names: names by id; teachers' are replaced in an anonymous report.
        anonymous: whether pupils are left out.
        teachers_hidden: whether teachers are numbers that hold for this report only.
        tables: beside the findings, in the order in which they are shown.
        charts: drawn from the tables.
        check: this run as it may be stored, with persons; None where no rule was asked.
        comparison: beside the last check, or None when there was none.
        trend: checks up to this one, the oldest first; one means that there is no trend yet.
        memo: of a report that is one.
        lists_findings: False where the tables say it all on a page; documents of machines list them all the same.
        history_begins: set when the mirror's history begins after `as_of`: what is known now was judged.

    """

    name: str
    title: str
    as_of: date
    made_at: datetime
    data_read_at: datetime | None
    zone: tzinfo
    start: date
    end: date
    filters: Filters
    rulebook: Rulebook
    rules: tuple[str, ...]
    lessons_held: int
    findings: tuple[Finding, ...]
    notes: Notes
    names: Names
    anonymous: bool = False
    teachers_hidden: bool = False
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    check: Check | None = None
    comparison: Comparison | None = None
    trend: tuple[Check, ...] = ()
    history_begins: datetime | None = None
    memo: Memo | None = None
    lists_findings: bool = True

    @property
    def is_one_page(self) -> bool:
        """Whether it is meant to be a single page: no list of findings, and of the data only what warns."""
        return not self.lists_findings and self.memo is None

    @property
    def data_age_s(self) -> int | None:
        """Age of the data in whole seconds; never negative; None when nothing was read."""
        if self.data_read_at is None:
            return None
        return max(0, int((self.made_at - self.data_read_at).total_seconds()))

    def found(self, rule: str) -> int:
        """How many findings a rule has."""
        return sum(finding.rule == rule for finding in self.findings)
