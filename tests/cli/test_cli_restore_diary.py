"""From a backup back into the diary on the command line: plan, sheet, apply, verify, and what is refused."""

import json
import stat
import urllib.request
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import cli
from connector.commands.wiring import today_here
from connector.i18n import set_language
from connector.mirror.store import Mirror
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox

ROOT = Path(__file__).resolve().parents[2]
PLAN_SCHEMA = json.loads((ROOT / "docs/json/plan.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def running():
    """The command line reads the machine's clock, so the school lives on the machine's day."""
    config = SandboxConfig(pupils=30, classes=2, today=today_here(), rate=100_000, burst=100_000)
    with RunningSandbox(config) as sandbox:
        yield sandbox


@pytest.fixture
def office(running, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "XDG_CONFIG_HOME": str(tmp_path),
        "DNEVNIK_LANG": "en",
        "DNEVNIK_API_BASE_URL": running.info["base_url"],
        "DNEVNIK_API_TOKEN": running.info["tokens"]["admin"],
        "DNEVNIK_API_RATE": "1000",
        "DNEVNIK_API_BURST": "1000",
        "DNEVNIK_MIRROR_PATH": str(tmp_path / "school.db"),
        "DNEVNIK_WRITES_ENABLED": "true",
        "DNEVNIK_REPORTS_LANG": "en",
    }.items():
        monkeypatch.setenv(name, value)
    yield Office(running, tmp_path)
    set_language("en")


class Office:
    """A folder with a mirror and a backup of it."""

    def __init__(self, running, folder):
        self.running = running
        self.folder = folder
        self.control("POST", "reset", {})
        self.run("pull")
        self.backup = Path(self.run("backup", "create", "--to", str(folder / "backups"))["file"])

    def control(self, method, path, body=None):
        root = self.running.info["base_url"].removesuffix("/v2")
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{root}/__sandbox/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def edit(self, op, **what):
        self.control("POST", "edit", {"op": op, **{k: str(v) for k, v in what.items()}})

    def rows(self, sql):
        with Mirror.open(self.folder / "school.db") as mirror:
            return mirror.query(sql)

    def call(self, *words):
        return CliRunner().invoke(cli.dnevnik, ["--json", *map(str, words)])

    def run(self, *words, leaves=0):
        found = self.call(*words)
        assert found.exit_code == leaves, (found.stderr, found.exception)
        return json.loads(found.stdout) if found.stdout.strip() else None

    def plan(self, *words, leaves=0):
        return self.run(
            "plan",
            "restore",
            self.backup,
            "--out",
            self.folder / "plan.json",
            *words,
            leaves=leaves,
        )

    def sheet(self, title, name="plan.sheet.xlsx"):
        book = load_workbook(self.folder / name, read_only=True)
        try:
            _headings, *rows = book[title].iter_rows(values_only=True)
            return rows
        finally:
            book.close()


ONE_MARK = (
    "SELECT m.id, p.last_name FROM marks m JOIN persons p ON p.id = m.person_id"
    " WHERE m.lesson_id IS NOT NULL ORDER BY m.id LIMIT 1"
)
ONE_TOPIC = "SELECT id, title FROM lessons WHERE title <> '' ORDER BY id LIMIT 1"


def test_what_was_lost_is_planned_applied_and_verified(office):
    ((mark, _name),) = office.rows(ONE_MARK)
    office.edit("mark.delete", mark=mark)
    plan = office.plan("--check", leaves=10)
    jsonschema.validate(plan, PLAN_SCHEMA)
    assert (plan["channel"], plan["by_resource"]) == ("api", {"marks": {"create": 1}})
    applied = office.run("apply", "plan.json", "--yes")
    assert (applied["applied"], applied["converged"]) == (1, True)
    assert office.run("verify", "plan.json")["remaining"] == []
    assert office.plan("--check")["by_resource"] == {}


def test_what_no_call_writes_stands_in_the_sheet_and_nowhere_else(office):
    ((lesson, title),) = office.rows(ONE_TOPIC)
    office.edit("topic.clear", lesson=lesson)
    plan = office.plan()
    assert plan["by_resource"] == {}
    assert plan["sheet"]["by_what"] == {"topic": 1}
    ((*_place, what, value, now, _why),) = office.sheet("To enter by hand")
    assert (what, value, now) == ("topic of the lesson", title, "")


def test_the_sheet_and_the_plan_are_for_their_owner_only(office):
    office.plan()
    modes = {
        stat.S_IMODE((office.folder / name).stat().st_mode)
        for name in ("plan.json", "plan.sheet.xlsx")
    }
    assert modes == {0o600}


def test_a_newer_mark_stays_until_somebody_says_otherwise(office):
    ((mark, _name),) = office.rows(ONE_MARK)
    ((value,),) = office.rows(f"SELECT value FROM marks WHERE id = {mark}")
    office.edit("mark.change", mark=mark, value="2" if value != "2" else "3")
    plan = office.plan()
    assert (plan["by_resource"], plan["sheet"]["newer"]) == ({}, 1)
    plan = office.plan("--overwrite", "marks")
    assert plan["by_resource"] == {"marks": {"update": 1}}
    assert [note["rule"] for note in plan["notes"]] == ["second_mark"]
    assert office.run("apply", "plan.json", "--yes")["converged"] is True


def test_an_unknown_field_to_overwrite_is_refused(office):
    assert (
        office.call(
            "plan", "restore", office.backup, "--out", "p.json", "--overwrite", "x"
        ).exit_code
        == 2
    )


def test_nothing_is_sent_while_writes_are_off(office, monkeypatch):
    ((mark, _name),) = office.rows(ONE_MARK)
    office.edit("mark.delete", mark=mark)
    office.plan()
    monkeypatch.setenv("DNEVNIK_WRITES_ENABLED", "false")
    assert office.call("apply", "plan.json", "--yes").exit_code == 2


def test_a_restored_entry_is_taken_back_by_the_undo_plan(office):
    ((lesson, person),) = office.rows(
        "SELECT lesson_id, person_id FROM lesson_log_entries ORDER BY 1, 2 LIMIT 1"
    )
    office.edit("attendance.delete", lesson=lesson, person=person)
    office.plan()
    undo = office.run("apply", "plan.json", "--yes")["undo_plan"]
    assert office.run("apply", undo, "--yes")["converged"] is True
    assert office.plan("--check", leaves=10)["by_resource"] == {"lesson_log_entries": {"create": 1}}


def test_a_damaged_backup_is_refused_before_anything_is_read(office):
    content = bytearray(office.backup.read_bytes())
    content[len(content) // 2] ^= 1
    office.backup.write_bytes(bytes(content))
    office.control("DELETE", "calls")
    office.plan(leaves=7)
    assert office.control("GET", "calls") == []
    assert not (office.folder / "plan.json").exists()


def test_what_the_diary_does_not_take_stands_in_a_sheet_of_its_own(office):
    ((mark, name),) = office.rows(ONE_MARK)
    ((value,),) = office.rows(f"SELECT value FROM marks WHERE id = {mark}")
    office.edit("mark.delete", mark=mark)
    office.plan()
    refusal = (
        '[[rule]]\nmatch = { method = "POST", path = "/persons/*/works/*/mark" }\n'
        'when = { every = 1 }\naction = "status"\nstatus = 403\ntype = "outOfScope"\n'
    )
    office.control("POST", "faults", refusal.encode())
    try:
        applied = office.run("apply", "plan.json", "--yes", leaves=6)
    finally:
        office.control("DELETE", "faults")
    assert applied["failed"] == 1
    ((*_place, pupil, what, was, _now, why),) = office.sheet("To enter by hand", "plan.rest.xlsx")
    assert (what, was, why) == ("mark", value, "the diary did not take it")
    assert pupil.startswith(name)
