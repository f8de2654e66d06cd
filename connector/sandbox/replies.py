"""Answers as bytes: JSON, refusals, maintenance, and what scripted faults make of them."""

import asyncio
import json
from collections.abc import Iterable
from email.utils import formatdate
from itertools import pairwise

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector.sandbox import faults
from connector.sandbox.access import Refusal
from connector.sandbox.fragments import text
from connector.sandbox.routing import Done

# What the vendor shows while it is down: the words stand in a div of this class (notes, section 3).
MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>Технические работы</title></head><body>"
    '<div class="error__description">Ведутся технические работы. Попробуйте зайти позже.</div></body></html>'
)
JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


class Cut(Response):
    """An answer whose connection ends in the middle of the body; the sender must close it."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the head and half of the body."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})


class Slow(Response):
    """An answer whose body comes in pieces with pauses between them."""

    def __init__(self, body: str, *, seconds: float, pieces: int) -> None:
        super().__init__(body, media_type=JSON_TYPE)
        self._pause = seconds / pieces
        self._pieces = pieces

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the head at once, then piece by piece."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        cuts = [len(self.body) * n // self._pieces for n in range(self._pieces + 1)]
        for start, end in pairwise(cuts):
            await asyncio.sleep(self._pause)
            piece = bytes(self.body[start:end])
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def json_reply(body: str) -> Response:
    """JSON that is ready."""
    return Response(body, media_type=JSON_TYPE)


def maintenance(status: int) -> Response:
    """The page of a vendor that is down."""
    return Response(MAINTENANCE, status, media_type=HTML_TYPE)


def refusal_reply(refusal: Refusal, now: float, retry_after: str | float | None = 1) -> Response:
    """A refusal in the vendor's form; throttling says when to come back.

    Args:
        refusal: what is refused.
        now: the emulator's moment, seconds since 1970.
        retry_after: seconds, `date` for a date in two seconds, None for no such header.

    """
    headers = {}
    if refusal.status in {429, 433} and retry_after is not None:
        headers["Retry-After"] = (
            formatdate(now + 2, usegmt=True) if retry_after == "date" else str(retry_after)
        )
    return Response(
        text({"type": refusal.kind, "description": refusal.description}),
        refusal.status,
        headers,
        JSON_TYPE,
    )


def reply(answer: str | Done, struck: Iterable[faults.Rule]) -> Response:
    """An answer as the rules that strike the call spoil it."""
    if isinstance(answer, Done):
        return Response(status_code=204)
    for rule in struck:
        if rule.action in faults.BENDING:
            answer = text(faults.bend(rule, json.loads(answer)))
        if rule.action == "truncate":
            whole = answer.encode()
            return (
                Cut(whole, media_type=JSON_TYPE)
                if rule.options["closed"]
                else Response(whole[: len(whole) // 2], media_type=JSON_TYPE)
            )
        if rule.action == "slow_body":
            return Slow(answer, seconds=rule.options["seconds"], pieces=rule.options["pieces"])
    return json_reply(answer)
