"""What people decided since a backup is theirs, not the diary's: restoring the whole mirror does not take it from them."""

import json

import pytest

from connector.flows.restore_mirror import restore, restore_beside
from connector.mirror import file, schema
from connector.mirror.backup import examine
from connector.mirror.store import Mirror
from connector.planned import Candidate, Link, Question
from tests.flows.restoring import DAY, START, asked, backup, merge, school_rows

LATER = START + 2 * DAY
NOW = START + 4 * DAY
OLD = Link("persons", "id:1", 101, "name+birthday", 100, "automatic", 2026)
NEW = Link("persons", "id:2", 999, "created", 100, "automatic", 2026)
ASKED = Question("persons", "id:3", "Ученик", "namesakes", (Candidate(103, "Ученик", 90, "name"),))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "school.db"
    merge(path, START, school_rows())
    decide(path, START, links=[OLD])
    return path


@pytest.fixture
def archive(tmp_path, path):
    return backup(tmp_path, START + DAY)


def decide(path, at, links=(), run=None):
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.link(links, at, run)


def ours(path):
    """Everything that people decided, as rows."""
    with Mirror.open(path) as mirror:
        tables = ("links", "refused_links", "questions", "accepted_sources", "audit")
        return {table: sorted(mirror.query(f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_identities_refusals_questions_and_accepted_files_stay_as_they_are_today(
    tmp_path, path, archive
):
    decide(path, LATER, links=[NEW])
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.refuse("persons", "id:4", [104], "директор", LATER, 2026)
        mirror.ask(["persons"], [ASKED], LATER)
        mirror.accept_source("roster", {"rows": 8}, LATER)
    before = ours(path)
    assert restore(asked(tmp_path, archive), NOW).decided == 2
    assert ours(path) == before


def test_an_identity_that_was_forgotten_since_does_not_come_back(tmp_path, path, archive):
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.unlink("persons", "id:1")
    assert restore(asked(tmp_path, archive), NOW).decided == 0
    assert ours(path)["links"] == []


def test_a_file_beside_shows_what_the_backup_says(tmp_path, path, archive):
    decide(path, LATER, links=[NEW])
    assert restore_beside(asked(tmp_path, archive), tmp_path / "beside.db", NOW).decided is None
    with Mirror.open(tmp_path / "beside.db") as mirror:
        assert set(mirror.links()) == {("persons", "id:1")}


def test_where_the_mirror_is_lost_the_backup_says_who_is_who(tmp_path, path, archive):
    path.unlink()
    assert restore(asked(tmp_path, archive), NOW).decided is None
    with Mirror.open(path) as mirror:
        assert mirror.links()["persons", "id:1"] == OLD


def test_where_todays_mirror_is_too_old_to_know_the_backup_says_who_is_who(
    tmp_path, path, archive, monkeypatch
):
    path.unlink()
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Mirror.open(path, write=True) as mirror:
            run = mirror.start_run("pull", {}, LATER)
            with mirror.transaction():
                mirror.insert_new(run, {"schools": [(*school_rows()["schools"][0], None)]})
    assert restore(asked(tmp_path, archive), NOW).decided is None
    with Mirror.open(path) as mirror:
        assert set(mirror.links()) == {("persons", "id:1")}


def test_an_identity_made_by_an_apply_points_to_that_apply(tmp_path, path, archive):
    with Mirror.open(path, write=True) as mirror:
        run = mirror.start_run("apply", {"digest": "d1"}, LATER)
    decide(path, LATER, links=[NEW], run=run)
    restore(asked(tmp_path, archive), NOW)
    with Mirror.open(path) as mirror:
        ((command,),) = mirror.query(
            "SELECT command FROM links JOIN runs ON runs.id = run_id WHERE local_key = 'id:2'"
        )
    assert command == "apply"


def test_an_identity_found_by_a_pull_that_is_taken_back_points_to_no_run(tmp_path, path, archive):
    """Else that run would stand for rows that the restored mirror lacks."""
    decide(path, LATER, links=[NEW], run=merge(path, LATER))
    restore(asked(tmp_path, archive), NOW)
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT run_id FROM links WHERE local_key = 'id:2'") == [(None,)]
    assert examine(path).orphans == {}


def log(path, *words):
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        for word in words:
            mirror._connection.execute(
                "INSERT INTO audit (at, actor, action) VALUES (?, 'директор', ?)", (word, word)
            )


def test_the_log_keeps_all_that_was_written_to_either(tmp_path, path):
    log(path, "2026-11-20", "2026-11-21")
    archive = backup(tmp_path, START + DAY)
    log(path, "2026-11-22")
    restore(asked(tmp_path, archive), NOW)
    restore(asked(tmp_path, archive), NOW + DAY)
    with Mirror.open(path) as mirror:
        assert [action for (action,) in mirror.query("SELECT action FROM audit ORDER BY id")] == [
            "2026-11-20",
            "2026-11-21",
            "2026-11-22",
        ]


def test_the_questions_keep_their_choices(tmp_path, path, archive):
    with Mirror.open(path, write=True) as mirror, mirror.transaction():
        mirror.ask(["persons"], [ASKED], LATER)
    restore(asked(tmp_path, archive), NOW)
    ((candidates,),) = (row[5:6] for row in ours(path)["questions"])
    assert [choice["vendor_id"] for choice in json.loads(candidates)] == ["103"]
