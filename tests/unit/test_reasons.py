"""Why a file cannot be read: the line and the slip, in our words, and nothing of the text itself."""

import errno
import tomllib

import pytest

from connector.errors.reasons import not_toml, refusal
from connector.i18n import set_language


@pytest.fixture(autouse=True)
def english():
    set_language("en")


def said(text):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return not_toml(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('name = "Ш"\nenabled = нет\n', 2, "true or false"),
        ("name = «Школа»\n", 1, "straight quotes"),
        ('name = "Ш"\ndate = 28.08.2026\n', 2, "2026-09-01"),
        ("share = 0,7\n", 1, "point"),
        ('name = "Ш\nact = "П"\n', 1, "quotes are not closed"),
        ('name = "Ш"\nname = "Щ"\n', 2, "this key"),
        ("[memo]\n[memo]\n", 2, "this section"),
        ("[mirror]\npath = 'a'\n\n[mirror]\n", 4, "this section"),
        ('path = "D:\\школа\\new.db"\n', 1, "/"),
        ('path = "C:\\Users\\kim"\n', 1, "/"),
        ("сроки\n", 1, "not understood"),
        ("name\n", 1, "= is missing"),
    ],
)
def test_a_slip_is_told_by_its_line_and_what_to_write(text, line, word):
    told = said(text)
    assert told.startswith(f"line {line}: ")
    assert word in told


def test_a_list_that_is_not_closed_is_told_from_the_end():
    assert said('ungraded = ["Музыка", ').startswith("at the end: ")


@pytest.mark.parametrize("code", ["cp1251", "utf-16"])
def test_another_encoding_is_told_with_the_way_to_change_it(code):
    with pytest.raises(UnicodeDecodeError) as caught:
        'name = "Школа"'.encode(code).decode("utf-8")
    assert "UTF-8" in not_toml(caught.value)


def test_nothing_of_the_text_is_shown():
    assert "Иванов" not in said('name = "Ш"\nIvanov = Иванов\n')


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.EROFS])
def test_a_refusal_of_the_system_is_told_in_our_words(number):
    assert refusal(OSError(number, "Foreign words", "/place")) not in ("Foreign words", "OSError")


def test_an_unusual_refusal_keeps_the_words_of_the_system():
    assert refusal(OSError(errno.EIO, "Input/output error", "/place")) == "Input/output error"


def test_a_refusal_without_words_is_told_by_its_kind():
    assert refusal(OSError()) == "OSError"
