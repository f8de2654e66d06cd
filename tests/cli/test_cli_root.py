"""The root command in this process: languages, help, exit codes, the one JSON document."""

import errno
import json

import click
import pytest
from click.testing import CliRunner

import cli
from connector import errors
from connector.commands import base, console
from connector.errors import DnevnikError, RunLocked, SignInNeeded
from connector.i18n import set_language


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No settings of the machine, no language left behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in (
        "DNEVNIK_API_TOKEN",
        "DNEVNIK_API_BASE_URL",
        "DNEVNIK_MIRROR_PATH",
        "DNEVNIK_CONFIG",
        "LANGUAGE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DNEVNIK_LANG", "en")
    yield
    set_language("en")


def run(*args):
    return CliRunner().invoke(cli.dnevnik, list(args))


def with_command(monkeypatch, body):
    """The root with one more command, `probe`, that does `body`."""

    @base.command("probe", summary="Probe.", examples=())
    @click.pass_obj
    def probe(console):
        body(console)

    original = cli.Root.get_command
    monkeypatch.setattr(
        cli.Root,
        "get_command",
        lambda self, ctx, name: probe if name == "probe" else original(self, ctx, name),
    )


def raising(error):
    def body(_console):
        raise error

    return body


def every_command():
    found = []

    def walk(command, ctx):
        found.append((ctx.command_path, command))
        if isinstance(command, click.Group):
            for name in command.list_commands(ctx):
                child = command.get_command(ctx, name)
                walk(child, click.Context(child, info_name=name, parent=ctx))

    walk(cli.dnevnik, click.Context(cli.dnevnik, info_name="dnevnik"))
    return found


EVERY = every_command()


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[path for path, _command in EVERY])
def test_every_command_says_what_it_does_and_shows_an_example(path, command):
    assert command.help
    assert command.examples
    assert any("dnevnik" in line for _text, line in command.examples)


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[path for path, _command in EVERY])
def test_every_option_is_explained(path, command):
    for parameter in command.params:
        assert parameter.explain if isinstance(parameter, base.Argument) else parameter.help, (
            path,
            parameter.name,
        )


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize(("path", "command"), EVERY, ids=[path for path, _command in EVERY])
def test_help_is_in_one_language(path, command, lang):
    words = path.split()[1:]
    shown = run("--lang", lang, *words, "--help")
    assert shown.exit_code == 0
    assert ("Примеры:" if lang == "ru" else "Examples:") in shown.output
    assert ("Examples:" if lang == "ru" else "Примеры:") not in shown.output


def test_help_fits_eighty_columns_where_it_is_prose():
    shown = run("pull", "--help").output.partition("Examples:")[0]
    assert max(map(len, shown.splitlines())) <= 80


def test_the_short_helps_of_the_root_are_the_commands_own():
    assert list(cli.COMMANDS) == cli.dnevnik.list_commands(click.Context(cli.dnevnik))


def test_version_is_name_and_number():
    assert run("--version").output == f"dnevnik {cli.__version__}\n"


@pytest.mark.parametrize(
    ("lang", "sentence"), [("en", "No such command 'pul'."), ("ru", "Нет такой команды: 'pul'.")]
)
def test_an_unknown_command_is_a_usage_error_in_the_users_language(lang, sentence):
    shown = run("--lang", lang, "pul")
    assert shown.exit_code == 2
    assert sentence in shown.stderr


def test_the_language_option_is_taken_after_the_command_too():
    assert "Нет такого параметра" in run("pull", "--lang=ru", "--nonsense").stderr


def test_an_unknown_language_is_a_usage_error():
    assert run("--lang", "de", "status").exit_code == 2


def test_a_known_error_ends_with_its_sentence_and_code(monkeypatch):
    with_command(monkeypatch, raising(RunLocked(path="m.db")))
    shown = run("probe")
    assert shown.exit_code == 9
    assert (
        shown.stderr
        == "Another run is working on the mirror m.db. Wait for it to end, then run the same command again.\n"
    )
    assert shown.stdout == ""


def test_a_known_error_is_said_in_russian(monkeypatch):
    with_command(monkeypatch, raising(RunLocked(path="m.db")))
    assert "зеркал" in run("--lang", "ru", "probe").stderr


def test_with_json_an_error_is_the_one_document_on_stdout(monkeypatch):
    with_command(monkeypatch, raising(SignInNeeded("invalidToken", endpoint="users/me/context")))
    shown = run("probe", "--json")
    document = json.loads(shown.stdout)
    assert next(iter(document)) == "schema"
    assert (document["error"], document["exit_code"]) == ("SignInNeeded", 8)
    assert document["facts"] == {"endpoint": "users/me/context"}


def test_a_usage_error_is_a_document_too():
    document = json.loads(run("pull", "--json", "--nonsense").stdout)
    assert (document["schema"], document["exit_code"]) == ("dnevnik/error/1", 2)


def test_an_error_after_the_document_adds_no_second_one(monkeypatch):
    def body(out):
        out.document({"schema": "dnevnik/probe/1"})
        raise RunLocked(path="m.db")

    with_command(monkeypatch, body)
    shown = run("--json", "probe")
    assert json.loads(shown.stdout) == {"schema": "dnevnik/probe/1"}
    assert shown.exit_code == 9


def test_a_bug_ends_in_a_sentence_without_its_message(monkeypatch):
    with_command(monkeypatch, raising(ValueError("Иванов Пётр, 2")))
    shown = run("probe")
    assert shown.exit_code == 1
    assert "ValueError" in shown.stderr
    assert "Иванов" not in shown.output
    assert "Traceback" not in shown.output


