"""Speed and memory as ratios of what this machine allows, measured side by side in one run: `make bench`.

The floor of a pull is the *overlap bound*: the longer of (the same requests, sent bare with httpx at 8 in flight) and
(plain msgspec structs decoded from the same bodies + one `executemany` per table in one transaction). Ratios are
compared with the targets of the project; absolute times mean nothing on a shared machine and are shown for orientation.

    make bench                  the whole (about six minutes)
    python tools/bench.py --only history
    python tools/bench.py --pupils 250 --only pull
"""

import argparse
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

BIN = Path(sys.executable).parent
DNEVNIK = str(BIN / "dnevnik")
END_OF_YEAR = "2027-05-31"
# A quarter of the year's school days after the first of September.
QUARTER = "2026-11-07"
TURNS = 3
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure, print a table, leave with 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, default=1000)
    parser.add_argument("--latency-ms", type=int, default=20)
    parser.add_argument(
        "--only", choices=("start", "plan", "history", "backup", "reports", "pull"), default=None
    )
    parser.add_argument("--json", type=Path, default=None, help="write the figures here too")
    asked = parser.parse_args()
    bench = Bench()
    if asked.only in (None, "start"):
        measure_start(bench)
    if asked.only in (None, "plan"):
        from bench_plan import measure_plan

        measure_plan(bench)
    if asked.only in (None, "history"):
        from bench_history import measure_history

        measure_history(bench)
    if asked.only in (None, "backup"):
        from bench_backup import measure_backup

        measure_backup(bench)
    if asked.only in (None, "reports"):
        from bench_reports import measure_reports

        measure_reports(bench, asked.pupils)
    if asked.only in (None, "pull"):
        with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder:
            measure_pull(bench, Path(folder), asked.pupils, asked.latency_ms)
    if asked.json:
        asked.json.write_text(json.dumps(bench.figures, indent=1))
    sys.exit(1 if bench.missed else 0)


class Bench:
    """Figures as they come, each with its target."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, float | None]] = {}
        self.missed = False

    def show(self, name: str, value: float, target: float | None, detail: str = "") -> None:
        """Print one figure; smaller is better. Without a target it is for orientation."""
        good = target is None or value <= target
        self.missed = self.missed or not good
        self.figures[name] = {"value": round(value, 3), "target": target}
        limit = "(no target)" if target is None else f"(at most {target:g})"
        print(
            f"{'ok  ' if good else 'MISS'} {name:<46} {value:8.2f}  {limit}  {detail}", flush=True
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


def floor(what: str, job: dict, folder: Path) -> tuple[float, str]:
    """Run one floor as a program of its own; returns wall seconds and what it printed."""
    file = folder / "job.json"
    file.write_text(json.dumps(job))
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "bench_floor.py", what, file],
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - start, done.stdout


def measure_pull(bench: Bench, folder: Path, pupils: int, latency_ms: int) -> None:
    """A year of the school, twice, then a night; and a quarter of it for memory.

    Pulls and floors take turns, and of each the best of its turns counts: what else the machine does meets both.
    """
    with emulator(pupils, END_OF_YEAR, latency_ms) as info:
        base = info["base_url"]
        pull(info, folder / "warm.db", "--full")
        calls = control(base, "GET", "calls")
        bodies = folder / "bodies"
        bodies.mkdir()
        job = {
            "info": info,
            "requests": [c for c in calls if c["method"] == "GET"],
            "folder": str(bodies),
        }
        floor("send", job, folder)
        bares, loads, firsts, seconds = [], [], [], []
        for turn in range(TURNS):
            mirror = folder / f"year{turn}.db"
            wall, peak, document = pull(info, mirror, "--full")
            firsts.append(wall)
            bares.append(floor("send", job | {"folder": None}, folder)[0])
            before = data_hash(mirror)
            wall, _, again = pull(info, mirror, "--full")
            seconds.append(wall)
            wall, rows = floor("load", job | {"target": str(folder / f"floor{turn}.db")}, folder)
            loads.append(wall)
        first, second, bare, load = map(min, (firsts, seconds, bares, loads))
        got = {name: tally["added"] for name, tally in document["rows"].items()}
        detail = f"pull {first:.1f} s, bare {bare:.1f} s, decode + load {load:.1f} s of {rows.strip()} rows, marks {got.get('marks')}"
        bench.show("first pull / overlap bound", first / max(bare, load), 1.6, detail)
        bench.show("first pull: peak memory, MiB", peak, 200)
        with sqlite3.connect(mirror) as db:
            kinds = Counter(dict(db.execute("SELECT type, count(*) FROM edu_groups GROUP BY type")))
        subgroups = kinds["Subgroup"]
        classes = kinds.total() - subgroups
        sent = len(bulk(calls))
        bench.show(
            "first pull: requests / budget",
            sent / (1500 / 40 * classes + 6 * subgroups),
            1,
            f"{sent} for {classes} classes, {subgroups} subgroups",
        )
        written = sum(
            t[k]
            for t in again["rows"].values()
            for k in ("added", "changed", "withdrawn", "returned")
        )
        bench.show("second pull: rows of data written", written + (before != data_hash(mirror)), 0)
        detail = f"pull {second:.1f} s, bare {bare:.1f} s"
        bench.show("second pull / bare requests", second / bare, 1.1, detail)
        control(base, "DELETE", "calls")
        pull(info, mirror)
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
