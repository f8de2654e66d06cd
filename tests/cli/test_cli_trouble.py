"""What an administrator meets at night: each trouble ends in its code, one or two sentences, and nothing lost."""

import re
import shutil
import socket
import sqlite3

import pytest

from connector.mirror.schema import SCHEMA_VERSION
from tests.cli.terminals import ORDINARY_USER, Terminal, little_room, sandbox

AUTUMN = ("--from", "2025-09-01", "--to", "2025-12-31")
LANGUAGES = ("en", "ru")
EVERY = "when = { every = 1 }\n"
FROM_THE_30TH = "when = { from_call = 30 }\n"


@pytest.fixture
def terminal(tmp_path):
    return Terminal(tmp_path)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    """A mirror that was pulled in peace, and the emulator's secrets that no message may show."""
    terminal = Terminal(tmp_path_factory.mktemp("pulled"))
    with sandbox(terminal, "--pupils", "60") as info:
        assert terminal.run("pull", "--quiet", *AUTUMN).code == 0
    return terminal.mirror, info


def rule(action, when=EVERY, path=None):
    match = f'match = {{ path = "{path}" }}\n' if path else ""
    return f"[[rule]]\n{match}{when}{action}\n"


def content(path):
    """All data of a mirror, without what belongs to runs."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as mirror:
        tables = [
            name
            for (name,) in mirror.execute(
                "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'withdrawn_run'"
                " WHERE m.type = 'table'"
            )
        ]
        found = {}
        for table in tables:
            names = [
                name
                for (name,) in mirror.execute("SELECT name FROM pragma_table_info(?)", (table,))
                if not name.endswith("_run")
            ]
            rows = mirror.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
            found[table] = sorted(rows, key=repr)
    mirror.close()
    return found


def reads_well(ended, code, *, lang, says=()):
    """One or two sentences in one language; no traceback, no token, no name of an error's class."""
    last = ended.last_word
    assert ended.code == code, ended.err
    assert "Traceback" not in ended.err
    assert "sandboxadmin" not in ended.err + ended.out
    assert not re.match(r"\w+: ", last)
    assert last.endswith(".")
    assert len(last) < 300
    assert bool(re.search("[А-Яа-я]", last)) == (lang == "ru")
    for word in says:
        assert word in last


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_token_nobody_gave_says_where_to_put_a_new_one(terminal, pulled, lang):
    with sandbox(terminal, "--pupils", "60"):
        ended = terminal.run("pull", DNEVNIK_API_TOKEN="nobodygavethis", DNEVNIK_LANG=lang)
    reads_well(ended, 8, lang=lang, says=("DNEVNIK_API_TOKEN", "[api] token_file"))
    assert "nobodygavethis" not in ended.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_token_that_expires_on_the_way_keeps_what_came(terminal, lang):
    expired = rule('action = "expire_token"', "when = { nth = 45 }\n")
    with sandbox(terminal, "--pupils", "60", faults=expired):
        ended = terminal.run("pull", *AUTUMN, DNEVNIK_LANG=lang)
    reads_well(ended, 8, lang=lang, says=("DNEVNIK_API_TOKEN",))
    assert terminal.run("status", "--json").document["tables"]["edu_groups"] > 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_host_that_is_down_says_what_to_check(terminal, lang):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v2"
    ended = terminal.run(
        "pull", DNEVNIK_API_BASE_URL=address, DNEVNIK_API_TOKEN="any", DNEVNIK_LANG=lang
    )
    reads_well(ended, 3, lang=lang, says=("[api] base_url",))


BROKEN = {
    "maintenance under 200": 'action = "maintenance"\nstatus = 200',
    "maintenance under 502": 'action = "maintenance"\nstatus = 502',
    "maintenance under 503": 'action = "maintenance"\nstatus = 503',
    "half a body": 'action = "truncate"',
    "a server error": 'action = "status"\nstatus = 500',
    "a dropped connection": 'action = "drop"',
}


@pytest.mark.parametrize("trouble", BROKEN)
def test_a_vendor_that_answers_nonsense_ends_the_run_with_3(terminal, trouble):
    with sandbox(terminal, "--pupils", "60", faults=rule(BROKEN[trouble])):
        for lang in LANGUAGES:
            reads_well(terminal.run("pull", DNEVNIK_LANG=lang), 3, lang=lang)


