"""A part of the mirror as SQL: the rows that a class, a pupil, a subject or a period has in each table."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from connector.mirror.books import as_json

Condition = tuple[str, tuple[object, ...]]

EVERY: Condition = ("1", ())
# Which table a column points into, wherever it stands; what a restored row needs beside itself.
PARENTS = {
    "school_id": "schools",
    "edu_group_id": "edu_groups",
    "parent_id": "edu_groups",
    "subject_id": "subjects",
    "person_id": "persons",
    "reporting_period_id": "reporting_periods",
    "holiday_id": "holidays",
    "lesson_id": "lessons",
    "work_id": "works",
    "work_type_id": "work_types",
}
# Found beside a part, and shared with others: brought back, never taken away.
SHARED = ("edu_groups", "persons")


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the mirror; None means no limit.

    Attributes:
        groups: classes with their subgroups.
        persons: pupils.
        subjects: by id.
        periods: reporting periods.
        spans: (group, first day, last day) of these periods.

    """

    groups: frozenset[int] | None = None
    persons: frozenset[int] | None = None
    subjects: frozenset[int] | None = None
    periods: frozenset[int] | None = None
    spans: tuple[tuple[int, str, str], ...] | None = None

    def document(self) -> dict[str, list[str]]:
        """The ids, for the record of a run: never a name."""
        named = {
            "edu_groups": self.groups,
            "persons": self.persons,
            "subjects": self.subjects,
            "reporting_periods": self.periods,
        }
        return {
            name: [str(key) for key in sorted(keys)]
            for name, keys in named.items()
            if keys is not None
        }


def conditions(scope: Scope) -> dict[str, Condition]:
    """The condition of each table that has rows in the scope."""
    return _register(scope) | _journal(scope)


def _register(scope: Scope) -> dict[str, Condition]:
    """Who belongs to a class; of no concern to a subject or a period."""
    if scope.subjects is not None or scope.periods is not None:
        return {}
    groups, persons = _among("edu_group_id", scope.groups), _among("person_id", scope.persons)
    members = _all(groups, persons)
    if scope.persons is not None:
        return {"persons": _among("id", scope.persons), "memberships": members}
    there = (
        "edu_group_parents",
        "edu_group_subjects",
        "edu_group_reporting_periods",
        "edu_group_holidays",
        "class_teachers",
    )
    return {
        "edu_groups": _among("id", scope.groups),
        **dict.fromkeys(there, groups),
        "persons": _within("id", "person_id", "memberships", groups),
        "memberships": members,
    }


def _journal(scope: Scope) -> dict[str, Condition]:
    groups, subjects = _among("edu_group_id", scope.groups), _among("subject_id", scope.subjects)
    persons = _among("person_id", scope.persons)
    lessons = _all(groups, subjects, _on_days(scope.spans))
    at_lessons = _within("lesson_id", "id", "lessons", lessons)
    # Period and year marks hang on works without a lesson.
    bare = ("lesson_id IS NULL", ())
    if scope.spans is not None:
        works = at_lessons
    else:
        works = _any(at_lessons, _all(bare, groups, subjects))
    finals = _all(groups, subjects, persons, _among("reporting_period_id", scope.periods))
    theirs = {
        "tasks": _all(_within("work_id", "id", "works", works), persons),
        "marks": _all(
            _any(at_lessons, _all(bare, _within("work_id", "id", "works", works))), persons
        ),
        "lesson_log_entries": _all(at_lessons, persons),
        "final_marks": finals,
    }
    if scope.persons is not None:
        return theirs
    return {"lessons": lessons, "lesson_teachers": at_lessons, "works": works, **theirs}


def _among(column: str, ids: Collection[int] | None) -> Condition:
    if ids is None:
        return EVERY
    return f"{column} IN (SELECT value FROM json_each(?))", (as_json(sorted(ids)),)


def _on_days(spans: tuple[tuple[int, str, str], ...] | None) -> Condition:
    if spans is None:
        return EVERY
    inside = (
        "EXISTS (SELECT 1 FROM json_each(?) s WHERE json_extract(s.value, '$[0]') = edu_group_id"
        " AND substr(date, 1, 10) BETWEEN json_extract(s.value, '$[1]') AND json_extract(s.value, '$[2]'))"
    )
    return inside, (json.dumps(spans),)


def _within(column: str, target: str, table: str, condition: Condition) -> Condition:
    if condition == EVERY:
        return EVERY
    return f"{column} IN (SELECT {target} FROM {table} WHERE {condition[0]})", condition[1]


def _all(*parts: Condition) -> Condition:
    limits = [part for part in parts if part != EVERY]
    if not limits:
        return EVERY
    return " AND ".join(f"({sql})" for sql, _values in limits), sum((v for _s, v in limits), ())


def _any(*parts: Condition) -> Condition:
    if EVERY in parts:
        return EVERY
    return " OR ".join(f"({sql})" for sql, _values in parts), sum((v for _s, v in parts), ())
