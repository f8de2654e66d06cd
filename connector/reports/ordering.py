"""In which order rows stand: by name, as people look things up, unless the names are hidden."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from connector.reports.selection import natural

Id = TypeVar("Id", int, int | None)


def ordered(ids: Iterable[Id], names: Mapping[int, str], *, hidden: bool = False) -> list[Id]:
    """Sort ids by their names, those without a name last.

    Args:
        ids: of classes, subjects or people; None stands for nobody.
        names: by id.
        hidden: numbers will take the names' place; the order must not tell who is who, so ids decide.

    """

    def key(one: Id) -> tuple[object, ...]:
        name = "" if hidden or one is None else names.get(one, "")
        return (one is None, not name, natural(name), one or 0)

    return sorted(ids, key=key)
