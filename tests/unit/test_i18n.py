"""Which language is taken, and that the Russian catalogue is whole."""

import importlib.util
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from connector import errors
from connector.i18n import _, choose_language, set_language, translation

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def english_afterwards(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "")
    yield
    set_language("en")


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    spec = importlib.util.spec_from_file_location("i18n_tool", ROOT / "tools" / "i18n.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("click_messages", None)


@pytest.mark.parametrize(
    ("option", "environ", "chosen"),
    [
        (None, {}, "ru"),
        ("en", {"DNEVNIK_LANG": "ru"}, "en"),
        (None, {"DNEVNIK_LANG": "en", "LANG": "ru_RU.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LC_ALL": "ru_RU.UTF-8", "LANG": "en_GB.UTF-8"}, "ru"),
        (None, {"LANG": "de_DE.UTF-8"}, "ru"),
        (None, {"LANG": "C.UTF-8"}, "ru"),
        (None, {"LC_ALL": "POSIX", "LANG": "en_US"}, "en"),
        ("xx", {}, "ru"),
    ],
)
def test_the_language_follows_option_variable_locale_and_else_is_russian(option, environ, chosen):
    assert choose_language(option, environ) == chosen


def test_switching_the_language_switches_the_text():
    set_language("ru")
    russian = _("Options")
    set_language("en")
    assert (russian, _("Options")) == ("Параметры", "Options")


def test_an_unknown_string_stays_as_it_is():
    set_language("ru")
    assert _("no such string at all") == "no such string at all"


def test_a_reports_language_can_differ_from_the_terminals():
    set_language("en")
    assert translation("ru").gettext("Options") == "Параметры"


def every_error():
    found, queue = [], [errors.DnevnikError]
    while queue:
        kind = queue.pop()
        found.append(kind)
        queue += kind.__subclasses__()
    return found


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_in_russian_and_an_exit_code(kind):
    set_language("ru")
    assert kind.text == "{reason}" or _(kind.text) != kind.text
    assert kind.exit_code in {1, 2, 3, 4, 5, 6, 7, 8, 9, 130}


def test_the_catalogue_holds_every_string_of_the_sources_and_no_other(tool):
    assert list(tool.problems(tool.existing(), tool.template())) == []


def test_the_compiled_catalogue_is_the_written_one(tool):
    assert tool.MO.read_bytes() == tool.mo_bytes(tool.existing())


def test_updating_a_current_catalogue_changes_nothing(tool):
    assert tool.po_bytes(tool.updated()) == tool.PO.read_bytes()


@pytest.mark.parametrize(
    ("source", "text", "flags", "problem"),
    [
        ("{path} is full", "", (), "not translated"),
        ("{path} is full", "{file} полон", (), "placeholders differ"),
        ("{path} is full", "{path} полон", ("fuzzy",), "fuzzy"),
    ],
)
def test_a_faulty_entry_is_found(tool, source, text, flags, problem):
    (found,) = tool.entry_problems(Message(source, text, flags=flags))
    assert found.startswith(problem)


def test_a_string_that_no_source_uses_is_found(tool):
    catalog = tool.existing()
    catalog.add("nobody says this", "этого никто не говорит")
    assert "unused: 'nobody says this'" in list(tool.problems(catalog, tool.template()))
