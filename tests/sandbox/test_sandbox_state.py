"""What was written: shown as rows, kept in a file, taken back, looked at with a delay."""

import sqlite3
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connector.commands.sandbox import config_of
from connector.sandbox.config import SandboxConfig
from connector.sandbox.desk import Desk
from connector.sandbox.ledger import Ledger
from connector.sandbox.server import RunningSandbox, truth
from tests.sandbox.asking import TODAY, Asker, config

PUPIL = {"lastName": "Выдумкин", "firstName": "Аким", "sex": "Male", "birthday": "2014-03-05"}
CLASS = {"name": "5Б", "parallel": 5, "studyyear": 2025, "type": "Group"}


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "school.state")


def entered(asker, **changes):
    return asker.write("POST", f"/schools/{asker.school}/persons", PUPIL | changes)["id_str"]


def written(asker):
    """One write of each resource; the ids that were made."""
    group = asker.write("POST", f"/schools/{asker.school}/edu-groups", CLASS)["id_str"]
    person = entered(asker, snils="11223344595")
    asker.write("POST", f"/edu-groups/{group}/students", {"person": person, "from": "2025-11-20"})
    taught = asker.group("5А")
    last = asker.ask(f"/edu-groups/{taught}/lessons/2025-12-05/2025-12-05")[-1]
    asker.write("PUT", f"/lessons/{last['id']}", {"number": last["number"] + 3})
    lesson = asker.write(
        "POST",
        f"/edu-groups/{group}/lessons",
        {
            "subject": last["subject"]["id"],
            "date": "2025-12-05",
            "number": last["number"],
            "teachers": last["teachers"],
        },
    )["id_str"]
    asker.edit("topic.fill", lesson=lesson, title="Дроби")
    bells = {"name": "Суббота", "items": [{"number": 1, "start": "09:00", "finish": "09:40"}]}
    asker.write("PUT", f"/schools/{asker.school}/timetables", bells)
    return group, person, lesson


def row(rows, vendor_id):
    return next(found for found in rows if found["id"] == vendor_id)


# The state as rows


def test_the_state_shows_live_rows_in_the_mirror_s_terms(living):
    group, person, lesson = written(living)
    state = living.control("state")
    assert row(state["edu_groups"], group) == {
        "id": group,
        "name": "5Б",
        "parallel": 5,
        "type": "Group",
        "study_year": 2025,
        "parent_ids": [],
    }
    assert row(state["persons"], person) == {
        "id": person,
        "user_id": None,
        "last_name": "Выдумкин",
        "first_name": "Аким",
        "middle_name": None,
        "sex": "Male",
        "birthday": "2014-03-05",
        "snils": "11223344595",
    }
    assert {
        "person_id": person,
        "edu_group_id": group,
        "role": "EduStudent",
    } in state["memberships"]
    assert row(state["lessons"], lesson) | {"subject_id": "", "teacher_ids": []} == {
        "id": lesson,
        "edu_group_id": group,
        "subject_id": "",
        "date": "2025-12-05",
        "number": row(state["lessons"], lesson)["number"],
        "status": None,
        "title": "Дроби",
        "place_id": None,
        "teacher_ids": [],
    }
    assert state["timetables"][-1] == {
        "name": "Суббота",
        "items": [{"number": 1, "start": "09:00", "finish": "09:40"}],
    }


def test_the_state_agrees_with_the_reads(living):
    state = living.control("state?from=2025-12-01&to=2025-12-12")
    groups = living.groups()
    assert [found["id"] for found in state["edu_groups"]] == [g["id_str"] for g in groups]
    shown = [
        (person["id_str"], group["id_str"])
        for group in groups
        for person in living.ask(f"/edu-groups/{group['id']}/persons")
    ]
    assert [(m["person_id"], m["edu_group_id"]) for m in state["memberships"]] == shown
    lessons = [
        lesson["id_str"]
        for group in groups
        for lesson in living.ask(f"/edu-groups/{group['id']}/lessons/2025-12-01/2025-12-12")
    ]
    assert [lesson["id"] for lesson in state["lessons"]] == lessons


def test_what_was_written_and_taken_back_leaves_the_rows_as_they_were(living):
    before = living.control("state")
    group, person, lesson = written(living)
    living.edit("topic.clear", lesson=lesson)
    living.write("DELETE", f"/lessons/{lesson}")
    last = living.ask(f"/edu-groups/{living.group('5А')}/lessons/2025-12-05/2025-12-05")[-1]
    living.write("PUT", f"/lessons/{last['id']}", {"number": last["number"] - 3})
    living.write("DELETE", f"/edu-groups/{group}/students/{person}")
    living.write("DELETE", f"/persons/{person}")
    living.write("DELETE", f"/edu-groups/{group}")
    after = living.control("state")
    assert after | {"timetables": []} == before | {"timetables": []}


