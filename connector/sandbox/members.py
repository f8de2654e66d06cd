"""Members of a body that asks for a change, read strictly: what is missing, wrong or unknown is named."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from connector.sandbox.access import Refusal
from connector.sandbox.routing import read_day

LONGEST_TEXT = 500
# More digits than any id of the vendor.
MOST_DIGITS = 19


class Members:
    """A JSON object whose members are `known`; ids may come as numbers, as digits, or in a twin `…_str`.

    Raises:
        Refusal: 400 `invalidRequest` with the member's name.

    """

    def __init__(self, body: Any, known: Iterable[str], *, required: Iterable[str] = ()) -> None:  # noqa: ANN401 - whatever JSON holds
        if not isinstance(body, dict):
            raise wrong("body", "is not an object")
        names = set(known) | set(required)
        for name in body:
            if name.removesuffix("_str") not in names:
                raise wrong(name[:40], "is not a member of this operation")
        self._body: dict[str, Any] = body
        for name in required:
            if self._value(name) is None:
                raise wrong(name, "is missing")

    def __contains__(self, name: str) -> bool:
        """Whether the body has the member, be it null."""
        return name in self._body or f"{name}_str" in self._body

    def has(self, name: str) -> bool:
        """Whether the body gives a value that is not null."""
        return self._value(name) is not None

    def filled(self, name: str) -> bool:
        """Whether the value is neither missing nor null nor empty."""
        return bool(self._value(name))

    def text(self, name: str) -> str:
        """A text that is not blank."""
        found = self.text_or_none(name)
        if found is None:
            raise wrong(name, "is empty")
        return found

    def text_or_none(self, name: str) -> str | None:
        """A text; null where it is missing, null or blank."""
        value = self._value(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
            raise wrong(name, "is not a text")
        return value if value.strip() else None

    def is_text(self, name: str) -> bool:
        """Whether the value is a text."""
        return isinstance(self._value(name), str)

    def items(self, name: str) -> list[Any]:
        """A list that is not empty."""
        value = self._value(name)
        if not isinstance(value, list) or not value:
            raise wrong(name, "is not a list with items")
        return value

    def number(self, name: str, low: int, high: int) -> int:
        """A whole number between two bounds, both included."""
        value = self._value(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise wrong(name, f"is not a whole number from {low} to {high}")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where it is missing."""
        value = self._value(name)
        if value is not None and not isinstance(value, bool):
            raise wrong(name, "is neither true nor false")
        return bool(value)

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """One of some words."""
        value = self._value(name)
        if value not in (known := tuple(allowed)):
            raise wrong(name, f"is not one of {', '.join(known)}")
        return str(value)

    def day(self, name: str) -> date:
        """A day, alone or with a time."""
        value = self._value(name)
        try:
            return read_day(value if isinstance(value, str) else "")
        except ValueError as error:
            raise wrong(name, "is not a day") from error

    def id(self, name: str) -> int:
        """An id."""
        return _id(name, self._value(name))

    def ids(self, name: str) -> list[int]:
        """A list of different ids; empty where it is missing or null."""
        value = self._value(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise wrong(name, "is not a list of ids")
        found = [_id(name, item) for item in value]
        if len(set(found)) < len(found):
            raise wrong(name, "names an id twice")
        return found

    def _value(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        twin = self._body.get(f"{name}_str")
        return self._body.get(name) if twin is None else twin


def wrong(name: str, what: str) -> Refusal:
    """What is wrong with a member."""
    return Refusal(400, "invalidRequest", f"{name} {what}")


def _id(name: str, value: Any) -> int:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str) and value.isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise wrong(name, "is not an id")
    return value
