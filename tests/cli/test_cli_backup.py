"""`dnevnik backup …` as an operator types it, and the page for the worst moment."""

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import docx
import jsonschema
import pytest

from connector.mirror.store import Mirror
from tests.cli.terminals import ROOT, Terminal, little_room, sandbox

AUTUMN = ("--from", "2025-09-01", "--to", "2025-12-31")
AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    terminal = Terminal(tmp_path_factory.mktemp("pulled"))
    with sandbox(terminal, "--pupils", "40"):
        assert terminal.run("pull", "--quiet", *AUTUMN).code == 0
    return terminal.mirror


@pytest.fixture
def terminal(tmp_path, pulled):
    made = Terminal(tmp_path, DNEVNIK_SCHOOL_TIMEZONE="Europe/Moscow")
    shutil.copy(pulled, made.mirror)
    return made


def backup(terminal, *words, **environ):
    return terminal.run("backup", *words, **environ)


def done(terminal, *words, **environ):
    """The JSON document of a command that ended well, as its schema promises it."""
    ended = backup(terminal, *words, "--json", **environ)
    assert ended.code == 0, ended.err
    return as_promised(words[0], ended.document)


def as_promised(name, document):
    schema = json.loads((ROOT / f"docs/json/backup_{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    return document


def spoiled(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_backup_is_made_listed_checked_drilled_and_thinned_out(terminal):
    first = done(terminal, "create")
    second = done(terminal, "create")
    assert [item["state"] for item in done(terminal, "list")["backups"]] == ["good", "good"]
    assert done(terminal, "verify", "--all")["ok"]
    assert done(terminal, "drill")["ok"]
    found = done(terminal, "prune", "--dry-run", "--keep-daily", "1")
    assert (found["removed"], found["kept"][0]["file"]) == ([first["file"]], second["file"])
    done(terminal, "prune", "--keep-daily", "1")
    assert [item["file"] for item in done(terminal, "list")["backups"]] == [second["file"]]


def test_several_targets_each_get_their_copy(terminal):
    made = done(terminal, "create", "--to", "one", "--to", "two", "--seal")
    assert [copy["ok"] for copy in made["copies"]] == [True] * 4


def test_targets_of_the_environment_stand_between_commas(terminal):
    made = done(terminal, "create", DNEVNIK_BACKUP_TARGETS="one, two")
    assert [Path(copy["file"]).parent.name for copy in made["copies"]] == ["one", "two"]


def test_a_spoiled_sealed_archive_is_found_when_all_are_read(terminal):
    made = done(terminal, "create", "--seal")
    assert len(done(terminal, "verify", "--all")["backups"]) == 2
    spoiled(Path(made["copies"][1]["file"]))
    ended = backup(terminal, "verify", "--all", "--json")
    assert (ended.code, [item["ok"] for item in ended.document["backups"]]) == (7, [True, False])
    assert made["file"] in ended.last_word


def test_a_lost_target_ends_with_7_after_the_others_got_theirs(terminal):
    ended = backup(terminal, "create", "--to", "no/medium", "--to", "here", "--json")
    assert ended.code == 7
    assert [copy["ok"] for copy in as_promised("create", ended.document)["copies"]] == [False, True]
    assert "no/medium" in ended.last_word
    assert f"The last good backup: {ended.document['file']}" in ended.last_word


def test_an_emptied_target_ends_with_7_and_the_sentence_names_what_accepts_it(terminal):
    done(terminal, "create", "--to", "medium")
    shutil.rmtree(terminal.folder / "medium")
    ended = backup(terminal, "create", "--to", "medium", "--to", "here", "--json")
    assert ended.code == 7
    assert [copy["ok"] for copy in as_promised("create", ended.document)["copies"]] == [False, True]
    assert "dnevnik backup create --new-medium" in ended.last_word
    made = done(terminal, "create", "--to", "medium", "--new-medium")
    assert made["copies"][0]["ok"]


def test_a_history_that_somebody_changed_ends_with_7_and_names_the_backup_from_before(terminal):
    good = done(terminal, "create")
    with closing(sqlite3.connect(terminal.mirror)) as db:
        db.execute(
            "INSERT INTO changes (run_id, seen_at, resource, key, op) VALUES (1, '2026-11-24T00:00:00Z', 'marks', '[1]', 'change')"
        )
        db.commit()
    ended = backup(terminal, "create")
    assert ended.code == 7
    assert "The history in the mirror was changed by somebody" in ended.last_word
    assert f"The last good backup: {good['file']}" in ended.last_word


def test_a_failed_backup_ends_with_7_is_nowhere_green_and_the_last_good_one_is_named(terminal):
    good, bad = done(terminal, "create"), done(terminal, "create")
    spoiled(Path(bad["file"]))
    ended = backup(terminal, "verify", "--json")
    assert (ended.code, ended.document["ok"]) == (7, False)
    assert good["file"] in ended.last_word
    as_promised("verify", ended.document)
    assert [item["state"] for item in done(terminal, "list")["backups"]] == ["failed", "good"]
    status = terminal.run("status", "--json").document
    assert status["last_backup"]["ok"] is False
    assert "DID NOT PASS" in terminal.run("status").out


def test_a_share_reads_those_not_read_for_longest(terminal):
    for _ in range(3):
        done(terminal, "create")
    assert len(done(terminal, "verify", "--share", "2")["backups"]) == 2
    assert len(done(terminal, "verify", "--share")["backups"]) == 1


def test_a_passphrase_comes_from_its_file_and_shows_nowhere(terminal):
    (terminal.folder / "words.txt").write_text("тихий школьный двор\n", encoding="utf-8")
    key = {"DNEVNIK_BACKUP_PASSPHRASE_FILE": "words.txt"}
    made = done(terminal, "create", **key)
    assert made["encrypted"]
    assert done(terminal, "verify", **key)["ok"]
    (terminal.folder / "words.txt").write_text("другой", encoding="utf-8")
    ended = backup(terminal, "verify", "--debug", **key)
    assert ended.code == 7
    assert "[backup] passphrase_file" in ended.err
    assert "другой" not in ended.err + ended.out


def test_the_certificate_is_a_document_without_names(terminal):
    made = done(terminal, "create")
    found = done(terminal, "drill")["certificate"]
    told, page = (terminal.folder / path for path in found)
    as_promised("drill", {**json.loads(told.read_text()), "certificate": found})
    text = text_of(page)
    assert Path(made["file"]).name in text
    assert made["sha256"] in text
    with Mirror.open(terminal.mirror) as mirror:
        names = {name for (name,) in mirror.query("SELECT DISTINCT last_name FROM persons")}
    assert not names & set(re.findall(r"\w+", told.read_text() + text))
    assert page.stat().st_mode & 0o777 == 0o600


def text_of(page):
    """All words of a document, table cells too."""
    opened = docx.Document(page)
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in opened.paragraphs), *cells])


