"""`dnevnik doctor` as an operator types it: each trouble has its line, its remedy and its exit code."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from connector.api import calls
from connector.api.client import Answer
from connector.api.models.context import Context
from connector.flows.doctor import vendor
from connector.flows.doctor_files import backups
from tests.cli.terminals import ROOT, Terminal, sandbox

AUTUMN = ("--from", "2025-09-01", "--to", "2025-12-31")
SCHEMA = json.loads((ROOT / "docs/json/doctor.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """An emulated vendor, and a terminal with a mirror pulled from it and a drilled backup."""
    terminal = Terminal(tmp_path_factory.mktemp("served"), DNEVNIK_SCHOOL_TIMEZONE="Europe/Moscow")
    with sandbox(terminal, "--pupils", "40"):
        assert terminal.run("pull", "--quiet", *AUTUMN).code == 0
        assert terminal.run("backup", "create").code == 0
        assert terminal.run("backup", "drill").code == 0
        yield terminal


@pytest.fixture
def terminal(served, tmp_path):
    """The same in a folder of the test's own."""
    folder = tmp_path / "desk"
    shutil.copytree(served.folder, folder)
    made = Terminal(folder, **served.environ)
    record = folder / "school.db.backups.json"
    record.write_text(record.read_text().replace(str(served.folder), str(folder)))
    return made


def looked(terminal, *words, code=0, **environ):
    ended = terminal.run("doctor", "--json", *words, **environ)
    assert ended.code == code, ended.out + ended.err
    jsonschema.validate(ended.document, SCHEMA)
    assert ended.document["exit_code"] == code
    return ended.document


def verdicts(document):
    found = {}
    for line in document["lines"]:
        found.setdefault(line["name"], set()).add(line["verdict"])
    return found


def line_of(document, name):
    (line,) = [line for line in document["lines"] if line["name"] == name]
    return line


# --- all well


def test_with_all_in_order_no_line_fails_or_warns(terminal):
    document = looked(terminal)
    assert {line["name"] for line in document["lines"] if line["verdict"] != "ok"} == set()
    assert {line["name"] for line in document["lines"]} == {
        *("settings", "token", "vendor", "rights", "clock", "disk", "integrity", "foreign_keys"),
        *("schema", "history", "pull", "holds", "questions", "modes", "backup", "drill"),
    }


def test_for_people_each_line_begins_with_its_verdict(terminal):
    ended = terminal.run("doctor")
    assert ended.code == 0
    assert all(line.startswith(("ok ", "  ")) for line in ended.out.splitlines())


def test_offline_the_vendor_is_not_asked(terminal):
    document = looked(terminal, "--offline", DNEVNIK_API_BASE_URL="http://127.0.0.1:9/v2")
    assert "vendor" not in verdicts(document)


# --- settings, token, vendor


def test_wrong_settings_are_the_only_line_and_end_with_2(terminal):
    document = looked(terminal, code=2, DNEVNIK_API_ATTEMPTS="many")
    assert verdicts(document) == {"settings": {"fail"}}


def test_without_a_token_the_rest_is_looked_at_all_the_same(terminal):
    document = looked(terminal, code=8, DNEVNIK_API_TOKEN="")
    assert verdicts(document)["token"] == {"fail"}
    assert verdicts(document)["integrity"] == {"ok"}


def test_a_token_that_the_vendor_does_not_accept_ends_with_8(terminal):
    document = looked(terminal, code=8, DNEVNIK_API_TOKEN="x" * 32)
    assert line_of(document, "vendor")["verdict"] == "fail"
    assert "x" * 32 not in json.dumps(document)


def test_a_vendor_who_does_not_answer_ends_with_3(terminal):
    document = looked(terminal, code=3, DNEVNIK_API_BASE_URL="http://127.0.0.1:9/v2")
    assert line_of(document, "vendor")["verdict"] == "fail"


class Telling:
    """A client whose one answer is given."""

    base_url = "https://api.dnevnik.ru/v2"

    def __init__(self, roles, sent_at):
        self.answer = Answer(
            Context(roles=roles),
            b"",
            unchanged=False,
            drift=(),
            rejected=0,
            size=2,
            sent_at=sent_at,
        )

    def fetch(self, call):
        assert call.template == calls.context().template
        return self.answer


def told(roles=("EduSchoolAdministrator",), ahead=timedelta(0)):
    client = Telling(list(roles), None if ahead is None else NOW + ahead)
    return {line.name: line for line in vendor(client, lambda: NOW)}


def test_a_teachers_token_is_warned_of():
    assert told(["EduStaff"])["rights"].verdict == "warn"


@pytest.mark.parametrize(
    ("minutes", "verdict", "word"),
    [(0, "ok", "agrees"), (2, "ok", "agrees"), (3, "warn", "behind"), (-90, "warn", "ahead")],
)
def test_a_clock_that_differs_by_minutes_is_warned_of(minutes, verdict, word):
    line = told(ahead=timedelta(minutes=minutes))["clock"]
    assert (line.verdict, word in line.said) == (verdict, True)


def test_an_answer_without_a_date_tells_no_clock():
    assert "clock" not in told(ahead=None)


# --- the mirror


def test_before_the_first_pull_there_is_a_warning(terminal):
    terminal.mirror.unlink()
    document = looked(terminal)
    assert "dnevnik pull" in line_of(document, "mirror")["remedy"]