def test_debug_shows_where_an_error_arose_but_no_message(monkeypatch):
    name = "Ива" + "нов"

    def body(_console):
        try:
            {}[name]
        except KeyError as cause:
            raise ValueError(name) from cause

    with_command(monkeypatch, body)
    shown = run("--debug", "probe")
    assert "test_cli_root.py" in shown.stderr
    assert "KeyError" in shown.stderr
    assert name not in shown.output


def test_debug_names_the_parts_of_a_group():
    group = ExceptionGroup("two", [ValueError("x"), DnevnikError("inner")])
    assert "DnevnikError: inner" in console.where_it_arose(group)


def test_an_error_that_lacks_a_fact_of_its_sentence_is_still_said(monkeypatch):
    with_command(monkeypatch, raising(errors.SettingsError("half an error")))
    shown = run("probe")
    assert (shown.exit_code, shown.stderr) == (2, "SettingsError: half an error\n")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError])
def test_an_interruption_ends_with_130(monkeypatch, stop):
    with_command(monkeypatch, raising(stop()))
    shown = run("probe")
    assert shown.exit_code == 130
    assert "go on" in shown.stderr


def test_a_question_left_open_ends_with_130_and_promises_nothing(monkeypatch):
    with_command(monkeypatch, raising(click.Abort()))
    shown = run("probe")
    assert shown.exit_code == 130
    assert shown.stderr == "\nStopped at the question: nothing was done after it.\n"


def test_a_full_disk_behind_stdout_is_no_bug(monkeypatch):
    with_command(monkeypatch, raising(OSError(errno.ENOSPC, "foreign words")))
    shown = run("probe")
    assert shown.exit_code == 7
    assert "No space left for the output" in shown.stderr


def test_another_refusal_of_the_system_is_a_bug(monkeypatch):
    with_command(monkeypatch, raising(OSError(errno.EIO, "foreign words")))
    assert run("probe").exit_code == 1


def test_an_unknown_command_is_answered_with_those_that_may_be_meant():
    assert "Known: report," in run("raport").stderr
    assert "spravka" in run("report", "spravk").stderr
    assert "missing, changes" in run("report", "пропуски").stderr


def test_a_reader_that_left_is_no_error(monkeypatch):
    with_command(monkeypatch, raising(BrokenPipeError()))
    shown = run("probe")
    assert (shown.exit_code, shown.stderr) == (0, "")


def test_quiet_hushes_notes_and_keeps_results_and_warnings(monkeypatch):
    def body(out):
        out.say("result")
        out.note("note")
        out.warn("beware")

    with_command(monkeypatch, body)
    shown = run("probe", "--quiet")
    assert (shown.stdout, shown.stderr) == ("result\n", "Warning: beware\n")


def test_details_are_told_only_when_asked_for(monkeypatch):
    with_command(monkeypatch, lambda out: out.detail("more"))
    assert run("probe").stderr == ""
    assert run("--verbose", "probe").stderr == "more\n"


def test_away_from_a_terminal_there_is_no_progress_bar(monkeypatch):
    def body(out):
        with out.progress("Work") as advance:
            advance(1, 2, "half")

    with_command(monkeypatch, body)
    assert run("probe").output == ""


def test_a_wrong_setting_names_file_key_value_and_what_is_allowed(tmp_path):
    (tmp_path / "dnevnik.toml").write_text("[api]\nin_flight = 9", encoding="utf-8")
    shown = run("status")
    assert shown.exit_code == 2
    for part in ("dnevnik.toml", "[api] in_flight", "9", "from 1 to 8"):
        assert part in shown.stderr


def test_the_settings_language_counts_when_nobody_asks_for_another(tmp_path, monkeypatch):
    monkeypatch.delenv("DNEVNIK_LANG")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    (tmp_path / "dnevnik.toml").write_text('[ui]\nlang = "ru"', encoding="utf-8")
    assert "зеркал" in run("status").stderr


def test_without_a_token_a_pull_needs_a_sign_in_and_leaves_no_mirror(tmp_path):
    shown = run("pull")
    assert shown.exit_code == 8
    assert not list(tmp_path.glob("*.db*"))


def test_days_are_taken_in_both_spellings():
    from connector.commands.wiring import DAY

    assert DAY.convert("01.09.2026", None, None) == DAY.convert("2026-09-01", None, None)


def test_a_day_that_is_none_is_a_usage_error():
    shown = run("pull", "--from", "2026-13-01")
    assert shown.exit_code == 2
    assert "2026-13-01" in shown.stderr


def test_a_span_that_ends_before_it_starts_is_a_usage_error():
    assert run("pull", "--from", "2026-10-01", "--to", "2026-09-01").exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(shell):
    shown = run("completion", shell)
    assert shown.exit_code == 0
    assert "_DNEVNIK_COMPLETE" in shown.stdout


def test_the_shell_is_answered_with_commands(monkeypatch):
    monkeypatch.setenv("_DNEVNIK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "dnevnik st")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().output == "plain,status\n"


def test_a_file_that_cannot_be_written_is_a_usage_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(click.FileError):
        console.write_file(tmp_path / "file" / "below.txt", b"x")


def test_a_written_file_is_private_and_whole(tmp_path):
    console.write_file(tmp_path / "new" / "report.csv", b"x")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.csv"]
    assert (tmp_path / "new" / "report.csv").stat().st_mode & 0o077 == 0
