"""The command as people and cron jobs run it: a process of its own, real sockets, real files."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A superuser gives up the powers to ignore permission bits (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH); others never had them.
# 24 is PR_CAPBSET_DROP; it counts from the next exec on.
ORDINARY_USER = "import ctypes; [ctypes.CDLL(None).prctl(24, power, 0, 0, 0) for power in (1, 2)]"


def little_room(size):
    """No file may grow beyond `size` bytes, as on a full disk or over quota."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)

    @property
    def last_word(self):
        """The sentence it ended with."""
        return self.err.splitlines()[-1]


class Terminal:
    """A folder and an environment to type commands in."""

    def __init__(self, folder, **environ):
        self.folder = folder
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DNEVNIK")},
            "XDG_CONFIG_HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "DNEVNIK_LANG": "en",
            "DNEVNIK_API_RATE": "1000",
            "DNEVNIK_API_BURST": "1000",
            "DNEVNIK_API_ATTEMPTS": "2",
            "DNEVNIK_MIRROR_PATH": "school.db",
            **environ,
        }

    @property
    def mirror(self):
        return self.folder / "school.db"

    def start(self, *args, under="", **environ):
        """Start a command; `under` is Python that narrows what its process may do."""
        code = f"{under}\nimport os, sys; os.execv(sys.executable, [sys.executable, '-m', 'cli', *sys.argv[1:]])"
        return subprocess.Popen(
            [sys.executable, *(("-c", code) if under else ("-m", "cli")), *args],
            env={**self.environ, **environ},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *args, under="", **environ):
        process = self.start(*args, under=under, **environ)
        out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out, err)


@contextmanager
def sandbox(terminal, *options, today="2025-11-24", faults=None):
    """`dnevnik sandbox` in another terminal of the same folder; the first one learns its address.

    Its day lies in a past year, so that the machine's own day decides nothing.
    """
    words = ["sandbox", "--json", "--today", today, "--rate", "100000", "--burst", "100000"]
    if faults is not None:
        (terminal.folder / "faults.toml").write_text(faults, encoding="utf-8")
        words += ["--faults", "faults.toml"]
    process = terminal.start(*words, *options)
    try:
        info = json.loads(process.stdout.readline())
        terminal.environ["DNEVNIK_API_BASE_URL"] = info["base_url"]
        terminal.environ["DNEVNIK_API_TOKEN"] = info["tokens"]["admin"]
        yield info
    finally:
        process.terminate()
        process.communicate(timeout=60)
