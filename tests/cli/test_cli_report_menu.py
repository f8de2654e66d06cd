"""`dnevnik report` at a terminal: a real pseudo-terminal, for only there is anything asked."""

import codecs
import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def env(tmp_path):
    return os.environ | {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path),
        "DNEVNIK_LANG": "en",
        "DNEVNIK_MIRROR_PATH": str(tmp_path / "none.db"),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "80",
    }


def at_terminal(env, folder, *answers):
    """Run the command on a terminal, answer each question; returns the exit code and what was shown."""
    screen, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "import cli; cli.main()", "report"],
        stdin=side,
        stdout=side,
        stderr=side,
        env=env,
        cwd=folder,
    )
    os.close(side)
    shown, left = "", list(answers)
    # A letter may come in two pieces.
    decoded = codecs.getincrementaldecoder("utf-8")().decode
    while True:
        ready, _, _ = select.select([screen], [], [], 60)
        assert ready, shown
        try:
            piece = os.read(screen, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += decoded(piece)
        if left and re.search(r"\]: $", shown):
            os.write(screen, (left.pop(0) + "\n").encode())
            shown += "\n"
    os.close(screen)
    return process.wait(60), shown


def test_a_report_is_offered_asked_for_and_remembered(env, tmp_path):
    code, shown = at_terminal(env, tmp_path, "99", "Changes", "xlsx")
    assert "1  missing" in shown
    assert "99 is neither" in shown
    # There is no mirror yet: the report that was chosen says so itself.
    assert code == 7
    assert json.loads((tmp_path / "state/dnevnik/last-report.json").read_text("utf-8")) == {
        "report": "changes",
        "form": "xlsx",
    }
    _, again = at_terminal(env, tmp_path, "", "")
    assert "[changes]" in again
    assert "[xlsx]" in again


def test_a_spoilt_memory_is_no_obstacle(env, tmp_path):
    path = tmp_path / "state/dnevnik/last-report.json"
    path.parent.mkdir(parents=True)
    path.write_text("[1", encoding="utf-8")
    code, shown = at_terminal(env, tmp_path, "1", "1")
    assert code == 7
    assert "[missing]" in shown


def test_away_from_a_terminal_the_help_is_shown():
    assert "Usage" in CliRunner().invoke(cli.dnevnik, ["report"], env={"DNEVNIK_LANG": "en"}).output
