import json
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connector.errors import (
    MirrorDamaged,
    MirrorForeign,
    MirrorMissing,
    MirrorReadOnly,
    MirrorTooNew,
    RunLocked,
)
from connector.mirror import file, schema
from connector.mirror.books import moment
from connector.mirror.store import PLAIN, Merging, Mirror
from connector.records import TABLES, Drift, Window

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
AT = moment(NOW)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirror.db"


@pytest.fixture
def mirror(path):
    with Mirror.open(path, write=True) as opened:
        yield opened


def subject(number, name, extra=None):
    return (number, name, None, None, extra)


def put(mirror, *rows, run=None, table="subjects", how=PLAIN):
    run = run or mirror.start_run("pull", {}, NOW)
    width = len(TABLES[table].key)
    existing = {}
    for row in rows:
        existing |= mirror.rows(
            table, " AND ".join(f"{k} = ?" for k in TABLES[table].key), row[:width]
        )
    with mirror.transaction():
        return run, mirror.merge(run, NOW, table, rows, existing, how)


def changes(mirror):
    return mirror.query("SELECT op, resource, key, before, after FROM changes ORDER BY id")


def test_every_table_has_the_columns_of_its_rows_and_the_four_of_all(mirror):
    for table in TABLES.values():
        columns = [row[1] for row in mirror.query(f"PRAGMA table_info({table.name})")]
        assert tuple(columns[-4:]) == ("first_seen_run", "changed_run", "withdrawn_run", "extra")
        assert set(table.columns) <= set(columns)


def test_every_table_is_strict(mirror):
    loose = [
        row[1]
        for row in mirror.query("PRAGMA table_list")
        if not row[5] and not row[1].startswith(("sqlite_", "schema_migrations"))
    ]
    assert [name for name in loose if not name.startswith("v_")] == []


def test_migrations_are_recorded_in_the_database(mirror):
    names = [row[0] for row in mirror.query("SELECT name FROM schema_migrations ORDER BY id")]
    assert names == [f"{number:04d} {title}" for number, title, _ in schema.MIGRATIONS]
    assert mirror.query("PRAGMA user_version") == [(schema.SCHEMA_VERSION,)]


def test_the_mirror_is_for_its_owner_only(mirror, path):
    mirror.start_run("pull", {}, NOW)
    for file_ in path.parent.iterdir():
        assert stat.S_IMODE(file_.stat().st_mode) == 0o600, file_.name


def test_a_group_readable_mirror_can_be_asked_for(path):
    with Mirror.open(path, write=True, mode=0o640):
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_who_may_write_a_mirror_may_lock_it(path, mode):
    with Mirror.open(path, write=True, mode=mode):
        pass
    assert stat.S_IMODE(path.with_name("mirror.db.lock").stat().st_mode) == mode


def test_a_new_row_is_no_change(mirror):
    _, tally = put(mirror, subject(1, "Алгебра"))
    assert (tally.seen, tally.added, tally.changed) == (1, 1, 0)
    assert changes(mirror) == []


def test_a_row_seen_again_is_not_written(mirror):
    put(mirror, subject(1, "Алгебра"))
    before = mirror.query("SELECT total_changes()")
    _, tally = put(mirror, subject(1, "Алгебра"), run=1)
    assert tally.written() == 0
    assert mirror.query("SELECT total_changes()") == before


def test_a_change_keeps_the_old_value(mirror):
    put(mirror, subject(1, "Алгебра"))
    run, tally = put(mirror, subject(1, "Физика"))
    assert tally.changed == 1
    assert changes(mirror) == [
        ("update", "subjects", "[1]", '{"name":"Алгебра"}', '{"name":"Физика"}')
    ]
    assert mirror.query("SELECT name, first_seen_run, changed_run FROM subjects") == [
        ("Физика", 1, run)
    ]


def test_members_without_a_column_are_kept_and_watched(mirror):
    put(mirror, subject(1, "Алгебра", '{"newMember":1}'))
    put(mirror, subject(1, "Алгебра", '{"newMember":2}'))
    assert changes(mirror)[0][3:] == (
        '{"extra":"{\\"newMember\\":1}"}',
        '{"extra":"{\\"newMember\\":2}"}',
    )


def test_a_withdrawn_row_stays_and_says_when_it_went(mirror):
    put(mirror, subject(1, "Алгебра"))
    run = mirror.start_run("pull", {}, NOW)
    with mirror.transaction():
        assert mirror.withdraw(run, NOW, "subjects", [(1,), (99,)]) == 1
    assert mirror.query("SELECT name, withdrawn_run FROM subjects") == [("Алгебра", run)]
    assert mirror.counts()["subjects"] == 0
    assert changes(mirror) == [("withdraw", "subjects", "[1]", None, None)]


