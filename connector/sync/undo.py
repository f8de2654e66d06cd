"""The plan that takes an applied plan back: managed values of live rows as they were, ids aside. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from connector.planned import INVERSES, Operation


def undo(
    applied: Collection[Operation], made: Mapping[str, int]
) -> tuple[list[Operation], list[Operation]]:
    """Inverse operations of those that were applied, latest first.

    Args:
        applied: operations that landed.
        made: ids of the objects that the plan created, by reference.

    Returns:
        What takes them back, and the operations that nothing takes back.

    """
    back, stuck = [], []
    for o in sorted(applied, key=lambda o: -o.number):
        inverse = None if o.irreversible else _inverse(o, made)
        if inverse is None:
            stuck.append(o)
        else:
            back.append(inverse)
    return back, stuck


def _inverse(o: Operation, made: Mapping[str, int]) -> Operation | None:
    def known(text: str) -> str:
        return str(made[text]) if text in made else text

    def settled(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if values is None:
            return None
        return {
            name: [known(str(v)) for v in value]
            if isinstance(value, list | tuple)
            else known(value)
            if isinstance(value, str)
            else value
            for name, value in values.items()
        }

    target, after, before = known(o.target), settled(o.after), settled(o.before)
    if target.startswith("@"):
        return None
    values: tuple[dict[str, Any] | None, dict[str, Any] | None]
    match o.op.split(".")[1]:
        case "create":
            # What was planned is what is expected to stand: whoever changed it since keeps his change.
            values = after, None
        case "update":
            values = {name: (after or {}).get(name) for name in before or {}}, before
        case "move":
            place = after or {}
            values = (
                None,
                {
                    "person_id": target,
                    "from_group_id": place.get("edu_group_id"),
                    "edu_group_id": place.get("from_group_id"),
                    "date": place.get("date"),
                },
            )
        case "add":
            place = after or {}
            pair = {"person_id": target, "edu_group_id": place.get("edu_group_id")}
            values = pair, pair | {"date": place.get("from")}
        case "end":
            place = after or before or {}
            values = (
                None,
                {
                    "person_id": target,
                    "edu_group_id": place.get("edu_group_id"),
                    "from": place.get("date"),
                },
            )
        case _:
            values = None, before
    return replace(
        o,
        op=INVERSES[o.op],
        target=target,
        edu_group=known(o.edu_group),
        before=values[0],
        after=values[1],
        reason="undo",
        evidence="journal",
        seen="",
        number=0,
        needs=(),
        guards=(),
        irreversible=False,
    )
