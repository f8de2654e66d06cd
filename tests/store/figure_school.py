"""A real SQLite file with one class of five, and what a report says of it."""

from datetime import UTC, date, datetime

from connector.reports.catalogue import REPORTS
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.report import Request
from mappings.rulebooks import read_rulebook
from tests.store.test_facts import CLASS, MATHS, TEACHER, ZONE, School

NOVEMBER = date(2026, 11, 24)
PUPILS = tuple(range(101, 106))
AFTER = "2026-11-20T00:00:00Z"


class Made(School):
    """A mirror of one class of five."""

    def __init__(self, *, finals_read=AFTER):
        super().__init__()
        self.keys = 0
        self.add("subjects", id=MATHS, name="Алгебра")
        self.add("edu_groups", id=CLASS, name="5А", parallel=5, type="Group")
        self.add("persons", id=TEACHER, last_name="Лужина", first_name="Вера")
        self.add(
            "reporting_periods",
            id=1,
            start="2026-09-01",
            finish="2026-10-24",
            number=0,
            name="1 четверть",
        )
        self.add(
            "reporting_periods",
            id=2,
            start="2026-11-02",
            finish="2026-12-30",
            number=1,
            name="2 четверть",
        )
        for period in (1, 2):
            self.add("edu_group_reporting_periods", edu_group_id=CLASS, reporting_period_id=period)
        for resource in (LESSONS, MARKS, LOG):
            self.read(resource, CLASS)
        if finals_read:
            self.read("final_marks", CLASS, start="", end="", at=finals_read)
        for person in PUPILS:
            self.join(person)

    def join(self, person, seen_from="2026-09-01", seen_to=None, status="Active", **values):
        self.add(
            "memberships",
            person_id=person,
            edu_group_id=CLASS,
            role="EduStudent",
            status=status,
            seen_from=seen_from,
            seen_to=seen_to,
            **values,
        )

    def final(
        self, person, value, period=1, kind="period", given_at="2026-10-23T10:00:00Z", **values
    ):
        self.keys += 1
        self.add(
            "final_marks",
            id=self.keys,
            person_id=person,
            subject_id=MATHS,
            value=value,
            reporting_period_id=period,
            kind=kind,
            edu_group_id=CLASS,
            given_at=given_at,
            **values,
        )

    def mark(self, lesson, person=101, given_at="2026-09-07T06:00:00Z", **values):
        self.keys += 1
        self.add(
            "marks",
            id=self.keys,
            lesson_id=lesson,
            person_id=person,
            value="4",
            type="Mark5",
            given_at=given_at,
            **values,
        )

    def table(self, name, key, as_of=NOVEMBER, **request):
        return table(self.made(name, as_of, **request), key)

    def made(self, name, as_of=NOVEMBER, **request):
        asked = Request(as_of, datetime(2026, 12, 1, tzinfo=UTC), ZONE, **request)
        return REPORTS[name].builder()(self.query, read_rulebook(), asked)


def table(made, key):
    found = next(one for one in made.tables if one.key == key)
    return [dict(zip((c.key for c in found.columns), row, strict=True)) for row in found.rows]
