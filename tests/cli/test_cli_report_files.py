"""`dnevnik report` with the school's own files: what is asked for, what is wrong with them, what they change."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from tests.cli.schools import TODAY, at_home, pulled_school
from tests.flows.papers import listed, write_class_list, write_plans, write_timetable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    """A mirror and the emulator behind it."""
    path = tmp_path_factory.mktemp("pulled") / "school.db"
    with pulled_school(path, pupils=60) as school:
        yield path, school.desk


@pytest.fixture
def desk(pulled, tmp_path, monkeypatch):
    with at_home(tmp_path, pulled[0], monkeypatch, DNEVNIK_REPORTS_LANG="en"):
        yield pulled[1]


def run(name, *args):
    return CliRunner().invoke(
        cli.dnevnik, ["report", name, "--as-of", TODAY, "--no-store", *map(str, args)]
    )


def document(text):
    found = json.loads(text)
    schema = json.loads((ROOT / "docs" / "json" / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    return found


def test_a_class_list_of_the_command_line_is_compared(desk, tmp_path):
    pupils = listed(desk)
    file = write_class_list(tmp_path / "list.xlsx", pupils[1:])
    result = run("roster", "--source", file, "--json")
    assert result.exit_code == 0
    found = document(result.stdout)
    assert [one["rule"] for one in found["findings"]] == ["ROSTER"]


def test_a_pupil_whom_the_diary_does_not_know_stands_in_the_document_by_name(desk, tmp_path):
    pupils = listed(desk)
    new = replace(pupils[0], id=None, last_name="Новенький", birthday=date(2015, 5, 5))
    file = write_class_list(tmp_path / "list.xlsx", [*pupils, new])
    shown = run("roster", "--source", file, "--json").stdout
    assert [one["rule"] for one in document(shown)["findings"]] == ["ROSTERLACK"]
    assert "Новенький" in shown
    assert "Новенький" not in run("roster", "--source", file, "--json", "--anonymous").stdout


def test_files_of_the_settings_are_read_by_the_reports_that_need_them(desk, tmp_path):
    write_class_list(tmp_path / "list.xlsx", listed(desk)[1:])
    (tmp_path / "dnevnik.toml").write_text(
        '[sources]\nclass_lists = ["list.xlsx"]\ntimetables = ["nothing.xml"]\n', encoding="utf-8"
    )
    assert len(document(run("roster", "--json").stdout)["findings"]) == 1
    assert run("missing").exit_code == 0


def test_without_files_the_report_says_which_rules_say_nothing(desk):
    result = run("roster")
    assert result.exit_code == 0
    assert "Not checked: ROSTER, ROSTERLEFT, ROSTERLACK" in " ".join(result.stdout.split())
    assert run("roster", "--strict").exit_code == 3


def test_a_timetable_and_plans_are_compared_with_lessons(desk, tmp_path):
    timetable = write_timetable(tmp_path / "week.xml", desk)
    group = next(one for one in desk.school.groups if one.kind == "class")
    topics = [("Введение", 1, date(2026, 9, 1))]
    plans = write_plans(tmp_path / "plans.xlsx", [(group.name, "", group.subjects[0], "", topics)])
    result = run("schedule", "--source", timetable, "--source", plans, "--json")
    assert result.exit_code == 0
    tables = {one["key"]: one["rows"] for one in document(result.stdout)["tables"]}
    assert tables["hours_by_class"]
    assert len(tables["topic_plans"]) == 1
    assert "not_matched" not in tables


@pytest.mark.parametrize("name", ["roster", "schedule", "accounts"])
def test_a_file_that_holds_nothing_usable_is_refused(desk, tmp_path, name):
    file = tmp_path / "notes.csv"
    file.write_text("просто;текст\n", encoding="utf-8")
    result = run(name, "--source", file)
    assert result.exit_code == 4
    assert "notes.csv" in result.stderr
    assert "What it is: not recognised." in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_list_is_no_timetable(desk, tmp_path):
    file = write_class_list(tmp_path / "list.xlsx", listed(desk))
    result = run("schedule", "--source", file)
    assert result.exit_code == 4
    told = " ".join(result.stderr.split())
    assert "What it is: class list. What is needed: timetable, topic plan." in told


def test_refused_rows_are_told_in_numbers_and_without_names(desk, tmp_path):
    pupils = listed(desk)
    pupils[0].edu_group = "5D"
    file = write_class_list(tmp_path / "list.xlsx", pupils)
    result = run("roster", "--source", file)
    assert result.exit_code == 0
    assert "refused: 1" in result.stderr
    assert pupils[0].last_name not in result.stderr


def test_a_file_that_is_not_there_is_a_mistake_of_use(desk):
    assert run("roster", "--source", "gone.xlsx").exit_code == 2


def test_a_report_that_looks_at_no_files_takes_none(desk, tmp_path):
    file = write_class_list(tmp_path / "list.xlsx", listed(desk))
    assert run("missing", "--source", file).exit_code == 2


def test_all_formats_come_of_the_three_reports(desk, tmp_path):
    file = write_class_list(tmp_path / "list.xlsx", listed(desk)[1:])
    week = write_timetable(tmp_path / "week.xml", desk)
    for name, source in (("roster", file), ("accounts", file), ("schedule", week)):
        out = tmp_path / name
        result = run(name, "--source", source, "--format", "table,json,csv,xlsx", "--out", out)
        assert result.exit_code == 0, result.output
        assert len(list(out.iterdir())) >= 4
