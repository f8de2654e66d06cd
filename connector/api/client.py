"""The typed face of the vendor: `client(call)`, `client.fetch(call)`, `await client.afetch(call)`.

with Client(base_url="https://api.dnevnik.ru/v2", token=token) as client:
    groups = client(calls.edu_groups(school))
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from pydantic import SecretStr

from connector.api.apart import AHEAD, ApartFace
from connector.api.calls.base import Call
from connector.api.decode import Unreadable
from connector.api.face import Counters, run
from connector.api.pacing import TokenBucket
from connector.api.protocol import (
    Limits,
    Reply,
    Request,
    base_address,
    build,
    decipher,
    http_date,
)
from connector.api.transport import AsyncFace, AsyncHttp, SyncFace, SyncHttp, Tools, Transport
from connector.errors import BodyUnreadable, SignInNeeded, UsageProblem
from connector.i18n import N_
from connector.records import Drift

__all__ = ["Answer", "Client", "Counters", "Limits", "TokenBucket", "Tools"]

T = TypeVar("T")

DEFAULT_LIMITS = Limits()
DEFAULT_TOOLS = Tools()
# Below what the one client with a known limit lives on: docs/vendor-api.md#limits.
DEFAULT_RATE = 20.0
DEFAULT_BURST = 20


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one call brought.

    Attributes:
        value: None when the body is the known one.
        sha256: digest of the body.
        unchanged: the body is the known one; nothing was read from it.
        drift: surprises of the vendor's contract.
        rejected: rows that could not be read; when there are any, the value proves no absence.
        size: bytes of the body, unpacked.
        sent_at: the vendor's clock in whole seconds, or None where the answer has no date.

    """

    value: T | None
    sha256: bytes
    unchanged: bool
    drift: tuple[Drift, ...]
    rejected: int
    size: int
    sent_at: datetime | None = None


class Client:
    """Sends calls, blocking or awaiting, from any number of threads.

    Args:
        base_url: address of the vendor; `/v2` is added where there is no path.
        token: bare, as the vendor gave it.
        limits: timeouts, attempts, places in flight.
        bucket: pacing; share one among clients with the same token.
        transport: httpx transport for tests.
        async_transport: the same for the async face.
        tools: clocks and waits for tests.
        may_write: without it a call that writes is refused before anything is sent.
        apart: the awaiting face sends from a process of its own; worth it for hundreds of calls.

    Raises:
        SettingsError: the address is none.
        SignInNeeded: the token is empty or cannot be one.

    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str | SecretStr,
        limits: Limits = DEFAULT_LIMITS,
        bucket: TokenBucket | None = None,
        transport: SyncHttp | None = None,
        async_transport: AsyncHttp | None = None,
        tools: Tools = DEFAULT_TOOLS,
        may_write: bool = False,
        apart: bool = False,
    ) -> None:
        self._base = base_address(base_url)
        self._token = token if isinstance(token, SecretStr) else SecretStr(token)
        secret = self._token.get_secret_value()
        if not secret:
            raise SignInNeeded(N_("there is no token"))
        if not (secret.isascii() and secret.isprintable() and " " not in secret):
            raise SignInNeeded(N_("the token holds characters that no token has"))
        self._limits = limits
        self._tools = tools
        self._may_write = may_write
        self._http = transport, async_transport
        self._transport = Transport(
            limits, bucket or TokenBucket(DEFAULT_RATE, DEFAULT_BURST, tools.clock), tools
        )
        self._lock = threading.Lock()
        # Made when first used: each costs some 30 ms for its TLS context.
        self._sync: SyncFace | None = None
        self._apart = apart and async_transport is None
        self._async: AsyncFace | ApartFace | None = (
            ApartFace(self._base, self._limits) if self._apart else None
        )

    @property
    def base_url(self) -> str:
        """The address as it is used, without a trailing slash."""
        return self._base

    @property
    def limits(self) -> Limits:
        """Timeouts, attempts, places in flight."""
        return self._limits

    @property
    def ahead(self) -> int:
        """How many awaited calls are worth having under way: more than may be in flight where others send them."""
        return self._limits.in_flight * (AHEAD if self._apart else 1)

    @property
    def counters(self) -> Counters:
        """What was done so far."""
        return self._transport.counters

    def __call__(self, call: Call[T]) -> T:
        """Send a call and return its value.

        Raises:
            ApiError: no good answer within the limits.
            UsageProblem: the call writes and this client may not.

        """
        return _value(self.fetch(call))

    def fetch(self, call: Call[T], known: bytes | None = None) -> Answer[T]:
        """Send a call; a body whose SHA-256 is `known` is not read. Raises as `client(call)` does."""
        with self._lock:
            if self._sync is None:
                self._sync = SyncFace(self._base, self._limits, self._tools, self._http[0])
        return run(self._transport.send(self._sync, call, self._request(call), _judge(call, known)))

    async def afetch(self, call: Call[T], known: bytes | None = None) -> Answer[T]:
        """Do as `fetch` does, in the running event loop; a client's async face belongs to one loop until `aclose`."""
        if self._async is None:
            self._async = (
                ApartFace(self._base, self._limits)
                if self._apart
                else AsyncFace(self._base, self._limits, self._tools, self._http[1])
            )
        return await self._transport.send(
            self._async, call, self._request(call), _judge(call, known)
        )

    def _request(self, call: Call[Any]) -> Request:
        if call.writes and not self._may_write:
            raise UsageProblem(
                N_("This call would write to the vendor, and writing is not allowed here.")
            )
        return build(call, self._base, self._token.get_secret_value())

    def close(self) -> None:
        """Close the connections of the sync face; the next call opens new ones. A sending process is told to leave."""
        with self._lock:
            face, self._sync = self._sync, None
        if face:
            face.close()
        if isinstance(self._async, ApartFace):
            apart, self._async = self._async, None
            apart.close()

    async def aclose(self) -> None:
        """Close the connections of both faces."""
        face, self._async = self._async, None
        self.close()
        if face:
            await face.aclose()

    def __enter__(self) -> Self:
        """Use as `with Client(…) as client`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the sync face."""
        self.close()

    async def __aenter__(self) -> Self:
        """Use as `async with Client(…) as client`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close both faces."""
        await self.aclose()


def _value(answer: Answer[T]) -> T:
    # Without a known digest every answer is read, so None is a value too: `dnevnik api` may get a bare null.
    return answer.value  # type: ignore[return-value]


def _judge(call: Call[T], known: bytes | None) -> Callable[[Reply, datetime], Answer[T]]:
    def judge(reply: Reply, now: datetime) -> Answer[T]:
        body = decipher(call, reply, now)
        digest = hashlib.sha256(body).digest()
        if digest == known:
            return Answer(None, digest, unchanged=True, drift=(), rejected=0, size=len(body))
        try:
            found = call.decode(body)
        except Unreadable as error:
            raise BodyUnreadable(str(error), endpoint=call.template, status=reply.status) from None
        return Answer(
            found.value,
            digest,
            unchanged=False,
            drift=found.drift,
            rejected=found.rejected,
            size=len(body),
            sent_at=http_date(reply.headers.get("date", "")),
        )

    return judge
