"""`dnevnik demo`: the halves that write: sample files on their way to the diary, a backup on its way back."""

import json
import re
import stat
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook

import cli
from connector.commands.console import Console
from connector.commands.demo import clock_of, story
from connector.commands.demo_backup import back_up_and_restore, lines
from connector.commands.demo_folder import clear, leave_settings, settings_of
from connector.commands.wiring import today_here
from connector.i18n import set_language
from connector.mirror.store import Mirror
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox
from mappings.reading import read_source
from tests.unit.programs import pdf_pages

ROOT = Path(__file__).resolve().parents[2]
MADE = (
    "rehearsal.db",
    "operator.db",
    "roster.json",
    "roster.html",
    "schedule.json",
    "schedule.html",
    "restore.json",
    "restore.sheet.xlsx",
    "demo.db.backups.json",
    "spravka.docx",
    "summary.html",
    "summary.pdf",
)


def described(name):
    return json.loads((ROOT / "docs" / "json" / f"{name}.json").read_text(encoding="utf-8"))


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


@pytest.fixture
def losses(shown):
    return json.loads(shown.stdout)["losses"]


def test_the_document_is_as_described(shown):
    jsonschema.validate(json.loads(shown.stdout), described("demo"))


def test_each_step_is_a_line_with_a_number(shown):
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", shown.stderr, flags=re.MULTILINE)]
    assert numbers == list(range(1, 19))


def test_exactly_the_topics_that_the_staff_entered_are_called_fixed(shown):
    checks = json.loads(shown.stdout)["checks"]
    assert checks["entered"] > 0
    assert checks["fixed"] == checks["entered"]


def test_the_memo_compares_with_the_check_of_a_week_ago(shown):
    checks = json.loads(shown.stdout)["checks"]
    text = "\n".join(line.text for line in Document(checks["files"]["spravka.docx"]).paragraphs)
    told = f"fixed: {checks['fixed']}, not fixed: {checks['not_fixed']}; new since: {checks['new']}"
    assert "Remarks of the check of 17.11.2026" in text
    assert told in text


def test_commands_typed_in_the_folder_of_the_demo_read_its_mirror(shown, monkeypatch):
    monkeypatch.chdir(shown.folder)
    monkeypatch.delenv("DNEVNIK_MIRROR_PATH", raising=False)
    made = CliRunner().invoke(cli.dnevnik, ["report", "missing", "--no-store", "--json"])
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["findings"]


def test_settings_that_stand_in_the_folder_are_left_alone(tmp_path):
    own = tmp_path / "dnevnik.toml"
    own.write_text("# mine\n", encoding="utf-8")
    leave_settings(tmp_path / "demo.db")
    assert own.read_text(encoding="utf-8") == "# mine\n"


def test_the_summary_of_the_demo_is_one_page(shown):
    assert len(pdf_pages(shown.folder / "summary.pdf")) == 1


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


def test_all_that_was_deleted_is_written_again_or_stands_in_the_sheet(losses):
    lost = losses["lost"]
    assert min(lost.values()) > 0
    assert losses["planned"] == {table: n for table, n in lost.items() if table != "topics"}
    assert losses["by_hand"] == lost["topics"]
    assert losses["applied"] == sum(losses["planned"].values())


def test_a_second_plan_from_the_backup_is_empty(losses):
    assert (losses["remaining"], losses["planned_again"]) == (0, 0)
    assert losses["by_hand_again"] == losses["by_hand"]


def test_the_certificate_says_that_the_backup_can_be_restored(losses):
    document, page = map(Path, losses["certificate"])
    certificate = json.loads(document.read_text(encoding="utf-8"))
    assert (certificate["ok"], certificate["file"]) == (True, losses["backup"])
    assert {check["name"] for check in certificate["checks"] if check["ok"]} == set(
        losses["checks"]
    )
    assert losses["checks"]["report"] is True
    assert page.suffix == ".docx"


def test_what_is_printed_for_people_is_in_the_language_that_was_asked_for(losses):
    book = load_workbook(losses["sheet"], read_only=True)
    assert "To enter by hand" in book.sheetnames
    book.close()


def test_the_lines_say_how_much_was_lost_and_where_all_lies(shown, losses):
    set_language("en")
    told = lines(losses)
    assert told[1].split()[1::2][:2] == [str(sum(losses["lost"].values())), str(losses["applied"])]
    for path in (losses["backup"], *losses["certificate"], losses["plan"], losses["sheet"]):
        assert any(path in line for line in told)
        assert Path(path).is_relative_to(shown.folder)
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_before_the_first_marks_of_a_year_nothing_is_lost_and_the_demo_goes_to_its_end(tmp_path):
    day = date(2024, 9, 1)  # a Sunday
    config = SandboxConfig(pupils=30, today=day, rate=10_000, burst=10_000)
    with RunningSandbox(config) as school:
        settings = settings_of(school.info, tmp_path / "demo.db")
        told = Console(quiet=True)
        story(told, settings, school.info, school.truth(), clock_of(day))
        losses = back_up_and_restore(told, settings, school.info, clock_of(day), step=14)
    assert losses["class"] == ""
    assert (sum(losses["lost"].values()), losses["applied"], losses["planned_again"]) == (0, 0, 0)


def test_a_new_demo_takes_the_backups_of_the_last_one_away_and_no_others(tmp_path):
    school = 1000000000007
    info = {"base_url": "http://127.0.0.1:9/v2", "tokens": {"admin": "t"}}
    settings = settings_of(info, tmp_path / "demo.db")
    Mirror.open(tmp_path / "demo.db", write=True).close()
    folder = tmp_path / "demo-backups"
    folder.mkdir()
    ours = (f"dnevnik-{school}-20991124T000000Z.db.zst", "drill-20991124T000000Z.json")
    for name in (*ours, "dnevnik-5-20261124T000000Z.db.zst", "notes.txt"):
        (folder / name).write_bytes(b"")
    clear(settings, tmp_path, str(school))
    assert {path.name for path in folder.iterdir()} == {
        "dnevnik-5-20261124T000000Z.db.zst",
        "notes.txt",
    }


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


@pytest.mark.parametrize("name", ["rehearsal.db", "roster.json", "restore.json"])
def test_a_folder_with_such_files_that_no_demo_made_is_left_alone(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine")
    words = ["--lang", "en", "demo", "--out", str(tmp_path), "--pupils", "60", "--read-only"]
    assert CliRunner().invoke(cli.dnevnik, words).exit_code == 2
    set_language("en")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"mine")]
