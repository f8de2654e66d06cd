"""What single cells of a timetable grid say: days, lesson numbers, times, rooms, teachers, weeks. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz

from connector.names import ClassName, fold, parse_class, tidy
from mappings.alphabets import one_alphabet
from mappings.sheets import Cell
from mappings.subjects import canonical

DAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_DAY = re.compile(
    r"(?:(пн|пон|понед\w*)|(вт|втор|вторник)|(ср|сред|среда)|(чт|четв|четверг)|(пт|пят|пятн|пятница)"
    r"|(сб|суб|субб|суббота)|(вс|воскр|воскресенье))(?:[\d/()-]*(?:г|года)?)?"
)
_DAY_START = re.compile(r"\s*[пвсч]", re.IGNORECASE)
_NOT_WORD = re.compile(r"[\s.,:;_*]+")
_NUMBER = re.compile(r"(\d{1,2})\s*(?:\.|\)|-?й)?\s*(?:ур(?:ок|\.)?)?")
_LAST_NUMBER = 14
_SPAN = re.compile(r"(\d{1,2})\s*[:.,-]\s*(\d\d)\s*[-–—]\s*(\d{1,2})\s*[:.,-]\s*(\d\d)")
_ROLES = (
    ("number", re.compile(r"(?:№|n|номер)?\s*(?:п/?п|урока?|ур\.?)?")),
    ("room", re.compile(r"(?:№\s*)?(?:каб|кабинет|ауд|аудитория|помещение)\w*\.?")),
    ("teacher", re.compile(r"(?:учител|преподавател|педагог|ф\.?\s?и\.?\s?о)\w*\.?.*")),
    ("time", re.compile(r"(?:время|звонки|начало|расписание звонков)\b.*")),
    ("day", re.compile(r"дн[ия]\b.*|день\b.*")),
    ("subject", re.compile(r"(?:предмет|дисциплин|наименован|название)\w*.*")),
)
_NOTHING = re.compile(
    r"[\W_]*|нет|окно|обед|завтрак|перемена|пауза|динамическ\w+ пауза|прогулка|х|x", re.IGNORECASE
)
_ROOM = re.compile(
    r"(?:каб\.?|к\.|ауд\.?)?\s*\d{1,4}\s*-?\s*[а-яa-z]?"
    r"|(?:(?:больш|мал)\w*\.?\s*|б\.?\s*|м\.?\s*)?(?:сп|спорт)\w*\.?\s*-?\s*зал\s*№?\s*\d?"
    r"|(?:акт\w*\.?\s*|трен\w*\.?\s*)?зал\s*№?\s*\d?|с/з|а/з|стадион|бассейн|библиотека|мастерск\w*\s*№?\s*\d?|столовая"
    r"|каб\.?\s+[а-я. ]{2,20}",
    re.IGNORECASE,
)
_TEACHER = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ]\.(?:\s*[А-ЯЁ]\.?)?")
_BESIDE_CLASS = re.compile(
    r"\b(?:кл\w*\.?\s*рук\w*\.?:?.*|(?:каб\w*|ауд\w*)\.?\s*№?\s*\d*|\(\s*\))", re.IGNORECASE
)
_ROOM_AT_END = re.compile(
    r"[\s,(-]*(?:(?<![а-яё])(?:каб(?:инет)?|ауд|к)\b\.?\s*№?\s*(\d{1,4}[а-я]?(?:\s*/\s*\d{1,4}[а-я]?)*)"
    r"|\(\s*(\d{1,4}[а-я]?(?:\s*/\s*\d{1,4}[а-я]?)*)\s*\)|\s(\d{2,4}[а-я]?(?:\s*/\s*\d{2,4}[а-я]?)*))\s*\)?$",
    re.IGNORECASE,
)
_FIRST_WEEK = re.compile(
    r"\s*\(?\s*(?:не\s?ч[её]т\w*|числит\w*|(?:1|i)\s*-?я?\s*нед\w*)\.?(?:\s*нед\w*\.?)?\s*\)?\s*",
    re.IGNORECASE,
)
_SECOND_WEEK = re.compile(
    r"\s*\(?\s*(?<!не)(?<!не )(?<![а-яё])(?:ч[её]т\w*|знамен\w*|(?:2|ii)\s*-?я?\s*нед\w*)\.?(?:\s*нед\w*\.?)?\s*\)?\s*",
    re.IGNORECASE,
)
_BETWEEN_ROOMS = re.compile(r"\s*[/\\,;]\s*")
_SLASH = re.compile(r"\s*[/\\]\s*")
_LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]")


@lru_cache(maxsize=8192)
def day_of(text: str) -> int | None:
    """Monday is 1; a date behind the name does not matter."""
    if not _DAY_START.match(text) or len(text) > 60:
        return None
    found = _DAY.fullmatch(_NOT_WORD.sub("", one_alphabet(text).casefold().replace("ё", "е")))
    return found.lastindex if found else None


@lru_cache(maxsize=1024)
def day_like(text: str) -> int | None:
    """The day a mistyped word must mean, where one is near and no other."""
    word = _NOT_WORD.sub("", one_alphabet(text).casefold())
    near = [at for at, day in enumerate(DAYS, start=1) if fuzz.ratio(word, day) >= 80]
    return near[0] if len(near) == 1 else None


@lru_cache(maxsize=8192)
def class_of(text: str) -> ClassName | None:
    """A class where the cell is a heading of one; `12 каб` and `2 иностранный язык` are none."""
    # A lone Х crosses a lesson out.
    if len(text) > 60 or not any(sign.isdigit() or sign in "IVXХ" for sign in text[:8]):
        return None
    if not text.strip()[:-1] and not text.strip().isdigit():
        return None
    # «5А (Тестова В.Ю.)», «5А каб. 12»: whose class it is and where it sits is no profile.
    parsed = parse_class(_BESIDE_CLASS.sub(" ", _TEACHER.sub(" ", text)))
    if parsed is None or parsed.parallel is None:
        return None
    if parsed.letter or "кл" in fold(text):
        return parsed
    bare = parsed.name.replace("-", "").isdigit() and not _BESIDE_CLASS.search(text)
    return parsed if bare else None


def number_of(value: Cell) -> int | None:
    """A lesson number from 0 to 14: `3`, `3.`, `3 урок`, `3 (10.25-11.10)`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value <= _LAST_NUMBER else None
    if not isinstance(value, str):
        return None
    found = _NUMBER.fullmatch(_SPAN.sub("", tidy(value)).casefold().strip(" ,;()"))
    number = int(found[1]) if found else None
    return number if number is not None and number <= _LAST_NUMBER else None


