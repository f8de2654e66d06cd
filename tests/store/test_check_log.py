"""Checks as the mirror keeps them: the latest of a day, findings of the latest days only, nothing lost on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from connector.mirror.store import Mirror
from connector.records import Check, Finding

DAY = date(2026, 11, 2)
BIG = 2**53 + 1
FOUND = Finding(
    "TOPIC", "п. 1", "error", BIG, None, (9, 10), BIG + 2, None, DAY, DAY, "x", 1, "y", (BIG + 4,)
)


def check(as_of=DAY, *findings, hour=8, scope="{}"):
    made = datetime(2026, 11, 2, hour, tzinfo=UTC)
    return Check("missing", scope, as_of, made, DAY, as_of, 3, {"TOPIC": len(findings)}, findings)


@pytest.fixture
def mirror(tmp_path):
    with Mirror.open(tmp_path / "mirror.db", write=True) as opened:
        yield opened


def test_a_check_comes_back_as_it_went_in(mirror):
    mirror.keep_check(check(DAY, FOUND), kept_days=5)
    assert mirror.last_check("missing", "{}", before=DAY + timedelta(days=1)) == check(DAY, FOUND)


def test_a_check_is_compared_with_an_earlier_day_of_its_own_kind_only(mirror):
    mirror.keep_check(check(DAY, FOUND), kept_days=5)
    assert mirror.last_check("missing", "{}", before=DAY) is None
    assert mirror.last_check("marks", "{}", before=date(2027, 1, 1)) is None
    assert mirror.last_check("missing", '{"classes": ["5А"]}', before=date(2027, 1, 1)) is None


def test_of_one_day_the_latest_check_stays(mirror):
    mirror.keep_check(check(DAY, FOUND), kept_days=5)
    mirror.keep_check(check(DAY, hour=20), kept_days=5)
    assert mirror.checks("missing", "{}") == [check(DAY, hour=20)]
    assert mirror.query("SELECT count(*) FROM check_findings") == [(0,)]


def test_old_checks_keep_their_counts_and_lose_their_findings(mirror):
    days = [DAY + timedelta(days=n) for n in range(4)]
    for day in days:
        mirror.keep_check(check(day, FOUND, replace(FOUND, lesson_id=1)), kept_days=2)
    assert [one.by_rule for one in mirror.checks("missing", "{}")] == [{"TOPIC": 2}] * 4
    assert mirror.last_check("missing", "{}", before=days[3]) == check(
        days[2], FOUND, replace(FOUND, lesson_id=1)
    )
    assert mirror.last_check("missing", "{}", before=days[2]) is None