def test_an_entered_pupil_without_a_class_is_a_live_person_until_archived(living):
    person = entered(living)
    assert person in [found["id"] for found in living.control("state")["persons"]]
    living.write("DELETE", f"/persons/{person}")
    assert person not in [found["id"] for found in living.control("state")["persons"]]


@pytest.mark.parametrize("query", ["from=yesterday", "to=2025-13-01"])
def test_a_state_between_days_that_are_none_is_refused(living, query):
    assert living.refused(f"/__sandbox/state?{query}", base="") == (400, "invalidRequest")


# The log of calls


def test_a_write_is_logged_with_a_digest_of_its_body_and_no_name(living):
    entered(living)
    entered(living, birthday="2014-03-06")
    first, second = (call for call in living.control("calls") if call["method"] == "POST")
    assert (first["path"], first["status"]) == (f"/schools/{living.school}/persons", 200)
    assert len(first["body_sha256"]) == 64
    assert first["body_sha256"] != second["body_sha256"]
    assert "Выдумкин" not in str(first)


def test_a_call_without_a_body_has_no_digest(living):
    living.groups()
    assert "body_sha256" not in living.control("calls")[0]


# The state file


def test_a_school_survives_a_restart(file):
    with RunningSandbox(config(state=file)) as running:
        living = Asker(running)
        written(living)
        before = (living.control("state"), living.control("truth"), living.groups())
    with RunningSandbox(config(state=file)) as running:
        living = Asker(running)
        assert (living.control("state"), living.control("truth"), living.groups()) == before


def test_ids_go_on_after_a_restart_where_they_stopped(file):
    with RunningSandbox(config(state=file)) as running:
        first = entered(Asker(running))
    with RunningSandbox(config(state=file)) as running:
        assert entered(Asker(running), birthday="2014-03-06") != first


def test_a_school_can_grow_older_between_restarts(file):
    with RunningSandbox(config(state=file)) as running:
        person = entered(Asker(running))
        pupil = Asker(running).sample("pupil")[0]
        Asker(running).edit("pupil.archive", person=pupil)
    with RunningSandbox(config(state=file, today=date(2026, 2, 3))) as running:
        living = Asker(running)
        assert living.ask(f"/persons/{person}")["lastName"] == "Выдумкин"
        assert living.ask(f"/persons/{pupil}/edu-groups") == []
        assert running.info["today"] == "2026-02-03"


def test_a_state_file_is_for_its_owner_only(file):
    with RunningSandbox(config(state=file)):
        assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600


def test_what_was_refused_is_not_kept(file):
    with RunningSandbox(config(state=file)) as running:
        living = Asker(running)
        living.refused(f"/schools/{living.school}/persons", "POST", body={})
        living.refused("/__sandbox/edit", "POST", body={"op": "mark.change"}, base="")
        assert running.desk.config.state == file
    ledger = Ledger(Desk(config(state=file)))
    ledger.close()
    assert ledger.entries == []


def test_the_truth_of_a_kept_school_holds_its_edits(file):
    plain = truth(config())
    with RunningSandbox(config(state=file)) as running:
        mark = Asker(running).sample("mark")[0]
        Asker(running).edit("mark.delete", mark=mark)
    assert truth(config(state=file))["tables"]["marks"] == plain["tables"]["marks"] - 1


@pytest.mark.parametrize(
    "changes",
    [{"seed": 8}, {"pupils": 61}, {"classes": 1}, {"week": 6}, {"today": date(2026, 9, 20)}],
)
def test_the_state_of_another_school_is_refused_and_left_alone(file, changes):
    Ledger(Desk(config(state=file))).close()
    with pytest.raises(ValueError, match="belongs to another school"):
        Ledger(Desk(config(state=file, **changes)))
    Ledger(Desk(config(state=file))).close()


def test_one_state_file_serves_one_emulator(file):
    ledger = Ledger(Desk(config(state=file)))
    with pytest.raises(ValueError, match="locked"):
        Ledger(Desk(config(state=file)))
    ledger.close()


def test_a_file_that_is_no_state_is_left_as_it_is(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("Not a database, but long enough to be looked at as one. " * 40)
    with pytest.raises(ValueError, match=r"notes\.txt"):
        Ledger(Desk(config(state=str(text))))
    assert text.read_text().startswith("Not a database")


def test_a_database_of_something_else_is_left_as_it_is(file):
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    with pytest.raises(ValueError, match="no state file"):
        Ledger(Desk(config(state=file)))
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    other.close()


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match="nowhere"):
        Ledger(Desk(config(state=str(tmp_path / "nowhere" / "school.state"))))