def test_a_row_that_comes_back_is_live_again(mirror):
    put(mirror, subject(1, "Алгебра"))
    with mirror.transaction():
        mirror.withdraw(1, NOW, "subjects", [(1,)])
    _, tally = put(mirror, subject(1, "Алгебра"))
    assert (tally.returned, tally.changed, tally.added) == (1, 0, 0)
    assert mirror.counts()["subjects"] == 1
    assert [row[0] for row in changes(mirror)] == ["withdraw", "return"]


def test_a_hidden_member_does_not_erase_what_is_known(mirror):
    put(mirror, subject(1, "Алгебра"))
    _, tally = put(mirror, subject(1, None), how=Merging(keeps_known=True))
    assert tally.written() == 0


def test_a_mere_reference_does_not_rewrite_a_row(mirror):
    put(mirror, subject(1, "Алгебра"))
    _, tally = put(mirror, subject(1, "алг."), subject(2, "Физика"), how=Merging(only_new=True))
    assert (tally.added, tally.changed) == (1, 0)


def test_a_supplement_fills_its_columns_of_known_rows_only(mirror):
    put(mirror, subject(1, "Алгебра"))
    how = Merging(columns=("id", "knowledge_area"), only_existing=True)
    _, tally = put(mirror, (1, "Математика"), (2, "Физика"), how=how)
    assert tally.changed == 1
    assert mirror.query("SELECT id, name, knowledge_area FROM subjects") == [
        (1, "Алгебра", "Математика")
    ]


@pytest.mark.parametrize("statement", ["UPDATE changes SET op = 'x'", "DELETE FROM changes"])
def test_history_is_append_only(mirror, statement):
    put(mirror, subject(1, "Алгебра"))
    put(mirror, subject(1, "Физика"))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), mirror.transaction():
        mirror.query(statement)


def test_a_failed_transaction_leaves_nothing(mirror):
    put(mirror, subject(1, "Алгебра"))
    run, existing = 1, {}
    twice = [subject(2, "Физика"), subject(1, "Алгебра")]
    with pytest.raises(sqlite3.IntegrityError), mirror.transaction():
        mirror.merge(run, NOW, "subjects", twice, existing)
    assert mirror.counts()["subjects"] == 1


def test_a_run_in_a_row_of_unfinished_ones_is_resumed_and_a_finished_one_ends_the_row(mirror):
    scope = {"full": True}
    done = mirror.start_run("pull", scope, NOW)
    mirror.finish_run(done, NOW, "done", {})
    cut = mirror.start_run("pull", scope, NOW)
    mirror.start_run("pull", {"full": False}, NOW)
    assert mirror.unfinished_runs("pull", scope, NOW - timedelta(hours=1)) == {cut}
    assert mirror.unfinished_runs("pull", scope, NOW + timedelta(hours=1)) == set()


def window(start="2026-09-01", end="2026-09-30", group=7, resource="marks"):
    return Window(resource, group, date.fromisoformat(start), date.fromisoformat(end))


def test_a_window_not_yet_judged_does_not_count_as_read(mirror):
    run = mirror.start_run("pull", {}, NOW)
    with mirror.transaction():
        mirror.cover(run, NOW, window(), state="unjudged", rows=5)
    assert mirror.seen_windows("marks") == {}
    assert mirror.windows_of_runs({run}) == set()
    with mirror.transaction():
        mirror.cover(run, NOW, window(), state="done", rows=5)
    assert mirror.seen_windows("marks")[7][date(2026, 9, 1), date(2026, 9, 30)].rows == 5
    assert mirror.windows_of_runs({run}) == {("marks", 7, "2026-09-01", "2026-09-30")}


def test_a_failure_does_not_forget_that_the_window_was_read_before(mirror):
    run = mirror.start_run("pull", {}, NOW)
    with mirror.transaction():
        mirror.cover(run, NOW, window(), state="done", rows=5)
        mirror.fail_window(run, NOW, window(), state="failed", detail="TransportFailed")
        mirror.fail_window(
            run, NOW, window("2026-10-01", "2026-10-31"), state="failed", detail="TransportFailed"
        )
    states = mirror.query("SELECT covered_from, state, detail FROM coverage ORDER BY covered_from")
    assert states == [
        ("2026-09-01", "done", "TransportFailed"),
        ("2026-10-01", "failed", "TransportFailed"),
    ]


