"""A part of a backup back into the live mirror: what was lost returns, what is newer stays, nobody else is touched."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import (
    BackupDamaged,
    BackupOfAnotherSchool,
    MirrorMissing,
    NothingFits,
    RunLocked,
    UsageProblem,
)
from connector.flows.restore_part import Part, restore_part
from connector.mirror import chain
from connector.mirror.giving_back import given_back
from connector.mirror.store import Mirror
from connector.records import TABLES
from tests.flows.restoring import (
    DAY,
    HALF,
    START,
    asked,
    backup,
    everything,
    killed_at,
    lines_of,
    live,
    merge,
    school_rows,
    with_value,
)

LATER = START + 2 * DAY
NOW = START + 4 * DAY
FIVE_A = {5001, HALF}
POINTS = [random.Random(1917).random() for _ in range(50)]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "school.db"
    merge(path, START, school_rows())
    return path


@pytest.fixture
def archive(tmp_path, path):
    """A backup; since then every mark, entry, work, task, final mark and membership was lost."""
    made = backup(tmp_path, START + DAY)
    lost = ("memberships", "works", "tasks", "marks", "lesson_log_entries", "final_marks")
    merge(path, LATER, gone={t: [r[: len(TABLES[t].key)] for r in school_rows()[t]] for t in lost})
    return made


def restored(tmp_path, archive, *, now=NOW, as_of=None, **part):
    return restore_part(asked(tmp_path, archive, as_of=as_of), Part(**part), now)


def owners(path, table):
    """The groups whose rows of a table are live."""
    with Mirror.open(path) as mirror:
        direct = "edu_group_id" in TABLES[table].columns
        sql = (
            f"SELECT DISTINCT edu_group_id FROM {table} WHERE withdrawn_run IS NULL"
            if direct
            else f"SELECT DISTINCT l.edu_group_id FROM {table} t JOIN lessons l ON l.id = t.lesson_id WHERE t.withdrawn_run IS NULL"
        )
        return {group for (group,) in mirror.query(sql)}


@pytest.mark.parametrize("name", ["5А", "5 а", "5-A", "5001"])
def test_a_class_comes_back_with_its_subgroups_and_no_other(tmp_path, path, archive, name):
    restored(tmp_path, archive, classes=(name,))
    for table in ("works", "marks", "lesson_log_entries"):
        assert owners(path, table) == FIVE_A
    assert owners(path, "final_marks") == {5001}
    assert owners(path, "memberships") == FIVE_A
    rows = school_rows()
    assert len(live(path, "marks")) == sum(row[3] // 1000 in FIVE_A for row in rows["marks"])
    assert len(live(path, "tasks")) == len(live(path, "marks"))


@pytest.mark.parametrize("name", ["102", "Ученикж Тест", "ученикж  тест"])
def test_a_pupil_comes_back_and_nobody_else(tmp_path, path, archive, name):
    restored(tmp_path, archive, pupils=(name,))
    for table in ("marks", "tasks", "final_marks", "memberships"):
        position = TABLES[table].columns.index("person_id")
        assert {row[position] for row in live(path, table).values()} == {102}
    assert len(live(path, "marks")) == sum(row[1] == 102 for row in school_rows()["marks"])


def test_what_a_returned_row_points_at_comes_with_it(tmp_path, path, archive):
    restored(tmp_path, archive, pupils=("102",))
    works = {row[2] for row in live(path, "marks").values()}
    homework = {row[1] for row in live(path, "tasks").values()}
    assert {key for (key,) in live(path, "works")} == works | homework


def test_a_subject_comes_back_without_the_others(tmp_path, path, archive):
    restored(tmp_path, archive, subjects=("алгебра",))
    subject = TABLES["works"].columns.index("subject_id")
    assert {row[subject] for row in live(path, "works").values()} == {11}
    assert {row[2] for row in live(path, "final_marks").values()} == {11}
    assert live(path, "memberships") == {}


def test_a_period_comes_back_by_the_days_of_its_lessons(tmp_path, path, archive):
    restored(tmp_path, archive, periods=("2 четверть",))
    days = {row[8][:10] for row in live(path, "marks").values()}
    assert days == {"2026-11-10", "2026-11-17"}
    assert live(path, "final_marks") == {}


def test_a_subgroup_goes_by_the_periods_of_its_class(tmp_path, path, archive):
    restored(tmp_path, archive, periods=("1 четверть",), classes=("5А",))
    assert owners(path, "marks") == FIVE_A
    assert {row[8][:10] for row in live(path, "marks").values()} == {"2026-10-05"}
    assert len(live(path, "final_marks")) == 8


def test_names_narrow_each_other(tmp_path, path, archive):
    restored(tmp_path, archive, classes=("5А",), pupils=("103",), subjects=("Физика",))
    assert {(row[1], row[3] // 10 % 100) for row in live(path, "marks").values()} == {(103, 12)}


def test_what_came_back_is_what_the_backup_holds(tmp_path, path, archive):
    before = everything(path)
    restored(tmp_path, archive, classes=("5А", "5Б"))
    wanted = {
        t: {r[: len(TABLES[t].key)]: (*r, None) for r in rows} for t, rows in school_rows().items()
    }
    after = everything(path)
    for table in TABLES:
        assert after[table] == (wanted.get(table) or before[table]), table


def test_memberships_keep_the_days_they_were_seen(tmp_path, path, archive):
    restored(tmp_path, archive, classes=("5А",))
    with Mirror.open(path) as mirror:
        days = mirror.query(
            "SELECT DISTINCT seen_from, seen_to FROM memberships WHERE edu_group_id = 5001"
        )
    assert days == [("2026-11-20", None)]


# --- newer values


def newer(path, archive_at=LATER + DAY):
    """After the backup somebody changed a topic and gave a mark."""
    lesson, mark = school_rows()["lessons"][0], school_rows()["marks"][0]
    merge(
        path,
        archive_at,
        {
            "lessons": [with_value("lessons", lesson[:1], title="Новая тема")],
            "marks": [(77, mark[1], *mark[2:5], "5", "5", *mark[7:])],
        },
    )
    return lesson[:1]


def test_a_newer_value_stays_and_is_told(tmp_path, path, archive):
    key = newer(path)
    made = restored(tmp_path, archive, classes=("5А",))
    assert live(path, "lessons")[key][5] == "Новая тема"
    assert (77,) in live(path, "marks")
    assert made.kept == {"lessons": 1}


def test_a_newer_value_gives_way_when_that_is_asked_for(tmp_path, path, archive):
    key = newer(path)
    made = restored(tmp_path, archive, classes=("5А",), overwrite=True)
    assert live(path, "lessons")[key][5] == "Тема 0"
    assert (77,) not in live(path, "marks")
    assert made.kept == {}


def test_a_value_older_than_the_backup_is_replaced(tmp_path, path):
    """The live mirror was restored from an older backup: its value is not newer than this one's."""
    key = school_rows()["lessons"][0][:1]
    older = backup(tmp_path, START + DAY)
    merge(path, LATER, {"lessons": [with_value("lessons", key, title="Позже")]})
    later = backup(tmp_path, LATER + DAY)
    from connector.flows.restore_mirror import restore

    restore(asked(tmp_path, older), NOW)
    restored(tmp_path, later, classes=("5А",), now=NOW + DAY)
    assert live(path, "lessons")[key][5] == "Позже"


