"""Identity, questions, plans, the journal of writes and accepted files, in a real mirror."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import MirrorDamaged, MirrorUnusable
from connector.mirror.books import moment
from connector.mirror.store import Mirror
from connector.planned import Candidate, Link, Question

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LARGE = 2**63 - 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirror.db"


@pytest.fixture
def mirror(path):
    with Mirror.open(path, write=True) as opened:
        yield opened


@pytest.fixture
def run(mirror):
    return mirror.start_run("apply", {}, NOW)


def link(key="born:a", vendor_id=7, **changes):
    return Link(
        **{
            "resource": "persons",
            "local_key": key,
            "vendor_id": vendor_id,
            "evidence": "name+class",
        }
        | changes
    )


def question(key="born:a", resource="persons", *ids, unique=False, year=2026):
    candidates = tuple(Candidate(i, f"Кандидат {i}", 90, "name+class") for i in ids)
    return Question(resource, key, f"Вопрос {key}", "name_and_class", candidates, unique, year)


def decided_at(mirror):
    return [row[0] for row in mirror.query("SELECT decided_at FROM links")]


# --- identity


@pytest.mark.parametrize("vendor_id", [7, LARGE, None])
def test_an_identity_is_kept_whole(mirror, vendor_id):
    kept = link(vendor_id=vendor_id, score=80, decided_by="zavuch", study_year=2026)
    mirror.link([kept], NOW)
    assert mirror.links() == {("persons", "born:a"): kept}
    assert decided_at(mirror) == [moment(NOW)]


def test_an_identity_that_changes_tells_who_changed_it_and_when(mirror, run):
    mirror.link([link()], NOW)
    changed = link(vendor_id=8, evidence="set", decided_by="zavuch")
    mirror.link([changed], LATER, run)
    assert mirror.links() == {("persons", "born:a"): changed}
    assert decided_at(mirror) == [moment(LATER)]
    assert mirror.query("SELECT run_id FROM links") == [(run,)]


def test_an_identity_found_again_keeps_who_decided_it_and_when(mirror):
    mirror.link([link(decided_by="zavuch")], NOW)
    mirror.link([link()], LATER)
    assert mirror.links()["persons", "born:a"].decided_by == "zavuch"
    assert decided_at(mirror) == [moment(NOW)]


def test_a_study_year_that_moved_on_is_news(mirror):
    mirror.link([link(study_year=2026)], NOW)
    mirror.link([link(study_year=2027)], LATER)
    assert mirror.links()["persons", "born:a"].study_year == 2027


def test_a_decision_for_a_new_one_becomes_the_object_when_it_is_there(mirror):
    mirror.link([link(vendor_id=None, decided_by="zavuch")], NOW)
    mirror.link([link(vendor_id=77, evidence="created")], LATER)
    assert mirror.links()["persons", "born:a"].vendor_id == 77


def test_equal_keys_of_two_resources_are_two_identities(mirror):
    mirror.link([link("Алгебра", 1, resource="subjects"), link("Алгебра", 2)], NOW)
    assert {k: v.vendor_id for k, v in mirror.links().items()} == {
        ("subjects", "Алгебра"): 1,
        ("persons", "Алгебра"): 2,
    }


def test_an_identity_answers_its_question_and_no_other(mirror):
    mirror.ask(["persons"], [question("born:a"), question("born:b")], NOW)
    mirror.link([link("born:a")], NOW)
    assert [q.local_key for q in mirror.questions()] == ["born:b"]


def test_an_identity_can_be_forgotten(mirror):
    mirror.link([link()], NOW)
    assert mirror.unlink("persons", "born:a") is True
    assert mirror.unlink("persons", "born:a") is False
    assert mirror.links() == {}


def test_a_refused_pair_is_remembered_with_who_and_when_and_breaks_its_link(mirror):
    mirror.link([link("born:a", 7), link("born:b", 7)], NOW)
    mirror.refuse("persons", "born:a", [7, LARGE], "zavuch", LATER)
    assert mirror.refused_links() == {("persons", "born:a", 7), ("persons", "born:a", LARGE)}
    assert list(mirror.links()) == [("persons", "born:b")]
    assert mirror.query("SELECT DISTINCT decided_by, decided_at FROM refused_links") == [
        ("zavuch", moment(LATER))
    ]


def test_a_pair_refused_twice_keeps_the_first_refusal(mirror):
    mirror.refuse("persons", "born:a", [7], "zavuch", NOW)
    mirror.refuse("persons", "born:a", [7], "another", LATER)
    assert mirror.query("SELECT decided_by FROM refused_links") == [("zavuch",)]


def test_a_refusal_leaves_a_link_to_somebody_else_alone(mirror):
    mirror.link([link("born:a", 7)], NOW)
    mirror.refuse("persons", "born:a", [8], "zavuch", LATER)
    assert mirror.links()["persons", "born:a"].vendor_id == 7


def test_who_says_they_are_the_same_after_all_takes_the_refusal_back(mirror):
    mirror.refuse("persons", "born:a", [7, 8], "zavuch", NOW)
    mirror.link([link("born:a", 7, decided_by="zavuch")], LATER)
    assert mirror.refused_links() == {("persons", "born:a", 8)}


def test_a_refused_pair_that_only_a_class_names_counts_for_its_year(mirror):
    """Next September's 5А has other children; a birthday stays."""
    for key in ("class:тестов:5А", "born:тестов:2014-03-05"):
        mirror.refuse("persons", key, [7], "zavuch", NOW, 2026)
    assert len(mirror.refused_links()) == len(mirror.refused_links(2026)) == 2
    assert mirror.refused_links(2027) == {("persons", "born:тестов:2014-03-05", 7)}


