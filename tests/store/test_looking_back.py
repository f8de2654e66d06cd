"""SELECTs of a mirror that was turned back to a moment answer what they answered then."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mirror import file, schema
from connector.mirror.looking_back import as_of_query, history_begins, reaches
from connector.mirror.store import Mirror
from connector.records import TABLES, Window

# In Moscow it is the next day already.
FIRST = datetime(2026, 9, 1, 22, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
DAY = timedelta(days=1)
MIDDAY = timedelta(hours=9)
TURNED = ("lessons", "works", "marks", "lesson_log_entries", "memberships", "subjects")
WHOLE = {"id", "number", "is_important", "mark_count", "display_in_journal", "period_number"}
WHOLE |= {"created_by", "use_avg_calc"}
SELECTS = (
    "SELECT l.id, (SELECT count(*) FROM marks m WHERE m.lesson_id = l.id AND m.withdrawn_run IS NULL) FROM lessons l ORDER BY 1",
    "SELECT w.lesson_id, m.value FROM marks m JOIN works w ON w.id = m.work_id WHERE m.withdrawn_run IS NULL ORDER BY 1, 2",
    "SELECT resource, edu_group_id, covered_from, covered_to, pulled_at, state, detail FROM coverage ORDER BY 1, 2, 3, 4",
    "SELECT name, value FROM facts ORDER BY name",
    "SELECT resource, key, op, before, after, seen_at FROM changes ORDER BY id",
    "SELECT id, started_at FROM runs ORDER BY id",
    "SELECT person_id, edu_group_id, role, seen_from, seen_to FROM memberships ORDER BY 1, 2, 3",
    *(
        f"SELECT {', '.join((*TABLES[name].columns, 'extra', 'withdrawn_run'))} FROM {name}"
        f" ORDER BY {', '.join(TABLES[name].key)}"
        for name in TURNED
    ),
)


def rows_of(table):
    """Rows of few keys and values, so that they meet, change, go and come back."""
    known = TABLES[table]
    small = st.integers(1, 3)
    maybe = st.none() | st.sampled_from(["4", "5"])
    cells = [
        st.just("EduStudent")
        if name == "role"
        else small
        if name.endswith("_id") or name in WHOLE
        else maybe
        for name in known.columns
    ]
    if table == "memberships":
        cells[-1] = st.sampled_from(["Active", "Archive"])
    if table == "subjects":
        cells[-1] = st.none()
    width = len(known.key)
    listed = st.lists(st.tuples(*cells, maybe), max_size=4)
    return listed.map(lambda found: list({row[:width]: row for row in found}.values()))


SPANS = st.tuples(st.integers(0, 2), st.integers(0, 3))
ENDS = st.sampled_from(["done", "suspect", "refused", "failed", "broken"])
NIGHTS = st.lists(
    st.fixed_dictionaries(
        {
            "rows": st.fixed_dictionaries({table: rows_of(table) for table in TURNED}),
            "windows": st.lists(st.tuples(SPANS, ENDS), max_size=4),
            "fact": st.sampled_from(["given", "due"]),
        }
    ),
    min_size=1,
    max_size=4,
)


def pull(mirror, at, night):
    """One run that read everything: what it does not show is withdrawn."""
    run = mirror.start_run("pull", {}, at)
    with mirror.transaction():
        for table, rows in night["rows"].items():
            existing = mirror.rows(table, "1")
            width = len(TABLES[table].key)
            mirror.withdraw(run, at, table, sorted(existing.keys() - {row[:width] for row in rows}))
            mirror.merge(run, at, table, rows, existing)
        for (start, days), end in night["windows"]:
            first = date(2026, 9, 1) + timedelta(start)
            window = Window("lessons", 1, first, first + timedelta(days))
            if end == "broken":
                mirror.fail_window(run, at, window, state="failed", detail="VendorBroken")
            else:
                mirror.cover(run, at, window, state=end, rows=0)
        # The run has read something at least: what a run that reads nothing knows, nobody asks for.
        mirror.cover(run, at, Window("subjects", 0, date.min, date.max), state="done", rows=0)
        mirror.learn(run, "homework_reading", night["fact"])
        mirror.note_memberships(run, at.astimezone(MOSCOW).date())


def answers(query):
    return [query(sql, ()) for sql in SELECTS]


@given(nights=NIGHTS)
@settings(max_examples=60, deadline=None)
def test_every_select_answers_later_what_it_answered_then(nights):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.db"
        then = []
        for number, night in enumerate(nights):
            with Mirror.open(path, write=True) as mirror:
                pull(mirror, FIRST + number * DAY, night)
                then.append(answers(mirror.query))
        for number, expected in enumerate(then):
            with Mirror.open(path) as mirror:
                when = (FIRST + number * DAY + MIDDAY).astimezone(MOSCOW)
                assert reaches(mirror.query, when)
                found = answers(as_of_query(mirror, when))
                assert dict(zip(SELECTS, found, strict=True)) == dict(
                    zip(SELECTS, expected, strict=True)
                )


# --- examples

NIGHT = {
    "rows": {"subjects": [(1, "Алгебра", None, None, None)]},
    "windows": [((0, 2), "done")],
    "fact": "given",
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirror.db"


def pulled(path, *nights):
    with Mirror.open(path, write=True) as mirror:
        for number, night in enumerate(nights):
            pull(mirror, FIRST + number * DAY, night)


def test_what_nobody_had_read_yet_is_out_of_reach(path):
    pulled(path, NIGHT)
    with Mirror.open(path) as mirror:
        assert not reaches(mirror.query, FIRST - DAY)
        assert reaches(mirror.query, FIRST)
        assert history_begins(mirror.query) == FIRST


def test_an_empty_mirror_reaches_nowhere(path):
    pulled(path)
    with Mirror.open(path) as mirror:
        assert not reaches(mirror.query, FIRST + 100 * DAY)
        assert history_begins(mirror.query) is None


def test_a_night_adds_a_line_a_window_and_one_for_each_that_a_longer_reading_replaced(path):
    pulled(path, NIGHT, NIGHT, {**NIGHT, "windows": [((0, 3), "done")]})
    with Mirror.open(path) as mirror:
        assert mirror.query(
            "SELECT run_id, covered_to, state FROM readings WHERE resource = 'lessons' ORDER BY 1, 2"
        ) == [
            (1, "2026-09-03", "done"),
            (2, "2026-09-03", "done"),
            (3, "2026-09-03", "superseded"),
            (3, "2026-09-04", "done"),
        ]


def test_a_column_that_cannot_be_turned_back_is_refused(path):
    pulled(path, NIGHT)
    with Mirror.open(path) as mirror:
        query = as_of_query(mirror, FIRST)
        with pytest.raises(Exception, match="changed_run"):
            query("SELECT changed_run FROM memberships", ())


def test_a_pull_beside_it_changes_nothing(path):
    pulled(path, NIGHT)
    with Mirror.open(path) as mirror:
        query = as_of_query(mirror, FIRST)
        with Mirror.open(path, write=True) as writer:
            pull(writer, FIRST + DAY, {**NIGHT, "rows": {"subjects": []}})
        assert query("SELECT name FROM subjects WHERE withdrawn_run IS NULL", ()) == [("Алгебра",)]


def test_a_mirror_of_an_older_version_knows_its_last_readings_from_the_update_on(path, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", schema.MIGRATIONS[:3])
        pulled(path, NIGHT, NIGHT)
    with Mirror.open(path) as mirror:
        assert not reaches(mirror.query, FIRST + 100 * DAY)
    Mirror.open(path, write=True).close()
    with Mirror.open(path) as mirror:
        assert not reaches(mirror.query, FIRST)
        assert history_begins(mirror.query) == FIRST + DAY
        expected = answers(mirror.query)
        assert answers(as_of_query(mirror, FIRST + DAY)) == expected
