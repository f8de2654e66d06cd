"""The chain over the history: what breaks it, what does not."""

import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.mirror import chain, schema
from connector.mirror.store import Mirror

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
PUPIL, OTHER = 7, 8


def mark(number, person, value):
    return (number, person, 1, 1, "Mark", value, value, None, None, None, None, None, None)


def pull(mirror, table, rows):
    run = mirror.start_run("pull", {}, NOW)
    existing = mirror.rows(table, "1")
    with mirror.transaction():
        mirror.merge(run, NOW, table, rows, existing)
    return run


@pytest.fixture
def path(tmp_path):
    """A mirror with nine changes: marks of two pupils, an entry of each, a withdrawal."""
    path = tmp_path / "mirror.db"
    with Mirror.open(path, write=True) as mirror:
        for value in "543":
            pull(mirror, "marks", [mark(1, PUPIL, value), mark(2, OTHER, value)])
        for status in ("Absent", "Ill", "Late"):
            entries = [(5, person, status, None, None, None) for person in (PUPIL, OTHER)]
            run = pull(mirror, "lesson_log_entries", entries)
        with mirror.transaction():
            mirror.withdraw(run, NOW, "marks", [(1,)])
    return path


def verdict(path):
    with Mirror.open(path) as mirror:
        return chain.verify(mirror.query)


def tamper(path, *statements):
    """Write as somebody would who owns the file: without the triggers."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER changes_are_never_edited")
    connection.execute("DROP TRIGGER changes_are_never_removed")
    for statement, *parameters in statements:
        connection.execute(statement, parameters)
    connection.commit()
    connection.close()


def test_an_untouched_history_holds_to_its_tip(path):
    found = verdict(path)
    with Mirror.open(path) as mirror:
        tip = chain.tip(mirror.query)
    assert (found.ok, found.rows, found.erased, found.broken_at) == (True, 9, 0, None)
    assert tip == chain.Tip(9, found.head)


def test_an_empty_history_holds(tmp_path):
    with Mirror.open(tmp_path / "new.db", write=True) as mirror:
        assert chain.verify(mirror.query) == chain.ChainVerdict(ok=True, rows=0, head="0" * 64)
        assert chain.tip(mirror.query) == chain.Tip(0, "0" * 64)


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE changes SET after = '{"value":"5"}' WHERE id = 4""",
        """UPDATE changes SET before = NULL WHERE id = 4""",
        "UPDATE changes SET seen_at = '2026-11-23T03:00:00Z' WHERE id = 4",
        "UPDATE changes SET key = '[9]' WHERE id = 4",
        "UPDATE changes SET op = 'return' WHERE id = 4",
        "UPDATE changes SET resource = 'works' WHERE id = 4",
        "UPDATE changes SET run_id = 1 WHERE id = 4",
        "UPDATE changes SET salt = zeroblob(16) WHERE id = 4",
        "UPDATE changes SET salt = NULL WHERE id = 4",
        "UPDATE changes SET salt = NULL, key = '[]', before = NULL, after = NULL, payload = NULL WHERE id = 4",
        "UPDATE changes SET payload = zeroblob(32) WHERE id = 4",
        "UPDATE changes SET head = NULL WHERE id = 4",
        "UPDATE changes SET after = CAST(x'ff' AS TEXT) WHERE id = 4",
    ],
)
def test_an_edited_change_breaks_the_chain_where_it_stands(path, statement):
    tamper(path, (statement,))
    found = verdict(path)
    assert (found.ok, found.broken_at, found.rows) == (False, 4, 3)


def test_a_dropped_change_breaks_the_chain_at_the_next(path):
    tamper(path, ("DELETE FROM changes WHERE id = 4",))
    assert verdict(path).broken_at == 5


def test_a_change_slipped_in_without_a_link_breaks_the_chain(path):
    tamper(
        path,
        (
            "INSERT INTO changes (run_id, seen_at, resource, key, op) VALUES (1, 'x', 'marks', '[1]', 'withdraw')",
        ),
    )
    assert verdict(path).broken_at == 10


def test_two_changes_that_swap_places_break_the_chain(path):
    tamper(
        path,
        ("UPDATE changes SET id = -4 WHERE id = 4",),
        ("UPDATE changes SET id = 4 WHERE id = 5",),
        ("UPDATE changes SET id = 5 WHERE id = -4",),
    )
    assert verdict(path).broken_at == 4


