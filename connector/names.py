"""Names as people write them, made comparable: persons, classes, subjects. Pure; both files and vendor go through it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_DASHES = re.compile(r"\s*[-‐‑‒–—―−]\s*")
_QUOTES = str.maketrans("", "", "«»“”„‟‹›\"'’‘ʼ`´")
# Zero-width spaces and joiners, the mark of a byte order, soft hyphens: copied from web pages, shown nowhere.
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")
# Most names need nothing done; a thousand of them are read in the time of the rest.
_USUAL = re.compile(r"[А-Яа-яЁё]+(?:[ -][А-Яа-яЁё]+)*").fullmatch


def tidy(text: str) -> str:
    """The same text with plain spaces, one at a time, and none at the edges."""
    if _USUAL(text):
        return text
    plain = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return _SPACES.sub(" ", plain).strip()


def fold(text: str) -> str:
    """What two spellings of one name have in common: case, ё, spaces, dashes and quotes do not count."""
    if _USUAL(text):
        return text.lower().replace("ё", "е")
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
        profile: what follows, "" where there is nothing; a bare number for `10-1`.
        changed: the spelling had look-alike letters of another alphabet.

    """

    name: str
    parallel: int | None
    letter: str
    profile: str = ""
    changed: bool = False


# Letters of the Latin keyboard that look like a class letter. Small k, m, t, b and h look like none or like another one.
_LETTERS = dict(zip("ABCEHKMOPTXYaeopcxy", "АВСЕНКМОРТХУаеорсху", strict=True))
_DIGITS = str.maketrans("OОoоIІiіl|Зз", "000011111133")
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN = {roman: number for number, roman in enumerate(_ROMANS, start=1)}
_CYRILLIC_ROMAN = str.maketrans("ІХі", "IXi")

_WORD_CLASS = re.compile(
    r"\s*класс[ае]?(?!\w)\.?|(?:(?<=\d)|(?<=\d\w)|(?<=\d\s\w)|(?<!\w))\s*кл(?!\w)\.?", re.IGNORECASE
)
_PLAIN = re.compile(r"0?(1[0-2]|[1-9])(?!\d)")
_ALIKE = re.compile(r"[0OОoо]?([1Il|ІiіI][0-2OОoоIІiіl|]|[1-9Il|ІЗз])(?!\d)")
_ROMAN_START = re.compile(r"([IVX]{1,4})(?![A-Za-z])")
_REST = re.compile(
    r"(?:-?[ыи]?й(?!\w))?"  # 5-й А
    r"[ -]*(?P<letter>[^\W\d_])?(?!\w)"
    r"[ ,]*(?P<profile>.*)"
)
_SUBNUMBER = re.compile(r"(?P<letter>[^\W\d_])?-?(?P<number>\d{1,2})")
_PROFILE = re.compile(r"[^\W\d_]{2}[\w .,+&/-]{0,40}")
_OTHER_CLASS = re.compile(r"(?<!\w)\d{1,2}\s*[а-я](?!\w)")
# "1 четверть", "2 смена", "1 сентября": a number and a word that make no class.
_NO_PROFILE = re.compile(
    r"четв|полуг|тримест|смен|этаж|корпус|здани|групп|подгр|класс|урок|шт|чел|год|лет|мест"
    r"|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентяб|октяб|нояб|декаб"
)
_PSEUDO = re.compile(
    r"надом|на дому|домашн|семейн|экстерн|заочн|индивид|самообраз|дистанц|длительн|резерв|дошкол|подготов|инклюз|^н?до$|^но$"
)


@lru_cache(maxsize=4096)
def parse_class(text: str) -> ClassName | None:
    """Take a class name apart, or None where it is no class name at all (D, F, G, Z have no Cyrillic twin).

    `1О` is the class with the letter О; `1ОА` can only be 10А. Home schooling and its like are pseudo-classes.
    """
    plain = tidy(_DASHES.sub("-", tidy(text).translate(_QUOTES)))
    plain = tidy(_WORD_CLASS.sub(" ", plain)).strip(" .,;:*-")
    for number, rest, alike in _numbers(plain):
        found = _with_rest(number, rest, strict=alike)
        if found is not None:
            changed = found.changed or alike
            return ClassName(found.name, number, found.letter, found.profile, changed)
    if _PSEUDO.search(plain.casefold()) and not plain[:1].isdigit():
        return ClassName(tidy(text), None, "")
    return None


