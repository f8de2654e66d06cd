"""Which lessons a reader asked to see: a span of days, and names of classes, teachers, subjects."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from connector.errors import NothingFits
from connector.i18n import N_, _
from connector.records import Finding
from connector.reports.calendar import Period, SchoolCalendar
from connector.reports.journal import Journal, Lesson
from connector.reports.report import Filters
from connector.rulebook import plain_text

# Number and name: quarters and half-years are numbered alike.
PeriodKey = tuple[int | None, str]

# More names than this help nobody in an error message.
_SHOWN = 40
_TEACHER = "--teacher"
_PUPIL = "--pupil"
_PEOPLE = (_TEACHER, _PUPIL)
# Latin letters that look like the Cyrillic letters of classes, as people type them.
_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids to show; None means all.

    Attributes:
        start: first day.
        end: last day.
        groups: classes with their subgroups.
        teachers: persons; a lesson is shown when one of its teachers is among them.
        subjects: by id.
        pupils: persons; of lessons those of their groups are shown, of findings those about them.
        periods: numbers and names of reporting periods; each class has its own days.
        calendar: where periods are looked up.

    """

    start: date
    end: date
    groups: frozenset[int] | None = None
    teachers: frozenset[int] | None = None
    subjects: frozenset[int] | None = None
    pupils: frozenset[int] | None = None
    periods: frozenset[PeriodKey] | None = None
    calendar: SchoolCalendar = field(default_factory=SchoolCalendar, repr=False)

    def shows(self, lesson: Lesson) -> bool:
        """Whether the lesson lies inside."""
        # Asked of every lesson several times: mostly nothing is chosen but the span.
        return (
            self.start <= lesson.day <= self.end
            and (self.periods is None or self.has_day(lesson.group_id, lesson.day))
            and (self.groups is None or lesson.group_id in self.groups)
            and (self.subjects is None or lesson.subject_id in self.subjects)
            and (self.teachers is None or not self.teachers.isdisjoint(lesson.teacher_ids))
        )

    def shows_finding(self, finding: Finding) -> bool:
        """Whether the finding lies inside."""
        return (
            self.has_day(finding.edu_group_id, finding.date)
            and (self.groups is None or finding.edu_group_id in self.groups)
            and (self.subjects is None or finding.subject_id in self.subjects)
            and (self.teachers is None or not self.teachers.isdisjoint(finding.teacher_ids))
            and (self.pupils is None or not self.pupils.isdisjoint(finding.person_ids))
        )

    def has_day(self, group_id: int | None, day: date) -> bool:
        """Whether a day of a group lies inside the span and the chosen periods."""
        if not self.start <= day <= self.end:
            return False
        if self.periods is None:
            return True
        period = self.calendar.of(group_id or 0).period_of(day)
        return period is not None and self.has_period(period)

    def has_period(self, period: Period) -> bool:
        """Whether a reporting period is among those that were asked for."""
        return self.periods is None or _key(period) in self.periods

    def has_group(self, group_id: int) -> bool:
        """Whether the group is shown; 0 stands for the whole school."""
        return self.groups is None or group_id == 0 or group_id in self.groups


def select(journal: Journal, filters: Filters, start: date, end: date) -> Selection:
    """Turn names into ids.

    Args:
        journal: whose names count.
        filters: class names as people type them («5 а», «5-А», Latin twins); teachers, subjects and pupils by id or by
            part of the name; periods by number, whatever they are called, or by name.
        start: first day to show.
        end: last day to show.

    Raises:
        NothingFits: a name fits nothing, which would otherwise look like a class without findings.

    """
    names = journal.names
    classes = _find("--class", filters.classes, names.groups, class_key, offered=_classes(journal))
    pupils = _find(_PUPIL, filters.pupils, names.pupils, plain_text)
    groups = None if classes is None else classes | _inside(journal, classes)
    if pupils is not None:
        theirs = frozenset(
            group.id for group in journal.groups.values() if not group.members.isdisjoint(pupils)
        )
        groups = theirs if groups is None else groups & theirs
    known = [
        period
        for group, calendar in journal.calendar.groups.items()
        if not groups or group in groups
        for period in calendar.periods
    ]
    periods = _periods(filters.periods, known)
    days = [one for one in known if periods is not None and _key(one) in periods]
    return Selection(
        # A memo about a quarter names the quarter's days.
        start=max(start, min((period.start for period in days), default=start)),
        end=min(end, max((period.finish for period in days), default=end)),
        groups=groups,
        teachers=_find(_TEACHER, filters.teachers, names.teachers, plain_text),
        subjects=_find("--subject", filters.subjects, names.subjects, plain_text),
        pupils=pupils,
        periods=periods,
        calendar=journal.calendar,
    )


