"""Reads a write profile; every mistake names the file, the key and what is allowed."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from connector.errors import FileUnreadable, SettingsError
from connector.i18n import _
from connector.planned import INVERSES
from connector.writes import Member, Search, WriteOperation, WriteProfile

KINDS = ("text", "int", "ints", "moment", "json")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_KEYS = frozenset({"method", "path", "query", "body", "success", "new_id", "find", "repeat"})
_OPERATIONS = (*INVERSES, "timetable.put")


def read_write_profile(name: str) -> WriteProfile:
    """Read a profile by the name of a shipped one or by file name.

    Raises:
        SettingsError: there is no such profile, or it is none.

    """
    shipped = files("mappings") / "profiles" / f"{name}.toml"
    source: Path | Traversable = (
        shipped if name.isidentifier() and shipped.is_file() else Path(name)
    )
    try:
        table = tomllib.loads(source.read_bytes().decode())
    except OSError as error:
        raise FileUnreadable(
            where=source, value=_("no such write profile"), allowed=_("a TOML file in UTF-8")
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "UTF-8"
        raise FileUnreadable(
            where=source, value=place, allowed=_("a TOML file in UTF-8")
        ) from error
    title = table.pop("title", name)
    found = {
        f"{resource}.{verb}": operation
        for resource, verbs in table.items()
        if isinstance(verbs, dict)
        for verb, operation in verbs.items()
    }
    operations = {}
    for key, operation in found.items():
        if key not in _OPERATIONS:
            raise _wrong(source, key, _OPERATIONS)
        operations[key] = _operation(source, key, operation)
    return WriteProfile(Path(name).stem, str(title), operations)


def _wrong(source: object, key: str, allowed: str | Iterable[str]) -> SettingsError:
    words = allowed if isinstance(allowed, str) else ", ".join(allowed)
    return SettingsError(where=source, key=key, value="…", allowed=words)


def _operation(source: object, key: str, table: Any) -> WriteOperation:  # noqa: ANN401 - TOML of whoever wrote it
    if not isinstance(table, dict):
        raise _wrong(source, key, "[…]")
    for name in table:
        if name not in _KEYS:
            raise _wrong(source, f"{key}.{name}", sorted(_KEYS))
    if table.get("method") not in METHODS:
        raise _wrong(source, f"{key}.method", METHODS)
    path = table.get("path")
    if not isinstance(path, str) or path.startswith("/") or "://" in path:
        raise _wrong(source, f"{key}.path", "schools/{school}/…")
    success = table.get("success", [200])
    if not isinstance(success, list) or not all(isinstance(s, int) for s in success):
        raise _wrong(source, f"{key}.success", "[200, 201]")
    return WriteOperation(
        key,
        table["method"],
        path,
        {str(wire): str(value) for wire, value in table.get("query", {}).items()},
        _members(source, key, table["body"]) if "body" in table else None,
        frozenset(success),
        str(table.get("new_id", "")),
        _search(source, f"{key}.find", table["find"]) if "find" in table else None,
        repeat=_flag(source, f"{key}.repeat", table.get("repeat", False)),
    )


def _flag(source: object, key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(source, key, "true, false")
    return value


def _search(source: object, key: str, table: Mapping[str, Any]) -> Search:
    if table.get("method") not in ("GET", "POST") or not isinstance(table.get("path"), str):
        raise _wrong(source, key, 'method = "GET" | "POST", path')
    return Search(
        table["method"],
        table["path"],
        _members(source, key, table.get("body", {})),
        _members(source, key, table.get("match", {})),
    )


def _members(source: object, key: str, table: Any) -> dict[str, Member]:  # noqa: ANN401 - as above
    if not isinstance(table, dict):
        raise _wrong(source, f"{key}.body", '{ wire = "value:kind" }')
    members = {}
    for wire, text in table.items():
        value, _colon, kind = str(text).partition(":")
        if kind and kind not in KINDS:
            raise _wrong(source, f"{key}.{wire}", KINDS)
        members[wire] = Member(value, kind or "text")
    return members
