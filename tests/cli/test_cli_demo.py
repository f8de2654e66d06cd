"""`dnevnik demo`: the half that takes the sample files to the diary, and what it leaves behind."""

import json
import re
import stat
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from connector.commands.wiring import today_here
from connector.i18n import set_language
from mappings.reading import read_source

ROOT = Path(__file__).resolve().parents[2]
MADE = (
    "rehearsal.db",
    "operator.db",
    "roster.json",
    "roster.html",
    "schedule.json",
    "schedule.html",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A demo whose first half is small; the samples' school always has its full size."""
    folder = tmp_path_factory.mktemp("demo")
    words = f"--lang en demo --out {folder} --pupils 60 --today 2026-11-24 --json"
    result = CliRunner().invoke(cli.dnevnik, words.split())
    set_language("en")
    assert result.exit_code == 0, result.stderr
    result.folder = folder
    return result


@pytest.fixture
def writes(shown):
    return json.loads(shown.stdout)["writes"]


def test_the_document_is_as_described(shown):
    schema = json.loads((ROOT / "docs" / "json" / "demo.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(shown.stdout), schema)


def test_each_step_is_a_line_with_a_number(shown):
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", shown.stderr, flags=re.MULTILINE)]
    assert numbers == list(range(1, 13))


def test_what_is_planned_is_what_was_planted(writes):
    for kind, differences in (("roster", 36), ("schedule", 24)):
        sent = writes["gateway"][kind]
        assert sent["differences"] == differences
        assert sent["planned"] == sent["planted"] == sent["right"] == sent["applied"]


def test_both_ways_end_with_nothing_left(writes):
    for way in ("gateway", "file"):
        for kind in ("roster", "schedule"):
            assert (writes[way][kind]["remaining"], writes[way][kind]["planned_again"]) == (0, 0)


def test_each_operation_by_files_is_a_row_or_a_step(writes):
    handed = writes["file"]
    assert (handed["roster"]["rows"] > 0, handed["schedule"]["rows"]) == (True, 0)
    assert handed["schedule"]["steps"] == writes["gateway"]["schedule"]["planned"]


def test_the_files_it_tells_of_lie_there_for_their_owner_only(shown, writes):
    for name in MADE:
        assert stat.S_IMODE((shown.folder / name).stat().st_mode) == 0o600
    for kind in ("roster", "schedule"):
        assert Path(writes["file"][kind]["folder"], "checklist.xlsx").is_file()
        assert Path(writes["checked"][kind]["file"]).is_file()


def test_the_samples_are_part_of_the_package_and_read_without_a_refused_row():
    for name, rows in (("classes.xlsx", 500), ("timetable.xml", 900)):
        source = read_source(ROOT / "mappings" / "samples" / name, today=today_here())
        assert (source.refused, source.accepted > rows) == ([], True)


@pytest.mark.parametrize("name", ["rehearsal.db", "roster.json"])
def test_a_folder_with_such_files_that_no_demo_made_is_left_alone(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine")
    words = ["--lang", "en", "demo", "--out", str(tmp_path), "--pupils", "60", "--read-only"]
    assert CliRunner().invoke(cli.dnevnik, words).exit_code == 2
    set_language("en")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"mine")]
