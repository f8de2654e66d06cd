"""The project's own checks: look-alikes, private data, the lock, the command reference."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(name):
    spec = importlib.util.spec_from_file_location(f"{name}_tool", ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_latin_letter_inside_a_cyrillic_word_is_found_with_its_line():
    assert list(tool("lookalikes").mixed_words('x = "Алгебра"\ny = "Aлгебра"')) == [(2, "Aлгебра")]


def test_words_of_one_alphabet_beside_each_other_are_fine():
    assert list(tool("lookalikes").mixed_words("file = «Класс», kind = v2, «5А»-class")) == []


def test_the_mappings_hold_no_lookalikes(capsys):
    assert tool("lookalikes").main([str(path) for path in (ROOT / "mappings").glob("*.toml")]) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("school.db", b""),
        ("Marks.XLSX", b""),
        ("notes.txt", b"SQLite format 3\x00..."),
        ("table", b"PK\x03\x04..."),
        ("run.sh", b"export DNEVNIK_API_TOKEN=" + b"a1B2c3D4" * 4),
        ("conf.toml", b'access_token = "' + b"a1B2c3D4" * 4 + b'"'),
    ],
)
def test_private_data_is_kept_out(name, content):
    assert tool("private_data").complaint(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("settings.py", b"token: SecretStr | None = None"),
        ("lock.txt", b"--hash=sha256:" + b"0a" * 32),
        ("README.md", b"DNEVNIK_API_TOKEN=your-token-from-the-browser-here"),
    ],
)
def test_ordinary_files_may_pass(name, content):
    assert tool("private_data").complaint(name, content) is None


def test_the_command_reference_is_what_the_commands_say(capsys):
    assert tool("cli_docs").main(["--check"]) == 0


def lock():
    return (ROOT / "requirements-ci.txt").read_text(encoding="utf-8")


def test_the_lock_names_no_index_and_no_path():
    for line in lock().splitlines():
        assert re.match(
            r"(#|[a-z0-9][a-z0-9.-]*==[^ ]+ \\$|    --hash=sha256:[0-9a-f]{64}|$| +# via)", line
        ), line


def test_the_lock_holds_every_dependency_and_the_build_backend():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *extras["dev"],
        *extras["sandbox"],
        *project["build-system"]["requires"],
    ]
    names = {
        re.match(r"[A-Za-z0-9.-]+", text).group().lower()
        for text in wanted
        if "sys_platform" not in text
    }
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock(), flags=re.MULTILINE))
    assert names - locked - {"dnevnik-connector"} == set()
