"""JSON text of documents with long lists: written item by item, for all at once would take ten times the room."""

import json
from collections.abc import Callable, Iterator
from typing import Any

_plain: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, indent=2).encode


def json_parts(value: Any, margin: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """The text in parts, the same as `json.dumps` with an indent of two gives, whose lists may be iterators.

    Args:
        value: JSON values; iterators stand in the place of lists, below dictionaries and iterators only.
        margin: what the lines after the first begin with.

    """
    inner = f"{margin}  "
    if isinstance(value, Iterator):
        mark = "["
        for item in value:
            yield f"{mark}\n{inner}"
            yield from json_parts(item, inner)
            mark = ","
        yield "[]" if mark == "[" else f"\n{margin}]"
    elif isinstance(value, dict) and _is_long(value):
        mark = "{"
        for key, item in value.items():
            yield f"{mark}\n{inner}{_plain(key)}: "
            yield from json_parts(item, inner)
            mark = ","
        yield f"\n{margin}}}"
    else:
        # In a text a line break is written as two letters: those that are left are between lines.
        yield _plain(value).replace("\n", f"\n{margin}")


def _is_long(value: dict[str, Any]) -> bool:
    return any(
        isinstance(item, Iterator) or (isinstance(item, dict) and _is_long(item))
        for item in value.values()
    )


def settled(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same value with lists in the place of iterators; they are used up."""
    if isinstance(value, Iterator):
        return [settled(item) for item in value]
    if isinstance(value, dict):
        return {key: settled(item) for key, item in value.items()}
    return value
