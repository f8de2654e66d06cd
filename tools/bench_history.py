"""What the history costs and how fast it answers, on a year's data: 480 thousand marks of a thousand pupils.

Merging is measured as a pull does it: read the window's rows, compare, write; only the network is left out, so a real
pull's ratio lies below the one shown here. What is measured runs in one thread: processor time tells it, whoever else is
at the machine.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from connector.mirror import chain, history
from connector.mirror.store import Mirror

START = datetime(2026, 9, 1, 3, tzinfo=UTC)
CLASSES, PUPILS, LESSONS, MARKS = 40, 25, 1000, 12
NIGHTS, TURNS = 12, 3
VIEW = (
    "SELECT mark_id, value FROM v_mark_history WHERE edu_group_id = ? AND valid_from <= ?"
    " AND (valid_to > ? OR valid_to IS NULL) AND shown"
)
Rows = list[tuple[Any, ...]]


def measure_history(bench) -> None:
    """Fill a year, pull calm and busy nights in turns, then ask as of a moment."""
    with (
        tempfile.TemporaryDirectory(prefix="dnevnik-bench-") as folder,
        Mirror.open(Path(folder) / "year.db", write=True) as mirror,
    ):
        measure(bench, mirror, fill(mirror, CLASSES))


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


def measure(bench, mirror: Mirror, by_class: dict[int, Rows]) -> None:
    """The figures."""
    at = START
    spent: dict[str, list[float]] = {"nothing": [], "one in a hundred": []}
    draw = random.Random(2)  # noqa: S311 - the same changes each time
    for night in range(NIGHTS):
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
    bench.show("history: a pull that changes 1 % / none", ratio, 1.3)
    class_then = best(lambda: history.class_as_of(mirror.query, [group], when))
    bench.show("history: a class as of a moment, seconds", class_then, 1)
    from_view = best(lambda: mirror.query(VIEW, (group, moment, moment)))
    bench.show("history: the same from the view, seconds", from_view, 1)
    rows = chain.tip(mirror.query).rows
    verified = best(lambda: chain.verify(mirror.query))
    bench.show("history: the chain verified, seconds", verified, None, f"{rows} changes")


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
    """Seconds of the processor for one go."""
    start = time.process_time()
    work()
    return time.process_time() - start


def best(work: Callable[[], object]) -> float:
    """The best of a few goes."""
    return min(timed(work) for _ in range(TURNS))
