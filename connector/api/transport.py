"""The one place that talks HTTP, waits and repeats.

The loop is written once, as a coroutine over a `Face`. The async face awaits for real; the sync face blocks inside its
methods and never suspends, so its coroutine runs to the end without an event loop.
"""

import asyncio
import logging
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import tenacity

from connector.api.calls.base import Call
from connector.api.face import Counters, Face
from connector.api.pacing import TokenBucket
from connector.api.protocol import ASSUMED_PAUSE_S, Limits, Reply, Request, is_loopback, retry_delay
from connector.errors import ApiError, BodyUnreadable, RateLimited, TransportFailed
from connector.i18n import N_

T = TypeVar("T")
log = logging.getLogger("connector.api")

# httpx logs whole addresses and httpcore the headers: ids and the token. Ours logs neither.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

SyncHttp = httpx.BaseTransport
AsyncHttp = httpx.AsyncBaseTransport
Judge = Callable[[Reply, datetime], T]

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# What a person is told, by the first class that fits.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, N_("no connection in time")),
    (httpx.ConnectError, N_("no connection: wrong address, no network or nobody listens")),
    (httpx.ProxyError, N_("the proxy refuses")),
    (httpx.TimeoutException, N_("no answer in time")),
    (httpx.TransportError, N_("the connection broke off")),
)


@dataclass(frozen=True, slots=True)
class Tools:
    """The outside world of a transport, so that tests can bring their own.

    Attributes:
        clock: seconds that never go back.
        wait: blocks for seconds.
        await_: the same for the async face.
        now: wall clock in seconds since the epoch, for a Retry-After that is a date.
        chance: a number in [0, 1), for jitter.

    """

    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    await_: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random


class Transport:
    """Paces, sends, repeats and counts, over whichever face."""

    def __init__(self, limits: Limits, bucket: TokenBucket, tools: Tools) -> None:
        self._limits = limits
        self._bucket = bucket
        self._tools = tools
        self._lock = threading.Lock()
        self.counters = Counters()

    async def send(self, face: Face, call: Call[Any], request: Request, judge: Judge[T]) -> T:
        """Send until `judge` accepts an answer, within the policy of `retry_delay`.

        Args:
            face: blocking or awaiting.
            call: for the policy, and for the name in errors.
            request: built from the call.
            judge: reads an answer or raises ApiError; it runs inside the loop, so half a body is asked for again.

        Raises:
            ApiError: the last failure.

        """
        async with face.slot():
            start = self._tools.clock()
            delays: list[float] = []

            def again(state: tenacity.RetryCallState) -> bool:
                error = state.outcome.exception() if state.outcome else None
                if not isinstance(error, ApiError):
                    return False
                spent = self._tools.clock() - start
                delay = retry_delay(
                    call, error, state.attempt_number, spent_s=spent, limits=self._limits
                )
                if delay is None:
                    return False
                self._count(retried=1)
                # Spread upwards only: a pause that the vendor asked for is never cut.
                delays.append(delay * (1 + self._tools.chance() / 4))
                return True

            loop = tenacity.AsyncRetrying(
                sleep=face.wait,
                retry=again,
                wait=lambda _: delays[-1],
                stop=tenacity.stop_never,
                reraise=True,
            )
            try:
                return await loop(self._attempt, face, call, request, judge, start)
            except RateLimited as error:
                if error.retry_after:
                    raise
                raise RateLimited(
                    error.reason, endpoint=call.template, retry_after=ASSUMED_PAUSE_S
                ) from None

    async def _attempt(
        self, face: Face, call: Call[Any], request: Request, judge: Judge[T], start: float
    ) -> T:
        pause = self._bucket.reserve()
        remaining = self._limits.total_s - (self._tools.clock() - start) - pause
        if remaining <= 0:
            raise RateLimited(endpoint=call.template, retry_after=pause)
        if pause:
            await face.wait(pause)
        self._count(sent=1)
        began = self._tools.clock()
        try:
            reply, size = await face.exchange(request, call.template, remaining)
            self._count(bytes_read=size)
            value = judge(reply, datetime.fromtimestamp(self._tools.now(), UTC))
        except ApiError as error:
            log.debug(
                "%s %s: %s, %.3f s", call.method, call.template, error, self._tools.clock() - began
            )
            if isinstance(error, RateLimited):
                self._count(throttled=1)
                self._bucket.throttled(min(error.retry_after, self._limits.retry_after_s))
            raise
        self._bucket.succeeded()
        log.debug(
            "%s %s: %d, %d bytes, %.3f s",
            call.method,
            call.template,
            reply.status,
            size,
            self._tools.clock() - began,
        )
        return value

    def _count(self, **more: int) -> None:
        with self._lock:
            for name, number in more.items():
                setattr(self.counters, name, getattr(self.counters, name) + number)


