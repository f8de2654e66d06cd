"""`dnevnik export all`: whoever leaves takes everything along, and can read it without us."""

import csv
import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from cli import run as run_root
from connector.commands import export
from connector.commands.console import Console
from connector.i18n import set_language
from connector.mirror.dictionary import described
from connector.mirror.store import Mirror
from connector.records import TABLES
from tests.flows.restoring import DAY, START, merge, school_rows, with_value

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(tmp_path / "school.db"))
    merge(tmp_path / "school.db", START, school_rows())
    lesson = school_rows()["lessons"][0]
    changed = with_value("lessons", lesson[:1], title='=HYPERLINK("x")\nвторая; "строка", 😀')
    merge(
        tmp_path / "school.db",
        START + DAY,
        {"lessons": [changed]},
        {"marks": [school_rows()["marks"][0][:1]]},
    )
    yield tmp_path / "school.db"
    set_language("en")


def run(*args):
    return CliRunner().invoke(export.command, ["all", *map(str, args)], obj=Console())


def lines(folder, table):
    return [
        json.loads(line) for line in (folder / f"{table}.jsonl").read_text("utf-8").splitlines()
    ]


def cells(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def headings(table):
    with table.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


@pytest.fixture
def folder(tmp_path, path):
    shown = run(tmp_path / "leaving")
    assert shown.exit_code == 0, shown.output
    return tmp_path / "leaving"


def plain(row):
    return tuple(value.hex() if isinstance(value, bytes) else value for value in row)


def test_json_lines_hold_every_row_of_every_table_without_loss(path, folder):
    with Mirror.open(path) as mirror:
        tables = mirror.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        for (table,) in tables:
            rows = mirror.query(f"SELECT * FROM {table}")
            assert [tuple(line.values()) for line in lines(folder, table)] == [*map(plain, rows)], (
                table
            )


def test_csv_has_the_same_rows_under_the_same_names(folder):
    for table in (*TABLES, "changes", "runs"):
        whole, shown = lines(folder, table), cells(folder, table)
        assert len(whole) == len(shown)
        for line, cell in zip(whole, shown, strict=True):
            assert list(line) == list(cell)
            texts = ["" if value is None else str(value) for value in line.values()]
            assert [text.removeprefix("'") for text in cell.values()] == texts


def test_no_text_of_a_csv_runs_as_a_formula(folder):
    titles = [cell["title"] for cell in cells(folder, "lessons")]
    assert not [title for title in titles if title.startswith("=")]
    assert '\'=HYPERLINK("x")\nвторая; "строка", 😀' in titles


def test_the_dictionary_explains_every_column_that_was_written(folder):
    known = {(line["table"], line["column"]): line for line in lines(folder, "dictionary")}
    written = {
        (table.stem, column)
        for table in folder.glob("*.csv")
        if table.stem != "dictionary"
        for column in headings(table)
    }
    assert known.keys() == written
    assert [key for key, line in known.items() if not line["meaning"]] == []
    assert known["marks", "lesson_id"]["refers_to"] == "lessons.id"
    assert known["lesson_log_entries", "person_id"]["key"] == 2
    assert known["marks", "withdrawn_run"]["meaning"].startswith("the run that found the row gone")


def test_meanings_are_plain_text_without_links():
    assert not [m for columns in described().values() for m in columns.values() if "](" in m]


def test_the_manifest_has_rows_and_hashes_of_all_files(folder):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["files"].keys() == {p.name for p in folder.iterdir()} - {"manifest.json"}
    for name, facts in manifest["files"].items():
        content = (folder / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            facts["bytes"],
            facts["sha256"],
        )
    assert manifest["rows"]["marks"] == len(lines(folder, "marks"))


def test_only_the_owner_reads_it(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}


def test_the_document_keeps_to_its_schema(tmp_path, path):
    shown = run(tmp_path / "leaving", "--json")
    schema = json.loads((ROOT / "docs/json/export_all.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(shown.stdout), schema)


def test_an_empty_folder_is_filled(tmp_path, path):
    (tmp_path / "leaving").mkdir()
    assert run(tmp_path / "leaving").exit_code == 0
    assert (tmp_path / "leaving" / "manifest.json").exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_nothing_that_exists_is_touched(tmp_path, path, kind):
    place = tmp_path / "leaving"
    if kind == "folder":
        place.mkdir()
        (place / "mine.txt").write_text("mine")
    else:
        place.write_text("mine")
    assert run(place).exit_code == 2
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".leaving")] == []
    assert (place / "mine.txt" if kind == "folder" else place).read_text() == "mine"


def test_what_a_killed_export_left_does_not_hinder_the_next(tmp_path, path):
    left = tmp_path / ".leaving.part"
    left.mkdir()
    (left / "marks.csv").write_text("half")
    assert run(tmp_path / "leaving").exit_code == 0
    assert not left.exists()


def test_a_pull_in_between_does_not_mix_two_moments(tmp_path, path):
    """A run that commits while the tables are written is in none of them."""
    from connector.mirror.export import export_all

    def advance(done, total, table):
        if table == "marks":
            merge(path, START + 2 * DAY, {"subjects": [(11, "Геометрия", None, None)]})

    export_all(path, tmp_path / "leaving", "", "0", START, advance)
    assert "Геометрия" not in {line["name"] for line in lines(tmp_path / "leaving", "subjects")}
    assert len(lines(tmp_path / "leaving", "runs")) == 2


def test_without_a_mirror_there_is_nothing_to_export(tmp_path, path, capsys):
    path.unlink()
    assert run_root(export.command, ["all", str(tmp_path / "leaving")], {}) == 7
    assert not (tmp_path / "leaving").exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path, path):
    """A limit on the size of files stands for the full disk; SQLite's own files stay below it."""
    long = with_value("lessons", school_rows()["lessons"][1][:1], title="т" * 100_000)
    merge(path, START + 2 * DAY, {"lessons": [long]})
    code = (
        "import sys, signal, resource; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000));"
        "from cli import run; from connector.commands.export import command;"
        "sys.exit(run(command, ['all', sys.argv[1]], {}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "leaving")],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 7, done.stderr
    assert "No space left" in done.stderr
    assert [p.name for p in tmp_path.iterdir() if "leaving" in p.name] == []