def test_status_tells_of_the_last_backup_and_drill(terminal):
    made = done(terminal, "create")
    done(terminal, "drill")
    status = terminal.run("status", "--json").document
    assert status["last_backup"]["file"] == made["file"]
    assert (status["last_backup"]["ok"], status["last_drill"]["ok"]) == (True, True)


@pytest.mark.parametrize("words", [("verify",), ("drill",)])
def test_without_a_backup_there_is_nothing_to_check(terminal, words):
    ended = backup(terminal, *words)
    assert ended.code == 7
    assert "No good backup is known" in ended.last_word


def test_with_little_room_nothing_half_made_is_left(terminal):
    ended = backup(terminal, "create", under=little_room(100_000))
    assert ended.code == 7, ended.err
    assert "Traceback" not in ended.err
    assert not [path for path in terminal.folder.rglob("*") if ".part" in path.name]
    assert not [path for path in terminal.folder.iterdir() if path.name.startswith(".school")]


def test_files_and_all_at_once_are_refused(terminal):
    assert backup(terminal, "verify", "--all", "--share", "2").code == 2


def test_a_restore_says_whose_word_on_identity_stands(terminal):
    made = done(terminal, "create")["file"]
    assert "Who is who stays as it is decided today: 0." in backup(
        terminal, "restore", made, "--yes"
    ).out.replace("\n", " ")
    beside = backup(terminal, "restore", made, "--to", "beside.db").out
    assert "Who is who is as the backup has it" in beside


PAGES = pytest.mark.parametrize("page", ["recovery.md", "recovery.ru.md"])


def commands(page, part):
    """The command lines of one part of a page: the first has the ordinary way, the next what to do in another case."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").split("\n## ")[part]
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def follow(terminal, line, made):
    """Type a line of a page, with the names that this school's files have."""
    told = line.replace("dnevnik-7-20261124T004000Z.db.zst", made.name)
    told = re.sub(r"\bdnevnik\.db\b", "school.db", told)
    program, *words = shlex.split(told.replace("/media/usb", str(terminal.folder / "usb")))
    if program == "dnevnik":
        ended = terminal.run(*words)
        assert ended.code == 0, (line, ended.err)
    else:
        subprocess.run([program, *words], cwd=terminal.folder, check=True)


@PAGES
def test_the_page_for_the_worst_moment_can_be_followed_to_its_end(terminal, page):
    made = Path(done(terminal, "create", "--to", "backups", "--to", "usb")["file"])
    terminal.mirror.write_bytes(terminal.mirror.read_bytes()[:5000])
    lines = commands(page, 0)
    assert len(lines) == 9
    with sandbox(terminal, "--pupils", "40"):
        for line in lines:
            follow(terminal, line, made)
    with Mirror.open(terminal.mirror) as mirror:
        assert mirror.counts()["marks"] > 0


def without_its_head(mirror):
    mirror.write_bytes(bytes(4096) + mirror.read_bytes()[4096:])


def somebody_elses(mirror):
    mirror.unlink()
    with closing(sqlite3.connect(mirror)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")


@PAGES
@pytest.mark.parametrize("spoilt", [without_its_head, somebody_elses], ids=lambda way: way.__name__)
def test_a_file_that_is_no_mirror_is_moved_away_and_the_backup_restored(terminal, page, spoilt):
    made = Path(done(terminal, "create")["file"])
    spoilt(terminal.mirror)
    before = terminal.mirror.read_bytes()
    refused = backup(terminal, "restore", str(made), "--yes")
    assert (refused.code, terminal.mirror.read_bytes()) == (7, before)
    assert "move this one away and restore a backup (docs/recovery.md)" in refused.last_word
    for line in commands(page, 1):
        follow(terminal, line, made)
    with Mirror.open(terminal.mirror) as mirror:
        assert mirror.counts()["marks"] > 0
    assert (terminal.folder / "school.db.aside").read_bytes() == before
