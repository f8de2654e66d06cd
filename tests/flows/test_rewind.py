"""A mirror taken back to a moment is the mirror of that moment, whatever happened since."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mirror import chain
from connector.mirror.rewind import Restored, batches
from connector.mirror.store import Mirror
from connector.records import TABLES
from tests.flows.restoring import START, live

HOUR = timedelta(hours=1)
NAMES = ("subjects", "lesson_teachers", "memberships", "lessons")


def row(table, number, value):
    """A row whose key comes from `number` and whose one text, where it has any, from `value`."""
    names = TABLES[table].columns
    width = len(TABLES[table].key)
    key = ((number, 7, "EduStudent") if table == "memberships" else (number, 7))[:width]
    rest = [None] * (len(names) - width)
    if rest:
        rest[4 if table == "lessons" else 0] = str(value)
    return (*key, *rest, None)


changes = st.tuples(st.sampled_from(NAMES), st.integers(1, 4), st.none() | st.integers(0, 2))


@given(st.lists(st.lists(changes, max_size=5), min_size=1, max_size=5), st.data())
@settings(max_examples=30)
def test_going_back_gives_the_rows_of_that_moment(runs, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "school.db"
        snapshots = [filled(path, number, run) for number, run in enumerate(runs)]
        back_to = data.draw(st.integers(0, len(runs) - 1))
        now = START + (len(runs) + 1) * HOUR
        with Restored.open(path, write=True) as mirror:
            run = mirror.begin_restore({}, now, 0)
            with mirror.transaction():
                mirror.rewind(run, now, START + back_to * HOUR)
            assert chain.verify(mirror.query).ok
        assert shown(path) == snapshots[back_to]


def filled(path, number, run):
    """One run: rows seen, or gone where there is no value."""
    at = START + number * HOUR
    with Mirror.open(path, write=True) as mirror:
        numbered = mirror.start_run("pull", {}, at)
        with mirror.transaction():
            for table, key, value in run:
                made = row(table, key, value or 0)
                width = len(TABLES[table].key)
                if value is None:
                    mirror.withdraw(numbered, at, table, [made[:width]])
                else:
                    mirror.merge(numbered, at, table, [made], mirror.rows(table, "1"))
            mirror.note_memberships(numbered, at.date())
        mirror.finish_run(numbered, at, "done", {})
    return shown(path)


def shown(path):
    return {table: live(path, table) for table in NAMES}


@given(st.integers(0, 1200))
def test_batches_are_all_keys_in_order(count):
    keys = [(n,) for n in range(count)]
    parts = list(batches(keys))
    assert [key for part in parts for key in part] == keys
    assert all(0 < len(part) <= 500 for part in parts)
