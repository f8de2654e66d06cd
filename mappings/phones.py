"""Phones and mail addresses as people type them, several to a cell."""

import re

_SPLIT = re.compile(r"[,;/\n]|\s{2,}|\s+(?=(?:\+7|8)[\s(-]?\(?\d{3})")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NOTE = re.compile(r"[^\d+()\s.-]+")


def read_phones(value: object) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Split a cell into phones as `+7XXXXXXXXXX`, mail addresses, and pieces that are neither.

    Words beside a number ("мама") are no piece of their own. A number abroad keeps its own country code.
    """
    if value is None:
        return (), (), ()
    text = str(value)
    mails = tuple(_MAIL.findall(text))
    phones: list[str] = []
    unread: list[str] = []
    for piece in _SPLIT.split(_MAIL.sub(" ; ", text)):
        shown = " ".join(piece.split())
        if not any(map(str.isdigit, shown)):
            continue
        found = _phone(_NOTE.sub(" ", shown))
        if found is None:
            unread.append(shown)
        elif found not in phones:
            phones.append(found)
    return tuple(phones), mails, tuple(unread)


def _phone(text: str) -> str | None:
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+") and not digits.startswith("7"):
        return f"+{digits}" if 9 <= len(digits) <= 15 else None
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == 10 and digits[0] in "3489":
        return f"+7{digits}"
    return None
