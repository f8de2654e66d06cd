"""Lessons, marks and attendance: what one answer says about the mirror, and what its silence says."""

from collections.abc import Iterable
from datetime import date

from connector.api import calls
from connector.errors import AccessDenied, ApiError, BodyUnreadable, NotFound, RequestRejected
from connector.flows.run import Run
from connector.flows.sweep import GroupState, Job, Loss, Strategy
from connector.mirror.store import Merging
from connector.records import TABLES, EduGroupId, LessonId, Row, Rows, Window, distinct
from connector.sync.vanish import Span, entry_days, settled_marks
from connector.sync.windows import batches, chunk_lessons, halve

# Lessons named in one `lessons/many/marks`; the vendor's limit is unknown, a working client sends fewer.
LESSONS_A_QUESTION = 100

_TOO_BIG = frozenset({400, 413, 414})


def lesson_jobs(windows: Iterable[Window]) -> list[Job]:
    """One request per window: lessons with works and tasks."""
    return [
        Job(window, calls.lessons_rows(EduGroupId(window.edu_group_id), window.start, window.end))
        for window in windows
    ]


def mark_jobs(windows: Iterable[Window]) -> list[Job]:
    """One request per window: marks."""
    return [
        Job(window, calls.marks_rows(EduGroupId(window.edu_group_id), window.start, window.end))
        for window in windows
    ]


def log_jobs(group: int, lessons: list[tuple[int, date]], *, prefix: int) -> list[Job]:
    """Requests for the attendance of these lessons, in order of days, each within the length a URL may have."""
    days = dict(lessons)
    return [
        _log_job(group, chunk, days)
        for chunk in chunk_lessons([lesson for lesson, _ in lessons], prefix=prefix)
    ]


def _log_job(group: int, chunk: tuple[int, ...], days: dict[int, date]) -> Job:
    known = [days[lesson] for lesson in chunk]
    window = Window("lesson_log_entries", group, min(known), max(known))
    return Job(window, calls.log_entries_rows([LessonId(lesson) for lesson in chunk]), chunk)


def _in(column: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(?))"


def _list(ids: Iterable[object]) -> str:
    return "[" + ",".join(str(value) for value in ids) + "]"


def _take_children(run: Run, table: str, rows: list[Row], parent: str, parents: str) -> Loss:
    """Merge rows whose parents are all in the answer: what the answer lacks of them is missing."""
    width = len(TABLES[table].key)
    existing = run.mirror.rows(table, _in(parent), (parents,))
    live = {key for key, row in existing.items() if row[-1] is None}
    keys = [row[:width] for row in rows]
    if width == 1:
        elsewhere = [key for key in keys if key not in existing]
        if elsewhere:
            existing |= run.rows_by_key(table, elsewhere)
    run.merge(table, rows, existing)
    return Loss(table, live.difference(keys), len(live), len(keys))


def take_lessons(run: Run, job: Job, rows: Rows, first_time: bool) -> list[Loss]:  # noqa: FBT001 - a strategy's shape
    """Take in lessons of a window with their teachers, works and tasks."""
    window = job.window
    subjects = distinct(rows.get("subjects", ()), TABLES["subjects"])
    if subjects:
        # Here a subject is only a reference; the school's list says more about it.
        known = run.rows_by_key("subjects", [row[:1] for row in subjects])
        run.merge("subjects", subjects, known, Merging(only_new=True))
    if first_time and run.insert_new({table: rows[table] for table in rows if table != "subjects"}):
        return []
    lessons = distinct(rows["lessons"], TABLES["lessons"])
    existing = run.mirror.rows(
        "lessons",
        "edu_group_id = ? AND date BETWEEN ? AND ?",
        (window.edu_group_id, str(window.start), str(window.end)),
    )
    live = {key for key, row in existing.items() if row[-1] is None}
    keys = [row[:1] for row in lessons]
    moved = [key for key in keys if key not in existing]
    if moved:
        existing |= run.rows_by_key("lessons", moved)
    run.merge("lessons", lessons, existing)
    named = _list(key[0] for key in keys)
    works = distinct(rows["works"], TABLES["works"])
    losses = [
        Loss("lessons", live.difference(keys), len(live), len(keys)),
        _take_children(
            run,
            "lesson_teachers",
            distinct(rows["lesson_teachers"], TABLES["lesson_teachers"]),
            "lesson_id",
            named,
        ),
        _take_children(run, "works", works, "lesson_id", named),
    ]
    tasks = distinct(rows["tasks"], TABLES["tasks"])
    losses.append(_take_children(run, "tasks", tasks, "work_id", _list(row[0] for row in works)))
    return losses


