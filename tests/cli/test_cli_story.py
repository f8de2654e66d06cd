"""Commands against the emulated vendor over a real socket."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import jsonschema
import pytest
from click.testing import CliRunner

import cli
from connector.commands import pull
from connector.commands.wiring import today_here
from connector.flows.run import SCHOOL_RESOURCES
from connector.i18n import set_language
from connector.sandbox.config import SandboxConfig
from connector.sandbox.server import RunningSandbox

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def school():
    """The command line reads the machine's clock, so the school lives on the machine's day."""
    with RunningSandbox(
        SandboxConfig(pupils=60, today=today_here(), rate=100_000, burst=100_000)
    ) as running:
        yield running


@pytest.fixture
def environ(school, tmp_path, monkeypatch):
    """What a user would export, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    values = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "DNEVNIK_LANG": "en",
        "DNEVNIK_API_BASE_URL": school.info["base_url"],
        "DNEVNIK_API_TOKEN": school.info["tokens"]["admin"],
        "DNEVNIK_API_RATE": "1000",
        "DNEVNIK_API_BURST": "1000",
        "DNEVNIK_MIRROR_PATH": str(tmp_path / "school.db"),
        "PYTHONPATH": str(ROOT),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    yield values
    set_language("en")


def run(*args):
    return CliRunner().invoke(cli.dnevnik, list(args))


