"""Lessons of an aSc export with names in place of ids; every one that cannot be read is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from connector.i18n import _
from mappings.asc_cards import LessonFacts, dangling, split_ids
from mappings.asc_names import Names, Part
from mappings.asc_week import hours, whole
from mappings.asc_xml import Row
from mappings.findings import Findings, RowRefused, shorten

# The longest lesson aSc lets one make is shorter than a day; a greater number is a damaged one.
_LONGEST = 12


class Lesson(NamedTuple):
    """A lesson row.

    `declared` is None where the hours a week cannot be read.
    """

    line: int
    edu_groups: tuple[str, ...]
    subgroups: tuple[str, ...]
    subject: str
    teachers: tuple[str, ...]
    declared: float | None
    length: int


class _ClassRefused(Exception):
    """A lesson of a class that was refused: told there."""


def lesson_facts(rows: list[Row], weeks: Mapping[str, str]) -> dict[str, LessonFacts]:
    """What cards need of lessons, of those too that will be refused, so that their cards do not seem to dangle.

    Args:
        rows: the lessons.
        weeks: masks by id; of "" every week.

    """
    return {
        row["id"]: _facts(
            row.get("weeks") or weeks.get(row.get("weeksdefid", ""), "?"),
            row.get("periodspercard", ""),
        )
        for _line, row in rows
        if row.get("id")
    }


@lru_cache(maxsize=256)
def _facts(weeks: str, length: str) -> LessonFacts:
    return LessonFacts(weeks, min(max(whole(length) or 1, 1), _LONGEST))


@dataclass(slots=True)
class LessonReader:
    """Reads the lessons of one file.

    Attributes:
        names: what ids mean.
        missing: tables the export does not have: their ids are left out, and the table is told once.

    """

    names: Names
    missing: frozenset[str]
    findings: Findings
    _whos: dict[tuple[str, str | None], tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=dict
    )
    _teachers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, rows: list[Row]) -> dict[str, Lesson]:
        """Lessons by id."""
        lessons: dict[str, Lesson] = {}
        seen: set[str] = set()
        for line, row in rows:
            try:
                lesson_id = self._new_id(row, seen)
                lesson = self._lesson(line, row)
            except RowRefused as no:
                self.findings.refuse_row("lessons", line, no)
            except _ClassRefused:
                continue
            else:
                lessons[lesson_id] = lesson
                self._doubt(lesson, row)
        return lessons

    def _new_id(self, row: Mapping[str, str], seen: set[str]) -> str:
        lesson_id = row.get("id", "")
        if not lesson_id or lesson_id in seen:
            raise RowRefused(
                "id_twice" if lesson_id else "no_id",
                "id",
                lesson_id,
                _("Two rows of this table have one id.") if lesson_id else _("This row has no id."),
                _("Export the timetable from aSc again; do not edit the export by hand."),
            )
        seen.add(lesson_id)
        return lesson_id

    def _lesson(self, line: int, row: Mapping[str, str]) -> Lesson:
        subject_id = row.get("subjectid", "")
        if subject_id not in self.names.subjects:
            raise dangling("subjectid", subject_id, "subjects")
        subject = self.names.subjects[subject_id]
        if not subject:
            raise RowRefused(
                "subject_nameless",
                "subjectid",
                subject_id,
                _("The subject of this lesson has no name."),
                _("Name the subject in aSc."),
            )
        # The 2008 schema can name one class or teacher without a list.
        classes = row.get("classids", row.get("classid", ""))
        who = (classes, row.get("groupids"))
        if who not in self._whos:
            self._whos[who] = self._who(*who)
        edu_groups, subgroups = self._whos[who]
        teachers = row.get("teacherids", row.get("teacherid", ""))
        if teachers not in self._teachers:
            self._teachers[teachers] = self._teacher_names(teachers)
        return Lesson(
            line,
            edu_groups,
            subgroups,
            subject,
            self._teachers[teachers],
            hours(row.get("periodsperweek", "")),
            whole(row.get("periodspercard", "")) or 1,
        )

    def _teacher_names(self, ids: str) -> tuple[str, ...]:
        if "teachers" in self.missing:
            return ()
        for teacher_id in split_ids(ids):
            if teacher_id not in self.names.teachers:
                raise dangling("teacherids", teacher_id, "teachers")
        found = (self.names.teachers[teacher_id] for teacher_id in split_ids(ids))
        return tuple(dict.fromkeys(filter(None, found)))

    def _who(self, classes: str, groups: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        edu_groups = set()
        for class_id in split_ids(classes):
            if class_id not in self.names.classes:
                raise dangling("classids", class_id, "classes")
            name = self.names.classes[class_id]
            if name is None:
                raise _ClassRefused
            edu_groups.add(name)
        parts: list[Part] = []
        for group_id in split_ids(groups or ""):
            if group_id not in self.names.parts:
                raise dangling("groupids", group_id, "groups")
            part = self.names.parts[group_id]
            if part is None:
                raise _ClassRefused
            parts.append(part)
        if parts and {part.edu_group for part in parts} != edu_groups:
            raise RowRefused(
                "classes_contradict_groups",
                "groupids",
                ", ".join(sorted(edu_groups)),
                _("The classes of this lesson are not those of its groups."),
                _("Export the timetable from aSc again; do not edit the export by hand."),
            )
        return tuple(sorted(edu_groups, key=self.names.order.__getitem__)), subgroup_names(parts)

    def _doubt(self, lesson: Lesson, row: Mapping[str, str]) -> None:
        if not lesson.edu_groups:
            self.findings.doubt(
                "lesson_without_class",
                ("lessons", lesson.line, "classids"),
                lesson.subject,
                _("No class has this lesson: a meeting or a duty; it is not planned."),
                _("Nothing to do, or name the class in aSc."),
            )
        elif not split_ids(row.get("groupids", "all")):
            self.findings.doubt(
                "no_groups",
                ("lessons", lesson.line, "groupids"),
                lesson.subject,
                _("No group of the class is named; the lesson is read as one of the whole class."),
                _("Choose the group in aSc, at least the whole class."),
            )
        if not lesson.teachers and "teachers" not in self.missing:
            self.findings.doubt(
                "lesson_without_teacher",
                ("lessons", lesson.line, "teacherids"),
                lesson.subject,
                _("Nobody teaches this lesson."),
                _("Name the teacher in aSc, or leave the lesson without one."),
            )
        if row.get("seminargroup") or row.get("studentids"):
            self.findings.doubt(
                "chosen_by_pupils",
                ("lessons", lesson.line, "seminargroup"),
                lesson.subject,
                _("Single pupils are entered for this lesson; who they are is not read."),
                _("Keep the members of the subgroup in the class lists."),
            )
        if lesson.declared is None:
            self.findings.doubt(
                "hours_unreadable",
                ("lessons", lesson.line, "periodsperweek"),
                shorten(row.get("periodsperweek", "")),
                _("The hours a week are no number; what is placed counts as declared."),
                _("Export the timetable from aSc again with the column periodsperweek."),
            )


def subgroup_names(parts: list[Part]) -> tuple[str, ...]:
    """Names of the parts in the file's order, empty for whole classes.

    Where several classes give different parts, each name is led by its class (`5Б: 1 группа`): two such streams
    would else look the same.
    """
    by_class: dict[str, list[str]] = {}
    for part in parts:
        by_class.setdefault(part.edu_group, []).append(part.name)
    found = [() if "" in names else tuple(dict.fromkeys(names)) for names in by_class.values()]
    if not any(found):
        return ()
    if len({frozenset(names) for names in found}) == 1:
        return found[0]
    return tuple(
        f"{edu_group}: {name}"
        for edu_group, names in zip(by_class, found, strict=True)
        for name in names
    )
