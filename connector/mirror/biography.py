"""What happened to one mark, to one pupil or teacher, at one lesson: rows with all that the mirror saw of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.mirror.history import MOVED, Event, events, run_at
from connector.records import TABLES, Row

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

# Keys of the rows that belong to a person or a lesson, table by table.
_OF_PERSON = {
    "persons": "SELECT id FROM persons WHERE id = ?1",
    "staff": "SELECT person_id FROM staff WHERE person_id = ?1",
    "memberships": "SELECT person_id, edu_group_id, role FROM memberships WHERE person_id = ?1 ORDER BY 2, 3",
    "class_teachers": "SELECT edu_group_id, person_id FROM class_teachers WHERE person_id = ?1 ORDER BY 1",
    "lesson_log_entries": (
        "SELECT e.lesson_id, e.person_id FROM lesson_log_entries e LEFT JOIN lessons l ON l.id = e.lesson_id"
        " WHERE e.person_id = ?1 ORDER BY l.date, l.number, 1"
    ),
    "marks": (
        "SELECT m.id FROM marks m LEFT JOIN lessons l ON l.id = m.lesson_id WHERE m.person_id = ?1"
        " ORDER BY l.date, l.number, 1"
    ),
    "final_marks": "SELECT id FROM final_marks WHERE person_id = ?1 ORDER BY subject_id, reporting_period_id, 1",
}
_OF_LESSON = {
    "lessons": "SELECT id FROM lessons WHERE id = ?1",
    "lesson_teachers": "SELECT lesson_id, person_id FROM lesson_teachers WHERE lesson_id = ?1 ORDER BY 2",
    "works": "SELECT id FROM works WHERE lesson_id = ?1 ORDER BY 1",
    "lesson_log_entries": "SELECT lesson_id, person_id FROM lesson_log_entries WHERE lesson_id = ?1 ORDER BY 2",
    "marks": "SELECT id FROM marks WHERE lesson_id = ?1 ORDER BY person_id, 1",
}
_OF_MARK = {"marks": "SELECT id FROM marks WHERE id = ?1"}
SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "mark": _OF_MARK,
    "person": _OF_PERSON,
    "lesson": _OF_LESSON,
}
# The column that says whose a row was, where it can change.
_PLACE = {"person": "person_id", "lesson": "lesson_id"}
_MOVING = ("works", "marks", "final_marks")


@dataclass(frozen=True, slots=True)
class Biography:
    """One row and what happened to it.

    Attributes:
        resource: its table.
        key: its key.
        values: its columns at the moment asked for.
        shown: whether the diary showed it then.
        events: what happened until then, the oldest first; the first is its first sight.

    """

    resource: str
    key: Row
    values: Mapping[str, Any]
    shown: bool
    events: tuple[Event, ...]

    @property
    def changed(self) -> bool:
        """Whether anything happened after the first sight."""
        return len(self.events) > 1


def biographies(query: Query, subject: str, number: int, when: datetime) -> list[Biography]:
    """All rows of a subject as of a moment; empty when the mirror knew nothing of it.

    Args:
        query: the mirror's SELECT.
        subject: `mark`, `person` or `lesson`.
        number: the vendor's id.
        when: an aware moment.

    """
    run = run_at(query, when)
    found: list[Biography] = []
    for table, sql in SUBJECTS[subject].items():
        keys = dict.fromkeys(query(sql, (number,)))
        keys |= dict.fromkeys(_left(query, subject, table, number))
        found += filter(None, (biography(query, table, key, run) for key in keys))
    return found


def biography(query: Query, table_name: str, key: Row, run: int) -> Biography | None:
    """One row with its events up to a run; None when it was not known by then."""
    past = tuple(event for event in events(query, table_name, key) if event.run_id <= run)
    if not past:
        return None
    values: dict[str, Any] = {}
    for event in past:
        values |= event.after
    return Biography(table_name, key, values, past[-1].op != "withdraw", past)


def _left(query: Query, subject: str, table: str, number: int) -> Iterable[Row]:
    """Keys of rows that once were the subject's and are somebody else's now."""
    if subject not in _PLACE or table not in _MOVING:
        return []
    width = len(TABLES[table].key)
    parts = ", ".join(f"json_extract(key, '$[{place}]')" for place in range(width))
    return query(
        f"SELECT DISTINCT {parts} FROM changes INDEXED BY changes_of_place"
        f" WHERE resource = ? AND {MOVED} AND json_extract(before, '$.{_PLACE[subject]}') = ?",
        (table, number),
    )