def valid(text, name):
    document = json.loads(text)
    schema = json.loads((ROOT / "docs" / "json" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    return document


def answered(school):
    """The emulator's log of calls."""
    address = school.info["base_url"].removesuffix("/v2") + "/__sandbox/calls"
    with urlopen(address) as answer:
        return json.load(answer)


def start(*args, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *args],
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.usefixtures("environ")
def test_a_pull_fills_the_mirror_and_its_document_is_as_described():
    shown = run("pull", "--json")
    assert shown.exit_code == 0, shown.stderr
    assert valid(shown.stdout, "pull")["rows"]["lessons"]["added"] > 0


@pytest.mark.usefixtures("environ")
def test_a_second_pull_says_that_nothing_changed():
    run("pull", "--quiet")
    assert "Nothing changed." in run("pull").stdout


@pytest.mark.usefixtures("environ")
def test_a_quiet_pull_says_nothing_but_warnings():
    shown = run("pull", "--quiet")
    assert shown.stdout == ""
    assert all(line.startswith("Warning:") for line in shown.stderr.splitlines())


@pytest.mark.usefixtures("environ")
def test_the_status_after_a_pull_is_as_described():
    run("pull", "--quiet")
    status = valid(run("status", "--json").stdout, "status")
    assert status["groups_found_by"] == "school"
    # In the first days of September there is too little homework to tell.
    assert status["homework_reading"] in {"given", "unknown"}


def test_the_choices_of_only_are_the_pulls_resources():
    assert pull.RESOURCES == SCHOOL_RESOURCES


@pytest.mark.usefixtures("environ")
def test_a_school_the_token_does_not_see_is_a_usage_error_that_lists_those_it_sees(school):
    shown = run("pull", "--school", "1")
    assert shown.exit_code == 2
    assert school.info["school_id"] in shown.stderr


def test_a_wrong_token_ends_with_8_and_says_how_to_get_another(environ, monkeypatch):
    monkeypatch.setenv("DNEVNIK_API_TOKEN", "wrong")
    shown = run("pull")
    assert shown.exit_code == 8
    assert "DNEVNIK_API_TOKEN" in shown.stderr
    assert "wrong" not in shown.stderr


def test_a_host_that_is_down_ends_with_3(environ, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("DNEVNIK_API_BASE_URL", f"http://127.0.0.1:{port}/v2")
    monkeypatch.setenv("DNEVNIK_API_ATTEMPTS", "1")
    shown = run("pull", "--json")
    assert shown.exit_code == 3
    assert valid(shown.stdout, "error")["error"] == "TransportFailed"


@pytest.mark.usefixtures("environ")
def test_any_call_can_be_sent_and_its_answer_is_printed(school):
    answer = json.loads(run("api", "users/me/context").stdout)
    assert answer["schoolIds"] == [int(school.info["school_id"])]


@pytest.mark.usefixtures("environ")
def test_with_json_the_answer_stands_in_a_document():
    document = valid(run("api", "GET", "/users/me/context", "--json").stdout, "api")
    assert (document["method"], document["path"]) == ("GET", "users/me/context")


@pytest.mark.usefixtures("environ")
def test_fields_become_the_query_of_a_get(school):
    run("api", f"schools/{school.info['school_id']}/membership", "-f", "schoolMembershipType=Staff")
    assert "schoolMembershipType" in json.dumps(answered(school)[-1])


@pytest.mark.usefixtures("environ")
def test_a_body_is_read_from_a_file(school, tmp_path):
    (tmp_path / "ids.json").write_text("[1]", encoding="utf-8")
    assert run("api", "POST", "users/many", "--input", "ids.json").exit_code in (0, 3)


@pytest.mark.usefixtures("environ")
def test_a_call_that_writes_is_refused_while_writing_is_off():
    shown = run("api", "DELETE", "lessons/1")
    assert shown.exit_code == 2
    assert "write" in shown.stderr


@pytest.mark.parametrize(
    "words",
    [("a", "b", "c"), ("FETCH", "a"), ("x", "-f", "nosign"), ("POST", "x", "--input", "none.json")],
)
@pytest.mark.usefixtures("environ")
def test_a_call_that_cannot_be_understood_is_a_usage_error(words):
    assert run("api", *words).exit_code == 2


@pytest.mark.usefixtures("environ")
def test_a_body_that_is_not_json_is_a_usage_error(tmp_path):
    (tmp_path / "body.json").write_text("{", encoding="utf-8")
    assert run("api", "POST", "x", "--input", "body.json").exit_code == 2


def test_the_sandbox_announces_itself_in_one_line_and_ends_quietly(environ):
    process = start("sandbox", "--pupils", "60", "--json", "--truth", "truth.json")
    line = process.stdout.readline()
    info = valid(line, "sandbox")
    process.send_signal(signal.SIGTERM)
    rest, err = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in err
    assert (
        json.loads(Path("truth.json").read_text(encoding="utf-8"))["school_id"] == info["school_id"]
    )


def test_without_json_the_sandbox_prints_lines_for_the_shell(environ):
    process = start("sandbox", "--pupils", "60")
    lines = [process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert lines[0].startswith("export DNEVNIK_API_BASE_URL=http://127.0.0.1:")
    assert lines[1].startswith("export DNEVNIK_API_TOKEN=")


@pytest.mark.usefixtures("environ")
def test_a_port_that_is_taken_is_a_usage_error(school):
    port = school.info["base_url"].split(":")[2].split("/")[0]
    shown = run("sandbox", "--pupils", "60", "--port", port)
    assert shown.exit_code == 2
    assert "--port" in shown.stderr


@pytest.mark.parametrize("script", ["[[rule", '[[rule]]\naction = "explode"\n'])
@pytest.mark.usefixtures("environ")
def test_a_fault_script_that_is_wrong_is_refused(script, tmp_path):
    (tmp_path / "faults.toml").write_text(script, encoding="utf-8")
    assert run("sandbox", "--pupils", "60", "--faults", "faults.toml").exit_code == 2


def test_a_pull_that_is_stopped_ends_with_130_and_the_next_one_goes_on(school, environ):
    before = len(answered(school))
    process = start("pull", DNEVNIK_API_RATE="20", DNEVNIK_API_BURST="20")
    while len(answered(school)) < before + 40:
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the pull was too fast to stop: {process.wait(timeout=0.05)}")
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (130, False)
    assert run("status", "--json").exit_code == 0
    assert run("pull", "--quiet").exit_code == 0
