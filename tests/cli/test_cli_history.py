"""`dnevnik history …` and `dnevnik report changes` on real mirror files."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from connector.i18n import set_language
from connector.mirror.store import Mirror

ROOT = Path(__file__).resolve().parents[2]
FIRST = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
GROUP, PUPIL, LESSON, MARK = (
    1000000000000000001,
    2000000000000000007,
    3000000000000000003,
    4000000000000000009,
)


def mark(value, number=MARK):
    return (
        number,
        PUPIL,
        1,
        LESSON,
        "Mark",
        value,
        value,
        None,
        "2026-09-01T09:00:00",
        1,
        0,
        None,
        None,
    )


def night(number, mark_rows, entry=None, title="Дроби"):
    """What one pull saw."""
    return {
        "schools": [(1, "Школа", None, None, "Asia/Yekaterinburg", None, None, None, None, None)],
        "subjects": [(5, "Алгебра", None, None, None)],
        "edu_groups": [(GROUP, 1, "5А", None, 5, "Group", 2026, None, None, None, None, None)],
        "persons": [(PUPIL, None, "Ёлкина", "Мира", None, None, None, None, None)],
        "memberships": [(PUPIL, GROUP, "EduStudent", "Active", None)],
        "lessons": [(LESSON, GROUP, 5, "2026-09-01", 2, title, "InPlan", None, None)],
        "lesson_log_entries": [(LESSON, PUPIL, entry, None, None, None)] if entry else [],
        "marks": mark_rows,
    }, FIRST + number * timedelta(days=1)


NIGHTS = (
    night(0, [mark("5"), mark("4", MARK + 1)]),
    night(1, [mark("3"), mark("4", MARK + 1)], "Late"),
    night(20, [mark("4", MARK + 1)], "Ill", "Ж\x1b[31m\nЖ"),
)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(tmp_path / "school.db"))
    with Mirror.open(tmp_path / "school.db", write=True) as mirror:
        for tables, at in NIGHTS:
            run = mirror.start_run("pull", {}, at)
            with mirror.transaction():
                for table, rows in tables.items():
                    existing = mirror.rows(table, "1")
                    gone = existing.keys() - {row[: len(key)] for row in rows for key in existing}
                    mirror.withdraw(run, at, table, sorted(gone))
                    mirror.merge(run, at, table, rows, existing)
            mirror.finish_run(run, at, "done", {})
    yield tmp_path / "school.db"
    set_language("en")


def run(*words):
    return CliRunner().invoke(cli.dnevnik, ["history", *map(str, words)])


def valid(output):
    document = json.loads(output)
    schema = json.loads((ROOT / "docs" / "json" / "history.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    return document


@pytest.mark.usefixtures("path")
def test_a_mark_is_told_in_the_zone_of_the_school():
    ended = run("mark", MARK)
    assert ended.exit_code == 0, ended.output
    assert [line.strip() for line in ended.stdout.splitlines()] == [
        "marks:",
        f"Ёлкина Мира, 5А, Алгебра, 01.09.2026, № 2 ({MARK})",
        "02.09.2026 02:30  seen first: 5, 01.09.2026",
        "03.09.2026 02:30  changed: value: 5 → 3",
        "22.09.2026 02:30  no longer shown",
    ]


@pytest.mark.usefixtures("path")
def test_a_day_in_the_past_ends_the_story_in_the_zone_of_the_school():
    document = valid(run("mark", MARK, "--as-of", "2026-09-02", "--json").stdout)
    (row,) = document["rows"]
    assert (row["shown"], row["values"]["value"], len(row["events"])) == (True, "5", 1)
    later = valid(run("mark", MARK, "--as-of", "22.09.2026", "--json").stdout)["rows"][0]
    assert (later["shown"], later["values"]["value"], len(later["events"])) == (False, "3", 3)


@pytest.mark.usefixtures("path")
def test_what_never_changed_is_counted_and_shown_when_asked():
    short = valid(run("person", PUPIL, "--json").stdout)
    assert [row["resource"] for row in short["rows"]] == ["persons", "lesson_log_entries", "marks"]
    assert short["unchanged_hidden"] == 2
    whole = valid(run("person", PUPIL, "--all", "--json").stdout)
    assert (len(whole["rows"]), whole["unchanged_hidden"]) == (5, 0)
    assert "--all" in run("person", PUPIL).stderr


@pytest.mark.usefixtures("path")
def test_a_lesson_tells_its_attendance_in_words():
    text = run("lesson", LESSON).stdout
    assert "status: late → ill" in text
    assert "5А, Алгебра, 01.09.2026, № 2" in text


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("subject", ["mark", "person", "lesson"])
def test_every_line_fits_eighty_columns(subject):
    number = {"mark": MARK, "person": PUPIL, "lesson": LESSON}[subject]
    text = run(subject, number, "--all").stdout
    assert [line for line in text.splitlines() if len(line) > 80] == []


@pytest.mark.usefixtures("path")
def test_what_a_teacher_typed_does_not_steer_the_terminal():
    text = run("lesson", LESSON).stdout
    assert "topic: Дроби → Ж [31m Ж" in text
    assert "\x1b" not in text


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("subject", ["mark", "person", "lesson"])
def test_what_the_mirror_never_saw_is_refused(subject):
    ended = run(subject, 5)
    assert ended.exit_code == 2
    assert "5" in ended.stderr


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    "words", [("mark", "x"), ("mark", "0"), ("mark", "9" * 30), ("day", "1"), ("mark",)]
)
def test_what_is_no_id_is_refused(words):
    assert run(*words).exit_code == 2


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_days_like_others(day):
    assert run("mark", MARK, "--as-of", day).exit_code in (0, 2)


@pytest.mark.usefixtures("path")
def test_an_unreadable_mirror_is_a_sentence(path):
    path.write_bytes(b"not a mirror")
    assert run("mark", MARK).exit_code == 7


@pytest.mark.usefixtures("path")
def test_the_report_of_changes_is_written_in_every_format(tmp_path):
    words = [
        "report",
        "changes",
        "--as-of",
        "2026-10-01",
        "--format",
        "table,json,csv,xlsx",
        "--out",
        "out",
    ]
    ended = CliRunner().invoke(cli.dnevnik, words)
    assert ended.exit_code == 0, ended.output
    document = json.loads((tmp_path / "out" / "changes.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "docs" / "json" / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert document["summary"]["by_rule"] == {
        "LATECHANGE": 1,
        "CLOSED": 0,
        "BULK": 0,
        "DOWN": 1,
        "UP": 0,
    }
    assert [item["persons"] for item in document["findings"]] == [[str(PUPIL)]] * 2
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {
        ".txt",
        ".json",
        ".csv",
        ".xlsx",
    }
