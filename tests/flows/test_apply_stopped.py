"""The command itself, asked to stop in the middle: it leaves with 130, and the same command goes on."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from connector.mirror.store import Mirror
from connector.sync.plan import to_document
from tests.flows.writing import DAY, ROOT, copied, small_plan, vendor


@pytest.fixture(scope="module")
def slow_vendor():
    with vendor(latency_ms=30) as made:
        yield made


@pytest.fixture
def folder(slow_vendor, tmp_path):
    """A plan and the mirror it was made on."""
    slow_vendor.reset()
    pulled = tmp_path / "pulled.db"
    slow_vendor.pull(pulled, only=("people",))
    copied(pulled, tmp_path, "school.db")
    document = to_document(small_plan(pulled))
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def start(made, folder, *words):
    env = {name: value for name, value in os.environ.items() if not name.startswith("DNEVNIK")} | {
        "DNEVNIK_API_BASE_URL": made.info["base_url"],
        "DNEVNIK_API_TOKEN": made.token,
        "DNEVNIK_API_RATE": "1000",
        "DNEVNIK_API_BURST": "1000",
        "DNEVNIK_LANG": "en",
        "DNEVNIK_MIRROR_PATH": str(folder / "school.db"),
        "DNEVNIK_SCHOOL_TIMEZONE": "Europe/Moscow",
        "DNEVNIK_WRITES_ENABLED": "true",
        "DNEVNIK_WRITES_CHANNEL": "gateway",
        "DNEVNIK_WRITES_PROFILE": "reference",
        "XDG_CONFIG_HOME": str(folder),
    }
    code = f"import sys; from tools.bench_clock import main; main('{DAY}')"
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(made, folder, *words):
    process = start(made, folder, *words)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def stopped_after(made, folder, writes, number):
    """Start an apply and send it a signal once the vendor has seen so many writes."""
    process = start(
        made, folder, "apply", str(folder / "plan.json"), "--yes", "--json", "--no-progress"
    )
    while process.poll() is None and len(made.writes()) < writes:
        time.sleep(0.005)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_apply_that_is_asked_to_stop_leaves_with_130_and_the_same_command_goes_on(
    slow_vendor, folder, number
):
    code, out, err = stopped_after(slow_vendor, folder, 7, number)
    assert (code, "Traceback" in err) == (130, False)
    assert 0 < len(slow_vendor.writes()) < 18
    assert json.loads(out or '{"error": "Interrupted"}')["error"] == "Interrupted"
    with Mirror.open(folder / "school.db") as mirror:
        statuses = mirror.query("SELECT status FROM runs WHERE command = 'apply'")
    assert statuses == [("interrupted",)]
    code, out, err = run(slow_vendor, folder, "apply", str(folder / "plan.json"), "--yes", "--json")
    assert (code, err.count("Traceback")) == (0, 0)
    document = json.loads(out)
    assert (document["applied"], document["converged"]) == (18, True)
    assert max(slow_vendor.landed().values()) == 1


def test_a_killed_apply_of_the_command_is_gone_on_with_by_the_command(slow_vendor, folder):
    code, _out, _err = stopped_after(slow_vendor, folder, 9, signal.SIGKILL)
    assert code == -signal.SIGKILL
    code, out, _err = run(
        slow_vendor, folder, "apply", str(folder / "plan.json"), "--yes", "--json"
    )
    assert (code, json.loads(out)["applied"]) == (0, 18)
    creations = [c for c in slow_vendor.writes() if c["path"].endswith(("/persons", "/edu-groups"))]
    assert len([c for c in creations if c["status"] == 200]) == 5


def test_what_errors_and_progress_say_holds_no_childs_name(slow_vendor, folder):
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    _code, out, err = stopped_after(slow_vendor, folder, 7, signal.SIGTERM)
    names = {
        value
        for o in plan["operations"]
        for value in (o["after"] or {}).values()
        if isinstance(value, str)
        and value[:1].isupper()
        and value not in {"Male", "Subgroup", "Group"}
    }
    assert names
    assert not any(name in out + err for name in names)