def test_what_was_emptied_since_is_filled_again(tmp_path, path):
    key = school_rows()["lessons"][0][:1]
    made = backup(tmp_path, START + DAY)
    merge(path, LATER, {"lessons": [with_value("lessons", key, title=None, number=3)]})
    restored(tmp_path, made, classes=("5А",))
    row = live(path, "lessons")[key]
    assert (row[4], row[5]) == (3, "Тема 0")


def test_with_a_day_the_class_is_as_it_was_then(tmp_path, path, archive):
    """The backup is from after the loss; its history knows better."""
    after = backup(tmp_path, LATER + DAY)
    restored(tmp_path, after, classes=("5А",), as_of=date(2026, 11, 21))
    assert owners(path, "marks") == FIVE_A
    assert len(live(path, "final_marks")) == 8


values = st.none() | st.integers(0, 3)
rows = st.tuples(values, values, values)


@given(rows, rows)
def test_no_newer_value_is_ever_lost(old, now):
    made = given_back(old, now, is_newer=True)
    assert all(m == n for m, n in zip(made, now, strict=True) if n is not None)
    assert all(m == o for m, o, n in zip(made, old, now, strict=True) if n is None)


@given(rows, rows)
def test_nothing_newer_means_the_backups_own_row(old, now):
    assert given_back(old, now, is_newer=False) == old
    assert given_back(old, None, is_newer=False) == old