class _Gathering:
    """An answer while it arrives, bounded in size: a small one on the wire can be huge unpacked."""

    def __init__(self, most: int, endpoint: str) -> None:
        self._most = most
        self._endpoint = endpoint
        self._pieces: list[bytes] = []
        self._size = 0

    def take(self, piece: bytes, status: int) -> None:
        """Keep a piece, or refuse the answer."""
        self._size += len(piece)
        if self._size > self._most:
            raise BodyUnreadable(
                N_("the body is too large"), endpoint=self._endpoint, status=status
            )
        self._pieces.append(piece)

    def reply(self, response: httpx.Response) -> tuple[Reply, int]:
        """Close the answer; with it goes its size on the wire."""
        reply = Reply(response.status_code, dict(response.headers), b"".join(self._pieces))
        return reply, response.num_bytes_downloaded


class _Deadline(httpx.SyncByteStream):
    """Pieces of an answer until a moment."""

    def __init__(self, pieces: Any, ends: float, clock: Callable[[], float]) -> None:  # noqa: ANN401 - typed too widely by httpx
        self._pieces = pieces
        self._ends = ends
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if self._clock() > self._ends:
                raise TimeoutError
            yield piece

    def close(self) -> None:
        self._pieces.close()


class SyncFace:
    """Blocks; one for all threads."""

    def __init__(self, base: str, limits: Limits, tools: Tools, transport: SyncHttp | None) -> None:
        self._limits = limits
        self._tools = tools
        self._slots = threading.BoundedSemaphore(limits.in_flight)
        self._http = httpx.Client(transport=transport, **_settings(base, limits))

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places in flight."""
        with self._slots:
            yield

    async def wait(self, seconds: float) -> None:
        """Block."""
        self._tools.wait(seconds)

    async def exchange(
        self, request: Request, endpoint: str, remaining_s: float
    ) -> tuple[Reply, int]:
        """Send once and read the whole answer."""
        ends = self._tools.clock() + remaining_s
        gathering = _Gathering(self._limits.body_bytes, endpoint)
        with (
            _explained(endpoint),
            self._http.stream(**_arguments(request, self._limits, remaining_s)) as response,
        ):
            # httpx's read timeout starts anew with each piece, so a trickle needs a limit of its own. Unpacked pieces
            # would not do: a packed trickle yields none for long.
            response.stream = _Deadline(response.stream, ends, self._tools.clock)
            for piece in response.iter_bytes():
                gathering.take(piece, response.status_code)
            return gathering.reply(response)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncFace:
    """Awaits; belongs to the event loop it was first used in."""

    def __init__(
        self, base: str, limits: Limits, tools: Tools, transport: AsyncHttp | None
    ) -> None:
        self._limits = limits
        self._tools = tools
        self._slots = asyncio.Semaphore(limits.in_flight)
        self._http = httpx.AsyncClient(transport=transport, **_settings(base, limits))

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places in flight."""
        async with self._slots:
            yield

    async def wait(self, seconds: float) -> None:
        """Let others work."""
        await self._tools.await_(seconds)

    async def exchange(
        self, request: Request, endpoint: str, remaining_s: float
    ) -> tuple[Reply, int]:
        """Send once and read the whole answer."""
        gathering = _Gathering(self._limits.body_bytes, endpoint)
        with _explained(endpoint):
            async with (
                asyncio.timeout(remaining_s),
                self._http.stream(**_arguments(request, self._limits, remaining_s)) as response,
            ):
                async for piece in response.aiter_bytes():
                    gathering.take(piece, response.status_code)
                return gathering.reply(response)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _settings(base: str, limits: Limits) -> dict[str, Any]:
    pool = httpx.Limits(
        max_connections=limits.in_flight, max_keepalive_connections=limits.in_flight
    )
    # A proxy of the environment is for the outside, never for the emulator. Redirects would carry the token elsewhere.
    return {"limits": pool, "trust_env": not is_loopback(base), "follow_redirects": False}


def _arguments(request: Request, limits: Limits, remaining_s: float) -> dict[str, Any]:
    timeout = httpx.Timeout(
        connect=min(limits.connect_s, remaining_s),
        read=min(limits.read_s, remaining_s),
        write=min(limits.write_s, remaining_s),
        pool=min(limits.pool_s, remaining_s),
    )
    return {
        "method": request.method,
        "url": request.url,
        "headers": request.headers,
        "content": request.content,
        "timeout": timeout,
    }


@contextmanager
def _explained(endpoint: str) -> Iterator[None]:
    """Turn what httpx raises into our errors; its texts may hold addresses, so they are not passed on."""
    try:
        yield
    except httpx.DecodingError:
        raise BodyUnreadable(
            N_("the body does not unpack"), endpoint=endpoint, status=200
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        sent = not isinstance(error, _NEVER_SENT)
        reason = next(
            (text for kind, text in _REASONS if isinstance(error, kind)), type(error).__name__
        )
        raise TransportFailed(reason, endpoint=endpoint, sent=sent) from None
    except TimeoutError:
        raise TransportFailed(
            N_("the time for one call ran out"), endpoint=endpoint, sent=True
        ) from None
