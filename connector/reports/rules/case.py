"""What every rule needs: which lessons were held, what is exempt, when a record is late, whether the data may accuse."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache, partial

from connector.i18n import N_
from connector.records import Finding
from connector.reports.coverage import LESSONS, next_day
from connector.reports.homework import Reading
from connector.reports.journal import Group, Journal, Lesson, in_time
from connector.rulebook import Rulebook, RuleSettings, group_matches, subject_matches

NOT_READ = "not_read"
READ_TOO_EARLY = "read_too_early"
GROUP_UNKNOWN = "group_unknown"
SUBJECT_UNKNOWN = "subject_unknown"
PARALLEL_UNKNOWN = "parallel_unknown"
NEXT_LESSON_UNKNOWN = "next_lesson_unknown"
PERIODS_UNKNOWN = "periods_unknown"
NO_RULEBOOK = "no_rulebook"
# Of the school's own files: what is not in them, or proves nothing.
NO_TOPIC_PLAN = "no_topic_plan"
NO_TIMETABLE = "no_timetable"
NO_CLASS_LIST = "no_class_list"
LIST_INCOMPLETE = "list_incomplete"
PLAN_INCOMPLETE = "plan_incomplete"
PLAN_DAYS = "plan_days"
PLAN_OTHER_YEAR = "plan_other_year"

GAP_REASONS: Mapping[str, str] = {
    NOT_READ: N_("never read from the vendor"),
    READ_TOO_EARLY: N_("read before the deadline had passed"),
    GROUP_UNKNOWN: N_("the group is not in the mirror"),
    SUBJECT_UNKNOWN: N_("the subject is not in the mirror"),
    PARALLEL_UNKNOWN: N_("the year group is not known"),
    NEXT_LESSON_UNKNOWN: N_("the next lesson is not known yet"),
    PERIODS_UNKNOWN: N_("no reporting periods are known"),
    NO_RULEBOOK: N_("no rulebook is in force on that day"),
    NO_TOPIC_PLAN: N_("the school's files hold no topic plan for it"),
    NO_TIMETABLE: N_("the school's files hold no timetable for it"),
    NO_CLASS_LIST: N_("the school's files hold no class list for it"),
    LIST_INCOMPLETE: N_("rows of the class lists were refused"),
    PLAN_INCOMPLETE: N_("rows of the topic plan were refused"),
    PLAN_DAYS: N_("the dates of the topic plan are out of order"),
    PLAN_OTHER_YEAR: N_("the topic plan is of another study year"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A lesson that lacks something as far as the mirror knows, but the mirror does not know enough to say so.

    Attributes:
        rule: the rule that stays silent; empty when all do.
        reason: key of `GAP_REASONS`.
        lesson: about which nothing is said.

    """

    rule: str
    reason: str
    lesson: Lesson


Outcome = Finding | Gap


@dataclass(frozen=True, slots=True)
class Need:
    """Data that must have been read before somebody may be accused.

    Attributes:
        resource: catalogue name of the windows.
        day: the day the windows must hold.
        after: the day whose end must have passed when they were read.

    """

    resource: str
    day: date
    after: date


