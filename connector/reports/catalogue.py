"""Which reports there are. A report is data: a name, a title and the rules whose findings it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from connector.i18n import N_

if TYPE_CHECKING:
    from connector.reports.facts import Query
    from connector.reports.report import Report, Request
    from connector.rulebook import Rulebook

    Build = Callable[[Query, Rulebook, Request], Report]


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """One report.

    Attributes:
        name: as on the command line.
        title: English source string of its heading.
        summary: English source string of one line about it.
        rules: ids of its rules; the rulebook may switch some off.
        module: where its `build` stands; imported only when it is built, so that help stays fast.
        sources: kinds of the school's files it looks at, by key of the settings' part `[sources]`.

    """

    name: str
    title: str
    summary: str
    rules: tuple[str, ...]
    module: str
    sources: tuple[str, ...] = ()

    def builder(self) -> "Build":
        """The function that builds it."""
        build: Build = import_module(self.module).build
        return build


MISSING = ReportSpec(
    "missing",
    title=N_("Missing entries in the journal"),
    summary=N_("Held lessons without topic, homework, marks or attendance, past their deadlines"),
    rules=("TOPIC", "HW", "MARK0", "ATT"),
    module="connector.reports.missing",
)

CHANGES = ReportSpec(
    "changes",
    title=N_("Changed marks"),
    summary=N_("Marks changed or withdrawn late, after the period, in bulk, down or up"),
    rules=("LATECHANGE", "CLOSED", "BULK", "DOWN", "UP"),
    module="connector.reports.changes",
)

MARKS = ReportSpec(
    "marks",
    title=N_("Marks of lessons"),
    summary=N_("Absent yet marked, twos not mended, control works without marks, late entries"),
    rules=("NMARK", "TWOAFTERN", "TWOEDGE", "TWOFIX", "WORK", "LATE"),
    module="connector.reports.marks",
)

ACCUMULATION = ReportSpec(
    "accumulation",
    title=N_("Accumulation of marks"),
    summary=N_("Marks of each pupil and subject against the norm, scaled to the lessons held"),
    rules=("MARK3", "ACC", "GAP"),
    module="connector.reports.accumulation",
    sources=("class_lists",),
)

FINAL_MARKS = ReportSpec(
    "final-marks",
    title=N_("Period and year marks"),
    summary=N_("Period and year marks that are missing, rest on little or differ from the average"),
    rules=("FINAL", "FINALFEW", "FINALAVG", "ABS", "YEAR"),
    module="connector.reports.final_marks",
    sources=("class_lists",),
)

QUALITY = ReportSpec(
    "quality",
    title=N_("Quality of marks"),
    summary=N_("Success, quality, SOU and mean of period and year marks"),
    rules=(),
    module="connector.reports.quality",
)

ATTENDANCE = ReportSpec(
    "attendance",
    title=N_("Attendance"),
    summary=N_("Lessons and days missed by class, pupil and month, and who is often away"),
    rules=(),
    module="connector.reports.attendance",
)

TIMELINESS = ReportSpec(
    "timeliness",
    title=N_("Timeliness of records"),
    summary=N_("How late marks, attendance and homework were entered, by teacher"),
    rules=("LATE",),
    module="connector.reports.timeliness",
)

CLASS = ReportSpec(
    "class",
    title=N_("Report of the class teacher"),
    summary=N_("Movement, standing of pupils by period marks and missed lessons, class by class"),
    rules=(),
    module="connector.reports.class_report",
    sources=("class_lists",),
)

TEACHER = ReportSpec(
    "teacher",
    title=N_("Personal sheets of teachers"),
    summary=N_("A sheet a teacher: lessons, marks, what is missing, what was late, with dates"),
    rules=(*MISSING.rules, "LATE"),
    module="connector.reports.teacher",
)

# What a check of the journal asks; changed marks and the school's own files have reports of their own.
WHOLE = (*MISSING.rules, *ACCUMULATION.rules, *MARKS.rules, *FINAL_MARKS.rules)

SUMMARY = ReportSpec(
    "summary",
    title=N_("State of the journal"),
    summary=N_("One page for the director: all rules, beside the last check, with the trend"),
    rules=WHOLE,
    module="connector.reports.summary",
)

SPRAVKA = ReportSpec(
    "spravka",
    title=N_("Memo on the check of the electronic journal"),
    summary=N_("The whole memo of a check, ready to be signed; best as a Word document"),
    rules=WHOLE,
    module="connector.reports.spravka",
)

ROSTER = ReportSpec(
    "roster",
    title=N_("Class lists against the diary"),
    summary=N_("Pupils whom only the school's list or only the diary has, leavers still marked"),
    rules=("ROSTER", "ROSTERLEFT", "ROSTERLACK"),
    module="connector.reports.roster",
    sources=("class_lists",),
)

SCHEDULE = ReportSpec(
    "schedule",
    title=N_("Planned and held lessons"),
    summary=N_("Hours of the timetable and of the topic plans against the lessons held"),
    rules=("SUBST", "KTP", "KTPORDER", "KTPTWICE"),
    module="connector.reports.schedule",
    sources=("timetables", "topic_plans"),
)

ACCOUNTS = ReportSpec(
    "accounts",
    title=N_("Accounts and data for signing in"),
    summary=N_("Who has no account, or lacks data that the state's sign-in needs"),
    rules=(),
    module="connector.reports.accounts",
    sources=("class_lists",),
)

REPORTS: Mapping[str, ReportSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            MISSING,
            CHANGES,
            MARKS,
            ACCUMULATION,
            FINAL_MARKS,
            QUALITY,
            ATTENDANCE,
            TIMELINESS,
            CLASS,
            TEACHER,
            ROSTER,
            SCHEDULE,
            ACCOUNTS,
            SUMMARY,
            SPRAVKA,
        )
    }
)
