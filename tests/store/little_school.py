"""A mirror of one class, its subgroup, another class and pupils at home, to be filled by a test."""

import sqlite3

from connector.mirror import schema
from connector.records import TABLES

CLASS, SUBGROUP, OTHER, HOME = 10, 11, 20, 30
ALGEBRA, ETHICS, NAMELESS = 1, 2, 3
STAYS, MOVED, LEFT, SPLIT = 101, 102, 103, 1011  # the last one's digits hold another's
RESOURCES = ("lessons", "marks", "lesson_log_entries", "final_marks")


class Mirror:
    """A mirror of one class, its subgroup, another class and pupils at home."""

    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        for _number, _name, script in schema.MIGRATIONS:
            self.db.executescript(script)
        self.db.execute(
            "INSERT INTO runs (id, command, scope, started_at, status) VALUES (1, 'pull', '{}', '2026-12-01T00:00:00Z', 'done')"
        )
        self.add("subjects", id=ALGEBRA, name="Алгебра")
        self.add("subjects", id=ETHICS, name="ОРКСЭ")
        self.add("reporting_periods", id=1, start="2026-09-01", finish="2026-10-25", type="Quarter")
        self.add("reporting_periods", id=2, start="2026-11-02", finish="2026-11-22", type="Quarter")
        for group, name in ((CLASS, "5А"), (SUBGROUP, "5А/1"), (OTHER, "5Б"), (HOME, "5НО")):
            self.add("edu_groups", id=group, name=name, parallel=5, type="Group", study_year=2026)
            for period in (1, 2):
                self.add(
                    "edu_group_reporting_periods", edu_group_id=group, reporting_period_id=period
                )
        self.add("edu_group_parents", edu_group_id=SUBGROUP, parent_id=CLASS)
        for person, group, status in (
            (STAYS, CLASS, "Active"),
            (STAYS, SUBGROUP, "Active"),
            (SPLIT, CLASS, "Active"),
            (MOVED, CLASS, "Active"),
            (MOVED, OTHER, "Archive"),
            (LEFT, CLASS, "Archive"),
            (SPLIT, HOME, "Active"),
        ):
            self.add(
                "memberships",
                person_id=person,
                edu_group_id=group,
                role="EduStudent",
                status=status,
            )
        for number, weight in enumerate((1, 2, None, 0), start=1):
            self.add("work_types", id=number, weight=weight)

    def add(self, table, **values):
        kept = {"first_seen_run": 1, "changed_run": 1} if table in TABLES else {}
        row = kept | values
        self.db.execute(
            f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )

    def query(self, sql, parameters=()):
        return self.db.execute(sql, parameters).fetchall()

    def read(self, unread):
        for group in (CLASS, SUBGROUP, OTHER, HOME):
            for resource in RESOURCES:
                if (group, resource) not in unread:
                    self.add(
                        "coverage", resource=resource, edu_group_id=group, covered_from="2026-09-01",
                        covered_to="2027-08-31", run_id=1, pulled_at="2026-12-01T00:00:00Z", state="done", rows=1,
                    )  # fmt: skip