def test_entries_that_no_longer_fit_say_which(file):
    ledger = Ledger(Desk(config(state=file)))
    ledger.edit({"op": "rights.restore"})
    ledger.close()
    spoilt = sqlite3.connect(file)
    spoilt.execute("UPDATE entries SET entry = replace(entry, 'rights.restore', 'rights.burn')")
    spoilt.commit()
    spoilt.close()
    with pytest.raises(ValueError, match="entry 1"):
        Ledger(Desk(config(state=file)))


# Starting anew


def test_a_reset_brings_the_seeded_school_back_and_forgets_the_rest(file):
    with RunningSandbox(config(state=file)) as running:
        living = Asker(running)
        before = (living.control("state"), living.groups())
        written(living)
        living.faults('[[rule]]\naction = "status"')
        living.control("reset", {})
        assert living.control("calls") == []
        assert (living.control("state"), living.groups()) == before
    with RunningSandbox(config(state=file)) as running:
        assert Asker(running).control("state") == before[0]


def test_after_a_reset_ids_begin_anew(living):
    first = entered(living)
    living.control("reset", {})
    assert entered(living) == first


# Reads that lag behind


STALE = '[[rule]]\nmatch = {{ method = "GET" }}\naction = "stale_read"\n{}'


def names(asker):
    return {group["name"] for group in asker.groups()}


def test_reads_can_miss_a_write_so_many_times(living):
    living.faults(STALE.format("calls = 2"))
    living.write("POST", f"/schools/{living.school}/edu-groups", CLASS)
    assert ["5Б" in names(living) for _ in range(4)] == [False, False, True, True]


def test_each_write_is_missed_for_itself(living):
    living.faults(STALE.format("calls = 2"))
    path = f"/schools/{living.school}/edu-groups"
    living.write("POST", path, CLASS)
    seen = [names(living)]
    living.write("POST", path, CLASS | {"name": "5В"})
    seen += [names(living) for _ in range(3)]
    assert [sorted(found & {"5Б", "5В"}) for found in seen] == [[], [], ["5Б"], ["5Б", "5В"]]


def test_reads_can_miss_a_write_for_a_time(living):
    living.faults(STALE.format("seconds = 3600.0"))
    living.write("POST", f"/schools/{living.school}/edu-groups", CLASS)
    assert "5Б" not in names(living)
    living.faults(STALE.format("seconds = 0.000001"))
    assert "5Б" in names(living)


def test_what_was_written_before_the_rule_is_seen(living):
    living.write("POST", f"/schools/{living.school}/edu-groups", CLASS)
    living.faults(STALE.format("calls = 5"))
    assert "5Б" in names(living)


def test_a_stale_read_shows_what_teachers_had_entered_before_too(living):
    mark = living.sample("mark")[0]
    value = living.ask(f"/marks/{mark}")["value"]
    living.faults(STALE.format("calls = 1"))
    living.edit("mark.change", mark=mark, value="1")
    assert [living.ask(f"/marks/{mark}")["value"] for _ in range(2)] == [value, "1"]


def test_a_write_is_never_judged_by_what_reads_show(living):
    living.faults(STALE.format("calls = 9"))
    path = f"/schools/{living.school}/edu-groups"
    living.write("POST", path, CLASS)
    assert living.refused(path, "POST", body=CLASS) == (409, "conflict")


def test_reads_lag_behind_after_a_reset_as_before(living):
    path = f"/schools/{living.school}/edu-groups"
    living.write("POST", path, CLASS)
    living.faults(STALE.format("calls = 1"))
    living.write("POST", path, CLASS | {"name": "5В"})
    names(living)
    living.control("reset", {})
    living.faults(STALE.format("calls = 1"))
    living.write("POST", path, CLASS | {"name": "5Г"})
    assert [sorted(names(living) & {"5Б", "5В", "5Г"}) for _ in range(2)] == [[], ["5Г"]]


def test_today_is_the_configured_day(living):
    assert living.control("truth")["today"] == TODAY.isoformat()


def test_the_command_hands_the_state_file_on(tmp_path):
    switches = dict.fromkeys(("today", "state", "faults")) | {
        "seed": 7,
        "pupils": 60,
        "latency_ms": 0,
        "rate": 1.0,
        "burst": 1,
        "marks_by": "lesson",
        "no_subgroups": False,
        "refuse_edu_groups": False,
        "timetables": "array",
        "homework_lesson": "given",
        "second_mark": "replace",
        "plant": "usual",
        "attendance": "exceptions",
        "statuses": "sparse",
        "week": "5",
    }
    assert config_of(switches).state is None
    assert config_of(switches | {"state": tmp_path / "s"}).state == str(tmp_path / "s")


def test_a_state_file_belongs_to_what_was_planted(tmp_path):
    path = tmp_path / "state"
    usual = SandboxConfig(pupils=130, classes=11, today=TODAY, state=str(path))
    Ledger(Desk(usual)).close()
    with pytest.raises(ValueError, match="belongs to another school"):
        Ledger(Desk(replace(usual, plant="rules")))