# --- history, runs, backups


def test_the_return_stands_in_the_history_and_the_chain_holds(tmp_path, path, archive):
    made = restored(tmp_path, archive, classes=("5А",))
    with Mirror.open(path) as mirror:
        ops = mirror.query("SELECT DISTINCT op FROM changes WHERE run_id = ?", (made.run,))
        assert ops == [("return",)]
        assert chain.verify(mirror.query).ok
        scope = mirror.query("SELECT scope, status FROM runs WHERE id = ?", (made.run,))[0]
    assert '"edu_groups":["5001","5003"]' in scope[0]
    assert "5А" not in scope[0]
    assert scope[1] == "done"


def test_the_mirror_is_backed_up_first(tmp_path, path, archive):
    made = restored(tmp_path, archive, classes=("5А",))
    assert made.safety.exists()


def test_answers_that_were_taken_in_are_read_again(tmp_path, path, archive):
    restored(tmp_path, archive, classes=("5А",))
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT count(*) FROM bodies") == [(0,)]


def test_a_second_time_changes_nothing(tmp_path, path, archive):
    restored(tmp_path, archive, classes=("5А",))
    before = everything(path)
    again = restored(tmp_path, archive, classes=("5А",), now=NOW + DAY)
    assert again.rows == {}
    assert everything(path) == before


# --- refusals


@pytest.mark.parametrize(
    "part",
    [{"classes": ("7Ц",)}, {"subjects": ("Латынь",)}, {"periods": ("9 четверть",)}],
)
def test_a_name_that_is_not_in_the_backup_changes_nothing(tmp_path, path, archive, part):
    refused(tmp_path, path, archive, NothingFits, **part)


@pytest.mark.parametrize("name", ["Никто Такой", "424242"])
def test_an_unknown_pupil_is_refused_without_a_name(tmp_path, path, archive, name):
    problem = refused(tmp_path, path, archive, UsageProblem, pupils=(name,))
    assert name not in problem.sentence()


def test_a_name_of_two_pupils_is_nobodys(tmp_path, path):
    merge(path, LATER, {"persons": [(301, None, "Ученикж", "Тест", None, None, None, None)]})
    made = backup(tmp_path, LATER + DAY)
    refused(tmp_path, path, made, UsageProblem, pupils=("Ученикж Тест",))


def test_a_damaged_backup_changes_nothing(tmp_path, path, archive):
    content = bytearray(archive.read_bytes())
    content[-20] ^= 8
    archive.write_bytes(content)
    refused(tmp_path, path, archive, BackupDamaged, classes=("5А",))


def test_a_backup_of_another_school_changes_nothing(tmp_path, path, archive):
    before = everything(path)
    with pytest.raises(BackupOfAnotherSchool):
        restore_part(asked(tmp_path, archive, school=7), Part(("5А",)), NOW)
    assert everything(path) == before


def test_there_must_be_a_mirror(tmp_path, path, archive):
    path.unlink()
    with pytest.raises(MirrorMissing):
        restored(tmp_path, archive, classes=("5А",))
    assert not path.exists()


def test_a_mirror_that_is_being_written_is_left_alone(tmp_path, path, archive):
    with Mirror.open(path, write=True), pytest.raises(RunLocked):
        restored(tmp_path, archive, classes=("5А",))


def refused(tmp_path, path, archive, error, **part):
    before = everything(path)
    with pytest.raises(error) as problem:
        restored(tmp_path, archive, **part)
    assert everything(path) == before
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT count(*) FROM runs WHERE command = 'restore'") == [(0,)]
    return problem.value


# --- killed


@pytest.mark.parametrize(
    "point", [*POINTS[:3], *(pytest.param(p, marks=pytest.mark.long) for p in POINTS[3:])]
)
def test_a_killed_restore_has_not_happened_and_the_next_one_finishes(
    tmp_path, path, archive, point
):
    original, before = path.read_bytes(), everything(path)

    def work():
        restored(tmp_path, archive, classes=("5А",))

    lines = lines_of(work)
    wanted = everything(path)
    path.write_bytes(original)
    assert killed_at(int(lines * point), work)
    assert everything(path) in (before, wanted)
    restored(tmp_path, archive, classes=("5А",), now=NOW + DAY)
    assert everything(path) == wanted
    assert not list(tmp_path.glob(".school.db.*"))
