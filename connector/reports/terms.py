"""Which reporting period a report is about, class by class, and who taught what in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from connector.reports.calendar import Period
from connector.reports.journal import Group, Journal
from connector.reports.making import Draft
from connector.reports.rules.case import NOT_READ, Gap, end_of_day
from connector.reports.rules.finals import FINALS
from connector.reports.selection import natural
from connector.rulebook import RuleSettings


@dataclass(frozen=True, slots=True)
class Term:
    """A class and one of its reporting periods.

    Attributes:
        group: the class.
        period: None when no period of the class is known or over.
        is_known: whether its period marks were read after its end; only then do they say anything.

    """

    group: Group
    period: Period | None
    is_known: bool


def classes(journal: Journal) -> list[Group]:
    """Classes with pupils, by name; subgroups are no classes."""
    found = [
        group
        for group in journal.groups.values()
        if group.active_members and group.class_ids == {group.id}
    ]
    return sorted(found, key=lambda group: (natural(group.name), group.id))


def terms(draft: Draft) -> Iterator[Term]:
    """The periods to show of each class: those that were asked for, else the last one that is over."""
    for group in classes(draft.journal):
        if draft.chosen.has_group(group.id):
            for period in periods_shown(draft, group) or (None,):
                yield Term(group, period, is_known(draft, group, period))


def periods_shown(draft: Draft, group: Group) -> tuple[Period, ...]:
    """Periods of a class: those that were asked for, also a running one; else the last that ended inside the span."""
    chosen = draft.chosen
    mine = draft.journal.calendar.of(group.id).periods
    if chosen.periods is not None:
        return tuple(
            p for p in mine if chosen.has_period(p) and _overlaps(p, chosen.start, chosen.end)
        )
    over = [
        p for p in mine if p.finish < draft.request.as_of and chosen.start <= p.finish <= chosen.end
    ]
    # The shortest of those that end together: a quarter rather than the year.
    return tuple(sorted(over, key=lambda p: (p.finish, p.start))[-1:])


def _overlaps(period: Period, start: date, end: date) -> bool:
    return period.start <= end and period.finish >= start


def is_known(draft: Draft, group: Group, period: Period | None) -> bool:
    """Whether the marks of a class's period were read after its end."""
    if period is None or period.finish >= draft.request.as_of:
        return False
    read_at = draft.journal.coverage.read_at(FINALS, group.id, period.finish)
    return read_at is not None and (
        draft.journal.clock_differs or read_at >= end_of_day(period.finish, draft.request.zone)
    )


def is_unmarked(draft: Draft, group: Group) -> bool:
    """Whether a class gets no period marks: its year group is taught without marks."""
    exempt = draft.rulebook.rules.get("FINAL", RuleSettings("FINAL")).exempt_parallels
    return bool(group.parallels) and group.parallels <= exempt


def gaps_of(draft: Draft, shown: Iterable[Term]) -> Iterator[Gap]:
    """Classes whose period is over and whose marks nobody knows."""
    last = {lesson.group_id: lesson for lesson in draft.shown}
    for one in shown:
        over = one.period is not None and one.period.finish < draft.request.as_of
        if over and not one.is_known and one.group.id in last:
            yield Gap("", NOT_READ, last[one.group.id])


@dataclass(slots=True)
class Teachers:
    """Who taught a subject in a period, to whom."""

    draft: Draft
    _by_period: dict[Period | None, dict[tuple[int, int], Counter[int]]] = field(
        default_factory=dict
    )
    _found: dict[tuple[int, int, Period | None], tuple[int, ...]] = field(default_factory=dict)
    _groups: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)

    def of(self, person: int, subject: int, period: Period | None) -> tuple[int, ...]:
        """Those who held most lessons of the subject in the pupil's groups, several when as many; empty: nobody is known.

        Args:
            person: the pupil.
            subject: the subject.
            period: None for the whole year.

        """
        key = (person, subject, period)
        if key not in self._found:
            self._found[key] = self._most(*key)
        return self._found[key]

    def _most(self, person: int, subject: int, period: Period | None) -> tuple[int, ...]:
        lessons = self._lessons(period)
        for groups in self._groups_of(person):
            held: Counter[int] = Counter()
            for group in groups:
                held.update(lessons.get((group, subject), {}))
            if held:
                most = max(held.values())
                return tuple(sorted(who for who, count in held.items() if count == most))
        return ()

    def _lessons(self, period: Period | None) -> dict[tuple[int, int], Counter[int]]:
        """Lessons by group and subject, then by teacher."""
        if period not in self._by_period:
            found: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
            for lesson in self.draft.scene.held:
                if lesson.subject_id is not None and (period is None or period.holds(lesson.day)):
                    found[lesson.group_id or 0, lesson.subject_id].update(lesson.teacher_ids)
            self._by_period[period] = found
        return self._by_period[period]

    def _groups_of(self, person: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Groups the pupil is in, and those the pupil was in."""
        if not self._groups:
            now: dict[int, list[int]] = defaultdict(list)
            once: dict[int, list[int]] = defaultdict(list)
            for group in self.draft.journal.groups.values():
                for member in group.members:
                    (now if member in group.active_members else once)[member].append(group.id)
            for member in now.keys() | once.keys():
                self._groups[member] = (tuple(now[member]), tuple(once[member]))
        return self._groups.get(person, ((), ()))
