"""The vendor's times: days, UTC moments, local times; never an offset (docs/vendor-api.md#dates-and-times).

Unpadded months, a trailing Z and .NET's seven fractional digits are read; the seventh digit is dropped.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

_SHAPE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{1,9}))?)?)?(Z?)",
)


def _read(text: str) -> datetime | None:
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, _ = found.groups(default="0")
    try:
        return datetime(  # noqa: DTZ001 - a local time has no zone until the school's setting gives it one
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second),
            int(fraction[:6].ljust(6, "0")),
        )
    except ValueError:
        return None


# Lessons share a few days and bells a few times; moments of entry are all different and would only wash the cache.
@lru_cache(maxsize=4096)
def read_local(text: str) -> datetime | None:
    """Read a time as it stands, without a zone; None when it is none."""
    return _read(text)


def read_day(text: str) -> date | None:
    """Read the day of a local time; None when it is none."""
    moment = read_local(text)
    return None if moment is None else moment.date()


def read_moment(text: str) -> datetime | None:
    """Read a UTC moment; None when it is none."""
    moment = _read(text)
    return None if moment is None else moment.replace(tzinfo=UTC)


def moment_text(moment: datetime) -> str:
    """Write a UTC moment the mirror's way: `2024-09-02T08:15:00[.123456]Z`."""
    return moment.replace(tzinfo=None).isoformat() + "Z"