def span_of(value: Cell) -> tuple[str, str] | None:
    """`8.30 - 9.15` as `HH:MM` twice."""
    found = _SPAN.search(value) if isinstance(value, str) else None
    if found is None:
        return None
    hours, minutes = (int(found[1]), int(found[3])), (int(found[2]), int(found[4]))
    if max(hours) > 23 or max(minutes) > 59:
        return None
    return f"{hours[0]:02}:{minutes[0]:02}", f"{hours[1]:02}:{minutes[1]:02}"


@lru_cache(maxsize=4096)
def role_of(text: str) -> str:
    """What a column is by its heading: number, subject, room, teacher, time, day; "" where it does not say."""
    plain = fold(text).strip(" .:*")
    if not plain or len(plain) > 40:
        return ""
    return next((role for role, pattern in _ROLES if pattern.fullmatch(plain)), "")


@lru_cache(maxsize=4096)
def is_nothing(text: str) -> bool:
    """A dash, a break, a meal: no lesson stands here."""
    return _NOTHING.fullmatch(tidy(text)) is not None


def is_room(value: Cell) -> bool:
    """Whether a cell may be one room or several."""
    if isinstance(value, bool) or value is None or isinstance(value, date):
        return False
    if isinstance(value, (int, float)):
        return 0 < value < 10_000
    return bool(rooms_of(value)) and all(map(_ROOM.fullmatch, rooms_of(value)))


def is_teacher(text: str) -> bool:
    """Whether the whole text is a surname with initials."""
    return _TEACHER.fullmatch(tidy(text)) is not None


@lru_cache(maxsize=4096)
def rooms_of(text: str) -> tuple[str, ...]:
    """`325/331` → two rooms; `Сп.зал 2` and `Сп. зал 2` are one."""
    return tuple(dict.fromkeys(re.sub(r"\.(?=\w)", ". ", part) for part in _room_parts(text)))


def _room_parts(text: str) -> list[str]:
    plain = tidy(text)
    # «с/з» is one room.
    parts = [plain] if _ROOM.fullmatch(plain) else _BETWEEN_ROOMS.split(plain)
    return [part for part in parts if part]


@dataclass(frozen=True, slots=True)
class CellText:
    """What one cell says.

    Attributes:
        subjects: with the mask of their weeks, `1` where nothing is said; several where the cell names several.
        rooms: those written in the same cell.
        teachers: likewise.

    """

    subjects: tuple[tuple[str, str], ...]
    rooms: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def read_cell(text: str) -> CellText:
    """Take apart what is written in a lesson's cell."""
    teachers = tuple(tidy(found) for found in _TEACHER.findall(text))
    plain = one_alphabet(tidy(_TEACHER.sub(" ", text)))
    rooms: tuple[str, ...] = ()
    if found := _ROOM_AT_END.search(plain):
        rooms = rooms_of(next(part for part in found.groups() if part))
        plain = plain[: found.start()]
    subjects = (_weeks(part) for part in _parts(_trimmed(plain)))
    return CellText(
        tuple(dict.fromkeys((_trimmed(subject), weeks) for subject, weeks in subjects)),
        rooms,
        teachers,
    )


def _trimmed(text: str) -> str:
    plain = text.strip(" ,;-–—")
    return plain if plain.count("(") == plain.count(")") else plain.strip("( )")


def _weeks(text: str) -> tuple[str, str]:
    for pattern, mask in ((_FIRST_WEEK, "10"), (_SECOND_WEEK, "01")):
        left = tidy(pattern.sub(" ", text))
        if left and left != text:
            return left, mask
    return text, "1"


def _parts(text: str) -> tuple[str, ...]:
    if canonical(text)[1] or not _SLASH.search(text):
        return (text,) if text else ()
    parts = [part for part in _SLASH.split(text) if part]
    # «Труд/технология» is in the table; of «ф/к» and «и/я» the parts are no words.
    if len(parts) < 2 or any(len(_LETTERS.findall(part)) < 3 for part in parts):
        return (text,)
    return tuple(parts)


@lru_cache(maxsize=8192)
def is_subject(text: str) -> bool:
    """Whether a text names a usual subject."""
    return any(canonical(subject)[1] for subject, _weeks in read_cell(text).subjects)
