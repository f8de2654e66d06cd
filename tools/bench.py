"""Speed and memory as ratios of what this machine allows, measured side by side in one run: `make bench`.

The floor of a pull is the *overlap bound*: the longer of (the same requests, sent bare with httpx at 8 in flight) and
(plain msgspec structs decoded from the same bodies + one `executemany` per table in one transaction). Ratios are
compared with the targets of the project; absolute times mean nothing on a shared machine and are shown for orientation.

    make bench                  the whole (about five minutes)
    python tools/bench.py --pupils 250 --only pull
"""

import argparse
import asyncio
import hashlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

BIN = Path(sys.executable).parent
DNEVNIK = str(BIN / "dnevnik")
END_OF_YEAR = "2027-05-31"
# A quarter of the year's school days after the first of September.
QUARTER = "2026-11-07"
IN_FLIGHT = 8
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure, print a table, leave with 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, default=1000)
    parser.add_argument("--latency-ms", type=int, default=20)
    parser.add_argument("--only", choices=("start", "pull"), default=None)
    parser.add_argument("--json", type=Path, default=None, help="write the figures here too")
    asked = parser.parse_args()
    bench = Bench()
    if asked.only in (None, "start"):
        measure_start(bench)
    if asked.only in (None, "pull"):
        with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder:
            measure_pull(bench, Path(folder), asked.pupils, asked.latency_ms)
    if asked.json:
        asked.json.write_text(json.dumps(bench.figures, indent=1))
    sys.exit(1 if bench.missed else 0)


class Bench:
    """Figures as they come, each with its target."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, float]] = {}
        self.missed = False

    def show(self, name: str, value: float, target: float, detail: str = "") -> None:
        """Print one figure; smaller is better."""
        good = value <= target
        self.missed = self.missed or not good
        self.figures[name] = {"value": round(value, 3), "target": target}
        print(
            f"{'ok  ' if good else 'MISS'} {name:<46} {value:8.2f}  (at most {target:g})  {detail}",
            flush=True,
        )


def measure_start(bench: Bench) -> None:
    """`dnevnik --version` against an interpreter that only imports click."""

    def wall(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start

    pairs = [
        (wall(DNEVNIK, "--version"), wall(sys.executable, "-c", "import click")) for _ in range(15)
    ]
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    bench.show(
        "start: --version / import click",
        ours / bare,
        5,
        f"{ours * 1000:.0f} ms / {bare * 1000:.0f} ms",
    )


@contextmanager
def emulator(pupils: int, today: str, latency_ms: int):
    """The emulated vendor in a process of its own."""
    command = [
        DNEVNIK,
        "sandbox",
        "--json",
        "--pupils",
        str(pupils),
        "--today",
        today,
        "--latency-ms",
        str(latency_ms),
    ]
    with subprocess.Popen(
        [*command, "--rate", "100000"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def control(base: str, method: str, path: str):
    """One call to the emulator's control side."""
    root = base.removesuffix("/v2")
    with urllib.request.urlopen(
        urllib.request.Request(f"{root}/__sandbox/{path}", method=method)
    ) as answer:
        return json.loads(answer.read() or b"null")


def pull(info: dict, mirror: Path, *options: str) -> tuple[float, float, dict]:
    """Run `dnevnik pull` as a user would; returns wall seconds, peak MiB and the JSON document."""
    env = os.environ | {
        "DNEVNIK_API_BASE_URL": info["base_url"],
        "DNEVNIK_API_TOKEN": info["tokens"]["admin"],
        "DNEVNIK_MIRROR_PATH": str(mirror),
        "DNEVNIK_SCHOOL_TIMEZONE": "Europe/Moscow",
        # Our own pacing is not what is measured here.
        "DNEVNIK_API_RATE": "1000",
        "DNEVNIK_API_BURST": "1000",
    }
    start = time.perf_counter()
    code = f"from tools.bench_clock import main; main({info['today']!r})"
    peak = mirror.with_suffix(".peak")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "pull", "--json", *options],
        env=env | {"BENCH_PEAK": str(peak)},
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    out, _ = process.communicate()
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"the pull failed with status {process.returncode}")
    return wall, int(peak.read_text()) / 1024, json.loads(out)


async def send_bare(info: dict, requests: list[dict], folder: Path | None) -> float:
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

        start = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        return time.perf_counter() - start


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


