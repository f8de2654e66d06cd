"""Every bad backup has a refusal of its own: exit code 7, the last good backup named, nothing changed."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

import cli
from connector.i18n import set_language
from connector.mirror import file, schema
from connector.mirror.manifest import manifest_path
from connector.mirror.store import Mirror
from tests.flows.restoring import backup, merge, school_rows

# Four days ago by this machine's clock, which the commands read.
START = (datetime.now(UTC) - timedelta(days=4)).replace(hour=3, minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)
WORDS = "тихий школьный двор"
COMMANDS = {
    "verify": ("backup", "verify", "FILE"),
    "drill": ("backup", "drill", "FILE", "--out", "acts"),
    "restore": ("backup", "restore", "FILE", "--yes"),
    "restore a part": ("backup", "restore", "FILE", "--class", "5А", "--yes"),
    "restore beside": ("backup", "restore", "FILE", "--to", "beside.db"),
    "plan restore": ("plan", "restore", "FILE", "--out", "plan.json"),
}


@pytest.fixture(autouse=True)
def school(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DNEVNIK")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    monkeypatch.setenv("DNEVNIK_MIRROR_PATH", str(tmp_path / "school.db"))
    merge(tmp_path / "school.db", START, school_rows())
    yield tmp_path
    set_language("en")


@pytest.fixture
def good(school):
    return backup(school, START + HOUR)


@pytest.fixture
def bad(school, good):
    """A younger backup, for a test to spoil."""
    return backup(school, START + 2 * HOUR)


def run(*words):
    return CliRunner().invoke(cli.dnevnik, [*map(str, words)])


def kept(school):
    """Bytes of the mirror and of every backup there."""
    return {
        path.relative_to(school): path.read_bytes()
        for path in [school / "school.db", *(school / "backups").iterdir()]
    }


def refused(school, words, archive, good, sentence):
    before = kept(school)
    shown = run(*(archive if word == "FILE" else word for word in words))
    assert shown.exit_code == 7, shown.output
    assert "Traceback" not in shown.output
    told = " ".join(shown.stderr.split())
    assert sentence in told
    assert f"The last good backup: {good}." in told
    assert kept(school) == before
    assert not (school / "beside.db").exists()
    assert not [path for path in school.iterdir() if path.name.startswith(".")]


def cut(archive):
    archive.write_bytes(archive.read_bytes()[:-1])
    return "has another length"


def emptied(archive):
    archive.write_bytes(b"")
    return "has another length (0 bytes)"


def flipped(archive):
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    return "is damaged: its bytes are not those that were written"


def gone(archive):
    archive.unlink()
    return "There is no backup"


def without_manifest(archive):
    manifest_path(archive).unlink()
    return "is missing, so its backup cannot be checked"


def with_another_files_manifest(archive):
    other = next(
        path for path in archive.parent.glob("*.manifest.json") if path != manifest_path(archive)
    )
    shutil.copy(other, manifest_path(archive))
    return "belongs to another file"


def with_an_edited_manifest(archive):
    place = manifest_path(archive)
    place.write_text(place.read_text().replace('"school_id": 1', '"school_id": 2'))
    return "it was changed after it was written"


SPOILT = [
    cut,
    emptied,
    flipped,
    gone,
    without_manifest,
    with_another_files_manifest,
    with_an_edited_manifest,
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("spoil", SPOILT, ids=lambda way: way.__name__)
def test_a_spoilt_backup_is_refused_in_words_of_its_own(school, good, bad, spoil, command):
    sentence = spoil(bad)
    refused(school, COMMANDS[command], bad, good, sentence)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_backup_of_a_newer_version_is_refused(school, good, command, monkeypatch):
    newest = (schema.SCHEMA_VERSION + 1, "of tomorrow", "CREATE TABLE tomorrow (a TEXT) STRICT;")
    other = school / "other"
    other.mkdir()
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", (*schema.MIGRATIONS, newest))
        then.setattr(file, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
        merge(other / "school.db", START, school_rows())
        made = backup(other, START + 2 * HOUR)
    refused(school, COMMANDS[command], made, good, "was made by a newer version")


def test_a_backup_of_an_older_version_is_no_bad_one(school, monkeypatch):
    other = school / "other"
    other.mkdir()
    with monkeypatch.context() as then:
        then.setattr(file, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Mirror.open(other / "school.db", write=True) as mirror:
            made_by = mirror.start_run("pull", {}, START)
            rows = {name: [(*row, None) for row in found] for name, found in school_rows().items()}
            with mirror.transaction():
                mirror.insert_new(made_by, rows)
        made = backup(other, START + HOUR)
    for command in ("verify", "drill", "restore beside"):
        shown = run(*(made if word == "FILE" else word for word in COMMANDS[command]))
        assert shown.exit_code == 0, shown.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_backup_of_another_school_is_refused(school, good, command):
    other = school / "other"
    other.mkdir()
    rows = school_rows()
    rows["schools"] = [(7, *rows["schools"][0][1:])]
    merge(other / "school.db", START, rows)
    made = backup(other, START + 2 * HOUR)
    refused(school, COMMANDS[command], made, good, "is of school 7, and this mirror is of school")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("другой двор", "The passphrase or key does not open the backup"),
        (None, "is encrypted. Set [backup] passphrase_file or [backup] identity_file"),
    ],
    ids=["a wrong passphrase", "none"],
)
def test_a_passphrase_that_does_not_fit_is_refused(
    school, good, locked, command, words, sentence, monkeypatch
):
    for path in (locked, manifest_path(locked)):
        shutil.copy(path, school / "backups")
    if words:
        (school / "words.txt").write_text(words, encoding="utf-8")
        monkeypatch.setenv("DNEVNIK_BACKUP_PASSPHRASE_FILE", "words.txt")
    refused(school, COMMANDS[command], school / "backups" / locked.name, good, sentence)


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """An encrypted backup: making a key of words takes a second, so all tests share it."""
    folder = tmp_path_factory.mktemp("locked")
    merge(folder / "school.db", START, school_rows())
    return backup(folder, START + 2 * HOUR, passphrase=WORDS)


@pytest.mark.parametrize("words", [("create",), ("prune",), ("restore", "FILE", "--yes")])
def test_by_a_clock_that_was_set_back_nothing_is_made_removed_or_restored(school, good, words):
    """A backup from next year stands for the clock of this year."""
    late = backup(school, datetime.now(UTC) + timedelta(days=400))
    newest = good if words[0] == "restore" else late
    refused(school, ("backup", *words), late, newest, "later than this machine's clock")


def test_a_target_that_is_not_there_is_refused(school, good):
    refused(
        school, ("backup", "create", "--to", "no/medium"), None, good, "could not be written to"
    )


def test_a_file_in_a_targets_place_is_refused(school, good, monkeypatch):
    (school / "medium").write_bytes(b"")
    monkeypatch.setenv("DNEVNIK_BACKUP_TARGETS", "medium")
    refused(
        school,
        (
            "backup",
            "create",
        ),
        None,
        good,
        "Is the medium there?",
    )


def test_nothing_good_is_known_where_every_backup_was_found_bad(school, good):
    flipped(good)
    assert run("backup", "verify").exit_code == 7
    shown = run("backup", "verify")
    assert "No good backup is known." in shown.stderr
    assert json.loads(run("backup", "list", "--json").stdout)["backups"][0]["state"] == "failed"
