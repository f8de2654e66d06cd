"""The small decisions inside the flows, taken one at a time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from connector.api import calls
from connector.errors import (
    AccessDenied,
    BodyUnreadable,
    NotFound,
    RequestRejected,
    TransportFailed,
    VendorBroken,
)
from connector.flows import journal
from connector.flows.school import parse_offset
from connector.records import Window

START, END = date(2026, 9, 1), date(2026, 10, 31)


def rejected(status):
    return RequestRejected(endpoint="e", status=status)


CUT = BodyUnreadable("cut", endpoint="e", status=200)
GONE = NotFound(endpoint="e", status=404)
DENIED = AccessDenied(endpoint="e", status=403)
BROKEN = VendorBroken(endpoint="e", status=500)
LOST = TransportFailed("lost", endpoint="e", sent=True)


# --- windows of lessons and marks


def window_job(resource, start=START, end=END):
    jobs = {"lessons": journal.lesson_jobs, "marks": journal.mark_jobs}[resource]
    return jobs([Window(resource, 5, start, end)])[0]


@pytest.mark.parametrize("resource", ["lessons", "marks"])
@pytest.mark.parametrize("error", [rejected(400), rejected(413), rejected(414), CUT], ids=str)
def test_a_window_that_is_too_big_becomes_two_that_cover_it(resource, error):
    first, second = journal._split_window(window_job(resource), error)
    assert (first.window.start, second.window.end) == (START, END)
    assert second.window.start - first.window.end == timedelta(days=1)
    assert {part.window.resource for part in (first, second)} == {resource}
    assert {part.call.template for part in (first, second)} == {window_job(resource).call.template}


@pytest.mark.parametrize("error", [rejected(409), GONE, DENIED, BROKEN, LOST], ids=str)
def test_a_window_refused_for_other_reasons_stays_whole(error):
    assert journal._split_window(window_job("lessons"), error) is None


def test_a_window_of_a_week_is_as_small_as_it_gets():
    week = window_job("marks", START, START + timedelta(days=6))
    assert journal._split_window(week, rejected(413)) is None


# --- chunks of attendance


DAYS = {lesson: START + timedelta(days=lesson) for lesson in range(1, 6)}


def chunk(*lessons):
    return journal._log_job(5, lessons, DAYS)


@pytest.mark.parametrize("error", [rejected(400), rejected(413), rejected(414), GONE, CUT], ids=str)
def test_a_chunk_that_is_refused_becomes_two_that_name_the_same_lessons(error):
    first, second = journal._split_chunk(DAYS, chunk(1, 2, 3, 4, 5), error)
    assert (first.lessons, second.lessons) == ((1, 2), (3, 4, 5))
    assert (first.window.start, first.window.end) == (DAYS[1], DAYS[2])
    assert (second.window.start, second.window.end) == (DAYS[3], DAYS[5])
    assert first.call.query == calls.log_entries_rows([1, 2]).query


@pytest.mark.parametrize("error", [rejected(409), DENIED, BROKEN, LOST], ids=str)
def test_a_chunk_refused_for_other_reasons_stays_whole(error):
    assert journal._split_chunk(DAYS, chunk(1, 2), error) is None


def test_a_chunk_of_one_lesson_is_as_small_as_it_gets():
    assert journal._split_chunk(DAYS, chunk(3), GONE) is None


# --- the vendor's zones


@pytest.mark.parametrize(
    ("text", "hours"),
    [("+5:00", 5), ("03:00", 3), ("5", 5), ("-3:30", -3.5), ("+14:00", 14), ("0", 0)],
)
def test_an_offset_is_read(text, hours):
    assert parse_offset(text) == timezone(timedelta(hours=hours))


@pytest.mark.parametrize(
    "text", [None, "", "+", "Europe/Moscow", "5:xx", "x:00", "+15:00", "-14:30", "3.5"]
)
def test_what_is_no_offset_is_none(text):
    assert parse_offset(text) is None


def test_a_zone_that_was_read_moves_a_day():
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert late.astimezone(parse_offset("+5:00")).date() == date(2026, 11, 25)
