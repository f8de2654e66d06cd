"""Names as people write them, made comparable: persons, classes, subjects. Pure; both files and vendor go through it."""

import re
import unicodedata
from dataclasses import dataclass

_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"\s*[-‐‑‒–—―−]\s*")
_QUOTES = str.maketrans("", "", "«»“”„\"'’ʼ`")


def tidy(text: str) -> str:
    """The same text with plain spaces, one at a time, and none at the edges."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """What two spellings of one name have in common: case, ё, spaces, dashes and quotes do not count."""
    plain = tidy(text).translate(_QUOTES).casefold().replace("ё", "е")
    return tidy(_DASHES.sub("-", plain))


def full_key(last_name: str, first_name: str, middle_name: str | None) -> str:
    """A full name made comparable; empty parts fall out."""
    return fold(" ".join(part for part in (last_name, first_name, middle_name or "") if part))


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class name taken apart.

    Attributes:
        name: canonical: `5А`, `10`, `11А физмат`, `10-1`.
        parallel: 1 to 12; None for a pseudo-class, whose name is only tidied.
        letter: upper-case Cyrillic letter, "" where there is none.
        profile: what follows, "" where there is nothing.
        changed: the spelling had look-alike letters of another alphabet.

    """

    name: str
    parallel: int | None
    letter: str
    profile: str = ""
    changed: bool = False


_CLASS = re.compile(r"^0?(1[0-2]|[1-9])\s*-?\s*([а-я])?(?:\s*класс)?\s*(?:\(?([^()]*)\)?)?$")


def parse_class(text: str) -> ClassName | None:
    """Take a class name apart, or None where it is no class name at all (D, F, G, Z have no Cyrillic twin)."""
    found = _CLASS.match(fold(text))
    if found is None:
        return None
    number, letter, profile = found.groups(default="")
    name = f"{number}{letter.upper()}"
    return ClassName(
        f"{name} {profile.strip()}".strip(), int(number), letter.upper(), profile.strip()
    )