@pytest.mark.parametrize(
    "trouble", ["maintenance under 200", "half a body", "a dropped connection", "throttled"]
)
def test_what_came_before_the_trouble_is_kept_and_the_next_run_brings_the_rest(
    terminal, pulled, trouble
):
    action = BROKEN.get(trouble, 'action = "throttle"\nretry_after = 3600')
    with sandbox(terminal, "--pupils", "60", faults=rule(action, FROM_THE_30TH)):
        broken = terminal.run("pull", *AUTUMN)
    assert broken.code == 3, broken.err
    assert "what was read is kept" in broken.err
    assert terminal.run("status", "--json").document["tables"]["edu_groups"] > 0
    with sandbox(terminal, "--pupils", "60"):
        assert terminal.run("pull", "--quiet", *AUTUMN).code == 0
    assert content(terminal.mirror) == content(pulled[0])


@pytest.mark.parametrize(("lang", "pause"), [("en", "in 60 min"), ("ru", "через 60 мин")])
def test_an_hour_of_throttling_is_not_waited_for(terminal, lang, pause):
    throttled = rule('action = "throttle"\nretry_after = 3600')
    with sandbox(terminal, "--pupils", "60", faults=throttled):
        ended = terminal.run("pull", DNEVNIK_LANG=lang)
    reads_well(ended, 3, lang=lang, says=(pause,))


def damaged(path):
    """Pages overwritten in the middle, as a dying disk leaves them."""
    pages = bytearray(path.read_bytes())
    for start in range(8192, len(pages), 7 * 4096):
        pages[start : start + 4096] = b"\xaa" * len(pages[start : start + 4096])
    path.write_bytes(pages)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def newer(path):
    with sqlite3.connect(path) as mirror:
        mirror.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        mirror.execute("PRAGMA journal_mode = DELETE")
    mirror.close()


def foreign(path):
    path.unlink()
    with sqlite3.connect(path) as mirror:
        mirror.execute("CREATE TABLE contacts (name TEXT)")
    mirror.close()


def no_database(path):
    path.write_text("имя;телефон\n" * 50, encoding="utf-8")


@pytest.mark.parametrize("words", [("pull",), ("status",), ("report", "missing")], ids=" ".join)
@pytest.mark.parametrize("spoil", [damaged, cut, newer, foreign, no_database])
def test_a_mirror_that_cannot_be_used_is_left_as_it_is(terminal, pulled, spoil, words):
    shutil.copy(pulled[0], terminal.mirror)
    spoil(terminal.mirror)
    before = terminal.mirror.read_bytes()
    for lang in LANGUAGES:
        ended = terminal.run(*words, DNEVNIK_API_TOKEN="any", DNEVNIK_LANG=lang)
        reads_well(ended, 7, lang=lang, says=("school.db",))
    assert terminal.mirror.read_bytes() == before


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"),
    [(0o400, 0o755), (0o400, 0o555), (0o600, 0o555)],
    ids=["file", "both", "folder"],
)
def test_a_mirror_that_may_not_be_written_can_be_read_and_not_pulled_into(
    terminal, pulled, file_mode, folder_mode
):
    folder = terminal.folder / "kept"
    folder.mkdir()
    shutil.copy(pulled[0], folder / "school.db")
    before = (folder / "school.db").read_bytes()
    (folder / "school.db").chmod(file_mode)
    folder.chmod(folder_mode)
    try:

        def run(*words, lang="en"):
            return terminal.run(
                *words,
                under=ORDINARY_USER,
                DNEVNIK_MIRROR_PATH="kept/school.db",
                DNEVNIK_API_TOKEN="any",
                DNEVNIK_LANG=lang,
            )

        assert run("status").code == 0
        report = run("report", "missing", "--as-of", "2025-11-24", "--json")
        assert report.document["findings"]
        for lang in LANGUAGES:
            reads_well(run("pull", lang=lang), 7, lang=lang, says=("kept/school.db",))
    finally:
        folder.chmod(0o755)
    assert (folder / "school.db").read_bytes() == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_mirror_of_somebody_else_is_not_called_readable(terminal, pulled, lang):
    shutil.copy(pulled[0], terminal.mirror)
    terminal.mirror.chmod(0)
    ended = terminal.run("status", under=ORDINARY_USER, DNEVNIK_LANG=lang)
    reads_well(ended, 7, lang=lang, says=("school.db",))
    assert "Reports still work" not in ended.err


