"""From a class list to the diary on the command line: what each command says, writes and leaves with."""

import csv
import json
import stat
import urllib.request
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from connector.commands.wiring import today_here
from connector.i18n import set_language
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox

ROOT = Path(__file__).resolve().parents[2]
HEADINGS = ("Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "Класс")
SETTLED = []


@pytest.fixture(scope="module")
def running():
    """The command line reads the machine's clock, so the school lives on the machine's day."""
    config = SandboxConfig(pupils=72, classes=3, today=today_here(), rate=100_000, burst=100_000)
    with RunningSandbox(config) as sandbox:
        yield sandbox


@pytest.fixture
def office(running, tmp_path, monkeypatch):
    made = Office(running, tmp_path)
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
        "DNEVNIK_WRITES_CHANNEL": "gateway",
        "DNEVNIK_WRITES_PROFILE": "reference",
    }.items():
        monkeypatch.setenv(name, value)
    yield made
    set_language("en")


class Office:
    """A folder with the school's own class list, and a command line."""

    def __init__(self, running, folder):
        self.running = running
        self.folder = folder
        self.control("POST", "reset", {})
        self.rows = [
            [
                person.last_name,
                person.first_name,
                person.middle_name or "",
                "М" if person.sex == "Male" else "Ж",
                f"{person.birthday:%d.%m.%Y}",
                group.name,
            ]
            for group in running.desk.school.groups
            if group.is_class
            for _place, person in group.now(running.desk.today)
        ]

    def control(self, method, path, body=None):
        root = self.running.info["base_url"].removesuffix("/v2")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{root}/__sandbox/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def write(self, rows=None, name="list.csv"):
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(
                [HEADINGS, *(self.rows if rows is None else rows)]
            )
        return name

    def with_new(self, *names):
        group = self.rows[0][5]
        return [
            *self.rows,
            *([last, "Пробный", "Тестович", "М", "01.02.2015", group] for last in names),
        ]

    def run(self, *words, code=0):
        shown = CliRunner().invoke(cli.dnevnik, [str(word) for word in words])
        assert shown.exit_code == code, f"{shown.exit_code}: {shown.stderr}"
        return shown

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def plan(self, *more, rows=None, code=0, out="plan.json"):
        return self.json("plan", "roster", self.write(rows), "--out", out, *more, code=code)

    def settled(self):
        """Plan the diary's own list, so that its pupils are known and the file is accepted; once for all tests."""
        mirror = self.folder / "school.db"
        if SETTLED:
            mirror.write_bytes(SETTLED[0])
            return
        self.plan()
        self.run("map", "accept", "--unique")
        self.plan()
        self.apply()
        SETTLED.append(mirror.read_bytes())

    def apply(self, *more, code=0, plan="plan.json"):
        return self.json("apply", plan, "--yes", *more, code=code)

    def saved(self, name="plan.json"):
        return json.loads((self.folder / name).read_text(encoding="utf-8"))


