"""Reads a write profile; every mistake names the file, the key and what is allowed."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from connector.errors import FileUnreadable, SettingsError
from connector.errors.reasons import not_toml
from connector.i18n import _
from connector.planned import INVERSES
from connector.writes import Member, Search, WriteOperation, WriteProfile

KINDS = ("text", "int", "ints", "moment", "json")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_KEYS = frozenset({"method", "path", "query", "body", "success", "new_id", "find", "repeat"})
_FIND_KEYS = frozenset({"method", "path", "body", "match"})
_PLACE = re.compile(r"\{([^}]*)\}")
# What operations carry: columns of the mirror, the school, the object that is changed.
VALUES = frozenset(
    {
        "school",
        "target",
        "name",
        "parallel",
        "study_year",
        "type",
        "parent_ids",
        "last_name",
        "first_name",
    }
    | {
        "middle_name",
        "sex",
        "birthday",
        "snils",
        "date",
        "person_id",
        "edu_group_id",
        "from_group_id",
        "from",
    }
    | {"subject_id", "number", "hours", "teacher_ids", "place_id", "title", "items"}
)
# Class lists and schedules; marks and attendance travel by the documented calls.
_RESOURCES = ("edu_group", "person", "membership", "lesson")
_OPERATIONS = (*(op for op in INVERSES if op.split(".")[0] in _RESOURCES), "timetable.put")


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
        table = tomllib.loads(source.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileUnreadable(
            where=source, value=_("no such write profile"), allowed=_("a TOML file in UTF-8")
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileUnreadable(
            where=source, value=not_toml(error), allowed=_("a TOML file in UTF-8")
        ) from error
    title = table.pop("title", name)
    if not isinstance(title, str):
        raise _wrong(source, "title", '"…"')
    operations = {}
    for resource, verbs in table.items():
        for verb, operation in verbs.items() if isinstance(verbs, dict) else [("", verbs)]:
            key = f"{resource}.{verb}".rstrip(".")
            if key not in _OPERATIONS:
                raise _wrong(source, key, _OPERATIONS)
            operations[key] = _operation(source, key, operation)
    return WriteProfile(Path(name).stem, title, operations)


def _wrong(source: object, key: str, allowed: str | Iterable[str]) -> SettingsError:
    words = allowed if isinstance(allowed, str) else ", ".join(allowed)
    return SettingsError(where=source, key=key, value="…", allowed=words)


def _operation(source: object, key: str, table: Any) -> WriteOperation:  # noqa: ANN401 - TOML of whoever wrote it
    _check_table(source, key, table, _KEYS)
    if table.get("method") not in METHODS:
        raise _wrong(source, f"{key}.method", METHODS)
    success = table.get("success", [])
    if not isinstance(success, list) or not all(type(s) is int and 200 <= s < 300 for s in success):
        raise _wrong(source, f"{key}.success", "[200, 201]")
    new_id = table.get("new_id", "")
    if not isinstance(new_id, str):
        raise _wrong(source, f"{key}.new_id", '"id"')
    repeat = table.get("repeat", False)
    if not isinstance(repeat, bool):
        raise _wrong(source, f"{key}.repeat", "true, false")
    query = _members(source, key, "query", table)
    return WriteOperation(
        key,
        table["method"],
        _path(source, key, table),
        {wire: member.value for wire, member in query.items()},
        _members(source, key, "body", table) if "body" in table else None,
        frozenset(success),
        new_id,
        _search(source, f"{key}.find", table["find"]) if "find" in table else None,
        repeat,
    )


def _search(source: object, key: str, table: Any) -> Search:  # noqa: ANN401 - as above
    _check_table(source, key, table, _FIND_KEYS)
    if table.get("method") not in ("GET", "POST"):
        raise _wrong(source, f"{key}.method", ("GET", "POST"))
    return Search(
        table["method"],
        _path(source, key, table),
        _members(source, key, "body", table),
        _members(source, key, "match", table),
    )


def _check_table(source: object, key: str, table: object, known: frozenset[str]) -> None:
    if not isinstance(table, dict):
        raise _wrong(source, key, f"[{key}]")
    for name in table:
        if name not in known:
            raise _wrong(source, f"{key}.{name}", sorted(known))


def _path(source: object, key: str, table: Mapping[str, Any]) -> str:
    path = table.get("path")
    if not isinstance(path, str) or path.startswith("/") or "://" in path or not path:
        raise _wrong(source, f"{key}.path", "schools/{school}/…")
    for name in _PLACE.findall(path):
        if name not in VALUES:
            raise _wrong(source, f"{key}.path {{{name}}}", sorted(VALUES))
    return path


def _members(source: object, key: str, part: str, table: Mapping[str, Any]) -> dict[str, Member]:
    given = table.get(part, {})
    if not isinstance(given, dict):
        raise _wrong(source, f"{key}.{part}", '{ wire = "value:kind" }')
    members = {}
    for wire, text in given.items():
        value, colon, kind = str(text).partition(":")
        if not isinstance(text, str) or value not in VALUES:
            raise _wrong(source, f"{key}.{part}.{wire}", sorted(VALUES))
        if colon and kind not in KINDS:
            raise _wrong(source, f"{key}.{part}.{wire}", KINDS)
        members[wire] = Member(value, kind or "text")
    return members
