"""Russian full names: splitting ФИО, capitals, patronymics, and what a patronymic tells of the sex."""

import re
from dataclasses import dataclass
from functools import lru_cache

from connector.names import fold, tidy

_SONS = frozenset({"оглы", "оглу", "углы", "улы", "уулу", "оол"})
_DAUGHTERS = frozenset({"кызы", "гызы", "кизи", "кыз", "кызи"})
PARTICLES = _SONS | _DAUGHTERS
_SON = re.compile(r"(?:ович|евич|ьич|[иы]ч)$")
_DAUGHTER = re.compile(r"(?:овна|евна|[иы]чна|инична)$")
# `Мицкевич` and `Иванович` are surnames too: only the endings of a patronymic between two names are sure.
_SURE = re.compile(r"(?:[ое]вич|[ое]вна|ьевич|ьевна|инична|ильич|кузьмич|лукич|фомич)$")
_INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.")
_ALLOWED = re.compile(r"[^\W\d_]+(?:[-' ’ʼ`][^\W\d_]+)*")
# Written as a name is: nothing to mend and nothing to tell.
USUAL = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?").fullmatch
_DASHES = re.compile(r"\s*[-‐‑‒–—―−]\s*")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_TWINS = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_WORDS = re.compile(r"[^\s-]+")


@dataclass(frozen=True, slots=True)
class FullName:
    """A full name in parts.

    Attributes:
        rule: "" where the split is sure; `name_split` where another one is possible, `name_order` where the patronymic
            stood in the middle and the surname last.

    """

    last_name: str
    first_name: str
    middle_name: str
    rule: str = ""


def is_patronymic(word: str) -> bool:
    """Whether a word (or a word with its particle) has the form of a patronymic."""
    return bool(sex_of_patronymic(word))


@lru_cache(maxsize=4096)
def sex_of_patronymic(middle_name: str) -> str | None:
    """`Male` or `Female` as the patronymic's form says, None where it says nothing. A hint, never a fact."""
    if not middle_name:
        return None
    words = fold(middle_name).replace("-", " ").split()
    if not words:
        return None
    if words[-1] in _SONS:
        return "Male"
    if words[-1] in _DAUGHTERS:
        return "Female"
    if _DAUGHTER.search(words[-1]):
        return "Female"
    return "Male" if _SON.search(words[-1]) else None


def split_full(text: str) -> FullName:
    """Split ФИО of one cell; missing parts are "".

    Particles (оглы, кызы) belong to the patronymic before them. With more words than three, what stands between the
    first word and the patronymic is the first name.
    """
    words = join_dashes(tidy(text.replace(",", " "))).split()
    if not words:
        return FullName("", "", "")
    tail = 1
    if len(words) > 2 and fold(words[-1]) in PARTICLES:
        tail = 2
    if len(words) <= tail + 1:
        return FullName(words[0], " ".join(words[1:]), "")
    middle = " ".join(words[-tail:])
    if is_patronymic(middle):
        return FullName(
            words[0],
            " ".join(words[1:-tail]),
            middle,
            "name_split" if len(words) > tail + 2 else "",
        )
    if len(words) == 3 and _SURE.search(fold(words[1])):
        return FullName(words[2], words[0], words[1], "name_order")
    return FullName(words[0], words[1], " ".join(words[2:]), "name_split")


def join_dashes(name: str) -> str:
    """Write a double name with one hyphen and no spaces around it."""
    return name if name.isalpha() else _DASHES.sub("-", name)


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters only."""
    return name.isascii() and _LATIN.search(name) is not None


def settle_capitals(name: str) -> str:
    """Write a name of CAPITALS the usual way; any other spelling stays as it is, particles too."""
    if len(name) < 3 or name != name.upper() or name == name.lower():
        return name
    words = _WORDS.sub(lambda word: word[0].capitalize(), name)
    parts = words.split(" ")
    return " ".join([parts[0], *(p.lower() if fold(p) in PARTICLES else p for p in parts[1:])])


def mend_letters(name: str) -> str:
    """Put Cyrillic twins for Latin letters inside words that are Cyrillic otherwise."""
    if name.isascii() or _LATIN.search(name) is None:
        return name
    return _WORDS.sub(
        lambda word: word[0].translate(_TWINS) if _CYRILLIC.search(word[0]) else word[0], name
    )


def name_trouble(name: str) -> str:
    """Word of what makes a text no name: `initials`, `name_characters`, `mixed_letters`; "" where nothing does."""
    if not name:
        return ""
    if (len(name) == 1 and name.isalpha()) or ("." in name and _INITIALS.search(name)):
        return "initials"
    if _ALLOWED.fullmatch(name) is None:
        return "name_characters"
    if not name.isascii() and _LATIN.search(name):
        for word in _WORDS.findall(name):
            if _LATIN.search(word) and _CYRILLIC.search(word):
                return "mixed_letters"
    return ""