def test_a_cut_end_shows_only_against_a_head_kept_elsewhere(path):
    with Mirror.open(path) as mirror:
        kept = chain.tip(mirror.query)
    tamper(path, ("DELETE FROM changes WHERE id > 6",))
    assert verdict(path).ok
    with Mirror.open(path) as mirror:
        assert not chain.holds_head(mirror.query, kept.rows, kept.head)


def test_an_older_head_stands_in_a_history_that_went_on(path):
    with Mirror.open(path, write=True) as mirror:
        kept = chain.tip(mirror.query)
        pull(mirror, "marks", [mark(2, OTHER, "2")])
        assert chain.holds_head(mirror.query, kept.rows, kept.head)
        assert chain.holds_head(mirror.query, 0, "0" * 64)
        assert not chain.holds_head(mirror.query, kept.rows + 1, kept.head)


def test_erasing_a_person_takes_their_payloads_and_leaves_the_chain(path):
    before = verdict(path)
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        erased = chain.erase(mirror._connection, PUPIL)
    after = verdict(path)
    assert erased == 5
    assert (after.ok, after.head, after.rows, after.erased) == (True, before.head, before.rows, 5)
    with Mirror.open(path) as mirror:
        left = mirror.query("SELECT resource, key FROM changes WHERE salt IS NOT NULL ORDER BY id")
    assert left == [("marks", "[2]")] * 2 + [("lesson_log_entries", "[5,8]")] * 2


def test_a_mark_that_was_once_a_persons_is_erased_with_them(path):
    with Mirror.open(path, write=True) as mirror:
        pull(mirror, "marks", [mark(2, PUPIL, "3")])
        pull(mirror, "marks", [mark(2, OTHER, "3")])
        with mirror.transaction():
            chain.erase(mirror._connection, PUPIL)
        left = mirror.query("SELECT before, after FROM changes WHERE resource = 'marks'")
    assert [row for row in left if "person_id" in f"{row}"] == []


def test_a_hash_alone_does_not_tell_what_was_erased(path):
    """Marks are few: without a salt of its own every change of 4 to 3 would have the same digest."""
    with Mirror.open(path) as mirror:
        digests = mirror.query("SELECT DISTINCT payload FROM changes")
        salts = mirror.query("SELECT DISTINCT salt FROM changes")
    assert (len(digests), len(salts)) == (9, 9)
    assert {len(salt) for (salt,) in salts} == {chain.SALT_BYTES}


def test_the_trigger_lets_nothing_else_pass(path):
    with Mirror.open(path, write=True) as mirror:
        for statement in (
            "UPDATE changes SET salt = NULL WHERE id = 1",
            "UPDATE changes SET salt = NULL, key = '[]', before = NULL, after = NULL, op = 'return' WHERE id = 1",
            "UPDATE changes SET head = zeroblob(32) WHERE id = 1",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"), mirror.transaction():
                mirror.query(statement)


def test_the_history_of_an_older_version_is_sealed_by_the_migration(tmp_path, monkeypatch):
    path = tmp_path / "old.db"
    old = schema.MIGRATIONS[: schema.CHAINED - 1]
    with monkeypatch.context() as patched:
        patched.setattr("connector.mirror.file.MIGRATIONS", old)
        Mirror.open(path, write=True).close()
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO runs (command, scope, started_at, status) VALUES ('pull', '{}', 'x', 'done')"
    )
    connection.executemany(
        "INSERT INTO changes (run_id, seen_at, resource, key, op, before, after) VALUES (1, 'x', 'marks', ?, 'update', '{}', '{}')",
        [(f"[{number}]",) for number in range(chain.BATCH + 7)],
    )
    connection.commit()
    connection.close()
    with Mirror.open(path, write=True) as mirror:
        found = chain.verify(mirror.query)
        assert (found.ok, found.rows) == (True, chain.BATCH + 7)
        pull(mirror, "marks", [mark(1, PUPIL, "5")])
        pull(mirror, "marks", [mark(1, PUPIL, "4")])
        assert chain.verify(mirror.query).rows == chain.BATCH + 8


def test_the_ten_lines_of_the_schema_page_come_to_the_same_head(path):
    page = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(import hashlib.*?)```", page, re.DOTALL)[1]
    said = subprocess.run(
        [sys.executable, "-c", program.replace("dnevnik.db", path.name)],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == verdict(path).head
