"""A little school in a mirror, filled by merges as a pull does it, and what restoring it needs."""

import os
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.flows.backup_create import Making, make_backup
from connector.flows.restore_mirror import Restoring
from connector.mirror.backup import examine
from connector.mirror.packing import Keys
from connector.mirror.store import Mirror
from connector.records import TABLES

SCHOOL = 1000000000001
START = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = timedelta(days=1)
CLASSES = {5001: "5А", 5002: "5Б"}
HALF = 5003  # a subgroup of 5А
PUPILS = {5001: range(101, 105), 5002: range(201, 205)}
SUBJECTS = {11: "Алгебра", 12: "Физика"}
PERIODS = {
    71: ("1 четверть", "2026-09-01", "2026-10-25"),
    72: ("2 четверть", "2026-11-05", "2026-12-30"),
}
MOSCOW = ZoneInfo("Europe/Moscow")


def school_rows():
    """The school as its first pull finds it: rows by table, without the column `extra`."""
    rows = {
        "schools": [(SCHOOL, "Лицей", "Лицей", "Пермь", "Europe/Moscow", "mark5", 1, 1, 0)],
        "subjects": [(key, name, None, None) for key, name in SUBJECTS.items()],
        "work_types": [(31, SCHOOL, "Ответ", "О", 1, None, None)],
        "edu_groups": [
            (key, SCHOOL, name, name, 5, "Group", 2026, "Active", None, None, None)
            for key, name in CLASSES.items()
        ]
        + [(HALF, SCHOOL, "5А/1", "5А/1", 5, "Subgroup", 2026, "Active", None, None, None)],
        "edu_group_parents": [(HALF, 5001)],
        "reporting_periods": [
            (key, name, "Quarter", key - 71, start, end, 2026)
            for key, (name, start, end) in PERIODS.items()
        ],
        "edu_group_reporting_periods": [(group, key) for group in CLASSES for key in PERIODS],
        "persons": [],
        "memberships": [],
        "lessons": [],
        "lesson_teachers": [],
        "works": [],
        "tasks": [],
        "marks": [],
        "lesson_log_entries": [],
        "final_marks": [],
    }
    rows["persons"].append((900, 90, "Громова", "Инна", "Львовна", None, "Female", None))
    for group, pupils in PUPILS.items():
        for pupil in pupils:
            rows["persons"].append(
                (pupil, None, f"Ученик{'абвгдежз'[pupil % 8]}", "Тест", None, None, None, None)
            )
            rows["memberships"].append((pupil, group, "EduStudent", "Active"))
    rows["memberships"] += [
        (101, HALF, "EduStudent", "Active"),
        (102, HALF, "EduStudent", "Active"),
    ]
    for group in (*CLASSES, HALF):
        for subject in SUBJECTS:
            for number, day in enumerate(("2026-10-05", "2026-11-10", "2026-11-17")):
                lesson = group * 1000 + subject * 10 + number
                rows["lessons"].append(
                    (lesson, group, subject, day, 1, f"Тема {number}", "Finished", None)
                )
                rows["lesson_teachers"].append((lesson, 900))
                _journal(rows, group, subject, lesson, day)
    for group, pupils in PUPILS.items():
        rows["final_marks"] += [
            (
                pupil * 10 + subject,
                pupil,
                subject,
                71,
                "period",
                group,
                "4",
                None,
                None,
                "mark5",
                None,
            )
            for pupil in pupils
            for subject in SUBJECTS
        ]
    return rows


def _journal(rows, group, subject, lesson, day):
    work = lesson * 10
    blank = (None,) * 8
    rows["works"].append((work, lesson, group, subject, "CommonWork", 31, "New", day, None, *blank))
    rows["works"].append(
        (work + 1, lesson, group, subject, "Homework", None, "New", day, None, *blank)
    )
    pupils = PUPILS.get(group, range(101, 103))
    for pupil in pupils:
        rows["tasks"].append((work * 1000 + pupil, work + 1, pupil, "New", day))
        mark = (work + 5) * 1000 + pupil
        rows["marks"].append(
            (mark, pupil, work, lesson, "mark5", "4", "4", "Good", f"{day}T09:00:00Z", 1, 0, 31)
        )
    rows["lesson_log_entries"].append((lesson, pupils[0], "Ill", "справка", f"{day}T08:00:00Z"))


def merge(path, at, changed=None, gone=None, command="pull"):
    """One run at `at`: rows (without extra) that the vendor shows, keys that it no longer shows."""
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run(command, {}, at)
        with mirror.transaction():
            for table, rows in (changed or {}).items():
                width = len(TABLES[table].key)
                existing = {
                    key: row
                    for key, row in mirror.rows(table, "1").items()
                    if key in {r[:width] for r in rows}
                }
                mirror.merge(run, at, table, [(*row, None) for row in rows], existing)
            for table, keys in (gone or {}).items():
                mirror.withdraw(run, at, table, keys)
            mirror.note_memberships(run, at.date())
            mirror._connection.execute(
                "INSERT OR REPLACE INTO bodies VALUES ('f00d', 'marks', 5001, '2026-11-01', '2026-11-30', x'00', 1)"
            )
        mirror.finish_run(run, at, "done", {})
    return run


def with_value(table, key, **values):
    """A row of the school with other values."""
    columns = TABLES[table].columns
    row = next(r for r in school_rows()[table] if r[: len(key)] == key)
    return tuple(values.get(name, value) for name, value in zip(columns, row, strict=True))


def making(tmp_path, **keys):
    return Making((tmp_path / "backups",), Keys(**keys), None, "0.1.0", "MSK")


def backup(tmp_path, at, **keys):
    """Make a backup of the school's mirror; returns the archive."""
    return make_backup(tmp_path / "school.db", making(tmp_path, **keys), at).copies[0].path


def asked(tmp_path, archive, **more):
    keys = more.pop("keys", {})
    return Restoring(
        archive,
        tmp_path / "school.db",
        making(tmp_path, **keys),
        more.pop("school", SCHOOL),
        zone=lambda _mirror: MOSCOW,
        **more,
    )


def hashes(path):
    """sha256 of each table's content."""
    return examine(path).tables


def live(path, table, where="1"):
    """Rows that count, by key, without what runs note of them."""
    with Mirror.open(path) as mirror:
        return {k: r[:-1] for k, r in mirror.rows(table, where).items() if r[-1] is None}


def everything(path):
    return {table: live(path, table) for table in TABLES}


def lines_of(work):
    """How many lines of our package `work` runs: the points it may be killed at."""
    count = 0

    def trace(frame, event, _arg):
        nonlocal count
        if "/connector/" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def killed_at(line, work):
    """Run `work` in a child process that dies, without any clean-up, at the given line; whether it died."""
    child = os.fork()
    if child == 0:
        left = line

        def trace(frame, event, _arg):
            nonlocal left
            if "/connector/" not in frame.f_code.co_filename:
                return None
            left -= event == "line"
            if left <= 0:
                os._exit(9)
            return trace

        try:
            sys.settrace(trace)
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
