"""`dnevnik backup restore` as an operator calls it."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from connector.i18n import set_language
from connector.mirror.store import Mirror
from tests.flows.restoring import MOSCOW, backup, live, merge, school_rows

ROOT = Path(__file__).resolve().parents[2]
# Four days ago by this machine's clock, which the commands read.
START = (datetime.now(UTC) - timedelta(days=4)).replace(hour=3, minute=0, second=0, microsecond=0)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(tmp_path / "school.db"))
    merge(tmp_path / "school.db", START, school_rows())
    yield tmp_path / "school.db"
    set_language("en")


@pytest.fixture
def archive(tmp_path, path):
    made = backup(tmp_path, START + timedelta(hours=1))
    merge(path, START + timedelta(days=1), gone={"marks": [r[:1] for r in school_rows()["marks"]]})
    return made


def run(*args):
    return CliRunner().invoke(cli.dnevnik, ["backup", "restore", *map(str, args)])


def told(shown):
    assert shown.exit_code == 0, shown.output
    document = json.loads(shown.stdout)
    schema = json.loads((ROOT / "docs/json/backup_restore.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    return document


def test_the_whole_mirror_comes_back(path, archive):
    document = told(run(archive, "--yes", "--json"))
    assert len(live(path, "marks")) == len(school_rows()["marks"])
    assert Path(document["backup_made_first"]).exists()
    assert document["restored_to"] == str(path)


def test_where_the_folder_of_backups_was_lost_a_restore_still_makes_its_own_first(
    tmp_path, path, archive
):
    """`backup create` refuses such a folder; at the worst moment there may be no other."""
    (tmp_path / "backups").rename(tmp_path / "stick")
    document = told(run(tmp_path / "stick" / archive.name, "--yes", "--json"))
    assert len(live(path, "marks")) == len(school_rows()["marks"])
    assert Path(document["backup_made_first"]).parent == tmp_path / "backups"


def test_a_class_comes_back_with_counts(path, archive):
    document = told(run(archive, "--class", "5Б", "--yes", "--json"))
    assert document["rows"] == {
        "marks": {"added": 0, "changed": 0, "withdrawn": 0, "returned": len(live(path, "marks"))}
    }


def test_a_day_is_read_in_the_schools_time(path, archive):
    told(run(archive, "--as-of", f"{START.astimezone(MOSCOW):%d.%m.%Y}", "--yes", "--json"))
    assert len(live(path, "marks")) == len(school_rows()["marks"])


def test_a_file_beside_needs_no_consent_and_touches_nothing(tmp_path, path, archive):
    before = path.read_bytes()
    document = told(run(archive, "--to", tmp_path / "beside.db", "--json"))
    assert document["backup_made_first"] is None
    assert path.read_bytes() == before
    assert len(live(tmp_path / "beside.db", "marks")) == len(school_rows()["marks"])


def test_people_read_where_everything_lies(path, archive):
    shown = run(archive, "--yes")
    made = START + timedelta(hours=1)
    assert f"Restored from the backup of {made:%Y-%m-%dT%H:%M:%SZ}: {path}" in shown.stdout
    assert "The mirror as it was: " in shown.stdout


def test_people_read_how_many_rows_stayed(path, archive):
    lesson = school_rows()["lessons"][0]
    merge(path, START + timedelta(days=2), {"lessons": [(*lesson[:5], "Новая тема", *lesson[6:])]})
    shown = run(archive, "--class", "5А", "--yes")
    assert (
        "Rows that stay as they are because the mirror knows newer: 1. See --overwrite."
        in shown.stdout
    )
    assert "Новая тема" not in shown.output


def test_people_read_that_nothing_was_missing(path, archive):
    assert run(archive, "--class", "5А", "--yes").exit_code == 0
    assert "Nothing of it was missing." in run(archive, "--class", "5А", "--yes").stdout


def test_without_a_person_consent_must_be_given(path, archive):
    before = path.read_bytes()
    shown = run(archive)
    assert shown.exit_code == 2
    assert "--yes" in shown.output
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [("--class", "5А", "--to", "x.db"), ("--overwrite",), ("--overwrite", "--to", "x.db")],
)
def test_options_that_do_not_go_together_are_refused(path, archive, options):
    before = path.read_bytes()
    assert run(archive, *options, "--yes").exit_code == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize("part", [(), ("--class", "5А"), ("--to", "beside.db")])
def test_a_damaged_backup_ends_with_7_and_names_the_last_good_one(tmp_path, path, archive, part):
    good = backup(tmp_path, START + timedelta(days=1, hours=1))
    content = bytearray(archive.read_bytes())
    content[100] ^= 1
    archive.write_bytes(content)
    before = path.read_bytes()
    shown = run(archive, *part, "--yes")
    assert shown.exit_code == 7
    assert good.name in shown.output
    assert path.read_bytes() == before
    assert not (tmp_path / "beside.db").exists()


@pytest.mark.parametrize("part", [(), ("--class", "5А"), ("--to", "beside.db")])
def test_a_full_disk_changes_nothing(tmp_path, path, archive, part):
    """A limit on the size of files, below the mirror's own, stands for the full disk."""
    code = (
        "import sys, signal, resource; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000));"
        f"sys.path.insert(0, {str(ROOT)!r}); from cli import dnevnik; dnevnik.main(sys.argv[1:])"
    )
    before = path.read_bytes()
    line = [sys.executable, "-c", code, "backup", "restore", str(archive), *part, "--yes"]
    done = subprocess.run(line, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
    assert "No space left" in done.stderr
    assert path.read_bytes() == before
    assert not (tmp_path / "beside.db").exists()
    assert not list(tmp_path.glob(".*.restore-*"))


def test_a_backup_that_is_not_there_ends_with_7(path):
    shown = run("backups/none.db.zst", "--yes")
    assert shown.exit_code == 7
    assert "none.db.zst" in shown.output


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 999, b"[" * 100_000])
def test_a_manifest_of_rubbish_ends_with_7(path, archive, content):
    Path(f"{archive}.manifest.json").write_bytes(content)
    shown = run(archive, "--yes")
    assert shown.exit_code == 7
    assert "Traceback" not in shown.output


def test_a_clock_before_the_backup_ends_with_7(tmp_path, path, monkeypatch):
    made = backup(tmp_path, datetime.now(UTC) + timedelta(days=400))
    shown = run(made, "--yes")
    assert shown.exit_code == 7
    assert "clock" in shown.output


def test_the_next_pull_and_the_next_backup_go_on_from_there(path, archive):
    run(archive, "--yes")
    again = CliRunner().invoke(cli.dnevnik, ["backup", "create", "--json"])
    assert again.exit_code == 0
    checked = CliRunner().invoke(cli.dnevnik, ["backup", "verify", "--all", "--json"])
    assert checked.exit_code == 0, checked.output
    with Mirror.open(path) as mirror:
        assert mirror.query("SELECT command FROM runs ORDER BY id DESC LIMIT 1") == [("restore",)]
