"""A backup opens without this program: the plain tools `age` and `zstd`, as docs/backups.md says."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pyrage
import pytest

from connector.flows.backup_create import make_backup
from connector.mirror.backup import Keys
from tests.flows.backing import AT, backed_up, make_mirror, making

INSTALL = "apt-get install -y --no-install-recommends age zstd"
WORDS = "тихий школьный двор"
# `age` asks at the terminal and nowhere else; this types the words of a file when it asks.
TYPIST = """
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
with open(sys.argv[1], "rb") as file:
    words = file.read()
told = b""
try:
    while b"passphrase" not in told:
        told += os.read(terminal, 1024)
    os.write(terminal, words + b"\\n")
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="module", autouse=True)
def _tools():
    if not (shutil.which("age") and shutil.which("zstd")):
        if os.environ.get("CI"):
            pytest.fail(f"no age or zstd: {INSTALL}")
        pytest.skip(f"no age or zstd: {INSTALL}")


@pytest.fixture
def mirror(tmp_path):
    return make_mirror(tmp_path / "school.db")


@pytest.fixture
def key(tmp_path):
    """A key's file as `age-keygen` writes it, and the key."""
    made = pyrage.x25519.Identity.generate()
    place = tmp_path / "key.txt"
    place.write_text(f"# created: 2026-11-24\n# public key: {made.to_public()}\n{made}\n")
    return place, str(made.to_public())


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A backup locked with words: making them a key takes a second, so all tests share it."""
    folder = tmp_path_factory.mktemp("secret")
    mirror = make_mirror(folder / "school.db")
    return backed_up(mirror, folder / "shelf", keys=Keys(passphrase=WORDS))


def run(*line):
    return subprocess.run(line, check=False, capture_output=True, timeout=60)


def typed(words, *line):
    return run(sys.executable, "-c", TYPIST, words, *line)


def unpacked_rows(packed):
    """How many people the database has that `zstd` finds in a packed file."""
    plain = packed.with_suffix(".plain")
    assert run("zstd", "-q", "-d", packed, "-o", plain).returncode == 0
    with closing(sqlite3.connect(plain)) as db:
        return db.execute("SELECT count(*) FROM persons").fetchone()[0]


def test_age_opens_a_backup_with_the_key_file(mirror, tmp_path, key):
    place, public = key
    archive = backed_up(mirror, tmp_path / "shelf", keys=Keys(recipients=(public,)))
    opened = tmp_path / "opened.zst"
    ended = run("age", "-d", "-i", place, "-o", opened, archive)
    assert ended.returncode == 0, ended.stderr
    assert unpacked_rows(opened) == 30


def test_age_opens_a_backup_with_the_passphrase_typed_at_the_terminal(secret, tmp_path):
    (tmp_path / "words").write_text(WORDS, encoding="utf-8")
    opened = tmp_path / "opened.zst"
    ended = typed(tmp_path / "words", "age", "-d", "-o", opened, secret)
    assert ended.returncode == 0, ended.stderr
    assert unpacked_rows(opened) == 30


def test_age_opens_no_backup_with_other_words(secret, tmp_path):
    (tmp_path / "words").write_text("другой двор", encoding="utf-8")
    ended = typed(tmp_path / "words", "age", "-d", "-o", tmp_path / "opened.zst", secret)
    assert ended.returncode != 0
    assert not (tmp_path / "opened.zst").exists()


def test_age_opens_a_yearly_archive_that_unzip_reads(mirror, tmp_path, key):
    place, public = key
    asked = making(tmp_path / "shelf", keys=Keys(recipients=(public,)), sealed=True)
    (sealed,) = make_backup(mirror, asked, AT).sealed
    opened = tmp_path / "opened.zip"
    assert run("age", "-d", "-i", place, "-o", opened, sealed.path).returncode == 0
    assert run(sys.executable, "-m", "zipfile", "-t", opened).returncode == 0
