"""Masks, times and numbers of aSc exports, both schemas. Pure, no messages."""

import re
from functools import lru_cache

_MASK = re.compile(r"[01]{1,60}")
_TIME = re.compile(r"\s*([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?\s*")
_NUMBER = re.compile(r"\s*(\d{1,4})(?:[.,](\d{1,6}))?\s*")
_WHOLE = re.compile(r"\s*(\d{1,3})\s*")


@lru_cache(maxsize=256)
def days_of(mask: str) -> tuple[int, ...] | None:
    """Days of a bit string from Monday = 1; all of them for `111111`. None where it is no single set of days."""
    mask = mask.strip()
    if not _MASK.fullmatch(mask) or len(mask) > 7 or "1" not in mask:
        return None
    return tuple(day for day, bit in enumerate(mask, start=1) if bit == "1")


@lru_cache(maxsize=256)
def cycle_of(mask: str) -> str | None:
    """The shortest mask that means the same: `11` is `1`, `1010` is `10`. None for no week at all and for alternatives."""
    mask = mask.strip()
    if not _MASK.fullmatch(mask) or "1" not in mask:
        return None
    size = len(mask)
    for part in range(1, size):
        if size % part == 0 and mask[:part] * (size // part) == mask:
            return mask[:part]
    return mask


def share_of(mask: str) -> float:
    """The share of weeks a mask of `cycle_of` stands for."""
    return mask.count("1") / len(mask)


def clock(text: str) -> str:
    """`8:30` → `08:30`; "" where it is no time."""
    found = _TIME.fullmatch(text)
    return f"{int(found[1]):02}:{found[2]}" if found else ""


@lru_cache(maxsize=1024)
def hours(text: str) -> float | None:
    """`1.5`, or `1,5` where the export does not use dots; None where it is no number."""
    found = _NUMBER.fullmatch(text)
    return float(f"{found[1]}.{found[2] or 0}") if found else None


@lru_cache(maxsize=256)
def whole(text: str) -> int | None:
    """A small whole number, None where it is none."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None
