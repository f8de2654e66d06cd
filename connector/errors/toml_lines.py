"""On which line of a TOML file a key stands: the standard reader tells values only. Pure."""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"\s*(?P<path>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")


def key_lines(text: str) -> Mapping[str, int]:
    """Line, from one, of each table and key, by its path with dots.

    Meant for errors: of a file with keys inside long strings or inline tables it may know too many or too few.
    """
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _path(header["path"])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(".".join(filter(None, (table, _path(key["path"])))), number)
    return found


def _path(written: str) -> str:
    return ".".join(part.strip("\"'") for part in _PART.findall(written))
