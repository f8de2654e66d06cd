"""The command as a process of its own: imports, pipes, signals."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Any of these would cost tens of milliseconds at every start.
HEAVY = (
    "httpx",
    "pydantic",
    "msgspec",
    "tenacity",
    "sqlite3",
    "sqlite_utils",
    "rich",
    "asyncio",
    "xlsxwriter",
    "starlette",
    "logging",
)


def start(*args, code=None, **options):
    environ = {**os.environ, "DNEVNIK_LANG": "en", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "cli", *args]
    return subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


def output_of(code):
    process = start(code=code)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def test_the_version_imports_nothing_heavy():
    """Counted, not timed: a slow machine must not fail it and a fast one must not hide it."""
    code = (
        "import sys, cli\n"
        "try: cli.dnevnik.main(['--version'])\n"
        "except SystemExit: pass\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    assert output_of(code).splitlines()[1:] == [""]


def test_the_version_adds_few_modules_to_what_click_brings():
    click_alone = int(output_of("import sys, click; print(len(sys.modules))"))
    ours = int(output_of("import sys, cli; print(len(sys.modules))"))
    assert ours - click_alone <= 30


def test_help_imports_no_engine():
    code = (
        "import sys, cli\n"
        "try: cli.dnevnik.main(['pull', '--help'])\n"
        "except SystemExit: pass\n"
        f"print('heavy:', *[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    assert output_of(code).splitlines()[-1] == "heavy:"


@pytest.mark.parametrize(
    "as_a_shell_starts_it", ["", "signal.signal(signal.SIGINT, signal.SIG_IGN)"]
)
def test_sigterm_ends_with_130_and_a_sentence(tmp_path, as_a_shell_starts_it):
    """A background job of a script is started with SIGINT ignored; SIGTERM must end it all the same."""
    code = (
        f"import signal\n{as_a_shell_starts_it}\n"
        "import sys, cli, threading\n"
        "from connector.commands import completion\n"
        "def wait(*_args, **_options):\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
        "completion.command.callback = wait\n"
        "cli.dnevnik.main(['completion', 'bash'])\n"
    )
    process = start(code=code, cwd=tmp_path)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.startswith("Stopped.")
    assert "Traceback" not in err


def test_a_closed_pipe_is_quiet(tmp_path):
    read, write = os.pipe()
    os.close(read)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "completion", "bash"],
        stdout=write,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=tmp_path,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_cyrillic_gets_question_marks_and_no_error(tmp_path):
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "latin-1",
        "DNEVNIK_LANG": "ru",
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--help"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"?" in done.stdout


def test_json_is_utf_8_whatever_the_terminal_speaks(tmp_path):
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "cp1251",
        "DNEVNIK_LANG": "ru",
    }
    command = [sys.executable, "-m", "cli", "report", "list", "--json"]
    done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, check=False)
    assert "Проведённые уроки" in json.loads(done.stdout.decode())["reports"][0]["summary"]
