"""What a vendor call is: data that says what to send and how to read the answer. Nothing here sends."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from connector.api.decode import Decoded

__all__ = ["EDUCATION", "Call", "Decoded", "Evidence", "Retry", "reading"]

T = TypeVar("T")


class Retry(Enum):
    """When a call may be sent again."""

    ALWAYS = "always"  # it changes nothing
    IF_UNPROCESSED = "if unprocessed"  # only when the vendor provably did nothing with it


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the call is known from.

    Attributes:
        source: operationId in docs/openapi.yaml, which lists the witnesses; "" for a call typed by the user.
        confidence: `high` (two sources or a working client), `medium` (one careful source) or `low`.

    """

    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request and the way to read its answer.

    Attributes:
        name: of the function that made it.
        method: HTTP verb.
        path: under the base address, with ids.
        template: the same without ids; the only form that may be logged or shown.
        query: pairs; a list repeats its key.
        body: JSON value to send, None for none.
        decode: bytes of a successful answer to a value; raises `Unreadable`.
        writes: False for reads, also for those the vendor takes as POST.
        retry: when it may be repeated.
        scope: OAuth scopes that it needs.
        evidence: where it is known from.
        success: statuses that mean done; empty: any of 2xx.

    """

    name: str
    method: str
    path: str
    template: str
    query: tuple[tuple[str, str], ...]
    body: object | None
    decode: Callable[[bytes], Decoded[T]]
    writes: bool
    retry: Retry
    scope: tuple[str, ...]
    evidence: Evidence
    success: frozenset[int] = frozenset()

    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal of method, path, query and body: equal requests have equal fingerprints."""
        text = json.dumps(
            [self.method, self.path, self.query, self.body], sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()


EDUCATION = ("EducationalInfo",)


def reading(
    name: str,
    template: str,
    decode: Callable[[bytes], Decoded[T]],
    evidence: str,
    *,
    ids: Mapping[str, object] | None = None,
    query: tuple[tuple[str, str], ...] = (),
    post: object | None = None,
    scope: tuple[str, ...] = EDUCATION,
) -> Call[T]:
    """Build a call that changes nothing.

    Args:
        name: of the public function.
        template: path of docs/openapi.yaml without the leading slash.
        decode: reader of the answer.
        evidence: operationId and confidence, separated by a space.
        ids: values for the template's placeholders.
        query: pairs of the query.
        post: JSON body of a read that the vendor takes as POST.
        scope: OAuth scopes.

    """
    source, confidence = evidence.split()
    return Call(
        name=name,
        method="GET" if post is None else "POST",
        path=template.format_map(ids or {}),
        template=template,
        query=query,
        body=post,
        decode=decode,
        writes=False,
        retry=Retry.ALWAYS,
        scope=scope,
        evidence=Evidence(source, confidence),
    )