def test_nothing_automatic_lifts_a_refusal(mirror):
    mirror.refuse("persons", "born:a", [7], "zavuch", NOW)
    mirror.link([link("born:a", 7)], LATER)
    assert mirror.refused_links() == {("persons", "born:a", 7)}


# --- questions


def test_a_question_is_kept_whole(mirror):
    asked = question("born:a", "persons", 7, LARGE, unique=True)
    mirror.ask(["persons"], [asked], NOW)
    assert mirror.questions() == [asked]
    assert mirror.query("SELECT asked_at FROM questions") == [(moment(NOW),)]


def test_asking_again_replaces_the_questions_of_those_resources_only(mirror):
    mirror.ask(["persons", "subjects"], [question("a"), question("b", "subjects")], NOW)
    mirror.ask(["persons"], [question("c")], LATER)
    assert [(q.resource, q.local_key) for q in mirror.questions()] == [
        ("persons", "c"),
        ("subjects", "b"),
    ]


def test_a_question_asked_twice_stands_once(mirror):
    mirror.ask(["persons"], [question("a", "persons", 1), question("a", "persons", 2)], NOW)
    assert [q.candidates[0].vendor_id for q in mirror.questions()] == [2]


def test_questions_come_by_resource_and_label(mirror):
    mirror.ask(
        ["persons", "edu_groups"],
        [question("b"), question("a"), question("c", "edu_groups")],
        NOW,
    )
    assert [q.local_key for q in mirror.questions()] == ["c", "a", "b"]


def test_a_question_can_be_taken_off_the_list(mirror):
    mirror.ask(["persons"], [question("a"), question("b")], NOW)
    mirror.close_question("persons", "a")
    assert [q.local_key for q in mirror.questions()] == ["b"]


# --- plans and their journal

PLAN = {"digest": "d1", "plan": "0123456789ab", "operations": [{"label": "Выдуманный Пробник"}]}


def kept(mirror, digest="d1", **more):
    with mirror.transaction():
        mirror.keep_plan(digest, PLAN | {"digest": digest} | more, NOW)


def test_a_plan_is_kept_as_it_was_read_and_found_by_the_run_that_applied_it(mirror):
    run = mirror.start_run("apply", {"plan": "p", "digest": "d1"}, NOW)
    kept(mirror)
    kept(mirror, plan="another")
    mirror.write_down(run, "d1", 1, "sending", NOW)
    assert mirror.plan_of_run(run) == PLAN


def test_a_run_that_found_everything_done_applied_its_plan_too(mirror):
    """It wrote no line; whoever wants to take it back names the last run he sees."""
    kept(mirror)
    run = mirror.start_run("apply", {"plan": "p", "digest": "d1"}, NOW)
    assert mirror.plan_of_run(run) == PLAN