def fits(document, name, part=""):
    schema = json.loads((ROOT / "docs" / "json" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, {**schema, "oneOf": [{"$ref": part}]} if part else schema)
    return document


# --- plan


def test_the_diarys_own_list_plans_nothing(office):
    office.settled()
    assert office.plan()["changes"] == {
        "create": 0,
        "update": 0,
        "move": 0,
        "archive": 0,
        # The pupils, their places, and the classes.
        "unchanged": 2 * len(office.rows) + 3,
    }


def test_what_plan_prints_and_what_it_saves_is_as_described(office):
    printed = fits(office.plan(rows=office.with_new("Новенький")), "plan", "#/$defs/printed")
    saved = fits(office.saved(), "plan", "#/$defs/file")
    assert printed["digest"] == saved["digest"]
    assert [o["op"] for o in saved["operations"]] == ["person.create", "membership.add"]


def test_with_check_pending_changes_leave_with_10(office):
    office.settled()
    office.plan("--check")
    office.plan("--check", rows=office.with_new("Новенький"), code=10)


def test_a_plan_can_be_read_by_its_owner_only(office):
    office.plan("--html", "plan.html")
    for name in ("plan.json", "plan.html"):
        assert stat.S_IMODE((office.folder / name).stat().st_mode) == 0o600


def test_a_plan_over_the_gateway_needs_writes_to_be_on(office, monkeypatch):
    monkeypatch.setenv("DNEVNIK_WRITES_ENABLED", "false")
    shown = office.run("plan", "roster", office.write(), "--out", "plan.json", code=2)
    assert "[writes] enabled" in shown.stderr
    assert not (office.folder / "plan.json").exists()


def test_a_refused_row_stops_the_plan_before_anything_is_asked_of_the_vendor(office):
    office.control("DELETE", "calls")
    office.plan(rows=[*office.rows, ["", "Безфамильный", "", "М", "01.02.2015", "5А"]], code=4)
    assert not (office.folder / "plan.json").exists()
    assert office.control("GET", "calls") == []


def test_the_accepted_rows_can_be_planned_and_nobody_is_ended_by_silence(office):
    office.settled()
    rows = [*office.rows[1:], ["", "Безфамильный", "", "М", "01.02.2015", office.rows[0][5]]]
    document = office.plan("--accept-partial", rows=rows)
    assert document["changes"]["archive"] == 0
    assert "ends_withheld" in {note["rule"] for note in document["notes"]}


def test_no_childs_name_stands_in_what_an_error_says(office):
    rows = [*office.with_new("Секретов"), ["Тайнов1", "Пробный", "", "М", "01.02.2015", "5А"]]
    shown = office.run("plan", "roster", office.write(rows), "--out", "plan.json", code=4)
    assert "Тайнов" not in shown.stderr
    assert "Секретов" not in shown.stderr


def test_a_schedule_plan_is_as_described(office):
    samples = ROOT / "mappings" / "samples" / "timetable.xml"
    document = office.json("plan", "schedule", samples, "--out", "week.json")
    fits(document, "plan", "#/$defs/printed")
    fits(office.saved("week.json"), "plan", "#/$defs/file")


# --- apply and verify


def test_an_applied_plan_converges_and_its_document_is_as_described(office):
    office.settled()
    office.plan(rows=office.with_new("Новенький"))
    document = fits(office.apply(), "apply")
    assert (document["applied"], document["converged"], document["remaining"]) == (2, True, [])
    assert office.plan(rows=office.with_new("Новенький"))["changes"]["create"] == 0


def test_verify_says_the_same_and_its_document_is_as_described(office):
    office.settled()
    office.plan(rows=office.with_new("Новенький"))
    before = fits(office.json("verify", "plan.json", code=6), "verify")
    assert before["remaining"] == ["1", "2"]
    office.apply()
    assert fits(office.json("verify", "plan.json"), "verify")["converged"] is True


def test_an_applied_plan_leaves_one_that_takes_it_back(office):
    office.settled()
    before = office.control("GET", "state")
    office.plan(rows=office.with_new("Новенький"))
    undo = office.apply()["undo_plan"]
    assert office.control("GET", "state") != before
    assert office.apply(plan=undo)["converged"] is True
    assert office.control("GET", "state") == before


def test_a_run_is_taken_back_by_its_number(office):
    office.settled()
    before = office.control("GET", "state")
    office.plan(rows=office.with_new("Новенький"))
    run = office.apply()["run_id"]
    fits(office.json("plan", "undo", run, "--out", "undo.json"), "plan", "#/$defs/printed")
    office.apply(plan="undo.json")
    assert office.control("GET", "state") == before


def test_nobody_is_asked_where_nobody_can_answer(office):
    office.settled()
    office.plan(rows=office.with_new("Новенький"))
    assert "--yes" in office.run("apply", "plan.json", code=2).stderr


def test_a_plan_that_was_edited_is_refused(office):
    office.plan(rows=office.with_new("Новенький"))
    text = (office.folder / "plan.json").read_text(encoding="utf-8")
    (office.folder / "plan.json").write_text(
        text.replace("Новенький", "Подменный"), encoding="utf-8"
    )
    office.apply(code=5)


def test_by_files_nothing_is_sent_and_verify_tells_what_is_missing(office):
    office.settled()
    office.plan("--channel", "file", rows=office.with_new("Новенький"))
    office.control("DELETE", "calls")
    document = fits(office.apply(), "apply")
    assert (document["handed_over"], document["converged"]) == (2, None)
    assert {call["method"] for call in office.control("GET", "calls")} <= {"GET"}
    written = {path.name: path for path in (office.folder / "plan.files").iterdir()}
    assert written.keys() == {"import-01.xlsx", "checklist.xlsx", "checklist.txt"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in written.values()} == {0o600}
    office.json("verify", "plan.json", code=6)


# --- guards


def test_a_file_that_lost_a_class_is_refused_before_planning(office):
    office.settled()
    lost = [row for row in office.rows if row[5] != office.rows[0][5]]
    shown = office.run("plan", "roster", office.write(lost), "--out", "lost.json", code=5)
    assert f"no longer name: {office.rows[0][5]}" in shown.stderr
    assert not (office.folder / "lost.json").exists()


def test_a_class_that_lost_its_second_half_trips_the_guards(office):
    office.settled()
    first = office.rows[0][5]
    members = [row for row in office.rows if row[5] == first]
    half = [row for row in office.rows if row not in members[len(members) // 2 :]]
    plan = office.plan("--accept-changed-source", rows=half)
    assert [guard["name"].split(".")[-2:] for guard in plan["guards"] if guard["tripped"]] == [
        ["memberships", "archive"]
    ]
    before = office.control("GET", "state")
    office.apply(code=5)
    assert office.control("GET", "state") == before


class Halved:
    """A plan of which a guard covers a part."""

    def __init__(self, office):
        office.settled()
        first = office.rows[0][5]
        members = [row for row in office.rows if row[5] == first]
        rows = [row for row in office.with_new("Новенький") if row not in members[-12:]]
        plan = office.plan("--accept-changed-source", rows=rows)
        self.guards = [guard["name"] for guard in plan["guards"] if guard["tripped"]]
        self.all = len(office.saved()["operations"])


def test_the_safe_part_is_applied_alone(office):
    halved = Halved(office)
    document = office.apply("--safe-part")
    assert (document["applied"], document["skipped"]) == (2, halved.all - 2)
    assert document["converged"] is False


def test_a_guard_is_overruled_only_with_a_reason(office):
    halved = Halved(office)
    words = [word for name in halved.guards for word in ("--force-guard", name)]
    assert "--reason" in office.run("apply", "plan.json", "--yes", *words, code=2).stderr
    document = office.apply(*words, "--reason", "the class was divided")
    assert (document["applied"], document["converged"]) == (halved.all, True)


def test_a_guard_that_did_not_trip_cannot_be_overruled(office):
    Halved(office)
    office.run("apply", "plan.json", "--yes", "--force-guard", "x", "--reason", "y", code=2)


# --- questions


def test_open_questions_and_decisions_are_as_described(office):
    office.plan()
    listed = fits(office.json("map", "list"), "map")
    assert {q["resource"] for q in listed["questions"]} <= {"persons"}
    for q in listed["questions"]:
        fits(office.json("map", "show", q["code"]), "map")
    office.run("map", "accept", "--unique")
    decided = fits(office.json("map", "list", "--decided"), "map")
    assert decided["questions"] == []
    assert len(decided["links"]) == len(office.rows)


def test_a_changed_surname_is_asked_about_and_then_an_update(office):
    office.settled()
    row = next(row for row in office.rows if row[2])
    rows = [["Переменов", *one[1:]] if one is row else one for one in office.rows]
    plan = office.plan(rows=rows)
    assert plan["changes"]["create"] == plan["changes"]["archive"] == 0
    ((code, reason),) = [(q["code"], q["reason"]) for q in questions(office)]
    assert reason == "surname_changed"
    office.run("map", "accept", code)
    office.plan(rows=rows)
    (operation,) = office.saved()["operations"]
    assert (operation["op"], operation["after"]) == ("person.update", {"last_name": "Переменов"})


def questions(office):
    return office.json("map", "list")["questions"]
