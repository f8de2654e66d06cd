"""Plays the operator of the demo: uploads import workbooks to the emulated panel and works through the checklist."""

import json
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connector.api.gateway import write_call
from connector.planned import Operation
from connector.sync.outcome import Resolver
from connector.writes import WriteProfile
from mappings.import_rows import ByHand

# Which ids the panel wants beside the body, by operation.
_IDS = {
    "membership.add": {"group": "edu_group_id"},
    "membership.move": {"person": "person_id"},
    "membership.end": {"group": "edu_group_id", "person": "person_id"},
    "lesson.create": {"group": "edu_group_id"},
}
_TARGETS = {"edu_group": "group", "person": "person", "lesson": "lesson"}


class Operator:
    """Sits at the panel of one emulated school; `profile` tells what the fields of its forms are called."""

    def __init__(self, base_url: str, school_id: str, profile: WriteProfile) -> None:
        self._base_url = base_url
        self._school = school_id
        self._profile = profile

    def upload(self, workbook: Path) -> dict[str, Any]:
        """Give a workbook to the panel: `rows`, `done`, `refused`."""
        return posted(self._base_url, "import", workbook.read_bytes())

    def work_through(self, steps: Iterable[ByHand], known: Resolver) -> dict[str, Any]:
        """Carry out steps of the checklist: `rows`, `done`, `refused`."""
        orders = [self._order(step.operation, known) for step in steps]
        return posted(self._base_url, "checklist", orders)

    def _order(self, o: Operation, known: Resolver) -> dict[str, Any]:
        target = known.id_of(o.target)
        values = {
            **(known.resolved(o.after or o.before) or {}),
            "school": self._school,
            "target": target,
        }
        call = write_call(self._profile, o.op, values)
        ids: Mapping[str, Any] = (
            {name: values[value] for name, value in _IDS[o.op].items()}
            if o.op in _IDS
            else {}
            if o.op.endswith(".create")
            else {_TARGETS[o.op.partition(".")[0]]: target}
        )
        body: Mapping[str, Any] = call.body if isinstance(call.body, dict) else {}
        return {"op": o.op, **body, **dict(call.query), **ids}


def posted(base_url: str, call: str, body: object) -> dict[str, Any]:
    """Give an order at the control door of the school at `base_url`: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    # Always the emulator of this process on a loopback port.
    request = urllib.request.Request(  # noqa: S310 - as above
        f"{base_url.removesuffix('/v2')}/__sandbox/{call}", data=data, method="POST"
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        result: dict[str, Any] = json.load(answer)
    return result
