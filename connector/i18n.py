"""User-visible text: English source strings, catalogues per language, one active language per process.

`N_` marks a string for the catalogue where it is defined; `_` translates it where it is shown.
"""

import gettext as _gettext
import os
from pathlib import Path

DOMAIN = "dnevnik"
LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("ru", "en")

_active: list[_gettext.NullTranslations] = [_gettext.NullTranslations()]


def N_(text: str) -> str:  # noqa: N802 - the name every gettext tool looks for
    """Mark a string for the catalogue without translating it."""
    return text


def _(text: str) -> str:
    """Translate into the active language; an unknown string stays English."""
    return _active[0].gettext(text) if text else text


def set_language(code: str) -> None:
    """Make `code` the language of everything shown from now on, click's own messages included."""
    _active[0] = translation(code)
    # click asks the default gettext domain; ours carries its strings too.
    os.environ["LANGUAGE"] = code
    _gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    _gettext.textdomain(DOMAIN)


def language() -> str:
    """Code of the active language."""
    return "ru" if isinstance(_active[0], _gettext.GNUTranslations) else "en"


def translation(code: str) -> _gettext.NullTranslations:
    """Catalogue of one language, e.g. for a report whose language is not the terminal's."""
    if code == "en":
        return _gettext.NullTranslations()
    return _gettext.translation(DOMAIN, LOCALE_DIR, languages=[code], fallback=True)


def choose_language(option: str | None, environ: dict[str, str]) -> str:
    """Pick a language: the option, DNEVNIK_LANG, the locale; Russian when nothing is said.

    The POSIX locale says nothing about a person, so it counts as nothing said.
    """
    for value in (option, environ.get("DNEVNIK_LANG")):
        if value:
            return value if value in LANGUAGES else "ru"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value and value.split(".")[0] not in ("C", "POSIX"):
            return "en" if value.startswith("en") else "ru"
    return "ru"