def _numbers(plain: str) -> Iterator[tuple[int, str, bool]]:
    """Give the ways to read a number at the start, the plainest first: number, what follows, whether it is a guess."""
    if found := _PLAIN.match(plain):
        yield int(found[1]), plain[found.end() :], False
    if found := _ROMAN_START.match(plain.translate(_CYRILLIC_ROMAN)):
        number = _ROMAN.get(found[1], 0)
        # A Cyrillic Х or І that begins a word begins no number.
        if number and (plain[: found.end()].isascii() or not plain[found.end() :][:1].isalpha()):
            yield number, plain[found.end() :], not plain[: found.end()].isascii()
    if len(plain) > 1 and (found := _ALIKE.match(plain)):
        number = int(found[1].translate(_DIGITS))
        if 1 <= number <= 12:
            yield number, plain[found.end() :], True


def _with_rest(number: int, rest: str, *, strict: bool) -> ClassName | None:
    """Read what follows a number; `strict` wants a letter or nothing, since the number was no plain one."""
    if found := _SUBNUMBER.fullmatch(rest.strip()):
        # "5 3" is nothing, "10-1" is a class, "5А1" one of two parts of a class.
        letter, changed = _cyrillic(found["letter"] or "")
        if letter is None or (not letter and "-" not in rest):
            return None
        tail = found["number"]
        return ClassName(f"{number}{letter}-{tail}", number, letter, tail, changed)
    found = _REST.fullmatch(rest)
    if found is None:
        return _only_profile(number, rest) if not strict else None
    letter, changed = _cyrillic(found["letter"] or "")
    if letter is None:
        return None
    profile = _profile(found["profile"])
    if profile is None or (profile and not letter and (strict or _NO_PROFILE.match(profile))):
        return None
    return ClassName(f"{number}{letter} {profile}".strip(), number, letter, profile, changed)


def _only_profile(number: int, rest: str) -> ClassName | None:
    """Read `11физмат` and `10 физмат`, where no letter stands apart."""
    profile = _profile(rest.strip(" -"))
    if not profile or len(profile.split()[0]) < 3 or _NO_PROFILE.match(profile):
        return None
    return ClassName(f"{number} {profile}", number, "", profile)


def _profile(text: str) -> str | None:
    """Tidy what follows a letter; None where it can be no profile."""
    plain = fold(text.replace("(", " ").replace(")", " ")).strip(" -,.")
    if plain and (_PROFILE.fullmatch(plain) is None or _OTHER_CLASS.search(plain)):
        return None
    return plain


def _cyrillic(letter: str) -> tuple[str | None, bool]:
    """Give the class letter in upper-case Cyrillic and whether it was Latin; None where it has no twin."""
    if not letter:
        return "", False
    twin = _LETTERS.get(letter, letter)
    upper = twin.upper().replace("Ё", "Е")
    known = "А" <= upper <= "Я" and upper not in "ЪЫЬ"
    return (upper if known else None), twin != letter


_LETTER = r"\s*-?\s*[«“\"„(]?\s*[A-Za-zА-Яа-яЁё]?\s*[»”\"“)]?"
_NUMBER = r"(?<![\w№#.])(?<!\d[-–])(?:0?[1-9]|1[0-2]|[IVXХ]{1,4})(?!\d)"
_NAMED = (
    # 5 «А» класс, списки 5-А класса
    re.compile(rf"({_NUMBER}{_LETTER})\s*-?\s*кл(?:асс[ае]?)?(?!\w)", re.IGNORECASE),
    # Класс: 5А
    re.compile(rf"(?<!\w)класс[ае]?\s*[:№-]?\s*({_NUMBER}{_LETTER})(?!\w)", re.IGNORECASE),
    # Список 5А; a letter apart or a small one might be a preposition
    re.compile(r"(?<![\w№#.])((?:0?[1-9]|1[0-2])-?(?:[A-ZА-ЯЁ]|\s?[«“\"„][A-ZА-ЯЁ][»”\"“]))(?!\w)"),
)


def find_class(text: str) -> ClassName | None:
    """Find the one class that a title speaks of: `Список учащихся 5 «А» класса`. None for several and for none."""
    plain = tidy(text)
    for pattern in _NAMED:
        named = [parse_class(found) for found in pattern.findall(plain)]
        names = {found.name: found for found in named if found is not None}
        if names:
            return next(iter(names.values())) if len(names) == 1 else None
    return None
