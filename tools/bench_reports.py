"""What each report costs over a year of a school of a thousand pupils, beside the bare SELECTs it needs.

    python tools/bench.py --only reports       some minutes
    python tools/bench_reports.py MIRROR [NAME…]   over a mirror of the emulated school that is there already

Each report is built in a process of its own, with every rule of the shipped rulebook switched on. The bare SELECTs are the
ones it sent, sent again in that process and fetched to the last row. CPU seconds count: of the best of three turns.
"""

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

TURNS = 3
MOST_CPU, MOST_MIB, MOST_TIMES, MOST_TEN, MOST_XLSX = 2, 250, 3, 1.5, 10
MANY = 50_000
YEARS = 10
DAYS_OF_A_YEAR = 364  # whole weeks: a Monday stays one
# Ids of an earlier year keep away from those of a later one.
APART = 10**15
PERIOD = "4"


def main() -> None:
    """Measure the reports named over a mirror that is there, or one report in this process."""
    if sys.argv[1] == "--child":
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])))
        return
    from bench import Bench

    bench = Bench()
    measure_over(bench, Path(sys.argv[1]), sys.argv[2:])
    sys.exit(1 if bench.missed else 0)


def measure_reports(bench: Any, pupils: int) -> None:
    """Pull a year of the emulated school and measure every report over it."""
    from bench import END_OF_YEAR, emulator, pull

    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder:
        mirror = Path(folder) / "year.db"
        with emulator(pupils, END_OF_YEAR, 0) as info:
            pull(info, mirror, "--full")
        measure_over(bench, mirror, ())


def measure_over(bench: Any, mirror: Path, names: Any) -> None:
    """Each report over a mirror, over ten years of it, and a large workbook."""
    from connector.reports.catalogue import REPORTS

    asked = tuple(names) or tuple(REPORTS)
    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder:
        decade = Path(folder) / "decade.db"
        make_decade(mirror, decade)
        for name in asked:
            show(bench, name, mirror, decade)
    if not names or "xlsx" in names:
        seconds = best("xlsx", mirror)["cpu"]
        bench.show(f"report: xlsx of {MANY} findings, CPU s", seconds, MOST_XLSX)


def show(bench: Any, name: str, mirror: Path, decade: Path) -> None:
    """The figures of one report."""
    year = best(name, mirror)
    detail = f"{year['findings']} findings, bare SQL {year['bare']:.2f} s"
    bench.show(f"report {name}: CPU s", year["cpu"], MOST_CPU, detail)
    bench.show(f"report {name}: peak memory, MiB", year["mib"], MOST_MIB)
    bench.show(f"report {name}: CPU / bare SQL", year["cpu"] / year["bare"], MOST_TIMES)
    one, ten = best(name, mirror, PERIOD), best(name, decade, PERIOD)
    detail = f"{ten['cpu']:.2f} s / {one['cpu']:.2f} s"
    bench.show(f"report {name}: ten years / one", ten["cpu"] / one["cpu"], MOST_TEN, detail)


def best(name: str, mirror: Path, *period: str) -> dict[str, float]:
    """The turn that met the least of what else the machine does."""
    command = [sys.executable, __file__, "--child", name, str(mirror), *period]
    turns = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(TURNS)
    ]
    return min(turns, key=lambda turn: turn["cpu"])


def measure(name: str, mirror: Path, period: str = "") -> dict[str, float]:
    """Build one report in this process; of `xlsx` a workbook is written instead."""
    from connector.flows.memory import rare_collections
    from connector.mirror.store import Mirror
    from connector.reports.catalogue import REPORTS
    from connector.reports.report import Filters, Request
    from mappings.rulebooks import read_rulebook

    book = read_rulebook()
    rules = {key: replace(rule, enabled=True) for key, rule in book.rules.items()}
    build = REPORTS["missing" if name == "xlsx" else name].builder()
    sent: list[tuple[str, Any]] = []
    with Mirror.open(mirror) as db, rare_collections():
        ((last,),) = db.query("SELECT max(substr(started_at, 1, 10)) FROM runs")
        day = date.fromisoformat(last)
        now = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
        filters = Filters(periods=(period,) if period else ())
        request = Request(day, now, ZoneInfo("Europe/Moscow"), filters=filters)

        def query(sql: str, parameters: Any = ()) -> Any:
            sent.append((sql, parameters))
            return db.query(sql, parameters)

        start = time.process_time()
        made = build(query, replace(book, rules=rules), request)
        cpu = time.process_time() - start
        if name == "xlsx":
            return {"cpu": workbook(made)}
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.process_time()
        for sql, parameters in sent:
            db.query(sql, parameters)
        bare = time.process_time() - start
    return {"cpu": cpu, "mib": mib, "bare": bare, "findings": len(made.findings)}


def workbook(made: Any) -> float:
    """CPU seconds of writing a report with very many findings."""
    from connector.commands.delivery import write

    findings = (made.findings * (MANY // len(made.findings) + 1))[:MANY]
    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder:
        start = time.process_time()
        write(replace(made, findings=findings), ("xlsx",), Path(folder) / "large.xlsx", lang="ru")
        return time.process_time() - start


def make_decade(year: Path, target: Path) -> None:
    """The same year nine times more before it: the same classes and pupils, other lessons and marks."""
    shutil.copyfile(year, target)
    with sqlite3.connect(target) as db:
        db.execute("PRAGMA synchronous = OFF")
        for table, changed in MOVED.items():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(changed.get(name, name) for name in columns)
            key = next(iter(changed))
            ((last,),) = db.execute(f"SELECT max({key}) FROM {table}")
            for back in range(1, YEARS):
                # A year mark names no year: of those there is one.
                db.execute(
                    f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {key} <= :last",
                    {"ids": back * APART, "days": f"-{back * DAYS_OF_A_YEAR} days", "last": last},
                )
    db.close()


_DAY, _MOMENT = "date({}, :days)", "date(substr({0}, 1, 10), :days) || substr({0}, 11)"
# What an earlier year's row has otherwise.
MOVED = {
    "reporting_periods": {
        "id": "id + :ids",
        "start": _MOMENT.format("start"),
        "finish": _MOMENT.format("finish"),
    },
    "lessons": {"id": "id + :ids", "date": _DAY.format("date")},
    "lesson_teachers": {"lesson_id": "lesson_id + :ids"},
    "works": {
        "id": "id + :ids",
        "lesson_id": "lesson_id + :ids",
        "target_date": _DAY.format("target_date"),
    },
    "marks": {
        "id": "id + :ids",
        "work_id": "work_id + :ids",
        "lesson_id": "lesson_id + :ids",
        "given_at": _MOMENT.format("given_at"),
    },
    "lesson_log_entries": {
        "lesson_id": "lesson_id + :ids",
        "created_at": _MOMENT.format("created_at"),
    },
    "final_marks": {
        "id": "id + :ids",
        "reporting_period_id": "reporting_period_id + :ids",
        "given_at": _MOMENT.format("given_at"),
    },
}


if __name__ == "__main__":
    main()
