"""Backups of a year's mirror, against what they cannot do without: a bare online copy, zstd 3 and one integrity check."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zstandard
from bench_year import make_year

ROOT = Path(__file__).parents[1]
TURNS = 5
# Restoring and leaving have no bare counterpart: their figures are for orientation.
TARGETS = {"create": 2.5, "verify": 2.5, "drill": 8, "restore": None, "export": None}


def measure_backup(bench) -> None:
    """Each command in turns with the bare work; of each the best of its turns counts, of the machine's noise least is in it."""
    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as name:
        folder = Path(name)
        mirror = folder / "year.db"
        make_year(mirror)
        walls = {what: [] for what in ("bare", *TARGETS)}
        cpus = {what: [] for what in walls}
        peaks = dict.fromkeys(TARGETS, 0.0)
        for _turn in range(TURNS):
            for what in ("bare", *TARGETS):
                wall, cpu = spent(lambda what=what: run(folder, mirror, what))
                walls[what].append(wall)
                cpus[what].append(cpu)
                if what in peaks:
                    peaks[what] = max(peaks[what], int((folder / "peak").read_text()) / 1024)
        bare, work = min(walls["bare"]), min(cpus["bare"])
        size = mirror.stat().st_size / 2**20
        for what, target in TARGETS.items():
            bench.show(
                f"backup {what} / bare copy, pack, check",
                min(walls[what]) / bare,
                target,
                f"bare {bare:.2f} s of {size:.0f} MiB; of processor time {min(cpus[what]) / work:.2f}",
            )
        bench.show("backups: peak memory, MiB", max(peaks.values()), 200, json.dumps(peaks))


def spent(work) -> tuple[float, float]:
    """Seconds that passed, and seconds of processors, of this process and those it waited for."""

    def processors() -> float:
        used = os.times()
        return used.user + used.system + used.children_user + used.children_system

    start, before = time.perf_counter(), processors()
    work()
    return time.perf_counter() - start, processors() - before


def run(folder: Path, mirror: Path, what: str) -> None:
    """The bare work, or a command as a user would give it."""
    backups, restored, left = folder / "backups", folder / "restored.db", folder / "leaving"
    if what == "bare":
        bare_work(mirror, folder)
    elif what == "restore":
        archive = max(backups.glob("*.zst"))
        command(folder, mirror, "backup", what, str(archive), "--to", str(restored), "--yes")
        restored.unlink()
    elif what == "export":
        command(folder, mirror, "export", "all", str(left))
        shutil.rmtree(left)
    else:
        command(folder, mirror, "backup", what)


def bare_work(mirror: Path, folder: Path) -> None:
    """The online copy, zstd level 3 and one integrity check."""
    copy = folder / "bare.db"
    source, target = sqlite3.connect(mirror), sqlite3.connect(copy)
    source.backup(target)
    target.execute("PRAGMA integrity_check").fetchone()
    source.close()
    target.close()
    with copy.open("rb") as plain, (folder / "bare.zst").open("wb") as packed:
        zstandard.ZstdCompressor(level=3).copy_stream(plain, packed)
    copy.unlink()


def command(folder: Path, mirror: Path, *words: str) -> None:
    """Run `dnevnik …`; its peak of memory lies in the file `peak` afterwards."""
    env = os.environ | {
        "DNEVNIK_MIRROR_PATH": str(mirror),
        "DNEVNIK_BACKUP_TARGETS": str(folder / "backups"),
        "DNEVNIK_BACKUP_CERTIFICATES": str(folder / "drills"),
        "DNEVNIK_SCHOOL_TIMEZONE": "Europe/Moscow",
        "BENCH_PEAK": str(folder / "peak"),
    }
    code = "from tools.bench_clock import main; main('2026-05-31')"
    subprocess.run(
        [sys.executable, "-c", code, *words, "--json"],
        env=env,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
