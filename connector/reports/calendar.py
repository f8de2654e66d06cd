"""Reporting periods, holidays and working days of groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
# Saturday is a working day when this share of the weeks with lessons has lessons on Saturday. A single Saturday that
# makes up for a bridge day must not turn a school of five days into one of six.
SATURDAY_SHARE = 0.5
# A year ends in one of these; a last period that ends in others is only the last one that is known so far.
_LAST_MONTHS = range(5, 9)
# A group without lessons for longer than a summer has no next working day.
_FAR = 200


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period; both days belong to it.

    Attributes:
        start: first day.
        finish: last day.
        number: from one within its kind, or None.
        name: as the school wrote it, or empty.
        type: the vendor's word, such as `Quarter`, or empty.

    """

    start: date
    finish: date
    # Two records of the same days are one period to every rule.
    number: int | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)
    type: str = field(default="", compare=False)

    def holds(self, day: date) -> bool:
        """Whether the day belongs to the period."""
        return self.start <= day <= self.finish


@dataclass(frozen=True, slots=True)
class GroupCalendar:
    """The days of one group.

    Attributes:
        periods: reporting periods; empty means that none are known.
        holidays: likewise.
        saturdays: whether Saturday is a working day.

    """

    periods: tuple[Period, ...] = ()
    holidays: tuple[Period, ...] = ()
    saturdays: bool = False

    def is_holiday(self, day: date) -> bool:
        """Whether the day lies in a holiday."""
        return any(holiday.holds(day) for holiday in self.holidays)

    def period_of(self, day: date) -> Period | None:
        """The shortest period that holds the day: a quarter rather than a year."""
        return min(
            (p for p in self.periods if p.holds(day)),
            key=lambda p: p.finish - p.start,
            default=None,
        )

    def is_working(self, day: date) -> bool:
        """Whether people work that day. Where no periods are known, none limits the year.

        After the year's last period the teachers stay on: what its last lessons lack falls due then.
        """
        if day.weekday() == SUNDAY or (day.weekday() == SATURDAY and not self.saturdays):
            return False
        if not self.periods:
            return not self.is_holiday(day)
        if day > (last := max(period.finish for period in self.periods)):
            return last.month in _LAST_MONTHS and day.month in _LAST_MONTHS
        return self.period_of(day) is not None and not self.is_holiday(day)

    def working_day_after(self, day: date, count: int) -> date | None:
        """The `count`-th working day after `day`, `day` itself for 0; None when the known year has none left."""
        for _ in range(_FAR):
            if count == 0:
                return day
            day += _DAY
            if self.is_working(day):
                count -= 1
        return None


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """Calendars by group.

    Attributes:
        groups: calendars by group; a group that is absent has an empty one.
        saturdays_found: False when the rulebook says whether Saturday is a working day, True when the lessons do.

    """

    groups: Mapping[int, GroupCalendar] = field(default_factory=dict)
    saturdays_found: bool = True
    # Few calendars are different, and many lessons share a day.
    _kinds: dict[GroupCalendar, int] = field(default_factory=dict, repr=False, compare=False)
    _kind_of: dict[int, int] = field(default_factory=dict, repr=False, compare=False)
    _after: dict[tuple[int, date, int], date | None] = field(
        default_factory=dict, repr=False, compare=False
    )
    _free: dict[tuple[int, date], bool] = field(default_factory=dict, repr=False, compare=False)
    _periods: dict[tuple[int, date], Period | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of(self, group_id: int) -> GroupCalendar:
        """Calendar of a group."""
        return self.groups.get(group_id, _EMPTY)

    def is_holiday(self, group_id: int, day: date) -> bool:
        """Whether the day lies in a holiday of the group."""
        key = (self._kind(group_id), day)
        if key not in self._free:
            self._free[key] = self.of(group_id).is_holiday(day)
        return self._free[key]

    def period_of(self, group_id: int, day: date) -> Period | None:
        """The group's shortest period that holds the day."""
        key = (self._kind(group_id), day)
        if key not in self._periods:
            self._periods[key] = self.of(group_id).period_of(day)
        return self._periods[key]

    def working_day_after(self, group_id: int, day: date, count: int) -> date | None:
        """The group's `count`-th working day after `day`, `day` itself for 0; None when the known year has none left."""
        key = (self._kind(group_id), day, count)
        if key not in self._after:
            self._after[key] = self.of(group_id).working_day_after(day, count)
        return self._after[key]

    def _kind(self, group_id: int) -> int:
        if group_id not in self._kind_of:
            self._kind_of[group_id] = self._kinds.setdefault(self.of(group_id), len(self._kinds))
        return self._kind_of[group_id]


_EMPTY = GroupCalendar()


def weeks(
    days: Mapping[int, Iterable[date]], members: Mapping[int, Iterable[int]]
) -> Mapping[int, bool]:
    """Whether each group's pupils have lessons on Saturdays, in whichever of their groups.

    Classes of six days stand beside classes of five. A group of pupils of both keeps the shorter week: it accuses later.

    Args:
        days: days on which lessons stand, by group.
        members: pupils by group; of a group without any its own lessons tell.

    """
    groups_of: dict[int, set[int]] = {}
    for group, persons in members.items():
        for person in persons:
            groups_of.setdefault(person, set()).add(group)
    # Pupils of one class have few different sets of groups.
    found: dict[frozenset[int], bool] = {}

    def teaches(groups: frozenset[int]) -> bool:
        if groups not in found:
            found[groups] = teaches_on_saturdays(
                day for group in groups for day in days.get(group, ())
            )
        return found[groups]

    return {
        group: all(
            teaches(groups)
            for groups in {frozenset(groups_of[person]) for person in persons}
            or {frozenset((group,))}
        )
        for group, persons in members.items()
    }


def teaches_on_saturdays(days: Iterable[date]) -> bool:
    """Whether at least half of the weeks that have lessons have them on Saturday.

    Args:
        days: days on which lessons stand, repeated or not.

    """
    distinct = set(days)
    weeks = {day - day.weekday() * _DAY for day in distinct}
    saturdays = sum(day.weekday() == SATURDAY for day in distinct)
    return bool(weeks) and saturdays >= SATURDAY_SHARE * len(weeks)
