"""HTTP in a process of its own, so that sending and taking in do not share one interpreter.

A year of a large school is two thousand answers to receive and over a million rows to write; in one process the two
take turns, in two they overlap. The child does what `AsyncFace` does and nothing else: pacing, repeating and judging
stay with the caller. Requests and answers go through a socket pair, so no token is ever in an argument or a file; when
either side dies, however it dies, the other sees the end of the stream.

A frame is two lengths, a MessagePack head and a raw body. More exchanges are handed over than may be in flight: while
the caller is busy writing, the child goes on with the next ones; only the child counts what is in flight.
"""

import asyncio
import os
import socket
import struct
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import msgspec

from connector.api.face import Face
from connector.api.protocol import Limits, Reply, Request
from connector.errors import ApiError, BodyUnreadable, TransportFailed
from connector.i18n import N_

_LENGTHS = struct.Struct(">QQ")
# Exchanges handed over for each one that may be in flight.
AHEAD = 3
_SOCKET_BUFFER = 2**20
# How long a child may take to leave after the stream has ended.
_PATIENCE_S = 5.0


class Worker(Face, Protocol):
    """A face that the child can close."""

    async def aclose(self) -> None:
        """Close the connections."""
        ...


MakeFace = Callable[[str, Limits], Worker]


class Ask(msgspec.Struct):
    """One exchange to carry out; the body of the frame is the request's."""

    number: int
    method: str
    url: str
    headers: dict[str, str]
    endpoint: str
    remaining_s: float
    has_body: bool


class Told(msgspec.Struct):
    """How it went; the body of the frame is the answer's. `failure` names one of our errors."""

    number: int
    status: int = 0
    headers: dict[str, str] = {}
    size: int = 0
    failure: str = ""
    reason: str = ""
    sent: bool = True


class Start(msgspec.Struct):
    """What the child needs before the first exchange."""

    base: str
    limits: Limits


class _Frames(asyncio.BufferedProtocol):
    """Cuts a stream into frames; a body is received where it will stay."""

    def __init__(self, take: Callable[[bytes, bytes], None], ended: Callable[[], None]) -> None:
        self._take = take
        self._ended = ended
        self._head = b""
        self._lengths: tuple[int, int] | None = None
        self._expect(_LENGTHS.size)

    def _expect(self, size: int) -> None:
        self._part = bytearray(size)
        self._filled = 0

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        del sizehint
        return memoryview(self._part)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Note how many came."""
        self._filled += nbytes
        if self._filled == len(self._part):
            self._complete(bytes(self._part))

    def _complete(self, part: bytes) -> None:
        if self._lengths is None:
            self._lengths = _LENGTHS.unpack(part)
            self._expect(self._lengths[0])
        elif not self._head:
            self._head = part
            if self._lengths[1]:
                self._expect(self._lengths[1])
            else:
                self._deliver(b"")
        else:
            self._deliver(part)

    def _deliver(self, body: bytes) -> None:
        head, self._head, self._lengths = self._head, b"", None
        self._expect(_LENGTHS.size)
        self._take(head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the other side is gone."""
        del exc
        self._ended()


