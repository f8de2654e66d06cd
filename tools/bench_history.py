"""What the history costs and how fast it answers, on a year's data: 480 thousand marks of a thousand pupils.

    python tools/bench_history.py              a minute
    python tools/bench_history.py --classes 8

Merging is measured as a pull does it: read the window's rows, compare, write; only the network is left out, so a real
pull's ratio lies below the one shown here.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from connector.mirror import chain, history
from connector.mirror.store import Mirror

START = datetime(2026, 9, 1, 3, tzinfo=UTC)
PUPILS, LESSONS, MARKS = 25, 1000, 12
TURNS = 3
VIEW = (
    "SELECT mark_id, value FROM v_mark_history WHERE edu_group_id = ? AND valid_from <= ?"
    " AND (valid_to > ? OR valid_to IS NULL) AND shown"
)
Rows = list[tuple[Any, ...]]


def main() -> None:
    """Measure, print, leave with 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=40)
    parser.add_argument("--nights", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder:
        path = Path(folder) / "year.db"
        with Mirror.open(path, write=True) as mirror:
            by_class = fill(mirror, asked.classes)
            sys.exit(1 if measure(mirror, by_class, asked.nights) else 0)


def fill(mirror: Mirror, classes: int) -> dict[int, Rows]:
    """A year of a school; marks by class."""
    draw = random.Random(1)  # noqa: S311 - the same school each time
    run = mirror.start_run("pull", {}, START)
    by_class: dict[int, Rows] = {}
    with mirror.transaction():
        for number in range(classes):
            group = 10**18 + number
            lessons, marks = [], by_class.setdefault(group, [])
            for place in range(LESSONS):
                lesson = 3 * 10**18 + number * LESSONS + place
                day = date(2026, 9, 1) + timedelta(days=place // 6)
                lessons.append(
                    (
                        lesson,
                        group,
                        place % 12,
                        day.isoformat(),
                        place % 6 + 1,
                        "",
                        None,
                        None,
                        None,
                    )
                )
                for pupil in draw.sample(range(PUPILS), MARKS):
                    mark = 4 * 10**18 + (number * LESSONS + place) * PUPILS + pupil
                    person = 2 * 10**18 + number * PUPILS + pupil
                    marks.append(
                        (mark, person, None, lesson, "Mark", "5", "5", None, None, 1, 0, None, None)
                    )
            mirror.insert_new(run, {"lessons": lessons, "marks": marks})
    mirror.finish_run(run, START, "done", {})
    return by_class


def measure(mirror: Mirror, by_class: dict[int, Rows], nights: int) -> bool:
    """Whether a target was missed."""
    at = START
    spent: dict[str, list[float]] = {"nothing": [], "one in a hundred": []}
    draw = random.Random(2)  # noqa: S311 - the same changes each time
    for night in range(2 * max(nights // 2, TURNS)):
        at += timedelta(days=1)
        kind = ("nothing", "one in a hundred")[night % 2]
        if kind != "nothing":
            for group, rows in by_class.items():
                by_class[group] = list(changed(rows, draw))
        spent[kind].append(timed(lambda at=at: pull(mirror, at, by_class)))
    group = next(iter(by_class))
    when = START + timedelta(hours=1)
    moment = f"{when:%Y-%m-%dT%H:%M:%SZ}"
    # Of the machine's noise, neighbours in time have most in common.
    pairs = zip(spent["one in a hundred"], spent["nothing"], strict=True)
    ratio = statistics.median(change / calm for change, calm in pairs)
    missed = show("a pull that changes 1 %, to one that changes none", ratio, 1.3)
    missed |= show(
        "seconds: a class as of a moment",
        best(lambda: history.class_as_of(mirror.query, [group], when)),
        1,
    )
    missed |= show(
        "seconds: the same from the view",
        best(lambda: mirror.query(VIEW, (group, moment, moment))),
        1,
    )
    rows = chain.tip(mirror.query).rows
    print(
        f"     {rows} changes, chain verified in {best(lambda: chain.verify(mirror.query)):.2f} s"
    )
    return missed


def changed(rows: Rows, draw: random.Random) -> Iterator[tuple[Any, ...]]:
    """One mark in a hundred gets another value."""
    for row in rows:
        if draw.random() < 0.01:
            value = "4" if row[5] == "5" else "5"
            yield (*row[:5], value, value, *row[7:])
        else:
            yield row


def pull(mirror: Mirror, at: datetime, by_class: dict[int, Rows]) -> None:
    """Take in every class's marks, one transaction each."""
    run = mirror.start_run("pull", {}, at)
    for group, rows in by_class.items():
        with mirror.transaction():
            existing = mirror.rows(
                "marks", "lesson_id IN (SELECT id FROM lessons WHERE edu_group_id = ?)", (group,)
            )
            mirror.merge(run, at, "marks", rows, existing)
    mirror.finish_run(run, at, "done", {})


def timed(work: Callable[[], object]) -> float:
    """Seconds of one go."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object]) -> float:
    """The best of a few goes: what the machine can do when nobody else is at it."""
    return min(timed(work) for _ in range(TURNS))


def show(name: str, value: float, target: float) -> bool:
    """Print a figure; whether it misses its target."""
    print(
        f"{'ok  ' if value <= target else 'MISS'} {name:<52} {value:6.2f}  (at most {target:g})",
        flush=True,
    )
    return value > target


if __name__ == "__main__":
    main()
