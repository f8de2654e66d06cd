"""The plan that takes an applied plan back: managed values of live rows as they were, ids aside. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from connector.planned import INVERSES, Operation

_Values = dict[str, Any]


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
    target = _settled(o.target, made)
    if target.startswith("@") or not INVERSES[o.op] or (o.op.endswith(".update") and not o.before):
        return None
    before, after = _all_settled(o.before, made), _all_settled(o.after, made)
    edu_group = _settled(o.edu_group, made)
    op = "log_entry.put" if o.op == "log_entry.put" and o.before else INVERSES[o.op]
    if o.resource == "memberships":
        edu_group, before, after = _membership_back(o.op, target, edu_group, after or before or {})
    else:
        before, after = _object_back(o.op, before, after)
    return replace(
        o,
        op=op,
        target=target,
        edu_group=edu_group,
        before=before,
        after=after,
        reason="undo",
        evidence="journal",
        seen="",
        number=0,
        needs=(),
        guards=(),
        irreversible=False,
    )


def _object_back(
    op: str, before: _Values | None, after: _Values | None
) -> tuple[_Values | None, _Values | None]:
    if op.endswith((".create", ".restore")):
        # What was planned is what is expected to stand: whoever changed it since keeps his change.
        return after, None
    if op.endswith(".update"):
        return {name: (after or {}).get(name, was) for name, was in (before or {}).items()}, before
    if op == "log_entry.put":
        return after, before
    return None, before


def _membership_back(
    op: str, person: str, edu_group: str, place: _Values
) -> tuple[str, _Values | None, _Values]:
    """Group that the inverse happens in, what it expects, what it wants."""
    pair = {"person_id": person, "edu_group_id": place.get("edu_group_id", edu_group)}
    if op == "membership.add":
        return edu_group, pair, pair | {"date": place.get("from")}
    if op == "membership.end":
        return edu_group, None, pair | {"from": place.get("date")}
    origin = str(place.get("from_group_id"))
    way = {"from_group_id": pair["edu_group_id"], "edu_group_id": origin}
    return origin, pair, {"person_id": person, **way, "date": place.get("date")}


def _settled(text: str, made: Mapping[str, int]) -> str:
    return str(made[text]) if text in made else text


def _all_settled(values: Mapping[str, Any] | None, made: Mapping[str, int]) -> _Values | None:
    if values is None:
        return None
    return {
        name: [_settled(str(item), made) for item in value]
        if isinstance(value, list | tuple)
        else _settled(value, made)
        if isinstance(value, str)
        else value
        for name, value in values.items()
    }
