"""Backups of a year's mirror, against what they cannot do without: a bare online copy, zstd 3 and one integrity check."""

import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import zstandard

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 5, 31, 17, tzinfo=UTC)
FIRST = date(2025, 9, 1)
PUPILS, CLASSES, LESSONS, MARKS, ABSENCES, CHANGES = 1000, 40, 60_000, 500_000, 100_000, 5_000
TURNS = 5
BASE = 1_000_000_000_000


def measure_backup(bench) -> None:
    """Create, verify and drill in turns with the bare work; of each the median ratio of its turns counts."""
    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as name:
        folder = Path(name)
        mirror = folder / "year.db"
        make_year(mirror)
        ratios = {"create": [], "verify": [], "drill": []}
        peaks = dict.fromkeys(ratios, 0.0)
        size = mirror.stat().st_size / 2**20
        for _turn in range(TURNS):
            bare = bare_work(mirror, folder)
            for what, found in ratios.items():
                wall, peak = command(folder, mirror, what)
                found.append(wall / bare)
                peaks[what] = max(peaks[what], peak)
        for what, target in (("create", 2.5), ("verify", 2.5), ("drill", 8)):
            detail = f"bare {bare:.2f} s, mirror {size:.0f} MiB"
            bench.show(
                f"backup {what} / bare copy, pack, check",
                statistics.median(ratios[what]),
                target,
                detail,
            )
        bench.show("backups: peak memory, MiB", max(peaks.values()), 200, json.dumps(peaks))


def bare_work(mirror: Path, folder: Path) -> float:
    """Seconds of the online copy, zstd level 3 and one integrity check."""
    start = time.perf_counter()
    copy = folder / "bare.db"
    source, target = sqlite3.connect(mirror), sqlite3.connect(copy)
    source.backup(target)
    target.execute("PRAGMA integrity_check").fetchone()
    source.close()
    target.close()
    with copy.open("rb") as plain, (folder / "bare.zst").open("wb") as packed:
        zstandard.ZstdCompressor(level=3).copy_stream(plain, packed)
    wall = time.perf_counter() - start
    copy.unlink()
    return wall


def command(folder: Path, mirror: Path, what: str) -> tuple[float, float]:
    """Run `dnevnik backup …` as a user would; wall seconds and peak MiB."""
    peak = folder / "peak"
    env = os.environ | {
        "DNEVNIK_MIRROR_PATH": str(mirror),
        "DNEVNIK_BACKUP_TARGETS": str(folder / "backups"),
        "DNEVNIK_BACKUP_CERTIFICATES": str(folder / "drills"),
        "DNEVNIK_SCHOOL_TIMEZONE": "Europe/Moscow",
        "BENCH_PEAK": str(peak),
    }
    code = "from tools.bench_clock import main; main('2026-05-31')"
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, "backup", what, "--json"],
        env=env,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start, int(peak.read_text()) / 1024


def make_year(path: Path) -> None:
    """A school's year with half a million marks, written as a pull writes it."""
    from connector.mirror.store import Mirror

    chance = random.Random(2026)  # noqa: S311 - the same school each time is the point
    with Mirror.open(path, write=True) as mirror:
        run, second = (mirror.start_run("pull", {}, AT) for _ in range(2))
        load(mirror, chance, run, second)


def load(mirror, chance, run, second):
    """All rows in one transaction, then a hundredth of the marks changed by the second run."""
    with mirror.transaction():
        for table, rows in year(chance):
            mirror.merge(run, AT, table, rows, {})
            if table == "marks":
                changed = [(*row[:5], "2", *row[6:]) for row in rows[:CHANGES]]
                existing = {row[:1]: (*row, None) for row in rows[:CHANGES]}
        mirror.merge(second, AT, "marks", changed, existing)


def year(chance):
    """Tables and rows, parents before children."""
    names = ("Берёзкин", "Осинкина", "Кленов", "Рябинина", "Дубов")
    yield (
        "schools",
        [(BASE, "Школа", "Школа", "Город", None, "Mark5", None, None, None, None)],
    )
    yield "subjects", [(BASE + n, f"Предмет {n}", None, None, None) for n in range(20)]
    yield (
        "edu_groups",
        [
            (
                BASE + n,
                BASE,
                f"{n // 4 + 1}{'АБВГ'[n % 4]}",
                None,
                n // 4 + 1,
                "Group",
                2025,
                *[None] * 5,
            )
            for n in range(CLASSES)
        ],
    )
    yield (
        "persons",
        [
            (BASE + n, None, chance.choice(names), "Имя", None, None, None, None, None)
            for n in range(PUPILS + 60)
        ],
    )
    yield (
        "memberships",
        [(BASE + n, BASE + n % CLASSES, "EduStudent", "Active", None) for n in range(PUPILS)],
    )
    days = [
        (FIRST + timedelta(n)).isoformat()
        for n in range(270)
        if (FIRST + timedelta(n)).weekday() < 6
    ]
    lessons = [
        (
            BASE + n,
            BASE + n % CLASSES,
            BASE + chance.randrange(20),
            days[n // CLASSES * len(days) // (LESSONS // CLASSES)],
            n // CLASSES % 7 + 1,
            f"Тема урока {chance.randrange(5000)}",
            "Finished",
            None,
            None,
        )
        for n in range(LESSONS)
    ]
    yield "lessons", lessons
    yield "lesson_teachers", [(row[0], BASE + PUPILS + row[0] % 60, None) for row in lessons]
    yield (
        "works",
        [
            (
                row[0],
                *row[:3],
                "LessonMark",
                None,
                "Closed",
                row[3],
                None,
                None,
                0,
                "Mark5",
                20,
                1,
                None,
                None,
                None,
                None,
            )
            for row in lessons
        ],
    )
    order = [lessons[n * LESSONS // MARKS] for n in range(MARKS)]
    yield (
        "marks",
        [
            (
                BASE + n,
                BASE + n % PUPILS,
                lesson[0],
                lesson[0],
                "Mark",
                chance.choice("2345"),
                None,
                "Good",
                f"{lesson[3]}T{10 + n % 8}:{n % 60:02d}:00",
                1,
                n,
                None,
                None,
            )
            for n, lesson in enumerate(order)
        ],
    )
    yield (
        "lesson_log_entries",
        [
            (
                lessons[n % LESSONS][0],
                BASE + (n // LESSONS) * 500 + n % 500,
                "Absent",
                None,
                None,
                None,
            )
            for n in range(ABSENCES)
        ],
    )
