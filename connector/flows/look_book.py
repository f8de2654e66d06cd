"""What teachers entered, out of a mirror or a restored backup: named SELECTs into `Book`."""

import json
from collections.abc import Iterable, Sequence
from datetime import date

from connector.mirror.store import Mirror
from connector.planned import (
    WORK_VALUES,
    Book,
    BookEntry,
    BookLesson,
    BookMark,
    BookWork,
    FinalKey,
)

LESSONS = """
SELECT l.id, l.edu_group_id, l.subject_id, ifnull(l.date, ''), l.number, ifnull(l.title, ''),
       (SELECT group_concat(t.person_id) FROM lesson_teachers t WHERE t.lesson_id = l.id AND t.withdrawn_run IS NULL)
  FROM lessons l WHERE l.withdrawn_run IS NULL AND l.edu_group_id IS NOT NULL
"""
OF_CLASS = " AND l.edu_group_id = ? AND l.date BETWEEN ? AND ? ORDER BY l.id"
OF_IDS = " AND l.id IN (SELECT value FROM json_each(?)) ORDER BY l.id"
_OF_LESSONS = "lesson_id IN (SELECT value FROM json_each(?)) AND withdrawn_run IS NULL ORDER BY"
WORKS = f"SELECT id, lesson_id, {', '.join(WORK_VALUES)} FROM works WHERE {_OF_LESSONS} id"
TASKS = """
SELECT id, work_id, person_id, status FROM tasks
 WHERE work_id IN (SELECT value FROM json_each(?)) AND person_id IS NOT NULL AND withdrawn_run IS NULL ORDER BY id
"""
MARKS = f"""
SELECT id, person_id, work_id, lesson_id, type, value, text_value FROM marks
 WHERE person_id IS NOT NULL AND work_id IS NOT NULL AND {_OF_LESSONS} id
"""
ENTRIES = (
    f"SELECT lesson_id, person_id, status, comment FROM lesson_log_entries WHERE {_OF_LESSONS} 1, 2"
)
FINALS = """
SELECT id, person_id, subject_id, reporting_period_id, kind, value FROM final_marks
 WHERE edu_group_id = ? AND withdrawn_run IS NULL ORDER BY id
"""
GROUPS = """
SELECT DISTINCT edu_group_id FROM lessons
 WHERE withdrawn_run IS NULL AND edu_group_id IS NOT NULL AND date BETWEEN ? AND ? ORDER BY 1
"""
PUPILS = """
SELECT DISTINCT p.id FROM persons p JOIN memberships m ON m.person_id = p.id
 WHERE m.role = 'EduStudent' AND p.withdrawn_run IS NULL
"""
_ID_VALUES = ("work_type_id", "edu_group_id", "subject_id")


class Reader:
    """Reads journals out of one mirror.

    Args:
        mirror: the diary as it was pulled, or a restored backup.
        shown_only: leave out what the last pull did not see, believed gone or not: for the diary of today.

    """

    def __init__(self, mirror: Mirror, *, shown_only: bool) -> None:
        self._query = mirror.query
        tables = ("lessons", "works", "tasks", "marks", "lesson_log_entries", "final_marks")
        self._held = {name: set(mirror.held(name)) if shown_only else set() for name in tables}

    def groups(self, start: date, end: date) -> list[int]:
        """Groups that had lessons between two days."""
        return [row[0] for row in self._query(GROUPS, (str(start), str(end)))]

    def pupils(self) -> frozenset[int]:
        """Pupils whom the diary shows, leavers that it still knows among them."""
        return frozenset(row[0] for row in self._query(PUPILS))

    def of_class(self, group: int, start: date, end: date) -> Book:
        """The journal of a class or subgroup between two days, both included, with its final marks."""
        book = self._book(LESSONS + OF_CLASS, (group, str(start), str(end)))
        for number, person, subject, period, kind, value in self._query(FINALS, (group,)):
            if (number,) not in self._held["final_marks"]:
                key: FinalKey = person, subject, period, kind
                book.finals[key] = value, group
        return book

    def of_lessons(self, lessons: Iterable[int]) -> Book:
        """The journal of some lessons."""
        return self._book(LESSONS + OF_IDS, (_list(lessons),))

    def _book(self, lessons: str, parameters: Sequence[object]) -> Book:
        book, held = Book(), self._held
        for number, group, subject, day, hour, title, teachers in self._query(lessons, parameters):
            if (number,) not in held["lessons"]:
                people = tuple(sorted(int(t) for t in (teachers or "").split(",") if t))
                book.lessons[number] = BookLesson(
                    number, group, subject, day[:10], hour, title, people
                )
        ids = _list(book.lessons)
        book.works = self._works(ids)
        for row in self._query(MARKS, (ids,)):
            if row[:1] not in held["marks"]:
                book.marks[row[0]] = BookMark(*row)
        for lesson, person, status, comment in self._query(ENTRIES, (ids,)):
            if (lesson, person) not in held["lesson_log_entries"]:
                book.entries[lesson, person] = BookEntry(status, comment)
        return book

    def _works(self, lessons: str) -> dict[int, BookWork]:
        held = self._held
        works = [row for row in self._query(WORKS, (lessons,)) if row[:1] not in held["works"]]
        tasks: dict[int, dict[int, str | None]] = {}
        for number, work, person, status in self._query(TASKS, (_list(row[0] for row in works),)):
            if (number,) not in held["tasks"]:
                tasks.setdefault(work, {})[person] = status
        found = {}
        for number, lesson, *values in works:
            said = dict(zip(WORK_VALUES, values, strict=True))
            for name in _ID_VALUES:
                said[name] = None if said[name] is None else str(said[name])
            found[number] = BookWork(number, lesson, said, tasks.get(number, {}))
        return found


def _list(ids: Iterable[int]) -> str:
    return json.dumps(list(ids))