def test_writing_a_window_voids_the_hashes_of_windows_that_share_its_days(mirror):
    with mirror.transaction():
        mirror.know_body(window(), "month", b"a", 1)
        mirror.know_body(window("2026-10-01", "2026-10-31"), "next", b"b", 1)
        mirror.know_body(window(group=8), "other", b"c", 1)
        mirror.know_body(window("2026-09-28", "2026-09-30"), "recent", b"d", 1)
        mirror.forget_bodies(window("2026-09-28", "2026-09-30"), but="recent")
    assert sorted(mirror.known_bodies("marks")) == ["next", "other", "recent"]


def test_a_run_counts_once_for_a_hold(mirror):
    first, second = (mirror.start_run("pull", {}, NOW) for _ in range(2))
    with mirror.transaction():
        for run in (first, first, second):
            mirror.hold(run, NOW, "marks", 7, [(1,)])
    assert mirror.held("marks") == {(1,): (NOW, 2, second)}
    with mirror.transaction():
        mirror.release("marks", [(1,)])
    assert mirror.held("marks") == {}


def test_drift_is_one_row_however_often_it_occurs(mirror):
    run = mirror.start_run("pull", {}, NOW)
    with mirror.transaction():
        mirror.note_drift(run, [Drift("marks", "colour", "unknown_member")] * 3)
    assert mirror.query("SELECT resource, member, kind FROM drift") == [
        ("marks", "colour", "unknown_member")
    ]


def test_a_fact_is_found_again_and_may_change(mirror):
    run = mirror.start_run("pull", {}, NOW)
    assert mirror.fact("zone") is None
    with mirror.transaction():
        mirror.learn(run, "zone", "Europe/Moscow")
        mirror.learn(run, "zone", "Asia/Omsk")
    assert mirror.fact("zone") == "Asia/Omsk"


def test_memberships_remember_when_they_were_seen_first_and_when_they_ended(mirror):
    run, _ = put(
        mirror,
        (1, 7, "EduStudent", "Active", None),
        (2, 7, "EduStudent", "Active", None),
        table="memberships",
    )
    with mirror.transaction():
        mirror.note_memberships(run, date(2026, 9, 1))
    later, _ = put(mirror, (1, 7, "EduStudent", "Archive", None), table="memberships")
    with mirror.transaction():
        mirror.withdraw(later, NOW, "memberships", [(2, 7, "EduStudent")])
        mirror.note_memberships(later, date(2026, 11, 24))
    seen = mirror.query("SELECT person_id, seen_from, seen_to FROM memberships ORDER BY person_id")
    assert seen == [(1, "2026-09-01", "2026-11-24"), (2, "2026-09-01", "2026-11-24")]
    back, _ = put(mirror, (1, 7, "EduStudent", "Active", None), table="memberships")
    with mirror.transaction():
        mirror.note_memberships(back, date(2026, 12, 1))
    assert mirror.query("SELECT seen_from, seen_to FROM memberships WHERE person_id = 1") == [
        ("2026-09-01", None)
    ]


def test_a_second_writer_is_refused_and_a_reader_is_not(mirror, path):
    with pytest.raises(RunLocked):
        Mirror.open(path, write=True)
    with Mirror.open(path) as reader:
        assert reader.counts()["marks"] == 0


def test_a_dead_process_holds_no_lock(path):
    script = (
        "import os, sys; from pathlib import Path; from connector.mirror.store import Mirror;"
        "Mirror.open(Path(sys.argv[1]), write=True); print('locked', flush=True); os.kill(os.getpid(), 9)"
    )
    dead = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, check=False
    )
    assert dead.stdout == b"locked\n"
    assert dead.returncode == -9
    with Mirror.open(path, write=True) as opened:
        assert opened.counts()["marks"] == 0


def test_a_closed_mirror_is_one_whole_file(path):
    with Mirror.open(path, write=True) as opened:
        put(opened, subject(1, "Алгебра"))
    assert sorted(p.name for p in path.parent.iterdir()) == ["mirror.db", "mirror.db.lock"]
    with Mirror.open(path) as reader:
        assert reader.counts()["subjects"] == 1


def test_reading_where_no_mirror_is_says_so(path):
    with pytest.raises(MirrorMissing):
        Mirror.open(path)


def refusal(path, *, write):
    before = path.read_bytes()
    with pytest.raises(Exception) as refused:
        Mirror.open(path, write=write)
    assert path.read_bytes() == before
    return type(refused.value)


