"""A mirror that the first version made is taken over with all it holds."""

import hashlib
from datetime import UTC, datetime

import pytest

from connector.errors import MirrorTooNew
from connector.mirror import file, schema
from connector.mirror.status import live_rows
from connector.mirror.store import Mirror
from connector.planned import Link

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
FIRST = schema.MIGRATIONS[:1]
DIGEST = "eaeba3b7f75ad51bc3a242d5d139a881d8ccee940e04318be294de1166dea4ea"


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A mirror of version 1 with a run, a subject, and tables that it never wrote to."""
    path = tmp_path / "mirror.db"
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", FIRST)
        with Mirror.open(path, write=True) as mirror:
            run = mirror.start_run("pull", {"school": 1}, NOW)
            with mirror.transaction():
                mirror.insert_new(run, {"subjects": [(1, "Алгебра", None, None, None)]})
            mirror.finish_run(run, NOW, "done", {})
            assert mirror.query("PRAGMA user_version") == [(1,)]
    return path


def tables(mirror):
    rows = mirror.query("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(kind, name): sql for kind, name, sql in rows}


def test_the_first_schema_is_what_was_shipped():
    """A shipped migration is never edited: mirrors in the field have gone through it."""
    ((number, title, script),) = FIRST
    assert (number, title) == (1, "first schema")
    assert hashlib.sha256(script.encode()).hexdigest() == DIGEST


def test_an_old_mirror_is_brought_up_to_date_when_it_is_opened_for_writing(old, tmp_path):
    with Mirror.open(old, write=True) as mirror:
        assert mirror.query("PRAGMA user_version") == [(schema.SCHEMA_VERSION,)]
        assert mirror.query("SELECT name FROM subjects") == [("Алгебра",)]
        assert mirror.query("SELECT command, status FROM runs") == [("pull", "done")]
        assert mirror.query("PRAGMA integrity_check") == [("ok",)]
        assert mirror.query("PRAGMA foreign_key_check") == []
        found = tables(mirror)
    with Mirror.open(tmp_path / "new.db", write=True) as fresh:
        assert found == tables(fresh)


def test_what_the_new_tables_are_for_works_in_an_old_mirror(old):
    with Mirror.open(old, write=True) as mirror:
        run = mirror.start_run("apply", {"digest": "d1"}, NOW)
        with mirror.transaction():
            mirror.keep_plan("d1", {"digest": "d1"}, NOW)
            mirror.write_down(run, "d1", 1, "applied", NOW, vendor_id=7)
            mirror.link([Link("persons", "born:a", 7, "created")], NOW, run)
        assert mirror.journal("d1") == {1: ("applied", 7, None)}
        assert mirror.links()["persons", "born:a"].vendor_id == 7


def test_an_old_mirror_can_still_be_read_as_it_is(old):
    before = old.read_bytes()
    with Mirror.open(old) as mirror:
        assert mirror.query("SELECT name FROM subjects") == [("Алгебра",)]
    assert old.read_bytes() == before


def test_tables_that_an_old_mirror_has_not_count_as_empty(old):
    with Mirror.open(old) as mirror:
        counts = live_rows(mirror.query)
    assert (counts["subjects"], counts["class_teachers"]) == (1, 0)


def test_a_migration_that_is_cut_off_leaves_the_old_mirror(old, monkeypatch):
    number, title, script = schema.MIGRATIONS[1]
    broken = (number, title, f"{script}\nCREATE TABLE links (twice TEXT);")
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", (*FIRST, broken))
        with pytest.raises(Exception, match="links"):
            Mirror.open(old, write=True)
    with Mirror.open(old, write=True) as mirror:
        assert mirror.query("SELECT name FROM subjects") == [("Алгебра",)]
        assert mirror.links() == {}


def test_a_mirror_of_this_version_is_refused_by_the_first_one_and_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "mirror.db"
    with Mirror.open(path, write=True):
        pass
    before = path.read_bytes()
    monkeypatch.setattr(file, "MIGRATIONS", FIRST)
    monkeypatch.setattr(file, "SCHEMA_VERSION", 1)
    with pytest.raises(MirrorTooNew):
        Mirror.open(path, write=True)
    assert path.read_bytes() == before
