"""The floors of `make bench`: what a program without our cares needs for the same requests and the same rows.

Each runs as a process of its own, as a pull does, and starts from nothing: `python tools/bench_floor.py send|load JOB`.
JOB is a JSON file: `info` of the emulator, `requests`, `folder` for bodies (or null) and `target`, a database to make.
"""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path

import httpx
import msgspec

IN_FLIGHT = 8
sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    """Send or load; the load prints its rows."""
    what, file = sys.argv[1:]
    job = json.loads(Path(file).read_bytes())
    folder = Path(job["folder"]) if job["folder"] else None
    if what == "send":
        asyncio.run(send_bare(job["info"], job["requests"], folder))
    else:
        print(decode_and_load(folder, job["requests"], Path(job["target"])))


async def send_bare(info: dict, requests: list[dict], folder: Path | None) -> None:
    """Send the same requests with nothing but httpx; bodies are read, and kept when a folder is given."""
    todo = iter(list(enumerate(requests)))
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    headers = {"Access-Token": info["tokens"]["admin"]}
    async with httpx.AsyncClient(
        limits=limits, headers=headers, timeout=60, trust_env=False
    ) as client:

        async def worker() -> None:
            for number, request in todo:
                answer = await client.get(
                    info["base_url"] + request["path"], params=request["query"]
                )
                answer.raise_for_status()
                if folder is not None:
                    (folder / f"{number}.json").write_bytes(answer.content)

        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


class _Task(msgspec.Struct):
    id: int
    person: int | None = None
    work: int | None = None
    status: str | None = None
    targetDate: str | None = None


class _Work(msgspec.Struct):
    id: int
    lesson: int | None = None
    eduGroup: int | None = None
    subjectId: int | None = None
    type: str | None = None
    workType: int | None = None
    status: str | None = None
    targetDate: str | None = None
    sentDate: str | None = None
    text: str | None = None
    isImportant: bool | None = None
    markType: str | None = None
    markCount: int | None = None
    displayInJournal: bool | None = None
    periodNumber: int | None = None
    periodType: str | None = None
    createdBy: int | None = None
    tasks: list[_Task] | None = None


class _Subject(msgspec.Struct):
    id: int


class _Lesson(msgspec.Struct):
    id: int
    group: int | None = None
    subject: _Subject | None = None
    date: str | None = None
    number: int | None = None
    title: str | None = None
    status: str | None = None
    resultPlaceId: int | None = None
    works: list[_Work] | None = None
    teachers: list[int] | None = None


class _Mark(msgspec.Struct):
    id: int
    person: int | None = None
    work: int | None = None
    lesson: int | None = None
    type: str | None = None
    value: str | None = None
    textValue: str | None = None
    mood: str | None = None
    date: str | None = None
    use_avg_calc: bool | None = None
    number: int | None = None
    workType: int | None = None


class _Entry(msgspec.Struct):
    lesson: int
    person: int
    status: str | None = None
    comment: str | None = None
    createdDate: str | None = None


def decode_and_load(folder: Path, requests: list[dict], target: Path) -> int:
    """Decode the bodies with plain structs and insert their rows, table by table, in one transaction."""
    from connector.mirror import schema

    bodies = [
        ((folder / f"{number}.json").read_bytes(), request["path"])
        for number, request in enumerate(requests)
    ]
    connection = sqlite3.connect(target, isolation_level=None)
    connection.executescript(schema.OWN_TABLES + schema.MIRRORED_TABLES)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    lessons, marks, entries = (
        msgspec.json.Decoder(list[kind]) for kind in (_Lesson, _Mark, _Entry)
    )
    count = 0

    def insert(table: str, columns: str, rows: list[tuple]) -> None:
        nonlocal count
        count += len(rows)
        places = ", ".join("?" * (len(columns.split()) + 3))
        names = ", ".join(columns.split())
        connection.executemany(
            f"INSERT OR IGNORE INTO {table} ({names}, extra, first_seen_run, changed_run) VALUES ({places})",
            rows,
        )

    connection.execute("BEGIN")
    for body, path in bodies:
        if "/lessons/" in path:
            found = lessons.decode(body)
            works = [work for lesson in found for work in lesson.works or ()]
            insert(
                "lessons",
                "id edu_group_id subject_id date number title status place_id",
                [
                    (
                        x.id,
                        x.group,
                        x.subject and x.subject.id,
                        x.date[:10],
                        x.number,
                        x.title,
                        x.status,
                        x.resultPlaceId,
                        None,
                        1,
                        1,
                    )
                    for x in found
                ],
            )
            insert(
                "lesson_teachers",
                "lesson_id person_id",
                [(x.id, t, None, 1, 1) for x in found for t in x.teachers or ()],
            )
            insert(
                "works",
                "id lesson_id edu_group_id subject_id type work_type_id status target_date sent_at text is_important mark_type mark_count"
                " display_in_journal period_number period_type created_by",
                [
                    (
                        w.id,
                        w.lesson,
                        w.eduGroup,
                        w.subjectId,
                        w.type,
                        w.workType,
                        w.status,
                        w.targetDate,
                        w.sentDate,
                        w.text,
                        w.isImportant,
                        w.markType,
                        w.markCount,
                        w.displayInJournal,
                        w.periodNumber,
                        w.periodType,
                        w.createdBy,
                        None,
                        1,
                        1,
                    )
                    for w in works
                ],
            )
            insert(
                "tasks",
                "id work_id person_id status target_date",
                [
                    (t.id, t.work, t.person, t.status, t.targetDate, None, 1, 1)
                    for w in works
                    for t in w.tasks or ()
                ],
            )
        elif "/marks/" in path:
            insert(
                "marks",
                "id person_id work_id lesson_id type value text_value mood given_at use_avg_calc number work_type_id",
                [
                    (
                        m.id,
                        m.person,
                        m.work,
                        m.lesson,
                        m.type,
                        m.value,
                        m.textValue,
                        m.mood,
                        m.date,
                        m.use_avg_calc,
                        m.number,
                        m.workType,
                        None,
                        1,
                        1,
                    )
                    for m in marks.decode(body)
                ],
            )
        elif "lesson-log-entries" in path:
            insert(
                "lesson_log_entries",
                "lesson_id person_id status comment created_at",
                [
                    (e.lesson, e.person, e.status, e.comment, e.createdDate, None, 1, 1)
                    for e in entries.decode(body)
                ],
            )
    connection.execute("COMMIT")
    connection.close()
    return count


if __name__ == "__main__":
    main()
