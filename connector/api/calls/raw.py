"""A call typed by the user (`dnevnik api`): any method and path, the answer as plain JSON."""

import re
from collections.abc import Sequence
from typing import Any

from connector.api.calls.base import Call, Evidence, Retry
from connector.api.decode import json_value
from connector.errors import UsageProblem
from connector.i18n import N_

# Reads that the vendor takes as POST: docs/vendor-api.md#writes. Whatever else is not a GET may write.
READS_AS_POST = frozenset(
    {
        "criteriajournalsections/many",
        "edu-groups",
        "edu-groups/students",
        "lessons/many",
        "lessons/many/marks",
        "lessons/marks",
        "users",
        "users/many",
        "works/many",
    }
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z-]*")


def raw(
    method: str, path: str, query: Sequence[tuple[str, str]] = (), body: object | None = None
) -> Call[Any]:
    """Make a call from what was typed.

    Args:
        method: HTTP verb, in any case.
        path: under the base address, e.g. `schools/1000001` or `/users/me/context`.
        query: pairs.
        body: JSON value.

    Raises:
        UsageProblem: the path is a whole address, or carries a query; the token must not go elsewhere.

    """
    verb, inner = method.upper(), path.strip("/")
    if (
        "://" in path
        or path.startswith("//")
        or set(inner) & set("?#\\")
        or ".." in inner.split("/")
    ):
        raise UsageProblem(
            N_(
                "Give the path below the base address only, without a query; add parameters with -f."
            )
        )
    reads = verb in ("GET", "HEAD") or (verb == "POST" and inner in READS_AS_POST)
    return Call(
        name="raw",
        method=verb,
        path=inner,
        template="/".join(part if _PLAIN.fullmatch(part) else "{…}" for part in inner.split("/")),
        query=tuple(query),
        body=body,
        decode=json_value,
        writes=not reads,
        retry=Retry.ALWAYS if reads else Retry.IF_UNPROCESSED,
        scope=(),
        evidence=Evidence("", "low"),
    )
