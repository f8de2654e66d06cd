"""The ASGI application: one request from the door to the answer, with its pace, its faults and its log entry."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from ipaddress import ip_address
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector.sandbox import (
    answers_journal,
    answers_marks,
    answers_people,
    answers_school,
    faults,
    writes_groups,
    writes_lessons,
    writes_people,
)
from connector.sandbox.access import Refusal, forbidden
from connector.sandbox.control import PREFIX, Control
from connector.sandbox.desk import Desk
from connector.sandbox.fragments import text
from connector.sandbox.routing import Call, Done, Ready, route

ANSWERING = (answers_school, answers_people, answers_journal, answers_marks)
WRITING = (writes_groups, writes_people, writes_lessons)
BASES = ("/v2.0/", "/v2/")
LONGEST_URL = 2000
# What the vendor shows while it is down: the words stand in a div of this class (notes, section 3).
MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>Технические работы</title></head><body>"
    '<div class="error__description">Ведутся технические работы. Попробуйте зайти позже.</div></body></html>'
)
JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
SPOILING = frozenset({"extra_member", "wrong_type", "empty_list"})


# Host and port of a client, as the server tells them.
Address = tuple[str, int] | None


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class App:
    """The emulated vendor. `abort` closes the connection of a client address; without one, `drop` answers nothing."""

    def __init__(self, desk: Desk, abort: Callable[[Address], None] | None = None) -> None:
        self.desk = desk
        self.control = Control(desk)
        self._abort = abort
        self._started = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        method, path = scope["method"], scope["path"]
        if path.startswith(PREFIX):
            await self._steer(method, path, scope, body)(scope, receive, send)
            return
        shown = next((path[len(base) - 1 :] for base in BASES if path.startswith(base)), path)
        entry = {
            "n": len(self.control.calls) + 1,
            "at": round(time.monotonic() - self._started, 6),
            "method": method,
            "path": shown,
            "query": _query(scope, hide=True),
            "status": 0,
        }
        self.control.calls.append(entry)
        try:
            response = await self._serve(method, shown, scope, body)
        except Dropped:
            await self._drop(scope, receive)
            return
        entry["status"] = response.status_code
        if isinstance(response, _Cut):
            await send(
                {"type": "http.response.start", "status": 200, "headers": response.raw_headers}
            )
            await send(
                {
                    "type": "http.response.body",
                    "body": response.body[: len(response.body) // 2],
                    "more_body": True,
                }
            )
            await self._drop(scope, receive)
            return
        await response(scope, receive, send)

    def _steer(self, method: str, path: str, scope: Scope, body: bytes) -> Response:
        if not _is_here(scope["client"]):
            # Edits and the call log are for whoever sits at this machine.
            return _refusal(forbidden())
        try:
            return _json(
                text(
                    self.control.answer(
                        method, path, parse_qs(scope["query_string"].decode()), body
                    )
                )
            )
        except Refusal as refusal:
            return _refusal(refusal)

    async def _serve(self, method: str, path: str, scope: Scope, body: bytes) -> Response:
        if self.desk.config.latency_ms:
            await asyncio.sleep(self.desk.config.latency_ms / 1000)
        if len(scope["raw_path"]) + len(scope["query_string"]) + 1 > LONGEST_URL:
            return Response("<h2>Request-URI Too Long</h2>", 414, media_type=HTML_TYPE)
        struck = [rule for rule in self.control.rules if rule.fires(method, path)]
        token = _token(scope)
        for rule in struck:
            stop = await self._strike(rule, token)
            if stop:
                return stop
        try:
            answer = self._answer(method, path, token, scope, body)
        except Refusal as refusal:
            return _refusal(refusal)
        if any(rule.action == "drop" for rule in struck):
            raise Dropped
        return _spoilt(answer, struck)

    async def _strike(self, rule: faults.Rule, token: str) -> Response | None:
        """What a rule does before the work; an answer ends the call."""
        options = rule.options
        if rule.action == "throttle":
            return _refusal(
                Refusal(options["status"], "apiRequestLimit", "Request limit is exceeded"),
                options["retry_after"],
            )
        if rule.action == "status":
            return _refusal(Refusal(options["status"], "apiServerError", "Internal server error"))
        if rule.action == "maintenance":
            return Response(MAINTENANCE, options["status"], media_type=HTML_TYPE)
        if rule.action == "hang":
            await asyncio.sleep(options["seconds"])
        if rule.action == "expire_token":
            self.desk.door.expired.add(token)
        if rule.action == "drop" and options["before"]:
            raise Dropped
        return None

    def _answer(self, method: str, path: str, token: str, scope: Scope, body: bytes) -> str | Done:
        viewer = self.desk.door.viewer(token)
        limit = self.desk.door.pace(token, time.monotonic())
        if limit:
            raise limit
        found = route.find(method, path)
        if found is None:
            raise Refusal(501, "apiMethodNotSupported", "The emulator does not know this operation")
        if found[0].writes and viewer.role != "admin":
            raise forbidden("outOfScope")
        try:
            call = Call(viewer, found[1], _query(scope), json.loads(body) if body else None)
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "invalidRequest", "The body is not JSON") from error
        answer = found[0].handler(self.desk, call)
        return answer if isinstance(answer, Ready | Done) else text(answer)

    async def _drop(self, scope: Scope, receive: Receive) -> None:
        if self._abort:
            self._abort(scope["client"])
        # The server must have seen the end of the connection, else it would answer 500 in our place.
        while (await receive())["type"] != "http.disconnect":
            continue


class _Cut(Response):
    """An answer whose connection ends in the middle of the body."""


def _spoilt(answer: str | Done, struck: Iterable[faults.Rule]) -> Response:
    if isinstance(answer, Done):
        return Response(status_code=204)
    for rule in struck:
        if rule.action in SPOILING:
            answer = text(faults.bend(rule, json.loads(answer)))
        if rule.action == "truncate":
            whole = answer.encode()
            return (
                _Cut(whole, media_type=JSON_TYPE)
                if rule.options["closed"]
                else Response(whole[: len(whole) // 2], media_type=JSON_TYPE)
            )
    return _json(answer)


def _json(body: str) -> Response:
    return Response(body, media_type=JSON_TYPE)


def _refusal(refusal: Refusal, retry_after: str | float | None = 1) -> Response:
    headers = {}
    if refusal.status in {429, 433} and retry_after is not None:
        headers["Retry-After"] = (
            formatdate(time.time() + 2, usegmt=True) if retry_after == "date" else str(retry_after)
        )
    return Response(
        text({"type": refusal.kind, "description": refusal.description}),
        refusal.status,
        headers,
        JSON_TYPE,
    )


def _is_here(client: Address) -> bool:
    """Whether a caller sits on this machine; a caller without an address is in this process."""
    return client is None or ip_address(client[0].removeprefix("::ffff:")).is_loopback


def _token(scope: Scope) -> str:
    header = next(
        (value.decode("latin-1") for name, value in scope["headers"] if name == b"access-token"), ""
    )
    return header or parse_qs(scope["query_string"].decode("latin-1")).get("access_token", [""])[0]


def _query(scope: Scope, *, hide: bool = False) -> dict[str, list[str]]:
    found = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values for name, values in found.items() if not hide or name != "access_token"}


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