def take_marks(run: Run, job: Job, rows: Rows, first_time: bool) -> list[Loss]:  # noqa: FBT001 - as above
    """Take in marks of a window. Missing are those that it should show by either reading; who judges them knows more."""
    window = job.window
    span = (str(window.start), str(window.end))
    if first_time and run.insert_new(rows):
        _learn_filter(run, (row[0] for row in rows["marks"]), span)
        return []
    marks = distinct(rows["marks"], TABLES["marks"])
    keys = [row[:1] for row in marks]
    run.merge("marks", marks, run.rows_by_key("marks", keys))
    _learn_filter(run, (key[0] for key in keys), span)
    live = set(run.mirror.query(_BY_LESSON, (window.edu_group_id, *span)))
    # Where the filter is known to go by lessons, marks of other days' lessons cannot be expected here. Read for the
    # first time, a group has nothing to miss, and looking for it would cost more than the rest.
    if run.marks_filter != "lesson" and not first_time:
        live.update(run.mirror.query(_BY_ENTRY, (window.edu_group_id, *span)))
    return [Loss("marks", live.difference(keys), len(live), len(keys))]


_BY_LESSON = """
SELECT m.id FROM lessons l JOIN marks m ON m.lesson_id = l.id
 WHERE l.edu_group_id = ? AND l.date BETWEEN ? AND ? AND m.withdrawn_run IS NULL
"""
_BY_ENTRY = """
SELECT m.id FROM lessons l JOIN marks m ON m.lesson_id = l.id
 WHERE l.edu_group_id = ? AND m.withdrawn_run IS NULL
   AND substr(m.given_at, 1, 10) BETWEEN ? AND ?
"""
_EVIDENCE = """
SELECT ifnull(sum(by_lesson AND NOT by_entry), 0), ifnull(sum(by_entry AND NOT by_lesson), 0) FROM (
    SELECT l.date BETWEEN ? AND ? AS by_lesson,
           substr(m.given_at, 1, 10) BETWEEN date(?, '-1 day') AND date(?, '+1 day') AS by_entry
      FROM marks m JOIN lessons l ON l.id = m.lesson_id WHERE m.id IN (SELECT value FROM json_each(?)))
"""


def _learn_filter(run: Run, ids: Iterable[int], span: tuple[str, str]) -> None:
    """See from marks entered late which of the two days the vendor's filter goes by; contradiction means unknown."""
    if run.marks_filter_seen:
        return
    lesson, entry = run.mirror.query(_EVIDENCE, (*span, *span, _list(ids)))[0]
    for said, count in (("lesson", lesson), ("entry", entry)):
        if count:
            run.marks_filter = said if run.marks_filter in (None, said) else "unknown"
            run.marks_filter_seen = True


def take_log_entries(run: Run, job: Job, rows: Rows, first_time: bool) -> list[Loss]:  # noqa: FBT001 - as above
    """Take in the attendance of a chunk of lessons."""
    if first_time and run.insert_new(rows):
        return []
    entries = distinct(rows["lesson_log_entries"], TABLES["lesson_log_entries"])
    return [_take_children(run, "lesson_log_entries", entries, "lesson_id", _list(job.lessons))]


def _split_window(job: Job, error: ApiError) -> list[Job] | None:
    too_big = isinstance(error, BodyUnreadable) or (
        isinstance(error, RequestRejected) and error.status in _TOO_BIG
    )
    parts = halve(job.window) if too_big else None
    if parts is None:
        return None
    return lesson_jobs(parts) if job.window.resource == "lessons" else mark_jobs(parts)


def _split_chunk(run_days: dict[int, date], job: Job, error: ApiError) -> list[Job] | None:
    refused = isinstance(error, NotFound | BodyUnreadable) or (
        isinstance(error, RequestRejected) and error.status in _TOO_BIG
    )
    if not refused or isinstance(error, AccessDenied) or len(job.lessons) == 1:
        return None
    middle = len(job.lessons) // 2
    return [
        _log_job(job.window.edu_group_id, part, run_days)
        for part in (job.lessons[:middle], job.lessons[middle:])
    ]


