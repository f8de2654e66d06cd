"""One comparison for pull, push, verify and restore: rows that are, rows that should be, what differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connector.records import Row

Key = Row


@dataclass(slots=True)
class Difference:
    """What turns the existing rows into the desired ones.

    Attributes:
        created: desired rows whose key does not exist.
        updated: pairs (existing, desired) whose managed columns differ.
        deleted: existing rows whose key is not desired.
        unchanged: number of rows that agree.

    """

    created: list[Row] = field(default_factory=list)
    updated: list[tuple[Row, Row]] = field(default_factory=list)
    deleted: list[Row] = field(default_factory=list)
    unchanged: int = 0


def diff(
    existing: Mapping[Key, Row],
    desired: Iterable[Row],
    *,
    width: int,
    managed: tuple[int, ...] | None = None,
) -> Difference:
    """Compare the rows of one scope.

    Args:
        existing: rows as they are, by key.
        desired: rows as they should be; a row starts with its key.
        width: number of leading columns that form the key.
        managed: positions of the columns we own; others are never compared. None means all.

    Returns:
        The difference; created and updated keep the order of `desired`, deleted that of `existing`.

    Raises:
        ValueError: two desired rows share a key.

    """
    found = Difference()
    seen: set[Key] = set()
    for row in desired:
        key = row[:width]
        if key in seen:
            raise ValueError(f"two rows share a key of {width} columns")
        seen.add(key)
        old = existing.get(key)
        if old is None:
            found.created.append(row)
        elif old == row or (managed is not None and all(old[i] == row[i] for i in managed)):
            found.unchanged += 1
        else:
            found.updated.append((old, row))
    found.deleted = [row for key, row in existing.items() if key not in seen]
    return found


def changed_columns(
    columns: tuple[str, ...], before: Row, after: Row
) -> tuple[dict[str, object], dict[str, object]]:
    """The columns that differ, as they were and as they are."""
    names = [name for name, old, new in zip(columns, before, after, strict=True) if old != new]
    positions = [columns.index(name) for name in names]
    return {columns[i]: before[i] for i in positions}, {columns[i]: after[i] for i in positions}
