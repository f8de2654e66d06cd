"""For which class, subject and year a topic plan is: read from titles, the name of a sheet, the name of a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from connector.names import ClassName, find_class, parse_class, tidy
from mappings.sheets import Cell
from mappings.subjects import canonical

_LABELS = {
    "subject": re.compile(
        r"(?:учебн\w+\s+)?(?:предмет|дисциплина|курс)(?:\s*[:—–-]\s*(?P<value>.+)|\s*:?)",
        re.IGNORECASE,
    ),
    "teacher": re.compile(
        r"(?:учитель|педагог|преподаватель)(?:\s*[:—–-]\s*(?P<value>.+)|\s*:?)", re.IGNORECASE
    ),
    "part": re.compile(r"(?:под)?группа(?:\s*[:—–-]\s*(?P<value>.+)|\s*:?)", re.IGNORECASE),
    "edu_group": re.compile(r"класс(?:ы)?(?:\s*[:—–-]\s*(?P<value>.+)|\s*:?)", re.IGNORECASE),
}
_BY_SUBJECT = re.compile(r"по\s+(?:предмету|курсу|дисциплине)\s*[«\"]?\s*([^«»\"]+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*[/–—-]\s*(?:20)?(\d\d)(?!\d)")
# What names of sheets and files hold besides class and subject.
_NOISE = re.compile(
    r"(?:ктп|план\w*|тематическ\w*|календарн\w*|темы?|лист\d*|sheet\d*|класс\w*|рабочая|программа|20\d\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Titled:
    """What was said so far; "" and None where nothing.

    Attributes:
        edu_group: the class.
        subject: as written, spaces tidied; `part` and `teacher` likewise.
        year: in which the study year begins.

    """

    edu_group: ClassName | None = None
    subject: str = ""
    part: str = ""
    teacher: str = ""
    year: int | None = None


def named(text: str) -> Titled:
    """Read the name of a sheet or file: `5А Математика`, `Русский язык 5 А`."""
    words = [
        word for word in tidy(re.sub(r"[_,;()]+", " ", text)).split() if not _NOISE.fullmatch(word)
    ]
    for size in (2, 1):
        for head, tail in ((words[:size], words[size:]), (words[-size:], words[:-size])):
            found = parse_class(" ".join(head)) if len(head) == size else None
            if found is None or found.parallel is None or found.profile:
                continue
            # A bare number may be anything, but beside a subject: «План 2», «Лист1».
            if found.letter or tail:
                return Titled(found, _subject(tail))
    return Titled(subject=_subject(words, sure=True))


def _subject(words: Sequence[str], *, sure: bool = False) -> str:
    text = " ".join(words).strip(" .-—–")
    if sure and not canonical(text)[1]:
        return ""
    return text


def titled(row: Sequence[Cell], known: Titled) -> Titled:
    """Add what a row of titles says."""
    texts = [tidy(cell) for cell in row if isinstance(cell, str)]
    for place, text in enumerate(texts):
        following = texts[place + 1] if place + 1 < len(texts) else ""
        known = _with(known, text, following)
    return known


def _with(known: Titled, text: str, following: str) -> Titled:
    year = _YEAR.search(text)
    if year and (int(year[1]) + 1) % 100 == int(year[2]):
        known = replace(known, year=int(year[1]))
    by_subject = _BY_SUBJECT.search(text)
    if by_subject:
        known = replace(known, subject=tidy(by_subject[1]).strip(" .,"))
    for field, label in _LABELS.items():
        found = label.fullmatch(text)
        value = tidy((found["value"] or following) if found else "").strip(" .,")
        if not value:
            continue
        if field == "edu_group":
            known = replace(known, edu_group=parse_class(value) or known.edu_group)
        elif field == "subject":
            known = replace(known, subject=value)
        elif field == "part":
            known = replace(known, part=value)
        else:
            known = replace(known, teacher=value)
        return known
    group = find_class(text)
    return known if group is None else replace(known, edu_group=group)


def contradict(one: ClassName | None, other: ClassName | None) -> bool:
    """Whether a title and a sheet speak of different classes; a year without a letter speaks for each of its classes."""
    if one is None or other is None:
        return False
    letters = {one.letter, other.letter} - {""}
    return one.parallel != other.parallel or len(letters) > 1
