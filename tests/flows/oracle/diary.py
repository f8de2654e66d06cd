"""A mirror as plain rows, read table by table: the ground of a second opinion on every report.

Written from docs/schema.md, docs/rules.md and docs/reports.md alone. Slow and obvious; nothing of the reports is used.
"""

import sqlite3
from collections import defaultdict
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

MISSED = {"Absent", "Ill", "Pass"}
FREED = "осв."
NOT_HELD = ("cancel", "отмен", "annul", "moved", "перенес", "notheld", "not held", "не состоял")
NOT_HELD += ("не провед", "deleted", "удален")
UNGRADED = ("разговоры о важном", "классный час", "орксэ", "однкнр")
UNGRADED += ("основы религиозных культур и светской этики",)
UNGRADED += ("основы духовно-нравственной культуры народов россии",)
WITHOUT_HOMEWORK = ("разговоры о важном", "классный час")
ONE = timedelta(days=1)


def parts_of(value):
    """`4/3` is two marks, н/а is one."""
    parts = [part.strip() for part in value.split("/")]
    return parts if parts[-1][:1].isdigit() else [value] * bool(value)


class Diary:
    """What the mirror holds, judged at the start of `today`: lessons of this day are not over."""

    def __init__(self, path, today, zone="Europe/Moscow"):
        self.today = today
        self.zone = ZoneInfo(zone)
        self._held = None
        self._file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._file.row_factory = sqlite3.Row
        self._read_people()
        self._read_calendar()
        self._read_lessons()
        self._read_cells()
        self._read_windows()
        self._file.close()

    def rows(self, table, which="withdrawn_run IS NULL"):
        found = self._file.execute(f"SELECT * FROM {table} WHERE {which}")
        return [SimpleNamespace(**dict(row)) for row in found]

    def _read_people(self):
        self.groups = {one.id: one for one in self.rows("edu_groups")}
        self.parents = defaultdict(set)
        for one in self.rows("edu_group_parents"):
            self.parents[one.edu_group_id].add(one.parent_id)
        self.now, self.ever = defaultdict(set), defaultdict(set)
        for one in self.rows("memberships", "1"):
            if one.role == "EduStudent":
                self.ever[one.edu_group_id].add(one.person_id)
                if one.status == "Active" and one.withdrawn_run is None:
                    self.now[one.edu_group_id].add(one.person_id)
        self.subjects = {one.id: one.name for one in self.rows("subjects")}
        self.weights = {one.id: one.weight for one in self.rows("work_types")}
        self.kinds = {one.id: one.kind for one in self.rows("work_types")}

    def _read_calendar(self):
        spans = {one.id: one for one in self.rows("reporting_periods")}
        self._periods = defaultdict(list)
        for one in self.rows("edu_group_reporting_periods"):
            self._periods[one.edu_group_id].append(spans[one.reporting_period_id])
        rests = {one.id: one for one in self.rows("holidays")}
        self._rests = defaultdict(list)
        for one in self.rows("edu_group_holidays"):
            self._rests[one.edu_group_id].append(rests[one.holiday_id])
        for one in [*spans.values(), *rests.values()]:
            one.start, one.finish = date.fromisoformat(one.start), date.fromisoformat(one.finish)

    def _read_lessons(self):
        self.lessons = {}
        for one in self.rows("lessons"):
            one.day, one.group, one.subject = (
                date.fromisoformat(one.date),
                one.edu_group_id,
                one.subject_id,
            )
            one.teachers = set()
            one.works = []
            one.homework = []
            one.marks = []
            self.lessons[one.id] = one
        for one in self.rows("lesson_teachers"):
            if one.lesson_id in self.lessons:
                self.lessons[one.lesson_id].teachers.add(one.person_id)
        self.works = {one.id: one for one in self.rows("works")}
        for one in self.works.values():
            if one.lesson_id in self.lessons:
                kind = "homework" if one.type == "Homework" else "works"
                getattr(self.lessons[one.lesson_id], kind).append(one)
        self.in_order = sorted(self.lessons.values(), key=lambda one: (one.day, one.number, one.id))
        self._weeks = {}

    def _read_cells(self):
        self.marks = self.rows("marks")
        self.cell = defaultdict(list)
        for one in self.marks:
            one.values = parts_of(one.value or "")
            one.is_freed = one.value == FREED
            work = self.works.get(one.work_id)
            one.work = work
            one.moment = self.local(one.given_at)
            if one.lesson_id in self.lessons:
                self.lessons[one.lesson_id].marks.append(one)
                self.cell[one.person_id, one.lesson_id].append(one)
        self.entries = self.rows("lesson_log_entries")
        self.entry = {(one.person_id, one.lesson_id): one for one in self.entries}
        self.finals = self.rows("final_marks")
        held = {one.id for one in self.held()}
        self.freed = {
            (one.person_id, self.lessons[one.lesson_id].subject)
            for one in self.marks
            if one.is_freed and one.lesson_id in held
        }
        self.freed |= {(one.person_id, one.subject_id) for one in self.finals if one.value == FREED}
        self.first_trace = {}
        self.traced_in = defaultdict(set)
        traces = [one for one in self.entries if one.status != "Attend"]
        for one in [*self.marks, *traces]:
            lesson = self.lessons.get(one.lesson_id)
            if lesson and lesson.id in held:
                known = self.first_trace.get(one.person_id, lesson.day)
                self.first_trace[one.person_id] = min(known, lesson.day)
                self.traced_in[one.person_id].add(lesson.group)

    def _read_windows(self):
        self.read_days = defaultdict(set)
        for one in self._file.execute("SELECT * FROM coverage WHERE resource = 'lessons'"):
            if one["state"] == "done":
                day, last = (date.fromisoformat(one[key]) for key in ("covered_from", "covered_to"))
                while day <= last:
                    self.read_days[one["edu_group_id"]].add(day)
                    day += ONE

    def is_read(self, group, period):
        """Whether the lessons of a group were read on all days of a period."""
        days = range((period.finish - period.start).days + 1)
        return all(period.start + timedelta(days=one) in self.read_days[group] for one in days)

    def local(self, moment):
        """A moment of the mirror on the school's clock."""
        if moment is None:
            return None
        return datetime.fromisoformat(moment).astimezone(self.zone)

    # Groups and people

    def classes_of(self, group):
        """The classes a group stands for: itself, or those it was split from."""
        return self.parents[group] or {group}

    def is_class(self, group):
        """A group with pupils that is no subgroup."""
        return self.groups[group].type != "Subgroup" and bool(self.ever[group])

    def class_now(self, person):
        """The class of today, or None."""
        found = [g for g in self.groups if self.is_class(g) and person in self.now[g]]
        return found[0] if found else None

    def groups_now(self, person):
        return {group for group, members in self.now.items() if person in members}

    def groups_ever(self, person):
        return {group for group, members in self.ever.items() if person in members}

    def has_changed(self, person):
        """Whether a pupil of today was in another group this year, or left traces in a class that is not the pupil's."""
        here = self.groups_now(person)
        homes = {home for group in here for home in self.classes_of(group)}
        foreign = [one for one in self.traced_in[person] if not self.classes_of(one) & homes]
        return bool(self.groups_ever(person) - here or foreign)

    def parallels(self, group):
        own = {self.groups[one].parallel for one in self.classes_of(group) if one in self.groups}
        return own | {self.groups[group].parallel}

    def is_first_year(self, group):
        return self.parallels(group) == {1}

    def is_at_home(self, group):
        names = [self.groups[one].name for one in {group} | self.parents[group]]
        return any(
            "надомн" in n or "Надомн" in n or "НАДОМН" in n or n.endswith("НО") for n in names
        )

    def is_ungraded(self, subject):
        return self.subjects[subject].lower().replace("ё", "е").startswith(UNGRADED)

    def has_no_homework(self, subject):
        return self.subjects[subject].lower().startswith(WITHOUT_HOMEWORK)

    # Days

    def periods(self, group):
        own = self._periods[group] or [
            one for parent in self.parents[group] for one in self._periods[parent]
        ]
        return sorted({one.id: one for one in own}.values(), key=lambda one: one.start)

    def period_at(self, group, day):
        """The shortest period that holds a day: a quarter rather than a year."""
        found = [one for one in self.periods(group) if one.start <= day <= one.finish]
        return min(found, key=lambda one: one.finish - one.start, default=None)

    def is_holiday(self, group, day):
        own = self._rests[group] or [
            one for parent in self.parents[group] for one in self._rests[parent]
        ]
        return any(one.start <= day <= one.finish for one in own)

    def has_saturdays(self, groups):
        """Whether there are lessons on Saturdays of at least half of the weeks in some groups together."""
        days = {one.day for one in self.in_order if one.group in groups}
        weeks = {day - timedelta(days=day.weekday()) for day in days}
        saturdays = [day for day in days if day.weekday() == 5]
        return bool(weeks) and 2 * len(saturdays) >= len(weeks)

    def has_six_days(self, group):
        """Whether all pupils of a group have lessons on Saturdays, in whichever of their groups."""
        if group not in self._weeks:
            sets = {frozenset(self.groups_now(person)) for person in self.now[group]}
            self._weeks[group] = all(map(self.has_saturdays, sets or {frozenset({group})}))
        return self._weeks[group]

    def is_working(self, group, day):
        """No Sunday, no holiday, no Saturday of a short week, no day between periods; the summer after them counts."""
        if day.weekday() == 6 or (day.weekday() == 5 and not self.has_six_days(group)):
            return False
        last = max((one.finish for one in self.periods(group)), default=date.max)
        if day > last:
            return last.month >= 5 and 5 <= day.month <= 8
        return bool(self.period_at(group, day)) and not self.is_holiday(group, day)

    def due(self, group, day, working_days):
        """The last day in time; date.max where the year has no working day left."""
        last = day + timedelta(days=200)
        while working_days:
            if day > last:
                return date.max
            day += ONE
            working_days -= self.is_working(group, day)
        return day

    def is_past(self, group, day, working_days):
        return self.due(group, day, working_days) < self.today

    # Lessons

    def took_place(self, lesson):
        """Neither called off nor in holidays, whether past or to come."""
        status = (lesson.status or "").lower()
        return not any(word in status for word in NOT_HELD) and not self.is_holiday(
            lesson.group, lesson.day
        )

    def held(self):
        """Lessons that count: over, not called off, not in holidays."""
        if self._held is None:
            self._held = [
                one for one in self.in_order if one.day < self.today and self.took_place(one)
            ]
        return self._held

    def lessons_in(self, groups):
        """All lessons of some groups, past and to come, in order of time."""
        return [one for one in self.in_order if one.group in groups and self.took_place(one)]

    def is_away(self, person, lesson):
        entry = self.entry.get((person, lesson.id))
        return entry is not None and entry.status in MISSED

    def values(self, person, lesson):
        """The marks in one cell: `4/3` is two, «осв.» is none."""
        return [
            value
            for mark in self.cell[person, lesson.id]
            if not mark.is_freed
            for value in mark.values
        ]
