"""Steps that an operator does by hand from a checklist, in the terms of the write calls."""

import re
from functools import partial
from typing import Any

from connector.sandbox import wire
from connector.sandbox.access import Refusal, Viewer
from connector.sandbox.ledger import Ledger
from connector.sandbox.rowwise import Result, Unfit, carried_out

MOST_STEPS = 10_000
# Operation → method, path, members of the query.
OPERATIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "edu_group.create": ("POST", "/schools/{school}/edu-groups", ()),
    "edu_group.update": ("PUT", "/edu-groups/{group}", ()),
    "edu_group.archive": ("DELETE", "/edu-groups/{group}", ()),
    "edu_group.restore": ("POST", "/edu-groups/{group}/restore", ()),
    "person.create": ("POST", "/schools/{school}/persons", ()),
    "person.update": ("PUT", "/persons/{person}", ()),
    "person.archive": ("DELETE", "/persons/{person}", ("date",)),
    "person.restore": ("POST", "/persons/{person}/restore", ()),
    "membership.add": ("POST", "/edu-groups/{group}/students", ()),
    "membership.move": ("POST", "/persons/{person}/transfers", ()),
    "membership.end": ("DELETE", "/edu-groups/{group}/students/{person}", ("date",)),
    "lesson.create": ("POST", "/edu-groups/{group}/lessons", ()),
    "lesson.update": ("PUT", "/lessons/{lesson}", ()),
    "lesson.cancel": ("DELETE", "/lessons/{lesson}", ()),
    "lesson.restore": ("POST", "/lessons/{lesson}/restore", ()),
    "timetable.put": ("PUT", "/schools/{school}/timetables", ()),
}
_PARAMETER = re.compile(r"\{(\w+)\}")


def carry_out_steps(ledger: Ledger, steps: Any) -> Result:  # noqa: ANN401 - whatever JSON holds
    """Carry out steps one after the other, each `{"op": …}` with what its write call takes.

    Ids of the call's path and members of its query stand beside those of its body:
    `{"op": "lesson.cancel", "lesson": "…"}`, `{"op": "membership.end", "group": "…", "person": "…", "date": "…"}`.

    Raises:
        Refusal: 400, the steps are no list of objects; nothing was done.

    """
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise Refusal(400, "invalidRequest", "the body is not a list of steps")
    if not all(isinstance(step, dict) for step in steps):
        raise Refusal(400, "invalidRequest", "a step is not an object")
    return carried_out((n, partial(_step, ledger, step)) for n, step in enumerate(steps, 1))


def _step(ledger: Ledger, step: dict[str, Any]) -> None:
    body = dict(step)
    op = OPERATIONS.get(str(body.pop("op", "")))
    if op is None:
        raise Unfit(f"op is not one of {', '.join(OPERATIONS)}")
    method, template, asked = op
    taken = {"school": str(wire.SCHOOL_ID)}
    for name in set(_PARAMETER.findall(template)) - taken.keys():
        taken[name] = str(body.pop(f"{name}_str", body.pop(name, "")))
        if not taken[name].isdecimal():
            raise Unfit(f"{name} is not an id")
    query = {name: [str(body.pop(name))] for name in asked if name in body}
    if body and method not in {"POST", "PUT"}:
        raise Unfit(f"{next(iter(body))[:40]} is not a member of this operation")
    viewer = Viewer("admin", ledger.desk.school.admin)
    ledger.call(method, template.format_map(taken), query, body or None, viewer)