class ApartFace:
    """The awaiting way of doing I/O, with the child doing it. The child starts at once, while the caller still gets ready."""

    def __init__(self, base: str, limits: Limits) -> None:
        self._start = Start(base, limits)
        self._slots = asyncio.Semaphore(limits.in_flight * AHEAD)
        self._starting = asyncio.Lock()
        self._stream: asyncio.WriteTransport | None = None
        self._ours: socket.socket | None
        self._ours, self._child = _start_child()
        self._waiting: dict[int, asyncio.Future[tuple[Told, bytes]]] = {}
        self._number = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places in flight."""
        async with self._slots:
            yield

    async def wait(self, seconds: float) -> None:
        """Let others work."""
        await asyncio.sleep(seconds)

    async def exchange(
        self, request: Request, endpoint: str, remaining_s: float
    ) -> tuple[Reply, int]:
        """Send once and read the whole answer."""
        stream = await self._connected()
        self._number += 1
        number = self._number
        self._waiting[number] = waiting = asyncio.get_running_loop().create_future()
        head = Ask(
            number,
            request.method,
            request.url,
            dict(request.headers),
            endpoint,
            remaining_s,
            request.content is not None,
        )
        try:
            _send(stream, head, request.content or b"")
            told, body = await waiting
        except EOFError:
            raise TransportFailed(
                N_("the process that sends requests has ended"), endpoint=endpoint, sent=True
            ) from None
        finally:
            self._waiting.pop(number, None)
        if told.failure == BodyUnreadable.__name__:
            raise BodyUnreadable(told.reason, endpoint=endpoint, status=told.status)
        if told.failure:
            raise TransportFailed(told.reason, endpoint=endpoint, sent=told.sent)
        return Reply(told.status, told.headers, body), told.size

    async def _connected(self) -> asyncio.WriteTransport:
        async with self._starting:
            if self._stream is None:
                if self._ours is None:
                    # The last one is dead or of no use any more.
                    self._end_child(patience_s=0)
                    self._ours, self._child = _start_child()
                ours, self._ours = self._ours, None
                self._stream = await _attached(ours, self._take, self._ended)
                _send(self._stream, self._start, b"")
            return self._stream

    def _take(self, head: bytes, body: bytes) -> None:
        told = msgspec.msgpack.decode(head, type=Told)
        waiting = self._waiting.get(told.number)
        if waiting is not None and not waiting.done():
            waiting.set_result((told, body))

    def _ended(self) -> None:
        # The next exchange starts another child.
        self._stream = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(EOFError())

    async def aclose(self) -> None:
        """End the stream and see the child leave."""
        if self._stream is not None:
            self._stream.close()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """See the child leave; its stream has ended or was never attached."""
        unused = self._ours is not None
        if self._ours is not None:
            self._ours.close()
        # One that was asked nothing may still be starting: it has nothing to put in order.
        self._end_child(patience_s=0 if unused else _PATIENCE_S)

    def _end_child(self, *, patience_s: float) -> None:
        try:
            self._child.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def _pair() -> tuple[socket.socket, socket.socket]:
    pair = socket.socketpair()
    for end in pair:
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            end.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER)
    return pair


async def _attached(
    stream: socket.socket, take: Callable[[bytes, bytes], None], ended: Callable[[], None]
) -> asyncio.WriteTransport:
    loop = asyncio.get_running_loop()
    transport, _protocol = await loop.create_connection(lambda: _Frames(take, ended), sock=stream)
    return transport


# The child gets each request with its header; a token that lies around is one too many.
_OURS = frozenset({"DNEVNIK_API_TOKEN"})


def _start_child() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start a child; returns our end of the stream and the process."""
    ours, theirs = _pair()
    with theirs:
        # A session of its own: Ctrl-C is for the caller, who closes the stream in good order.
        child = subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={name: value for name, value in os.environ.items() if name not in _OURS},
            start_new_session=True,
        )
    return ours, child


def _send(stream: asyncio.WriteTransport, head: msgspec.Struct, body: bytes) -> None:
    packed = msgspec.msgpack.encode(head)
    stream.write(_LENGTHS.pack(len(packed), len(body)) + packed)
    if body:
        stream.write(body)


# --- the child


class _Child:
    """The other end: carries out what it is asked, as many at once as may be in flight."""

    def __init__(self, make_face: MakeFace) -> None:
        self._make_face = make_face
        self._face: Worker | None = None
        self._slots = asyncio.Semaphore(1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self._stream: asyncio.WriteTransport

    async def serve(self, stream: socket.socket) -> None:
        """Work until the stream ends."""
        self._stream = await _attached(stream, self._take, self._over.set)
        await self._over.wait()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._face is not None:
            await self._face.aclose()

    def _take(self, head: bytes, body: bytes) -> None:
        if self._face is None:
            start = msgspec.msgpack.decode(head, type=Start)
            self._face = self._make_face(start.base, start.limits)
            self._slots = asyncio.Semaphore(start.limits.in_flight)
            return
        ask = msgspec.msgpack.decode(head, type=Ask)
        task = asyncio.create_task(self._carry_out(self._face, ask, body if ask.has_body else None))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry_out(self, face: Worker, ask: Ask, body: bytes | None) -> None:
        request = Request(ask.method, ask.url, ask.headers, body)
        answer = b""
        try:
            async with self._slots:
                reply, size = await face.exchange(request, ask.endpoint, ask.remaining_s)
            told = Told(ask.number, reply.status, dict(reply.headers), size)
            answer = reply.body
        except ApiError as error:
            status, sent = getattr(error, "status", 0), getattr(error, "sent", True)
            told = Told(ask.number, status, {}, 0, type(error).__name__, error.reason, sent)
        except Exception as error:  # noqa: BLE001 - the caller would wait for ever; only the class is told, a text may hold ids
            told = Told(ask.number, failure=type(error).__name__, reason=type(error).__name__)
        _send(self._stream, told, answer)


async def serve(stream: socket.socket, make_face: MakeFace) -> None:
    """Carry out exchanges until the stream ends.

    Args:
        stream: our end of the pair.
        make_face: makes the face that does the work.

    """
    await _Child(make_face).serve(stream)


def main() -> None:
    """Run as the child: the argument is the number of the inherited socket."""
    from connector.api.transport import AsyncFace, Tools  # noqa: PLC0415 - the parent has its own

    # What is cut off with the stream is meant to be; anyio complains where that meets a connection at its birth.
    warnings.simplefilter("ignore", RuntimeWarning)
    stream = socket.socket(fileno=int(sys.argv[1]))
    asyncio.run(serve(stream, lambda base, limits: AsyncFace(base, limits, Tools(), None)))


if __name__ == "__main__":
    main()