async def settle_marks(run: Run, state: GroupState) -> set[Row]:
    """Find the missing marks that the windows read cannot judge, and ask about their lessons where the vendor lets us.

    `POST lessons/many/marks` answers by lesson, so it is the same under both readings of the windows' filter.
    """
    missing = {
        key for read in state.unjudged for loss in read.losses for key in loss.missing
    } - state.seen.get("marks", set())
    if not missing:
        return set()
    facts = {
        mark: (date.fromisoformat(day), entry_days(given_at, run.zone), lesson)
        for mark, day, given_at, lesson in run.mirror.query(
            "SELECT m.id, l.date, m.given_at, l.id FROM marks m JOIN lessons l ON l.id = m.lesson_id"
            f" WHERE m.{_in('id')}",
            (_list(key[0] for key in missing),),
        )
    }
    settled = settled_marks({mark: fact[:2] for mark, fact in facts.items()}, state.read)
    open_ = {key for key in missing if key[0] not in settled}
    lessons = sorted({facts[key[0]][2] for key in open_})
    for batch in batches(lessons, LESSONS_A_QUESTION):
        try:
            answer = await run.client.afetch(
                calls.lessons_many_marks_rows([LessonId(lesson) for lesson in batch])
            )
        except ApiError:
            continue  # not settled: nothing is touched, and the next run asks again
        if answer.value is None or answer.rejected:
            continue
        marks = distinct(answer.value["marks"], TABLES["marks"])
        with run.mirror.transaction():
            run.merge("marks", marks, run.rows_by_key("marks", [row[:1] for row in marks]))
        state.seen.setdefault("marks", set()).update(row[:1] for row in marks)
        asked = set(batch)
        open_ = {key for key in open_ if facts[key[0]][2] not in asked}
    return open_


def asked_days(run: Run, window: Window) -> Window:
    """The days of a window whose attendance is really asked for: up to today."""
    end = max(window.start, min(window.end, run.today))
    return Window(window.resource, window.edu_group_id, window.start, end)


def lessons_strategy() -> Strategy:
    """How windows of lessons are taken in. A withdrawn lesson takes its teachers, works and tasks along."""
    return Strategy("lessons", take_lessons, _split_window, ended=_withdraw_orphans)


def marks_strategy() -> Strategy:
    """How windows of marks are taken in."""
    return Strategy("marks", take_marks, _split_window, settle=settle_marks)


def log_strategy(days: dict[int, date], segments: dict[int, list[Span]]) -> Strategy:
    """How chunks of attendance are taken in.

    Args:
        days: the day of every lesson asked about.
        segments: spans of each group that its chunks cover together, for `coverage`.

    """

    def ended(run: Run, state: GroupState) -> None:
        for start, end in segments.get(state.group, ()):
            window = asked_days(run, Window("lesson_log_entries", state.group, start, end))
            if state.failed:
                run.mirror.fail_window(
                    run.id, run.started_at, window, state="failed", detail="log entries"
                )
            else:
                run.mirror.cover(run.id, run.started_at, window, state="done", rows=0)

    return Strategy(
        "lesson_log_entries",
        take_log_entries,
        lambda job, error: _split_chunk(days, job, error),
        ended=ended,
        covers=False,
    )


def _withdraw_orphans(run: Run, state: GroupState) -> None:
    """Withdraw what hangs on the lessons and works that this run withdrew."""
    if not run.tallies["lessons"].withdrawn and not run.tallies["works"].withdrawn:
        return
    gone_lessons = "(SELECT id FROM lessons WHERE edu_group_id = ? AND withdrawn_run = ?)"
    group = (state.group, run.id)
    for table in ("lesson_teachers", "works"):
        keys = set(
            run.mirror.rows(table, f"lesson_id IN {gone_lessons} AND withdrawn_run IS NULL", group)
        )
        run.tallies[table].withdrawn += run.mirror.withdraw(run.id, run.started_at, table, keys)
    tasks = set(
        run.mirror.rows(
            "tasks",
            "withdrawn_run IS NULL AND work_id IN (SELECT w.id FROM works w JOIN lessons l ON l.id = w.lesson_id"
            " WHERE l.edu_group_id = ? AND w.withdrawn_run = ?)",
            group,
        )
    )
    run.tallies["tasks"].withdrawn += run.mirror.withdraw(run.id, run.started_at, "tasks", tasks)