def test_a_damaged_mirror_ends_with_7_also_where_the_vendor_is_away(terminal):
    content = bytearray(terminal.mirror.read_bytes())
    for place in range(len(content) // 3, len(content) // 2):
        content[place] ^= 0xFF
    terminal.mirror.write_bytes(content)
    document = looked(terminal, code=7, DNEVNIK_API_BASE_URL="http://127.0.0.1:9/v2")
    failed = {line["name"] for line in document["lines"] if line["verdict"] == "fail"}
    assert failed >= {"vendor"} | (failed & {"integrity", "mirror"})
    assert failed & {"integrity", "mirror"}


def test_a_file_that_is_no_mirror_ends_with_7(terminal):
    terminal.mirror.write_text("a letter")
    assert line_of(looked(terminal, code=7), "mirror")["verdict"] == "fail"


def changed(terminal, sql):
    with closing(sqlite3.connect(terminal.mirror)) as mirror, mirror:
        mirror.executescript(sql)


def test_a_history_that_somebody_edited_ends_with_7(terminal):
    changed(
        terminal,
        "DROP TRIGGER changes_are_never_edited;"
        "INSERT INTO changes (run_id, seen_at, resource, key, op, before, after, salt, payload, head)"
        " VALUES (1, '2026-11-24T00:00:00Z', 'marks', '[1]', 'update', '{}', '{}', x'00', x'00', x'00')",
    )
    assert line_of(looked(terminal, code=7), "history")["verdict"] == "fail"


WARNED = {
    "foreign_keys": "DELETE FROM subjects WHERE id = (SELECT max(subject_id) FROM lessons)",
    "pull": "UPDATE runs SET started_at = '2020-09-01T03:00:00Z'",
    "holds": "INSERT INTO holds VALUES ('marks', 1, '[1]', 1, '2026-11-24T00:00:00Z', 1, '2026-11-24T00:00:00Z', 1)",
    "questions": "INSERT INTO questions VALUES ('persons', 'k', 'l', 'r', 0, '[]', 2026, '2026-11-24T00:00:00Z')",
    "schema": "PRAGMA user_version = 4",
}


@pytest.mark.parametrize("name", WARNED)
def test_what_does_not_stop_the_work_is_a_warning_with_its_remedy(terminal, name):
    changed(terminal, WARNED[name])
    line = line_of(looked(terminal), name)
    assert (line["verdict"], bool(line["remedy"])) == ("warn", True)


# --- files


@pytest.mark.parametrize("which", ["school.db", "backups/*.zst"])
def test_a_file_that_others_may_read_is_warned_of(terminal, which):
    (path,) = terminal.folder.glob(which)
    path.chmod(0o644)
    line = line_of(looked(terminal), "modes")
    assert (line["verdict"], line["remedy"]) == (
        "warn",
        f"Run `chmod 600 {line['facts']['path']}`.",
    )
    assert line["facts"]["path"].endswith(path.name)


def test_a_mode_that_the_settings_allow_is_no_warning(terminal):
    terminal.mirror.chmod(0o640)
    assert line_of(looked(terminal, DNEVNIK_MIRROR_MODE="640"), "modes")["verdict"] == "ok"


def test_a_target_that_is_not_there_is_warned_of(terminal):
    document = looked(terminal, DNEVNIK_BACKUP_TARGETS="backups,away/medium")
    assert verdicts(document)["disk"] == {"ok", "warn"}


# --- backups and drills


def test_without_a_backup_there_are_warnings(terminal):
    (terminal.folder / "school.db.backups.json").unlink()
    found = verdicts(looked(terminal))
    assert (found["backup"], found["drill"]) == ({"warn"}, {"warn"})


def test_a_drill_that_fails_is_green_neither_here_nor_in_the_status(terminal):
    (archive,) = terminal.folder.glob("backups/*.zst")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    assert terminal.run("backup", "drill").code == 7
    found = verdicts(looked(terminal, code=7))
    assert (found["backup"], found["drill"]) == ({"fail"}, {"fail"})
    status = terminal.run("status", "--json").document
    assert (status["last_backup"]["ok"], status["last_drill"]["ok"]) == (False, False)


def test_a_backup_that_went_bad_after_its_drill_makes_the_drill_no_good_one(terminal):
    (archive,) = terminal.folder.glob("backups/*.zst")
    archive.write_bytes(archive.read_bytes()[:-1])
    assert terminal.run("backup", "verify", "--all").code == 7
    found = verdicts(looked(terminal, code=7))
    assert (found["backup"], found["drill"]) == ({"fail"}, {"fail"})
    assert terminal.run("status", "--json").document["last_drill"]["ok"] is False


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, ("ok", "ok")), (5, ("warn", "ok")), (100, ("warn", "warn"))],
)
def test_age_turns_green_into_a_warning(terminal, days, expected):
    now = datetime.now(UTC) + timedelta(days=days)
    assert tuple(line.verdict for line in backups(terminal.mirror, now)) == expected


def test_a_newest_backup_whose_medium_is_away_is_a_warning(terminal):
    (terminal.folder / "backups").rename(terminal.folder / "elsewhere")
    found = verdicts(looked(terminal))
    assert found["backup"] == {"warn"}
