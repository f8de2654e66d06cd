"""Words in which people mixed two alphabets: «Aлгебра» with a Latin A. Pure."""

import re

_LATIN = "ABCEHKMOPTXYaceopxyk"
_CYRILLIC = "АВСЕНКМОРТХУасеорхук"
_TWINS = str.maketrans(_LATIN, _CYRILLIC)
_WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+")
_HAS_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_HAS_LATIN = re.compile(r"[A-Za-z]")
_ONLY_TWINS = re.compile(rf"[{_LATIN}А-Яа-яЁё]+")


def one_alphabet(text: str) -> str:
    """The text with Latin twins of Cyrillic letters made Cyrillic, in words that have both and no other Latin letter."""
    if text.isascii() or not _HAS_LATIN.search(text):
        return text
    return _WORD.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    word = found.group()
    mixed = _HAS_CYRILLIC.search(word) and _HAS_LATIN.search(word) and _ONLY_TWINS.fullmatch(word)
    return word.translate(_TWINS) if mixed else word
