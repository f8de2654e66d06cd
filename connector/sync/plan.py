"""A plan put in order, given its digest, written as JSON and read back. Pure.

The digest is SHA-256 over the canonical JSON of everything else in the document, so that what is applied is what was
read by a person.
"""

import hashlib
import json
from collections import Counter
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
    ref,
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
    # Changes of lessons come in an order of their own: each frees the hour that a later one takes.
    ordered = sorted(
        operations,
        key=lambda o: (_RANK[o.op], *(() if o.resource == "lessons" else _place_in_list(o))),
    )
    makers = {
        o.target: n
        for n, o in enumerate(ordered, 1)
        if o.target.startswith("@") and o.before is None and o.op.endswith(".create")
    }
    freed: dict[tuple[str, ...], list[int]] = {}
    ends: dict[str, list[int]] = {}
    for number, o in enumerate(ordered, 1):
        if o.op in ("lesson.cancel", "lesson.update") and o.before:
            freed.setdefault(_place(o, o.before), []).append(number)
        if o.op in ("membership.end", "membership.move"):
            ends.setdefault(o.target, []).append(number)
            ends.setdefault(_left(o), []).append(number)
    result = []
    for number, o in enumerate(ordered, 1):
        needs = {makers[r] for r in _references(o) if r in makers} - {number}
        if o.op in ("person.archive", "edu_group.archive"):
            needs |= set(ends.get(o.target, ()))
        if o.op in ("lesson.create", "lesson.update") and o.after:
            place = _place(o, {**(o.before or {}), **o.after})
            needs |= {n for n in freed.get(place, ()) if n < number}
        result.append(
            replace(
                o,
                number=number,
                channel=channel,
                needs=tuple(sorted(needs)),
                seen=o.seen or digest_of(o.before),
                irreversible=can is not None and INVERSES.get(o.op) not in can,
            )
        )
    return result


def _place_in_list(o: Operation) -> tuple[str, ...]:
    return o.edu_group, o.target, _text(o.after)


def _text(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)


def _place(o: Operation, values: Mapping[str, Any]) -> tuple[str, ...]:
    group = values.get("edu_group_id", o.edu_group)
    return str(group), str(values.get("date", "")), str(values.get("number", ""))


def _left(o: Operation) -> str:
    values = o.before or o.after or {}
    return str(values.get("from_group_id") or values.get("edu_group_id") or o.edu_group)


def _references(o: Operation) -> set[str]:
    found = {o.edu_group, o.target} if not o.op.endswith(".create") else {o.edu_group}
    for value in (o.after or {}).values():
        found |= {
            v
            for v in (value if isinstance(value, list | tuple) else (value,))
            if isinstance(v, str)
        }
    return {value for value in found if value.startswith("@")}


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


def creates(plan: Plan) -> dict[str, Operation]:
    """The operation that makes each referenced object."""
    return {
        o.target: o
        for o in plan.operations
        if o.op.endswith(".create") and o.target.startswith("@")
    }


__all__ = ["SCHEMA", "arrange", "creates", "digest_of", "from_document", "ref", "to_document"]
