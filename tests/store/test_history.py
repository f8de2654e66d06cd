"""What the diary said at a moment equals what the mirror held at that moment."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mirror import history
from connector.mirror.biography import biographies
from connector.mirror.books import moment
from connector.mirror.store import Mirror
from connector.records import TABLES

FIRST = datetime(2026, 9, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
FOLLOWED = ("marks", "lesson_log_entries", "lessons", "works", "memberships")
small = st.integers(1, 3)
maybe = st.none() | st.sampled_from(["4", "5"])


def rows_of(table):
    """Rows with keys and values of a few kinds, so that they meet, move, change and stay."""
    known = TABLES[table]
    cells = {
        "role": st.just("EduStudent"),
        "date": st.sampled_from(["2026-09-01", "2026-10-01"]),
        "kind": st.just("period"),
    }
    whole = {"id", "number"} | {name for name in known.columns if name.endswith("_id")}
    whole |= {
        "is_important",
        "mark_count",
        "display_in_journal",
        "period_number",
        "created_by",
        "use_avg_calc",
    }
    kinds = [cells.get(name, small if name in whole else maybe) for name in known.columns]
    rows = st.lists(st.tuples(*kinds, maybe), max_size=4)
    width = len(known.key)
    return rows.map(lambda found: list({row[:width]: row for row in found}.values()))


def pulls(tables):
    night = st.fixed_dictionaries({table: rows_of(table) for table in tables})
    return st.lists(night, min_size=1, max_size=5)


def pull(mirror, at, night):
    """One run that read everything: what it does not show is withdrawn."""
    run = mirror.start_run("pull", {}, at)
    with mirror.transaction():
        for table, rows in night.items():
            existing = mirror.rows(table, "1")
            width = len(TABLES[table].key)
            gone = existing.keys() - {row[:width] for row in rows}
            mirror.withdraw(run, at, table, sorted(gone))
            mirror.merge(run, at, table, rows, existing)
    return run


def snapshot(mirror, table, where="1"):
    width = len(TABLES[table].key)
    rows = mirror.rows(table, f"withdrawn_run IS NULL AND ({where})")
    return {row[:width]: row[:-1] for row in rows.values()}


@given(nights=pulls(FOLLOWED))
@settings(max_examples=60)
def test_history_replayed_to_any_moment_equals_the_snapshot_taken_then(nights):
    with TemporaryDirectory() as folder, Mirror.open(Path(folder) / "m.db", write=True) as mirror:
        taken = []
        for number, night in enumerate(nights):
            pull(mirror, FIRST + number * DAY, night)
            taken.append(
                {
                    table: (snapshot(mirror, table), snapshot(mirror, table, _AT_ONE[table]))
                    for table in night
                }
            )
        for number, tables in enumerate(taken):
            when = FIRST + number * DAY + timedelta(hours=5)
            for table, (whole, at_one) in tables.items():
                assert history.as_of(mirror.query, table, when) == whole
                scope = {_AT_ONE[table].split()[0]: {1}}
                assert history.as_of(mirror.query, table, when, scope) == at_one


_AT_ONE = {
    "marks": "lesson_id = 1",
    "lesson_log_entries": "lesson_id = 1",
    "lessons": "edu_group_id = 1",
    "works": "edu_group_id = 1",
    "memberships": "edu_group_id = 1",
}


@given(nights=pulls(["marks", "lesson_log_entries"]))
@settings(max_examples=40)
def test_the_views_show_each_moment_as_it_was(nights):
    with TemporaryDirectory() as folder, Mirror.open(Path(folder) / "m.db", write=True) as mirror:
        taken = []
        for number, night in enumerate(nights):
            pull(mirror, FIRST + number * DAY, night)
            value = TABLES["marks"].columns.index("value")
            marks = {key: row[value] for key, row in snapshot(mirror, "marks").items()}
            entries = {key: row[2] for key, row in snapshot(mirror, "lesson_log_entries").items()}
            taken.append((marks, entries))
        for number, (marks, entries) in enumerate(taken):
            at = moment(FIRST + number * DAY)
            then = "WHERE valid_from <= ? AND (valid_to > ? OR valid_to IS NULL) AND shown"
            found = mirror.query(f"SELECT mark_id, value FROM v_mark_history {then}", (at, at))
            assert {(key,): value for key, value in found} == marks
            found = mirror.query(
                f"SELECT lesson_id, person_id, status FROM v_attendance_history {then}", (at, at)
            )
            assert {(lesson, person): status for lesson, person, status in found} == entries


# --- examples


@pytest.fixture
def mirror(tmp_path):
    with Mirror.open(tmp_path / "mirror.db", write=True) as opened:
        yield opened


def mark(number, value, *, lesson=1, person=7):
    return (number, person, 1, lesson, "Mark", value, value, None, None, None, None, None, None)


def lesson(number, group=1, day="2026-09-01", title="Дроби"):
    return (number, group, 1, day, 1, title, None, None, None)


def test_before_the_first_run_nothing_was_known(mirror):
    pull(mirror, FIRST, {"marks": [mark(1, "5")]})
    assert history.as_of(mirror.query, "marks", FIRST - DAY) == {}
    assert history.run_at(mirror.query, FIRST - DAY) == 0


def test_a_run_counts_from_its_first_moment(mirror):
    pull(mirror, FIRST, {"marks": [mark(1, "5")]})
    assert history.as_of(mirror.query, "marks", FIRST) == {(1,): mark(1, "5")}


def test_a_run_whose_clock_was_ahead_does_not_hide_those_after_it(mirror):
    pull(mirror, FIRST + 900 * DAY, {"marks": [mark(1, "5")]})
    pull(mirror, FIRST + DAY, {"marks": [mark(1, "4")]})
    assert history.as_of(mirror.query, "marks", FIRST + 2 * DAY)[1,] == mark(1, "4")


def test_a_mark_that_moved_to_another_class_is_still_in_the_class_it_was_in(mirror):
    pull(mirror, FIRST, {"lessons": [lesson(1), lesson(2, group=2)], "marks": [mark(1, "5")]})
    pull(
        mirror,
        FIRST + DAY,
        {"lessons": [lesson(1), lesson(2, group=2)], "marks": [mark(1, "5", lesson=2)]},
    )
    first = history.class_as_of(mirror.query, [1], FIRST)
    then = history.class_as_of(mirror.query, [1], FIRST + DAY)
    assert (set(first.marks), set(then.marks)) == ({(1,)}, set())


def test_a_class_can_be_asked_for_some_days_only(mirror):
    lessons = [lesson(1), lesson(2, day="2026-10-05"), lesson(3, day=None)]
    pull(mirror, FIRST, {"lessons": lessons, "marks": [mark(1, "5"), mark(2, "4", lesson=2)]})
    found = history.class_as_of(
        mirror.query, [1], FIRST, start=date(2026, 10, 1), end=date(2026, 10, 31)
    )
    assert (set(found.lessons), set(found.marks)) == ({(2,), (3,)}, {(2,)})


def test_a_mark_is_told_from_its_first_sight_to_its_return(mirror):
    for number, rows in enumerate([[mark(1, "5")], [mark(1, "3")], [], [mark(1, "4")]]):
        pull(mirror, FIRST + number * DAY, {"marks": rows})
    (one,) = biographies(mirror.query, "mark", 1, FIRST + 9 * DAY)
    assert [
        (event.op, event.before.get("value"), event.after.get("value")) for event in one.events
    ] == [
        ("seen", None, "5"),
        ("update", "5", "3"),
        ("withdraw", None, None),
        ("return", "3", "4"),
    ]
    assert (one.shown, one.values["value"], one.changed) == (True, "4", True)


def test_a_biography_ends_at_the_moment_asked_for(mirror):
    for number, rows in enumerate([[mark(1, "5")], [], [mark(1, "4")]]):
        pull(mirror, FIRST + number * DAY, {"marks": rows})
    (one,) = biographies(mirror.query, "mark", 1, FIRST + DAY)
    assert (one.shown, one.values["value"]) == (False, "5")
    assert biographies(mirror.query, "mark", 1, FIRST - DAY) == []
    assert biographies(mirror.query, "mark", 99, FIRST) == []


def test_a_mark_that_was_moved_to_another_pupil_stays_in_the_life_of_the_first(mirror):
    pull(mirror, FIRST, {"marks": [mark(1, "5")]})
    pull(mirror, FIRST + DAY, {"marks": [mark(1, "5", person=8)]})
    found = biographies(mirror.query, "person", 7, FIRST + 9 * DAY)
    assert [(one.resource, one.key) for one in found] == [("marks", (1,))]


def test_a_lesson_brings_all_that_stands_at_it(mirror):
    pull(
        mirror,
        FIRST,
        {
            "lessons": [lesson(1)],
            "lesson_teachers": [(1, 70, None)],
            "marks": [mark(1, "5")],
            "lesson_log_entries": [(1, 7, "Ill", None, None, None)],
        },
    )
    found = biographies(mirror.query, "lesson", 1, FIRST)
    assert [one.resource for one in found] == [
        "lessons",
        "lesson_teachers",
        "lesson_log_entries",
        "marks",
    ]
