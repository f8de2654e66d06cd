"""Checks in a row: what was found the last time is fixed, stands, or cannot be said; what is found now is new or stands. Pure.

A check is a stored run of a report. Only what was looked at again may count as fixed: the lesson is still held, the rule
is still asked, the data were read. Everything else is told apart, for a journal is not mended by a cancelled lesson.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.i18n import N_
from connector.records import Check, Finding

# Rules that look at a whole record or list: the lesson or day they name moves on while nothing is mended.
STANDING = frozenset({"ACC", "GAP", "KTP", "ROSTER", "ROSTERLACK"})
# Rules that may find several pupils at one lesson, each a finding of its own.
PERSONAL = frozenset({"TWOAFTERN", "TWOEDGE", "TWOFIX"})

# What is done is done: nobody can mend an entry made late or a two given too early, so it is never "not fixed".
DONE = frozenset({"LATE", "TWOAFTERN", "TWOEDGE", "LATECHANGE", "CLOSED", "BULK", "DOWN", "UP"})

NEW, STANDS, KNOWN = "new", "stands", "known"
FIXED, DROPPED, UNJUDGED, OUTSIDE = "fixed", "dropped", "unjudged", "outside"
STATES: Mapping[str, str] = {
    NEW: N_("new"),
    STANDS: N_("not fixed"),
    KNOWN: N_("told before, cannot be mended"),
    FIXED: N_("fixed"),
    DROPPED: N_("no longer asked"),
    UNJUDGED: N_("not judged for want of data"),
    OUTSIDE: N_("not looked at this time"),
}

# Days whose findings are kept; of older checks the counts are enough for a trend.
KEPT_DAYS = 5
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A finding of the last check that is not found now, and what became of it."""

    finding: Finding
    state: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """This check beside the last one.

    Attributes:
        previous: the last check of the same scope before this day.
        states: `new`, `stands` or `known` of each finding of now, in their order.
        past: findings of then that are not found now.

    """

    previous: Check
    states: tuple[str, ...]
    past: tuple[Past, ...]

    def counts(self) -> Mapping[str, int]:
        """How many findings have each state; every state has a number."""
        met = Counter(self.states) + Counter(one.state for one in self.past)
        return {state: met[state] for state in STATES}


@dataclass(frozen=True, slots=True)
class Looked:
    """What this check looked at: only that can be fixed.

    Attributes:
        start: first day.
        end: last day.
        rules: asked now.
        lessons: ids of lessons held now.
        silent: rule (empty for all) and lesson about which nothing could be said.
        silent_courses: rule, group and subject of those lessons: what is counted over a course has no one lesson.

    """

    start: date
    end: date
    rules: Collection[str]
    lessons: Collection[int]
    silent: Collection[tuple[str, int]] = field(default_factory=frozenset)
    silent_courses: Collection[tuple[str, int | None, int | None]] = field(
        default_factory=frozenset
    )


def key_of(finding: Finding) -> Key:
    """What makes two findings of two checks the same."""
    rule, lesson = finding.rule, finding.lesson_id
    course = (str(finding.edu_group_id), str(finding.subject_id))
    persons = tuple(map(str, sorted(finding.person_ids)))
    if rule in STANDING:
        return (rule, *course, *persons)
    if lesson is None:
        return (rule, *course, finding.date.isoformat(), *persons)
    return (rule, str(lesson), *persons) if rule in PERSONAL else (rule, str(lesson))


def compare(previous: Check, findings: Sequence[Finding], looked: Looked) -> Comparison:
    """Set this check's findings beside those of the last one."""
    before = {key_of(finding) for finding in previous.findings}
    now = {key_of(finding) for finding in findings}
    return Comparison(
        previous,
        tuple(_state(finding, before) for finding in findings),
        tuple(
            Past(finding, _fate(finding, looked))
            for finding in previous.findings
            if key_of(finding) not in now
        ),
    )


def _state(finding: Finding, before: Collection[Key]) -> str:
    if key_of(finding) not in before:
        return NEW
    return KNOWN if finding.rule in DONE else STANDS


def _fate(finding: Finding, looked: Looked) -> str:
    rule = finding.rule
    if rule not in looked.rules:
        return DROPPED
    if rule not in STANDING and not looked.start <= finding.date <= looked.end:
        return OUTSIDE
    courses = {(one, finding.edu_group_id, finding.subject_id) for one in (rule, "")}
    by_course = rule in STANDING or finding.lesson_id is None
    if by_course:
        return FIXED if courses.isdisjoint(looked.silent_courses) else UNJUDGED
    lesson = finding.lesson_id or 0
    if (rule, lesson) in looked.silent or ("", lesson) in looked.silent:
        return UNJUDGED
    return FIXED if lesson in looked.lessons else DROPPED


def trend(checks: Iterable[Check], *, points: int = 12) -> tuple[Check, ...]:
    """The latest checks, one a day at most, the oldest first."""
    by_day = {check.as_of: check for check in sorted(checks, key=lambda one: one.made_at)}
    return tuple(by_day[day] for day in sorted(by_day)[-points:])
