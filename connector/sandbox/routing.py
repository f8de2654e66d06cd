"""Paths to answers: one table, filled by the modules that answer."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connector.sandbox.access import Viewer, not_found
from connector.sandbox.desk import Desk

Params = dict[str, str]
# An answer is an object to be written as JSON, or JSON text that is ready.
Answer = Any
Handler = Callable[[Desk, "Call"], Answer]
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]*Z?)?")


class Ready(str):
    """JSON text that needs no writing."""

    __slots__ = ()


class Done:
    """An answer without a body: 204."""


def rows(parts: Iterable[str]) -> Ready:
    """A JSON array of ready rows; a part may hold several rows joined by commas, or none."""
    return Ready(f"[{','.join(filter(None, parts))}]")


@dataclass(slots=True)
class Call:
    """One request as the answers see it."""

    viewer: Viewer
    path: Params
    query: dict[str, list[str]] = field(default_factory=dict)
    body: Any = None

    def id(self, name: str) -> int:
        """An id from the path."""
        return _number(self.path[name], name)

    def day(self, name: str) -> date:
        """A day from the path: `YYYY-MM-DD`, unpadded, or a date-time in any of the forms seen (notes, section 4)."""
        return _day(self.path[name], name)

    def asked(self, name: str) -> str | None:
        """First value of a query member."""
        return next(iter(self.query.get(name, [])), None)

    def asked_id(self, name: str) -> int | None:
        """An id from the query."""
        value = self.asked(name)
        return None if value is None else _number(value, name)

    def asked_day(self, name: str) -> date:
        """A day from the query; required."""
        return _day(self.asked(name) or "", name)

    def asked_ids(self, name: str) -> list[int]:
        """A query member repeated once per id."""
        return [_number(value, name) for value in self.query.get(name, [])]

    def day_or(self, name: str, otherwise: date) -> date:
        """A day from the query that may be missing."""
        return otherwise if self.asked(name) is None else self.asked_day(name)

    def body_ids(self) -> list[int]:
        """A bare JSON array of ids."""
        if not isinstance(self.body, list):
            raise not_found("ids")
        return [_number(str(value), "ids") for value in self.body]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    literals: int
    writes: bool = False
    ours: bool = False


class Routes:
    """All operations; literal segments win over parameters."""

    def __init__(self) -> None:
        self._by_shape: dict[tuple[str, int], list[Route]] = {}

    def __call__(
        self,
        method: str,
        *templates: str,
        writes: bool = False,
        ours: bool = False,
        documented: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register an answer under one or several spellings of its path.

        Args:
            method: HTTP verb.
            templates: paths with parameters in braces.
            writes: it changes the school; unless it is `documented`, it is ours.
            ours: of the write profile `reference`, which no notes of the vendor know.
            documented: a write that the notes of the vendor name.

        """

        def register(handler: Handler) -> Handler:
            for template in templates:
                self._add(
                    method,
                    template,
                    handler,
                    writes=writes or documented,
                    ours=writes or ours,
                )
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Route, Params] | None:
        """The operation a path names, and its parameters."""
        for route in self._by_shape.get((method, path.count("/")), []):
            match = route.pattern.fullmatch(path)
            if match:
                return route, match.groupdict()
        return None

    def all(self) -> list[tuple[str, str]]:
        """Methods and path templates of the vendor's reads that answer; what is ours is left out."""
        return self._of_the_vendor(writes=False)

    def documented_writes(self) -> list[tuple[str, str]]:
        """Methods and path templates of the writes that the notes of the vendor name."""
        return self._of_the_vendor(writes=True)

    def _of_the_vendor(self, *, writes: bool) -> list[tuple[str, str]]:
        return sorted(
            (route.method, route.template)
            for routes in self._by_shape.values()
            for route in routes
            if not route.ours and route.writes is writes
        )

    def _add(
        self, method: str, template: str, handler: Handler, *, writes: bool, ours: bool
    ) -> None:
        pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/&]+)", re.escape(template)))
        route = Route(method, template, pattern, handler, -template.count("{"), writes, ours)
        known = self._by_shape.setdefault((method, template.count("/")), [])
        known.append(route)
        known.sort(key=lambda r: -r.literals)


route = Routes()


def _number(value: str, name: str) -> int:
    if not value.isdecimal() or len(value) > 19:
        raise not_found(name)
    return int(value)


def _day(value: str, name: str) -> date:
    try:
        return read_day(value)
    except ValueError as error:
        raise not_found(name) from error


def read_day(value: str) -> date:
    """A day in any of the forms seen.

    Raises:
        ValueError: it is none.

    """
    match = _DAY.fullmatch(value)
    return date(*(int(part) for part in match.groups())) if match else date.fromisoformat(value)
