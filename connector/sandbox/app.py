"""The ASGI application: one request from the door to the answer, with its pace, its faults and its log entry."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from ipaddress import ip_address
from typing import Any
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
    writes_journal,
    writes_lessons,
    writes_people,
)
from connector.sandbox.access import Refusal, forbidden
from connector.sandbox.control import PREFIX, Control
from connector.sandbox.desk import Desk
from connector.sandbox.fragments import text
from connector.sandbox.ledger import Ledger
from connector.sandbox.replies import (
    HTML_TYPE,
    Cut,
    json_reply,
    maintenance,
    refusal_reply,
    reply,
)
from connector.sandbox.routing import Call, Done, Ready, route
from connector.sandbox.shadow import Shadow
from connector.sandbox.uploads import uploaded

# Modules that fill the table of routes when they are imported.
ANSWERING = (answers_school, answers_people, answers_journal, answers_marks)
WRITING = (writes_groups, writes_people, writes_lessons, writes_journal)
BASES = ("/v2.0/", "/v2/")
LONGEST_URL = 2000

# Host and port of a client, as the server tells them.
Address = tuple[str, int] | None


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class App:
    """The emulated vendor. `abort` closes the connection of a client address; without one, `drop` answers nothing."""

    def __init__(self, desk: Desk, abort: Callable[[Address], None] | None = None) -> None:
        self.desk = desk
        self.ledger = Ledger(desk)
        self.control = Control(self.ledger)
        self._shadow = Shadow(self.ledger)
        self._abort = abort
        self._started = time.monotonic()

    def close(self) -> None:
        """Let go of the state file."""
        self.ledger.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        method, path = scope["method"], scope["path"]
        if path.startswith(PREFIX):
            response = await self._steer(method, path, scope, body)
            response.headers["Date"] = formatdate(time.time(), usegmt=True)
            await response(scope, receive, send)
            return
        shown = next((path[len(base) - 1 :] for base in BASES if path.startswith(base)), path)
        struck = [rule for rule in self.control.rules if rule.fires(method, shown)]
        asked = _Asked(method, shown, _query(scope), _token(scope), body, struck)
        self._log(asked)
        try:
            response = await self._serve(asked, scope)
        except Dropped:
            await self._drop(scope, receive)
            return
        asked.entry["status"] = response.status_code
        response.headers["Date"] = formatdate(asked.now, usegmt=True)
        await response(scope, receive, send)
        if isinstance(response, Cut):
            await self._drop(scope, receive)

    def _log(self, asked: "_Asked") -> None:
        """Begin a log entry; of a body only a digest is kept, because it may hold names."""
        asked.entry.update(
            n=len(self.control.calls) + 1,
            at=round(time.monotonic() - self._started, 6),
            method=asked.method,
            path=asked.path,
            query=asked.query,
            status=0,
        )
        if asked.body:
            asked.entry["body_sha256"] = hashlib.sha256(asked.body).hexdigest()
        self.control.calls.append(asked.entry)

    async def _steer(self, method: str, path: str, scope: Scope, body: bytes) -> Response:
        if not _is_here(scope["client"]):
            # Edits and the call log are for whoever sits at this machine.
            return refusal_reply(forbidden(), time.time())
        query = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            body = await uploaded(scope, body)
            answer = self.control.answer(method, path, query, body)
        except Refusal as refusal:
            return refusal_reply(refusal, time.time())
        return json_reply(text(answer))

    async def _serve(self, asked: "_Asked", scope: Scope) -> Response:
        if self.desk.config.latency_ms:
            await asyncio.sleep(self.desk.config.latency_ms / 1000)
        if len(scope["raw_path"]) + len(scope["query_string"]) + 1 > LONGEST_URL:
            return Response("<h2>Request-URI Too Long</h2>", 414, media_type=HTML_TYPE)
        for rule in asked.struck:
            stop = await self._strike(rule, asked)
            if stop:
                return stop
        try:
            answer = self._answer(asked)
        except Refusal as refusal:
            return refusal_reply(refusal, asked.now)
        if asked.by("drop"):
            raise Dropped
        return reply(answer, asked.struck)

    async def _strike(self, rule: faults.Rule, asked: "_Asked") -> Response | None:
        """What a rule does before the work; an answer ends the call."""
        options = rule.options
        if rule.action == "throttle":
            return refusal_reply(
                Refusal(options["status"], "apiRequestLimit", "Request limit is exceeded"),
                asked.now,
                options["retry_after"],
            )
        if rule.action == "status":
            refusal = Refusal(options["status"], options["type"], "Internal server error")
            return refusal_reply(refusal, asked.now)
        if rule.action == "maintenance":
            return maintenance(options["status"])
        if rule.action == "hang":
            await asyncio.sleep(options["seconds"])
        if rule.action == "expire_token":
            self.desk.door.expired.add(asked.token)
        if rule.action == "drop" and options["before"] and not options["after_commit"]:
            raise Dropped
        return None

    def _answer(self, asked: "_Asked") -> str | Done:
        viewer = self.desk.door.viewer(asked.token)
        limit = self.desk.door.pace(asked.token, time.monotonic())
        if limit:
            raise limit
        found = route.find(asked.method, asked.path)
        if found is None:
            raise Refusal(501, "apiMethodNotSupported", "The emulator does not know this operation")
        operation, params = found
        try:
            body = json.loads(asked.body) if asked.body else None
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "invalidRequest", "The body is not JSON") from error
        desk = self.desk if operation.writes else self._behind(asked)
        with desk.hiding(rule.options["name"] for rule in asked.by("narrow_rights")):
            if operation.writes:
                answer = self.ledger.call(asked.method, asked.path, asked.query, body, viewer)
                # Whatever becomes of the answer.
                asked.entry["landed"] = True
            else:
                shown_to = viewer if desk is self.desk else desk.door.viewer(asked.token)
                answer = operation.handler(desk, Call(shown_to, params, asked.query, body))
        return answer if isinstance(answer, Ready | Done) else text(answer)

    def _behind(self, asked: "_Asked") -> Desk:
        """The school that a read shows: the present one, or one that lags behind it."""
        if not asked.by("stale_read"):
            return self.desk
        moments = [entry.at for entry in self.ledger.entries]
        now = time.monotonic()
        shown = min(rule.visible(moments, now) for rule in asked.by("stale_read"))
        return self.desk if shown == len(moments) else self._shadow.at(shown)

    async def _drop(self, scope: Scope, receive: Receive) -> None:
        if self._abort:
            self._abort(scope["client"])
        # The server must have seen the end of the connection, else it would answer 500 in our place.
        while (await receive())["type"] != "http.disconnect":
            continue


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request and the rules that strike it."""

    method: str
    path: str
    query: dict[str, list[str]]
    token: str
    body: bytes
    struck: list[faults.Rule]
    # Its line in the log of calls.
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """The emulator's moment, seconds since 1970: a rule may put its clock wrong."""
        return time.time() + sum(float(rule.options["seconds"]) for rule in self.by("clock_skew"))

    def by(self, action: str) -> list[faults.Rule]:
        """Rules of one action."""
        return [rule for rule in self.struck if rule.action == action]


def _is_here(client: Address) -> bool:
    """Whether a caller sits on this machine; a caller without an address is in this process."""
    return client is None or ip_address(client[0].removeprefix("::ffff:")).is_loopback


def _token(scope: Scope) -> str:
    header = next(
        (value.decode("latin-1") for name, value in scope["headers"] if name == b"access-token"), ""
    )
    return header or parse_qs(scope["query_string"].decode("latin-1")).get("access_token", [""])[0]


def _query(scope: Scope) -> dict[str, list[str]]:
    found = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values for name, values in found.items() if name != "access_token"}


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