@pytest.mark.parametrize("words", [("pull",), ("status",)], ids=" ".join)
def test_a_folder_in_the_mirrors_place_is_no_bug(terminal, words):
    terminal.mirror.mkdir()
    ended = terminal.run(*words, DNEVNIK_API_TOKEN="any", DNEVNIK_LANG="en")
    assert (ended.code, "Traceback" in ended.err) == (7, False)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_disk_that_fills_up_leaves_a_mirror_that_the_next_run_completes(terminal, pulled, lang):
    """A limit on the size of files stands for the disk: it works for every user and breaks the same writes."""
    with sandbox(terminal, "--pupils", "60"):
        full = terminal.run("pull", *AUTUMN, under=little_room(2500000), DNEVNIK_LANG=lang)
        reads_well(full, 7, lang=lang, says=("school.db",))
        assert sound(terminal.mirror)
        assert terminal.run("status", "--json").document["tables"]["schools"] == 1
        assert terminal.run("pull", "--quiet", *AUTUMN).code == 0
    assert content(terminal.mirror) == content(pulled[0])


def sound(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as mirror:
        verdicts = mirror.execute("PRAGMA integrity_check").fetchall()
        orphans = mirror.execute("PRAGMA foreign_key_check").fetchall()
    mirror.close()
    return (verdicts, orphans) == ([("ok",)], [])


def test_a_report_that_finds_no_room_leaves_no_half_of_itself(terminal, pulled):
    shutil.copy(pulled[0], terminal.mirror)
    words = ("report", "missing", "--as-of", "2025-11-24", "--format", "json", "--out", "r.json")
    # Another reader, as there often is: then SQLite itself needs no new file beside the mirror.
    reader = sqlite3.connect(terminal.mirror)
    reader.execute("SELECT count(*) FROM schools").fetchone()
    ended = terminal.run(*words, under=little_room(2_000))
    reader.close()
    reads_well(ended, 7, lang="en", says=("r.json",))
    assert not list(terminal.folder.glob("*r.json*"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_two_pulls_at_once_one_goes_on_and_the_other_ends_with_9(terminal, lang):
    with sandbox(terminal, "--pupils", "60", "--latency-ms", "50"):
        first = terminal.start("pull", "--quiet", *AUTUMN)
        while not terminal.mirror.exists():
            assert first.poll() is None
        reads_well(
            terminal.run("pull", *AUTUMN, DNEVNIK_LANG=lang), 9, lang=lang, says=("school.db",)
        )
        _out, err = first.communicate(timeout=120)
        assert first.returncode == 0, err


SETTINGS = {
    "a value": ("[api]\nin_flight = 9", ("own.toml", "[api] in_flight", "9", "8")),
    "a key": ("[api]\ncolour = 1", ("own.toml", "[api] colour", "base_url")),
    "a table": ("[apo]\nrate = 1", ("own.toml", "[apo]", "[api]")),
    "a loose value": ("rate = 1", ("own.toml", "rate", "[api]")),
    "no TOML": ("[api", ("own.toml", "TOML")),
    "a rulebook": ('[reports]\nrulebook = "none.toml"', ("none.toml", "TOML")),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("wrong", SETTINGS)
def test_a_wrong_setting_names_file_key_value_and_what_is_allowed(terminal, pulled, wrong, lang):
    shutil.copy(pulled[0], terminal.mirror)
    text, says = SETTINGS[wrong]
    (terminal.folder / "own.toml").write_text(text, encoding="utf-8")
    ended = terminal.run("--config", "own.toml", "report", "missing", DNEVNIK_LANG=lang)
    reads_well(ended, 2, lang=lang, says=says)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_variable_is_named_as_it_was_set(terminal, lang):
    ended = terminal.run("status", DNEVNIK_MIRROR_MODE="777", DNEVNIK_LANG=lang)
    reads_well(ended, 2, lang=lang, says=("DNEVNIK_MIRROR_MODE", "777", "600"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_teacher_nobody_knows_is_answered_without_a_list_of_people(terminal, pulled, lang):
    shutil.copy(pulled[0], terminal.mirror)
    words = ("report", "missing", "--as-of", "2025-11-24", "--teacher", "Nobody")
    ended = terminal.run(*words, DNEVNIK_LANG=lang)
    reads_well(ended, 2, lang=lang, says=("--teacher", "dnevnik report teacher"))
    assert len(ended.last_word) < 200