def _key(period: Period) -> PeriodKey:
    return period.number, period.name


def _periods(wanted: tuple[str, ...], known: Iterable[Period]) -> frozenset[PeriodKey] | None:
    """The periods meant: people count from one, the vendor seems to count from zero."""
    if not wanted:
        return None
    keys = list(dict.fromkeys(map(_key, known)))
    labels = {
        place: name or str(number)
        for place, (number, name) in enumerate(keys)
        if name or number is not None
    }
    shift = 1 if any(number == 0 for number, _name in keys) else 0
    found: set[PeriodKey] = set()
    for text in wanted:
        # «1» is the first period, not every one with a 1 in its name.
        number = int(text) - shift if text.strip().isdecimal() else None
        numbered = {key for key in keys if number is not None and key[0] == number}
        if not numbered:
            fits = _find("--period", (text,), labels, plain_text, by_id=False) or ()
            numbered = {keys[place] for place in fits}
        found |= numbered
    return frozenset(found)


def _classes(journal: Journal) -> dict[int, str]:
    """Names of classes without their subgroups."""
    return {
        key: name
        for key, name in journal.names.groups.items()
        if key not in journal.groups or not journal.groups[key].class_ids - {key}
    }


def _inside(journal: Journal, classes: frozenset[int]) -> frozenset[int]:
    return frozenset(
        group.id for group in journal.groups.values() if not group.class_ids.isdisjoint(classes)
    )


def _find(
    option: str,
    wanted: tuple[str, ...],
    names: Mapping[int, str],
    plain: Callable[[str], str],
    *,
    offered: Mapping[int, str] | None = None,
    by_id: bool = True,
) -> frozenset[int] | None:
    """Ids of what fits; a name must fit whole where `offered` says which ones a reader is told."""
    if not wanted:
        return None
    found: set[int] = set()
    for text in wanted:
        part = plain(text)
        fits = {
            key
            for key, name in names.items()
            if (by_id and str(key) == text.strip())
            or plain(name) == part
            or (offered is None and part in plain(name))
            or (option in _PEOPLE and _is_meant(plain(name), part))
        }
        # Nothing at all is a part of every name.
        if not fits or not part:
            raise NothingFits(
                key=option,
                value=text,
                allowed=_listed(option, names if offered is None else offered),
            )
        found |= fits
    return frozenset(found)


def _is_meant(name: str, typed: str) -> bool:
    """Whether each word typed begins a word of its own in the name: «Ким А. С.», «Анна Ким»."""
    left = name.split()
    words = sorted(typed.replace(".", " ").split(), key=len, reverse=True)
    for word in words:
        found = next((one for one in left if one.startswith(word)), None)
        if found is None:
            return False
        left.remove(found)
    # Initials alone would mean half of the staff.
    return len(words) > 1 and len(words[0]) > 1


def _listed(option: str, names: Mapping[int, str]) -> str:
    """The names; of people only how many there are."""
    known = sorted(set(names.values()), key=natural)
    if option == _TEACHER:
        text = N_("{count} teachers, named by `dnevnik report teacher`")
        return _(text).format(count=len(known))
    if option == _PUPIL:
        return _("{count} pupils of the mirror, by id or by a part of the name").format(
            count=len(known)
        )
    return ", ".join(known[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")


def class_key(name: str) -> str:
    """A class's name as people type it («5 а», «5-А», «05а класс», Latin twins), brought to one form."""
    plain = plain_text(name).replace("класс", "").translate(_LOOKALIKES)
    return "".join(letter for letter in plain if letter.isalnum()).lstrip("0")


def natural(name: str) -> tuple[object, ...]:
    """Sort key that puts «5А» before «10А»."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, plain_text(part))
        for part in re.split(r"(\d+)", name)
        if part
    )
