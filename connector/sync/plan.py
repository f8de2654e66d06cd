"""A plan put in order, given its digest, written as JSON and read back. Pure.

The digest is SHA-256 over the canonical JSON of everything else in the document, so that what is applied is what was
read by a person.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from connector.planned import (
    INVERSES,
    ORDER,
    Candidate,
    Channel,
    Guard,
    Link,
    Note,
    Operation,
    Plan,
    Question,
)

SCHEMA = "dnevnik/plan/1"
_RANK = {op: rank for rank, op in enumerate(ORDER)}


def digest_of(value: object) -> str:
    """SHA-256 in hexadecimal of a JSON value in its canonical form."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def arrange(
    operations: Iterable[Operation], *, channel: Channel, can: Collection[str] | None = None
) -> list[Operation]:
    """Put operations in the order of carrying out: numbers, what each needs, what it has seen, whether it can be undone.

    Args:
        operations: in any order.
        channel: by which all of them travel.
        can: operations the channel can do; None means all.

    """
    ordered = sorted(operations, key=_place_in_line)
    makers = {
        key: number
        for number, o in enumerate(ordered, 1)
        if o.op.endswith((".create", ".restore"))
        for key in (o.target, (o.resource, o.target))
    }
    freed: dict[tuple[str, ...], list[int]] = defaultdict(list)
    ends: dict[tuple[str, str], list[int]] = defaultdict(list)
    result = []
    for number, o in enumerate(ordered, 1):
        needs = {makers[key] for key in _relies_on(o) if key in makers}
        if o.op.endswith(".archive"):
            needs |= set(ends[o.resource, o.target])
        hour = _hour(o, {**(o.before or {}), **(o.after or {})})
        if hour and o.op in ("lesson.create", "lesson.update"):
            needs |= set(freed[hour])
        if o.op in ("membership.end", "membership.move"):
            ends["persons", o.target].append(number)
            ends["edu_groups", _left(o)].append(number)
        left = _hour(o, o.before or {})
        if left and o.op in ("lesson.cancel", "lesson.update"):
            freed[left].append(number)
        result.append(
            replace(
                o,
                number=number,
                channel=channel,
                # What would wait for a later one lacks its reference when its turn comes, and is skipped by that.
                needs=tuple(sorted(n for n in needs if n < number)),
                seen=o.seen or digest_of(o.before),
                irreversible=can is not None and INVERSES.get(o.op) not in can,
            )
        )
    return result


def _place_in_line(o: Operation) -> tuple[Any, ...]:
    rank = _RANK[o.op]
    if o.resource == "lessons":
        # They come in an order of their own: each frees the hour that a later one takes.
        return (rank,)
    is_part = bool((o.after or o.before or {}).get("parent_ids"))
    # Classes before their subgroups; where they go, after them.
    return rank, is_part != (o.op == "edu_group.archive"), o.edu_group, o.target, _text(o.after)


def _text(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)


def _hour(o: Operation, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Group, day and number of a lesson; empty where the values do not tell all of it."""
    if o.resource != "lessons" or "date" not in values or "number" not in values:
        return ()
    group = values.get("edu_group_id", o.edu_group)
    return str(group), str(values["date"]), str(values["number"])


def _left(o: Operation) -> str:
    values = o.before or o.after or {}
    return str(values.get("from_group_id") or values.get("edu_group_id") or o.edu_group)


def _relies_on(o: Operation) -> set[str | tuple[str, str]]:
    """References it holds, and what must have come back from the archive for it."""
    found: set[str | tuple[str, str]] = {o.edu_group, ("edu_groups", o.edu_group)}
    if o.resource == "memberships":
        found |= {o.target, ("persons", o.target)}
    elif not o.op.endswith(".create"):
        found.add(o.target)
    for value in (o.after or {}).values():
        found.update(map(str, value if isinstance(value, list | tuple) else (value,)))
    return {key for key in found if isinstance(key, tuple) or key.startswith("@")}


# --- JSON


def to_document(plan: Plan) -> dict[str, Any]:
    """The plan as a JSON object; `digest` covers everything else in it."""
    counts = Counter(o.kind for o in plan.operations)
    by_resource: dict[str, Counter[str]] = {}
    for o in plan.operations:
        by_resource.setdefault(o.resource, Counter())[o.kind] += 1
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "plan": plan.plan,
        "kind": plan.kind,
        "channel": plan.channel.value,
        "school_id": plan.school_id,
        "study_year": plan.study_year,
        "created_at": plan.created_at,
        "changes": {k: counts[k] for k in ("create", "update", "move", "archive")}
        | {"unchanged": plan.unchanged},
        "by_resource": {name: dict(sorted(c.items())) for name, c in sorted(by_resource.items())},
        "guards": [asdict(g) | {"tripped": g.tripped} for g in plan.guards],
        "unresolved": [
            asdict(q)
            | {"candidates": [asdict(c) | {"vendor_id": str(c.vendor_id)} for c in q.candidates]}
            for q in plan.unresolved
        ],
        "notes": [asdict(note) for note in plan.notes],
        "sources": plan.sources,
        "scope": plan.scope,
        "links": [
            asdict(link) | {"vendor_id": None if link.vendor_id is None else str(link.vendor_id)}
            for link in plan.links
        ],
        "operations": [
            {k: (list(v) if isinstance(v, tuple) else v) for k, v in asdict(o).items()}
            | {"channel": o.channel.value}
            for o in plan.operations
        ],
    }
    # What the dataclasses hold becomes plain JSON before it is digested.
    plain: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False, default=str))
    head = {"schema": plain.pop("schema"), "plan": plain.pop("plan")}
    return head | {"digest": digest_of(head | plain)} | plain


def from_document(document: Mapping[str, Any]) -> Plan:
    """Read a plan back.

    Raises:
        ValueError: it is no plan of this version, or its digest does not fit: it was edited or cut.

    """
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError("schema")
    if document.get("digest") != digest_of({k: v for k, v in document.items() if k != "digest"}):
        raise ValueError("digest")
    return Plan(
        plan=document["plan"],
        kind=document["kind"],
        school_id=document["school_id"],
        study_year=document["study_year"],
        channel=Channel(document["channel"]),
        created_at=document["created_at"],
        scope=document["scope"],
        sources=document["sources"],
        operations=[
            Operation(
                **{
                    **o,
                    "channel": Channel(o["channel"]),
                    "needs": tuple(o["needs"]),
                    "guards": tuple(o["guards"]),
                }
            )
            for o in document["operations"]
        ],
        guards=[Guard(g["name"], g["limit"], g["actual"]) for g in document["guards"]],
        unresolved=[
            Question(
                **{
                    **q,
                    "candidates": tuple(
                        Candidate(**{**c, "vendor_id": int(c["vendor_id"])})
                        for c in q["candidates"]
                    ),
                }
            )
            for q in document["unresolved"]
        ],
        notes=[Note(**note) for note in document["notes"]],
        links=[
            Link(
                **{
                    **link,
                    "vendor_id": None if link["vendor_id"] is None else int(link["vendor_id"]),
                }
            )
            for link in document["links"]
        ],
        unchanged=document["changes"]["unchanged"],
    )