@dataclass(frozen=True, slots=True)
class Scene:
    """One school on one day, ready to be judged.

    Attributes:
        journal: the school.
        rulebook: what the school decided.
        as_of: the day of judging in the school's zone; a record due on this day is not late yet.
        zone: the school's zone.
        held: lessons held before `as_of`, in order of days; all of them have a known group.
        homework: how homework is read.

    """

    journal: Journal
    rulebook: Rulebook
    as_of: date
    zone: tzinfo
    held: tuple[Lesson, ...]
    homework: Reading

    def case(self, settings: RuleSettings) -> "Case":
        """One rule before this school."""
        return Case(
            self.journal, self.rulebook, self.as_of, self.zone, self.held, self.homework, settings
        )

    def group(self, lesson: Lesson) -> Group:
        """Group of a held lesson."""
        return self.journal.groups[lesson.group_id]  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Case(Scene):
    """One rule before one school: everything it may look at, and nothing else.

    Attributes:
        settings: the rule's own part of the rulebook.

    """

    settings: RuleSettings

    def each_late(
        self, lacks: Callable[[Lesson], bool], verdict: Callable[[Lesson, date], Outcome | None]
    ) -> Iterator[Outcome]:
        """Ask for a verdict on each held lesson that lacks something, is not exempt and is past its deadline.

        Args:
            lacks: cheap test, asked first.
            verdict: asked with the lesson and the last day on which the record would have been in time; None acquits.

        """
        exempt = self.exempt_groups()
        for lesson in self.held:
            if lesson.group_id in exempt or not lacks(lesson):
                continue
            group = self.group(lesson)
            due_on = self.due_on(group.id, lesson.day)
            if due_on is None or due_on >= self.as_of:
                continue
            if self.settings.exempt_parallels and not group.parallels:
                yield self.gap(lesson, PARALLEL_UNKNOWN)
                continue
            outcome = verdict(lesson, due_on)
            if outcome is not None:
                yield outcome

    def due_on(self, group_id: int, day: date) -> date | None:
        """Last day on which a record of that day is in time; None when the known year has none left."""
        return self.journal.calendar.working_day_after(
            group_id, day, self.settings.due_working_days
        )

    def exempt_groups(self) -> set[int]:
        """Groups that the rule does not concern."""
        return {key for key, group in self.journal.groups.items() if self._is_exempt(group)}

    def accuse(
        self, lesson: Lesson, due_on: date, *needs: Need, persons: tuple[int, ...] = ()
    ) -> Outcome:
        """A finding when all needed data were read late enough, else a gap."""
        gap = self.gap_in(lesson, *needs)
        if gap is not None:
            return gap
        return Finding(
            rule=self.settings.id,
            clause=self.settings.clause,
            severity=self.settings.severity,
            edu_group_id=self.group(lesson).id,
            subject_id=lesson.subject_id,
            teacher_ids=lesson.teacher_ids,
            lesson_id=lesson.id,
            lesson_number=lesson.number,
            date=lesson.day,
            due_on=due_on,
            due_at=utc_text(end_of_day(due_on, self.zone) - timedelta(seconds=1)),
            days_late=(self.as_of - due_on).days,
            read_at=utc_text(min(at for at in map(partial(self._read_at, lesson), needs) if at)),
            person_ids=persons,
        )

    def gap_in(self, lesson: Lesson, *needs: Need) -> Gap | None:
        """What keeps the needed data from accusing anybody: never read, or too early; None when nothing does."""
        for need in needs:
            at = self._read_at(lesson, need)
            if at is None:
                return self.gap(lesson, NOT_READ)
            if at < end_of_day(need.after, self.zone) and not self.journal.clock_differs:
                return self.gap(lesson, READ_TOO_EARLY)
        return None

    def _read_at(self, lesson: Lesson, need: Need) -> datetime | None:
        return self.journal.coverage.read_at(need.resource, self.group(lesson).id, need.day)

    def gap(self, lesson: Lesson, reason: str) -> Gap:
        """Nothing can be said about this lesson."""
        return Gap(self.settings.id, reason, lesson)

    def pupils_to_mark(self, lesson: Lesson) -> frozenset[int] | None:
        """Pupils of a lesson's group who are not freed from its subject; None when the group's pupils are not known."""
        members = self.group(lesson).active_members
        if not members:
            return None
        released = self.journal.released
        return frozenset(one for one in members if (one, lesson.subject_id) not in released)

    def subject_is_in(self, lesson: Lesson, patterns: tuple[str, ...]) -> bool | None:
        """Whether the lesson's subject is named by a pattern; None when the subject's name is unknown."""
        name = (
            None
            if lesson.subject_id is None
            else self.journal.names.subjects.get(lesson.subject_id)
        )
        return subject_matches(name, patterns) if name else None

    def _is_exempt(self, group: Group) -> bool:
        if not group.parallels.isdisjoint(self.settings.exempt_parallels):
            return True
        return self.settings.exempt_home_schooling and group_matches(
            group.name, self.rulebook.home_schooling_groups
        )


def held_lessons(
    journal: Journal, rulebook: Rulebook, as_of: date
) -> tuple[tuple[Lesson, ...], list[Gap]]:
    """Lessons that were held before `as_of`, in order of days, and those whose group is not known."""
    held: list[Lesson] = []
    gaps: list[Gap] = []
    reads: dict[str | None, bool] = {}
    for lesson in journal.lessons:
        if lesson.day >= as_of or not _means_held(reads, rulebook, lesson.status):
            continue
        if lesson.group_id is None or lesson.group_id not in journal.groups:
            gaps.append(Gap("", GROUP_UNKNOWN, lesson))
        elif not journal.calendar.is_holiday(lesson.group_id, lesson.day):
            held.append(lesson)
    held.sort(key=in_time)
    return tuple(held), gaps


def _means_held(reads: dict[str | None, bool], rulebook: Rulebook, status: str | None) -> bool:
    if status not in reads:
        reads[status] = rulebook.statuses.means_held(status)
    return reads[status]


def read_lesson(lesson: Lesson) -> Need:
    """The lesson itself must have been read after its day: only then is it known to have been held."""
    return Need(LESSONS, lesson.day, lesson.day)


@lru_cache(maxsize=4096)  # the few hundred days of a year are asked a hundred thousand times
def end_of_day(day: date, zone: tzinfo) -> datetime:
    """First moment after a local day, in UTC: moments of one zone are compared fastest."""
    return datetime.combine(next_day(day), time.min, zone).astimezone(UTC)


def utc_text(moment: datetime) -> str:
    """A moment as documents show it: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
