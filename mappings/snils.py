"""СНИЛС: eleven digits of which the last two check the first nine.

The sum is that of the pension fund's rule: digits times 9…1, modulo 101, 100 counted as 00; numbers up to
001-001-998 were given out before the rule and carry no check.
"""

import re
from operator import mul

_FILLERS = re.compile(r"[\s\u00a0.‐‑‒–—−-]")
_FIRST_CHECKED = 1_001_999


def read_snils(value: object) -> str | None:
    """Give eleven digits, "" for an empty cell, None for what is no СНИЛС.

    Lost leading zeros are put back; a number that a spreadsheet made of it counts as its digits.
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return None
    digits = _FILLERS.sub("", str(value).removesuffix(".0"))
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()) or not 9 <= len(digits) <= 11:
        return None
    digits = digits.zfill(11)
    return digits if _is_checked(digits) else None


def _is_checked(digits: str) -> bool:
    number = int(digits[:9])
    if number == 0:
        return False
    if number < _FIRST_CHECKED:
        return True
    total = sum(map(mul, map(int, digits), range(9, 0, -1)))
    return bool(total % 101 % 100 == int(digits[9:]))