def decode_and_load(folder: Path, requests: list[dict], target: Path) -> tuple[float, int]:
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

    start = time.perf_counter()
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
    wall = time.perf_counter() - start
    connection.close()
    return wall, count


def bulk(calls: list[dict]) -> list[dict]:
    """The requests for lessons, marks and attendance."""
    return [
        c
        for c in calls
        if c["method"] == "GET"
        and any(part in c["path"] for part in ("/lessons/", "/marks/", "lesson-log-entries"))
    ]


def data_hash(mirror: Path) -> str:
    """Digest of all rows of data; equal before and after a pull that wrote none."""
    connection = sqlite3.connect(f"{mirror.resolve().as_uri()}?mode=ro", uri=True)
    digest = hashlib.sha256()
    for table in (
        "lessons",
        "works",
        "tasks",
        "marks",
        "lesson_log_entries",
        "persons",
        "memberships",
        "changes",
    ):
        total = connection.execute(
            f"SELECT count(*), max(changed_run) FROM {table}"
            if table != "changes"
            else "SELECT count(*), max(id) FROM changes"
        )
        digest.update(repr(total.fetchall()).encode())
    connection.close()
    return digest.hexdigest()


def measure_pull(bench: Bench, folder: Path, pupils: int, latency_ms: int) -> None:
    """A year of the school, twice, then a night; and a quarter of it for memory."""
    with emulator(pupils, END_OF_YEAR, latency_ms) as info:
        base = info["base_url"]
        pull(info, folder / "warm.db", "--full")
        calls = control(base, "GET", "calls")
        requests = [c for c in calls if c["method"] == "GET"]
        bodies = folder / "bodies"
        bodies.mkdir()
        asyncio.run(send_bare(info, requests, bodies))
        bare = min(asyncio.run(send_bare(info, requests, None)) for _ in range(2))
        load, rows = decode_and_load(bodies, requests, folder / "floor.db")
        first, peak, document = pull(info, folder / "year.db", "--full")
        floor = max(bare, load)
        got = {name: tally["added"] for name, tally in document["rows"].items()}
        detail = f"pull {first:.1f} s, bare {bare:.1f} s, decode + load {load:.1f} s of {rows} rows, marks {got.get('marks')}"
        bench.show("first pull / overlap bound", first / floor, 1.6, detail)
        bench.show("first pull: peak memory, MiB", peak, 200)
        subgroups = (
            sqlite3.connect(folder / "year.db")
            .execute("SELECT count(*) FROM edu_groups WHERE type = 'Subgroup'")
            .fetchone()[0]
        )
        classes = {
            row[0]
            for row in sqlite3.connect(folder / "year.db").execute(
                "SELECT id FROM edu_groups WHERE type <> 'Subgroup'"
            )
        }
        budget = 1500 / 40 * len(classes) + 6 * subgroups
        bench.show(
            "first pull: requests / budget",
            len(bulk(calls)) / budget,
            1,
            f"{len(bulk(calls))} for {len(classes)} classes, {subgroups} subgroups",
        )
        before = data_hash(folder / "year.db")
        second, _, document = pull(info, folder / "year.db", "--full")
        written = sum(
            t[k]
            for t in document["rows"].values()
            for k in ("added", "changed", "withdrawn", "returned")
        )
        bench.show(
            "second pull: rows of data written",
            written + (before != data_hash(folder / "year.db")),
            0,
        )
        bench.show(
            "second pull / bare requests",
            second / bare,
            1.1,
            f"pull {second:.1f} s, bare {bare:.1f} s",
        )
        control(base, "DELETE", "calls")
        pull(info, folder / "year.db")
        night_calls = control(base, "GET", "calls")
        night = Counter(
            c["path"].split("/")[2]
            for c in night_calls
            if c["path"].startswith("/edu-groups/") and not c["path"].endswith("/students")
        )
        bench.show(
            "nightly pull: most requests of one group",
            max(night.values(), default=0),
            2,
            f"{len(night)} groups",
        )
    with emulator(pupils, QUARTER, latency_ms) as info:
        _, quarter, _ = pull(info, folder / "quarter.db", "--full")
        bench.show(
            "peak memory: year / quarter of it",
            peak / quarter,
            1.2,
            f"{peak:.0f} MiB / {quarter:.0f} MiB",
        )


if __name__ == "__main__":
    main()