@pytest.mark.parametrize("write", [True, False])
def test_a_file_that_is_no_database_is_left_alone(path, write):
    path.write_text("Фамилия;Имя\n" * 50)
    assert refusal(path, write=write) is MirrorForeign


@pytest.mark.parametrize("write", [True, False])
def test_somebody_elses_database_is_left_alone(path, write):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (a)")
    other.close()
    assert refusal(path, write=write) is MirrorForeign


@pytest.mark.parametrize("write", [True, False])
def test_a_mirror_of_a_newer_version_is_left_alone(path, write):
    Mirror.open(path, write=True).close()
    with sqlite3.connect(path, isolation_level=None) as newer:
        newer.execute("PRAGMA user_version = 999")
        newer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    newer.close()
    assert refusal(path, write=write) is MirrorTooNew


@pytest.mark.parametrize("write", [True, False])
def test_a_cut_mirror_is_left_alone(path, write):
    Mirror.open(path, write=True).close()
    path.write_bytes(path.read_bytes()[:-5000])
    assert refusal(path, write=write) is MirrorDamaged


def test_a_file_left_in_good_order_is_not_read_whole_again(path, monkeypatch):
    Mirror.open(path, write=True).close()
    asked = []
    monkeypatch.setattr(file, "_check_pages", asked.append)
    Mirror.open(path, write=True).close()
    assert asked == []
    path.touch()
    Mirror.open(path, write=True).close()
    assert asked == [path]


def test_an_empty_log_left_by_a_reader_hides_no_cut(path):
    Mirror.open(path, write=True).close()
    Mirror.open(path).close()
    path.with_name("mirror.db-wal").touch()
    path.write_bytes(path.read_bytes()[:-5000])
    assert refusal(path, write=False) is MirrorDamaged


def test_a_page_of_rubbish_is_found_before_anything_is_written(path):
    Mirror.open(path, write=True).close()
    body = bytearray(path.read_bytes())
    body[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(bytes(body))
    assert refusal(path, write=True) is MirrorDamaged


def test_a_read_only_mirror_serves_readers_and_refuses_writers(path, monkeypatch):
    Mirror.open(path, write=True).close()
    # Root may write everything, so the system's answer is given here.
    monkeypatch.setattr(file.os, "access", lambda _path, _mode: False)
    with Mirror.open(path) as reader:
        assert reader.counts()["marks"] == 0
    with pytest.raises(MirrorReadOnly):
        Mirror.open(path, write=True)


def test_a_process_killed_while_creating_leaves_no_half_made_mirror(path):
    script = (
        "import os, sys; from pathlib import Path; from connector.mirror import file;"
        "file._migrations = lambda: os.kill(os.getpid(), 9);"
        "from connector.mirror.store import Mirror; Mirror.open(Path(sys.argv[1]), write=True)"
    )
    dead = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, check=False
    )
    assert dead.returncode == -9
    assert not path.exists()
    with Mirror.open(path, write=True) as opened:
        assert opened.counts()["marks"] == 0


def test_moments_are_written_in_utc():
    assert (
        moment(datetime(2026, 11, 24, 8, 0, 0, 500000, tzinfo=UTC)) == "2026-11-24T08:00:00.500000Z"
    )


def test_views_show_current_rows_with_names(mirror):
    run, _ = put(mirror, subject(5, "Алгебра"))
    put(
        mirror,
        (3, 1, "5А", None, 5, "Group", 2026, "Active", None, None, None, None),
        table="edu_groups",
        run=run,
    )
    put(
        mirror, (9, None, "Петрова", "Анна", None, None, None, None, None), table="persons", run=run
    )
    put(mirror, (100, 3, 5, "2026-09-01", 1, " ", None, None, None), table="lessons", run=run)
    put(mirror, (100, 9, None), table="lesson_teachers", run=run)
    assert mirror.query(
        "SELECT edu_group, subject, teachers, no_topic, no_homework, no_marks, no_attendance FROM v_missing"
    ) == [("5А", "Алгебра", "Петрова Анна", 1, 1, 1, 1)]
    with mirror.transaction():
        mirror.withdraw(run, NOW, "lessons", [(100,)])
    assert mirror.query("SELECT * FROM v_lessons") == []


def test_a_mark_id_beyond_a_double_comes_back_whole(mirror):
    big = 2**62 + 1
    put(mirror, (big, 1, 2, 3, "mark5", "5", None, None, AT, 1, None, None, None), table="marks")
    assert mirror.query("SELECT id FROM marks") == [(big,)]
    assert json.loads(json.dumps(big)) == big