def test_runs_that_applied_nothing_have_no_plan(mirror):
    kept(mirror)
    pulled = mirror.start_run("pull", {"digest": "d1"}, NOW)
    cut_off = mirror.start_run("apply", {"digest": "never kept"}, NOW)
    assert [mirror.plan_of_run(n) for n in (pulled, cut_off, 999)] == [None] * 3


def test_the_journal_tells_the_last_state_of_each_operation(mirror, run):
    kept(mirror)
    for number, state in ((1, "sending"), (2, "sending"), (1, "unknown"), (1, "applied")):
        mirror.write_down(run, "d1", number, state, NOW)
    assert mirror.journal("d1") == {1: ("applied", None, None), 2: ("sending", None, None)}


def test_a_new_id_is_not_lost_by_a_later_line_without_it(mirror, run):
    kept(mirror)
    mirror.write_down(run, "d1", 1, "applied", NOW, vendor_id=LARGE)
    mirror.write_down(run, "d1", 1, "applied", NOW, detail="was so")
    assert mirror.journal("d1") == {1: ("applied", LARGE, "was so")}


def test_the_journal_goes_over_all_runs_of_a_plan_and_over_no_other_plan(mirror, run):
    kept(mirror)
    kept(mirror, "d2")
    mirror.write_down(run, "d1", 1, "sending", NOW)
    mirror.write_down(run, "d2", 1, "failed", NOW, detail="conflict")
    again = mirror.start_run("apply", {}, LATER)
    mirror.write_down(again, "d1", 1, "applied", LATER, vendor_id=5)
    assert mirror.journal("d1") == {1: ("applied", 5, None)}
    assert mirror.journal("d2") == {1: ("failed", None, "conflict")}
    assert mirror.journal("d3") == {}


def test_every_line_of_the_journal_stays(mirror, run):
    kept(mirror)
    for state in ("sending", "unknown", "applied"):
        mirror.write_down(run, "d1", 1, state, NOW)
    assert mirror.query("SELECT state, at FROM outcomes ORDER BY id") == [
        (state, moment(NOW)) for state in ("sending", "unknown", "applied")
    ]


def test_a_line_that_was_not_committed_is_not_there(mirror, run):
    kept(mirror)

    def cut_off():
        with mirror.transaction():
            mirror.write_down(run, "d1", 1, "applied", NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert mirror.journal("d1") == {}


def test_a_committed_line_is_on_disk_while_the_mirror_is_open(mirror, path, run):
    mirror.write_through()
    kept(mirror)
    with mirror.transaction():
        mirror.write_down(run, "d1", 1, "sending", NOW)
    with Mirror.open(path) as reader:
        assert reader.journal("d1") == {1: ("sending", None, None)}
    assert mirror.query("PRAGMA synchronous") == [(2,)]


# --- the school's files


def test_the_last_accepted_files_are_remembered_by_kind(mirror, run):
    mirror.accept_source("roster", {"pupils": 550, "Класс": "5А"}, NOW)
    mirror.accept_source("schedule", {"slots": 1400}, NOW)
    mirror.accept_source("roster", {"pupils": 548}, LATER, run)
    assert mirror.accepted_source("roster") == {"pupils": 548}
    assert mirror.accepted_source("schedule") == {"slots": 1400}
    assert mirror.accepted_source("restore") is None
    assert mirror.query("SELECT accepted_at, run_id FROM accepted_sources ORDER BY kind") == [
        (moment(LATER), run),
        (moment(NOW), None),
    ]


# --- trouble


def test_a_ledger_opened_for_reading_cannot_be_written(path):
    with Mirror.open(path, write=True):
        pass
    with (
        Mirror.open(path) as reader,
        pytest.raises(MirrorUnusable),
        reader.transaction(),
    ):
        reader.link([link()], NOW)


def test_a_table_that_was_broken_by_hand_is_a_damaged_mirror_or_an_error_of_sqlite(path):
    with Mirror.open(path, write=True):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE links")
    connection.close()
    with Mirror.open(path) as reader, pytest.raises((MirrorDamaged, sqlite3.OperationalError)):
        reader.links()
