"""Days as people and spreadsheets write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_MONTHS = tuple(
    re.compile(form).fullmatch
    for form in (
        *("янв(?:ар[ья])?", "фев(?:р|рал[ья])?", "март?а?", "апр(?:ел[ья])?", "ма[йя]", "июн[ья]?"),
        *("июл[ья]?", "авг(?:уста?)?", "сент?(?:ябр[ья])?", "окт(?:ябр[ья])?", "нояб?(?:р[ья])?"),
        "дек(?:абр[ья])?",
    )
)
_NUMBERS = re.compile(r"(\d{1,2})\s*[./,\s-]\s*(\d{1,2})\s*[./,\s-]\s*(\d{4}|\d{2})")
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
# Which group is the day, the month and the year.
_FORMS = ((_NUMBERS, 1, 2, 3), (_RUN, 1, 2, 3), (_ISO, 3, 2, 1))
_WORDS = re.compile(r"(\d{1,2})\s*-?(?:го)?\s+([а-я]{3,8})\.?\s+(\d{4}|\d{2})")
_CLOCK = re.compile(r"[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?$")
_YEAR_WORD = re.compile(r"\s*г(?:\.|ода?|од)?\s*(?:р(?:\.|ожд\w*\.?)?)?$")
# Serial numbers of 1950 to 2100: a phone or a count must not become a day.
_SERIALS = range(18264, 73415)
_EPOCH = date(1899, 12, 30)
_SHIFT_1904 = timedelta(days=1462)


@dataclass(frozen=True, slots=True)
class Day:
    """What a cell says of a day.

    Attributes:
        day: None where it says none.
        rule: word of what is wrong or was guessed: `bad_date`, `year_only`, `serial_date`, `short_year`; "" where plain.

    """

    day: date | None
    rule: str = ""


def read_day(value: object, *, today: date, epoch_1904: bool = False) -> Day:
    """Read a day; a two-digit year is the latest one that has come.

    Args:
        value: of a cell: a date, a serial number, or text in any usual form.
        today: what "has come" means.
        epoch_1904: serial numbers count from 1904, as in workbooks of old Macs.

    """
    if isinstance(value, datetime):
        return Day(value.date())
    if isinstance(value, date):
        return Day(value)
    if isinstance(value, bool) or value is None:
        return Day(None, "" if value is None else "bad_date")
    if isinstance(value, int | float):
        return _number(value, epoch_1904=epoch_1904)
    return _text(str(value), today=today, epoch_1904=epoch_1904)


def _number(value: float, *, epoch_1904: bool) -> Day:
    if 1900 <= value <= 2100 and value == int(value):
        return Day(None, "year_only")
    # Written so that it is false for what is no number at all.
    if not _SERIALS.start <= value < _SERIALS.stop:
        return Day(None, "bad_date")
    return Day(
        _EPOCH + timedelta(days=int(value)) + (_SHIFT_1904 if epoch_1904 else timedelta()),
        "serial_date",
    )


def _text(text: str, *, today: date, epoch_1904: bool) -> Day:
    plain = text
    if not _NUMBERS.fullmatch(text):
        plain = " ".join(text.split()).casefold().strip(" .,;")
        plain = _CLOCK.sub("", _YEAR_WORD.sub("", plain)).strip()
    if not any(map(str.isalnum, plain)):
        return Day(None)
    if plain.isascii() and plain.isdigit() and len(plain) in (4, 5):
        return _number(int(plain), epoch_1904=epoch_1904)
    for form, day, month, year in _FORMS:
        if found := form.fullmatch(plain):
            return _day(int(found[day]), int(found[month]), found[year], today)
    if (found := _WORDS.fullmatch(plain)) and (number := _month(found[2])):
        return _day(int(found[1]), number, found[3], today)
    return Day(None, "bad_date")


def _month(word: str) -> int:
    """Number of a month by its word in any case, 0 for another word."""
    for number, is_it in enumerate(_MONTHS, start=1):
        if is_it(word):
            return number
    return 0


def _day(day: int, month: int, year: str, today: date) -> Day:
    number = int(year)
    if len(year) == 2:
        number += 2000 if 2000 + number <= today.year else 1900
    try:
        return Day(date(number, month, day), "short_year" if len(year) == 2 else "")
    except ValueError:
        return Day(None, "bad_date")
